/* A measured network against the one-scale model of walls (cosmology/vos.h): A_t(tau) and v(tau) of a run compared with
 * published parameters, and two parameters fitted to them.
 *
 * What can be fitted. A network that scales in one background gives two numbers, A_t and v, so two parameters. At the
 * fixed point k(v) = 3 n v/A_t (n = H t) holds whatever the losses are, and c v + d [k_0 - k]^r is their sum: c and d
 * can't be told apart, nor k_0 from q or b. Fitted are d (losses) and k_0 (momentum), the others kept; simulations are
 * described with c = 0 (arXiv:1602.01322). k_0 and d follow from one scaling network alone: k_0 from v and A_t through
 * k(v), then d from the losses. The way to scaling adds to that but the model holds less well there.
 *
 * The start of the solution, A_t and v at the first time, is fitted too: the first row is a measurement like the
 * others, and taken as exact its error would go into all rows. So 4 unknowns; two values for each row.
 *
 * v of a run holds scalar radiation and depends on the definition (velocity or gamma_velocity of the time series); the
 * model's v is the rms velocity of walls. Rows are weighted as independent; those of one run are correlated, so chi^2
 * is small and errors too small then.
 *
 * Not collective. */
#ifndef DW_ANALYSIS_POST_VOS_FIT_H
#define DW_ANALYSIS_POST_VOS_FIT_H

#include <stddef.h>

#include "base/status.h"
#include "cosmology/vos.h"

/* `count` rows, arrays of the caller's. All values finite, tau rising (1/m), A_t > 0, 0 < v < 1, errors > 0. */
typedef struct dw_vos_series {
  size_t count;
  const double *tau;
  const double *area_parameter;
  const double *velocity;
  const double *area_parameter_error; /* standard errors; both NULL where unknown */
  const double *velocity_error;
} dw_vos_series;

/* Deviations of a solution from the series. */
typedef struct dw_vos_deviation {
  double rms_area_parameter; /* rms of A_t model/measured - 1 */
  double rms_velocity;       /* the same of v */
  double chi2;               /* of both; NAN without errors */
  size_t values;             /* how many values were compared */
} dw_vos_deviation;

typedef struct dw_vos_fit {
  dw_vos vos;         /* the fitted d and k_0, the others as given */
  dw_vos_point start; /* the fitted A_t and v at the first time */
  double d_error;     /* standard errors; without errors of the series from the scatter of the relative deviations */
  double k0_error;
  double correlation;         /* of d and k_0 */
  dw_vos_deviation deviation; /* of the fitted solution; its chi2 has values - 4 degrees of freedom */
} dw_vos_fit;

/* The solution for `vos` that starts at the first row exactly, against the rows after it.
 * Errors: DW_ERR_PARAM, a series with less than 2 rows or values out of range; those of dw_vos_integrate. */
dw_status dw_vos_compare(const dw_vos *vos, const dw_background *background, const dw_vos_series *series,
                         dw_vos_deviation *deviation);

/* Least squares (Levenberg-Marquardt) for ln d, ln k_0, ln A_t and ln gamma v of the start, from the values of `vos`,
 * d and k_0 > 0, and the first row. Residuals are deviations over errors, or without errors ln(model/measured).
 * Errors: DW_ERR_PARAM, a series with less than 3 rows or values out of range; DW_ERR_INVALID, no minimum is found or
 * the series doesn't determine it: an error is larger than its value. */
dw_status dw_vos_fit_series(const dw_vos *vos, const dw_background *background, const dw_vos_series *series,
                            dw_vos_fit *fit);

#endif
