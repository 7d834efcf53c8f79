/* Times of pieces of work, for benchmarks. */
#ifndef DW_BENCH_TIMING_H
#define DW_BENCH_TIMING_H

#include <stdlib.h>
#include <time.h>

#include "lattice/comm.h"

static inline double bench_now(void) {
  struct timespec t;
  (void)clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static inline int bench_compare(const void *a, const void *b) {
  const double x = *(const double *)a;
  const double y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Sorts the values. */
static inline double bench_median(double *values, int count) {
  qsort(values, (size_t)count, sizeof *values, bench_compare);
  return values[count / 2];
}

/* Collective. Seconds of `work` on the slowest process. */
static inline double bench_timed(void (*work)(void *), void *context) {
  dw_comm_barrier(dw_comm_world());
  const double begun = bench_now();
  work(context);
  double seconds = bench_now() - begun;
  dw_comm_max_double(dw_comm_world(), &seconds, 1);
  return seconds;
}

#endif
