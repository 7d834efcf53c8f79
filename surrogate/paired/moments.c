#include "surrogate/paired/moments.h"

#include <math.h>
#include <string.h>

enum { REACH = 2 }; /* bins on either side that are smoothed over */

double dw_paired_moments_modes(const dw_paired_sample *sample, int64_t k) {
  const double modes = sample->count[k];
  return modes > 0.0 ? modes : 1.0;
}

/* NAN counts as absent; where all are, the result is 0. */
void dw_paired_moments_smooth(int64_t times, int64_t bins, double *scratch, double *values) {
  memcpy(scratch, values, (size_t)(times * bins) * sizeof *values);
  for (int64_t t = 0; t < times; t++) {
    for (int64_t k = 0; k < bins; k++) {
      double sum = 0.0;
      double weights = 0.0;
      for (int64_t near = k - REACH; near <= k + REACH; near++) {
        if (near < 0 || near >= bins || isnan(scratch[t * bins + near])) {
          continue;
        }
        const double weight = (double)(REACH + 1) - fabs((double)(near - k));
        sum += weight * scratch[t * bins + near];
        weights += weight;
      }
      values[t * bins + k] = weights > 0.0 ? sum / weights : 0.0;
    }
  }
}

/* Of one bin b = (t, k), k of its modes. */
static void sum_bin(const dw_paired_cohort *c, const dw_paired_sample *sample, bool logarithmic, int64_t skip,
                    int64_t b, double modes, dw_paired_moments *m) {
  const int64_t size = sample->times * sample->bins;
  double y = 0.0;
  double x = 0.0;
  int64_t count = 0;
  for (int64_t i = 0; i < c->fine; i++) {
    if (i != skip && c->twin_run[i] >= 0) {
      y += sample->fine[i * size + b];
      x += sample->twin[i * size + b];
      count++;
    }
  }
  m->mean_fine[b] = y /= (double)count;
  m->mean_cheap[b] = x /= (double)count;
  m->fine[b] = m->cheap[b] = m->cross[b] = 0.0;
  for (int64_t i = 0; i < c->fine; i++) {
    if (i != skip && c->twin_run[i] >= 0) {
      const double u = (sample->fine[i * size + b] - y) / (logarithmic ? 1.0 : y);
      const double v = (sample->twin[i * size + b] - x) / (logarithmic ? 1.0 : x);
      m->fine[b] += u * u * modes;
      m->cheap[b] += v * v * modes;
      m->cross[b] += u * v * modes;
    }
  }
  if (!isfinite(m->fine[b] + m->cheap[b])) {
    m->fine[b] = m->cheap[b] = m->cross[b] = (double)NAN; /* absent, for all three */
  }
}

void dw_paired_moments_sum(const dw_paired_cohort *cohort, const dw_paired_sample *sample, bool logarithmic,
                           int64_t skip, double *scratch, dw_paired_moments *moments) {
  for (int64_t b = 0; b < sample->times * sample->bins; b++) {
    sum_bin(cohort, sample, logarithmic, skip, b, dw_paired_moments_modes(sample, b % sample->bins), moments);
  }
  dw_paired_moments_smooth(sample->times, sample->bins, scratch, moments->fine);
  dw_paired_moments_smooth(sample->times, sample->bins, scratch, moments->cheap);
  dw_paired_moments_smooth(sample->times, sample->bins, scratch, moments->cross);
}
