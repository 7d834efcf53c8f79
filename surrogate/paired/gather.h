/* The values of one quantity in all runs of a cohort, at the times and bins of the fine runs. Private to this folder.
 *
 * Cheap values are interpolated in tau: in their logarithm where both neighbours are positive, since spectra grow
 * exponentially while walls form, else linearly. A fine bin takes the cheap one whose k differs by less than a tenth of
 * the distance to the next bin. Where there is none, or a time lies outside the cheap ones, all cheap values are NAN.
 * What one run of a level lacks is NAN in all of that level.
 *
 * Not collective. The arrays belong to the sample.
 * Errors: DW_ERR_PARAM, runs of a level that differ in times or bins, an infinite value; DW_ERR_MEMORY. */
#ifndef DW_SURROGATE_PAIRED_GATHER_H
#define DW_SURROGATE_PAIRED_GATHER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "surrogate/dataset.h"
#include "surrogate/paired/cohort.h"
#include "surrogate/paired/paired.h"

typedef struct dw_paired_sample {
  int64_t times; /* T; 0: no fine run has the quantity */
  int64_t bins;  /* K */
  double *tau;   /* (T) */
  double *k;     /* (K); NAN for columns */
  double *count; /* (K) modes; 1 for columns */
  double *fine;  /* (n, T, K); NAN where a fine run lacks it */
  double *twin;  /* (n, T, K); NAN without a twin or a counterpart */
  double *extra; /* (e, T, K); NAN without a counterpart */
} dw_paired_sample;

/* With `logarithmic` all values are logarithms, NAN where they aren't positive. After a failure there is nothing to
 * release. */
dw_status dw_paired_sample_init(dw_paired_sample *sample, const dw_dataset *dataset, const dw_paired_cohort *cohort,
                                dw_paired_quantity quantity, bool logarithmic);
void dw_paired_sample_finalize(dw_paired_sample *sample);

#endif
