#include "lattice/field.h"

#include <string.h>

#include "base/memory.h"
#include "lattice/fingerprint.h"

/* One cache line more than the row: room for the padding of an in-place transform, and
 * neighbouring rows of a power-of-two lattice don't fall on the same cache sets. */
static ptrdiff_t row_pitch(int64_t points, dw_precision precision) {
  const ptrdiff_t line = DW_CACHE_LINE / (ptrdiff_t)precision;
  return ((ptrdiff_t)points + line - 1) / line * line + line;
}

size_t dw_field_bytes(int64_t points, int64_t nx, int64_t ny, int halo, dw_precision precision) {
  const size_t rows = (size_t)(nx + 2 * halo) * (size_t)(ny + 2 * halo);
  return rows * (size_t)row_pitch(points, precision) * (size_t)precision;
}

dw_status dw_field_create(dw_field **field, const dw_lattice *lattice, dw_precision precision) {
  *field = NULL;
  const int64_t planes = lattice->count[0] + 2 * lattice->halo;
  const int64_t rows = lattice->count[1] + 2 * lattice->halo;
  dw_field draft = {.lattice = lattice, .precision = precision, .pitch = row_pitch(lattice->points, precision)};
  draft.stride_x = draft.pitch * (ptrdiff_t)rows;
  const size_t plane_bytes = (size_t)draft.stride_x * (size_t)precision;
  DW_TRY(dw_alloc(&draft.data, (size_t)planes, plane_bytes, "field"));
  void *block = NULL;
  const dw_status status = dw_alloc(&block, 1, sizeof draft, "field");
  if (status != DW_OK) {
    dw_free(draft.data);
    return status;
  }
  char *data = draft.data;
#pragma omp parallel for schedule(static)
  for (int64_t x = 0; x < planes; x++) { /* first touch: by the thread that will sweep these planes */
    memset(data + (size_t)x * plane_bytes, 0, plane_bytes);
  }
  memcpy(block, &draft, sizeof draft);
  *field = block;
  return DW_OK;
}

void dw_field_destroy(dw_field *field) {
  if (field != NULL) {
    dw_free(field->data);
    dw_free(field);
  }
}

void *dw_field_row(const dw_field *field, int64_t x, int64_t y) {
  const ptrdiff_t halo = field->lattice->halo;
  const ptrdiff_t offset = ((ptrdiff_t)x + halo) * field->stride_x + ((ptrdiff_t)y + halo) * field->pitch;
  return (char *)field->data + offset * (ptrdiff_t)field->precision;
}

double dw_field_get(const dw_field *field, int64_t x, int64_t y, int64_t z) {
  const void *row = dw_field_row(field, x, y);
  return field->precision == DW_SINGLE ? (double)((const float *)row)[z] : ((const double *)row)[z];
}

void dw_field_set(dw_field *field, int64_t x, int64_t y, int64_t z, double value) {
  void *row = dw_field_row(field, x, y);
  if (field->precision == DW_SINGLE) {
    ((float *)row)[z] = (float)value;
  } else {
    ((double *)row)[z] = value;
  }
#pragma omp atomic write
  field->halo_fresh = 0;
}

void dw_field_clear(dw_field *field) {
  const dw_lattice *lattice = field->lattice;
  const size_t bytes = (size_t)lattice->points * (size_t)field->precision;
#pragma omp parallel for schedule(static)
  for (int64_t x = 0; x < lattice->count[0]; x++) {
    for (int64_t y = 0; y < lattice->count[1]; y++) {
      memset(dw_field_row(field, x, y), 0, bytes);
    }
  }
  dw_field_touch(field);
}

void dw_field_touch(dw_field *field) { field->halo_fresh = 0; }

static uint64_t row_fingerprint(const dw_field *field, int64_t x, int64_t y) {
  const int64_t n = field->lattice->points;
  const uint64_t first = (uint64_t)(((x + field->lattice->start[0]) * n + y + field->lattice->start[1]) * n);
  return dw_fingerprint_reals(dw_field_row(field, x, y), n, field->precision, first);
}

uint64_t dw_field_fingerprint(const dw_field *field) {
  uint64_t sum = 0;
#pragma omp parallel for schedule(static) reduction(+ : sum)
  for (int64_t x = 0; x < field->lattice->count[0]; x++) {
    for (int64_t y = 0; y < field->lattice->count[1]; y++) {
      sum += row_fingerprint(field, x, y);
    }
  }
  dw_comm_sum_uint64(field->lattice->comm, &sum, 1);
  return sum;
}
