#include "fields/kernel_rows.h"

#include "fields/dwell_potential.h"
typedef dw_real dwell_real;
#include "fields/dwell_kick.h"

/* A force that is a row of its own. */
DWELL_INLINE dw_real force_of_row(const void *context, dw_real phi, ptrdiff_t index) {
  (void)phi;
  return ((const dw_real *)context)[index];
}

DW_CLONES void DW_NAME(dw_kick_rows)(const dwell_rows *rows, const void *force) {
  dwell_kick_rows(rows, force_of_row, force);
}

DW_CLONES void DW_NAME(dw_drift)(void *phi, const void *pi, ptrdiff_t n, double factor) {
  dw_real *restrict f = __builtin_assume_aligned(phi, DW_ROW_ALIGNMENT);
  const dw_real *restrict p = __builtin_assume_aligned(pi, DW_ROW_ALIGNMENT);
  const dw_real by = (dw_real)factor;
#pragma omp simd
  for (ptrdiff_t z = 0; z < n; z++) {
    f[z] += by * p[z];
  }
}

DW_CLONES void DW_NAME(dw_scale)(void *row, ptrdiff_t n, double factor) {
  dw_real *restrict f = __builtin_assume_aligned(row, DW_ROW_ALIGNMENT);
  const dw_real by = (dw_real)factor;
#pragma omp simd
  for (ptrdiff_t z = 0; z < n; z++) {
    f[z] *= by;
  }
}
