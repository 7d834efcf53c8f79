/* Covariance of a Gaussian process as a function of two points, with its derivatives.
 *
 *   k(x, y) = s^2 c(r^2) + t^2 p(x, y) + 1,      r^2 = sum_d (x_d - y_d)^2 / l_d^2
 *
 * c is Matern's with 5/2 or a Gaussian (Rasmussen & Williams, Gaussian Processes for Machine Learning, 2006, eqs. 4.17
 * and 5.1); the 1 is a constant of unit variance; p is 0, x.y (a linear trend) or x.y + (x.y)^2 (a quadratic one),
 * whose coefficients are Gaussian with variance t^2 (there, section 2.7). What is to be described has been scaled to
 * unit variance, coordinates to -1 ... 1.
 *
 * Hyperparameters (D + 3): log l_1 ... log l_D, log s, log t, log of the nugget (a variance at equal points only, which
 * belongs to whoever builds the matrix).
 *
 * Not collective; pure functions. */
#ifndef DW_SURROGATE_EMULATOR_KERNEL_H
#define DW_SURROGATE_EMULATOR_KERNEL_H

#include "surrogate/emulator/emulator.h"

enum { DW_KERNEL_DIMS = DW_EMULATOR_PARAMETERS };

typedef struct dw_kernel {
  dw_emulator_kernel kind;
  dw_emulator_trend trend;
  int64_t dims;                  /* D */
  double weight[DW_KERNEL_DIMS]; /* 1/l_d^2 */
  double amplitude;              /* s^2 */
  double slope;                  /* t^2; 0 with a constant trend */
  double nugget;                 /* variance */
} dw_kernel;

static inline int64_t dw_kernel_hypers(int64_t dims) { return dims + 3; }

dw_kernel dw_kernel_make(dw_emulator_kernel kind, dw_emulator_trend trend, int64_t dims, const double *hyper);

/* Without the nugget. */
double dw_kernel_value(const dw_kernel *kernel, const double *x, const double *y);

/* The same and d/dx_d (D) of it. */
double dw_kernel_gradient(const dw_kernel *kernel, const double *x, const double *y, double *gradient);

/* The same and d/d hyper (D + 2; the nugget's is left to the caller). */
double dw_kernel_hyper_gradient(const dw_kernel *kernel, const double *x, const double *y, double *gradient);

#endif
