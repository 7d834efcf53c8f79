/* The equal-cost table: what a field operator gains over lattices that cost as much.
 *
 * For the seeds of a corrector, errors of the methods over its test runs and what they cost, all measured in the same
 * run: the physical and the fat-wall equation on lattices of 3/8, 1/2 and 5/8 of the fine run's points, the fine run
 * stopped half-way, or where jumps begin (persistence), the mean over the training runs, and the net. Each method has
 * its own factors, one a shell, from the training runs. Costs are those of the steps, without the start and what is
 * measured, the least of a few; the plain kernel takes one step in a pass over memory, the fastest several.
 *
 * One process. Errors: DW_ERR_MEMORY, DW_ERR_PARAM, DW_ERR_INVALID. */
#ifndef DW_SURROGATE_OPERATOR_TABLE_H
#define DW_SURROGATE_OPERATOR_TABLE_H

#include "surrogate/operator/corrector.h"

enum { DW_TABLE_LINES = 12, DW_TABLE_NAME = 64 };

typedef struct dw_table_line {
  char name[DW_TABLE_NAME];
  double plain; /* ms, with the plain kernel */
  double fast;  /* ms, with the fastest */
  double area;  /* rms log errors, after the factors */
  double stress;
  double field;
  bool is_net;
  bool net_loses; /* costs no more than the net, and is better in area, stress or field */
} dw_table_line;

typedef struct dw_table {
  int lines;
  dw_table_line line[DW_TABLE_LINES];
  double fine_plain; /* ms */
  double fine_fast;
  int net; /* index of the net's line */
} dw_table;

dw_status dw_table_measure(dw_table *table, const dw_corrector *corrector, dw_say say, void *context);

#endif
