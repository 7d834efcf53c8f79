/* Principal components of the outputs of a sample, each with a Gaussian process: a map from x to M outputs.
 *
 *   y_j(x) = mean_j + sum_c z_c(x) basis_cj,        z_c of unit variance over the points
 *
 * The components are those of the means over seeds (singular values), each output weighted by
 *
 *   w_j = sqrt(2 <s^2>/(s_j^2 + <s^2>)),        s_j^2 the variance of a seed, <s^2> its mean over the outputs,
 *
 * so that shells of few modes don't fill the components with noise. One is kept while its variance exceeds what the
 * noise of the seeds alone would give it. What the others leave is the truncation, less its own noise. z_ic has the
 * noise of the seeds, projected.
 *
 * Not collective; training works on the components with all threads, the bits don't depend on how many. A layer owns
 * its arrays. Errors: DW_ERR_MEMORY; DW_ERR_INVALID. */
#ifndef DW_SURROGATE_EMULATOR_LAYER_H
#define DW_SURROGATE_EMULATOR_LAYER_H

#include "surrogate/emulator/process.h"
#include "surrogate/emulator/sample.h"

enum { DW_LAYER_COMPONENTS = 24 };

typedef struct dw_layer {
  int64_t dims;        /* D */
  int64_t points;      /* n */
  int64_t outputs;     /* M */
  int64_t components;  /* q; 0 where nothing but noise was seen */
  double *x;           /* (n, D); owns the following */
  double *mean;        /* (M) */
  double *truncation;  /* (M) variances */
  double *basis;       /* (q, M) */
  dw_process *process; /* (q) */
} dw_layer;

typedef struct dw_layer_options {
  dw_emulator_kernel kernel;
  dw_emulator_trend trend;
  int64_t components; /* at most; DW_LAYER_COMPONENTS at most */
} dw_layer_options;

/* Room for everything; values are to be filled in. *layer may be finalised also after a failure. */
dw_status dw_layer_init(dw_layer *layer, int64_t dims, int64_t points, int64_t outputs, int64_t components,
                        const dw_layer_options *options);
void dw_layer_finalize(dw_layer *layer);

/* Learns; rest (n, M) is what the components leave of the means of the points. */
dw_status dw_layer_train(dw_layer *layer, const dw_seed_sample *sample, const dw_layer_options *options, double *rest);

/* Adds the layer's part at x (D): mean (M), variances of emulator and truncation (M), gradient (D, M) or NULL,
 * whose rows lie `stride` apart. */
void dw_layer_add(const dw_layer *layer, const double *x, double *mean, double *emulator, double *truncation,
                  double *gradient, int64_t stride, double *scratch);

/* Adds for point i, left out: what was measured less what is predicted (M), and the variance of the prediction without
 * that of the measurement (M). rest (M) of the point, which grows by 1/(1 - h), h the point's share in mean and
 * components, as residuals of a regression do. */
void dw_layer_leave_out(const dw_layer *layer, int64_t i, const double *rest, double *error, double *variance);

/* Reals of scratch of dw_layer_add. */
int64_t dw_layer_scratch(const dw_layer *layer);

#endif
