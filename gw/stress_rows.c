#include "gw/stress_rows.h"

typedef dw_real real;

/* Elements of a cache line. */
enum { LINE = 64 / (int)sizeof(real) };

#define ALWAYS_INLINE __attribute__((always_inline)) static inline

/* Rows of scratch lie one after the other, each from a cache line on. */
static ptrdiff_t scratch_pitch(ptrdiff_t n) { return (n + LINE - 1) / LINE * LINE; }

/* One plane of a block row. Order and rows are constants where the functions below are inlined, so that their loops are
 * vectorised. */
typedef struct plane {
  const real *c; /* its first row */
  ptrdiff_t sx, sy, n;
  int order;
  int rows; /* c */
} plane;

/* A site and where its neighbours along z are: beside it, or at the other end of the row. */
typedef struct site {
  ptrdiff_t z, below2, below, above, above2;
} site;

ALWAYS_INLINE site inside(ptrdiff_t z) { return (site){z, z - 2, z - 1, z + 1, z + 2}; }

/* The i-th of `order` sites near the ends. */
ALWAYS_INLINE site near_end(const plane *p, ptrdiff_t i) {
  const ptrdiff_t n = p->n;
  const ptrdiff_t z = i < p->order / 2 ? i : n - p->order + i;
  return (site){z, (z + n - 2) % n, (z + n - 1) % n, (z + 1) % n, (z + 2) % n};
}

/* Undivided centred differences. */
ALWAYS_INLINE real across(const real *at, ptrdiff_t s, int order) {
  return order == 2 ? at[s] - at[-s] : (real)8 * (at[s] - at[-s]) - (at[2 * s] - at[-2 * s]);
}

ALWAYS_INLINE real along(const real *c, site at, int order) {
  return order == 2 ? c[at.above] - c[at.below] : (real)8 * (c[at.above] - c[at.below]) - (c[at.above2] - c[at.below2]);
}

typedef struct sums {
  real xx, yy, xy, xz, yz;
} sums;

ALWAYS_INLINE void add_row_all(const plane *p, const real *c, site at, sums *s) {
  const real gx = across(c + at.z, p->sx, p->order);
  const real gy = across(c + at.z, p->sy, p->order);
  const real gz = along(c, at, p->order);
  const real zz = gz * gz;
  s->xx += gx * gx - zz;
  s->yy += gy * gy - zz;
  s->xy += gx * gy;
  s->xz += gx * gz;
  s->yz += gy * gz;
}

/* The rows of the plane at one site. */
ALWAYS_INLINE sums add_site_all(const plane *p, site at, sums s) {
  add_row_all(p, p->c, at, &s);
  if (p->rows >= 2) {
    add_row_all(p, p->c + p->sy, at, &s);
  }
  if (p->rows == 4) {
    add_row_all(p, p->c + 2 * p->sy, at, &s);
    add_row_all(p, p->c + 3 * p->sy, at, &s);
  }
  return s;
}

/* What the planes before have left at a site. */
ALWAYS_INLINE sums before(int first, const real *xx, const real *yy, const real *xy, const real *xz, const real *yz) {
  return first ? (sums){0, 0, 0, 0, 0} : (sums){*xx, *yy, *xy, *xz, *yz};
}

/* The ends come before the loop, which takes what lies beside the row for them, and are put right after it. */
ALWAYS_INLINE void add_plane_all(const plane *p, int first, real *const sum[DW_COMPONENTS]) {
  real *restrict xx = sum[DW_XX_ZZ];
  real *restrict yy = sum[DW_YY_ZZ];
  real *restrict xy = sum[DW_XY];
  real *restrict xz = sum[DW_XZ];
  real *restrict yz = sum[DW_YZ];
  sums end[4];
  for (ptrdiff_t i = 0; i < p->order; i++) {
    const site at = near_end(p, i);
    end[i] = add_site_all(p, at, before(first, xx + at.z, yy + at.z, xy + at.z, xz + at.z, yz + at.z));
  }
#pragma omp simd
  for (ptrdiff_t z = 0; z < p->n; z++) {
    const sums s = add_site_all(p, inside(z), before(first, xx + z, yy + z, xy + z, xz + z, yz + z));
    xx[z] = s.xx;
    yy[z] = s.yy;
    xy[z] = s.xy;
    xz[z] = s.xz;
    yz[z] = s.yz;
  }
  for (ptrdiff_t i = 0; i < p->order; i++) {
    const ptrdiff_t z = near_end(p, i).z;
    xx[z] = end[i].xx;
    yy[z] = end[i].yy;
    xy[z] = end[i].xy;
    xz[z] = end[i].xz;
    yz[z] = end[i].yz;
  }
}

/* The same for one component, which is constant too. */
ALWAYS_INLINE real row_one(const plane *p, const real *c, site at, dw_component component) {
  const real gx = component == DW_YY_ZZ || component == DW_YZ ? (real)0 : across(c + at.z, p->sx, p->order);
  const real gy = component == DW_XX_ZZ || component == DW_XZ ? (real)0 : across(c + at.z, p->sy, p->order);
  const real gz = component == DW_XY ? (real)0 : along(c, at, p->order);
  switch (component) {
    case DW_XX_ZZ: return gx * gx - gz * gz;
    case DW_YY_ZZ: return gy * gy - gz * gz;
    case DW_XY: return gx * gy;
    case DW_XZ: return gx * gz;
    default: return gy * gz;
  }
}

ALWAYS_INLINE real add_site_one(const plane *p, site at, dw_component component, real s) {
  s += row_one(p, p->c, at, component);
  if (p->rows >= 2) {
    s += row_one(p, p->c + p->sy, at, component);
  }
  if (p->rows == 4) {
    s += row_one(p, p->c + 2 * p->sy, at, component);
    s += row_one(p, p->c + 3 * p->sy, at, component);
  }
  return s;
}

ALWAYS_INLINE void add_plane_one(const plane *p, int first, dw_component component, real *restrict sum) {
  real end[4];
  for (ptrdiff_t i = 0; i < p->order; i++) {
    const site at = near_end(p, i);
    end[i] = add_site_one(p, at, component, first ? 0 : sum[at.z]);
  }
#pragma omp simd
  for (ptrdiff_t z = 0; z < p->n; z++) {
    sum[z] = add_site_one(p, inside(z), component, first ? 0 : sum[z]);
  }
  for (ptrdiff_t i = 0; i < p->order; i++) {
    sum[near_end(p, i).z] = end[i];
  }
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

ALWAYS_INLINE void put_blocks(const real *sum, ptrdiff_t blocks, int coarsening, int add, real factor,
                              real *restrict out) {
#pragma omp simd
  for (ptrdiff_t block = 0; block < blocks; block++) {
    const real mean = factor * gather(sum, block, coarsening);
    out[block] = add ? out[block] + mean : mean;
  }
}

/* out = or += factor times the sums of blocks. */
static void put_gathered(const real *sum, const dw_stress_input *in, real factor, real *out) {
  switch (2 * in->coarsening + (in->add ? 1 : 0)) {
    case 2: put_blocks(sum, in->n, 1, 0, factor, out); break;
    case 3: put_blocks(sum, in->n, 1, 1, factor, out); break;
    case 4: put_blocks(sum, in->n / 2, 2, 0, factor, out); break;
    case 5: put_blocks(sum, in->n / 2, 2, 1, factor, out); break;
    case 8: put_blocks(sum, in->n / 4, 4, 0, factor, out); break;
    default: put_blocks(sum, in->n / 4, 4, 1, factor, out); break;
  }
}

static plane plane_of(const dw_stress_input *in, int x) {
  return (plane){.c = (const real *)in->phi + x * in->stride_x,
                 .sx = in->stride_x,
                 .sy = in->stride_y,
                 .n = in->n,
                 .order = in->order,
                 .rows = in->coarsening};
}

/* What differs between the cases is constant in each. */
#define WITH_CONSTANTS(p, call)           \
  switch (10 * (p).order + (p).rows) {    \
    case 21: FIXED(p, 2, 1, call); break; \
    case 22: FIXED(p, 2, 2, call); break; \
    case 24: FIXED(p, 2, 4, call); break; \
    case 41: FIXED(p, 4, 1, call); break; \
    case 42: FIXED(p, 4, 2, call); break; \
    default: FIXED(p, 4, 4, call); break; \
  }
#define FIXED(p, order_, rows_, call) \
  do {                                \
    (p).order = order_;               \
    (p).rows = rows_;                 \
    call;                             \
  } while (0)

DW_CLONES void DW_NAME(dw_stress)(const dw_stress_input *in, double factor, void *const out[DW_COMPONENTS]) {
  real *sum[DW_COMPONENTS];
  for (int i = 0; i < DW_COMPONENTS; i++) {
    sum[i] = (real *)in->scratch + i * scratch_pitch(in->n);
  }
  for (int x = 0; x < in->coarsening; x++) {
    plane p = plane_of(in, x);
    if (x == 0) {
      WITH_CONSTANTS(p, add_plane_all(&p, 1, sum));
    } else {
      WITH_CONSTANTS(p, add_plane_all(&p, 0, sum));
    }
  }
  for (int i = 0; i < DW_COMPONENTS; i++) {
    put_gathered(sum[i], in, (real)factor, out[i]);
  }
}

ALWAYS_INLINE void add_plane(plane p, int first, dw_component component, real *sum) {
  switch (component) {
    case DW_XX_ZZ: WITH_CONSTANTS(p, add_plane_one(&p, first, DW_XX_ZZ, sum)); break;
    case DW_YY_ZZ: WITH_CONSTANTS(p, add_plane_one(&p, first, DW_YY_ZZ, sum)); break;
    case DW_XY: WITH_CONSTANTS(p, add_plane_one(&p, first, DW_XY, sum)); break;
    case DW_XZ: WITH_CONSTANTS(p, add_plane_one(&p, first, DW_XZ, sum)); break;
    default: WITH_CONSTANTS(p, add_plane_one(&p, first, DW_YZ, sum)); break;
  }
}

DW_CLONES void DW_NAME(dw_stress_one)(const dw_stress_input *in, dw_component component, double factor, void *out) {
  real *sum = in->scratch;
  add_plane(plane_of(in, 0), 1, component, sum);
  for (int x = 1; x < in->coarsening; x++) {
    add_plane(plane_of(in, x), 0, component, sum);
  }
  put_gathered(sum, in, (real)factor, out);
}
