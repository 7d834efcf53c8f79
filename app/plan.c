#include "app/plan.h"

#include <math.h>

/* Rounding of (end - start)/step that must not cost a step. */
static const double SLACK = 1e-9;
static const double MOST_STEPS = 1e12;

static dw_status check_end(const dw_params *params, const dw_background *background) {
  if (!(params->time.end > background->tau_start)) {
    return dw_fail(DW_ERR_PARAM, "time.end = %g isn't after the start, tau = %.10g (set by cosmology.hubble_start)",
                   params->time.end, background->tau_start);
  }
  return DW_OK;
}

static dw_status set_steps(dw_plan *plan, double units) {
  if (!(units < MOST_STEPS)) {
    return dw_fail(DW_ERR_PARAM, "time.end, time.step: %.3g steps are more than a run can have", units);
  }
  const int64_t whole = (int64_t)ceil(units * (1.0 - SLACK));
  plan->steps = plan->coarsening * (whole < 1 ? 1 : whole);
  return DW_OK;
}

dw_status dw_plan_init(dw_plan *plan, const dw_params *params, const dw_background *background) {
  DW_TRY(check_end(params, background));
  *plan = (dw_plan){.coarsening = params->gw.coarsening, .tau_start = background->tau_start, .params = params};
  const double spacing = dw_params_spacing(params);
  const double span = params->time.end - background->tau_start;
  DW_TRY(set_steps(plan, span / (params->time.step * spacing * (double)plan->coarsening)));
  plan->dtau = span / (double)plan->steps;
  return DW_OK;
}

dw_status dw_plan_continue(dw_plan *plan, const dw_params *params, const dw_background *background, double dtau) {
  DW_TRY(check_end(params, background));
  *plan = (dw_plan){
      .coarsening = params->gw.coarsening, .tau_start = background->tau_start, .dtau = dtau, .params = params};
  return set_steps(plan, (params->time.end - background->tau_start) / (dtau * (double)plan->coarsening));
}

double dw_plan_tau(const dw_plan *plan, int64_t step) { return plan->tau_start + (double)step * plan->dtau; }

/* The step at which an output asked for at `tau` happens. */
static int64_t step_of(const dw_plan *plan, double tau) {
  const double units = (tau - plan->tau_start) / (plan->dtau * (double)plan->coarsening);
  return units <= 0.0 ? 0 : plan->coarsening * (int64_t)floor(fmin(units, MOST_STEPS) + 0.5);
}

static bool is_edge(const dw_plan *plan, int64_t step) { return step == 0 || step == plan->steps; }

/* Whether some multiple of the interval falls on this step. */
static bool interval_due(const dw_plan *plan, double interval, int64_t step) {
  if (!(interval > 0.0)) {
    return false;
  }
  const double multiple = floor((double)step * plan->dtau / interval + 0.5);
  for (int near = -1; near <= 1; near++) {
    const double tau = plan->tau_start + (multiple + near) * interval;
    if (multiple + near >= 0.0 && step_of(plan, tau) == step) {
      return true;
    }
  }
  return false;
}

static bool list_due(const dw_plan *plan, const dw_real_list *times, int64_t step) {
  for (int64_t i = 0; i < times->count; i++) {
    if (step_of(plan, times->value[i]) == step) {
      return true;
    }
  }
  return false;
}

bool dw_plan_snapshot_due(const dw_plan *plan, int64_t step) {
  return list_due(plan, &plan->params->store.snapshots, step);
}

bool dw_plan_spectra_due(const dw_plan *plan, int64_t step) {
  return is_edge(plan, step) || interval_due(plan, plan->params->analysis.spectra_interval, step) ||
         dw_plan_snapshot_due(plan, step) || list_due(plan, &plan->params->analysis.utc_reference, step);
}

bool dw_plan_row_due(const dw_plan *plan, int64_t step) {
  return dw_plan_spectra_due(plan, step) || interval_due(plan, plan->params->analysis.interval, step);
}

bool dw_plan_slice_due(const dw_plan *plan, int64_t step) {
  return interval_due(plan, plan->params->store.slices, step);
}

int64_t dw_plan_gw_start(const dw_plan *plan) { return step_of(plan, plan->params->gw.start); }

int64_t dw_plan_count(const dw_plan *plan, bool (*due)(const dw_plan *plan, int64_t step)) {
  int64_t count = 0;
  for (int64_t step = 0; step <= plan->steps; step += plan->coarsening) {
    count += due(plan, step) ? 1 : 0;
  }
  return count;
}

static int64_t beyond(const dw_plan *plan, const dw_real_list *times) {
  int64_t count = 0;
  for (int64_t i = 0; i < times->count; i++) {
    count += step_of(plan, times->value[i]) > plan->steps ? 1 : 0;
  }
  return count;
}

int64_t dw_plan_times_beyond(const dw_plan *plan) {
  return beyond(plan, &plan->params->store.snapshots) + beyond(plan, &plan->params->analysis.utc_reference);
}
