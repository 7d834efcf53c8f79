/* The wall at rest between the vacua 0 and 1 of a Z_N potential, e_0 = 1 and e_1 = exp(2 pi i/N) of phi_1 + i phi_2;
 * N = 1: from the angle 0 to 2 pi, around Phi = 0.
 *
 * It is the path phi(x) of least energy  sigma = int [(dphi/dx)^2/2 + v0] dx  that has the symmetry of the potential:
 * seen from the angle pi/N its component along e_1 - e_0 is odd in x and the other one even. Half of it is relaxed by
 * Newton's method, with as much steepest descent added as makes each step lower the energy, on points that are dense in
 * the middle; the second-order differences are extrapolated from three numbers of points (Richardson). Width:
 * half the length of the path over its steepest slope, (int |dphi/dx| dx)/2 / max |dphi/dx|, the definition of one
 * field (fields/potential_numbers.h).
 *
 * Closed forms: mu << 1: sine-Gordon in the angle, sigma = 8 mu/N^2, delta = pi/(2 mu) (Hiramatsu et al.,
 * arXiv:1207.3166, sect. 2). N = 2: phi_1 = tanh(mu x), phi_2 = sqrt(1 - 2 mu^2)/cosh(mu x) for mu^2 < 1/2, sigma =
 * 2 mu (1 - 2 mu^2/3) (Rajaraman & Weinberg, Phys. Rev. D 11 (1975) 2950); phi_2 = 0 and the kink of the double well
 * from there on. N = 1: there is a wall for small mu alone; otherwise it shrinks away through Phi = 0. */
#ifndef DW_FIELDS_SECTOR_WALL_H
#define DW_FIELDS_SECTOR_WALL_H

#include "fields/potential.h"

typedef struct dw_sector_wall dw_sector_wall;

/* *wall is the caller's until dw_sector_wall_destroy; NULL and DW_OK where there is no wall (N = 1). The rows of the
 * potential and the values are read now alone. Not collective, deterministic.
 * Errors: DW_ERR_MEMORY; DW_ERR_PARAM if it doesn't converge. */
dw_status dw_sector_wall_create(dw_sector_wall **wall, const dw_potential *potential,
                                const dw_potential_values *values);
void dw_sector_wall_destroy(dw_sector_wall *wall);

/* sigma, m eta^2, and delta, 1/m; physical. */
double dw_sector_wall_tension(const dw_sector_wall *wall);
double dw_sector_wall_width(const dw_sector_wall *wall);

/* phi, and dphi/dx in slope, at x from the middle, in 1/m (physical): e_0 at the left, e_1 at the right. */
void dw_sector_wall_at(const dw_sector_wall *wall, double x, double phi[2], double slope[2]);

/* e_k = exp(2 pi i k/N); what is zero is exactly 0. */
void dw_sector_vacuum(int walls, int k, double vacuum[2]);

/* Second derivatives of v0 at the radius r and the angle theta: along r, mixed, and across. */
void dw_sector_hessian(const dw_potential_values *values, double r, double theta, double h[3]);

/* Fills tension, width (both 0 where there is no wall), curvature = max(2, mu^2) and overshoot, the largest eigenvalue
 * of the second derivatives of v0 for |Phi| <= 1.2, of *potential; minimum and barrier, of one field, stay 0.
 * Not collective. Errors: as above; DW_ERR_PARAM for N outside 1 ... DW_MOST_SECTORS or mu <= 0. */
dw_status dw_sector_wall_numbers(dw_potential *potential, const dw_potential_values *values);

#endif
