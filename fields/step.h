/* One step of the evolution: kicks and drifts of the run's integrator, each pair one pass (fields/pass.h). */
#ifndef DW_FIELDS_STEP_H
#define DW_FIELDS_STEP_H

#include "fields/pass.h"
#include "fields/state.h"

/* Collective. Advances the state by dtau. The watcher, or NULL, is shown the field as it is before the step. */
void dw_step(dw_state *state, const dw_watcher *watcher);

/* Collective. `count` steps that nobody watches. */
void dw_steps(dw_state *state, int count);

#endif
