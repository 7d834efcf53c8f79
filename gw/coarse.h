/* The grid on which stress and tensors live, and its Fourier modes.
 *
 * A lattice of (N/c)^3 blocks of c^3 sites, c = 1, 2 or 4, on the same processes and the same box; a quantity on it is
 * a mean over blocks, whose window is divided out when it is projected (gw/parts.h). Kept are, for
 * c > 1, the modes up to where the grid is right, |n| <= N/4c, that is up to k = k_Nyquist/2c of the fine lattice
 * (docs/validation.md shows the errors there); for c = 1 all, lattice artefacts near k_Nyquist included. Spectra of
 * stress and waves end with these shells. */
#ifndef DW_GW_COARSE_H
#define DW_GW_COARSE_H

#include "fields/state.h"
#include "gw/momenta.h"
#include "gw/parts.h"
#include "lattice/decomposition.h"
#include "lattice/shells.h"

/* Order of the Laplacian of the waves, on every grid: at order 2 the waves run late by kappa/k, which at k_Nyquist/6
 * turns phases by a third of a radian within k tau = 30 (docs/validation.md). */
enum { DW_WAVE_ORDER = 4 };

typedef struct dw_coarse {
  const dw_state *state; /* of the scalar field */
  int coarsening;        /* c */
  dw_lattice *lattice;   /* owned, like all below */
  dw_modes *modes;       /* scratch of transforms */
  dw_momenta *momenta;
  dw_shells *shells; /* without the modes that have no direction */
  char *scratch;     /* rows of products, one set per thread; private */
  size_t scratch_bytes;
} dw_coarse;

/* Width of the halo with which so many units of the waves share a pass over memory (fields/pass.h). */
int dw_coarse_halo(int together);

/* Collective. `together`: 1, or so many units of waves on this grid. Scratch is made for omp_get_max_threads() threads;
 * later there may be fewer. The state's lattice has blocks of a multiple of c sites, each at least
 * dw_coarse_least_block(). Errors: DW_ERR_PARAM where c doesn't fit the lattice, DW_ERR_MEMORY. */
dw_status dw_coarse_create(dw_coarse **coarse, const dw_state *state, int coarsening, int together);
void dw_coarse_destroy(dw_coarse *coarse);

/* Sites that a process's block of the fine lattice must have along x and y. */
int dw_coarse_least_block(int coarsening, int together);

/* Largest |n| kept along a direction, or DW_ALL_MODES; and the number of shells. `points`: of the fine lattice. */
int64_t dw_coarse_limit(int64_t points, int coarsening);
int64_t dw_coarse_shells(int64_t points, int coarsening);

/* Upper edge of the last of so many shells, m, comoving. */
double dw_coarse_end(double length, int64_t shells);

/* Bytes on a process with this share of the fine lattice; and those of the modes it may hold (dw_modes_hold). */
size_t dw_coarse_bytes(const dw_share *fine, int coarsening, dw_precision precision);
size_t dw_coarse_held_bytes(const dw_share *fine, int coarsening, dw_precision precision);

/* About the time that the transforms and projections of one tensor field, five components, take, in steps of the field;
 * measured at 256^3. */
double dw_coarse_transform_cost(int coarsening);

#endif
