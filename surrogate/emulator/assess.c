#include "surrogate/emulator/assess.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "surrogate/emulator/assess_private.h"
#include "surrogate/emulator/baselines.h"
#include "surrogate/emulator/emulator_private.h"
#include "surrogate/emulator/quantity.h"

double dw_assessment_error(const dw_assessment *assessment, dw_method method) {
  const double count = assessment->count[method];
  return count > 0.0 ? sqrt(fmax(assessment->square[method] / count, 0.0)) : (double)NAN;
}

double dw_assessment_z(const dw_assessment *assessment) {
  return sqrt(assessment->z_square / fmax(assessment->values, 1.0));
}

double dw_assessment_within(const dw_assessment *assessment, double within) {
  return within / fmax(assessment->values, 1.0);
}

const char *dw_method_name(dw_method method) {
  static const char *const names[DW_METHODS] = {
      [DW_METHOD_EMULATOR] = "emulator",         [DW_METHOD_NEAREST] = "nearest point",
      [DW_METHOD_LINEAR] = "linear regression",  [DW_METHOD_SIMPLEX] = "linear simplex",
      [DW_METHOD_QUADRATIC] = "quadratic regr.", [DW_METHOD_VOS] = "one-scale model"};
  return names[method];
}

void dw_assess_learned(const dw_emulator *emulator, const dw_dataset *dataset, bool *learned) {
  for (int64_t r = 0; r < dataset->runs; r++) {
    learned[r] = false;
    for (int64_t i = 0; i < emulator->runs && !learned[r]; i++) {
      learned[r] = strcmp(emulator->id[i], dataset->run[r].id) == 0;
    }
  }
}

/* --- one quantity --- */

typedef struct trial {
  const dw_emulator *emulator;
  const dw_dataset *dataset;
  int64_t q;
  int64_t outputs; /* M of the quantity */
  dw_seed_sample learned;
  dw_seed_sample test;
  double *coefficient[2]; /* of the regressions */
  double *scratch;        /* (M + n + terms) */
} trial;

static dw_status sample_of(const trial *t, const dw_quantity *quantity, const bool *mask, dw_seed_sample *sample) {
  const dw_dataset *d = t->dataset;
  const int64_t m = t->outputs;
  double *values = NULL;
  int64_t count = 0;
  DW_TRY(dw_alloc((void **)&values, (size_t)(d->runs * (m + d->keys + 1)), sizeof *values, "runs to compare with"));
  double *x = values + d->runs * m;
  int64_t *design = (int64_t *)(void *)(x + d->runs * d->keys);
  dw_status status = DW_OK;
  for (int64_t r = 0; r < d->runs && status == DW_OK; r++) {
    if (!mask[r] || d->run[r].level != DW_LEVEL_FINE) {
      continue;
    }
    for (int64_t k = 0; k < d->keys; k++) {
      double slope;
      x[count * d->keys + k] = dw_emulator_coordinate(&t->emulator->key[k], d->parameter[r * d->keys + k], &slope);
    }
    design[count] = d->run[r].point;
    status = dw_quantity_take(quantity, d, r, values + count * m);
    count++;
  }
  if (status == DW_OK && count > 0) {
    status = dw_seed_sample_init(sample, d->keys, m, count, design, x, values);
  }
  dw_free(values);
  return status;
}

static void add_error(dw_assessment *a, dw_method method, int64_t m, const double *found, const double *mean,
                      const double *noise) {
  for (int64_t j = 0; j < m; j++) {
    const double off = found[j] - mean[j];
    a->square[method] += off * off - noise[j];
    a->count[method] += 1.0;
  }
}

/* What the seeds leave in the test mean i. */
static void fill_noise(const trial *t, const dw_emulator_prediction *p, int64_t i, double *noise) {
  const int64_t first = t->emulator->part[t->q].about.first;
  for (int64_t j = 0; j < t->outputs; j++) {
    const double seed = t->test.repeated ? t->test.scatter[j] * t->test.factor[i] : p->seed[first + j];
    noise[j] = seed / t->test.seeds[i];
  }
}

/* Output j at test point i. */
static dw_assess_value compare(const trial *t, const dw_emulator_prediction *p, int64_t i, int64_t j) {
  const dw_emulator_quantity *about = &t->emulator->part[t->q].about;
  const int64_t at = about->first + j;
  const double error = p->emulator[at] + p->truncation[at];
  const double noise = p->seed[at] / t->test.seeds[i];
  const double measured = t->test.mean[i * t->outputs + j];
  const double z = (p->mean[at] - measured) / sqrt(fmax(error + noise, 1e-300));
  return (dw_assess_value){.design = t->test.design[i],
                           .tau = about->tau[j / about->bins],
                           .k = about->k != NULL ? about->k[j % about->bins] : 0.0,
                           .measured = measured,
                           .predicted = p->mean[at],
                           .error = sqrt(error),
                           .half68 = about->q68 * sqrt(error),
                           .half95 = about->q95 * sqrt(error),
                           .noise = sqrt(noise),
                           .z = z,
                           .is_within68 = fabs(z) <= about->q68,
                           .is_within95 = fabs(z) <= about->q95};
}

static dw_status add_emulator(const trial *t, const dw_emulator_prediction *p, int64_t i, const double *noise,
                              dw_assessments *all) {
  dw_assessment *a = &all->quantity[t->q];
  add_error(a, DW_METHOD_EMULATOR, t->outputs, p->mean + t->emulator->part[t->q].about.first,
            t->test.mean + i * t->outputs, noise);
  for (int64_t j = 0; j < t->outputs; j++) {
    const dw_assess_value value = compare(t, p, i, j);
    a->z_square += value.z * value.z;
    a->within68 += value.is_within68 ? 1.0 : 0.0;
    a->within95 += value.is_within95 ? 1.0 : 0.0;
    a->values += 1.0;
    DW_TRY(all->record != NULL ? dw_assess_record_value(all->record, t->q, &value) : DW_OK);
  }
  return DW_OK;
}

static dw_status prepare_regressions(trial *t) {
  const int64_t n = t->learned.points;
  for (int degree = 1; degree <= 2; degree++) {
    const int64_t terms = dw_baseline_terms(t->dataset->keys, degree);
    if (n > terms) {
      DW_TRY(dw_alloc((void **)&t->coefficient[degree - 1], (size_t)(n * t->outputs), sizeof(double), "regression"));
      DW_TRY(dw_baseline_regress(t->dataset->keys, degree, n, t->outputs, t->learned.x, t->learned.mean,
                                 t->coefficient[degree - 1]));
    }
  }
  return DW_OK;
}

/* sum_i weight_i row_i */
static void combine(int64_t count, int64_t m, const double *weight, const double *rows, double *result) {
  memset(result, 0, (size_t)m * sizeof *result);
  for (int64_t i = 0; i < count; i++) {
    for (int64_t j = 0; j < m && (weight[i] < 0.0 || weight[i] > 0.0); j++) {
      result[j] += weight[i] * rows[i * m + j];
    }
  }
}

static dw_status add_baselines(const trial *t, int64_t i, const double *noise, dw_assessments *all) {
  const int64_t dims = t->dataset->keys;
  const int64_t m = t->outputs;
  const dw_seed_sample *l = &t->learned;
  const double *at = t->test.x + i * dims;
  const double *mean = t->test.mean + i * m;
  dw_assessment *a = &all->quantity[t->q];
  double *found = t->scratch;
  double *weight = t->scratch + m;
  bool inside = false;
  const int64_t nearest = dw_baseline_nearest(dims, l->points, l->x, at);
  add_error(a, DW_METHOD_NEAREST, m, l->mean + nearest * m, mean, noise);
  DW_TRY(dw_baseline_simplex(dims, l->points, l->x, at, weight, &inside));
  all->outside += t->q == 0 && !inside ? 1 : 0;
  combine(l->points, m, weight, l->mean, found);
  add_error(a, DW_METHOD_SIMPLEX, m, found, mean, noise);
  for (int degree = 1; degree <= 2; degree++) {
    if (t->coefficient[degree - 1] != NULL) {
      dw_baseline_polynomial(dims, degree, at, weight);
      combine(dw_baseline_terms(dims, degree), m, weight, t->coefficient[degree - 1], found);
      add_error(a, degree == 1 ? DW_METHOD_LINEAR : DW_METHOD_QUADRATIC, m, found, mean, noise);
    }
  }
  return DW_OK;
}

/* Parameters of test point i, from one of its runs. */
static const double *parameters_of(const trial *t, int64_t i) {
  for (int64_t r = 0; r < t->dataset->runs; r++) {
    if (t->dataset->run[r].point == t->test.design[i]) {
      return t->dataset->parameter + r * t->dataset->keys;
    }
  }
  return NULL;
}

/* The verdict on test point i, which is the same for all quantities. */
static dw_status add_verdict(const trial *t, const dw_emulator_prediction *p, int64_t i, const double *parameter,
                             dw_assessments *all) {
  all->verdict[p->verdict]++;
  if (all->record == NULL) {
    return DW_OK;
  }
  dw_assess_point point = {
      .design = t->test.design[i], .seeds = (int64_t)t->test.seeds[i], .verdict = p->verdict, .parameter = {0.0}};
  memcpy(point.parameter, parameter, (size_t)t->dataset->keys * sizeof *parameter);
  return dw_assess_record_point(all->record, &point);
}

static dw_status try_points(trial *t, dw_emulator_prediction *p, dw_assessments *all) {
  double *noise = NULL;
  DW_TRY(dw_alloc((void **)&noise, (size_t)t->outputs, sizeof *noise, "runs to compare with"));
  dw_status status = DW_OK;
  for (int64_t i = 0; i < t->test.points && status == DW_OK; i++) {
    const double *parameter = parameters_of(t, i);
    status = dw_emulator_predict(t->emulator, parameter, p);
    if (status == DW_OK && t->q == 0) {
      status = add_verdict(t, p, i, parameter, all);
    }
    if (status != DW_OK || p->verdict == DW_EMULATOR_OUT) {
      continue;
    }
    fill_noise(t, p, i, noise);
    status = add_emulator(t, p, i, noise, all);
    if (status == DW_OK && t->learned.points > 0) {
      status = add_baselines(t, i, noise, all);
    }
    if (status == DW_OK) {
      status = dw_assess_vos(t->emulator, &t->emulator->part[t->q].about, parameter, t->dataset, t->test.design[i],
                             t->test.mean + i * t->outputs, noise, &all->quantity[t->q]);
    }
  }
  dw_free(noise);
  return status;
}

static dw_status try_quantity(trial *t, const bool *learned, const bool *test, dw_emulator_prediction *p,
                              dw_assessments *all) {
  dw_quantity quantity;
  dw_status status = dw_quantity_match(&quantity, t->dataset, &t->emulator->part[t->q].about);
  t->outputs = quantity.times * quantity.bins;
  if (status == DW_OK) {
    status = sample_of(t, &quantity, learned, &t->learned);
  }
  if (status == DW_OK) {
    status = sample_of(t, &quantity, test, &t->test);
  }
  if (status == DW_OK) {
    status = prepare_regressions(t);
  }
  const int64_t scratch = t->outputs + t->learned.points + dw_baseline_terms(t->dataset->keys, 2);
  if (status == DW_OK) {
    status = dw_alloc((void **)&t->scratch, (size_t)scratch, sizeof(double), "runs to compare with");
  }
  if (status == DW_OK) {
    status = try_points(t, p, all);
  }
  dw_free(t->scratch);
  dw_free(t->coefficient[0]);
  dw_free(t->coefficient[1]);
  dw_seed_sample_finalize(&t->learned);
  dw_seed_sample_finalize(&t->test);
  dw_quantity_finalize(&quantity);
  return status;
}

static dw_status check_keys(const dw_emulator *e, const dw_dataset *d) {
  bool same = e->dims == d->keys;
  for (int64_t k = 0; k < e->dims && same; k++) {
    same = strcmp(e->key[k].key, d->key[k].key) == 0;
  }
  return same
             ? DW_OK
             : dw_fail(DW_ERR_PARAM, "the data set scans other parameters than the model learned; take the data set of "
                                     "the same scan");
}

dw_status dw_assess(const dw_emulator *emulator, const dw_dataset *dataset, const bool *learned, const bool *test,
                    dw_assessments *assessments) {
  dw_emulator_prediction *p = NULL;
  DW_TRY(check_keys(emulator, dataset));
  DW_TRY(dw_emulator_prediction_create(&p, emulator, false));
  dw_status status = DW_OK;
  for (int64_t q = 0; q < emulator->quantities && status == DW_OK; q++) {
    trial t = {.emulator = emulator, .dataset = dataset, .q = q};
    status = try_quantity(&t, learned, test, p, assessments);
  }
  dw_emulator_prediction_destroy(p);
  return status;
}
