#include "fields/kernel_rows.h"

/* Elements of a cache line, and how far ahead of the kick the rows of phi and pi that come next from memory are asked
 * for: a new row is short, and the machine's own prefetch starts too late on each. */
enum { LINE = DW_ROW_ALIGNMENT / (int)sizeof(dw_real), AHEAD = 2048 / (int)sizeof(dw_real) };

/* Order 2: sum of the six neighbours - 6 phi. */
#define LAPLACIAN2(below, above)                                                                                   \
  (((c)[below] + (c)[above]) + ((c)[z - stride_y] + (c)[z + stride_y]) + ((c)[z - stride_x] + (c)[z + stride_x]) - \
   (dw_real)6 * (c)[z])

/* The loop runs over the whole row, aligned with it, and takes what lies beside the row for neighbours of the ends;
 * the ends are then put right. */
void DW_NAME(dw_kick2)(void *pi, const void *phi, const void *force, ptrdiff_t stride_x, ptrdiff_t stride_y,
                       ptrdiff_t n, double factor) {
  dw_real *restrict p = __builtin_assume_aligned(pi, DW_ROW_ALIGNMENT);
  const dw_real *restrict c = __builtin_assume_aligned(phi, DW_ROW_ALIGNMENT);
  const dw_real *restrict f = __builtin_assume_aligned(force, DW_ROW_ALIGNMENT);
  const dw_real by = (dw_real)factor;
  const dw_real first = p[0];
  const dw_real last = p[n - 1];
  ptrdiff_t line = 0;
  for (; line + LINE <= n; line += LINE) {
    __builtin_prefetch(p + line + AHEAD, 1, 2);
    __builtin_prefetch(c + line + stride_x + AHEAD, 1, 2);
#pragma omp simd
    for (ptrdiff_t z = line; z < line + LINE; z++) {
      p[z] += by * LAPLACIAN2(z - 1, z + 1) - f[z];
    }
  }
  for (ptrdiff_t z = line; z < n; z++) {
    p[z] += by * LAPLACIAN2(z - 1, z + 1) - f[z];
  }
  ptrdiff_t z = 0;
  p[z] = first + (by * LAPLACIAN2(n - 1, 1) - f[z]);
  z = n - 1;
  p[z] = last + (by * LAPLACIAN2(n - 2, 0) - f[z]);
}

/* Order 4: 4/3 (first neighbours) - 1/12 (second neighbours) - 15/2 phi. */
#define FIRST4(below, above) \
  (((c)[below] + (c)[above]) + ((c)[z - stride_y] + (c)[z + stride_y]) + ((c)[z - stride_x] + (c)[z + stride_x]))
#define SECOND4(below, above)                                                    \
  (((c)[below] + (c)[above]) + ((c)[z - 2 * stride_y] + (c)[z + 2 * stride_y]) + \
   ((c)[z - 2 * stride_x] + (c)[z + 2 * stride_x]))
#define LAPLACIAN4(below2, below, above, above2) \
  (near * FIRST4(below, above) - far * SECOND4(below2, above2) - centre * (c)[z])

void DW_NAME(dw_kick4)(void *pi, const void *phi, const void *force, ptrdiff_t stride_x, ptrdiff_t stride_y,
                       ptrdiff_t n, double factor) {
  dw_real *restrict p = __builtin_assume_aligned(pi, DW_ROW_ALIGNMENT);
  const dw_real *restrict c = __builtin_assume_aligned(phi, DW_ROW_ALIGNMENT);
  const dw_real *restrict f = __builtin_assume_aligned(force, DW_ROW_ALIGNMENT);
  const dw_real near = (dw_real)(factor * (4.0 / 3.0));
  const dw_real far = (dw_real)(factor * (1.0 / 12.0));
  const dw_real centre = (dw_real)(factor * 7.5);
  const dw_real end[4] = {p[0], p[1], p[n - 2], p[n - 1]};
  ptrdiff_t line = 0;
  for (; line + LINE <= n; line += LINE) {
    __builtin_prefetch(p + line + AHEAD, 1, 2);
    __builtin_prefetch(c + line + 2 * stride_x + AHEAD, 1, 2);
#pragma omp simd
    for (ptrdiff_t z = line; z < line + LINE; z++) {
      p[z] += LAPLACIAN4(z - 2, z - 1, z + 1, z + 2) - f[z];
    }
  }
  for (ptrdiff_t z = line; z < n; z++) {
    p[z] += LAPLACIAN4(z - 2, z - 1, z + 1, z + 2) - f[z];
  }
  ptrdiff_t z = 0;
  p[z] = end[0] + (LAPLACIAN4(n - 2, n - 1, 1, 2) - f[z]);
  z = 1;
  p[z] = end[1] + (LAPLACIAN4(n - 1, 0, 2, 3) - f[z]);
  z = n - 2;
  p[z] = end[2] + (LAPLACIAN4(n - 4, n - 3, n - 1, 0) - f[z]);
  z = n - 1;
  p[z] = end[3] + (LAPLACIAN4(n - 3, n - 2, 0, 1) - f[z]);
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
