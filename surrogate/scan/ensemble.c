#include "surrogate/scan/ensemble.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "surrogate/dataset_private.h"

enum { PATH_LENGTH = 96 };

/* Runs first .. first + count of the data set are the seeds of one point and level. */
typedef struct group {
  int64_t first;
  int64_t count;
} group;

typedef struct ensemble {
  const dw_dataset *dataset;
  group *groups;
  int64_t count;
} ensemble;

void dw_ensemble_mean(const double *value, int64_t count, int64_t stride, double *mean, double *error, int64_t *used) {
  double sum = 0.0;
  double squares = 0.0;
  *used = 0;
  for (int64_t i = 0; i < count; i++) {
    if (!isnan(value[i * stride])) {
      sum += value[i * stride];
      ++*used;
    }
  }
  *mean = *used > 0 ? sum / (double)*used : (double)NAN;
  for (int64_t i = 0; i < count; i++) {
    if (!isnan(value[i * stride])) {
      squares += (value[i * stride] - *mean) * (value[i * stride] - *mean);
    }
  }
  const double n = (double)*used;
  *error = *used > 1 ? sqrt(squares / (n - 1.0) / n) : (double)NAN;
}

static dw_status find_groups(ensemble *e) {
  const dw_dataset *d = e->dataset;
  void *block = NULL;
  DW_TRY(dw_alloc(&block, (size_t)d->runs, sizeof(group), "ensembles"));
  e->groups = block;
  for (int64_t i = 0; i < d->runs; i++) {
    if (i == 0 || d->run[i].point != d->run[i - 1].point || d->run[i].level != d->run[i - 1].level) {
      e->groups[e->count++] = (group){.first = i, .count = 0};
    }
    e->groups[e->count - 1].count++;
  }
  return DW_OK;
}

static dw_status describe(dw_file *file, const char *path, const char *text) {
  return dw_attribute_write_text(file, path, "description", text);
}

/* Means and errors of an array (runs, width); as NAME and NAME_error with shape (groups, ...). */
static dw_status write_means(const ensemble *e, dw_file *file, const char *name, int rank, const int64_t *shape,
                             const double *values) {
  const int64_t width = shape[1] * (rank > 2 ? shape[2] : 1);
  void *block = NULL;
  char path[PATH_LENGTH];
  DW_TRY(dw_alloc(&block, (size_t)(2 * e->count * width), sizeof(double), "ensembles"));
  double *mean = block;
  double *error = mean + e->count * width;
  for (int64_t g = 0; g < e->count; g++) {
    for (int64_t i = 0; i < width; i++) {
      int64_t used = 0;
      dw_ensemble_mean(values + e->groups[g].first * width + i, e->groups[g].count, width, &mean[g * width + i],
                       &error[g * width + i], &used);
    }
  }
  dw_status status = dw_file_write_reals(file, name, rank, shape, mean);
  (void)snprintf(path, sizeof path, "%s_error", name);
  if (status == DW_OK) {
    status = dw_file_write_reals(file, path, rank, shape, error);
  }
  dw_free(block);
  DW_TRY(status);
  DW_TRY(describe(file, name, "mean over the seeds of a point"));
  DW_TRY(dw_attribute_write_text(file, name, "provenance", "simulated"));
  DW_TRY(dw_attribute_write_text(file, path, "provenance", "simulated"));
  return describe(file, path, "standard error of the mean; NaN with fewer than two seeds");
}

static dw_status write_axis(const ensemble *e, dw_file *file, const char *name, int64_t width, const double *values) {
  void *block = NULL;
  DW_TRY(dw_alloc(&block, (size_t)(e->count * width), sizeof(double), "ensembles"));
  double *axis = block;
  for (int64_t g = 0; g < e->count; g++) {
    memcpy(axis + g * width, values + e->groups[g].first * width, (size_t)width * sizeof *axis);
  }
  const dw_status status = dw_file_write_reals(file, name, 2, (const int64_t[]){e->count, width}, axis);
  dw_free(block);
  return status;
}

static dw_status write_integers(const ensemble *e, dw_file *file, const char *name,
                                int64_t (*of)(const dw_dataset *dataset, const group *group)) {
  void *block = NULL;
  DW_TRY(dw_alloc(&block, (size_t)e->count, sizeof(int64_t), "ensembles"));
  int64_t *integer = block;
  for (int64_t g = 0; g < e->count; g++) {
    integer[g] = of(e->dataset, &e->groups[g]);
  }
  const dw_status status = dw_file_write_ints(file, name, 1, &e->count, integer);
  dw_free(block);
  return status;
}

static int64_t point_of(const dw_dataset *d, const group *g) { return d->run[g->first].point; }
static int64_t level_of(const dw_dataset *d, const group *g) { return (int64_t)d->run[g->first].level; }
static int64_t blind_of(const dw_dataset *d, const group *g) { return d->run[g->first].blind ? 1 : 0; }
static int64_t seeds_of(const dw_dataset *d, const group *g) {
  (void)d;
  return g->count;
}

static dw_status write_points(const ensemble *e, dw_file *file) {
  DW_TRY(write_integers(e, file, "/points/point", point_of));
  DW_TRY(write_integers(e, file, "/points/level", level_of));
  DW_TRY(write_integers(e, file, "/points/blind", blind_of));
  DW_TRY(write_integers(e, file, "/points/seeds", seeds_of));
  return write_axis(e, file, "/points/values", e->dataset->keys, e->dataset->parameter);
}

static dw_status write_spectrum(const ensemble *e, dw_file *file, dw_dataset_spectrum spectrum) {
  const dw_dataset_table *table = &e->dataset->spectrum[spectrum];
  const char *name = dw_dataset_spectrum_name(spectrum);
  char path[PATH_LENGTH];
  if (table->times == 0) {
    return DW_OK;
  }
  (void)snprintf(path, sizeof path, "/%.*s/tau", (int)strcspn(name, "/"), name);
  bool there = false;
  DW_TRY(dw_file_find(file, path, &there));
  if (!there) {
    DW_TRY(write_axis(e, file, path, table->times, table->tau));
    (void)snprintf(path, sizeof path, "/%.*s/k", (int)strcspn(name, "/"), name);
    DW_TRY(write_axis(e, file, path, table->bins, table->k));
    (void)snprintf(path, sizeof path, "/%.*s/count", (int)strcspn(name, "/"), name);
    DW_TRY(write_axis(e, file, path, table->bins, table->count));
  }
  (void)snprintf(path, sizeof path, "/%s", name);
  return write_means(e, file, path, 3, (const int64_t[]){e->count, table->times, table->bins}, table->value);
}

static dw_status write_all(const ensemble *e, dw_file *file, const dw_record *record) {
  const dw_dataset *d = e->dataset;
  DW_TRY(dw_record_write(file, record));
  DW_TRY(dw_attribute_write_text(file, "/", "scan", d->scan));
  DW_TRY(write_points(e, file));
  DW_TRY(
      dw_dataset_write_texts(file, "/parameters/key", d->keys, d->keys > 0 ? d->key[0].key : NULL, sizeof d->key[0]));
  DW_TRY(dw_dataset_write_texts(file, "/timeseries/column", d->columns, d->column[0], sizeof d->column[0]));
  DW_TRY(write_means(e, file, "/timeseries/value", 3, (const int64_t[]){e->count, d->rows, d->columns}, d->series));
  for (int i = 0; i < DW_DATASET_SPECTRA; i++) {
    DW_TRY(write_spectrum(e, file, (dw_dataset_spectrum)i));
  }
  return DW_OK;
}

dw_status dw_ensemble_write(const dw_dataset *dataset, const char *path, const dw_record *record) {
  ensemble e = {.dataset = dataset};
  dw_file *file = NULL;
  DW_TRY(find_groups(&e));
  dw_status status = dw_file_create(&file, dw_comm_self(), path, 1);
  if (status == DW_OK) {
    status = write_all(&e, file, record);
    if (status == DW_OK) {
      status = dw_file_commit(&file);
    } else {
      dw_file_close(file);
    }
  }
  dw_free(e.groups);
  return status;
}
