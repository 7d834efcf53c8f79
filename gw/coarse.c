#include "gw/coarse.h"

#include <omp.h>
#include <string.h>

#include "base/constants.h"
#include "base/memory.h"
#include "gw/stress_rows.h"

/* What the kernels of order 4 need along z. */
static const int64_t LEAST_POINTS = 4;

int dw_coarse_halo(int together) { return together * (DW_WAVE_ORDER / 2); }

int dw_coarse_least_block(int coarsening, int together) { return coarsening * dw_coarse_halo(together); }

int64_t dw_coarse_limit(int64_t points, int coarsening) {
  return coarsening == 1 ? DW_ALL_MODES : points / coarsening / 4;
}

int64_t dw_coarse_shells(int64_t points, int coarsening) {
  return dw_modes_side(points / coarsening, dw_coarse_limit(points, coarsening)) / 2;
}

double dw_coarse_end(double length, int64_t shells) { return ((double)shells + 0.5) * DW_TWO_PI / length; }

size_t dw_coarse_bytes(const dw_share *fine, int coarsening, dw_precision precision) {
  const dw_share at = dw_share_coarsen(fine, coarsening);
  const int64_t limit = dw_coarse_limit(fine->points, coarsening);
  return dw_modes_bytes(&at, limit, precision) +
         (size_t)omp_get_max_threads() * dw_stress_scratch_bytes(fine->points, precision);
}

size_t dw_coarse_held_bytes(const dw_share *fine, int coarsening, dw_precision precision) {
  const dw_share at = dw_share_coarsen(fine, coarsening);
  return dw_modes_held_bytes(&at, dw_coarse_limit(fine->points, coarsening), precision);
}

double dw_coarse_transform_cost(int coarsening) {
  const double cube = (double)coarsening * (double)coarsening * (double)coarsening;
  return (coarsening == 1 ? 47.0 : 18.0) / cube; /* coarse grids drop most modes on the way */
}

static dw_status allocate(dw_coarse *coarse) {
  const dw_state *state = coarse->state;
  DW_TRY(dw_modes_create(&coarse->modes, coarse->lattice, dw_coarse_limit(state->lattice->points, coarse->coarsening),
                         state->precision));
  DW_TRY(dw_momenta_create(&coarse->momenta, coarse->modes, coarse->coarsening, state->model->stencil, DW_WAVE_ORDER));
  coarse->scratch_bytes = dw_stress_scratch_bytes(state->lattice->points, state->precision);
  void *scratch = NULL;
  DW_TRY(dw_alloc(&scratch, (size_t)omp_get_max_threads(), coarse->scratch_bytes, "stress"));
  coarse->scratch = scratch;
  return DW_OK;
}

static dw_status fill(dw_coarse *coarse, int together) {
  const dw_lattice *fine = coarse->state->lattice;
  const int64_t grid[2] = {fine->grid[0], fine->grid[1]};
  DW_TRY(dw_lattice_create(&coarse->lattice, fine->comm, fine->points / coarse->coarsening, fine->length,
                           dw_coarse_halo(together), fine->align / coarse->coarsening, grid));
  DW_TRY(dw_comm_agree(fine->comm, allocate(coarse)));
  return dw_shells_create(&coarse->shells, coarse->modes, dw_momenta_counted, coarse->momenta);
}

dw_status dw_coarse_create(dw_coarse **coarse, const dw_state *state, int coarsening, int together) {
  *coarse = NULL;
  const dw_lattice *fine = state->lattice;
  if (fine->points % coarsening != 0 || fine->align % coarsening != 0 || fine->points / coarsening < LEAST_POINTS) {
    return dw_fail(DW_ERR_PARAM, "%lld points in blocks of %d can't be coarsened by %d", (long long)fine->points,
                   fine->align, coarsening);
  }
  void *block = NULL;
  DW_TRY(dw_comm_alloc(fine->comm, &block, 1, sizeof(dw_coarse), "coarse grid"));
  dw_coarse *draft = block;
  memset(draft, 0, sizeof *draft);
  draft->state = state;
  draft->coarsening = coarsening;
  const dw_status status = fill(draft, together);
  if (status != DW_OK) {
    dw_coarse_destroy(draft);
    return status;
  }
  *coarse = draft;
  return DW_OK;
}

void dw_coarse_destroy(dw_coarse *coarse) {
  if (coarse == NULL) {
    return;
  }
  dw_shells_destroy(coarse->shells);
  dw_momenta_destroy(coarse->momenta);
  dw_modes_destroy(coarse->modes);
  dw_lattice_destroy(coarse->lattice);
  dw_free(coarse->scratch);
  dw_free(coarse);
}
