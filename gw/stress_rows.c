#include "gw/stress_rows.h"

#include <string.h>

typedef dw_real real;

/* Elements of a cache line. */
enum { LINE = 64 / (int)sizeof(real) };

/* Undivided centred difference. */
static inline real across(const real *at, ptrdiff_t s, int order) {
  return order == 2 ? at[s] - at[-s] : (real)8 * (at[s] - at[-s]) - (at[2 * s] - at[-2 * s]);
}

/* Rows of scratch lie one after the other, each from a cache line on. */
static ptrdiff_t scratch_pitch(ptrdiff_t n) { return (n + LINE - 1) / LINE * LINE; }

/* A row with its periodic ends, where neighbours along z are looked for. */
static const real *continued(const dw_stress_input *in, const real *c) {
  const ptrdiff_t n = in->n;
  real *row = (real *)in->scratch + DW_COMPONENTS * scratch_pitch(n) + LINE;
  memcpy(row, c, (size_t)n * sizeof *c);
  for (int i = 1; i <= 2; i++) {
    row[-i] = c[n - i];
    row[n + i - 1] = c[i - 1];
  }
  return row;
}

/* One row added to the sums. Inlined with constant order, so that the loop is vectorised. */
__attribute__((always_inline)) static inline void add_row_all(const dw_stress_input *in, const real *restrict c,
                                                              real *const sum[DW_COMPONENTS], int order) {
  const ptrdiff_t sx = in->stride_x;
  const ptrdiff_t sy = in->stride_y;
  const real *restrict line = continued(in, c);
  real *restrict xx = sum[DW_XX_ZZ];
  real *restrict yy = sum[DW_YY_ZZ];
  real *restrict xy = sum[DW_XY];
  real *restrict xz = sum[DW_XZ];
  real *restrict yz = sum[DW_YZ];
#pragma omp simd
  for (ptrdiff_t z = 0; z < in->n; z++) {
    const real gx = across(c + z, sx, order);
    const real gy = across(c + z, sy, order);
    const real gz = across(line + z, 1, order);
    const real zz = gz * gz;
    xx[z] += gx * gx - zz;
    yy[z] += gy * gy - zz;
    xy[z] += gx * gy;
    xz[z] += gx * gz;
    yz[z] += gy * gz;
  }
}

/* The same for one component, which is constant too. */
__attribute__((always_inline)) static inline void add_row_one(const dw_stress_input *in, const real *restrict c,
                                                              real *restrict sum, int order, dw_component component) {
  const ptrdiff_t sx = in->stride_x;
  const ptrdiff_t sy = in->stride_y;
  const real *restrict line = component == DW_XY ? c : continued(in, c);
#pragma omp simd
  for (ptrdiff_t z = 0; z < in->n; z++) {
    const real gx = component == DW_YY_ZZ || component == DW_YZ ? (real)0 : across(c + z, sx, order);
    const real gy = component == DW_XX_ZZ || component == DW_XZ ? (real)0 : across(c + z, sy, order);
    const real gz = component == DW_XY ? (real)0 : across(line + z, 1, order);
    switch (component) {
      case DW_XX_ZZ: sum[z] += gx * gx - gz * gz; break;
      case DW_YY_ZZ: sum[z] += gy * gy - gz * gz; break;
      case DW_XY: sum[z] += gx * gy; break;
      case DW_XZ: sum[z] += gx * gz; break;
      default: sum[z] += gy * gz; break;
    }
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

void DW_NAME(dw_stress_add)(const dw_stress_input *in, double factor, void *const out[DW_COMPONENTS]) {
  real *sum[DW_COMPONENTS];
  const ptrdiff_t pitch = scratch_pitch(in->n);
  memset(in->scratch, 0, (size_t)(DW_COMPONENTS * pitch) * sizeof(real));
  for (int i = 0; i < DW_COMPONENTS; i++) {
    sum[i] = (real *)in->scratch + i * pitch;
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

void DW_NAME(dw_stress_add_one)(const dw_stress_input *in, dw_component component, double factor, void *out) {
  real *sum = in->scratch;
  memset(sum, 0, (size_t)in->n * sizeof(real));
  for (int row = 0; row < in->coarsening * in->coarsening; row++) {
    add_row(in, row_of(in, row), sum, component);
  }
  add_gathered(sum, in->n, in->coarsening, (real)factor, out);
}
