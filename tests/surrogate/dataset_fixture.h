/* A small data set with ragged runs. */
#ifndef DW_TEST_SURROGATE_DATASET_FIXTURE_H
#define DW_TEST_SURROGATE_DATASET_FIXTURE_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "params/print.h"
#include "params/read.h"
#include "surrogate/dataset.h"
#include "tests/dw_test.h"

enum { KEYS = 2, RUNS = 3, COLUMNS = 4, ROWS = 5 };
static const int64_t some_times[DW_DATASET_SPECTRA] = {2, 3, 3, 3};
static const int64_t some_bins[DW_DATASET_SPECTRA] = {4, 3, 3, 3};

/* A different number everywhere. */
static inline void ramp(double *values, int64_t count, double base) {
  for (int64_t i = 0; i < count; i++) {
    values[i] = base + 0.1 * (double)i;
  }
}

static inline char *text_of(const char *text) {
  void *block = NULL;
  assert_ok(dw_alloc(&block, strlen(text) + 1, 1, "test"));
  memcpy(block, text, strlen(text) + 1);
  return block;
}

static inline void fill_runs(dw_dataset *d) {
  for (int64_t i = 0; i < d->runs; i++) {
    d->run[i] = (dw_dataset_run){.point = i / 2, .seed = 1 + i % 2, .level = i == 1 ? DW_LEVEL_CHEAP : DW_LEVEL_FINE};
    d->run[i].blind = i == 2;
    d->run[i].seconds = 1.5 * (double)(i + 1);
    (void)snprintf(d->run[i].id, sizeof d->run[i].id, "point%04d-seed%d", (int)d->run[i].point, (int)d->run[i].seed);
  }
}

/* Run 2 has fewer rows and no waves. */
static inline dw_dataset *make_dataset(void) {
  dw_dataset *d = NULL;
  assert_ok(dw_dataset_create(&d, KEYS, RUNS, COLUMNS, ROWS, some_times, some_bins));
  d->key[0] = (dw_dataset_key){.key = "cosmology.w", .unit = "1", .low = 0.0, .high = 1.0};
  d->key[1] =
      (dw_dataset_key){.key = "fields.initial.cutoff", .unit = "m", .low = 2.0, .high = 6.0, .logarithmic = true};
  fill_runs(d);
  ramp(d->parameter, RUNS * KEYS, 7.0);
  ramp(d->series, RUNS * ROWS * COLUMNS - COLUMNS, 100.0);
  for (int64_t i = 0; i < COLUMNS; i++) {
    (void)snprintf(d->column[i], DW_DATASET_KEY, "column%d", (int)i);
  }
  for (int s = 0; s < DW_DATASET_SPECTRA; s++) {
    dw_dataset_table *t = &d->spectrum[s];
    for (int64_t i = 0; i < RUNS - (s >= DW_DATASET_GW ? 1 : 0); i++) { /* all runs have the same axes */
      ramp(t->tau + i * t->times, t->times, 1.0);
      ramp(t->k + i * t->bins, t->bins, 0.5);
      ramp(t->count + i * t->bins, t->bins, 6.0);
      ramp(t->value + i * t->times * t->bins, t->times * t->bins, 1000.0 * (s + 1) + 10.0 * (double)i);
    }
  }
  dw_free(d->base);
  d->base = text_of("seed = 1;\n");
  dw_free(d->scan);
  d->scan = text_of("design = \"list\";\n");
  return d;
}

static inline void write_dataset(const dw_dataset *d, const char *path) {
  static char program[] = "test";
  char *const arguments[] = {program};
  static dw_provenance provenance;
  dw_params *params = calloc(1, sizeof *params);
  assert_non_null(params);
  assert_ok(dw_params_defaults(params));
  dw_provenance_collect(&provenance, dw_comm_self(), 1, arguments, 1, 1);
  const dw_record record = {.provenance = &provenance, .params = params, .config = "seed = 1;\n"};
  assert_ok(dw_dataset_write(d, path, &record));
  free(params);
}

#endif
