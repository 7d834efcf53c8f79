/* The response of waves to a source, against direct integration and closed forms. */
#define _XOPEN_SOURCE 700 /* j0, j1, y0, y1 */

#include "tests/dw_test.h"

#include <math.h>
#include <string.h>

#include <gsl/gsl_odeiv2.h>

#include "cosmology/green.h"

/* A universe from tau = 1 as the test knows it, H(tau) by hand. */
typedef struct universe {
  double (*hubble)(double tau);
  int links;     /* 0: the power law or flat space of `name` and `w` */
  double p[2];   /* of a chain */
  double end[2]; /* of a chain */
  double width;  /* of a chain's transition */
  const char *name;
  double w;
  double p_start;
} universe;

static double flat(double tau) { return 0.0 * tau; }
static double radiation(double tau) { return 1.0 / tau; }
static double matter(double tau) { return 2.0 / tau; }
static double kination(double tau) { return 0.5 / tau; }
static double in_between(double tau) { return 2.0 / (1.0 + 3.0 * 0.6) / tau; }
static double stiff(double tau) { return 0.125 / tau; }
/* Until tau = 3 and H = 2/3, from then on H = 1/(tau - 3/2). */
static double matter_radiation(double tau) { return tau < 3.0 ? 2.0 / tau : 1.0 / (tau - 1.5); }
/* Until tau = 4 and H = 1/8, from then on H = 1/(tau + 4). */
static double kination_radiation(double tau) { return tau < 4.0 ? 0.5 / tau : 1.0 / (tau + 4.0); }
/* Matter until tau = 3, radiation from 4 on, d(1/H)/dtau linear from 1/2 to 1 in between. */
static double smooth_transition(double tau) {
  const double s = fmin(fmax(tau - 3.0, 0.0), 1.0);
  return 1.0 / (0.5 * tau + 0.25 * s * s + 0.5 * fmax(tau - 4.0, 0.0));
}

static const universe universes[] = {
    {.hubble = flat, .name = "flat"},
    {.hubble = radiation, .name = "power-law", .w = 1.0 / 3.0, .p_start = 1.0},
    {.hubble = matter, .name = "power-law", .w = 0.0, .p_start = 2.0},
    {.hubble = kination, .name = "power-law", .w = 1.0, .p_start = 0.5},
    {.hubble = in_between, .name = "power-law", .w = 0.6, .p_start = 2.0 / (1.0 + 3.0 * 0.6)},
    {.hubble = stiff, .name = "power-law", .w = 5.0, .p_start = 0.125},
    {.hubble = matter_radiation, .links = 2, .p = {2.0, 1.0}, .end = {3.0, 0.0}},
    {.hubble = kination_radiation, .links = 2, .p = {0.5, 1.0}, .end = {4.0, 0.0}},
    {.hubble = smooth_transition, .links = 2, .p = {2.0, 1.0}, .end = {3.5, 0.0}, .width = 1.0 / 7.0},
};

/* The last has no closed form. */
enum { ALL = sizeof universes / sizeof universes[0], UNIVERSES = ALL - 1, TIMES = 23 };

static dw_background background_of(const universe *u) {
  dw_background b; /* H = p at the start: tau_start = 1 */
  if (u->links > 0) {
    const double w[2] = {(2.0 / u->p[0] - 1.0) / 3.0, (2.0 / u->p[1] - 1.0) / 3.0};
    assert_ok(dw_background_chain(&b, u->links, w, u->end, u->width, u->p[0]));
  } else {
    assert_ok(dw_background_init(&b, u->name, u->w, u->p_start));
  }
  return b;
}

static dw_green green_of(const universe *u) {
  dw_green green;
  const dw_background b = background_of(u);
  dw_green_init(&green, &b);
  assert_int_equal(green.segments, u->width > 0.0 ? 0 : u->links > 0 ? u->links : 1);
  return green;
}

/* Times from 1 to `last`, crowded at the start, the joints of the chains among them. */
static void times_until(double last, double *tau) {
  for (int i = 0; i < TIMES; i++) {
    const double s = (double)i / (TIMES - 1);
    tau[i] = 1.0 + (last - 1.0) * s * s;
  }
  tau[10] = 3.0;
  tau[12] = 4.0;
  for (int i = 1; i < TIMES; i++) {
    assert_true(tau[i] > tau[i - 1]);
  }
}

typedef struct wave {
  const universe *u;
  double k;
  double (*source)(double tau);
  double origin; /* of the clock */
} wave;

static double no_source(double tau) { return 0.0 * tau; }
static double some_source(double tau) { return tau * tau * (1.0 + cos(2.3 * tau)); }

static int wave_slope(double clock, const double *y, double *dy, void *context) {
  const wave *w = context;
  const double tau = w->origin + clock;
  dy[0] = y[1];
  dy[1] = 2.0 * w->source(tau) - w->k * w->k * y[0] - 2.0 * w->u->hubble(tau) * y[1];
  return 0;
}

/* h and h' in y from tau1 to tau2 by steps of order 8, stopping at the joints of the chains. The clock starts anew all
 * the time: the rounding of tau would add up. */
static void integrate(wave w, double tau1, double tau2, double y[2]) {
  const gsl_odeiv2_system system = {wave_slope, NULL, 2, &w};
  gsl_odeiv2_driver *driver = gsl_odeiv2_driver_alloc_y_new(&system, gsl_odeiv2_step_rk8pd, 1e-3, 1e-15, 1e-15);
  const double stops[] = {tau1, fmin(fmax(3.0, tau1), tau2), fmin(fmax(4.0, tau1), tau2), tau2};
  for (int i = 0; i < 3; i++) {
    const int parts = (int)ceil((stops[i + 1] - stops[i]) * (1.0 + w.k));
    for (int n = 0; n < parts; n++) {
      const double length = (stops[i + 1] - stops[i]) / parts;
      double clock = 0.0;
      w.origin = stops[i] + n * length;
      assert_int_equal(gsl_odeiv2_driver_apply(driver, &clock, length, y), 0);
    }
  }
  gsl_odeiv2_driver_free(driver);
}

/* Catches a kernel that isn't the wave left by a kick: factor 2, a1/a, order of the Bessel functions, shift of a
 * segment, order of the product. */
static void test_kernels_against_integration(void **state) {
  (void)state;
  double tau[TIMES], kernel_h[TIMES], kernel_rate[TIMES], expected[TIMES][2];
  times_until(12.0, tau);
  for (int n = 0; n < ALL; n++) {
    const dw_green green = green_of(&universes[n]);
    const double tolerance = green.segments > 0 ? 1e-12 : 1e-11;
    for (int j = 0; j < 5; j++) {
      const double k = (double[]){0.0, 0.02, 0.5, 4.0, 60.0}[j];
      double largest[2] = {0.0, 0.0};
      for (int i = 0; i < TIMES; i++) {
        expected[i][0] = 0.0;
        expected[i][1] = 2.0;
        integrate((wave){&universes[n], k, no_source, 0.0}, tau[i], tau[TIMES - 1], expected[i]);
        largest[0] = fmax(largest[0], fabs(expected[i][0]));
        largest[1] = fmax(largest[1], fabs(expected[i][1]));
      }
      assert_ok(dw_green_kernels(&green, k, tau[TIMES - 1], TIMES, tau, kernel_h, kernel_rate));
      for (int i = 0; i < TIMES; i++) {
        assert_close(kernel_h[i], expected[i][0], 0, tolerance * largest[0]);
        assert_close(kernel_rate[i], expected[i][1], 0, tolerance * largest[1]);
      }
    }
  }
}

/* Catches kernels that aren't those of a source: int K Pi (Simpson's rule, joints on its points) against h and h'. */
static void test_source_against_integration(void **state) {
  (void)state;
  enum { POINTS = 4401 };
  static double tau[POINTS], kernel_h[POINTS], kernel_rate[POINTS];
  for (int n = 0; n < ALL; n++) {
    const dw_green green = green_of(&universes[n]);
    for (int j = 0; j < 3; j++) {
      const double k = (double[]){0.05, 0.9, 4.0}[j];
      double expected[2] = {0.0, 0.0};
      integrate((wave){&universes[n], k, some_source, 0.0}, 1.0, 12.0, expected);
      for (int i = 0; i < POINTS; i++) {
        tau[i] = 1.0 + 11.0 * i / (POINTS - 1);
      }
      assert_ok(dw_green_kernels(&green, k, 12.0, POINTS, tau, kernel_h, kernel_rate));
      double sum[2] = {0.0, 0.0};
      for (int i = 0; i < POINTS; i++) {
        const double weight = 11.0 / (POINTS - 1) / 3.0 * (i == 0 || i == POINTS - 1 ? 1.0 : i % 2 == 1 ? 4.0 : 2.0);
        sum[0] += weight * kernel_h[i] * some_source(tau[i]);
        sum[1] += weight * kernel_rate[i] * some_source(tau[i]);
      }
      const double scale = hypot(expected[1], k * expected[0]);
      assert_close(sum[0], expected[0], 0, 1e-9 * scale / k);
      assert_close(sum[1], expected[1], 0, 1e-9 * scale);
    }
  }
}

/* Catches nodes of the Bessel functions taken for numbers out of range or with the wrong sign (GSL gives J_1/2(3 pi/2)
 * as NaN and -Y_3/2(21 pi/2)): in radiation
 * domination the kernel is 2 tau1 sin(k (tau - tau1))/(k tau), matter has orders 3/2 and 5/2. */
static void test_nodes(void **state) {
  (void)state;
  const double pi = acos(-1.0);
  for (int n = 1; n <= 2; n++) {
    const dw_green green = green_of(&universes[n]);
    for (int half = 2; half < 400; half++) {
      const double tau[3] = {1.0, 0.5 * half, half};
      const double k = 0.5 * pi;
      double kernel_h[3], kernel_rate[3];
      assert_ok(dw_green_kernels(&green, k, tau[2], 3, tau, kernel_h, kernel_rate));
      for (int i = 0; i < 3 && n == 1; i++) {
        assert_close(kernel_h[i], 2.0 * tau[i] / tau[2] * sin(k * (tau[2] - tau[i])) / k, 0, 1e-13 * half);
      }
      assert_close(kernel_h[2], 0.0, 0, 1e-13 * half);
      assert_close(kernel_rate[2], 2.0, 1e-13, 0);
    }
  }
}

/* Catches a limit k -> 0 that isn't h' ~ 1/a^2, or a jump where it takes over from the Bessel functions. */
static void test_super_horizon(void **state) {
  (void)state;
  double tau[TIMES], h[TIMES], rate[TIMES], h_near[TIMES], rate_near[TIMES];
  times_until(12.0, tau);
  const double last = tau[TIMES - 1];
  for (int n = 0; n < UNIVERSES; n++) {
    const dw_green green = green_of(&universes[n]);
    assert_ok(dw_green_kernels(&green, 0.0, last, TIMES, tau, h, rate));
    for (int i = 0; i < TIMES; i++) {
      assert_close(rate[i], 2.0 / pow(dw_green_expansion(&green, tau[i], last), 2), 1e-13, 0);
    }
    for (int j = 0; j < 5; j++) {
      const double k = (double[]){1e-300, 1e-30, 4e-10, 4e-9, 2e-8}[j];
      assert_ok(dw_green_kernels(&green, k, last, TIMES, tau, h_near, rate_near));
      for (int i = 0; i < TIMES; i++) {
        assert_close(h_near[i], h[i], 1e-11, 1e-14);
        assert_close(rate_near[i], rate[i], 1e-11, 1e-14);
      }
      double t[1][2][2];
      const double k_large = fmax(k, 1e-30); /* k^2 */
      assert_ok(dw_green_transfer(&green, k_large, last, 1, tau, t));
      double before[1][2][2];
      assert_ok(dw_green_transfer(&green, 0.9 * k_large, last, 1, tau, before));
      assert_close(t[0][1][0] / before[0][1][0], 1.0 / 0.81, 1e-9, 0);
    }
  }
}

/* Catches lost phases far inside the horizon: k tau up to 1e4 against closed forms. */
static void test_large_momenta(void **state) {
  (void)state;
  const double k = 1000.0;
  double tau[TIMES], h[TIMES], rate[TIMES];
  times_until(10.0, tau);
  const double x = k * 10.0;
  dw_green green = green_of(&universes[1]);
  assert_ok(dw_green_kernels(&green, k, 10.0, TIMES, tau, h, rate));
  for (int i = 0; i < TIMES; i++) { /* G = sin k(tau - tau1)/k */
    const double phase = k * (10.0 - tau[i]);
    assert_close(h[i], 2.0 * tau[i] / 10.0 * sin(phase) / k, 0, 5e-12 / k);
    assert_close(rate[i], 2.0 * tau[i] / 10.0 * (cos(phase) - sin(phase) / x), 0, 5e-12);
  }
  green = green_of(&universes[2]);
  assert_ok(dw_green_kernels(&green, k, 10.0, TIMES, tau, h, rate));
  for (int i = 0; i < TIMES; i++) { /* G = [(1 + 1/x x1) sin(x - x1) - (1/x1 - 1/x) cos(x - x1)]/k */
    const double x1 = k * tau[i];
    const double g = (1.0 + 1.0 / (x * x1)) * sin(x - x1) - (1.0 / x1 - 1.0 / x) * cos(x - x1);
    assert_close(h[i], 2.0 * pow(tau[i] / 10.0, 2) * g / k, 0, 5e-12 / k);
  }
  green = green_of(&universes[3]);
  assert_ok(dw_green_kernels(&green, k, 10.0, TIMES, tau, h, rate));
  for (int i = 0; i < TIMES; i++) {
    const double x1 = k * tau[i];
    const double pi = acos(-1.0);
    assert_close(h[i], pi * tau[i] * (y0(x) * j0(x1) - j0(x) * y0(x1)), 0, 5e-12 / k);
    assert_close(rate[i], pi * x1 * (j1(x) * y0(x1) - y1(x) * j0(x1)), 0, 5e-12);
  }
}

static void check_composition(const dw_green *green, double k, double tolerance) {
  double middle[2][2][2], first[1][2][2];
  const double s = fmax(k, 0.1); /* weighs h against h' */
  const double unit[2][2] = {{1.0, 1.0 / s}, {s, 1.0}};
  for (int n = 0; n < 3; n++) {
    const double times[2] = {1.1, (double[]){2.0, 3.0, 5.5}[n]};
    assert_ok(dw_green_transfer(green, k, 11.0, 2, times, middle));
    assert_ok(dw_green_transfer(green, k, times[1], 1, times, first));
    for (int r = 0; r < 2; r++) {
      for (int c = 0; c < 2; c++) {
        const double product = middle[1][r][0] * first[0][0][c] + middle[1][r][1] * first[0][1][c];
        assert_close(middle[0][r][c] / unit[r][c], product / unit[r][c], 0, tolerance);
      }
    }
    const double wronskian = middle[0][0][0] * middle[0][1][1] - middle[0][0][1] * middle[0][1][0];
    assert_close(wronskian * pow(dw_green_expansion(green, 1.1, 11.0), 2), 1.0, 0,
                 tolerance * pow(dw_green_expansion(green, 1.1, 11.0), 2));
  }
}

/* Catches transfer matrices that don't compose, or whose determinant isn't (a1/a)^2 (a^2 times the Wronskian is
 * constant). */
static void test_composition_and_wronskian(void **state) {
  (void)state;
  for (int n = 0; n < UNIVERSES; n++) {
    const dw_green green = green_of(&universes[n]);
    for (int j = 0; j < 7; j++) {
      check_composition(&green, (double[]){0.0, 5e-6, 1e-3, 0.2, 1.0, 30.0, 900.0}[j], 3e-12);
    }
    if (universes[n].links == 0) {
      const dw_background b = background_of(&universes[n]);
      dw_green numeric;
      dw_green_numeric(&numeric, &b);
      check_composition(&numeric, 0.7, 3e-12);
    }
  }
}

/* Catches a numerical path that isn't the closed form. */
static void test_numeric_against_closed(void **state) {
  (void)state;
  double tau[TIMES], closed[TIMES][2][2], numeric[TIMES][2][2];
  times_until(12.0, tau);
  tau[TIMES - 1] = 11.9; /* the wave goes on after the last */
  for (int n = 0; n < UNIVERSES; n++) {
    const dw_background b = background_of(&universes[n]);
    dw_green green;
    for (int j = 0; j < 5; j++) {
      const double k = (double[]){0.0, 0.02, 0.5, 4.0, 200.0}[j];
      const double s = fmax(k, 0.1);
      dw_green_init(&green, &b);
      assert_ok(dw_green_transfer(&green, k, 12.0, TIMES, tau, closed));
      dw_green_numeric(&green, &b);
      assert_ok(dw_green_transfer(&green, k, 12.0, TIMES, tau, numeric));
      for (int i = 0; i < TIMES; i++) {
        assert_close(numeric[i][0][0], closed[i][0][0], 0, 1e-11);
        assert_close(numeric[i][0][1], closed[i][0][1], 0, 1e-11 / s);
        assert_close(numeric[i][1][0], closed[i][1][0], 0, 1e-11 * s);
        assert_close(numeric[i][1][1], closed[i][1][1], 0, 1e-11);
      }
      const double power = universes[n].links > 0 ? universes[n].p[0] : b.p;
      assert_close(dw_green_expansion(&green, 2.0, 3.0), pow(1.5, power), 1e-14, 0);
    }
  }
}

/* Catches a chain whose links don't matter as they should: one power law cut in three is that power law, and each
 * joint keeps H. */
static void test_chain(void **state) {
  (void)state;
  double tau[TIMES], cut[TIMES][2][2], whole[TIMES][2][2];
  times_until(12.0, tau);
  dw_green chain, single;
  assert_ok(dw_green_chain(&chain, -0.3, 3, (double[]){0.7, 0.7, 0.7}, (double[]){2.2, 7.0, 0.0}));
  assert_ok(dw_green_chain(&single, -0.3, 1, (double[]){0.7}, (double[]){0.0}));
  assert_ok(dw_green_transfer(&chain, 1.3, 12.0, TIMES, tau, cut));
  assert_ok(dw_green_transfer(&single, 1.3, 12.0, TIMES, tau, whole));
  for (int i = 0; i < TIMES; i++) {
    for (int e = 0; e < 4; e++) {
      assert_close(cut[i][e / 2][e % 2], whole[i][e / 2][e % 2], 0, 1e-13);
    }
  }
  assert_ok(dw_green_chain(&chain, 0.5, 3, (double[]){0.5, 1.0, 2.0}, (double[]){2.2, 7.0, NAN}));
  double expansion = 1.0;
  for (int i = 0; i < 2; i++) {
    const dw_green_segment *s = &chain.segment[i];
    assert_close(s[1].p / (s[0].end - s[1].shift), s[0].p / (s[0].end - s[0].shift), 1e-14, 0);
    const double start = i == 0 ? 1.0 : 2.2;
    expansion *= pow((s[0].end - s[0].shift) / (start - s[0].shift), s[0].p);
  }
  assert_close(dw_green_expansion(&chain, 1.0, 7.0), expansion, 1e-14, 0);
  assert_close(dw_green_expansion(&chain, 1.0, 8.0),
               expansion * pow((8.0 - chain.segment[2].shift) / (7.0 - chain.segment[2].shift), 2), 1e-14, 0);
}

/* Catches a response where there is none, or a chain that can't be joined. */
static void test_refused(void **state) {
  (void)state;
  dw_green green = green_of(&universes[2]);
  double h[2], rate[2];
  assert_status(dw_green_kernels(&green, -1.0, 3.0, 2, (double[]){1.0, 2.0}, h, rate), DW_ERR_INTERNAL);
  assert_status(dw_green_kernels(&green, NAN, 3.0, 2, (double[]){1.0, 2.0}, h, rate), DW_ERR_INTERNAL);
  assert_status(dw_green_kernels(&green, 1.0, 3.0, 2, (double[]){2.0, 1.0}, h, rate), DW_ERR_INTERNAL);
  assert_status(dw_green_kernels(&green, 1.0, 3.0, 2, (double[]){2.0, 3.1}, h, rate), DW_ERR_INTERNAL);
  assert_status(dw_green_kernels(&green, 1.0, 3.0, 2, (double[]){-1.0, 2.0}, h, rate), DW_ERR_INTERNAL);
  assert_status(dw_green_kernels(&green, 1.0, 3.0, 2, (double[]){0.0, 2.0}, h, rate), DW_ERR_INTERNAL);
  assert_status(dw_green_kernels(&green, 1.0, 3.0, 2, (double[]){NAN, 2.0}, h, rate), DW_ERR_INTERNAL);
  assert_status(dw_green_kernels(&green, 1.0, 3.0, 2, (double[]){1e-200, 2.0}, h, rate), DW_ERR_INTERNAL);
  assert_true(isnan(dw_green_expansion(&green, -1.0, 3.0)));
  assert_ok(dw_green_kernels(&green, 1.0, 3.0, 2, (double[]){3.0, 3.0}, h, rate));
  assert_true(h[0] == 0.0);
  assert_close(rate[0], 2.0, 1e-14, 0);
  assert_ok(dw_green_kernels(&green, 1.0, 3.0, 0, NULL, h, rate));
  const double two[] = {2.0, 1.0};
  assert_status(dw_green_chain(&green, 0.0, 0, two, two), DW_ERR_PARAM);
  assert_status(dw_green_chain(&green, 0.0, DW_GREEN_MOST_SEGMENTS + 1, two, two), DW_ERR_PARAM);
  assert_status(dw_green_chain(&green, 2.0, 2, two, two), DW_ERR_PARAM);
  assert_status(dw_green_chain(&green, 0.0, 2, (double[]){1.0, 0.0}, two), DW_ERR_PARAM);
  assert_status(dw_green_chain(&green, NAN, 1, two, two), DW_ERR_PARAM);
  assert_status(dw_green_chain(&green, 0.0, 3, (double[]){1.0, 2.0, 1.0}, two), DW_ERR_PARAM);
  assert_non_null(strstr(dw_message(), "link 2"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_kernels_against_integration),
      cmocka_unit_test(test_source_against_integration),
      cmocka_unit_test(test_nodes),
      cmocka_unit_test(test_super_horizon),
      cmocka_unit_test(test_large_momenta),
      cmocka_unit_test(test_composition_and_wronskian),
      cmocka_unit_test(test_numeric_against_closed),
      cmocka_unit_test(test_chain),
      cmocka_unit_test(test_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
