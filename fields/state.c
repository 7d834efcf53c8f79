#include "fields/state.h"

#include <string.h>

#include "base/memory.h"
#include "fields/pass.h"
#include "fields/state_private.h"

static void choose_kernels(dw_state *state) {
  const bool single = state->precision == DW_SINGLE;
  state->kick = single ? dw_kick_rows_f32 : dw_kick_rows_f64;
  state->drift = single ? dw_drift_f32 : dw_drift_f64;
  state->scale = single ? dw_scale_f32 : dw_scale_f64;
}

static dw_status allocate(dw_state *state) {
  for (int i = 0; i < state->components; i++) {
    DW_TRY(dw_field_create(&state->phi[i], state->lattice, state->precision));
    DW_TRY(dw_field_create(&state->pi[i], state->lattice, state->precision));
    DW_TRY(dw_halo_create(&state->halo[2 * i], state->lattice, state->precision));
    if (state->lattice->halo > dw_model_halo(state->model)) { /* several stages in a pass */
      DW_TRY(dw_halo_create(&state->halo[2 * i + 1], state->lattice, state->precision));
    }
  }
  state->row_bytes =
      ((size_t)state->lattice->points * (size_t)state->precision + DW_CACHE_LINE - 1) / DW_CACHE_LINE * DW_CACHE_LINE;
  state->scratch_bytes = 2 * (size_t)state->components * state->row_bytes;
  void *scratch = NULL;
  DW_TRY(dw_alloc(&scratch, (size_t)omp_get_max_threads(), state->scratch_bytes, "scratch rows"));
  state->scratch = scratch;
  return DW_OK;
}

dw_status dw_state_create(dw_state **state, const dw_lattice *lattice, const dw_model *model, dw_precision precision,
                          double dtau) {
  *state = NULL;
  if (lattice->halo < dw_model_halo(model)) {
    return dw_fail(DW_ERR_INTERNAL, "a stencil of order %d needs a halo of %d, the lattice has %d", model->stencil,
                   dw_model_halo(model), lattice->halo);
  }
  void *block = NULL;
  DW_TRY(dw_alloc(&block, 1, sizeof(dw_state), "state"));
  dw_state *draft = block;
  memset(draft, 0, sizeof *draft);
  draft->lattice = lattice;
  draft->model = model;
  draft->components = model->potential->components;
  draft->precision = precision;
  draft->tau_start = model->background.tau_start;
  draft->dtau = dtau;
  choose_kernels(draft);
  const dw_status status = allocate(draft);
  if (status != DW_OK) {
    dw_state_destroy(draft);
    return status;
  }
  *state = draft;
  return DW_OK;
}

void dw_state_destroy(dw_state *state) {
  if (state == NULL) {
    return;
  }
  for (int i = 0; i < state->components; i++) {
    dw_field_destroy(state->phi[i]);
    dw_field_destroy(state->pi[i]);
    dw_halo_destroy(state->halo[2 * i]);
    dw_halo_destroy(state->halo[2 * i + 1]);
  }
  dw_free(state->scratch);
  dw_free(state);
}

double dw_state_tau(const dw_state *state) { return state->tau_start + (double)state->step * state->dtau; }

double dw_state_scale_factor(const dw_state *state) {
  return dw_background_scale_factor(&state->model->background, dw_state_tau(state));
}

void dw_state_exchange(const dw_state *state) {
  for (int i = 0; i < state->components; i++) {
    dw_halo_exchange_faces(state->halo[2 * i], state->phi[i], dw_model_halo(state->model));
  }
}

/* The kernels want rows that start on a cache line; `row` may lie anywhere. */
void dw_state_velocity_row(const dw_state *state, int component, int64_t x, int64_t y, void *row) {
  const dw_rate rate = dw_rate_of(state);
  void *work[DW_MOST_COMPONENTS];
  dw_state_rate_scratch(state, work);
  dw_state_rate_rows(state, &rate, x, y, work);
  memcpy(row, work[component], (size_t)state->lattice->points * (size_t)state->precision);
}
