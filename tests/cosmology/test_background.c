/* Backgrounds against closed forms and against their own derivatives and integrals. */
#include "tests/dw_test.h"

#include <math.h>
#include <string.h>

#include "cosmology/background.h"

static const double equations_of_state[] = {1.0 / 3.0, 0.0, 1.0, 0.2, -0.3, 5.0};

enum { EQUATIONS = sizeof equations_of_state / sizeof equations_of_state[0] };

/* Catches a wrong power, start or cosmic time for the three textbook cases and one in between. */
static void test_closed_forms(void **state) {
  (void)state;
  dw_background b;
  for (int i = 0; i < 3; i++) {
    const double hubble = (double[]){1.0, 0.5, 3.0}[i];
    assert_ok(dw_background_init(&b, "power-law", 1.0 / 3.0, hubble)); /* radiation: a = H tau */
    assert_close(b.tau_start, 1.0 / hubble, 1e-15, 0);
    assert_close(dw_background_scale_factor(&b, 7.0), 7.0 * hubble, 1e-14, 0);
    assert_close(dw_background_hubble(&b, 7.0), 1.0 / 7.0, 1e-15, 0);
    assert_close(dw_background_time(&b, 7.0), 0.5 * 49.0 * hubble, 1e-14, 0);

    assert_ok(dw_background_init(&b, "power-law", 0.0, hubble)); /* matter: a = (H tau / 2)^2 */
    assert_close(b.tau_start, 2.0 / hubble, 1e-15, 0);
    assert_close(dw_background_scale_factor(&b, 7.0), 12.25 * hubble * hubble, 1e-14, 0);
    assert_close(dw_background_hubble(&b, 7.0), 2.0 / 7.0, 1e-15, 0);
    assert_close(dw_background_time(&b, 7.0), 343.0 * hubble * hubble / 12.0, 1e-14, 0);

    assert_ok(dw_background_init(&b, "power-law", 1.0, hubble)); /* kination: a = sqrt(2 H tau) */
    assert_close(b.tau_start, 0.5 / hubble, 1e-15, 0);
    assert_close(dw_background_scale_factor(&b, 7.0), sqrt(14.0 * hubble), 1e-14, 0);
    assert_close(dw_background_hubble(&b, 7.0), 0.5 / 7.0, 1e-15, 0);
    assert_close(dw_background_time(&b, 7.0), sqrt(14.0 * hubble) * 7.0 / 1.5, 1e-14, 0);

    assert_ok(dw_background_init(&b, "power-law", 0.2, hubble)); /* p = 5/4 */
    assert_close(b.tau_start, 1.25 / hubble, 1e-15, 0);
    assert_close(dw_background_scale_factor(&b, 7.0), exp(1.25 * log(5.6 * hubble)), 1e-13, 0);
  }
}

/* Catches a start at which a isn't 1 to the last bit, or H isn't the one that was asked for. */
static void test_start(void **state) {
  (void)state;
  for (int i = 0; i < EQUATIONS; i++) {
    dw_background b;
    assert_ok(dw_background_init(&b, "power-law", equations_of_state[i], 0.7));
    assert_true(dw_background_scale_factor(&b, b.tau_start) == 1.0);
    assert_close(dw_background_hubble(&b, b.tau_start), 0.7, 1e-15, 0);
    assert_close(dw_background_time(&b, b.tau_start), 2.0 / (3.0 * (1.0 + equations_of_state[i]) * 0.7), 1e-14, 0);
    assert_true(dw_background_expands(&b));
    assert_string_equal(b.name, "power-law");
  }
}

/* Catches a Hubble rate that isn't a'/a, the conformal one. */
static void test_hubble_is_the_derivative(void **state) {
  (void)state;
  for (int i = 0; i < EQUATIONS; i++) {
    dw_background b;
    assert_ok(dw_background_init(&b, "power-law", equations_of_state[i], 1.3));
    for (int n = 0; n < 7; n++) {
      const double tau = pow(1.7, n) * b.tau_start;
      const double h = 1e-5 * tau;
      const double slope =
          (dw_background_scale_factor(&b, tau + h) - dw_background_scale_factor(&b, tau - h)) / (2.0 * h);
      assert_close(dw_background_hubble(&b, tau), slope / dw_background_scale_factor(&b, tau), 1e-6, 0);
    }
  }
}

/* Catches a cosmic time that isn't the integral of a dtau (Simpson's rule). */
static void test_time_is_the_integral(void **state) {
  (void)state;
  for (int i = 0; i < EQUATIONS; i++) {
    dw_background b;
    assert_ok(dw_background_init(&b, "power-law", equations_of_state[i], 1.3));
    const int intervals = 2000;
    const double end = 3.0 * b.tau_start;
    const double h = (end - b.tau_start) / intervals;
    double sum = 0.0;
    for (int n = 0; n <= intervals; n++) {
      const double weight = n == 0 || n == intervals ? 1.0 : n % 2 == 1 ? 4.0 : 2.0;
      sum += weight * dw_background_scale_factor(&b, b.tau_start + n * h);
    }
    assert_close(dw_background_time(&b, end) - dw_background_time(&b, b.tau_start), sum * h / 3.0, 1e-9, 0);
  }
}

/* Catches flat space that expands, or that minds parameters it has no use for. */
static void test_flat(void **state) {
  (void)state;
  dw_background b;
  assert_ok(dw_background_init(&b, "flat", -5.0, 0.0));
  assert_false(dw_background_expands(&b));
  assert_true(b.tau_start == 0.0 && b.p == 0.0);
  for (int n = 0; n < 10; n++) {
    const double tau = 1.1 * n;
    assert_true(dw_background_scale_factor(&b, tau) == 1.0);
    assert_true(dw_background_hubble(&b, tau) == 0.0);
    assert_true(dw_background_time(&b, tau) == tau);
  }
}

/* Catches an expansion that doesn't exist and is computed all the same. */
static void test_refused(void **state) {
  (void)state;
  dw_background b;
  assert_status(dw_background_init(&b, "power-law", -1.0 / 3.0, 1.0), DW_ERR_PARAM);
  assert_non_null(strstr(dw_message(), "cosmology.w"));
  assert_status(dw_background_init(&b, "power-law", NAN, 1.0), DW_ERR_PARAM);
  assert_status(dw_background_init(&b, "power-law", INFINITY, 1.0), DW_ERR_PARAM);
  assert_status(dw_background_init(&b, "power-law", 0.0, 0.0), DW_ERR_PARAM);
  assert_non_null(strstr(dw_message(), "cosmology.hubble_start"));
  assert_status(dw_background_init(&b, "power-law", 0.0, NAN), DW_ERR_PARAM);
  assert_status(dw_background_init(&b, "powerlaw", 0.0, 1.0), DW_ERR_PARAM);
  assert_non_null(strstr(dw_message(), "powerlaw"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_closed_forms),
      cmocka_unit_test(test_start),
      cmocka_unit_test(test_hubble_is_the_derivative),
      cmocka_unit_test(test_time_is_the_integral),
      cmocka_unit_test(test_flat),
      cmocka_unit_test(test_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
