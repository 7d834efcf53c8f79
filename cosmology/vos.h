/* The velocity-dependent one-scale model of a network of domain walls: two numbers, a length L and an rms velocity v.
 *
 *   dL/dt = (1 + 3 v^2) H L + c v + d [k_0 - k(v)]^r,      dv/dt = (1 - v^2) [k(v)/L - 3 H v],
 *   k(v)  = k_0 [1 - (q v^2)^b] / [1 + (q v^2)^b]
 *
 * (C. Martins, I. Rybak, A. Avgoustidis & E. Shellard, arXiv:1602.01322). t is cosmic time, H = a'/a^2 the physical
 * Hubble rate. L is physical and defined by the density of the walls, rho = sigma/L: so L = a/S with S the comoving
 * area per comoving volume of a measurement, and A_t = t/L = S t/a is its area parameter. c is the loss into closed
 * walls, d and r that into scalar radiation, k_0, q and b the momentum k(v), dimensionless all.
 *
 * In terms of the comoving length l = L/a = 1/S and conformal time the scale factor drops out:
 *
 *   l' = 3 v^2 h l + c v + d [k_0 - k]^r,      v' = (1 - v^2) [k/l - 3 h v],      h = a'/a,
 *
 * which is what is integrated, in any background, flat space included (h = 0, A_t = S tau).
 *
 * Not collective. */
#ifndef DW_COSMOLOGY_VOS_H
#define DW_COSMOLOGY_VOS_H

#include <stddef.h>

#include "base/status.h"
#include "cosmology/background.h"

typedef struct dw_vos {
  double c;
  double d;
  double r;
  double q;
  double b;
  double k0;
} dw_vos;

typedef struct dw_vos_point {
  double area_parameter; /* A_t = t/L */
  double velocity;       /* v, rms */
} dw_vos_point;

/* c = 0, d = 0.26, r = 1.42, q = 3.35, b = 1.08, k_0 = 1.77: calibrated by the paper above on field theory
 * simulations with constant comoving width. */
dw_vos dw_vos_standard(void);

/* k(v); negative for v^2 > 1/q. */
double dw_vos_momentum(const dw_vos *vos, double velocity);

/* From `start` at conformal time `tau_start` to the conformal times tau[0 ... count - 1], which don't fall and are not
 * before tau_start (1/m); point[i] belongs to tau[i]. Relative error 1e-10 a step. Cosmic time must be > 0 at
 * tau_start. Errors: DW_ERR_PARAM, no such parameters, start or times; DW_ERR_INVALID, the solution stops to exist. */
dw_status dw_vos_integrate(const dw_vos *vos, const dw_background *background, double tau_start, dw_vos_point start,
                           size_t count, const double *tau, dw_vos_point *point);

/* The constant A_t and v in a ~ tau^p, p >= 0 (flat space is p = 0). With n = H t = p/(1 + p) the equations are
 *
 *   k(v) (1 - n - 3 n v^2) = 3 n v (c v + d [k_0 - k(v)]^r),      A_t = (1 - n - 3 n v^2)/(c v + d [k_0 - k(v)]^r).
 *
 * There is one v for c, d >= 0, since left falls and right rises with v.
 * Errors: DW_ERR_PARAM, no such parameters, or walls that don't lose anything and never scale. */
dw_status dw_vos_fixed_point(const dw_vos *vos, double p, dw_vos_point *point);

#endif
