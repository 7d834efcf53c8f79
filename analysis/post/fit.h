/* Weighted least squares with covariance, chi^2 and a verdict: nonlinear by Levenberg-Marquardt (GSL's
 * multifit_nlinear; J. More, 1978), polynomials directly.
 *
 * Minimised is chi^2 = sum ((y - f(x; p))/error)^2. The covariance is (J^T J)^-1, J = df/dp / error, at the minimum,
 * times scale^2. What scale is depends on what is known of the errors:
 *
 *   DW_FIT_ERRORS_KNOWN     1
 *   DW_FIT_ERRORS_AT_LEAST  max(1, sqrt(chi^2/dof)): errors that leave out correlations, as those of shells
 *                           (docs/validation.md), are lower bounds
 *   DW_FIT_ERRORS_RELATIVE  sqrt(chi^2/dof): only their ratios are known, as of weights
 *
 * Scaling repairs errors that are too small, not points that move together: what a caller knows of that goes in with
 * dw_fit_inflate.
 *
 * A fit that can't be made is a result, not an error: see dw_fit_state. Then values (and errors) are NAN.
 *
 * Not collective. x and y in any unit; arrays are the caller's. Turns off GSL's error handler.
 * Errors: DW_ERR_MEMORY; DW_ERR_INTERNAL, a point that isn't finite, an error that isn't positive, too many parameters.
 */
#ifndef DW_ANALYSIS_POST_FIT_H
#define DW_ANALYSIS_POST_FIT_H

#include <stdint.h>

#include "base/status.h"

enum { DW_FIT_MOST_PARAMETERS = 6 };

typedef enum dw_fit_errors { DW_FIT_ERRORS_KNOWN, DW_FIT_ERRORS_AT_LEAST, DW_FIT_ERRORS_RELATIVE } dw_fit_errors;

typedef enum dw_fit_state {
  DW_FIT_TOO_FEW_POINTS = 0, /* fewer than parameters */
  DW_FIT_NOT_CONVERGED,      /* no minimum found */
  DW_FIT_UNDETERMINED,       /* a minimum, but the points leave a combination of parameters free */
  DW_FIT_DONE
} dw_fit_state;

/* f(x; parameter); fills gradient[i] = df/dparameter[i]. Values that aren't finite are taken for very bad ones. */
typedef double (*dw_fit_function)(const void *context, double x, const double *parameter, double *gradient);

typedef struct dw_fit_data {
  int64_t points;
  const double *x;     /* (points) */
  const double *y;     /* (points) */
  const double *error; /* (points), standard errors, in units of y */
  dw_fit_errors kind;
} dw_fit_data;

/* Plain data, may be copied. */
typedef struct dw_fit {
  dw_fit_state state;
  int parameters;
  int iterations;
  int64_t dof; /* points - parameters */
  double value[DW_FIT_MOST_PARAMETERS];
  double error[DW_FIT_MOST_PARAMETERS]; /* NAN without a scale: DW_FIT_ERRORS_RELATIVE and dof = 0 */
  double covariance[DW_FIT_MOST_PARAMETERS][DW_FIT_MOST_PARAMETERS];
  double chi2;  /* with the errors as they were given */
  double scale; /* by which errors were multiplied */
} dw_fit;

/* Few words for a report; static. */
const char *dw_fit_state_text(dw_fit_state state);

/* From start[parameters] on; finds the minimum in whose valley that lies. */
dw_status dw_fit_nonlinear(const dw_fit_data *data, dw_fit_function function, const void *context, int parameters,
                           const double *start, dw_fit *fit);

/* value[n] is the coefficient of (x - pivot)^n, n = 0 ... degree. */
dw_status dw_fit_polynomial(const dw_fit_data *data, int degree, double pivot, dw_fit *fit);

/* Multiplies all errors by `factor`. */
void dw_fit_inflate(dw_fit *fit, double factor);

/* Standard error of a function of the parameters with this gradient, to first order. */
double dw_fit_propagate(const dw_fit *fit, const double *gradient);

#endif
