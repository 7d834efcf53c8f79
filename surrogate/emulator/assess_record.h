/* Comparisons one by one, for whoever wants more than sums: test points with their verdict, and each value of a
 * quantity with what was measured and what was predicted.
 *
 * Logarithms are natural. Rows are kept in the order in which they are added. Zeroed memory is an empty record; the
 * caller finalises it, also after a failure. Not collective. Errors: DW_ERR_MEMORY. */
#ifndef DW_SURROGATE_EMULATOR_ASSESS_RECORD_H
#define DW_SURROGATE_EMULATOR_ASSESS_RECORD_H

#include <stdint.h>

#include "surrogate/emulator/emulator.h"

/* A test point; all methods speak of the same ones. */
typedef struct dw_assess_point {
  int64_t design; /* its number in the scan */
  int64_t seeds;
  dw_emulator_verdict verdict;
  double parameter[DW_EMULATOR_PARAMETERS];
} dw_assess_point;

/* A value of a quantity at a test point that isn't OUT. */
typedef struct dw_assess_value {
  int64_t design;
  double tau;       /* 1/m */
  double k;         /* m; 0 for a number */
  double measured;  /* mean logarithm over the test's seeds */
  double predicted; /* mean logarithm */
  double error;     /* standard error of the prediction, emulator and truncation */
  double half68;    /* half-widths of its intervals */
  double half95;
  double noise;     /* standard error that the seeds leave in `measured`, as the emulator knows it */
  double z;         /* predicted - measured over the root of both variances */
  bool is_within68; /* z within the quantiles, which are those of the intervals */
  bool is_within95;
} dw_assess_value;

typedef struct dw_assess_rows {
  int64_t count;
  int64_t room;
  void *row; /* (count) of the kind that was added */
} dw_assess_rows;

typedef struct dw_assess_record {
  dw_assess_rows points;                         /* dw_assess_point */
  dw_assess_rows values[DW_EMULATOR_QUANTITIES]; /* dw_assess_value, of each quantity */
} dw_assess_record;

dw_status dw_assess_record_point(dw_assess_record *record, const dw_assess_point *point);
dw_status dw_assess_record_value(dw_assess_record *record, int64_t quantity, const dw_assess_value *value);

void dw_assess_record_finalize(dw_assess_record *record);

#endif
