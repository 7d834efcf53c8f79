#include <omp.h>
#include <string.h>

#include "lattice/modes_private.h"

/* --- lines --- */

static int line_threads(const dw_modes *modes) {
  const int now = omp_get_max_threads();
  return now < modes->transform->threads ? now : modes->transform->threads;
}

static char *line_buffer(const dw_modes *modes) {
  return modes->transform->rows + (size_t)omp_get_thread_num() * modes->transform->rows_bytes;
}

static char *row_of(const dw_modes *modes, char *rows, int row) {
  return rows + row * modes->transform->pitch * (ptrdiff_t)modes->transform->complex_bytes;
}

/* The first `count` elements of adjacent lines in memory, `stride` apart, to or from rows of N: whole lines, or the
 * kept modes, 0 ... count/2 and then the negative ones, which end a row. */
static void move_lines(const dw_modes *modes, char *rows, char *line, ptrdiff_t stride, int64_t count, int lines,
                       int to_rows) {
  const ptrdiff_t pitch = modes->transform->pitch;
  const ptrdiff_t bytes = (ptrdiff_t)modes->transform->complex_bytes;
  const int64_t half = count / 2 + 1;
  const int64_t parts[2][3] = {{0, 0, half}, {half, half + modes->lattice->points - count, count - half}};
  const int single = modes->precision == DW_SINGLE;
  for (int part = 0; part < 2; part++) {
    char *here = rows + parts[part][1] * bytes;
    char *there = line + parts[part][0] * stride * bytes;
    if (to_rows) {
      (single ? dw_fft_gather_f32 : dw_fft_gather_f64)(here, pitch, there, stride, parts[part][2], lines);
    } else {
      (single ? dw_fft_scatter_f32 : dw_fft_scatter_f64)(here, pitch, there, stride, parts[part][2], lines);
    }
  }
}

/* Zero where dropped modes would be, between the positive and the negative ones. */
static void clear_dropped(const dw_modes *modes, char *rows, int lines) {
  const size_t bytes = modes->transform->complex_bytes;
  const size_t dropped = (size_t)(modes->lattice->points - modes->side) * bytes;
  for (int line = 0; line < lines && dropped > 0; line++) {
    memset(row_of(modes, rows, line) + (size_t)(modes->side / 2 + 1) * bytes, 0, dropped);
  }
}

/* The lines of all local kz at `first`, elements `stride` apart: gathered into rows, transformed, put back. N elements
 * become `side`, or the other way. */
static void transform_lines(const dw_modes *modes, char *first, ptrdiff_t stride, int inverse) {
  const struct dw_transform *transform = modes->transform;
  const int64_t before = inverse ? modes->side : modes->lattice->points;
  const int64_t after = inverse ? modes->lattice->points : modes->side;
  char *rows = line_buffer(modes);
  char *input = row_of(modes, rows, 1);
  for (int64_t kz = 0; kz < modes->count[1]; kz += DW_LANES) {
    const int lines = modes->count[1] - kz < DW_LANES ? (int)(modes->count[1] - kz) : DW_LANES;
    char *line = first + (size_t)kz * transform->complex_bytes;
    if (inverse) {
      clear_dropped(modes, input, lines);
    }
    move_lines(modes, input, line, stride, before, lines, 1);
    if (modes->precision == DW_SINGLE) {
      dw_fft_lines_f32(&transform->plans, rows, transform->pitch, lines, inverse);
    } else {
      dw_fft_lines_f64(&transform->plans, rows, transform->pitch, lines, inverse);
    }
    move_lines(modes, rows, line, stride, after, lines, 0);
  }
}

static void transform_along_y(const dw_modes *modes, int inverse) {
  const dw_stages *at = &modes->transform->at;
  char *data = modes->data;
#pragma omp parallel for schedule(static) num_threads(line_threads(modes))
  for (int64_t x = 0; x < at->nx; x++) {
    transform_lines(modes, data + (size_t)(x * at->plane) * modes->transform->complex_bytes, at->kz_pitch, inverse);
  }
}

static void transform_along_x(const dw_modes *modes, int inverse) {
  const dw_stages *at = &modes->transform->at;
  char *data = modes->data;
#pragma omp parallel for schedule(static) num_threads(line_threads(modes))
  for (int64_t ky = 0; ky < at->nky; ky++) {
    transform_lines(modes, data + (size_t)(ky * at->kz_pitch) * modes->transform->complex_bytes, at->stride_x, inverse);
  }
}

static void transpose(const dw_modes *modes, int direction, int inverse) {
  const dw_stages *at = &modes->transform->at;
  if (modes->transform->transpose[direction] == NULL) {
    return;
  }
  const dw_transpose_shape shape = {
      .plane = at->plane, .row_pitch = at->row_pitch, .kz_pitch = at->kz_pitch, .nkz = at->nkz};
  dw_transpose_run(modes->transform->transpose[direction], &shape, modes->data, inverse);
}

/* --- rows: between a thread's buffer, which has room for the kz that aren't kept, and their place in memory --- */

static void *stage_row(const dw_modes *modes, int64_t x, int64_t y) {
  const dw_stages *at = &modes->transform->at;
  return (char *)modes->data + (size_t)(x * at->plane + y * at->row_pitch) * modes->transform->complex_bytes;
}

static int keeps_all(const dw_modes *modes) { return modes->side == modes->lattice->points; }

static size_t kept_bytes(const dw_modes *modes) {
  return (size_t)(modes->side / 2 + 1) * modes->transform->complex_bytes;
}

static void row_forward(const dw_modes *modes, int64_t x, int64_t y, char *rows) {
  char *stage = stage_row(modes, x, y);
  char *to = keeps_all(modes) ? stage : rows;
  (modes->precision == DW_SINGLE ? dw_fft_row_f32 : dw_fft_row_f64)(&modes->transform->plans, row_of(modes, rows, 1),
                                                                    to, 0);
  if (to != stage) {
    memcpy(stage, to, kept_bytes(modes));
  }
}

/* The field's row is written, and the modes are lost. */
static void row_inverse(const dw_modes *modes, int64_t x, int64_t y, char *rows, void *field_row, double factor) {
  const int64_t n = modes->lattice->points;
  char *from = stage_row(modes, x, y);
  if (!keeps_all(modes)) {
    const size_t kept = kept_bytes(modes);
    char *whole = row_of(modes, rows, 1);
    memcpy(whole, from, kept);
    memset(whole + kept, 0, (size_t)(n / 2 + 1) * modes->transform->complex_bytes - kept);
    from = whole;
  }
  if (modes->precision == DW_SINGLE) {
    dw_fft_row_f32(&modes->transform->plans, from, rows, 1);
    dw_fft_scale_f32(field_row, rows, n, factor);
  } else {
    dw_fft_row_f64(&modes->transform->plans, from, rows, 1);
    dw_fft_scale_f64(field_row, rows, n, factor);
  }
}

/* --- the whole transform --- */

void dw_modes_forward_rows(dw_modes *modes, dw_row_fill fill_row, const void *context) {
  const dw_stages *at = &modes->transform->at;
#pragma omp parallel for schedule(static) num_threads(line_threads(modes))
  for (int64_t x = 0; x < at->nx; x++) {
    for (int64_t y = 0; y < at->ny; y++) {
      char *rows = line_buffer(modes);
      fill_row(context, x, y, row_of(modes, rows, 1));
      row_forward(modes, x, y, rows);
    }
  }
  transpose(modes, 1, 0);
  transform_along_y(modes, 0);
  transpose(modes, 0, 0);
  transform_along_x(modes, 0);
}

static void copy_field_row(const void *context, int64_t x, int64_t y, void *row) {
  const dw_field *field = context;
  memcpy(row, dw_field_row(field, x, y), (size_t)field->lattice->points * (size_t)field->precision);
}

void dw_modes_forward(dw_modes *modes, const dw_field *field) { dw_modes_forward_rows(modes, copy_field_row, field); }

void dw_modes_inverse(dw_modes *modes, dw_field *field) {
  const dw_stages *at = &modes->transform->at;
  const double n = (double)modes->lattice->points;
  const double factor = 1.0 / (n * n * n);
  transform_along_x(modes, 1);
  transpose(modes, 0, 1);
  transform_along_y(modes, 1);
  transpose(modes, 1, 1);
#pragma omp parallel for schedule(static) num_threads(line_threads(modes))
  for (int64_t x = 0; x < at->nx; x++) {
    for (int64_t y = 0; y < at->ny; y++) {
      row_inverse(modes, x, y, line_buffer(modes), dw_field_row(field, x, y), factor);
    }
  }
  dw_field_touch(field);
}
