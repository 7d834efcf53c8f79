/* Model files: writing. docs/emulator.md has the layout. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "surrogate/emulator/file_private.h"
#include "surrogate/seal.h"

const char *dw_emulator_path(char path[DW_FILE_NAME], int64_t q, const char *name) {
  (void)snprintf(path, DW_FILE_NAME, "/quantity%lld%s%s", (long long)q, name[0] != '\0' ? "/" : "", name);
  return path;
}

const char *dw_emulator_layer_path(char path[DW_FILE_NAME], int64_t q, int64_t layer, const char *name) {
  (void)snprintf(path, DW_FILE_NAME, "/quantity%lld/layer%lld%s%s", (long long)q, (long long)layer,
                 name[0] != '\0' ? "/" : "", name);
  return path;
}

static dw_status reals(dw_file *file, const char *path, int rank, const int64_t *shape, const double *values,
                       const char *unit, const char *text) {
  DW_TRY(dw_file_write_reals(file, path, rank, shape, values));
  return dw_attribute_describe(file, path, unit, text);
}

/* --- the root --- */

static dw_status write_keys(dw_file *file, const dw_emulator *e) {
  const char *key[DW_KERNEL_DIMS];
  const char *unit[DW_KERNEL_DIMS];
  double low[DW_KERNEL_DIMS];
  double high[DW_KERNEL_DIMS];
  int64_t logarithmic[DW_KERNEL_DIMS];
  for (int64_t d = 0; d < e->dims; d++) {
    key[d] = e->key[d].key;
    unit[d] = e->key[d].unit;
    low[d] = e->key[d].low;
    high[d] = e->key[d].high;
    logarithmic[d] = e->key[d].logarithmic ? 1 : 0;
  }
  DW_TRY(dw_file_write_texts(file, "/parameters/key", (size_t)e->dims, key));
  DW_TRY(dw_file_write_texts(file, "/parameters/unit", (size_t)e->dims, unit));
  DW_TRY(reals(file, "/parameters/low", 1, &e->dims, low, "that of the parameter", "range that was learned"));
  DW_TRY(reals(file, "/parameters/high", 1, &e->dims, high, "that of the parameter", "range that was learned"));
  DW_TRY(dw_file_write_ints(file, "/parameters/logarithmic", 1, &e->dims, logarithmic));
  return dw_attribute_describe(file, "/parameters/logarithmic", "1", "1 where coordinates are those of the logarithm");
}

static dw_status write_runs(dw_file *file, const dw_emulator *e) {
  void *block = NULL;
  DW_TRY(dw_alloc(&block, (size_t)e->runs, sizeof(char *), "model file"));
  const char **id = block;
  for (int64_t r = 0; r < e->runs; r++) {
    id[r] = e->id[r];
  }
  const dw_status status = dw_file_write_texts(file, "/runs/id", (size_t)e->runs, id);
  dw_free(block);
  DW_TRY(status);
  DW_TRY(dw_attribute_describe(file, "/runs/id", "", "runs of the scan that were learned from"));
  DW_TRY(dw_file_write_ints(file, "/points/design", 1, &e->points, e->design));
  return dw_attribute_describe(file, "/points/design", "1", "points of the design, fine level (n)");
}

static dw_status write_root(dw_file *file, const dw_emulator *e, const dw_provenance *provenance) {
  DW_TRY(dw_provenance_write(file, provenance));
  DW_TRY(dw_attribute_write_text(file, "/", "kind", DW_EMULATOR_KIND));
  DW_TRY(dw_attribute_write_int(file, "/", "model_version", DW_EMULATOR_VERSION));
  DW_TRY(dw_attribute_write_text(file, "/", "base", e->base));
  DW_TRY(dw_attribute_write_int(file, "/", "base_bytes", (int64_t)strlen(e->base) + 1));
  DW_TRY(dw_attribute_write_int(file, "/", "kernel", e->kernel));
  DW_TRY(dw_attribute_write_int(file, "/", "trend", e->trend));
  DW_TRY(dw_attribute_write_int(file, "/", "levels", e->levels));
  DW_TRY(dw_attribute_write_int(file, "/", "components", e->components));
  DW_TRY(dw_attribute_write_int(file, "/", "quantities", e->quantities));
  DW_TRY(dw_attribute_write_real(file, "/", "bound", e->bound));
  DW_TRY(dw_attribute_write_real(file, "/", "reach", e->reach));
  DW_TRY(write_keys(file, e));
  return write_runs(file, e);
}

/* --- quantities --- */

static dw_status write_processes(dw_file *file, const dw_layer *layer, int64_t q, int64_t l) {
  const int64_t hypers = dw_kernel_hypers(layer->dims);
  const int64_t n = layer->points;
  double *block = NULL;
  char path[DW_FILE_NAME];
  DW_TRY(dw_alloc((void **)&block, (size_t)(layer->components * (hypers + 2 * n)), sizeof *block, "model file"));
  double *hyper = block;
  double *z = hyper + layer->components * hypers;
  double *noise = z + layer->components * n;
  for (int64_t c = 0; c < layer->components; c++) {
    memcpy(hyper + c * hypers, layer->process[c].hyper, (size_t)hypers * sizeof *hyper);
    memcpy(z + c * n, layer->process[c].z, (size_t)n * sizeof *z);
    memcpy(noise + c * n, layer->process[c].noise, (size_t)n * sizeof *noise);
  }
  dw_status status =
      reals(file, dw_emulator_layer_path(path, q, l, "hyper"), 2, (const int64_t[]){layer->components, hypers}, hyper,
            "1", "logarithms of the lengths, the amplitude, the trend's and the nugget (q, D + 3)");
  if (status == DW_OK) {
    status = reals(file, dw_emulator_layer_path(path, q, l, "z"), 2, (const int64_t[]){layer->components, n}, z, "1",
                   "components of the points (q, n)");
  }
  if (status == DW_OK) {
    status = reals(file, dw_emulator_layer_path(path, q, l, "noise"), 2, (const int64_t[]){layer->components, n}, noise,
                   "1", "variance that the seeds leave in them (q, n)");
  }
  dw_free(block);
  return status;
}

static dw_status write_layer(dw_file *file, const dw_layer *layer, int64_t q, int64_t l) {
  char path[DW_FILE_NAME];
  DW_TRY(dw_file_group(file, dw_emulator_layer_path(path, q, l, "")));
  const bool is_noise = layer->components > 0 && layer->process[0].nugget_is_noise;
  DW_TRY(dw_attribute_write_int(file, path, "components", layer->components));
  DW_TRY(dw_attribute_write_int(file, path, "points", layer->points));
  DW_TRY(dw_attribute_write_int(file, path, "nugget_is_noise", is_noise ? 1 : 0));
  DW_TRY(reals(file, dw_emulator_layer_path(path, q, l, "x"), 2, (const int64_t[]){layer->points, layer->dims},
               layer->x, "1", "coordinates of the points, ranges are -1 to 1 (n, D)"));
  DW_TRY(reals(file, dw_emulator_layer_path(path, q, l, "mean"), 1, &layer->outputs, layer->mean, "1",
               "mean of the logarithms over the points (M)"));
  DW_TRY(reals(file, dw_emulator_layer_path(path, q, l, "truncation"), 1, &layer->outputs, layer->truncation, "1",
               "variance that the components leave (M)"));
  if (layer->components == 0) {
    return DW_OK;
  }
  DW_TRY(reals(file, dw_emulator_layer_path(path, q, l, "basis"), 2,
               (const int64_t[]){layer->components, layer->outputs}, layer->basis, "1",
               "principal components, for z of unit variance (q, M)"));
  return write_processes(file, layer, q, l);
}

static dw_status write_part(dw_file *file, const dw_emulator *e, int64_t q) {
  const dw_emulator_part *part = &e->part[q];
  const int64_t times = part->about.times;
  const int64_t bins = part->about.bins;
  char path[DW_FILE_NAME];
  DW_TRY(dw_file_group(file, dw_emulator_path(path, q, "")));
  DW_TRY(dw_attribute_write_text(file, path, "name", part->name));
  DW_TRY(dw_attribute_write_int(file, path, "is_spectrum", part->is_spectrum ? 1 : 0));
  DW_TRY(dw_attribute_write_int(file, path, "layers", part->layers));
  DW_TRY(dw_attribute_write_real(file, path, "scale", part->about.scale));
  DW_TRY(dw_attribute_write_real(file, path, "q68", part->about.q68));
  DW_TRY(dw_attribute_write_real(file, path, "q95", part->about.q95));
  DW_TRY(dw_attribute_write_real(file, path, "error", part->about.error));
  DW_TRY(reals(file, dw_emulator_path(path, q, "tau"), 1, &times, part->tau, "1/m", "conformal times (T)"));
  DW_TRY(reals(file, dw_emulator_path(path, q, "k"), 1, &bins, part->k, "m", "wave numbers; 0 for a number (K)"));
  DW_TRY(reals(file, dw_emulator_path(path, q, "count"), 1, &bins, part->count, "1", "modes of a shell (K)"));
  DW_TRY(reals(file, dw_emulator_path(path, q, "seed"), 2, (const int64_t[]){times, bins}, part->seed, "1",
               "variance of the logarithm from seed to seed (T, K)"));
  DW_TRY(reals(file, dw_emulator_path(path, q, "slope"), 1, &e->dims, part->slope, "1",
               "slope of the logarithm of that variance in the coordinates (D)"));
  DW_TRY(reals(file, dw_emulator_path(path, q, "check"), 2, (const int64_t[]){e->points, 2}, part->check, "1",
               "rms error of each point, left out, and what was expected (n, 2)"));
  if (part->layers > 1 && isfinite(part->rho[0])) {
    DW_TRY(reals(file, dw_emulator_path(path, q, "rho"), 2, (const int64_t[]){times, bins}, part->rho, "1",
                 "the second layer is log fine - rho log cheap (T, K)"));
  }
  for (int64_t l = 0; l < part->layers; l++) {
    DW_TRY(write_layer(file, &part->layer[l], q, l));
  }
  return DW_OK;
}

/* --- the file --- */

static uint64_t file_bytes(const dw_emulator *e) {
  uint64_t numbers = 1 << 17;
  for (int64_t q = 0; q < e->quantities; q++) {
    const dw_emulator_part *part = &e->part[q];
    for (int64_t l = 0; l < part->layers; l++) {
      const dw_layer *layer = &part->layer[l];
      numbers += (uint64_t)((layer->components + 3) * (layer->outputs + 2 * layer->points + layer->dims));
    }
  }
  return numbers * sizeof(double) + (uint64_t)e->runs * DW_DATASET_TEXT;
}

static dw_status write_whole(const dw_emulator *e, const char *path, const dw_provenance *provenance) {
  dw_file *file = NULL;
  DW_TRY(dw_file_create(&file, dw_comm_self(), path, file_bytes(e)));
  dw_status status = write_root(file, e, provenance);
  for (int64_t q = 0; q < e->quantities && status == DW_OK; q++) {
    status = write_part(file, e, q);
  }
  if (status != DW_OK) {
    dw_file_close(file);
    return status;
  }
  return dw_file_commit(&file);
}

dw_status dw_emulator_write(const dw_emulator *emulator, const char *path, const dw_provenance *provenance) {
  char *open = NULL;
  DW_TRY(dw_seal_open_path(path, &open));
  dw_status status = write_whole(emulator, open, provenance);
  if (status == DW_OK) {
    status = dw_seal_write(path, open);
  } else {
    dw_seal_discard(open);
  }
  dw_free(open);
  return status;
}
