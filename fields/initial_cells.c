#include <math.h>

#include "fields/initial_private.h"

#include "lattice/random.h"

/* Whole cells on a side of the box, next to L/cell. */
static int64_t cells_a_side(const dw_initial *initial, const dw_lattice *lattice) {
  return (int64_t)llround(lattice->length / initial->cell);
}

/* One of the vacua in each cubic cell, the upper one with the probability f, drawn by the cell; at rest. Cells begin at
 * the corner of the box; a point belongs to the cell floor(i n/N) of its global index i, in integers. With f = 1/2 the
 * correlation at the distance r along an axis is 1 - r/cell up to cell, and 0 from there on. */
static void fill_cells(const dw_initial *initial, dw_state *state, int64_t cells) {
  const dw_lattice *lattice = state->lattice;
  const double *vacuum = state->model->potential->minimum;
  const double upper = fmax(vacuum[0], vacuum[1]);
  const double lower = fmin(vacuum[0], vacuum[1]);
  const double fraction = initial->fraction == 0.0 ? 0.5 : initial->fraction;
#pragma omp parallel for schedule(static)
  for (int64_t x = 0; x < lattice->count[0]; x++) {
    for (int64_t y = 0; y < lattice->count[1]; y++) {
      int64_t cell[3] = {(x + lattice->start[0]) * cells / lattice->points,
                         (y + lattice->start[1]) * cells / lattice->points, -1};
      double value = 0.0;
      for (int64_t z = 0; z < lattice->points; z++) {
        if (z * cells / lattice->points != cell[2]) {
          cell[2] = z * cells / lattice->points;
          const double draw = dw_random_uniform(dw_random_bits(initial->seed, DW_STREAM_FIELD, cell));
          value = draw <= fraction ? upper : lower;
        }
        dw_field_set(state->phi[0], x, y, z, value);
        dw_field_set(state->pi[0], x, y, z, 0.0);
      }
    }
  }
}

dw_status dw_initial_cells(const dw_initial *initial, dw_state *state, dw_modes *modes) {
  (void)modes;
  const dw_lattice *lattice = state->lattice;
  if (!(initial->cell >= lattice->spacing * (1.0 - 1e-9) && 2.0 * initial->cell <= lattice->length * (1.0 + 1e-9))) {
    return dw_fail(DW_ERR_PARAM,
                   "fields.initial.cell = %g: must be between the lattice spacing %g and half the box, %g",
                   initial->cell, lattice->spacing, 0.5 * lattice->length);
  }
  if (state->model->potential->sectors) {
    dw_initial_sector_cells(initial, state, cells_a_side(initial, lattice));
  } else {
    fill_cells(initial, state, cells_a_side(initial, lattice));
  }
  return DW_OK;
}
