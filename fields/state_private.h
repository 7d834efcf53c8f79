/* Shared by the sweeps of fields/. */
#ifndef DW_FIELDS_STATE_PRIVATE_H
#define DW_FIELDS_STATE_PRIVATE_H

#include <omp.h>
#include <string.h>

#include "fields/state.h"

/* Coefficients of one kick. */
typedef struct dw_kick {
  double gradient;   /* of the sum of differences */
  double degenerate; /* of v0' */
  double bias;       /* of v_b' */
} dw_kick;

/* A kick over `interval` of conformal time with the forces at `tau`. */
static inline dw_kick dw_kick_at(const dw_state *state, double tau, double interval) {
  const dw_model *model = state->model;
  const double a = dw_background_scale_factor(&model->background, tau);
  const double weight = interval * dw_model_momentum_weight(model, a);
  const double dx = state->lattice->spacing;
  return (dw_kick){.gradient = weight / (dx * dx),
                   .degenerate = weight * dw_model_degenerate_factor(model, a),
                   .bias = weight * dw_model_bias_factor(model, a)};
}

/* Scratch row `index` (0 or 1) of the calling thread. */
static inline void *dw_state_scratch(const dw_state *state, int index) {
  return state->scratch + (size_t)omp_get_thread_num() * state->scratch_bytes +
         (size_t)index * (state->scratch_bytes / 2);
}

/* pi_row += kick of row (x, y); pi_row may be the state's own row or a copy. */
static inline void dw_state_kick_row(const dw_state *state, const dw_kick *kick, int64_t x, int64_t y, void *pi_row) {
  const ptrdiff_t n = (ptrdiff_t)state->lattice->points;
  const dw_potential *potential = state->model->potential;
  const void *phi = dw_field_row(state->phi, x, y);
  void *force = dw_state_scratch(state, 0);
  potential->derivative[dw_precision_index(state->precision)](&state->model->values, kick->degenerate, kick->bias, phi,
                                                              force, n);
  state->kick(pi_row, phi, force, state->phi->stride_x, state->phi->pitch, n, kick->gradient);
}

/* phi' of a row from pi: the pending kick, and 1/a^{3-s}; the same for all rows of a state. */
typedef struct dw_rate {
  dw_kick kick;
  double scale;
} dw_rate;

static inline dw_rate dw_rate_of(const dw_state *state) {
  const double weight = dw_model_momentum_weight(state->model, dw_state_scale_factor(state));
  return (dw_rate){.kick = dw_kick_at(state, dw_state_tau(state), state->pending * state->dtau), .scale = 1.0 / weight};
}

/* `row` starts on a cache line. */
static inline void dw_state_rate_row(const dw_state *state, const dw_rate *rate, int64_t x, int64_t y, void *row) {
  const ptrdiff_t n = (ptrdiff_t)state->lattice->points;
  memcpy(row, dw_field_row(state->pi, x, y), (size_t)n * (size_t)state->precision);
  if (state->pending != 0.0) {
    dw_state_kick_row(state, &rate->kick, x, y, row);
  }
  state->scale(row, n, rate->scale);
}

#endif
