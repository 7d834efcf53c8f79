/* What domains need of the field's values, in each storage precision. Not collective.
 *
 * A row has n values, periodic. Its sign is that of phi > 0, so zero counts as negative. */
#ifndef DW_ANALYSIS_DOMAINS_ROWS_H
#define DW_ANALYSIS_DOMAINS_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "base/precision.h"

/* Bit z % 64 of word z / 64 of `signs` is 1 where phi > 0; (n + 63) / 64 words, 0 beyond the row. */
void dw_signs_pack_f32(const void *row, ptrdiff_t n, uint64_t *signs);
void dw_signs_pack_f64(const void *row, ptrdiff_t n, uint64_t *signs);

/* The weight of site z of the row that the wall area of analysis/measure.h gives its links: |grad phi|/(|phi_x| +
 * |phi_y| + |phi_z|), between 1/sqrt 3 and 1, with centred differences of order 2 or 4; 1 where the gradient vanishes.
 * Neighbours of the row lie at +-stride_x, +-stride_y elements. NaN where the field isn't finite. */
double dw_link_weight_f32(const void *row, ptrdiff_t n, ptrdiff_t z, ptrdiff_t stride_x, ptrdiff_t stride_y, int order);
double dw_link_weight_f64(const void *row, ptrdiff_t n, ptrdiff_t z, ptrdiff_t stride_x, ptrdiff_t stride_y, int order);

#endif
