/* Waves from the stress at sample times: closed forms, orders of convergence, and the waves of gw/oscillator. */
#include "tests/dw_test.h"

#include <math.h>
#include <string.h>

#include "analysis/post/route.h"
#include "analysis/post/route_modes.h"
#include "gw/oscillator.h"

enum { MOST = 2048 };

static const double pi = 3.14159265358979323846;

static dw_background background_of(const char *name, double w) {
  dw_background b;
  assert_ok(dw_background_init(&b, name, w, 1.0));
  return b;
}

static dw_green green_of(const char *name, double w) {
  const dw_background b = background_of(name, w);
  dw_green green;
  dw_green_init(&green, &b);
  return green;
}

/* `count` even samples of [first, last], all of it a source, the wave wanted at its end. */
static dw_route route_of(const dw_green *green, int count, double first, double last, double *tau, dw_route_rule rule) {
  for (int i = 0; i < count; i++) {
    tau[i] = first + (last - first) * i / (count - 1);
  }
  return (dw_route){green, count, tau, first, last, 1.0, rule};
}

typedef struct wave {
  double h;
  double rate;
} wave;

static wave wave_of(const dw_route *route, double k, double (*source)(double tau)) {
  static double weight_h[MOST], weight_rate[MOST];
  assert_ok(dw_route_weights(route, k, weight_h, weight_rate));
  wave result = {0.0, 0.0};
  for (int i = 0; i < route->count; i++) {
    result.h += weight_h[i] * source(route->tau[i]);
    result.rate += weight_rate[i] * source(route->tau[i]);
  }
  return result;
}

static double size_of(wave w, double k) { return hypot(w.rate, k * w.h); }

static double error_of(wave w, wave expected, double k) {
  return size_of((wave){w.h - expected.h, w.rate - expected.rate}, k) / size_of(expected, k);
}

static void assert_wave(wave w, wave expected, double k, double tolerance) {
  assert_close(error_of(w, expected, k), 0.0, 0, tolerance);
}

static double constant(double tau) { return 1.0 + 0.0 * tau; }
static double cubic(double tau) { return 1.0 - 0.3 * tau + 0.2 * tau * tau - 0.01 * tau * tau * tau; }
static double straight(double tau) { return 0.4 - 0.3 * tau; }

/* Catches wrong weights where the interpolation is exact: a frozen source in radiation, started at any time between
 * samples, seen before, at and after the last; h = 2/k^2 [1 - (tau0 cos + sin/k)/tau], phase k (tau - tau0). */
static void test_frozen_source(void **state) {
  (void)state;
  const dw_green green = green_of("power-law", 1.0 / 3.0);
  double tau[9];
  for (int rule = 0; rule < 2; rule++) {
    for (int n = 0; n < 4; n++) {
      const double k = (double[]){0.05, 1.0, 7.0, 300.0}[n];
      dw_route route = route_of(&green, 9, 1.0, 11.0, tau, (dw_route_rule)rule);
      tau[3] += 0.4;
      tau[4] -= 0.2;
      for (int m = 0; m < 3; m++) {
        const double start = (double[]){1.0, 2.9, 4.7}[m];
        route.start = m == 0 ? -1.0 : start;
        route.end = (double[]){11.0, 9.3, 10.9}[m];
        const double c = cos(k * (route.end - start));
        const double s = sin(k * (route.end - start));
        const double u = 2.0 / (k * k) * (route.end - start * c - s / k);
        const double slope = 2.0 / (k * k) * (1.0 + start * k * s - c);
        const wave expected = {u / route.end, (slope - u / route.end) / route.end};
        assert_wave(wave_of(&route, k, constant), expected, k, 3e-12);
      }
    }
  }
  /* A source over at tau = 5, seen at 9: free waves after it. */
  dw_route route = route_of(&green, 9, 1.0, 5.0, tau, DW_ROUTE_LINEAR);
  route.end = 9.0;
  const wave late = wave_of(&route, 1.3, constant);
  route.end = 5.0;
  const wave then = wave_of(&route, 1.3, constant);
  double t[1][2][2];
  assert_ok(dw_green_transfer(&green, 1.3, 9.0, 1, (double[]){5.0}, t));
  assert_wave(late, (wave){t[0][0][0] * then.h + t[0][0][1] * then.rate, t[0][1][0] * then.h + t[0][1][1] * then.rate},
              1.3, 1e-13);
}

/* Catches a rule that isn't exact for the polynomials it should be, or weights that mind how samples are spaced or
 * where a chain has its joints, or kernels badly integrated where a grows fast: 6 uneven samples against 200. */
static void test_polynomials(void **state) {
  (void)state;
  double few[] = {0.02, 1.4, 3.9, 5.0, 8.5, 10.0};
  double many[200];
  dw_green greens[4] = {green_of("flat", 0.0), green_of("power-law", 1.0), green_of("power-law", 0.0)};
  assert_ok(dw_green_chain(&greens[3], 0.0, 3, (double[]){2.0, 1.0, 0.5}, (double[]){2.5, 6.0, 0.0}));
  for (int g = 0; g < 4; g++) {
    for (int n = 0; n < 3; n++) {
      const double k = (double[]){0.1, 1.0, 25.0}[n];
      for (int rule = 0; rule < 2; rule++) {
        double (*source)(double) = rule == DW_ROUTE_CUBIC ? cubic : straight;
        const dw_route fine = route_of(&greens[g], 200, 0.02, 10.0, many, (dw_route_rule)rule);
        dw_route coarse = fine;
        coarse.count = 6;
        coarse.tau = few;
        assert_wave(wave_of(&coarse, k, source), wave_of(&fine, k, source), k, 2e-12);
      }
    }
  }
  dw_route two = route_of(&greens[1], 3, 1.0, 10.0, many, DW_ROUTE_CUBIC); /* fewer samples than the rule wants */
  const wave by_three = wave_of(&two, 1.0, straight);
  two = route_of(&greens[1], 2, 1.0, 10.0, many, DW_ROUTE_CUBIC);
  assert_wave(wave_of(&two, 1.0, straight), by_three, 1.0, 1e-12);
}

static double frequency;
static double oscillation(double tau) { return cos(frequency * tau); }

/* The wave of cos(w tau) from tau = 0 on in flat space. */
static wave driven(double k, double w, double tau) {
  if (k == w) {
    return (wave){tau * sin(k * tau) / k, sin(k * tau) / k + tau * cos(k * tau)};
  }
  const double factor = 2.0 / (k * k - w * w);
  return (wave){factor * (cos(w * tau) - cos(k * tau)), factor * (k * sin(k * tau) - w * sin(w * tau))};
}

/* Catches a rule of lower order than it says, two and four, on a resonant and another source; and the errors at
 * k dtau = 1 that the header states. */
static void test_order(void **state) {
  (void)state;
  static double tau[MOST];
  const dw_green green = green_of("flat", 0.0);
  for (int n = 0; n < 2; n++) {
    frequency = (double[]){1.0, 0.6}[n];
    const wave expected = driven(1.0, frequency, 64.0);
    for (int rule = 0; rule < 2; rule++) {
      double error[4];
      double size = 0.0;
      for (int m = 0; m < 4; m++) { /* k dtau = 1, 1/2, 1/4, 1/8 */
        const dw_route route = route_of(&green, 64 * (1 << m) + 1, 0.0, 64.0, tau, (dw_route_rule)rule);
        const wave w = wave_of(&route, 1.0, oscillation);
        error[m] = error_of(w, expected, 1.0);
        size = size_of(w, 1.0);
      }
      const double order = rule == DW_ROUTE_CUBIC ? 4.0 : 2.0;
      if (n == 0) {
        assert_close(log2(error[2] / error[3]), order, 0.02, 0);
        assert_close(error[0], rule == DW_ROUTE_CUBIC ? 0.0125 : 0.081, 0.02, 0);
        assert_true(size < size_of(expected, 1.0));
      } else { /* errors of both ends may cancel at one spacing */
        assert_true(log2(error[1] / error[3]) > 2.0 * order - 0.1);
      }
    }
  }
}

static double irregular(double tau) {
  return tau * (cos(0.9 * frequency * tau) + 0.7 * sin(0.4 * frequency * tau + 1.0) + 0.5 * cos(frequency * tau + 2.0));
}

/* The same source, sampled a hundred times more densely, by the propagator that evolves the waves of a run. */
static wave evolved(const dw_background *b, double k, double first, double last, int steps) {
  wave w = {0.0, 0.0};
  for (int i = 0; i < steps; i++) {
    dw_oscillator o[2];
    const double tau0 = first + (last - first) * i / steps;
    const double tau1 = first + (last - first) * (i + 1) / steps;
    assert_ok(dw_oscillator_fill(b, tau0, tau1, k, 2, o));
    const double p0 = irregular(tau0);
    const double p1 = irregular(tau1);
    w = (wave){o[1].m[0][0] * w.h + o[1].m[0][1] * w.rate + o[1].s0[0] * p0 + o[1].s1[0] * p1,
               o[1].m[1][0] * w.h + o[1].m[1][1] * w.rate + o[1].s0[1] * p0 + o[1].s1[1] * p1};
  }
  return w;
}

/* Catches two routes that don't agree: from samples, and by evolving. The energy is within 5 % at k dtau = 1 by the
 * cubic rule and at 1/2 by the linear one. */
static void test_against_evolution(void **state) {
  (void)state;
  static double tau[MOST];
  const dw_background b = background_of("power-law", 1.0 / 3.0);
  dw_green green;
  dw_green_init(&green, &b);
  frequency = 2.0;
  const double k = 2.0;
  const wave expected = evolved(&b, k, 1.0, 21.0, 1500);
  double error[2][3];
  for (int rule = 0; rule < 2; rule++) {
    for (int m = 0; m < 3; m++) {
      const dw_route route = route_of(&green, 40 * (1 << m) + 1, 1.0, 21.0, tau, (dw_route_rule)rule);
      const wave w = wave_of(&route, k, irregular);
      error[rule][m] = fabs(pow(size_of(w, k) / size_of(expected, k), 2) - 1.0);
    }
  }
  assert_true(error[DW_ROUTE_CUBIC][0] < 0.05);
  assert_true(error[DW_ROUTE_CUBIC][1] < 0.005);
  assert_true(error[DW_ROUTE_LINEAR][1] < 0.05);
  assert_close(log2(error[DW_ROUTE_LINEAR][1] / error[DW_ROUTE_LINEAR][2]), 2.0, 0.1, 0);
}

/* Catches wrong normalisation or double integral: a stationary source in flat space, UTC = E exp(-k^2 s^2/2 x_c^2), for
 * which d/dtau (|h'|^2 + k^2 |h|^2)/2 = 2 E sqrt(2 pi) (x_c/k) exp(-x_c^2/2); drho/dlnk from it. */
static void test_stationary_source(void **state) {
  (void)state;
  enum { COUNT = 301 };
  static double tau[COUNT], weight_h[COUNT], weight_rate[COUNT], utc[COUNT * COUNT];
  const dw_green green = green_of("flat", 0.0);
  const double k = 2.0;
  const double x_c = 1.4;
  const double strength = 0.7;
  double averaged[2];
  for (int n = 0; n < 2; n++) {
    dw_route route = route_of(&green, COUNT, 3.0, 33.0, tau, DW_ROUTE_CUBIC); /* k dtau = 0.2 */
    route.start = n == 0 ? 3.0 : 15.0;
    route.a = 1.7;
    for (int i = 0; i < COUNT * COUNT; i++) {
      const double x = k * (tau[i / COUNT] - tau[i % COUNT]) / x_c;
      utc[i] = strength * exp(-0.5 * x * x);
    }
    assert_ok(dw_route_weights(&route, k, weight_h, weight_rate));
    averaged[n] = dw_route_correlator(&route, k, weight_h, weight_rate, utc).averaged;
    assert_true(averaged[n] > 0.0);
  }
  const double growth = 2.0 * strength * sqrt(2.0 * pi) * x_c / k * exp(-0.5 * x_c * x_c);
  const double expected = k * k * k / (2.0 * pi * pi) * growth * 12.0 / (4.0 * 1.7 * 1.7);
  assert_close(averaged[0] - averaged[1], expected, 2e-4, 0);
}

/* Repeatable numbers between -1 and 1. */
static double noise(void) {
  static uint64_t seed = 12345;
  seed = seed * 6364136223846793005u + 1442695040888963407u;
  return (double)(seed >> 11) / 4503599627370496.0 - 1.0;
}

enum { SAMPLES = 17, MODES = 23 };

static double amplitude[SAMPLES * MODES * DW_ROUTE_PARTS];

static void fill_amplitudes(void) {
  for (int i = 0; i < SAMPLES * MODES * DW_ROUTE_PARTS; i++) {
    amplitude[i] = noise();
  }
}

/* Catches modes that don't add up to the quadratic form of their own correlator. */
static void test_modes_against_correlator(void **state) {
  (void)state;
  double tau[SAMPLES], weight_h[SAMPLES], weight_rate[SAMPLES], k[MODES];
  static double utc[SAMPLES * SAMPLES];
  const dw_green green = green_of("power-law", 0.0);
  dw_route route = route_of(&green, SAMPLES, 1.0, 9.0, tau, DW_ROUTE_CUBIC);
  route.a = 20.25;
  fill_amplitudes();
  for (int m = 0; m < MODES; m++) {
    k[m] = 0.9;
  }
  dw_route_gw mean, error;
  assert_ok(dw_route_modes(&route, MODES, k, amplitude, &mean, &error));
  dw_route_mode_correlator(SAMPLES, MODES, amplitude, utc);
  assert_ok(dw_route_weights(&route, 0.9, weight_h, weight_rate));
  const dw_route_gw whole = dw_route_correlator(&route, 0.9, weight_h, weight_rate, utc);
  assert_close(mean.drho_dlnk, whole.drho_dlnk, 1e-12, 0);
  assert_close(mean.averaged, whole.averaged, 1e-12, 0);
  double etc = 0.0; /* its diagonal is the equal-time correlator */
  for (int n = 0; n < MODES * DW_ROUTE_PARTS; n++) {
    etc += pow(amplitude[5 * MODES * DW_ROUTE_PARTS + n], 2) / MODES;
  }
  assert_close(utc[5 * SAMPLES + 5], etc, 1e-13, 0);
}

/* Catches a mode evolved with another's k, a mean that isn't one, or a standard error that isn't the scatter over the
 * square root of the number of modes. */
static void test_modes_one_by_one(void **state) {
  (void)state;
  double tau[SAMPLES], k[MODES], single[SAMPLES * DW_ROUTE_PARTS];
  const dw_green green = green_of("flat", 0.0);
  const dw_route route = route_of(&green, SAMPLES, 0.0, 8.0, tau, DW_ROUTE_LINEAR);
  fill_amplitudes();
  double sum[2] = {0.0, 0.0}, squares[2] = {0.0, 0.0};
  double k_sum = 0.0;
  for (int m = 0; m < MODES; m++) {
    k[m] = 1.0 + 0.05 * (m / 2);
    k_sum += k[m];
    for (int i = 0; i < SAMPLES; i++) {
      memcpy(single + i * DW_ROUTE_PARTS, amplitude + (i * MODES + m) * DW_ROUTE_PARTS,
             DW_ROUTE_PARTS * sizeof *single);
    }
    dw_route_gw mean, error;
    assert_ok(dw_route_modes(&route, 1, &k[m], single, &mean, &error));
    assert_true(error.drho_dlnk == 0.0 && error.averaged == 0.0);
    const double power[2] = {mean.drho_dlnk / pow(k[m], 3), mean.averaged / pow(k[m], 3)};
    for (int e = 0; e < 2; e++) {
      sum[e] += power[e];
      squares[e] += power[e] * power[e];
    }
  }
  dw_route_gw mean, error;
  assert_ok(dw_route_modes(&route, MODES, k, amplitude, &mean, &error));
  const double factor = pow(k_sum / MODES, 3);
  for (int e = 0; e < 2; e++) {
    const double spread = squares[e] / MODES - pow(sum[e] / MODES, 2);
    assert_close(e == 0 ? mean.drho_dlnk : mean.averaged, factor * sum[e] / MODES, 1e-12, 0);
    assert_close(e == 0 ? error.drho_dlnk : error.averaged, factor * sqrt(spread / (MODES - 1)), 1e-10, 0);
  }
}

/* Catches samples that aren't ones, taken for good. */
static void test_refused(void **state) {
  (void)state;
  double tau[5], weight_h[5], weight_rate[5];
  const dw_green green = green_of("power-law", 1.0 / 3.0);
  const dw_route good = route_of(&green, 5, 1.0, 2.0, tau, DW_ROUTE_LINEAR);
  assert_ok(dw_route_weights(&good, 1.0, weight_h, weight_rate));
  dw_route bad = good;
  bad.count = 1;
  assert_status(dw_route_weights(&bad, 1.0, weight_h, weight_rate), DW_ERR_INTERNAL);
  bad = good;
  bad.end = INFINITY;
  assert_status(dw_route_weights(&bad, 1.0, weight_h, weight_rate), DW_ERR_INTERNAL);
  bad = good;
  bad.start = NAN;
  assert_status(dw_route_weights(&bad, 1.0, weight_h, weight_rate), DW_ERR_INTERNAL);
  assert_status(dw_route_weights(&good, NAN, weight_h, weight_rate), DW_ERR_INTERNAL);
  assert_status(dw_route_weights(&good, 1e7, weight_h, weight_rate), DW_ERR_INTERNAL);
  tau[2] = tau[1];
  assert_status(dw_route_weights(&good, 1.0, weight_h, weight_rate), DW_ERR_INTERNAL);
  tau[2] = NAN;
  assert_status(dw_route_weights(&good, 1.0, weight_h, weight_rate), DW_ERR_INTERNAL);
  tau[2] = 1.5;
  tau[0] = -1.0;
  bad = good;
  bad.start = -2.0;
  assert_status(dw_route_weights(&bad, 1.0, weight_h, weight_rate), DW_ERR_INTERNAL);
  tau[0] = 1.0;
  bad = good;
  bad.end = 0.5; /* no source yet */
  assert_ok(dw_route_weights(&bad, 1.0, weight_h, weight_rate));
  for (int i = 0; i < 5; i++) {
    assert_true(weight_h[i] == 0.0 && weight_rate[i] == 0.0);
  }
  dw_route_gw mean, error;
  assert_status(dw_route_modes(&good, 0, weight_h, amplitude, &mean, &error), DW_ERR_INTERNAL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_frozen_source),
      cmocka_unit_test(test_polynomials),
      cmocka_unit_test(test_order),
      cmocka_unit_test(test_against_evolution),
      cmocka_unit_test(test_stationary_source),
      cmocka_unit_test(test_modes_against_correlator),
      cmocka_unit_test(test_modes_one_by_one),
      cmocka_unit_test(test_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
