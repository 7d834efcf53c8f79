#include "fields/kernel_rows.h"

#include "fields/dwell_potential.h"
typedef dw_real dwell_real;
#include "fields/dwell_kick.h"

/* A force that is a row of its own. */
DWELL_INLINE dw_real force_of_row(const void *context, dw_real phi, ptrdiff_t z) {
  (void)phi;
  return ((const dw_real *)context)[z];
}

void DW_NAME(dw_kick2)(void *pi, const void *phi, const void *force, ptrdiff_t stride_x, ptrdiff_t stride_y,
                       ptrdiff_t n, double factor) {
  const dwell_kick kick = {pi, phi, stride_x, stride_y, n, factor};
  dwell_kick2(&kick, force_of_row, force);
}

void DW_NAME(dw_kick4)(void *pi, const void *phi, const void *force, ptrdiff_t stride_x, ptrdiff_t stride_y,
                       ptrdiff_t n, double factor) {
  const dwell_kick kick = {pi, phi, stride_x, stride_y, n, factor};
  dwell_kick4(&kick, force_of_row, force);
}

void DW_NAME(dw_drift)(void *phi, const void *pi, ptrdiff_t n, double factor) {
  dw_real *restrict f = __builtin_assume_aligned(phi, DW_ROW_ALIGNMENT);
  const dw_real *restrict p = __builtin_assume_aligned(pi, DW_ROW_ALIGNMENT);
  const dw_real by = (dw_real)factor;
#pragma omp simd
  for (ptrdiff_t z = 0; z < n; z++) {
    f[z] += by * p[z];
  }
}

void DW_NAME(dw_scale)(void *row, ptrdiff_t n, double factor) {
  dw_real *restrict f = __builtin_assume_aligned(row, DW_ROW_ALIGNMENT);
  const dw_real by = (dw_real)factor;
#pragma omp simd
  for (ptrdiff_t z = 0; z < n; z++) {
    f[z] *= by;
  }
}
