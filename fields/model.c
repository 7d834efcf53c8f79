#include "fields/model.h"

#include <math.h>

double dw_model_momentum_weight(const dw_model *model, double a) { return pow(a, 3.0 - model->s); }

double dw_model_degenerate_factor(const dw_model *model, double a) { return pow(a, 2.0 * model->s); }

double dw_model_bias_factor(const dw_model *model, double a) { return pow(a, 1.0 + model->s); }

double dw_model_wall_width(const dw_model *model, double a) { return model->potential->width / pow(a, model->s); }

/* dx^2 times the largest eigenvalue of -lap. */
static double largest_gradient(const dw_model *model) { return model->stencil == 2 ? 12.0 : 16.0; }

double dw_model_stable_step(const dw_model *model, double spacing, double a_end) {
  const double mass = model->potential->curvature + model->values.mass * model->values.mass;
  return 2.0 / sqrt(largest_gradient(model) + dw_model_degenerate_factor(model, a_end) * mass * spacing * spacing);
}

double dw_model_resonant_step(const dw_model *model, double spacing, double a) {
  const double mass = model->potential->overshoot;
  if (!(mass > 0.0)) {
    return (double)INFINITY;
  }
  return sqrt(2.0 / (largest_gradient(model) + dw_model_degenerate_factor(model, a) * mass * spacing * spacing));
}
