#include "surrogate/paired/paired.h"

#include <math.h>

#include "base/memory.h"
#include "surrogate/paired/cohort.h"
#include "surrogate/paired/gather.h"
#include "surrogate/paired/variate.h"

const char *dw_paired_name(dw_paired_quantity quantity) {
  static const char *const names[DW_PAIRED_QUANTITIES] = {"area", "velocity", "field", "etc", "gw"};
  return names[quantity];
}

/* All arrays in one block, whose start is tau. */
static dw_status make_table(const dw_paired_sample *sample, dw_paired_table *table) {
  void *block = NULL;
  const int64_t size = sample->times * sample->bins;
  DW_TRY(dw_alloc(&block, (size_t)(sample->times + sample->bins + 9 * size), sizeof(double), "paired runs"));
  table->times = sample->times;
  table->bins = sample->bins;
  table->tau = block;
  table->k = table->tau + sample->times;
  double *next = table->k + sample->bins;
  double **const parts[] = {&table->value,       &table->error,     &table->plain, &table->plain_error, &table->beta,
                            &table->correlation, &table->reduction, &table->gain,  &table->kept};
  for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
    *parts[i] = next;
    next += size;
  }
  for (int64_t t = 0; t < sample->times; t++) {
    table->tau[t] = sample->tau[t];
  }
  for (int64_t k = 0; k < sample->bins; k++) {
    table->k[k] = sample->k[k];
  }
  return DW_OK;
}

static dw_status estimate(const dw_dataset *d, const dw_paired_cohort *cohort, dw_paired_quantity quantity,
                          dw_paired *p) {
  dw_paired_sample sample;
  dw_paired_table *table = &p->table[quantity];
  DW_TRY(dw_paired_sample_init(&sample, d, cohort, quantity, p->logarithmic));
  dw_status status = make_table(&sample, table);
  if (status == DW_OK) {
    status = dw_paired_variate_estimate(cohort, &sample, p->logarithmic, table);
  }
  dw_paired_sample_finalize(&sample);
  return status;
}

static dw_status estimate_all(const dw_dataset *d, const dw_paired_cohort *cohort, dw_paired *p) {
  p->fine = cohort->fine;
  p->pairs = cohort->pairs;
  p->cheap = cohort->pairs + cohort->extra;
  p->seconds_fine = cohort->seconds_fine;
  p->seconds_cheap = cohort->seconds_cheap;
  for (int q = 0; q < DW_PAIRED_QUANTITIES; q++) {
    DW_TRY(estimate(d, cohort, (dw_paired_quantity)q, p));
  }
  return DW_OK;
}

dw_status dw_paired_estimate(const dw_dataset *dataset, int64_t point, bool logarithmic, dw_paired **paired) {
  void *block = NULL;
  dw_paired_cohort cohort;
  *paired = NULL;
  DW_TRY(dw_paired_cohort_init(&cohort, dataset, point));
  dw_status status = dw_alloc(&block, 1, sizeof **paired, "paired runs");
  if (status == DW_OK) {
    dw_paired *p = block;
    *p = (dw_paired){.point = point, .logarithmic = logarithmic};
    status = estimate_all(dataset, &cohort, p);
    if (status == DW_OK) {
      *paired = p;
    } else {
      dw_paired_destroy(p);
    }
  }
  dw_paired_cohort_finalize(&cohort);
  return status;
}

void dw_paired_destroy(dw_paired *paired) {
  if (paired == NULL) {
    return;
  }
  for (int q = 0; q < DW_PAIRED_QUANTITIES; q++) {
    dw_free(paired->table[q].tau);
  }
  dw_free(paired);
}

dw_paired_digest dw_paired_summary(const dw_paired *paired, dw_paired_quantity quantity) {
  const dw_paired_table *table = &paired->table[quantity];
  dw_paired_digest digest = {.bins = 0};
  double reduction = 0.0;
  double residual = 0.0; /* sum of log(1 - correlation^2) */
  for (int64_t b = 0; b < table->times * table->bins; b++) {
    const double shared = table->correlation[b] * table->correlation[b];
    if (isfinite(table->reduction[b]) && table->reduction[b] > 0.0 && shared < 1.0) {
      digest.bins++;
      digest.dropped += table->kept[b] == 0.0 ? 1 : 0;
      reduction += log(table->reduction[b]);
      residual += log(1.0 - shared);
    }
  }
  const double cost = paired->seconds_cheap / paired->seconds_fine;
  const double correlation = sqrt(1.0 - exp(residual / (double)digest.bins));
  digest.reduction = exp(reduction / (double)digest.bins); /* NAN without bins */
  digest.gain = digest.reduction / (1.0 + (double)paired->cheap / (double)paired->fine * cost);
  digest.best = dw_paired_best_ratio(correlation, cost);
  digest.best_gain = dw_paired_gain(correlation, cost, digest.best);
  return digest;
}
