/* Coherence against lag |x1 - x2|, x = k tau, averaged over all pairs of about that lag, and its integral.
 *
 * Bin i holds lags from (i - 1/2) width to (i + 1/2) width; bin 0 has the pairs of equal times, C = 1. Pairs of a
 * shell have the jackknife's error of their mean; shells, which are independent, are averaged with the number of their
 * pairs as weight. Neighbouring bins are correlated.
 *
 * Not collective. Lags without unit. */
#ifndef DW_ANALYSIS_POST_COHERENCE_TABLE_H
#define DW_ANALYSIS_POST_COHERENCE_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

typedef struct dw_coherence_row {
  int64_t pairs;
  double lag; /* mean */
  double coherence;
  double error;
} dw_coherence_row;

typedef struct dw_coherence_table {
  int64_t bins;
  double width;
  dw_coherence_row *sum; /* owned; weighted sums, read with dw_coherence_table_row */
} dw_coherence_table;

/* int C d(x1 - x2) over both signs of the lag. */
typedef struct dw_coherence_weight {
  double value;
  double error;  /* as if the errors of all bins went together: not less than the true one */
  bool complete; /* false: the coherence doesn't end within the table, the value is a lower limit */
} dw_coherence_weight;

/* bins >= 1, width > 0. Errors: DW_ERR_INTERNAL, no such table; DW_ERR_MEMORY. */
dw_status dw_coherence_table_create(dw_coherence_table *table, int64_t bins, double width);
void dw_coherence_table_destroy(dw_coherence_table *table);

/* -1 where the table has no such lag. */
int64_t dw_coherence_table_bin(const dw_coherence_table *table, double lag);

/* Adds the mean of `row->pairs` pairs of one shell to a bin. */
void dw_coherence_table_add(dw_coherence_table *table, int64_t bin, const dw_coherence_row *row);

/* Where there are no pairs, `pairs` is 0 and the rest NaN. */
dw_coherence_row dw_coherence_table_row(const dw_coherence_table *table, int64_t bin);

/* By trapezia from lag 0, where C = 1, to the first bin with C below two of its errors: what comes later is taken as
 * noise. A tail below that, or one after a dip, isn't counted. */
dw_coherence_weight dw_coherence_table_weight(const dw_coherence_table *table);

#endif
