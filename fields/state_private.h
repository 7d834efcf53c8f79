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

/* `rows` rows of component i from row (x, y) on, to be kicked at `pi`. */
static inline dwell_rows dw_state_rows(const dw_state *state, const dw_kick *kick, int i, int64_t x, int64_t y,
                                       void *pi, ptrdiff_t rows) {
  const dw_field *phi = state->phi[i];
  return (dwell_rows){.phi = dw_field_row(phi, x, y),
                      .p = pi,
                      .stride_x = phi->stride_x,
                      .stride_y = phi->pitch,
                      .n = (ptrdiff_t)state->lattice->points,
                      .rows = rows,
                      .order = state->model->stencil,
                      .gradient = kick->gradient};
}

/* pi_row[i] += kick of row (x, y) of component i; these may be the state's own rows or copies. Behind: NULL, or what
 * drifts and what is asked for. */
static inline void dw_state_kick_row(const dw_state *state, const dw_kick *kick, int64_t x, int64_t y,
                                     void *const *pi_row, const dw_pass_rows *behind) {
  const dw_potential *potential = state->model->potential;
  const void *phi[DW_MOST_COMPONENTS];
  void *force[DW_MOST_COMPONENTS];
  for (int i = 0; i < state->components; i++) {
    phi[i] = dw_field_row(state->phi[i], x, y);
    force[i] = dw_state_scratch(state, i);
  }
  potential->derivative[dw_precision_index(state->precision)](
      &state->model->values, &kick->at, kick->degenerate, kick->bias, phi, force, (ptrdiff_t)state->lattice->points);
  for (int i = 0; i < state->components; i++) {
    dwell_rows rows = dw_state_rows(state, kick, i, x, y, pi_row[i], 1);
    if (behind != NULL) {
      dw_pass_behind(behind, &rows);
    }
    state->kick(&rows, force[i]);
  }
}

/* The state's own rows; with the force in the kick where the potential has that. */
static inline void dw_state_kick_rows(const dw_state *state, const dw_kick *kick, const dw_pass_rows *at) {
  const dw_potential *potential = state->model->potential;
  const dw_slope_kick fused = potential->kick[dw_precision_index(state->precision)];
  if (fused != NULL) {
    void *pi = dw_field_row(state->pi[0], at->x, at->y0);
    dwell_rows rows = dw_state_rows(state, kick, 0, at->x, at->y0, pi, (ptrdiff_t)(at->y1 - at->y0));
    dw_pass_behind(at, &rows);
    fused(&state->model->values, &kick->at, kick->degenerate, kick->bias, &rows);
    return;
  }
  for (int64_t y = at->y0; y < at->y1; y++) {
    void *pi[DW_MOST_COMPONENTS];
    for (int i = 0; i < state->components; i++) {
      pi[i] = dw_field_row(state->pi[i], at->x, y);
    }
    dw_state_kick_row(state, kick, at->x, y, pi, at);
  }
}

/* All components, as a pass sees them; what kicks them and how far they drift is left open. */
static inline dw_moving dw_state_moving(const dw_state *state) {
  return (dw_moving){.fields = state->components,
                     .q = state->phi,
                     .p = state->pi,
                     .halo = state->halo,
                     .reach = dw_model_halo(state->model),
                     .drifts_behind = true,
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
    dw_state_kick_row(state, &rate->kick, x, y, row, NULL);
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
