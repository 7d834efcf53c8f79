#include "app/notices.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/constants.h"
#include "fields/potential_bias.h"
#include "cosmology/background_driven.h"
#include "params/table.h"
#include "params/uses.h"

/* Walls nearer than this many widths start with an overlap of one per cent. */
static const double APART = 8.0;

/* A bias that hasn't grown to this share of itself. */
static const double BARELY = 0.1;

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

/* Keys that were set and aren't looked at. */
static void on_unused(const dw_params *params, const speaker *to) {
  size_t index = 0;
  for (const dw_param_use *use = dw_param_next_unused(params, &index); use != NULL;
       use = dw_param_next_unused(params, &index)) {
    if (!dw_param_is_nearly_default(params, use->key)) {
      tell(to, "warning: %s has no effect with %s = \"%s\"; it belongs to %s", use->key, use->by,
           (const char *)dw_param_at(dw_table_find(use->by), params), use->values);
    }
  }
}

/* A sphere is one while its wall is thin, and far from its own images. */
static void on_sphere(const dw_params *params, const dw_model *model, const speaker *to) {
  const double radius = params->fields.initial.radius;
  const double width = dw_model_wall_width(model, model->background.tau_start);
  if (strcmp(params->fields.initial.kind, "sphere") != 0) {
    return;
  }
  if (radius < width) {
    tell(to, "warning: the sphere's radius %.4g is smaller than the width of its wall, %.4g; nothing of it may be left",
         radius, width);
  } else if (params->lattice.length - 2.0 * radius < 0.5 * APART * width) {
    tell(to, "warning: the sphere is %.4g away from its own image, where walls are %.4g wide, and may join it",
         params->lattice.length - 2.0 * radius, width);
  }
}

/* Walls that melt, or that are held together by a light angle alone. */
static void on_wide_walls(const dw_params *params, const dw_model *model, double tau_end, const speaker *to) {
  const double width = dw_model_whole_width(model, tau_end);
  if (width > params->lattice.length) {
    tell(to,
         "warning: at the end of the run walls are %.4g wide (comoving), more than the box, %.4g; areas and "
         "efficiencies "
         "aren't those of walls then",
         width, params->lattice.length);
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

/* Bias and melting that were meant to change in time and don't, or too late. */
static void on_growth(const dw_params *params, const dw_model *model, double tau_end, const speaker *to) {
  const bool flat = !dw_background_expands(&model->background);
  const double start = model->background.tau_start;
  const double full = params->fields.bias_full;
  if (params->fields.physical_from > 0.0 && params->fields.physical_from <= start) {
    tell(to,
         "warning: fields.physical_from = %g isn't after the start, tau = %g; all of the run has the physical equation",
         params->fields.physical_from, start);
  }
  if (flat && strcmp(params->fields.potential, "melting") == 0 && params->fields.melting != 0.0) {
    tell(to, "warning: in flat space a stays 1 and the walls don't melt");
  }
  if (params->fields.bias == 0.0) {
    return;
  }
  if (params->fields.bias_power == 0.0) {
    if (full > params->fields.bias_start) {
      tell(to,
           "warning: with fields.bias_power = 0 the bias doesn't grow until fields.bias_full = %g, it is full at once; "
           "set "
           "the power of a",
           full);
    }
  } else if (flat) {
    tell(to, "warning: in flat space a stays 1 and the bias doesn't grow; it is full from fields.bias_start on");
  } else if (full <= start) {
    tell(to, "warning: fields.bias_full = %g isn't after the start, tau = %g; the bias is full from the start", full,
         start);
  } else if (fabs(dw_model_bias_growth(model, tau_end)) < BARELY) {
    tell(to,
         "warning: at the end of the run the bias has grown to %.2g of fields.bias only; end later, or set an earlier "
         "fields.bias_full",
         dw_model_bias_growth(model, tau_end));
  }
}

void dw_notices_say(const dw_params *params, const dw_model *model, const dw_plan *plan, dw_notice say, void *context) {
  const speaker to = {.say = say, .context = context};
  const double spacing = dw_params_spacing(params);
  const double tau_end = dw_plan_tau(plan, plan->steps);
  on_expansion(params, model, &to);
  on_noise(params, spacing, &to);
  on_walls(params, model, spacing, &to);
  on_sphere(params, model, &to);
  on_step(model, plan, spacing, tau_end, &to);
  on_bias(model, tau_end, &to);
  on_hand_over(model, tau_end, &to);
  on_growth(params, model, tau_end, &to);
  on_wide_walls(params, model, tau_end, &to);
  on_unused(params, &to);
  if (params->gw.enabled && dw_plan_gw_start(plan) >= plan->steps) {
    tell(&to, "warning: gw.start = %g is the end of the run: there are no waves in it", params->gw.start);
  }
  const int64_t beyond = dw_plan_times_beyond(plan);
  if (beyond > 0) {
    tell(&to, "warning: %lld of store.snapshots and analysis.utc_reference lie after time.end = %g and are left out",
         (long long)beyond, params->time.end);
  }
}
