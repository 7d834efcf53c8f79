#include "surrogate/paired/variate.h"

#include <math.h>

#include "base/memory.h"
#include "surrogate/paired/moments.h"

/* A slope of relative fluctuations below 0 or above this isn't that of a twin; bounds keep its moments finite. */
static const double steepest = 2.0;

typedef struct variate {
  const dw_paired_cohort *cohort;
  const dw_paired_sample *sample;
  bool logarithmic;
  int64_t size; /* T K */
  double pairs; /* numbers of runs */
  double fine;
  double extra;
  double share;           /* extra / (extra + pairs), the factor on beta */
  double cost;            /* of all cheap runs over all fine ones */
  double *raw;            /* (n, T, K) slopes beta_(-i), dimensional, whether used or not */
  double *kept;           /* (n, T, K) the same, 0 where the cheap level doesn't pay */
  double *extra_mean;     /* (T, K) */
  double *cheap_variance; /* (T, K) of all cheap runs */
  double *cheap_unit;     /* (T, K) the same for cheap runs whose mean is that of the fine ones */
  double *scratch;        /* (T, K) */
  double *spread;         /* (T, K) */
  dw_paired_moments moments;
} variate;

/* Relative slope at a bin: that of the pairs, and as if one pair more had slope 1; others pairs were summed. */
static double shrink(double cross, double cheap, double others) {
  if (!(cheap > 0.0)) {
    return 0.0;
  }
  const double slope = ((others - 1.0) * cross / cheap + 1.0) / others;
  return fmin(fmax(slope, 0.0), steepest);
}

/* Whether the cheap level pays, from the moments of `others` pairs: equal-cost gain above 1. */
static bool pays(const variate *v, double slope, double fine, double cheap, double cross, double others) {
  const double s = slope * v->share;
  const double learned = 1.0 + 1.0 / (others - 1.0); /* the slope's own noise */
  const double residual = (fine - 2.0 * s * cross + s * s * cheap) * learned;
  const double paired = v->pairs / v->fine;
  const double variance = (1.0 - paired) * fine + paired * (residual + s * s * cheap * v->pairs / v->extra);
  return fine > variance * (1.0 + v->cost);
}

/* beta_(-i) at all bins. */
static void learn(variate *v, int64_t i) {
  dw_paired_moments *m = &v->moments;
  const double others = v->pairs - 1.0;
  dw_paired_moments_sum(v->cohort, v->sample, v->logarithmic, i, v->scratch, m);
  for (int64_t b = 0; b < v->size; b++) {
    const double slope = shrink(m->cross[b], m->cheap[b], others);
    const double scale = v->logarithmic ? 1.0 : m->mean_fine[b] / m->mean_cheap[b];
    const bool known = isfinite(m->mean_fine[b]) && isfinite(m->mean_cheap[b]) && isfinite(scale);
    const double beta = known ? slope * scale : 0.0;
    const bool used = known && pays(v, slope, m->fine[b], m->cheap[b], m->cross[b], others);
    v->raw[i * v->size + b] = beta;
    v->kept[i * v->size + b] = used ? beta : 0.0;
  }
}

/* The pieces z_i = y_i - beta_(-i) share (x_i - mean of extra) at a bin; beta NULL: y_i. */
static double piece(const variate *v, const double *beta, int64_t i, int64_t b) {
  const int64_t at = i * v->size + b;
  if (beta == NULL || beta[at] == 0.0) {
    return v->sample->fine[at];
  }
  return v->sample->fine[at] - beta[at] * v->share * (v->sample->twin[at] - v->extra_mean[b]);
}

static double mean_piece(const variate *v, const double *beta, int64_t b) {
  double sum = 0.0;
  for (int64_t i = 0; i < v->cohort->fine; i++) {
    sum += piece(v, beta, i, b);
  }
  return sum / v->fine;
}

/* Mean of the extra runs, variance of all cheap ones. */
static void sum_cheap(variate *v) {
  const dw_paired_cohort *c = v->cohort;
  const dw_paired_sample *s = v->sample;
  for (int64_t b = 0; b < v->size; b++) {
    double extra = 0.0;
    double twins = 0.0;
    for (int64_t j = 0; j < c->extra; j++) {
      extra += s->extra[j * v->size + b];
    }
    for (int64_t i = 0; i < c->fine; i++) {
      twins += c->twin_run[i] >= 0 ? s->twin[i * v->size + b] : 0.0;
    }
    const double mean = (extra + twins) / (v->extra + v->pairs);
    double squares = 0.0;
    for (int64_t j = 0; j < c->extra; j++) {
      squares += pow(s->extra[j * v->size + b] - mean, 2.0);
    }
    for (int64_t i = 0; i < c->fine; i++) {
      squares += c->twin_run[i] >= 0 ? pow(s->twin[i * v->size + b] - mean, 2.0) : 0.0;
    }
    v->extra_mean[b] = extra / v->extra;
    v->cheap_variance[b] = squares / (v->extra + v->pairs - 1.0);
    v->cheap_unit[b] = v->cheap_variance[b] * (v->logarithmic ? 1.0 : pow(mean_piece(v, NULL, b) / mean, 2.0));
  }
}

/* Variance of the pieces about their mean. */
static double variance_piece(const variate *v, const double *beta, int64_t b) {
  const double mean = mean_piece(v, beta, b);
  double sum = 0.0;
  for (int64_t i = 0; i < v->cohort->fine; i++) {
    sum += pow(piece(v, beta, i, b) - mean, 2.0);
  }
  return sum / (v->fine - 1.0);
}

static double mean_beta(const variate *v, const double *beta, int64_t b) {
  double sum = 0.0;
  for (int64_t i = 0; i < v->cohort->fine; i++) {
    sum += beta[i * v->size + b];
  }
  return sum / v->pairs;
}

/* Variance of the twins. */
static double variance_twin(const variate *v, int64_t b) {
  const dw_paired_cohort *c = v->cohort;
  double sum = 0.0;
  double squares = 0.0;
  for (int64_t i = 0; i < c->fine; i++) {
    sum += c->twin_run[i] >= 0 ? v->sample->twin[i * v->size + b] : 0.0;
  }
  for (int64_t i = 0; i < c->fine; i++) {
    squares += c->twin_run[i] >= 0 ? pow(v->sample->twin[i * v->size + b] - sum / v->pairs, 2.0) : 0.0;
  }
  return squares / (v->pairs - 1.0);
}

/* Variance of a fine run: that of the few, corrected by what the many cheap runs say of the few. */
static double variance_fine(const variate *v, int64_t b) {
  const double beta = mean_beta(v, v->raw, b);
  const double correction = beta == 0.0 ? 0.0 : beta * beta * (v->cheap_variance[b] - variance_twin(v, b));
  return fmax(variance_piece(v, NULL, b) + correction, 0.0);
}

/* Fills v->spread with the variance of the pieces, or of fine runs without `beta`. In units of that of the cheap runs,
 * which many runs tell, it hardly changes from bin to bin, so that is smoothed as the moments are. Bins without a slope
 * are left out where `beta` is given. */
static void smooth_variance(variate *v, const double *beta) {
  for (int64_t b = 0; b < v->size; b++) {
    const double ratio = (beta ? variance_piece(v, beta, b) : variance_fine(v, b)) / v->cheap_unit[b];
    const bool counts = isfinite(ratio) && (beta == NULL || mean_beta(v, beta, b) != 0.0);
    v->spread[b] = counts ? ratio : (double)NAN;
  }
  dw_paired_moments_smooth(v->sample->times, v->sample->bins, v->scratch, v->spread);
  for (int64_t b = 0; b < v->size; b++) {
    v->spread[b] = v->cheap_unit[b] > 0.0 ? v->spread[b] * v->cheap_unit[b] : variance_piece(v, beta, b);
  }
}

/* Variance of the estimate: of the mean of pieces, and of the extra runs' mean, which they share. */
static double variance_of(const variate *v, const double *beta, int64_t b) {
  const double slope = mean_beta(v, beta, b) * v->pairs / v->fine * v->share;
  return v->spread[b] / v->fine + (slope == 0.0 ? 0.0 : slope * slope * v->cheap_variance[b] / v->extra);
}

/* What is true without cheap runs. */
static void fill_plain(variate *v, dw_paired_table *table) {
  for (int64_t b = 0; b < v->size; b++) {
    table->plain[b] = table->value[b] = mean_piece(v, NULL, b);
    table->plain_error[b] = table->error[b] =
        v->cohort->fine > 1 ? sqrt(variance_piece(v, NULL, b) / v->fine) : (double)NAN;
    table->beta[b] = table->kept[b] = 0.0;
    table->correlation[b] = table->reduction[b] = table->gain[b] = (double)NAN;
  }
}

/* Correlation, reduction and gain with the cheap level everywhere. */
static void fill_gain(variate *v, dw_paired_table *table) {
  dw_paired_moments *m = &v->moments;
  dw_paired_moments_sum(v->cohort, v->sample, v->logarithmic, -1, v->scratch, m);
  smooth_variance(v, NULL);
  for (int64_t b = 0; b < v->size; b++) {
    table->reduction[b] = v->spread[b] / v->fine;
  }
  smooth_variance(v, v->raw);
  for (int64_t b = 0; b < v->size; b++) {
    const bool known = isfinite(v->extra_mean[b]) && isfinite(table->plain[b]) && m->fine[b] > 0.0 && m->cheap[b] > 0.0;
    table->correlation[b] = known ? m->cross[b] / sqrt(m->fine[b] * m->cheap[b]) : (double)NAN;
    const bool used = mean_beta(v, v->raw, b) != 0.0;
    table->reduction[b] = !known ? (double)NAN : used ? table->reduction[b] / variance_of(v, v->raw, b) : 1.0;
    table->gain[b] = table->reduction[b] / (1.0 + v->cost);
  }
}

static void fill_value(variate *v, dw_paired_table *table) {
  smooth_variance(v, v->kept);
  for (int64_t b = 0; b < v->size; b++) {
    double kept = 0.0;
    for (int64_t i = 0; i < v->cohort->fine; i++) {
      kept += v->kept[i * v->size + b] != 0.0 ? 1.0 : 0.0;
    }
    table->kept[b] = kept / v->pairs;
    if (kept > 0.0) {
      table->beta[b] = mean_beta(v, v->kept, b);
      table->value[b] = mean_piece(v, v->kept, b);
      table->error[b] = sqrt(variance_of(v, v->kept, b));
    }
  }
}

static dw_status make_room(variate *v, double **room) {
  void *block = NULL;
  const int64_t fine = v->cohort->fine;
  DW_TRY(dw_alloc(&block, (size_t)((2 * fine + 10) * v->size), sizeof(double), "paired runs"));
  double *next = *room = block;
  double **const parts[] = {&v->extra_mean,    &v->cheap_unit,        &v->cheap_variance,     &v->scratch,
                            &v->spread,        &v->moments.mean_fine, &v->moments.mean_cheap, &v->moments.fine,
                            &v->moments.cheap, &v->moments.cross};
  for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
    *parts[i] = next;
    next += v->size;
  }
  v->raw = next;
  v->kept = next + fine * v->size;
  for (int64_t i = 0; i < 2 * fine * v->size; i++) {
    v->raw[i] = 0.0;
  }
  return DW_OK;
}

dw_status dw_paired_variate_estimate(const dw_paired_cohort *cohort, const dw_paired_sample *sample, bool logarithmic,
                                     dw_paired_table *table) {
  variate v = {.cohort = cohort, .sample = sample, .logarithmic = logarithmic};
  v.size = sample->times * sample->bins;
  v.pairs = (double)cohort->pairs;
  v.fine = (double)cohort->fine;
  v.extra = (double)cohort->extra;
  fill_plain(&v, table);
  if (cohort->pairs < DW_PAIRED_FEWEST || cohort->extra < 1) {
    return DW_OK;
  }
  double *room = NULL;
  v.share = v.extra / (v.extra + v.pairs);
  v.cost = (v.extra + v.pairs) * cohort->seconds_cheap / (v.fine * cohort->seconds_fine);
  DW_TRY(make_room(&v, &room));
  sum_cheap(&v);
  for (int64_t i = 0; i < cohort->fine; i++) {
    if (cohort->twin_run[i] >= 0) {
      learn(&v, i);
    }
  }
  fill_gain(&v, table);
  fill_value(&v, table);
  dw_free(room);
  return DW_OK;
}
