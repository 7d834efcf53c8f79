/* The anisotropic stress of the scalar field, Pi_ij = a^{1-s} [d_i phi d_j phi] (comoving gradients, centred
 * differences of the run's order; the factor restores the tension of fat walls), block by block and in Fourier space.
 */
#ifndef DW_GW_STRESS_H
#define DW_GW_STRESS_H

#include "gw/coarse.h"

/* a^{1-s} of the state's time. */
double dw_stress_weight(const dw_state *state);

/* Not collective; the halo of phi is fresh. Row[i][Z] = factor times the block mean of d_i phi d_j phi (without
 * a^{1-s}), all five components of the coarse row (X, Y), local indices, in the state's precision. Several threads may
 * make different rows. */
void dw_stress_row(const dw_coarse *coarse, int64_t x, int64_t y, double factor, void *const row[DW_COMPONENTS]);

/* Collective. Amplitudes of Pi at the state's time: sets target[part] for the parts whose target isn't NULL, in the
 * unnormalised convention of dw_modes on the coarse lattice (times dx_c^3 for the continuum). The components are made
 * and transformed one by one, from phi itself, so that no stress field is held. */
void dw_stress_project(const dw_coarse *coarse, dw_modes *const target[DW_PARTS]);

/* The same for the tensor part alone: plus and cross. */
void dw_stress_project_tensor(const dw_coarse *coarse, dw_modes *const target[DW_POLARISATIONS]);

/* About the time of dw_stress_project in steps of the field; measured at 256^3. */
double dw_stress_project_cost(int coarsening);

#endif
