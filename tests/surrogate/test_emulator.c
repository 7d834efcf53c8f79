/* The emulator on a scan whose truth is known: errors, their claims, verdicts, gradients, and data it must refuse. */
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "surrogate/emulator/assess.h"
#include "tests/surrogate/emulator_fixture.h"

static const truth usual = {.points = 48, .seeds = 4, .scatter = 0.05};

static dw_emulator *train(const dw_dataset *d, const dw_emulator_options *options) {
  dw_emulator *e = NULL;
  assert_ok(dw_emulator_train(&e, d, options));
  return e;
}

static const dw_emulator_quantity *find(const dw_emulator *e, const char *name) {
  for (int64_t q = 0; q < dw_emulator_quantities(e); q++) {
    if (strcmp(dw_emulator_quantity_at(e, q)->name, name) == 0) {
      return dw_emulator_quantity_at(e, q);
    }
  }
  fail_msg("no quantity %s", name);
  return NULL;
}

static void refused(dw_dataset *d, const dw_emulator_options *options, const char *what) {
  dw_emulator *e = NULL;
  assert_status(dw_emulator_train(&e, d, options), DW_ERR_PARAM);
  assert_null(e);
  if (strstr(dw_message(), what) == NULL) {
    fail_msg("'%s' isn't in: %s", what, dw_message());
  }
}

/* Places that are no training points, within `size` of the centre. */
static void query(int i, double size, double parameter[2], double x[2]) {
  x[0] = size * (2.0 * truth_uniform((uint64_t)i + 90001) - 1.0);
  x[1] = size * (2.0 * truth_uniform((uint64_t)i + 70001) - 1.0);
  truth_parameters(x, parameter);
}

/* --- accuracy --- */

/* Catches predictions that are wrong, claims of errors that aren't kept, and false alarms inside the domain. */
static void the_truth_is_found_within_the_errors(void **state) {
  (void)state;
  enum { QUERIES = 200 };
  const dw_emulator_options options = dw_emulator_defaults();
  dw_dataset *d = truth_dataset(&usual);
  dw_emulator *e = train(d, &options);
  dw_emulator_prediction *p = NULL;
  double square = 0.0;
  double z = 0.0;
  double values = 0.0;
  int out = 0;
  assert_ok(dw_emulator_prediction_create(&p, e, false));
  const dw_emulator_quantity *etc = find(e, "etc/value");
  assert_int_equal(etc->times, TRUTH_TIMES - 1); /* not the start */
  assert_int_equal(etc->bins, TRUTH_BINS);
  for (int i = 0; i < QUERIES; i++) {
    double parameter[2];
    double x[2];
    query(i, 1.0, parameter, x);
    assert_ok(dw_emulator_predict(e, parameter, p));
    out += p->verdict == DW_EMULATOR_OUT ? 1 : 0;
    for (int64_t j = 0; j < etc->times * etc->bins && p->verdict != DW_EMULATOR_OUT; j++) {
      const int64_t at = etc->first + j;
      const double off = p->mean[at] - truth_spectrum(x, 1 + j / etc->bins, j % etc->bins, false);
      square += off * off;
      z += off * off / (p->emulator[at] + p->truncation[at]);
      values += 1.0;
      assert_close(p->value[at], exp(p->mean[at] + 0.5 * p->seed[at]), 1e-14, 0.0);
      assert_close(sqrt(p->seed[at]), usual.scatter, 0.5, 0.0);
    }
  }
  print_message("error %.4f, left-out %.4f, rms z %.3f\n", sqrt(square / values), etc->error, sqrt(z / values));
  assert_true(sqrt(square / values) < 0.02);
  assert_true(sqrt(square / values) < 1.5 * etc->error + 0.005);
  assert_true(sqrt(z / values) > 0.6 && sqrt(z / values) < 1.35);
  assert_true(out <= QUERIES / 20);
  dw_emulator_prediction_destroy(p);
  dw_emulator_destroy(e);
  dw_dataset_destroy(d);
}

/* Catches a wrong gradient, for a linear and a logarithmic parameter. */
static void gradients_are_those_of_differences(void **state) {
  (void)state;
  const dw_emulator_options options = dw_emulator_defaults();
  dw_dataset *d = truth_dataset(&usual);
  dw_emulator *e = train(d, &options);
  const int64_t m = dw_emulator_outputs(e);
  dw_emulator_prediction *p = NULL;
  dw_emulator_prediction *side[2] = {NULL, NULL};
  double parameter[2] = {0.37, 3.1};
  assert_ok(dw_emulator_prediction_create(&p, e, true));
  assert_ok(dw_emulator_predict(e, parameter, p));
  for (int k = 0; k < 2; k++) {
    const double step = 1e-4 * parameter[k];
    for (int s = 0; s < 2; s++) {
      parameter[k] += s == 0 ? step : -2.0 * step;
      assert_ok(dw_emulator_prediction_create(&side[s], e, false));
      assert_ok(dw_emulator_predict(e, parameter, side[s]));
    }
    parameter[k] += step;
    for (int64_t j = 0; j < m; j++) {
      assert_close(p->gradient[k * m + j], (side[0]->mean[j] - side[1]->mean[j]) / (2.0 * step), 1e-4, 1e-6);
    }
    dw_emulator_prediction_destroy(side[0]);
    dw_emulator_prediction_destroy(side[1]);
  }
  dw_emulator_prediction_destroy(p);
  dw_emulator_destroy(e);
  dw_dataset_destroy(d);
}

/* rms error of the spectrum's mean logarithm over 100 places. */
static double error_of(const dw_emulator *e, double rough) {
  dw_emulator_prediction *p = NULL;
  const dw_emulator_quantity *etc = find(e, "etc/value");
  double square = 0.0;
  assert_ok(dw_emulator_prediction_create(&p, e, false));
  for (int i = 0; i < 100; i++) {
    double parameter[2];
    double x[2];
    query(i, 0.7, parameter, x);
    assert_ok(dw_emulator_predict(e, parameter, p));
    assert_int_not_equal(p->verdict, DW_EMULATOR_OUT);
    for (int64_t j = 0; j < etc->times * TRUTH_BINS; j++) {
      const double mean = truth_spectrum(x, 1 + j / TRUTH_BINS, j % TRUTH_BINS, false) + truth_rough(x, rough);
      const double off = p->mean[etc->first + j] - mean;
      square += off * off / (100.0 * (double)(etc->times * TRUTH_BINS));
    }
  }
  dw_emulator_prediction_destroy(p);
  return sqrt(square);
}

/* Catches cheap runs that aren't used, or that are taken for the truth. */
static void cheap_runs_carry_the_dependence(void **state) {
  (void)state;
  const truth what = {.points = 48, .seeds = 4, .scatter = 0.05, .cheap = 48, .fine = 10};
  dw_emulator_options options = dw_emulator_defaults();
  dw_dataset *d = truth_dataset(&what);
  double error[2];
  for (int both = 0; both < 2; both++) {
    options.levels = both == 1 ? DW_LEVELS_BOTH : DW_LEVELS_FINE;
    dw_emulator *e = train(d, &options);
    error[both] = error_of(e, what.rough);
    dw_emulator_destroy(e);
  }
  print_message("10 fine points: %.4f, with 48 cheap ones: %.4f\n", error[0], error[1]);
  assert_true(error[1] < 0.06);
  assert_true(error[1] < 0.5 * error[0]);
  dw_dataset_destroy(d);
}

/* Catches cheap runs whose dependence is another that are taken as they are. */
static void cheap_runs_are_scaled(void **state) {
  (void)state;
  const truth what = {.points = 48, .seeds = 4, .scatter = 0.02, .cheap = 48, .fine = 10, .power = -1.0, .rough = 0.5};
  dw_emulator_options options = dw_emulator_defaults();
  dw_dataset *d = truth_dataset(&what);
  double error[2];
  for (int both = 0; both < 2; both++) {
    options.levels = both == 1 ? DW_LEVELS_BOTH : DW_LEVELS_FINE;
    dw_emulator *e = train(d, &options);
    error[both] = error_of(e, what.rough);
    dw_emulator_destroy(e);
  }
  print_message("rough: 10 fine points: %.4f, with 48 cheap ones of the opposite sign: %.4f\n", error[0], error[1]);
  assert_true(error[1] < 0.5 * error[0]);
  dw_dataset_destroy(d);
}

/* Catches cheap runs that know nothing being used, or their zeros stopping a training that can do without. */
static void useless_cheap_runs_are_left_out(void **state) {
  (void)state;
  const truth what = {.points = 48, .seeds = 4, .scatter = 0.05, .cheap = 48, .fine = 7, .gone = true};
  dw_emulator_options options = dw_emulator_defaults();
  dw_dataset *d = truth_dataset(&what);
  double error[2];
  for (int i = 0; i < 2; i++) {
    options.levels = i == 0 ? DW_LEVELS_FINE : DW_LEVELS_AUTO;
    dw_emulator *e = train(d, &options);
    error[i] = error_of(e, what.rough);
    assert_int_equal(dw_emulator_points(e), 7);
    dw_emulator_destroy(e);
  }
  assert_true(error[1] < 1.1 * error[0]);
  const char *const area = "area_parameter_h";
  options.quantities = 1;
  options.quantity = &area;
  dw_emulator *e = train(d, &options);
  assert_int_equal(dw_emulator_runs(e), 7 * 4);
  dw_emulator_destroy(e);
  options.levels = DW_LEVELS_BOTH;
  refused(d, &options, "area_parameter_h is 0");
  dw_dataset_destroy(d);
}

/* Catches an assessment that is wrong about which runs are new, or that the emulator loses on a smooth truth. */
static void blind_points_are_predicted_best(void **state) {
  (void)state;
  const truth what = {.points = 40, .seeds = 4, .blind = 12, .scatter = 0.05};
  const dw_emulator_options options = dw_emulator_defaults();
  dw_dataset *d = truth_dataset(&what);
  dw_emulator *e = train(d, &options);
  bool *learned = calloc(2 * (size_t)d->runs, sizeof *learned);
  bool *test = learned + d->runs;
  dw_assessments found;
  memset(&found, 0, sizeof found);
  assert_int_equal(dw_emulator_runs(e), what.points * what.seeds);
  dw_assess_learned(e, d, learned);
  for (int64_t r = 0; r < d->runs; r++) {
    assert_true(learned[r] == !d->run[r].blind);
    test[r] = d->run[r].blind;
  }
  assert_ok(dw_assess(e, d, learned, test, &found));
  assert_int_equal(found.verdict[0] + found.verdict[1] + found.verdict[2], what.blind);
  const dw_assessment *etc = &found.quantity[0];
  const double own = dw_assessment_error(etc, DW_METHOD_EMULATOR);
  for (int m = DW_METHOD_NEAREST; m <= DW_METHOD_QUADRATIC; m++) {
    assert_true(dw_assessment_error(etc, (dw_method)m) > 2.0 * own);
  }
  assert_true(isnan(dw_assessment_error(etc, DW_METHOD_VOS)));
  assert_true(own < 0.04);
  free(learned);
  dw_emulator_destroy(e);
  dw_dataset_destroy(d);
}

/* One comparison by itself agrees with a prediction and with the runs. */
static void check_value(const dw_emulator *e, const dw_dataset *d, const dw_assess_point *point,
                        const dw_assess_value *value, dw_emulator_prediction *p) {
  const dw_emulator_quantity *etc = find(e, "etc/value");
  int64_t t = 0;
  int64_t n = 0;
  double mean = 0.0;
  while (t + 1 < etc->times && fabs(etc->tau[t] - value->tau) > 0.0) {
    t++;
  }
  while (n + 1 < etc->bins && fabs(etc->k[n] - value->k) > 0.0) {
    n++;
  }
  for (int64_t r = 0; r < d->runs; r++) { /* the emulator leaves the first time out */
    const double y = d->spectrum[DW_DATASET_ETC].value[(r * TRUTH_TIMES + t + 1) * TRUTH_BINS + n];
    mean += d->run[r].point == point->design ? log(y) / (double)point->seeds : 0.0;
  }
  assert_ok(dw_emulator_predict(e, point->parameter, p));
  const int64_t j = etc->first + t * etc->bins + n;
  const double error = sqrt(p->emulator[j] + p->truncation[j]);
  assert_close(value->measured, mean, 1e-12, 1e-12);
  assert_close(value->predicted, p->mean[j], 1e-14, 0.0);
  assert_close(value->error, error, 1e-14, 0.0);
  assert_close(value->half95, etc->q95 * error, 1e-14, 0.0);
  assert_close(value->noise, sqrt(p->seed[j] / (double)point->seeds), 1e-14, 0.0);
  assert_close(value->z, (p->mean[j] - mean) / sqrt(error * error + value->noise * value->noise), 1e-9, 1e-9);
}

/* Catches comparisons one by one that are others than those of the sums, or belong to other points. */
static void comparisons_one_by_one_are_those_of_the_sums(void **state) {
  (void)state;
  const truth what = {.points = 30, .seeds = 3, .blind = 5, .scatter = 0.05};
  const dw_emulator_options options = dw_emulator_defaults();
  dw_dataset *d = truth_dataset(&what);
  dw_emulator *e = train(d, &options);
  dw_emulator_prediction *p = NULL;
  bool *learned = calloc(2 * (size_t)d->runs, sizeof *learned);
  dw_assess_record record = {.points = {.count = 0}};
  dw_assessments found;
  memset(&found, 0, sizeof found);
  found.record = &record;
  for (int64_t r = 0; r < d->runs; r++) {
    learned[r] = !d->run[r].blind;
    learned[d->runs + r] = d->run[r].blind;
  }
  assert_ok(dw_emulator_prediction_create(&p, e, false));
  assert_ok(dw_assess(e, d, learned, learned + d->runs, &found));
  assert_int_equal(record.points.count, what.blind);
  const dw_assess_point *point = record.points.row;
  const dw_assess_rows *rows = &record.values[0];
  const dw_assess_value *value = rows->row;
  double square = 0.0;
  int64_t within = 0;
  assert_int_equal(rows->count, what.blind * (TRUTH_TIMES - 1) * TRUTH_BINS);
  for (int64_t i = 0; i < rows->count; i++) {
    const dw_assess_point *own = &point[i / ((TRUTH_TIMES - 1) * TRUTH_BINS)];
    assert_int_equal(value[i].design, own->design);
    assert_true(own->design >= what.points && own->seeds == what.seeds);
    check_value(e, d, own, &value[i], p);
    square += value[i].z * value[i].z;
    within += value[i].is_within68 ? 1 : 0;
  }
  assert_close(dw_assessment_z(&found.quantity[0]), sqrt(square / (double)rows->count), 1e-12, 0.0);
  assert_close(dw_assessment_within(&found.quantity[0], found.quantity[0].within68),
               (double)within / (double)rows->count, 1e-12, 0.0);
  dw_assess_record_finalize(&record);
  free(learned);
  dw_emulator_prediction_destroy(p);
  dw_emulator_destroy(e);
  dw_dataset_destroy(d);
}

/* --- verdicts --- */

/* Catches an answer outside of the domain, a number that goes with OUT, and a bound that isn't heeded. */
static void outside_there_is_no_number(void **state) {
  (void)state;
  dw_emulator_options options = dw_emulator_defaults();
  dw_dataset *d = truth_dataset(&usual);
  dw_emulator *e = train(d, &options);
  dw_emulator_prediction *p = NULL;
  assert_ok(dw_emulator_prediction_create(&p, e, true));
  for (int i = 0; i < 200; i++) {
    double parameter[2];
    double x[2];
    query(i, 1.0, parameter, x);
    const double beyond = 1.0 + 1e-6 + truth_uniform((uint64_t)i) * (i % 2 == 0 ? 1e-3 : 3.0);
    x[i % 2] = i % 4 < 2 ? beyond : -beyond;
    truth_parameters(x, parameter);
    parameter[0] = i % 50 == 49 ? (double)NAN : parameter[0];
    assert_ok(dw_emulator_predict(e, parameter, p));
    assert_int_equal(p->verdict, DW_EMULATOR_OUT);
    assert_true(p->reason[0] != '\0');
    for (int64_t j = 0; j < dw_emulator_outputs(e); j++) {
      assert_true(isnan(p->mean[j]) && isnan(p->value[j]) && isnan(p->emulator[j]) && isnan(p->gradient[j]));
    }
  }
  dw_emulator_prediction_destroy(p);
  dw_emulator_destroy(e);
  options.bound = 1e-6;
  e = train(d, &options);
  assert_ok(dw_emulator_prediction_create(&p, e, false));
  assert_ok(dw_emulator_predict(e, (const double[]){0.5, 4.0}, p));
  assert_int_equal(p->verdict, DW_EMULATOR_DEGRADED);
  assert_non_null(strstr(p->reason, "bound"));
  assert_true(isfinite(p->mean[0]));
  dw_emulator_prediction_destroy(p);
  dw_emulator_destroy(e);
  dw_dataset_destroy(d);
}

/* Catches a corner without runs that is answered, since the ranges alone don't tell. */
static void far_from_all_runs_it_is_out(void **state) {
  (void)state;
  const dw_emulator_options usual_options = dw_emulator_defaults();
  dw_emulator_options options = usual_options;
  dw_dataset *d = truth_dataset(&usual);
  bool *mask = calloc((size_t)d->runs, sizeof *mask);
  dw_emulator_prediction *p = NULL;
  for (int64_t r = 0; r < d->runs; r++) {
    mask[r] = d->parameter[2 * r] < 0.4;
  }
  options.train = mask;
  dw_emulator *e = train(d, &options);
  assert_ok(dw_emulator_prediction_create(&p, e, false));
  assert_ok(dw_emulator_predict(e, (const double[]){0.2, 4.0}, p));
  assert_int_equal(p->verdict, DW_EMULATOR_GOOD);
  assert_ok(dw_emulator_predict(e, (const double[]){0.95, 4.0}, p));
  assert_int_equal(p->verdict, DW_EMULATOR_OUT);
  dw_emulator_prediction_destroy(p);
  dw_emulator_destroy(e);
  free(mask);
  dw_dataset_destroy(d);
}

/* --- bits --- */

/* Catches bits that depend on the number of threads. */
static void threads_do_not_change_bits(void **state) {
  (void)state;
  const dw_emulator_options options = dw_emulator_defaults();
  dw_dataset *d = truth_dataset(&usual);
  dw_emulator_prediction *p[2];
  const int threads = omp_get_max_threads();
  int64_t m = 0;
  for (int i = 0; i < 2; i++) {
    omp_set_num_threads(i == 0 ? 1 : 3);
    dw_emulator *e = train(d, &options);
    m = dw_emulator_outputs(e);
    assert_ok(dw_emulator_prediction_create(&p[i], e, false));
    assert_ok(dw_emulator_predict(e, (const double[]){0.3, 5.0}, p[i]));
    dw_emulator_destroy(e);
  }
  omp_set_num_threads(threads);
  assert_memory_equal(p[0]->mean, p[1]->mean, (size_t)(5 * m) * sizeof(double));
  dw_emulator_prediction_destroy(p[0]);
  dw_emulator_prediction_destroy(p[1]);
  dw_dataset_destroy(d);
}

/* --- data that can't be used --- */

static void refused_value(double value, const char *what) {
  const dw_emulator_options options = dw_emulator_defaults();
  dw_dataset *d = truth_dataset(&usual);
  d->spectrum[DW_DATASET_ETC].value[(7 * TRUTH_TIMES + 2) * TRUTH_BINS + 3] = value;
  refused(d, &options, what);
  refused(d, &options, "point0001-seed4-fine");
  dw_dataset_destroy(d);
}

/* Catches values that have no logarithm, times, bins and names that don't fit, and scans that are too small. */
static void what_cannot_be_learned_is_refused(void **state) {
  (void)state;
  dw_emulator_options options = dw_emulator_defaults();
  refused_value((double)NAN, "is nan");
  refused_value(0.0, "is 0");
  refused_value(-1.0, "is -1");
  dw_dataset *d = truth_dataset(&usual);
  d->spectrum[DW_DATASET_ETC].k[5 * TRUTH_BINS + 2] *= 1.01;
  refused(d, &options, "other bins");
  d->spectrum[DW_DATASET_ETC].k[5 * TRUTH_BINS + 2] /= 1.01;
  options.times = 1;
  options.time = (const double[]){9.0};
  refused(d, &options, "tau = 9");
  options.times = 0;
  const char *const name = "etc/nothing";
  options.quantities = 1;
  options.quantity = &name;
  refused(d, &options, "etc/nothing");
  options = dw_emulator_defaults();
  options.levels = DW_LEVELS_BOTH;
  refused(d, &options, "twin");
  d->parameter[0] = 1.5;
  options = dw_emulator_defaults();
  refused(d, &options, "outside the scan's range");
  dw_dataset_destroy(d);
  const truth one = {.points = 1, .seeds = 1, .scatter = 0.0};
  d = truth_dataset(&one);
  refused(d, &options, "too few");
  dw_dataset_destroy(d);
  const truth few = {.points = 3, .seeds = 8, .scatter = 0.0};
  d = truth_dataset(&few);
  refused(d, &options, "at least 4");
  dw_dataset_destroy(d);
  const truth blind = {.points = 0, .seeds = 2, .blind = 8, .scatter = 0.0};
  d = truth_dataset(&blind);
  refused(d, &options, "0 points");
  dw_dataset_destroy(d);
}

/* Catches times between the rows that aren't interpolated as the header says. */
static void times_between_rows_are_log_linear(void **state) {
  (void)state;
  const truth quiet = {.points = 30, .seeds = 1, .scatter = 0.0};
  dw_emulator_options options = dw_emulator_defaults();
  dw_dataset *d = truth_dataset(&quiet);
  options.times = 1;
  options.time = (const double[]){3.4};
  dw_emulator *e = train(d, &options);
  dw_emulator_prediction *p = NULL;
  double x[2] = {0.1, 0.2};
  double parameter[2];
  truth_parameters(x, parameter);
  assert_ok(dw_emulator_prediction_create(&p, e, false));
  assert_ok(dw_emulator_predict(e, parameter, p));
  const double part = log(3.4 / 3.0) / log(4.0 / 3.0);
  for (int64_t n = 0; n < TRUTH_BINS; n++) {
    const double expected = (1.0 - part) * truth_spectrum(x, 1, n, false) + part * truth_spectrum(x, 2, n, false);
    assert_close(p->mean[find(e, "etc/value")->first + n], expected, 0.0, 0.01);
  }
  dw_emulator_prediction_destroy(p);
  dw_emulator_destroy(e);
  dw_dataset_destroy(d);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(the_truth_is_found_within_the_errors),
                                     cmocka_unit_test(gradients_are_those_of_differences),
                                     cmocka_unit_test(cheap_runs_carry_the_dependence),
                                     cmocka_unit_test(cheap_runs_are_scaled),
                                     cmocka_unit_test(useless_cheap_runs_are_left_out),
                                     cmocka_unit_test(blind_points_are_predicted_best),
                                     cmocka_unit_test(comparisons_one_by_one_are_those_of_the_sums),
                                     cmocka_unit_test(outside_there_is_no_number),
                                     cmocka_unit_test(far_from_all_runs_it_is_out),
                                     cmocka_unit_test(threads_do_not_change_bits),
                                     cmocka_unit_test(what_cannot_be_learned_is_refused),
                                     cmocka_unit_test(times_between_rows_are_log_linear)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
