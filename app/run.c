#include "app/run.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/expansion_file.h"
#include "analysis/model.h"
#include "analysis/validity.h"
#include "app/notices.h"
#include "app/setup.h"
#include "app/signals.h"
#include "base/memory.h"
#include "lattice/replace.h"
#include "params/print.h"

/* Of the constraint, above which a run is warned about. */
static const double WORST_VIOLATION = 0.01;

/* Text of config.cfg in memory; process 0 only. */
static dw_status make_config(dw_run *run) {
  dw_params params = run->params;
  params.overwrite = false; /* consent to replace that run, not this one */
  return dw_params_text(&params, &run->config);
}

dw_run_parts dw_run_parts_of(const dw_run *run) {
  return (dw_run_parts){.state = run->state,
                        .emission = run->emission,
                        .choice = &run->choice,
                        .row = run->row,
                        .row_spectra = run->row_spectra};
}

static void say_notice(void *context, const char *line) { dw_log_line(context, "%s", line); }

/* What drives the expansion, of the start. */
static void say_expansion(dw_run *run) {
  const dw_expansion *e = run->expansion;
  if (e != NULL) {
    const double hubble = run->model.background.hubble_start;
    const double share = e->now.fluid * e->now.coupling / (3.0 * hubble * hubble);
    dw_log_line(&run->log,
                "expansion    eta/M_P = %.10g; at the start the field has %.6g of the energy, the fluid %.6g",
                sqrt(e->now.coupling), 1.0 - share, share);
  }
}

void dw_run_say_start(dw_run *run) {
  for (int i = 0; i < run->provenance.count; i++) {
    dw_log_line(&run->log, "%-12s %s", run->provenance.line[i].name, run->provenance.line[i].text);
  }
  const dw_lattice *lattice = run->lattice;
  dw_log_line(&run->log, "lattice      %lld^3, L = %g, dx = %.6g, %s precision, process grid %d x %d",
              (long long)lattice->points, lattice->length, lattice->spacing, run->params.precision, lattice->grid[0],
              lattice->grid[1]);
  dw_log_line(&run->log, "time         tau = %.6g to %.6g in %lld steps of %.6g (%.4g dx)", run->plan.tau_start,
              dw_plan_tau(&run->plan, run->plan.steps), (long long)run->plan.steps, run->plan.dtau,
              run->plan.dtau / lattice->spacing);
  if (run->plugin != NULL) {
    dw_log_line(&run->log, "potential    %s, fingerprint %s", run->params.fields.potential_file,
                dw_plugin_fingerprint(run->plugin));
  }
  dw_notices_say(&run->params, &run->model, &run->plan, say_notice, &run->log);
  say_expansion(run);
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
    DW_TRY(restart ? dw_run_check_finite(run) : DW_OK); /* the energy that what follows is compared with */
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

/* Each once, at the first step for which it holds. */
static void warn_validity(dw_run *run) {
  const double tau = dw_state_tau(run->state);
  const double width = dw_model_wall_width(&run->model, tau);
  const double resolution = dw_wall_resolution(width, run->lattice->spacing);
  const double horizon = dw_horizon_fraction(tau - run->plan.tau_signals, run->lattice->length);
  if (!run->warned_resolution && !dw_walls_are_resolved(resolution)) {
    dw_log_line(&run->log,
                "warning: from tau = %.4g on the walls are thinner than two lattice spacings (delta/(a^s dx) = "
                "%.3f); what comes later isn't to be trusted",
                tau, resolution);
    run->warned_resolution = true;
  }
  if (!run->warned_horizon && !dw_horizon_is_in_box(horizon)) {
    dw_log_line(&run->log,
                "warning: from tau = %.4g on the horizon is larger than half the box; the periodic box is felt", tau);
    run->warned_horizon = true;
  }
  if (!run->warned_constraint && run->expansion != NULL && run->expansion->now.violation > WORST_VIOLATION) {
    dw_log_line(&run->log,
                "warning: from tau = %.4g on the Friedmann equation is violated by %.2g or more; a isn't to be trusted "
                "then, use a smaller time.step",
                tau, WORST_VIOLATION);
    run->warned_constraint = true;
  }
}

void dw_run_warn_balance(dw_run *run) {
  const double worst = dw_balance_worst(&run->balance);
  if (!run->warned_balance && worst > DW_BALANCE_WARNING) {
    dw_log_line(
        &run->log,
        "warning: at tau = %.4g the energy has changed by %.2g of itself against the equation of motion; what comes "
        "later isn't to be trusted, use a smaller time.step or a start that the lattice resolves",
        dw_state_tau(run->state), worst);
    run->warned_balance = true;
  }
}

/* The scale factor so far, which nobody could compute again without the run. */
static dw_status write_expansion(const dw_run *run) {
  if (run->expansion == NULL) {
    return DW_OK;
  }
  const bool first = dw_comm_rank(run->comm) == 0;
  return dw_comm_agree(run->comm, first ? dw_expansion_file_write(run->directory.expansion, run->expansion) : DW_OK);
}

void dw_run_spend(dw_run *run, dw_run_part part, double begun) { run->spent[part] += dw_seconds() - begun; }

static dw_status write_checkpoint(dw_run *run) {
  if (run->measured != run->state->step) {
    DW_TRY(dw_run_check_finite(run));
  }
  DW_TRY(run->late ? dw_run_write_files(run) : DW_OK);
  DW_TRY(dw_timeseries_sync(run->series));
  DW_TRY(dw_emission_write_tracks(run->emission, run->directory.tracks, &run->record));
  DW_TRY(write_expansion(run));
  const double begun = dw_seconds();
  const dw_run_parts parts = dw_run_parts_of(run);
  DW_TRY(dw_checkpoint_write(&run->directory, &parts, &run->record, &run->checkpoint));
  dw_run_spend(run, DW_RUN_FILES, begun);
  run->last_checkpoint = dw_seconds();
  run->longest_checkpoint = fmax(run->longest_checkpoint, run->last_checkpoint - begun);
  dw_log_line(&run->log, "checkpoint   step %lld, tau = %.6g, slot %d, %.1f s", (long long)run->state->step,
              dw_state_tau(run->state), run->checkpoint.slot, run->last_checkpoint - begun);
  return DW_OK;
}

/* What a process may ask for; the largest of all processes is done. */
typedef enum request { GO_ON = 0, CHECKPOINT, STOP_WALLTIME, STOP_SIGNAL } request;

/* The run must have ended by its limit: there has to be time for a pass and the checkpoint after it, as long as the
 * longest so far. */
static bool time_is_up(const dw_run *run, double now) {
  const double limit = 60.0 * run->params.store.walltime_minutes;
  return limit > 0.0 && now - run->started + run->longest_pass + run->longest_checkpoint >= limit;
}

static request ask(const dw_run *run) {
  int64_t wish = GO_ON;
  const double now = dw_seconds();
  const double interval = run->params.store.checkpoint_minutes;
  if (dw_signals_caught() != 0) {
    wish = STOP_SIGNAL;
  } else if (time_is_up(run, now)) {
    wish = STOP_WALLTIME;
  } else if (interval > 0.0 && now - run->last_checkpoint >= 60.0 * interval) {
    wish = CHECKPOINT;
  }
  dw_comm_max_int64(run->comm, &wish, 1);
  return (request)wish;
}

/* Of this stretch, the start and all files included; scans add up those of a run. */
static void say_took(dw_run *run) { dw_log_line(&run->log, "took         %.6f s", dw_seconds() - run->started); }

static dw_status stop(dw_run *run, request why) {
  DW_TRY(write_checkpoint(run));
  say_took(run);
  return dw_fail(DW_STOPPED, "stopped by %s at step %lld of %lld, checkpoint written; go on with --restart",
                 why == STOP_SIGNAL ? "a signal" : "store.walltime_minutes", (long long)run->state->step,
                 (long long)run->plan.steps);
}

static void say_spectra(dw_run *run) {
  static const char *const groups[] = {"field", "etc", "stress", "gw", "utc"};
  char names[64] = "";
  for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
    if (dw_spectra_rows(run->spectra, groups[i]) > 0) {
      const size_t used = strlen(names);
      (void)snprintf(names + used, sizeof names - used, "%s%s", used > 0 ? ", " : "", groups[i]);
    }
  }
  dw_log_line(&run->log, "  spectra.h5                %lld spectra each of %s",
              (long long)dw_spectra_rows(run->spectra, "field"), names);
}

static void say_constraint(dw_run *run) {
  if (run->expansion != NULL) {
    dw_log_line(&run->log, "constraint   the Friedmann equation is violated by at most %.3g (rows of timeseries.csv)",
                run->expansion->now.violation);
  }
}

static void say_balance(dw_run *run) {
  if (run->balance.rises) {
    dw_log_line(&run->log, "balance      the energy broke its law by at most %.2g of itself",
                dw_balance_worst(&run->balance));
  }
}

static void say_shares(dw_run *run) {
  static const char *const names[DW_RUN_PARTS] = {"evolution", "time series", "spectra", "domains and walls", "files"};
  char text[128] = "";
  double all = 0.0;
  for (int i = 0; i < DW_RUN_PARTS; i++) {
    all += run->spent[i];
  }
  for (int i = 0; i < DW_RUN_PARTS; i++) {
    const size_t used = strlen(text);
    (void)snprintf(text + used, sizeof text - used, "%s%s %.0f %%", used > 0 ? ", " : "", names[i],
                   all > 0.0 ? 100.0 * run->spent[i] / all : 0.0);
  }
  dw_log_line(&run->log, "spent        %s", text);
}

static void say_end(dw_run *run) {
  const double seconds = dw_seconds() - run->progress.started;
  char held[32];
  char resident[32];
  dw_log_line(&run->log, "done         %.1f s, %.4g sites/s, at most %s of fields and buffers a process, %s in all",
              seconds, dw_progress_rate(&run->progress, run->state->step),
              dw_format_bytes((double)dw_memory_peak(), held, sizeof held),
              dw_format_bytes((double)dw_memory_resident(), resident, sizeof resident));
  say_shares(run);
  say_took(run);
  if (dw_comm_rank(run->comm) != 0) {
    return;
  }
  dw_log_line(&run->log, "written to %s:", run->directory.root);
  dw_log_line(&run->log, "  timeseries.csv            %lld rows", (long long)dw_directory_rows(&run->directory).count);
  say_spectra(run);
  if (run->choice.tracks.modes > 0) {
    dw_log_line(&run->log, "  tracks.h5                 stress of single modes, every %lld steps",
                (long long)run->choice.tracks.every);
  }
  if (run->expansion != NULL) {
    dw_log_line(&run->log, "  expansion.txt             the scale factor at each step");
  }
  if (run->walls != NULL) {
    dw_log_line(&run->log, "  walls.h5                  lists of domains and walls at %lld times",
                (long long)dw_domains_file_times(run->walls));
  }
  if (run->sectors != NULL) {
    dw_log_line(&run->log,
                "  sectors.h5                areas between pairs of vacua, strings and junctions at %lld times",
                (long long)dw_sectors_file_times(run->sectors));
  }
  dw_log_line(&run->log, "  snapshots/snapshots.xdmf  %d snapshots", dw_directory_snapshots(&run->directory));
  dw_log_line(&run->log, "  slices/                   %d pictures", dw_directory_slices(&run->directory));
  dw_log_line(&run->log, "  config.cfg, run.log, checkpoints/");
}

/* The scalar field at the end in one number: equal on any number of processes and threads, and after restarts. */
static void say_fingerprint(dw_run *run) {
  for (int i = 0; i < run->state->components; i++) {
    const uint64_t phi = dw_field_fingerprint(run->state->phi[i]);
    const uint64_t pi = dw_field_fingerprint(run->state->pi[i]);
    dw_log_line(&run->log, "fingerprint  phi %016" PRIx64 "  pi %016" PRIx64, phi, pi);
  }
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

dw_status dw_run_evolve(dw_run *run) {
  if (run->finished) {
    return DW_OK;
  }
  while (run->state->step < run->plan.steps) {
    if (run->pulse != NULL) {
      run->pulse(run->pulse_context);
    }
    warn_validity(run);
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
  warn_validity(run);
  say_constraint(run);
  say_balance(run);
  say_fingerprint(run);
  if (run->params.store.checkpoint_minutes > 0.0 && !run->passing) {
    DW_TRY(write_checkpoint(run));
  } else {
    DW_TRY(dw_emission_write_tracks(run->emission, run->directory.tracks, &run->record));
    DW_TRY(write_expansion(run));
  }
  say_end(run);
  return DW_OK;
}
