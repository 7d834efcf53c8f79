#include <string.h>

#include "lattice/file_private.h"

uint64_t dw_file_field_bytes(const dw_lattice *lattice, dw_precision precision) {
  const uint64_t n = (uint64_t)lattice->points;
  return n * n * n * (uint64_t)precision;
}

static dw_file_block block_of(const dw_lattice *lattice, dw_precision precision) {
  const int64_t n = lattice->points;
  return (dw_file_block){.precision = precision,
                         .rank = 3,
                         .shape = {n, n, n},
                         .start = {lattice->start[0], lattice->start[1], 0},
                         .count = {lattice->count[0], lattice->count[1], n}};
}

dw_status dw_file_write_rows(dw_file *file, const char *path, const dw_lattice *lattice, dw_precision precision,
                             dw_file_row row, void *context) {
  const dw_file_block block = block_of(lattice, precision);
  return dw_file_write_block(file, path, &block, row, context);
}

static void copy_from_field(void *context, int64_t x, int64_t y, void *row) {
  const dw_field *field = context;
  memcpy(row, dw_field_row(field, x, y), (size_t)field->lattice->points * (size_t)field->precision);
}

static void copy_to_field(void *context, int64_t x, int64_t y, void *row) {
  const dw_field *field = context;
  memcpy(dw_field_row(field, x, y), row, (size_t)field->lattice->points * (size_t)field->precision);
}

dw_status dw_file_write_field(dw_file *file, const char *path, const dw_field *field) {
  dw_field view = *field; /* the callback's context isn't const */
  return dw_file_write_rows(file, path, field->lattice, field->precision, copy_from_field, &view);
}

dw_status dw_file_read_field(dw_file *file, const char *path, dw_field *field) {
  const dw_file_block block = block_of(field->lattice, field->precision);
  dw_field_touch(field);
  return dw_file_read_block(file, path, &block, copy_to_field, field);
}
