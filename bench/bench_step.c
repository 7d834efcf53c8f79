/* Speed of the evolution step against the memory bandwidth of the same machine at the same moment.
 *
 *   bench_step [N...]       one table for the processes and threads it is started with; see bench/run
 *
 * For each size and precision, steps of the double well in radiation, one and four in a pass over memory, and an
 * in-place update a += s b on arrays of the field's size take turns; medians are printed. A step that reads and writes
 * phi and pi once moves 4 reals a site, the update 3 reals an element; `bound` is the share of the update's bandwidth
 * that the step reaches, more than 1 where several steps share a pass. */
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "bench/timing.h"
#include "fields/step.h"
#include "lattice/comm.h"

enum { ROUNDS = 7, MOST_SIZES = 16, WAYS = 2 };

/* Steps in one pass. */
static const int together[WAYS] = {1, 4};

typedef struct pair {
  dw_precision precision;
  int64_t count;
  void *a;
  void *b;
  int repeat;
} pair;

static void update(void *context) {
  const pair *arrays = context;
  for (int r = 0; r < arrays->repeat; r++) {
    if (arrays->precision == DW_SINGLE) {
      float *restrict a = arrays->a;
      const float *restrict b = arrays->b;
#pragma omp parallel for simd schedule(static)
      for (int64_t i = 0; i < arrays->count; i++) {
        a[i] += 1e-6f * b[i];
      }
    } else {
      double *restrict a = arrays->a;
      const double *restrict b = arrays->b;
#pragma omp parallel for simd schedule(static)
      for (int64_t i = 0; i < arrays->count; i++) {
        a[i] += 1e-6 * b[i];
      }
    }
  }
}

typedef struct stepping {
  dw_state *state;
  int repeat;
} stepping;

static void advance(void *context) {
  const stepping *stepper = context;
  dw_steps(stepper->state, stepper->repeat, NULL);
}

static dw_status make_arrays(pair *arrays, const dw_lattice *lattice, dw_precision precision, int repeat) {
  const int64_t count = lattice->count[0] * lattice->count[1] * lattice->points;
  *arrays = (pair){.precision = precision, .count = count, .repeat = repeat};
  DW_TRY(dw_alloc(&arrays->a, (size_t)count, (size_t)precision, "update"));
  DW_TRY(dw_alloc(&arrays->b, (size_t)count, (size_t)precision, "update"));
  char *a = arrays->a;
  char *b = arrays->b;
#pragma omp parallel for schedule(static)
  for (int64_t i = 0; i < count; i++) { /* first touch */
    memset(a + (size_t)i * (size_t)precision, 0, (size_t)precision);
    memset(b + (size_t)i * (size_t)precision, 0, (size_t)precision);
  }
  return DW_OK;
}

/* A smooth field of unit size, so that no arithmetic meets subnormal numbers. */
static void fill(dw_state *state) {
  for (int64_t x = 0; x < state->lattice->count[0]; x++) {
    for (int64_t y = 0; y < state->lattice->count[1]; y++) {
      for (int64_t z = 0; z < state->lattice->points; z++) {
        dw_field_set(state->phi[0], x, y, z, 0.3 + 0.1 * (double)((x + y + z) % 7));
      }
    }
  }
}

/* One way to take the steps. */
typedef struct way {
  dw_lattice *lattice;
  stepping stepper;
  double seconds[ROUNDS];
  double held; /* bytes a site */
} way;

static dw_status open_way(way *w, const dw_model *model, int64_t points, dw_precision precision, int steps,
                          int repeat) {
  const double before = (double)dw_memory_held();
  DW_TRY(dw_lattice_create(&w->lattice, dw_comm_world(), points, 0.07 * (double)points,
                           dw_steps_depth(model, steps, NULL).q, 2, NULL));
  w->stepper.repeat = repeat;
  DW_TRY(dw_state_create(&w->stepper.state, w->lattice, model, precision, 1e-3));
  fill(w->stepper.state);
  w->held = ((double)dw_memory_held() - before) / (double)(w->lattice->count[0] * w->lattice->count[1] * points);
  advance(&w->stepper);
  return DW_OK;
}

static void print_way(way *w, const dw_model *model, int steps, double bound) {
  const dw_lattice *lattice = w->lattice;
  const double sites = (double)lattice->points * (double)lattice->points * (double)lattice->points;
  const double step = bench_median(w->seconds, ROUNDS) / sites;
  if (dw_comm_rank(dw_comm_world()) == 0) {
    (void)printf("%5lld  %-6s  %5d  %5d  %9d  %7d  %12.3f  %10.3g  %10.1f  %10.1f  %10.3f  %6.2f\n",
                 (long long)lattice->points, w->stepper.state->precision == DW_SINGLE ? "single" : "double",
                 model->stencil, steps, dw_comm_size(dw_comm_world()), omp_get_max_threads(), 1e9 * step, 1.0 / step,
                 w->held, 4.0 * (double)w->stepper.state->precision / (bound / sites) * 1e-9, 1e9 * bound / sites,
                 bound / sites / step);
    (void)fflush(stdout);
  }
}

static dw_status measure(int64_t points, dw_precision precision, int stencil) {
  dw_model model = {.s = 1.0, .stencil = stencil};
  DW_TRY(dw_potential_find(&model.potential, "double-well"));
  DW_TRY(dw_integrator_find(&model.integrator, "leapfrog"));
  DW_TRY(dw_background_init(&model.background, "power-law", 1.0 / 3.0, 1.0));
  const double sites = (double)points * (double)points * (double)points;
  const int repeat = ((int)(1.5e8 / sites) + 4) / 4 * 4;
  way ways[WAYS] = {0};
  pair arrays;
  double updates[ROUNDS];
  for (int i = 0; i < WAYS; i++) {
    DW_TRY(open_way(&ways[i], &model, points, precision, together[i], repeat));
  }
  DW_TRY(make_arrays(&arrays, ways[0].lattice, precision, repeat));
  update(&arrays);
  for (int round = 0; round < ROUNDS; round++) {
    for (int i = 0; i < WAYS; i++) {
      ways[i].seconds[round] = bench_timed(advance, &ways[i].stepper) / repeat;
    }
    updates[round] = bench_timed(update, &arrays) / repeat;
  }
  for (int i = 0; i < WAYS; i++) {
    print_way(&ways[i], &model, together[i], bench_median(updates, ROUNDS) * 4.0 / 3.0);
    dw_state_destroy(ways[i].stepper.state);
    dw_lattice_destroy(ways[i].lattice);
  }
  dw_free(arrays.a);
  dw_free(arrays.b);
  return DW_OK;
}

int main(int argc, char **argv) {
  dw_status status = dw_comm_start(&argc, &argv);
  int64_t sizes[MOST_SIZES] = {64, 128, 256, 512};
  int count = 4;
  if (argc > 1) {
    count = argc - 1 < MOST_SIZES ? argc - 1 : MOST_SIZES;
    for (int i = 0; i < count; i++) {
      sizes[i] = strtoll(argv[i + 1], NULL, 10);
    }
  }
  if (status == DW_OK && dw_comm_rank(dw_comm_world()) == 0 && getenv("DWELL_BENCH_NO_HEADER") == NULL) {
    (void)printf("    N  prec    order   pass  processes  threads  ns/site/step     sites/s  bytes/site  GB/s a+=sb  "
                 "bound ns    "
                 "bound\n");
  }
  for (int i = 0; i < count && status == DW_OK; i++) {
    status = measure(sizes[i], DW_SINGLE, 2);
    if (status == DW_OK) {
      status = measure(sizes[i], DW_DOUBLE, 2);
    }
    if (status == DW_OK) {
      status = measure(sizes[i], DW_SINGLE, 4);
    }
  }
  if (status != DW_OK) {
    (void)fprintf(stderr, "bench_step: %s\n", dw_message());
  }
  dw_comm_stop();
  return dw_exit_code(status);
}
