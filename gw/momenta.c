#include "gw/momenta.h"

#include <math.h>

#include "base/constants.h"
#include "base/memory.h"
#include "lattice/decomposition.h"

/* The entries for n >= 0; sin(pi) isn't 0 in floating point, so the Nyquist momentum is told by its number. Differences
 * of cosines are written as squares of sines, which lose nothing at small k. */
static void set(dw_momenta *momenta, int64_t i, int64_t n, const dw_lattice *lattice, int coarsening, int source_order,
                int laplacian_order) {
  const int64_t fine = lattice->points * coarsening;
  const double spacing = lattice->length / (double)fine;
  const double half = DW_PI * (double)n / (double)fine; /* k dx/2 */
  const double sine = sin(half);
  const double k = DW_TWO_PI * (double)n / lattice->length;
  momenta->squares[i] = k * k;
  momenta->derivative[i] = n == 0 || 2 * n == fine ? 0.0 : sin(2.0 * half) / spacing;
  if (source_order == 4) {
    momenta->derivative[i] *= 1.0 + 2.0 / 3.0 * sine * sine;
  }
  const double wide = sin(half * (double)coarsening); /* sin(theta/2) */
  momenta->window[i] = n == 0 || coarsening == 1 ? 1.0 : wide / ((double)coarsening * sine);
  const double step = wide / (lattice->length / (double)lattice->points);
  momenta->laplacian[i] = 4.0 * step * step;
  if (laplacian_order == 4) {
    momenta->laplacian[i] *= 1.0 + wide * wide / 3.0;
  }
}

dw_status dw_momenta_create(dw_momenta **momenta, const dw_modes *modes, int coarsening, int source_order,
                            int laplacian_order) {
  *momenta = NULL;
  if ((source_order != 2 && source_order != 4) || (laplacian_order != 2 && laplacian_order != 4)) {
    return dw_fail(DW_ERR_INTERNAL, "momenta of differences of order %d and %d", source_order, laplacian_order);
  }
  const size_t side = (size_t)modes->side;
  void *block = NULL;
  DW_TRY(dw_alloc(&block, 1, sizeof(dw_momenta) + 4 * side * sizeof(double), "momenta"));
  dw_momenta *draft = block;
  draft->side = modes->side;
  draft->derivative = (double *)(draft + 1);
  draft->window = draft->derivative + side;
  draft->laplacian = draft->window + side;
  draft->squares = draft->laplacian + side;
  for (int64_t i = 0; i < draft->side; i++) {
    const int64_t n = dw_mode_number(draft->side, i);
    set(draft, i, n < 0 ? -n : n, modes->lattice, coarsening, source_order, laplacian_order);
    if (n < 0) {
      draft->derivative[i] = -draft->derivative[i];
    }
  }
  *momenta = draft;
  return DW_OK;
}

void dw_momenta_destroy(dw_momenta *momenta) { dw_free(momenta); }

void dw_momenta_counted(const void *context, const dw_modes *modes, int64_t ky, int64_t kz, int64_t lanes,
                        double *value) {
  const dw_momenta *momenta = context;
  const double *qz = momenta->derivative + modes->start[1] + kz;
  const double qy = momenta->derivative[modes->start[0] + ky];
  for (int64_t kx = 0; kx < modes->side; kx++) {
    const int rests = momenta->derivative[kx] == 0.0 && qy == 0.0;
    for (int64_t lane = 0; lane < lanes; lane++) {
      value[kx * lanes + lane] = rests && qz[lane] == 0.0 ? 0.0 : 1.0;
    }
  }
}
