/* Means over members, their errors, and members that don't belong together. */
#include "tests/dw_test.h"

#include <math.h>
#include <string.h>

#include "analysis/post/ensemble.h"
#include "tests/analysis/post_noise.h"

/* Catches n for n - 1, a spread for a standard error, and a member without a value that counts. */
static void test_scalar(void **state) {
  (void)state;
  const double value[] = {1.0, 2.0, (double)NAN, 4.0, 5.0};
  const dw_estimate all = dw_ensemble_scalar(5, value, NULL);
  assert_int_equal(all.members, 4);
  assert_close(all.value, 3.0, 1e-15, 0);
  assert_close(all.error, sqrt(10.0 / 12.0), 1e-15, 0);
}

/* Catches an ensemble of one that claims to know its scatter, or loses the member's own error. */
static void test_one_member(void **state) {
  (void)state;
  const double value[] = {(double)NAN, 2.5};
  const double own[] = {0.1, 0.3};
  dw_estimate all = dw_ensemble_scalar(2, value, own);
  assert_int_equal(all.members, 1);
  assert_true(all.value == 2.5 && all.error == 0.3);
  all = dw_ensemble_scalar(2, value, NULL);
  assert_true(all.value == 2.5 && isnan(all.error));
  all = dw_ensemble_scalar(1, value, own);
  assert_int_equal(all.members, 0);
  assert_true(isnan(all.value) && isnan(all.error));
}

/* Catches curves whose points or members are mixed up. */
static void test_curve(void **state) {
  (void)state;
  const double a[] = {1.0, 10.0, (double)NAN};
  const double b[] = {3.0, 10.0, 7.0};
  const double c[] = {5.0, 16.0, (double)NAN};
  const double error_b[] = {0.1, 0.2, 0.3};
  const double *const value[] = {a, b, c};
  const double *const own[] = {NULL, error_b, NULL};
  dw_estimate mean[3];
  assert_ok(dw_ensemble_curve(3, 3, value, own, mean));
  assert_close(mean[0].value, 3.0, 1e-15, 0);
  assert_close(mean[0].error, 2.0 / sqrt(3.0), 1e-15, 0);
  assert_close(mean[1].value, 12.0, 1e-15, 0);
  assert_close(mean[1].error, 2.0, 1e-15, 0);
  assert_true(mean[2].value == 7.0 && mean[2].error == 0.3 && mean[2].members == 1);
  assert_ok(dw_ensemble_curve(3, 3, value, NULL, mean));
  assert_true(isnan(mean[2].error));
}

/* Catches boxes, backgrounds or output times that are averaged although they differ. */
static void test_axes(void **state) {
  (void)state;
  const double k[] = {0.1, 0.2, 0.3};
  double other[] = {0.1, 0.2, 0.3 * (1.0 + 1e-12)};
  dw_ensemble_axis axis[] = {{3, k}, {3, k}, {3, other}};
  assert_ok(dw_ensemble_check("k of etc", 3, axis));
  other[1] = 0.2001;
  assert_status(dw_ensemble_check("k of etc", 3, axis), DW_ERR_PARAM);
  assert_non_null(strstr(dw_message(), "k of etc: point 2 is 0.2001 in member 3 and 0.2 in the first"));
  other[1] = (double)NAN;
  assert_status(dw_ensemble_check("k of etc", 3, axis), DW_ERR_PARAM);
  axis[1].points = 2;
  assert_status(dw_ensemble_check("tau of etc", 3, axis), DW_ERR_PARAM);
  assert_non_null(strstr(dw_message(), "tau of etc: member 2 has 2 points, the first 3"));
}

static double last_over_first(void *context, int64_t points, const double *curve) {
  *(int *)context += 1;
  return curve[points - 1] / curve[0];
}

static double first_only(void *context, int64_t points, const double *curve) {
  (void)context;
  (void)points;
  return curve[0];
}

/* Catches a wrong factor: for a mean the jackknife is the standard error to rounding. */
static void test_jackknife_of_a_mean(void **state) {
  (void)state;
  const double a = 1.0, b = 2.0, c = 4.0, d = 5.0;
  const double *const value[] = {&a, &b, &c, &d};
  dw_estimate mean;
  assert_ok(dw_ensemble_jackknife(4, 1, value, first_only, NULL, &mean));
  assert_close(mean.value, 3.0, 1e-15, 0);
  assert_close(mean.error, sqrt(10.0 / 12.0), 1e-14, 0);
  assert_ok(dw_ensemble_jackknife(1, 1, value, first_only, NULL, &mean));
  assert_true(mean.value == 1.0 && isnan(mean.error));
}

/* Catches a jackknife of a nonlinear number that isn't its scatter over ensembles: a ratio of two noisy means, for
 * which the mean of the members' ratios would be off by a third of its value. */
static void test_jackknife_of_a_ratio(void **state) {
  (void)state;
  enum { MEMBERS = 10, DRAWS = 2000 };
  double sum = 0.0, square = 0.0, predicted = 0.0;
  int calls = 0;
  for (int i = 0; i < DRAWS; i++) {
    noise n = noise_of(70 + (uint64_t)i);
    double curve[MEMBERS][2];
    const double *value[MEMBERS];
    for (int m = 0; m < MEMBERS; m++) {
      curve[m][0] = 1.0 + 0.3 * noise_normal(&n);
      curve[m][1] = 2.0 + 0.3 * noise_normal(&n);
      value[m] = curve[m];
    }
    dw_estimate ratio;
    assert_ok(dw_ensemble_jackknife(MEMBERS, 2, value, last_over_first, &calls, &ratio));
    sum += ratio.value / DRAWS;
    square += ratio.value * ratio.value / DRAWS;
    predicted += ratio.error * ratio.error / DRAWS;
  }
  assert_int_equal(calls, DRAWS * (MEMBERS + 1));
  const double seen = square - sum * sum;
  print_message("ratio %.4f, error %.4f, predicted %.4f\n", sum, sqrt(seen), sqrt(predicted));
  assert_close(sum, 2.0, 0.02, 0);       /* 2 (1 + 0.09/10) to second order */
  assert_close(predicted, seen, 0.2, 0); /* a jackknife of few members is a little high */
}

/* Catches a range that isn't Student's. */
static void test_range(void **state) {
  (void)state;
  assert_close(dw_estimate_range(2.0, 2.0), 2.0 * 4.302653, 1e-6, 0);
  assert_close(dw_estimate_range(1.0, 1e9), 1.959964, 1e-6, 0);
  assert_true(isnan(dw_estimate_range(1.0, 0.0)));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_scalar),
    cmocka_unit_test(test_one_member),
    cmocka_unit_test(test_curve),
    cmocka_unit_test(test_axes),
    cmocka_unit_test(test_jackknife_of_a_mean),
    cmocka_unit_test(test_jackknife_of_a_ratio),
    cmocka_unit_test(test_range),
};

int main(void) { return cmocka_run_group_tests(tests, NULL, NULL); }
