#include "fields/initial.h"

#include <math.h>
#include <string.h>

#include "fields/initial_private.h"
#include "lattice/field_file.h"

/* A spacing that was written and read again in another unit or precision. */
static const double SAME_SPACING = 1e-6;

typedef struct kind {
  const char *name;
  dw_status (*set)(const dw_initial *initial, dw_state *state, dw_modes *modes);
  bool needs_walls;
  bool needs_file;
  bool one_component;
} kind;

static const kind table[] = {
    {"white-noise", dw_initial_white_noise, false, false, false},
    {"vacuum", dw_initial_vacuum, false, false, false},
    {"thermal", dw_initial_thermal, false, false, false},
    {"gaussian", dw_initial_gaussian, false, false, false},
    {"power-law", dw_initial_power_law, false, false, false},
    {"cells", dw_initial_cells, true, false, true},
    {"walls", dw_initial_walls, true, false, true},
    {"sphere", dw_initial_sphere, true, false, true},
    {"mode", dw_initial_mode, false, false, true},
    {"snapshot", dw_initial_snapshot, false, true, false},
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

static dw_status check_file(const char *file, const dw_comm *comm, int components, int64_t points, double spacing) {
  dw_field_file_info info;
  DW_TRY(dw_field_file_inspect(comm, file, &info));
  if (info.points != points) {
    return dw_fail(DW_ERR_FILE, "%s holds a lattice of %lld points a side, the run has %lld; set lattice.points to it",
                   file, (long long)info.points, (long long)points);
  }
  if (!(fabs(info.spacing - spacing) <= SAME_SPACING * spacing)) {
    const double n = (double)points;
    return dw_fail(DW_ERR_FILE, "%s holds a box of side %.10g, the run has %.10g; set lattice.length to it", file,
                   info.spacing * n, spacing * n);
  }
  if (info.components != components) {
    return dw_fail(DW_ERR_FILE,
                   "%s holds a field of %d component(s), fields.potential has %d; choose another of the two", file,
                   info.components, components);
  }
  return DW_OK;
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
  if (start->one_component && model->potential->components > 1) {
    return dw_fail(
        DW_ERR_PARAM,
        "fields.initial.kind = \"%s\": the potential \"%s\" has %d components, this start is for one; choose "
        "another start",
        initial->kind, model->potential->name, model->potential->components);
  }
  if (!(initial->fraction >= 0.0 && initial->fraction < 1.0)) {
    return dw_fail(DW_ERR_PARAM, "fields.initial.fraction = %g: must be above 0 and below 1", initial->fraction);
  }
  return start->needs_file ? check_file(initial->file, comm, model->potential->components, points, spacing) : DW_OK;
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
  DW_TRY(start->set(initial, state, modes));
  state->step = 0;
  state->pending = 0.0;
  const double weight = dw_model_at(state->model, state->tau_start).momentum;
  for (int i = 0; i < state->components; i++) {
    if (weight != 1.0) {
      scale(state, state->pi[i], weight);
    }
    dw_field_touch(state->phi[i]);
    dw_field_touch(state->pi[i]);
  }
  return DW_OK;
}

/* The fields of a snapshot of the same lattice; a = 1 is put at the start of this run. */
dw_status dw_initial_snapshot(const dw_initial *initial, dw_state *state, dw_modes *modes) {
  (void)modes;
  for (int i = 0; i < state->components; i++) {
    DW_TRY(dw_field_file_read(initial->file, i, state->phi[i], state->pi[i]));
  }
  return DW_OK;
}
