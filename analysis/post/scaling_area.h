/* Whether a quantity of the network, an area parameter or a velocity, is constant over a window of time.
 *
 *   mean   over ln(tau), so that each Hubble time counts alike
 *   drift  d value/d ln(tau), straight line in ln(tau)
 *   limit  A of value = A + B/tau, what the quantity tends to if it is still on its way; an extrapolation
 *
 * All three by least squares, a row weighted with the step in ln(tau) it stands for. Rows are correlated: a network
 * remembers for about a Hubble time. Errors come from the autocorrelation of what the line leaves over, that of the
 * mean from what the mean leaves over, drift included (analysis/post/autocorrelation.h); `independent` is how many
 * values the rows are worth about the line. At least one value for each Hubble time is independent, ln(a_last/a_first)
 * of them (flat space: ln(tau_last/tau_first)): errors are lowered to that where the autocorrelation says less.
 *
 * In a window of few Hubble times everything that is slower looks like a constant or a drift: the true error of the
 * mean, which is the scatter of seeds, is larger. For a process with the memory of one Hubble time and a window of a
 * third, the mean lies within its error in 13 % of draws instead of 68 (tests/analysis/test_post_scaling.c). Below
 * DW_SCALING_LONG_WINDOW Hubble times `lower_bound` is set, and a drift that isn't compatible with zero proves nothing.
 * Errors over seeds (dw_scaling_combine) are the ones to quote.
 *
 * Not collective. Errors: DW_ERR_MEMORY; DW_ERR_INTERNAL, tau not positive and increasing. */
#ifndef DW_ANALYSIS_POST_SCALING_AREA_H
#define DW_ANALYSIS_POST_SCALING_AREA_H

#include <stdbool.h>
#include <stdint.h>

#include "analysis/post/ensemble.h"
#include "base/status.h"

#define DW_SCALING_LONG_WINDOW 3.0

typedef enum dw_scaling_verdict {
  DW_SCALING_UNKNOWN = 0, /* too few rows, or a drift within too short a window */
  DW_SCALING_CONSTANT,    /* a drift of zero lies within the 95 % range */
  DW_SCALING_DRIFTING
} dw_scaling_verdict;

/* One column of a time series. Rows whose value is NAN, as A_H in flat space, are left out. */
typedef struct dw_scaling_series {
  int64_t rows;
  const double *tau;   /* (rows), 1/m */
  const double *a;     /* (rows); NULL in flat space */
  const double *value; /* (rows) */
} dw_scaling_series;

/* Plain data. NAN where the rows don't tell. */
typedef struct dw_scaling {
  int64_t rows;     /* used; over members: of the first */
  double tau_first; /* of the rows used, 1/m */
  double tau_last;
  double hubble_times; /* that the window is long */
  double independent;  /* values that the rows are worth; over members: members */
  bool lower_bound;    /* the errors are */
  dw_estimate mean;
  dw_estimate drift;
  dw_estimate limit;
  double drift_range; /* half of the 95 % range of the drift */
  dw_scaling_verdict verdict;
} dw_scaling;

const char *dw_scaling_verdict_text(dw_scaling_verdict verdict);

/* Rows with tau_first <= tau <= tau_last. */
dw_status dw_scaling_measure(const dw_scaling_series *series, double tau_first, double tau_last, dw_scaling *scaling);

/* Several seeds, one dw_scaling each: means and errors over the members. One member stays as it is. */
dw_status dw_scaling_combine(int64_t members, const dw_scaling *member, dw_scaling *all);

#endif
