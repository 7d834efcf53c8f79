/* Paired cheap runs as control variates: means over seeds of a design point with smaller errors at the same cost.
 *
 * A point has n fine runs y_i and m cheap runs x_j of the same modes, n of them twins (same seed) and e = m - n extra.
 * In each bin the estimator is
 *
 *   mean fine + beta (mean of all cheap - mean of the twins),
 *
 * made of pieces z_i = y_i - beta_(-i) (e/m) (x_i - mean of the extra), whose mean it is where beta is one number.
 * beta_(-i) is learned from the other pairs only, and so is whether the cheap level is used at all (equal-cost gain
 * above 1): neither knows x_i or the extra runs, so the estimator is unbiased whatever beta is, whatever the
 * distribution. beta is shrunk: moments of relative fluctuations are summed over neighbouring bins. docs/paired.md
 * derives all this, the error, and how many cheap runs pay.
 *
 * The mean is that of the values, or of their logarithms where asked for. Cheap runs are interpolated linearly in tau
 * to the fine times, and their bins matched to the fine ones with the same k; a fine bin without a cheap one (beyond
 * the cheap Nyquist momentum), or a time outside, keeps the plain mean, and so does everything with fewer than
 * DW_PAIRED_FEWEST pairs. What a cheap run lacks (NAN) is taken for no counterpart; what a fine run lacks has no mean,
 * NAN, since a mean of the others might be of another kind. Any such rule is the same for all cheap runs, so it can't
 * bias.
 *
 * Not collective: one process. Same bits on any number of threads. What is returned is the caller's.
 * Units: those of the data set; with logarithms values are log(value), errors relative.
 * Errors: DW_ERR_PARAM, with point, run and bin: no fine run, a seed twice, an infinite value, times that aren't known;
 * DW_ERR_MEMORY. Sources: docs/paired.md. */
#ifndef DW_SURROGATE_PAIRED_PAIRED_H
#define DW_SURROGATE_PAIRED_PAIRED_H

#include <stdbool.h>
#include <stdint.h>

#include "analysis/record.h"
#include "base/status.h"
#include "surrogate/dataset.h"

enum { DW_PAIRED_FEWEST = 3 }; /* pairs: two are left to learn from */

typedef enum dw_paired_quantity {
  DW_PAIRED_AREA,     /* column area */
  DW_PAIRED_VELOCITY, /* column velocity */
  DW_PAIRED_FIELD,    /* field/power */
  DW_PAIRED_ETC,      /* etc/value */
  DW_PAIRED_GW,       /* gw/drho_dlnk */
  DW_PAIRED_QUANTITIES
} dw_paired_quantity;

/* One quantity at all its times and bins; arrays (T, K) unless said otherwise. */
typedef struct dw_paired_table {
  int64_t times;       /* T, of the fine runs; 0 where no fine run has the quantity */
  int64_t bins;        /* K, of the fine runs; 1 for columns */
  double *tau;         /* (T) */
  double *k;           /* (K); NAN for columns */
  double *value;       /* the estimate */
  double *error;       /* its standard error; NAN with one fine run */
  double *plain;       /* mean of the fine runs */
  double *plain_error; /* s/sqrt(n) */
  double *beta;        /* mean over the seeds; 0: the cheap level is dropped, the value is the plain mean */
  double *correlation; /* between fine and cheap; NAN where not known */
  double *reduction;   /* variance of the plain mean over that of the estimate with the cheap level */
  double *gain;        /* the same at equal cost; below 1 the cheap level doesn't pay */
  double *kept;        /* share of the seeds whose beta isn't 0 */
} dw_paired_table;

typedef struct dw_paired {
  int64_t point;
  int64_t fine;         /* n */
  int64_t pairs;        /* fine runs with a cheap twin */
  int64_t cheap;        /* m, all cheap runs */
  double seconds_fine;  /* mean of a run */
  double seconds_cheap; /* NAN without cheap runs */
  bool logarithmic;
  dw_paired_table table[DW_PAIRED_QUANTITIES];
} dw_paired;

/* "area", "velocity", "field", "etc", "gw"; static. */
const char *dw_paired_name(dw_paired_quantity quantity);

/* Estimates all quantities at one point of the design. *paired is NULL after a failure. */
dw_status dw_paired_estimate(const dw_dataset *dataset, int64_t point, bool logarithmic, dw_paired **paired);

/* NULL is allowed. */
void dw_paired_destroy(dw_paired *paired);

/* Cheap runs per fine run that give the smallest variance for a total cost, at least 1. `correlation` between fine and
 * cheap; `cost` of a cheap run over that of a fine one. */
double dw_paired_best_ratio(double correlation, double cost);

/* The equal-cost gain of `ratio` cheap runs per fine run: variance times cost of the plain mean over that of the
 * estimate. */
double dw_paired_gain(double correlation, double cost, double ratio);

/* What dw_paired_summary finds in a table: over the bins that have a cheap counterpart and a variance. */
typedef struct dw_paired_digest {
  int64_t bins;     /* so many */
  int64_t dropped;  /* of them without the cheap level */
  double gain;      /* from the mean logarithms: ratio of typical variances */
  double reduction; /* the same */
  double best;      /* cheap runs per fine run, for the typical correlation */
  double best_gain; /* with so many */
} dw_paired_digest;

dw_paired_digest dw_paired_summary(const dw_paired *paired, dw_paired_quantity quantity);

/* DIRECTORY/paired.txt and DIRECTORY/paired.h5 of `points` estimates, each whole or as it was before: a line per
 * quantity and point; a group /pointNNNN/QUANTITY per point and quantity with the arrays of the table
 * (docs/paired.md). */
dw_status dw_paired_write(int64_t points, const dw_paired *const *paired, const char *directory,
                          const dw_record *record);

/* Estimates and writes all points that have both fine and cheap runs; without any, nothing is written. */
dw_status dw_paired_write_all(const dw_dataset *dataset, bool logarithmic, const char *directory,
                              const dw_record *record);

#endif
