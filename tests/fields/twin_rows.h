/* Plain twins of the kernels of fields/, for whole boxes: one loop over sites, indices wrapped one by one, the
 * expressions of the kernels. Arrays are n[0] x n[1] x n[2], contiguous, in one precision. */
#ifndef DW_TEST_FIELDS_TWIN_ROWS_H
#define DW_TEST_FIELDS_TWIN_ROWS_H

#include <stdint.h>

#include "base/precision.h"

/* pi += factor lap(phi) - force */
void twin_kick_f32(void *pi, const void *phi, const void *force, const int64_t n[3], int order, double factor);
void twin_kick_f64(void *pi, const void *phi, const void *force, const int64_t n[3], int order, double factor);

/* row += factor other */
void twin_drift_f32(void *row, const void *other, int64_t count, double factor);
void twin_drift_f64(void *row, const void *other, int64_t count, double factor);

void twin_scale_f32(void *row, int64_t count, double factor);
void twin_scale_f64(void *row, int64_t count, double factor);

/* out = degenerate phi (phi^2 - 1) + bias (phi^2 - 1), as the product it is computed as */
void twin_double_well_f32(void *out, const void *phi, int64_t count, double degenerate, double bias);
void twin_double_well_f64(void *out, const void *phi, int64_t count, double degenerate, double bias);

#endif
