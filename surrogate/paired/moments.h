/* Moments of pairs and how they are shrunk over neighbouring bins. Private to this folder.
 *
 * Moments are sums over pairs of products of relative fluctuations about the pairs' own means (of fluctuations where
 * values are logarithms), times the number of modes of the bin, which makes bins comparable. They are smoothed over k
 * with a triangle of five bins, at each time by itself.
 * Not collective. Arrays (T, K) are the caller's. */
#ifndef DW_SURROGATE_PAIRED_MOMENTS_H
#define DW_SURROGATE_PAIRED_MOMENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "surrogate/paired/cohort.h"
#include "surrogate/paired/gather.h"

typedef struct dw_paired_moments {
  double *mean_fine; /* of the pairs; not smoothed */
  double *mean_cheap;
  double *fine; /* smoothed; 0 where nothing is known */
  double *cheap;
  double *cross;
} dw_paired_moments;

/* Of all pairs but number `skip`; -1: of all. scratch (T, K). */
void dw_paired_moments_sum(const dw_paired_cohort *cohort, const dw_paired_sample *sample, bool logarithmic,
                           int64_t skip, double *scratch, dw_paired_moments *moments);

/* The mean over neighbours, in place. scratch (T, K). */
void dw_paired_moments_smooth(int64_t times, int64_t bins, double *scratch, double *values);

/* Modes of bin `k`, 1 where not known. */
double dw_paired_moments_modes(const dw_paired_sample *sample, int64_t k);

#endif
