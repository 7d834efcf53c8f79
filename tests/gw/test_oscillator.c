/* Oscillators against closed forms in flat space, radiation, matter and kination. */
#define _XOPEN_SOURCE 700 /* j0, j1, y0, y1 */

#include "tests/dw_test.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "gw/oscillator.h"

/* Two solutions without source and their derivatives. long double, since propagators made of them cancel. */
typedef struct solutions {
  long double h[2];
  long double rate[2];
} solutions;

static solutions flat_solutions(long double k, long double tau) {
  const long double x = k * tau;
  return (solutions){{sinl(x), cosl(x)}, {k * cosl(x), -k * sinl(x)}};
}

/* Spherical Bessel functions j0 and y0. */
static solutions radiation_solutions(long double k, long double tau) {
  const long double x = k * tau;
  const long double s = sinl(x) / x;
  const long double c = cosl(x) / x;
  return (solutions){{s, c}, {k * (c - s / x), k * (-s - c / x)}};
}

/* j1/x and y1/x, whose derivatives are -j2/x and -y2/x. */
static solutions matter_solutions(long double k, long double tau) {
  const long double x = k * tau;
  const long double j1 = (sinl(x) / x - cosl(x)) / x;
  const long double y1 = (-cosl(x) / x - sinl(x)) / x;
  const long double j2 = 3.0L * j1 / x - sinl(x) / x;
  const long double y2 = 3.0L * y1 / x + cosl(x) / x;
  return (solutions){{j1 / x, y1 / x}, {-k * j2 / x, -k * y2 / x}};
}

/* Bessel functions J0 and Y0 of a double, and one term of their Taylor series for the rest of x. */
static solutions kination_solutions(long double k, long double tau) {
  const double rounded = (double)(k * tau);
  const long double x = (long double)rounded;
  const long double rest = k * tau - x;
  const long double j[2] = {(long double)j0(rounded), (long double)j1(rounded)};
  const long double y[2] = {(long double)y0(rounded), (long double)y1(rounded)};
  return (solutions){{j[0] - rest * j[1], y[0] - rest * y[1]},
                     {-k * (j[1] + rest * (j[0] - j[1] / x)), -k * (y[1] + rest * (y[0] - y[1] / x))}};
}

typedef struct universe {
  const char *name;
  double w;
  double tolerance; /* libm's Bessel functions are double */
  solutions (*at)(long double k, long double tau);
} universe;

static const universe universes[] = {
    {"flat", 0.0, 1e-15, flat_solutions},
    {"power-law", 1.0 / 3.0, 1e-15, radiation_solutions},
    {"power-law", 0.0, 1e-15, matter_solutions},
    {"power-law", 1.0, 2e-15, kination_solutions},
};

enum { UNIVERSES = sizeof universes / sizeof universes[0] };

static dw_background background_of(const char *name, double w) {
  dw_background b;
  assert_ok(dw_background_init(&b, name, w, 1.0));
  return b;
}

/* One mode of wave number k: the second row of a table of two. */
static dw_oscillator one(const dw_background *b, double tau0, double tau1, double k) {
  dw_oscillator table[2];
  assert_ok(dw_oscillator_fill(b, tau0, tau1, k, 2, table));
  return table[1];
}

/* m from two solutions: their values at tau1 times the inverse of those at tau0. */
static void exact_m(const universe *u, double k, double tau0, double tau1, double m[2][2]) {
  const solutions a = u->at((long double)k, (long double)tau0);
  const solutions b = u->at((long double)k, (long double)tau1);
  const long double wronskian = a.h[0] * a.rate[1] - a.h[1] * a.rate[0];
  m[0][0] = (double)((b.h[0] * a.rate[1] - b.h[1] * a.rate[0]) / wronskian);
  m[0][1] = (double)((b.h[1] * a.h[0] - b.h[0] * a.h[1]) / wronskian);
  m[1][0] = (double)((b.rate[0] * a.rate[1] - b.rate[1] * a.rate[0]) / wronskian);
  m[1][1] = (double)((b.rate[1] * a.h[0] - b.rate[0] * a.h[1]) / wronskian);
}

/* Of each entry, and of the largest one in units of 1/k for the few that lie near a zero. */
static void assert_m(double m[2][2], double expected[2][2], double k, double rtol, double atol) {
  assert_close(m[0][0], expected[0][0], rtol, atol);
  assert_close(m[0][1], expected[0][1], rtol, atol / k);
  assert_close(m[1][0], expected[1][0], rtol, atol * k);
  assert_close(m[1][1], expected[1][1], rtol, atol);
}

static const double intervals[][2] = {{1.0, 1.5}, {1.0, 2.0}, {2.0, 2.125}, {10.0, 10.5}, {40.0, 40.0625}, {1.0, 8.0}};

enum { INTERVALS = sizeof intervals / sizeof intervals[0] };

/* Catches a wrong equation, series or quadrature: any entry that isn't right to rounding up to k dtau = 1. */
static void test_closed_forms(void **state) {
  (void)state;
  for (int n = 0; n < UNIVERSES * INTERVALS; n++) {
    const universe *u = &universes[n % UNIVERSES];
    const double tau0 = intervals[n / UNIVERSES][0];
    const double tau1 = intervals[n / UNIVERSES][1];
    const dw_background b = background_of(u->name, u->w);
    for (int i = 1; i <= 8; i++) {
      const double k = 0.125 * i / (tau1 - tau0);
      double expected[2][2];
      exact_m(u, k, tau0, tau1, expected);
      dw_oscillator o = one(&b, tau0, tau1, k);
      assert_m(o.m, expected, k, 5.0 * u->tolerance, u->tolerance);
    }
  }
}

/* Catches parts of a divided interval that are joined wrongly, too few of them, or a series that is too short. */
static void test_large_k(void **state) {
  (void)state;
  for (int n = 0; n < UNIVERSES * INTERVALS; n++) {
    const universe *u = &universes[n % UNIVERSES];
    const double tau0 = intervals[n / UNIVERSES][0];
    const double tau1 = intervals[n / UNIVERSES][1];
    const dw_background b = background_of(u->name, u->w);
    for (double x = 1.5; x < 300.0; x *= 1.15) {
      const double k = x / (tau1 - tau0);
      double expected[2][2];
      exact_m(u, k, tau0, tau1, expected);
      dw_oscillator o = one(&b, tau0, tau1, k);
      assert_m(o.m, expected, k, 0.0, u->tolerance * (3.0 + x));
    }
  }
}

static const double equations_of_state[] = {1.0 / 3.0, 0.0, 1.0, 0.2, 5.0};

enum { EQUATIONS = sizeof equations_of_state / sizeof equations_of_state[0] };

/* Catches amplitude that is made or lost: the Wronskian a^2 (h1 h2' - h2 h1') is the same at both ends. */
static void test_wronskian(void **state) {
  (void)state;
  enum { COUNT = 300 };
  dw_oscillator *table = test_malloc(COUNT * sizeof *table);
  for (int n = 0; n < EQUATIONS * INTERVALS; n++) {
    const dw_background b = background_of("power-law", equations_of_state[n % EQUATIONS]);
    const double tau0 = intervals[n / EQUATIONS][0];
    const double tau1 = intervals[n / EQUATIONS][1];
    const double ratio = dw_background_scale_factor(&b, tau1) / dw_background_scale_factor(&b, tau0);
    assert_ok(dw_oscillator_fill(&b, tau0, tau1, 3.0 / (tau1 - tau0), COUNT, table)); /* k dtau up to 52 */
    for (int i = 0; i < COUNT; i++) {
      const double(*m)[2] = (const double(*)[2])table[i].m;
      const double scale = fabs(m[0][0] * m[1][1]) + fabs(m[0][1] * m[1][0]);
      assert_close(m[0][0] * m[1][1] - m[0][1] * m[1][0], 1.0 / (ratio * ratio), 0.0, 1e-14 * scale);
    }
  }
  test_free(table);
}

/* (h, h') and the solutions driven by each end, over two intervals of equal length. */
static dw_oscillator compose(const dw_oscillator *first, const dw_oscillator *second) {
  dw_oscillator all;
  for (int r = 0; r < 2; r++) {
    const double *m = second->m[r];
    for (int c = 0; c < 2; c++) {
      all.m[r][c] = m[0] * first->m[0][c] + m[1] * first->m[1][c];
    }
    const double at_start = m[0] * first->s0[0] + m[1] * first->s0[1];
    const double at_middle = m[0] * first->s1[0] + m[1] * first->s1[1] + second->s0[r];
    all.s0[r] = at_start + 0.5 * at_middle;
    all.s1[r] = second->s1[r] + 0.5 * at_middle;
  }
  return all;
}

/* Catches a dependence on where an interval begins and ends, in any entry, and the source divided wrongly. */
static void test_halves(void **state) {
  (void)state;
  const double tau0 = 2.0;
  const double tau1 = 3.0;
  for (int n = 0; n < EQUATIONS; n++) {
    const dw_background b = background_of("power-law", equations_of_state[n]);
    for (double k = 0.25; k < 60.0; k *= 1.3) {
      const dw_oscillator first = one(&b, tau0, 0.5 * (tau0 + tau1), k);
      const dw_oscillator second = one(&b, 0.5 * (tau0 + tau1), tau1, k);
      dw_oscillator both = compose(&first, &second);
      dw_oscillator whole = one(&b, tau0, tau1, k);
      const double tolerance = 1e-15 * (4.0 + k);
      const double s = fmin(1.0, 1.0 / k); /* the source drives h to s^2 and h' to s */
      assert_m(whole.m, both.m, k, tolerance, tolerance);
      assert_close(whole.s0[0], both.s0[0], tolerance, tolerance * s * s);
      assert_close(whole.s1[0], both.s1[0], tolerance, tolerance * s * s);
      assert_close(whole.s0[1], both.s0[1], tolerance, tolerance * s);
      assert_close(whole.s1[1], both.s1[1], tolerance, tolerance * s);
    }
  }
}

/* Catches errors that add up from interval to interval. */
static void test_chain(void **state) {
  (void)state;
  const double k = 3.0;
  const int count = 400;
  for (int n = 0; n < UNIVERSES; n++) {
    const universe *u = &universes[n];
    const dw_background b = background_of(u->name, u->w);
    const solutions start = u->at((long double)k, 1.0L);
    double h = (double)start.h[0];
    double rate = (double)start.rate[0];
    for (int i = 0; i < count; i++) {
      const dw_oscillator o = one(&b, 1.0 + 49.0 * i / count, 1.0 + 49.0 * (i + 1) / count, k);
      const double before = h;
      h = o.m[0][0] * before + o.m[0][1] * rate;
      rate = o.m[1][0] * before + o.m[1][1] * rate;
    }
    const solutions end = u->at((long double)k, 50.0L);
    const double amplitude = (double)hypotl(end.h[0], end.h[1]);
    assert_close(h, (double)end.h[0], 0.0, 2e-13 * amplitude);
    assert_close(rate, (double)end.rate[0], 0.0, 2e-13 * k * amplitude);
  }
}

/* Catches a steep a(tau), or a long interval, that one polynomial doesn't resolve: integrals of a^2 and 1/a^2. */
static void test_steep(void **state) {
  (void)state;
  const dw_background b = background_of("power-law", -0.3); /* a ~ tau^20 */
  const double p = b.p;
  for (double ratio = 1.125; ratio < 20.0; ratio *= 1.5) {
    const double tau0 = 3.0;
    const double tau1 = tau0 * ratio;
    const dw_oscillator o = one(&b, tau0, tau1, 0.0);
    const double drop = pow(tau0 / tau1, 2.0 * p);
    assert_close(o.m[0][1], (tau0 - tau1 * drop) / (2.0 * p - 1.0), 2e-14, 0.0);
    assert_close(o.m[1][1], drop, 2e-14, 0.0);
    assert_close(o.s0[1] + o.s1[1], 2.0 * (tau1 - tau0 * drop) / (2.0 * p + 1.0), 2e-14, 0.0);
  }
}

/* Catches digits lost at k = 0 and for tiny k, where h' ~ k^2: every entry to rounding. */
static void test_small_k(void **state) {
  (void)state;
  const double tau0 = 4.0;
  const double tau1 = 5.0;
  for (int n = 0; n < EQUATIONS * 8; n++) {
    const dw_background b = background_of("power-law", equations_of_state[n % EQUATIONS]);
    const double k = n < EQUATIONS ? 0.0 : pow(10.0, -8 - 2 * (n / EQUATIONS)); /* the next order is k^2 */
    const dw_oscillator o = one(&b, tau0, tau1, k);
    const double drop = pow(tau0 / tau1, 2.0 * b.p);
    const double integral = (tau1 - tau0 * drop) / (2.0 * b.p + 1.0); /* of a^2, a(tau1) = 1 */
    const double inverse = 2.0 * b.p == 1.0 ? tau0 * log(tau1 / tau0) : (tau0 - tau1 * drop) / (2.0 * b.p - 1.0);
    const double moment = (tau1 * tau1 - tau0 * tau0 * drop) / (2.0 * b.p + 2.0); /* of a^2 tau */
    assert_true(o.m[0][0] == 1.0);
    assert_close(o.m[0][1], inverse, 4e-15, 0.0);
    assert_close(o.m[1][0], -k * k * integral, 4e-15, 0.0);
    assert_close(o.m[1][1], drop, 4e-15, 0.0);
    assert_close(o.s0[1], 2.0 * (tau1 * integral - moment) / (tau1 - tau0), 4e-14, 0.0);
    assert_close(o.s1[1], 2.0 * (moment - tau0 * integral) / (tau1 - tau0), 4e-14, 0.0);
  }
}

/* Without h and h' at the start, P linear from p0 to p1: u'' + k^2 u = 2 a P with u = a h. In flat space a = 1, in
 * radiation a = tau does as well as any multiple of it; a P = c0 + c1 tau + c2 tau^2 either way. */
static void exact_source(bool radiation, double k, double tau0, double tau1, double p0, double p1, double result[2]) {
  const long double q = (long double)k;
  const long double ends[2] = {(long double)tau0, (long double)tau1};
  const long double slope = ((long double)p1 - (long double)p0) / (ends[1] - ends[0]);
  const long double constant = (long double)p0 - slope * ends[0];
  const long double c[3] = {radiation ? 0.0L : constant, radiation ? constant : slope, radiation ? slope : 0.0L};
  long double u[2], rate[2]; /* the particular solution at both ends */
  for (int i = 0; i < 2; i++) {
    u[i] = 2.0L * (c[0] + c[1] * ends[i] + c[2] * (ends[i] * ends[i] - 2.0L / (q * q))) / (q * q);
    rate[i] = 2.0L * (c[1] + 2.0L * c[2] * ends[i]) / (q * q);
  }
  const long double x = q * (ends[1] - ends[0]);
  const long double end = u[1] - u[0] * cosl(x) - rate[0] * sinl(x) / q;
  const long double end_rate = rate[1] + q * u[0] * sinl(x) - rate[0] * cosl(x);
  result[0] = (double)(radiation ? end / ends[1] : end);
  result[1] = (double)(radiation ? (end_rate - end / ends[1]) / ends[1] : end_rate);
}

/* Catches a source with the wrong factor, weight or time, constant and linear, for short and for divided intervals. */
static void test_source(void **state) {
  (void)state;
  for (int n = 0; n < 2 * INTERVALS; n++) {
    const bool radiation = n % 2 == 1;
    const double tau0 = intervals[n / 2][0];
    const double tau1 = intervals[n / 2][1];
    const double dtau = tau1 - tau0;
    const dw_background b = background_of(radiation ? "power-law" : "flat", 1.0 / 3.0);
    for (double x = 0.25; x < 40.0; x *= 1.25) {
      const double k = x / dtau;
      const dw_oscillator o = one(&b, tau0, tau1, k);
      const double tolerance = 2e-15 * (2.0 + x);
      const double s = fmin(dtau, 1.0 / k);
      double start[2], end[2], constant[2];
      exact_source(radiation, k, tau0, tau1, 1.0, 0.0, start);
      exact_source(radiation, k, tau0, tau1, 0.0, 1.0, end);
      exact_source(radiation, k, tau0, tau1, 1.0, 1.0, constant);
      for (int r = 0; r < 2; r++) {
        const double scale = r == 0 ? s * s : s;
        assert_close(o.s0[r], start[r], 0.0, tolerance * scale);
        assert_close(o.s1[r], end[r], 0.0, tolerance * scale);
        assert_close(o.s0[r] + o.s1[r], constant[r], 0.0, tolerance * scale);
      }
    }
  }
}

/* h at tau = 3 in flat space, at rest at tau = 1, with P = sin(w tau) known at the ends of `count` intervals. */
static double driven(double k, double w, int count) {
  const dw_background b = background_of("flat", 0.0);
  double h = 0.0;
  double rate = 0.0;
  for (int i = 0; i < count; i++) {
    const double tau0 = 1.0 + 2.0 * i / count;
    const double tau1 = 1.0 + 2.0 * (i + 1) / count;
    const dw_oscillator o = one(&b, tau0, tau1, k);
    const double before = h;
    h = o.m[0][0] * before + o.m[0][1] * rate + o.s0[0] * sin(w * tau0) + o.s1[0] * sin(w * tau1);
    rate = o.m[1][0] * before + o.m[1][1] * rate + o.s0[1] * sin(w * tau0) + o.s1[1] * sin(w * tau1);
  }
  return h;
}

/* Catches a source at the wrong time: the error of a sampled P has to be of order two. */
static void test_sampled_source(void **state) {
  (void)state;
  const double k = 2.0;
  const double w = 5.0;
  const double factor = 2.0 / (k * k - w * w);
  const double exact =
      factor * (sin(3.0 * w) - sin(w) * cos(2.0 * k) - w * cos(w) * sin(2.0 * k) / k); /* at rest at tau = 1 */
  double before = fabs(driven(k, w, 10) - exact);
  for (int count = 20; count <= 160; count *= 2) {
    const double error = fabs(driven(k, w, count) - exact);
    assert_close(before / error, 4.0, 0.0, 0.25);
    before = error;
  }
  assert_close(before, 0.0, 0.0, 1e-4);
}

/* Catches a table whose bits depend on the threads or on how far it goes, and k^2 that isn't i unit^2. */
static void test_threads(void **state) {
  (void)state;
  enum { COUNT = 1000 };
  const dw_background b = background_of("power-law", 0.2);
  const double unit = 0.4;
  dw_oscillator *expected = test_malloc(COUNT * sizeof *expected);
  dw_oscillator *table = test_malloc(COUNT * sizeof *table);
  const int before = omp_get_max_threads();
  omp_set_num_threads(1);
  assert_ok(dw_oscillator_fill(&b, 2.0, 3.0, unit, COUNT, expected));
  for (int threads = 2; threads <= 5; threads++) {
    omp_set_num_threads(threads);
    const int count = COUNT / (threads - 1);
    assert_ok(dw_oscillator_fill(&b, 2.0, 3.0, unit, count, table));
    assert_memory_equal(table, expected, (size_t)count * sizeof *table);
  }
  omp_set_num_threads(before);
  for (int i = 0; i < COUNT; i += 37) {
    dw_oscillator o = one(&b, 2.0, 3.0, unit * sqrt(i));
    assert_m(expected[i].m, o.m, unit * sqrt(i + 1.0), 0.0, 1e-13);
  }
  test_free(table);
  test_free(expected);
}

/* Catches intervals that don't exist, or take all memory, and are filled all the same. */
static void test_refused(void **state) {
  (void)state;
  dw_oscillator table[2];
  const dw_background b = background_of("power-law", 1.0 / 3.0);
  assert_status(dw_oscillator_fill(&b, 2.0, 2.0, 1.0, 2, table), DW_ERR_INTERNAL);
  assert_status(dw_oscillator_fill(&b, 2.0, 1.0, 1.0, 2, table), DW_ERR_INTERNAL);
  assert_status(dw_oscillator_fill(&b, 2.0, (double)NAN, 1.0, 2, table), DW_ERR_INTERNAL);
  assert_status(dw_oscillator_fill(&b, 2.0, 3.0, -1.0, 2, table), DW_ERR_INTERNAL);
  assert_status(dw_oscillator_fill(&b, 2.0, 3.0, 1.0, -1, table), DW_ERR_INTERNAL);
  assert_status(dw_oscillator_fill(&b, 2.0, 3.0, 1e6, 2, table), DW_ERR_INTERNAL);
  assert_status(dw_oscillator_fill(&b, 0.0, 1.0, 1.0, 2, table), DW_ERR_INTERNAL); /* a = 0 */
  assert_ok(dw_oscillator_fill(&b, 2.0, 3.0, 1e6, 1, table));                      /* only k = 0 */
  assert_true(table[0].m[0][0] == 1.0 && table[0].m[1][0] == 0.0);
  assert_ok(dw_oscillator_fill(&b, 2.0, 3.0, 1.0, 0, NULL));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_closed_forms), cmocka_unit_test(test_large_k), cmocka_unit_test(test_wronskian),
      cmocka_unit_test(test_halves),       cmocka_unit_test(test_chain),   cmocka_unit_test(test_steep),
      cmocka_unit_test(test_small_k),      cmocka_unit_test(test_source),  cmocka_unit_test(test_sampled_source),
      cmocka_unit_test(test_threads),      cmocka_unit_test(test_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
