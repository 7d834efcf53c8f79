/* The fields of a snapshot, of this lattice or of another of the same box; a = 1 is put at the start of this run. */
#include <math.h>

#include "fields/initial_private.h"

#include "lattice/field_file.h"
#include "lattice/modes_resample.h"

/* A spacing that was written and read again in another unit or precision. */
static const double SAME_LENGTH = 1e-6;

enum { FILE_BUFFER = 16 << 20 }; /* bytes of rows at most (lattice/file.h) */

dw_status dw_initial_snapshot_check(const dw_initial *initial, const dw_comm *comm, int components, int64_t points,
                                    double spacing) {
  dw_field_file_info info;
  DW_TRY(dw_field_file_inspect(comm, initial->file, &info));
  const double length = (double)points * spacing;
  const double found = (double)info.points * info.spacing;
  if (!(fabs(found - length) <= SAME_LENGTH * length)) {
    return dw_fail(
        DW_ERR_FILE,
        "%s holds a box of side %.10g, the run has %.10g; set lattice.length to it (lattice.points may differ)",
        initial->file, found, length);
  }
  if (info.components != components) {
    return dw_fail(DW_ERR_FILE,
                   "%s holds a field of %d component(s), fields.potential has %d; choose another of the two",
                   initial->file, info.components, components);
  }
  int grid[2];
  return info.points == points ? DW_OK : dw_grid_choose(info.points, 1, 1, dw_comm_size(comm), grid);
}

/* The lattice of the snapshot, on which one field at a time is read and transformed. */
typedef struct origin {
  dw_lattice *lattice;
  dw_field *field;
  dw_modes *modes;
} origin;

static void origin_finalize(origin *from) {
  dw_modes_destroy(from->modes);
  dw_field_destroy(from->field);
  dw_lattice_destroy(from->lattice);
}

static dw_status origin_init(origin *from, int64_t points, const dw_lattice *lattice, dw_precision precision) {
  *from = (origin){NULL, NULL, NULL};
  DW_TRY(dw_lattice_create(&from->lattice, lattice->comm, points, lattice->length, 1, 1, NULL));
  dw_status status = dw_field_create(&from->field, from->lattice, precision);
  if (status == DW_OK) {
    status = dw_modes_create(&from->modes, from->lattice, dw_resample_limit(points, lattice->points), precision);
  }
  return dw_comm_agree(lattice->comm, status);
}

static dw_status interpolate(origin *from, const char *file, int component, bool momentum, dw_field *field,
                             dw_modes *modes) {
  DW_TRY(dw_field_file_read(file, component, momentum ? NULL : from->field, momentum ? from->field : NULL));
  dw_modes_forward(from->modes, from->field);
  DW_TRY(dw_modes_resample(modes, from->modes));
  dw_modes_inverse(modes, field);
  return DW_OK;
}

static dw_status read_all(const char *file, dw_state *state) {
  for (int i = 0; i < state->components; i++) {
    DW_TRY(dw_field_file_read(file, i, state->phi[i], state->pi[i]));
  }
  return DW_OK;
}

dw_status dw_initial_snapshot(const dw_initial *initial, dw_state *state, dw_modes *modes) {
  dw_field_file_info info;
  DW_TRY(dw_field_file_inspect(state->lattice->comm, initial->file, &info));
  if (info.points == state->lattice->points) {
    return read_all(initial->file, state);
  }
  origin from;
  dw_status status = origin_init(&from, info.points, state->lattice, state->precision);
  for (int i = 0; i < state->components && status == DW_OK; i++) {
    status = interpolate(&from, initial->file, i, false, state->phi[i], modes);
    if (status == DW_OK) {
      status = interpolate(&from, initial->file, i, true, state->pi[i], modes);
    }
  }
  origin_finalize(&from);
  return status;
}

/* The first process has the largest block. */
dw_status dw_initial_snapshot_bytes(const dw_initial *initial, const dw_share *share, dw_precision precision,
                                    size_t *bytes) {
  dw_field_file_info info;
  DW_TRY(dw_field_file_inspect(dw_comm_self(), initial->file, &info));
  *bytes = 0;
  if (info.points == share->points) {
    return DW_OK;
  }
  dw_share from = {.points = info.points, .align = 1};
  DW_TRY(dw_grid_choose(info.points, 1, 1, share->grid[0] * share->grid[1], from.grid));
  const int64_t nx = dw_share_count(&from, 0);
  const int64_t ny = dw_share_count(&from, 1);
  const size_t rows = (size_t)(ny * info.points) * (size_t)precision;
  const size_t messages = dw_resample_bytes(&from, share, precision);
  const size_t reading = rows < FILE_BUFFER ? rows : FILE_BUFFER;
  *bytes = dw_field_bytes(info.points, nx, ny, 1, precision) +
           dw_modes_bytes(&from, dw_resample_limit(info.points, share->points), precision) +
           (reading > messages ? reading : messages);
  return DW_OK;
}
