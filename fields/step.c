#include "fields/step.h"

#include "fields/expansion.h"
#include "fields/state_private.h"

typedef struct scalar_kick {
  const dw_state *state;
  dw_kick kick;
} scalar_kick;

static void kick_row(const void *context, int64_t x, int64_t y) {
  const scalar_kick *k = context;
  void *pi[DW_MOST_COMPONENTS];
  for (int i = 0; i < k->state->components; i++) {
    pi[i] = dw_field_row(k->state->pi[i], x, y);
  }
  dw_state_kick_row(k->state, &k->kick, x, y, pi);
}

void dw_step(dw_state *state, const dw_watcher *watcher) {
  const dw_integrator *integrator = state->model->integrator;
  double tau = dw_state_tau(state);
  for (int stage = 0; stage < integrator->stages; stage++) {
    const double weight = integrator->kick[stage] + (stage == 0 ? state->pending : 0.0);
    const double interval = integrator->drift[stage] * state->dtau;
    const scalar_kick k = {.state = state, .kick = dw_kick_at(state, tau, weight * state->dtau)};
    if (state->expansion != NULL) {
      dw_expansion_open(state->expansion, weight * state->dtau, interval);
    }
    dw_pass_run(&(dw_pass){.fields = state->components,
                           .q = state->phi,
                           .p = state->pi,
                           .halo = state->halo,
                           .reach = dw_model_halo(state->model),
                           .kick = kick_row,
                           .context = &k,
                           .drift = state->drift,
                           .drift_factor = interval / dw_model_at(state->model, tau + 0.5 * interval).momentum,
                           .watcher = stage == 0 ? watcher : NULL});
    if (state->expansion != NULL) {
      dw_expansion_close(state->expansion, interval, integrator->kick[stage + 1] * state->dtau);
    }
    tau += interval;
  }
  state->pending = integrator->kick[integrator->stages];
  state->step++;
}

void dw_steps(dw_state *state, int count) {
  for (int i = 0; i < count; i++) {
    dw_step(state, NULL);
  }
}
