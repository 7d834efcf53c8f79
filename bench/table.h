/* Results of the benchmark: a line of the table for people, and a line of JSON for programs. */
#ifndef DW_BENCH_TABLE_H
#define DW_BENCH_TABLE_H

#include <math.h>
#include <stdint.h>
#include <stdio.h>

#include "base/precision.h"

enum { BENCH_MOST_ROUNDS = 64 };

typedef struct bench_table {
  FILE *json; /* a line each; NULL: none. Process 0 only */
  int rounds; /* of which medians are taken, at most BENCH_MOST_ROUNDS */
} bench_table;

/* One result; what is NAN isn't printed. */
typedef struct bench_row {
  const char *part;
  const char *what;
  int64_t points; /* N */
  dw_precision precision;
  double ns;       /* a site (and step, for steps) */
  double bound;    /* the update's time for the bytes that must move, over ns */
  double steps;    /* the time in default steps */
  double rate;     /* GB/s, of steps that of the update in the same rounds; of transforms GFLOP/s */
  double held;     /* bytes a site on this process */
  double messages; /* of this process to others, a step */
  double sent;     /* bytes of this process to others, a site of its own and step */
} bench_row;

static inline bench_row bench_row_of(const char *part, const char *what, int64_t points, dw_precision precision) {
  return (bench_row){.part = part,
                     .what = what,
                     .points = points,
                     .precision = precision,
                     .ns = (double)NAN,
                     .bound = (double)NAN,
                     .steps = (double)NAN,
                     .rate = (double)NAN,
                     .held = (double)NAN,
                     .messages = (double)NAN,
                     .sent = (double)NAN};
}

/* By process 0. */
void bench_table_head(void);
void bench_table_add(const bench_table *table, const bench_row *row);

#endif
