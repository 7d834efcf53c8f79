#include "surrogate/emulator/sample.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "surrogate/emulator/linear.h"

double dw_seed_sample_factor(int64_t dims, const double *slope, const double *x) {
  double sum = 0.0;
  for (int64_t d = 0; d < dims; d++) {
    sum += slope[d] * x[d];
  }
  return exp(fmin(fmax(sum, -2.0), 2.0));
}

static dw_status allocate(dw_seed_sample *s) {
  void *block = NULL;
  const size_t numbers = (size_t)(s->runs * (s->dims + 2 * s->outputs + 2) + s->outputs + s->dims);
  DW_TRY(dw_alloc(&block, numbers, sizeof(double), "points of a scan"));
  memset(block, 0, numbers * sizeof(double));
  s->x = block;
  s->mean = s->x + s->runs * s->dims;
  s->seeds = s->mean + s->runs * s->outputs;
  s->factor = s->seeds + s->runs;
  s->rest = s->factor + s->runs;
  s->scatter = s->rest + s->runs * s->outputs;
  s->slope = s->scatter + s->outputs;
  DW_TRY(dw_alloc(&block, 2 * (size_t)s->runs, sizeof(int64_t), "points of a scan"));
  s->design = block;
  s->owner = s->design + s->runs;
  return DW_OK;
}

static dw_status assign(dw_seed_sample *s, const int64_t *design, const double *x) {
  const size_t bytes = (size_t)s->dims * sizeof *x;
  for (int64_t r = 0; r < s->runs; r++) {
    int64_t i = 0;
    while (i < s->points && s->design[i] != design[r]) {
      i++;
    }
    if (i == s->points) {
      s->design[i] = design[r];
      memcpy(s->x + i * s->dims, x + r * s->dims, bytes);
      s->points++;
    }
    for (int64_t d = 0; d < s->dims; d++) {
      if (fabs(s->x[i * s->dims + d] - x[r * s->dims + d]) > 1e-9) {
        return dw_fail(DW_ERR_PARAM, "runs of point %lld of the data set have different parameters; make it again",
                       (long long)design[r]);
      }
    }
    s->owner[r] = i;
    s->seeds[i] += 1.0;
  }
  return DW_OK;
}

static void average(dw_seed_sample *s, const double *value) {
  const int64_t m = s->outputs;
  for (int64_t r = 0; r < s->runs; r++) {
    double *mean = s->mean + s->owner[r] * m;
    for (int64_t j = 0; j < m; j++) {
      mean[j] += value[r * m + j] / s->seeds[s->owner[r]];
    }
  }
  for (int64_t r = 0; r < s->runs; r++) {
    for (int64_t j = 0; j < m; j++) {
      s->rest[r * m + j] = value[r * m + j] - s->mean[s->owner[r] * m + j];
    }
  }
}

/* scatter_j = sum rest^2 / sum (n_i - 1) f_i */
static void pool(dw_seed_sample *s) {
  double freedom = 0.0;
  for (int64_t i = 0; i < s->points; i++) {
    freedom += (s->seeds[i] - 1.0) * s->factor[i];
    s->repeated = s->repeated || s->seeds[i] > 1.5;
  }
  memset(s->scatter, 0, (size_t)s->outputs * sizeof *s->scatter);
  for (int64_t r = 0; r < s->runs && s->repeated; r++) {
    for (int64_t j = 0; j < s->outputs; j++) {
      s->scatter[j] += s->rest[r * s->outputs + j] * s->rest[r * s->outputs + j] / freedom;
    }
  }
}

/* Scatter of point i over the pooled one, averaged over the outputs. */
static double relative_scatter(const dw_seed_sample *s, int64_t i) {
  double sum = 0.0;
  int64_t count = 0;
  for (int64_t r = 0; r < s->runs; r++) {
    for (int64_t j = 0; j < s->outputs && s->owner[r] == i; j++) {
      const double rest = s->rest[r * s->outputs + j];
      sum += s->scatter[j] > 0.0 ? rest * rest / s->scatter[j] : 0.0;
      count += s->scatter[j] > 0.0 ? 1 : 0;
    }
  }
  return count > 0 ? sum * s->seeds[i] / ((double)count * (s->seeds[i] - 1.0)) : 0.0;
}

/* Rows of the fit, one per point with seeds enough, D more that pull b to 0. */
static int64_t fill_fit(const dw_seed_sample *s, double *a, double *b) {
  const int64_t columns = s->dims + 1;
  int64_t rows = 0;
  for (int64_t i = 0; i < s->points; i++) {
    const double relative = s->seeds[i] > 1.5 ? relative_scatter(s, i) : 0.0;
    if (relative > 0.0) {
      a[rows * columns] = 1.0;
      memcpy(a + rows * columns + 1, s->x + i * s->dims, (size_t)s->dims * sizeof *a);
      b[rows++] = log(relative);
    }
  }
  for (int64_t d = 0; d < s->dims; d++) {
    memset(a + (rows + d) * columns, 0, (size_t)columns * sizeof *a);
    a[(rows + d) * columns + 1 + d] = 1.0;
    b[rows + d] = 0.0;
  }
  return rows;
}

static dw_status fit_factor(dw_seed_sample *s) {
  enum { ROWS_PER_COLUMN = 4 };
  const int64_t columns = s->dims + 1;
  const int64_t room = s->points + s->dims;
  double *a = NULL;
  DW_TRY(dw_alloc((void **)&a, (size_t)(room * (columns + 1)), sizeof *a, "scatter of seeds"));
  double *b = a + room * columns;
  const int64_t rows = fill_fit(s, a, b);
  dw_status status = DW_OK;
  if (rows >= ROWS_PER_COLUMN * columns) {
    status = dw_linear_least_squares(rows + s->dims, columns, 1, a, b);
    memcpy(s->slope, b + 1, (size_t)s->dims * sizeof *b);
  }
  dw_free(a);
  return status;
}

dw_status dw_seed_sample_init(dw_seed_sample *sample, int64_t dims, int64_t outputs, int64_t runs,
                              const int64_t *design, const double *x, const double *value) {
  *sample = (dw_seed_sample){.dims = dims, .outputs = outputs, .runs = runs};
  DW_TRY(allocate(sample));
  DW_TRY(assign(sample, design, x));
  average(sample, value);
  for (int64_t i = 0; i < sample->points; i++) {
    sample->factor[i] = 1.0;
  }
  pool(sample);
  DW_TRY(fit_factor(sample));
  for (int64_t i = 0; i < sample->points; i++) {
    sample->factor[i] = dw_seed_sample_factor(dims, sample->slope, sample->x + i * dims);
  }
  pool(sample);
  return DW_OK;
}

void dw_seed_sample_finalize(dw_seed_sample *sample) {
  dw_free(sample->x);
  dw_free(sample->design);
  *sample = (dw_seed_sample){0};
}
