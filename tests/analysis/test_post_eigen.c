/* Eigenmodes of correlators against known ones, and what they add to waves. */
#include "tests/dw_test.h"

#include <math.h>
#include <stdlib.h>

#include "analysis/post/eigen.h"
#include "analysis/post/route.h"

enum { COUNT = 161 };

static const double pi = 3.14159265358979323846;

static double tau[COUNT], utc[COUNT * COUNT], share[COUNT];

/* From 0 to 1, crowded at the start if `power` > 1. */
static void times_of(double power) {
  for (int i = 0; i < COUNT; i++) {
    tau[i] = pow((double)i / (COUNT - 1), power);
  }
}

/* Catches a missing or wrong measure: for min(tau1, tau2) on [0, 1], lambda_n = 1/((n - 1/2) pi)^2 and v_n =
 * sqrt(2) sin((n - 1/2) pi tau), whatever the sampling. */
static void test_known_modes(void **state) {
  (void)state;
  for (int sampling = 0; sampling < 2; sampling++) {
    times_of(sampling == 0 ? 1.0 : 1.5);
    for (int i = 0; i < COUNT * COUNT; i++) {
      utc[i] = fmin(tau[i / COUNT], tau[i % COUNT]);
    }
    dw_eigen eigen;
    assert_ok(dw_eigen_init(&eigen, COUNT, tau, utc));
    assert_int_equal(eigen.count, COUNT);
    for (int n = 0; n < 5; n++) {
      const double root = (n + 0.5) * pi;
      assert_close(eigen.value[n], 1.0 / (root * root), 2e-3, 0);
      const double sign = eigen.vector[n * COUNT + 1] > 0.0 ? 1.0 : -1.0;
      for (int i = 1; i < COUNT; i++) {
        assert_close(sign * eigen.vector[n * COUNT + i], sqrt(2.0) * sin(root * tau[i]), 0, 1e-2);
      }
    }
    for (int n = 1; n < COUNT; n++) {
      assert_true(eigen.value[n] <= eigen.value[n - 1]);
    }
    assert_int_equal(eigen.negative, 0);
    dw_eigen_finalize(&eigen);
  }
}

/* Repeatable numbers between -1 and 1. */
static double noise(void) {
  static uint64_t seed = 99;
  seed = seed * 6364136223846793005u + 1442695040888963407u;
  return (double)(seed >> 11) / 4503599627370496.0 - 1.0;
}

/* Catches modes that don't add up: sum_n lambda_n v_n v_n is the matrix, the sum of eigenvalues int ETC, the sum of
 * shares the quadratic form, for a matrix with many negative eigenvalues. */
static void test_sums(void **state) {
  (void)state;
  times_of(1.3);
  for (int i = 0; i < COUNT; i++) {
    for (int j = 0; j <= i; j++) {
      utc[i * COUNT + j] = utc[j * COUNT + i] = noise();
    }
  }
  dw_eigen eigen;
  assert_ok(dw_eigen_init(&eigen, COUNT, tau, utc));
  double trace = 0.0, etc = 0.0, whole = 0.0, size = 0.0;
  double weight[COUNT];
  for (int n = 0; n < COUNT; n++) {
    weight[n] = noise();
    trace += eigen.value[n];
    etc += n > 0 ? 0.5 * (tau[n] - tau[n - 1]) * (utc[n * COUNT + n] + utc[(n - 1) * COUNT + n - 1]) : 0.0;
  }
  assert_close(trace, etc, 0, 1e-13);
  for (int i = 0; i < COUNT; i += 7) {
    double sum = 0.0;
    for (int n = 0; n < COUNT; n++) {
      sum += eigen.value[n] * eigen.vector[n * COUNT + i] * eigen.vector[n * COUNT + 40];
    }
    assert_close(sum, utc[i * COUNT + 40], 0, 1e-11);
  }
  dw_eigen_shares(&eigen, weight, share);
  for (int n = 0; n < COUNT; n++) {
    whole += share[n];
    size += fabs(share[n]);
  }
  assert_close(whole, dw_route_form(COUNT, weight, utc), 0, 1e-13 * size);
  assert_true(eigen.negative > COUNT / 3 && eigen.negative_largest > 0.5);
  utc[3] += 0.5; /* only the symmetric part counts */
  utc[3 * COUNT] -= 0.5;
  dw_eigen again;
  assert_ok(dw_eigen_init(&again, COUNT, tau, utc));
  assert_close(again.value[0], eigen.value[0], 1e-13, 0);
  dw_eigen_finalize(&eigen);
  dw_eigen_finalize(&again);
}

/* Catches rounding taken for negative eigenvalues: a coherent source is one mode, with lambda = int f^2. */
static void test_coherent(void **state) {
  (void)state;
  times_of(1.0);
  for (int i = 0; i < COUNT * COUNT; i++) {
    utc[i] = (1.0 + tau[i / COUNT]) * (1.0 + tau[i % COUNT]);
  }
  dw_eigen eigen;
  assert_ok(dw_eigen_init(&eigen, COUNT, tau, utc));
  assert_close(eigen.value[0], 7.0 / 3.0, 1e-4, 0);
  assert_true(fabs(eigen.value[1]) < 1e-13);
  assert_int_equal(eigen.negative, 0);
  assert_true(eigen.negative_sum == 0.0 && eigen.negative_largest == 0.0);
  dw_eigen_finalize(&eigen);
}

/* Catches negative eigenvalues that go unseen: the top hat |tau1 - tau2| < d has the spectrum 2 sin(w d)/w, whose
 * lowest is -0.217 of its highest; a Gaussian has none. */
static void test_negative(void **state) {
  (void)state;
  times_of(1.0);
  dw_eigen eigen;
  double sum = 0.0;
  for (int i = 0; i < COUNT * COUNT; i++) { /* d = 5.5 intervals */
    utc[i] = abs(i / COUNT - i % COUNT) < 5.5 ? 3.0 : 0.0;
  }
  assert_ok(dw_eigen_init(&eigen, COUNT, tau, utc));
  assert_true(eigen.negative > COUNT / 3);
  assert_close(eigen.negative_largest, 0.217, 0.05, 0);
  for (int n = COUNT - eigen.negative; n < COUNT; n++) {
    assert_true(eigen.value[n] < 0.0);
    sum += eigen.value[n];
  }
  assert_close(eigen.negative_sum, sum, 1e-12, 0);
  assert_true(eigen.value[COUNT - eigen.negative - 1] > -1e-12);
  dw_eigen_finalize(&eigen);
  for (int i = 0; i < COUNT * COUNT; i++) {
    utc[i] = exp(-0.5 * pow((i / COUNT - i % COUNT) / 5.5, 2));
  }
  assert_ok(dw_eigen_init(&eigen, COUNT, tau, utc));
  assert_int_equal(eigen.negative, 0);
  dw_eigen_finalize(&eigen);
}

/* Catches a miscounted number of modes, or one that stops before a later share takes the sum away again. */
static void test_enough(void **state) {
  (void)state;
  assert_int_equal(dw_eigen_enough(4, (double[]){85.0, 10.0, 4.5, 0.5}, 0.9), 2);
  assert_int_equal(dw_eigen_enough(4, (double[]){85.0, 10.0, 4.5, 0.5}, 0.99), 3);
  assert_int_equal(dw_eigen_enough(4, (double[]){100.0, 20.0, -25.0, 5.0}, 0.9), 3);
  assert_int_equal(dw_eigen_enough(4, (double[]){0.0, 100.0, 0.0, 0.0}, 0.99), 2);
  assert_int_equal(dw_eigen_enough(2, (double[]){1.0, -2.0}, 0.9), 2);
}

/* Catches matrices that have no eigenmodes, decomposed all the same. */
static void test_refused(void **state) {
  (void)state;
  dw_eigen eigen;
  assert_status(dw_eigen_init(&eigen, 1, (double[]){1.0}, (double[]){1.0}), DW_ERR_INTERNAL);
  dw_eigen_finalize(&eigen);
  assert_status(dw_eigen_init(&eigen, 2, (double[]){1.0, 1.0}, (double[]){1.0, 0.0, 0.0, 1.0}), DW_ERR_INTERNAL);
  dw_eigen_finalize(&eigen);
  assert_status(dw_eigen_init(&eigen, 2, (double[]){1.0, 2.0}, (double[]){1.0, NAN, 0.0, 1.0}), DW_ERR_INVALID);
  dw_eigen_finalize(&eigen);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_known_modes), cmocka_unit_test(test_sums),   cmocka_unit_test(test_coherent),
      cmocka_unit_test(test_negative),    cmocka_unit_test(test_enough), cmocka_unit_test(test_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
