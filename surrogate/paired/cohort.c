#include "surrogate/paired/cohort.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"

/* Where a run stands in the data set, sorted by seed. */
typedef struct place {
  int64_t seed;
  int64_t run;
} place;

static int by_seed(const void *a, const void *b) {
  const place *p = a;
  const place *q = b;
  return (p->seed > q->seed) - (p->seed < q->seed);
}

/* The runs of a level, sorted; *list is released by the caller. */
static dw_status list_level(const dw_dataset *d, int64_t point, dw_dataset_level level, place **list, int64_t *count) {
  void *block = NULL;
  *count = 0;
  DW_TRY(dw_alloc(&block, (size_t)d->runs, sizeof **list, "runs of a point"));
  *list = block;
  for (int64_t i = 0; i < d->runs; i++) {
    if (d->run[i].point == point && d->run[i].level == level) {
      (*list)[(*count)++] = (place){.seed = d->run[i].seed, .run = i};
    }
  }
  qsort(*list, (size_t)*count, sizeof **list, by_seed);
  for (int64_t i = 1; i < *count; i++) {
    if ((*list)[i].seed == (*list)[i - 1].seed) {
      return dw_fail(DW_ERR_PARAM,
                     "paired runs: runs %s and %s of point %" PRId64 " have the same seed, %" PRId64
                     "; each seed counts once, remove one of them",
                     d->run[(*list)[i - 1].run].id, d->run[(*list)[i].run].id, point, (*list)[i].seed);
    }
  }
  return DW_OK;
}

static dw_status mean_seconds(const dw_dataset *d, const place *list, int64_t count, double *mean) {
  double sum = 0.0;
  for (int64_t i = 0; i < count; i++) {
    const dw_dataset_run *run = &d->run[list[i].run];
    if (!(isfinite(run->seconds) && run->seconds >= 0.0)) {
      return dw_fail(DW_ERR_PARAM, "paired runs: run %s took %g s; gains at equal cost need the time of every run",
                     run->id, run->seconds);
    }
    sum += run->seconds;
  }
  if (count > 0 && sum == 0.0) { /* a short run may be 0 in a log that gives tenths */
    return dw_fail(DW_ERR_PARAM,
                   "paired runs: all %" PRId64 " runs like %s took 0 s; gains at equal cost need their times", count,
                   d->run[list[0].run].id);
  }
  *mean = count > 0 ? sum / (double)count : (double)NAN;
  return DW_OK;
}

/* Both lists are sorted by seed. */
static void pair_up(dw_paired_cohort *c, const place *fine, const place *cheap, int64_t cheap_count) {
  int64_t j = 0;
  for (int64_t i = 0; i < c->fine; i++) {
    while (j < cheap_count && cheap[j].seed < fine[i].seed) {
      c->extra_run[c->extra++] = cheap[j++].run;
    }
    c->fine_run[i] = fine[i].run;
    c->twin_run[i] = -1;
    if (j < cheap_count && cheap[j].seed == fine[i].seed) {
      c->twin_run[i] = cheap[j++].run;
      c->pairs++;
    }
  }
  while (j < cheap_count) {
    c->extra_run[c->extra++] = cheap[j++].run;
  }
}

static dw_status fill(dw_paired_cohort *c, const dw_dataset *d, const place *fine, const place *cheap,
                      int64_t cheap_count) {
  void *block = NULL;
  DW_TRY(mean_seconds(d, fine, c->fine, &c->seconds_fine));
  DW_TRY(mean_seconds(d, cheap, cheap_count, &c->seconds_cheap));
  DW_TRY(dw_alloc(&block, (size_t)(2 * c->fine + cheap_count), sizeof *c->fine_run, "runs of a point"));
  c->fine_run = block;
  c->twin_run = c->fine_run + c->fine;
  c->extra_run = c->twin_run + c->fine;
  pair_up(c, fine, cheap, cheap_count);
  return DW_OK;
}

dw_status dw_paired_cohort_init(dw_paired_cohort *cohort, const dw_dataset *dataset, int64_t point) {
  place *fine = NULL;
  place *cheap = NULL;
  int64_t cheap_count = 0;
  *cohort = (dw_paired_cohort){.fine = 0};
  dw_status status = list_level(dataset, point, DW_LEVEL_FINE, &fine, &cohort->fine);
  if (status == DW_OK && cohort->fine == 0) {
    status = dw_fail(DW_ERR_PARAM, "paired runs: point %" PRId64 " has no fine run; run one, or choose another point",
                     point);
  }
  if (status == DW_OK) {
    status = list_level(dataset, point, DW_LEVEL_CHEAP, &cheap, &cheap_count);
  }
  if (status == DW_OK) {
    status = fill(cohort, dataset, fine, cheap, cheap_count);
  }
  dw_free(fine);
  dw_free(cheap);
  return status;
}

void dw_paired_cohort_finalize(dw_paired_cohort *cohort) {
  dw_free(cohort->fine_run); /* the first of one block */
  *cohort = (dw_paired_cohort){.fine = 0};
}
