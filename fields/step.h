/* Steps of the evolution: kicks and drifts of the run's integrator, several in one pass (fields/pass.h). */
#ifndef DW_FIELDS_STEP_H
#define DW_FIELDS_STEP_H

#include "fields/pass.h"
#include "fields/state.h"

/* Collective. `count` steps of dtau, and with them those of a companion, or NULL: it takes one of its units every c
 * steps, c^3 sites being one of its own; `count` is a multiple of c then. In unit u, from 0 on, it is kicked with phi
 * as it is after c u steps. Its `first` isn't used. */
void dw_steps(dw_state *state, int count, const dw_moving *companion);

/* Collective. One step, alone. */
void dw_step(dw_state *state);

/* A companion to come. */
typedef struct dw_steps_companion {
  int coarsening;
  int64_t reach; /* of its stencil, its rows */
} dw_steps_companion;

/* Not collective. Layers of the halo, that of the companion in its own rows, with which `steps` steps go into one pass,
 * or as many of them as a pass can hold. Companion: NULL, or whole units of it. */
dw_front_depth dw_steps_depth(const dw_model *model, int steps, const dw_steps_companion *companion);

/* Not collective. Steps that go into one pass on the lattice of this state; whole units of a companion (NULL: none) on
 * this coarse lattice, that many sites of the field's a side. At least 1, or 1 unit. */
int dw_steps_together(const dw_state *state, const dw_lattice *coarse, int64_t reach);

#endif
