#include "app/run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/model.h"
#include "app/setup.h"
#include "app/signals.h"
#include "base/memory.h"
#include "lattice/replace.h"
#include "params/print.h"
#include "params/uses.h"

/* Text of config.cfg in memory; process 0 only. */
static dw_status make_config(dw_run *run) {
  dw_params params = run->params;
  params.overwrite = false; /* consent to replace that run, not this one */
  return dw_params_text(&params, &run->config);
}

dw_run_parts dw_run_parts_of(dw_run *run) {
  return (dw_run_parts){.state = run->state,
                        .emission = run->emission,
                        .choice = &run->choice,
                        .balance = &run->balance,
                        .row = run->row,
                        .row_spectra = run->row_spectra};
}

dw_status dw_run_allocate(dw_run *run) {
  const dw_params *params = &run->params;
  const dw_precision precision = dw_setup_precision(params);
  dw_setup_division division;
  DW_TRY(dw_setup_divide(&division, params, &run->model, dw_comm_size(run->comm)));
  DW_TRY(dw_lattice_create(&run->lattice, run->comm, params->lattice.points, params->lattice.length, division.halo,
                           division.align, (const int64_t[2]){division.grid[0], division.grid[1]}));
  dw_status status = dw_state_create(&run->state, run->lattice, &run->model, precision, run->plan.dtau);
  if (status == DW_OK && dw_background_is_driven(&run->model.background)) {
    status = dw_expansion_create(&run->expansion, run->state, &run->model, params->cosmology.eta, run->plan.steps);
  }
  if (status == DW_OK) {
    status = dw_modes_create(&run->modes, run->lattice, DW_ALL_MODES, precision);
  }
  if (status == DW_OK) {
    status = dw_measure_create(&run->measure, run->state);
  }
  dw_balance_init(&run->balance, &run->model);
  void *power = NULL;
  if (status == DW_OK) {
    status = dw_alloc(&power, 2 * (size_t)params->lattice.points, sizeof(double), "spectra");
  }
  run->power = power;
  DW_TRY(dw_comm_agree(run->comm, status));
  DW_TRY(dw_shells_create(&run->shells, run->modes, NULL, NULL));
  run->choice = dw_setup_emission(params, &run->plan);
  run->choice.together = division.together;
  return dw_emission_create(&run->emission, run->state, &run->choice);
}

dw_status dw_run_make_records(dw_run *run) {
  DW_TRY(dw_comm_agree(run->comm, dw_comm_rank(run->comm) == 0 ? make_config(run) : DW_OK));
  run->record = (dw_record){.provenance = &run->provenance, .params = &run->params, .config = run->config};
  if (run->params.analysis.domains && dw_potential_has_sign(run->model.potential)) {
    DW_TRY(dw_domains_file_create(&run->walls, run->comm, run->directory.walls, &run->record));
  }
  if (run->model.potential->sectors) {
    DW_TRY(dw_sectors_file_create(&run->sectors, run->comm, run->directory.sectors, &run->record,
                                  run->model.values.walls));
  }
  DW_TRY(dw_spectra_create(&run->spectra, run->comm, run->directory.spectra, &run->record));
  DW_TRY(dw_spectra_declare(run->spectra, "field", run->shells->shells, run->shells->k, run->shells->count, 0, NULL));
  return dw_emission_declare(run->emission, run->spectra);
}

dw_status dw_run_write_records(dw_run *run) {
  dw_status status = DW_OK;
  if (dw_comm_rank(run->comm) == 0) {
    status = dw_replace_file(run->directory.config, run->config, strlen(run->config));
    if (status == DW_OK && run->plugin != NULL) {
      const char *text = dw_plugin_text(run->plugin);
      status = dw_replace_file(run->directory.potential, text, strlen(text));
    }
    if (status == DW_OK) {
      status = dw_log_open(&run->log, run->directory.log);
    }
  }
  return dw_comm_agree(run->comm, status);
}

/* Before the directory is touched: cosmology.table may be the copy of the run that is replaced. */
static dw_status read_table(dw_run *run) {
  size_t bytes = 0;
  const bool here = dw_comm_rank(run->comm) == 0 && run->params.cosmology.table[0] != '\0';
  return dw_comm_agree(run->comm, here ? dw_replace_read(run->params.cosmology.table, &run->table, &bytes) : DW_OK);
}

/* From here on the run doesn't need cosmology.table where it is. */
static dw_status write_table(dw_run *run) {
  dw_status status = DW_OK;
  if (run->table != NULL) {
    status = dw_replace_file(run->directory.table, run->table, strlen(run->table));
  }
  dw_free(run->table);
  run->table = NULL;
  return dw_comm_agree(run->comm, status);
}

/* Another run may have begun there meanwhile. */
static dw_status claim_directory(dw_run *run) {
  DW_TRY(dw_directory_root(&run->directory, run->comm));
  DW_TRY(dw_run_lock_take(&run->lock, &run->directory, run->comm, true));
  return dw_directory_check(&run->directory, run->comm, run->params.overwrite);
}

/* All that may be wrong is looked at before the directory is touched. */
static dw_status start_new(dw_run *run) {
  DW_TRY(dw_plan_init(&run->plan, &run->params, &run->model.background));
  DW_TRY(dw_setup_check_step(&run->model, &run->params, run->plan.dtau, dw_plan_tau(&run->plan, run->plan.steps)));
  DW_TRY(dw_setup_check_start(&run->model, &run->params, run->comm));
  DW_TRY(dw_run_lock_take(&run->lock, &run->directory, run->comm, false));
  DW_TRY(dw_directory_check(&run->directory, run->comm, run->params.overwrite));
  if (dw_param_unused(&run->params, "fields.initial.file") == NULL) {
    DW_TRY(dw_directory_check_source(&run->directory, run->comm, run->params.fields.initial.file));
  }
  DW_TRY(dw_run_allocate(run));
  const dw_initial initial = dw_setup_initial(&run->params);
  DW_TRY(dw_initial_set(&initial, run->state, run->modes));
  DW_TRY(dw_run_check_finite(run));
  DW_TRY(read_table(run));
  if (run->expansion != NULL) {
    DW_TRY(dw_expansion_begin(run->expansion));
  }
  DW_TRY(claim_directory(run));
  DW_TRY(dw_directory_prepare(&run->directory, run->comm, run->params.overwrite));
  DW_TRY(dw_run_make_records(run));
  DW_TRY(dw_run_write_records(run));
  DW_TRY(write_table(run));
  DW_TRY(dw_timeseries_create(&run->series, run->comm, run->directory.timeseries));
  dw_run_say_start(run);
  return dw_run_output(run);
}

dw_status dw_run_create_from(dw_run *run, const dw_params *params, bool restart, bool quiet, bool late,
                             const dw_comm *comm, int argc, char *const *argv) {
  memset(run, 0, sizeof *run);
  run->late = late;
  run->comm = comm;
  run->params = *params;
  run->checkpoint.slot = -1;
  run->measured = -1;
  run->row = -1;
  run->row_spectra = -1;
  run->written = -2;
  run->history = -2;
  run->area_parameter = (double)NAN;
  run->started = dw_seconds();
  run->last_checkpoint = run->started;
  dw_log_init(&run->log, dw_comm_rank(comm) == 0, quiet);
  const int threads = dw_setup_threads();
  dw_directory_name(&run->directory, run->params.output);
  DW_TRY(restart ? dw_run_restart_plugin(run)
                 : dw_plugin_from_params(&run->plugin, &run->params, comm, run->params.fields.potential_file));
  DW_TRY(dw_comm_agree(
      comm, dw_model_from_params(&run->model, &run->params, restart ? run->directory.table : NULL, run->plugin)));
  dw_provenance_collect(&run->provenance, comm, argc, argv, run->params.seed, threads);
  DW_TRY(restart ? dw_run_restart(run) : start_new(run));
  if (!run->finished) {
    DW_TRY(restart ? dw_run_check_finite(run) : DW_OK);
    dw_progress_init(&run->progress, &run->log, &run->plan, run->state->step);
  }
  return DW_OK;
}

dw_status dw_run_create(dw_run *run, const dw_options *options, const dw_comm *comm, int argc, char *const *argv) {
  memset(run, 0, sizeof *run); /* it is destroyed also after a failure */
  dw_params *params = malloc(sizeof *params);
  DW_TRY(dw_comm_agree(comm, params != NULL ? DW_OK : dw_fail(DW_ERR_MEMORY, "no memory for the parameters")));
  dw_status status = dw_setup_params(params, options, comm);
  if (status == DW_OK) {
    status = dw_run_create_from(run, params, options->restart, options->quiet, false, comm, argc, argv);
  }
  free(params);
  return status;
}

void dw_run_destroy(dw_run *run) {
  dw_timeseries_close(run->series);
  dw_spectra_destroy(run->spectra);
  dw_domains_file_destroy(run->walls);
  dw_sectors_file_destroy(run->sectors);
  dw_emission_destroy(run->emission);
  dw_measure_destroy(run->measure);
  dw_shells_destroy(run->shells);
  dw_modes_destroy(run->modes);
  dw_expansion_destroy(run->expansion);
  dw_state_destroy(run->state);
  dw_lattice_destroy(run->lattice);
  dw_free(run->power);
  free(run->config);
  dw_free(run->table);
  dw_plugin_unload(run->plugin);
  dw_log_close(&run->log);
  dw_run_lock_release(&run->lock);
}

/* A scale factor that isn't known beforehand may outrun the steps, or stop. */
static dw_status check_expansion(const dw_run *run) {
  const double tau = dw_state_tau(run->state);
  if (run->expansion == NULL) {
    return DW_OK;
  }
  if (!(dw_background_hubble(&run->model.background, tau) > 0.0)) {
    return dw_fail(DW_ERR_INVALID,
                   "the universe stops expanding at tau = %.6g, where the energy density isn't positive any more; end "
                   "the run before (time.end), or use a smaller fields.bias",
                   tau);
  }
  if (!(run->plan.dtau < dw_model_stable_step(&run->model, run->lattice->spacing, tau) * run->lattice->spacing)) {
    return dw_fail(DW_ERR_INVALID,
                   "from tau = %.6g on, where a = %.4g, the steps are unstable: the universe expands faster than the "
                   "fluid alone would make it; use a smaller time.step or an earlier time.end",
                   tau, dw_state_scale_factor(run->state));
  }
  return DW_OK;
}

void dw_run_spend(dw_run *run, dw_run_part part, double begun) { run->spent[part] += dw_seconds() - begun; }

/* What a checkpoint relies on comes before it, and counts as its time. */
static dw_status write_checkpoint(dw_run *run) {
  const double begun = dw_seconds();
  if (run->measured != run->state->step) {
    DW_TRY(dw_run_check_finite(run));
  }
  DW_TRY(dw_run_write_files(run));
  DW_TRY(dw_timeseries_sync(run->series));
  DW_TRY(dw_run_write_history(run));
  const double files = dw_seconds();
  const dw_run_parts parts = dw_run_parts_of(run);
  DW_TRY(dw_checkpoint_write(&run->directory, &parts, &run->record, &run->checkpoint));
  dw_run_spend(run, DW_RUN_FILES, files);
  run->last_checkpoint = dw_seconds();
  run->longest_checkpoint = fmax(run->longest_checkpoint, run->last_checkpoint - begun);
  dw_log_line(&run->log, "checkpoint   step %lld, tau = %.6g, slot %d, %.1f s", (long long)run->state->step,
              dw_state_tau(run->state), run->checkpoint.slot, run->last_checkpoint - begun);
  return DW_OK;
}

/* What a process may ask for; the largest of all processes is done. */
typedef enum request { GO_ON = 0, CHECKPOINT, STOP_WALLTIME, STOP_SIGNAL } request;

/* The run must have ended by its limit: there has to be time for a pass and the checkpoint after it, as long as the
 * longest so far. One pass is always made, else a run that starts slowly would never get on. */
static bool time_is_up(const dw_run *run, double now, int checkpoints) {
  const double limit = 60.0 * run->params.store.walltime_minutes;
  return limit > 0.0 && run->longest_pass > 0.0 &&
         now - run->started + run->longest_pass + checkpoints * run->longest_checkpoint >= limit;
}

static request ask(const dw_run *run) {
  int64_t wish = GO_ON;
  const double now = dw_seconds();
  const double interval = run->params.store.checkpoint_minutes;
  const bool due = interval > 0.0 && now - run->last_checkpoint >= 60.0 * interval;
  if (dw_signals_caught() != 0) {
    wish = STOP_SIGNAL;
  } else if (time_is_up(run, now, due ? 2 : 1)) {
    wish = STOP_WALLTIME;
  } else if (due) {
    wish = CHECKPOINT;
  }
  dw_comm_max_int64(run->comm, &wish, 1);
  return (request)wish;
}

static dw_status stop(dw_run *run, request why) {
  DW_TRY(write_checkpoint(run));
  dw_run_say_took(run);
  return dw_fail(DW_STOPPED, "stopped by %s at step %lld of %lld, checkpoint written; go on with --restart",
                 why == STOP_SIGNAL ? "a signal" : "store.walltime_minutes", (long long)run->state->step,
                 (long long)run->plan.steps);
}

/* Units of gw.coarsening steps that can be taken at once: as many as fit into one pass, up to the next output. */
static int units_ahead(const dw_run *run) {
  const int64_t unit = run->plan.coarsening;
  const int64_t most = dw_emission_together(run->emission);
  int64_t units = 1;
  while (units < most && !dw_run_output_due(run, run->state->step + units * unit)) {
    units++;
  }
  return (int)units;
}

/* What was measured until an evolution became invalid, so that its files don't end where they happened to be written
 * last; without what was on its way into its groups. Keeps the message. */
static void keep_measured(dw_run *run) {
  char reason[DW_MESSAGE_LENGTH];
  (void)snprintf(reason, sizeof reason, "%s", dw_message());
  if (!run->late) {
    dw_spectra_cut(run->spectra, run->row_spectra);
    (void)dw_run_write_files(run);
  }
  (void)dw_fail(DW_ERR_INVALID, "%s", reason);
}

static dw_status evolve(dw_run *run) {
  while (run->state->step < run->plan.steps) {
    if (run->pulse != NULL) {
      run->pulse(run->pulse_context);
    }
    dw_run_warn_validity(run);
    DW_TRY(check_expansion(run));
    const request wish = ask(run);
    if (wish == STOP_SIGNAL || wish == STOP_WALLTIME) {
      return stop(run, wish);
    }
    if (wish == CHECKPOINT) {
      DW_TRY(write_checkpoint(run));
    }
    const double begun = dw_seconds();
    DW_TRY(dw_emission_advance(run->emission, units_ahead(run)));
    dw_run_spend(run, DW_RUN_EVOLUTION, begun);
    DW_TRY(dw_run_output(run));
    run->longest_pass = fmax(run->longest_pass, dw_seconds() - begun);
    dw_progress_show(&run->progress, run->state->step, run->area_parameter);
  }
  dw_run_warn_validity(run);
  dw_run_say_result(run);
  if (run->params.store.checkpoint_minutes > 0.0 && !run->passing) {
    DW_TRY(write_checkpoint(run)); /* without one all is written before the last row */
  }
  dw_run_say_end(run);
  return DW_OK;
}

dw_status dw_run_evolve(dw_run *run) {
  const dw_status status = run->finished ? DW_OK : evolve(run);
  if (status == DW_ERR_INVALID) {
    keep_measured(run);
  }
  return status;
}
