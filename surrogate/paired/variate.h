/* The arithmetic of control variates, bin by bin; docs/paired.md derives it. Private to this folder.
 *
 * Not collective. Fills the arrays of `table` from plain to kept, which the caller owns. Sums run over seeds in their
 * order and over bins in theirs, so the result is the same on any number of threads.
 * Errors: DW_ERR_MEMORY. */
#ifndef DW_SURROGATE_PAIRED_VARIATE_H
#define DW_SURROGATE_PAIRED_VARIATE_H

#include <stdbool.h>

#include "base/status.h"
#include "surrogate/paired/cohort.h"
#include "surrogate/paired/gather.h"
#include "surrogate/paired/paired.h"

dw_status dw_paired_variate_estimate(const dw_paired_cohort *cohort, const dw_paired_sample *sample, bool logarithmic,
                                     dw_paired_table *table);

#endif
