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
} kind;

static const kind table[] = {
    {"white-noise", dw_initial_white_noise, false, false},
    {"vacuum", dw_initial_vacuum, false, false},
    {"thermal", dw_initial_thermal, false, false},
    {"gaussian", dw_initial_gaussian, false, false},
    {"power-law", dw_initial_power_law, false, false},
    {"cells", dw_initial_cells, true, false},
    {"walls", dw_initial_walls, true, false},
    {"sphere", dw_initial_sphere, true, false},
    {"mode", dw_initial_mode, false, false},
    {"snapshot", dw_initial_snapshot, false, true},
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

static dw_status check_file(const char *file, const dw_comm *comm, int64_t points, double spacing) {
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
  if (!(initial->fraction >= 0.0 && initial->fraction < 1.0)) {
    return dw_fail(DW_ERR_PARAM, "fields.initial.fraction = %g: must be above 0 and below 1", initial->fraction);
  }
  return start->needs_file ? check_file(initial->file, comm, points, spacing) : DW_OK;
}

dw_status dw_initial_set(const dw_initial *initial, dw_state *state, dw_modes *modes) {
  const dw_lattice *lattice = state->lattice;
  const kind *start = NULL;
  DW_TRY(dw_initial_check(initial, state->model, lattice->comm, lattice->points, lattice->spacing));
  DW_TRY(find(&start, initial->kind));
  const dw_status status = start->set(initial, state, modes);
  state->step = 0;
  state->pending = 0.0;
  dw_field_touch(state->phi);
  dw_field_touch(state->pi);
  return status;
}

/* The fields of a snapshot of the same lattice; a = 1 is put at the start of this run. */
dw_status dw_initial_snapshot(const dw_initial *initial, dw_state *state, dw_modes *modes) {
  (void)modes;
  return dw_field_file_read(initial->file, state->phi, state->pi);
}
