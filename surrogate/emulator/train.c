/* Training: runs are chosen and checked, quantities taken, layers learned, errors calibrated. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "surrogate/emulator/emulator_private.h"
#include "surrogate/emulator/linear.h"
#include "surrogate/emulator/quantity.h"
#include "surrogate/emulator/train_private.h"

/* --- runs --- */

static dw_status check_options(const dw_dataset *d, const dw_emulator_options *o) {
  if (d->keys < 1 || d->keys > DW_KERNEL_DIMS) {
    return dw_fail(DW_ERR_PARAM, "an emulator learns from scans of 1 to %d parameters, the data set has %lld",
                   DW_KERNEL_DIMS, (long long)d->keys);
  }
  if (o->times < 0 || o->times > DW_EMULATOR_TIMES || (o->times == 0 && o->times_at_most < 1) ||
      o->times_at_most > DW_EMULATOR_TIMES) {
    return dw_fail(DW_ERR_PARAM, "an emulator has 1 to %d times", DW_EMULATOR_TIMES);
  }
  for (int64_t t = 0; t < o->times; t++) {
    if (!(isfinite(o->time[t]) && o->time[t] > (t > 0 ? o->time[t - 1] : 0.0))) {
      return dw_fail(DW_ERR_PARAM, "times of an emulator must rise and be > 0; %g doesn't", o->time[t]);
    }
  }
  if (!(o->bound > 0.0) || o->components < 1) {
    return dw_fail(DW_ERR_PARAM, "an emulator needs a bound > 0 (here %g) and at least one component", o->bound);
  }
  for (int64_t k = 0; k < d->keys; k++) {
    const dw_dataset_key *key = &d->key[k];
    if (!(isfinite(key->low) && isfinite(key->high) && key->low < key->high && (!key->logarithmic || key->low > 0.0))) {
      return dw_fail(DW_ERR_PARAM, "the range of %s in the data set, %g to %g, is none", key->key, key->low, key->high);
    }
  }
  return DW_OK;
}

static int64_t count_points(const dw_train_work *w, int level) {
  int64_t points = 0;
  for (int64_t i = 0; i < w->count[level]; i++) {
    bool seen = false;
    for (int64_t j = 0; j < i && !seen; j++) {
      seen = w->dataset->run[w->run[level][j]].point == w->dataset->run[w->run[level][i]].point;
    }
    points += seen ? 0 : 1;
  }
  return points;
}

static void list_runs(dw_train_work *w) {
  for (int64_t r = 0; r < w->dataset->runs; r++) {
    const dw_dataset_run *run = &w->dataset->run[r];
    w->used[r] = (w->options->train == NULL || w->options->train[r]) && !run->blind;
    if (w->used[r]) {
      w->run[run->level][w->count[run->level]++] = r;
    }
  }
  for (int64_t i = 0; i < w->count[0]; i++) {
    const dw_dataset_run *fine = &w->dataset->run[w->run[0][i]];
    w->twin[i] = -1;
    for (int64_t j = 0; j < w->count[1] && w->twin[i] < 0; j++) {
      const dw_dataset_run *cheap = &w->dataset->run[w->run[1][j]];
      w->twin[i] = cheap->point == fine->point && cheap->seed == fine->seed ? j : -1;
    }
    w->pairs += w->twin[i] >= 0 ? 1 : 0;
  }
}

static dw_status check_coordinates(const dw_train_work *w) {
  const dw_dataset *d = w->dataset;
  for (int64_t r = 0; r < d->runs; r++) {
    for (int64_t k = 0; k < d->keys; k++) {
      double slope;
      const double x = dw_emulator_coordinate(&d->key[k], d->parameter[r * d->keys + k], &slope);
      w->x[r * d->keys + k] = x;
      if (w->used[r] && !(fabs(x) <= 1.0 + 1e-6)) {
        return dw_fail(DW_ERR_PARAM, "run %s of the data set has %s = %g, outside the scan's range of %g to %g",
                       d->run[r].id, d->key[k].key, d->parameter[r * d->keys + k], d->key[k].low, d->key[k].high);
      }
    }
  }
  return DW_OK;
}

static dw_status choose_levels(dw_train_work *w) {
  enum { FEWEST_CORRECTIONS = 4 };
  const int64_t fine = count_points(w, DW_LEVEL_FINE);
  const int64_t cheap = count_points(w, DW_LEVEL_CHEAP);
  const dw_emulator_levels asked = w->options->levels;
  w->both = asked == DW_LEVELS_BOTH ||
            (asked == DW_LEVELS_AUTO && w->pairs == w->count[0] && cheap >= fine && fine >= FEWEST_CORRECTIONS);
  if (w->both && (w->pairs < w->count[0] || fine < FEWEST_CORRECTIONS)) {
    return dw_fail(
        DW_ERR_PARAM,
        "both levels can't be used: %lld of %lld fine runs have a cheap twin of the same seed, and there are "
        "%lld fine points; all and at least %d are needed",
        (long long)w->pairs, (long long)w->count[0], (long long)fine, FEWEST_CORRECTIONS);
  }
  const int64_t points = w->both ? cheap : fine;
  w->fine_enough = fine >= w->dataset->keys + 2;
  if (points < w->dataset->keys + 2) {
    return dw_fail(DW_ERR_PARAM,
                   "%lld points are too few to learn from: with %lld parameters at least %lld are needed; run the scan "
                   "with more",
                   (long long)points, (long long)w->dataset->keys, (long long)w->dataset->keys + 2);
  }
  for (int64_t r = 0; r < w->dataset->runs && !w->both; r++) {
    w->used[r] = w->used[r] && w->dataset->run[r].level == DW_LEVEL_FINE;
  }
  return DW_OK;
}

static dw_status prepare(dw_train_work *w, void **memory) {
  const size_t runs = (size_t)w->dataset->runs;
  const size_t dims = (size_t)w->dataset->keys;
  DW_TRY(check_options(w->dataset, w->options));
  DW_TRY(dw_alloc(memory, runs * (sizeof(double) * 2 * dims + sizeof(int64_t) * 4 + sizeof(bool)) + sizeof(double), 1,
                  "runs of an emulator"));
  w->x = *memory;
  w->place = w->x + runs * dims;
  w->run[0] = (int64_t *)(void *)(w->place + runs * dims);
  w->run[1] = w->run[0] + runs;
  w->twin = w->run[1] + runs;
  w->design = w->twin + runs;
  w->used = (bool *)(void *)(w->design + runs);
  list_runs(w);
  DW_TRY(choose_levels(w));
  return check_coordinates(w);
}

/* --- the emulator --- */

static void fill_emulator(const dw_train_work *w, dw_emulator *e) {
  memcpy(e->key, w->dataset->key, (size_t)e->dims * sizeof *e->key);
  e->kernel = w->options->kernel;
  e->trend = w->options->trend;
  e->bound = w->options->bound;
  e->components = w->options->components;
}

/* The runs that some quantity learned from. */
static void name_runs(const dw_train_work *w, dw_emulator *e) {
  e->runs = 0;
  e->levels = 1;
  for (int64_t q = 0; q < e->quantities; q++) {
    e->levels = e->part[q].layers > e->levels ? e->part[q].layers : e->levels;
  }
  for (int64_t r = 0; r < w->dataset->runs; r++) {
    if (w->used[r] && (e->levels > 1 || w->dataset->run[r].level == DW_LEVEL_FINE)) {
      memcpy(e->id[e->runs++], w->dataset->run[r].id, sizeof e->id[0]);
    }
  }
}

static dw_status train(const dw_train_work *w, dw_emulator *e) {
  const char *names[DW_EMULATOR_QUANTITIES];
  int64_t count = 0;
  fill_emulator(w, e);
  DW_TRY(dw_quantity_names(w->dataset, w->options, &count, names));
  for (int64_t q = 0; q < count; q++) {
    e->quantities++;
    DW_TRY(dw_train_part(w, names[q], e->design, &e->part[q]));
  }
  name_runs(w, e);
  dw_emulator_count(e);
  const dw_layer *first = dw_emulator_support(e);
  e->reach = dw_emulator_reach(e->dims, first->points, first->x);
  return DW_OK;
}

dw_status dw_emulator_train(dw_emulator **emulator, const dw_dataset *dataset, const dw_emulator_options *options) {
  dw_train_work w = {.dataset = dataset, .options = options};
  void *memory = NULL;
  dw_emulator *e = NULL;
  *emulator = NULL;
  dw_linear_start();
  dw_status status = prepare(&w, &memory);
  if (status == DW_OK) {
    status = dw_emulator_create(&e, dataset->keys, w.count[0] + (w.both ? w.count[1] : 0),
                                count_points(&w, DW_LEVEL_FINE), dataset->base);
  }
  if (status == DW_OK) {
    status = train(&w, e);
  }
  if (status != DW_OK) {
    dw_emulator_destroy(e);
    e = NULL;
  }
  dw_free(memory);
  *emulator = e;
  return status;
}
