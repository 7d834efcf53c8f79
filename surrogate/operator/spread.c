#include "surrogate/operator/spread.h"

#include <math.h>

void dw_spread_add(dw_corrector *c, const dw_observed *spread, int64_t count) {
  c->spread.area += spread->area * spread->area / (double)count;
  for (int64_t k = 0; k < c->config.shells; k++) {
    c->spread.field[k] += spread->field[k] * spread->field[k] / (double)count;
    c->spread.stress[k] += spread->stress[k] * spread->stress[k] / (double)count;
  }
}

void dw_spread_finish(dw_corrector *c) {
  c->spread.area = sqrt(c->spread.area);
  for (int64_t k = 0; k < c->config.shells; k++) {
    c->spread.field[k] = sqrt(c->spread.field[k]);
    c->spread.stress[k] = sqrt(c->spread.stress[k]);
  }
}

static double square_over(double one, double usual) { return usual > 0.0 ? one * one / (usual * usual) : 0.0; }

double dw_spread_apart(const dw_corrector *c, const dw_observed *spread) {
  double sum = square_over(spread->area, c->spread.area);
  for (int64_t k = 0; k < c->config.shells; k++) {
    sum += square_over(spread->field[k], c->spread.field[k]) + square_over(spread->stress[k], c->spread.stress[k]);
  }
  return sqrt(sum / (double)(2 * c->config.shells + 1));
}

static double claimed(double error, double one, double usual) {
  return sqrt(error * error + fmax(one * one - usual * usual, 0.0));
}

void dw_spread_claim(const dw_corrector *c, const dw_observed *spread, dw_observed *error) {
  *error = c->error;
  error->area = claimed(c->error.area, spread->area, c->spread.area);
  for (int64_t k = 0; k < c->config.shells; k++) {
    error->field[k] = claimed(c->error.field[k], spread->field[k], c->spread.field[k]);
    error->stress[k] = claimed(c->error.stress[k], spread->stress[k], c->spread.stress[k]);
  }
}
