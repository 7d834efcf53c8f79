#include "gw/stress_rows.h"

#include <string.h>

typedef dw_real real;

/* Undivided centred difference from the values two and one below and above. */
static inline real difference(real below2, real below, real above, real above2, int order) {
  return order == 2 ? above - below : (real)8 * (above - below) - (above2 - below2);
}

static inline real across(const real *at, ptrdiff_t s, int order) {
  return order == 2 ? at[s] - at[-s] : (real)8 * (at[s] - at[-s]) - (at[2 * s] - at[-2 * s]);
}

static inline void products(real gx, real gy, real gz, real out[DW_COMPONENTS]) {
  const real zz = gz * gz;
  out[DW_XX_ZZ] = gx * gx - zz;
  out[DW_YY_ZZ] = gy * gy - zz;
  out[DW_XY] = gx * gy;
  out[DW_XZ] = gx * gz;
  out[DW_YZ] = gy * gz;
}

/* The products at the sites next to the ends of a row, whose neighbours along z are at the other end. Site i of them:
 * the first `reach` of the row, then the last. */
enum { MOST_ENDS = 4 };

static inline ptrdiff_t end_site(int i, ptrdiff_t n, int reach) { return i < reach ? i : n - 2 * reach + i; }

static inline real wrapped(const real *c, ptrdiff_t z, ptrdiff_t n) { return c[z < 0 ? z + n : z < n ? z : z - n]; }

static inline void end_products(const dw_stress_input *in, const real *c, ptrdiff_t z, int order,
                                real out[DW_COMPONENTS]) {
  const ptrdiff_t n = in->n;
  const real gz =
      difference(wrapped(c, z - 2, n), wrapped(c, z - 1, n), wrapped(c, z + 1, n), wrapped(c, z + 2, n), order);
  products(across(c + z, in->stride_x, order), across(c + z, in->stride_y, order), gz, out);
}

/* One row added to the sums. The loop runs over the whole row, aligned with it, and takes what lies beside the row for
 * neighbours of the ends; the sums there are then put right. Inlined with constant order, so that it is vectorised. */
__attribute__((always_inline)) static inline void add_row_all(const dw_stress_input *in, const real *restrict c,
                                                              real *const sum[DW_COMPONENTS], int order) {
  const ptrdiff_t n = in->n;
  const ptrdiff_t sx = in->stride_x;
  const ptrdiff_t sy = in->stride_y;
  const int reach = order / 2;
  real *restrict xx = sum[DW_XX_ZZ];
  real *restrict yy = sum[DW_YY_ZZ];
  real *restrict xy = sum[DW_XY];
  real *restrict xz = sum[DW_XZ];
  real *restrict yz = sum[DW_YZ];
  real right[MOST_ENDS][DW_COMPONENTS];
  for (int i = 0; i < 2 * reach; i++) {
    const ptrdiff_t z = end_site(i, n, reach);
    end_products(in, c, z, order, right[i]);
    for (int k = 0; k < DW_COMPONENTS; k++) {
      right[i][k] += sum[k][z];
    }
  }
#pragma omp simd
  for (ptrdiff_t z = 0; z < n; z++) {
    const real gx = across(c + z, sx, order);
    const real gy = across(c + z, sy, order);
    const real gz = across(c + z, 1, order);
    const real zz = gz * gz;
    xx[z] += gx * gx - zz;
    yy[z] += gy * gy - zz;
    xy[z] += gx * gy;
    xz[z] += gx * gz;
    yz[z] += gy * gz;
  }
  for (int i = 0; i < 2 * reach; i++) {
    for (int k = 0; k < DW_COMPONENTS; k++) {
      sum[k][end_site(i, n, reach)] = right[i][k];
    }
  }
}

static inline real product(dw_component component, real gx, real gy, real gz) {
  switch (component) {
    case DW_XX_ZZ: return gx * gx - gz * gz;
    case DW_YY_ZZ: return gy * gy - gz * gz;
    case DW_XY: return gx * gy;
    case DW_XZ: return gx * gz;
    default: return gy * gz;
  }
}

/* The same for one component, which is constant too. */
__attribute__((always_inline)) static inline void add_row_one(const dw_stress_input *in, const real *restrict c,
                                                              real *restrict sum, int order, dw_component component) {
  const ptrdiff_t n = in->n;
  const ptrdiff_t sx = in->stride_x;
  const ptrdiff_t sy = in->stride_y;
  const int reach = order / 2;
  real right[MOST_ENDS];
  for (int i = 0; i < 2 * reach; i++) {
    real all[DW_COMPONENTS];
    end_products(in, c, end_site(i, n, reach), order, all);
    right[i] = sum[end_site(i, n, reach)] + all[component];
  }
#pragma omp simd
  for (ptrdiff_t z = 0; z < n; z++) {
    sum[z] += product(component, across(c + z, sx, order), across(c + z, sy, order), across(c + z, 1, order));
  }
  for (int i = 0; i < 2 * reach; i++) {
    sum[end_site(i, n, reach)] = right[i];
  }
}

static const real *row_of(const dw_stress_input *in, int index) {
  return (const real *)in->phi + (index / in->coarsening) * in->stride_x + (index % in->coarsening) * in->stride_y;
}

/* Sum over the c sites of block Z of a row. */
static inline real gather(const real *sum, ptrdiff_t block, int coarsening) {
  const real *s = sum + block * coarsening;
  switch (coarsening) {
    case 1: return s[0];
    case 2: return s[0] + s[1];
    default: return (s[0] + s[1]) + (s[2] + s[3]);
  }
}

__attribute__((always_inline)) static inline void add_blocks(const real *sum, ptrdiff_t blocks, int coarsening,
                                                             real factor, real *restrict out) {
#pragma omp simd
  for (ptrdiff_t block = 0; block < blocks; block++) {
    out[block] += factor * gather(sum, block, coarsening);
  }
}

static void add_gathered(const real *sum, ptrdiff_t n, int coarsening, real factor, real *out) {
  switch (coarsening) {
    case 1: add_blocks(sum, n, 1, factor, out); break;
    case 2: add_blocks(sum, n / 2, 2, factor, out); break;
    default: add_blocks(sum, n / 4, 4, factor, out); break;
  }
}

/* Rows of scratch are as far apart as cache lines allow. */
static ptrdiff_t scratch_pitch(ptrdiff_t n) {
  const ptrdiff_t line = 64 / (ptrdiff_t)sizeof(real);
  return (n + line - 1) / line * line;
}

void DW_NAME(dw_stress_add)(const dw_stress_input *in, double factor, void *const out[DW_COMPONENTS]) {
  real *sum[DW_COMPONENTS];
  const ptrdiff_t pitch = scratch_pitch(in->n);
  memset(in->sums, 0, (size_t)(DW_COMPONENTS * pitch) * sizeof(real));
  for (int i = 0; i < DW_COMPONENTS; i++) {
    sum[i] = (real *)in->sums + i * pitch;
  }
  for (int row = 0; row < in->coarsening * in->coarsening; row++) {
    if (in->order == 2) {
      add_row_all(in, row_of(in, row), sum, 2);
    } else {
      add_row_all(in, row_of(in, row), sum, 4);
    }
  }
  for (int i = 0; i < DW_COMPONENTS; i++) {
    add_gathered(sum[i], in->n, in->coarsening, (real)factor, out[i]);
  }
}

static void add_row(const dw_stress_input *in, const real *c, real *sum, dw_component component) {
#define ADD(which)                     \
  if (in->order == 2) {                \
    add_row_one(in, c, sum, 2, which); \
  } else {                             \
    add_row_one(in, c, sum, 4, which); \
  }                                    \
  break
  switch (component) {
    case DW_XX_ZZ: ADD(DW_XX_ZZ);
    case DW_YY_ZZ: ADD(DW_YY_ZZ);
    case DW_XY: ADD(DW_XY);
    case DW_XZ: ADD(DW_XZ);
    default: ADD(DW_YZ);
  }
#undef ADD
}

void DW_NAME(dw_stress_fill)(const dw_stress_input *in, dw_component component, double factor, void *out) {
  real *sum = in->sums;
  memset(sum, 0, (size_t)in->n * sizeof(real));
  for (int row = 0; row < in->coarsening * in->coarsening; row++) {
    add_row(in, row_of(in, row), sum, component);
  }
  memset(out, 0, (size_t)(in->n / in->coarsening) * sizeof(real));
  add_gathered(sum, in->n, in->coarsening, (real)factor, out);
}
