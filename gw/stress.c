#include "gw/stress.h"

#include <math.h>
#include <omp.h>

#include "gw/stress_rows.h"

double dw_stress_weight(const dw_state *state) { return dw_model_at(state->model, dw_state_tau(state)).stress; }

static dw_stress_input input_of(const dw_coarse *coarse, int field, int64_t x, int64_t y) {
  const dw_state *state = coarse->state;
  const int c = coarse->coarsening;
  return (dw_stress_input){.phi = dw_field_row(state->phi[field], c * x, c * y),
                           .stride_x = state->phi[field]->stride_x,
                           .stride_y = state->phi[field]->pitch,
                           .n = (ptrdiff_t)state->lattice->points,
                           .coarsening = c,
                           .order = state->model->stencil,
                           .add = field > 0,
                           .scratch = coarse->scratch + (size_t)omp_get_thread_num() * coarse->scratch_bytes};
}

/* From sums of undivided products to means of products of derivatives. */
static double mean_factor(const dw_coarse *coarse) {
  const dw_state *state = coarse->state;
  const int sites = coarse->coarsening * coarse->coarsening * coarse->coarsening;
  return 1.0 / ((double)sites * dw_stress_divisor(state->model->stencil, state->lattice->spacing));
}

void dw_stress_row(const dw_coarse *coarse, int64_t x, int64_t y, double factor, void *const row[DW_COMPONENTS]) {
  for (int field = 0; field < coarse->state->components; field++) {
    const dw_stress_input in = input_of(coarse, field, x, y);
    if (coarse->state->precision == DW_SINGLE) {
      dw_stress_f32(&in, factor * mean_factor(coarse), row);
    } else {
      dw_stress_f64(&in, factor * mean_factor(coarse), row);
    }
  }
}

typedef struct component_rows {
  const dw_coarse *coarse;
  dw_component component;
} component_rows;

static void fill_row(const void *context, int64_t x, int64_t y, void *row) {
  const component_rows *rows = context;
  const dw_coarse *coarse = rows->coarse;
  const double factor = mean_factor(coarse);
  for (int field = 0; field < coarse->state->components; field++) {
    const dw_stress_input in = input_of(coarse, field, x, y);
    if (coarse->state->precision == DW_SINGLE) {
      dw_stress_one_f32(&in, rows->component, factor, row);
    } else {
      dw_stress_one_f64(&in, rows->component, factor, row);
    }
  }
}

void dw_stress_project(const dw_coarse *coarse, dw_modes *const target[DW_PARTS]) {
  const dw_state *state = coarse->state;
  dw_state_exchange(state);
  for (int part = 0; part < DW_PARTS; part++) {
    if (target[part] != NULL) {
      dw_modes_clear(target[part]);
    }
  }
  for (int i = 0; i < DW_COMPONENTS; i++) {
    const component_rows rows = {.coarse = coarse, .component = (dw_component)i};
    dw_modes_forward_rows(coarse->modes, fill_row, &rows);
    dw_parts_add(target, coarse->modes, rows.component, coarse->momenta, dw_stress_weight(state));
  }
}

void dw_stress_project_tensor(const dw_coarse *coarse, dw_modes *const target[DW_POLARISATIONS]) {
  dw_stress_project(coarse, (dw_modes *const[DW_PARTS]){[DW_PLUS] = target[0], [DW_CROSS] = target[1]});
}

/* Five passes over the field. */
double dw_stress_project_cost(int coarsening) { return 3.0 + dw_coarse_transform_cost(coarsening); }
