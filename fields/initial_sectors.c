#include <math.h>

#include "fields/initial_private.h"

#include "fields/sector_wall.h"
#include "lattice/random.h"

static void put(const dw_state *state, const int64_t at[3], const double phi[2], const double rate[2]) {
  for (int i = 0; i < 2; i++) {
    dw_field_set(state->phi[i], at[0], at[1], at[2], phi[i]);
    dw_field_set(state->pi[i], at[0], at[1], at[2], rate[i]);
  }
}

/* --- walls --- */

/* The wall f from the vacuum 0 to 1 at 1/4 and back at 3/4 of the period P along the normal, both moving with the
 * velocity v: phi(u) = e_0 + sum_m [f(q (u - P/4 + m P)) - e_0] + [f(-q (u - 3P/4 + m P)) - e_1], q = gamma M. */
static void walls_at(const dw_initial *initial, const dw_sector_wall *wall, double q, const double vacuum[2][2],
                     double u, double period, double phi[2], double rate[2]) {
  for (int i = 0; i < 2; i++) {
    phi[i] = vacuum[0][i];
    rate[i] = 0.0;
  }
  for (int m = -2; m <= 2; m++) {
    double there[2][2];
    double slope[2][2];
    dw_sector_wall_at(wall, q * (u - 0.25 * period + (double)m * period), there[0], slope[0]);
    dw_sector_wall_at(wall, -q * (u - 0.75 * period + (double)m * period), there[1], slope[1]);
    for (int i = 0; i < 2; i++) {
      phi[i] += (there[0][i] - vacuum[0][i]) + (there[1][i] - vacuum[1][i]);
      rate[i] -= initial->velocity * q * (slope[0][i] - slope[1][i]);
    }
  }
}

static void fill_walls(const dw_initial *initial, dw_state *state, const dw_sector_wall *wall) {
  const dw_lattice *lattice = state->lattice;
  const int walls = state->model->values.walls;
  const double n = (double)lattice->points;
  const int64_t *normal = initial->normal;
  const double norm = sqrt((double)(normal[0] * normal[0] + normal[1] * normal[1] + normal[2] * normal[2]));
  const double period = lattice->length / norm;
  const double mass = dw_model_at(state->model, state->tau_start).mass;
  const double q = mass / sqrt(1.0 - initial->velocity * initial->velocity);
  double vacuum[2][2];
  dw_sector_vacuum(walls, 0, vacuum[0]);
  dw_sector_vacuum(walls, 1, vacuum[1]);
#pragma omp parallel for schedule(static)
  for (int64_t x = 0; x < lattice->count[0]; x++) {
    for (int64_t y = 0; y < lattice->count[1]; y++) {
      for (int64_t z = 0; z < lattice->points; z++) {
        const double phase =
            (double)(normal[0] * (x + lattice->start[0]) + normal[1] * (y + lattice->start[1]) + normal[2] * z) / n;
        double phi[2];
        double rate[2];
        walls_at(initial, wall, q, (const double(*)[2])vacuum, (phase - floor(phase)) * period, period, phi, rate);
        put(state, (const int64_t[3]){x, y, z}, phi, rate);
      }
    }
  }
}

dw_status dw_initial_sector_walls(const dw_initial *initial, dw_state *state) {
  dw_sector_wall *wall = NULL;
  DW_TRY(dw_sector_wall_create(&wall, state->model->potential, &state->model->values));
  if (wall == NULL) {
    return dw_fail(DW_ERR_PARAM, "fields.initial.kind = \"walls\": there is no wall for fields.axion_mass = %g",
                   state->model->values.axion_mass);
  }
  fill_walls(initial, state, wall);
  dw_sector_wall_destroy(wall);
  return DW_OK;
}

/* --- cells --- */

/* k with equal probabilities; vacuum 0 with that of a fraction other than 1/2, the others alike. */
static int drawn_sector(const dw_initial *initial, int walls, double draw) {
  const bool even = initial->fraction == 0.0 || initial->fraction == 0.5 || walls == 1;
  const double first = even ? 1.0 / (double)walls : initial->fraction;
  if (draw <= first) {
    return 0;
  }
  const int k = (int)ceil((draw - first) / (1.0 - first) * (double)(walls - 1));
  return k < walls - 1 ? k : walls - 1;
}

void dw_initial_sector_cells(const dw_initial *initial, dw_state *state, int64_t cells) {
  const dw_lattice *lattice = state->lattice;
  const int walls = state->model->values.walls;
  double vacuum[DW_MOST_SECTORS][2];
  for (int k = 0; k < walls; k++) {
    dw_sector_vacuum(walls, k, vacuum[k]);
  }
#pragma omp parallel for schedule(static)
  for (int64_t x = 0; x < lattice->count[0]; x++) {
    for (int64_t y = 0; y < lattice->count[1]; y++) {
      int64_t cell[3] = {(x + lattice->start[0]) * cells / lattice->points,
                         (y + lattice->start[1]) * cells / lattice->points, -1};
      int k = 0;
      for (int64_t z = 0; z < lattice->points; z++) {
        if (z * cells / lattice->points != cell[2]) {
          cell[2] = z * cells / lattice->points;
          k = drawn_sector(initial, walls, dw_random_uniform(dw_random_bits(initial->seed, DW_STREAM_FIELD, cell)));
        }
        put(state, (const int64_t[3]){x, y, z}, vacuum[k], (const double[2]){0.0, 0.0});
      }
    }
  }
}
