#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "surrogate/emulator/emulator_private.h"

dw_emulator_options dw_emulator_defaults(void) {
  return (dw_emulator_options){.times_at_most = 12,
                               .kernel = DW_KERNEL_MATERN,
                               .trend = DW_TREND_LINEAR,
                               .levels = DW_LEVELS_AUTO,
                               .components = 20,
                               .bound = 0.2,
                               .calibrated = true};
}

const char *dw_emulator_verdict_name(dw_emulator_verdict verdict) {
  static const char *const names[] = {"OK", "DEGRADED", "OUT"};
  return names[verdict];
}

/* --- the handle --- */

dw_status dw_emulator_create(dw_emulator **emulator, int64_t dims, int64_t runs, int64_t points, const char *base) {
  *emulator = NULL;
  dw_emulator *e = NULL;
  DW_TRY(dw_alloc((void **)&e, 1, sizeof *e, "emulator"));
  memset(e, 0, sizeof *e);
  e->dims = dims;
  e->runs = runs;
  e->points = points;
  dw_status status = dw_alloc((void **)&e->key, (size_t)dims, sizeof *e->key, "parameters of an emulator");
  if (status == DW_OK) {
    status = dw_alloc((void **)&e->id, (size_t)runs, sizeof *e->id, "runs of an emulator");
  }
  if (status == DW_OK) {
    status = dw_alloc((void **)&e->design, (size_t)points, sizeof *e->design, "points of an emulator");
  }
  if (status == DW_OK) {
    status = dw_alloc((void **)&e->base, strlen(base) + 1, 1, "parameters of an emulator");
  }
  if (status != DW_OK) {
    dw_emulator_destroy(e);
    return status;
  }
  memset(e->key, 0, (size_t)dims * sizeof *e->key);
  memset(e->id, 0, (size_t)runs * sizeof *e->id);
  memcpy(e->base, base, strlen(base) + 1);
  *emulator = e;
  return DW_OK;
}

dw_status dw_emulator_part_init(dw_emulator_part *part, const char *name, bool is_spectrum, int64_t dims,
                                int64_t points, int64_t times, int64_t bins) {
  *part = (dw_emulator_part){.is_spectrum = is_spectrum};
  (void)snprintf(part->name, sizeof part->name, "%s", name);
  const size_t numbers = (size_t)(times + 2 * bins + 2 * times * bins + dims + 2 * points);
  DW_TRY(dw_alloc((void **)&part->tau, numbers, sizeof(double), "quantities of an emulator"));
  memset(part->tau, 0, numbers * sizeof(double));
  part->k = part->tau + times;
  part->count = part->k + bins;
  part->seed = part->count + bins;
  part->slope = part->seed + times * bins;
  part->check = part->slope + dims;
  part->rho = part->check + 2 * points;
  for (int64_t j = 0; j < times * bins; j++) {
    part->rho[j] = (double)NAN;
  }
  part->about = (dw_emulator_quantity){.times = times,
                                       .bins = bins,
                                       .tau = part->tau,
                                       .k = is_spectrum ? part->k : NULL,
                                       .count = is_spectrum ? part->count : NULL,
                                       .scale = 1.0,
                                       .q68 = 1.0,
                                       .q95 = 1.96};
  return DW_OK;
}

void dw_emulator_part_finalize(dw_emulator_part *part) {
  dw_free(part->tau);
  for (int l = 0; l < DW_EMULATOR_LEVELS; l++) {
    dw_layer_finalize(&part->layer[l]);
  }
  *part = (dw_emulator_part){.layers = 0};
}

void dw_emulator_count(dw_emulator *emulator) {
  emulator->outputs = 0;
  for (int64_t q = 0; q < emulator->quantities; q++) {
    dw_emulator_part *part = &emulator->part[q];
    part->about.name = part->name;
    part->about.first = emulator->outputs;
    part->about.components = part->layer[0].components;
    emulator->outputs += part->about.times * part->about.bins;
  }
}

void dw_emulator_destroy(dw_emulator *emulator) {
  for (int64_t q = 0; emulator != NULL && q < DW_EMULATOR_QUANTITIES; q++) {
    dw_emulator_part_finalize(&emulator->part[q]);
  }
  if (emulator != NULL) {
    dw_free(emulator->key);
    dw_free(emulator->id);
    dw_free(emulator->design);
    dw_free(emulator->base);
  }
  dw_free(emulator);
}

int64_t dw_emulator_parameters(const dw_emulator *emulator) { return emulator->dims; }
const dw_dataset_key *dw_emulator_key(const dw_emulator *emulator, int64_t d) { return &emulator->key[d]; }
const char *dw_emulator_base(const dw_emulator *emulator) { return emulator->base; }
dw_emulator_options dw_emulator_options_of(const dw_emulator *emulator) {
  dw_emulator_options options = dw_emulator_defaults();
  options.kernel = emulator->kernel;
  options.trend = emulator->trend;
  options.bound = emulator->bound;
  options.components = emulator->components;
  options.levels = emulator->levels > 1 ? DW_LEVELS_BOTH : DW_LEVELS_FINE;
  return options;
}
int64_t dw_emulator_points(const dw_emulator *emulator) { return emulator->points; }
int64_t dw_emulator_runs(const dw_emulator *emulator) { return emulator->runs; }
const char *dw_emulator_run_id(const dw_emulator *emulator, int64_t r) { return emulator->id[r]; }
int64_t dw_emulator_quantities(const dw_emulator *emulator) { return emulator->quantities; }
int64_t dw_emulator_outputs(const dw_emulator *emulator) { return emulator->outputs; }
const dw_emulator_quantity *dw_emulator_quantity_at(const dw_emulator *emulator, int64_t q) {
  return &emulator->part[q].about;
}

/* --- predictions --- */

int64_t dw_emulator_scratch(const dw_emulator *emulator) {
  int64_t most = 1;
  for (int64_t q = 0; q < emulator->quantities; q++) {
    for (int64_t l = 0; l < emulator->part[q].layers; l++) {
      const int64_t own = dw_layer_scratch(&emulator->part[q].layer[l]);
      most = own > most ? own : most;
    }
  }
  return most;
}

dw_status dw_emulator_prediction_create(dw_emulator_prediction **prediction, const dw_emulator *emulator,
                                        bool gradients) {
  *prediction = NULL;
  dw_emulator_prediction *p = NULL;
  double *block = NULL;
  const int64_t m = emulator->outputs;
  const int64_t numbers = m * (5 + (gradients ? emulator->dims : 0)) + dw_emulator_scratch(emulator);
  DW_TRY(dw_alloc((void **)&p, 1, sizeof *p, "prediction"));
  const dw_status status = dw_alloc((void **)&block, (size_t)numbers, sizeof *block, "prediction");
  if (status != DW_OK) {
    dw_free(p);
    return status;
  }
  memset(p, 0, sizeof *p);
  p->outputs = m;
  p->mean = block;
  p->value = block + m;
  p->emulator = block + 2 * m;
  p->truncation = block + 3 * m;
  p->seed = block + 4 * m;
  p->scratch = block + 5 * m;
  p->gradient = gradients ? p->scratch + dw_emulator_scratch(emulator) : NULL;
  *prediction = p;
  return DW_OK;
}

void dw_emulator_prediction_destroy(dw_emulator_prediction *prediction) {
  if (prediction != NULL) {
    dw_free(prediction->mean);
  }
  dw_free(prediction);
}

/* One quantity at coordinates x. */
static void predict_part(const dw_emulator *e, const dw_emulator_part *part, const double *x, dw_emulator_prediction *p,
                         double *gradient) {
  const int64_t m = part->about.times * part->about.bins;
  const int64_t first = part->about.first;
  const double square = part->about.scale * part->about.scale;
  const double factor = dw_seed_sample_factor(e->dims, part->slope, x);
  for (int64_t l = 0; l < part->layers; l++) {
    dw_layer_add(&part->layer[l], x, p->mean + first, p->emulator + first, p->truncation + first, gradient, e->outputs,
                 p->scratch);
  }
  double sum = 0.0;
  for (int64_t j = first; j < first + m; j++) {
    p->emulator[j] *= square;
    p->truncation[j] *= square;
    p->seed[j] = factor * part->seed[j - first];
    p->value[j] = exp(p->mean[j] + 0.5 * p->seed[j]);
    sum += p->emulator[j] + p->truncation[j];
  }
  p->error[part - e->part] = sqrt(sum / (double)m);
}

static void judge(const dw_emulator *e, dw_emulator_prediction *p) {
  for (int64_t q = 0; q < e->quantities; q++) {
    if (p->verdict == DW_EMULATOR_GOOD && !(p->error[q] <= e->bound)) {
      p->verdict = DW_EMULATOR_DEGRADED;
      (void)snprintf(p->reason, sizeof p->reason, "the error of log %s is %.3g, above the bound of %.3g",
                     e->part[q].name, p->error[q], e->bound);
    }
  }
}

/* Nothing that could be taken for a result. */
static void blank(const dw_emulator *e, dw_emulator_prediction *p) {
  const int64_t count = e->outputs * 5;
  for (int64_t j = 0; j < count; j++) {
    p->mean[j] = (double)NAN;
  }
  for (int64_t j = 0; p->gradient != NULL && j < e->outputs * e->dims; j++) {
    p->gradient[j] = (double)NAN;
  }
  for (int64_t q = 0; q < DW_EMULATOR_QUANTITIES; q++) {
    p->error[q] = (double)NAN;
  }
}

dw_status dw_emulator_predict(const dw_emulator *emulator, const double *parameter,
                              dw_emulator_prediction *prediction) {
  double x[DW_KERNEL_DIMS];
  const dw_emulator *e = emulator;
  dw_emulator_prediction *p = prediction;
  if (p->outputs != e->outputs) {
    return dw_fail(DW_ERR_INTERNAL, "a prediction of %lld outputs was made for another emulator",
                   (long long)p->outputs);
  }
  p->reason[0] = '\0';
  p->verdict = dw_emulator_place(e, parameter, x, p->reason, sizeof p->reason);
  if (p->verdict == DW_EMULATOR_OUT) {
    blank(e, p);
    return DW_OK;
  }
  memset(p->mean, 0, (size_t)(5 * e->outputs) * sizeof(double));
  if (p->gradient != NULL) {
    memset(p->gradient, 0, (size_t)(e->outputs * e->dims) * sizeof(double));
  }
  for (int64_t q = 0; q < e->quantities; q++) {
    predict_part(e, &e->part[q], x, p, p->gradient != NULL ? p->gradient + e->part[q].about.first : NULL);
  }
  for (int64_t d = 0; d < e->dims && p->gradient != NULL; d++) {
    double slope = 0.0;
    (void)dw_emulator_coordinate(&e->key[d], parameter[d], &slope);
    for (int64_t j = 0; j < e->outputs; j++) {
      p->gradient[d * e->outputs + j] *= slope;
    }
  }
  judge(e, p);
  return DW_OK;
}
