/* Kernels of the evolution on rows of N >= 4 reals: no allocation, no communication, no globals.
 *
 * Rows start on a cache line. `phi` points to the row; neighbours lie at +-stride_x and +-stride_y elements, in z the
 * row is periodic. Two reals on either side of a phi row belong to it: a kick writes its periodic ends there.
 * The same expression serves all sites, and no multiply-add is contracted, so every site rounds alike on any
 * decomposition and machine. Each kernel has a plain twin in tests/fields. */
#ifndef DW_FIELDS_KERNEL_ROWS_H
#define DW_FIELDS_KERNEL_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "base/precision.h"
#include "fields/dwell_potential.h"

enum { DW_ROW_ALIGNMENT = 64 };

/* Asks for `bytes` bytes from either place on, while so many rows of `row_bytes` are kicked; nothing where rows are too
 * short to have pieces. */
static inline dwell_ahead dw_ahead_of(const void *one, const void *other, int64_t bytes, int64_t rows,
                                      int64_t row_bytes) {
  const int64_t pieces = row_bytes / DWELL_PIECE_BYTES * rows;
  const int64_t step = pieces > 0 ? bytes / pieces : 0;
  return (dwell_ahead){
      .from = {one, other}, .step = (ptrdiff_t)step, .lines = (int)((step + DWELL_LINE_BYTES - 1) / DWELL_LINE_BYTES)};
}

/* p[z] += gradient lap(phi)[z] - force[z], lap the sum of differences (dx^2 times the Laplacian) of order 2 or 4; then
 * the drift of the rows behind, if it is asked for. Rows of force lie force_stride reals apart. */
typedef void (*dw_kick_rows)(const dwell_rows *rows, const void *force);
void dw_kick_rows_f32(const dwell_rows *rows, const void *force);
void dw_kick_rows_f64(const dwell_rows *rows, const void *force);

/* phi[z] += factor pi[z]. */
typedef void (*dw_drift_row)(void *phi, const void *pi, ptrdiff_t n, double factor);
void dw_drift_f32(void *phi, const void *pi, ptrdiff_t n, double factor);
void dw_drift_f64(void *phi, const void *pi, ptrdiff_t n, double factor);

/* row[z] *= factor. */
typedef void (*dw_scale_row)(void *row, ptrdiff_t n, double factor);
void dw_scale_f32(void *row, ptrdiff_t n, double factor);
void dw_scale_f64(void *row, ptrdiff_t n, double factor);

#endif
