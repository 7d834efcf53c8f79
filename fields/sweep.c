#include "fields/sweep.h"

#include <omp.h>

#include "fields/state_private.h"

static void consume_row(dw_state *state, const dw_consumer *consumers, int count, int64_t x, int64_t y) {
  void *velocity = dw_state_scratch(state, 1);
  dw_state_velocity_row(state, x, y, velocity);
  const dw_row row = {.state = state,
                      .x = x,
                      .y = y,
                      .phi = dw_field_row(state->phi, x, y),
                      .velocity = velocity,
                      .stride_x = state->phi->stride_x,
                      .stride_y = state->phi->pitch};
  for (int i = 0; i < count; i++) {
    consumers[i].row(consumers[i].context, omp_get_thread_num(), &row);
  }
}

void dw_sweep(dw_state *state, const dw_consumer *consumers, int count) {
  dw_halo_exchange(state->halo, state->phi);
#pragma omp parallel for schedule(static)
  for (int64_t x = 0; x < state->lattice->count[0]; x++) {
    for (int64_t y = 0; y < state->lattice->count[1]; y++) {
      consume_row(state, consumers, count, x, y);
    }
  }
}
