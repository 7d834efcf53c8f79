/* What the machine's memory gives at this moment: loops over arrays as large as this process's part of a field. */
#ifndef DW_BENCH_ARRAYS_H
#define DW_BENCH_ARRAYS_H

#include <stdint.h>

#include "base/precision.h"
#include "base/status.h"

typedef struct bench_arrays {
  dw_precision precision;
  int64_t count;
  void *a, *b, *c;
} bench_arrays;

/* Not collective. */
dw_status bench_arrays_open(bench_arrays *arrays, int64_t count, dw_precision precision);
void bench_arrays_close(bench_arrays *arrays);

/* For bench_timed; the context is a bench_arrays. Both move 3 reals an element (write-allocation not counted). */
void bench_update(void *arrays); /* a += s b */
void bench_triad(void *arrays);  /* a = b + s c */

#endif
