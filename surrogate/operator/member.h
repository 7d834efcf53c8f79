/* One run in memory, without files: a lattice and a state for the parameters of a run, on any number of points and for
 * any s, and what is measured of it.
 *
 * Collective over `comm` unless said otherwise. The time grid is that of a run (interface of `dwell run`): n equal
 * steps, n a multiple of gw.coarsening, the largest with dtau <= time.step dx. The caller owns the handles. Errors:
 * DW_ERR_PARAM, DW_ERR_MEMORY. */
#ifndef DW_SURROGATE_OPERATOR_MEMBER_H
#define DW_SURROGATE_OPERATOR_MEMBER_H

#include "analysis/measure.h"
#include "fields/state.h"
#include "gw/coarse.h"
#include "lattice/modes.h"
#include "lattice/shells.h"
#include "params/params.h"

typedef struct dw_member_choice {
  int64_t points;
  double s;
  double fat_from; /* the physical equation before this time, s from then on; 0: s throughout */
  int together;    /* steps in a pass over memory; 1 is the plain kernel */
} dw_member_choice;

/* Stays where it is made: the state points into it. */
typedef struct dw_member {
  dw_params params; /* of the base run, with points and s of this one */
  dw_model model;
  int64_t steps;
  dw_lattice *lattice;
  dw_state *state;
  dw_modes *modes; /* scratch */
} dw_member;

dw_status dw_member_create(dw_member **member, const dw_params *base, const dw_member_choice *choice,
                           const dw_comm *comm);
void dw_member_destroy(dw_member *member);

/* The start for a seed. */
dw_status dw_member_start(dw_member *member, int64_t seed);

/* Start and all steps. */
dw_status dw_member_run(dw_member *member, int64_t seed);

/* Puts phi, whose lattice is divided as the member's, into a member as its state at the end; phi' is 0. */
void dw_member_put(dw_member *member, const dw_field *phi);

/* What tables and validations are about. */
enum { DW_SHELLS_MOST = 64 };

typedef struct dw_observed {
  double area;                   /* comoving area per volume, m */
  double field[DW_SHELLS_MOST];  /* P(k) of shells 1, 2, ... */
  double stress[DW_SHELLS_MOST]; /* ETC(k) */
} dw_observed;

typedef struct dw_observer {
  dw_member *member;
  int64_t shells;
  dw_measure *measure;
  dw_coarse *coarse;
  dw_shells *all;
  dw_modes *part[DW_POLARISATIONS];
  double *row; /* (2 shells of the lattice) */
} dw_observer;

/* Spectra up to `shells` shells, at most DW_SHELLS_MOST, with the stress on the grid of this coarsening. DW_ERR_PARAM
 * for shells that one of the grids hasn't got. */
dw_status dw_observer_create(dw_observer **observer, dw_member *member, int coarsening, int64_t shells);
void dw_observer_destroy(dw_observer *observer);
dw_status dw_observer_measure(dw_observer *observer, dw_observed *observed);

#endif
