#include "surrogate/emulator/kernel.h"

#include <math.h>

dw_kernel dw_kernel_make(dw_emulator_kernel kind, dw_emulator_trend trend, int64_t dims, const double *hyper) {
  dw_kernel kernel = {.kind = kind, .trend = trend, .dims = dims};
  for (int64_t d = 0; d < dims; d++) {
    kernel.weight[d] = exp(-2.0 * hyper[d]);
  }
  kernel.amplitude = exp(2.0 * hyper[dims]);
  kernel.slope = trend == DW_TREND_CONSTANT ? 0.0 : exp(2.0 * hyper[dims + 1]);
  kernel.nugget = exp(2.0 * hyper[dims + 2]);
  return kernel;
}

/* c(r^2), and *slope = dc/d(r^2). */
static inline double correlation(dw_emulator_kernel kind, double square, double *slope) {
  if (kind == DW_KERNEL_SQUARED) {
    const double value = exp(-0.5 * square);
    *slope = -0.5 * value;
    return value;
  }
  const double u = sqrt(5.0 * square);
  const double decay = exp(-u);
  *slope = -(5.0 / 6.0) * (1.0 + u) * decay;
  return (1.0 + u + u * u / 3.0) * decay;
}

static inline double distance(const dw_kernel *kernel, const double *x, const double *y) {
  double square = 0.0;
  for (int64_t d = 0; d < kernel->dims; d++) {
    square += (x[d] - y[d]) * (x[d] - y[d]) * kernel->weight[d];
  }
  return square;
}

/* p(x, y) without t^2, and *slope = dp/d(x.y). */
static inline double polynomial(const dw_kernel *kernel, const double *x, const double *y, double *slope) {
  double product = 0.0;
  *slope = 0.0;
  if (kernel->trend == DW_TREND_CONSTANT) {
    return 0.0;
  }
  for (int64_t d = 0; d < kernel->dims; d++) {
    product += x[d] * y[d];
  }
  const double square = kernel->trend == DW_TREND_QUADRATIC ? 1.0 : 0.0;
  *slope = 1.0 + 2.0 * square * product;
  return product + square * product * product;
}

double dw_kernel_value(const dw_kernel *kernel, const double *x, const double *y) {
  double slope;
  const double near = correlation(kernel->kind, distance(kernel, x, y), &slope);
  return kernel->amplitude * near + kernel->slope * polynomial(kernel, x, y, &slope) + 1.0;
}

double dw_kernel_gradient(const dw_kernel *kernel, const double *x, const double *y, double *gradient) {
  double near_slope;
  double far_slope;
  const double near = correlation(kernel->kind, distance(kernel, x, y), &near_slope);
  const double far = polynomial(kernel, x, y, &far_slope);
  for (int64_t d = 0; d < kernel->dims; d++) {
    gradient[d] =
        kernel->amplitude * near_slope * 2.0 * (x[d] - y[d]) * kernel->weight[d] + kernel->slope * far_slope * y[d];
  }
  return kernel->amplitude * near + kernel->slope * far + 1.0;
}

double dw_kernel_hyper_gradient(const dw_kernel *kernel, const double *x, const double *y, double *gradient) {
  double near_slope;
  double far_slope;
  const double near = kernel->amplitude * correlation(kernel->kind, distance(kernel, x, y), &near_slope);
  const double far = kernel->slope * polynomial(kernel, x, y, &far_slope);
  for (int64_t d = 0; d < kernel->dims; d++) {
    gradient[d] = -2.0 * kernel->amplitude * near_slope * (x[d] - y[d]) * (x[d] - y[d]) * kernel->weight[d];
  }
  gradient[kernel->dims] = 2.0 * near;
  gradient[kernel->dims + 1] = 2.0 * far;
  return near + far + 1.0;
}
