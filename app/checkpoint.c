#include "app/checkpoint.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fields/expansion.h"
#include "lattice/file.h"
#include "lattice/format.h"
#include "params/read.h"

static const char KIND[] = "dwell checkpoint";

static void name_slot(const dw_directory *directory, int slot, char *path) {
  (void)snprintf(path, DW_PATH_LENGTH + 32, "%s/checkpoint_%d.h5", directory->checkpoints, slot);
}

uint64_t dw_checkpoint_bytes(const dw_emission_choice *choice, int64_t points, int components, dw_precision precision) {
  const uint64_t n = (uint64_t)points;
  return 2 * (uint64_t)components * n * n * n * (uint64_t)precision +
         dw_emission_file_bytes(choice, points, precision) + 65536;
}

/* "/phi", "/phi_2", ... */
static const char *name_field(const char *stem, int component, char path[DW_FILE_NAME]) {
  (void)snprintf(path, DW_FILE_NAME, component == 0 ? "/%s" : "/%s_%d", stem, component + 1);
  return path;
}

static const char RECORD[] = "/expansion";
static const double SLACK = 1e-9; /* of a time */

typedef struct number {
  const char *name;
  double *value;
} number;

enum { NUMBERS = 6, NODE = 3 };

static void name_numbers(dw_expansion_numbers *of, number list[NUMBERS]) {
  const number all[NUMBERS] = {{"expansion_coupling", &of->coupling},   {"expansion_fluid", &of->fluid},
                               {"expansion_rate", &of->rate},           {"expansion_gradient", &of->gradient},
                               {"expansion_potential", &of->potential}, {"expansion_violation", &of->violation}};
  memcpy(list, all, sizeof all);
}

static dw_status write_numbers(dw_file *file, const number *list, int count) {
  for (int i = 0; i < count; i++) {
    DW_TRY(dw_attribute_write_real(file, "/", list[i].name, *list[i].value));
  }
  return DW_OK;
}

static dw_status read_numbers(dw_file *file, const number *list, int count) {
  for (int i = 0; i < count; i++) {
    DW_TRY(dw_attribute_read_real(file, "/", list[i].name, list[i].value));
  }
  return DW_OK;
}

static dw_status write_expansion(dw_file *file, const dw_expansion *expansion) {
  if (expansion == NULL) {
    return DW_OK;
  }
  dw_expansion_numbers now = expansion->now;
  number list[NUMBERS];
  name_numbers(&now, list);
  DW_TRY(write_numbers(file, list, NUMBERS));
  const dw_background_record *record = expansion->record;
  return dw_file_write_reals(file, RECORD, 2, (const int64_t[2]){record->count, NODE}, &record->node[0].a);
}

/* t follows from a and a' with the same bits, so it tells damage as a fingerprint does. */
static dw_status check_record(dw_file *file, dw_background_record *record, int64_t count) {
  for (int64_t i = 0; i < count; i++) {
    const dw_background_node node = record->node[i];
    record->count = i;
    dw_background_record_append(record, node.a, node.slope, node.time);
    if (!(record->node[i].time == node.time && (i > 0 || node.a == 1.0))) {
      return dw_fail(DW_ERR_FILE, "%s: dataset %s isn't as it was written", dw_file_path(file), RECORD);
    }
  }
  return DW_OK;
}

/* The record ends at `step`, so it fits into that of a plan that ends then or later. */
static dw_status read_expansion(dw_file *file, dw_expansion *expansion, int64_t step) {
  if (expansion == NULL) {
    return DW_OK;
  }
  dw_background_record *record = expansion->record;
  const int64_t count = 2 * step + 1;
  if (step < 0 || count > record->most) {
    return dw_fail(DW_ERR_FILE, "%s: its step %lld isn't one of the run", dw_file_path(file), (long long)step);
  }
  number list[NUMBERS];
  name_numbers(&expansion->now, list);
  DW_TRY(read_numbers(file, list, NUMBERS));
  DW_TRY(dw_file_read_reals(file, RECORD, 2, (const int64_t[2]){count, NODE}, &record->node[0].a));
  return check_record(file, record, count);
}

enum { BALANCE = 5 };

static void name_balance(dw_balance *balance, number list[BALANCE]) {
  const number all[BALANCE] = {{"balance_least", &balance->least},
                               {"balance_unit", &balance->unit},
                               {"balance_most", &balance->most},
                               {"balance_rise", &balance->rise},
                               {"balance_fall", &balance->fall}};
  memcpy(list, all, sizeof all);
}

static dw_status write_balance(dw_file *file, dw_balance *balance) {
  number list[BALANCE];
  name_balance(balance, list);
  return write_numbers(file, list, balance->begun ? BALANCE : 0);
}

/* A checkpoint of an earlier version has none, and the comparison begins there. */
static dw_status read_balance(dw_file *file, dw_balance *balance) {
  number list[BALANCE];
  name_balance(balance, list);
  DW_TRY(dw_attribute_find(file, "/", list[0].name, &balance->begun));
  DW_TRY(read_numbers(file, list, balance->begun ? BALANCE : 0));
  for (int i = 0; i < BALANCE && balance->begun; i++) {
    if (!isfinite(*list[i].value)) {
      return dw_fail(DW_ERR_FILE, "%s: %s isn't finite; it is damaged", dw_file_path(file), list[i].name);
    }
  }
  return DW_OK;
}

static dw_status write_all(dw_file *file, const dw_run_parts *parts, const dw_record *record,
                           const dw_checkpoint *now) {
  DW_TRY(dw_record_write(file, record));
  DW_TRY(dw_attribute_write_text(file, "/", "kind", KIND));
  DW_TRY(dw_attribute_write_int(file, "/", "step", now->step));
  DW_TRY(dw_attribute_write_real(file, "/", "tau", now->tau));
  DW_TRY(dw_attribute_write_real(file, "/", "dtau", now->dtau));
  DW_TRY(dw_attribute_write_real(file, "/", "pending", now->pending));
  DW_TRY(dw_attribute_write_int(file, "/", "points", now->points));
  DW_TRY(dw_attribute_write_int(file, "/", "row", now->row));
  DW_TRY(dw_attribute_write_int(file, "/", "row_spectra", now->row_spectra));
  for (int i = 0; i < parts->state->components; i++) {
    char path[DW_FILE_NAME];
    DW_TRY(dw_file_write_checked_field(file, name_field("phi", i, path), parts->state->phi[i]));
    DW_TRY(dw_file_write_checked_field(file, name_field("pi", i, path), parts->state->pi[i]));
  }
  DW_TRY(write_balance(file, parts->balance));
  DW_TRY(write_expansion(file, parts->state->expansion));
  return dw_emission_write(parts->emission, file);
}

dw_status dw_checkpoint_write(const dw_directory *directory, const dw_run_parts *parts, const dw_record *record,
                              dw_checkpoint *last) {
  const dw_state *state = parts->state;
  const dw_checkpoint now = {.slot = last->slot == 0 ? 1 : 0,
                             .step = state->step,
                             .tau = dw_state_tau(state),
                             .dtau = state->dtau,
                             .pending = state->pending,
                             .points = state->lattice->points,
                             .row = parts->row,
                             .row_spectra = parts->row_spectra};
  char path[DW_PATH_LENGTH + 32];
  name_slot(directory, now.slot, path);
  dw_file *file = NULL;
  const uint64_t nodes =
      state->expansion == NULL ? 0 : (uint64_t)state->expansion->record->count * sizeof(dw_background_node);
  const uint64_t bytes = dw_checkpoint_bytes(parts->choice, now.points, state->components, state->precision) + nodes;
  DW_TRY(dw_file_create(&file, state->lattice->comm, path, bytes));
  const dw_status status = write_all(file, parts, record, &now);
  if (status != DW_OK) {
    dw_file_close(file);
    return status;
  }
  DW_TRY(dw_file_commit(&file));
  *last = now;
  return DW_OK;
}

/* A checkpoint of an earlier version doesn't say. */
static dw_status read_row(dw_file *file, const char *name, int64_t *row) {
  bool there = false;
  *row = -1;
  DW_TRY(dw_attribute_find(file, "/", name, &there));
  return there ? dw_attribute_read_int(file, "/", name, row) : DW_OK;
}

static dw_status read_header(dw_file *file, const char *path, dw_checkpoint *checkpoint) {
  char kind[64] = "";
  if (dw_attribute_has(file, "/", "kind")) {
    DW_TRY(dw_attribute_read_text(file, "/", "kind", kind, sizeof kind));
  }
  if (strcmp(kind, KIND) != 0) {
    return dw_fail(DW_ERR_FILE, "%s isn't a checkpoint of this program", path);
  }
  int64_t format = 0;
  DW_TRY(dw_attribute_read_int(file, "/", "format_version", &format));
  if (format != DW_FORMAT_VERSION) {
    return dw_fail(DW_ERR_FILE, "%s has format version %lld, this program reads %d; use the program that wrote it",
                   path, (long long)format, DW_FORMAT_VERSION);
  }
  DW_TRY(dw_attribute_read_int(file, "/", "step", &checkpoint->step));
  DW_TRY(dw_attribute_read_real(file, "/", "tau", &checkpoint->tau));
  DW_TRY(dw_attribute_read_real(file, "/", "dtau", &checkpoint->dtau));
  DW_TRY(dw_attribute_read_real(file, "/", "pending", &checkpoint->pending));
  DW_TRY(dw_attribute_read_int(file, "/", "points", &checkpoint->points));
  DW_TRY(read_row(file, "row", &checkpoint->row));
  DW_TRY(read_row(file, "row_spectra", &checkpoint->row_spectra));
  const bool sound = checkpoint->step >= 0 && isfinite(checkpoint->tau) && isfinite(checkpoint->dtau) &&
                     checkpoint->dtau > 0.0 && isfinite(checkpoint->pending);
  return sound ? DW_OK
               : dw_fail(DW_ERR_FILE, "%s: step %lld with steps of %g, %g pending, is none of a run; it is damaged",
                         path, (long long)checkpoint->step, checkpoint->dtau, checkpoint->pending);
}

dw_status dw_checkpoint_check_time(const dw_directory *directory, const dw_checkpoint *checkpoint, double tau_start) {
  char path[DW_PATH_LENGTH + 32];
  const double expected = tau_start + (double)checkpoint->step * checkpoint->dtau;
  if (fabs(checkpoint->tau - expected) <= SLACK * checkpoint->tau) {
    return DW_OK;
  }
  name_slot(directory, checkpoint->slot, path);
  return dw_fail(DW_ERR_FILE, "%s: step %lld with steps of %.10g isn't at tau = %.10g, as it says; it is damaged", path,
                 (long long)checkpoint->step, checkpoint->dtau, checkpoint->tau);
}

/* *present tells a file that is absent from one that is damaged. */
static dw_status inspect(const dw_directory *directory, const dw_comm *comm, int slot, dw_checkpoint *checkpoint,
                         int64_t *present) {
  char path[DW_PATH_LENGTH + 32];
  name_slot(directory, slot, path);
  *present = dw_comm_rank(comm) == 0 && access(path, F_OK) == 0;
  dw_comm_max_int64(comm, present, 1);
  if (!*present) {
    return dw_fail(DW_ERR_FILE, "%s doesn't exist", path);
  }
  dw_file *file = NULL;
  DW_TRY(dw_file_open(&file, comm, path));
  const dw_status status = read_header(file, path, checkpoint);
  dw_file_close(file);
  checkpoint->slot = status == DW_OK ? slot : -1;
  return status;
}

dw_status dw_checkpoint_find(const dw_directory *directory, const dw_comm *comm, dw_checkpoint newest[2], char *notes,
                             size_t notes_size) {
  notes[0] = '\0';
  for (int slot = 0; slot < 2; slot++) {
    newest[slot] = (dw_checkpoint){.slot = -1, .step = -1};
    int64_t present = 0;
    if (inspect(directory, comm, slot, &newest[slot], &present) != DW_OK) {
      newest[slot] = (dw_checkpoint){.slot = -1, .step = -1};
      if (present) {
        const size_t used = strlen(notes);
        (void)snprintf(notes + used, notes_size - used, "%s%s", used > 0 ? "; " : "", dw_message());
      }
    }
  }
  if (newest[1].step > newest[0].step) {
    const dw_checkpoint swap = newest[0];
    newest[0] = newest[1];
    newest[1] = swap;
  }
  if (newest[0].slot < 0) {
    return dw_fail(DW_ERR_FILE,
                   "--restart: there is no valid checkpoint in %s%s%s; start the run anew without --restart "
                   "(--set overwrite=true replaces what is there)",
                   directory->checkpoints, notes[0] != '\0' ? ": " : "", notes);
  }
  return DW_OK;
}

dw_status dw_checkpoint_params(const dw_directory *directory, const dw_comm *comm, const dw_checkpoint *checkpoint,
                               dw_params *params) {
  enum { CONFIG_LENGTH = 1 << 17 };
  char path[DW_PATH_LENGTH + 32];
  name_slot(directory, checkpoint->slot, path);
  dw_file *file = NULL;
  DW_TRY(dw_file_open(&file, comm, path));
  char *config = calloc(CONFIG_LENGTH, 1);
  dw_report *report = calloc(1, sizeof *report);
  dw_status status = config == NULL || report == NULL ? dw_fail(DW_ERR_MEMORY, "no memory to read %s", path) : DW_OK;
  status = dw_comm_agree(comm, status);
  if (status == DW_OK) {
    status = dw_attribute_read_text(file, "/", "config", config, CONFIG_LENGTH);
  }
  dw_file_close(file);
  if (status == DW_OK) {
    dw_report_init(report);
    status = dw_params_defaults(params);
  }
  if (status == DW_OK) {
    status = dw_params_from_text(params, config, path, report);
    if (status != DW_OK && status != DW_ERR_MEMORY) {
      status = dw_fail(DW_ERR_FILE, "%s: its parameters can't be read: %s", path, report->text);
    }
  }
  free(config);
  free(report);
  return dw_comm_agree(comm, status);
}

static dw_status read_all(dw_file *file, const dw_run_parts *parts, int64_t step) {
  for (int i = 0; i < parts->state->components; i++) {
    char path[DW_FILE_NAME];
    DW_TRY(dw_file_read_checked_field(file, name_field("phi", i, path), parts->state->phi[i]));
    DW_TRY(dw_file_read_checked_field(file, name_field("pi", i, path), parts->state->pi[i]));
  }
  DW_TRY(read_balance(file, parts->balance));
  DW_TRY(read_expansion(file, parts->state->expansion, step));
  return dw_emission_read(parts->emission, file, step);
}

dw_status dw_checkpoint_read(const dw_directory *directory, const dw_checkpoint *checkpoint,
                             const dw_run_parts *parts) {
  char path[DW_PATH_LENGTH + 32];
  name_slot(directory, checkpoint->slot, path);
  dw_file *file = NULL;
  DW_TRY(dw_file_open(&file, parts->state->lattice->comm, path));
  const dw_status status = read_all(file, parts, checkpoint->step);
  dw_file_close(file);
  parts->state->step = checkpoint->step;
  parts->state->dtau = checkpoint->dtau;
  parts->state->pending = checkpoint->pending;
  return status;
}
