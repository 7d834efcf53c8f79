/* One step of the evolution.
 *
 * Kick and drift are fused in one sweep over memory, in place: a row is drifted as soon as all rows that need
 * its old value have been kicked, one stencil width behind, while it is still in cache. Planes are divided over
 * threads; y is cut into tiles so that the planes in flight fit into the cache. The halo exchange runs while
 * the interior is swept. Every site is updated by the same expression whatever the order. */
#ifndef DW_FIELDS_STEP_H
#define DW_FIELDS_STEP_H

#include "fields/state.h"

/* Collective. Advances the state by dtau. */
void dw_step(dw_state *state);

#endif
