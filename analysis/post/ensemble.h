/* Several runs that differ only in their seed: means and standard errors over the members.
 *
 * A number derived from a run (a slope, a peak) is derived for each member first, then averaged: its scatter holds
 * every correlation within a run. error = s/sqrt(n), s the standard deviation with n - 1. For few members a range of
 * +- error holds the truth less often than 68 %: 50 % for two, 58 % for three, 61 % for four (Student's t); see
 * dw_estimate_range.
 *
 * Where a number can't be derived from one run, or not well, dw_ensemble_jackknife derives it from the mean curve and
 * takes the error from leaving out each member in turn: error^2 = (n-1)/n sum (theta_i - mean theta)^2
 * (B. Efron, The Jackknife, the Bootstrap and Other Resampling Plans, SIAM 1982).
 *
 * With one member, errors are the member's own. Values that are NAN count as absent.
 *
 * Not collective. Arrays are the caller's. Errors: DW_ERR_PARAM, members whose axes differ; DW_ERR_MEMORY. */
#ifndef DW_ANALYSIS_POST_ENSEMBLE_H
#define DW_ANALYSIS_POST_ENSEMBLE_H

#include <stdint.h>

#include "base/status.h"

/* Plain data. NAN where nothing is known. */
typedef struct dw_estimate {
  double value;
  double error;    /* standard error */
  int64_t members; /* that had a value */
} dw_estimate;

/* k of the shells, or the times, of one member. */
typedef struct dw_ensemble_axis {
  int64_t points;
  const double *value; /* (points) */
} dw_ensemble_axis;

/* Refuses members whose axis isn't that of the first one: another length, or values apart by more than 1e-9 of their
 * own. `what` names the axis in the message, as "k of etc". */
dw_status dw_ensemble_check(const char *what, int64_t members, const dw_ensemble_axis *axis);

/* Of one number per member; own_error (members) may be NULL. */
dw_estimate dw_ensemble_scalar(int64_t members, const double *value, const double *own_error);

/* At each of `points` points; value[m] (points) is member m's curve. own_error[m] may be NULL, or own_error itself. */
dw_status dw_ensemble_curve(int64_t members, int64_t points, const double *const *value, const double *const *own_error,
                            dw_estimate *mean);

/* Derives a number from a curve (points); NAN if there is none. */
typedef double (*dw_ensemble_function)(void *context, int64_t points, const double *curve);

/* estimate->value from the mean of all members. Fewer than two members, or a NAN among the derived numbers, leave the
 * error NAN. */
dw_status dw_ensemble_jackknife(int64_t members, int64_t points, const double *const *value,
                                dw_ensemble_function function, void *context, dw_estimate *estimate);

/* Half of the 95 % range: error times Student's t of `freedom` degrees of freedom, members - 1 for an ensemble. */
double dw_estimate_range(double error, double freedom);

#endif
