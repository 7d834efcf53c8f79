/* Paired cheap runs: matching of times and bins, degenerate scans, refusals, same bits, files. */
#include <omp.h>
#include <stdlib.h>
#include <unistd.h>

#include "lattice/file.h"
#include "params/read.h"
#include "tests/surrogate/paired_fixture.h"

static dw_dataset *some_pairs(int64_t fine, int64_t cheap, double correlation) {
  noise n = noise_of(5);
  const pair_model model = {fine, cheap, correlation, 0.1, false, 0.0};
  dw_dataset *d = pair_dataset(fine, cheap);
  pair_fill(d, &model, &n);
  return d;
}

static dw_paired *estimate_of(const dw_dataset *d) {
  dw_paired *p = NULL;
  assert_ok(dw_paired_estimate(d, 0, false, &p));
  return p;
}

/* The estimate of every quantity is the mean of the fine runs. */
static void assert_plain(const dw_paired *p) {
  for (int q = 0; q < DW_PAIRED_QUANTITIES; q++) {
    const dw_paired_table *t = &p->table[q];
    for (int64_t b = 0; b < t->times * t->bins; b++) {
      assert_true(t->value[b] == t->plain[b] && t->kept[b] == 0.0 && t->beta[b] == 0.0);
      assert_true(p->fine < 2 ? isnan(t->error[b]) : t->error[b] == t->plain_error[b]);
    }
  }
}

/* Catches a mean of fine runs that is wrong, or a guess of a slope or an error, where there is too little to learn. */
static void too_little_gives_the_plain_mean(void **state) {
  (void)state;
  const int64_t runs[][2] = {{1, 20}, {2, 20}, {5, 0}, {5, 5}, {1, 0}};
  for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++) {
    noise n = noise_of(7);
    const pair_model model = {runs[i][0], runs[i][1] > runs[i][0] ? runs[i][1] : runs[i][0], 0.99, 0.1, false, 0.0};
    dw_dataset *d = pair_dataset(model.fine, model.cheap);
    pair_fill(d, &model, &n);
    d->runs = runs[i][0] + runs[i][1];
    dw_paired *p = estimate_of(d);
    double sum = 0.0;
    for (int64_t f = 0; f < model.fine; f++) {
      sum += *pair_power(d, f, 3, 2);
    }
    assert_plain(p);
    assert_close(p->table[DW_PAIRED_FIELD].value[3 * FINE_BINS + 2], sum / (double)model.fine, 1e-14, 0.0);
    assert_int_equal(p->table[DW_PAIRED_VELOCITY].times, 0);
    dw_paired_destroy(p);
    dw_dataset_destroy(d);
  }
}

/* Catches a division by a variance of zero: all seeds are alike. */
static void identical_runs_have_no_error(void **state) {
  (void)state;
  dw_dataset *d = some_pairs(4, 20, 0.9);
  for (int64_t i = 0; i < d->runs; i++) {
    for (int64_t t = 0; t < TIMES; t++) {
      *pair_area(d, i, t) = 3.0;
      for (int64_t k = 0; k < FINE_BINS; k++) {
        *pair_power(d, i, t, k) = 5.0;
      }
    }
  }
  dw_paired *p = estimate_of(d);
  assert_plain(p);
  assert_true(p->table[DW_PAIRED_AREA].value[2] == 3.0 && p->table[DW_PAIRED_AREA].error[2] == 0.0);
  assert_true(p->table[DW_PAIRED_FIELD].value[9] == 5.0 && p->table[DW_PAIRED_FIELD].error[9] == 0.0);
  assert_int_equal(dw_paired_summary(p, DW_PAIRED_FIELD).bins, 0);
  dw_paired_destroy(p);
  dw_dataset_destroy(d);
}

/* Area a exp(tau) in both levels, the cheap rows a tenth later than the fine ones, but for the first and the last. */
static dw_dataset *shifted_times(void) {
  dw_dataset *d = some_pairs(4, 24, 0.0);
  for (int64_t i = 0; i < d->runs; i++) {
    const double a = 1.0 + 0.1 * sin(3.0 * (double)d->run[i].seed);
    for (int64_t t = 0; t < TIMES; t++) {
      double *row = &d->series[(i * TIMES + t) * 2];
      row[0] += d->run[i].level == DW_LEVEL_CHEAP && t > 0 && t < TIMES - 1 ? 0.1 : 0.0;
      row[1] = a * exp(row[0]);
    }
  }
  return d;
}

/* Catches times that are matched by their number, or interpolated so that exponential growth isn't met: then twins
 * wouldn't agree exactly, and the estimate wouldn't be the mean of all cheap runs. */
static void times_are_interpolated(void **state) {
  (void)state;
  dw_dataset *d = shifted_times();
  dw_paired *p = estimate_of(d);
  const dw_paired_table *t = &p->table[DW_PAIRED_AREA];
  double mean = 0.0;
  for (int64_t i = 4; i < d->runs; i++) {
    mean += (1.0 + 0.1 * sin(3.0 * (double)d->run[i].seed)) / 24.0;
  }
  for (int64_t i = 0; i < TIMES; i++) {
    assert_close(t->value[i], mean * exp(2.0 + (double)i), 1e-12, 0.0);
    assert_close(t->beta[i], 1.0, 1e-12, 0.0);
    assert_close(t->correlation[i], 1.0, 1e-12, 0.0);
    assert_true(t->kept[i] == 1.0);
  }
  dw_paired_destroy(p);
  dw_dataset_destroy(d);
}

/* Catches a cheap value that is used outside the cheap runs' times. */
static void times_outside_keep_the_plain_mean(void **state) {
  (void)state;
  dw_dataset *d = shifted_times();
  for (int64_t i = 4; i < d->runs; i++) {
    d->series[i * TIMES * 2] += 0.05;
    d->series[(i * TIMES + TIMES - 1) * 2] -= 0.05;
  }
  dw_paired *p = estimate_of(d);
  const dw_paired_table *t = &p->table[DW_PAIRED_AREA];
  assert_true(t->kept[0] == 0.0 && t->value[0] == t->plain[0] && isnan(t->gain[0]));
  assert_true(t->kept[TIMES - 1] == 0.0 && t->value[TIMES - 1] == t->plain[TIMES - 1]);
  assert_true(t->kept[1] == 1.0);
  dw_paired_destroy(p);
  dw_dataset_destroy(d);
}

/* Catches bins that are matched by number instead of k, and fine bins beyond the cheap ones that are touched. */
static void bins_are_matched_by_momentum(void **state) {
  (void)state;
  dw_dataset *d = some_pairs(6, 60, 0.99);
  dw_paired *same = estimate_of(d);
  for (int64_t i = 6; i < d->runs; i++) { /* the first cheap shell is missing */
    for (int64_t k = 0; k < FINE_BINS; k++) {
      d->spectrum[DW_DATASET_FIELD].k[i * FINE_BINS + k] = k + 1 < CHEAP_BINS ? 0.5 * (double)(k + 2) : (double)NAN;
      for (int64_t t = 0; t < TIMES; t++) {
        *pair_power(d, i, t, k) = k + 1 < CHEAP_BINS ? *pair_power(d, i, t, k + 1) : (double)NAN;
      }
    }
  }
  dw_paired *p = estimate_of(d);
  const dw_paired_table *t = &p->table[DW_PAIRED_FIELD];
  for (int64_t b = 0; b < TIMES * FINE_BINS; b++) {
    const int64_t k = b % FINE_BINS;
    assert_true((t->kept[b] > 0.0) == (k > 0 && k < CHEAP_BINS));
    assert_true(t->kept[b] > 0.0 || (t->value[b] == t->plain[b] && isnan(t->correlation[b])));
    if (k > 2 && k < CHEAP_BINS) { /* beyond the reach of the smoothing over bins */
      assert_true(t->value[b] == same->table[DW_PAIRED_FIELD].value[b]);
    }
  }
  dw_paired_destroy(same);
  dw_paired_destroy(p);
  dw_dataset_destroy(d);
}

/* Catches logarithms that are of the mean instead of the mean of logarithms, and a slope that is scaled for them. */
static void logarithms_are_averaged(void **state) {
  (void)state;
  dw_dataset *d = some_pairs(6, 60, 0.999);
  dw_paired *p = NULL;
  assert_ok(dw_paired_estimate(d, 0, true, &p));
  double sum = 0.0;
  for (int64_t i = 0; i < 6; i++) {
    sum += log(*pair_power(d, i, 2, 4));
  }
  const int64_t b = 2 * FINE_BINS + 4;
  const dw_paired_table *t = &p->table[DW_PAIRED_FIELD];
  assert_close(t->plain[b], sum / 6.0, 1e-13, 0.0);
  assert_close(t->beta[b], 1.0, 0.05, 0.0); /* though fine values are twice the cheap ones */
  assert_true(t->reduction[b] > 5.0);
  assert_close(t->value[b], log(pair_mean(2, 4)) - 0.005, 0.0, 4.0 * t->error[b]);
  assert_true(isfinite(t->value[FINE_BINS - 1]) && t->value[FINE_BINS - 1] == t->plain[FINE_BINS - 1]);
  dw_paired_destroy(p);
  dw_dataset_destroy(d);
}

/* Catches a mean of the fine runs that are left, a NAN that spreads to other bins, and a cheap level that is used where
 * a cheap run has nothing. */
static void what_a_run_lacks_is_not_averaged(void **state) {
  (void)state;
  dw_dataset *d = some_pairs(6, 60, 0.99);
  dw_paired *whole = estimate_of(d);
  *pair_power(d, 2, 1, 3) = (double)NAN;
  *pair_area(d, 9, 1) = (double)NAN;  /* a twin */
  *pair_area(d, 50, 4) = (double)NAN; /* an extra one */
  dw_paired *p = estimate_of(d);
  const dw_paired_table *t = &p->table[DW_PAIRED_FIELD];
  const dw_paired_table *area = &p->table[DW_PAIRED_AREA];
  for (int64_t b = 0; b < TIMES * FINE_BINS; b++) {
    const bool lacks = b == FINE_BINS + 3;
    assert_true(isnan(t->value[b]) == lacks && isnan(t->error[b]) == lacks);
    assert_true(!lacks || (t->kept[b] == 0.0 && isnan(t->gain[b])));
    if (b / FINE_BINS != 1) {
      assert_true(t->value[b] == whole->table[DW_PAIRED_FIELD].value[b]);
    }
  }
  for (int64_t i = 0; i < TIMES; i++) {
    const bool lacks = i == 1 || i == 4;
    assert_true((area->kept[i] == 0.0) == lacks && isnan(area->gain[i]) == lacks);
    assert_true(area->value[i] == (lacks ? area->plain[i] : whole->table[DW_PAIRED_AREA].value[i]));
  }
  dw_paired_destroy(p);
  dw_paired_destroy(whole);
  dw_dataset_destroy(d);
}

static void assert_refused(const dw_dataset *d, int64_t point, const char *why) {
  dw_paired *p = NULL;
  assert_status(dw_paired_estimate(d, point, false, &p), DW_ERR_PARAM);
  assert_null(p);
  if (strstr(dw_message(), why) == NULL) {
    fail_msg("\"%s\" should say \"%s\"", dw_message(), why);
  }
}

/* Catches a data set that can't be right and is averaged all the same. */
static void what_is_wrong_is_refused(void **state) {
  (void)state;
  dw_dataset *d = some_pairs(4, 20, 0.9);
  assert_refused(d, 3, "point 3 has no fine run");
  double kept = *pair_power(d, 2, 1, 3);
  *pair_power(d, 2, 1, 3) = (double)INFINITY;
  assert_refused(d, 0, "field of run fine3 at tau = 3, bin 3 is infinite");
  *pair_power(d, 2, 1, 3) = kept;
  kept = *pair_area(d, 9, 1);
  *pair_area(d, 9, 1) = (double)INFINITY;
  assert_refused(d, 0, "area of run cheap6 at tau = 3");
  *pair_area(d, 9, 1) = kept;
  d->run[3].seed = 1;
  assert_refused(d, 0, "runs fine1 and fine4 of point 0 have the same seed");
  d->run[3].seed = 4;
  d->run[7].seconds = -1.0;
  assert_refused(d, 0, "run cheap4 took -1 s");
  for (int64_t i = 4; i < d->runs; i++) {
    d->run[i].seconds = 0.0;
  }
  assert_refused(d, 0, "all 20 runs like cheap1 took 0 s");
  for (int64_t i = 4; i < d->runs; i++) {
    d->run[i].seconds = 0.1;
  }
  d->spectrum[DW_DATASET_FIELD].tau[10 * TIMES + 1] += 0.01;
  assert_refused(d, 0, "other times or bins");
  d->spectrum[DW_DATASET_FIELD].tau[10 * TIMES + 1] -= 0.01;
  d->spectrum[DW_DATASET_FIELD].k[1 * FINE_BINS + 1] *= 1.1;
  assert_refused(d, 0, "other times or bins");
  dw_dataset_destroy(d);
}

static void assert_same_bits(const dw_paired *a, const dw_paired *b) {
  for (int q = 0; q < DW_PAIRED_QUANTITIES; q++) {
    const dw_paired_table *t = &a->table[q];
    const dw_paired_table *u = &b->table[q];
    const size_t bytes = (size_t)(t->times * t->bins) * sizeof(double);
    assert_true(t->times == u->times && t->bins == u->bins);
    if (bytes > 0) {
      assert_memory_equal(t->value, u->value, bytes);
      assert_memory_equal(t->error, u->error, bytes);
      assert_memory_equal(t->gain, u->gain, bytes);
    }
  }
}

/* Catches sums whose order is that of threads, or of the runs in the data set; and a fine run without a twin that
 * isn't counted. */
static void bits_do_not_depend_on_threads_or_order(void **state) {
  (void)state;
  const pair_model model = {7, 50, 0.97, 0.1, false, 0.0};
  dw_dataset *d[2];
  dw_paired *p[2];
  for (int i = 0; i < 2; i++) {
    noise n = noise_of(41);
    d[i] = pair_dataset(7, 50);
    pair_fill(d[i], &model, &n);
    d[i]->run[10].seed = 99; /* fine4 has no twin */
    omp_set_num_threads(1 + 2 * i);
  }
  for (int64_t a = 7, b = 56; a < b; a++, b--) { /* cheap runs in reverse; each keeps its seed */
    const dw_dataset_run run = d[1]->run[a];
    d[1]->run[a] = d[1]->run[b];
    d[1]->run[b] = run;
    for (int64_t t = 0; t < TIMES; t++) {
      const double area = *pair_area(d[1], a, t);
      *pair_area(d[1], a, t) = *pair_area(d[1], b, t);
      *pair_area(d[1], b, t) = area;
      for (int64_t k = 0; k < FINE_BINS; k++) {
        const double power = *pair_power(d[1], a, t, k);
        *pair_power(d[1], a, t, k) = *pair_power(d[1], b, t, k);
        *pair_power(d[1], b, t, k) = power;
      }
    }
  }
  for (int i = 0; i < 2; i++) {
    p[i] = estimate_of(d[i]);
  }
  assert_same_bits(p[0], p[1]);
  assert_int_equal(p[0]->fine, 7);
  assert_int_equal(p[0]->pairs, 6);
  assert_int_equal(p[0]->cheap, 50);
  assert_true(p[0]->table[DW_PAIRED_FIELD].kept[0] == 1.0);
  for (int i = 0; i < 2; i++) {
    dw_paired_destroy(p[i]);
    dw_dataset_destroy(d[i]);
  }
}

/* Of one estimate, or of all points of a data set. */
static void write_report(const dw_paired *p, const dw_dataset *d) {
  static char program[] = "test";
  char *const arguments[] = {program};
  static dw_provenance provenance;
  dw_params *params = calloc(1, sizeof *params);
  assert_non_null(params);
  assert_ok(dw_params_defaults(params));
  dw_provenance_collect(&provenance, dw_comm_self(), 1, arguments, 1, 1);
  const dw_record record = {.provenance = &provenance, .params = params, .config = "seed = 1;\n"};
  assert_ok(p ? dw_paired_write(1, &p, ".", &record) : dw_paired_write_all(d, false, ".", &record));
  free(params);
}

/* Catches an array or a number that isn't written, or is written elsewhere. */
static void report_holds_what_was_found(void **state) {
  (void)state;
  dw_dataset *d = some_pairs(6, 60, 0.99);
  dw_paired *p = estimate_of(d);
  const dw_paired_table *t = &p->table[DW_PAIRED_FIELD];
  double values[TIMES * FINE_BINS];
  double gain = 0.0;
  int64_t dropped = -1;
  dw_file *file = NULL;
  write_report(p, NULL);
  assert_ok(dw_file_open(&file, dw_comm_self(), "paired.h5"));
  const int64_t shape[2] = {TIMES, FINE_BINS};
  assert_ok(dw_file_read_reals(file, "/point0000/field/value", 2, shape, values));
  assert_memory_equal(values, t->value, sizeof values);
  assert_ok(dw_file_read_reals(file, "/point0000/field/error", 2, shape, values));
  assert_memory_equal(values, t->error, sizeof values);
  assert_ok(dw_attribute_read_real(file, "/point0000/field", "gain", &gain));
  assert_ok(dw_attribute_read_int(file, "/point0000/field", "dropped", &dropped));
  assert_true(gain == dw_paired_summary(p, DW_PAIRED_FIELD).gain && gain > 1.0);
  assert_int_equal(dropped, 0);
  assert_false(dw_file_has(file, "/point0000/etc"));
  dw_file_close(file);
  FILE *text = fopen("paired.txt", "r");
  char line[256];
  int lines = 0;
  assert_non_null(text);
  while (fgets(line, sizeof line, text) != NULL) {
    lines += strstr(line, " field ") != NULL || strstr(line, " area ") != NULL ? 1 : 0;
  }
  assert_int_equal(fclose(text), 0);
  assert_int_equal(lines, 2);
  dw_paired_destroy(p);
  dw_dataset_destroy(d);
}

/* Catches a point of a scan that isn't written, is written twice, or stops the others because it has one level only. */
static void all_points_are_written(void **state) {
  (void)state;
  dw_dataset *d = some_pairs(8, 40, 0.99);
  dw_paired *p = NULL;
  dw_file *file = NULL;
  double values[TIMES * FINE_BINS];
  int64_t groups = 0;
  for (int64_t i = 0; i < d->runs; i++) { /* 0: cheap only, 1: fine only, 2 and 5: both */
    const bool fine = d->run[i].level == DW_LEVEL_FINE;
    d->run[i].point = d->run[i].seed > 8 ? (d->run[i].seed % 2 ? 2 : 5) : d->run[i].seed < 4 ? 2 : 5;
    d->run[i].point = d->run[i].seed == 8 ? (fine ? 1 : 0) : d->run[i].point;
  }
  assert_int_equal(unlink("paired.h5"), 0);
  write_report(NULL, d);
  assert_ok(dw_file_open(&file, dw_comm_self(), "paired.h5"));
  assert_ok(dw_file_child(file, "/", 0, &groups, NULL));
  assert_int_equal(groups, 2);
  assert_ok(dw_paired_estimate(d, 5, false, &p));
  assert_true(p->fine == 4 && p->pairs == 4 && p->cheap == 20);
  const int64_t shape[2] = {TIMES, FINE_BINS};
  assert_true(dw_file_has(file, "/point0002/area"));
  assert_ok(dw_file_read_reals(file, "/point0005/field/value", 2, shape, values));
  assert_memory_equal(values, p->table[DW_PAIRED_FIELD].value, sizeof values);
  dw_file_close(file);
  dw_paired_destroy(p);
  d->runs = 8; /* the fine ones */
  assert_int_equal(unlink("paired.h5"), 0);
  write_report(NULL, d);
  assert_int_equal(access("paired.h5", F_OK), -1);
  dw_dataset_destroy(d);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(too_little_gives_the_plain_mean),
      cmocka_unit_test(identical_runs_have_no_error),
      cmocka_unit_test(times_are_interpolated),
      cmocka_unit_test(times_outside_keep_the_plain_mean),
      cmocka_unit_test(bins_are_matched_by_momentum),
      cmocka_unit_test(logarithms_are_averaged),
      cmocka_unit_test(what_a_run_lacks_is_not_averaged),
      cmocka_unit_test(what_is_wrong_is_refused),
      cmocka_unit_test(bits_do_not_depend_on_threads_or_order),
      cmocka_unit_test(report_holds_what_was_found),
      cmocka_unit_test(all_points_are_written),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
