#include "surrogate/emulator/process.h"

#include <math.h>
#include <string.h>

#include "base/constants.h"
#include "base/memory.h"
#include "surrogate/emulator/linear.h"

dw_status dw_process_init(dw_process *process, dw_emulator_kernel kind, dw_emulator_trend trend, int64_t dims,
                          int64_t points, const double *x) {
  *process = (dw_process){.kind = kind, .trend = trend, .dims = dims, .points = points, .x = x};
  void *block = NULL;
  DW_TRY(dw_alloc(&block, (size_t)points * (size_t)(points + 3), sizeof(double), "points of a Gaussian process"));
  process->z = block;
  process->noise = process->z + points;
  process->alpha = process->noise + points;
  process->inverse = process->alpha + points;
  return DW_OK;
}

void dw_process_finalize(dw_process *process) {
  dw_free(process->z);
  process->z = NULL;
}

/* Lower triangle of K. */
static void fill_matrix(const dw_process *process, const dw_kernel *kernel, double *matrix) {
  const int64_t n = process->points;
  for (int64_t i = 0; i < n; i++) {
    for (int64_t j = 0; j < i; j++) {
      matrix[i * n + j] = dw_kernel_value(kernel, process->x + i * process->dims, process->x + j * process->dims);
    }
    matrix[i * n + i] = dw_kernel_value(kernel, process->x + i * process->dims, process->x + i * process->dims) +
                        kernel->nugget + process->noise[i];
  }
}

static double product(int64_t n, const double *a, const double *b) {
  double sum = 0.0;
  for (int64_t i = 0; i < n; i++) {
    sum += a[i] * b[i];
  }
  return sum;
}

/* 1/2 tr[(K^-1 - alpha alpha^T) dK/dh] */
static void fill_gradient(const dw_process *process, const dw_kernel *kernel, const double *inverse,
                          const double *alpha, double *gradient) {
  const int64_t n = process->points;
  const int64_t hypers = dw_kernel_hypers(process->dims);
  double of_pair[DW_KERNEL_DIMS + 3];
  memset(gradient, 0, (size_t)hypers * sizeof *gradient);
  for (int64_t i = 0; i < n; i++) {
    for (int64_t j = 0; j <= i; j++) {
      const double weight = (inverse[i * n + j] - alpha[i] * alpha[j]) * (i == j ? 0.5 : 1.0);
      (void)dw_kernel_hyper_gradient(kernel, process->x + i * process->dims, process->x + j * process->dims, of_pair);
      for (int64_t h = 0; h < hypers - 1; h++) {
        gradient[h] += weight * of_pair[h];
      }
    }
    gradient[hypers - 1] += (inverse[i * n + i] - alpha[i] * alpha[i]) * kernel->nugget;
  }
}

dw_status dw_process_likelihood(const dw_process *process, const double *hyper, double *value, double *gradient,
                                double *scratch) {
  const int64_t n = process->points;
  const dw_kernel kernel = dw_kernel_make(process->kind, process->trend, process->dims, hyper);
  double *matrix = scratch;
  double *alpha = scratch + n * n;
  fill_matrix(process, &kernel, matrix);
  DW_TRY(dw_linear_cholesky(n, matrix));
  const double determinant = dw_linear_log_determinant(n, matrix);
  DW_TRY(dw_linear_inverse(n, matrix));
  dw_linear_symmetric_times(n, matrix, process->z, alpha);
  *value = 0.5 * (product(n, process->z, alpha) + determinant + (double)n * log(2.0 * DW_PI));
  if (gradient != NULL) {
    fill_gradient(process, &kernel, matrix, alpha, gradient);
  }
  return DW_OK;
}

dw_status dw_process_condition(dw_process *process) {
  process->kernel = dw_kernel_make(process->kind, process->trend, process->dims, process->hyper);
  fill_matrix(process, &process->kernel, process->inverse);
  DW_TRY(dw_linear_cholesky(process->points, process->inverse));
  DW_TRY(dw_linear_inverse(process->points, process->inverse));
  dw_linear_symmetric_times(process->points, process->inverse, process->z, process->alpha);
  return DW_OK;
}

/* What f itself has beside k: roughness that the kernel doesn't describe. */
static double roughness(const dw_process *process) { return process->nugget_is_noise ? 0.0 : process->kernel.nugget; }

double dw_process_predict(const dw_process *process, const double *x, double *variance, double *gradient,
                          double *scratch) {
  const int64_t n = process->points;
  const int64_t dims = process->dims;
  double *near = scratch;
  double *solved = scratch + n;
  double slope[DW_KERNEL_DIMS];
  for (int64_t d = 0; d < dims && gradient != NULL; d++) {
    gradient[d] = 0.0;
  }
  for (int64_t i = 0; i < n; i++) {
    if (gradient == NULL) {
      near[i] = dw_kernel_value(&process->kernel, x, process->x + i * dims);
      continue;
    }
    near[i] = dw_kernel_gradient(&process->kernel, x, process->x + i * dims, slope);
    for (int64_t d = 0; d < dims; d++) {
      gradient[d] += slope[d] * process->alpha[i];
    }
  }
  dw_linear_symmetric_times(n, process->inverse, near, solved);
  const double left = dw_kernel_value(&process->kernel, x, x) - product(n, near, solved);
  *variance = fmax(left, 0.0) + roughness(process);
  return product(n, near, process->alpha);
}

double dw_process_leave_out(const dw_process *process, int64_t i, double *variance) {
  const double own = process->inverse[i * process->points + i];
  const double noise = process->noise[i] + process->kernel.nugget - roughness(process);
  *variance = fmax(1.0 / own - noise, 0.0);
  return process->alpha[i] / own;
}
