/* The runs of one point of a design: fine ones, their cheap twins and the extra cheap ones. Private to this folder.
 *
 * Not collective. The arrays belong to the cohort, indices are those of the data set's runs. Seeds are in ascending
 * order, so that the order of runs in the data set doesn't matter.
 * Errors: DW_ERR_PARAM, as dw_paired_estimate says; DW_ERR_MEMORY. */
#ifndef DW_SURROGATE_PAIRED_COHORT_H
#define DW_SURROGATE_PAIRED_COHORT_H

#include <stdint.h>

#include "base/status.h"
#include "surrogate/dataset.h"

typedef struct dw_paired_cohort {
  int64_t fine;         /* n */
  int64_t pairs;        /* fine runs that have a twin */
  int64_t extra;        /* cheap runs without a fine one */
  int64_t *fine_run;    /* (fine) */
  int64_t *twin_run;    /* (fine); -1: none */
  int64_t *extra_run;   /* (extra) */
  double seconds_fine;  /* mean of a run */
  double seconds_cheap; /* NAN without cheap runs */
} dw_paired_cohort;

/* After a failure there is nothing to release. */
dw_status dw_paired_cohort_init(dw_paired_cohort *cohort, const dw_dataset *dataset, int64_t point);
void dw_paired_cohort_finalize(dw_paired_cohort *cohort);

#endif
