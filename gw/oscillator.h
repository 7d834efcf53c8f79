/* A mode of gravitational waves over one interval of conformal time, exact in a given background:
 *
 *   h'' + 2 H h' + k^2 h = 2 P(tau),   H = a'/a,
 *
 * for one component of h_ij, traceless and transverse, in units M_P = 1; see e.g. C. Caprini & D. Figueroa,
 * arXiv:1801.04268, section 2. P, the same component of Pi_ij^TT (comoving, d_i phi d_j phi for a scalar field), is
 * linear in tau between its values at both ends. tau and k are conformal time and comoving wave number, in 1/m and m.
 *
 * Exact means to rounding for any smooth a(tau), about 1e-15 of each entry for k (tau1 - tau0) <= 1 and of the largest
 * for more; see oscillator.c for the method. What is left is the error of a linear P, of order two in the interval.
 *
 * Not collective. */
#ifndef DW_GW_OSCILLATOR_H
#define DW_GW_OSCILLATOR_H

#include <stdint.h>

#include "base/status.h"
#include "cosmology/background.h"

/* (h, h')(tau1) = m (h, h')(tau0) + s0 P(tau0) + s1 P(tau1). Row 0 gives h, row 1 gives h'. */
typedef struct dw_oscillator {
  double m[2][2];
  double s0[2];
  double s1[2];
} dw_oscillator;

/* Fills table[i] for k^2 = i unit^2, i = 0 ... count - 1; the table is the caller's. Threads share the modes, and the
 * result doesn't depend on how many there are. tau0 < tau1, both where the background has a > 0; unit >= 0.
 *
 * Takes a fraction of a microsecond a mode and thread, in proportion to k (tau1 - tau0) where that is large.
 * Errors: DW_ERR_INTERNAL, no such interval, unit, count or scale factor, or k (tau1 - tau0) above some thousands;
 * DW_ERR_MEMORY. */
dw_status dw_oscillator_fill(const dw_background *background, double tau0, double tau1, double unit, int64_t count,
                             dw_oscillator *table);

#endif
