/* A scan whose truth is known: two parameters, a spectrum at three times and an area, with seeds that scatter.
 *
 * Coordinates are x_0, x_1 in -1 ... 1 of cosmology.w (0 to 1) and fields.initial.cutoff (2 to 8, logarithmic). */
#ifndef DW_TEST_SURROGATE_EMULATOR_FIXTURE_H
#define DW_TEST_SURROGATE_EMULATOR_FIXTURE_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/constants.h"
#include "base/memory.h"
#include "params/print.h"
#include "params/read.h"
#include "surrogate/emulator/emulator.h"
#include "tests/dw_test.h"

enum { TRUTH_TIMES = 4, TRUTH_BINS = 6, TRUTH_COLUMNS = 4 };

typedef struct truth {
  int64_t points;
  int64_t seeds;
  int64_t blind;  /* points more that are blind */
  double scatter; /* standard deviation of a seed's logarithm */
  int64_t cheap;  /* points that have cheap twins, from the first; 0: none */
  int64_t fine;   /* points that have fine runs; 0: all */
  double power;   /* of cheap runs: their logarithms over those they would have; 0: 1 */
  double rough;   /* size of what ten points can't find */
  bool gone;      /* cheap runs know nothing, and their walls are gone */
} truth;

static inline uint64_t truth_hash(uint64_t h) {
  h = (h ^ (h >> 33)) * UINT64_C(0xff51afd7ed558ccd);
  h = (h ^ (h >> 33)) * UINT64_C(0xc4ceb9fe1a85ec53);
  return h ^ (h >> 33);
}

static inline double truth_uniform(uint64_t key) { return ((double)(truth_hash(key + 1) >> 11) + 0.5) * 0x1p-53; }

static inline double truth_normal(uint64_t key) {
  return sqrt(-2.0 * log(truth_uniform(2 * key))) * cos(2.0 * DW_PI * truth_uniform(2 * key + 1));
}

/* A sequence that fills the square evenly (M. Roberts' generalised golden ratio). */
static inline void truth_place(int64_t i, double x[2]) {
  const double g = 1.32471795724474602596;
  const double u = fmod(0.5 + (double)(i + 1) / g, 1.0);
  const double v = fmod(0.5 + (double)(i + 1) / (g * g), 1.0);
  x[0] = 2.0 * u - 1.0;
  x[1] = 2.0 * v - 1.0;
}

static inline void truth_parameters(const double x[2], double parameter[2]) {
  parameter[0] = 0.5 * (x[0] + 1.0);
  parameter[1] = 2.0 * pow(4.0, 0.5 * (x[1] + 1.0));
}

/* Mean logarithm of bin n at time t; a cheap run is off by something simple. */
static inline double truth_spectrum(const double x[2], int64_t t, int64_t n, bool cheap) {
  const double bin = (double)n / TRUTH_BINS;
  const double value = -1.5 * bin + 0.4 * (double)t + 0.8 * sin(1.5 * x[0] + bin) + 0.6 * x[1] * x[1] * bin +
                       0.3 * x[0] * x[1] * (1.0 + 0.2 * (double)t);
  return cheap ? value + 0.2 + 0.1 * x[0] - 0.15 * bin : value;
}

static inline double truth_rough(const double x[2], double size) {
  return size * sin(4.0 * x[0] + 1.0) * sin(3.0 * x[1]);
}

static inline double truth_area(const double x[2], int64_t t) { return 0.3 * x[0] - 0.1 * x[1] + 0.05 * (double)t; }

/* The base run's parameters, as a run writes them; inside of the scan. */
static inline char *truth_base(void) {
  dw_params *params = calloc(1, sizeof *params);
  dw_report *report = calloc(1, sizeof *report);
  char *text = NULL;
  size_t size = 0;
  FILE *file = open_memstream(&text, &size);
  assert_true(params != NULL && report != NULL && file != NULL);
  assert_ok(dw_params_defaults(params));
  dw_report_init(report);
  assert_ok(dw_params_set(params, "cosmology.w=0.4", report));
  assert_ok(dw_params_write(file, params));
  (void)fclose(file);
  void *block = NULL;
  assert_ok(dw_alloc(&block, size + 1, 1, "test"));
  memcpy(block, text, size + 1);
  free(text);
  free(params);
  free(report);
  return block;
}

static inline double truth_mean(const double x[2], int64_t t, int64_t n, bool cheap, int64_t point, const truth *what) {
  if (cheap && what->gone) {
    return truth_normal((uint64_t)(point + 500));
  }
  const double power = cheap && fabs(what->power) > 0.0 ? what->power : 1.0;
  return power * (truth_spectrum(x, t, n, cheap) + truth_rough(x, what->rough));
}

static inline void truth_fill_at(dw_dataset *d, int64_t r, const truth *what, const double x[2]) {
  const dw_dataset_run *run = &d->run[r];
  const bool cheap = run->level == DW_LEVEL_CHEAP;
  truth_parameters(x, d->parameter + 2 * r);
  dw_dataset_table *table = &d->spectrum[DW_DATASET_ETC];
  for (int64_t n = 0; n < TRUTH_BINS; n++) {
    const bool has = !cheap || n < TRUTH_BINS / 2;
    table->k[r * TRUTH_BINS + n] = has ? 0.5 * (double)(n + 1) : (double)NAN;
    table->count[r * TRUTH_BINS + n] = has ? 6.0 * (double)((n + 1) * (n + 1)) : (double)NAN;
  }
  for (int64_t t = 0; t < TRUTH_TIMES; t++) {
    const uint64_t key = (uint64_t)(run->point * 1000 + run->seed) * 64;
    double *row = d->series + (r * TRUTH_TIMES + t) * TRUTH_COLUMNS;
    table->tau[r * TRUTH_TIMES + t] = row[0] = 2.0 + (double)t;
    row[1] = cheap && what->gone ? 0.0 : exp(truth_area(x, t) + what->scatter * truth_normal(key + (uint64_t)t));
    row[2] = cheap && what->gone ? 0.0 : 0.5 * exp(0.1 * x[0] + what->scatter * truth_normal(key + 8 + (uint64_t)t));
    for (int64_t n = 0; n < TRUTH_BINS; n++) {
      const double value = truth_mean(x, t, n, cheap, run->point, what) +
                           what->scatter * truth_normal(key + 16 + (uint64_t)(t * TRUTH_BINS + n));
      table->value[(r * TRUTH_TIMES + t) * TRUTH_BINS + n] = cheap && n >= TRUTH_BINS / 2 ? (double)NAN : exp(value);
    }
  }
}

static inline void truth_fill_run(dw_dataset *d, int64_t r, const truth *what) {
  double x[2];
  truth_place(d->run[r].point, x);
  truth_fill_at(d, r, what, x);
}

static inline void truth_add(dw_dataset *d, int64_t *count, int64_t point, const truth *what, dw_dataset_level level) {
  for (int64_t s = 1; s <= what->seeds; s++) {
    dw_dataset_run *run = d != NULL ? &d->run[*count] : NULL;
    if (run != NULL) {
      *run =
          (dw_dataset_run){.point = point, .seed = s, .level = level, .blind = point >= what->points, .seconds = 1.0};
      (void)snprintf(run->id, sizeof run->id, "point%04d-seed%d-%s", (int)point, (int)s,
                     level == DW_LEVEL_CHEAP ? "cheap" : "fine");
      truth_fill_run(d, *count, what);
    }
    (*count)++;
  }
}

static inline int64_t truth_add_all(dw_dataset *d, const truth *what) {
  int64_t count = 0;
  for (int64_t i = 0; i < what->points + what->blind; i++) {
    if (what->fine == 0 || i < what->fine || i >= what->points) {
      truth_add(d, &count, i, what, DW_LEVEL_FINE);
    }
    if (i < what->cheap) {
      truth_add(d, &count, i, what, DW_LEVEL_CHEAP);
    }
  }
  return count;
}

static inline dw_dataset *truth_dataset(const truth *what) {
  static const char *const columns[TRUTH_COLUMNS] = {"tau", "area_parameter_h", "velocity", "a"};
  const int64_t times[DW_DATASET_SPECTRA] = {[DW_DATASET_ETC] = TRUTH_TIMES};
  const int64_t bins[DW_DATASET_SPECTRA] = {[DW_DATASET_ETC] = TRUTH_BINS};
  dw_dataset *d = NULL;
  const int64_t runs = truth_add_all(NULL, what);
  assert_ok(dw_dataset_create(&d, 2, runs, TRUTH_COLUMNS, TRUTH_TIMES, times, bins));
  d->key[0] = (dw_dataset_key){.key = "cosmology.w", .unit = "1", .low = 0.0, .high = 1.0};
  d->key[1] =
      (dw_dataset_key){.key = "fields.initial.cutoff", .unit = "m", .low = 2.0, .high = 8.0, .logarithmic = true};
  for (int c = 0; c < TRUTH_COLUMNS; c++) {
    (void)snprintf(d->column[c], DW_DATASET_KEY, "%s", columns[c]);
  }
  assert_int_equal(truth_add_all(d, what), runs);
  dw_free(d->base);
  d->base = truth_base();
  return d;
}

#endif
