#include "app/plan.h"

#include <math.h>
#include <string.h>

/* Rounding of (end - start)/step that must not cost a step. */
static const double SLACK = 1e-9;
static const double MOST_STEPS = 1e8; /* all of them are gone through to count what is due */

static double signals_from(const dw_params *params, const dw_background *background) {
  return background->tau_start - params->fields.initial.friction_time;
}

static dw_status check_end(const dw_params *params, const dw_background *background) {
  if (!(params->time.end > background->tau_start)) {
    return dw_fail(DW_ERR_PARAM, "time.end = %g isn't after the start, tau = %.10g (set by %s)", params->time.end,
                   background->tau_start,
                   background->rows > 0 ? "the first row of cosmology.table" : "cosmology.hubble_start");
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

/* The step at which an output asked for at `tau` happens. */
static int64_t step_of(const dw_plan *plan, double tau) {
  const double units = (tau - plan->tau_start) / (plan->dtau * (double)plan->coarsening);
  return units <= 0.0 ? 0 : plan->coarsening * (int64_t)floor(fmin(units, MOST_STEPS) + 0.5);
}

/* By insertion; times that fall on one step are one. */
static void set_references(dw_plan *plan) {
  const dw_real_list *times = &plan->params->analysis.utc_reference;
  int64_t *list = plan->reference_step;
  for (int64_t i = 0; i < times->count; i++) {
    const int64_t step = step_of(plan, times->value[i]);
    int64_t at = plan->references;
    while (at > 0 && list[at - 1] > step) {
      at--;
    }
    if (at > 0 && list[at - 1] == step) {
      continue;
    }
    memmove(list + at + 1, list + at, (size_t)(plan->references - at) * sizeof *list);
    list[at] = step;
    plan->references++;
  }
}

dw_status dw_plan_init(dw_plan *plan, const dw_params *params, const dw_background *background) {
  DW_TRY(check_end(params, background));
  *plan = (dw_plan){.coarsening = params->gw.coarsening,
                    .tau_start = background->tau_start,
                    .tau_signals = signals_from(params, background),
                    .params = params};
  const double spacing = dw_params_spacing(params);
  const double span = params->time.end - background->tau_start;
  DW_TRY(set_steps(plan, span / (params->time.step * spacing * (double)plan->coarsening)));
  plan->dtau = span / (double)plan->steps;
  set_references(plan);
  return DW_OK;
}

dw_status dw_plan_continue(dw_plan *plan, const dw_params *params, const dw_background *background, double dtau) {
  DW_TRY(check_end(params, background));
  *plan = (dw_plan){.coarsening = params->gw.coarsening,
                    .tau_start = background->tau_start,
                    .tau_signals = signals_from(params, background),
                    .dtau = dtau,
                    .params = params};
  DW_TRY(set_steps(plan, (params->time.end - background->tau_start) / (dtau * (double)plan->coarsening)));
  set_references(plan);
  return DW_OK;
}

double dw_plan_tau(const dw_plan *plan, int64_t step) { return plan->tau_start + (double)step * plan->dtau; }

/* A measurement takes as long as some steps, so there are at least WATCH_LEAST between two; at times that also the
 * default of analysis.interval meets, for then it is there anyway. The first steps, in which most instabilities show,
 * are watched closely. */
static const double WATCH_INTERVAL = 0.25;
enum { WATCH_LEAST = 64, WATCH_MOST = 128 };

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

int64_t dw_plan_snapshot_step(const dw_plan *plan, int64_t index) {
  return step_of(plan, plan->params->store.snapshots.value[index]);
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

bool dw_plan_watch_due(const dw_plan *plan, int64_t step) {
  const bool early = step < WATCH_MOST && (step & (step - 1)) == 0; /* powers of two */
  const double least = ceil(WATCH_LEAST * plan->dtau / WATCH_INTERVAL);
  return early || step % WATCH_MOST == 0 || interval_due(plan, WATCH_INTERVAL * least, step);
}

bool dw_plan_measure_due(const dw_plan *plan, int64_t step) {
  return step >= plan->steps || dw_plan_row_due(plan, step) || dw_plan_watch_due(plan, step);
}

int64_t dw_plan_track_steps(const dw_plan *plan) {
  const double units = plan->params->analysis.track_interval / (plan->dtau * (double)plan->coarsening);
  return plan->coarsening * (int64_t)fmax(1.0, floor(fmin(units, MOST_STEPS) + 0.5));
}

int64_t dw_plan_track_samples(const dw_plan *plan) {
  const int64_t every = dw_plan_track_steps(plan);
  return plan->steps / every + 1 + (plan->steps % every != 0 ? 1 : 0);
}

static int64_t count_until(const dw_plan *plan, int64_t last, bool (*due)(const dw_plan *plan, int64_t step)) {
  int64_t count = 0;
  for (int64_t step = 0; step <= last && step <= plan->steps; step += plan->coarsening) {
    count += due(plan, step) ? 1 : 0;
  }
  return count;
}

int64_t dw_plan_stored_states(const dw_plan *plan) {
  if (plan->references > 0 && plan->params->analysis.utc_earlier) {
    return count_until(plan, plan->reference_step[plan->references - 1], dw_plan_spectra_due);
  }
  int64_t count = 0;
  while (count < plan->references && plan->reference_step[count] <= plan->steps) {
    count++;
  }
  return count;
}

int64_t dw_plan_gw_start(const dw_plan *plan) { return step_of(plan, plan->params->gw.start); }

int64_t dw_plan_count(const dw_plan *plan, bool (*due)(const dw_plan *plan, int64_t step)) {
  return count_until(plan, plan->steps, due);
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
