#include "fields/step.h"

#include "cosmology/background_driven.h"
#include "fields/expansion.h"
#include "fields/state_private.h"

/* Kicks and drifts of several steps in their order, to be made in one pass. */
typedef struct stage_list {
  dw_state *state;
  const dw_moving *companion;
  int unit;  /* stages of a unit of the companion; 0: none */
  int most;  /* stages in a pass */
  int done;  /* stages made before */
  int count; /* in the list */
  dw_kick kick[DW_MOST_PASS_STAGES];
  double drift[DW_MOST_PASS_STAGES];
} stage_list;

static void kick_rows(const void *context, int stage, const dw_pass_rows *rows) {
  const stage_list *list = context;
  dw_state_kick_rows(list->state, &list->kick[stage], rows);
}

/* Units of the companion that begin before stage `stage`. */
static int units_before(const stage_list *list, int stage) { return (stage + list->unit - 1) / list->unit; }

/* A pass begins with a unit, or there is none in it. */
static void run(stage_list *list) {
  dw_pass pass = {.field = dw_state_moving(list->state), .stages = list->count};
  dw_moving companion;
  pass.field.kick = kick_rows;
  pass.field.context = list;
  pass.field.drift_factor = list->drift;
  if (list->unit > 0) {
    companion = *list->companion;
    companion.first = units_before(list, list->done);
    pass.companion = &companion;
    pass.units = units_before(list, list->done + list->count) - companion.first;
    pass.unit_stages = list->unit;
  }
  dw_pass_run(&pass);
  list->done += list->count;
  list->count = 0;
}

static bool is_full(const stage_list *list) {
  const bool whole = list->unit > 0 && (list->done + list->count) % list->unit == 0;
  return list->count == list->most || (whole && list->count + list->unit > list->most);
}

/* One where the field drives a: the next one depends on it. */
static int most_stages(const dw_state *state) { return state->expansion != NULL ? 1 : DW_MOST_PASS_STAGES; }

/* The most stages whose halos are there; with a companion whole units of it, or what fits of one. */
static int stages_in_a_pass(const dw_state *state, const dw_moving *companion, int unit) {
  dw_pass pass = {.field = dw_state_moving(state), .companion = companion, .unit_stages = unit};
  for (int stages = most_stages(state); stages > 1; stages--) {
    const bool whole = unit > 0 && stages % unit == 0;
    pass.stages = stages;
    pass.units = unit == 0 ? 0 : whole ? stages / unit : 1;
    if ((whole || unit == 0 || stages < unit) && dw_pass_fits(&pass)) {
      return stages;
    }
  }
  return 1;
}

static int coarsening_of(const dw_state *state, const dw_lattice *coarse) {
  return (int)(state->lattice->points / coarse->points);
}

/* The closing kick of a step is pending until the next one opens. */
void dw_steps(dw_state *state, int count, const dw_moving *companion) {
  const dw_integrator *integrator = state->model->integrator;
  dw_expansion *expansion = state->expansion;
  stage_list list = {.state = state, .companion = companion};
  if (companion != NULL) {
    list.unit = coarsening_of(state, companion->q[0]->lattice) * integrator->stages;
  }
  list.most = stages_in_a_pass(state, companion, list.unit);
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
      if (is_full(&list)) {
        run(&list);
      }
      if (expansion != NULL) {
        dw_expansion_close(expansion, interval, integrator->kick[stage + 1] * state->dtau);
      }
    }
    state->pending = integrator->kick[integrator->stages];
    state->step++;
  }
  if (list.count > 0) {
    run(&list);
  }
}

void dw_step(dw_state *state) { dw_steps(state, 1, NULL); }

/* --- how many --- */

dw_front_depth dw_steps_depth(const dw_model *model, int steps, const dw_steps_companion *companion) {
  const int most = dw_background_is_driven(&model->background) ? 1 : DW_MOST_PASS_STAGES;
  const int stages = steps * model->integrator->stages;
  dw_front_shape shape = {.reach = dw_model_halo(model),
                          .stages = stages < 1      ? 1
                                    : stages < most ? stages
                                                    : most,
                          .coarsening = 1};
  if (companion != NULL) {
    shape.coarsening = companion->coarsening;
    shape.companion_reach = companion->reach;
    shape.unit_stages = companion->coarsening * model->integrator->stages;
    shape.units = shape.stages < shape.unit_stages ? 1 : shape.stages / shape.unit_stages;
    shape.stages = shape.stages < shape.unit_stages ? shape.stages : shape.units * shape.unit_stages;
  }
  return dw_front_make(&shape).depth;
}

int dw_steps_together(const dw_state *state, const dw_lattice *coarse, int64_t reach) {
  const int stages = state->model->integrator->stages;
  for (int steps = most_stages(state) / stages; steps > 1; steps--) {
    const int coarsening = coarse == NULL ? 1 : coarsening_of(state, coarse);
    const dw_steps_companion companion = {.coarsening = coarsening, .reach = reach};
    const dw_front_depth depth = dw_steps_depth(state->model, steps, coarse == NULL ? NULL : &companion);
    if (steps % coarsening == 0 && depth.q <= state->lattice->halo &&
        (coarse == NULL || depth.companion_q <= coarse->halo)) {
      return steps;
    }
  }
  return coarse == NULL ? 1 : coarsening_of(state, coarse);
}
