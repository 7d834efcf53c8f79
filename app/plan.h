/* The time grid of a run and what is due at each step.
 *
 * n equal steps, n a multiple of gw.coarsening, the largest step with dtau <= time.step dx, ending at time.end.
 * Output times move to the nearest multiple of `coarsening` steps: intervals count from the start of the run, single
 * times before the start mean the start, those after the end are left out. Not collective. */
#ifndef DW_APP_PLAN_H
#define DW_APP_PLAN_H

#include "cosmology/background.h"
#include "params/params.h"

typedef struct dw_plan {
  int64_t steps; /* n */
  int64_t coarsening;
  double tau_start;                       /* 1/m */
  double tau_signals;                     /* since when signals travel: earlier by a phase of friction */
  double dtau;                            /* 1/m */
  int64_t references;                     /* reference times of the unequal-time correlator, those after the end too */
  int64_t reference_step[DW_LIST_LENGTH]; /* ascending, each once */
  const dw_params *params;
} dw_plan;

/* Errors: DW_ERR_PARAM when the end doesn't lie after the start, or there are too many steps. */
dw_status dw_plan_init(dw_plan *plan, const dw_params *params, const dw_background *background);

/* The same with the step of an earlier run, up to the first step not before time.end. */
dw_status dw_plan_continue(dw_plan *plan, const dw_params *params, const dw_background *background, double dtau);

double dw_plan_tau(const dw_plan *plan, int64_t step);

/* What is due at a step. Spectra and snapshots bring a row of the time series with them. */
bool dw_plan_row_due(const dw_plan *plan, int64_t step);
bool dw_plan_spectra_due(const dw_plan *plan, int64_t step);
bool dw_plan_snapshot_due(const dw_plan *plan, int64_t step);
bool dw_plan_slice_due(const dw_plan *plan, int64_t step);

/* The step of time `index` of store.snapshots. */
int64_t dw_plan_snapshot_step(const dw_plan *plan, int64_t index);

/* When the energy is compared with what the equation of motion allows: every 64 to 128 steps, and at the first powers
 * of two. Nothing that a restart may change has a say, so that the verdict is the same whatever is written, and
 * wherever a run went on. */
bool dw_plan_watch_due(const dw_plan *plan, int64_t step);

/* When the field is measured, for either. */
bool dw_plan_measure_due(const dw_plan *plan, int64_t step);

/* Steps between samples of the mode tracks, a multiple of the coarsening, and how many samples the run has: the last
 * state is one too. */
int64_t dw_plan_track_steps(const dw_plan *plan);
int64_t dw_plan_track_samples(const dw_plan *plan);

/* How many states the unequal-time correlator stores: the references, with analysis.utc_earlier all spectra up to the
 * last one. */
int64_t dw_plan_stored_states(const dw_plan *plan);

/* Step from which the stress sources gravitational waves. */
int64_t dw_plan_gw_start(const dw_plan *plan);

/* How many steps of the whole run have it. */
int64_t dw_plan_count(const dw_plan *plan, bool (*due)(const dw_plan *plan, int64_t step));

/* Single times that lie after the end, of snapshots and UTC references together. */
int64_t dw_plan_times_beyond(const dw_plan *plan);

#endif
