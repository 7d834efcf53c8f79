/* What the tests of the stress share: a simulation on a lattice that can be coarsened, and the amplitudes of its
 * stress in all five parts. */
#ifndef DW_TEST_GW_STRESS_FIXTURE_H
#define DW_TEST_GW_STRESS_FIXTURE_H

#include <complex.h>
#include <math.h>

#include "gw/spectrum.h"
#include "gw/stress.h"
#include "lattice/decomposition.h"
#include "tests/fields/simulation.h"

typedef struct stressed {
  simulation sim;
  dw_coarse *coarse;
  dw_modes *part[DW_PARTS];
} stressed;

/* Collective over c->comm, like all below that return a status. Process blocks of a multiple of `align` sites. */
static inline dw_status stressed_open(stressed *s, const choices *c, int align) {
  memset(s, 0, sizeof *s);
  const dw_precision precision = c->precision != 0 ? c->precision : DW_DOUBLE;
  simulation *sim = &s->sim;
  DW_TRY(simulation_model(&sim->model, c));
  DW_TRY(dw_lattice_create(&sim->lattice, c->comm != NULL ? c->comm : dw_comm_self(), c->points,
                           (double)c->points * (c->spacing != 0.0 ? c->spacing : 1.0), dw_model_halo(&sim->model),
                           align, c->grid));
  return dw_state_create(&sim->state, sim->lattice, &sim->model, precision, c->dtau != 0.0 ? c->dtau : 0.1);
}

static inline void stressed_drop(stressed *s) {
  for (int i = 0; i < DW_PARTS; i++) {
    dw_modes_destroy(s->part[i]);
    s->part[i] = NULL;
  }
  dw_coarse_destroy(s->coarse);
  s->coarse = NULL;
}

static inline void stressed_close(stressed *s) {
  stressed_drop(s);
  simulation_close(&s->sim);
}

/* The coarse grid and room for the parts; those there were are released. */
static inline dw_status stressed_coarsen(stressed *s, int coarsening) {
  stressed_drop(s);
  DW_TRY(dw_coarse_create(&s->coarse, s->sim.state, coarsening, 1));
  for (int i = 0; i < DW_PARTS; i++) {
    DW_TRY(dw_modes_hold(&s->part[i], s->coarse->modes));
  }
  return DW_OK;
}

/* Amplitudes of all five parts of the stress at the state's time. */
static inline dw_status stressed_measure(stressed *s, int coarsening) {
  DW_TRY(stressed_coarsen(s, coarsening));
  dw_stress_project(s->coarse, s->part);
  return DW_OK;
}

/* Sum over the kept modes of the full cube of |amplitude|^2 of `count` parts. This process's modes alone. */
static inline double stressed_square(int count, dw_modes *const part[]) {
  const dw_modes *m = part[0];
  double sum = 0.0;
  for (int64_t i = 0; i < m->side * m->count[0] * m->count[1]; i++) {
    const int64_t at[3] = {i / m->count[1] / m->count[0], i / m->count[1] % m->count[0], i % m->count[1]};
    for (int p = 0; p < count; p++) {
      double value[2];
      dw_modes_get(part[p], at[0], at[1], at[2], value);
      sum += (double)dw_modes_weight(m->side, at[2] + m->start[1]) * (value[0] * value[0] + value[1] * value[1]);
    }
  }
  return sum;
}

#endif
