#include <math.h>
#include <stdio.h>

#include "analysis/expansion_file.h"
#include "analysis/power.h"
#include "analysis/sectors.h"
#include "analysis/slices.h"
#include "analysis/snapshot.h"
#include "app/run.h"
#include "gw/spectrum.h"

/* So many spectra are written each at once, see files_due. */
enum { ROWS_AT_ONCE = 256 };
static const double PAUSE = 20.0;

/* The end is judged too, but a run that goes on to a later end hasn't met it. */
static dw_status watch(dw_run *run, const dw_measurement *m) {
  const double tau = dw_state_tau(run->state);
  const double a = dw_state_scale_factor(run->state);
  const int64_t step = run->state->step;
  dw_balance end = run->balance;
  dw_balance *balance = dw_plan_watch_due(&run->plan, step) ? &run->balance : &end;
  if (balance == &run->balance || step >= run->plan.steps) {
    DW_TRY(dw_balance_take(balance, tau, a, m));
  }
  run->broken = fmax(run->broken, dw_balance_worst(balance));
  dw_run_warn_balance(run);
  return DW_OK;
}

static dw_status measure(dw_run *run, dw_measurement *m) {
  const double begun = dw_seconds();
  DW_TRY(dw_measure_state(run->measure, run->state, m));
  dw_run_spend(run, DW_RUN_SERIES, begun);
  run->measured = run->state->step;
  return watch(run, m);
}

dw_status dw_run_check_finite(dw_run *run) {
  dw_measurement unused;
  return measure(run, &unused);
}

/* What only walls have. */
static void fill_walls(const dw_measurement *m, double row[DW_COLUMNS]) {
  row[DW_COLUMN_AREA] = m->area;
  row[DW_COLUMN_VELOCITY] = m->velocity;
  row[DW_COLUMN_GAMMA_VELOCITY] = m->gamma_velocity;
  row[DW_COLUMN_VOLUME_WALLS] = m->volume_walls;
  row[DW_COLUMN_ENERGY_KINETIC_WALLS] = m->energy_kinetic_walls;
  row[DW_COLUMN_ENERGY_GRADIENT_WALLS] = m->energy_gradient_walls;
  row[DW_COLUMN_ENERGY_POTENTIAL_WALLS] = m->energy_potential_walls;
  row[DW_COLUMN_ENERGY_RADIATION] = m->energy_radiation;
}

/* A_H and A_t of the area of the row. */
static void fill_area_parameters(const dw_background *background, double row[DW_COLUMNS]) {
  const double area = row[DW_COLUMN_AREA];
  row[DW_COLUMN_AREA_PARAMETER_H] =
      dw_background_expands(background) ? area / (2.0 * row[DW_COLUMN_CONFORMAL_HUBBLE]) : (double)NAN;
  row[DW_COLUMN_AREA_PARAMETER_T] = area * row[DW_COLUMN_T] / row[DW_COLUMN_A];
}

/* Walls between the sectors of a complex field, and its strings, which it has without walls too. */
static dw_status measure_sectors(dw_run *run, dw_sectors *sectors, double row[DW_COLUMNS]) {
  DW_TRY(dw_sectors_measure(sectors, run->state));
  row[DW_COLUMN_STRING_LENGTH] = sectors->string_length;
  row[DW_COLUMN_JUNCTION_LENGTH] = sectors->junction_length;
  if (dw_potential_has_sectors(run->model.potential)) {
    row[DW_COLUMN_AREA] = sectors->area;
    fill_area_parameters(&run->model.background, row);
  }
  return DW_OK;
}

static dw_status append_sectors(dw_run *run, const dw_sectors *sectors) {
  const dw_state *state = run->state;
  return dw_sectors_file_append(run->sectors, state->step, dw_state_tau(state), dw_state_scale_factor(state), sectors);
}

dw_status dw_run_write_files(dw_run *run) {
  if (run->written == run->row_spectra) {
    return DW_OK;
  }
  const double begun = dw_seconds();
  DW_TRY(dw_spectra_write(run->spectra));
  DW_TRY(run->walls != NULL ? dw_domains_file_write(run->walls) : DW_OK);
  DW_TRY(run->sectors != NULL ? dw_sectors_file_write(run->sectors) : DW_OK);
  dw_run_spend(run, DW_RUN_SPECTRA, begun);
  run->written = run->row_spectra;
  run->last_files = dw_seconds();
  run->took_files = run->last_files - begun;
  return DW_OK;
}

/* The scale factor so far, which nobody could compute again without the run. */
static dw_status write_expansion(const dw_run *run) {
  if (run->expansion == NULL) {
    return DW_OK;
  }
  const bool first = dw_comm_rank(run->comm) == 0;
  return dw_comm_agree(run->comm, first ? dw_expansion_file_write(run->directory.expansion, run->expansion) : DW_OK);
}

dw_status dw_run_write_history(dw_run *run) {
  if (run->history == run->state->step) {
    return DW_OK;
  }
  const double begun = dw_seconds();
  DW_TRY(dw_emission_write_tracks(run->emission, run->directory.tracks, &run->record));
  DW_TRY(write_expansion(run));
  dw_run_spend(run, DW_RUN_FILES, begun);
  run->history = run->state->step;
  return DW_OK;
}

/* Whether spectra and lists are written now. The files are written whole: where they have become many rows, that takes
 * at most a PAUSE-th of the time, else the cost would go with the square of their number. */
static bool files_due(const dw_run *run) {
  if (run->state->step >= run->plan.steps || run->late) {
    return run->state->step >= run->plan.steps;
  }
  int64_t due = dw_comm_rank(run->comm) == 0 && (dw_spectra_rows(run->spectra, "field") <= ROWS_AT_ONCE ||
                                                 dw_seconds() - run->last_files >= PAUSE * run->took_files);
  dw_comm_max_int64(run->comm, &due, 1);
  return due != 0;
}

/* One row of the time series. A_H and the cosmic time of an expanding background; A_t = S t/a. */
static void fill_row(const dw_run *run, const dw_measurement *m, double row[DW_COLUMNS]) {
  const dw_background *background = &run->model.background;
  const double tau = dw_state_tau(run->state);
  const double a = dw_background_scale_factor(background, tau);
  const double hubble = dw_background_hubble(background, tau);
  const double t = dw_background_time(background, tau);
  dw_row_clear(row);
  row[DW_COLUMN_STEP] = (double)run->state->step;
  row[DW_COLUMN_TAU] = tau;
  row[DW_COLUMN_A] = a;
  row[DW_COLUMN_CONFORMAL_HUBBLE] = hubble;
  row[DW_COLUMN_T] = t;
  row[DW_COLUMN_PHI_MEAN] = m->phi_mean;
  row[DW_COLUMN_PHI_RMS] = m->phi_rms;
  row[DW_COLUMN_ENERGY_KINETIC] = m->energy_kinetic;
  row[DW_COLUMN_ENERGY_GRADIENT] = m->energy_gradient;
  row[DW_COLUMN_ENERGY_POTENTIAL] = m->energy_potential;
  row[DW_COLUMN_FRACTION_POSITIVE] = m->fraction_positive;
  if (run->expansion != NULL) {
    const double energy = m->energy_kinetic + m->energy_gradient + m->energy_potential;
    row[DW_COLUMN_CONSTRAINT] = dw_expansion_violation(run->expansion, energy);
  }
  if (dw_potential_has_sign(run->model.potential)) {
    fill_walls(m, row);
    fill_area_parameters(background, row);
  }
  dw_row_judge(row, dw_model_wall_width(&run->model, tau), run->lattice->spacing, run->lattice->length,
               run->plan.tau_signals);
}

/* Power of the field, summed over its components; their errors are taken for independent. */
static dw_status measure_power(dw_run *run) {
  const int64_t shells = run->shells->shells;
  double *power = run->power;
  double *more = run->power + 2 * shells;
  DW_TRY(dw_power_measure(run->state->phi[0], run->modes, run->shells, power, power + shells));
  for (int i = 1; i < run->state->components; i++) {
    DW_TRY(dw_power_measure(run->state->phi[i], run->modes, run->shells, more, more + shells));
    for (int64_t n = 0; n < shells; n++) {
      power[n] += more[n];
      power[shells + n] = hypot(power[shells + n], more[shells + n]);
    }
  }
  return DW_OK;
}

/* Fills what the row has of the waves too. */
static dw_status append_spectra(dw_run *run, double row[DW_COLUMNS]) {
  const dw_state *state = run->state;
  double *error = run->power + run->shells->shells;
  DW_TRY(measure_power(run));
  const double *const values[2] = {run->power, error};
  DW_TRY(
      dw_spectra_append(run->spectra, "field", state->step, dw_state_tau(state), dw_state_scale_factor(state), values));
  double peak = 0.0;
  DW_TRY(dw_emission_measure(run->emission, run->spectra, &row[DW_COLUMN_RHO_GW], &peak));
  const double tension = dw_model_tension(&run->model, dw_state_tau(state));
  const double area = row[DW_COLUMN_AREA_PARAMETER_T];
  row[DW_COLUMN_EFFICIENCY_PEAK] = dw_gw_efficiency(peak, area, tension);
  row[DW_COLUMN_EFFICIENCY_TOTAL] = dw_gw_efficiency(row[DW_COLUMN_RHO_GW], area, tension);
  return DW_OK;
}

/* Domains and walls, where they are looked for. */
static dw_status append_walls(dw_run *run, double row[DW_COLUMNS]) {
  dw_state *state = run->state;
  dw_domains *domains = NULL;
  if (run->walls == NULL) {
    return DW_OK;
  }
  dw_state_exchange(state);
  DW_TRY(dw_domains_find(&domains, state->phi[0], run->model.stencil, DW_DOMAINS_LISTED));
  const double n = (double)run->lattice->points;
  row[DW_COLUMN_DOMAINS] = (double)domains->domains;
  row[DW_COLUMN_DOMAIN_LARGEST] = (double)domains->largest / (n * n * n);
  row[DW_COLUMN_WALLS] = (double)domains->walls;
  row[DW_COLUMN_WALLS_CLOSED] = (double)domains->walls_closed;
  row[DW_COLUMN_AREA_CLOSED] = domains->area_closed;
  row[DW_COLUMN_AREA_PERCOLATING] = domains->area_percolating;
  const dw_status status = dw_domains_file_append(run->walls, state->step, dw_state_tau(state),
                                                  dw_state_scale_factor(state), run->lattice->points, domains);
  dw_domains_destroy(domains);
  return status;
}

typedef struct component {
  const dw_state *state;
  int index;
} component;

static void velocity_row(void *context, int64_t x, int64_t y, void *row) {
  const component *of = context;
  dw_state_velocity_row(of->state, of->index, x, y, row);
}

static dw_status write_snapshot(dw_run *run) {
  dw_state *state = run->state;
  component of[DW_MOST_COMPONENTS];
  dw_snapshot snapshot = {.step = state->step,
                          .tau = dw_state_tau(state),
                          .dt = state->dtau,
                          .a = dw_state_scale_factor(state),
                          .fingerprint = dw_field_fingerprint(state->phi[0]),
                          .components = state->components,
                          .phi_prime = velocity_row,
                          .record = &run->record};
  for (int i = 0; i < state->components; i++) {
    of[i] = (component){state, i};
    snapshot.phi[i] = state->phi[i];
    snapshot.context[i] = &of[i];
  }
  dw_state_exchange(state);
  return dw_snapshot_write(run->directory.snapshots, &snapshot);
}

/* The row of the time series comes last: where it stands, all of its step was measured, and at the end is in the files;
 * else spectra may follow later, see files_due. */
static dw_status write_row(dw_run *run, const dw_measurement *m) {
  const int64_t step = run->state->step;
  double row[DW_COLUMNS];
  fill_row(run, m, row);
  dw_sectors sectors;
  if (run->sectors != NULL) {
    DW_TRY(measure_sectors(run, &sectors, row));
  }
  if (dw_plan_spectra_due(&run->plan, step)) {
    const double begun = dw_seconds();
    DW_TRY(append_spectra(run, row));
    run->row_spectra = step;
    dw_run_spend(run, DW_RUN_SPECTRA, begun);
    const double found = dw_seconds();
    DW_TRY(append_walls(run, row));
    dw_run_spend(run, DW_RUN_WALLS, found);
    DW_TRY(run->sectors != NULL ? append_sectors(run, &sectors) : DW_OK);
    DW_TRY(files_due(run) ? dw_run_write_files(run) : DW_OK);
  }
  if (dw_plan_snapshot_due(&run->plan, step)) {
    const double begun = dw_seconds();
    DW_TRY(write_snapshot(run));
    dw_run_spend(run, DW_RUN_FILES, begun);
  }
  DW_TRY(step >= run->plan.steps ? dw_run_write_history(run) : DW_OK);
  run->area_parameter = row[DW_COLUMN_AREA_PARAMETER_T];
  run->volume_walls = row[DW_COLUMN_VOLUME_WALLS];
  run->row = step;
  return dw_timeseries_append(run->series, row);
}

bool dw_run_output_due(const dw_run *run, int64_t step) {
  return dw_plan_measure_due(&run->plan, step) || dw_plan_slice_due(&run->plan, step);
}

dw_status dw_run_output(dw_run *run) {
  const int64_t step = run->state->step;
  const bool row_due = dw_plan_row_due(&run->plan, step);
  dw_measurement m;
  if (dw_plan_measure_due(&run->plan, step)) {
    DW_TRY(measure(run, &m));
  }
  if (dw_plan_slice_due(&run->plan, step)) {
    const double begun = dw_seconds();
    DW_TRY(dw_slice_write(run->directory.slices, step, dw_state_tau(run->state), run->state->phi[0]));
    dw_run_spend(run, DW_RUN_FILES, begun);
  }
  return row_due ? write_row(run, &m) : DW_OK;
}
