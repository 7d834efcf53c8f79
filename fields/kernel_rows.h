/* Kernels of the evolution on rows of N >= 4 reals: no allocation, no communication, no globals.
 *
 * Rows start on a cache line. `phi` points to the row; neighbours lie at +-stride_x and +-stride_y elements, in z the
 * row is periodic. Two reals on either side of a phi row belong to it: a kick writes its periodic ends there.
 * The same expression serves all sites, and no multiply-add is contracted, so every site rounds alike on any
 * decomposition and machine. Each kernel has a plain twin in tests/fields. */
#ifndef DW_FIELDS_KERNEL_ROWS_H
#define DW_FIELDS_KERNEL_ROWS_H

#include <stddef.h>

#include "base/precision.h"
#include "fields/dwell_potential.h"

/* Of a row between two requests for memory (DWELL_PIECE of fields/dwell_kick.h). */
enum { DW_ROW_ALIGNMENT = 64, DW_PIECE_BYTES = 512 };

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
