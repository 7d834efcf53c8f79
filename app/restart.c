/* Going on with an earlier run. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/run.h"
#include "app/setup.h"
#include "base/memory.h"
#include "lattice/replace.h"
#include "params/check.h"
#include "params/read.h"

enum { NOTES_LENGTH = 8192 };

/* Parameters of the earlier run against those given now; `report` says what differs. */
static dw_status compare(dw_run *run, const dw_params *old, dw_report *report) {
  dw_report_init(report);
  if (dw_params_compare(old, &run->params, report) == DW_OK) {
    return DW_OK;
  }
  if (dw_comm_rank(run->comm) == 0) {
    dw_report_print(report, stderr);
  }
  return dw_fail(DW_ERR_PARAM,
                 "--restart: parameters that a restart must keep differ from those of the run in %s; "
                 "nothing was written",
                 run->directory.root);
}

static dw_status compare_with_checkpoint(dw_run *run) {
  dw_params *old = calloc(1, sizeof *old);
  dw_report *report = calloc(1, sizeof *report);
  dw_status status = old == NULL || report == NULL ? dw_fail(DW_ERR_MEMORY, "no memory for parameters") : DW_OK;
  status = dw_comm_agree(run->comm, status);
  if (status == DW_OK) {
    status = dw_checkpoint_params(&run->directory, run->comm, &run->checkpoint, old);
  }
  if (status == DW_OK) {
    status = compare(run, old, report);
  }
  free(old);
  free(report);
  return status;
}

/* Whether the user's file isn't what the run has a copy of. It may be gone. Errors: DW_ERR_FILE, the copy can't be
 * read. */
static dw_status is_other(const char *path, const char *copy_path, bool *other) {
  char *given = NULL;
  char *copy = NULL;
  size_t bytes[2] = {0, 0};
  *other = false;
  if (path[0] == '\0' || dw_replace_read(path, &given, &bytes[0]) != DW_OK) {
    return DW_OK;
  }
  const dw_status status = dw_replace_read(copy_path, &copy, &bytes[1]);
  *other = status == DW_OK && (bytes[0] != bytes[1] || memcmp(given, copy, bytes[0]) != 0);
  dw_free(given);
  dw_free(copy);
  return status;
}

/* The run goes on with its copy of the table; that other ones are meant is said. */
static dw_status compare_table(const dw_run *run) {
  const char *path = run->params.cosmology.table;
  bool other = false;
  DW_TRY(is_other(path, run->directory.table, &other));
  return other ? dw_fail(DW_ERR_PARAM,
                         "--restart: cosmology.table: %s differs from the copy that the run began with, %s; put that "
                         "one in its place (or none), or start a new run",
                         path, run->directory.table)
               : DW_OK;
}

/* On process 0. Without a copy there is nothing to compare with. */
static dw_status compare_plugin(const dw_run *run) {
  const char *path = run->params.fields.potential_file;
  bool other = false;
  if (is_other(path, run->directory.potential, &other) != DW_OK || !other) {
    return DW_OK;
  }
  return dw_fail(DW_ERR_PARAM,
                 "--restart: fields.potential_file: %s isn't what the run in %s began with, which is kept in %s; a "
                 "restart can't change the potential: bring that file back, or start a new run",
                 path, run->directory.root, run->directory.potential);
}

dw_status dw_run_restart_plugin(dw_run *run) {
  const bool own = strcmp(run->params.fields.potential, "plugin") == 0;
  const bool first = dw_comm_rank(run->comm) == 0;
  DW_TRY(dw_comm_agree(run->comm, own && first ? compare_plugin(run) : DW_OK));
  const bool copied = access(run->directory.potential, F_OK) == 0;
  return dw_plugin_from_params(&run->plugin, &run->params, run->comm,
                               copied ? run->directory.potential : run->params.fields.potential_file);
}

/* Whether the last row of the time series is that of the last step of the plan. */
static bool has_last_row(const dw_run *run) {
  dw_rows rows = {0};
  int64_t last = 0;
  if (dw_comm_rank(run->comm) == 0) {
    rows = dw_directory_rows(&run->directory);
    const double tau = dw_plan_tau(&run->plan, run->plan.steps);
    last = rows.count > 0 && rows.step == run->plan.steps && fabs(rows.tau - tau) <= 1e-9 * run->plan.dtau;
  }
  dw_comm_max_int64(run->comm, &last, 1);
  return last != 0;
}

static dw_status say_finished(dw_run *run) {
  dw_log_line(&run->log, "the run in %s is finished (step %lld, tau = %.6g); give a later time.end to go on",
              run->directory.root, (long long)run->plan.steps, dw_plan_tau(&run->plan, run->plan.steps));
  run->finished = true;
  return DW_OK;
}

/* Parameters of config.cfg, on process 0; false where it can't be read. */
static bool read_config(const dw_run *run, dw_params *old, dw_report *report) {
  dw_report_init(report);
  return dw_params_defaults(old) == DW_OK && dw_params_read(old, run->directory.config, report) == DW_OK &&
         dw_params_compare(old, &run->params, report) == DW_OK;
}

/* A run may have ended without a checkpoint (store.checkpoint_minutes = 0). */
static bool is_finished_without_checkpoint(dw_run *run) {
  dw_params *old = calloc(1, sizeof *old);
  dw_report *report = calloc(1, sizeof *report);
  int64_t same = dw_comm_rank(run->comm) == 0 && old != NULL && report != NULL && read_config(run, old, report);
  free(old);
  free(report);
  dw_comm_max_int64(run->comm, &same, 1);
  return same && dw_plan_init(&run->plan, &run->params, &run->model.background) == DW_OK && has_last_row(run);
}

/* The last checkpoint is written after everything else; where there is none at the end, the last row tells. */
static bool is_finished(const dw_run *run) {
  const bool ends_with_row = run->params.store.checkpoint_minutes <= 0.0 && has_last_row(run);
  return run->checkpoint.step >= run->plan.steps || ends_with_row;
}

/* From run->checkpoint. Errors: DW_ERR_FILE if it turns out to be damaged, then another may be tried. */
static dw_status go_on_from_checkpoint(dw_run *run) {
  DW_TRY(compare_with_checkpoint(run));
  DW_TRY(dw_checkpoint_check_time(&run->directory, &run->checkpoint, run->model.background.tau_start));
  DW_TRY(dw_plan_continue(&run->plan, &run->params, &run->model.background, run->checkpoint.dtau));
  DW_TRY(dw_setup_check_step(&run->model, &run->params, run->plan.dtau, dw_plan_tau(&run->plan, run->plan.steps)));
  if (is_finished(run)) {
    return say_finished(run);
  }
  if (run->lattice == NULL) {
    DW_TRY(dw_run_allocate(run));
  }
  const dw_run_parts parts = dw_run_parts_of(run);
  return dw_checkpoint_read(&run->directory, &run->checkpoint, &parts);
}

/* The newest checkpoint; if that is damaged, the one before. */
static dw_status choose_checkpoint(dw_run *run) {
  dw_checkpoint newest[2];
  char notes[NOTES_LENGTH];
  const dw_status found = dw_checkpoint_find(&run->directory, run->comm, newest, notes, sizeof notes);
  if (found != DW_OK) {
    char reason[DW_MESSAGE_LENGTH];
    (void)snprintf(reason, sizeof reason, "%s", dw_message());
    return is_finished_without_checkpoint(run) ? say_finished(run) : dw_fail(found, "%s", reason);
  }
  if (notes[0] != '\0') {
    dw_log_line(&run->log, "warning: a checkpoint is left out: %s", notes);
  }
  run->checkpoint = newest[0];
  const dw_status status = go_on_from_checkpoint(run);
  if (status != DW_ERR_FILE || newest[1].slot < 0) {
    return status;
  }
  dw_log_line(&run->log, "warning: %s; going back to the checkpoint before, step %lld", dw_message(),
              (long long)newest[1].step);
  run->checkpoint = newest[1];
  return go_on_from_checkpoint(run);
}

/* Rows and spectra so far. A restart needs them: what came before the checkpoint can't be measured again. */
static dw_status read_series(dw_run *run) {
  dw_status status = dw_spectra_restore(run->spectra, run->state->step, run->checkpoint.row_spectra);
  if (status == DW_OK && run->walls != NULL) {
    status = dw_domains_file_restore(run->walls, run->state->step);
  }
  if (status == DW_OK && run->sectors != NULL) {
    status = dw_sectors_file_restore(run->sectors, run->state->step);
  }
  if (status == DW_OK) {
    status = dw_emission_restore_tracks(run->emission, run->directory.tracks, run->state->step);
  }
  if (status == DW_OK) {
    status = dw_timeseries_check(run->comm, run->directory.timeseries, run->state->step, run->checkpoint.row);
  }
  if (status == DW_ERR_FILE) {
    return dw_fail(status,
                   "--restart: %s; bring this file of the run back from a copy, or start anew with --set "
                   "overwrite=true instead of --restart",
                   dw_message());
  }
  return status;
}

/* Lists may have been switched off for a while; else the file is an older copy. They have a time for all spectra. */
static void say_gap(dw_run *run, const char *path, int64_t last) {
  if (last < 0) {
    dw_log_line(&run->log, "warning: there is no %s of the run so far; it begins here", path);
  } else if (last != run->row_spectra && run->row_spectra >= 0) {
    dw_log_line(&run->log,
                "warning: %s has nothing between step %lld and the spectra of step %lld; it goes on after the gap",
                path, (long long)last, (long long)run->row_spectra);
  }
}

/* Times that were given only now can't be gone back to. */
static void say_missed(dw_run *run) {
  int missed = 0;
  for (int64_t i = 0; i < run->params.store.snapshots.count && dw_comm_rank(run->comm) == 0; i++) {
    char path[DW_PATH_LENGTH + 48];
    const int64_t step = dw_plan_snapshot_step(&run->plan, i);
    (void)snprintf(path, sizeof path, "%s/snapshot_%06lld.h5", run->directory.snapshots, (long long)step);
    missed += step <= run->state->step && access(path, F_OK) != 0;
  }
  if (missed > 0) {
    dw_log_line(&run->log, "warning: %d of store.snapshots lie before this restart and have no file there", missed);
  }
}

/* All that may be wrong is read before the first file changes. */
dw_status dw_run_restart(dw_run *run) {
  DW_TRY(dw_run_lock_take(&run->lock, &run->directory, run->comm, false));
  DW_TRY(dw_comm_agree(run->comm, dw_comm_rank(run->comm) == 0 ? compare_table(run) : DW_OK));
  DW_TRY(choose_checkpoint(run));
  if (run->finished) {
    return DW_OK;
  }
  DW_TRY(dw_run_make_records(run));
  DW_TRY(read_series(run));
  run->row = run->checkpoint.row;
  run->row_spectra = run->checkpoint.row_spectra;
  run->restored = true;
  DW_TRY(dw_run_lock_take(&run->lock, &run->directory, run->comm, true)); /* one of an earlier version has none */
  DW_TRY(dw_timeseries_restore(&run->series, run->comm, run->directory.timeseries, run->state->step));
  DW_TRY(dw_directory_prepare(&run->directory, run->comm, false));
  DW_TRY(dw_run_write_records(run));
  dw_run_say_start(run);
  dw_run_say_restart(run);
  say_missed(run);
  if (run->walls != NULL) {
    say_gap(run, run->directory.walls, dw_domains_file_last(run->walls));
  }
  if (run->sectors != NULL) {
    say_gap(run, run->directory.sectors, dw_sectors_file_last(run->sectors));
  }
  return DW_OK;
}
