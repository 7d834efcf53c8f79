/* Backgrounds against closed forms and against their own derivatives and integrals. */
#include "tests/dw_test.h"

#include <math.h>
#include <string.h>

#include <gsl/gsl_odeiv2.h>

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
  assert_status(dw_background_init(&b, "chain", 0.0, 1.0), DW_ERR_PARAM);
}

/* Chains as the tests know them; the equations of state in the order of time. */
typedef struct chain {
  int count;
  double w[DW_BACKGROUND_MOST_LINKS];
  double until[DW_BACKGROUND_MOST_LINKS];
  double width;
} chain;

static const chain chains[] = {
    {2, {0.0, 1.0 / 3.0}, {6.0}, 0.0},
    {2, {1.0, 1.0 / 3.0}, {4.0}, 0.0},
    {3, {1.0, 1.0 / 3.0, 0.0}, {3.0, 8.0}, 0.0},
    {2, {0.0, 1.0 / 3.0}, {6.0}, 0.3},
    {2, {1.0, 1.0 / 3.0}, {4.0}, 0.5},
    {3, {1.0 / 3.0, 0.3333, 1.0}, {4.0, 9.0}, 0.2},                /* nearly equal: a ramp with next to no curve */
    {4, {1.0 / 3.0, -0.2, 5.0, 0.0}, {3.0, 6.0, 12.0}, 1.0 / 3.0}, /* transitions that touch */
    {8, {0.0, 1.0, 0.0, 1.0, 0.1, 0.2, 0.3, 0.4}, {3, 4, 5, 6, 7, 8, 9}, 0.05},
};

enum { CHAINS = sizeof chains / sizeof chains[0] };

static dw_background chain_of(const chain *c) {
  dw_background b;
  assert_ok(dw_background_chain(&b, c->count, c->w, c->until, c->width, 1.0));
  return b;
}

/* d(1/H)/dtau = (1 + 3w)/2 with w as the header has it: steps, or ramps centred on them. */
static double slope_of(const chain *c, double tau) {
  double slope = 0.5 * (1.0 + 3.0 * c->w[0]);
  for (int i = 0; i + 1 < c->count; i++) {
    const double half = c->width * c->until[i];
    const double s = half > 0.0 ? 0.5 + 0.5 * (tau - c->until[i]) / half : (tau >= c->until[i] ? 1.0 : 0.0);
    slope += 1.5 * (c->w[i + 1] - c->w[i]) * fmin(fmax(s, 0.0), 1.0);
  }
  return slope;
}

/* One piece of a chain; the clock starts at `begin`, and nothing of the next piece is seen. */
typedef struct stretch {
  const chain *c;
  double begin;
  double end;
} stretch;

/* y = 1/H, ln a, t. */
static int friedmann(double clock, const double *y, double *dy, void *context) {
  const stretch *s = context;
  const double tau = s->begin + clock;
  dy[0] = slope_of(s->c, tau < s->end ? tau : nextafter(s->end, 0.0));
  dy[1] = 1.0 / y[0];
  dy[2] = exp(y[1]);
  return 0;
}

/* Catches a wrong shift, start or offset of t: matter -> radiation and kination -> radiation by hand, and all three. */
static void test_chain_closed_forms(void **state) {
  (void)state;
  dw_background b = chain_of(&chains[0]);
  assert_true(b.tau_start == 2.0 && dw_background_scale_factor(&b, 2.0) == 1.0);
  assert_string_equal(b.name, "chain");
  assert_true(dw_background_expands(&b) && isnan(b.p) && isnan(b.w));
  assert_close(dw_background_scale_factor(&b, 5.0), 6.25, 1e-15, 0);
  assert_close(dw_background_time(&b, 5.0), 5.0 * 6.25 / 3.0, 1e-15, 0);
  assert_close(dw_background_scale_factor(&b, 10.0), 21.0, 1e-15, 0); /* 3 (tau - 3) */
  assert_close(dw_background_hubble(&b, 10.0), 1.0 / 7.0, 1e-15, 0);
  assert_close(dw_background_time(&b, 10.0), 18.0 + 1.5 * (49.0 - 9.0), 1e-15, 0);
  assert_true(dw_background_power(&b, 5.9) == 2.0 && dw_background_power(&b, 6.0) == 1.0);
  b = chain_of(&chains[1]);
  assert_true(b.tau_start == 0.5);
  assert_close(dw_background_scale_factor(&b, 3.0), sqrt(6.0), 1e-15, 0);
  assert_close(dw_background_scale_factor(&b, 12.0), 2.0 * sqrt(8.0), 1e-15, 0); /* sqrt(8) (tau + 4)/8 */
  assert_close(dw_background_hubble(&b, 12.0), 1.0 / 16.0, 1e-15, 0);
  assert_close(dw_background_time(&b, 12.0), sqrt(8.0) * (4.0 / 1.5 + (256.0 - 64.0) / 16.0), 1e-15, 0);
  b = chain_of(&chains[2]); /* H = 1/6 at 3, then 1/(tau + 3) until 8, 1/11, then 2/(tau + 14) */
  assert_close(dw_background_hubble(&b, 20.0), 2.0 / 34.0, 1e-15, 0);
  assert_close(dw_background_scale_factor(&b, 20.0), sqrt(6.0) * 11.0 / 6.0 * pow(34.0 / 22.0, 2), 2e-15, 0);
}

/* Catches a jump of a, H or t between pieces; a has to be continuous to rounding. */
static void test_chain_is_continuous(void **state) {
  (void)state;
  for (int n = 0; n < CHAINS; n++) {
    const dw_background b = chain_of(&chains[n]);
    const int joints = chains[n].count - 1;
    assert_int_equal(b.pieces, 1 + (chains[n].width > 0.0 ? 2 : 1) * joints);
    for (int i = 1; i < b.pieces; i++) {
      const double after = b.piece[i].begin;
      const double before = nextafter(after, 0.0);
      assert_close(dw_background_scale_factor(&b, after), dw_background_scale_factor(&b, before), 5e-15, 0);
      assert_close(dw_background_hubble(&b, after), dw_background_hubble(&b, before), 5e-15, 0);
      assert_close(dw_background_time(&b, after), dw_background_time(&b, before), 5e-15, 0);
    }
  }
}

/* Catches a, H or t that don't solve d(1/H)/dtau = (1+3w)/2, H = a'/a, dt = a dtau, sharp or smooth: a numerical
 * solution from the start on, piece by piece. */
static void test_chain_against_integration(void **state) {
  (void)state;
  for (int n = 0; n < CHAINS; n++) {
    const dw_background b = chain_of(&chains[n]);
    stretch s = {.c = &chains[n]};
    const gsl_odeiv2_system system = {friedmann, NULL, 3, &s};
    gsl_odeiv2_driver *driver = gsl_odeiv2_driver_alloc_y_new(&system, gsl_odeiv2_step_rk8pd, 1e-3, 1e-14, 1e-14);
    double y[3] = {1.0, 0.0, dw_background_time(&b, b.tau_start)};
    assert_close(y[2], 2.0 / (3.0 * (1.0 + chains[n].w[0])), 1e-15, 0);
    for (int i = 0; i < b.pieces; i++) {
      const double begin = b.piece[i].begin;
      const double end = i + 1 < b.pieces ? b.piece[i + 1].begin : 3.0 * begin;
      for (int part = 0; part < 5 && end > begin; part++) {
        const double length = (end - begin) / 5.0;
        s.begin = begin + part * length;
        s.end = end;
        double clock = 0.0;
        assert_int_equal(gsl_odeiv2_driver_apply(driver, &clock, length, y), 0);
        const double tau = part == 4 ? end : s.begin + length;
        assert_close(dw_background_hubble(&b, tau), 1.0 / y[0], 1e-12, 0);
        assert_close(dw_background_scale_factor(&b, tau), exp(y[1]), 1e-12, 0);
        assert_close(dw_background_time(&b, tau), y[2], 1e-12, 0);
        assert_close(dw_background_power(&b, tau), 1.0 / slope_of(&chains[n], tau), 1e-12, 0);
      }
    }
    gsl_odeiv2_driver_free(driver);
  }
}

/* Catches a chain of one link, or a cut within one power law, that isn't that power law. */
static void test_chain_of_one(void **state) {
  (void)state;
  dw_background single, one, cut;
  const double w[3] = {0.2, 0.2, 0.2};
  assert_ok(dw_background_init(&single, "power-law", 0.2, 0.7));
  assert_ok(dw_background_chain(&one, 1, w, NULL, 0.0, 0.7));
  assert_ok(dw_background_chain(&cut, 3, w, (double[]){3.0, 7.0}, 0.1, 0.7));
  assert_true(one.p == single.p && one.w == 0.2 && one.tau_start == single.tau_start);
  for (int n = 0; n < 20; n++) {
    const double tau = 0.5 + n;
    const double a = dw_background_scale_factor(&single, tau);
    assert_true(dw_background_scale_factor(&one, tau) == a);
    assert_true(dw_background_hubble(&one, tau) == dw_background_hubble(&single, tau));
    assert_close(dw_background_time(&one, tau), dw_background_time(&single, tau), 1e-15, 0);
    assert_close(dw_background_scale_factor(&cut, tau), a, 1e-14, 0);
    assert_close(dw_background_hubble(&cut, tau), dw_background_hubble(&single, tau), 1e-14, 0);
    assert_close(dw_background_time(&cut, tau), dw_background_time(&single, tau), 1e-14, 0);
  }
}

static void refuse_chain(int count, const double *w, const double *until, double width, double hubble,
                         const char *key) {
  dw_background b;
  assert_status(dw_background_chain(&b, count, w, until, width, hubble), DW_ERR_PARAM);
  assert_non_null(strstr(dw_message(), key));
}

/* Catches a chain that can't be and is computed all the same. */
static void test_chain_refused(void **state) {
  (void)state;
  const double w[9] = {0.0, 1.0 / 3.0, 1.0, 0, 0, 0, 0, 0, 0};
  const double until[8] = {3, 4, 5, 6, 7, 8, 9, 10};
  refuse_chain(0, w, until, 0.0, 1.0, "cosmology.chain_w");
  refuse_chain(9, w, until, 0.0, 1.0, "cosmology.chain_w");
  refuse_chain(2, (double[]){0.0, -1.0 / 3.0}, until, 0.0, 1.0, "cosmology.chain_w");
  refuse_chain(2, (double[]){NAN, 0.0}, until, 0.0, 1.0, "cosmology.chain_w");
  refuse_chain(2, w, until, 0.0, 0.0, "cosmology.hubble_start");
  refuse_chain(2, w, (double[]){2.0}, 0.0, 1.0,
               "transition 1 begins at 2, not after the start, tau = 2; give later times");
  refuse_chain(2, w, (double[]){NAN}, 0.0, 1.0, "transition 1");
  refuse_chain(2, w, (double[]){INFINITY}, 0.0, 1.0, "transition 1");
  refuse_chain(3, w, (double[]){3.0, 3.0}, 0.0, 1.0,
               "transition 2 begins at 3, not after the end of the one before, 3; give later times");
  refuse_chain(2, w, until, 0.34, 1.0, "tau = 2; give later times or a smaller cosmology.chain_width");
  refuse_chain(3, w, until, 0.15, 1.0, "transition 2");
  refuse_chain(2, w, until, 1.0, 1.0, "cosmology.chain_width");
  refuse_chain(2, w, until, -0.1, 1.0, "cosmology.chain_width");
  refuse_chain(2, w, until, NAN, 1.0, "cosmology.chain_width");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_closed_forms),
      cmocka_unit_test(test_start),
      cmocka_unit_test(test_hubble_is_the_derivative),
      cmocka_unit_test(test_time_is_the_integral),
      cmocka_unit_test(test_flat),
      cmocka_unit_test(test_refused),
      cmocka_unit_test(test_chain_closed_forms),
      cmocka_unit_test(test_chain_is_continuous),
      cmocka_unit_test(test_chain_against_integration),
      cmocka_unit_test(test_chain_of_one),
      cmocka_unit_test(test_chain_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
