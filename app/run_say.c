/* What a run says: its parts, warnings, and what has come out. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "analysis/validity.h"
#include "app/notices.h"
#include "app/run.h"
#include "base/memory.h"

/* Of the constraint, above which a run is warned about. */
static const double WORST_VIOLATION = 0.01;

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

/* Whether to warn now of what holds from now on: once, and not again after a restart. */
static bool is_new(bool *warned, bool holds, bool quietly) {
  const bool now = holds && !*warned;
  *warned = *warned || holds;
  return now && !quietly;
}

static void warn_validity(dw_run *run, bool quietly) {
  const double tau = dw_state_tau(run->state);
  const double width = dw_model_wall_width(&run->model, tau);
  const double resolution = dw_wall_resolution(width, run->lattice->spacing);
  const double horizon = dw_horizon_fraction(tau - run->plan.tau_signals, run->lattice->length);
  const bool violated = run->expansion != NULL && run->expansion->now.violation > WORST_VIOLATION;
  if (is_new(&run->warned_resolution, !dw_walls_are_resolved(resolution), quietly)) {
    dw_log_line(&run->log,
                "warning: from tau = %.4g on the walls are thinner than two lattice spacings (delta/(a^s dx) = "
                "%.3f); what comes later isn't to be trusted",
                tau, resolution);
  }
  if (is_new(&run->warned_horizon, !dw_horizon_is_in_box(horizon), quietly)) {
    dw_log_line(&run->log,
                "warning: from tau = %.4g on the horizon is larger than half the box; the periodic box is felt", tau);
  }
  if (is_new(&run->warned_constraint, violated, quietly)) {
    dw_log_line(&run->log,
                "warning: from tau = %.4g on the Friedmann equation is violated by %.2g or more; a isn't to be trusted "
                "then, use a smaller time.step",
                tau, WORST_VIOLATION);
  }
}

void dw_run_warn_validity(dw_run *run) { warn_validity(run, false); }

void dw_run_say_restart(dw_run *run) {
  dw_log_line(&run->log, "restart      from step %lld, tau = %.6g", (long long)run->state->step,
              dw_state_tau(run->state));
  warn_validity(run, true);
  run->broken = dw_balance_worst(&run->balance);
  run->warned_balance = run->broken > DW_BALANCE_WARNING;
}

void dw_run_warn_balance(dw_run *run) {
  const double worst = run->broken;
  if (!run->warned_balance && worst > DW_BALANCE_WARNING) {
    dw_log_line(
        &run->log,
        "warning: at tau = %.4g the energy has changed by %.2g of itself against the equation of motion; what comes "
        "later isn't to be trusted, use a smaller time.step or a start that the lattice resolves",
        dw_state_tau(run->state), worst);
    run->warned_balance = true;
  }
}

void dw_run_say_took(dw_run *run) { dw_log_line(&run->log, "took         %.6f s", dw_seconds() - run->started); }

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
    dw_log_line(&run->log, "balance      the energy broke its law by at most %.2g of itself", run->broken);
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

/* The scalar field at the end in one number: equal on any number of processes and threads, and after restarts. */
static void say_fingerprint(dw_run *run) {
  for (int i = 0; i < run->state->components; i++) {
    const uint64_t phi = dw_field_fingerprint(run->state->phi[i]);
    const uint64_t pi = dw_field_fingerprint(run->state->pi[i]);
    dw_log_line(&run->log, "fingerprint  phi %016" PRIx64 "  pi %016" PRIx64, phi, pi);
  }
}

/* A field that hasn't left the barrier has an area all the same. */
static void say_formed(dw_run *run) {
  if (run->volume_walls > DW_MOST_WALLS) {
    dw_log_line(
        &run->log,
        "warning: at the end %.3g of the volume is inside walls (volume_walls): no network has formed, and areas "
        "and velocities aren't those of one",
        run->volume_walls);
  }
}

void dw_run_say_result(dw_run *run) {
  say_formed(run);
  say_constraint(run);
  say_balance(run);
  say_fingerprint(run);
}

void dw_run_say_end(dw_run *run) {
  const double seconds = dw_seconds() - run->progress.started;
  char held[32];
  char resident[32];
  dw_log_line(&run->log, "done         %.1f s, %.4g sites/s, at most %s of fields and buffers a process, %s in all",
              seconds, dw_progress_rate(&run->progress, run->state->step),
              dw_format_bytes((double)dw_memory_peak(), held, sizeof held),
              dw_format_bytes((double)dw_memory_resident(), resident, sizeof resident));
  say_shares(run);
  dw_run_say_took(run);
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
