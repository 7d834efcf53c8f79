/* An evaluation as HDF5: the errors that are printed, and each comparison that they are made of. */
#include <stdio.h>
#include <string.h>

#include "app/surrogate_commands.h"
#include "base/memory.h"
#include "lattice/file.h"

enum { COLUMNS = 9 };

static dw_status put_ints(dw_file *file, const char *path, int64_t count, const int64_t *values, const char *text) {
  DW_TRY(dw_file_write_ints(file, path, 1, &count, values));
  return dw_attribute_describe(file, path, "1", text);
}

/* --- points --- */

static dw_status write_keys(dw_file *file, const dw_emulator *e) {
  const int64_t dims = dw_emulator_parameters(e);
  const char *key[DW_EMULATOR_PARAMETERS];
  const char *unit[DW_EMULATOR_PARAMETERS];
  for (int64_t d = 0; d < dims; d++) {
    key[d] = dw_emulator_key(e, d)->key;
    unit[d] = dw_emulator_key(e, d)->unit;
  }
  DW_TRY(dw_file_write_texts(file, "/parameters/key", (size_t)dims, key));
  return dw_file_write_texts(file, "/parameters/unit", (size_t)dims, unit);
}

/* whole: (count) numbers for the points, (count) those of the seeds; real (count, D); word (count). */
static dw_status write_test_points(dw_file *file, const dw_emulator *e, const dw_assess_rows *points, int64_t *whole,
                                   double *real, const char **word) {
  const dw_assess_point *point = points->row;
  const int64_t shape[2] = {points->count, dw_emulator_parameters(e)};
  for (int64_t i = 0; i < points->count; i++) {
    whole[i] = point[i].design;
    whole[points->count + i] = point[i].seeds;
    memcpy(real + i * shape[1], point[i].parameter, (size_t)shape[1] * sizeof *real);
    word[i] = dw_emulator_verdict_name(point[i].verdict);
  }
  DW_TRY(put_ints(file, "/points/design", points->count, whole, "numbers of the test points in the scan (P)"));
  DW_TRY(put_ints(file, "/points/seeds", points->count, whole + points->count, "runs of each (P)"));
  DW_TRY(dw_file_write_texts(file, "/points/status", (size_t)points->count, word));
  DW_TRY(dw_attribute_describe(file, "/points/status", "", "the model's word on each (P)"));
  return dw_file_write_described(file, "points", "values", 2, shape, real, "that of the parameter",
                                 "their parameters (P, D)");
}

static dw_status write_points(dw_file *file, const dw_emulator *e, const dw_assess_rows *points) {
  const size_t room = (size_t)points->count + 1;
  const size_t dims = (size_t)dw_emulator_parameters(e);
  void *block = NULL;
  DW_TRY(dw_alloc(&block, room * (2 * sizeof(int64_t) + dims * sizeof(double) + sizeof(char *)), 1, "evaluation"));
  int64_t *whole = block;
  double *real = (double *)(void *)(whole + 2 * room);
  const dw_status status = write_test_points(file, e, points, whole, real, (const char **)(void *)(real + dims * room));
  dw_free(block);
  return status;
}

static dw_status write_learned(dw_file *file, const dw_dataset *dataset, const bool *learned) {
  void *block = NULL;
  int64_t count = 0;
  DW_TRY(dw_alloc(&block, (size_t)dataset->runs, sizeof(int64_t), "evaluation"));
  int64_t *design = block;
  for (int64_t r = 0; r < dataset->runs; r++) {
    bool is_new = learned[r] && dataset->run[r].level == DW_LEVEL_FINE;
    for (int64_t i = 0; i < count && is_new; i++) {
      is_new = design[i] != dataset->run[r].point;
    }
    if (is_new) {
      design[count++] = dataset->run[r].point;
    }
  }
  const dw_status status =
      put_ints(file, "/learned/design", count, design, "numbers of the points that the model learned from (n)");
  dw_free(block);
  return status;
}

/* --- quantities --- */

static void fill_column(const dw_assess_rows *rows, int column, double *values) {
  const dw_assess_value *row = rows->row;
  for (int64_t i = 0; i < rows->count; i++) {
    const double cell[COLUMNS] = {row[i].tau,   row[i].k,      row[i].measured, row[i].predicted, row[i].error,
                                  row[i].noise, row[i].half68, row[i].half95,   row[i].z};
    values[i] = cell[column];
  }
}

static dw_status write_columns(dw_file *file, const char *group, const dw_assess_rows *rows, double *values,
                               int64_t *whole) {
  static const struct {
    const char *name;
    const char *unit;
    const char *text;
  } column[COLUMNS] = {{"tau", "1/m", "conformal time (V)"},
                       {"k", "m", "wave number, 0 for a number (V)"},
                       {"measured", "1", "mean logarithm over the seeds of the test point (V)"},
                       {"predicted", "1", "mean logarithm that is predicted (V)"},
                       {"error", "1", "standard error of the prediction, without noise (V)"},
                       {"noise", "1", "standard error that the seeds leave in what was measured (V)"},
                       {"half68", "1", "half-width of the prediction's interval of 68 % (V)"},
                       {"half95", "1", "half-width of the prediction's interval of 95 % (V)"},
                       {"z", "1", "predicted - measured over the root of the sum of both squares (V)"}};
  const dw_assess_value *row = rows->row;
  for (int c = 0; c < COLUMNS; c++) {
    fill_column(rows, c, values);
    DW_TRY(
        dw_file_write_described(file, group, column[c].name, 1, &rows->count, values, column[c].unit, column[c].text));
  }
  for (int64_t i = 0; i < rows->count; i++) {
    whole[i] = row[i].design;
  }
  char path[DW_FILE_NAME];
  (void)snprintf(path, sizeof path, "/%s/design", group);
  return put_ints(file, path, rows->count, whole, "number of the test point (V)");
}

static dw_status write_quantity(dw_file *file, const dw_emulator_quantity *about, const dw_assessment *a,
                                const dw_assess_rows *rows) {
  const char *method[DW_METHODS];
  double error[DW_METHODS];
  const int64_t methods = DW_METHODS;
  char path[DW_FILE_NAME];
  void *block = NULL;
  for (int m = 0; m < DW_METHODS; m++) {
    method[m] = dw_method_name((dw_method)m);
    error[m] = dw_assessment_error(a, (dw_method)m);
  }
  (void)snprintf(path, sizeof path, "/%s", about->name);
  DW_TRY(dw_file_group(file, path));
  DW_TRY(dw_attribute_write_real(file, path, "rms_z", dw_assessment_z(a)));
  DW_TRY(dw_attribute_write_real(file, path, "within68", dw_assessment_within(a, a->within68)));
  DW_TRY(dw_attribute_write_real(file, path, "within95", dw_assessment_within(a, a->within95)));
  DW_TRY(dw_file_write_described(file, about->name, "method_error", 1, &methods, error, "1",
                                 "rms error of the logarithm of each method, noise subtracted; nan: it has none"));
  (void)snprintf(path, sizeof path, "/%s/method", about->name);
  DW_TRY(dw_file_write_texts(file, path, DW_METHODS, method));
  DW_TRY(dw_alloc(&block, (size_t)rows->count, sizeof(double) + sizeof(int64_t), "evaluation"));
  double *values = block;
  const dw_status status = write_columns(file, about->name, rows, values, (int64_t *)(void *)(values + rows->count));
  dw_free(block);
  return status;
}

/* --- the file --- */

static dw_status write_all(dw_file *file, const dw_surrogate_evaluation *v) {
  DW_TRY(dw_provenance_write(file, v->provenance));
  DW_TRY(dw_attribute_write_text(file, "/", "kind", "evaluation of a spectrum emulator"));
  DW_TRY(dw_attribute_write_text(file, "/", "held_out", v->folds == 0 ? "checks" : "cross-validation"));
  DW_TRY(dw_attribute_write_int(file, "/", "folds", v->folds));
  DW_TRY(dw_attribute_write_int(file, "/", "outside_hull", v->result->outside));
  DW_TRY(dw_attribute_write_real(file, "/", "bound", dw_emulator_options_of(v->emulator).bound));
  DW_TRY(dw_attribute_write_int(file, "/", "points", dw_emulator_points(v->emulator)));
  DW_TRY(dw_attribute_write_int(file, "/", "runs", dw_emulator_runs(v->emulator)));
  DW_TRY(write_keys(file, v->emulator));
  DW_TRY(write_points(file, v->emulator, &v->result->record->points));
  DW_TRY(write_learned(file, v->dataset, v->learned));
  for (int64_t q = 0; q < dw_emulator_quantities(v->emulator); q++) {
    DW_TRY(write_quantity(file, dw_emulator_quantity_at(v->emulator, q), &v->result->quantity[q],
                          &v->result->record->values[q]));
  }
  return DW_OK;
}

dw_status dw_surrogate_write_evaluation(const char *path, const dw_surrogate_evaluation *evaluation) {
  const dw_assess_record *record = evaluation->result->record;
  dw_file *file = NULL;
  uint64_t rows = (uint64_t)(record->points.count + evaluation->dataset->runs);
  for (int64_t q = 0; q < DW_EMULATOR_QUANTITIES; q++) {
    rows += (uint64_t)record->values[q].count;
  }
  DW_TRY(dw_file_create(&file, dw_comm_self(), path,
                        rows * (COLUMNS + 1 + DW_EMULATOR_PARAMETERS) * sizeof(double) + (1 << 18)));
  const dw_status status = write_all(file, evaluation);
  if (status != DW_OK) {
    dw_file_close(file);
    return status;
  }
  return dw_file_commit(&file);
}
