/* A network to be timed: the double well in radiation, from cells of 16^3 sites that lie in either vacuum's well, with
 * or without waves. */
#ifndef DW_BENCH_NETWORK_H
#define DW_BENCH_NETWORK_H

#include "analysis/emission.h"
#include "fields/step.h"

typedef struct bench_network {
  dw_model model;
  dw_lattice *lattice;
  dw_state *state;
  dw_emission *emission; /* NULL: the field alone */
  int unit;              /* units of waves that are advanced together */
  int steps;             /* of one call of bench_evolve, whole passes */
  dw_status status;
  double held; /* bytes a site of this process */
} bench_network;

typedef struct bench_choice {
  int64_t points;
  dw_precision precision;
  int stencil;
  int together;      /* steps, or units of waves, in a pass */
  const char *waves; /* method; NULL: none */
  int coarsening;
} bench_choice;

/* Collective. */
dw_status bench_network_open(bench_network *network, const bench_choice *choice);
void bench_network_close(bench_network *network);

/* For bench_timed; the context is a bench_network, which keeps what fails. */
void bench_evolve(void *network);

/* Sites of the lattice, and of this process. */
double bench_sites(const bench_network *network);
double bench_own_sites(const bench_network *network);

#endif
