/* Errors of what is derived from a correlated series, and how many independent values it is worth.
 *
 * A network remembers for a time that grows as tau, so the covariance C of two rows is taken to depend on their
 * distance in ln(tau), whatever the rows' spacing is. Products of all pairs of residuals are sorted by it, in bins of
 * the mean spacing, and averaged, up to the first distance that is five memories or more; a memory is the sum of the
 * correlation over distances up to there (N. Madras and A. Sokal, J. Stat. Phys. 50 (1988) 109). Removing a fit with p
 * parameters lowers every C by p times the variance of the mean on average, which is put back to first order
 * (U. Wolff, hep-lat/0306017, for p = 1).
 *
 * A number sum_i c_i y_i has the variance sum_ij c_i c_j C_ij. The mean of rows with weights w, c = w/sum w, has that
 * of `independent` values of variance C_0.
 *
 * What is slower than the series is long can't be seen in it: errors are then too small. Takes a time of order N^2.
 *
 * Not collective. tau (points), increasing, positive; weight (points), positive, or NULL for 1; residual (points), what
 * a fit with `parameters` parameters left over. Errors: DW_ERR_MEMORY; DW_ERR_INTERNAL, tau isn't increasing. */
#ifndef DW_ANALYSIS_POST_AUTOCORRELATION_H
#define DW_ANALYSIS_POST_AUTOCORRELATION_H

#include <stdint.h>

#include "base/status.h"

typedef struct dw_autocorrelation {
  double independent; /* at least 1 */
  int64_t points;
  int64_t last;       /* bin; beyond, C is 0 */
  double *covariance; /* (points), of the bins; owned. Bin 0 is a row with itself */
  double *place;      /* (points), ln(tau) of a row in bins; owned */
} dw_autocorrelation;

/* Released with dw_autocorrelation_release, also after an error. */
dw_status dw_autocorrelation_measure(dw_autocorrelation *c, int64_t points, const double *tau, const double *weight,
                                     const double *residual, int parameters);
void dw_autocorrelation_release(dw_autocorrelation *c);

/* The standard error of sum_i coefficient_i y_i, not less than if rows were independent. */
double dw_autocorrelation_error(const dw_autocorrelation *c, const double *coefficient);

#endif
