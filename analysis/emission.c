#include "analysis/emission.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "fields/step.h"
#include "gw/gw.h"
#include "gw/spectrum.h"
#include "gw/stress.h"

/* Arrays of K numbers for one row of a group. */
enum { ETC_ROWS = 3, STRESS_ROWS = 4, GW_ROWS = 5, UTC_ROWS = 2, ROWS = 5 };

struct dw_emission {
  dw_state *state;
  dw_emission_choice choice;
  dw_coarse *stress_grid;
  dw_coarse *wave_grid; /* the same, or its own */
  dw_gw *gw;            /* NULL without waves */
  dw_modes *part[DW_PARTS];
  dw_modes *source[DW_POLARISATIONS]; /* stress on the waves' grid: plus and cross of part[], or its own */
  double *row[ROWS];                  /* row[0] owns the memory */
  dw_utc *utc;                        /* NULL without reference times */
  dw_tracks *tracks;                  /* NULL without */
  int64_t projected;                  /* step whose stress part[] holds; -1: none */
};

static bool is_one_grid(const dw_emission_choice *choice) { return choice->coarsening == choice->stress_coarsening; }

static int part_count(const dw_emission_choice *choice) { return choice->parts ? DW_PARTS : DW_POLARISATIONS; }

/* Each coarsening is a multiple of the smaller ones. */
int dw_emission_align(const dw_emission_choice *choice) {
  const int stress = choice->stress_coarsening;
  return choice->waves && choice->coarsening > stress ? choice->coarsening : stress;
}

static int together_of(const dw_emission_choice *choice) { return choice->together > 1 ? choice->together : 1; }

int dw_emission_least_block(const dw_emission_choice *choice) {
  const int stress = dw_coarse_least_block(choice->stress_coarsening, 1);
  const int waves = choice->waves ? dw_coarse_least_block(choice->coarsening, together_of(choice)) : stress;
  return waves > stress ? waves : stress;
}

/* --- memory --- */

static dw_status allocate_modes(dw_emission *e) {
  for (int i = 0; i < part_count(&e->choice); i++) {
    DW_TRY(dw_modes_hold(&e->part[i], e->stress_grid->modes));
  }
  for (int i = 0; e->choice.waves && i < DW_POLARISATIONS; i++) {
    e->source[i] = e->part[i];
    if (!is_one_grid(&e->choice)) {
      DW_TRY(dw_modes_hold(&e->source[i], e->wave_grid->modes));
    }
  }
  const int64_t stress_shells = e->stress_grid->shells->shells;
  const int64_t wave_shells = e->wave_grid->shells->shells;
  const int64_t shells = stress_shells > wave_shells ? stress_shells : wave_shells;
  void *rows = NULL;
  DW_TRY(dw_alloc(&rows, (size_t)(ROWS * shells), sizeof(double), "spectra"));
  for (int i = 0; i < ROWS; i++) {
    e->row[i] = (double *)rows + i * shells;
  }
  return DW_OK;
}

static dw_status allocate(dw_emission *e) {
  const dw_comm *comm = e->state->lattice->comm;
  const bool one = !e->choice.waves || is_one_grid(&e->choice);
  const int together = together_of(&e->choice);
  DW_TRY(dw_coarse_create(&e->stress_grid, e->state, e->choice.stress_coarsening, one ? together : 1));
  e->wave_grid = e->stress_grid;
  if (!one) {
    DW_TRY(dw_coarse_create(&e->wave_grid, e->state, e->choice.coarsening, together));
  }
  DW_TRY(dw_comm_agree(comm, allocate_modes(e)));
  if (e->choice.waves) {
    DW_TRY(dw_gw_create(&e->gw, e->choice.method, e->state, e->wave_grid, e->choice.start));
  }
  if (e->choice.utc.references > 0) {
    DW_TRY(dw_utc_create(&e->utc, e->stress_grid, &e->choice.utc));
  }
  return e->choice.tracks.modes > 0 ? dw_tracks_create(&e->tracks, e->stress_grid, &e->choice.tracks) : DW_OK;
}

dw_status dw_emission_create(dw_emission **emission, dw_state *state, const dw_emission_choice *choice) {
  *emission = NULL;
  void *block = NULL;
  DW_TRY(dw_comm_alloc(state->lattice->comm, &block, 1, sizeof(dw_emission), "stress and waves"));
  memset(block, 0, sizeof(dw_emission));
  dw_emission *draft = block;
  draft->state = state;
  draft->choice = *choice;
  draft->projected = -1;
  const dw_status status = allocate(draft);
  if (status != DW_OK) {
    dw_emission_destroy(draft);
    return status;
  }
  *emission = draft;
  return DW_OK;
}

void dw_emission_destroy(dw_emission *emission) {
  if (emission == NULL) {
    return;
  }
  dw_tracks_destroy(emission->tracks);
  dw_utc_destroy(emission->utc);
  dw_gw_destroy(emission->gw);
  for (int i = 0; i < DW_POLARISATIONS; i++) {
    if (emission->source[i] != emission->part[i]) {
      dw_modes_destroy(emission->source[i]);
    }
  }
  for (int i = 0; i < DW_PARTS; i++) {
    dw_modes_destroy(emission->part[i]);
  }
  if (emission->wave_grid != emission->stress_grid) {
    dw_coarse_destroy(emission->wave_grid);
  }
  dw_coarse_destroy(emission->stress_grid);
  dw_free(emission->row[0]);
  dw_free(emission);
}

size_t dw_emission_bytes(const dw_emission_choice *choice, const dw_share *share, dw_precision precision) {
  const int stress = choice->stress_coarsening;
  const int waves = choice->coarsening;
  size_t bytes = dw_coarse_bytes(share, stress, precision) +
                 (size_t)part_count(choice) * dw_coarse_held_bytes(share, stress, precision);
  if (choice->waves) {
    bytes += dw_gw_bytes(choice->method, share, waves, together_of(choice), precision);
  }
  if (choice->waves && !is_one_grid(choice)) {
    bytes +=
        dw_coarse_bytes(share, waves, precision) + DW_POLARISATIONS * dw_coarse_held_bytes(share, waves, precision);
  }
  const bool is_first = share->coord[0] == 0 && share->coord[1] == 0;
  return bytes + dw_utc_bytes(&choice->utc, share, stress, precision) + dw_tracks_bytes(&choice->tracks, is_first);
}

uint64_t dw_emission_row_bytes(const dw_emission_choice *choice, int64_t points) {
  const int64_t stress = (choice->parts ? ETC_ROWS + STRESS_ROWS : ETC_ROWS);
  const int64_t waves = choice->waves ? GW_ROWS : 0;
  const int64_t unequal = UTC_ROWS * choice->utc.references * choice->utc.shells;
  return sizeof(double) * (uint64_t)(unequal + stress * dw_coarse_shells(points, choice->stress_coarsening) +
                                     waves * dw_coarse_shells(points, choice->coarsening));
}

/* --- evolution --- */

/* The stress at the state's time, once. */
static void project(dw_emission *e) {
  if (e->projected != e->state->step) {
    dw_stress_project(e->stress_grid, e->part);
    e->projected = e->state->step;
  }
}

static dw_status track(dw_emission *e) {
  if (e->tracks == NULL || !dw_tracks_due(e->tracks)) {
    return DW_OK;
  }
  project(e);
  return dw_tracks_record(e->tracks, e->part);
}

static dw_status advance(dw_emission *emission, int units) {
  if (emission->gw != NULL) {
    return dw_gw_advance(emission->gw, units);
  }
  dw_steps(emission->state, units * emission->choice.coarsening, NULL);
  return DW_OK;
}

/* A sample may be due after each unit. */
dw_status dw_emission_advance(dw_emission *emission, int units) {
  const int batch = emission->tracks != NULL ? 1 : units;
  for (int done = 0; done < units; done += batch) {
    DW_TRY(advance(emission, batch));
    DW_TRY(track(emission));
  }
  return DW_OK;
}

int dw_emission_together(const dw_emission *emission) {
  if (emission->gw != NULL) {
    return dw_gw_units_together(emission->gw);
  }
  const int units = dw_steps_together(emission->state, NULL, 0) / emission->choice.coarsening;
  return units > 1 ? units : 1;
}

/* --- spectra --- */

static dw_status declare(dw_spectra *spectra, const char *group, const dw_coarse *grid) {
  const dw_shells *shells = grid->shells;
  DW_TRY(dw_spectra_declare(spectra, group, shells->shells, shells->k, shells->count, 0, NULL));
  return dw_spectra_note_grid(spectra, group, grid->lattice->spacing,
                              dw_coarse_end(grid->lattice->length, shells->shells), grid->coarsening);
}

dw_status dw_emission_declare(const dw_emission *emission, dw_spectra *spectra) {
  DW_TRY(declare(spectra, "etc", emission->stress_grid));
  if (emission->choice.parts) {
    DW_TRY(declare(spectra, "stress", emission->stress_grid));
  }
  if (emission->gw != NULL) {
    DW_TRY(declare(spectra, "gw", emission->wave_grid));
  }
  return emission->utc != NULL ? dw_utc_declare(emission->utc, spectra) : DW_OK;
}

/* Rows in the order of the group's table; the array is what the append wants. */
static dw_status append(const dw_emission *e, dw_spectra *spectra, const char *group) {
  return dw_spectra_append(spectra, group, e->state->step, dw_state_tau(e->state), dw_state_scale_factor(e->state),
                           (const double *const *)e->row);
}

static dw_status check_correlator(const dw_emission *e, const double *value) {
  const dw_shells *shells = e->stress_grid->shells;
  for (int64_t n = 0; n < shells->shells; n++) {
    if (shells->count[n] > 0 && !isfinite(value[n])) {
      return dw_fail(
          DW_ERR_INVALID,
          "the correlator of the stress isn't finite at step %lld, tau = %.6g; use a smaller field at the start "
          "or precision = \"double\"",
          (long long)e->state->step, dw_state_tau(e->state));
    }
  }
  return DW_OK;
}

static dw_status measure_correlator(dw_emission *e, dw_spectra *spectra) {
  const double tension = dw_model_tension(e->state->model, dw_state_tau(e->state));
  const double a = dw_state_scale_factor(e->state);
  const double tau = dw_state_tau(e->state);
  DW_TRY(dw_stress_spectrum(e->stress_grid, DW_POLARISATIONS, e->part, e->row[0], e->row[1]));
  DW_TRY(check_correlator(e, e->row[0]));
  for (int64_t n = 0; n < e->stress_grid->shells->shells; n++) {
    e->row[2][n] = dw_stress_scaling(e->row[0][n], tension, a, tau);
  }
  DW_TRY(append(e, spectra, "etc"));
  if (!e->choice.parts) {
    return DW_OK;
  }
  DW_TRY(dw_stress_spectrum(e->stress_grid, 1, &e->part[DW_SCALAR], e->row[0], e->row[1]));
  DW_TRY(dw_stress_spectrum(e->stress_grid, 2, &e->part[DW_VECTOR_U], e->row[2], e->row[3]));
  return append(e, spectra, "stress");
}

static dw_status measure_waves(dw_emission *e, dw_spectra *spectra, double *rho, double *peak) {
  if (!is_one_grid(&e->choice)) {
    dw_stress_project_tensor(e->wave_grid, e->source);
  }
  const dw_gw_amplitudes now = dw_gw_measure(e->gw, e->source);
  e->projected = -1; /* the source is overwritten */
  dw_gw_spectrum spectrum = {.drho_dlnk = e->row[0],
                             .drho_dlnk_error = e->row[1],
                             .averaged = e->row[2],
                             .omega = e->row[3],
                             .omega_averaged = e->row[4]};
  DW_TRY(dw_gw_spectrum_fill(e->gw, e->wave_grid, &now, &spectrum));
  if (!isfinite(spectrum.rho)) {
    return dw_fail(
        DW_ERR_INVALID,
        "the gravitational waves aren't finite any more at step %lld, tau = %.6g; use a smaller time.step or "
        "precision = \"double\"",
        (long long)e->state->step, dw_state_tau(e->state));
  }
  *rho = spectrum.rho;
  *peak = 0.0;
  for (int64_t n = 0; n < e->wave_grid->shells->shells; n++) {
    *peak = fmax(*peak, spectrum.drho_dlnk[n]);
  }
  return append(e, spectra, "gw");
}

dw_status dw_emission_measure(dw_emission *emission, dw_spectra *spectra, double *rho, double *peak) {
  *rho = (double)NAN;
  *peak = (double)NAN;
  DW_TRY(track(emission)); /* of the first state, to which no step leads */
  project(emission);
  DW_TRY(measure_correlator(emission, spectra));
  if (emission->utc != NULL) {
    DW_TRY(dw_utc_measure(emission->utc, spectra, emission->part));
  }
  return emission->gw != NULL ? measure_waves(emission, spectra, rho, peak) : DW_OK;
}

/* --- estimates --- */

double dw_emission_advance_cost(const dw_emission_choice *choice) {
  return choice->waves ? dw_gw_advance_cost(choice->method, choice->coarsening) : 0.0;
}

double dw_emission_track_cost(const dw_emission_choice *choice) {
  return choice->tracks.modes > 0 ? dw_stress_project_cost(choice->stress_coarsening) : 0.0;
}

double dw_emission_measure_cost(const dw_emission_choice *choice) {
  double cost = dw_stress_project_cost(choice->stress_coarsening);
  if (choice->waves && !is_one_grid(choice)) {
    cost += dw_stress_project_cost(choice->coarsening);
  }
  return choice->waves ? cost + dw_gw_measure_cost(choice->method, choice->coarsening) : cost;
}

/* --- files --- */

dw_status dw_emission_write(const dw_emission *emission, dw_file *file) {
  if (emission->gw != NULL) {
    DW_TRY(dw_gw_write(emission->gw, file));
  }
  return emission->utc != NULL ? dw_utc_write(emission->utc, file) : DW_OK;
}

dw_status dw_emission_read(dw_emission *emission, dw_file *file, int64_t step) {
  if (emission->gw != NULL) {
    DW_TRY(dw_gw_read(emission->gw, file));
  }
  return emission->utc != NULL ? dw_utc_read(emission->utc, file, step) : DW_OK;
}

uint64_t dw_emission_file_bytes(const dw_emission_choice *choice, int64_t points, dw_precision precision) {
  const uint64_t utc = dw_utc_file_bytes(&choice->utc, precision);
  return utc + (choice->waves ? dw_gw_file_bytes(choice->method, points, choice->coarsening, precision) : 0);
}

dw_status dw_emission_write_tracks(const dw_emission *emission, const char *path, const dw_record *record) {
  return emission->tracks != NULL ? dw_tracks_write(emission->tracks, path, record) : DW_OK;
}

dw_status dw_emission_restore_tracks(dw_emission *emission, const char *path, int64_t step) {
  return emission->tracks != NULL ? dw_tracks_restore(emission->tracks, path, step) : DW_OK;
}
