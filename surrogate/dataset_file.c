/* dataset.h5: writing. */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "surrogate/dataset_private.h"
#include "surrogate/seal.h"

const char *const dw_dataset_run_names[DW_DATASET_RUN_INTEGERS] = {"/runs/point", "/runs/seed", "/runs/level",
                                                                   "/runs/blind"};

/* gw and omega share a group. */
static const char *const group_of[DW_DATASET_SPECTRA] = {"/field", "/etc", "/gw", "/gw"};

const char *dw_dataset_value_path(dw_dataset_spectrum spectrum, char path[DW_DATASET_PATH]) {
  (void)snprintf(path, DW_DATASET_PATH, "/%s", dw_dataset_spectrum_name(spectrum));
  return path;
}

const char *dw_dataset_axis_path(dw_dataset_spectrum spectrum, const char *name, char path[DW_DATASET_PATH]) {
  (void)snprintf(path, DW_DATASET_PATH, "%s/%s", group_of[spectrum], name);
  return path;
}

dw_status dw_dataset_write_texts(dw_file *file, const char *path, int64_t count, const char *first, size_t size) {
  void *block = NULL;
  DW_TRY(dw_alloc(&block, (size_t)count, sizeof(char *), "texts of a data set"));
  const char **texts = block;
  for (int64_t i = 0; i < count; i++) {
    texts[i] = first + (size_t)i * size;
  }
  const dw_status status = dw_file_write_texts(file, path, (size_t)count, texts);
  dw_free(block);
  return status;
}

static dw_status write_keys(const dw_dataset *d, dw_file *file) {
  void *block = NULL;
  const int64_t n = d->keys;
  DW_TRY(dw_alloc(&block, (size_t)(3 * n), sizeof(double), "parameters of a data set"));
  double *low = block;
  double *high = low + n;
  int64_t *logarithmic = (int64_t *)(high + n);
  for (int64_t i = 0; i < n; i++) {
    low[i] = d->key[i].low;
    high[i] = d->key[i].high;
    logarithmic[i] = d->key[i].logarithmic ? 1 : 0;
  }
  dw_status status = dw_dataset_write_texts(file, "/parameters/key", n, n > 0 ? d->key[0].key : NULL, sizeof d->key[0]);
  if (status == DW_OK) {
    status = dw_dataset_write_texts(file, "/parameters/unit", n, n > 0 ? d->key[0].unit : NULL, sizeof d->key[0]);
  }
  if (status == DW_OK) {
    status = dw_file_write_reals(file, "/parameters/low", 1, &n, low);
  }
  if (status == DW_OK) {
    status = dw_file_write_reals(file, "/parameters/high", 1, &n, high);
  }
  if (status == DW_OK) {
    status = dw_file_write_ints(file, "/parameters/logarithmic", 1, &n, logarithmic);
  }
  dw_free(block);
  return status;
}

static int64_t run_integer(const dw_dataset_run *run, int which) {
  switch (which) {
    case 0: return run->point;
    case 1: return run->seed;
    case 2: return (int64_t)run->level;
    default: return run->blind ? 1 : 0;
  }
}

/* Of each run: a data set holds nothing that was emulated or corrected. */
static dw_status write_provenance(const dw_dataset *d, dw_file *file) {
  static const char *const words[] = {[DW_LEVEL_FINE] = "simulated, fine", [DW_LEVEL_CHEAP] = "simulated, cheap"};
  void *block = NULL;
  DW_TRY(dw_alloc(&block, (size_t)d->runs, sizeof(char *), "runs of a data set"));
  const char **texts = block;
  for (int64_t i = 0; i < d->runs; i++) {
    texts[i] = words[d->run[i].level == DW_LEVEL_CHEAP ? DW_LEVEL_CHEAP : DW_LEVEL_FINE];
  }
  const dw_status status = dw_file_write_texts(file, "/runs/provenance", (size_t)d->runs, texts);
  dw_free(block);
  return status;
}

static dw_status write_runs(const dw_dataset *d, dw_file *file) {
  void *block = NULL;
  DW_TRY(dw_alloc(&block, (size_t)(2 * d->runs), sizeof(double), "runs of a data set"));
  int64_t *integers = block;
  double *seconds = (double *)(integers + d->runs);
  dw_status status = DW_OK;
  for (int which = 0; which < DW_DATASET_RUN_INTEGERS && status == DW_OK; which++) {
    for (int64_t i = 0; i < d->runs; i++) {
      integers[i] = run_integer(&d->run[i], which);
    }
    status = dw_file_write_ints(file, dw_dataset_run_names[which], 1, &d->runs, integers);
  }
  for (int64_t i = 0; i < d->runs; i++) {
    seconds[i] = d->run[i].seconds;
  }
  if (status == DW_OK) {
    status = dw_file_write_reals(file, "/runs/seconds", 1, &d->runs, seconds);
  }
  dw_free(block);
  DW_TRY(status);
  DW_TRY(write_provenance(d, file));
  DW_TRY(dw_dataset_write_texts(file, "/runs/id", d->runs, d->runs > 0 ? d->run[0].id : NULL, sizeof d->run[0]));
  return dw_file_write_reals(file, "/runs/values", 2, (const int64_t[]){d->runs, d->keys}, d->parameter);
}

static dw_status describe_runs(dw_file *file) {
  DW_TRY(dw_attribute_describe(file, "/runs/point", "1", "point of the design, from 0 (R)"));
  DW_TRY(dw_attribute_describe(file, "/runs/seed", "1", "seed (R)"));
  DW_TRY(dw_attribute_describe(file, "/runs/level", "1",
                               "0 = the base run's lattice and equation, 1 = its cheap twin (R)"));
  DW_TRY(dw_attribute_describe(file, "/runs/blind", "1", "1 where the run is a check that nothing is trained on (R)"));
  DW_TRY(dw_attribute_describe(file, "/runs/provenance", "", "how the numbers of a run came about, and its level (R)"));
  DW_TRY(dw_attribute_describe(file, "/runs/seconds", "s", "wall time times processes times threads (R)"));
  DW_TRY(
      dw_attribute_describe(file, "/runs/values", "that of the parameter", "values of the scanned parameters (R,D)"));
  return dw_attribute_describe(file, "/timeseries/value", "that of the column",
                               "rows of timeseries.csv, NaN where empty (R,rows,C)");
}

static dw_status write_axes(const dw_dataset *d, dw_file *file, dw_dataset_spectrum spectrum) {
  const dw_dataset_table *table = &d->spectrum[spectrum];
  char path[DW_DATASET_PATH];
  const int64_t times[2] = {d->runs, table->times};
  const int64_t bins[2] = {d->runs, table->bins};
  DW_TRY(dw_file_write_reals(file, dw_dataset_axis_path(spectrum, "tau", path), 2, times, table->tau));
  DW_TRY(dw_attribute_describe(file, path, "1/m", "conformal time (R,T)"));
  DW_TRY(dw_file_write_reals(file, dw_dataset_axis_path(spectrum, "k", path), 2, bins, table->k));
  DW_TRY(dw_attribute_describe(file, path, "m", "mean comoving |k| of a shell (R,K)"));
  DW_TRY(dw_file_write_reals(file, dw_dataset_axis_path(spectrum, "count", path), 2, bins, table->count));
  return dw_attribute_describe(file, path, "1", "modes of a shell (R,K)");
}

/* Both spectra of the waves lie on the axes of their group. */
static dw_status check_waves(const dw_dataset *d) {
  const dw_dataset_table *gw = &d->spectrum[DW_DATASET_GW];
  const dw_dataset_table *omega = &d->spectrum[DW_DATASET_OMEGA];
  if (gw->times == 0 || omega->times == 0) {
    return DW_OK;
  }
  const size_t times = (size_t)(d->runs * gw->times) * sizeof(double);
  const size_t bins = (size_t)(d->runs * gw->bins) * sizeof(double);
  if (gw->times != omega->times || gw->bins != omega->bins || memcmp(gw->tau, omega->tau, times) != 0 ||
      memcmp(gw->k, omega->k, bins) != 0 || memcmp(gw->count, omega->count, bins) != 0) {
    return dw_fail(DW_ERR_PARAM, "a data set whose gw/omega has other times or bins than its gw/drho_dlnk can't be "
                                 "written: they share a group");
  }
  return DW_OK;
}

static dw_status write_spectrum(const dw_dataset *d, dw_file *file, dw_dataset_spectrum spectrum) {
  static const char *const units[DW_DATASET_SPECTRA] = {"eta^2/m^3", "m eta^4", "m^2 eta^4/M_P^2", "(eta/M_P)^4"};
  const dw_dataset_table *table = &d->spectrum[spectrum];
  char path[DW_DATASET_PATH];
  if (table->times == 0) {
    return DW_OK;
  }
  bool there = false;
  DW_TRY(dw_file_find(file, dw_dataset_axis_path(spectrum, "tau", path), &there));
  if (!there) {
    DW_TRY(write_axes(d, file, spectrum));
  }
  const int64_t shape[3] = {d->runs, table->times, table->bins};
  DW_TRY(dw_file_write_reals(file, dw_dataset_value_path(spectrum, path), 3, shape, table->value));
  return dw_attribute_describe(file, path, units[spectrum], "as in spectra.h5, NaN where there is none (R,T,K)");
}

static dw_status write_all(const dw_dataset *d, dw_file *file, const dw_record *record) {
  DW_TRY(dw_record_write(file, record));
  DW_TRY(dw_attribute_write_int(file, "/", "dataset_version", DW_DATASET_VERSION));
  DW_TRY(dw_attribute_write_text(file, "/", "base", d->base));
  DW_TRY(dw_attribute_write_text(file, "/", "cheap", d->cheap));
  DW_TRY(dw_attribute_write_text(file, "/", "scan", d->scan));
  DW_TRY(write_keys(d, file));
  DW_TRY(write_runs(d, file));
  DW_TRY(dw_dataset_write_texts(file, "/timeseries/column", d->columns, d->columns > 0 ? d->column[0] : NULL,
                                sizeof d->column[0]));
  const int64_t shape[3] = {d->runs, d->rows, d->columns};
  DW_TRY(dw_file_write_reals(file, "/timeseries/value", 3, shape, d->series));
  DW_TRY(describe_runs(file));
  for (int i = 0; i < DW_DATASET_SPECTRA; i++) {
    DW_TRY(write_spectrum(d, file, (dw_dataset_spectrum)i));
  }
  return DW_OK;
}

/* Bytes of the arrays, and some for the rest. */
static uint64_t bytes_of(const dw_dataset *d) {
  int64_t numbers = d->runs * (d->rows * d->columns + d->keys + 64);
  for (int i = 0; i < DW_DATASET_SPECTRA; i++) {
    const dw_dataset_table *table = &d->spectrum[i];
    numbers += d->runs * (table->times * (table->bins + 1) + 2 * table->bins);
  }
  return sizeof(double) * (uint64_t)numbers + (1U << 16);
}

dw_status dw_dataset_write(const dw_dataset *dataset, const char *path, const dw_record *record) {
  dw_file *file = NULL;
  DW_TRY(check_waves(dataset));
  DW_TRY(dw_seal_create(&file, dw_comm_self(), path, bytes_of(dataset)));
  return dw_seal_finish(file, dw_comm_self(), path, write_all(dataset, file, record));
}
