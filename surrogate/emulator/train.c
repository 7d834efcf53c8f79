/* Training: runs are chosen and checked, quantities taken, layers learned, errors calibrated. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "surrogate/emulator/emulator_private.h"
#include "surrogate/emulator/linear.h"
#include "surrogate/emulator/quantity.h"

typedef struct work {
  const dw_dataset *dataset;
  const dw_emulator_options *options;
  bool *used; /* (R), with the cheap runs only if they are used */
  bool both;
  int64_t count[2]; /* runs in use, fine and cheap */
  int64_t *run[2];  /* (count) which */
  int64_t pairs;    /* fine runs with a twin */
  int64_t *twin;    /* (count[0]) index in run[1], -1 without */
  double *x;        /* (R, D) coordinates */
  int64_t *design;  /* (R) scratch: points of the runs that are gathered */
  double *place;    /* (R, D) scratch: their coordinates */
} work;

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

static int64_t count_points(const work *w, int level) {
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

static void list_runs(work *w) {
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

static dw_status check_coordinates(const work *w) {
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

static dw_status choose_levels(work *w) {
  enum { FEWEST_CORRECTIONS = 4 };
  const int64_t fine = count_points(w, DW_LEVEL_FINE);
  const int64_t cheap = count_points(w, DW_LEVEL_CHEAP);
  const dw_emulator_levels asked = w->options->levels;
  w->both = asked == DW_LEVELS_BOTH ||
            (asked == DW_LEVELS_AUTO && w->pairs == w->count[0] && cheap >= 2 * fine && fine >= FEWEST_CORRECTIONS);
  if (w->both && (w->pairs < w->count[0] || fine < FEWEST_CORRECTIONS)) {
    return dw_fail(
        DW_ERR_PARAM,
        "both levels can't be used: %lld of %lld fine runs have a cheap twin of the same seed, and there are "
        "%lld fine points; all and at least %d are needed",
        (long long)w->pairs, (long long)w->count[0], (long long)fine, FEWEST_CORRECTIONS);
  }
  const int64_t points = w->both ? cheap : fine;
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

static dw_status prepare(work *w, void **memory) {
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

/* --- samples --- */

/* log y of the runs of a level (count, M). */
static dw_status take_level(const work *w, const dw_quantity *q, int level, double *values) {
  for (int64_t i = 0; i < w->count[level]; i++) {
    DW_TRY(dw_quantity_take(q, w->dataset, w->run[level][i], values + i * q->times * q->bins));
  }
  return DW_OK;
}

static dw_status sample_level(const work *w, int level, int64_t outputs, const double *values, dw_sample *sample) {
  const int64_t dims = w->dataset->keys;
  for (int64_t i = 0; i < w->count[level]; i++) {
    const int64_t r = w->run[level][i];
    w->design[i] = w->dataset->run[r].point;
    memcpy(w->place + i * dims, w->x + r * dims, (size_t)dims * sizeof(double));
  }
  return dw_sample_init(sample, dims, outputs, w->count[level], w->design, w->place, values);
}

/* What was taken and learned of one quantity on its way into a part. */
typedef struct lesson {
  dw_quantity quantity;
  int64_t outputs;
  double *fine;  /* (count[0], M); owns cheap */
  double *cheap; /* (count[1], M) */
  dw_sample own; /* of the fine runs */
  dw_sample level[DW_EMULATOR_LEVELS];
  double *rest[DW_EMULATOR_LEVELS]; /* (points, M) */
} lesson;

static void finalize(lesson *l) {
  dw_quantity_finalize(&l->quantity);
  dw_free(l->fine);
  dw_sample_finalize(&l->own);
  for (int i = 0; i < DW_EMULATOR_LEVELS; i++) {
    dw_sample_finalize(&l->level[i]);
    dw_free(l->rest[i]);
  }
}

/* With both levels the first sample is that of the cheap runs, the second that of the differences of twins. */
static dw_status take(const work *w, const char *name, lesson *l) {
  DW_TRY(dw_quantity_init(&l->quantity, w->dataset, w->options, w->used, name));
  l->outputs = l->quantity.times * l->quantity.bins;
  const int64_t all = w->count[0] + (w->both ? w->count[1] : 0);
  DW_TRY(dw_alloc((void **)&l->fine, (size_t)(all * l->outputs), sizeof(double), "logarithms of spectra"));
  l->cheap = l->fine + w->count[0] * l->outputs;
  DW_TRY(take_level(w, &l->quantity, DW_LEVEL_FINE, l->fine));
  DW_TRY(sample_level(w, DW_LEVEL_FINE, l->outputs, l->fine, &l->own));
  if (!w->both) {
    return sample_level(w, DW_LEVEL_FINE, l->outputs, l->fine, &l->level[0]);
  }
  DW_TRY(take_level(w, &l->quantity, DW_LEVEL_CHEAP, l->cheap));
  DW_TRY(sample_level(w, DW_LEVEL_CHEAP, l->outputs, l->cheap, &l->level[0]));
  for (int64_t i = 0; i < w->count[0] * l->outputs; i++) {
    l->fine[i] -= l->cheap[w->twin[i / l->outputs] * l->outputs + i % l->outputs];
  }
  return sample_level(w, DW_LEVEL_FINE, l->outputs, l->fine, &l->level[1]);
}

/* --- learning --- */

static int64_t find_point(const dw_sample *sample, int64_t design) {
  for (int64_t i = 0; i < sample->points; i++) {
    if (sample->design[i] == design) {
      return i;
    }
  }
  return -1;
}

/* error, variance and noise (n, M) of the fine points, each left out. */
static void leave_out(const dw_emulator_part *part, const lesson *l, double *error, double *variance, double *noise) {
  const int64_t m = l->outputs;
  const dw_sample *last = &l->level[part->layers - 1];
  memset(error, 0, (size_t)(3 * last->points * m) * sizeof *error); /* they follow each other */
  for (int64_t i = 0; i < last->points; i++) {
    for (int64_t layer = 0; layer < part->layers; layer++) {
      const dw_sample *s = &l->level[layer];
      const int64_t at = find_point(s, last->design[i]);
      dw_layer_leave_out(&part->layer[layer], at, l->rest[layer] + at * m, error + i * m, variance + i * m);
      for (int64_t j = 0; j < m; j++) {
        noise[i * m + j] += s->scatter[j] * s->factor[at] / s->seeds[at];
      }
    }
  }
}

/* The table of checks, and the error over all points without what the seeds leave in the measurement. */
static void fill_checks(dw_emulator_part *part, int64_t points, int64_t m, const double *error, const double *variance,
                        const double *noise) {
  const double square = part->about.scale * part->about.scale;
  double sum = 0.0;
  for (int64_t i = 0; i < points; i++) {
    double found = 0.0;
    double expected = 0.0;
    for (int64_t j = i * m; j < (i + 1) * m; j++) {
      found += error[j] * error[j] / (double)m;
      expected += (square * variance[j] + noise[j]) / (double)m;
      sum += (error[j] * error[j] - noise[j]) / (double)(m * points);
    }
    part->check[2 * i] = sqrt(found);
    part->check[2 * i + 1] = sqrt(expected);
  }
  part->about.error = sqrt(fmax(sum, 0.0));
}

static dw_status check_part(dw_emulator_part *part, const lesson *l, bool calibrated) {
  const int64_t points = l->level[part->layers - 1].points;
  const int64_t count = points * l->outputs;
  double *error = NULL;
  DW_TRY(dw_alloc((void **)&error, 4 * (size_t)count, sizeof *error, "calibration of an emulator"));
  leave_out(part, l, error, error + count, error + 2 * count);
  if (calibrated) {
    dw_emulator_calibrate(points, count, error, error + count, error + 2 * count, error + 3 * count, &part->about);
  }
  fill_checks(part, points, l->outputs, error, error + count, error + 2 * count);
  dw_free(error);
  return DW_OK;
}

/* Scatter of one realisation: of the fine runs; of the cheap ones where those have no repeated seeds; else what the
 * processes take for noise. */
static void fill_seed(dw_emulator_part *part, const lesson *l, int64_t dims) {
  const dw_sample *from = l->own.repeated ? &l->own : &l->level[0];
  memcpy(part->seed, from->scatter, (size_t)l->outputs * sizeof(double));
  memcpy(part->slope, from->slope, (size_t)dims * sizeof(double));
  const dw_layer *layer = &part->layer[0];
  for (int64_t c = 0; c < layer->components && !from->repeated; c++) {
    for (int64_t j = 0; j < l->outputs; j++) {
      const double basis = layer->basis[c * l->outputs + j];
      part->seed[j] += layer->process[c].kernel.nugget * basis * basis;
    }
  }
}

static dw_status learn_part(const work *w, lesson *l, dw_emulator_part *part) {
  const dw_quantity *q = &l->quantity;
  const dw_layer_options options = {
      .kernel = w->options->kernel, .trend = w->options->trend, .components = w->options->components};
  DW_TRY(dw_emulator_part_init(part, q->name, q->spectrum >= 0, w->dataset->keys, l->own.points, q->times, q->bins));
  memcpy(part->tau, q->tau, (size_t)q->times * sizeof(double));
  if (q->spectrum >= 0) {
    memcpy(part->k, q->k, (size_t)q->bins * sizeof(double));
    memcpy(part->count, q->count, (size_t)q->bins * sizeof(double));
  }
  part->layers = w->both ? 2 : 1;
  for (int64_t i = 0; i < part->layers; i++) {
    const size_t numbers = (size_t)(l->level[i].points * l->outputs);
    DW_TRY(dw_alloc((void **)&l->rest[i], numbers, sizeof(double), "training of an emulator"));
    DW_TRY(dw_layer_train(&part->layer[i], &l->level[i], &options, l->rest[i]));
  }
  fill_seed(part, l, w->dataset->keys);
  return check_part(part, l, w->options->calibrated);
}

static dw_status learn(const work *w, const char *name, dw_emulator *e, dw_emulator_part *part) {
  lesson l = {.outputs = 0};
  dw_status status = take(w, name, &l);
  if (status == DW_OK) {
    status = learn_part(w, &l, part);
    memcpy(e->design, l.own.design, (size_t)e->points * sizeof *e->design);
  }
  finalize(&l);
  return status;
}

static void fill_emulator(const work *w, dw_emulator *e) {
  memcpy(e->key, w->dataset->key, (size_t)e->dims * sizeof *e->key);
  int64_t count = 0;
  for (int64_t r = 0; r < w->dataset->runs; r++) {
    if (w->used[r]) {
      memcpy(e->id[count++], w->dataset->run[r].id, sizeof e->id[0]);
    }
  }
  e->kernel = w->options->kernel;
  e->trend = w->options->trend;
  e->bound = w->options->bound;
  e->levels = w->both ? 2 : 1;
  e->components = w->options->components;
}

static dw_status train(const work *w, dw_emulator *e) {
  const char *names[DW_EMULATOR_QUANTITIES];
  int64_t count = 0;
  fill_emulator(w, e);
  DW_TRY(dw_quantity_names(w->dataset, w->options, &count, names));
  for (int64_t q = 0; q < count; q++) {
    e->quantities++;
    DW_TRY(learn(w, names[q], e, &e->part[q]));
  }
  dw_emulator_count(e);
  const dw_layer *first = &e->part[0].layer[0];
  e->reach = dw_emulator_reach(e->dims, first->points, first->x);
  return DW_OK;
}

dw_status dw_emulator_train(dw_emulator **emulator, const dw_dataset *dataset, const dw_emulator_options *options) {
  work w = {.dataset = dataset, .options = options};
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
