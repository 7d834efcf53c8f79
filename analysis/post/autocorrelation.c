#include "analysis/post/autocorrelation.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/memory.h"

enum { FEWEST = 4 }; /* a shorter series shows no correlation */

static const double window = 5.0; /* in memories */

/* Two different rows are at least one bin apart: what one has by itself, white noise, is bin 0 alone. */
static int64_t bin_of(const dw_autocorrelation *c, int64_t i, int64_t j) {
  const int64_t distance = (int64_t)(fabs(c->place[i] - c->place[j]) + 0.5);
  return i == j ? 0 : distance < 1 ? 1 : distance < c->points ? distance : c->points - 1;
}

static double weight_of(const double *weight, int64_t i) { return weight != NULL ? weight[i] : 1.0; }

/* c->covariance as the mean product of pairs, and share[bin], their part of all the weight. */
static void sort_pairs(dw_autocorrelation *c, const double *weight, const double *residual, double *share) {
  const int64_t points = c->points;
  double all = 0.0;
  for (int64_t i = 0; i < points; i++) {
    c->covariance[i] = share[i] = 0.0;
    all += weight_of(weight, i);
  }
  for (int64_t i = 0; i < points; i++) {
    for (int64_t j = 0; j <= i; j++) {
      const int64_t bin = bin_of(c, i, j);
      const double both = (i == j ? 1.0 : 2.0) * weight_of(weight, i) * weight_of(weight, j) / (all * all);
      c->covariance[bin] += both * residual[i] * residual[j];
      share[bin] += both;
    }
  }
  for (int64_t bin = 0; bin < points; bin++) {
    c->covariance[bin] /= share[bin] > 0.0 ? share[bin] : 1.0;
  }
}

/* The first distance that is at least `window` memories. */
static int64_t last_bin(int64_t points, const double *covariance) {
  double memory = 0.5;
  int64_t bin = 0;
  while (bin < points / 2 && (double)bin < window * memory) {
    bin++;
    memory += covariance[bin] / covariance[0];
  }
  return bin;
}

/* Puts back what the fit took, and counts. */
static void finish(dw_autocorrelation *c, const double *share, int parameters) {
  double variance = 0.0; /* of the mean */
  double part = 0.0;
  c->last = last_bin(c->points, c->covariance);
  for (int64_t bin = c->last; bin >= 0; bin--) {
    variance += share[bin] * c->covariance[bin];
    part += share[bin];
  }
  variance = fmax(variance, share[0] * c->covariance[0]);
  variance *= 1.0 + parameters * part;
  for (int64_t bin = 0; bin <= c->last; bin++) {
    c->covariance[bin] += parameters * variance;
  }
  c->independent = fmin(fmax(c->covariance[0] / variance, 1.0), 1.0 / share[0]);
}

/* Too few rows to see a correlation, or nothing left over. */
static void take_independent(dw_autocorrelation *c, const double *residual, int parameters) {
  double sum = 0.0;
  for (int64_t i = 0; i < c->points; i++) {
    sum += residual[i] * residual[i];
  }
  c->last = 0;
  c->independent = (double)c->points;
  c->covariance[0] = c->points > parameters ? sum / (double)(c->points - parameters) : (double)NAN;
}

dw_status dw_autocorrelation_measure(dw_autocorrelation *c, int64_t points, const double *tau, const double *weight,
                                     const double *residual, int parameters) {
  bool varies = false;
  *c = (dw_autocorrelation){.points = points};
  for (int64_t i = 0; i < points; i++) {
    if (!(tau[i] > (i > 0 ? tau[i - 1] : 0.0))) {
      return dw_fail(DW_ERR_INTERNAL, "a series in time with tau = %g in row %lld", tau[i], (long long)i);
    }
    varies = varies || residual[i] != 0.0;
  }
  double *share = NULL;
  DW_TRY(dw_alloc((void **)&c->covariance, (size_t)points + 1, sizeof *c->covariance, "covariance of a time series"));
  DW_TRY(dw_alloc((void **)&c->place, (size_t)points, sizeof *c->place, "covariance of a time series"));
  DW_TRY(dw_alloc((void **)&share, (size_t)points, sizeof *share, "covariance of a time series"));
  for (int64_t i = 0; i < points; i++) {
    c->place[i] = points > 1 ? log(tau[i] / tau[0]) / log(tau[points - 1] / tau[0]) * (double)(points - 1) : 0.0;
  }
  if (points < FEWEST || !varies) {
    take_independent(c, residual, parameters);
  } else {
    sort_pairs(c, weight, residual, share);
    finish(c, share, parameters);
  }
  dw_free(share);
  return DW_OK;
}

void dw_autocorrelation_release(dw_autocorrelation *c) {
  dw_free(c->covariance);
  dw_free(c->place);
  c->covariance = c->place = NULL;
}

double dw_autocorrelation_error(const dw_autocorrelation *c, const double *coefficient) {
  double apart = 0.0;
  double pairs = 0.0;
  for (int64_t i = 0; i < c->points; i++) {
    apart += coefficient[i] * coefficient[i] * c->covariance[0];
    for (int64_t j = 0; j < i; j++) {
      const int64_t bin = bin_of(c, i, j);
      pairs += bin <= c->last ? 2.0 * coefficient[i] * coefficient[j] * c->covariance[bin] : 0.0;
    }
  }
  return sqrt(apart + fmax(pairs, 0.0));
}
