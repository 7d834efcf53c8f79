#include "gw/parts_rows.h"

#include <math.h>

/* Modes whose coefficients are computed at once: they stay in the first-level cache. */
enum { RUN = 32 };

static const double ROOT2 = 1.41421356237309504880168872420970;
static const double ROOT6 = 2.44948974278317809819728407470589;

static void coefficients(const dw_parts_line *line, ptrdiff_t from, ptrdiff_t n,
                         dw_real coefficient[restrict DW_PARTS][RUN]) {
  const double *restrict qz = line->qz + from;
  const double *restrict window = line->window + from;
  const double rho = line->rho;
  const double plus[3] = {line->uu / ROOT2, (line->uu - line->aa) / ROOT2, ROOT2 * line->az};
  const double scalar[3] = {(2.0 * line->aa - line->uu) / ROOT6, -(line->uu + line->aa) / ROOT6, ROOT6 * line->az};
  const double ua = ROOT2 * line->ua;
  const double uz = ROOT2 * line->uz;
  const double aa = ROOT2 * line->aa;
  const double az = ROOT2 * line->az;
#pragma omp simd
  for (ptrdiff_t z = 0; z < n; z++) {
    const double square = rho * rho + qz[z] * qz[z];
    const double under = square * window[z];
    const double over = under > 0.0 ? 1.0 / under : 0.0;
    const double first = sqrt(square) * over; /* 1/(|q| window), for sine and cosine; `over` for their products */
    const double ss = rho * rho * over;
    const double cc = qz[z] * qz[z] * over;
    const double sc = rho * qz[z] * over;
    coefficient[DW_PLUS][z] = (dw_real)(plus[0] * ss + plus[1] * cc + plus[2] * sc);
    coefficient[DW_CROSS][z] = (dw_real)((ua * qz[z] - uz * rho) * first);
    coefficient[DW_SCALAR][z] = (dw_real)(scalar[0] * ss + scalar[1] * cc + scalar[2] * sc);
    coefficient[DW_VECTOR_U][z] = (dw_real)((ua * rho + uz * qz[z]) * first);
    coefficient[DW_VECTOR_V][z] = (dw_real)(aa * sc + az * (cc - ss));
  }
}

static void add(dw_real *restrict target, const dw_real *restrict modes, const dw_real *restrict coefficient,
                ptrdiff_t n) {
#pragma omp simd
  for (ptrdiff_t z = 0; z < n; z++) {
    target[2 * z] += coefficient[z] * modes[2 * z];
    target[2 * z + 1] += coefficient[z] * modes[2 * z + 1];
  }
}

DW_CLONES void DW_NAME(dw_parts_row)(void *const target[DW_PARTS], const void *modes, const dw_parts_line *line,
                                     ptrdiff_t n) {
  dw_real coefficient[DW_PARTS][RUN];
  for (ptrdiff_t from = 0; from < n; from += RUN) {
    const ptrdiff_t run = n - from < RUN ? n - from : RUN;
    coefficients(line, from, run, coefficient);
    for (int part = 0; part < DW_PARTS; part++) {
      if (target[part] != NULL) {
        add((dw_real *)target[part] + 2 * from, (const dw_real *)modes + 2 * from, coefficient[part], run);
      }
    }
  }
}

DW_CLONES void DW_NAME(dw_product_row)(double *value, const void *modes, const void *with, ptrdiff_t n) {
  double *restrict sum = value;
  const dw_real *f = modes;
  const dw_real *g = with;
#pragma omp simd
  for (ptrdiff_t z = 0; z < n; z++) {
    sum[z] += (double)f[2 * z] * (double)g[2 * z] + (double)f[2 * z + 1] * (double)g[2 * z + 1];
  }
}
