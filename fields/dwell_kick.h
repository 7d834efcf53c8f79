/* A kick of one row, p[z] += factor lap(phi)[z] - force, for any force that can be inlined: one text for the kernels of
 * dwell and for potentials of the user's own, which it is compiled with (fields/dwell_potential.h). The types
 * dwell_real and dwell_rows are set before it is included.
 *
 * lap is the sum of differences (dx^2 times the Laplacian) of order 2 or 4. phi and p start on a cache line; neighbours
 * lie at +-stride_x and +-stride_y elements, in z the row of n >= 4 is periodic, and two reals on either side of phi
 * may be read (their values don't matter). The same expression serves the vector body and the two ends, and no
 * multiply-add is contracted, so every site rounds alike on any decomposition and machine. */
#ifndef DWELL_KICK_H
#define DWELL_KICK_H

#include <stddef.h>

#define DWELL_INLINE __attribute__((always_inline)) static inline

/* Reals of a cache line, and how far ahead of the kick the rows of phi and p that come next are asked for: a new row is
 * short, and the machine's own prefetch starts too late on each. */
enum { DWELL_LINE = 64 / (int)sizeof(dwell_real), DWELL_AHEAD = 2048 / (int)sizeof(dwell_real) };

typedef struct dwell_kick {
  dwell_real *p;
  const dwell_real *phi;
  ptrdiff_t stride_x;
  ptrdiff_t stride_y;
  ptrdiff_t n;
  double factor;
} dwell_kick;

/* Of site z, where the field is phi. */
typedef dwell_real dwell_force(const void *context, dwell_real phi, ptrdiff_t z);

/* 6 phi less than the sum of the six neighbours. */
DWELL_INLINE dwell_real dwell_laplacian2(const dwell_real *c, ptrdiff_t z, ptrdiff_t below, ptrdiff_t above,
                                         ptrdiff_t sx, ptrdiff_t sy) {
  return ((c[below] + c[above]) + (c[z - sy] + c[z + sy]) + (c[z - sx] + c[z + sx]) - (dwell_real)6 * c[z]);
}

DWELL_INLINE void dwell_kick2(const dwell_kick *kick, dwell_force *force, const void *context) {
  dwell_real *restrict p = (dwell_real *)__builtin_assume_aligned(kick->p, 64);
  const dwell_real *restrict c = (const dwell_real *)__builtin_assume_aligned(kick->phi, 64);
  const ptrdiff_t sx = kick->stride_x;
  const ptrdiff_t sy = kick->stride_y;
  const ptrdiff_t n = kick->n;
  const dwell_real by = (dwell_real)kick->factor;
  const dwell_real first = p[0];
  const dwell_real last = p[n - 1];
  ptrdiff_t line = 0;
  for (; line + DWELL_LINE <= n; line += DWELL_LINE) { /* the ends take what lies beside the row, and are put right */
    __builtin_prefetch(p + line + DWELL_AHEAD, 1, 2);
    __builtin_prefetch(c + line + sx + DWELL_AHEAD, 1, 2);
    _Pragma("omp simd") for (ptrdiff_t z = line; z < line + DWELL_LINE; z++) {
      p[z] += by * dwell_laplacian2(c, z, z - 1, z + 1, sx, sy) - force(context, c[z], z);
    }
  }
  for (ptrdiff_t z = line; z < n; z++) {
    p[z] += by * dwell_laplacian2(c, z, z - 1, z + 1, sx, sy) - force(context, c[z], z);
  }
  p[0] = first + (by * dwell_laplacian2(c, 0, n - 1, 1, sx, sy) - force(context, c[0], 0));
  p[n - 1] = last + (by * dwell_laplacian2(c, n - 1, n - 2, 0, sx, sy) - force(context, c[n - 1], n - 1));
}

/* 4/3 (first neighbours) - 1/12 (second neighbours) - 15/2 phi, these with the factor. */
typedef struct dwell_weights4 {
  dwell_real near, far, centre;
  ptrdiff_t sx, sy;
} dwell_weights4;

DWELL_INLINE dwell_real dwell_laplacian4(const dwell_real *c, const dwell_weights4 w, ptrdiff_t z, ptrdiff_t below2,
                                         ptrdiff_t below, ptrdiff_t above, ptrdiff_t above2) {
  return (w.near * ((c[below] + c[above]) + (c[z - w.sy] + c[z + w.sy]) + (c[z - w.sx] + c[z + w.sx])) -
          w.far *
              ((c[below2] + c[above2]) + (c[z - 2 * w.sy] + c[z + 2 * w.sy]) + (c[z - 2 * w.sx] + c[z + 2 * w.sx])) -
          w.centre * c[z]);
}

DWELL_INLINE void dwell_kick4(const dwell_kick *kick, dwell_force *force, const void *context) {
  dwell_real *restrict p = (dwell_real *)__builtin_assume_aligned(kick->p, 64);
  const dwell_real *restrict c = (const dwell_real *)__builtin_assume_aligned(kick->phi, 64);
  const ptrdiff_t n = kick->n;
  const dwell_weights4 w = {(dwell_real)(kick->factor * (4.0 / 3.0)), (dwell_real)(kick->factor * (1.0 / 12.0)),
                            (dwell_real)(kick->factor * 7.5), kick->stride_x, kick->stride_y};
  const dwell_real end[4] = {p[0], p[1], p[n - 2], p[n - 1]};
  ptrdiff_t line = 0;
  for (; line + DWELL_LINE <= n; line += DWELL_LINE) {
    __builtin_prefetch(p + line + DWELL_AHEAD, 1, 2);
    __builtin_prefetch(c + line + 2 * w.sx + DWELL_AHEAD, 1, 2);
    _Pragma("omp simd") for (ptrdiff_t z = line; z < line + DWELL_LINE; z++) {
      p[z] += dwell_laplacian4(c, w, z, z - 2, z - 1, z + 1, z + 2) - force(context, c[z], z);
    }
  }
  for (ptrdiff_t z = line; z < n; z++) {
    p[z] += dwell_laplacian4(c, w, z, z - 2, z - 1, z + 1, z + 2) - force(context, c[z], z);
  }
  for (int i = 0; i < 4; i++) {
    const ptrdiff_t z = i < 2 ? i : n - 4 + i;
    const dwell_real lap = dwell_laplacian4(c, w, z, (z + n - 2) % n, (z + n - 1) % n, (z + 1) % n, (z + 2) % n);
    p[z] = end[i] + (lap - force(context, c[z], z));
  }
}

/* All rows of a plane that are asked for. */
DWELL_INLINE void dwell_kick_rows(const dwell_rows *rows, dwell_force *force, const void *context) {
  dwell_kick kick = {(dwell_real *)rows->p, (const dwell_real *)rows->phi, rows->stride_x, rows->stride_y, rows->n,
                     rows->gradient};
  for (ptrdiff_t row = 0; row < rows->rows; row++) {
    if (rows->order == 2) {
      dwell_kick2(&kick, force, context);
    } else {
      dwell_kick4(&kick, force, context);
    }
    kick.p += rows->stride_y;
    kick.phi += rows->stride_y;
  }
}

#endif
