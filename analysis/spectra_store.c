#include "analysis/spectra_store.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"

enum { PATH_LENGTH = 128 };

/* Numbers in one row of one value. */
static int64_t width(const dw_spectra_store *store) {
  return (store->references > 0 ? store->references : 1) * store->shells;
}

static const char *path_of(const dw_spectra_store *store, const char *name, char path[PATH_LENGTH]) {
  (void)snprintf(path, PATH_LENGTH, "/%s/%s", dw_spectra_group_name(store->group), name);
  return path;
}

/* --- memory --- */

/* A new block of `capacity` numbers takes over the `held` first ones of the old, which is released. */
static dw_status grow_reals(double **reals, int64_t held, int64_t capacity) {
  void *larger = NULL;
  DW_TRY(dw_alloc(&larger, (size_t)capacity, sizeof **reals, "spectra over time"));
  if (held > 0) {
    memcpy(larger, *reals, (size_t)held * sizeof **reals);
  }
  dw_free(*reals);
  *reals = larger;
  return DW_OK;
}

static dw_status grow_ints(int64_t **ints, int64_t held, int64_t capacity) {
  void *larger = NULL;
  DW_TRY(dw_alloc(&larger, (size_t)capacity, sizeof **ints, "spectra over time"));
  if (held > 0) {
    memcpy(larger, *ints, (size_t)held * sizeof **ints);
  }
  dw_free(*ints);
  *ints = larger;
  return DW_OK;
}

static dw_status reserve(dw_spectra_store *store, int64_t capacity) {
  if (capacity <= store->capacity) {
    return DW_OK;
  }
  DW_TRY(grow_ints(&store->step, store->rows, capacity));
  DW_TRY(grow_reals(&store->tau, store->rows, capacity));
  DW_TRY(grow_reals(&store->a, store->rows, capacity));
  for (int i = 0; i < dw_spectra_value_count(store->group); i++) {
    DW_TRY(grow_reals(&store->value[i], store->rows * width(store), capacity * width(store)));
  }
  store->capacity = capacity;
  return DW_OK;
}

dw_status dw_spectra_store_declare(dw_spectra_store *store, int group, int64_t shells, const double *k,
                                   const int64_t *count, int64_t references, const double *reference_tau) {
  dw_spectra_store_free(store);
  *store = (dw_spectra_store){.group = group, .shells = shells, .references = references};
  DW_TRY(grow_reals(&store->k, 0, shells));
  DW_TRY(grow_ints(&store->count, 0, shells));
  memcpy(store->k, k, (size_t)shells * sizeof *k);
  memcpy(store->count, count, (size_t)shells * sizeof *count);
  if (references > 0) {
    DW_TRY(grow_reals(&store->reference_tau, 0, references));
    memcpy(store->reference_tau, reference_tau, (size_t)references * sizeof *reference_tau);
  }
  DW_TRY(reserve(store, 16));
  store->declared = true;
  return DW_OK;
}

void dw_spectra_store_free(dw_spectra_store *store) {
  dw_free(store->k);
  dw_free(store->count);
  dw_free(store->reference_tau);
  dw_free(store->step);
  dw_free(store->tau);
  dw_free(store->a);
  for (int i = 0; i < DW_SPECTRA_VALUES; i++) {
    dw_free(store->value[i]);
  }
  memset(store, 0, sizeof *store);
}

dw_status dw_spectra_store_append(dw_spectra_store *store, int64_t step, double tau, double a,
                                  const double *const *values) {
  const bool again = store->rows > 0 && store->step[store->rows - 1] == step;
  if (!again && store->rows == store->capacity) {
    DW_TRY(reserve(store, 2 * store->capacity));
  }
  const int64_t row = again ? store->rows - 1 : store->rows;
  store->step[row] = step;
  store->tau[row] = tau;
  store->a[row] = a;
  for (int i = 0; i < dw_spectra_value_count(store->group); i++) {
    double *to = store->value[i] + row * width(store);
    for (int64_t n = 0; n < width(store); n++) {
      to[n] = values != NULL ? values[i][n] : (double)NAN;
    }
  }
  store->rows = row + 1;
  return DW_OK;
}

void dw_spectra_store_amend(dw_spectra_store *store, int64_t step, int64_t reference, const double *const *values) {
  int64_t row = store->rows - 1;
  while (row >= 0 && store->step[row] != step) {
    row--;
  }
  for (int i = 0; row >= 0 && i < dw_spectra_value_count(store->group); i++) {
    double *to = store->value[i] + row * width(store) + reference * store->shells;
    memcpy(to, values[i], (size_t)store->shells * sizeof *to);
  }
}

uint64_t dw_spectra_store_bytes(const dw_spectra_store *store) {
  const int64_t values = dw_spectra_value_count(store->group) * width(store);
  return sizeof(double) * (uint64_t)(store->rows * (values + 3) + 2 * store->shells + store->references);
}

/* --- files --- */

static dw_status write_axis(const dw_spectra_store *store, dw_file *file, const char *name, int64_t length,
                            const double *reals, const int64_t *ints) {
  char path[PATH_LENGTH];
  if (reals != NULL) {
    DW_TRY(dw_file_write_reals(file, path_of(store, name, path), 1, &length, reals));
  } else {
    DW_TRY(dw_file_write_ints(file, path_of(store, name, path), 1, &length, ints));
  }
  return dw_spectra_describe(file, store->group, name);
}

/* Between rows as they came, (T,R,K), and the order of the file, (R,T,K). */
static void swap_axes(const dw_spectra_store *store, int64_t rows, const double *from, double *to, bool to_file) {
  const size_t bytes = (size_t)store->shells * sizeof *to;
  for (int64_t r = 0; r < store->references; r++) {
    for (int64_t t = 0; t < rows; t++) {
      const int64_t in_memory = (t * store->references + r) * store->shells;
      const int64_t in_file = (r * rows + t) * store->shells;
      memcpy(to + (to_file ? in_file : in_memory), from + (to_file ? in_memory : in_file), bytes);
    }
  }
}

static dw_status write_value(const dw_spectra_store *store, dw_file *file, int value) {
  const char *name = dw_spectra_value_name(store->group, value);
  char path[PATH_LENGTH];
  (void)path_of(store, name, path);
  if (store->references == 0) {
    DW_TRY(dw_file_write_reals(file, path, 2, (const int64_t[]){store->rows, store->shells}, store->value[value]));
    return dw_spectra_describe(file, store->group, name);
  }
  void *turned = NULL;
  DW_TRY(dw_alloc(&turned, (size_t)(store->rows * width(store)), sizeof(double), "spectra on their way to a file"));
  swap_axes(store, store->rows, store->value[value], turned, true);
  const int64_t shape[3] = {store->references, store->rows, store->shells};
  const dw_status status = dw_file_write_reals(file, path, 3, shape, turned);
  dw_free(turned);
  DW_TRY(status);
  return dw_spectra_describe(file, store->group, name);
}

static dw_status write_grid(const dw_spectra_store *store, dw_file *file) {
  char path[PATH_LENGTH];
  (void)snprintf(path, sizeof path, "/%s", dw_spectra_group_name(store->group));
  DW_TRY(dw_attribute_write_int(file, path, "coarsening", store->coarsening));
  DW_TRY(dw_attribute_write_real(file, path, "grid_spacing", store->grid_spacing));
  return dw_attribute_write_real(file, path, "k_end", store->k_end);
}

dw_status dw_spectra_store_write(const dw_spectra_store *store, dw_file *file) {
  DW_TRY(write_axis(store, file, "step", store->rows, NULL, store->step));
  DW_TRY(write_axis(store, file, "tau", store->rows, store->tau, NULL));
  DW_TRY(write_axis(store, file, "a", store->rows, store->a, NULL));
  DW_TRY(write_axis(store, file, "k", store->shells, store->k, NULL));
  DW_TRY(write_axis(store, file, "count", store->shells, NULL, store->count));
  if (store->references > 0) {
    DW_TRY(write_axis(store, file, "reference_tau", store->references, store->reference_tau, NULL));
  }
  for (int i = 0; i < dw_spectra_value_count(store->group); i++) {
    DW_TRY(write_value(store, file, i));
  }
  return store->coarsening > 0 ? write_grid(store, file) : DW_OK;
}

static dw_status read_value(dw_spectra_store *store, dw_file *file, int value, int64_t rows) {
  char path[PATH_LENGTH];
  (void)path_of(store, dw_spectra_value_name(store->group, value), path);
  if (store->references == 0) {
    return dw_file_read_reals(file, path, 2, (const int64_t[]){rows, store->shells}, store->value[value]);
  }
  void *turned = NULL;
  DW_TRY(dw_alloc(&turned, (size_t)(rows * width(store)), sizeof(double), "spectra from a file"));
  const int64_t shape[3] = {store->references, rows, store->shells};
  const dw_status status = dw_file_read_reals(file, path, 3, shape, turned);
  if (status == DW_OK) {
    swap_axes(store, rows, turned, store->value[value], false);
  }
  dw_free(turned);
  return status;
}

dw_status dw_spectra_store_read(dw_spectra_store *store, dw_file *file, int64_t last) {
  char path[PATH_LENGTH];
  bool there = false;
  DW_TRY(dw_file_find(file, path_of(store, "step", path), &there));
  if (!there) {
    return DW_OK;
  }
  int64_t rows = 0;
  DW_TRY(dw_file_length(file, path, &rows));
  DW_TRY(reserve(store, rows));
  DW_TRY(dw_file_read_ints(file, path, 1, &rows, store->step));
  DW_TRY(dw_file_read_reals(file, path_of(store, "tau", path), 1, &rows, store->tau));
  DW_TRY(dw_file_read_reals(file, path_of(store, "a", path), 1, &rows, store->a));
  for (int i = 0; i < dw_spectra_value_count(store->group); i++) {
    DW_TRY(read_value(store, file, i, rows));
  }
  while (store->rows < rows && store->step[store->rows] <= last) {
    store->rows++;
  }
  return DW_OK;
}
