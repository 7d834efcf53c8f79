#include "app/setup.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analysis/model.h"
#include "base/constants.h"
#include "fields/step.h"
#include "gw/coarse.h"
#include "params/check.h"
#include "params/read.h"
#include "params/report.h"

enum { STEPS_TOGETHER = 4, UNITS_TOGETHER = 1 };

/* Whether start, time grid or stability depend on the key. */
static bool concerns_steps(const char *key) {
  static const char *const groups[] = {"cosmology.", "time.", "lattice.", "gw.coarsening", "fields."};
  for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
    if (strncmp(key, groups[i], strlen(groups[i])) == 0) {
      return strncmp(key, "fields.initial.", strlen("fields.initial.")) != 0;
    }
  }
  return false;
}

static dw_status check_steps(const dw_params *params) {
  static dw_model model; /* too large for a stack; one thread */
  dw_plan plan;
  DW_TRY(dw_model_from_params(&model, params, NULL, NULL));
  DW_TRY(dw_plan_init(&plan, params, &model.background));
  return dw_setup_check_step(&model, params, plan.dtau, dw_plan_tau(&plan, plan.steps));
}

/* What a run finds wrong later, so that it doesn't come as a second list; as far as what is wrong already allows. */
static void look_ahead(const dw_params *params, dw_report *report) {
  if (report->count > report->key_count) { /* a key that isn't known may have been meant for one of these */
    return;
  }
  for (size_t i = 0; i < report->key_count; i++) {
    if (concerns_steps(report->key[i])) {
      return;
    }
  }
  if (strcmp(params->fields.potential, "plugin") != 0 && check_steps(params) == DW_ERR_PARAM) {
    dw_report_add(report, NULL, "%s", dw_message());
  }
  dw_message_clear();
}

/* Everything wrong with the parameters is collected, then said at once. */
static dw_status read_all(dw_params *params, const dw_options *options) {
  dw_report *report = calloc(1, sizeof *report);
  if (report == NULL) {
    return dw_fail(DW_ERR_MEMORY, "no memory for the report on the parameters");
  }
  dw_report_init(report);
  dw_status status = dw_params_defaults(params);
  if (status == DW_OK) {
    status = dw_params_read(params, options->config, report);
  }
  if (status == DW_OK || status == DW_ERR_PARAM) {
    for (int i = 0; i < options->sets; i++) {
      (void)dw_params_set(params, options->set[i], report);
    }
    (void)dw_params_validate(params, report);
    status = DW_OK;
    if (report->count > 0) {
      look_ahead(params, report);
      dw_report_print(report, stderr);
      status = dw_fail(DW_ERR_PARAM, "%zu problem%s with the parameters; nothing was written", report->count,
                       report->count == 1 ? "" : "s");
    }
  }
  free(report);
  return status;
}

dw_status dw_setup_params(dw_params *params, const dw_options *options, const dw_comm *comm) {
  memset(params, 0, sizeof *params);
  dw_status status = DW_OK;
  if (dw_comm_rank(comm) == 0) {
    status = read_all(params, options);
  }
  DW_TRY(dw_comm_agree(comm, status));
  dw_comm_broadcast(comm, params, sizeof *params);
  return DW_OK;
}

dw_initial dw_setup_initial(const dw_params *params) { return dw_initial_from_params(params); }

/* Shells of the correlator up to analysis.utc_limit. */
static int64_t unequal_shells(const dw_params *params) {
  const int64_t all = dw_coarse_shells(params->lattice.points, (int)dw_params_stress_coarsening(params));
  const double limit = params->analysis.utc_limit * params->lattice.length / DW_TWO_PI;
  if (!(limit > 0.0) || limit >= (double)all) {
    return all;
  }
  return limit < 1.0 ? 1 : (int64_t)floor(limit * (1.0 + 1e-12)); /* a limit that is meant to be a shell's is */
}

dw_emission_choice dw_setup_emission(const dw_params *params, const dw_plan *plan) {
  dw_emission_choice choice = {.waves = params->gw.enabled,
                               .method = params->gw.method,
                               .coarsening = (int)params->gw.coarsening,
                               .stress_coarsening = (int)dw_params_stress_coarsening(params),
                               .parts = params->analysis.stress_parts};
  if (plan != NULL) {
    const int64_t shells = unequal_shells(params);
    choice.start = dw_plan_gw_start(plan);
    choice.utc = (dw_utc_choice){.references = plan->references,
                                 .step = plan->reference_step,
                                 .shells = shells,
                                 .earlier = params->analysis.utc_earlier,
                                 .states = dw_plan_stored_states(plan)};
    choice.tracks = (dw_tracks_choice){.modes = params->analysis.tracks,
                                       .shells = shells,
                                       .every = dw_plan_track_steps(plan),
                                       .last = plan->steps,
                                       .samples = dw_plan_track_samples(plan)};
  }
  return choice;
}

/* The tensors of gw.method "lattice" go with the field. */
static bool has_companion(const dw_params *params) {
  return params->gw.enabled && strcmp(params->gw.method, "lattice") == 0;
}

/* Steps in one pass over memory, those that were the fastest (docs/performance.md). Waves of another kind want to be
 * asked every gw.coarsening steps. */
static int steps_together(const dw_params *params) {
  const int coarsening = (int)params->gw.coarsening;
  if (has_companion(params)) {
    return coarsening * UNITS_TOGETHER;
  }
  return params->gw.enabled ? coarsening : STEPS_TOGETHER;
}

static int halo_of(const dw_params *params, const dw_model *model, int steps) {
  const dw_steps_companion tensors = {.coarsening = (int)params->gw.coarsening, .reach = DW_WAVE_ORDER / 2};
  return dw_steps_depth(model, steps, has_companion(params) ? &tensors : NULL).q;
}

static dw_status divide(dw_setup_division *division, const dw_params *params, int64_t least, int processes) {
  const int64_t *asked = params->lattice.processes;
  if (asked[0] == 0 && asked[1] == 0) {
    return dw_grid_choose(params->lattice.points, division->align, least, processes, division->grid);
  }
  division->grid[0] = (int)asked[0];
  division->grid[1] = (int)asked[1];
  return dw_grid_check(params->lattice.points, division->align, least, processes, asked);
}

/* Fewer steps in one pass where blocks are too small for the halo of more. */
dw_status dw_setup_divide(dw_setup_division *division, const dw_params *params, const dw_model *model, int processes) {
  dw_emission_choice choice = dw_setup_emission(params, NULL);
  const int unit = has_companion(params) ? (int)params->gw.coarsening : 1;
  division->align = dw_emission_align(&choice);
  for (int steps = steps_together(params);; steps -= steps > unit ? unit : 1) {
    division->together = has_companion(params) && steps > unit ? steps / unit : 1;
    division->halo = halo_of(params, model, steps);
    choice.together = division->together;
    const int64_t coarse = dw_emission_least_block(&choice);
    const int64_t least = coarse > division->halo ? coarse : division->halo;
    const dw_status status = divide(division, params, least, processes);
    if (status == DW_OK || steps == 0) {
      return status;
    }
    dw_message_clear();
  }
}

dw_precision dw_setup_precision(const dw_params *params) {
  return strcmp(params->precision, "single") == 0 ? DW_SINGLE : DW_DOUBLE;
}

/* Some integrators take a before the start of a step, hence of the run, where there may be no a. */
static dw_status check_first_step(const dw_model *model, double dtau, double spacing) {
  const double reach = dw_integrator_reach_back(model->integrator);
  const double start = model->background.tau_start;
  if (model->background.hubble_start > 0.0 && !(reach * dtau < start)) {
    return dw_fail(
        DW_ERR_PARAM,
        "time.step: steps of %.4g dx are too long for the start; %s reaches back by %.3g of a step, to before "
        "tau = 0, where there is no scale factor; use time.step below %.4g",
        dtau / spacing, model->integrator->name, reach, start / (reach * spacing));
  }
  return DW_OK;
}

/* The tightest limit of the run, and when. */
static double tightest_step(const dw_model *model, double spacing, double tau_end, double *when) {
  double turn[DW_MODEL_TURNS];
  double limit = (double)INFINITY;
  const int turns = dw_model_turns(model, tau_end, turn);
  for (int i = 0; i < turns; i++) {
    const double here = dw_model_stable_step(model, spacing, turn[i]);
    if (here < limit) {
      limit = here;
      *when = turn[i];
    }
  }
  return limit;
}

dw_status dw_setup_check_step(const dw_model *model, const dw_params *params, double dtau, double tau_end) {
  const double spacing = dw_params_spacing(params);
  double when = tau_end;
  const double limit = tightest_step(model, spacing, tau_end, &when);
  const double start = model->background.tau_start;
  if (dtau < limit * spacing) {
    return check_first_step(model, dtau, spacing);
  }
  const dw_moment then = dw_model_at(model, when);
  return dw_fail(DW_ERR_PARAM,
                 "time.step: steps of %.4g dx are unstable %s, tau = %.4g, where a = %.4g and masses are %.4g times "
                 "those of the potential (comoving)%s; with %s use time.step below %.4g, %sor a finer lattice",
                 dtau / spacing,
                 when == start     ? "at the start of the run"
                 : when == tau_end ? "by the end of the run"
                                   : "within the run",
                 when, then.at.a, then.mass * then.at.vacuum,
                 dw_model_bias_ratio(model, when) > 1.0 ? ", and the bias exceeds the barrier" : "",
                 model->integrator->name, limit, when == tau_end ? "an earlier time.end, " : "");
}

dw_status dw_setup_check_start(const dw_model *model, const dw_params *params, const dw_comm *comm) {
  const dw_initial initial = dw_setup_initial(params);
  return dw_initial_check(&initial, model, comm, params->lattice.points, dw_params_spacing(params));
}

int dw_setup_threads(void) {
  const int local = dw_comm_local_size();
  if (getenv("OMP_NUM_THREADS") == NULL) {
    const int cores = (int)sysconf(_SC_NPROCESSORS_ONLN);
    const int bound = omp_get_num_procs();
    const int share = bound < cores ? bound : cores / local;
    omp_set_num_threads(share < 1 ? 1 : share);
  }
  return omp_get_max_threads();
}
