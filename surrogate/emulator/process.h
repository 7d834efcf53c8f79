/* A Gaussian process through noisy points: its likelihood, the search for its hyperparameters, predictions.
 *
 *   z_i = f(x_i) + noise_i,   K_ij = k(x_i, x_j) + (nugget + noise_i) delta_ij,   alpha = K^-1 z
 *   -log p = 1/2 z.alpha + 1/2 log|K| + n/2 log 2 pi,   d/dh = 1/2 tr[(K^-1 - alpha alpha^T) dK/dh]
 *   f(x) = k(x).alpha,   var = k(x, x) - k(x) K^-1 k(x)
 *   leaving out i: z_i - f_-i = alpha_i/K^-1_ii, with variance 1/K^-1_ii (noise_i and nugget in it)
 *
 * (Rasmussen & Williams, Gaussian Processes for Machine Learning, 2006, eqs. 2.25, 2.26, 5.9, 5.12). Hyperparameters
 * minimise -log p plus half the square of their distance from wide Gaussians (process_fit.c), which only matter where
 * the data say little.
 *
 * Not collective; one process is worked on by one thread, the same bits each time. The process owns its arrays.
 * Errors: DW_ERR_MEMORY; DW_ERR_INVALID, no positive definite matrix. */
#ifndef DW_SURROGATE_EMULATOR_PROCESS_H
#define DW_SURROGATE_EMULATOR_PROCESS_H

#include "surrogate/emulator/kernel.h"

typedef struct dw_process {
  dw_emulator_kernel kind;
  dw_emulator_trend trend;
  int64_t dims;
  int64_t points;                   /* n */
  double hyper[DW_KERNEL_DIMS + 3]; /* logarithms, as in kernel.h */
  bool nugget_is_noise;             /* the nugget stands for noise of unknown size, so f has no part in it */
  const double *x;                  /* (n, D), not owned */
  double *z;                        /* (n), owns the others */
  double *noise;                    /* (n) variances */
  double *alpha;                    /* (n) */
  double *inverse;                  /* (n, n) K^-1 */
  dw_kernel kernel;                 /* of the hyperparameters */
} dw_process;

/* Arrays for n points; x stays the caller's. */
dw_status dw_process_init(dw_process *process, dw_emulator_kernel kind, dw_emulator_trend trend, int64_t dims,
                          int64_t points, const double *x);
void dw_process_finalize(dw_process *process);

/* *value = -log p at `hyper` (D + 3); gradient (D + 3) or NULL. scratch: n^2 + n reals. */
dw_status dw_process_likelihood(const dw_process *process, const double *hyper, double *value, double *gradient,
                                double *scratch);

/* Hyperparameters by bounded L-BFGS from fixed starts, then dw_process_condition. With `keep`, from what they are. */
dw_status dw_process_fit(dw_process *process, bool keep);

/* alpha, K^-1 and kernel of what the hyperparameters are. */
dw_status dw_process_condition(dw_process *process);

/* f and its variance at x (D); gradient (D) of f, or NULL. scratch: 2 n reals. */
double dw_process_predict(const dw_process *process, const double *x, double *variance, double *gradient,
                          double *scratch);

/* z_i - f_-i, and the variance of f_-i without noise. */
double dw_process_leave_out(const dw_process *process, int64_t i, double *variance);

#endif
