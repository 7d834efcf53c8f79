/* Slopes and peaks of spectra with known ones. */
#include "tests/dw_test.h"

#include <math.h>

#include "analysis/post/slopes.h"
#include "tests/analysis/post_noise.h"

enum { SHELLS = 60, DRAWS = 4000 };

static const double tau = 9.0;

typedef struct sample {
  double k[SHELLS];
  double value[SHELLS];
  double error[SHELLS];
  int64_t count[SHELLS];
  dw_spectrum spectrum;
} sample;

/* Shells of a box of this k_IR, with the number of modes they have about. */
static void shells(sample *s, double unit) {
  for (int i = 0; i < SHELLS; i++) {
    s->k[i] = unit * (i + 1);
    s->count[i] = (int64_t)(4.0 * acos(-1.0) * (i + 1) * (i + 1)) / 2 * 2;
    s->error[i] = 0.0;
  }
  s->spectrum = (dw_spectrum){.shells = SHELLS, .tau = tau, .k = s->k, .value = s->value, .count = s->count};
}

/* Evenly in ln k, `per_fold` in a factor of e. */
static void even_shells(sample *s, double first, double per_fold) {
  shells(s, 1.0);
  for (int i = 0; i < SHELLS; i++) {
    s->k[i] = first * exp(i / per_fold);
    s->count[i] = 200;
  }
}

/* Catches a slope in another variable, and shells taken from outside the window. */
static void test_power_laws(void **state) {
  (void)state;
  sample s;
  shells(&s, 0.05);
  const double powers[] = {3.0, -1.5, 0.0};
  for (int n = 0; n < 3; n++) {
    for (int i = 0; i < SHELLS; i++) {
      const double x = s.k[i] * tau;
      s.value[i] = x >= 2.0 && x < 8.0 ? 0.3 * pow(s.k[i], powers[n]) : 1e3 * i;
    }
    dw_slope slope;
    assert_ok(dw_slope_measure(&s.spectrum, 2.0, 8.0, &slope));
    assert_int_equal(slope.state, DW_FIT_DONE);
    assert_int_equal(slope.shells, 13); /* k = 0.25 ... 0.85 */
    assert_close(slope.value, powers[n], 0, 1e-12);
  }
}

/* Catches errors that aren't those of the scatter: relative errors right, and three times too small. */
static void test_slope_pulls(void **state) {
  (void)state;
  for (int factor = 1; factor <= 3; factor += 2) {
    double mean = 0.0, square = 0.0;
    for (int d = 0; d < DRAWS; d++) {
      sample s;
      noise n = noise_of(1000 + (uint64_t)d);
      shells(&s, 0.05);
      for (int i = 0; i < SHELLS; i++) {
        const double own = 1.0 / sqrt((double)s.count[i]);
        s.value[i] = pow(s.k[i], -2.0) * exp(factor * own * noise_normal(&n));
      }
      dw_slope slope;
      assert_ok(dw_slope_measure(&s.spectrum, 6.0, 20.0, &slope));
      const double pull = (slope.value + 2.0) / slope.error;
      mean += pull / DRAWS;
      square += pull * pull / DRAWS;
    }
    print_message("slope, scatter %d times the errors: pull %.3f, square %.3f\n", factor, mean, square);
    /* Four standard deviations. Student's t of 29 degrees of freedom has variance 29/27; where errors are right,
     * max(1, chi^2/dof) has mean 1 + 0.4 sqrt(2/29), one over it 0.92 or so. */
    assert_close(mean, 0.0, 0.0, 4.0 / sqrt(DRAWS));
    assert_close(square, factor == 1 ? 0.92 : 29.0 / 27.0, 0.0, 4.0 * sqrt(2.2 / DRAWS));
  }
}

/* Catches an error that is ignored where it is given, and one of 0 (a single pair of modes) taken at its word. */
static void test_log_errors(void **state) {
  (void)state;
  assert_close(dw_spectrum_log_error(2.0, 0.1, 100, 0.0), 0.05, 1e-14, 0);
  assert_close(dw_spectrum_log_error(2.0, 0.0, 100, 0.0), 0.1, 1e-14, 0);
  assert_close(dw_spectrum_log_error(2.0, (double)NAN, 100, 0.0), 0.1, 1e-14, 0);
  assert_close(dw_spectrum_log_error(2.0, 0.06, 100, 0.04), 0.05, 1e-14, 0);
  assert_close(dw_spectrum_log_error(2.0, 0.0, 0, 0.04), 0.04, 1e-14, 0);
  assert_true(isnan(dw_spectrum_log_error(2.0, 0.0, 0, 0.0)));
  assert_true(isnan(dw_spectrum_log_error(0.0, 0.1, 100, 0.0)));
  assert_true(isnan(dw_spectrum_log_error(-1.0, 0.1, 100, 0.0)));
}

/* Catches a vertex that is wrong in place or height: a parabola in ln k is exact for any number of neighbours. */
static void test_peak_of_a_parabola(void **state) {
  (void)state;
  sample s;
  shells(&s, 0.12);
  const double place = 0.57;
  for (int i = 0; i < SHELLS; i++) {
    const double u = log(s.k[i] / place);
    s.value[i] = 4.0 * exp(-1.3 * u * u);
  }
  for (int neighbours = 1; neighbours < 4; neighbours++) {
    dw_peak peak;
    assert_ok(dw_peak_measure(&s.spectrum, 0.0, 60.0, neighbours, &peak));
    assert_true(peak.found);
    assert_int_equal(peak.shell, 4);
    assert_close(peak.k, place, 1e-10, 0);
    assert_close(peak.x, place * tau, 1e-10, 0);
    assert_close(peak.height, 4.0, 1e-10, 0);
    assert_true(peak.k_error > 0.0 && peak.x_error == peak.k_error * tau && peak.height_error > 0.0);
  }
}

/* k^3 (1 + (k/k0)^2)^-2: slope 3 to -1, its maximum at k = k0 sqrt(3). */
static double broken(double k) { return k * k * k / ((1.0 + k * k) * (1.0 + k * k)); }

static double broken_peak_error(double per_fold) {
  sample s;
  even_shells(&s, sqrt(3.0) * exp(-20.3 / per_fold), per_fold);
  for (int i = 0; i < SHELLS; i++) {
    s.value[i] = broken(s.k[i]);
  }
  dw_peak peak;
  assert_ok(dw_peak_measure(&s.spectrum, 0.0, 1e9, 1, &peak));
  assert_true(peak.found);
  assert_close(peak.height, broken(sqrt(3.0)), 0.05 * pow(2.0 / per_fold, 3.0), 0);
  return fabs(log(peak.k / sqrt(3.0)));
}

/* Catches a place of the peak that doesn't converge: the skewness moves it by a term of order two in the spacing. */
static void test_peak_of_a_broken_power_law(void **state) {
  (void)state;
  const double coarse = broken_peak_error(4.0);
  const double fine = broken_peak_error(8.0);
  print_message("broken power law, 4 and 8 shells per e-fold: place off by %.2e and %.2e, order %.2f\n", coarse, fine,
                log2(coarse / fine));
  assert_true(coarse < 0.01);
  assert_close(log2(coarse / fine), 2.0, 0.0, 0.3);
}

/* Catches a wrong term in the errors: each of the three shells moved by a little of its error, unevenly spaced. */
static void test_peak_errors(void **state) {
  (void)state;
  sample s;
  shells(&s, 0.12);
  for (int i = 0; i < SHELLS; i++) {
    const double u = log(s.k[i] / 0.56);
    s.value[i] = 4.0 * exp(-1.3 * u * u);
  }
  dw_peak peak;
  double k2 = 0.0, height2 = 0.0;
  const double part = 1e-5;
  assert_ok(dw_peak_measure(&s.spectrum, 0.0, 60.0, 1, &peak));
  for (int i = 3; i < 6; i++) {
    dw_peak moved;
    sample other = s;
    other.spectrum.value = other.value;
    other.value[i] *= exp(part / sqrt((double)s.count[i]));
    assert_ok(dw_peak_measure(&other.spectrum, 0.0, 60.0, 1, &moved));
    k2 += pow((moved.k - peak.k) / part, 2.0);
    height2 += pow((moved.height - peak.height) / part, 2.0);
  }
  assert_close(peak.k_error, sqrt(k2), 1e-3, 0);
  assert_close(peak.height_error, sqrt(height2), 1e-3, 0);
}

/* Catches peak errors that aren't those of the noise (many modes, so that the largest shell is the right one). */
static void test_peak_pulls(void **state) {
  (void)state;
  double mean[2] = {0.0}, square[2] = {0.0};
  for (int d = 0; d < DRAWS; d++) {
    sample s;
    noise n = noise_of(5000 + (uint64_t)d);
    even_shells(&s, 0.1, 4.0);
    for (int i = 0; i < SHELLS; i++) {
      const double u = log(s.k[i] / 1.2);
      s.count[i] = 100000; /* the curvature must be known well */
      s.value[i] = exp(-u * u) * exp(noise_normal(&n) / sqrt((double)s.count[i]));
    }
    dw_peak peak;
    assert_ok(dw_peak_measure(&s.spectrum, 0.0, 60.0, 1, &peak));
    assert_true(peak.found);
    const double pulls[] = {(peak.k - 1.2) / peak.k_error, (peak.height - 1.0) / peak.height_error};
    for (int i = 0; i < 2; i++) {
      mean[i] += pulls[i] / DRAWS;
      square[i] += pulls[i] * pulls[i] / DRAWS;
    }
  }
  for (int i = 0; i < 2; i++) {
    print_message("peak %s: pull %.3f, square %.3f\n", i == 0 ? "place" : "height", mean[i], square[i]);
    assert_close(mean[i], 0.0, 0.0, 0.1); /* noise moves both a little: 0.03 */
    assert_close(square[i], 1.0, 0.0, 4.0 * sqrt(2.0 / DRAWS));
  }
}

/* Catches a peak that is claimed at an edge, and a failure where there is nothing. */
static void test_no_peak(void **state) {
  (void)state;
  sample s;
  dw_peak peak;
  shells(&s, 0.1);
  for (int i = 0; i < SHELLS; i++) {
    s.value[i] = 1.0 / s.k[i];
  }
  s.value[2] = 1.1 * s.value[1]; /* a parabola through four has its maximum inside */
  for (int neighbours = 1; neighbours < 4; neighbours++) {
    assert_ok(dw_peak_measure(&s.spectrum, 0.0, 60.0, neighbours, &peak));
    assert_false(peak.found);
    assert_int_equal(peak.shell, 0);
  }
  assert_close(peak.k, 0.1, 1e-14, 0);
  assert_close(peak.height, 10.0, 1e-14, 0);
  assert_true(isnan(peak.k_error));
  for (int i = 0; i < SHELLS; i++) {
    s.value[i] = 0.0; /* waves before gw.start */
  }
  assert_ok(dw_peak_measure(&s.spectrum, 0.0, 60.0, 1, &peak));
  assert_false(peak.found);
  assert_int_equal(peak.shell, -1);
  assert_true(isnan(peak.k));
  assert_status(dw_peak_measure(&s.spectrum, 0.0, 60.0, 0, &peak), DW_ERR_INTERNAL);

  dw_slope slope;
  assert_ok(dw_slope_measure(&s.spectrum, 6.0, 20.0, &slope));
  assert_int_equal(slope.state, DW_FIT_TOO_FEW_POINTS);
  assert_true(isnan(slope.value));
}

/* Catches windows that aren't x < 1 and 6 <= x < 20. */
static void test_shape(void **state) {
  (void)state;
  sample s;
  shells(&s, 0.04);
  for (int i = 0; i < SHELLS; i++) {
    const double x = s.k[i] * tau;
    s.value[i] = x < 1.0 ? x * x * x : x < 6.0 ? exp(-pow(log(x / 3.0), 2.0)) : 0.4 * pow(x / 6.0, -1.5);
  }
  dw_spectral_shape shape;
  assert_ok(dw_spectral_shape_measure(&s.spectrum, &shape));
  assert_int_equal(shape.infrared.shells, 2);
  assert_close(shape.infrared.value, 3.0, 0, 1e-12);
  assert_close(shape.ultraviolet.value, -1.5, 0, 1e-12);
  assert_close(shape.peak.x, 3.0, 1e-10, 0);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_power_laws),
    cmocka_unit_test(test_slope_pulls),
    cmocka_unit_test(test_log_errors),
    cmocka_unit_test(test_peak_of_a_parabola),
    cmocka_unit_test(test_peak_of_a_broken_power_law),
    cmocka_unit_test(test_peak_errors),
    cmocka_unit_test(test_peak_pulls),
    cmocka_unit_test(test_no_peak),
    cmocka_unit_test(test_shape),
};

int main(void) { return cmocka_run_group_tests(tests, NULL, NULL); }
