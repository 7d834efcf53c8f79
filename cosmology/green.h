/* The response of gravitational waves to a source: the retarded Green's function of
 *
 *   h'' + 2 H h' + k^2 h = 2 Pi(tau),   H = a'/a,
 *
 * for one component of h_ij, traceless and transverse, in units M_P = 1. With u = a h this is u'' + (k^2 - a''/a) u =
 * 2 a Pi, and with G(tau, tau1) the retarded Green's function of its left side
 *
 *   h(tau) = int dtau1 kernel_h Pi(tau1),       kernel_h    = 2 (a1/a) G            = 2 T01,
 *   h'(tau) = int dtau1 kernel_rate Pi(tau1),   kernel_rate = 2 a1 d/dtau [G / a]   = 2 T11,
 *
 * where T(tau, tau1) is the transfer matrix (h, h')(tau) = T (h, h')(tau1) without source: Pi during dtau1 adds
 * 2 Pi dtau1 to h'. tau and k are conformal time and comoving momentum, in 1/m and m; h doesn't know the normalisation
 * of a. See C. Caprini & D. Figueroa, arXiv:1801.04268, section 2.
 *
 * Where a ~ (tau - shift)^p the solutions are x^-nu J_nu(x) and x^-nu Y_nu(x), nu = p - 1/2, x = k (tau - shift):
 * radiation p = 1, matter p = 2, kination p = 1/2, flat space p = 0. A chain is a list of such segments joined with
 * continuous a and a', so that each has a shift of its own; its T is the product of those of its segments. Any other
 * background is solved numerically.
 *
 * Closed forms are right to some 1e-13 of the largest value for k tau <= 1000 and 1e-12 for k tau <= 1e4 (1e-11 for
 * k tau -> 0 where w > 1), numerical ones to 1e-11 where H is smooth. Below k tau = 1e-8 the limit k -> 0 is used.
 *
 * Not collective. */
#ifndef DW_COSMOLOGY_GREEN_H
#define DW_COSMOLOGY_GREEN_H

#include "base/status.h"
#include "cosmology/background.h"

enum { DW_GREEN_MOST_SEGMENTS = 8 };

/* a ~ (tau - shift)^p until tau = end. */
typedef struct dw_green_segment {
  double p;
  double shift; /* 1/m */
  double end;   /* 1/m; infinite for the last */
} dw_green_segment;

/* Plain data, may be copied. */
typedef struct dw_green {
  int segments; /* 0: solved numerically */
  dw_green_segment segment[DW_GREEN_MOST_SEGMENTS];
  dw_background background; /* looked at where it is solved numerically */
} dw_green;

/* Closed forms for the backgrounds "flat", "power-law" and "chain" with sharp transitions, numerical solution for any
 * other. Nothing to release. */
void dw_green_init(dw_green *green, const dw_background *background);

/* Numerical solution whatever the background is, from its a(tau) and H(tau) alone. */
void dw_green_numeric(dw_green *green, const dw_background *background);

/* A chain of `count` power laws: the first is a ~ (tau - shift)^p[0]; each has p > 0; p[i] rules until end[i], which
 * increase and lie after `shift`. end[count - 1] isn't looked at: the last goes on for ever. The other shifts follow
 * from a continuous H: (end - shift_next) = (p_next/p) (end - shift).
 * Errors: DW_ERR_PARAM, not such a list, or more than DW_GREEN_MOST_SEGMENTS. */
dw_status dw_green_chain(dw_green *green, double shift, int count, const double *p, const double *end);

/* a(tau)/a(tau1), tau1 <= tau. NaN before the start of a power law. */
double dw_green_expansion(const dw_green *green, double tau1, double tau);

/* t[i] = T(tau, tau1[i]), for `count` times tau1 in increasing order, none after tau and all where a > 0; k >= 0.
 * Errors: DW_ERR_INTERNAL, no such times or k, or Bessel functions out of the range of a double (k tau1 below some
 * 1e-300 to the power 1/(p + 1/2)), or no numerical solution; DW_ERR_MEMORY. */
dw_status dw_green_transfer(const dw_green *green, double k, double tau, int count, const double *tau1,
                            double (*t)[2][2]);

/* Both kernels at `count` times tau1, as above; kernel_h in 1/m. Errors: as above. */
dw_status dw_green_kernels(const dw_green *green, double k, double tau, int count, const double *tau1, double *kernel_h,
                           double *kernel_rate);

#endif
