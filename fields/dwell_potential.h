/* A potential of your own for dwell, interface 1. A file that uses it is named by fields.potential_file and compiled by
 * dwell at the start of a run, for float and for double (docs/add-a-potential.md, examples/potential.c):
 *
 *   #define DWELL_INTERFACE 1
 *   #include "dwell_potential.h"
 *
 *   static double v0(const dwell_numbers *at, double phi) { return 0.25 * (phi * phi - 1) * (phi * phi - 1); }
 *   static double vb(const dwell_numbers *at, double phi) { return phi * phi * phi / 3 - phi; }
 *   static dwell_real slope(const dwell_numbers *at, dwell_real c0, dwell_real cb, dwell_real phi) {
 *     return (phi * phi - 1) * (c0 * phi + cb);
 *   }
 *   DWELL_POTENTIAL(slope, v0, vb)
 *
 * v0 is the degenerate part, 0 in its vacua; fields.bias times vb is the bias; slope is c0 dv0/dphi + cb dvb/dphi. phi
 * is in eta, v in m^2 eta^2. All functions are pure: many threads call them at once. In slope the arithmetic should be
 * that of dwell_real; a number that is a double, such as 0.5 or at->value[0], is written (dwell_real)0.5. */
#ifndef DWELL_POTENTIAL_H
#define DWELL_POTENTIAL_H

#include <math.h>
#include <stddef.h>

/* What functions are given beside the field. */
typedef struct dwell_numbers {
  const double *value; /* fields.potential_values, 16 of them: 0 where none is given */
  double tau;          /* conformal time, 1/m; 0 where dwell takes vacua and tension before the run */
  double a;            /* scale factor, 1 at the start */
} dwell_numbers;

/* Rows, which DWELL_POTENTIAL and DWELL_POTENTIAL_OF write; a file may define them itself. phi[c] is a row of n values
 * of the field's component c; out[c][z] = c0 dv0/dphi_c + cb dvb/dphi_c; v0[z], and vb[z] with the factor bias. */
typedef void dwell_slope_row(const dwell_numbers *at, double c0, double cb, const void *const *phi, void *const *out,
                             ptrdiff_t n);
typedef void dwell_value_row(const dwell_numbers *at, double bias, const void *const *phi, double *v0, double *vb,
                             ptrdiff_t n);

/* Memory that is wanted next, to be asked for on the way: at each DWELL_PIECE_BYTES of a row, short enough for what is
 * asked for to arrive in turns, `lines` cache lines at either place, which then moves on by `step` bytes. */
enum { DWELL_PIECE_BYTES = 512, DWELL_LINE_BYTES = 64 };

typedef struct dwell_ahead {
  const void *from[2];
  ptrdiff_t step;
  int lines;
} dwell_ahead;

/* Rows of one field to be kicked in one go, stride_y reals from one to the next; then, if `drifts`, the rows order/2
 * planes before them drift, phi += drift p. */
typedef struct dwell_rows {
  void *phi;
  void *p;
  ptrdiff_t stride_x, stride_y, n, rows;
  ptrdiff_t force_stride; /* of forces that are rows of their own; else 0 */
  int order;              /* of the Laplacian: 2 or 4 */
  int drifts;
  double gradient; /* of the sum of differences */
  double drift;
  dwell_ahead ahead;
} dwell_rows;

/* DWELL_POTENTIAL writes it; without it dwell takes dwell_slopes and a kick of its own. */
typedef void dwell_kick_row(const dwell_numbers *at, double c0, double cb, const dwell_rows *rows);

#ifdef DWELL_REAL_BYTES

#ifndef DWELL_INTERFACE
#error "write #define DWELL_INTERFACE 1 before #include \"dwell_potential.h\": the version the file is written for"
#elif DWELL_INTERFACE != 1
#error "this dwell has version 1 of dwell_potential.h; the file is written for another one (DWELL_INTERFACE)"
#endif

#if DWELL_REAL_BYTES == 4
typedef float dwell_real;
#else
typedef double dwell_real;
#endif

#define DWELL_EXPORT __attribute__((visibility("default")))
DWELL_EXPORT extern const int dwell_components; /* real fields; 1 where the file doesn't define it */
DWELL_EXPORT dwell_slope_row dwell_slopes;
DWELL_EXPORT dwell_value_row dwell_values;
DWELL_EXPORT dwell_kick_row dwell_kicks;

#include "dwell_kick.h"

/* One real field. */
#define DWELL_POTENTIAL(slope_, v0_, vb_)                                                                            \
  const int dwell_components = 1;                                                                                    \
  void dwell_slopes(const dwell_numbers *dwell_at, double dwell_degenerate, double dwell_bias,                       \
                    const void *const *dwell_in, void *const *dwell_out, ptrdiff_t dwell_n) {                        \
    const dwell_real *restrict dwell_phi = dwell_in[0];                                                              \
    dwell_real *restrict dwell_slope = dwell_out[0];                                                                 \
    const dwell_real dwell_c0 = (dwell_real)dwell_degenerate;                                                        \
    const dwell_real dwell_cb = (dwell_real)dwell_bias;                                                              \
    _Pragma("omp simd") for (ptrdiff_t dwell_z = 0; dwell_z < dwell_n; dwell_z++) {                                  \
      dwell_slope[dwell_z] = slope_(dwell_at, dwell_c0, dwell_cb, dwell_phi[dwell_z]);                               \
    }                                                                                                                \
  }                                                                                                                  \
  void dwell_values(const dwell_numbers *dwell_at, double dwell_bias, const void *const *dwell_in, double *dwell_v0, \
                    double *dwell_vb, ptrdiff_t dwell_n) {                                                           \
    const dwell_real *restrict dwell_phi = dwell_in[0];                                                              \
    double *restrict dwell_first = dwell_v0;                                                                         \
    double *restrict dwell_second = dwell_vb;                                                                        \
    _Pragma("omp simd") for (ptrdiff_t dwell_z = 0; dwell_z < dwell_n; dwell_z++) {                                  \
      dwell_first[dwell_z] = v0_(dwell_at, (double)dwell_phi[dwell_z]);                                              \
      dwell_second[dwell_z] = dwell_bias * vb_(dwell_at, (double)dwell_phi[dwell_z]);                                \
    }                                                                                                                \
  }                                                                                                                  \
  typedef struct dwell_context {                                                                                     \
    const dwell_numbers *at;                                                                                         \
    dwell_real c0, cb;                                                                                               \
  } dwell_context;                                                                                                   \
  DWELL_INLINE dwell_real dwell_force_here(const void *dwell_with, dwell_real dwell_phi, ptrdiff_t dwell_z) {        \
    const dwell_context *dwell_by = (const dwell_context *)dwell_with;                                               \
    (void)dwell_z;                                                                                                   \
    return slope_(dwell_by->at, dwell_by->c0, dwell_by->cb, dwell_phi);                                              \
  }                                                                                                                  \
  void dwell_kicks(const dwell_numbers *dwell_at, double dwell_degenerate, double dwell_bias,                        \
                   const dwell_rows *dwell_in) {                                                                     \
    const dwell_context dwell_with = {dwell_at, (dwell_real)dwell_degenerate, (dwell_real)dwell_bias};               \
    dwell_kick_rows(dwell_in, dwell_force_here, &dwell_with);                                                        \
  }

/* gcc doesn't make vectors of the pointers to rows under omp simd. */
#ifdef __clang__
#define DWELL_SIMD _Pragma("omp simd")
#else
#define DWELL_SIMD _Pragma("GCC ivdep")
#endif

/* Several real fields, at most 4: double v0(at, const double *phi), vb likewise, and
 * void slope(at, c0, cb, const dwell_real *phi, dwell_real *out), which fills out[c] = c0 dv0/dphi_c + cb dvb/dphi_c.
 */
#define DWELL_POTENTIAL_OF(fields_, slope_, v0_, vb_)                                                                \
  const int dwell_components = fields_;                                                                              \
  void dwell_slopes(const dwell_numbers *dwell_at, double dwell_degenerate, double dwell_bias,                       \
                    const void *const *dwell_in, void *const *dwell_out, ptrdiff_t dwell_n) {                        \
    const dwell_real dwell_c0 = (dwell_real)dwell_degenerate;                                                        \
    const dwell_real dwell_cb = (dwell_real)dwell_bias;                                                              \
    DWELL_SIMD for (ptrdiff_t dwell_z = 0; dwell_z < dwell_n; dwell_z++) {                                           \
      dwell_real dwell_phi[fields_];                                                                                 \
      dwell_real dwell_slope[fields_];                                                                               \
      for (int dwell_c = 0; dwell_c < fields_; dwell_c++) {                                                          \
        dwell_phi[dwell_c] = ((const dwell_real *)dwell_in[dwell_c])[dwell_z];                                       \
      }                                                                                                              \
      slope_(dwell_at, dwell_c0, dwell_cb, dwell_phi, dwell_slope);                                                  \
      for (int dwell_c = 0; dwell_c < fields_; dwell_c++) {                                                          \
        ((dwell_real *)dwell_out[dwell_c])[dwell_z] = dwell_slope[dwell_c];                                          \
      }                                                                                                              \
    }                                                                                                                \
  }                                                                                                                  \
  void dwell_values(const dwell_numbers *dwell_at, double dwell_bias, const void *const *dwell_in, double *dwell_v0, \
                    double *dwell_vb, ptrdiff_t dwell_n) {                                                           \
    DWELL_SIMD for (ptrdiff_t dwell_z = 0; dwell_z < dwell_n; dwell_z++) {                                           \
      double dwell_phi[fields_];                                                                                     \
      for (int dwell_c = 0; dwell_c < fields_; dwell_c++) {                                                          \
        dwell_phi[dwell_c] = (double)((const dwell_real *)dwell_in[dwell_c])[dwell_z];                               \
      }                                                                                                              \
      dwell_v0[dwell_z] = v0_(dwell_at, dwell_phi);                                                                  \
      dwell_vb[dwell_z] = dwell_bias * vb_(dwell_at, dwell_phi);                                                     \
    }                                                                                                                \
  }

/* In place of vb where there is no bias: of one field, of several. */
static inline double dwell_no_bias(const dwell_numbers *at, double phi) {
  (void)at;
  (void)phi;
  return 0.0;
}

static inline double dwell_no_bias_of(const dwell_numbers *at, const double *phi) {
  (void)at;
  (void)phi;
  return 0.0;
}

#endif
#endif
