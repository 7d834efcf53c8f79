/* Training of one quantity: it is taken from the runs, learned, and its errors are calibrated. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "surrogate/emulator/linear.h"
#include "surrogate/emulator/quantity.h"
#include "surrogate/emulator/train_private.h"

/* --- samples --- */

/* log y of the runs of a level (count, M). */
static dw_status take_level(const dw_train_work *w, const dw_quantity *q, int level, double *values) {
  for (int64_t i = 0; i < w->count[level]; i++) {
    DW_TRY(dw_quantity_take(q, w->dataset, w->run[level][i], values + i * q->times * q->bins));
  }
  return DW_OK;
}

static dw_status sample_level(const dw_train_work *w, int level, int64_t outputs, const double *values,
                              dw_seed_sample *sample) {
  const int64_t dims = w->dataset->keys;
  for (int64_t i = 0; i < w->count[level]; i++) {
    const int64_t r = w->run[level][i];
    w->design[i] = w->dataset->run[r].point;
    memcpy(w->place + i * dims, w->x + r * dims, (size_t)dims * sizeof(double));
  }
  return dw_seed_sample_init(sample, dims, outputs, w->count[level], w->design, w->place, values);
}

/* What was taken and learned of one quantity on its way into a part. */
typedef struct lesson {
  dw_quantity quantity;
  int64_t outputs;
  double *fine;       /* (count[0], M); owns cheap and rho */
  double *cheap;      /* (count[1], M) */
  double *rho;        /* (M) fine - rho cheap is what is corrected */
  dw_seed_sample own; /* of the fine runs */
  dw_seed_sample level[DW_EMULATOR_LEVELS];
  double *rest[DW_EMULATOR_LEVELS]; /* (points, M) */
} lesson;

static void finalize(lesson *l) {
  dw_quantity_finalize(&l->quantity);
  dw_free(l->fine);
  dw_seed_sample_finalize(&l->own);
  for (int i = 0; i < DW_EMULATOR_LEVELS; i++) {
    dw_seed_sample_finalize(&l->level[i]);
    dw_free(l->rest[i]);
  }
}

static int64_t find_point(const dw_seed_sample *sample, int64_t design) {
  for (int64_t i = 0; i < sample->points; i++) {
    if (sample->design[i] == design) {
      return i;
    }
  }
  return -1;
}

/* rho of each output: how the fine mean goes with the cheap one where both are measured, beside a linear dependence on
 * the place, by least squares; 1 with too few points. */
static dw_status fit_rho(const lesson *l) {
  enum { SPARE = 4 };
  const dw_seed_sample *fine = &l->own;
  const int64_t terms = fine->dims + 2;
  double *matrix = NULL;
  DW_TRY(dw_alloc((void **)&matrix, (size_t)(fine->points * (terms + 1)), sizeof *matrix, "training of an emulator"));
  double *right = matrix + fine->points * terms;
  dw_status status = DW_OK;
  for (int64_t j = 0; j < l->outputs && status == DW_OK; j++) {
    for (int64_t i = 0; i < fine->points; i++) {
      double *row = matrix + i * terms;
      row[0] = l->level[0].mean[find_point(&l->level[0], fine->design[i]) * l->outputs + j];
      row[1] = 1.0;
      memcpy(row + 2, fine->x + i * fine->dims, (size_t)fine->dims * sizeof *row);
      right[i] = fine->mean[i * l->outputs + j];
    }
    l->rho[j] = 1.0;
    if (fine->points >= terms + SPARE) {
      status = dw_linear_least_squares(fine->points, terms, 1, matrix, right);
      l->rho[j] = fmin(fmax(right[0], -2.0), 2.0);
    }
  }
  dw_free(matrix);
  return status;
}

/* The cheap layer in units of the fine runs. */
static void scale_layer(dw_layer *layer, const double *rho, double *rest) {
  const int64_t m = layer->outputs;
  for (int64_t j = 0; j < m; j++) {
    layer->mean[j] *= rho[j];
    layer->truncation[j] *= rho[j] * rho[j];
    for (int64_t c = 0; c < layer->components; c++) {
      layer->basis[c * m + j] *= rho[j];
    }
    for (int64_t i = 0; i < layer->points; i++) {
      rest[i * m + j] *= rho[j];
    }
  }
}

/* With both levels the first sample is that of the cheap runs, the second that of the differences of twins. */
static dw_status take(const dw_train_work *w, const char *name, bool both, lesson *l) {
  DW_TRY(dw_quantity_init(&l->quantity, w->dataset, w->options, w->used, name));
  l->outputs = l->quantity.times * l->quantity.bins;
  const int64_t all = w->count[0] + (both ? w->count[1] : 0);
  DW_TRY(dw_alloc((void **)&l->fine, (size_t)((all + 1) * l->outputs), sizeof(double), "logarithms of spectra"));
  l->cheap = l->fine + w->count[0] * l->outputs;
  l->rho = l->fine + all * l->outputs;
  DW_TRY(take_level(w, &l->quantity, DW_LEVEL_FINE, l->fine));
  DW_TRY(sample_level(w, DW_LEVEL_FINE, l->outputs, l->fine, &l->own));
  if (!both) {
    return sample_level(w, DW_LEVEL_FINE, l->outputs, l->fine, &l->level[0]);
  }
  DW_TRY(take_level(w, &l->quantity, DW_LEVEL_CHEAP, l->cheap));
  DW_TRY(sample_level(w, DW_LEVEL_CHEAP, l->outputs, l->cheap, &l->level[0]));
  DW_TRY(fit_rho(l));
  for (int64_t i = 0; i < w->count[0] * l->outputs; i++) {
    const int64_t j = i % l->outputs;
    l->fine[i] -= l->rho[j] * l->cheap[w->twin[i / l->outputs] * l->outputs + j];
  }
  return sample_level(w, DW_LEVEL_FINE, l->outputs, l->fine, &l->level[1]);
}

/* --- learning --- */

/* error, variance and noise (n, M) of the fine points, each left out. */
static void leave_out(const dw_emulator_part *part, const lesson *l, double *error, double *variance, double *noise) {
  const int64_t m = l->outputs;
  const dw_seed_sample *last = &l->level[part->layers - 1];
  memset(error, 0, (size_t)(3 * last->points * m) * sizeof *error); /* they follow each other */
  for (int64_t i = 0; i < last->points; i++) {
    for (int64_t layer = 0; layer < part->layers; layer++) {
      const dw_seed_sample *s = &l->level[layer];
      const int64_t at = find_point(s, last->design[i]);
      dw_layer_leave_out(&part->layer[layer], at, l->rest[layer] + at * m, error + i * m, variance + i * m);
      for (int64_t j = 0; j < m; j++) {
        const double rho = layer == 0 && part->layers > 1 ? l->rho[j] : 1.0;
        noise[i * m + j] += rho * rho * s->scatter[j] * s->factor[at] / s->seeds[at];
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
  const dw_seed_sample *from = l->own.repeated ? &l->own : &l->level[0];
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

static dw_status learn_part(const dw_train_work *w, bool both, lesson *l, dw_emulator_part *part) {
  const dw_quantity *q = &l->quantity;
  const dw_layer_options options = {
      .kernel = w->options->kernel, .trend = w->options->trend, .components = w->options->components};
  DW_TRY(dw_emulator_part_init(part, q->name, q->spectrum >= 0, w->dataset->keys, l->own.points, q->times, q->bins));
  memcpy(part->tau, q->tau, (size_t)q->times * sizeof(double));
  if (q->spectrum >= 0) {
    memcpy(part->k, q->k, (size_t)q->bins * sizeof(double));
    memcpy(part->count, q->count, (size_t)q->bins * sizeof(double));
  }
  part->layers = both ? 2 : 1;
  for (int64_t i = 0; i < part->layers; i++) {
    const size_t numbers = (size_t)(l->level[i].points * l->outputs);
    DW_TRY(dw_alloc((void **)&l->rest[i], numbers, sizeof(double), "training of an emulator"));
    DW_TRY(dw_layer_train(&part->layer[i], &l->level[i], &options, l->rest[i]));
  }
  if (part->layers > 1) {
    scale_layer(&part->layer[0], l->rho, l->rest[0]);
    memcpy(part->rho, l->rho, (size_t)l->outputs * sizeof(double));
  }
  fill_seed(part, l, w->dataset->keys);
  return check_part(part, l, w->options->calibrated);
}

static dw_status learn(const dw_train_work *w, const char *name, bool both, int64_t *design, dw_emulator_part *part) {
  lesson l = {.outputs = 0};
  dw_status status = take(w, name, both, &l);
  if (status == DW_OK) {
    status = learn_part(w, both, &l, part);
    memcpy(design, l.own.design, (size_t)l.own.points * sizeof *design);
  }
  finalize(&l);
  return status;
}

/* Cheap runs must do this much for the error. */
static const double GAIN = 0.95;

/* Both ways; where cheap runs can't be used (walls that are gone, say), or the fine ones are too few alone, the other.
 */
static dw_status learn_better(const dw_train_work *w, const char *name, int64_t *design, dw_emulator_part *part) {
  dw_emulator_part fine = {.layers = 0};
  dw_status status = learn(w, name, true, design, part);
  if (!w->fine_enough || (status != DW_OK && status != DW_ERR_PARAM)) {
    return status;
  }
  const bool works = status == DW_OK;
  status = learn(w, name, false, design, &fine);
  if (status == DW_OK && (!works || part->about.error > GAIN * fine.about.error)) {
    dw_emulator_part_finalize(part);
    *part = fine;
  } else {
    dw_emulator_part_finalize(&fine);
  }
  return status == DW_ERR_PARAM && works ? DW_OK : status;
}

dw_status dw_train_part(const dw_train_work *work, const char *name, int64_t *design, dw_emulator_part *part) {
  return work->both && work->options->levels == DW_LEVELS_AUTO ? learn_better(work, name, design, part)
                                                               : learn(work, name, work->both, design, part);
}
