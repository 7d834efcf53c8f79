/* One pass over the rows of a state, for everything that measures.
 *
 * Each row is handed to all consumers while it and its neighbours are in cache, with phi' at the time of phi.
 * Consumers come from the floors above; this one knows nothing of what they compute. */
#ifndef DW_FIELDS_SWEEP_H
#define DW_FIELDS_SWEEP_H

#include "fields/state.h"

typedef struct dw_row {
  const dw_state *state;
  int64_t x; /* local indices of the row */
  int64_t y;
  /* Of each component: N reals of state->precision, neighbours at +-stride_x, +-stride_y elements; phi'. */
  const void *phi[DW_MOST_COMPONENTS];
  void *velocity[DW_MOST_COMPONENTS];
  ptrdiff_t stride_x;
  ptrdiff_t stride_y;
} dw_row;

typedef struct dw_consumer {
  void (*row)(void *context, int thread, const dw_row *row); /* called by all threads at once */
  void *context;
} dw_consumer;

/* Collective: brings the halos of phi up to date first. Rows come in no stated order, each once. */
void dw_sweep(dw_state *state, const dw_consumer *consumers, int count);

#endif
