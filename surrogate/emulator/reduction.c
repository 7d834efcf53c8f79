#include "surrogate/emulator/reduction.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "surrogate/emulator/emulator_private.h"
#include "surrogate/emulator/linear.h"

enum { MOST_PROCESSES = DW_EMULATOR_QUANTITIES * DW_EMULATOR_LEVELS * DW_LAYER_COMPONENTS };

/* A process of the emulator with the points that are coming. */
typedef struct learner {
  const dw_process *process;
  double weight;   /* of its variance */
  double noise;    /* of a run */
  int64_t points;  /* n */
  double *x;       /* (n at most, D); owns the others */
  double *inverse; /* (n, n) K^-1 */
  double *gain;    /* (choices) */
} learner;

/* Of one process at work. */
typedef struct scratch {
  double *place;  /* (places, n) k(x, x_i); owns the others */
  double *solved; /* (places, n) the same times K^-1 */
  double *choice; /* (choices, n) k(y, x_i) */
  double *shared; /* (places, choices) k(x) K^-1 k(y) */
} scratch;

struct dw_reduction {
  const dw_emulator *emulator;
  int64_t dims;
  int64_t places;
  int64_t choices;
  double *place; /* (places, D) coordinates -1 ... 1; owns choice */
  double *choice;
  int learners;
  learner learner[MOST_PROCESSES];
};

static double mean_square(int64_t count, const double *values) {
  double sum = 0.0;
  for (int64_t i = 0; i < count; i++) {
    sum += values[i] * values[i];
  }
  return sum / (double)count;
}

static double mean(int64_t count, const double *values) {
  double sum = 0.0;
  for (int64_t i = 0; i < count; i++) {
    sum += values[i];
  }
  return sum / (double)count;
}

/* K^-1 of the points there are now; what comes has the mean noise of those that are known. */
static dw_status invert(learner *l, int64_t dims) {
  const dw_process *p = l->process;
  const int64_t n = l->points;
  for (int64_t i = 0; i < n; i++) {
    for (int64_t j = 0; j < i; j++) {
      l->inverse[i * n + j] = dw_kernel_value(&p->kernel, l->x + i * dims, l->x + j * dims);
    }
    l->inverse[i * n + i] = dw_kernel_value(&p->kernel, l->x + i * dims, l->x + i * dims) + p->kernel.nugget +
                            (i < p->points ? p->noise[i] : l->noise);
  }
  DW_TRY(dw_linear_cholesky(n, l->inverse));
  return dw_linear_inverse(n, l->inverse);
}

static dw_status create_learner(dw_reduction *r, const dw_layer *layer, const dw_process *process, double factor,
                                const double *basis, int64_t most) {
  learner *l = &r->learner[r->learners];
  const int64_t n = process->points + most;
  void *block = NULL;
  DW_TRY(dw_alloc(&block, (size_t)(n * r->dims + n * n + r->choices), sizeof(double), "choice of the next runs"));
  r->learners++;
  *l = (learner){.process = process,
                 .weight = factor * mean_square(layer->outputs, basis),
                 .noise = mean(process->points, process->noise),
                 .points = process->points,
                 .x = block};
  l->inverse = l->x + n * r->dims;
  l->gain = l->inverse + n * n;
  memcpy(l->x, process->x, (size_t)(process->points * r->dims) * sizeof(double));
  return invert(l, r->dims);
}

static dw_status create_learners(dw_reduction *r, int64_t most) {
  const dw_emulator *e = r->emulator;
  for (int64_t q = 0; q < e->quantities; q++) {
    const dw_emulator_part *part = &e->part[q];
    const double factor = part->about.scale * part->about.scale / (double)e->quantities;
    for (int64_t l = 0; l < part->layers; l++) {
      const dw_layer *layer = &part->layer[l];
      for (int64_t c = 0; c < layer->components; c++) {
        DW_TRY(create_learner(r, layer, &layer->process[c], factor, layer->basis + c * layer->outputs, most));
      }
    }
  }
  return DW_OK;
}

static void place_all(const dw_reduction *r, int64_t count, const double *parameter, double *x) {
  for (int64_t i = 0; i < count; i++) {
    for (int64_t d = 0; d < r->dims; d++) {
      double slope = 0.0;
      x[i * r->dims + d] = dw_emulator_coordinate(&r->emulator->key[d], parameter[i * r->dims + d], &slope);
    }
  }
}

dw_status dw_reduction_create(dw_reduction **reduction, const dw_emulator *emulator, int64_t places,
                              const double *place, int64_t choices, const double *choice, int64_t most) {
  void *block = NULL;
  *reduction = NULL;
  DW_TRY(dw_alloc(&block, 1, sizeof(dw_reduction), "choice of the next runs"));
  dw_reduction *r = block;
  memset(r, 0, sizeof *r);
  r->emulator = emulator;
  r->dims = emulator->dims;
  r->places = places;
  r->choices = choices;
  dw_linear_start();
  dw_status status =
      dw_alloc(&block, (size_t)((places + choices) * r->dims), sizeof(double), "choice of the next runs");
  if (status == DW_OK) {
    r->place = block;
    r->choice = r->place + places * r->dims;
    place_all(r, places, place, r->place);
    place_all(r, choices, choice, r->choice);
    status = create_learners(r, most);
  }
  if (status != DW_OK) {
    dw_reduction_destroy(r);
    return status;
  }
  *reduction = r;
  return DW_OK;
}

void dw_reduction_destroy(dw_reduction *r) {
  if (r == NULL) {
    return;
  }
  for (int i = 0; i < r->learners; i++) {
    dw_free(r->learner[i].x);
  }
  dw_free(r->place);
  dw_free(r);
}

/* k(x, x_i) of all x (count, D). */
static void fill_near(const learner *l, int64_t dims, int64_t count, const double *x, double *near) {
  for (int64_t i = 0; i < count; i++) {
    for (int64_t j = 0; j < l->points; j++) {
      near[i * l->points + j] = dw_kernel_value(&l->process->kernel, x + i * dims, l->x + j * dims);
    }
  }
}

/* What is left of the variance of f at y, whose row of k(y, x_i) is `near`. */
static double left_at(const learner *l, const double *y, const double *near, double *solved) {
  double known = 0.0;
  dw_linear_symmetric_times(l->points, l->inverse, near, solved);
  for (int64_t i = 0; i < l->points; i++) {
    known += near[i] * solved[i];
  }
  return fmax(dw_kernel_value(&l->process->kernel, y, y) - known, 0.0);
}

static dw_status allocate_scratch(const dw_reduction *r, const learner *l, scratch *s) {
  const int64_t n = l->points;
  DW_TRY(dw_alloc((void **)&s->place, (size_t)(2 * r->places * n + r->choices * n + r->places * r->choices),
                  sizeof(double), "choice of the next runs"));
  s->solved = s->place + r->places * n;
  s->choice = s->solved + r->places * n;
  s->shared = s->choice + r->choices * n;
  return DW_OK;
}

static dw_status fill_gains(const dw_reduction *r, learner *l) {
  const int64_t n = l->points;
  const dw_kernel *kernel = &l->process->kernel;
  scratch s = {NULL, NULL, NULL, NULL};
  DW_TRY(allocate_scratch(r, l, &s));
  fill_near(l, r->dims, r->places, r->place, s.place);
  fill_near(l, r->dims, r->choices, r->choice, s.choice);
  dw_linear_product(r->places, n, n, s.place, l->inverse, s.solved);
  dw_linear_product_transposed(r->places, r->choices, n, s.solved, s.choice, s.shared);
  for (int64_t c = 0; c < r->choices; c++) {
    const double *y = r->choice + c * r->dims;
    const double left = left_at(l, y, s.choice + c * n, s.place);
    double sum = 0.0;
    for (int64_t i = 0; i < r->places; i++) {
      const double both = dw_kernel_value(kernel, r->place + i * r->dims, y) - s.shared[i * r->choices + c];
      sum += both * both;
    }
    l->gain[c] = l->weight * sum / ((double)r->places * (left + kernel->nugget + l->noise));
  }
  dw_free(s.place);
  return DW_OK;
}

dw_status dw_reduction_gains(dw_reduction *r, double *gain) {
  dw_status worst = DW_OK;
#pragma omp parallel for schedule(dynamic, 1)
  for (int i = 0; i < r->learners; i++) {
    const dw_status status = fill_gains(r, &r->learner[i]);
    if (status != DW_OK) {
#pragma omp critical(dw_reduction_gains)
      worst = status;
    }
  }
  DW_TRY(worst == DW_OK ? DW_OK : dw_fail(worst, "no memory for the choice of the next runs"));
  memset(gain, 0, (size_t)r->choices * sizeof *gain);
  for (int i = 0; i < r->learners; i++) {
    for (int64_t c = 0; c < r->choices; c++) {
      gain[c] += r->learner[i].gain[c];
    }
  }
  return DW_OK;
}

dw_status dw_reduction_add(dw_reduction *r, const double *parameter) {
  for (int i = 0; i < r->learners; i++) {
    learner *l = &r->learner[i];
    place_all(r, 1, parameter, l->x + l->points * r->dims);
    l->points++;
    DW_TRY(invert(l, r->dims));
  }
  return DW_OK;
}
