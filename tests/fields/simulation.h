/* What the tests of fields/ and analysis/ share: a model, a lattice and a state from one struct of choices. */
#ifndef DW_TEST_FIELDS_SIMULATION_H
#define DW_TEST_FIELDS_SIMULATION_H

#include <math.h>
#include <string.h>

#include "fields/initial.h"
#include "fields/step.h"
#include "fields/sweep.h"
#include "lattice/modes.h"

/* What is zero takes the value to the right. */
typedef struct choices {
  const dw_comm *comm; /* this process alone */
  const int64_t *grid; /* chosen */
  int64_t points;
  double spacing;         /* 1 */
  int stencil;            /* 2 */
  int halo;               /* what the stencil needs */
  int align;              /* 1 */
  dw_precision precision; /* double */
  const char *potential;  /* double well */
  const char *integrator; /* leapfrog */
  double bias;
  double mass;
  double s;
  double expansion; /* p of a ~ tau^p; 0 is flat space */
  double hubble;    /* at the start; 1 */
  double dtau;      /* 0.1 */
} choices;

typedef struct simulation {
  dw_model model;
  dw_lattice *lattice;
  dw_state *state;
  dw_modes *modes;
} simulation;

static inline void simulation_close(simulation *sim) {
  dw_modes_destroy(sim->modes);
  dw_state_destroy(sim->state);
  dw_lattice_destroy(sim->lattice);
  sim->modes = NULL;
  sim->state = NULL;
  sim->lattice = NULL;
}

static inline dw_status simulation_model(dw_model *model, const choices *c) {
  memset(model, 0, sizeof *model);
  model->s = c->s;
  model->stencil = c->stencil != 0 ? c->stencil : 2;
  model->values = (dw_potential_values){.bias = c->bias, .mass = c->mass};
  DW_TRY(dw_potential_find(&model->potential, c->potential != NULL ? c->potential : "double-well"));
  DW_TRY(dw_integrator_find(&model->integrator, c->integrator != NULL ? c->integrator : "leapfrog"));
  if (c->expansion == 0.0) {
    return dw_background_init(&model->background, "flat", 0.0, 0.0);
  }
  return dw_background_init(&model->background, "power-law", (2.0 / c->expansion - 1.0) / 3.0,
                            c->hubble != 0.0 ? c->hubble : 1.0);
}

/* Collective over c->comm. `sim` stays where it is: the state points into it. */
static inline dw_status simulation_open(simulation *sim, const choices *c) {
  memset(sim, 0, sizeof *sim);
  const dw_precision precision = c->precision != 0 ? c->precision : DW_DOUBLE;
  DW_TRY(simulation_model(&sim->model, c));
  DW_TRY(dw_lattice_create(&sim->lattice, c->comm != NULL ? c->comm : dw_comm_self(), c->points,
                           (double)c->points * (c->spacing != 0.0 ? c->spacing : 1.0),
                           c->halo != 0 ? c->halo : dw_model_halo(&sim->model), c->align != 0 ? c->align : 1, c->grid));
  return dw_state_create(&sim->state, sim->lattice, &sim->model, precision, c->dtau != 0.0 ? c->dtau : 0.1);
}

static inline dw_status simulation_start(simulation *sim, const dw_initial *initial) {
  if (sim->modes == NULL) {
    DW_TRY(dw_modes_create(&sim->modes, sim->lattice, DW_ALL_MODES, sim->state->precision));
  }
  return dw_initial_set(initial, sim->state, sim->modes);
}

/* phi' at one site at the time of phi; the halo of phi is fresh. */
static inline double simulation_velocity(const simulation *sim, int64_t x, int64_t y, int64_t z) {
  _Alignas(DW_ROW_ALIGNMENT) float single[512];
  _Alignas(DW_ROW_ALIGNMENT) double twice[512];
  if (sim->state->precision == DW_SINGLE) {
    dw_state_velocity_row(sim->state, 0, x, y, single);
    return (double)single[z];
  }
  dw_state_velocity_row(sim->state, 0, x, y, twice);
  return twice[z];
}

/* Measured order of convergence: log2 of the ratio of errors when the step is halved. */
static inline double order_of(double coarse, double fine) { return log2(coarse / fine); }

#endif
