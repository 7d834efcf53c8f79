/* A kick of rows, p[z] += factor lap(phi)[z] - force, for any force that can be inlined, and the drift of the rows
 * behind them, phi[z - r stride_x] += drift p[z - r stride_x], r the radius of the stencil: one text for the kernels of
 * dwell and for potentials of the user's own, which it is compiled with (fields/dwell_potential.h). The types
 * dwell_real and dwell_rows are set before it is included.
 *
 * lap is the sum of differences (dx^2 times the Laplacian) of order 2 or 4. phi and p start on a cache line; neighbours
 * lie at +-stride_x and +-stride_y elements. In z the row of n >= 4 is periodic: its ends are written beside it, into
 * the two reals on either side of phi. The same expression serves all sites, and no multiply-add is contracted, so
 * every site rounds alike on any decomposition and machine. */
#ifndef DWELL_KICK_H
#define DWELL_KICK_H

#include <stddef.h>

#define DWELL_INLINE __attribute__((always_inline)) static inline

/* Reals of a piece of a row. */
enum { DWELL_PIECE = DWELL_PIECE_BYTES / (int)sizeof(dwell_real) };

typedef struct dwell_kick {
  dwell_real *p;
  dwell_real *phi;
  ptrdiff_t stride_x;
  ptrdiff_t stride_y;
  ptrdiff_t n;
  double factor;
  double drift;
  ptrdiff_t force_at; /* index of the row's first force */
  dwell_ahead ahead;
} dwell_kick;

/* Of the site with this index, where the field is phi. */
typedef dwell_real dwell_force(const void *context, dwell_real phi, ptrdiff_t index);

/* Numbers of a kick in the precision of the rows. Order 4: 4/3 (first neighbours) - 1/12 (second neighbours) - 15/2
 * phi, these with the factor. */
typedef struct dwell_weights {
  dwell_real near, far, centre, drift;
  ptrdiff_t sx, sy;
} dwell_weights;

DWELL_INLINE dwell_weights dwell_weights_of(const dwell_kick *kick, const int order) {
  const double f = kick->factor;
  return (dwell_weights){(dwell_real)(order == 2 ? f : f * (4.0 / 3.0)),
                         (dwell_real)(f * (1.0 / 12.0)),
                         (dwell_real)(f * 7.5),
                         (dwell_real)kick->drift,
                         kick->stride_x,
                         kick->stride_y};
}

DWELL_INLINE dwell_real dwell_laplacian(const dwell_real *c, const dwell_weights w, ptrdiff_t z, const int order) {
  const dwell_real near = (c[z - 1] + c[z + 1]) + (c[z - w.sy] + c[z + w.sy]) + (c[z - w.sx] + c[z + w.sx]);
  if (order == 2) {
    return w.near * (near - (dwell_real)6 * c[z]);
  }
  const dwell_real far =
      (c[z - 2] + c[z + 2]) + (c[z - 2 * w.sy] + c[z + 2 * w.sy]) + (c[z - 2 * w.sx] + c[z + 2 * w.sx]);
  return w.near * near - w.far * far - w.centre * c[z];
}

/* Sites from..to - 1. */
DWELL_INLINE void dwell_move_sites(const dwell_kick *kick, dwell_force *force, const void *context, const int order,
                                   const int drifts, const dwell_weights w, ptrdiff_t from, ptrdiff_t to) {
  dwell_real *restrict p = (dwell_real *)__builtin_assume_aligned(kick->p, 64);
  dwell_real *restrict c = (dwell_real *)__builtin_assume_aligned(kick->phi, 64);
  const ptrdiff_t back = (order / 2) * w.sx;
  const ptrdiff_t first = kick->force_at;
  _Pragma("omp simd") for (ptrdiff_t z = from; z < to; z++) {
    p[z] += dwell_laplacian(c, w, z, order) - force(context, c[z], first + z);
    if (drifts) {
      c[z - back] += w.drift * p[z - back];
    }
  }
}

DWELL_INLINE void dwell_close_row(dwell_real *c, ptrdiff_t n, const int order) {
  for (ptrdiff_t i = 0; i < order / 2; i++) {
    c[-1 - i] = c[n - 1 - i];
    c[n + i] = c[i];
  }
}

DWELL_INLINE void dwell_move_row(const dwell_kick *kick, dwell_force *force, const void *context, const int order,
                                 const int drifts) {
  const dwell_weights w = dwell_weights_of(kick, order);
  const ptrdiff_t n = kick->n;
  const char *ahead[2] = {(const char *)kick->ahead.from[0], (const char *)kick->ahead.from[1]};
  ptrdiff_t piece = 0;
  for (; piece + DWELL_PIECE <= n; piece += DWELL_PIECE) {
    for (int i = 0; i < kick->ahead.lines; i++) {
      __builtin_prefetch(ahead[0] + i * DWELL_LINE_BYTES, 1, 2);
      __builtin_prefetch(ahead[1] + i * DWELL_LINE_BYTES, 1, 2);
    }
    ahead[0] += kick->ahead.step;
    ahead[1] += kick->ahead.step;
    dwell_move_sites(kick, force, context, order, drifts, w, piece, piece + DWELL_PIECE);
  }
  dwell_move_sites(kick, force, context, order, drifts, w, piece, n);
}

/* A row is closed while the one before it is moved, so that what is written is there when vectors are read across it.
 */
DWELL_INLINE void dwell_move_rows(const dwell_rows *rows, dwell_force *force, const void *context, const int order,
                                  const int drifts) {
  dwell_kick kick = {.p = (dwell_real *)rows->p,
                     .phi = (dwell_real *)rows->phi,
                     .stride_x = rows->stride_x,
                     .stride_y = rows->stride_y,
                     .n = rows->n,
                     .factor = rows->gradient,
                     .drift = rows->drift,
                     .ahead = rows->ahead};
  const ptrdiff_t asked = rows->n / DWELL_PIECE * rows->ahead.step;
  dwell_close_row(kick.phi, kick.n, order);
  for (ptrdiff_t row = 0; row < rows->rows; row++) {
    if (row + 1 < rows->rows) {
      dwell_close_row(kick.phi + kick.stride_y, kick.n, order);
    }
    dwell_move_row(&kick, force, context, order, drifts);
    kick.p += rows->stride_y;
    kick.phi += rows->stride_y;
    kick.force_at += rows->force_stride;
    if (asked != 0) { /* else there may be nothing to ask for: NULL */
      kick.ahead.from[0] = (const char *)kick.ahead.from[0] + asked;
      kick.ahead.from[1] = (const char *)kick.ahead.from[1] + asked;
    }
  }
}

/* All rows of a plane that are asked for. */
DWELL_INLINE void dwell_kick_rows(const dwell_rows *rows, dwell_force *force, const void *context) {
  if (rows->order == 2) {
    if (rows->drifts) {
      dwell_move_rows(rows, force, context, 2, 1);
    } else {
      dwell_move_rows(rows, force, context, 2, 0);
    }
  } else {
    if (rows->drifts) {
      dwell_move_rows(rows, force, context, 4, 1);
    } else {
      dwell_move_rows(rows, force, context, 4, 0);
    }
  }
}

#endif
