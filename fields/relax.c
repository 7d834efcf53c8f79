#include "fields/relax.h"

#include <math.h>

#include "fields/pass.h"
#include "fields/state_private.h"

/* What T is cut into: steps of so many stages. */
typedef struct flow_plan {
  int64_t steps;
  int64_t stages;
  double step; /* 1/m^2 */
} flow_plan;

static flow_plan plan_flow(double time, const dw_model *model, double spacing) {
  const double tau = model->background.tau_start;
  const double explicit_step = 2.0 * spacing * spacing / dw_model_steepest(model, spacing, tau);
  flow_plan plan = {.stages = 1};
  if (!(time > 0.0)) {
    return plan;
  }
  const double steps = time * dw_model_at(model, tau).degenerate / DW_RELAX_STEP * (1.0 - 1e-9);
  plan.steps = (int64_t)ceil(fmax(steps, DW_RELAX_LEAST_STEPS));
  plan.step = time / (double)plan.steps;
  while (0.5 * (double)(plan.stages * (plan.stages + 1)) * explicit_step < plan.step) {
    plan.stages += 2; /* odd numbers damp the fastest modes best */
  }
  return plan;
}

/* pi = nu pi + mu phi + L(phi) of `kick`; then the two change places. */
static void stage(dw_state *state, const dw_kick *kick, double mu, double nu) {
  const dw_lattice *lattice = state->lattice;
  const ptrdiff_t n = (ptrdiff_t)lattice->points;
  dw_state_exchange(state);
#pragma omp parallel for schedule(static)
  for (int64_t x = 0; x < lattice->count[0]; x++) {
    for (int64_t y = 0; y < lattice->count[1]; y++) {
      void *row[DW_MOST_COMPONENTS];
      for (int i = 0; i < state->components; i++) {
        row[i] = dw_field_row(state->pi[i], x, y);
        state->scale(row[i], n, nu);
        state->drift(row[i], dw_field_row(state->phi[i], x, y), n, mu);
      }
      dw_state_kick_row(state, kick, x, y, row, NULL);
    }
  }
  for (int i = 0; i < state->components; i++) {
    dw_field *done = state->pi[i];
    state->pi[i] = state->phi[i];
    state->phi[i] = done;
    dw_field_touch(state->phi[i]);
    dw_field_touch(state->pi[i]);
  }
}

/* The right side of the equation times `interval`, M and the bias those of the start. */
static dw_kick right_side(const dw_state *state, double interval) {
  dw_kick kick = dw_kick_at(state, state->tau_start, 1.0);
  const double weight = interval / dw_model_at(state->model, state->tau_start).momentum;
  kick.gradient *= weight;
  kick.degenerate *= weight;
  kick.bias *= weight;
  return kick;
}

static void diffuse(double time, dw_state *state) {
  const flow_plan plan = plan_flow(time, state->model, state->lattice->spacing);
  const double unit = plan.step * 2.0 / (double)(plan.stages * (plan.stages + 1));
  for (int64_t step = 0; step < plan.steps; step++) {
    const dw_kick first = right_side(state, unit);
    stage(state, &first, 1.0, 0.0);
    for (int64_t j = 2; j <= plan.stages; j++) {
      const double mu = (double)(2 * j - 1) / (double)j;
      const dw_kick kick = right_side(state, mu * unit);
      stage(state, &kick, mu, (double)(1 - j) / (double)j);
    }
  }
  for (int i = 0; i < state->components; i++) {
    dw_field_clear(state->pi[i]);
  }
}

typedef struct damped_kick {
  const dw_state *state;
  dw_kick kick;
  double keep; /* of pi */
} damped_kick;

static void kick_rows(const void *context, int stage, const dw_pass_rows *rows) {
  const damped_kick *k = context;
  const dw_state *state = k->state;
  (void)stage;
  for (int i = 0; i < state->components; i++) {
    for (int64_t y = rows->y0; y < rows->y1; y++) {
      state->scale(dw_field_row(state->pi[i], rows->x, y), (ptrdiff_t)state->lattice->points, k->keep);
    }
  }
  dw_state_kick_rows(state, &k->kick, rows);
}

/* phi' over `kicked`, then phi over `drifted`. */
static void damped_pass(dw_state *state, double friction, double kicked, double drifted) {
  const double weight = friction > 0.0 ? -expm1(-friction * kicked) / friction : kicked;
  const damped_kick k = {.state = state, .kick = right_side(state, weight), .keep = exp(-friction * kicked)};
  dw_pass pass = {.field = dw_state_moving(state), .stages = 1};
  pass.field.kick = kick_rows;
  pass.field.context = &k;
  pass.field.drift_factor = &drifted;
  dw_pass_run(&pass);
}

/* Steps of the run, or those in which this leapfrog, with (omega dt)^2 <= 2 for the fastest oscillation, holds too:
 * other integrators take longer ones. */
static int64_t friction_steps(double time, const dw_model *model, double spacing, double dtau) {
  const double steepest = dw_model_steepest(model, spacing, model->background.tau_start);
  const double step = fmin(dtau, spacing * sqrt(2.0 / steepest));
  return time > 0.0 ? (int64_t)ceil(time / step * (1.0 - 1e-9)) : 0;
}

/* Kicks of a whole step between half ones at both ends. */
static void move_with_friction(double time, double friction, dw_state *state) {
  const int64_t steps = friction_steps(time, state->model, state->lattice->spacing, state->dtau);
  const double dt = time / (double)steps;
  for (int64_t step = 0; step < steps; step++) {
    damped_pass(state, friction, step == 0 ? 0.5 * dt : dt, dt);
  }
  damped_pass(state, friction, 0.5 * dt, 0.0);
}

void dw_relax(const dw_relaxation *relaxation, dw_state *state) {
  if (relaxation->diffusion > 0.0) {
    diffuse(relaxation->diffusion, state);
  }
  if (relaxation->friction_time > 0.0) {
    move_with_friction(relaxation->friction_time, relaxation->friction, state);
  }
}

int64_t dw_relax_sweeps(const dw_relaxation *relaxation, const dw_model *model, double spacing, double dtau) {
  const flow_plan flow = plan_flow(relaxation->diffusion, model, spacing);
  const int64_t steps = friction_steps(relaxation->friction_time, model, spacing, dtau);
  return flow.steps * flow.stages + steps + (steps > 0 ? 1 : 0);
}
