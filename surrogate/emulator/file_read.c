/* Model files: reading. The seal is checked before HDF5 sees the file, and what it claims before memory is taken. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "surrogate/emulator/file_private.h"
#include "surrogate/emulator/linear.h"
#include "surrogate/seal.h"

typedef struct reader {
  dw_file *file;
  uint64_t bytes; /* of the content */
} reader;

static dw_status refuse(const reader *r, const char *what) {
  return dw_fail(DW_ERR_FILE, "%s isn't a model that can be used: %s; train it again", dw_file_path(r->file), what);
}

/* A count of things that take at least `size` bytes each in the file. */
static dw_status count(const reader *r, const char *object, const char *name, int64_t least, int64_t size,
                       int64_t *value) {
  DW_TRY(dw_attribute_read_int(r->file, object, name, value));
  if (*value < least || (uint64_t)*value > r->bytes / (uint64_t)size) {
    char what[DW_FILE_NAME + 64];
    (void)snprintf(what, sizeof what, "%s of %s is %lld", name, object, (long long)*value);
    return refuse(r, what);
  }
  return DW_OK;
}

/* Length of a dataset of rank 1, within what the file can hold. */
static dw_status length(const reader *r, const char *path, int64_t *value) {
  int rank = 0;
  int64_t shape[DW_FILE_RANK];
  DW_TRY(dw_file_shape(r->file, path, &rank, shape));
  if (rank != 1 || shape[0] < 1 || (uint64_t)shape[0] > r->bytes) {
    char what[DW_FILE_NAME + 64];
    (void)snprintf(what, sizeof what, "%s isn't a list", path);
    return refuse(r, what);
  }
  *value = shape[0];
  return DW_OK;
}

static dw_status reals(const reader *r, const char *path, int rank, const int64_t *shape, double *values) {
  DW_TRY(dw_file_read_reals(r->file, path, rank, shape, values));
  int64_t numbers = 1;
  for (int i = 0; i < rank; i++) {
    numbers *= shape[i];
  }
  for (int64_t i = 0; i < numbers; i++) {
    if (!isfinite(values[i])) {
      char what[DW_FILE_NAME + 64];
      (void)snprintf(what, sizeof what, "%s holds %g", path, values[i]);
      return refuse(r, what);
    }
  }
  return DW_OK;
}

/* --- the root --- */

static dw_status check_kind(const reader *r) {
  char kind[64] = "";
  int64_t version = 0;
  if (!dw_attribute_has(r->file, "/", "kind") || !dw_attribute_has(r->file, "/", "model_version")) {
    return refuse(r, "it has no kind and no model_version");
  }
  DW_TRY(dw_attribute_read_text(r->file, "/", "kind", kind, sizeof kind));
  if (strcmp(kind, DW_EMULATOR_KIND) != 0) {
    return dw_fail(DW_ERR_FILE, "%s is a %s, not a " DW_EMULATOR_KIND, dw_file_path(r->file), kind);
  }
  DW_TRY(dw_attribute_read_int(r->file, "/", "model_version", &version));
  if (version != DW_EMULATOR_VERSION) {
    return dw_fail(DW_ERR_FILE, "%s is a model of version %lld, this program reads version %d; train it again",
                   dw_file_path(r->file), (long long)version, DW_EMULATOR_VERSION);
  }
  return DW_OK;
}

static dw_status read_keys(const reader *r, dw_emulator *e) {
  double low[DW_KERNEL_DIMS];
  double high[DW_KERNEL_DIMS];
  int64_t logarithmic[DW_KERNEL_DIMS];
  char text[DW_KERNEL_DIMS][DW_DATASET_KEY];
  const size_t dims = (size_t)e->dims;
  DW_TRY(dw_file_read_texts(r->file, "/parameters/key", dims, DW_DATASET_KEY, text[0]));
  for (size_t d = 0; d < dims; d++) {
    memcpy(e->key[d].key, text[d], DW_DATASET_KEY);
  }
  DW_TRY(dw_file_read_texts(r->file, "/parameters/unit", dims, DW_DATASET_KEY, text[0]));
  DW_TRY(reals(r, "/parameters/low", 1, &e->dims, low));
  DW_TRY(reals(r, "/parameters/high", 1, &e->dims, high));
  DW_TRY(dw_file_read_ints(r->file, "/parameters/logarithmic", 1, &e->dims, logarithmic));
  for (size_t d = 0; d < dims; d++) {
    memcpy(e->key[d].unit, text[d], DW_DATASET_KEY);
    e->key[d].low = low[d];
    e->key[d].high = high[d];
    e->key[d].logarithmic = logarithmic[d] != 0;
    if (!(low[d] < high[d]) || (e->key[d].logarithmic && !(low[d] > 0.0))) {
      return refuse(r, "a range of a parameter is none");
    }
  }
  return DW_OK;
}

static dw_status read_base(const reader *r, char **base) {
  int64_t size = 0;
  DW_TRY(count(r, "/", "base_bytes", 1, 1, &size));
  DW_TRY(dw_alloc((void **)base, (size_t)size, 1, "parameters of a model"));
  return dw_attribute_read_text(r->file, "/", "base", *base, (size_t)size);
}

static dw_status read_root(const reader *r, dw_emulator *e) {
  int64_t kernel = 0;
  int64_t trend = 0;
  DW_TRY(count(r, "/", "kernel", 0, 1, &kernel));
  DW_TRY(count(r, "/", "trend", 0, 1, &trend));
  DW_TRY(count(r, "/", "levels", 1, 1, &e->levels));
  DW_TRY(count(r, "/", "components", 1, 1, &e->components));
  DW_TRY(count(r, "/", "quantities", 1, 1, &e->quantities));
  DW_TRY(dw_attribute_read_real(r->file, "/", "bound", &e->bound));
  DW_TRY(dw_attribute_read_real(r->file, "/", "reach", &e->reach));
  if (kernel > DW_KERNEL_SQUARED || trend > DW_TREND_QUADRATIC || e->levels > DW_EMULATOR_LEVELS ||
      e->quantities > DW_EMULATOR_QUANTITIES || !(e->bound > 0.0) || !(e->reach >= 0.0)) {
    return refuse(r, "an attribute of the root has a value this program doesn't know");
  }
  e->kernel = (dw_emulator_kernel)kernel;
  e->trend = (dw_emulator_trend)trend;
  DW_TRY(read_keys(r, e));
  DW_TRY(dw_file_read_texts(r->file, "/runs/id", (size_t)e->runs, DW_DATASET_TEXT, e->id[0]));
  return dw_file_read_ints(r->file, "/points/design", 1, &e->points, e->design);
}

/* --- quantities --- */

static dw_status read_processes(const reader *r, dw_layer *layer, int64_t q, int64_t l, bool is_noise) {
  const int64_t hypers = dw_kernel_hypers(layer->dims);
  const int64_t n = layer->points;
  double *block = NULL;
  char path[DW_FILE_NAME];
  DW_TRY(dw_alloc((void **)&block, (size_t)(layer->components * (hypers + 2 * n)), sizeof *block, "model file"));
  double *z = block + layer->components * hypers;
  double *noise = z + layer->components * n;
  dw_status status =
      reals(r, dw_emulator_layer_path(path, q, l, "hyper"), 2, (const int64_t[]){layer->components, hypers}, block);
  if (status == DW_OK) {
    status = reals(r, dw_emulator_layer_path(path, q, l, "z"), 2, (const int64_t[]){layer->components, n}, z);
  }
  if (status == DW_OK) {
    status = reals(r, dw_emulator_layer_path(path, q, l, "noise"), 2, (const int64_t[]){layer->components, n}, noise);
  }
  for (int64_t c = 0; c < layer->components && status == DW_OK; c++) {
    dw_process *process = &layer->process[c];
    process->nugget_is_noise = is_noise;
    memcpy(process->hyper, block + c * hypers, (size_t)hypers * sizeof *block);
    memcpy(process->z, z + c * n, (size_t)n * sizeof *z);
    memcpy(process->noise, noise + c * n, (size_t)n * sizeof *noise);
    status = dw_process_condition(process);
  }
  dw_free(block);
  return status;
}

static dw_status read_layer(const reader *r, const dw_emulator *e, int64_t outputs, dw_layer *layer, int64_t q,
                            int64_t l) {
  char path[DW_FILE_NAME];
  int64_t components = 0;
  int64_t points = 0;
  int64_t is_noise = 0;
  (void)dw_emulator_layer_path(path, q, l, "");
  DW_TRY(count(r, path, "components", 0, 8, &components));
  DW_TRY(count(r, path, "points", 1, 8, &points));
  DW_TRY(count(r, path, "nugget_is_noise", 0, 1, &is_noise));
  if (components > DW_LAYER_COMPONENTS) {
    return refuse(r, "a quantity has more components than this program knows");
  }
  const dw_layer_options options = {.kernel = e->kernel, .trend = e->trend};
  DW_TRY(dw_layer_init(layer, e->dims, points, outputs, components, &options));
  DW_TRY(reals(r, dw_emulator_layer_path(path, q, l, "x"), 2, (const int64_t[]){points, e->dims}, layer->x));
  DW_TRY(reals(r, dw_emulator_layer_path(path, q, l, "mean"), 1, &outputs, layer->mean));
  DW_TRY(reals(r, dw_emulator_layer_path(path, q, l, "truncation"), 1, &outputs, layer->truncation));
  if (components == 0) {
    return DW_OK;
  }
  DW_TRY(
      reals(r, dw_emulator_layer_path(path, q, l, "basis"), 2, (const int64_t[]){components, outputs}, layer->basis));
  return read_processes(r, layer, q, l, is_noise != 0);
}

static dw_status read_about(const reader *r, const char *path, dw_emulator_quantity *about) {
  DW_TRY(dw_attribute_read_real(r->file, path, "scale", &about->scale));
  DW_TRY(dw_attribute_read_real(r->file, path, "q68", &about->q68));
  DW_TRY(dw_attribute_read_real(r->file, path, "q95", &about->q95));
  DW_TRY(dw_attribute_read_real(r->file, path, "error", &about->error));
  return isfinite(about->scale) && isfinite(about->q68) && isfinite(about->q95) && isfinite(about->error)
             ? DW_OK
             : refuse(r, "a factor of the errors isn't a number");
}

static dw_status read_part(const reader *r, const dw_emulator *e, int64_t q, dw_emulator_part *part) {
  char path[DW_FILE_NAME];
  char name[DW_DATASET_KEY];
  int64_t is_spectrum = 0;
  int64_t layers = 0;
  int64_t times = 0;
  int64_t bins = 0;
  (void)dw_emulator_path(path, q, "");
  DW_TRY(dw_attribute_read_text(r->file, path, "name", name, sizeof name));
  DW_TRY(count(r, path, "is_spectrum", 0, 1, &is_spectrum));
  DW_TRY(count(r, path, "layers", 1, 1, &layers));
  DW_TRY(length(r, dw_emulator_path(path, q, "tau"), &times));
  DW_TRY(length(r, dw_emulator_path(path, q, "k"), &bins));
  if (layers > e->levels || times > DW_EMULATOR_TIMES || (uint64_t)(times * bins) > r->bytes / sizeof(double)) {
    return refuse(r, "a quantity has more layers, times or bins than the file");
  }
  DW_TRY(dw_emulator_part_init(part, name, is_spectrum != 0, e->dims, e->points, times, bins));
  DW_TRY(read_about(r, dw_emulator_path(path, q, ""), &part->about));
  DW_TRY(reals(r, dw_emulator_path(path, q, "tau"), 1, &times, part->tau));
  DW_TRY(reals(r, dw_emulator_path(path, q, "k"), 1, &bins, part->k));
  DW_TRY(reals(r, dw_emulator_path(path, q, "count"), 1, &bins, part->count));
  DW_TRY(reals(r, dw_emulator_path(path, q, "seed"), 2, (const int64_t[]){times, bins}, part->seed));
  DW_TRY(reals(r, dw_emulator_path(path, q, "slope"), 1, &e->dims, part->slope));
  DW_TRY(reals(r, dw_emulator_path(path, q, "check"), 2, (const int64_t[]){e->points, 2}, part->check));
  if (layers > 1 && dw_file_has(r->file, dw_emulator_path(path, q, "rho"))) {
    DW_TRY(reals(r, path, 2, (const int64_t[]){times, bins}, part->rho));
  }
  for (int64_t l = 0; l < layers; l++) {
    part->layers++;
    DW_TRY(read_layer(r, e, times * bins, &part->layer[l], q, l));
  }
  return DW_OK;
}

/* --- the file --- */

static dw_status read_all(const reader *r, dw_emulator **emulator) {
  int64_t dims = 0;
  int64_t runs = 0;
  int64_t points = 0;
  char *base = NULL;
  DW_TRY(check_kind(r));
  DW_TRY(length(r, "/parameters/low", &dims));
  DW_TRY(length(r, "/runs/id", &runs));
  DW_TRY(length(r, "/points/design", &points));
  if (dims > DW_KERNEL_DIMS) {
    return refuse(r, "it has more parameters than this program knows");
  }
  dw_status status = read_base(r, &base);
  if (status == DW_OK) {
    status = dw_emulator_create(emulator, dims, runs, points, base);
  }
  dw_free(base);
  if (status == DW_OK) {
    status = read_root(r, *emulator);
  }
  for (int64_t q = 0; status == DW_OK && q < (*emulator)->quantities; q++) {
    status = read_part(r, *emulator, q, &(*emulator)->part[q]);
  }
  if (status == DW_OK) {
    dw_emulator_count(*emulator);
  }
  return status;
}

dw_status dw_emulator_read(dw_emulator **emulator, const char *path) {
  reader r = {.file = NULL};
  *emulator = NULL;
  dw_linear_start();
  DW_TRY(dw_seal_check(path, &r.bytes));
  DW_TRY(dw_file_open(&r.file, dw_comm_self(), path));
  const dw_status status = read_all(&r, emulator);
  dw_file_close(r.file);
  if (status != DW_OK) {
    dw_emulator_destroy(*emulator);
    *emulator = NULL;
  }
  return status;
}
