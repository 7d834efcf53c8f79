/* How well the curves of different times fall on one: the second half of collapse.h. */
#include <math.h>

#include "analysis/post/collapse.h"
#include "analysis/post/slopes.h"
#include "base/memory.h"

enum { GRID = 100 };

/* The times of the window as curves of ln F, less ln of the guide, against ln x; and what is summed over the grid. */
typedef struct curves {
  int64_t times;
  int64_t shells;
  double *log_tau;     /* (times) */
  double *log_k;       /* (shells) */
  double *level;       /* (times, shells) */
  double *error;       /* (times, shells); 0 where the shell is of no use */
  double *coefficient; /* (times, shells) of level in the drift */
  int64_t *left;       /* (times): at the present place, the shell to its left; -1 if there is none */
  double *part;        /* (times): how far it is to the next shell, 0 ... 1 */
} curves;

static dw_status curves_alloc(curves *c, const dw_collapse_data *data) {
  const size_t times = (size_t)data->times;
  const size_t shells = (size_t)data->shells;
  const size_t all = times * shells;
  double *block = NULL;
  _Static_assert(sizeof(int64_t) == sizeof(double), "one block holds both");
  DW_TRY(dw_alloc((void **)&block, 3 * times + shells + 3 * all, sizeof *block, "curves of the equal-time correlator"));
  *c = (curves){.shells = data->shells,
                .level = block,
                .error = block + all,
                .coefficient = block + 2 * all,
                .log_k = block + 3 * all,
                .log_tau = block + 3 * all + shells,
                .part = block + 3 * all + shells + times,
                .left = (void *)(block + 3 * all + shells + 2 * times)};
  return DW_OK;
}

static void fill_time(curves *c, const dw_collapse_data *data, const dw_collapse_options *options,
                      const dw_collapse_curve *guide, int64_t time) {
  const bool guided = guide != NULL && guide->state == DW_FIT_DONE;
  c->log_tau[c->times] = log(data->tau[time]);
  for (int64_t k = 0; k < c->shells; k++) {
    const int64_t from = time * c->shells + k;
    const int64_t to = c->times * c->shells + k;
    const double x = data->k[k] * data->tau[time];
    const double error = dw_spectrum_log_error(data->value[from], data->error != NULL ? data->error[from] : 0.0,
                                               data->count != NULL ? data->count[k] : 0, options->floor);
    const bool good = isfinite(error) && error > 0.0 && x > 0.0 && x >= options->x_first && x < options->x_last;
    c->log_k[k] = log(data->k[k]);
    c->coefficient[to] = 0.0;
    c->error[to] = good ? error : 0.0;
    c->level[to] = good ? log(guided ? data->value[from] / dw_collapse_value(guide, x) : data->value[from]) : 0.0;
  }
  c->times++;
}

static void curves_fill(curves *c, const dw_collapse_data *data, const dw_collapse_options *options,
                        const dw_collapse_curve *guide) {
  for (int64_t t = 0; t < data->times; t++) {
    if (data->tau[t] >= options->tau_first && data->tau[t] <= options->tau_last) {
      fill_time(c, data, options, guide, t);
    }
  }
}

/* The range of ln x that any time has shells in; false if there is none. */
static bool range_of(const curves *c, double *first, double *last) {
  *first = (double)INFINITY;
  *last = -(double)INFINITY;
  for (int64_t i = 0; i < c->times * c->shells; i++) {
    if (c->error[i] > 0.0) {
      const double at = c->log_tau[i / c->shells] + c->log_k[i % c->shells];
      *first = fmin(*first, at);
      *last = fmax(*last, at);
    }
  }
  return *last > *first;
}

/* What is found at one place of the grid. */
typedef struct place {
  int64_t times;   /* that have shells on both sides */
  double level;    /* mean over times of ln F less that of the guide */
  double factor;   /* mean over times of its exponential */
  double variance; /* mean over times, expected */
  double log_tau;  /* mean over times */
} place;

static double level_at(const curves *c, int64_t t) {
  const double *level = c->level + t * c->shells + c->left[t];
  return (1.0 - c->part[t]) * level[0] + c->part[t] * level[1];
}

static double variance_at(const curves *c, int64_t t) {
  const double *error = c->error + t * c->shells + c->left[t];
  const double near = (1.0 - c->part[t]) * error[0];
  const double far = c->part[t] * error[1];
  return near * near + far * far;
}

static place look(curves *c, double log_x) {
  place p = {.times = 0};
  for (int64_t t = 0; t < c->times; t++) {
    const double at = log_x - c->log_tau[t];
    const double *error = c->error + t * c->shells;
    c->left[t] = -1;
    for (int64_t k = 0; k + 1 < c->shells && c->log_k[k] <= at; k++) {
      if (at <= c->log_k[k + 1] && error[k] > 0.0 && error[k + 1] > 0.0) {
        c->left[t] = k;
        c->part[t] = (at - c->log_k[k]) / (c->log_k[k + 1] - c->log_k[k]);
        p.times++;
        p.level += level_at(c, t);
        p.factor += exp(level_at(c, t));
        p.variance += variance_at(c, t);
        p.log_tau += c->log_tau[t];
        break;
      }
    }
  }
  p.level /= (double)p.times;
  p.factor /= (double)p.times;
  p.variance /= (double)p.times;
  p.log_tau /= (double)p.times;
  return p;
}

/* Sums over the grid. */
typedef struct sums {
  double spread;
  double expected;
  double lever; /* sum of W (ln tau - mean)^2 */
  double slope; /* sum of W (ln tau - mean) (level - mean) */
  double square;
  double freedom;
} sums;

/* Scatter and drift at one place, W = 1/variance. */
static void add_place(curves *c, const place *p, double drift, sums *s, double *worst) {
  double spread = 0.0;
  for (int64_t t = 0; t < c->times; t++) {
    if (c->left[t] < 0) {
      continue;
    }
    const double off = exp(level_at(c, t)) / p->factor - 1.0;
    const double lever = (c->log_tau[t] - p->log_tau) / p->variance;
    const double level = level_at(c, t) - p->level;
    const double rest = level - drift * (c->log_tau[t] - p->log_tau);
    double *coefficient = c->coefficient + t * c->shells + c->left[t];
    spread += off * off / (double)(p->times - 1);
    s->lever += lever * (c->log_tau[t] - p->log_tau);
    s->slope += lever * level;
    s->square += rest * rest / p->variance;
    coefficient[0] += lever * (1.0 - c->part[t]);
    coefficient[1] += lever * c->part[t];
  }
  s->spread += spread;
  s->expected += p->variance;
  s->freedom += (double)(p->times - 1);
  *worst = fmax(*worst, sqrt(spread));
}

/* All places; `drift` is what is taken off before the squares of the rest are summed. */
static sums scan(curves *c, double first, double last, double drift, dw_collapse_quality *quality) {
  sums s = {.spread = 0.0};
  quality->places = 0;
  quality->spread_worst = 0.0;
  for (int64_t i = 0; i < c->times * c->shells; i++) {
    c->coefficient[i] = 0.0;
  }
  for (int i = 0; i < GRID; i++) {
    const double log_x = first + (last - first) * (i + 0.5) / GRID;
    const place p = look(c, log_x);
    if (p.times >= 2) {
      quality->x_first = quality->places == 0 ? exp(log_x) : quality->x_first;
      quality->x_last = exp(log_x);
      quality->places++;
      add_place(c, &p, drift, &s, &quality->spread_worst);
    }
  }
  return s;
}

/* Of the drift, from the shells. */
static double drift_error(const curves *c, const sums *s) {
  double variance = 0.0;
  for (int64_t i = 0; i < c->times * c->shells; i++) {
    const double term = c->coefficient[i] * c->error[i] / s->lever;
    variance += term * term;
  }
  return sqrt(variance) * fmax(1.0, sqrt(s->square / s->freedom));
}

dw_status dw_collapse_measure(const dw_collapse_data *data, const dw_collapse_options *options,
                              const dw_collapse_curve *guide, dw_collapse_quality *quality) {
  const double nan = (double)NAN;
  *quality = (dw_collapse_quality){.x_first = nan,
                                   .x_last = nan,
                                   .spread = nan,
                                   .spread_expected = nan,
                                   .spread_worst = nan,
                                   .drift = nan,
                                   .drift_error = nan};
  curves c;
  DW_TRY(curves_alloc(&c, data));
  curves_fill(&c, data, options, guide);
  quality->times = c.times;
  double first = nan;
  double last = nan;
  if (range_of(&c, &first, &last)) {
    sums s = scan(&c, first, last, 0.0, quality);
    if (quality->places > 0) {
      quality->drift = s.slope / s.lever;
      quality->spread = sqrt(s.spread / (double)quality->places);
      quality->spread_expected = sqrt(s.expected / (double)quality->places);
      s = scan(&c, first, last, quality->drift, quality);
      const double n = dw_collapse_independent_times(options, c.times, exp(c.log_tau[0]), exp(c.log_tau[c.times - 1]));
      quality->drift_error = drift_error(&c, &s) * sqrt((double)c.times / n);
    } else {
      quality->spread_worst = nan;
    }
  }
  dw_free(c.level);
  return DW_OK;
}
