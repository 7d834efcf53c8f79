/* dataset.h5: reading, with suspicion. */
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "lattice/format.h"
#include "surrogate/dataset_private.h"
#include "surrogate/seal.h"

enum { TEXT_LENGTH = 1 << 20 };

/* What the file claims to hold; `bytes` counts down what it can still hold. */
typedef struct dataset_claims {
  int64_t keys;
  int64_t runs;
  int64_t columns;
  int64_t rows;
  int64_t times[DW_DATASET_SPECTRA];
  int64_t bins[DW_DATASET_SPECTRA];
  int64_t bytes;
} dataset_claims;

/* The shape of a dataset of `rank` dimensions of elements of at least eight bytes, which must fit into what is left
 * of the file. */
static dw_status claim(dw_file *file, dataset_claims *claims, const char *path, int rank, int64_t shape[DW_FILE_RANK]) {
  int found = 0;
  DW_TRY(dw_file_shape(file, path, &found, shape));
  if (found != rank) {
    return dw_fail(DW_ERR_FILE,
                   "%s: %s has %d dimensions, expected %d; the file is damaged, make it again with dwell "
                   "scan --restart",
                   dw_file_path(file), path, found, rank);
  }
  int64_t bytes = (int64_t)sizeof(double);
  for (int i = 0; i < rank; i++) {
    if (shape[i] < 0 || (shape[i] > 0 && bytes > claims->bytes / shape[i])) {
      return dw_fail(DW_ERR_FILE,
                     "%s: %s claims more numbers than the file can hold; it is damaged, make it again with dwell scan "
                     "--restart",
                     dw_file_path(file), path);
    }
    bytes *= shape[i];
  }
  claims->bytes -= bytes;
  return DW_OK;
}

static dw_status check_root(dw_file *file) {
  const char *path = dw_file_path(file);
  int64_t format = 0;
  int64_t version = 0;
  if (!dw_attribute_has(file, "/", "format_version") || !dw_attribute_has(file, "/", "dataset_version")) {
    return dw_fail(DW_ERR_FILE,
                   "%s isn't the data set of a scan: its root has no attribute dataset_version; give the "
                   "dataset.h5 of a scan's directory",
                   path);
  }
  DW_TRY(dw_attribute_read_int(file, "/", "format_version", &format));
  DW_TRY(dw_attribute_read_int(file, "/", "dataset_version", &version));
  if (format != DW_FORMAT_VERSION || version != DW_DATASET_VERSION) {
    return dw_fail(DW_ERR_FILE,
                   "%s has format version %" PRId64 " and data set version %" PRId64
                   ", this program reads %d and %d; use the version of the program that wrote it, or scan again",
                   path, format, version, DW_FORMAT_VERSION, DW_DATASET_VERSION);
  }
  return DW_OK;
}

/* Dimension `place` of a dataset is that of another one. */
static dw_status agree(dw_file *file, const char *path, const int64_t *shape, int place, int64_t wanted) {
  return shape[place] == wanted ? DW_OK
                                : dw_fail(DW_ERR_FILE,
                                          "%s: dimension %d of %s is %" PRId64 ", expected %" PRId64
                                          "; the file is damaged, make it again with dwell scan --restart",
                                          dw_file_path(file), place + 1, path, shape[place], wanted);
}

static dw_status look_at_spectrum(dw_file *file, dataset_claims *c, dw_dataset_spectrum which) {
  int64_t shape[DW_FILE_RANK] = {0};
  char path[DW_DATASET_PATH];
  bool there = false;
  DW_TRY(dw_file_find(file, dw_dataset_value_path(which, path), &there));
  if (!there) {
    return DW_OK;
  }
  DW_TRY(claim(file, c, path, 3, shape));
  DW_TRY(agree(file, path, shape, 0, c->runs));
  c->times[which] = shape[1];
  c->bins[which] = shape[2];
  DW_TRY(claim(file, c, dw_dataset_axis_path(which, "tau", path), 2, shape));
  DW_TRY(agree(file, path, shape, 0, c->runs));
  DW_TRY(agree(file, path, shape, 1, c->times[which]));
  DW_TRY(claim(file, c, dw_dataset_axis_path(which, "k", path), 2, shape));
  DW_TRY(agree(file, path, shape, 0, c->runs));
  return agree(file, path, shape, 1, c->bins[which]);
}

/* All shapes, before anything is allocated: a dimension of 0 makes all others cost nothing in the file, so each is also
 * that of something else. */
static dw_status look(dw_file *file, dataset_claims *c) {
  int64_t shape[DW_FILE_RANK] = {0};
  DW_TRY(check_root(file));
  DW_TRY(claim(file, c, "/parameters/key", 1, shape));
  c->keys = shape[0];
  DW_TRY(claim(file, c, "/runs/id", 1, shape));
  c->runs = shape[0];
  DW_TRY(claim(file, c, "/runs/values", 2, shape));
  DW_TRY(agree(file, "/runs/values", shape, 0, c->runs));
  DW_TRY(agree(file, "/runs/values", shape, 1, c->keys));
  DW_TRY(claim(file, c, "/timeseries/column", 1, shape));
  c->columns = shape[0];
  DW_TRY(claim(file, c, "/timeseries/value", 3, shape));
  DW_TRY(agree(file, "/timeseries/value", shape, 0, c->runs));
  DW_TRY(agree(file, "/timeseries/value", shape, 2, c->columns));
  c->rows = c->columns > 0 ? shape[1] : 0;
  for (int i = 0; i < DW_DATASET_SPECTRA; i++) {
    DW_TRY(look_at_spectrum(file, c, (dw_dataset_spectrum)i));
  }
  return DW_OK;
}

static dw_status read_texts(dw_file *file, const char *path, int64_t count, char *first, size_t size, size_t step) {
  void *block = NULL;
  DW_TRY(dw_alloc(&block, (size_t)count, size, "texts of a data set"));
  const dw_status status = dw_file_read_texts(file, path, (size_t)count, size, block);
  for (int64_t i = 0; i < count && status == DW_OK; i++) {
    memcpy(first + (size_t)i * step, (char *)block + (size_t)i * size, size);
  }
  dw_free(block);
  return status;
}

static dw_status read_keys(dw_dataset *d, dw_file *file) {
  void *block = NULL;
  const int64_t n = d->keys;
  if (n == 0) {
    return DW_OK;
  }
  DW_TRY(read_texts(file, "/parameters/key", n, d->key[0].key, DW_DATASET_KEY, sizeof d->key[0]));
  DW_TRY(read_texts(file, "/parameters/unit", n, d->key[0].unit, DW_DATASET_KEY, sizeof d->key[0]));
  DW_TRY(dw_alloc(&block, (size_t)(3 * n), sizeof(double), "parameters of a data set"));
  double *low = block;
  double *high = low + n;
  int64_t *logarithmic = (int64_t *)(high + n);
  dw_status status = dw_file_read_reals(file, "/parameters/low", 1, &n, low);
  if (status == DW_OK) {
    status = dw_file_read_reals(file, "/parameters/high", 1, &n, high);
  }
  if (status == DW_OK) {
    status = dw_file_read_ints(file, "/parameters/logarithmic", 1, &n, logarithmic);
  }
  for (int64_t i = 0; i < n && status == DW_OK; i++) {
    d->key[i].low = low[i];
    d->key[i].high = high[i];
    d->key[i].logarithmic = logarithmic[i] != 0;
  }
  dw_free(block);
  return status;
}

static dw_status take_integer(const dw_file *file, dw_dataset_run *run, int which, int64_t value) {
  if (value < 0 || (which >= 2 && value > 1)) {
    return dw_fail(DW_ERR_FILE,
                   "%s: %s holds %" PRId64 "; the file is damaged, make it again with dwell scan --restart",
                   dw_file_path(file), dw_dataset_run_names[which], value);
  }
  switch (which) {
    case 0: run->point = value; break;
    case 1: run->seed = value; break;
    case 2: run->level = (dw_dataset_level)value; break;
    default: run->blind = value != 0;
  }
  return DW_OK;
}

static dw_status read_runs(dw_dataset *d, dw_file *file) {
  void *block = NULL;
  if (d->runs == 0) {
    return DW_OK;
  }
  DW_TRY(read_texts(file, "/runs/id", d->runs, d->run[0].id, DW_DATASET_TEXT, sizeof d->run[0]));
  DW_TRY(dw_alloc(&block, (size_t)(2 * d->runs), sizeof(double), "runs of a data set"));
  int64_t *integers = block;
  double *seconds = (double *)(integers + d->runs);
  dw_status status = DW_OK;
  for (int which = 0; which < DW_DATASET_RUN_INTEGERS && status == DW_OK; which++) {
    status = dw_file_read_ints(file, dw_dataset_run_names[which], 1, &d->runs, integers);
    for (int64_t i = 0; i < d->runs && status == DW_OK; i++) {
      status = take_integer(file, &d->run[i], which, integers[i]);
    }
  }
  if (status == DW_OK) {
    status = dw_file_read_reals(file, "/runs/seconds", 1, &d->runs, seconds);
  }
  for (int64_t i = 0; i < d->runs && status == DW_OK; i++) {
    d->run[i].seconds = seconds[i];
  }
  dw_free(block);
  DW_TRY(status);
  return dw_file_read_reals(file, "/runs/values", 2, (const int64_t[]){d->runs, d->keys}, d->parameter);
}

static dw_status read_spectrum(dw_dataset *d, dw_file *file, dw_dataset_spectrum spectrum) {
  dw_dataset_table *table = &d->spectrum[spectrum];
  char path[DW_DATASET_PATH];
  if (table->times == 0) {
    return DW_OK;
  }
  const int64_t times[2] = {d->runs, table->times};
  const int64_t bins[2] = {d->runs, table->bins};
  const int64_t shape[3] = {d->runs, table->times, table->bins};
  DW_TRY(dw_file_read_reals(file, dw_dataset_axis_path(spectrum, "tau", path), 2, times, table->tau));
  DW_TRY(dw_file_read_reals(file, dw_dataset_axis_path(spectrum, "k", path), 2, bins, table->k));
  DW_TRY(dw_file_read_reals(file, dw_dataset_axis_path(spectrum, "count", path), 2, bins, table->count));
  return dw_file_read_reals(file, dw_dataset_value_path(spectrum, path), 3, shape, table->value);
}

static dw_status read_text(dw_file *file, const char *name, char **text) {
  void *room = NULL;
  void *block = NULL;
  DW_TRY(dw_alloc(&room, TEXT_LENGTH, 1, "a text of a data set"));
  dw_status status = dw_attribute_read_text(file, "/", name, room, TEXT_LENGTH);
  const size_t bytes = status == DW_OK ? strlen(room) + 1 : 0;
  if (status == DW_OK) {
    status = dw_alloc(&block, bytes, 1, "a text of a data set");
  }
  if (status == DW_OK) {
    memcpy(block, room, bytes);
    dw_free(*text);
    *text = block;
  }
  dw_free(room);
  return status;
}

static dw_status read_all(dw_dataset *d, dw_file *file) {
  DW_TRY(read_text(file, "base", &d->base));
  DW_TRY(read_text(file, "cheap", &d->cheap));
  DW_TRY(read_text(file, "scan", &d->scan));
  DW_TRY(read_keys(d, file));
  DW_TRY(read_runs(d, file));
  if (d->columns > 0) {
    DW_TRY(read_texts(file, "/timeseries/column", d->columns, d->column[0], DW_DATASET_KEY, sizeof d->column[0]));
    const int64_t shape[3] = {d->runs, d->rows, d->columns};
    DW_TRY(dw_file_read_reals(file, "/timeseries/value", 3, shape, d->series));
  }
  for (int i = 0; i < DW_DATASET_SPECTRA; i++) {
    DW_TRY(read_spectrum(d, file, (dw_dataset_spectrum)i));
  }
  return DW_OK;
}

dw_status dw_dataset_read(dw_dataset **dataset, const char *path) {
  *dataset = NULL;
  struct stat state;
  dw_file *file = NULL;
  if (dw_seal_has(path)) { /* HDF5 can crash over a spoiled byte */
    DW_TRY(dw_seal_check(path, NULL));
  }
  DW_TRY(dw_file_open(&file, dw_comm_self(), path));
  dataset_claims c = {.bytes = stat(path, &state) == 0 ? (int64_t)state.st_size : 0};
  dw_dataset *d = NULL;
  dw_status status = look(file, &c);
  if (status == DW_OK) {
    status = dw_dataset_create(&d, c.keys, c.runs, c.columns, c.rows, c.times, c.bins);
  }
  if (status == DW_OK) {
    status = read_all(d, file);
  }
  dw_file_close(file);
  if (status != DW_OK) {
    dw_dataset_destroy(d);
    return status;
  }
  *dataset = d;
  return DW_OK;
}
