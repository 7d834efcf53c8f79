/* Products of centred differences of a field, summed over blocks of c x c x c sites. Compiled for float and double.
 *
 * No allocation, no communication, no globals; arithmetic in the storage precision. A block row is c x c rows of the
 * fine lattice; rows start on a cache line, in z they are periodic, neighbours in x and y lie at +-stride.
 * Sums are ordered: along y, then x, then z. Differences are undivided: 2 dx d/dx at order 2, 12 dx d/dx
 * at order 4. */
#ifndef DW_GW_STRESS_ROWS_H
#define DW_GW_STRESS_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/precision.h"
#include "gw/parts.h"

typedef struct dw_stress_input {
  const void *phi; /* first row of the block row */
  ptrdiff_t stride_x;
  ptrdiff_t stride_y;
  ptrdiff_t n;    /* sites of a row, a multiple of c */
  int coarsening; /* c: 1, 2 or 4 */
  int order;      /* of the difference: 2 or 4 */
  bool add;       /* to what is in the rows that are written */
  void *scratch;  /* dw_stress_scratch_bytes(), cache-line aligned */
} dw_stress_input;

/* A row of sums for each component. */
static inline size_t dw_stress_scratch_bytes(int64_t n, dw_precision precision) {
  const size_t line = 64;
  return DW_COMPONENTS * (((size_t)n * (size_t)precision + line - 1) / line * line);
}

/* Divides a product of two differences: (2 dx)^2 or (12 dx)^2. */
static inline double dw_stress_divisor(int order, double dx) {
  const double width = order == 2 ? 2.0 * dx : 12.0 * dx;
  return width * width;
}

/* out[i][Z] = factor * sum of component i over block Z, all five components; or += that. */
void dw_stress_f32(const dw_stress_input *in, double factor, void *const out[DW_COMPONENTS]);
void dw_stress_f64(const dw_stress_input *in, double factor, void *const out[DW_COMPONENTS]);

/* The same for one component. */
void dw_stress_one_f32(const dw_stress_input *in, dw_component component, double factor, void *out);
void dw_stress_one_f64(const dw_stress_input *in, dw_component component, double factor, void *out);

#endif
