/* Paired cheap runs against closed forms, over many random ensembles. */
#include "tests/surrogate/paired_fixture.h"

enum { MATCHED = TIMES * (CHEAP_BINS + 1) }; /* bins with a counterpart, those of the area included */

/* What many ensembles give, at the matched bins. */
typedef struct tally {
  double ensembles;
  double sum[MATCHED]; /* of deviations from the truth, relative to the mean */
  double square[MATCHED];
  double variance[MATCHED]; /* sum of the squares of the errors that the estimate claims, relative */
  double reduction[MATCHED];
  double within; /* bins whose deviation is below two errors */
  double kept;   /* bins where the cheap level was used for a seed */
} tally;

static void count_bin(const pair_model *model, const dw_paired_table *table, int64_t t, int64_t k, int64_t bin,
                      tally *total) {
  const int64_t b = t * table->bins + (k < 0 ? 0 : k);
  const double mean = pair_mean(t, k);
  const double off = (table->value[b] - pair_truth(model, t, k)) / mean;
  const double error = table->error[b] / mean;
  total->sum[bin] += off;
  total->square[bin] += off * off;
  total->variance[bin] += error * error;
  total->reduction[bin] += table->reduction[b];
  total->within += fabs(off) < 2.0 * error ? 1.0 : 0.0;
  total->kept += table->kept[b] > 0.0 ? 1.0 : 0.0;
}

static tally run_ensembles(const pair_model *model, int ensembles, uint64_t seed) {
  tally total = {.ensembles = ensembles};
  noise n = noise_of(seed);
  dw_dataset *d = pair_dataset(model->fine, model->cheap);
  for (int e = 0; e < ensembles; e++) {
    dw_paired *p = NULL;
    pair_fill(d, model, &n);
    assert_ok(dw_paired_estimate(d, 0, false, &p));
    for (int64_t bin = 0; bin < MATCHED; bin++) {
      const int64_t k = bin % (CHEAP_BINS + 1) - 1;
      const dw_paired_quantity quantity = k < 0 ? DW_PAIRED_AREA : DW_PAIRED_FIELD;
      count_bin(model, &p->table[quantity], bin / (CHEAP_BINS + 1), k, bin, &total);
    }
    dw_paired_destroy(p);
  }
  dw_dataset_destroy(d);
  return total;
}

static double mean_of(const double *values, double ensembles) {
  double sum = 0.0;
  for (int bin = 0; bin < MATCHED; bin++) {
    sum += values[bin];
  }
  return sum / (ensembles * MATCHED);
}

/* Bins whose mean deviation is below two standard errors of the ensembles. */
static double unbiased_part(const tally *total) {
  double within = 0.0;
  for (int bin = 0; bin < MATCHED; bin++) {
    const double mean = total->sum[bin] / total->ensembles;
    const double spread = total->square[bin] / total->ensembles - mean * mean;
    within += fabs(mean) < 2.0 * sqrt(spread / (total->ensembles - 1.0)) ? 1.0 : 0.0;
  }
  return within / MATCHED;
}

/* The mean deviation of all bins over its standard error: a bias has the same sign in all of them. */
static double common_bias(const tally *total) {
  double sum = 0.0;
  double variance = 0.0;
  for (int bin = 0; bin < MATCHED; bin++) {
    const double mean = total->sum[bin] / total->ensembles;
    sum += mean;
    variance += (total->square[bin] / total->ensembles - mean * mean) / total->ensembles;
  }
  return sum / sqrt(variance);
}

/* Catches a variance that isn't sigma^2 ((1 - rho^2)/n + rho^2/m), an error that doesn't state it, or a reduction that
 * doesn't; learning the slope may cost a little. */
static void variance_is_that_of_the_closed_form(void **state) {
  (void)state;
  const pair_model models[] = {
      {12, 120, 0.95, 0.05, false, 0.0}, {12, 240, 0.99, 0.1, false, 0.0}, {24, 96, 0.8, 0.05, false, 0.0}};
  for (size_t i = 0; i < sizeof models / sizeof models[0]; i++) {
    const pair_model *m = &models[i];
    const double shared = m->correlation * m->correlation;
    const double learned = 1.0 + 1.0 / ((double)m->fine - 2.0); /* at most, without neighbours */
    const double per_run = m->scatter * m->scatter;
    const double ideal = per_run * ((1.0 - shared) / (double)m->fine + shared / (double)m->cheap);
    const double worst = per_run * ((1.0 - shared) * learned / (double)m->fine + shared / (double)m->cheap);
    const tally total = run_ensembles(m, 200, 3 + i);
    const double measured = mean_of(total.square, total.ensembles);
    const double claimed = mean_of(total.variance, total.ensembles);
    const double reduction = mean_of(total.reduction, total.ensembles);
    printf("rho %.2f: variance %.3g, ideal %.3g, claimed %.3g, reduction %.2f of %.2f, within 2 errors %.3f\n",
           m->correlation, measured, ideal, claimed, reduction, per_run / (double)m->fine / ideal,
           total.within / total.ensembles / MATCHED);
    assert_true(measured > 0.95 * ideal && measured < 1.05 * worst);
    assert_close(claimed, measured, 0.06, 0.0);
    assert_close(reduction, per_run / (double)m->fine / ideal, 0.12, 0.0);
    assert_true(total.within > 0.92 * total.ensembles * MATCHED);
  }
}

/* Variance over the ideal one, less the share of cheap runs in both; of the area, or of the field. */
static double learning_factor(const pair_model *model, const tally *total, bool area) {
  const double shared = model->correlation * model->correlation;
  const double cheap = shared / (double)model->cheap;
  double sum = 0.0;
  double bins = 0.0;
  for (int bin = 0; bin < MATCHED; bin++) {
    if ((bin % (CHEAP_BINS + 1) == 0) == area) {
      sum += total->square[bin] / total->ensembles / (model->scatter * model->scatter) - cheap;
      bins += 1.0;
    }
  }
  return sum / bins / ((1.0 - shared) / (double)model->fine);
}

/* Catches slopes of few pairs that aren't bounded, pulled to 1, or shrunk over neighbouring bins: without one of these
 * a factor is 1.7 to 5000 instead of 1.4 with three pairs in a spectrum and 5 in a column. */
static void shrinking_makes_few_pairs_enough(void **state) {
  (void)state;
  const pair_model three = {3, 300, 0.97, 0.1, false, 1e-6};
  const pair_model five = {5, 500, 0.97, 0.1, false, 1e-6};
  const tally few = run_ensembles(&three, 400, 43);
  const tally more = run_ensembles(&five, 400, 47);
  printf("residual variance over that of the best slope: 3 pairs: area %.2f, field %.2f; 5 pairs: %.2f, %.2f\n",
         learning_factor(&three, &few, true), learning_factor(&three, &few, false), learning_factor(&five, &more, true),
         learning_factor(&five, &more, false));
  assert_true(learning_factor(&three, &few, true) < 5.5 && learning_factor(&three, &few, false) < 1.6);
  assert_true(learning_factor(&five, &more, true) < 1.85 && learning_factor(&five, &more, false) < 1.2);
}

/* Catches a slope that knows its own pair, or extra runs: with few pairs of skewed values such an estimate is off. */
static void mean_is_unbiased_whatever_the_distribution(void **state) {
  (void)state;
  const pair_model models[] = {{4, 40, 0.9, 0.8, true, 0.0},
                               {3, 9, 0.9, 0.5, true, 0.0},
                               {8, 80, 0.97, 0.5, true, 0.0},
                               {6, 24, 0.5, 0.5, true, 0.0}};
  double parts = 0.0;
  for (size_t i = 0; i < sizeof models / sizeof models[0]; i++) {
    const tally total = run_ensembles(&models[i], 1000, 17 + i);
    const double part = unbiased_part(&total);
    printf("n = %d, rho %.2f: %.3f of bins within 2 sigma, together %.2f sigma\n", (int)models[i].fine,
           models[i].correlation, part, common_bias(&total));
    assert_true(fabs(common_bias(&total)) < 3.0);
    assert_true(part >= 0.90); /* of 126 bins 0.954 +- 0.019 are expected */
    parts += part / 4.0;
  }
  assert_true(parts >= 0.93); /* 0.954 +- 0.009 */
}

/* Catches a cheap level that is kept although it is of no use, or dropped although it is. */
static void cheap_level_is_dropped_where_it_does_not_pay(void **state) {
  (void)state;
  const pair_model useless = {8, 80, 0.3, 0.1, false, 0.0};
  const pair_model useful = {8, 80, 0.99, 0.1, false, 0.0};
  const tally without = run_ensembles(&useless, 100, 29);
  const tally with = run_ensembles(&useful, 100, 31);
  printf("kept: %.4f of useless bins, %.4f of useful ones\n", without.kept / 100.0 / MATCHED,
         with.kept / 100.0 / MATCHED);
  assert_true(without.kept < 0.018 * 100.0 * MATCHED);
  assert_true(with.kept > 0.999 * 100.0 * MATCHED);
  assert_true(without.within > 0.85 * 100.0 * MATCHED); /* Student's t of 7: 0.91 */
}

/* Catches a best ratio that isn't the maximum, or a gain there that isn't (sqrt(1 - rho^2) + sqrt(rho^2 c))^-2. */
static void best_ratio_has_the_largest_gain(void **state) {
  (void)state;
  const double correlations[] = {0.7, 0.9, 0.99, 0.999};
  const double costs[] = {0.01, 0.05, 0.12};
  for (int i = 0; i < 4; i++) {
    for (int j = 0; j < 3; j++) {
      const double rho = correlations[i];
      const double c = costs[j];
      const double best = dw_paired_best_ratio(rho, c);
      const double gain = dw_paired_gain(rho, c, best);
      assert_close(gain, pow(sqrt(1.0 - rho * rho) + sqrt(rho * rho * c), -2.0), 1e-12, 0.0);
      assert_true(gain > dw_paired_gain(rho, c, 1.02 * best) && gain > dw_paired_gain(rho, c, 0.98 * best));
    }
  }
  assert_close(dw_paired_best_ratio(0.1, 0.5), 1.0, 0.0, 0.0); /* each fine run has its twin */
  assert_close(dw_paired_gain(0.0, 0.25, 2.0), 1.0 / 1.5, 1e-15, 0.0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(variance_is_that_of_the_closed_form),
      cmocka_unit_test(shrinking_makes_few_pairs_enough),
      cmocka_unit_test(mean_is_unbiased_whatever_the_distribution),
      cmocka_unit_test(cheap_level_is_dropped_where_it_does_not_pay),
      cmocka_unit_test(best_ratio_has_the_largest_gain),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
