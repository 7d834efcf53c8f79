/* Spectra of the stress and of gravitational waves, from amplitudes per mode (gw/parts.h), shell by shell.
 *
 * All are collective; arrays have K numbers, K the shells of the coarse grid. k comoving. Errors: DW_ERR_MEMORY.
 * With f_k = dx_c^3 sum f exp(-i k x) on the coarse lattice:
 *
 *   ETC(k)      = sum_ij |Pi_ij(k)|^2 / L^3 of the TT part, m eta^4; of the scalar part and
 *                 of the vector part likewise, so that the three add up to the traceless tensor's
 *   drho_dlnk   = <k>^3/(2 pi^2) sum_ij |h^'_ij(k)|^2/(4 a^2 L^3), m^2 eta^4/M_P^2, <k> the shell's mean |k|
 *   averaged    = the same with (|h^'|^2 + k^2 |h^|^2)/2 in place of |h^'|^2, where the oscillation drops out
 *   rho         = (1/L^3) sum over the modes of all shells of sum_ij |h^'_ij(k)|^2/(4 a^2 L^3)
 *   omega       = drho_dlnk/(3 H^2/a^2), H the conformal rate of the background: the share of its critical density in
 *                 units of (eta/M_P)^4; NAN where space doesn't expand
 * Errors are those of the shell's mean for independent modes. The modes of a product of fields are not, so these are
 * lower bounds; an ensemble gives the true ones (docs/validation.md).
 * (docs/conventions.md; Maggiore, Phys. Rept. 331 (2000) 283). */
#ifndef DW_GW_SPECTRUM_H
#define DW_GW_SPECTRUM_H

#include "gw/gw.h"

/* Mean and standard error of sum |amplitude|^2/L^3 over `count` parts. */
dw_status dw_stress_spectrum(const dw_coarse *coarse, int count, dw_modes *const part[], double *mean, double *error);

/* The same of Re sum amplitude* amplitude'/L^3, the amplitudes `with` those of another time: the unequal-time
 * correlator UTC(k; tau, tau'). `shells`: those of the modes of part and with, which may be fewer than the grid's
 * (dw_modes_hold_within). With part = with the bits are those of dw_stress_spectrum. */
dw_status dw_stress_correlate(const dw_coarse *coarse, const dw_shells *shells, int count, dw_modes *const part[],
                              dw_modes *const with[], double *mean, double *error);

/* Not collective. Amplitudes in the unnormalised convention of dw_modes times this have squares that add up to
 * sum_ij |Pi_ij(k)|^2/L^3. */
double dw_stress_amplitude_factor(const dw_coarse *coarse);

typedef struct dw_gw_spectrum {
  double *drho_dlnk;       /* (K); the arrays belong to the caller */
  double *drho_dlnk_error; /* (K) */
  double *averaged;        /* (K) */
  double *omega;           /* (K) */
  double *omega_averaged;  /* (K) */
  double rho;
} dw_gw_spectrum;

/* `now`: as dw_gw_measure gave it. */
dw_status dw_gw_spectrum_fill(const dw_gw *gw, const dw_coarse *coarse, const dw_gw_amplitudes *now,
                              dw_gw_spectrum *spectrum);

/* 8 pi rho/(A_t sigma)^2 in units of M_P^-2: the efficiency epsilon of Hiramatsu, Kawasaki & Saikawa
 * (arXiv:1309.5001), of the peak with the largest drho_dlnk, of the total with rho. NAN without walls. */
double dw_gw_efficiency(double rho, double area_parameter, double tension);

/* ETC/(sigma^2 a^2 tau), the scaling form F(k tau); NAN without walls or at tau = 0. */
double dw_stress_scaling(double etc, double tension, double a, double tau);

#endif
