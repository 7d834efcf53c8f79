/* From a cheap run to the fine one: by the second layer of a model, or by the nearest twins of a data set. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "surrogate/emulator/correction.h"
#include "surrogate/emulator/emulator_private.h"
#include "surrogate/emulator/quantity.h"

bool dw_emulator_correction(const dw_emulator *emulator, int64_t q, const double *parameter, double *rho,
                            double *offset, double *variance, double *scratch) {
  const dw_emulator_part *part = &emulator->part[q];
  const int64_t outputs = part->about.times * part->about.bins;
  double x[DW_KERNEL_DIMS];
  double slope;
  if (part->layers < 2 || !isfinite(part->rho[0])) {
    return false;
  }
  for (int64_t d = 0; d < emulator->dims; d++) {
    x[d] = dw_emulator_coordinate(&emulator->key[d], parameter[d], &slope);
  }
  memcpy(rho, part->rho, (size_t)outputs * sizeof *rho);
  memset(offset, 0, (size_t)outputs * sizeof *offset);
  memset(variance, 0, (size_t)outputs * sizeof *variance);
  /* The truncation goes to the same sum. */
  dw_layer_add(&part->layer[1], x, offset, variance, variance, NULL, 0, scratch);
  for (int64_t j = 0; j < outputs; j++) {
    variance[j] *= part->about.scale * part->about.scale;
  }
  return true;
}

/* --- the nearest twins --- */

/* A point that has twins. */
typedef struct neighbour {
  double distance; /* square, coordinates -1 ... 1 */
  int64_t point;
  int64_t pairs;
} neighbour;

typedef struct search {
  const dw_dataset *dataset;
  const dw_quantity *quantity;
  int64_t outputs;
  double *fine;  /* (M) log y of a run; owns the others */
  double *cheap; /* (M) */
  double *mean;  /* (points, M) mean of log fine - log cheap */
  neighbour *found;
  int64_t count;
} search;

static int by_distance(const void *a, const void *b) {
  const neighbour *p = a;
  const neighbour *q = b;
  const int order = (p->distance > q->distance) - (p->distance < q->distance);
  return order != 0 ? order : (p->point > q->point) - (p->point < q->point);
}

static int64_t twin_of(const dw_dataset *d, int64_t run) {
  for (int64_t i = 0; i < d->runs; i++) {
    if (d->run[i].level == DW_LEVEL_CHEAP && d->run[i].point == d->run[run].point &&
        d->run[i].seed == d->run[run].seed) {
      return i;
    }
  }
  return -1;
}

static double distance_of(const dw_dataset *d, int64_t run, const double *parameter) {
  double sum = 0.0;
  double slope;
  for (int64_t i = 0; i < d->keys; i++) {
    const double x = dw_emulator_coordinate(&d->key[i], d->parameter[run * d->keys + i], &slope);
    const double y = dw_emulator_coordinate(&d->key[i], parameter[i], &slope);
    sum += (x - y) * (x - y);
  }
  return sum;
}

static void find_neighbours(search *s, const double *parameter) {
  const dw_dataset *d = s->dataset;
  for (int64_t r = 0; r < d->runs; r++) {
    if (d->run[r].level != DW_LEVEL_FINE || d->run[r].blind || twin_of(d, r) < 0) {
      continue;
    }
    if (s->count == 0 || s->found[s->count - 1].point != d->run[r].point) {
      s->found[s->count++] = (neighbour){distance_of(d, r, parameter), d->run[r].point, 0};
    }
  }
  qsort(s->found, (size_t)s->count, sizeof *s->found, by_distance);
  s->count = s->count < DW_NEIGHBOURS ? s->count : DW_NEIGHBOURS;
}

/* Mean over the twins of neighbour i. */
static dw_status measure(search *s, int64_t i) {
  const dw_dataset *d = s->dataset;
  double *mean = s->mean + i * s->outputs;
  memset(mean, 0, (size_t)s->outputs * sizeof *mean);
  for (int64_t r = 0; r < d->runs; r++) {
    const int64_t twin = d->run[r].point == s->found[i].point && d->run[r].level == DW_LEVEL_FINE ? twin_of(d, r) : -1;
    if (twin < 0) {
      continue;
    }
    DW_TRY(dw_quantity_take(s->quantity, d, r, s->fine));
    DW_TRY(dw_quantity_take(s->quantity, d, twin, s->cheap));
    s->found[i].pairs++;
    for (int64_t j = 0; j < s->outputs; j++) {
      mean[j] += (s->fine[j] - s->cheap[j] - mean[j]) / (double)s->found[i].pairs;
    }
  }
  return DW_OK;
}

/* Mean over the neighbours, and the variance with which one more would lie beside it. */
static void combine(const search *s, double *offset, double *variance) {
  const double n = (double)s->count;
  for (int64_t j = 0; j < s->outputs; j++) {
    double sum = 0.0;
    double squares = 0.0;
    for (int64_t i = 0; i < s->count; i++) {
      sum += s->mean[i * s->outputs + j];
    }
    offset[j] = sum / n;
    for (int64_t i = 0; i < s->count; i++) {
      squares += pow(s->mean[i * s->outputs + j] - offset[j], 2.0);
    }
    variance[j] = squares / (n - 1.0) * (1.0 + 1.0 / n);
  }
}

static dw_status correct(search *s, const double *parameter, double *offset, double *variance) {
  find_neighbours(s, parameter);
  if (s->count < 2) {
    return dw_fail(DW_ERR_PARAM, "%lld point%s of the data set ha%s cheap twins, and a correction needs two at least",
                   (long long)s->count, s->count == 1 ? "" : "s", s->count == 1 ? "s" : "ve");
  }
  for (int64_t i = 0; i < s->count; i++) {
    DW_TRY(measure(s, i));
  }
  combine(s, offset, variance);
  return DW_OK;
}

dw_status dw_neighbour_correction(const dw_dataset *dataset, const dw_emulator_quantity *known, const double *parameter,
                                  double *offset, double *variance, int64_t *points) {
  dw_quantity quantity = {.times = 0};
  search s = {.dataset = dataset, .quantity = &quantity, .outputs = known->times * known->bins};
  dw_status status = dw_quantity_match(&quantity, dataset, known);
  if (status == DW_OK) {
    status = dw_alloc((void **)&s.fine, (size_t)((2 + DW_NEIGHBOURS) * s.outputs), sizeof(double), "twins of a scan");
  }
  if (status == DW_OK) {
    s.cheap = s.fine + s.outputs;
    s.mean = s.cheap + s.outputs;
    status = dw_alloc((void **)&s.found, (size_t)dataset->runs, sizeof(neighbour), "twins of a scan");
  }
  if (status == DW_OK) {
    status = correct(&s, parameter, offset, variance);
  }
  *points = s.count;
  dw_free(s.found);
  dw_free(s.fine);
  dw_quantity_finalize(&quantity);
  return status;
}
