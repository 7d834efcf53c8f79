#include <string.h>

#include "lattice/file_private.h"

uint64_t dw_file_modes_bytes(int64_t side, dw_precision precision) {
  return (uint64_t)(side * side * (side / 2 + 1)) * 2 * (uint64_t)precision;
}

static dw_file_block block_of(const dw_modes *modes) {
  const int64_t side = modes->side;
  return (dw_file_block){.precision = modes->precision,
                         .rank = 4,
                         .shape = {side, side, side / 2 + 1, 2},
                         .start = {0, modes->start[0], modes->start[1], 0},
                         .count = {side, modes->count[0], modes->count[1], 2}};
}

static size_t row_bytes(const dw_modes *modes) { return 2 * (size_t)modes->count[1] * (size_t)modes->precision; }

static void copy_from_modes(void *context, int64_t kx, int64_t ky, void *row) {
  const dw_modes *modes = context;
  memcpy(row, dw_modes_line(modes, kx, ky), row_bytes(modes));
}

static void copy_to_modes(void *context, int64_t kx, int64_t ky, void *row) {
  const dw_modes *modes = context;
  memcpy(dw_modes_line(modes, kx, ky), row, row_bytes(modes));
}

dw_status dw_file_write_modes(dw_file *file, const char *path, const dw_modes *modes) {
  const dw_file_block block = block_of(modes);
  dw_modes view = *modes; /* the callback's context isn't const */
  return dw_file_write_block(file, path, &block, copy_from_modes, &view);
}

dw_status dw_file_read_modes(dw_file *file, const char *path, dw_modes *modes) {
  const dw_file_block block = block_of(modes);
  return dw_file_read_block(file, path, &block, copy_to_modes, modes);
}
