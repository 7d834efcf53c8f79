#include "app/notices.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/constants.h"
#include "fields/potential_bias.h"
#include "cosmology/background_driven.h"

/* Walls nearer than this many widths start with an overlap of one per cent. */
static const double APART = 8.0;

typedef struct speaker {
  dw_notice say;
  void *context;
} speaker;

static void tell(const speaker *to, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void tell(const speaker *to, const char *format, ...) {
  char line[1024];
  va_list arguments;
  va_start(arguments, format);
  (void)vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  to->say(to->context, line);
}

static void on_noise(const dw_params *params, double spacing, const speaker *to) {
  const double nyquist = DW_PI / spacing;
  static const char *const kinds[] = {"white-noise", "vacuum", "thermal", "power-law"};
  bool has_cutoff = false;
  for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
    has_cutoff = has_cutoff || strcmp(params->fields.initial.kind, kinds[i]) == 0;
  }
  if (has_cutoff && params->fields.initial.cutoff > nyquist) {
    tell(
        to,
        "warning: fields.initial.cutoff = %g is above the Nyquist momentum %.4g of the lattice; the start has no power "
        "above that",
        params->fields.initial.cutoff, nyquist);
  }
}

static void on_walls(const dw_params *params, const dw_model *model, double spacing, const speaker *to) {
  if (strcmp(params->fields.initial.kind, "walls") != 0) {
    return;
  }
  const int64_t *n = params->fields.initial.normal;
  const double norm = sqrt((double)(n[0] * n[0] + n[1] * n[1] + n[2] * n[2]));
  const double v = params->fields.initial.velocity;
  const double width = dw_model_wall_width(model, model->background.tau_start);
  const double thin = width * sqrt(1.0 - v * v);
  if (params->lattice.length / norm < APART * width) {
    tell(to,
         "warning: kink and antikink repeat every L/|n| = %.4g and overlap; use a longer lattice.length or a shorter "
         "fields.initial.normal",
         params->lattice.length / norm);
  }
  if (thin < 2.0 * spacing) {
    tell(to,
         "warning: the moving walls are contracted to %.3f lattice spacings; use a finer lattice or a lower "
         "fields.initial.velocity",
         thin / spacing);
  }
}

static void on_step(const dw_model *model, const dw_plan *plan, double spacing, double tau_end, const speaker *to) {
  double turn[DW_MODEL_TURNS];
  double resonant = (double)INFINITY;
  const int turns = dw_model_turns(model, tau_end, turn);
  for (int i = 0; i < turns; i++) {
    resonant = fmin(resonant, dw_model_resonant_step(model, spacing, turn[i]));
  }
  if (plan->dtau > resonant * spacing) {
    tell(to,
         "warning: steps of %.4g dx come into resonance with the potential before the end of the run and single sites "
         "may blow up; use time.step below %.3g",
         plan->dtau / spacing, resonant);
  }
}

static void on_bias(const dw_model *model, double tau_end, const speaker *to) {
  double turn[DW_MODEL_TURNS];
  double ratio = 0.0;
  const int turns = dw_model_turns(model, tau_end, turn);
  for (int i = 0; i < turns; i++) {
    ratio = fmax(ratio, dw_model_bias_ratio(model, turn[i]));
  }
  if (ratio >= 1.0) {
    tell(to,
         "warning: before the end of the run a^{1-s} |fields.bias| reaches %.4g and the false vacuum is no longer a "
         "minimum; what is left of it rolls down everywhere",
         dw_potential_critical_bias(model->potential, &model->values));
  }
}

static void on_expansion(const dw_params *params, const dw_model *model, const speaker *to) {
  if (dw_background_is_driven(&model->background)) {
    tell(to,
         "note: what is said beforehand of later times takes the expansion of the fluid alone, w = %g; the field may "
         "change it",
         params->cosmology.w);
  }
}

static void on_hand_over(const dw_model *model, double tau_end, const speaker *to) {
  if (model->physical_from > tau_end) {
    tell(to,
         "warning: fields.physical_from = %g lies after the end of the run, tau = %g: all of it has fat walls, as thin "
         "as they would be there",
         model->physical_from, tau_end);
  }
}

void dw_notices_say(const dw_params *params, const dw_model *model, const dw_plan *plan, dw_notice say, void *context) {
  const speaker to = {.say = say, .context = context};
  const double spacing = dw_params_spacing(params);
  const double tau_end = dw_plan_tau(plan, plan->steps);
  on_expansion(params, model, &to);
  on_noise(params, spacing, &to);
  on_walls(params, model, spacing, &to);
  on_step(model, plan, spacing, tau_end, &to);
  on_bias(model, tau_end, &to);
  on_hand_over(model, tau_end, &to);
  const int64_t beyond = dw_plan_times_beyond(plan);
  if (beyond > 0) {
    tell(&to, "warning: %lld of store.snapshots and analysis.utc_reference lie after time.end = %g and are left out",
         (long long)beyond, params->time.end);
  }
}
