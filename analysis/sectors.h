/* Walls, strings and junctions of a complex field phi_1 + i phi_2 with the N vacua e_k = exp(2 pi i k/N).
 *
 * Sector of a site: the k with the largest phi.e_k, the nearest vacuum by angle; the last of equal ones. Sums are
 * ordered within a row and exact across rows: the same bits on any decomposition.
 *
 *   area(j,k)     comoving area per comoving volume: S = dx^2/L^3 sum over links with ends in j and k of the mean over
 *                 the two ends of |g|/(|g_x| + |g_y| + |g_z|), g the gradient of phi.(e_k - e_j), centred differences
 *                 of the run's order: the estimator of analysis/measure.h, equal to it for N = 2
 *   area          the sum over all pairs. N = 1: over the links on which theta passes pi, that is phi_2 changes sign
 *                 where phi_1, linear along the link, is below 0; g the gradient of phi_2
 *   fraction[k]   share of the sites in sector k
 *   string_length comoving length per comoving volume: dx/L^3 sum of |t|/(|t_x| + |t_y| + |t_z|) over the plaquettes
 *                 around which the phase winds, t = grad phi_1 x grad phi_2 at the corner with the smallest indices.
 *                 A straight string of length l along t/|t| pierces l (|t_x| + |t_y| + |t_z|)/(|t| dx) plaquettes, so
 *                 this is right for every orientation; over all of them the mean weight is 2/3. Near the axis of a
 *                 string grad phi_1 x grad phi_2 is along it.
 *   junction_length  the same over the plaquettes whose corners lie in three sectors or more; 0 for N < 3
 *
 * The winding of a plaquette is the number of its edges, taken straight in the plane of the field, that cross the
 * positive phi_1 axis upwards less those that cross it downwards: signs of phi_2 and of a cross product, no angles. It
 * is the phase rule of Vachaspati & Vilenkin (Phys. Rev. D 30 (1984) 2036); an edge and its reverse cancel, so strings
 * have no ends. */
#ifndef DW_ANALYSIS_SECTORS_H
#define DW_ANALYSIS_SECTORS_H

#include "fields/state.h"

/* Pairs j < k, in the order (0,1), (0,2), (1,2), (0,3) ...; N = 1: one. */
enum { DW_MOST_PAIRS = DW_MOST_SECTORS * (DW_MOST_SECTORS - 1) / 2 };

typedef struct dw_sectors {
  int walls;                          /* N */
  int pairs;                          /* N (N - 1)/2, and 1 for N = 1 */
  double area;                        /* m, comoving */
  double area_between[DW_MOST_PAIRS]; /* m, comoving */
  double fraction[DW_MOST_SECTORS];
  double string_length;   /* m^2, comoving */
  double junction_length; /* m^2, comoving */
  int64_t strings;        /* plaquettes around which the phase winds */
  int64_t junctions;      /* plaquettes with three sectors or more */
} dw_sectors;

static inline int dw_sectors_pair(int j, int k) { return j < k ? k * (k - 1) / 2 + j : j * (j - 1) / 2 + k; }

/* Collective. The potential of the state has sectors. Brings the halos of phi up to date.
 * Errors: DW_ERR_MEMORY, on all processes; DW_ERR_INVALID if a gradient at a wall isn't finite. */
dw_status dw_sectors_measure(dw_sectors *sectors, dw_state *state);

#endif
