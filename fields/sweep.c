#include "fields/sweep.h"

#include <omp.h>

#include "fields/state_private.h"

static void consume_row(const dw_state *state, const dw_rate *rate, const dw_consumer *consumers, int count, int64_t x,
                        int64_t y) {
  dw_row row = {.state = state, .x = x, .y = y, .stride_x = state->phi[0]->stride_x, .stride_y = state->phi[0]->pitch};
  for (int i = 0; i < state->components; i++) {
    row.phi[i] = dw_field_row(state->phi[i], x, y);
  }
  dw_state_rate_scratch(state, row.velocity);
  dw_state_rate_rows(state, rate, x, y, row.velocity);
  for (int i = 0; i < count; i++) {
    consumers[i].row(consumers[i].context, omp_get_thread_num(), &row);
  }
}

void dw_sweep(dw_state *state, const dw_consumer *consumers, int count) {
  dw_state_exchange(state);
  const dw_rate rate = dw_rate_of(state);
#pragma omp parallel for schedule(static)
  for (int64_t x = 0; x < state->lattice->count[0]; x++) {
    for (int64_t y = 0; y < state->lattice->count[1]; y++) {
      consume_row(state, &rate, consumers, count, x, y);
    }
  }
}
