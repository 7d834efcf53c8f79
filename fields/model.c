#include "fields/model.h"

#include <math.h>

#include "fields/plugin.h"
#include "fields/potential_bias.h"
#include "fields/potential_numbers.h"
#include "fields/sector_wall.h"

/* Of the cores of strings, where |Phi| falls to 0, in 1/m: the width of a wall of the double well. */
static const double CORE = 1.4142135623730950488016887242097;

dw_status dw_model_set_potential(dw_model *model, const char *name) {
  const dw_plugin *plugin = model->values.plugin;
  if (plugin != NULL) {
    model->potential = dw_plugin_potential(plugin);
    DW_TRY(dw_plugin_check(model->potential, &model->values));
  } else {
    DW_TRY(dw_potential_find(&model->potential, name));
  }
  if (model->potential->computed) {
    model->computed = *model->potential;
    model->potential = &model->computed;
    if (model->computed.wells) {
      return dw_wells_numbers(&model->computed, &model->values);
    }
    return model->computed.sectors ? dw_sector_wall_numbers(&model->computed, &model->values)
                                   : dw_potential_numbers(&model->computed, &model->values);
  }
  return DW_OK;
}

static double scale_factor(const dw_model *model, double tau) {
  return dw_background_scale_factor(&model->background, tau);
}

/* g(tau). */
static double bias_growth(const dw_model *model, double tau, double a) {
  if (tau < model->bias_start) {
    return 0.0;
  }
  if (tau >= model->bias_full || model->bias_full <= model->bias_start) {
    return 1.0;
  }
  return pow(a / scale_factor(model, model->bias_full), model->bias_power);
}

/* M = scale a^s at tau. */
static double mass_law(const dw_model *model, double tau, double *s) {
  *s = model->s;
  if (model->fat_from > 0.0) {
    *s = tau >= model->fat_from ? model->s : 1.0;
    return tau >= model->fat_from ? pow(scale_factor(model, model->fat_from), 1.0 - model->s) : 1.0;
  }
  if (!(model->physical_from > 0.0)) {
    return 1.0;
  }
  if (tau >= model->physical_from) {
    *s = 1.0;
    return 1.0;
  }
  return pow(scale_factor(model, model->physical_from), 1.0 - model->s);
}

dw_moment dw_model_at(const dw_model *model, double tau) {
  const double a = scale_factor(model, tau);
  double s = 1.0;
  const double scale = mass_law(model, tau, &s);
  const double energy = scale * pow(a, 1.0 + s);
  return (dw_moment){
      .at = {.tau = tau, .a = a, .vacuum = model->potential->melts ? pow(a, -model->values.melting) : 1.0},
      .mass = scale * pow(a, s),
      .momentum = pow(a, 3.0 - s) / scale,
      .degenerate = scale * scale * pow(a, 2.0 * s),
      .bias = energy * bias_growth(model, tau, a),
      .energy = energy,
      .stress = pow(a, 1.0 - s) / scale};
}

double dw_model_wall_width(const dw_model *model, double tau) {
  const dw_moment now = dw_model_at(model, tau);
  const dw_potential *potential = model->potential;
  const double thinnest = potential->sectors && potential->width > CORE ? CORE : potential->width;
  return thinnest / (now.mass * now.at.vacuum);
}

double dw_model_whole_width(const dw_model *model, double tau) {
  const dw_moment now = dw_model_at(model, tau);
  return model->potential->width / (now.mass * now.at.vacuum);
}

double dw_model_bias_growth(const dw_model *model, double tau) {
  return bias_growth(model, tau, scale_factor(model, tau));
}

double dw_model_tension(const dw_model *model, double tau) {
  return model->potential->tension * pow(dw_model_at(model, tau).at.vacuum, 3.0);
}

/* g a/M |epsilon|/vacuum. */
static double bias_size(const dw_model *model, const dw_moment *now) {
  return now->bias / now->degenerate * fabs(model->values.bias) / now->at.vacuum;
}

double dw_model_bias_ratio(const dw_model *model, double tau) {
  const dw_moment now = dw_model_at(model, tau);
  return bias_size(model, &now) / dw_potential_critical_bias(model->potential, &model->values);
}

int dw_model_turns(const dw_model *model, double tau_end, double tau[DW_MODEL_TURNS]) {
  const double start = model->background.tau_start;
  const double inner[] = {model->bias_start, model->physical_from, model->fat_from};
  int count = 0;
  tau[count++] = start;
  tau[count++] = tau_end;
  for (size_t i = 0; i < sizeof inner / sizeof inner[0]; i++) {
    if (inner[i] > start && inner[i] < tau_end) {
      tau[count++] = inner[i];
    }
  }
  return count;
}

/* dx^2 times the largest eigenvalue of -lap. */
static double largest_gradient(const dw_model *model) { return model->stencil == 2 ? 12.0 : 16.0; }

/* (dx omega)^2 of the fastest oscillation. v_b'' in the vacua p < q: eps (q - p) of (phi - p)(phi - q), 4 eps of phi^3.
 */
static double fastest(const dw_model *model, double spacing, double tau, double curvature) {
  const dw_moment now = dw_model_at(model, tau);
  const double *vacuum = model->potential->minimum;
  const double steepest = model->values.bias_shape == DW_BIAS_PHI3 ? 4.0 : fmax(2.0, vacuum[1] - vacuum[0]);
  const double r2 = now.at.vacuum * now.at.vacuum;
  const double mass = r2 * (curvature + steepest * bias_size(model, &now)) + model->values.mass * model->values.mass;
  return largest_gradient(model) + now.degenerate * mass * spacing * spacing;
}

double dw_model_steepest(const dw_model *model, double spacing, double tau) {
  return fastest(model, spacing, tau, fmax(model->potential->curvature, model->potential->overshoot));
}

double dw_model_stable_step(const dw_model *model, double spacing, double tau) {
  return model->integrator->stable / sqrt(fastest(model, spacing, tau, model->potential->curvature));
}

double dw_model_resonant_step(const dw_model *model, double spacing, double tau) {
  if (!(model->potential->overshoot > 0.0)) {
    return (double)INFINITY;
  }
  return model->integrator->resonant / sqrt(fastest(model, spacing, tau, model->potential->overshoot));
}
