/* Shape of one spectrum at one time: slopes d ln S/d ln k in windows of x = k tau, and its peak.
 *
 * A slope is a weighted straight line of ln S against ln k. Relative errors are, shell by shell, error/S, or where
 * there is no error 1/sqrt(count): the sum over two polarisations of Gaussian amplitudes has relative variance 1/2 in a
 * mode, and k and -k are one. Both take modes for independent and are lower bounds (docs/validation.md), more so the
 * larger k is; `floor` is added in quadrature. Errors of the slope come from the scatter about the line when that is
 * larger (DW_FIT_ERRORS_AT_LEAST). Two shells give a slope whose error has no scatter in it.
 *
 * The peak is the vertex of a parabola in ln S against ln k through the largest shell and `neighbours` on each side,
 * weighted in the same way, with neighbours = 1 exactly through three points. There is none where the largest shell is
 * the first or the last, where the parabola has no maximum or where that isn't between the points: then only the shell
 * is known. Largest shells of noisy spectra are high by chance; more neighbours make up for it where shells are dense,
 * while the parabola itself is off by the third and fourth derivative over a wider range.
 *
 * Not collective. Plain arrays of the caller's. k comoving, in m; tau in 1/m; S in any unit. Shells whose S isn't
 * positive and finite are left out. Errors: DW_ERR_MEMORY; DW_ERR_INTERNAL. */
#ifndef DW_ANALYSIS_POST_SLOPES_H
#define DW_ANALYSIS_POST_SLOPES_H

#include <stdbool.h>
#include <stdint.h>

#include "analysis/post/fit.h"
#include "base/status.h"

typedef struct dw_spectrum {
  int64_t shells;
  double tau;           /* 1/m */
  const double *k;      /* (shells), increasing */
  const double *value;  /* (shells) */
  const double *error;  /* (shells), or NULL */
  const int64_t *count; /* (shells), modes; NULL if there are errors */
  double floor;         /* relative, 0 for none */
} dw_spectrum;

/* The standard error of ln S in a shell; NAN where the shell is of no use. */
double dw_spectrum_log_error(double value, double error, int64_t count, double floor);

typedef struct dw_slope {
  dw_fit_state state;
  int64_t shells; /* used */
  double value;
  double error;
  double chi2_per_dof; /* with the errors as they were given; NAN for two shells */
} dw_slope;

/* Over the shells with x_first <= k tau < x_last. */
dw_status dw_slope_measure(const dw_spectrum *spectrum, double x_first, double x_last, dw_slope *slope);

typedef struct dw_peak {
  bool found;
  int64_t shell; /* the largest, from 0; -1 if no shell is of use */
  double k;      /* of the vertex, or of the largest shell */
  double k_error;
  double x; /* k tau */
  double x_error;
  double height; /* S at the vertex, or of the largest shell */
  double height_error;
} dw_peak;

/* Among the shells with x_first <= k tau < x_last; neighbours >= 1. */
dw_status dw_peak_measure(const dw_spectrum *spectrum, double x_first, double x_last, int neighbours, dw_peak *peak);

/* Windows of k tau: modes outside the horizon, and the fall within it where walls are thin. */
#define DW_SLOPE_INFRARED_LAST 1.0
#define DW_SLOPE_ULTRAVIOLET_FIRST 6.0
#define DW_SLOPE_ULTRAVIOLET_LAST 20.0

typedef struct dw_spectral_shape {
  dw_slope infrared;
  dw_slope ultraviolet;
  dw_peak peak;
} dw_spectral_shape;

/* Both slopes in the windows above and the peak below k tau = DW_SLOPE_ULTRAVIOLET_LAST with one neighbour. */
dw_status dw_spectral_shape_measure(const dw_spectrum *spectrum, dw_spectral_shape *shape);

#endif
