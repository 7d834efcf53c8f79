/* How often the true model of the coherence is rejected, and how its scale scatters, over many realisations with fixed
 * seeds. */
#include "tests/dw_test.h"

#include <math.h>

#include "analysis/post/coherence.h"
#include "tests/analysis/coherence_measured.h"

static void gaussian_with_tails(process *p) {
  fill_gaussian(p, time_scale);
  add_tails(p, 0.3, 1); /* power: lognormal of width 0.6 */
}
static void gaussian_with_long_tails(process *p) {
  fill_gaussian(p, time_scale);
  add_tails(p, 0.8, 1);
}

/* How often a true model is rejected, and how its scale scatters. */
typedef struct rates {
  double at_5_percent;
  double at_1_percent;
  double scale;
  double scatter;
  double error; /* the root of the mean square of the errors */
} rates;

static void tally(rates *r, const dw_coherence_fit *fit, int count) {
  r->at_5_percent += fit->p < 0.05 ? 1.0 / count : 0.0;
  r->at_1_percent += fit->p < 0.01 ? 1.0 / count : 0.0;
  r->scale += fit->scale / count;
  r->scatter += fit->scale * fit->scale / count;
  r->error += fit->scale_error * fit->scale_error / count;
}

/* What `count` draws allow: three standard deviations more or less. */
static double most(double rate, int count) { return rate + 3.0 * sqrt(rate * (1.0 - rate) / count); }
static double least(double rate, int count) { return rate - 3.0 * sqrt(rate * (1.0 - rate) / count); }

static void assert_rates(const rates *r, int count, bool floor_rules) {
  assert_true(r->at_5_percent <= most(0.05, count));
  assert_true(r->at_1_percent <= most(0.01, count));
  assert_true(floor_rules || r->at_5_percent >= least(0.05, count));
}

static rates rates_of(process *p, void (*fill)(process *), int64_t shells, int model, int count) {
  rates r = {.scale = 0.0};
  for (int n = 0; n < count; n++) {
    dw_coherence_data data;
    dw_coherence_fit fit;
    create(&data, p, shells);
    add(&data, p, fill, shells, n + 100);
    assert_ok(dw_coherence_fit_model(&data, &dw_coherence_models[model], &fit));
    dw_coherence_data_destroy(&data);
    tally(&r, &fit, count);
  }
  r.scatter = sqrt(r.scatter - r.scale * r.scale);
  r.error = sqrt(r.error);
  return r;
}

/* Catches a p that isn't a probability: entries taken as independent, errors of errors left out, a parameter not
 * counted, shells added wrongly. */
static void test_p_is_a_probability(void **state) {
  (void)state;
  process p = process_create(16, 50, 1.0, 0);
  process many = process_create(16, 400, 3.0, 0);
  const int count[] = {400, 400, 80, 80};
  const rates r[] = {rates_of(&p, fill_redrawn, 1, INCOHERENT, count[0]), rates_of(&p, gaussian, 1, GAUSSIAN, count[1]),
                     rates_of(&p, gaussian, 4, GAUSSIAN, count[2]), rates_of(&many, gaussian, 1, GAUSSIAN, count[3])};
  for (int i = 0; i < 4; i++) {
    assert_rates(&r[i], count[i], false);
  }
  for (int i = 1; i < 4; i++) {
    assert_close(r[i].scale, time_scale, 0.01, 0);
    assert_close(r[i].scatter, r[i].error, 3.0 / sqrt(2.0 * count[i]), 0);
  }
  process_destroy(&many);
  process_destroy(&p);
}

/* Catches trust in a few modes that carry the power: with the number of modes for that of draws, tails are rejected
 * eight times of ten. */
static void test_tails(void **state) {
  (void)state;
  process p = process_create(16, 50, 1.0, 0);
  assert_true(rates_of(&p, gaussian_with_tails, 1, GAUSSIAN, 200).at_5_percent <= 0.11);
  assert_true(rates_of(&p, gaussian_with_long_tails, 4, GAUSSIAN, 60).at_5_percent <= 0.15);
  process_destroy(&p);
}

/* Catches p that is too small where samples are close: the floor may only make it larger. */
static void test_close_samples(void **state) {
  (void)state;
  process p = process_create(24, 50, 0.15, 0);
  const rates r = rates_of(&p, gaussian, 1, GAUSSIAN, 200);
  assert_rates(&r, 200, true);
  process_destroy(&p);
}

/* Catches a p from references that isn't a probability, where sampling is as close as the scale and closer. */
static void test_reference_p(void **state) {
  (void)state;
  for (int i = 0; i < 3; i++) {
    rates r = {.scale = 0.0};
    process p = process_create(24, 50, i == 2 ? 3.0 : i == 1 ? 1.0 : 0.3, 0);
    for (int n = 0; n < 300; n++) {
      dw_coherence_data data;
      dw_coherence_fit fit;
      create(&data, &p, 1);
      add_reference(&data, &p, gaussian, n + 100);
      assert_ok(dw_coherence_fit_model(&data, &dw_coherence_models[GAUSSIAN], &fit));
      dw_coherence_data_destroy(&data);
      tally(&r, &fit, 300);
    }
    r.scatter = sqrt(r.scatter - r.scale * r.scale);
    assert_rates(&r, 300, i < 2);
    assert_close(r.scatter, sqrt(r.error), 3.0 / sqrt(600.0), 0);
    process_destroy(&p);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_p_is_a_probability),
      cmocka_unit_test(test_tails),
      cmocka_unit_test(test_close_samples),
      cmocka_unit_test(test_reference_p),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
