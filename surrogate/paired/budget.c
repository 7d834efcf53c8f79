#include "surrogate/paired/paired.h"

#include <math.h>

/* Variance of the estimate over that of one fine run, n times: 1 - rho^2 + rho^2 / ratio. docs/paired.md. */
double dw_paired_gain(double correlation, double cost, double ratio) {
  const double shared = correlation * correlation;
  return 1.0 / ((1.0 - shared + shared / ratio) * (1.0 + ratio * cost));
}

double dw_paired_best_ratio(double correlation, double cost) {
  const double shared = correlation * correlation;
  return fmax(1.0, sqrt(shared / ((1.0 - shared) * cost)));
}
