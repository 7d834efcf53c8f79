#include "fields/model.h"

#include <math.h>

#include "fields/potential_numbers.h"

dw_status dw_model_set_potential(dw_model *model, const char *name) {
  DW_TRY(dw_potential_find(&model->potential, name));
  if (model->potential->computed) {
    model->computed = *model->potential;
    model->potential = &model->computed;
    DW_TRY(dw_potential_numbers(&model->computed, &model->values));
  }
  return DW_OK;
}

double dw_model_momentum_weight(const dw_model *model, double a) { return pow(a, 3.0 - model->s); }

double dw_model_degenerate_factor(const dw_model *model, double a) { return pow(a, 2.0 * model->s); }

double dw_model_bias_factor(const dw_model *model, double a) { return pow(a, 1.0 + model->s); }

double dw_model_wall_width(const dw_model *model, double a) { return model->potential->width / pow(a, model->s); }

double dw_model_bias_ratio(const dw_model *model, double a) {
  return pow(a, 1.0 - model->s) * fabs(model->values.bias);
}

/* dx^2 times the largest eigenvalue of -lap. */
static double largest_gradient(const dw_model *model) { return model->stencil == 2 ? 12.0 : 16.0; }

/* (dx omega)^2 of the fastest oscillation; v_b'' = 2 eps phi, taken at |phi| = 1. */
static double fastest(const dw_model *model, double spacing, double a, double curvature) {
  const double mass = curvature + 2.0 * dw_model_bias_ratio(model, a) + model->values.mass * model->values.mass;
  return largest_gradient(model) + dw_model_degenerate_factor(model, a) * mass * spacing * spacing;
}

double dw_model_stable_step(const dw_model *model, double spacing, double a_end) {
  return 2.0 / sqrt(fastest(model, spacing, a_end, model->potential->curvature));
}

double dw_model_resonant_step(const dw_model *model, double spacing, double a) {
  if (!(model->potential->overshoot > 0.0)) {
    return (double)INFINITY;
  }
  return sqrt(2.0 / fastest(model, spacing, a, model->potential->overshoot));
}
