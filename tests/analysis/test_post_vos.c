/* The one-scale model against made-up networks whose parameters are known. */
#include "tests/dw_test.h"

#include <math.h>
#include <string.h>

#include "analysis/post/vos_fit.h"
#include "base/constants.h"

enum { ROWS = 60 };

typedef struct sample {
  double tau[ROWS];
  double area_parameter[ROWS];
  double velocity[ROWS];
  double area_parameter_error[ROWS];
  double velocity_error[ROWS];
} sample;

/* Uniform in (0, 1); splitmix64, so that the numbers are the same everywhere. */
static double uniform(uint64_t *seed) {
  uint64_t z = *seed += 0x9E3779B97F4A7C15ULL;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return ((double)((z ^ (z >> 31)) >> 11) + 0.5) / 9007199254740992.0;
}

static double normal(uint64_t *seed) { return sqrt(-2.0 * log(uniform(seed))) * cos(DW_TWO_PI * uniform(seed)); }

static dw_background radiation(void) {
  dw_background b;
  assert_ok(dw_background_init(&b, "power-law", 1.0 / 3.0, 1.0));
  return b;
}

/* ROWS rows from tau = 2 to 2 `factor`, with relative errors `error`, scattered by them where seed isn't NULL. */
static void fill(sample *s, const dw_vos *vos, dw_vos_point start, double factor, double error, uint64_t *seed) {
  const dw_background b = radiation();
  dw_vos_point point[ROWS];
  for (int i = 0; i < ROWS; i++) {
    s->tau[i] = 2.0 * pow(factor, i / (ROWS - 1.0));
  }
  assert_ok(dw_vos_integrate(vos, &b, s->tau[0], start, ROWS, s->tau, point));
  for (int i = 0; i < ROWS; i++) {
    s->area_parameter_error[i] = error * point[i].area_parameter;
    s->velocity_error[i] = 0.5 * error * point[i].velocity;
    s->area_parameter[i] = point[i].area_parameter + (seed == NULL ? 0.0 : s->area_parameter_error[i] * normal(seed));
    s->velocity[i] = point[i].velocity + (seed == NULL ? 0.0 : s->velocity_error[i] * normal(seed));
  }
}

static dw_vos_series series_of(const sample *s, bool errors) {
  return (dw_vos_series){.count = ROWS,
                         .tau = s->tau,
                         .area_parameter = s->area_parameter,
                         .velocity = s->velocity,
                         .area_parameter_error = errors ? s->area_parameter_error : NULL,
                         .velocity_error = errors ? s->velocity_error : NULL};
}

/* d and k_0 away from the published ones. */
static dw_vos truth(void) {
  dw_vos vos = dw_vos_standard();
  vos.d = 0.41;
  vos.k0 = 1.31;
  return vos;
}

/* Catches a fit that stops early or fits something else: without noise the parameters come back, on the way to scaling
 * and, from the fixed point alone, at scaling; with and without errors. */
static void test_exact_data(void **state) {
  (void)state;
  const dw_background b = radiation();
  const dw_vos standard = dw_vos_standard();
  const dw_vos vos = truth();
  dw_vos_point starts[2] = {{0.6, 0.2}, {0, 0}};
  assert_ok(dw_vos_fixed_point(&vos, 1.0, &starts[1]));
  for (int i = 0; i < 4; i++) {
    sample s;
    dw_vos_fit fit;
    fill(&s, &vos, starts[i % 2], 8.0, 0.02, NULL);
    const dw_vos_series series = series_of(&s, i < 2);
    assert_ok(dw_vos_fit_series(&standard, &b, &series, &fit));
    assert_close(fit.vos.d, vos.d, 1e-4, 0);
    assert_close(fit.vos.k0, vos.k0, 1e-4, 0);
    assert_close(fit.start.area_parameter, starts[i % 2].area_parameter, 1e-4, 0);
    assert_close(fit.start.velocity, starts[i % 2].velocity, 1e-4, 0);
    assert_true(fit.vos.c == standard.c && fit.vos.r == standard.r && fit.vos.q == standard.q);
    assert_true(fit.deviation.rms_area_parameter < 1e-5 && fit.deviation.rms_velocity < 1e-5);
    assert_true(i < 2 ? fit.deviation.chi2 < 1e-4 : isnan(fit.deviation.chi2));
    assert_int_equal(fit.deviation.values, 2 * ROWS);
  }
}

/* Catches wrong errors and a wrong chi^2: over many noisy networks the deviations of the fitted parameters in units of
 * their errors have mean 0 and variance 1, and chi^2 has its mean. */
static void test_noisy_data(void **state) {
  (void)state;
  enum { NETWORKS = 100 };
  const dw_background b = radiation();
  const dw_vos standard = dw_vos_standard();
  const dw_vos vos = truth();
  uint64_t seed = 7;
  double sums[2][5] = {{0}};
  for (int i = 0; i < 2 * NETWORKS; i++) {
    const bool known = i % 2 == 0;
    double *sum = sums[i % 2];
    sample s;
    dw_vos_fit fit;
    fill(&s, &vos, (dw_vos_point){0.6, 0.2}, 8.0, 0.02, &seed);
    for (int j = 0; j < ROWS && !known; j++) { /* as relative errors are: equal */
      s.velocity[j] += 2.0 * s.velocity_error[j] * sqrt(0.75) * normal(&seed);
    }
    const dw_vos_series series = series_of(&s, known);
    assert_ok(dw_vos_fit_series(&standard, &b, &series, &fit));
    const double d = (fit.vos.d - vos.d) / fit.d_error;
    const double k0 = (fit.vos.k0 - vos.k0) / fit.k0_error;
    sum[0] += d / NETWORKS;
    sum[1] += k0 / NETWORKS;
    sum[2] += d * d / NETWORKS;
    sum[3] += k0 * k0 / NETWORKS;
    sum[4] += fit.deviation.chi2 / NETWORKS;
    assert_close(fit.vos.k0, vos.k0, 0.05, 0);
    assert_true(fabs(fit.correlation) < 1.0);
  }
  for (int i = 0; i < 2; i++) {
    print_message("pulls of d, k_0: mean %.2f, %.2f, variance %.2f, %.2f; chi^2 %.1f\n", sums[i][0], sums[i][1],
                  sums[i][2], sums[i][3], sums[i][4]);
    assert_close(sums[i][0], 0.0, 0, 0.35); /* 0.1 is one standard deviation */
    assert_close(sums[i][1], 0.0, 0, 0.35);
    assert_close(sums[i][2], 1.0, 0, 0.45); /* 0.14 */
    assert_close(sums[i][3], 1.0, 0, 0.45);
  }
  assert_close(sums[0][4], 2.0 * ROWS - 4.0, 0, 5.0); /* 1.5 */
}

/* Catches deviations that aren't those of the solution from the first row. */
static void test_compare(void **state) {
  (void)state;
  const dw_background b = radiation();
  const dw_vos vos = dw_vos_standard();
  sample s;
  dw_vos_deviation deviation;
  fill(&s, &vos, (dw_vos_point){1.4, 0.5}, 6.0, 0.02, NULL);
  dw_vos_series series = series_of(&s, true);
  assert_ok(dw_vos_compare(&vos, &b, &series, &deviation));
  assert_true(deviation.rms_area_parameter < 1e-8 && deviation.rms_velocity < 1e-8 && deviation.chi2 < 1e-8);
  assert_int_equal(deviation.values, 2 * (ROWS - 1));
  for (int i = 1; i < ROWS; i++) { /* model/measured - 1 = 0.1 and -0.05; 1/1.1 - 1 = -5/1.1 errors of 2 % ... */
    s.area_parameter[i] /= 1.1;
    s.velocity[i] /= 0.95;
  }
  assert_ok(dw_vos_compare(&vos, &b, &series, &deviation));
  assert_close(deviation.rms_area_parameter, 0.1, 1e-6, 0);
  assert_close(deviation.rms_velocity, 0.05, 1e-6, 0);
  const double each = pow((1.0 - 1.0 / 1.1) / 0.02, 2) + pow((1.0 / 0.95 - 1.0) / 0.01, 2);
  assert_close(deviation.chi2, (ROWS - 1) * each, 1e-6, 0);
  series = series_of(&s, false);
  assert_ok(dw_vos_compare(&vos, &b, &series, &deviation));
  assert_true(isnan(deviation.chi2));
  assert_close(deviation.rms_velocity, 0.05, 1e-6, 0);
}

/* Catches rows without meaning that are fitted all the same, and numbers whose errors are larger than they. */
static void test_refused(void **state) {
  (void)state;
  const dw_background b = radiation();
  dw_vos vos = dw_vos_standard();
  sample s;
  dw_vos_fit fit;
  dw_vos_deviation deviation;
  fill(&s, &vos, (dw_vos_point){1.4, 0.5}, 6.0, 0.02, NULL);
  dw_vos_series series = series_of(&s, true);
  series.count = 2;
  assert_status(dw_vos_fit_series(&vos, &b, &series, &fit), DW_ERR_PARAM);
  series.count = 1;
  assert_status(dw_vos_compare(&vos, &b, &series, &deviation), DW_ERR_PARAM);
  series = series_of(&s, true);
  series.velocity_error = NULL;
  assert_status(dw_vos_fit_series(&vos, &b, &series, &fit), DW_ERR_PARAM);
  series = series_of(&s, true);
  s.velocity_error[5] = 0.0;
  assert_status(dw_vos_fit_series(&vos, &b, &series, &fit), DW_ERR_PARAM);
  series = series_of(&s, false);
  vos.d = 0.0;
  assert_status(dw_vos_fit_series(&vos, &b, &series, &fit), DW_ERR_PARAM);
  vos = dw_vos_standard();
  s.velocity[3] = 1.0;
  assert_status(dw_vos_fit_series(&vos, &b, &series, &fit), DW_ERR_PARAM);
  s.velocity[3] = 0.4;
  s.tau[3] = s.tau[2];
  assert_status(dw_vos_compare(&vos, &b, &series, &deviation), DW_ERR_PARAM);
  s.tau[3] = NAN;
  assert_status(dw_vos_compare(&vos, &b, &series, &deviation), DW_ERR_PARAM);
  const dw_vos other = truth();
  fill(&s, &other, (dw_vos_point){0.6, 0.2}, 8.0, 4.0, NULL);
  series = series_of(&s, true);
  assert_status(dw_vos_fit_series(&vos, &b, &series, &fit), DW_ERR_INVALID);
  assert_non_null(strstr(dw_message(), "determine"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_exact_data),
      cmocka_unit_test(test_noisy_data),
      cmocka_unit_test(test_compare),
      cmocka_unit_test(test_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
