/* Exact sums of doubles: the same bits in any order, on any number of threads and processes.
 *
 * A dw_sum is a fixed-point number wide enough for any sum of doubles, kept as
 * 64-bit limbs that carry 32 bits each (Kulisch accumulator; U. Kulisch, Computer
 * Arithmetic and Validity, 2013). Adding is exact integer arithmetic, hence
 * associative; only dw_sum_value rounds, once. Up to 2^30 numbers may be added
 * to one dw_sum before dw_sum_carry; dw_sum_add keeps count and does it itself. */
#ifndef DW_LATTICE_SUM_H
#define DW_LATTICE_SUM_H

#include <stddef.h>
#include <stdint.h>

#include "lattice/comm.h"

enum { DW_SUM_LIMBS = 69 };

typedef struct dw_sum {
  int64_t limb[DW_SUM_LIMBS]; /* value = sum of limb[i] 2^(32 i - 1074) */
  int64_t nonfinite;          /* NaN and infinities met */
  int64_t pending;            /* numbers added since the last carry */
} dw_sum;

/* Not collective. */
void dw_sum_clear(dw_sum *sum);
void dw_sum_add(dw_sum *sum, double value);
void dw_sum_merge(dw_sum *sum, const dw_sum *other);

/* Correctly rounded to nearest even; NaN if a NaN or infinity was added; infinity on overflow. */
double dw_sum_value(const dw_sum *sum);

/* Collective. Each of `count` sums is replaced by its total over all processes. */
void dw_sum_reduce(const dw_comm *comm, dw_sum *sums, size_t count);

#endif
