/* The state of a run: the components of phi, their momenta pi = (a^3/M) phi', and the time they belong to.
 *
 * Between steps the closing kick of the integrator is pending: pi is short of the kick `pending` dtau, which
 * the next step does together with its own first kick. What is measured or stored uses phi' at the time of phi,
 * computed row by row (dw_state_velocity_row); the state itself is never touched by an output, so its bits don't
 * depend on what is written and when. */
#ifndef DW_FIELDS_STATE_H
#define DW_FIELDS_STATE_H

#include "fields/kernel_rows.h"
#include "fields/model.h"
#include "lattice/field.h"
#include "lattice/halo.h"

typedef struct dw_state {
  const dw_lattice *lattice;
  const dw_model *model;
  dw_precision precision;
  int components;
  dw_field *phi[DW_MOST_COMPONENTS];     /* eta */
  dw_field *pi[DW_MOST_COMPONENTS];      /* (a^3/M) phi', comoving, m eta */
  dw_halo *halo[2 * DW_MOST_COMPONENTS]; /* of phi and pi of each component */
  int64_t step;                          /* steps done */
  double tau_start;                      /* 1/m */
  double dtau;                           /* 1/m */
  double pending;                        /* kick that pi lacks, units of dtau */
  struct dw_expansion *expansion;        /* the field drives a (fields/expansion.h); NULL: a is given; not owned */
  char *scratch;                         /* rows, one set per thread; private */
  size_t row_bytes;                      /* of one of them */
  size_t scratch_bytes;                  /* per thread */
  dw_kick_rows kick;
  dw_drift_row drift;
  dw_scale_row scale;
} dw_state;

/* Not collective. phi = pi = 0, step 0, nothing pending. lattice and model must outlive the state.
 * Errors: DW_ERR_MEMORY; DW_ERR_INTERNAL if the lattice's halo is narrower than the stencil. */
dw_status dw_state_create(dw_state **state, const dw_lattice *lattice, const dw_model *model, dw_precision precision,
                          double dtau);
void dw_state_destroy(dw_state *state);

/* Conformal time and scale factor of phi. */
double dw_state_tau(const dw_state *state);
double dw_state_scale_factor(const dw_state *state);

/* Collective. Brings the halos of all components of phi up to date, as wide as the stencil. */
void dw_state_exchange(const dw_state *state);

/* Not collective; the halos of phi are fresh. phi' of row (x, y) of a component, local indices, at the time of phi, as
 * N reals of the state's precision into `row`. Safe to call from several threads. */
void dw_state_velocity_row(const dw_state *state, int component, int64_t x, int64_t y, void *row);

#endif
