#include "fields/potential_rows.h"

/* n double wells that feel each other, with u_i = phi_i^2 - 1 and the coupling g:
 *
 *   v0 = sum u_i^2/4 + (g/2) sum_{i<j} u_i u_j,   v_b = eps sum (phi_i^3/3 - phi_i)
 *   dv0/dphi_i = [u_i + g sum_{j != i} u_j] phi_i
 *
 * The 2^n vacua are at phi_i = +-1. g = 0: each is the double well, with its bits. */

enum { BLOCK = 64 };

DW_CLONES void DW_NAME(dw_wells_derivative)(const dw_potential_values *values, const dw_instant *at, double degenerate,
                                            double bias, const void *const *phi, void *const *out, ptrdiff_t n) {
  (void)at;
  const dw_real c0 = (dw_real)degenerate;
  const dw_real cb = (dw_real)(bias * values->bias);
  const dw_real cg = (dw_real)(degenerate * values->coupling);
  for (ptrdiff_t start = 0; start < n; start += BLOCK) {
    const int count = n - start < BLOCK ? (int)(n - start) : BLOCK;
    for (int i = 0; i < values->components; i++) {
      const dw_real *restrict f = (const dw_real *)phi[i] + start;
      dw_real *restrict derivative = (dw_real *)out[i] + start;
      dw_real others[BLOCK] = {0};
      for (int j = 0; j < values->components; j++) {
        const dw_real *restrict g = (const dw_real *)phi[j] + start;
        if (j == i) {
          continue;
        }
#pragma omp simd
        for (int z = 0; z < count; z++) {
          others[z] += g[z] * g[z] - (dw_real)1;
        }
      }
#pragma omp simd
      for (int z = 0; z < count; z++) {
        derivative[z] = (f[z] * f[z] - (dw_real)1) * (c0 * f[z] + cb) + cg * others[z] * f[z];
      }
    }
  }
}

DW_CLONES void DW_NAME(dw_wells_value)(const dw_potential_values *values, const dw_instant *at, const void *const *phi,
                                       double *v0, double *vb, ptrdiff_t n) {
  (void)at;
  const double g = values->coupling;
  const double eps = values->bias;
  for (ptrdiff_t start = 0; start < n; start += BLOCK) {
    const int count = n - start < BLOCK ? (int)(n - start) : BLOCK;
    double *restrict degenerate = v0 + start;
    double *restrict tilt = vb + start;
    double sum[BLOCK] = {0.0}; /* of the wells so far */
    for (int z = 0; z < count; z++) {
      degenerate[z] = 0.0;
      tilt[z] = 0.0;
    }
    for (int i = 0; i < values->components; i++) {
      const dw_real *restrict f = (const dw_real *)phi[i] + start;
#pragma omp simd
      for (int z = 0; z < count; z++) {
        const double x = (double)f[z];
        const double well = x * x - 1.0;
        degenerate[z] += 0.25 * well * well + 0.5 * g * well * sum[z];
        tilt[z] += eps * (x * x / 3.0 - 1.0) * x;
        sum[z] += well;
      }
    }
  }
}
