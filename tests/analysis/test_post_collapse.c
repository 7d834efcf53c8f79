/* The scaling collapse: curves with known parameters and noise, and curves that don't scale. */
#include "tests/dw_test.h"

#include <math.h>

#include "analysis/post/collapse.h"
#include "tests/analysis/post_noise.h"

enum { DRAWS = 120, TIMES = 8, SHELLS = 40, POINTS = TIMES * SHELLS };

typedef struct sample {
  double tau[TIMES];
  double k[SHELLS];
  int64_t count[SHELLS];
  double value[POINTS];
  double error[POINTS];
} sample;

/* What a correlator is made of: a curve, F ~ tau^growth at fixed x, and noise in units of 1/sqrt(count), drawn for each
 * time or the same at all of them. */
typedef struct recipe {
  double f0, x0, b, d, s;
  double growth;
  double noise;
  bool frozen;
} recipe;

static const recipe usual = {.f0 = 0.25, .x0 = 5.0, .b = 3.3, .d = 1.4, .noise = 1.0};

/* The formula, written apart. */
static double formula(const recipe *r, double x) {
  return r->f0 * pow(x / r->x0, r->s) / pow(1.0 + pow(x / r->x0, (r->b + r->s) / r->d), r->d);
}

static void make(sample *all, const recipe *r, uint64_t seed) {
  noise n = noise_of(seed);
  double same[SHELLS];
  for (int k = 0; k < SHELLS; k++) {
    all->k[k] = 0.07 * (k + 1);
    all->count[k] = 2 * (int64_t)(2.0 * acos(-1.0) * (k + 1) * (k + 1));
    same[k] = noise_normal(&n);
  }
  for (int t = 0; t < TIMES; t++) {
    all->tau[t] = 6.0 * exp(0.1 * t);
    for (int k = 0; k < SHELLS; k++) {
      const double own = 1.0 / sqrt((double)all->count[k]);
      const double draw = r->frozen ? same[k] : noise_normal(&n);
      const double f = formula(r, all->k[k] * all->tau[t]) * pow(all->tau[t] / 8.0, r->growth);
      all->value[t * SHELLS + k] = f * exp(r->noise * own * draw);
      all->error[t * SHELLS + k] = all->value[t * SHELLS + k] * own;
    }
  }
}

static dw_collapse_data whole(const sample *s) {
  return (dw_collapse_data){.times = TIMES,
                            .shells = SHELLS,
                            .tau = s->tau,
                            .k = s->k,
                            .value = s->value,
                            .error = s->error,
                            .count = s->count};
}

/* Errors are right and times independent. */
static dw_collapse_options plain(void) {
  dw_collapse_options options = dw_collapse_defaults();
  options.floor = 0.0;
  options.independent_times = TIMES;
  return options;
}

/* Catches another formula than the header's, in fit or value, with the infrared slope held and free. */
static void test_exact(void **state) {
  (void)state;
  static sample s;
  const recipe recipes[] = {{.f0 = 0.25, .x0 = 5.0, .b = 3.3, .d = 1.4},
                            {.f0 = 0.1, .x0 = 3.0, .b = 2.0, .d = 0.4},
                            {.f0 = 0.25, .x0 = 5.0, .b = 3.3, .d = 1.4, .s = 0.5},
                            {.f0 = 0.25, .x0 = 6.0, .b = 3.0, .d = 0.8, .s = -0.3}};
  for (int i = 0; i < 4; i++) {
    const recipe *r = &recipes[i];
    dw_collapse_options options = plain();
    dw_collapse_curve curve;
    options.infrared_free = r->s != 0.0;
    make(&s, r, 1);
    const dw_collapse_data data = whole(&s);
    assert_ok(dw_collapse_fit(&data, &options, &curve));
    assert_int_equal(curve.state, DW_FIT_DONE);
    const double truth[] = {r->f0, r->x0, r->b, r->d, r->s};
    for (int p = 0; p < DW_COLLAPSE_PARAMETERS; p++) {
      assert_close(curve.value[p], truth[p], 1e-6, 1e-12);
    }
    assert_close(dw_collapse_value(&curve, 7.0), formula(r, 7.0), 1e-6, 0);
    assert_close(dw_collapse_value(&curve, 1e-6), formula(r, 1e-6), 1e-5, 0);
    assert_close(dw_collapse_value(&curve, 1e6), formula(r, 1e6), 1e-4, 0);
  }
  dw_collapse_options held = plain(); /* the last curve has d = 0.8 and s = -0.3 */
  dw_collapse_curve curve;
  const dw_collapse_data data = whole(&s);
  held.infrared_free = true;
  held.sharpness = 0.8;
  assert_ok(dw_collapse_fit(&data, &held, &curve));
  assert_close(curve.value[DW_COLLAPSE_B], 3.0, 1e-7, 0);
  assert_true(curve.value[DW_COLLAPSE_D] == 0.8 && curve.error[DW_COLLAPSE_D] == 0.0);
}

/* Share of draws within one error, for each parameter, and the mean of chi^2/dof. */
static double coverage(const recipe *r, const dw_collapse_options *options, double *inside) {
  static sample s;
  double chi2 = 0.0;
  const double truth[] = {r->f0, r->x0, r->b, r->d, r->s};
  for (int p = 0; p < DW_COLLAPSE_PARAMETERS; p++) {
    inside[p] = 0.0;
  }
  for (int draw = 0; draw < DRAWS; draw++) {
    dw_collapse_curve curve;
    make(&s, r, 40 + (uint64_t)draw);
    const dw_collapse_data data = whole(&s);
    assert_ok(dw_collapse_fit(&data, options, &curve));
    assert_int_equal(curve.state, DW_FIT_DONE);
    chi2 += curve.chi2_per_dof / DRAWS;
    for (int p = 0; p < DW_COLLAPSE_PARAMETERS; p++) {
      inside[p] += fabs(curve.value[p] - truth[p]) <= curve.error[p] ? 1.0 / DRAWS : 0.0;
    }
  }
  print_message("noise %.0f%s: chi^2/dof %.2f; within one error: F0 %.3f, x0 %.3f, b %.3f, d %.3f, s %.3f\n", r->noise,
                r->frozen ? " (the same at all times)" : "", chi2, inside[0], inside[1], inside[2], inside[3],
                inside[4]);
  return chi2;
}

/* Catches errors that aren't standard errors, where those of the shells are right and where they are too small. */
static void test_coverage(void **state) {
  (void)state;
  double inside[DW_COLLAPSE_PARAMETERS];
  recipe r = usual;
  dw_collapse_options options = plain();
  const double four = 4.0 * sqrt(0.683 * 0.317 / DRAWS);
  assert_close(coverage(&r, &options, inside), 1.0, 0.02, 0);
  for (int p = 0; p < 4; p++) {
    assert_close(inside[p], 0.683, 0, four);
  }
  r.noise = 5.0;
  assert_close(coverage(&r, &options, inside), 25.0, 0.02, 0);
  for (int p = 0; p < 4; p++) {
    assert_close(inside[p], 0.683, 0, four);
  }
  r.noise = 1.0;
  options.infrared_free = true;
  coverage(&r, &options, inside);
  for (int p = 0; p < DW_COLLAPSE_PARAMETERS; p++) {
    assert_close(inside[p], 0.683, 0, four);
  }
}

/* Catches times that are taken for independent although they hold the same noise: careful by default. */
static void test_correlated_times(void **state) {
  (void)state;
  double trusting[DW_COLLAPSE_PARAMETERS];
  double careful[DW_COLLAPSE_PARAMETERS];
  recipe r = usual;
  dw_collapse_options options = plain();
  r.frozen = true;
  coverage(&r, &options, trusting);
  options.independent_times = 0.0; /* 1.7 in this window */
  coverage(&r, &options, careful);
  double both[2] = {0.0};
  for (int p = 0; p < 4; p++) {
    assert_true(careful[p] > trusting[p] + 0.1);
    both[0] += 0.25 * trusting[p];
    both[1] += 0.25 * careful[p];
  }
  assert_true(both[0] < 0.5);
  assert_close(both[1], 0.68, 0, 0.1);
}

/* Catches a window or a count of independent times that isn't the one asked for. */
static void test_window(void **state) {
  (void)state;
  static sample s;
  dw_collapse_curve curve;
  dw_collapse_quality quality;
  dw_collapse_options options = plain();
  make(&s, &usual, 3);
  const dw_collapse_data data = whole(&s);
  options.tau_first = s.tau[2];
  options.tau_last = s.tau[5];
  options.x_first = 1.0;
  options.x_last = 15.0;
  options.independent_times = 0.0;
  int64_t expected = 0;
  for (int i = 0; i < POINTS; i++) {
    const double x = s.tau[i / SHELLS] * s.k[i % SHELLS];
    expected += i / SHELLS >= 2 && i / SHELLS <= 5 && x >= 1.0 && x < 15.0;
  }
  assert_ok(dw_collapse_fit(&data, &options, &curve));
  assert_int_equal(curve.points, expected);
  assert_int_equal(curve.times, 4);
  assert_close(curve.independent_times, 1.3, 1e-12, 0);
  assert_ok(dw_collapse_measure(&data, &options, NULL, &quality));
  assert_int_equal(quality.times, 4);
  const double careful = quality.drift_error;
  options.independent_times = 4.0;
  assert_ok(dw_collapse_measure(&data, &options, NULL, &quality));
  assert_close(careful / quality.drift_error, sqrt(4.0 / 1.3), 1e-12, 0);
  assert_true(quality.x_first >= 1.0 && quality.x_last < 15.0);
}

static dw_collapse_quality quality_of(const recipe *r, uint64_t seed, bool guided) {
  static sample s;
  dw_collapse_curve curve;
  dw_collapse_quality quality;
  const dw_collapse_options options = plain();
  make(&s, r, seed);
  const dw_collapse_data data = whole(&s);
  assert_ok(dw_collapse_fit(&data, &options, &curve));
  assert_ok(dw_collapse_measure(&data, &options, guided ? &curve : NULL, &quality));
  return quality;
}

/* Catches a spread that interpolation makes, and a scatter or drift of another definition: without noise the spread is
 * 0, or that of tau^g. */
static void test_spread(void **state) {
  (void)state;
  recipe r = usual;
  r.noise = 0.0;
  dw_collapse_quality quality = quality_of(&r, 1, true);
  assert_close(quality.spread, 0.0, 0, 1e-6);
  assert_close(quality.drift, 0.0, 0, 1e-6);
  quality = quality_of(&r, 1, false);
  print_message("no noise, no guide: spread %.4f, drift %.4f\n", quality.spread, quality.drift);
  assert_true(quality.spread < 0.01);
  r.growth = 1.0;
  quality = quality_of(&r, 1, false);
  assert_close(quality.drift, 1.0, 0, 0.02);
  double mean = 0.0, square = 0.0; /* of all times; where fewer meet, the spread is smaller */
  for (int t = 0; t < TIMES; t++) {
    mean += exp(0.1 * t) / TIMES;
  }
  for (int t = 0; t < TIMES; t++) {
    square += pow(exp(0.1 * t) / mean - 1.0, 2.0) / (TIMES - 1);
  }
  assert_close(quality.spread, sqrt(square), 0.1, 0);
  assert_close(quality.spread_worst, sqrt(square), 0.02, 0);
}

/* Catches an expected spread or an error of the drift that isn't that of the noise: as large as the errors say, three
 * times as large, and the same at all times. */
static void test_noise(void **state) {
  (void)state;
  for (int i = 0; i < 3; i++) {
    double spread = 0.0, expected = 0.0, square = 0.0;
    recipe r = usual;
    r.noise = i == 1 ? 3.0 : 1.0;
    r.frozen = i == 2;
    for (int d = 0; d < DRAWS; d++) {
      const dw_collapse_quality quality = quality_of(&r, 700 + (uint64_t)d, true);
      spread += quality.spread * quality.spread / DRAWS;
      expected += quality.spread_expected * quality.spread_expected / DRAWS;
      square += pow(quality.drift / quality.drift_error, 2.0) / DRAWS;
    }
    print_message("noise %.0f%s: spread %.4f, expected %.4f; square of drift over error %.3f\n", r.noise,
                  r.frozen ? " (the same at all times)" : "", sqrt(spread), sqrt(expected), square);
    if (i == 0) {
      assert_close(spread, expected, 0.1, 0);
    }
    assert_close(square, 1.0, 0, 4.0 * sqrt(2.0 / DRAWS));
  }
}

/* Catches a measure that can't tell: F ~ tau and F ~ tau^(1/4) don't scale. */
static void test_no_scaling(void **state) {
  (void)state;
  const double growths[] = {0.0, 0.25, 1.0, -0.5};
  for (int g = 0; g < 4; g++) {
    recipe r = usual;
    r.growth = growths[g];
    const dw_collapse_quality quality = quality_of(&r, 11, true);
    print_message("F ~ tau^%.2f: drift %.3f +- %.3f, spread %.3f, expected %.3f\n", growths[g], quality.drift,
                  quality.drift_error, quality.spread, quality.spread_expected);
    assert_close(quality.drift, growths[g], 0, 3.0 * quality.drift_error);
    assert_true(quality.drift_error < 0.05);
  }
}

/* Catches a failure where there is nothing to fit or to compare. */
static void test_too_little(void **state) {
  (void)state;
  static sample s;
  dw_collapse_curve curve;
  dw_collapse_quality quality;
  dw_collapse_options options = plain();
  make(&s, &usual, 1);
  dw_collapse_data data = whole(&s);
  options.tau_last = options.tau_first = s.tau[3]; /* one time */
  assert_ok(dw_collapse_fit(&data, &options, &curve));
  assert_int_equal(curve.state, DW_FIT_DONE);
  assert_ok(dw_collapse_measure(&data, &options, &curve, &quality));
  assert_int_equal(quality.places, 0);
  assert_true(isnan(quality.spread) && isnan(quality.drift));
  options.x_last = 0.01;
  assert_ok(dw_collapse_fit(&data, &options, &curve));
  assert_int_equal(curve.state, DW_FIT_TOO_FEW_POINTS);
  assert_true(isnan(curve.value[0]));
  options = plain();
  for (int i = 0; i < POINTS; i++) {
    s.value[i] = i % 7 == 0 ? 0.0 : s.value[i];
    s.error[i] = 0.0;
  }
  assert_ok(dw_collapse_fit(&data, &options, &curve)); /* errors from the number of modes */
  assert_int_equal(curve.state, DW_FIT_DONE);
  assert_close(curve.chi2_per_dof, 1.0, 0.3, 0);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_exact),      cmocka_unit_test(test_coverage),   cmocka_unit_test(test_correlated_times),
    cmocka_unit_test(test_window),     cmocka_unit_test(test_spread),     cmocka_unit_test(test_noise),
    cmocka_unit_test(test_no_scaling), cmocka_unit_test(test_too_little),
};

int main(void) { return cmocka_run_group_tests(tests, NULL, NULL); }
