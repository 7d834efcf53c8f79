#include "surrogate/dataset.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

const char *dw_dataset_spectrum_name(dw_dataset_spectrum spectrum) {
  static const char *const names[DW_DATASET_SPECTRA] = {"field/power", "etc/value", "gw/drho_dlnk", "gw/omega"};
  return names[spectrum];
}

/* Product of sizes; -1 where one is negative or the product isn't a number of bytes. */
static int64_t product(int64_t a, int64_t b, int64_t c) {
  const int64_t most = INT64_MAX / 64;
  if (a < 0 || b < 0 || c < 0 || (b > 0 && a > most / b)) {
    return -1;
  }
  return c > 0 && a * b > most / c ? -1 : a * b * c;
}

static dw_status make_reals(double **reals, int64_t a, int64_t b, int64_t c, double first) {
  void *block = NULL;
  const int64_t count = product(a, b, c);
  if (count < 0) {
    return dw_fail(DW_ERR_PARAM, "a data set can't have arrays of %" PRId64 " x %" PRId64 " x %" PRId64 " numbers", a,
                   b, c);
  }
  DW_TRY(dw_alloc(&block, (size_t)count, sizeof(double), "a data set"));
  *reals = block;
  for (int64_t i = 0; i < count; i++) {
    (*reals)[i] = first;
  }
  return DW_OK;
}

/* A block of zeros. */
static dw_status make_zeros(void **block, int64_t count, size_t size) {
  if (product(count, (int64_t)size, 1) < 0) {
    return dw_fail(DW_ERR_PARAM, "a data set can't have %" PRId64 " runs, parameters or columns", count);
  }
  DW_TRY(dw_alloc(block, (size_t)count, size, "a data set"));
  memset(*block, 0, (size_t)count * size);
  return DW_OK;
}

static dw_status make_table(dw_dataset_table *table, int64_t runs, int64_t times, int64_t bins) {
  table->times = times;
  table->bins = bins;
  DW_TRY(make_reals(&table->tau, runs, times, 1, (double)NAN));
  DW_TRY(make_reals(&table->k, runs, bins, 1, (double)NAN));
  DW_TRY(make_reals(&table->count, runs, bins, 1, (double)NAN));
  return make_reals(&table->value, runs, times, bins, (double)NAN);
}

static dw_status fill(dw_dataset *d, const int64_t *times, const int64_t *bins) {
  void *block = NULL;
  DW_TRY(make_zeros(&block, d->keys, sizeof *d->key));
  d->key = block;
  DW_TRY(make_zeros(&block, d->runs, sizeof *d->run));
  d->run = block;
  DW_TRY(make_zeros(&block, d->columns, sizeof *d->column));
  d->column = block;
  char **const texts[] = {&d->base, &d->cheap, &d->scan};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    DW_TRY(make_zeros(&block, 1, 1));
    *texts[i] = block;
  }
  DW_TRY(make_reals(&d->parameter, d->runs, d->keys, 1, (double)NAN));
  DW_TRY(make_reals(&d->series, d->runs, d->rows, d->columns, (double)NAN));
  for (int i = 0; i < DW_DATASET_SPECTRA; i++) {
    DW_TRY(make_table(&d->spectrum[i], d->runs, times[i], bins[i]));
  }
  return DW_OK;
}

dw_status dw_dataset_create(dw_dataset **dataset, int64_t keys, int64_t runs, int64_t columns, int64_t rows,
                            const int64_t *times, const int64_t *bins) {
  void *block = NULL;
  *dataset = NULL;
  DW_TRY(make_zeros(&block, 1, sizeof **dataset));
  dw_dataset *d = block;
  d->keys = keys;
  d->runs = runs;
  d->columns = columns;
  d->rows = rows;
  const dw_status status = fill(d, times, bins);
  if (status != DW_OK) {
    dw_dataset_destroy(d);
    return status;
  }
  *dataset = d;
  return DW_OK;
}

void dw_dataset_destroy(dw_dataset *dataset) {
  if (dataset == NULL) {
    return;
  }
  for (int i = 0; i < DW_DATASET_SPECTRA; i++) {
    dw_free(dataset->spectrum[i].tau);
    dw_free(dataset->spectrum[i].k);
    dw_free(dataset->spectrum[i].count);
    dw_free(dataset->spectrum[i].value);
  }
  dw_free(dataset->key);
  dw_free(dataset->run);
  dw_free(dataset->parameter);
  dw_free(dataset->column);
  dw_free(dataset->series);
  dw_free(dataset->base);
  dw_free(dataset->cheap);
  dw_free(dataset->scan);
  dw_free(dataset);
}

int64_t dw_dataset_column(const dw_dataset *dataset, const char *column) {
  for (int64_t i = 0; i < dataset->columns; i++) {
    if (strcmp(dataset->column[i], column) == 0) {
      return i;
    }
  }
  return -1;
}

int64_t dw_dataset_parameter(const dw_dataset *dataset, const char *key) {
  for (int64_t i = 0; i < dataset->keys; i++) {
    if (strcmp(dataset->key[i].key, key) == 0) {
      return i;
    }
  }
  return -1;
}

/* Equal numbers at equal places; NAN equals NAN. Times are sums of steps and may differ in the last digits. */
static bool same(const double *a, const double *b, int64_t count) {
  for (int64_t i = 0; i < count; i++) {
    if (isnan(a[i]) != isnan(b[i]) || fabs(a[i] - b[i]) > 1e-9 * fabs(b[i])) {
      return false;
    }
  }
  return true;
}

dw_status dw_dataset_same_bins(const dw_dataset *dataset, dw_dataset_spectrum spectrum) {
  const dw_dataset_table *table = &dataset->spectrum[spectrum];
  int64_t first[2] = {-1, -1}; /* of each level */
  for (int64_t i = 0; i < dataset->runs; i++) {
    int64_t *reference = &first[dataset->run[i].level == DW_LEVEL_CHEAP ? 1 : 0];
    if (*reference < 0) {
      *reference = i;
    }
    const int64_t r = *reference;
    const bool times = same(table->tau + i * table->times, table->tau + r * table->times, table->times);
    if (!times || !same(table->k + i * table->bins, table->k + r * table->bins, table->bins) ||
        !same(table->count + i * table->bins, table->count + r * table->bins, table->bins)) {
      return dw_fail(DW_ERR_PARAM,
                     "%s: run %s has other %s than run %s; scans that are compared bin by bin must not change the "
                     "lattice, the end or the times of output",
                     dw_dataset_spectrum_name(spectrum), dataset->run[i].id, times ? "bins" : "times",
                     dataset->run[r].id);
    }
  }
  return DW_OK;
}
