#include "fields/initial.h"

#include <string.h>

#include "fields/initial_private.h"

typedef struct kind {
  const char *name;
  dw_status (*set)(const dw_initial *initial, dw_state *state, dw_modes *modes);
  bool needs_walls;
  bool one_component;
  /* Collective; NULL: nothing to look at. */
  dw_status (*check)(const dw_initial *initial, const dw_comm *comm, int components, int64_t points, double spacing);
} kind;

static const kind table[] = {
    {"white-noise", dw_initial_white_noise, false, false, NULL},
    {"vacuum", dw_initial_vacuum, false, false, NULL},
    {"thermal", dw_initial_thermal, false, false, NULL},
    {"gaussian", dw_initial_gaussian, false, false, NULL},
    {"power-law", dw_initial_power_law, false, false, NULL},
    {"cells", dw_initial_cells, true, false, NULL},
    {"walls", dw_initial_walls, true, false, NULL},
    {"sphere", dw_initial_sphere, true, true, NULL},
    {"mode", dw_initial_mode, false, true, NULL},
    {"spectrum", dw_initial_spectrum, false, false, dw_initial_spectrum_check},
    {"snapshot", dw_initial_snapshot, false, false, dw_initial_snapshot_check},
};

static dw_status find(const kind **found, const char *name) {
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    if (strcmp(table[i].name, name) == 0) {
      *found = &table[i];
      return DW_OK;
    }
  }
  return dw_fail(DW_ERR_PARAM, "fields.initial.kind: no start is called \"%s\"", name);
}

dw_status dw_initial_check(const dw_initial *initial, const dw_model *model, const dw_comm *comm, int64_t points,
                           double spacing) {
  const kind *start = NULL;
  DW_TRY(find(&start, initial->kind));
  if (start->needs_walls && !(model->potential->width > 0.0)) {
    return dw_fail(DW_ERR_PARAM,
                   "fields.initial.kind = \"%s\": the potential \"%s\" has no walls; choose another start",
                   initial->kind, model->potential->name);
  }
  if ((start->one_component || (start->needs_walls && !model->potential->sectors)) &&
      model->potential->components > 1) {
    return dw_fail(
        DW_ERR_PARAM,
        "fields.initial.kind = \"%s\": the potential \"%s\" has %d components, this start is for one; choose "
        "another start",
        initial->kind, model->potential->name, model->potential->components);
  }
  if (!(initial->fraction >= 0.0 && initial->fraction < 1.0)) {
    return dw_fail(DW_ERR_PARAM, "fields.initial.fraction = %g: must be above 0 and below 1", initial->fraction);
  }
  return start->check != NULL ? start->check(initial, comm, model->potential->components, points, spacing) : DW_OK;
}

static void scale(const dw_state *state, dw_field *field, double factor) {
  const dw_lattice *lattice = state->lattice;
#pragma omp parallel for schedule(static)
  for (int64_t x = 0; x < lattice->count[0]; x++) {
    for (int64_t y = 0; y < lattice->count[1]; y++) {
      state->scale(dw_field_row(field, x, y), (ptrdiff_t)lattice->points, factor);
    }
  }
}

/* The kinds fill pi with phi'; its weight is 1 unless M isn't at the start. */
dw_status dw_initial_set(const dw_initial *initial, dw_state *state, dw_modes *modes) {
  const dw_lattice *lattice = state->lattice;
  const kind *start = NULL;
  DW_TRY(dw_initial_check(initial, state->model, lattice->comm, lattice->points, lattice->spacing));
  DW_TRY(find(&start, initial->kind));
  DW_TRY(dw_comm_agree(lattice->comm, start->set(initial, state, modes)));
  state->step = 0;
  state->pending = 0.0;
  for (int i = 0; i < state->components; i++) {
    dw_field_touch(state->phi[i]);
    dw_field_touch(state->pi[i]);
  }
  dw_relax(&initial->relaxation, state);
  const double weight = dw_model_at(state->model, state->tau_start).momentum;
  for (int i = 0; i < state->components; i++) {
    if (weight != 1.0) {
      scale(state, state->pi[i], weight);
      dw_field_touch(state->pi[i]);
    }
  }
  return DW_OK;
}

dw_status dw_initial_bytes(const dw_initial *initial, const dw_share *share, dw_precision precision, size_t *bytes) {
  *bytes = 0;
  return strcmp(initial->kind, "snapshot") == 0 ? dw_initial_snapshot_bytes(initial, share, precision, bytes) : DW_OK;
}
