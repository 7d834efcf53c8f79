#include "fields/potential_rows.h"
#include "fields/powers.h"

/* Z_N walls of Phi = phi_1 + i phi_2 = r e^{i theta}:
 *
 *   v0 = (r^2 - 1)^2/4 + (mu^2/N^2) r^2 (1 - cos N theta),   v_b = -(2/3) eps phi_1
 *
 * Hiramatsu, Kawasaki, Saikawa & Sekiguchi (arXiv:1207.3166) have |Phi| in place of |Phi|^2 in the second term, whose
 * force is of constant size and any direction around Phi = 0, in the core of each string; here it goes to zero with
 * Phi. The vacua r = 1, theta = 2 pi k/N with v0 = 0 and the masses^2 2 and mu^2 there are the same. With
 * C + i S = (Phi/r)^N
 *
 *   dv0/dphi_1 = [r^2 - 1 + 2 mu^2/N^2 (1 - C)] phi_1 - (mu^2/N) S phi_2
 *   dv0/dphi_2 = [r^2 - 1 + 2 mu^2/N^2 (1 - C)] phi_2 + (mu^2/N) S phi_1. */

enum { BLOCK = DW_POWERS_BLOCK };

DW_CLONES void DW_NAME(dw_z_n_derivative)(const dw_potential_values *values, const dw_instant *at, double degenerate,
                                          double bias, const void *const *phi, void *const *out, ptrdiff_t n) {
  (void)at;
  const double walls = (double)values->walls;
  const double mass2 = values->axion_mass * values->axion_mass;
  const dw_real c0 = (dw_real)degenerate;
  const dw_real radial = (dw_real)(2.0 * degenerate * mass2 / (walls * walls));
  const dw_real angular = (dw_real)(degenerate * mass2 / walls);
  const dw_real tilt = (dw_real)(-2.0 / 3.0 * bias * values->bias);
  for (ptrdiff_t start = 0; start < n; start += BLOCK) {
    const int count = n - start < BLOCK ? (int)(n - start) : BLOCK;
    const dw_real *restrict f1 = (const dw_real *)phi[0] + start;
    const dw_real *restrict f2 = (const dw_real *)phi[1] + start;
    dw_real *restrict out1 = (dw_real *)out[0] + start;
    dw_real *restrict out2 = (dw_real *)out[1] + start;
    dw_real c[BLOCK];
    dw_real s[BLOCK];
    DW_NAME(dw_powers)(f1, f2, values->walls, count, c, s);
#pragma omp simd
    for (int z = 0; z < count; z++) {
      const dw_real square = f1[z] * f1[z] + f2[z] * f2[z];
      const dw_real along = c0 * (square - (dw_real)1) + radial * ((dw_real)1 - c[z]);
      const dw_real across = angular * s[z];
      out1[z] = along * f1[z] - across * f2[z] + tilt;
      out2[z] = along * f2[z] + across * f1[z];
    }
  }
}

DW_CLONES void DW_NAME(dw_z_n_value)(const dw_potential_values *values, const dw_instant *at, const void *const *phi,
                                     double *v0, double *vb, ptrdiff_t n) {
  (void)at;
  const double ratio = values->axion_mass / (double)values->walls;
  const double tilt = -2.0 / 3.0 * values->bias;
  for (ptrdiff_t start = 0; start < n; start += BLOCK) {
    const int count = n - start < BLOCK ? (int)(n - start) : BLOCK;
    const dw_real *restrict f1 = (const dw_real *)phi[0] + start;
    const dw_real *restrict f2 = (const dw_real *)phi[1] + start;
    double *restrict degenerate = v0 + start;
    double *restrict bias = vb + start;
    double x[BLOCK];
    double y[BLOCK];
    double c[BLOCK];
    double s[BLOCK];
    for (int z = 0; z < count; z++) {
      x[z] = (double)f1[z];
      y[z] = (double)f2[z];
    }
    dw_powers_f64(x, y, values->walls, count, c, s);
#pragma omp simd
    for (int z = 0; z < count; z++) {
      const double square = x[z] * x[z] + y[z] * y[z];
      const double well = square - 1.0;
      degenerate[z] = 0.25 * well * well + ratio * ratio * square * (1.0 - c[z]);
      bias[z] = tilt * x[z];
    }
  }
}
