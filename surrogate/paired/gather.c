#include "surrogate/paired/gather.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/memory.h"

static const double same_time = 1e-9; /* relative */
static const double same_bin = 0.1;   /* of the distance of bins */

/* How to find a quantity in a data set: tau and value of run r at (t, k). */
typedef struct source {
  const dw_dataset *dataset;
  const dw_dataset_table *table; /* NULL: a column */
  int64_t column;
  int64_t column_tau;
  const char *name;
  int64_t times; /* of the longest run */
  int64_t bins;
} source;

static double tau_of(const source *s, int64_t run, int64_t t) {
  const dw_dataset *d = s->dataset;
  return s->table ? s->table->tau[run * s->times + t] : d->series[(run * d->rows + t) * d->columns + s->column_tau];
}

static double value_of(const source *s, int64_t run, int64_t t, int64_t k) {
  const dw_dataset *d = s->dataset;
  return s->table ? s->table->value[(run * s->times + t) * s->bins + k]
                  : d->series[(run * d->rows + t) * d->columns + s->column];
}

static double k_of(const source *s, int64_t run, int64_t k) {
  return s->table ? s->table->k[run * s->bins + k] : (double)NAN;
}

static source find_source(const dw_dataset *d, dw_paired_quantity quantity) {
  static const dw_dataset_spectrum spectra[] = {
      [DW_PAIRED_FIELD] = DW_DATASET_FIELD, [DW_PAIRED_ETC] = DW_DATASET_ETC, [DW_PAIRED_GW] = DW_DATASET_GW};
  source s = {.dataset = d, .name = dw_paired_name(quantity)};
  if (quantity == DW_PAIRED_AREA || quantity == DW_PAIRED_VELOCITY) {
    s.column = dw_dataset_column(d, s.name);
    s.column_tau = dw_dataset_column(d, "tau");
    s.times = s.column < 0 || s.column_tau < 0 ? 0 : d->rows;
    s.bins = 1;
    return s;
  }
  s.table = &d->spectrum[spectra[quantity]];
  s.times = s.table->times;
  s.bins = s.table->bins;
  return s;
}

/* Times and bins before the NAN that fill up. */
static int64_t count_times(const source *s, int64_t run) {
  int64_t count = 0;
  while (count < s->times && !isnan(tau_of(s, run, count))) {
    count++;
  }
  return count;
}

static int64_t count_bins(const source *s, int64_t run) {
  int64_t count = 0;
  while (s->table != NULL && count < s->bins && !isnan(k_of(s, run, count))) {
    count++;
  }
  return s->table ? count : 1;
}

static bool differ(double a, double b) { return fabs(a - b) > same_time * fabs(b); }

/* Refuses a run whose times or bins aren't those of `first`. */
static dw_status check_axes(const source *s, int64_t first, int64_t run) {
  const int64_t times = count_times(s, first);
  const int64_t bins = count_bins(s, first);
  bool same = count_times(s, run) == times && count_bins(s, run) == bins;
  for (int64_t t = 0; same && t < times; t++) {
    same = !differ(tau_of(s, run, t), tau_of(s, first, t));
  }
  for (int64_t k = 0; same && s->table && k < bins; k++) {
    same = !differ(k_of(s, run, k), k_of(s, first, k));
  }
  if (!same) {
    return dw_fail(DW_ERR_PARAM,
                   "paired runs: %s of run %s has other times or bins than that of run %s; the runs of a point and "
                   "level must share lattice, step and output times",
                   s->name, s->dataset->run[run].id, s->dataset->run[first].id);
  }
  return DW_OK;
}

/* Where the cheap runs have what the fine ones have; index -1: nowhere. */
typedef struct plan {
  int64_t *before; /* (T) row at or before the time */
  double *weight;  /* (T) of the row after it */
  int64_t *bin;    /* (K) */
} plan;

static void plan_times(const source *s, int64_t cheap, const dw_paired_sample *sample, plan *p) {
  const int64_t rows = count_times(s, cheap);
  for (int64_t t = 0; t < sample->times; t++) {
    const double tau = sample->tau[t];
    int64_t row = 0;
    while (row + 1 < rows && tau_of(s, cheap, row + 1) <= tau * (1.0 + same_time)) {
      row++;
    }
    const double at = rows > 0 ? tau_of(s, cheap, row) : (double)NAN;
    const bool exact = rows > 0 && !differ(at, tau);
    p->before[t] = exact || (at < tau && row + 1 < rows) ? row : -1;
    p->weight[t] = exact || p->before[t] < 0 ? 0.0 : (tau - at) / (tau_of(s, cheap, row + 1) - at);
  }
}

static void plan_bins(const source *s, int64_t cheap, const dw_paired_sample *sample, plan *p) {
  const int64_t count = count_bins(s, cheap);
  for (int64_t k = 0; k < sample->bins; k++) {
    p->bin[k] = s->table ? -1 : 0;
    const int64_t other = k + 1 < sample->bins ? k + 1 : k - 1;
    const double distance = other < 0 ? sample->k[k] : fabs(sample->k[other] - sample->k[k]);
    for (int64_t c = 0; s->table && c < count; c++) {
      if (fabs(k_of(s, cheap, c) - sample->k[k]) < same_bin * distance) {
        p->bin[k] = c;
      }
    }
  }
}

static double interpolate(double before, double after, double weight) {
  if (weight == 0.0) {
    return before;
  }
  if (before > 0.0 && after > 0.0) {
    return exp((1.0 - weight) * log(before) + weight * log(after));
  }
  return (1.0 - weight) * before + weight * after;
}

static double finish(double value, bool logarithmic) {
  if (!logarithmic) {
    return value;
  }
  return value > 0.0 ? log(value) : (double)NAN;
}

static void take_fine(const source *s, int64_t run, const dw_paired_sample *sample, bool logarithmic, double *values) {
  for (int64_t t = 0; t < sample->times; t++) {
    for (int64_t k = 0; k < sample->bins; k++) {
      values[t * sample->bins + k] = finish(value_of(s, run, t, k), logarithmic);
    }
  }
}

static void take_cheap(const source *s, int64_t run, const dw_paired_sample *sample, const plan *p, bool logarithmic,
                       double *values) {
  for (int64_t t = 0; t < sample->times; t++) {
    const int64_t row = p->before[t];
    for (int64_t k = 0; k < sample->bins; k++) {
      double value = (double)NAN;
      if (row >= 0 && p->bin[k] >= 0) {
        const double before = value_of(s, run, row, p->bin[k]);
        const double after = p->weight[t] == 0.0 ? before : value_of(s, run, row + 1, p->bin[k]);
        value = interpolate(before, after, p->weight[t]);
      }
      values[t * sample->bins + k] = finish(value, logarithmic);
    }
  }
}

/* Refuses infinite numbers and marks cells that a run lacks. `missing` (T, K). */
static dw_status check_values(const source *s, const dw_paired_sample *sample, const int64_t *runs, int64_t count,
                              const double *values, bool *missing) {
  const int64_t size = sample->times * sample->bins;
  for (int64_t i = 0; i < count; i++) {
    for (int64_t b = 0; runs[i] >= 0 && b < size; b++) {
      missing[b] = missing[b] || isnan(values[i * size + b]);
      if (isinf(values[i * size + b])) {
        return dw_fail(DW_ERR_PARAM,
                       "paired runs: %s of run %s at tau = %g, bin %" PRId64
                       " is infinite; leave that run out or run it again",
                       s->name, s->dataset->run[runs[i]].id, sample->tau[b / sample->bins], b % sample->bins);
      }
    }
  }
  return DW_OK;
}

/* What a run lacks, all lack. */
static void blank(const bool *missing, int64_t count, int64_t size, double *values) {
  for (int64_t i = 0; i < count; i++) {
    for (int64_t b = 0; b < size; b++) {
      values[i * size + b] = missing[b] ? (double)NAN : values[i * size + b];
    }
  }
}

/* The first cheap run of a cohort; -1 without one. */
static int64_t first_cheap(const dw_paired_cohort *c) {
  for (int64_t i = 0; i < c->fine; i++) {
    if (c->twin_run[i] >= 0) {
      return c->twin_run[i];
    }
  }
  return c->extra > 0 ? c->extra_run[0] : -1;
}

static dw_status check_runs(const source *s, const dw_paired_cohort *c) {
  const int64_t cheap = first_cheap(c);
  for (int64_t i = 0; i < c->fine; i++) {
    DW_TRY(check_axes(s, c->fine_run[0], c->fine_run[i]));
    if (c->twin_run[i] >= 0) {
      DW_TRY(check_axes(s, cheap, c->twin_run[i]));
    }
  }
  for (int64_t i = 0; i < c->extra; i++) {
    DW_TRY(check_axes(s, cheap, c->extra_run[i]));
  }
  return DW_OK;
}

static dw_status make_reals(double **reals, int64_t count) {
  void *block = NULL;
  DW_TRY(dw_alloc(&block, (size_t)count, sizeof(double), "paired runs"));
  *reals = block;
  for (int64_t i = 0; i < count; i++) {
    (*reals)[i] = (double)NAN;
  }
  return DW_OK;
}

static dw_status make_axes(const source *s, int64_t run, dw_paired_sample *sample) {
  sample->times = count_times(s, run);
  sample->bins = count_bins(s, run);
  DW_TRY(make_reals(&sample->tau, sample->times));
  DW_TRY(make_reals(&sample->k, sample->bins));
  DW_TRY(make_reals(&sample->count, sample->bins));
  for (int64_t t = 0; t < sample->times; t++) {
    sample->tau[t] = tau_of(s, run, t);
  }
  for (int64_t k = 0; k < sample->bins; k++) {
    sample->k[k] = k_of(s, run, k);
    sample->count[k] = s->table ? s->table->count[run * s->bins + k] : 1.0;
  }
  return DW_OK;
}

static dw_status make_plan(const source *s, int64_t cheap, const dw_paired_sample *sample, plan *p) {
  void *block = NULL;
  DW_TRY(dw_alloc(&block, (size_t)(sample->times + sample->bins), sizeof(int64_t), "paired runs"));
  p->before = block;
  p->bin = p->before + sample->times;
  DW_TRY(make_reals(&p->weight, sample->times));
  plan_times(s, cheap, sample, p);
  plan_bins(s, cheap, sample, p);
  return DW_OK;
}

static dw_status gather_fine(const source *s, const dw_paired_cohort *c, bool logarithmic, dw_paired_sample *sample,
                             bool *missing) {
  const int64_t size = sample->times * sample->bins;
  for (int64_t i = 0; i < c->fine; i++) {
    take_fine(s, c->fine_run[i], sample, logarithmic, sample->fine + i * size);
  }
  DW_TRY(check_values(s, sample, c->fine_run, c->fine, sample->fine, missing));
  blank(missing, c->fine, size, sample->fine);
  return DW_OK;
}

static dw_status gather_cheap(const source *s, const dw_paired_cohort *c, bool logarithmic, const plan *p,
                              dw_paired_sample *sample, bool *missing) {
  const int64_t size = sample->times * sample->bins;
  for (int64_t i = 0; i < c->extra; i++) {
    take_cheap(s, c->extra_run[i], sample, p, logarithmic, sample->extra + i * size);
  }
  for (int64_t i = 0; i < c->fine; i++) {
    if (c->twin_run[i] >= 0) {
      take_cheap(s, c->twin_run[i], sample, p, logarithmic, sample->twin + i * size);
    }
  }
  DW_TRY(check_values(s, sample, c->extra_run, c->extra, sample->extra, missing));
  DW_TRY(check_values(s, sample, c->twin_run, c->fine, sample->twin, missing));
  blank(missing, c->extra, size, sample->extra);
  blank(missing, c->fine, size, sample->twin);
  return DW_OK;
}

/* missing (2, T, K), false everywhere: of the fine and of the cheap runs. */
static dw_status gather(const source *s, const dw_paired_cohort *c, bool logarithmic, dw_paired_sample *sample,
                        bool *missing) {
  const int64_t size = sample->times * sample->bins;
  const int64_t cheap = first_cheap(c);
  DW_TRY(gather_fine(s, c, logarithmic, sample, missing));
  if (cheap < 0 || size == 0) {
    return DW_OK;
  }
  plan p = {.before = NULL};
  dw_status status = make_plan(s, cheap, sample, &p);
  if (status == DW_OK) {
    status = gather_cheap(s, c, logarithmic, &p, sample, missing + size);
  }
  dw_free(p.before); /* the first of one block */
  dw_free(p.weight);
  return status;
}

static dw_status fill(const source *s, const dw_paired_cohort *c, bool logarithmic, dw_paired_sample *sample) {
  void *block = NULL;
  DW_TRY(check_runs(s, c));
  DW_TRY(make_axes(s, c->fine_run[0], sample));
  const int64_t size = sample->times * sample->bins;
  DW_TRY(make_reals(&sample->fine, c->fine * size));
  DW_TRY(make_reals(&sample->twin, c->fine * size));
  DW_TRY(make_reals(&sample->extra, c->extra * size));
  DW_TRY(dw_alloc(&block, (size_t)(2 * size), sizeof(bool), "paired runs"));
  memset(block, 0, (size_t)(2 * size) * sizeof(bool));
  const dw_status status = gather(s, c, logarithmic, sample, block);
  dw_free(block);
  return status;
}

dw_status dw_paired_sample_init(dw_paired_sample *sample, const dw_dataset *dataset, const dw_paired_cohort *cohort,
                                dw_paired_quantity quantity, bool logarithmic) {
  const source s = find_source(dataset, quantity);
  *sample = (dw_paired_sample){.times = 0};
  const dw_status status = fill(&s, cohort, logarithmic, sample);
  if (status != DW_OK) {
    dw_paired_sample_finalize(sample);
  }
  return status;
}

void dw_paired_sample_finalize(dw_paired_sample *sample) {
  dw_free(sample->tau);
  dw_free(sample->k);
  dw_free(sample->count);
  dw_free(sample->fine);
  dw_free(sample->twin);
  dw_free(sample->extra);
  *sample = (dw_paired_sample){.times = 0};
}
