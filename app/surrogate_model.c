#include "app/surrogate_model.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analysis/post/archive_compare.h"
#include "app/program.h"
#include "base/memory.h"
#include "params/check.h"
#include "params/read.h"
#include "params/table.h"

/* --- files --- */

dw_status dw_surrogate_find(const char *given, char path[DW_SURROGATE_PATH]) {
  static const char *const beside[] = {"../surrogate/default.h5", "../share/dwell/surrogate/default.h5"};
  char program[DW_SURROGATE_PATH];
  if (given != NULL) {
    (void)snprintf(path, DW_SURROGATE_PATH, "%s", given);
    return strlen(given) < DW_SURROGATE_PATH ? DW_OK : dw_fail(DW_ERR_PARAM, "the name of the model is too long");
  }
  dw_program_path(program, sizeof program);
  char *slash = strrchr(program, '/');
  for (size_t i = 0; slash != NULL && i < sizeof beside / sizeof *beside; i++) {
    const int used = snprintf(path, DW_SURROGATE_PATH, "%.*s/%s", (int)(slash - program), program, beside[i]);
    if (used < DW_SURROGATE_PATH && access(path, R_OK) == 0) {
      return DW_OK;
    }
  }
  return dw_fail(DW_ERR_FILE,
                 "the shipped model surrogate/default.h5 isn't there; name a model: dwell surrogate predict "
                 "MODEL");
}

dw_status dw_surrogate_dataset(const char *given, char path[DW_SURROGATE_PATH]) {
  struct stat state;
  const bool directory = stat(given, &state) == 0 && S_ISDIR(state.st_mode);
  const int used = snprintf(path, DW_SURROGATE_PATH, "%s%s", given, directory ? "/dataset.h5" : "");
  return used < DW_SURROGATE_PATH ? DW_OK : dw_fail(DW_ERR_PARAM, "%.64s...: the path is too long", given);
}

dw_status dw_surrogate_is_hdf5(const char *path, bool *is_hdf5) {
  static const char signature[8] = {'\211', 'H', 'D', 'F', '\r', '\n', '\032', '\n'};
  char start[8] = {0};
  FILE *file = fopen(path, "rb");
  if (file == NULL) {
    return dw_fail(DW_ERR_FILE, "%s can't be read: %s", path, strerror(errno));
  }
  const size_t got = fread(start, 1, sizeof start, file);
  const bool failed = ferror(file) != 0;
  (void)fclose(file);
  *is_hdf5 = got == sizeof start && memcmp(start, signature, sizeof start) == 0;
  return failed ? dw_fail(DW_ERR_FILE, "%s can't be read; give a file", path) : DW_OK;
}

/* --- the point --- */

static dw_status read_parameters(const dw_emulator *emulator, int sets, const char *const *set, dw_params *base,
                                 dw_params *params) {
  dw_report *report = NULL;
  DW_TRY(dw_alloc((void **)&report, 1, sizeof *report, "report on parameters"));
  dw_report_init(report);
  dw_status status = dw_params_defaults(base);
  if (status == DW_OK &&
      dw_params_from_text(base, dw_emulator_base(emulator), "the model's base run", report) != DW_OK) {
    status = dw_fail(DW_ERR_FILE, "the model's base run can't be read: %s", report->text);
  }
  memcpy(params, base, sizeof *params);
  for (int i = 0; i < sets && status == DW_OK; i++) {
    (void)dw_params_set(params, set[i], report);
  }
  if (status == DW_OK) {
    (void)dw_params_validate(params, report);
  }
  if (status == DW_OK && report->count > 0) {
    dw_report_print(report, stderr);
    status = dw_fail(DW_ERR_PARAM, "%zu problem%s with the parameters; nothing was predicted", report->count,
                     report->count == 1 ? "" : "s");
  }
  dw_free(report);
  return status;
}

/* The number under a key, and the base's put back there, so that what is left differs in fixed keys only. */
static dw_status take_parameter(const dw_params *base, dw_params *rest, const char *key, double *value) {
  const dw_param_entry *entry = dw_table_find(key);
  if (entry == NULL || (entry->type != DW_PARAM_REAL && entry->type != DW_PARAM_INT64)) {
    return dw_fail(DW_ERR_FILE, "the model's parameter %s is no number of this program; train it again", key);
  }
  char *at = (char *)rest + entry->offset;
  int64_t whole = 0;
  if (entry->type == DW_PARAM_REAL) {
    memcpy(value, at, sizeof *value);
    memcpy(at, (const char *)base + entry->offset, sizeof *value);
  } else {
    memcpy(&whole, at, sizeof whole);
    *value = (double)whole;
    memcpy(at, (const char *)base + entry->offset, sizeof whole);
  }
  return DW_OK;
}

dw_status dw_surrogate_place(const dw_emulator *emulator, int sets, const char *const *set, dw_params *params,
                             double *parameter, char *reason, size_t size) {
  dw_params *work = NULL;
  reason[0] = '\0';
  DW_TRY(dw_alloc((void **)&work, 2, sizeof *work, "parameters of a prediction"));
  dw_params *base = work;
  dw_params *rest = work + 1;
  dw_status status = read_parameters(emulator, sets, set, base, params);
  memcpy(rest, params, sizeof *rest);
  for (int64_t d = 0; d < dw_emulator_parameters(emulator) && status == DW_OK; d++) {
    status = take_parameter(base, rest, dw_emulator_key(emulator, d)->key, &parameter[d]);
  }
  if (status == DW_OK) {
    const dw_param_entry *fixed = dw_params_difference(base, rest, dw_key_decides_ensemble);
    if (fixed != NULL) {
      (void)snprintf(reason, size, "%s was fixed in the scan and is changed", fixed->key);
    }
  }
  dw_free(work);
  return status;
}
