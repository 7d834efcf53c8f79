/* What the differences of the lattices make of a momentum, in tables along one direction.
 *
 * A tensor lattice of N points, spacing dx_c = L/N, holds averages over blocks of c^3 sites of a field lattice of
 * spacing dx = dx_c/c. Index i of a direction of its kept modes has the number n = dw_mode_number(side, i) and the
 * momentum k = 2 pi n/L. All tables depend on n alone: the same bits on any decomposition, and for -n the same bits
 * (window, laplacian, squares) or the opposite ones (derivative). With c > 1 the tensor lattice's own Nyquist
 * momentum, where n = N/2 and -N/2 are one mode, has the q and k of +N/2. Momenta in m, comoving. */
#ifndef DW_GW_MOMENTA_H
#define DW_GW_MOMENTA_H

#include "lattice/modes.h"

typedef struct dw_momenta {
  int64_t side; /* length of each table, that of the modes */
  /* q(k) of centred differences on the field lattice: sin(k dx)/dx at order 2, [8 sin(k dx) - sin(2 k dx)]/(6 dx) at
   * order 4. Exactly 0 for n = 0 and at that lattice's Nyquist momentum, and nowhere else. */
  double *derivative;
  double *window;    /* of the average over c sites: sin(c k dx/2)/(c sin(k dx/2)), between 2/pi and 1 */
  double *laplacian; /* of minus the tensor lattice's second difference, theta = k dx_c: (2 - 2 cos theta)/dx_c^2 at
                        order 2, (5/2 - 8/3 cos theta + 1/6 cos 2 theta)/dx_c^2 at order 4; m^2 */
  double *squares;   /* k^2, m^2 */
} dw_momenta;

/* Not collective. `modes`: any of the tensor lattice, nothing of it is kept. `coarsening` c >= 1; both orders 2 or 4.
 * The caller destroys the momenta. Errors: DW_ERR_MEMORY; DW_ERR_INTERNAL for another order. */
dw_status dw_momenta_create(dw_momenta **momenta, const dw_modes *modes, int coarsening, int source_order,
                            int laplacian_order);
void dw_momenta_destroy(dw_momenta *momenta);

/* A dw_mode_function (lattice/shells.h), `context` the momenta: 1, or 0 where q vanishes in all three directions and
 * no direction of motion is left. */
void dw_momenta_counted(const void *context, const dw_modes *modes, int64_t ky, int64_t kz, int64_t lanes,
                        double *value);

#endif
