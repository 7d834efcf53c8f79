/* Shared by the sweeps of fields/. */
#ifndef DW_FIELDS_STATE_PRIVATE_H
#define DW_FIELDS_STATE_PRIVATE_H

#include <omp.h>
#include <string.h>

#include "fields/pass.h"
#include "fields/state.h"

/* Coefficients of one kick. */
typedef struct dw_kick {
  dw_instant at;
  double gradient;   /* of the sum of differences */
  double degenerate; /* of v0' */
  double bias;       /* of v_b' */
} dw_kick;

/* A kick over `interval` of conformal time with the forces at `tau`. */
static inline dw_kick dw_kick_at(const dw_state *state, double tau, double interval) {
  const dw_moment now = dw_model_at(state->model, tau);
  const double weight = interval * now.momentum;
  const double dx = state->lattice->spacing;
  return (dw_kick){
      .at = now.at, .gradient = weight / (dx * dx), .degenerate = weight * now.degenerate, .bias = weight * now.bias};
}

/* Scratch row `index` of the calling thread: the forces on each component, then a row for each component's phi'. */
static inline void *dw_state_scratch(const dw_state *state, int index) {
  return state->scratch + (size_t)omp_get_thread_num() * state->scratch_bytes + (size_t)index * state->row_bytes;
}

/* pi_row[i] += kick of row (x, y) of component i; these may be the state's own rows or copies. */
static inline void dw_state_kick_row(const dw_state *state, const dw_kick *kick, int64_t x, int64_t y,
                                     void *const *pi_row) {
  const ptrdiff_t n = (ptrdiff_t)state->lattice->points;
  const dw_potential *potential = state->model->potential;
  const int precision = dw_precision_index(state->precision);
  const void *phi[DW_MOST_COMPONENTS];
  void *force[DW_MOST_COMPONENTS];
  for (int i = 0; i < state->components; i++) {
    phi[i] = dw_field_row(state->phi[i], x, y);
    force[i] = dw_state_scratch(state, i);
  }
  potential->derivative[precision](&state->model->values, &kick->at, kick->degenerate, kick->bias, phi, force, n);
  for (int i = 0; i < state->components; i++) {
    state->kick(pi_row[i], phi[i], force[i], state->phi[i]->stride_x, state->phi[i]->pitch, n, kick->gradient);
  }
}

/* The state's own rows y0 to y1 - 1 of plane x; with the force in the kick where the potential has that. */
static inline void dw_state_kick_rows(const dw_state *state, const dw_kick *kick, int64_t x, int64_t y0, int64_t y1) {
  const dw_potential *potential = state->model->potential;
  const dw_slope_kick fused = potential->kick[dw_precision_index(state->precision)];
  if (fused != NULL) {
    const dw_field *phi = state->phi[0];
    const dwell_rows rows = {.phi = dw_field_row(phi, x, y0),
                             .p = dw_field_row(state->pi[0], x, y0),
                             .stride_x = phi->stride_x,
                             .stride_y = phi->pitch,
                             .n = (ptrdiff_t)state->lattice->points,
                             .rows = (ptrdiff_t)(y1 - y0),
                             .order = state->model->stencil,
                             .gradient = kick->gradient};
    fused(&state->model->values, &kick->at, kick->degenerate, kick->bias, &rows);
    return;
  }
  for (int64_t y = y0; y < y1; y++) {
    void *pi[DW_MOST_COMPONENTS];
    for (int i = 0; i < state->components; i++) {
      pi[i] = dw_field_row(state->pi[i], x, y);
    }
    dw_state_kick_row(state, kick, x, y, pi);
  }
}

/* All components, as a pass sees them; what kicks them and how far they drift is left open. */
static inline dw_moving dw_state_moving(const dw_state *state) {
  return (dw_moving){.fields = state->components,
                     .q = state->phi,
                     .p = state->pi,
                     .halo = state->halo,
                     .reach = dw_model_halo(state->model),
                     .drift = state->drift};
}

/* phi' of a row from pi: the pending kick, and 1/a^{3-s}; the same for all rows of a state. */
typedef struct dw_rate {
  dw_kick kick;
  double scale;
} dw_rate;

static inline dw_rate dw_rate_of(const dw_state *state) {
  const double tau = dw_state_tau(state);
  return (dw_rate){.kick = dw_kick_at(state, tau, state->pending * state->dtau),
                   .scale = 1.0 / dw_model_at(state->model, tau).momentum};
}

/* phi' of all components into row[0], row[1], ..., each starting on a cache line. */
static inline void dw_state_rate_rows(const dw_state *state, const dw_rate *rate, int64_t x, int64_t y,
                                      void *const *row) {
  const ptrdiff_t n = (ptrdiff_t)state->lattice->points;
  for (int i = 0; i < state->components; i++) {
    memcpy(row[i], dw_field_row(state->pi[i], x, y), (size_t)n * (size_t)state->precision);
  }
  if (state->pending != 0.0) {
    dw_state_kick_row(state, &rate->kick, x, y, row);
  }
  for (int i = 0; i < state->components; i++) {
    state->scale(row[i], n, rate->scale);
  }
}

/* The rows of the calling thread for these. */
static inline void dw_state_rate_scratch(const dw_state *state, void *row[DW_MOST_COMPONENTS]) {
  for (int i = 0; i < state->components; i++) {
    row[i] = dw_state_scratch(state, state->components + i);
  }
}

#endif
