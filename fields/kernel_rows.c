#include "fields/kernel_rows.h"

/* Order 2: sum of the six neighbours - 6 phi. */
#define LAPLACIAN2(c, below, above)                                                                  \
  (((c)[below] + (c)[above]) + ((c)[z - stride_y] + (c)[z + stride_y]) + ((c)[z - stride_x] + (c)[z + stride_x]) - \
   (dw_real)6 * (c)[z])

void DW_NAME(dw_kick2)(void *pi, const void *phi, const void *force, ptrdiff_t stride_x, ptrdiff_t stride_y,
                       ptrdiff_t n, double factor) {
  dw_real *restrict p = pi;
  const dw_real *restrict c = phi;
  const dw_real *restrict f = force;
  const dw_real by = (dw_real)factor;
  ptrdiff_t z = 0;
  p[z] += by * LAPLACIAN2(c, n - 1, 1) - f[z];
  for (z = 1; z < n - 1; z++) {
    p[z] += by * LAPLACIAN2(c, z - 1, z + 1) - f[z];
  }
  p[z] += by * LAPLACIAN2(c, n - 2, 0) - f[z];
}

/* Order 4: 4/3 (first neighbours) - 1/12 (second neighbours) - 15/2 phi. */
#define FIRST4(c, below, above) \
  (((c)[below] + (c)[above]) + ((c)[z - stride_y] + (c)[z + stride_y]) + ((c)[z - stride_x] + (c)[z + stride_x]))
#define SECOND4(c, below, above)                                            \
  (((c)[below] + (c)[above]) + ((c)[z - 2 * stride_y] + (c)[z + 2 * stride_y]) + \
   ((c)[z - 2 * stride_x] + (c)[z + 2 * stride_x]))
#define LAPLACIAN4(c, below2, below, above, above2) \
  (first * FIRST4(c, below, above) - second * SECOND4(c, below2, above2) - centre * (c)[z])

void DW_NAME(dw_kick4)(void *pi, const void *phi, const void *force, ptrdiff_t stride_x, ptrdiff_t stride_y,
                       ptrdiff_t n, double factor) {
  dw_real *restrict p = pi;
  const dw_real *restrict c = phi;
  const dw_real *restrict f = force;
  const dw_real first = (dw_real)(factor * (4.0 / 3.0));
  const dw_real second = (dw_real)(factor * (1.0 / 12.0));
  const dw_real centre = (dw_real)(factor * 7.5);
  ptrdiff_t z = 0;
  p[z] += LAPLACIAN4(c, n - 2, n - 1, 1, 2) - f[z];
  z = 1;
  p[z] += LAPLACIAN4(c, n - 1, 0, 2, 3) - f[z];
  for (z = 2; z < n - 2; z++) {
    p[z] += LAPLACIAN4(c, z - 2, z - 1, z + 1, z + 2) - f[z];
  }
  z = n - 2;
  p[z] += LAPLACIAN4(c, n - 4, n - 3, n - 1, 0) - f[z];
  z = n - 1;
  p[z] += LAPLACIAN4(c, n - 3, n - 2, 0, 1) - f[z];
}

void DW_NAME(dw_drift)(void *phi, const void *pi, ptrdiff_t n, double factor) {
  dw_real *restrict f = phi;
  const dw_real *restrict p = pi;
  const dw_real by = (dw_real)factor;
  for (ptrdiff_t z = 0; z < n; z++) {
    f[z] += by * p[z];
  }
}

void DW_NAME(dw_scale)(void *row, ptrdiff_t n, double factor) {
  dw_real *restrict f = row;
  const dw_real by = (dw_real)factor;
  for (ptrdiff_t z = 0; z < n; z++) {
    f[z] *= by;
  }
}
