/* Pairs of times of one shell, sorted into groups by their lag. What coherence_data.c is made of.
 *
 * Not collective. x = k tau, without unit. */
#ifndef DW_ANALYSIS_POST_COHERENCE_GROUPS_H
#define DW_ANALYSIS_POST_COHERENCE_GROUPS_H

#include <stdbool.h>

#include "analysis/post/coherence_table.h"
#include "analysis/post/utc_estimate.h"

/* The coherence of one shell; the arrays are the caller's. */
typedef struct dw_coherence_source {
  const dw_utc_estimate *estimate;
  const int64_t *at; /* the time of each row, an index of x; NULL: row r is time r */
  const double *x;   /* [columns], ascending */
} dw_coherence_source;

int64_t dw_coherence_time_of(const dw_coherence_source *source, int64_t row);

/* The pairs of a few lags, early and late ones apart: at most `most` groups, as coherence_data.h says. None, with count
 * 0, if there are no two times. *means is released with dw_coherence_groups_destroy, also after a failure.
 * Errors: DW_ERR_MEMORY. */
dw_status dw_coherence_groups_by_lag(const dw_coherence_source *source, int64_t most, dw_utc_means *means);

/* All pairs, equal times included, by the bins of a table. As above. */
dw_status dw_coherence_groups_by_bin(const dw_coherence_source *source, const dw_coherence_table *table,
                                     dw_utc_means *means);

void dw_coherence_groups_destroy(dw_utc_means *means);

#endif
