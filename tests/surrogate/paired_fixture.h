/* A scan of one point with correlated random runs: n fine, m cheap, of which the first n are twins. */
#ifndef DW_TEST_SURROGATE_PAIRED_FIXTURE_H
#define DW_TEST_SURROGATE_PAIRED_FIXTURE_H

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "surrogate/paired/paired.h"
#include "tests/analysis/post_noise.h"
#include "tests/dw_test.h"

enum { TIMES = 6, FINE_BINS = 24, CHEAP_BINS = 20 };

/* Fine value: mean (1 + scatter (rho g + sqrt(1 - rho^2) h)); cheap value: half that mean (1 + scatter g), g and h
 * normal. */
typedef struct pair_model {
  int64_t fine;
  int64_t cheap;
  double correlation;
  double scatter;
  bool skewed; /* exp(scatter ...) instead of 1 + scatter ... */
  double cost; /* of a cheap run over that of a fine one; 0: a tenth */
} pair_model;

static inline double pair_mean(int64_t t, int64_t k) { return 2.0 + (double)t + 0.1 * (double)k; }

static inline double pair_value(const pair_model *model, double deviate) {
  return model->skewed ? exp(model->scatter * deviate) : 1.0 + model->scatter * deviate;
}

/* The ensemble mean of a fine value. */
static inline double pair_truth(const pair_model *model, int64_t t, int64_t k) {
  return pair_mean(t, k) * (model->skewed ? exp(0.5 * model->scatter * model->scatter) : 1.0);
}

/* Room for the runs; values are those of pair_fill. Fine runs first, seeds from 1 on. */
static inline dw_dataset *pair_dataset(int64_t fine, int64_t cheap) {
  dw_dataset *d = NULL;
  const int64_t times[DW_DATASET_SPECTRA] = {[DW_DATASET_FIELD] = TIMES};
  const int64_t bins[DW_DATASET_SPECTRA] = {[DW_DATASET_FIELD] = FINE_BINS};
  assert_ok(dw_dataset_create(&d, 0, fine + cheap, 2, TIMES, times, bins));
  (void)snprintf(d->column[0], DW_DATASET_KEY, "tau");
  (void)snprintf(d->column[1], DW_DATASET_KEY, "area");
  for (int64_t i = 0; i < d->runs; i++) {
    const bool is_fine = i < fine;
    d->run[i] = (dw_dataset_run){.seed = is_fine ? i + 1 : i + 1 - fine, .seconds = is_fine ? 1.0 : 0.1};
    d->run[i].level = is_fine ? DW_LEVEL_FINE : DW_LEVEL_CHEAP;
    (void)snprintf(d->run[i].id, DW_DATASET_TEXT, "%s%d", is_fine ? "fine" : "cheap", (int)d->run[i].seed);
    for (int64_t t = 0; t < TIMES; t++) {
      d->series[(i * TIMES + t) * 2] = d->spectrum[DW_DATASET_FIELD].tau[i * TIMES + t] = 2.0 + (double)t;
    }
    for (int64_t k = 0; k < (is_fine ? FINE_BINS : CHEAP_BINS); k++) {
      d->spectrum[DW_DATASET_FIELD].k[i * FINE_BINS + k] = 0.5 * (double)(k + 1);
      d->spectrum[DW_DATASET_FIELD].count[i * FINE_BINS + k] = 18.0 + 50.0 * (double)(k * k);
    }
  }
  return d;
}

static inline double *pair_power(dw_dataset *d, int64_t run, int64_t t, int64_t k) {
  return &d->spectrum[DW_DATASET_FIELD].value[(run * TIMES + t) * FINE_BINS + k];
}

static inline double *pair_area(dw_dataset *d, int64_t run, int64_t t) { return &d->series[(run * TIMES + t) * 2 + 1]; }

/* Independent in every bin, and from call to call. */
static inline void pair_fill(dw_dataset *d, const pair_model *model, noise *n) {
  for (int64_t j = 0; model->cost > 0.0 && j < model->cheap; j++) {
    d->run[model->fine + j].seconds = model->cost;
  }
  const double rest = sqrt(1.0 - model->correlation * model->correlation);
  for (int64_t t = 0; t < TIMES; t++) {
    for (int64_t k = -1; k < FINE_BINS; k++) { /* -1: the area */
      for (int64_t j = 0; j < model->cheap; j++) {
        const double g = noise_normal(n);
        const double cheap = 0.5 * pair_mean(t, k) * pair_value(model, g);
        if (k < CHEAP_BINS) {
          *(k < 0 ? pair_area(d, model->fine + j, t) : pair_power(d, model->fine + j, t, k)) = cheap;
        }
        if (j < model->fine) {
          const double fine = pair_mean(t, k) * pair_value(model, model->correlation * g + rest * noise_normal(n));
          *(k < 0 ? pair_area(d, j, t) : pair_power(d, j, t, k)) = fine;
        }
      }
    }
  }
}

#endif
