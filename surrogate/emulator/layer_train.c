/* Training of a layer: components by singular values, then a Gaussian process for each. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "surrogate/emulator/layer.h"
#include "surrogate/emulator/linear.h"

/* A component is kept while it has this many times the variance of its noise, and this fraction of the whole. */
static const double SIGNAL = 2.0;
static const double FRACTION = 1e-5;

typedef struct parts {
  const dw_seed_sample *sample;
  int64_t rank;                        /* p = min(n, M) */
  double *centred;                     /* (n, M); owns the others */
  double *left;                        /* (n, p) */
  double *singular;                    /* (p) */
  double *right;                       /* (p, M) */
  double *mean;                        /* (M) */
  double *weight;                      /* (M) by which outputs are multiplied */
  double scatter[DW_LAYER_COMPONENTS]; /* of one seed, along a component */
  int64_t kept[DW_LAYER_COMPONENTS];
  int64_t components;
} parts;

static dw_status allocate(parts *p) {
  const int64_t n = p->sample->points;
  const int64_t m = p->sample->outputs;
  p->rank = n < m ? n : m;
  DW_TRY(dw_alloc((void **)&p->centred, (size_t)(n * m + n * p->rank + p->rank + p->rank * m + 2 * m), sizeof(double),
                  "principal components"));
  p->left = p->centred + n * m;
  p->singular = p->left + n * p->rank;
  p->right = p->singular + p->rank;
  p->mean = p->right + p->rank * m;
  p->weight = p->mean + m;
  return DW_OK;
}

/* 1 over the noise of a seed, and as much again as the mean noise: shells of few modes weigh less, and quiet ones don't
 * reign. */
static void weigh(parts *p) {
  const dw_seed_sample *s = p->sample;
  double mean = 0.0;
  for (int64_t j = 0; j < s->outputs; j++) {
    mean += s->scatter[j] / (double)s->outputs;
  }
  for (int64_t j = 0; j < s->outputs; j++) {
    p->weight[j] = mean > 0.0 ? sqrt(2.0 * mean / (s->scatter[j] + mean)) : 1.0;
  }
}

static void centre(parts *p) {
  const int64_t n = p->sample->points;
  const int64_t m = p->sample->outputs;
  for (int64_t j = 0; j < m; j++) {
    double sum = 0.0;
    for (int64_t i = 0; i < n; i++) {
      sum += p->sample->mean[i * m + j];
    }
    p->mean[j] = sum / (double)n;
    for (int64_t i = 0; i < n; i++) {
      p->centred[i * m + j] = p->weight[j] * (p->sample->mean[i * m + j] - p->mean[j]);
    }
  }
}

/* Singular vectors have either sign; the largest element of a component is made positive. */
static void fix_sign(parts *p, int64_t c) {
  const int64_t m = p->sample->outputs;
  double *right = p->right + c * m;
  int64_t most = 0;
  for (int64_t j = 1; j < m; j++) {
    most = fabs(right[j]) > fabs(right[most]) ? j : most;
  }
  const double sign = right[most] < 0.0 ? -1.0 : 1.0;
  for (int64_t j = 0; j < m; j++) {
    right[j] *= sign;
  }
  for (int64_t i = 0; i < p->sample->points; i++) {
    p->left[i * p->rank + c] *= sign;
  }
}

/* Pooled variance of one seed along a component of the weighted outputs, at f = 1. */
static double scatter_along(const dw_seed_sample *s, const double *weight, const double *right) {
  double sum = 0.0;
  double freedom = 0.0;
  for (int64_t r = 0; r < s->runs; r++) {
    double along = 0.0;
    for (int64_t j = 0; j < s->outputs; j++) {
      along += s->rest[r * s->outputs + j] * weight[j] * right[j];
    }
    sum += along * along;
  }
  for (int64_t i = 0; i < s->points; i++) {
    freedom += (s->seeds[i] - 1.0) * s->factor[i];
  }
  return s->repeated ? sum / freedom : 0.0;
}

/* Mean over the points of the variance that the mean of a point keeps, for a seed of variance 1. */
static double mean_noise(const dw_seed_sample *s) {
  double sum = 0.0;
  for (int64_t i = 0; i < s->points; i++) {
    sum += s->factor[i] / s->seeds[i];
  }
  return sum / (double)s->points;
}

static void choose(parts *p, int64_t at_most) {
  const dw_seed_sample *s = p->sample;
  double whole = 0.0;
  for (int64_t c = 0; c < p->rank; c++) {
    whole += p->singular[c] * p->singular[c];
  }
  for (int64_t c = 0; c < p->rank && p->components < at_most; c++) {
    const double square = p->singular[c] * p->singular[c];
    const double scatter = scatter_along(s, p->weight, p->right + c * s->outputs);
    const double noise = scatter * mean_noise(s) * (double)s->points;
    if (square > FRACTION * whole && square > SIGNAL * noise) {
      fix_sign(p, c);
      p->scatter[p->components] = scatter;
      p->kept[p->components++] = c;
    }
  }
}

/* Component number c of those kept: unit variance for z, the rest of the size goes into the basis. */
static void fill_component(dw_layer *layer, const parts *p, int64_t c) {
  const dw_seed_sample *s = p->sample;
  const double size = p->singular[p->kept[c]] / sqrt((double)s->points);
  dw_process *process = &layer->process[c];
  process->nugget_is_noise = !s->repeated;
  for (int64_t j = 0; j < s->outputs; j++) {
    layer->basis[c * s->outputs + j] = size * p->right[p->kept[c] * s->outputs + j] / p->weight[j];
  }
  for (int64_t i = 0; i < s->points; i++) {
    process->z[i] = p->left[i * p->rank + p->kept[c]] * sqrt((double)s->points);
    process->noise[i] = p->scatter[c] * s->factor[i] / (s->seeds[i] * size * size);
  }
}

/* What the components leave of values (M, not weighted), in place. */
static void subtract(const parts *p, double *values) {
  const int64_t m = p->sample->outputs;
  for (int64_t c = 0; c < p->components; c++) {
    const double *right = p->right + p->kept[c] * m;
    double along = 0.0;
    for (int64_t j = 0; j < m; j++) {
      along += values[j] * p->weight[j] * right[j];
    }
    for (int64_t j = 0; j < m; j++) {
      values[j] -= along * right[j] / p->weight[j];
    }
  }
}

/* rest (n, M), and its mean square less what the seeds leave there; n - q of n degrees are left of it. */
static dw_status truncate_outputs(dw_layer *layer, const parts *p, double *rest) {
  const dw_seed_sample *s = p->sample;
  const int64_t m = s->outputs;
  double *seed = NULL;
  DW_TRY(dw_alloc((void **)&seed, (size_t)m * 2, sizeof *seed, "truncation of components"));
  double *noise = seed + m;
  double freedom = 0.0;
  memset(noise, 0, (size_t)m * sizeof *noise);
  for (int64_t i = 0; i < s->points; i++) {
    memcpy(rest + i * m, s->mean + i * m, (size_t)m * sizeof *rest);
    for (int64_t j = 0; j < m; j++) {
      rest[i * m + j] -= p->mean[j];
    }
    subtract(p, rest + i * m);
    freedom += (s->seeds[i] - 1.0) * s->factor[i];
  }
  for (int64_t r = 0; r < s->runs && s->repeated; r++) {
    memcpy(seed, s->rest + r * m, (size_t)m * sizeof *seed);
    subtract(p, seed);
    for (int64_t j = 0; j < m; j++) {
      noise[j] += seed[j] * seed[j] / freedom;
    }
  }
  const double left = (double)s->points - (double)p->components - 1.0;
  for (int64_t j = 0; j < m; j++) {
    double sum = 0.0;
    for (int64_t i = 0; i < s->points; i++) {
      sum += rest[i * m + j] * rest[i * m + j];
    }
    layer->truncation[j] = fmax(sum / fmax(left, 1.0) - noise[j] * mean_noise(s), 0.0);
  }
  dw_free(seed);
  return DW_OK;
}

/* Each component by itself; the worst status and its message are kept. */
static dw_status fit_processes(dw_layer *layer) {
  dw_status worst = DW_OK;
#pragma omp parallel for schedule(dynamic, 1)
  for (int64_t c = 0; c < layer->components; c++) {
    const dw_status status = dw_process_fit(&layer->process[c], false);
    if (status != DW_OK) {
#pragma omp critical(dw_layer_fit)
      worst = status > worst ? status : worst;
    }
  }
  return worst == DW_OK ? DW_OK
                        : dw_fail(worst,
                                  "the emulator can't be trained: a Gaussian process through %lld points "
                                  "finds no hyperparameters",
                                  (long long)layer->points);
}

static dw_status learn(dw_layer *layer, const parts *p, const dw_layer_options *options, double *rest) {
  const dw_seed_sample *s = p->sample;
  DW_TRY(dw_layer_init(layer, s->dims, s->points, s->outputs, p->components, options));
  memcpy(layer->x, s->x, (size_t)(s->points * s->dims) * sizeof *s->x);
  memcpy(layer->mean, p->mean, (size_t)s->outputs * sizeof *p->mean);
  for (int64_t c = 0; c < p->components; c++) {
    fill_component(layer, p, c);
  }
  DW_TRY(truncate_outputs(layer, p, rest));
  return fit_processes(layer);
}

dw_status dw_layer_train(dw_layer *layer, const dw_seed_sample *sample, const dw_layer_options *options, double *rest) {
  parts p = {.sample = sample};
  *layer = (dw_layer){0};
  DW_TRY(allocate(&p));
  weigh(&p);
  centre(&p);
  dw_status status = dw_linear_svd(sample->points, sample->outputs, p.centred, p.left, p.singular, p.right);
  if (status == DW_OK) {
    choose(&p, options->components < DW_LAYER_COMPONENTS ? options->components : DW_LAYER_COMPONENTS);
    status = learn(layer, &p, options, rest);
  }
  dw_free(p.centred);
  return status;
}
