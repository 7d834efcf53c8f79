/* Steps of the evolution: kicks and drifts of the run's integrator, several in one pass (fields/pass.h). */
#ifndef DW_FIELDS_STEP_H
#define DW_FIELDS_STEP_H

#include "fields/pass.h"
#include "fields/state.h"

/* Collective. `count` steps of dtau. The watcher, or NULL, is shown the field as it is before the first. */
void dw_steps(dw_state *state, int count, const dw_watcher *watcher);

/* Collective. One step. */
void dw_step(dw_state *state, const dw_watcher *watcher);

/* Not collective. Width of the halo with which `steps` steps, or as many as a pass can hold, go into one pass. */
int dw_steps_halo(const dw_model *model, int steps);

/* Not collective. Steps that go into one pass on the lattice of this state, at least 1. */
int dw_steps_together(const dw_state *state);

#endif
