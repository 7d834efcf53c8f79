#include "analysis/post/archive_file.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "lattice/format.h"
#include "params/check.h"
#include "params/read.h"

enum { DATASET_PATH = 128, CONFIG_LENGTH = 1 << 17 };

/* Numbers in one array at most, 16 GiB: a sparse file can claim any size. */
static const int64_t MOST = INT64_C(1) << 31;

/* --- the file and its root --- */

static dw_status check_root(const dw_archive_file *file) {
  static const char *const names[] = {"format_version", "provenance.version", "config"};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    if (!dw_attribute_has(file->file, "/", names[i])) {
      return dw_fail(DW_ERR_FILE,
                     "%s isn't a file of this program: its root has no attribute %s; name the directory of a run of "
                     "`dwell run`",
                     file->path, names[i]);
    }
  }
  int64_t format = 0;
  DW_TRY(dw_attribute_read_int(file->file, "/", "format_version", &format));
  if (format != DW_FORMAT_VERSION) {
    return dw_fail(DW_ERR_FILE,
                   "%s has format version %" PRId64
                   ", this program reads %d; use the version of the program that wrote "
                   "it, or run it again",
                   file->path, format, DW_FORMAT_VERSION);
  }
  return DW_OK;
}

dw_status dw_archive_file_open(dw_archive_file *file, const char *directory, const char *name) {
  file->file = NULL;
  const int length = snprintf(file->path, sizeof file->path, "%s/%s", directory, name);
  if (length < 0 || length >= (int)sizeof file->path) {
    return dw_fail(DW_ERR_FILE, "%.64s...: the path is too long", directory);
  }
  struct stat state;
  if (stat(file->path, &state) != 0) {
    return dw_fail(DW_ERR_FILE, "%s: can't be read (%s); name the directory of a run", file->path, strerror(errno));
  }
  file->bytes = (int64_t)state.st_size;
  DW_TRY(dw_file_open(&file->file, dw_comm_self(), file->path));
  const dw_status status = check_root(file);
  if (status != DW_OK) {
    dw_archive_file_close(file);
  }
  return status;
}

void dw_archive_file_close(dw_archive_file *file) {
  dw_file_close(file->file);
  file->file = NULL;
}

dw_status dw_archive_file_provenance(dw_archive_file *file, const char *name, char *text, size_t size) {
  char attribute[DATASET_PATH];
  bool there = false;
  text[0] = '\0';
  (void)snprintf(attribute, sizeof attribute, "provenance.%s", name);
  DW_TRY(dw_attribute_find(file->file, "/", attribute, &there));
  return there ? dw_attribute_read_text(file->file, "/", attribute, text, size) : DW_OK;
}

/* --- parameters --- */

/* The first line of what is wrong with them; `report` has room for all. */
static dw_status parse_config(const dw_archive_file *file, const char *config, dw_params *params, dw_report *report) {
  dw_report_init(report);
  DW_TRY(dw_params_defaults(params));
  dw_status status = dw_params_from_text(params, config, "config", report);
  if (status == DW_OK) {
    status = dw_params_validate(params, report);
  }
  if (status != DW_ERR_PARAM) {
    return status;
  }
  return dw_fail(DW_ERR_FILE, "%s: attribute config isn't that of a run of this version of the program: %.*s",
                 file->path, (int)strcspn(report->text, "\n"), report->text);
}

dw_status dw_archive_file_params(dw_archive_file *file, dw_params *params, char **config) {
  void *report = NULL;
  void *text = NULL;
  *config = NULL;
  dw_status status = dw_alloc(&report, 1, sizeof(dw_report), "parameters of a run");
  if (status == DW_OK) {
    status = dw_alloc(&text, CONFIG_LENGTH, 1, "parameters of a run");
  }
  if (status == DW_OK) {
    status = dw_attribute_read_text(file->file, "/", "config", text, CONFIG_LENGTH);
  }
  if (status == DW_OK) {
    status = parse_config(file, text, params, report);
  }
  dw_free(report);
  if (status != DW_OK) {
    dw_free(text);
    return status;
  }
  *config = text;
  return DW_OK;
}

/* --- arrays --- */

static void shape_text(int rank, const int64_t *shape, char *text, size_t size) {
  size_t used = (size_t)snprintf(text, size, "(");
  for (int i = 0; i < rank && used + 32 < size; i++) {
    const char *comma = i == 0 ? "" : ", ";
    used += (size_t)(shape[i] < 0 ? snprintf(text + used, size - used, "%sany", comma)
                                  : snprintf(text + used, size - used, "%s%" PRId64, comma, shape[i]));
  }
  (void)snprintf(text + used, size - used, ")");
}

/* Completes `shape`; *count is the product, which fits into the file and into memory. */
static dw_status settle_shape(const dw_archive_file *file, const char *dataset, int rank, int64_t *shape,
                              int64_t *count) {
  int found_rank = 0;
  int64_t found[DW_FILE_RANK] = {0};
  DW_TRY(dw_file_shape(file->file, dataset, &found_rank, found));
  bool same = found_rank == rank;
  *count = 1;
  for (int i = 0; i < rank && same; i++) {
    same = found[i] >= 0 && (shape[i] < 0 || shape[i] == found[i]);
    if (found[i] > 0 && *count > MOST / found[i]) {
      *count = MOST + 1;
      break;
    }
    *count *= found[i];
  }
  if (!same) {
    char wanted_text[DATASET_PATH];
    char found_text[DATASET_PATH];
    shape_text(rank, shape, wanted_text, sizeof wanted_text);
    shape_text(found_rank, found, found_text, sizeof found_text);
    return dw_fail(DW_ERR_FILE,
                   "%s: dataset %s is %s where the others ask for %s; the file is damaged, bring it back from a copy "
                   "or run again",
                   file->path, dataset, found_text, wanted_text);
  }
  if (*count > MOST || *count * (int64_t)sizeof(double) > file->bytes) {
    char found_text[DATASET_PATH];
    shape_text(found_rank, found, found_text, sizeof found_text);
    return dw_fail(DW_ERR_FILE,
                   "%s: dataset %s claims to be %s, more than a file of %" PRId64 " bytes holds; the file is damaged, "
                   "bring it back from a copy or run again",
                   file->path, dataset, found_text, file->bytes);
  }
  memcpy(shape, found, (size_t)rank * sizeof *shape);
  return DW_OK;
}

static bool obeys(dw_archive_rule rule, const double *values, int64_t i) {
  switch (rule) {
    case DW_ARCHIVE_FINITE: return isfinite(values[i]);
    case DW_ARCHIVE_MAYBE: return !isinf(values[i]);
    case DW_ARCHIVE_POSITIVE: return isfinite(values[i]) && values[i] > 0.0;
    case DW_ARCHIVE_RISING: return isfinite(values[i]) && (i == 0 || values[i] > values[i - 1]);
  }
  return false;
}

static dw_status check_reals(const dw_archive_file *file, const char *dataset, dw_archive_rule rule,
                             const double *values, int64_t count) {
  static const char *const demands[] = {"finite", "finite or NaN", "finite and > 0",
                                        "finite and larger than the one before"};
  for (int64_t i = 0; i < count; i++) {
    if (!obeys(rule, values, i)) {
      return dw_fail(DW_ERR_FILE,
                     "%s: number %" PRId64 " of dataset %s is %g, it must be %s; the file is damaged, bring it back "
                     "from a copy or run again",
                     file->path, i + 1, dataset, values[i], demands[rule]);
    }
  }
  return DW_OK;
}

dw_status dw_archive_read_reals(dw_archive_file *file, const char *group, const char *name, int rank, int64_t *shape,
                                dw_archive_rule rule, double **values) {
  char dataset[DATASET_PATH];
  int64_t count = 0;
  void *block = NULL;
  *values = NULL;
  (void)snprintf(dataset, sizeof dataset, "%s/%s", group, name);
  DW_TRY(settle_shape(file, dataset, rank, shape, &count));
  DW_TRY(dw_alloc(&block, (size_t)count, sizeof(double), dataset));
  dw_status status = dw_file_read_reals(file->file, dataset, rank, shape, block);
  if (status == DW_OK) {
    status = check_reals(file, dataset, rule, block, count);
  }
  if (status != DW_OK) {
    dw_free(block);
    return status;
  }
  *values = block;
  return DW_OK;
}

static dw_status check_ints(const dw_archive_file *file, const char *dataset, int64_t least, bool rising,
                            const int64_t *values, int64_t count) {
  for (int64_t i = 0; i < count; i++) {
    if (values[i] < least || (rising && i > 0 && values[i] <= values[i - 1])) {
      return dw_fail(DW_ERR_FILE,
                     "%s: number %" PRId64 " of dataset %s is %" PRId64 ", it must be at least %" PRId64
                     "%s; the file is damaged, bring it back from a copy or run again",
                     file->path, i + 1, dataset, values[i], least, rising ? " and larger than the one before" : "");
    }
  }
  return DW_OK;
}

dw_status dw_archive_read_ints(dw_archive_file *file, const char *group, const char *name, int rank, int64_t *shape,
                               int64_t least, bool rising, int64_t **values) {
  char dataset[DATASET_PATH];
  int64_t count = 0;
  void *block = NULL;
  *values = NULL;
  (void)snprintf(dataset, sizeof dataset, "%s/%s", group, name);
  DW_TRY(settle_shape(file, dataset, rank, shape, &count));
  DW_TRY(dw_alloc(&block, (size_t)count, sizeof(int64_t), dataset));
  dw_status status = dw_file_read_ints(file->file, dataset, rank, shape, block);
  if (status == DW_OK) {
    status = check_ints(file, dataset, least, rising, block, count);
  }
  if (status != DW_OK) {
    dw_free(block);
    return status;
  }
  *values = block;
  return DW_OK;
}
