/* Gravitational waves today: frequency and h^2 Omega of a spectrum known at one moment, when the plasma has the
 * temperature T.
 *
 * Assumed: at T the universe is dominated by that plasma (radiation), which later keeps its entropy and has no other
 * source of heat; the waves are well inside the horizon or are counted as if they were (their density falls as a^-4
 * from T on: modes with x < 1 still change until they enter). Then, with the reduced Planck mass M_P,
 *
 *   H(T)  = sqrt(pi^2 g_* /90) T^2/M_P                     Friedmann
 *   a/a_0 = (T_0/T) (g_*s0/g_*s)^(1/3)                     entropy, s a^3 constant
 *   f     = k/(2 pi a_0) = x H(T)/(2 pi) a/a_0             x = k/(a H) at T
 *   h^2 Omega_today = Omega h^2 Omega_gamma (g_* /2) (g_*s0/g_*s)^(4/3)        rho_gw/rho_gamma ~ a^-4/T_gamma^4
 *
 * (e.g. C. Caprini & D. Figueroa, arXiv:1801.04268, section 2). x = 2 pi gives
 * f = 1.124e-9 Hz (g_* /10)^(1/2) (g_*s/10)^(-1/3) (T/10 MeV); g_* = g_*s = 100 gives h^2 Omega_today = 1.653e-5 Omega.
 * Both are with g_*s0 = 3.931 of cosmology/degrees.h; the textbook's 3.909 would give 1.122e-9 and 1.640e-5.
 *
 * From a run to these numbers. The waves come as d rho/dlnk; of walls of tension sigma its natural unit is
 * sigma^2/M_P^2, in which it is a number D, and
 *
 *   Omega(T) = D sigma^2 / (3 H(T)^2 M_P^4).
 *
 * In units of the code rho_hat = rho M_P^2/(m^2 eta^4) and sigma_hat = sigma/(m eta^2), so D = (d rho_hat/dlnk) /
 * sigma_hat^2: neither eta nor m = sqrt(lambda) eta is needed for it. sigma_hat = 2 sqrt 2/3 for the double well.
 *
 * Run taken literally: the moment of the run has H_hat = H/m (H the physical rate, conformal rate / a), so given eta
 * and T, m = H(T)/H_hat is fixed, and with it lambda = (m/eta)^2 and sigma = sigma_hat m eta^2. Giving lambda too would
 * determine too much; dw_redshift_tension takes eta and T and returns the sigma that belongs to them. Omega(T) is then
 * (eta/M_P)^4 Omega_hat, Omega_hat = (d rho_hat/dlnk)/(3 H_hat^2), exactly the run's.
 *
 * Run taken as a sample of the scaling regime: while walls scale, D(x) is the same function at all times (its peak is
 * epsilon A_t^2/(8 pi)), so the D(x) of a run also holds at a later annihilation, at any T and for any sigma (that is,
 * any lambda): Omega ~ sigma^2/T^4. sigma and T are then the free inputs, and eta and lambda enter through sigma alone.
 * That D(x) is constant is to be seen in the run; what a real annihilation adds to the spectrum is not in it.
 * Both readings are the same call, with one or the other sigma.
 *
 * Not collective. Units are GeV with hbar = c = k_B = 1 except for f in Hz. */
#ifndef DW_COSMOLOGY_REDSHIFT_H
#define DW_COSMOLOGY_REDSHIFT_H

#include "base/status.h"
#include "cosmology/degrees.h"

/* Plain data. */
typedef struct dw_redshift {
  double temperature; /* T, GeV */
  dw_degrees degrees; /* at T */
  double hubble;      /* H(T), physical, GeV */
  double dilution;    /* a/a_0 */
  double frequency;   /* f of x = k/(aH) = 1, Hz */
  double fraction;    /* h^2 Omega_today for Omega = 1 at T */
} dw_redshift;

/* With the degrees of freedom of the Standard Model at T, in GeV. Errors: those of dw_degrees_at. */
dw_status dw_redshift_init(dw_redshift *redshift, double temperature);

/* The same with degrees of freedom that are given: other particles, or a formula's. Errors: DW_ERR_PARAM, one of the
 * three isn't > 0. */
dw_status dw_redshift_init_with(dw_redshift *redshift, double temperature, dw_degrees degrees);

/* Frequency today, Hz, of the comoving wave number k = x aH; x = k/(conformal rate) at T. */
double dw_redshift_frequency(const dw_redshift *redshift, double x);

/* h^2 Omega today of waves whose density d rho/dlnk at T is `drho_dlnk` sigma^2/M_P^2 (D above); sigma in GeV^3. */
double dw_redshift_omega(const dw_redshift *redshift, double drho_dlnk, double sigma);

/* Energy density of walls over the critical one at T, if they scale with A_t = 1: rho = sigma/t with t = 1/(2H), so
 * 2 sigma/(3 H M_P^2). From about 1 on they would rule the expansion, which these formulas exclude. */
double dw_redshift_wall_share(const dw_redshift *redshift, double sigma);

/* sigma, in GeV^3, for which a run's moment with H/m = `hubble_over_m` (physical H) is the moment of temperature T.
 * `eta` in GeV, sigma_hat in m eta^2. */
double dw_redshift_tension(const dw_redshift *redshift, double eta, double sigma_hat, double hubble_over_m);

/* Reduced Planck mass, GeV (CODATA 2018), and h^2 Omega of photons of 2.7255 K. */
double dw_redshift_planck_mass(void);
double dw_redshift_photons(void);

#endif
