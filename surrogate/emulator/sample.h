/* Seeds gathered by point of the design: means, what is left of each seed, and how large the scatter is.
 *
 *   mean_ij   over the n_i seeds of point i, of the logarithm of output j
 *   scatter_j pooled variance of one seed, and f(x) = exp(b.x), by which it grows or shrinks over the domain:
 *             var_j(x) = f(x) scatter_j, so that the mean of a point has the noise f(x_i) scatter_j/n_i
 *
 * b is a least-squares fit to the logarithm of the scatter of the points, averaged over the outputs; with few points it
 * is 0. Not collective. The sample owns its arrays. Errors: DW_ERR_PARAM, runs of a point that differ in x;
 * DW_ERR_MEMORY; DW_ERR_INVALID. */
#ifndef DW_SURROGATE_EMULATOR_SAMPLE_H
#define DW_SURROGATE_EMULATOR_SAMPLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

typedef struct dw_seed_sample {
  int64_t dims;    /* D */
  int64_t outputs; /* M */
  int64_t runs;
  int64_t points;  /* n, in the order of their first runs */
  int64_t *design; /* (n) number of the point in the scan */
  int64_t *owner;  /* (runs) which of the n */
  double *x;       /* (n, D); owns the following */
  double *mean;    /* (n, M) */
  double *seeds;   /* (n) */
  double *factor;  /* (n) f(x_i) */
  double *rest;    /* (runs, M) value - mean */
  double *scatter; /* (M) variances; 0 where no point has two seeds */
  double *slope;   /* (D) b */
  bool repeated;   /* some point has two seeds */
} dw_seed_sample;

/* design (runs), x (runs, D) in -1 ... 1, value (runs, M). Fills *sample, to be finalised also after a failure. */
dw_status dw_seed_sample_init(dw_seed_sample *sample, int64_t dims, int64_t outputs, int64_t runs,
                              const int64_t *design, const double *x, const double *value);
void dw_seed_sample_finalize(dw_seed_sample *sample);

/* f(x) of a slope b (D); never beyond e^-2 ... e^2. */
double dw_seed_sample_factor(int64_t dims, const double *slope, const double *x);

#endif
