#include <math.h>

#include "fields/initial_private.h"

#include "base/constants.h"

/* phi and phi' at comoving position x. */
typedef void (*shape)(const dw_initial *initial, const dw_state *state, const double x[3], double value[2]);

static void fill(const dw_initial *initial, dw_state *state, shape at) {
  const dw_lattice *lattice = state->lattice;
  const double dx = lattice->spacing;
#pragma omp parallel for schedule(static)
  for (int64_t x = 0; x < lattice->count[0]; x++) {
    for (int64_t y = 0; y < lattice->count[1]; y++) {
      for (int64_t z = 0; z < lattice->points; z++) {
        const double position[3] = {dx * (double)(x + lattice->start[0]), dx * (double)(y + lattice->start[1]),
                                    dx * (double)z};
        double value[2] = {0.0, 0.0};
        at(initial, state, position, value);
        dw_field_set(state->phi, x, y, z, value[0]);
        dw_field_set(state->pi, x, y, z, value[1]);
      }
    }
  }
}

/* A kink at 1/4 and an antikink at 3/4 of the period L/|n| along the normal n, both moving with the velocity v:
 *   phi(u) = -1 + sum_m tanh(q (u - P/4 + m P)) - tanh(q (u - 3P/4 + m P)),  q = gamma/delta,  phi' = -v dphi/du,
 * exact up to exp(-2 q P/2), the overlap of the two. Phases are taken from n.x/L modulo 1, periodic on the lattice. */
static void walls_at(const dw_initial *initial, const dw_state *state, const double x[3], double value[2]) {
  const double length = state->lattice->length;
  double norm = 0.0;
  double phase = 0.0;
  for (int d = 0; d < 3; d++) {
    norm += (double)(initial->normal[d] * initial->normal[d]);
    phase += (double)initial->normal[d] * (x[d] / length);
  }
  const double period = length / sqrt(norm);
  const double u = (phase - floor(phase)) * period;
  const double gamma = 1.0 / sqrt(1.0 - initial->velocity * initial->velocity);
  const double q = gamma / state->model->potential->width;
  double phi = -1.0;
  double slope = 0.0;
  for (int m = -2; m <= 2; m++) {
    const double kink = tanh(q * (u - 0.25 * period + (double)m * period));
    const double antikink = tanh(q * (u - 0.75 * period + (double)m * period));
    phi += kink - antikink;
    slope += q * (antikink * antikink - kink * kink);
  }
  value[0] = phi;
  value[1] = -initial->velocity * slope;
}

dw_status dw_initial_walls(const dw_initial *initial, dw_state *state, dw_modes *modes) {
  (void)modes;
  fill(initial, state, walls_at);
  return DW_OK;
}

/* A ball of phi = +1 around the centre of the box, at rest: phi = tanh((R - r)/delta). */
static void sphere_at(const dw_initial *initial, const dw_state *state, const double x[3], double value[2]) {
  const double centre = 0.5 * state->lattice->length;
  double r2 = 0.0;
  for (int d = 0; d < 3; d++) {
    r2 += (x[d] - centre) * (x[d] - centre);
  }
  value[0] = tanh((initial->radius - sqrt(r2)) / state->model->potential->width);
}

dw_status dw_initial_sphere(const dw_initial *initial, dw_state *state, dw_modes *modes) {
  (void)modes;
  fill(initial, state, sphere_at);
  return DW_OK;
}

/* phi = mean + amplitude cos(2 pi n.x/L), phi' = 0. */
static void mode_at(const dw_initial *initial, const dw_state *state, const double x[3], double value[2]) {
  double phase = 0.0;
  for (int d = 0; d < 3; d++) {
    phase += (double)initial->normal[d] * (x[d] / state->lattice->length);
  }
  value[0] = initial->mean + initial->amplitude * cos(DW_TWO_PI * phase);
}

dw_status dw_initial_mode(const dw_initial *initial, dw_state *state, dw_modes *modes) {
  (void)modes;
  fill(initial, state, mode_at);
  return DW_OK;
}
