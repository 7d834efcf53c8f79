/* Autocorrelation, mean and drift of series whose statistics are known. */
#include "tests/dw_test.h"

#include <math.h>

#include "analysis/post/autocorrelation.h"
#include "analysis/post/scaling_area.h"
#include "tests/analysis/post_noise.h"

enum { MOST = 2000 };

typedef struct sample {
  int64_t rows;
  double tau[MOST];
  double a[MOST];
  double value[MOST];
} sample;

static dw_scaling_series series(const sample *s) {
  return (dw_scaling_series){.rows = s->rows, .tau = s->tau, .a = s->a, .value = s->value};
}

/* Rows at even tau from `first` to `last` in radiation. */
static void times(sample *s, int64_t rows, double first, double last) {
  s->rows = rows;
  for (int64_t i = 0; i < rows; i++) {
    s->tau[i] = first + (last - first) * (double)i / (double)(rows - 1);
    s->a[i] = s->tau[i];
  }
}

/* A stationary process in ln(tau) with correlation exp(-|d ln tau|/memory), variance 1; 0 memory: white. */
static void process(sample *s, noise *n, double memory) {
  double x = noise_normal(n);
  for (int64_t i = 0; i < s->rows; i++) {
    const double rho = i == 0 || memory == 0.0 ? 0.0 : exp(-log(s->tau[i] / s->tau[i - 1]) / memory);
    x = rho * x + sqrt(1.0 - rho * rho) * noise_normal(n);
    s->value[i] = x;
  }
}

/* Catches a wrong sum or window: for correlation rho^l, n = N (1 - rho)/(1 + rho). */
static void test_independent_points(void **state) {
  (void)state;
  enum { DRAWS = 40 };
  const double rhos[] = {0.0, 0.5, 0.9};
  for (int r = 0; r < 3; r++) {
    static sample s;
    double sum = 0.0;
    s.rows = MOST;
    for (int i = 0; i < MOST; i++) {
      s.tau[i] = exp(0.001 * i); /* even in ln tau: as it is */
    }
    for (int d = 0; d < DRAWS; d++) {
      noise n = noise_of(300 + (uint64_t)d);
      process(&s, &n, rhos[r] > 0.0 ? -0.001 / log(rhos[r]) : 0.0);
      dw_autocorrelation c;
      assert_ok(dw_autocorrelation_measure(&c, s.rows, s.tau, NULL, s.value, 0));
      sum += c.independent / DRAWS;
      dw_autocorrelation_release(&c);
    }
    const double expected = MOST * (1.0 - rhos[r]) / (1.0 + rhos[r]);
    print_message("rho = %.1f: %.0f independent points, expected %.0f\n", rhos[r], sum, expected);
    assert_close(sum, expected, 0.1, 0); /* a mean of 1/t is high where t scatters by 20 % */
  }
}

/* Catches what a removed mean takes and isn't put back: 60 rows with rho = 0.5, their variance known. It may come out
 * high, since a sum over correlations that is negative by chance is taken for zero. */
static void test_removed_mean(void **state) {
  (void)state;
  enum { DRAWS = 1000, ROWS = 60 };
  static sample s;
  double predicted = 0.0;
  double coefficient[ROWS];
  s.rows = ROWS;
  for (int i = 0; i < ROWS; i++) {
    s.tau[i] = exp(0.01 * i);
    coefficient[i] = 1.0 / ROWS;
  }
  for (int d = 0; d < DRAWS; d++) {
    noise n = noise_of(7000 + (uint64_t)d);
    double mean = 0.0;
    dw_autocorrelation c;
    process(&s, &n, -0.01 / log(0.5));
    for (int i = 0; i < ROWS; i++) {
      mean += s.value[i] / ROWS;
    }
    for (int i = 0; i < ROWS; i++) {
      s.value[i] -= mean;
    }
    assert_ok(dw_autocorrelation_measure(&c, ROWS, s.tau, NULL, s.value, 1));
    predicted += pow(dw_autocorrelation_error(&c, coefficient), 2.0) / DRAWS;
    dw_autocorrelation_release(&c);
  }
  const double known = (3.0 - 4.0 / ROWS) / ROWS; /* of the sum over rho^|i-j|, but for rho^60 */
  print_message("variance of a mean of 60: %.4f, predicted %.4f\n", known, predicted);
  assert_true(predicted > known && predicted < 1.2 * known);
}

/* Catches weights that aren't those of the mean: white noise, every other row three times as heavy. */
static void test_weights(void **state) {
  (void)state;
  enum { DRAWS = 20 };
  static sample s;
  static double weight[MOST];
  double sum = 0.0;
  s.rows = MOST;
  for (int i = 0; i < MOST; i++) {
    s.tau[i] = exp(0.001 * i);
    weight[i] = i % 2 == 0 ? 1.0 : 3.0;
  }
  for (int d = 0; d < DRAWS; d++) {
    noise n = noise_of(500 + (uint64_t)d);
    dw_autocorrelation c;
    process(&s, &n, 0.0);
    assert_ok(dw_autocorrelation_measure(&c, MOST, s.tau, weight, s.value, 0));
    sum += c.independent / DRAWS;
    dw_autocorrelation_release(&c);
  }
  assert_close(sum, 0.8 * MOST, 0.06, 0); /* (1 + 3)^2/(2 (1 + 9)) */
}

/* Catches a failure for series that say nothing, and times that run backwards. */
static void test_short_series(void **state) {
  (void)state;
  dw_autocorrelation c;
  const double tau[] = {1.0, 2.0, 3.0, 2.5, 4.0};
  const double residual[5] = {1.0, -2.0, 1.0, 0.0, 0.0};
  assert_ok(dw_autocorrelation_measure(&c, 3, tau, NULL, residual, 1));
  assert_close(c.independent, 3.0, 0, 0);
  assert_close(dw_autocorrelation_error(&c, (double[]){1.0, 0.0, 0.0}), sqrt(3.0), 1e-15, 0);
  dw_autocorrelation_release(&c);
  assert_status(dw_autocorrelation_measure(&c, 5, tau, NULL, residual, 1), DW_ERR_INTERNAL);
  dw_autocorrelation_release(&c);
  const double good[] = {1.0, 2.0, 3.0, 3.5, 4.0};
  const double zero[5] = {0.0};
  assert_ok(dw_autocorrelation_measure(&c, 5, good, NULL, zero, 1));
  assert_close(c.independent, 5.0, 0, 0);
  assert_close(dw_autocorrelation_error(&c, good), 0.0, 0, 0);
  dw_autocorrelation_release(&c);
}

/* Catches a drift in another variable, and an extrapolation that isn't A + B/tau. */
static void test_exact(void **state) {
  (void)state;
  static sample s;
  dw_scaling scaling;
  times(&s, 30, 4.0, 9.0);
  for (int i = 0; i < 30; i++) {
    s.value[i] = 0.7 + 0.1 * log(s.tau[i]);
  }
  const dw_scaling_series all = series(&s);
  assert_ok(dw_scaling_measure(&all, 0.0, 100.0, &scaling));
  assert_close(scaling.drift.value, 0.1, 1e-12, 0);
  assert_close(scaling.drift.error, 0.0, 0, 1e-12);
  assert_close(scaling.hubble_times, log(9.0 / 4.0), 1e-14, 0);
  for (int i = 0; i < 30; i++) {
    s.value[i] = 0.9 - 0.4 / s.tau[i];
  }
  assert_ok(dw_scaling_measure(&all, 0.0, 100.0, &scaling));
  assert_close(scaling.limit.value, 0.9, 1e-12, 0);
  assert_close(scaling.limit.error, 0.0, 0, 1e-12);
  assert_ok(dw_scaling_measure(&all, 4.9, 7.2, &scaling));
  assert_close(scaling.tau_first, s.tau[6], 0, 0);
  assert_close(scaling.tau_last, s.tau[18], 0, 0);
  assert_int_equal(scaling.rows, 13);
}

/* Share of draws whose drift lies within its 95 % range, and the mean within its error. */
static void coverage(double memory, double last, double drift, double *mean_inside, double *drift_inside,
                     int *verdicts) {
  enum { DRAWS = 400 };
  static sample s;
  *mean_inside = *drift_inside = 0.0;
  verdicts[0] = verdicts[1] = verdicts[2] = 0;
  for (int d = 0; d < DRAWS; d++) {
    noise n = noise_of(9000 + (uint64_t)d);
    times(&s, 200, 1.0, last);
    process(&s, &n, memory);
    const double middle = 0.5 * log(last);
    for (int i = 0; i < 200; i++) {
      s.value[i] = 0.8 + 0.04 * s.value[i] + drift * (log(s.tau[i]) - middle);
    }
    const dw_scaling_series all = series(&s);
    dw_scaling scaling;
    assert_ok(dw_scaling_measure(&all, 0.0, 1e9, &scaling));
    assert_true(scaling.independent >= log(last) && scaling.independent <= 200.0);
    *mean_inside += fabs(scaling.mean.value - 0.8) < scaling.mean.error ? 1.0 / DRAWS : 0.0;
    *drift_inside += fabs(scaling.drift.value - drift) < scaling.drift_range ? 1.0 / DRAWS : 0.0;
    verdicts[scaling.verdict]++;
  }
  print_message("memory %.2f, window %.1f e-folds, drift %.2f: mean within error %.3f, drift within range %.3f; "
                "%d unknown, %d constant, %d drifting\n",
                memory, log(last), drift, *mean_inside, *drift_inside, verdicts[0], verdicts[1], verdicts[2]);
}

/* Catches errors that ignore correlations: rows even in tau, memory a fraction of a Hubble time. */
static void test_coverage(void **state) {
  (void)state;
  double mean = 0.0, drift = 0.0;
  int verdicts[3];
  coverage(0.0, 100.0, 0.0, &mean, &drift, verdicts);
  assert_close(mean, 0.683, 0, 4.0 * sqrt(0.683 * 0.317 / 400.0));
  assert_close(drift, 0.95, 0, 4.0 * sqrt(0.95 * 0.05 / 400.0));
  coverage(0.2, 100.0, 0.0, &mean, &drift, verdicts);
  assert_close(mean, 0.683, 0, 4.0 * sqrt(0.683 * 0.317 / 400.0));
  assert_true(drift > 0.85); /* the rows are worth about ten values; 0.89 seen */
}

/* Catches a verdict that is always the same. */
static void test_verdicts(void **state) {
  (void)state;
  double mean = 0.0, drift = 0.0;
  int verdicts[3];
  coverage(0.05, 100.0, 0.0, &mean, &drift, verdicts);
  assert_true(verdicts[DW_SCALING_CONSTANT] > 360);
  coverage(0.05, 100.0, 0.1, &mean, &drift, verdicts);
  assert_true(verdicts[DW_SCALING_DRIFTING] > 360);
  coverage(3.0, 100.0, 0.0, &mean, &drift, verdicts); /* slower than a Hubble time: at least one value for each */
  coverage(1.0, 1.4, 0.0, &mean, &drift, verdicts);   /* a third of a Hubble time: a run of a small box */
  assert_int_equal(verdicts[DW_SCALING_DRIFTING], 0);
}

/* Catches A_H in flat space taken for zero, and errors where there are too few rows. */
static void test_missing_values(void **state) {
  (void)state;
  static sample s;
  dw_scaling scaling;
  times(&s, 10, 1.0, 10.0);
  for (int i = 0; i < 10; i++) {
    s.value[i] = i % 2 == 0 ? (double)NAN : 0.8;
  }
  dw_scaling_series all = series(&s);
  all.a = NULL;
  assert_ok(dw_scaling_measure(&all, 0.0, 1e9, &scaling));
  assert_int_equal(scaling.rows, 5);
  assert_close(scaling.mean.value, 0.8, 1e-14, 0);
  assert_close(scaling.hubble_times, log(5.0), 1e-14, 0);
  assert_ok(dw_scaling_measure(&all, 1.5, 5.0, &scaling));
  assert_int_equal(scaling.rows, 2);
  assert_close(scaling.mean.value, 0.8, 1e-14, 0);
  assert_true(isnan(scaling.mean.error) && isnan(scaling.drift.value));
  assert_int_equal(scaling.verdict, DW_SCALING_UNKNOWN);
  assert_ok(dw_scaling_measure(&all, 50.0, 60.0, &scaling));
  assert_int_equal(scaling.rows, 0);
  assert_true(isnan(scaling.mean.value));
}

/* Catches seeds whose errors are averaged instead of taken from their scatter. */
static void test_members(void **state) {
  (void)state;
  dw_scaling member[3] = {{.rows = 5, .lower_bound = true, .mean = {0.80, 1e-3, 1}, .drift = {0.3, 1e-3, 1}},
                          {.rows = 5, .lower_bound = true, .mean = {0.84, 1e-3, 1}, .drift = {-0.2, 1e-3, 1}},
                          {.rows = 5, .lower_bound = true, .mean = {0.88, 1e-3, 1}, .drift = {0.1, 1e-3, 1}}};
  dw_scaling all;
  assert_ok(dw_scaling_combine(3, member, &all));
  assert_close(all.mean.value, 0.84, 1e-14, 0);
  assert_close(all.mean.error, 0.04 / sqrt(3.0), 1e-12, 0);
  assert_int_equal(all.mean.members, 3);
  assert_false(all.lower_bound);
  assert_int_equal(all.verdict, DW_SCALING_CONSTANT);
  member[1].drift.value = 0.2; /* 0.2 +- 0.058, t = 4.3: 0.25 */
  assert_ok(dw_scaling_combine(3, member, &all));
  assert_int_equal(all.verdict, DW_SCALING_CONSTANT);
  member[0].drift.value = member[2].drift.value = 0.15;
  assert_ok(dw_scaling_combine(3, member, &all));
  assert_int_equal(all.verdict, DW_SCALING_DRIFTING);
  assert_ok(dw_scaling_combine(1, member, &all));
  assert_true(all.lower_bound && all.mean.error == 1e-3);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_independent_points), cmocka_unit_test(test_removed_mean),   cmocka_unit_test(test_weights),
    cmocka_unit_test(test_short_series),       cmocka_unit_test(test_exact),          cmocka_unit_test(test_coverage),
    cmocka_unit_test(test_verdicts),           cmocka_unit_test(test_missing_values), cmocka_unit_test(test_members),
};

int main(void) { return cmocka_run_group_tests(tests, NULL, NULL); }
