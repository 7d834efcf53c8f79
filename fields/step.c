#include "fields/step.h"

#include "cosmology/background_driven.h"
#include "fields/expansion.h"
#include "fields/state_private.h"

/* Kicks and drifts of several steps in their order. */
typedef struct stage_list {
  const dw_state *state;
  int count;
  dw_kick kick[DW_MOST_PASS_STAGES];
  double drift[DW_MOST_PASS_STAGES];
} stage_list;

static void kick_rows(const void *context, int stage, int64_t x, int64_t y0, int64_t y1) {
  const stage_list *list = context;
  dw_state_kick_rows(list->state, &list->kick[stage], x, y0, y1);
}

static void run(dw_state *state, stage_list *list, const dw_watcher *watcher) {
  dw_pass_run(&(dw_pass){.fields = state->components,
                         .q = state->phi,
                         .p = state->pi,
                         .halo = state->halo,
                         .reach = dw_model_halo(state->model),
                         .stages = list->count,
                         .drift_factor = list->drift,
                         .kick = kick_rows,
                         .context = list,
                         .drift = state->drift,
                         .watcher = watcher});
  list->count = 0;
}

/* As many as the halo allows; one where the field drives a. */
static int stages_in_a_pass(const dw_state *state) {
  return state->expansion != NULL ? 1 : dw_pass_stages(state->lattice->halo, dw_model_halo(state->model));
}

/* The closing kick of a step is pending until the next one opens. */
void dw_steps(dw_state *state, int count, const dw_watcher *watcher) {
  const dw_integrator *integrator = state->model->integrator;
  dw_expansion *expansion = state->expansion;
  const int most = stages_in_a_pass(state);
  stage_list list = {.state = state};
  for (int i = 0; i < count; i++) {
    double tau = dw_state_tau(state);
    for (int stage = 0; stage < integrator->stages; stage++) {
      const double weight = integrator->kick[stage] + (stage == 0 ? state->pending : 0.0);
      const double interval = integrator->drift[stage] * state->dtau;
      if (expansion != NULL) {
        dw_expansion_open(expansion, weight * state->dtau, interval);
      }
      list.kick[list.count] = dw_kick_at(state, tau, weight * state->dtau);
      list.drift[list.count++] = interval / dw_model_at(state->model, tau + 0.5 * interval).momentum;
      tau += interval;
      if (list.count == most) {
        run(state, &list, watcher);
        watcher = NULL;
      }
      if (expansion != NULL) {
        dw_expansion_close(expansion, interval, integrator->kick[stage + 1] * state->dtau);
      }
    }
    state->pending = integrator->kick[integrator->stages];
    state->step++;
  }
  if (list.count > 0) {
    run(state, &list, watcher);
  }
}

int dw_steps_halo(const dw_model *model, int steps) {
  const int stages = dw_background_is_driven(&model->background) ? 1 : steps * model->integrator->stages;
  const int most = dw_pass_stages(DW_WIDEST_HALO, dw_model_halo(model));
  return dw_model_halo(model) * (stages < most ? stages : most);
}

int dw_steps_together(const dw_state *state) {
  const int stages = stages_in_a_pass(state);
  return stages > state->model->integrator->stages ? stages / state->model->integrator->stages : 1;
}

void dw_step(dw_state *state, const dw_watcher *watcher) { dw_steps(state, 1, watcher); }
