/* The spectrum emulator: what a scan measured as a function of its parameters, with errors.
 *
 * It learns the ensemble mean of the logarithm of each quantity (spectra at chosen times, area parameter and rms
 * velocity). For each quantity the means over the seeds of a point are written as
 *
 *   log y(x) = mean + scale * sum_c z_c(x) w_c        w_c the principal components,
 *
 * and each z_c(x) is a Gaussian process with a length for each parameter (C. Rasmussen & C. Williams, Gaussian
 * Processes for Machine Learning, MIT 2006, chapters 2, 4 and 5; for spectra K. Heitmann et al., arXiv:0902.0429). The
 * noise that the seeds leave in a mean is known from their scatter. Where a scan has cheap twins, they can carry the
 * dependence on x, and a second layer of the same kind learns log fine - rho log cheap (M. Kennedy & A. O'Hagan,
 * Biometrika 87 (2000) 1).
 *
 * The variance of a prediction comes in three parts: of the emulator (the processes), of the truncation (components
 * that were left out), of the seed (a single realisation's scatter, which is no error of the mean). The first two are
 * multiplied by a factor for each quantity, found by leaving points out, so that errors are as large as they claim.
 *
 * Not collective: a process works alone, with as many threads as OpenMP gives it; the bits don't depend on them. A
 * handle isn't changed by predictions, so that threads may share it, each with a prediction of its own. No globals but
 * the number of threads of OpenBLAS, which training and reading set to 1.
 * Parameters (D) stand in the order of the data set's keys, in their own units (not logarithms).
 * Units: logarithms are natural, of a quantity in the unit it has in the runs' files.
 * Errors: DW_ERR_PARAM, data or options that can't be used, with what and where; DW_ERR_FILE; DW_ERR_MEMORY. */
#ifndef DW_SURROGATE_EMULATOR_EMULATOR_H
#define DW_SURROGATE_EMULATOR_EMULATOR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "lattice/provenance.h"
#include "surrogate/dataset.h"

typedef struct dw_emulator dw_emulator;

enum { DW_EMULATOR_PARAMETERS = 16, DW_EMULATOR_QUANTITIES = 8, DW_EMULATOR_TIMES = 64, DW_EMULATOR_MESSAGE = 256 };

/* Correlation of a process as a function of the distance. */
typedef enum dw_emulator_kernel {
  DW_KERNEL_MATERN, /* 5/2: (1 + r + r^2/3) exp(-r), r = sqrt 5 times the distance in lengths */
  DW_KERNEL_SQUARED /* exp(-r^2/2) */
} dw_emulator_kernel;

/* What a process tends to far from its points. */
typedef enum dw_emulator_trend { DW_TREND_CONSTANT, DW_TREND_LINEAR, DW_TREND_QUADRATIC } dw_emulator_trend;

/* Whether the cheap twins are used. */
typedef enum dw_emulator_levels {
  DW_LEVELS_FINE, /* not used */
  DW_LEVELS_BOTH, /* cheap points carry the dependence, fine ones correct it; needs both */
  DW_LEVELS_AUTO  /* for each quantity what predicts left-out points better, where all fine runs have a twin and the
                      cheap level has at least as many points */
} dw_emulator_levels;

typedef struct dw_emulator_options {
  const bool *train;           /* (R) runs to learn from; NULL: all that aren't blind */
  int64_t quantities;          /* 0: all that the data set has */
  const char *const *quantity; /* (quantities) "etc/value", "gw/drho_dlnk", "area_parameter_h", "velocity", ... */
  int64_t times;               /* 0: chosen, at most `times_at_most`, from those all runs share */
  const double *time;          /* (times) conformal times, 1/m; log-linear between the rows of a run */
  int64_t times_at_most;       /* where they are chosen */
  dw_emulator_kernel kernel;
  dw_emulator_trend trend;
  dw_emulator_levels levels;
  int64_t components; /* of a quantity, at most */
  double bound;       /* rms error of the logarithm from which a prediction is DEGRADED */
  bool calibrated;    /* false: the factors of the errors stay 1 */
} dw_emulator_options;

/* Matern, linear trend, AUTO, the largest error 0.2, all else as documented above. */
dw_emulator_options dw_emulator_defaults(void);

/* *emulator is NULL after a failure. */
dw_status dw_emulator_train(dw_emulator **emulator, const dw_dataset *dataset, const dw_emulator_options *options);

/* One HDF5 file, docs/emulator.md has the layout. Damaged files, other versions and other kinds are DW_ERR_FILE. */
dw_status dw_emulator_read(dw_emulator **emulator, const char *path);
dw_status dw_emulator_write(const dw_emulator *emulator, const char *path, const dw_provenance *provenance);

/* NULL is allowed. */
void dw_emulator_destroy(dw_emulator *emulator);

/* --- what it knows; pointers live as long as the emulator --- */

int64_t dw_emulator_parameters(const dw_emulator *emulator); /* D */
const dw_dataset_key *dw_emulator_key(const dw_emulator *emulator, int64_t d);

/* Kernel, trend, levels, components and bound it was trained with; no lists. */
dw_emulator_options dw_emulator_options_of(const dw_emulator *emulator);

/* Resolved parameters of the base run, as text. */
const char *dw_emulator_base(const dw_emulator *emulator);

int64_t dw_emulator_points(const dw_emulator *emulator); /* of the fine level */
int64_t dw_emulator_runs(const dw_emulator *emulator);   /* learned from */
const char *dw_emulator_run_id(const dw_emulator *emulator, int64_t r);

typedef struct dw_emulator_quantity {
  const char *name;
  int64_t first; /* index of its first output */
  int64_t times; /* T */
  int64_t bins;  /* K; 1 for a number */
  const double *tau;
  const double *k;     /* m; NULL for a number */
  const double *count; /* (K) modes of a shell; NULL for a number */
  int64_t components;
  double scale; /* multiplies the errors of emulator and truncation: rms of z */
  double q68;   /* half-widths of intervals that hold 68 and 95 %, in units of the multiplied error */
  double q95;
  double error; /* rms of the logarithm, left-out points, seed noise subtracted */
} dw_emulator_quantity;

int64_t dw_emulator_quantities(const dw_emulator *emulator);
const dw_emulator_quantity *dw_emulator_quantity_at(const dw_emulator *emulator, int64_t q);
int64_t dw_emulator_outputs(const dw_emulator *emulator); /* M, all quantities: sum of T K; k fastest, then time */

/* --- predictions --- */

typedef enum dw_emulator_verdict {
  DW_EMULATOR_GOOD = 0, /* OK */
  DW_EMULATOR_DEGRADED, /* inside, but the error exceeds the bound */
  DW_EMULATOR_OUT       /* outside what was learned: simulate */
} dw_emulator_verdict;

/* Arrays (M). With OUT the numbers are NAN. */
typedef struct dw_emulator_prediction {
  dw_emulator_verdict verdict;
  char reason[DW_EMULATOR_MESSAGE]; /* of a verdict that isn't OK */
  double *mean;                     /* of log y over seeds */
  double *value;                    /* ensemble mean of y, exp(mean + seed/2) */
  double *emulator;                 /* variances of the logarithm; the factors are in them */
  double *truncation;
  double *seed;                         /* of one realisation */
  double *gradient;                     /* (D, M) d mean/d parameter, in its own unit; NULL unless asked for */
  double error[DW_EMULATOR_QUANTITIES]; /* rms of a quantity's errors, without seed */
  int64_t outputs;
  double *scratch;
} dw_emulator_prediction;

dw_status dw_emulator_prediction_create(dw_emulator_prediction **prediction, const dw_emulator *emulator,
                                        bool gradients);
void dw_emulator_prediction_destroy(dw_emulator_prediction *prediction);

/* parameter (D). Fails only if the prediction isn't this emulator's. */
dw_status dw_emulator_predict(const dw_emulator *emulator, const double *parameter, dw_emulator_prediction *prediction);

/* Reals of scratch of dw_emulator_correction. */
int64_t dw_emulator_scratch(const dw_emulator *emulator);

/* --- a cheap run beside it --- */

/* What turns a cheap run at a point into the fine one: mean log fine = rho * mean log cheap + offset. Quantity q was
 * learned from both levels if this returns true; then rho, offset and variance (outputs of q) are filled in. The
 * variance is that of the second layer, with the factor of the errors; what the cheap seeds leave comes on top.
 * scratch: dw_emulator_scratch() reals. */
bool dw_emulator_correction(const dw_emulator *emulator, int64_t q, const double *parameter, double *rho,
                            double *offset, double *variance, double *scratch);

/* "OK", "DEGRADED", "OUT"; static. */
const char *dw_emulator_verdict_name(dw_emulator_verdict verdict);

#endif
