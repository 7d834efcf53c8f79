#include "fields/model.h"

#include <math.h>

double dw_model_momentum_weight(const dw_model *model, double a) { return pow(a, 3.0 - model->s); }

double dw_model_degenerate_factor(const dw_model *model, double a) { return pow(a, 2.0 * model->s); }

double dw_model_bias_factor(const dw_model *model, double a) { return pow(a, 1.0 + model->s); }

double dw_model_wall_width(const dw_model *model, double a) { return model->potential->width / pow(a, model->s); }

double dw_model_stable_step(const dw_model *model, double spacing, double a_end) {
  const double gradient = model->stencil == 2 ? 12.0 : 16.0;
  const double mass = model->potential->curvature + model->values.mass * model->values.mass;
  const double largest = gradient + dw_model_degenerate_factor(model, a_end) * mass * spacing * spacing;
  return 2.0 / sqrt(largest);
}
