/* Data sets joined, and means over seeds. */
#include "surrogate/scan/collect.h"
#include "surrogate/scan/ensemble.h"
#include "tests/surrogate/dataset_fixture.h"

/* One run with as many rows, times and bins as given, numbers by its seed. */
static dw_dataset *make_run(int64_t point, int64_t seed, dw_dataset_level level, int64_t rows, int64_t bins) {
  const int64_t times[DW_DATASET_SPECTRA] = {2, 2, 0, 0};
  const int64_t counts[DW_DATASET_SPECTRA] = {bins, bins, 0, 0};
  dw_dataset *d = NULL;
  assert_ok(dw_dataset_create(&d, 1, 1, 2, rows, times, counts));
  (void)snprintf(d->key[0].key, sizeof d->key[0].key, "cosmology.w");
  (void)snprintf(d->column[0], DW_DATASET_KEY, "tau");
  (void)snprintf(d->column[1], DW_DATASET_KEY, "area");
  d->run[0] = (dw_dataset_run){.point = point, .seed = seed, .level = level};
  d->parameter[0] = 0.25 * (double)point;
  const double base = 100.0 * (double)point + 10.0 * (double)seed + (level == DW_LEVEL_CHEAP ? 1000.0 : 0.0);
  ramp(d->series, rows * 2, base);
  for (int s = 0; s < 2; s++) {
    ramp(d->spectrum[s].tau, 2, base + 1.0);
    ramp(d->spectrum[s].k, bins, base + 2.0);
    ramp(d->spectrum[s].count, bins, base + 3.0);
    ramp(d->spectrum[s].value, 2 * bins, base + 4.0);
  }
  return d;
}

static void assert_reals(const double *a, const double *b, int64_t count) {
  for (int64_t i = 0; i < count; i++) {
    assert_true(isnan(a[i]) ? isnan(b[i]) : a[i] == b[i]);
  }
}

/* Catches runs in the order they came in, runs that are there twice, and runs whose numbers move when a larger one
 * comes: the same data set from any order and any grouping. */
static void order_does_not_matter(void **state) {
  (void)state;
  enum { PARTS = 5 };
  dw_dataset *part[PARTS] = {make_run(1, 2, DW_LEVEL_FINE, 3, 2), make_run(0, 1, DW_LEVEL_CHEAP, 2, 2),
                             make_run(0, 2, DW_LEVEL_FINE, 4, 3), make_run(1, 1, DW_LEVEL_FINE, 1, 1),
                             make_run(0, 2, DW_LEVEL_FINE, 4, 3)};
  static const int expected[4] = {2, 3, 0, 1}; /* fine runs by point and seed, then the cheap one */
  dw_dataset *whole = NULL;
  dw_dataset *some = NULL;
  dw_dataset *again = NULL;
  assert_ok(dw_collect_join(&whole, (const dw_dataset *const *)part, PARTS));
  assert_int_equal(whole->runs, 4);
  assert_int_equal(whole->rows, 4);
  assert_int_equal(whole->spectrum[DW_DATASET_ETC].bins, 3);
  assert_int_equal(whole->spectrum[DW_DATASET_GW].times, 0);
  for (int r = 0; r < 4; r++) {
    const dw_dataset *p = part[expected[r]];
    const dw_dataset_table *t = &p->spectrum[DW_DATASET_ETC];
    const dw_dataset_table *u = &whole->spectrum[DW_DATASET_ETC];
    assert_true(whole->run[r].point == p->run[0].point && whole->run[r].seed == p->run[0].seed);
    assert_int_equal(whole->run[r].level, p->run[0].level);
    assert_true(whole->parameter[r] == p->parameter[0]);
    assert_reals(whole->series + r * 8, p->series, p->rows * 2);
    assert_true(p->rows == 4 || isnan(whole->series[r * 8 + p->rows * 2]));
    assert_reals(u->k + r * 3, t->k, t->bins);
    assert_reals(u->value + r * 6, t->value, t->bins);
    assert_reals(u->value + r * 6 + 3, t->value + t->bins, t->bins); /* the second time */
    assert_true(t->bins == 3 || isnan(u->value[r * 6 + t->bins]));
  }
  const dw_dataset *const two[] = {part[3], part[1]};
  assert_ok(dw_collect_join(&some, two, 2));
  const dw_dataset *const rest[] = {some, part[2], part[0]};
  assert_ok(dw_collect_join(&again, rest, 3));
  assert_reals(again->series, whole->series, 4 * 8);
  assert_reals(again->spectrum[DW_DATASET_ETC].value, whole->spectrum[DW_DATASET_ETC].value, 4 * 6);
  assert_memory_equal(again->run, whole->run, 4 * sizeof *whole->run);
  for (int i = 0; i < PARTS; i++) {
    dw_dataset_destroy(part[i]);
  }
  dw_dataset_destroy(whole);
  dw_dataset_destroy(some);
  dw_dataset_destroy(again);
}

/* Catches data sets of different scans in one. */
static void others_are_refused(void **state) {
  (void)state;
  dw_dataset *a = make_run(0, 1, DW_LEVEL_FINE, 2, 2);
  dw_dataset *b = make_run(0, 2, DW_LEVEL_FINE, 2, 2);
  dw_dataset *joined = NULL;
  const dw_dataset *const parts[] = {a, b};
  (void)snprintf(b->column[1], DW_DATASET_KEY, "velocity");
  assert_status(dw_collect_join(&joined, parts, 2), DW_ERR_PARAM);
  assert_null(joined);
  (void)snprintf(b->column[1], DW_DATASET_KEY, "area");
  (void)snprintf(b->key[0].key, sizeof b->key[0].key, "time.end");
  assert_status(dw_collect_join(&joined, parts, 2), DW_ERR_PARAM);
  dw_dataset_destroy(a);
  dw_dataset_destroy(b);
}

/* Catches a wrong mean or error, an error from one seed, and a seed without a number that counts. */
static void means_and_errors(void **state) {
  (void)state;
  const double value[] = {1.0, -9.0, 2.0, -9.0, 6.0, -9.0, (double)NAN, -9.0};
  double mean = 0.0;
  double error = 0.0;
  int64_t used = 0;
  dw_ensemble_mean(value, 4, 2, &mean, &error, &used);
  assert_int_equal(used, 3);
  assert_close(mean, 3.0, 1e-15, 0.0);
  assert_close(error, sqrt((4.0 + 1.0 + 9.0) / 2.0 / 3.0), 1e-15, 0.0);
  dw_ensemble_mean(value, 1, 2, &mean, &error, &used);
  assert_true(used == 1 && mean == 1.0 && isnan(error));
  dw_ensemble_mean(value + 6, 1, 2, &mean, &error, &used);
  assert_true(used == 0 && isnan(mean) && isnan(error));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(order_does_not_matter),
    cmocka_unit_test(others_are_refused),
    cmocka_unit_test(means_and_errors),
};

int main(void) { return cmocka_run_group_tests(tests, NULL, NULL); }
