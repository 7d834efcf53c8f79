/* Least squares: exact data, statistics over many draws, and every way not to get a result. */
#include "tests/dw_test.h"

#include <math.h>

#include "analysis/post/fit.h"
#include "tests/analysis/post_noise.h"

enum { POINTS = 40, DRAWS = 400 };

typedef struct sample {
  double x[POINTS];
  double y[POINTS];
  double error[POINTS];
} sample;

/* p0 exp(-p1 x) + p2 */
static double falling(const void *context, double x, const double *p, double *gradient) {
  (void)context;
  gradient[0] = exp(-p[1] * x);
  gradient[1] = -p[0] * x * exp(-p[1] * x);
  gradient[2] = 1.0;
  return p[0] * exp(-p[1] * x) + p[2];
}

static const double truth[] = {3.0, 0.8, 0.5};

/* Errors that differ from point to point by up to a factor of three. */
static sample draw(uint64_t seed, double size) {
  sample s;
  noise n = noise_of(seed);
  double gradient[3];
  for (int i = 0; i < POINTS; i++) {
    s.x[i] = 0.15 * i;
    s.error[i] = 0.05 * (1.0 + 2.0 * i / POINTS);
    s.y[i] = falling(NULL, s.x[i], truth, gradient) + size * s.error[i] * noise_normal(&n);
  }
  return s;
}

static dw_fit_data whole(const sample *s, dw_fit_errors kind) {
  return (dw_fit_data){.points = POINTS, .x = s->x, .y = s->y, .error = s->error, .kind = kind};
}

/* Catches a wrong minimum, and a start at the minimum that counts as a failure. */
static void test_exact(void **state) {
  (void)state;
  const sample s = draw(1, 0.0);
  const dw_fit_data data = whole(&s, DW_FIT_ERRORS_KNOWN);
  const double starts[][3] = {{1.0, 0.3, 0.0}, {5.0, 2.0, 1.0}, {3.0, 0.8, 0.5}};
  for (int i = 0; i < 3; i++) {
    dw_fit fit;
    assert_ok(dw_fit_nonlinear(&data, falling, NULL, 3, starts[i], &fit));
    assert_int_equal(fit.state, DW_FIT_DONE);
    assert_int_equal(fit.dof, POINTS - 3);
    for (int p = 0; p < 3; p++) {
      assert_close(fit.value[p], truth[p], 1e-9, 0);
    }
    assert_close(fit.chi2, 0.0, 0.0, 1e-15);
  }
}

/* Catches errors that aren't standard errors: pulls of 400 draws have mean 0 and variance 1, 68 % lie within one. */
static void test_pulls(void **state) {
  (void)state;
  double mean[3] = {0.0}, square[3] = {0.0}, inside[3] = {0.0}, chi2 = 0.0;
  for (int d = 0; d < DRAWS; d++) {
    const sample s = draw(100 + (uint64_t)d, 1.0);
    const dw_fit_data data = whole(&s, DW_FIT_ERRORS_KNOWN);
    dw_fit fit;
    assert_ok(dw_fit_nonlinear(&data, falling, NULL, 3, (double[]){1.0, 0.3, 0.0}, &fit));
    assert_int_equal(fit.state, DW_FIT_DONE);
    for (int p = 0; p < 3; p++) {
      const double pull = (fit.value[p] - truth[p]) / fit.error[p];
      mean[p] += pull / DRAWS;
      square[p] += pull * pull / DRAWS;
      inside[p] += fabs(pull) < 1.0 ? 1.0 / DRAWS : 0.0;
    }
    chi2 += fit.chi2 / DRAWS;
  }
  for (int p = 0; p < 3; p++) {
    assert_close(mean[p], 0.0, 0.0, 4.0 / sqrt(DRAWS)); /* four standard deviations of a mean of 400 */
    assert_close(square[p], 1.0, 0.0, 4.0 * sqrt(2.0 / DRAWS));
    assert_close(inside[p], 0.683, 0.0, 4.0 * sqrt(0.683 * 0.317 / DRAWS));
  }
  assert_close(chi2, POINTS - 3, 0.0, 4.0 * sqrt(2.0 * (POINTS - 3) / DRAWS));
}

/* Catches a scale that isn't applied, or applied where errors are known or already large enough. */
static void test_scale(void **state) {
  (void)state;
  const double sizes[] = {0.2, 3.0};
  for (int i = 0; i < 2; i++) {
    const sample s = draw(7, sizes[i]);
    const double start[] = {1.0, 0.3, 0.0};
    dw_fit known, least, relative;
    const dw_fit_data a = whole(&s, DW_FIT_ERRORS_KNOWN), b = whole(&s, DW_FIT_ERRORS_AT_LEAST),
                      c = whole(&s, DW_FIT_ERRORS_RELATIVE);
    assert_ok(dw_fit_nonlinear(&a, falling, NULL, 3, start, &known));
    assert_ok(dw_fit_nonlinear(&b, falling, NULL, 3, start, &least));
    assert_ok(dw_fit_nonlinear(&c, falling, NULL, 3, start, &relative));
    const double scatter = sqrt(known.chi2 / (POINTS - 3));
    assert_close(scatter, sizes[i], 0.3, 0);
    for (int p = 0; p < 3; p++) {
      assert_close(relative.error[p] / known.error[p], scatter, 1e-9, 0);
      assert_close(least.error[p] / known.error[p], fmax(1.0, scatter), 1e-9, 0);
    }
    dw_fit_inflate(&relative, 2.0);
    assert_close(relative.error[1], 2.0 * scatter * known.error[1], 1e-9, 0);
    assert_close(relative.covariance[0][1], 4.0 * scatter * scatter * known.covariance[0][1], 1e-9, 0);
  }
}

/* Catches a polynomial whose pivot, weights or covariance are wrong: the nonlinear way gives the same. */
static double parabola(const void *context, double x, const double *p, double *gradient) {
  const double u = x - *(const double *)context;
  gradient[0] = 1.0;
  gradient[1] = u;
  gradient[2] = u * u;
  return p[0] + u * (p[1] + u * p[2]);
}

static void test_polynomial(void **state) {
  (void)state;
  const sample s = draw(3, 1.0);
  const dw_fit_data data = whole(&s, DW_FIT_ERRORS_RELATIVE);
  const double pivot = 1.7;
  dw_fit direct, walked;
  assert_ok(dw_fit_polynomial(&data, 2, pivot, &direct));
  assert_ok(dw_fit_nonlinear(&data, parabola, &pivot, 3, (double[]){0.0, 0.0, 0.0}, &walked));
  assert_int_equal(direct.state, DW_FIT_DONE);
  assert_int_equal(walked.state, DW_FIT_DONE);
  for (int i = 0; i < 3; i++) {
    /* A walk ends where chi^2 doesn't fall any more: within sqrt(1e-16) of an error. */
    assert_close(direct.value[i], walked.value[i], 0, 1e-7 * direct.error[i]);
    for (int j = 0; j < 3; j++) {
      assert_close(direct.covariance[i][j], walked.covariance[i][j], 1e-7, 0);
    }
  }
  const double gradient[] = {1.0, 2.0, -1.0};
  double variance = 0.0;
  for (int i = 0; i < 3; i++) {
    for (int j = 0; j < 3; j++) {
      variance += gradient[i] * gradient[j] * direct.covariance[i][j];
    }
  }
  assert_close(dw_fit_propagate(&direct, gradient), sqrt(variance), 1e-12, 0);
}

/* p0 + p1 (both mean the same) or a bottom at infinity. */
static double twice(const void *context, double x, const double *p, double *gradient) {
  (void)context;
  gradient[0] = x;
  gradient[1] = x;
  return (p[0] + p[1]) * x;
}

static double nothing(const void *context, double x, const double *p, double *gradient) {
  (void)context;
  (void)x;
  gradient[0] = (double)NAN;
  return p[0] * (double)NAN;
}

/* Its minimum, 0, lies at infinity. */
static double endless(const void *context, double x, const double *p, double *gradient) {
  (void)context;
  (void)x;
  gradient[0] = -2.0 * p[0] / ((1.0 + p[0] * p[0]) * (1.0 + p[0] * p[0]));
  return 1.0 / (1.0 + p[0] * p[0]);
}

/* Catches a result that is claimed where there is none. */
static void test_no_result(void **state) {
  (void)state;
  sample s = draw(4, 1.0);
  dw_fit fit;
  dw_fit_data data = whole(&s, DW_FIT_ERRORS_RELATIVE);
  assert_ok(dw_fit_nonlinear(&data, twice, NULL, 2, (double[]){0.0, 0.0}, &fit));
  assert_int_equal(fit.state, DW_FIT_UNDETERMINED);
  assert_true(isnan(fit.error[0]));
  assert_ok(dw_fit_nonlinear(&data, nothing, NULL, 1, (double[]){1.0}, &fit));
  assert_int_equal(fit.state, DW_FIT_NOT_CONVERGED);
  assert_true(isnan(fit.value[0]));

  const sample zero = {.error = {1.0, 1.0, 1.0}};
  data = (dw_fit_data){.points = 3, .x = zero.x, .y = zero.y, .error = zero.error};
  assert_ok(dw_fit_nonlinear(&data, endless, NULL, 1, (double[]){1.0}, &fit));
  assert_int_equal(fit.state, DW_FIT_NOT_CONVERGED);

  data = whole(&s, DW_FIT_ERRORS_RELATIVE);
  data.points = 2;
  assert_ok(dw_fit_nonlinear(&data, falling, NULL, 3, truth, &fit));
  assert_int_equal(fit.state, DW_FIT_TOO_FEW_POINTS);
  assert_true(isnan(fit.value[0]) && isnan(fit.chi2));
  assert_ok(dw_fit_polynomial(&data, 1, 0.0, &fit)); /* as many as parameters: values, but no scatter */
  assert_int_equal(fit.state, DW_FIT_DONE);
  assert_true(isfinite(fit.value[1]) && isnan(fit.error[1]));
  data.kind = DW_FIT_ERRORS_AT_LEAST;
  assert_ok(dw_fit_polynomial(&data, 1, 0.0, &fit));
  assert_close(fit.error[1], hypot(s.error[0], s.error[1]) / (s.x[1] - s.x[0]), 1e-10, 0);

  s.x[1] = s.x[0]; /* no lever */
  assert_ok(dw_fit_polynomial(&data, 1, 0.0, &fit));
  assert_int_equal(fit.state, DW_FIT_UNDETERMINED);
}

/* Catches data that would turn a fit into NAN without a word. */
static void test_refused(void **state) {
  (void)state;
  sample s = draw(5, 1.0);
  dw_fit fit;
  const dw_fit_data data = whole(&s, DW_FIT_ERRORS_KNOWN);
  s.error[3] = 0.0;
  assert_status(dw_fit_polynomial(&data, 1, 0.0, &fit), DW_ERR_INTERNAL);
  s.error[3] = 1.0;
  s.y[9] = (double)NAN;
  assert_status(dw_fit_nonlinear(&data, falling, NULL, 3, truth, &fit), DW_ERR_INTERNAL);
  s.y[9] = 1.0;
  assert_status(dw_fit_polynomial(&data, DW_FIT_MOST_PARAMETERS, 0.0, &fit), DW_ERR_INTERNAL);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_exact),      cmocka_unit_test(test_pulls),     cmocka_unit_test(test_scale),
    cmocka_unit_test(test_polynomial), cmocka_unit_test(test_no_result), cmocka_unit_test(test_refused),
};

int main(void) { return cmocka_run_group_tests(tests, NULL, NULL); }
