/* The decay of the false vacuum: known decays with noise, none at all, and one that is over. */
#include "tests/dw_test.h"

#include <math.h>

#include "analysis/post/annihilation.h"
#include "tests/analysis/post_noise.h"

enum { ROWS = 80, DRAWS = 300 };

typedef struct sample {
  double tau[ROWS];
  double fraction[ROWS];
  double area[ROWS];
} sample;

/* From tau = 1 to 20; noise of a fraction in a box of `patches` at tau = 10, with correlation
 * exp(-|d ln tau|/memory). */
static void make_slow(sample *s, double f0, double tau_c, double n, double patches, uint64_t seed, double memory) {
  noise source = noise_of(seed);
  double draw = noise_normal(&source);
  for (int i = 0; i < ROWS; i++) {
    const double tau = 1.0 + 19.0 * i / (ROWS - 1);
    const double f = f0 * exp(-pow(tau / tau_c, n));
    const double size = patches > 0.0 ? sqrt(f * (1.0 - f) / patches * pow(tau / 10.0, 3.0)) : 0.0;
    const double rho = i == 0 || memory == 0.0 ? 0.0 : exp(-log(tau / s->tau[i - 1]) / memory);
    draw = rho * draw + sqrt(1.0 - rho * rho) * noise_normal(&source);
    s->tau[i] = tau;
    s->fraction[i] = fmin(fmax(f + size * draw, 0.0), 1.0);
    s->area[i] = 0.8 * exp(-pow(tau / tau_c, n));
  }
}

static void make(sample *s, double f0, double tau_c, double n, double patches, uint64_t seed) {
  make_slow(s, f0, tau_c, n, patches, seed, 0.0);
}

static dw_annihilation measure(const sample *s) {
  const dw_annihilation_series series = {.rows = ROWS, .tau = s->tau, .fraction = s->fraction, .area = s->area};
  dw_annihilation result;
  assert_ok(dw_annihilation_measure(&series, 0.0, 1e9, &result));
  return result;
}

/* Catches a bias whose sign is read the wrong way round. */
static void test_false_vacuum(void **state) {
  (void)state;
  assert_close(dw_false_fraction(0.01, 0.8), 0.2, 1e-14, 0);
  assert_close(dw_false_fraction(-0.01, 0.8), 0.8, 1e-14, 0);
  assert_true(isnan(dw_false_fraction(0.0, 0.8)));
}

/* Catches another law, and times that aren't interpolated. */
static void test_exact(void **state) {
  (void)state;
  sample s;
  make(&s, 0.47, 8.0, 3.0, 0.0, 1);
  dw_annihilation r = measure(&s);
  assert_true(r.annihilated && r.cubic.decays && r.free.decays && !r.cubic.beyond);
  assert_close(r.cubic.tau_c, 8.0, 1e-7, 0);
  assert_close(r.cubic.f0, 0.47, 1e-7, 0);
  assert_true(r.cubic.n == 3.0 && r.cubic.n_error == 0.0);
  assert_close(r.free.tau_c, 8.0, 1e-7, 0);
  assert_close(r.free.n, 3.0, 1e-7, 0);
  assert_close(r.cubic.residual, 0.0, 0, 1e-8);
  /* exp(-(tau^3 - 1)/512) = 1/e; rows 0.24 apart. */
  assert_close(r.tau_fraction, cbrt(513.0), 1e-3, 0);
  assert_close(r.tau_area, cbrt(512.0 * log(10.0) + 1.0), 1e-3, 0);
  const double gone = 8.0 * cbrt(log(470.0));
  assert_true(r.tau_gone >= gone && r.tau_gone < gone + 19.0 / (ROWS - 1));
  make(&s, 0.5, 6.0, 1.7, 0.0, 1);
  r = measure(&s);
  assert_close(r.free.n, 1.7, 1e-7, 0);
  assert_close(r.free.tau_c, 6.0, 1e-7, 0);
}

static void coverage(double memory, double inside[5]) {
  for (int i = 0; i < 5; i++) {
    inside[i] = 0.0;
  }
  for (int d = 0; d < DRAWS; d++) {
    sample s;
    make_slow(&s, 0.47, 8.0, 3.0, 300.0, 20 + (uint64_t)d, memory);
    const dw_annihilation r = measure(&s);
    assert_true(r.annihilated && r.cubic.state == DW_FIT_DONE && r.free.state == DW_FIT_DONE);
    inside[0] += fabs(r.cubic.f0 - 0.47) < r.cubic.f0_error ? 1.0 / DRAWS : 0.0;
    inside[1] += fabs(r.cubic.tau_c - 8.0) < r.cubic.tau_c_error ? 1.0 / DRAWS : 0.0;
    inside[2] += fabs(r.free.f0 - 0.47) < r.free.f0_error ? 1.0 / DRAWS : 0.0;
    inside[3] += fabs(r.free.tau_c - 8.0) < r.free.tau_c_error ? 1.0 / DRAWS : 0.0;
    inside[4] += fabs(r.free.n - 3.0) < r.free.n_error ? 1.0 / DRAWS : 0.0;
  }
  print_message("memory %.1f, within one error: n = 3: f0 %.3f, tau_c %.3f; n free: f0 %.3f, tau_c %.3f, n %.3f\n",
                memory, inside[0], inside[1], inside[2], inside[3], inside[4]);
}

/* Catches errors that aren't standard errors, with n held and free; and that don't know of correlations. */
static void test_coverage(void **state) {
  (void)state;
  double inside[5];
  coverage(0.0, inside);
  for (int i = 0; i < 5; i++) {
    assert_true(inside[i] > 0.683 - 4.0 * sqrt(0.683 * 0.317 / DRAWS));
    assert_true(inside[i] < 0.85); /* the sum over correlations can only raise errors: 15 % on average */
  }
  coverage(0.1, inside);
  for (int i = 0; i < 5; i++) {
    assert_true(inside[i] > 0.5);
  }
}

/* Catches an annihilation that is claimed, or an error, where the network lives on; with and without noise. */
static void test_never(void **state) {
  (void)state;
  int claimed = 0;
  for (int d = 0; d < 200; d++) {
    sample s;
    make(&s, 0.47, 1e9, 3.0, d == 0 ? 0.0 : 1000.0, 400 + (uint64_t)d);
    for (int i = 0; i < ROWS; i++) {
      s.area[i] = 0.8;
    }
    const dw_annihilation r = measure(&s);
    assert_false(r.annihilated);
    assert_true(isnan(r.tau_fraction) && isnan(r.tau_area) && isnan(r.tau_gone));
    claimed += r.cubic.decays || r.free.decays ? 1 : 0;
  }
  print_message("a constant fraction: %d of 200 decays claimed\n", claimed);
  assert_true(claimed <= 4);
}

/* Catches a decay that is seen to have begun but not reported, or not as an extrapolation. */
static void test_begun(void **state) {
  (void)state;
  sample s;
  make(&s, 0.5, 28.0, 3.0, 1e5, 5);
  const dw_annihilation r = measure(&s);
  assert_false(r.annihilated);
  assert_true(r.cubic.decays && r.cubic.beyond);
  assert_close(r.cubic.tau_c, 28.0, 0.0, 4.0 * r.cubic.tau_c_error);
}

/* Catches a network that wanders and is called decaying: f falls smoothly from 0.5 to 0.35, which in a box of L = 60
 * happens by chance (0.09 by tau = 20) and in one of L = 200 doesn't (0.015). */
static void test_chance(void **state) {
  (void)state;
  sample s;
  make(&s, 0.5, 28.0, 3.0, 1e5, 5);
  dw_annihilation_series series = {.rows = ROWS, .tau = s.tau, .fraction = s.fraction, .length = 60.0};
  dw_annihilation r;
  assert_ok(dw_annihilation_measure(&series, 0.0, 1e9, &r));
  assert_int_equal(r.cubic.state, DW_FIT_DONE);
  assert_false(r.cubic.decays);
  series.length = 200.0;
  assert_ok(dw_annihilation_measure(&series, 0.0, 1e9, &r));
  assert_true(r.cubic.decays);
}

/* Catches the logarithm of zero, and rows after the end that make the errors small. */
static void test_all_gone(void **state) {
  (void)state;
  sample s;
  make(&s, 0.47, 4.0, 3.0, 300.0, 9);
  for (int i = 0; i < ROWS; i++) {
    s.fraction[i] = s.tau[i] > 9.0 ? 0.0 : s.fraction[i];
  }
  dw_annihilation r = measure(&s);
  assert_true(r.annihilated && r.cubic.decays);
  assert_true(r.cubic.rows < 40);
  assert_true(r.fraction_last == 0.0);
  assert_close(r.cubic.tau_c, 4.0, 0, 4.0 * r.cubic.tau_c_error);
  assert_true(isfinite(r.cubic.tau_c_error) && r.tau_gone < 9.3);

  for (int i = 0; i < ROWS; i++) {
    s.fraction[i] = 0.0; /* from the first row on */
  }
  r = measure(&s);
  assert_true(r.annihilated);
  assert_true(r.tau_gone == s.tau[0] && isnan(r.tau_fraction));
  assert_int_equal(r.cubic.state, DW_FIT_TOO_FEW_POINTS);
  assert_false(r.cubic.decays);
}

/* Catches rows that are missing, a window that is ignored and a series without an area. */
static void test_window(void **state) {
  (void)state;
  sample s;
  make(&s, 0.47, 8.0, 3.0, 0.0, 1);
  for (int i = 0; i < ROWS; i += 5) {
    s.fraction[i] = (double)NAN;
  }
  dw_annihilation_series series = {.rows = ROWS, .tau = s.tau, .fraction = s.fraction};
  dw_annihilation r;
  assert_ok(dw_annihilation_measure(&series, 3.0, 11.0, &r));
  assert_true(r.tau_first >= 3.0 && r.tau_last <= 11.0);
  assert_true(isnan(r.tau_area) && isnan(r.tau_gone));
  assert_close(r.free.n, 3.0, 1e-6, 0);
  assert_close(r.tau_fraction, cbrt(512.0 + pow(r.tau_first, 3.0)), 2e-3, 0);
  assert_ok(dw_annihilation_measure(&series, 30.0, 40.0, &r));
  assert_int_equal(r.rows, 0);
  assert_true(!r.annihilated && isnan(r.cubic.tau_c) && !r.free.decays);
}

/* Catches times that say when a window begins, of walls that have gone by then. */
static void test_early(void **state) {
  (void)state;
  sample s;
  make(&s, 0.5, 3.0, 3.0, 0.0, 1);
  const dw_annihilation_series series = {.rows = ROWS, .tau = s.tau, .fraction = s.fraction, .area = s.area};
  dw_annihilation r;
  assert_ok(dw_annihilation_measure(&series, 2.5, 1e9, &r)); /* 0.56 of the first */
  assert_true(!r.early && r.annihilated && isfinite(r.tau_area));
  assert_ok(dw_annihilation_measure(&series, 3.3, 1e9, &r)); /* 0.26 */
  assert_true(r.early && !r.annihilated && isnan(r.tau_area) && isnan(r.tau_fraction) && isnan(r.tau_gone));
  assert_true(!r.cubic.decays && !r.free.decays && isnan(r.free.tau_c));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_false_vacuum), cmocka_unit_test(test_exact),  cmocka_unit_test(test_coverage),
    cmocka_unit_test(test_never),        cmocka_unit_test(test_begun),  cmocka_unit_test(test_chance),
    cmocka_unit_test(test_all_gone),     cmocka_unit_test(test_window), cmocka_unit_test(test_early),
};

int main(void) { return cmocka_run_group_tests(tests, NULL, NULL); }
