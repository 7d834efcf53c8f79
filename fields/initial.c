#include "fields/initial.h"

#include <math.h>
#include <string.h>

#include "fields/initial_private.h"
#include "lattice/field_file.h"

typedef struct kind {
  const char *name;
  dw_status (*set)(const dw_initial *initial, dw_state *state, dw_modes *modes);
} kind;

static const kind table[] = {
    {"white-noise", dw_initial_white_noise}, {"walls", dw_initial_walls},
    {"sphere", dw_initial_sphere},           {"mode", dw_initial_mode},
    {"snapshot", dw_initial_snapshot},
};

dw_status dw_initial_set(const dw_initial *initial, dw_state *state, dw_modes *modes) {
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    if (strcmp(table[i].name, initial->kind) == 0) {
      const dw_status status = table[i].set(initial, state, modes);
      state->step = 0;
      state->pending = 0.0;
      dw_field_touch(state->phi);
      dw_field_touch(state->pi);
      return status;
    }
  }
  return dw_fail(DW_ERR_PARAM, "fields.initial.kind: no start is called \"%s\"", initial->kind);
}

/* The fields of a snapshot of the same lattice; a = 1 is put at the start of this run. */
dw_status dw_initial_snapshot(const dw_initial *initial, dw_state *state, dw_modes *modes) {
  (void)modes;
  dw_field_file_info info;
  DW_TRY(dw_field_file_inspect(state->lattice->comm, initial->file, &info));
  if (info.points != state->lattice->points) {
    return dw_fail(DW_ERR_FILE, "%s holds a lattice of %lld points a side, the run has %lld; set lattice.points to it",
                   initial->file, (long long)info.points, (long long)state->lattice->points);
  }
  if (fabs(info.spacing - state->lattice->spacing) > 1e-6 * state->lattice->spacing) {
    return dw_fail(DW_ERR_FILE, "%s has the lattice spacing %.9g, the run %.9g; set lattice.length to %.9g",
                   initial->file, info.spacing, state->lattice->spacing, info.spacing * (double)info.points);
  }
  return dw_field_file_read(initial->file, state->phi, state->pi);
}
