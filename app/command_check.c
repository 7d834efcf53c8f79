#include <inttypes.h>
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <string.h>

#include "analysis/domains_file.h"
#include "analysis/model.h"
#include "analysis/snapshot.h"
#include "analysis/validity.h"
#include "app/checkpoint.h"
#include "app/commands.h"
#include "app/notices.h"
#include "app/plan.h"
#include "app/progress.h"
#include "app/setup.h"
#include "cosmology/background_driven.h"
#include "fields/step.h"
#include "gw/coarse.h"
#include "base/constants.h"
#include "lattice/decomposition.h"
#include "lattice/modes.h"
#include "lattice/sum.h"
#include "params/print.h"

/* Sites of the short trial that the estimate of the time rests on: larger than the caches, done in a second. */
enum { TRIAL_POINTS = 192, TRIAL_STEPS = 8 };

static const double SLICE_SIDE = 512.0;           /* pixels that a slice has at least (analysis/slices.h) */
static const double PICTURE_MARGIN = 65536.0;     /* bytes beside the pixels */
static const double FILE_BUFFER = 16.0 * 1048576; /* bytes of rows at most (lattice/file.h) */
static const double PROGRAM = 27.0 * 1048576;     /* bytes of program and libraries, measured; MPI takes more */
static const double FILE_PAGE = 0.25 * 1048576;   /* bytes in which an HDF5 file grows in memory */

/* Bytes of one row of all spectra: the field's power with its error, and what the network emits. */
static double spectra_row_bytes(const dw_params *params, const dw_plan *plan) {
  const dw_emission_choice choice = dw_setup_emission(params, plan);
  return (double)params->lattice.points * (double)sizeof(double) +
         (double)dw_emission_row_bytes(&choice, params->lattice.points);
}

static double spectra_bytes(const dw_params *params, const dw_plan *plan) {
  return (double)dw_plan_count(plan, dw_plan_spectra_due) * spectra_row_bytes(params, plan);
}

static double track_bytes(const dw_params *params, const dw_plan *plan) {
  const dw_emission_choice choice = dw_setup_emission(params, plan);
  return (double)dw_tracks_bytes(&choice.tracks, true);
}

/* Groups and attributes of a checkpoint: two pages in front of the fields, and those among the waves. */
static double structure_bytes(const dw_params *params, const dw_plan *plan) {
  const dw_emission_choice choice = dw_setup_emission(params, plan);
  const double waves =
      (double)dw_emission_file_bytes(&choice, params->lattice.points, dw_setup_precision(params)) / FILE_PAGE;
  return FILE_PAGE * (2.0 + fmin(2.0, ceil(waves)));
}

/* Area per volume S of the first state, where a random field has one: 0.2847 k_cut of flat power, at most 0.37 k_cut of
 * power that rises; 2/(pi l) of a Gaussian correlation; (2/pi) sqrt(<k^2>/3) of a spectrum (Rice); a sign per cell. 0:
 * walls that are made, or none. */
static double estimate_area(const dw_params *params) {
  const char *kind = params->fields.initial.kind;
  if (strcmp(kind, "gaussian") == 0) {
    return 2.0 / (DW_PI * params->fields.initial.correlation_length);
  }
  if (strcmp(kind, "cells") == 0) {
    return 1.0 / params->fields.initial.cell;
  }
  if (strcmp(kind, "spectrum") == 0) {
    const dw_initial initial = dw_setup_initial(params);
    double momentum = 0.0;
    const dw_status status = dw_initial_momentum(&initial, params->lattice.points, params->lattice.length, &momentum);
    return status == DW_OK ? 2.0 / DW_PI * momentum / sqrt(3.0) : 0.0;
  }
  if (strcmp(kind, "power-law") == 0) {
    return 0.37 * params->fields.initial.cutoff;
  }
  const bool flat = strcmp(kind, "white-noise") == 0 || strcmp(kind, "vacuum") == 0 || strcmp(kind, "thermal") == 0;
  return flat ? 0.2847 * params->fields.initial.cutoff : 0.0;
}

/* Runs of one sign in a row of the first state: a random field has changes at the rate S/2. */
static double estimate_runs(const dw_params *params) {
  const double area = estimate_area(params);
  const double changes = area > 0.0 ? 0.5 * area * params->lattice.length : 4.0;
  return fmin(fmax(changes, 1.0), 0.5 * (double)params->lattice.points);
}

/* Bytes of what comes and goes on process 0 while it writes and measures: the picture of a slice, the sums of the
 * shells, domains, the spectra, the tracks or the rows on their way to a file, whichever takes most. */
static double estimate_passing(const dw_params *params, const dw_plan *plan, int64_t nx, int64_t ny) {
  const double n = (double)params->lattice.points;
  const double side = n * ceil(SLICE_SIDE / n);
  const double picture =
      params->store.slices > 0.0 ? (3.0 + 1.0 / 16.0) * side * side + PICTURE_MARGIN + 8.0 * n * n : 0.0;
  const double sums = (double)omp_get_max_threads() * n * (double)(sizeof(dw_sum) + DW_LANES * sizeof(double));
  const double rows = fmin(FILE_BUFFER, n * n * (double)dw_setup_precision(params)) + structure_bytes(params, plan);
  const double spectra = spectra_bytes(params, plan) + FILE_PAGE;
  const double tracks = track_bytes(params, plan) + FILE_PAGE;
  const double domains = params->analysis.domains ? dw_domains_bytes(params->lattice.points, nx, ny,
                                                                     estimate_runs(params), omp_get_max_threads())
                                                  : 0.0;
  return fmax(fmax(fmax(picture, sums), fmax(rows, spectra)), fmax(tracks, domains));
}

/* Bytes of what is small beside a field: spectra so far, in room that doubles, and rows of scratch. */
static double estimate_small(const dw_params *params, const dw_plan *plan) {
  const double due = (double)dw_plan_count(plan, dw_plan_spectra_due);
  double rows = 16.0;
  while (rows < due) {
    rows *= 2.0;
  }
  const double scratch = (double)omp_get_max_threads() * (double)params->lattice.points *
                         (3.0 * (double)dw_setup_precision(params) + 2.0 * (double)sizeof(double));
  return rows * spectra_row_bytes(params, plan) + scratch;
}

/* Bytes of a scale factor that isn't known beforehand: nodes at full and half steps, and two rows for its means. */
static double estimate_expansion(const dw_params *params, const dw_model *model, const dw_plan *plan) {
  const double rows = 2.0 * (double)omp_get_max_threads() * (double)params->lattice.points * (double)sizeof(double);
  const double nodes = (2.0 * (double)plan->steps + 1.0) * (double)sizeof(dw_background_node);
  return dw_background_is_driven(&model->background) ? rows + nodes : 0.0;
}

/* Processes of the run: those of this program, or without mpirun those of lattice.processes. */
static int count_processes(const dw_params *params) {
  const int running = dw_comm_size(dw_comm_world());
  const int64_t asked = params->lattice.processes[0] * params->lattice.processes[1];
  return running == 1 && asked > 0 ? (int)asked : running;
}

/* Bytes that process 0, which has the largest block, holds in fields and buffers. The start comes and goes before
 * anything else does. */
static dw_status estimate_memory(const dw_params *params, const dw_model *model, const dw_plan *plan,
                                 const dw_setup_division *division, double *bytes) {
  const dw_share share = {
      .points = params->lattice.points, .align = division->align, .grid = {division->grid[0], division->grid[1]}};
  dw_emission_choice choice = dw_setup_emission(params, plan);
  const int halo = division->halo;
  const double halos = halo > dw_model_halo(model) ? 2.0 : 1.0; /* of phi and pi */
  const int64_t n = share.points;
  const int64_t nx = dw_share_count(&share, 0);
  const int64_t ny = dw_share_count(&share, 1);
  const dw_precision precision = dw_setup_precision(params);
  const dw_initial initial = dw_setup_initial(params);
  size_t start = 0;
  choice.together = division->together;
  DW_TRY(dw_initial_bytes(&initial, &share, precision, &start));
  *bytes = model->potential->components * (2.0 * (double)dw_field_bytes(n, nx, ny, halo, precision) +
                                           halos * (double)dw_halo_bytes(n, nx, ny, halo, division->grid, precision)) +
           (double)dw_modes_bytes(&share, DW_ALL_MODES, precision) +
           (double)dw_emission_bytes(&choice, &share, precision) + estimate_small(params, plan) +
           estimate_expansion(params, model, plan) + fmax(estimate_passing(params, plan, nx, ny), (double)start);
  return DW_OK;
}

/* Seconds per site and step on this machine with all its threads, from a few steps of a small lattice. */
static dw_status time_step(const dw_params *params, const dw_model *model, int halo, double *seconds) {
  const int64_t n = params->lattice.points < TRIAL_POINTS ? params->lattice.points : TRIAL_POINTS;
  dw_lattice *lattice = NULL;
  dw_state *state = NULL;
  const int width = halo < n ? halo : dw_model_halo(model);
  DW_TRY(dw_lattice_create(&lattice, dw_comm_self(), n, 1.0, width, 1, NULL));
  const dw_status status = dw_state_create(&state, lattice, model, dw_setup_precision(params), 1e-6);
  if (status == DW_OK) {
    dw_step(state);
    const double begun = dw_seconds();
    dw_steps(state, TRIAL_STEPS, NULL);
    *seconds = (dw_seconds() - begun) / TRIAL_STEPS / ((double)n * (double)n * (double)n);
  }
  dw_state_destroy(state);
  dw_lattice_destroy(lattice);
  return status;
}

typedef bool condition(const dw_plan *plan, const dw_model *model, int64_t step);

/* First step at which a condition is `wanted`, by bisection: it isn't at first and stays so once it is. */
static int64_t first_step(const dw_plan *plan, const dw_model *model, condition *holds, bool wanted) {
  int64_t low = 0;
  int64_t high = holds(plan, model, 0) == wanted ? 0 : plan->steps + 1;
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    if (middle > plan->steps || holds(plan, model, middle) == wanted) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

static bool is_unresolved(const dw_plan *plan, const dw_model *model, int64_t step) {
  const double width = dw_model_wall_width(model, dw_plan_tau(plan, step));
  return !dw_walls_are_resolved(dw_wall_resolution(width, dw_params_spacing(plan->params)));
}

static bool is_resonant(const dw_plan *plan, const dw_model *model, int64_t step) {
  const double spacing = dw_params_spacing(plan->params);
  return plan->dtau > dw_model_resonant_step(model, spacing, dw_plan_tau(plan, step)) * spacing;
}

static bool is_beyond_box(const dw_plan *plan, const dw_model *model, int64_t step) {
  (void)model;
  return !dw_horizon_is_in_box(
      dw_horizon_fraction(dw_plan_tau(plan, step) - plan->tau_signals, plan->params->lattice.length));
}

/* Walls that melt get wider in the course of the run: what holds at its start may end. */
static void say_limit(const dw_plan *plan, const dw_model *model, condition *holds, const char *what) {
  const int64_t from = first_step(plan, model, holds, true);
  const int64_t until = from == 0 ? first_step(plan, model, holds, false) : plan->steps + 1;
  if (from > plan->steps) {
    (void)printf("//   %-28s never in this run\n", what);
  } else if (until <= plan->steps) {
    (void)printf("//   %-28s from the start until tau = %.4g (step %lld)\n", what, dw_plan_tau(plan, until),
                 (long long)until);
  } else {
    (void)printf("//   %-28s from tau = %.4g on (step %lld)\n", what, dw_plan_tau(plan, from), (long long)from);
  }
}

/* A row of timeseries.csv; a domain and a wall in the lists. */
static const double ROW_BYTES = 480.0;
static const double LISTED_BYTES = 88.0;

static void say_disk(const dw_params *params, const dw_model *model, const dw_plan *plan) {
  const dw_precision precision = dw_setup_precision(params);
  const dw_emission_choice choice = dw_setup_emission(params, plan);
  const int components = model->potential->components;
  const double spectra = spectra_bytes(params, plan);
  const double snapshots = (double)dw_plan_count(plan, dw_plan_snapshot_due) *
                           (double)dw_snapshot_bytes(params->lattice.points, components, precision);
  const double checkpoints = 2.0 * (double)dw_checkpoint_bytes(&choice, params->lattice.points, components, precision);
  const double tracks = track_bytes(params, plan);
  const double writing = 0.5 * checkpoints + spectra + tracks; /* each is written beside the old one */
  char text[6][32];
  (void)printf("//   disk                         %s (snapshots %s, two checkpoints %s, spectra %s, tracks %s)\n",
               dw_format_bytes(snapshots + checkpoints + spectra + tracks, text[0], sizeof text[0]),
               dw_format_bytes(snapshots, text[1], sizeof text[1]),
               dw_format_bytes(checkpoints, text[2], sizeof text[2]), dw_format_bytes(spectra, text[3], sizeof text[3]),
               dw_format_bytes(tracks, text[5], sizeof text[5]));
  (void)printf("//   and while files are written  %s more\n", dw_format_bytes(writing, text[4], sizeof text[4]));
}

/* Files whose size depends on what happens, or that are many. */
static void say_lists(const dw_params *params, const dw_model *model, const dw_plan *plan) {
  const double spectra = (double)dw_plan_count(plan, dw_plan_spectra_due);
  const bool listed = params->analysis.domains && dw_potential_has_sign(model->potential);
  const double lists = listed ? spectra * DW_DOMAINS_LISTED * LISTED_BYTES : 0.0;
  const double rows = ROW_BYTES * (double)dw_plan_count(plan, dw_plan_row_due);
  const int64_t slices = params->store.slices > 0.0 ? dw_plan_count(plan, dw_plan_slice_due) : 0;
  char text[2][32];
  (void)printf("//   and besides                  time series %s, lists of walls up to %s, %lld pictures of slices\n",
               dw_format_bytes(rows, text[0], sizeof text[0]), dw_format_bytes(lists, text[1], sizeof text[1]),
               (long long)slices);
}

static void say_notice(void *context, const char *line) { (void)fprintf(context, "//   %s\n", line); }

/* Where the run stops being trustworthy. */
static void say_limits(const dw_plan *plan, const dw_model *model) {
  if (model->potential->width > 0.0) {
    say_limit(plan, model, is_unresolved, "walls thinner than 2 dx");
  }
  say_limit(plan, model, is_beyond_box, "horizon beyond half the box");
  say_limit(plan, model, is_resonant, "steps too long, resonance");
}

/* In steps of the field: a row of the time series, with its two passes; the power of the field, one transform and its
 * shells; domains and walls, 3 to 6 with the area there is (docs/performance.md). */
static const double ROW = 2.0;
static const double FIELD_SPECTRUM = 12.0;
static const double DOMAINS = 4.5;
static const double MEANS = 1.0; /* where the field drives the expansion: a pass each step */

/* Seconds of the whole run. A step is as many passes over the field as the integrator has stages; all else is in single
 * passes. */
static double estimate_seconds(const dw_plan *plan, const dw_model *model, double seconds_per_site, int processes) {
  const dw_emission_choice choice = dw_setup_emission(plan->params, plan);
  const double n = (double)plan->params->lattice.points;
  const double wave_steps =
      choice.waves ? fmax(0.0, (double)(plan->steps - choice.start) / (double)choice.coarsening) : 0.0;
  const double spectra = (double)dw_plan_count(plan, dw_plan_spectra_due);
  const double domains = plan->params->analysis.domains && dw_potential_has_sign(model->potential) ? DOMAINS : 0.0;
  const dw_relaxation relaxation = dw_setup_initial(plan->params).relaxation;
  const double before = (double)dw_relax_sweeps(&relaxation, model, dw_params_spacing(plan->params), plan->dtau);
  const double stages = (double)model->integrator->stages;
  const double means = dw_background_is_driven(&model->background) ? MEANS : 0.0;
  const double passes = before + (stages + means) * (double)plan->steps +
                        wave_steps * dw_emission_advance_cost(&choice) +
                        (double)dw_plan_track_samples(plan) * dw_emission_track_cost(&choice) +
                        ROW * (double)dw_plan_count(plan, dw_plan_measure_due) +
                        (FIELD_SPECTRUM + domains + dw_emission_measure_cost(&choice)) * spectra;
  return passes * seconds_per_site / stages * n * n * n / (double)processes;
}

static void say_spectra(const dw_params *params, const char *what, int64_t coarsening) {
  const int64_t points = params->lattice.points / coarsening;
  const int64_t shells = dw_coarse_shells(params->lattice.points, (int)coarsening);
  (void)printf("//   %-28s %lld^3 grid, %lld shells, up to k = %.4g\n", what, (long long)points, (long long)shells,
               dw_coarse_end(params->lattice.length, shells));
}

/* Memory of what unequal times take, of the whole on all processes. */
static void say_unequal(const dw_params *params, const dw_plan *plan) {
  const dw_emission_choice choice = dw_setup_emission(params, plan);
  const dw_share whole = {.points = params->lattice.points, .align = dw_emission_align(&choice), .grid = {1, 1}};
  const dw_precision precision = dw_setup_precision(params);
  const double k_end = dw_coarse_end(params->lattice.length, choice.utc.shells);
  char text[32];
  if (choice.utc.references > 0) {
    const size_t bytes = dw_utc_bytes(&choice.utc, &whole, choice.stress_coarsening, precision);
    (void)printf("//   %-28s %lld reference times, %lld states stored, up to k = %.4g, %s of all processes\n",
                 "unequal times", (long long)choice.utc.references, (long long)choice.utc.states, k_end,
                 dw_format_bytes((double)bytes, text, sizeof text));
  }
  if (choice.tracks.modes > 0) {
    (void)printf("//   %-28s at most %lld modes at %lld times, up to k = %.4g, %s on process 0\n", "tracks of modes",
                 (long long)dw_tracks_most(choice.tracks.shells, choice.tracks.modes), (long long)choice.tracks.samples,
                 k_end, dw_format_bytes((double)dw_tracks_bytes(&choice.tracks, true), text, sizeof text));
  }
}

static dw_status say_all(const dw_params *params, const dw_model *model, const dw_plan *plan) {
  const int processes = count_processes(params);
  const int threads = omp_get_max_threads();
  dw_setup_division division;
  double seconds = 0.0;
  double bytes = 0.0;
  char memory[32];
  char total[32];
  DW_TRY(dw_setup_divide(&division, params, model, processes));
  DW_TRY(estimate_memory(params, model, plan, &division, &bytes));
  DW_TRY(time_step(params, model, division.halo, &seconds));
  const double n = (double)params->lattice.points;
  DW_TRY(dw_params_write(stdout, params));
  (void)printf("\n// What this run takes:\n");
  (void)printf("//   lattice                      %.0f^3 = %.4g sites, dx = %.6g\n", n, n * n * n,
               params->lattice.length / n);
  (void)printf("//   time                         tau = %.6g to %.6g, %lld steps of %.6g (%.4g dx)\n", plan->tau_start,
               dw_plan_tau(plan, plan->steps), (long long)plan->steps, plan->dtau,
               plan->dtau * n / params->lattice.length);
  (void)printf("//   memory per process           %s (%s of fields and buffers; %d process%s)\n",
               dw_format_bytes(bytes + PROGRAM, total, sizeof total), dw_format_bytes(bytes, memory, sizeof memory),
               processes, processes == 1 ? "" : "es");
  say_disk(params, model, plan);
  say_lists(params, model, plan);
  (void)printf(
      "//   estimated time               %.3g s with %d process%s of %d thread%s (%.3g ns per site and step)\n",
      estimate_seconds(plan, model, seconds, processes), processes, processes == 1 ? "" : "es", threads,
      threads == 1 ? "" : "s", 1e9 * seconds);
  say_spectra(params, "correlator of the stress", dw_params_stress_coarsening(params));
  if (params->gw.enabled) {
    say_spectra(params, "spectra of waves", params->gw.coarsening);
  }
  say_unequal(params, plan);
  say_limits(plan, model);
  dw_notices_say(params, model, plan, say_notice, stdout);
  return DW_OK;
}

static dw_status check_model(const dw_params *params, const dw_plugin *plugin) {
  dw_model model;
  dw_plan plan;
  DW_TRY(dw_comm_agree(dw_comm_world(), dw_model_from_params(&model, params, NULL, plugin)));
  DW_TRY(dw_plan_init(&plan, params, &model.background));
  DW_TRY(dw_setup_check_step(&model, params, plan.dtau, dw_plan_tau(&plan, plan.steps)));
  DW_TRY(dw_setup_check_start(&model, params, dw_comm_world()));
  return dw_comm_rank(dw_comm_world()) == 0 ? say_all(params, &model, &plan) : DW_OK;
}

static dw_status check(int argc, char **argv) {
  dw_options options;
  DW_TRY(dw_options_parse(&options, argc, argv, "dwell check CONFIG [--set group.key=value]...", false));
  (void)dw_setup_threads();
  dw_params params;
  DW_TRY(dw_setup_params(&params, &options, dw_comm_world()));
  dw_plugin *plugin = NULL;
  dw_status status = dw_plugin_from_params(&plugin, &params, dw_comm_world(), params.fields.potential_file);
  if (status == DW_OK) {
    status = check_model(&params, plugin);
  }
  dw_plugin_unload(plugin);
  return status;
}

int dw_command_check(int argc, char **argv) {
  dw_status status = dw_comm_start(NULL, NULL);
  if (status == DW_OK) {
    status = dw_comm_agree(dw_comm_world(), check(argc, argv));
  }
  if (status != DW_OK && dw_comm_rank(dw_comm_world()) == 0) {
    (void)fprintf(stderr, "dwell: %s\n", dw_message());
  }
  dw_comm_stop();
  return dw_exit_code(status);
}
