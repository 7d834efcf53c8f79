/* What the network emits, measured while it runs: the correlators of its stress at equal and unequal times and the
 * spectra of its gravitational waves, on their way to spectra.h5 (groups etc, stress, gw, utc), and tracks of single
 * modes of the stress, to tracks.h5.
 *
 * Joins what gw/ computes: a coarse grid for the waves and one for the stress (the same where the coarsenings are
 * equal), the evolution of the waves, and scratch for their amplitudes. Everything is collective unless said
 * otherwise. Definitions and units: gw/spectrum.h. */
#ifndef DW_ANALYSIS_EMISSION_H
#define DW_ANALYSIS_EMISSION_H

#include "analysis/spectra.h"
#include "analysis/tracks.h"
#include "analysis/utc.h"
#include "fields/state.h"
#include "lattice/decomposition.h"
#include "lattice/file.h"

typedef struct dw_emission_choice {
  bool waves;              /* evolve them; the stress is measured in any case */
  const char *method;      /* gw/gw.h */
  int coarsening;          /* of the waves, and of the time grid */
  int together;            /* units of the waves that share a pass over memory; 0 is 1 */
  int stress_coarsening;   /* of the correlator */
  bool parts;              /* correlators of the scalar and vector parts too */
  int64_t start;           /* step from which the stress sources waves, a multiple of coarsening */
  dw_utc_choice utc;       /* on the grid of the correlator, as the tracks */
  dw_tracks_choice tracks; /* every: a multiple of coarsening */
} dw_emission_choice;

typedef struct dw_emission dw_emission;

/* The state outlives it. Errors: DW_ERR_PARAM for a coarsening that doesn't fit, DW_ERR_MEMORY. */
dw_status dw_emission_create(dw_emission **emission, dw_state *state, const dw_emission_choice *choice);
void dw_emission_destroy(dw_emission *emission);

/* Advances the field by `units` times `coarsening` steps, and the waves with it; takes samples of the tracks when they
 * are due. Errors: DW_ERR_MEMORY. */
dw_status dw_emission_advance(dw_emission *emission, int units);

/* Not collective. Units that share a pass over memory, best handed over together. */
int dw_emission_together(const dw_emission *emission);

/* Declares the groups of spectra.h5. */
dw_status dw_emission_declare(const dw_emission *emission, dw_spectra *spectra);

/* Measures the state and appends a row to each group. rho and peak: energy density of the waves and the largest
 * drho/dlnk, m^2 eta^4/M_P^2; NAN without waves. The state isn't changed.
 * Errors: DW_ERR_INVALID where the waves aren't finite, DW_ERR_MEMORY. */
dw_status dw_emission_measure(dw_emission *emission, dw_spectra *spectra, double *rho, double *peak);

/* What a restart needs beside the field: waves and reference states. step: that of the state in the file. */
dw_status dw_emission_write(const dw_emission *emission, dw_file *file);
dw_status dw_emission_read(dw_emission *emission, dw_file *file, int64_t step);

/* The file of the tracks, and what it has up to `step` read back; nothing without tracks. Errors: those of tracks.h. */
dw_status dw_emission_write_tracks(const dw_emission *emission, const char *path, const dw_record *record);
dw_status dw_emission_restore_tracks(dw_emission *emission, const char *path, int64_t step);

/* Not collective. Bytes of it in a file, and in memory on a process with this share of the lattice. */
uint64_t dw_emission_file_bytes(const dw_emission_choice *choice, int64_t points, dw_precision precision);
size_t dw_emission_bytes(const dw_emission_choice *choice, const dw_share *share, dw_precision precision);

/* Not collective. Bytes of one row of all its groups in spectra.h5. */
uint64_t dw_emission_row_bytes(const dw_emission_choice *choice, int64_t points);

/* Not collective. About the time of one dw_emission_advance beyond the field's own steps once the waves have started,
 * of one sample of the tracks and of one dw_emission_measure, in steps of the field. */
double dw_emission_advance_cost(const dw_emission_choice *choice);
double dw_emission_track_cost(const dw_emission_choice *choice);
double dw_emission_measure_cost(const dw_emission_choice *choice);

/* Not collective. Blocks of the lattice are multiples of `align`, and hold at least `least` sites along x and y. */
int dw_emission_align(const dw_emission_choice *choice);
int dw_emission_least_block(const dw_emission_choice *choice);

#endif
