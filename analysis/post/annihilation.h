/* The end of a network under a bias: how the disfavoured vacuum disappears, and when.
 *
 * The bias epsilon (phi^3/3 - phi) raises the minimum at -1 above that at +1 by 4 epsilon/3 (docs/conventions.md), so
 * for epsilon > 0 the false vacuum is where phi < 0. Its fraction f of the volume is fitted with
 *
 *   f(tau) = f0 exp(-(tau/tau_c)^n)
 *
 * in conformal time. arXiv:2401.14331 finds f ~ exp(-tau^3) in radiation, on boxes up to N = 3240; that is n = 3, the
 * power with which the comoving Hubble volume grows. Other backgrounds and boxes may differ, so n is fitted too. f0 is
 * free: about 1/2 for a start without preference (f before the bias acts), more or less for a biased one.
 *
 * Weights: a box holds about (L/tau)^3 independent patches, each in one vacuum or the other, so the variance of f is
 * taken in proportion to f (1-f) tau^3, f from the fit before (iterated), and not below that of f = 1e-4. Rows after
 * the first with f <= DW_ANNIHILATION_GONE carry no information and are left out; f = 0 needs no logarithm. Errors come
 * from the scatter of the rows, as if there were only `independent` of them (analysis/post/autocorrelation.h; for rows
 * without correlations they come out some 15 % high); how one box differs from another they can't know, for that see
 * analysis/post/ensemble.h. f of a box without bias wanders too, slowly, by about sqrt(f (1-f) (tau/L)^3): a fall that
 * isn't twice as large, by tau_c or the last row, isn't called a decay (`decays`) where the box side L is given.
 *
 * Times of annihilation, in conformal time, linear between rows; NAN: not annihilated in this sense within the run:
 *
 *   tau_fraction  f falls to 1/e of its first value in the window
 *   tau_area      the area parameter falls to a tenth of its maximum, after the maximum
 *   tau_gone      first row with f <= DW_ANNIHILATION_GONE
 *   tau_c         of the fits; an extrapolation where it lies beyond the last row
 *
 * Not collective. Plain arrays of the caller's; tau in 1/m.
 * Errors: DW_ERR_MEMORY; DW_ERR_INTERNAL, tau not positive and increasing. */
#ifndef DW_ANALYSIS_POST_ANNIHILATION_H
#define DW_ANALYSIS_POST_ANNIHILATION_H

#include <stdbool.h>
#include <stdint.h>

#include "analysis/post/fit.h"
#include "base/status.h"

#define DW_ANNIHILATION_GONE 1e-3

/* The fraction of the false vacuum; NAN without a bias. */
double dw_false_fraction(double bias, double fraction_positive);

/* Columns of a time series. Rows where the fraction is NAN are left out. */
typedef struct dw_annihilation_series {
  int64_t rows;
  const double *tau;      /* (rows) */
  const double *fraction; /* (rows), of the false vacuum */
  const double *area;     /* (rows), an area parameter; or NULL */
  double length;          /* L, 1/m; 0 if it isn't known */
} dw_annihilation_series;

/* Plain data. */
typedef struct dw_decay {
  dw_fit_state state;
  bool decays;  /* the fit is done, and the fall of f is larger than three of its errors and than chance */
  bool beyond;  /* tau_c lies after the last row: an extrapolation */
  int64_t rows; /* used */
  double independent;
  double f0;
  double f0_error;
  double tau_c; /* 1/m */
  double tau_c_error;
  double n;
  double n_error;  /* 0 where n was held */
  double residual; /* root mean square of f less the fit */
} dw_decay;

/* Plain data. */
typedef struct dw_annihilation {
  int64_t rows;     /* in the window */
  double tau_first; /* of these */
  double tau_last;
  double fraction_first;
  double fraction_last;
  bool early;       /* f was below 1/e of that of the first row of all before the window: no times */
  bool annihilated; /* f fell to 1/e of its first value, or was gone from the first row on */
  double tau_fraction;
  double tau_area;
  double tau_gone;
  dw_decay cubic; /* n = 3 */
  dw_decay free;  /* n fitted */
} dw_annihilation;

/* Rows with tau_first <= tau <= tau_last: from when the network has formed to when walls stop being resolved. */
dw_status dw_annihilation_measure(const dw_annihilation_series *series, double tau_first, double tau_last,
                                  dw_annihilation *result);

#endif
