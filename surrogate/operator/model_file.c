#include "surrogate/operator/model_file.h"

#include <inttypes.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "lattice/file.h"
#include "params/check.h"
#include "params/print.h"
#include "params/read.h"
#include "surrogate/seal.h"

static const char KIND[] = "field operator";
enum { TEXT_LENGTH = 1 << 16, SETS = 5 };

/* The tables, by name. */
static const char *const TABLE[SETS] = {"factor", "error", "cheap_factor", "cheap_error", "spread"};

static const dw_observed *table_of(const dw_corrector *c, int index) {
  const dw_observed *const table[SETS] = {&c->factor, &c->error, &c->cheap_factor, &c->cheap_error, &c->spread};
  return table[index];
}

static dw_status wrong(const char *path, const char *what) {
  return dw_fail(DW_ERR_FILE, "%s: %s; train it again with `dwell surrogate train`", path, what);
}

/* Monitors in the file: rows of numbers, a row for each background and, in the first sets, each jump; a row is made of
 * up to three pieces of the struct. */
enum { MONITOR_SETS = 5, EACH_JUMP = 3 };
static const char *const MONITOR[MONITOR_SETS] = {"/monitor/mean", "/monitor/scale", "/monitor/factor",
                                                  "/monitor/cheap_factor", "/monitor/threshold"};

typedef struct piece {
  size_t offset; /* in a dw_monitor */
  size_t count;  /* of doubles */
} piece;

static int monitor_pieces(int set, int64_t jump, int64_t shells, piece part[3]) {
  const size_t marks = (size_t)jump * DW_MONITOR_MARKS * sizeof(double);
  const size_t factor =
      set == 2 ? offsetof(dw_monitor, factor) + (size_t)jump * sizeof(dw_observed) : offsetof(dw_monitor, cheap_factor);
  if (set == 4) {
    part[0] = (piece){offsetof(dw_monitor, threshold), 1};
    return 1;
  }
  if (set < 2) {
    const size_t at = set == 0 ? offsetof(dw_monitor, mean) : offsetof(dw_monitor, scale);
    part[0] = (piece){at + marks, 2 * (size_t)shells};
    return 1;
  }
  part[0] = (piece){factor + offsetof(dw_observed, area), 1};
  part[1] = (piece){factor + offsetof(dw_observed, field), (size_t)shells};
  part[2] = (piece){factor + offsetof(dw_observed, stress), (size_t)shells};
  return 3;
}

static int64_t jumps_of(const dw_corrector *c, int set) { return set < EACH_JUMP ? c->config.jump.jumps : 1; }

static int64_t row_of(const dw_corrector *c, int set) {
  return set == 4 ? 1 : 2 * c->config.shells + (set < 2 ? 0 : 1);
}

/* All numbers of a set, one after the other. */
static void pack_monitor(const dw_corrector *c, int set, double *to) {
  const int64_t jumps = jumps_of(c, set);
  for (int64_t i = 0; i < c->backgrounds * jumps; i++) {
    const char *from = (const char *)&c->monitor[i / jumps];
    piece part[3];
    const int pieces = monitor_pieces(set, i % jumps, c->config.shells, part);
    for (int p = 0; p < pieces; p++) {
      memcpy(to, from + part[p].offset, part[p].count * sizeof *to);
      to += part[p].count;
    }
  }
}

static void unpack_monitor(dw_corrector *c, int set, const double *from) {
  const int64_t jumps = jumps_of(c, set);
  for (int64_t i = 0; i < c->backgrounds * jumps; i++) {
    char *to = (char *)&c->monitor[i / jumps];
    piece part[3];
    const int pieces = monitor_pieces(set, i % jumps, c->config.shells, part);
    for (int p = 0; p < pieces; p++) {
      memcpy(to + part[p].offset, from, part[p].count * sizeof *from);
      from += part[p].count;
    }
  }
}

/* --- writing --- */

static dw_status write_seeds(dw_file *file, const char *path, int64_t first, int64_t runs) {
  void *block = NULL;
  DW_TRY(dw_alloc(&block, (size_t)runs, sizeof(int64_t), "seeds"));
  int64_t *seed = block;
  for (int64_t i = 0; i < runs; i++) {
    seed[i] = first + i;
  }
  const dw_status status = dw_file_write_ints(file, path, 1, &runs, seed);
  dw_free(block);
  return status;
}

static dw_status write_weights(dw_file *file, const dw_corrector *c) {
  const int64_t count = (int64_t)c->net[0]->count;
  const int64_t shape[2] = {c->nets, count};
  void *block = NULL;
  DW_TRY(dw_alloc(&block, (size_t)(shape[0] * shape[1]), sizeof(double), "weights"));
  double *weight = block;
  for (int64_t i = 0; i < c->nets * count; i++) {
    weight[i] = (double)c->net[i / count]->weight[i % count];
  }
  const dw_status status = dw_file_write_reals(file, "/weights", 2, shape, weight);
  dw_free(block);
  return status;
}

static dw_status write_table(dw_file *file, const char *name, const dw_observed *table, int64_t shells) {
  char path[DW_FILE_NAME];
  const int64_t one = 1;
  (void)snprintf(path, sizeof path, "/%s/area", name);
  DW_TRY(dw_file_write_reals(file, path, 1, &one, &table->area));
  (void)snprintf(path, sizeof path, "/%s/field", name);
  DW_TRY(dw_file_write_reals(file, path, 1, &shells, table->field));
  (void)snprintf(path, sizeof path, "/%s/stress", name);
  return dw_file_write_reals(file, path, 1, &shells, table->stress);
}

static dw_status write_monitor(dw_file *file, const dw_corrector *c) {
  const int64_t backgrounds = c->backgrounds;
  void *block = NULL;
  DW_TRY(dw_alloc(&block, (size_t)(backgrounds * c->config.jump.jumps), sizeof(dw_observed), "the monitor"));
  dw_status status = dw_file_group(file, "/monitor");
  for (int set = 0; set < MONITOR_SETS && status == DW_OK; set++) {
    const int64_t shape[3] = {backgrounds, jumps_of(c, set), row_of(c, set)};
    pack_monitor(c, set, block);
    status = dw_file_write_reals(file, MONITOR[set], 3, shape, block);
  }
  dw_free(block);
  return status == DW_OK ? dw_file_write_reals(file, "/monitor/w", 1, &backgrounds, c->w) : status;
}

static dw_status write_all(dw_file *file, const dw_corrector *c, const char *config, const char *base,
                           const dw_provenance *provenance) {
  const int64_t losses[2] = {c->nets, 2};
  DW_TRY(dw_provenance_write(file, provenance));
  DW_TRY(dw_attribute_write_text(file, "/", "kind", KIND));
  DW_TRY(dw_attribute_write_int(file, "/", "model_version", DW_OPERATOR_VERSION));
  DW_TRY(dw_attribute_write_text(file, "/", "use", c->config.kind));
  DW_TRY(dw_attribute_write_text(file, "/", "config", config));
  DW_TRY(dw_attribute_write_text(file, "/", "base", base));
  DW_TRY(dw_attribute_write_real(file, "/", "scale", c->scale));
  DW_TRY(write_weights(file, c));
  DW_TRY(dw_file_write_reals(file, "/loss", 2, losses, &c->loss[0][0]));
  DW_TRY(write_seeds(file, "/seeds/train", c->config.train.first, c->config.train.runs));
  DW_TRY(write_seeds(file, "/seeds/test", c->config.test.first, c->config.test.runs));
  for (int i = 0; i < SETS; i++) {
    DW_TRY(write_table(file, TABLE[i], table_of(c, i), c->config.shells));
  }
  return dw_corrector_jumps(&c->config) ? write_monitor(file, c) : DW_OK;
}

dw_status dw_corrector_write(const dw_corrector *c, const char *path, const dw_provenance *provenance,
                             const dw_comm *comm) {
  char *config = NULL;
  char *base = NULL;
  dw_file *file = NULL;
  dw_status status = dw_operator_config_text(&c->config, &config);
  if (status == DW_OK) {
    status = dw_params_text(&c->base, &base);
  }
  status = dw_comm_agree(comm, status);
  if (status == DW_OK) {
    status = dw_seal_create(&file, comm, path, 8 * c->net[0]->count * (size_t)c->nets + TEXT_LENGTH);
  }
  if (status == DW_OK) {
    status = dw_seal_finish(file, comm, path, write_all(file, c, config, base, provenance));
  }
  dw_free(config);
  free(base);
  return status;
}

/* --- reading --- */

/* What it is, before anything else is believed. */
static dw_status check_kind(dw_file *file, const char *path) {
  char kind[DW_TEXT_LENGTH];
  int64_t version = 0;
  if (!dw_attribute_has(file, "/", "kind") || !dw_attribute_has(file, "/", "model_version")) {
    return wrong(path, "is not a model of a field operator");
  }
  DW_TRY(dw_attribute_read_text(file, "/", "kind", kind, sizeof kind));
  if (strcmp(kind, KIND) != 0) {
    return wrong(path, "is a model of another kind");
  }
  DW_TRY(dw_attribute_read_int(file, "/", "model_version", &version));
  if (version != DW_OPERATOR_VERSION) {
    return dw_fail(DW_ERR_FILE, "%s: has model_version %" PRId64 ", this program reads %d; train it again", path,
                   version, (int)DW_OPERATOR_VERSION);
  }
  return dw_seal_has(path) ? DW_OK : wrong(path, "its last line is no seal of dwell, so it was cut off or changed");
}

/* By process 0, before HDF5 sees the file; one without a seal is of an older version, or damaged. */
static dw_status check_seal(const char *path, const dw_comm *comm) {
  const bool mine = dw_comm_rank(comm) == 0 && dw_seal_has(path);
  return dw_comm_agree(comm, mine ? dw_seal_check(path, NULL) : DW_OK);
}

/* Texts of the file as they were read in, checked like those of a user. */
static dw_status parse(const char *path, const char *config_text, const char *base_text_read,
                       dw_operator_config *config, dw_params *base) {
  dw_report *report = calloc(1, sizeof *report);
  if (report == NULL) {
    return dw_fail(DW_ERR_MEMORY, "no memory for a report");
  }
  dw_report_init(report);
  dw_status status = dw_operator_config_from_text(config, config_text, path, report);
  if (status == DW_OK) {
    status = dw_params_defaults(base);
  }
  if (status == DW_OK) {
    status = dw_params_from_text(base, base_text_read, path, report);
  }
  if (status == DW_OK) {
    status = dw_params_validate(base, report);
  }
  free(report);
  return status == DW_ERR_PARAM ? wrong(path, "its parameters are damaged") : status;
}

/* What isn't finite would be compared with, and pass. */
static dw_status read_finite(dw_file *file, const char *path, int rank, const int64_t *shape, double *values) {
  int64_t count = 1;
  for (int i = 0; i < rank; i++) {
    count *= shape[i];
  }
  DW_TRY(dw_file_read_reals(file, path, rank, shape, values));
  for (int64_t i = 0; i < count; i++) {
    if (!isfinite(values[i])) {
      return dw_fail(DW_ERR_FILE, "%s: dataset %s holds what isn't a number; it is damaged, train it again",
                     dw_file_path(file), path);
    }
  }
  return DW_OK;
}

static dw_status read_weights(dw_file *file, dw_corrector *c) {
  const int64_t count = (int64_t)c->net[0]->count;
  const int64_t shape[2] = {c->nets, count};
  void *block = NULL;
  DW_TRY(dw_alloc(&block, (size_t)(shape[0] * shape[1]), sizeof(double), "weights"));
  const double *weight = block;
  const dw_status status = read_finite(file, "/weights", 2, shape, block);
  bool finite = true;
  for (int64_t i = 0; status == DW_OK && i < c->nets * count; i++) {
    const float single = (float)weight[i];
    c->net[i / count]->weight[i % count] = single;
    finite = finite && isfinite(single);
  }
  dw_free(block);
  return finite ? status : wrong(dw_file_path(file), "a weight isn't a number");
}

static dw_status read_table(dw_file *file, const char *name, dw_observed *table, int64_t shells) {
  char path[DW_FILE_NAME];
  const int64_t one = 1;
  (void)snprintf(path, sizeof path, "/%s/area", name);
  DW_TRY(read_finite(file, path, 1, &one, &table->area));
  (void)snprintf(path, sizeof path, "/%s/field", name);
  DW_TRY(read_finite(file, path, 1, &shells, table->field));
  (void)snprintf(path, sizeof path, "/%s/stress", name);
  return read_finite(file, path, 1, &shells, table->stress);
}

static dw_status read_monitor(dw_file *file, dw_corrector *c) {
  void *block = NULL;
  DW_TRY(dw_alloc(&block, (size_t)(c->backgrounds * c->config.jump.jumps), sizeof(dw_observed), "the monitor"));
  dw_status status = DW_OK;
  for (int set = 0; set < MONITOR_SETS && status == DW_OK; set++) {
    const int64_t shape[3] = {c->backgrounds, jumps_of(c, set), row_of(c, set)};
    status = read_finite(file, MONITOR[set], 3, shape, block);
    if (status == DW_OK) {
      unpack_monitor(c, set, block);
    }
  }
  dw_free(block);
  return status;
}

static dw_status read_numbers(dw_file *file, dw_corrector *c) {
  const int64_t losses[2] = {c->nets, 2};
  DW_TRY(dw_attribute_read_real(file, "/", "scale", &c->scale));
  DW_TRY(isfinite(c->scale) ? DW_OK : wrong(dw_file_path(file), "its scale isn't a number"));
  DW_TRY(read_weights(file, c));
  DW_TRY(read_finite(file, "/loss", 2, losses, &c->loss[0][0]));
  dw_observed *const table[SETS] = {&c->factor, &c->error, &c->cheap_factor, &c->cheap_error, &c->spread};
  for (int i = 0; i < SETS; i++) {
    DW_TRY(read_table(file, TABLE[i], table[i], c->config.shells));
  }
  return dw_corrector_jumps(&c->config) ? read_monitor(file, c) : DW_OK;
}

static dw_status read_all(dw_file *file, const char *path, char *text, dw_corrector **corrector) {
  char *config_text = text;
  char *base_read = text + TEXT_LENGTH;
  DW_TRY(check_kind(file, path));
  DW_TRY(dw_attribute_read_text(file, "/", "config", config_text, TEXT_LENGTH));
  DW_TRY(dw_attribute_read_text(file, "/", "base", base_read, TEXT_LENGTH));
  void *block = NULL;
  DW_TRY(dw_alloc(&block, 1, sizeof(dw_operator_config) + sizeof(dw_params), "a model"));
  dw_operator_config *config = block;
  dw_params *base = (dw_params *)(config + 1);
  dw_status status = parse(path, config_text, base_read, config, base);
  if (status == DW_OK) {
    status = dw_corrector_create(corrector, config, base);
  }
  dw_free(block);
  return status == DW_OK ? read_numbers(file, *corrector) : status;
}

/* Each process for itself, so that one on which it fails leaves none waiting. */
static dw_status read_here(dw_corrector **corrector, const char *path) {
  void *text = NULL;
  dw_file *file = NULL;
  DW_TRY(dw_alloc(&text, 2, TEXT_LENGTH, "a model"));
  dw_status status = dw_file_open(&file, dw_comm_self(), path);
  if (status == DW_OK) {
    status = read_all(file, path, text, corrector);
    dw_file_close(file);
  }
  dw_free(text);
  return status;
}

dw_status dw_corrector_read(dw_corrector **corrector, const char *path, const dw_comm *comm) {
  *corrector = NULL;
  dw_status status = check_seal(path, comm);
  if (status == DW_OK) {
    status = dw_comm_agree(comm, read_here(corrector, path));
  }
  if (status != DW_OK) {
    dw_corrector_destroy(*corrector);
    *corrector = NULL;
  }
  return status;
}
