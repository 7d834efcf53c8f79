/* Whether the equal-time correlator of the stress scales, and the curve it scales to.
 *
 * A network that scales has ETC(k, tau) = sigma^2 a^2 tau F(k tau) (docs/conventions.md): curves of
 * F = ETC/(sigma^2 a^2 tau) at different times, against x = k tau, fall on one.
 *
 * The curve, a smooth broken power law, fitted to ln F against ln x of all shells and times of a window:
 *
 *   F(x) = F0 (x/x0)^s [1 + (x/x0)^((b+s)/d)]^(-d)
 *
 *   s   infrared slope; 0 by causality (no correlations beyond the horizon), free on request
 *   b   ultraviolet slope is -b
 *   x0  the bend; d how wide it is, in ln x about 4 d/(b+s); for d -> 0 a corner
 *   F0  F(0) for s = 0; F(x0) = F0 2^-d
 *
 * Errors of ln F are those of analysis/post/slopes.h with `floor` added in quadrature. The errors in spectra.h5 take
 * modes for independent and are too small by 1.2 in the first shell, 5 in the tenth and 8 in the twentieth
 * (docs/validation.md), so the true relative error stays at about 0.1-0.15 where theirs falls as 1/sqrt(modes): hence
 * the floor of 0.1 among the defaults. In addition, parameter errors are multiplied by max(1, sqrt(chi^2/dof)), and by
 * sqrt(T/n) for T times that hold n independent networks, 1 + ln(tau_last/tau_first) of them unless told otherwise: a
 * network remembers for about a Hubble time. That is careful for large k, which forget sooner.
 *
 * The quality of the collapse, on a grid of x, evenly spaced in ln x, where at least two times have shells on both
 * sides: F of each time is interpolated linearly in ln F against ln x, after division by a curve if one is given (which
 * takes the bend out of the interpolation's error), and compared with the mean over times at the same x:
 *
 *   spread    root mean square over the grid of the standard deviation over times (n-1) divided by the mean
 *   expected  the same for independent shells with the errors above
 *   drift     g of F ~ tau^g at fixed x, by least squares over grid and times with a mean of its own at each x; 0 for
 *             a network that scales. Its error is propagated from the shells, times max(1, sqrt(chi^2/dof)) and the
 * same sqrt(T/n). Noise that stays the same at a given k makes no more of it (tests/analysis/test_post_collapse.c), but
 * a box whose area drifts for a while, by chance, drifts at all k: see `n`, and quote ensembles
 *
 * Not collective. Plain arrays of the caller's. k comoving, in m; tau in 1/m; F without unit.
 * Errors: DW_ERR_MEMORY; DW_ERR_INTERNAL. */
#ifndef DW_ANALYSIS_POST_COLLAPSE_H
#define DW_ANALYSIS_POST_COLLAPSE_H

#include <stdbool.h>
#include <stdint.h>

#include "analysis/post/fit.h"
#include "base/status.h"

typedef struct dw_collapse_data {
  int64_t times;        /* T */
  int64_t shells;       /* K */
  const double *tau;    /* (T), increasing */
  const double *k;      /* (K), increasing */
  const double *value;  /* (T,K): F; points that aren't positive are left out */
  const double *error;  /* (T,K) standard errors of F, or NULL */
  const int64_t *count; /* (K) modes, used where there is no error; may be NULL */
} dw_collapse_data;

typedef struct dw_collapse_options {
  double tau_first; /* window of times, both ends included, 1/m */
  double tau_last;
  double x_first; /* range of x = k tau, the end excluded */
  double x_last;
  double floor;             /* relative error, added in quadrature */
  double independent_times; /* n above; 0: from the length of the window */
  double sharpness;         /* d held at this value; 0: free */
  bool infrared_free;       /* s free instead of 0 */
} dw_collapse_options;

/* All times, x < 20 (where published slopes end), floor 0.1, d free, s = 0. */
dw_collapse_options dw_collapse_defaults(void);

enum { DW_COLLAPSE_F0, DW_COLLAPSE_X0, DW_COLLAPSE_B, DW_COLLAPSE_D, DW_COLLAPSE_S, DW_COLLAPSE_PARAMETERS };

/* Plain data. A parameter that was held has error 0. */
typedef struct dw_collapse_curve {
  dw_fit_state state;
  int64_t points;
  int64_t times;
  double independent_times;
  double chi2_per_dof;
  double value[DW_COLLAPSE_PARAMETERS]; /* F0, x0, b, d, s */
  double error[DW_COLLAPSE_PARAMETERS];
} dw_collapse_curve;

dw_status dw_collapse_fit(const dw_collapse_data *data, const dw_collapse_options *options, dw_collapse_curve *curve);

/* F(x), x > 0. */
double dw_collapse_value(const dw_collapse_curve *curve, double x);

/* n of the options, for a window that holds `times` times; at least 1, at most `times`. */
double dw_collapse_independent_times(const dw_collapse_options *options, int64_t times, double tau_first,
                                     double tau_last);

/* Plain data. NAN where no two times meet. */
typedef struct dw_collapse_quality {
  int64_t times;
  int64_t places; /* of the grid that have two times */
  double x_first; /* of these */
  double x_last;
  double spread;
  double spread_expected;
  double spread_worst; /* the largest over the grid */
  double drift;
  double drift_error;
} dw_collapse_quality;

/* `guide` may be NULL; one that wasn't fitted (its state) is passed over. */
dw_status dw_collapse_measure(const dw_collapse_data *data, const dw_collapse_options *options,
                              const dw_collapse_curve *guide, dw_collapse_quality *quality);

#endif
