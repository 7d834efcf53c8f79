/* The second route to the spectrum of gravitational waves: from the anisotropic stress at sample times instead of by
 * evolving the waves. With the kernels of cosmology/green.h and Pi(tau) interpolated between its samples,
 *
 *   h'(end) = int kernel_rate Pi dtau = sum_i weight_rate_i Pi(tau_i),      h(end) likewise with weight_h,
 *
 * so that for an unequal-time correlator UTC(tau_i, tau_j) = Re sum_ab Pi_ab(k,tau_i) Pi*_ab(k,tau_j)/L^3
 *
 *   |h'|^2 = sum_ij weight_rate_i weight_rate_j UTC_ij,      drho/dlnk = k^3/(2 pi^2) |h'|^2/(4 a^2),
 *
 * a double integral of the kernels times the UTC; averaged over an oscillation, (|h'|^2 + k^2 |h|^2)/2 stands in place
 * of |h'|^2. See e.g. D. Figueroa, M. Hindmarsh & J. Urrestarazu, arXiv:1212.5458, for such integrals.
 *
 * Rules for the interpolation: "linear" is of order two in the spacing dtau. A source that oscillates as cos(w tau)
 * reaches h with its amplitude times sinc^2(w dtau/2), and waves are driven by w = k: -8 % of h, -15 % of the energy
 * at k dtau = 1, -2 % and -4 % at 0.5. "cubic" (Lagrange's polynomial through the two samples on either side, three on
 * one side at the ends) is of order four: -1.3 % and -2.5 % at k dtau = 1, -0.1 % and -0.2 % at 0.5. Neither helps
 * where the source has changed between samples.
 *
 * Times are conformal, in 1/m, k comoving, in m, h in units (eta/M_P)^2. Not collective. */
#ifndef DW_ANALYSIS_POST_ROUTE_H
#define DW_ANALYSIS_POST_ROUTE_H

#include "base/status.h"
#include "cosmology/green.h"

typedef enum dw_route_rule { DW_ROUTE_LINEAR, DW_ROUTE_CUBIC } dw_route_rule;

/* The same for all k. The arrays stay the caller's. */
typedef struct dw_route {
  const dw_green *green;
  int count;         /* of samples, at least 2 */
  const double *tau; /* (count) 1/m, increasing, where a > 0; may be uneven */
  double start;      /* 1/m; Pi = 0 before, and before tau[0] */
  double end;        /* 1/m; Pi = 0 after tau[count - 1]; samples after `end` don't count for the wave at `end` */
  double a;          /* scale factor at `end`, 1 at the start of the run */
  dw_route_rule rule;
} dw_route;

/* drho/dlnk in m^2 eta^4/M_P^2, from |h'|^2 as it is and averaged over an oscillation. */
typedef struct dw_route_gw {
  double drho_dlnk;
  double averaged;
} dw_route_gw;

/* Errors: DW_ERR_INTERNAL, times that don't increase, or k (end - tau[0]) above 1e6. */
dw_status dw_route_check(const dw_route *route, double k);

/* Fills weight_h (count), 1/m^2, and weight_rate (count), 1/m. Kernel times polynomial is integrated to rounding, by
 * Gauss-Legendre rules on pieces in which neither turns much. k >= 0.
 * Errors: those of dw_route_check and dw_green_kernels, DW_ERR_MEMORY. */
dw_status dw_route_weights(const dw_route *route, double k, double *weight_h, double *weight_rate);

/* sum_ij weight_i weight_j utc_ij, utc (count, count). Negative if the matrix has negative eigenvalues. */
double dw_route_form(int count, const double *weight, const double *utc);

/* From |h|^2, 1/m^4 times that of Pi, and |h'|^2, shell means of sum_ab |h_ab(k)|^2/L^3. */
dw_route_gw dw_route_energy(const dw_route *route, double k, double h2, double rate2);

/* The whole route for a matrix utc (count, count), m^-1 eta^4, and the weights of dw_route_weights. */
dw_route_gw dw_route_correlator(const dw_route *route, double k, const double *weight_h, const double *weight_rate,
                                const double *utc);

#endif
