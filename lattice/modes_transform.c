#include <omp.h>
#include <string.h>

#include "lattice/modes_private.h"

/* --- lines --- */

static int line_threads(const dw_modes *modes) {
  const int now = omp_get_max_threads();
  return now < modes->transform->threads ? now : modes->transform->threads;
}

static char *line_buffer(const dw_modes *modes) {
  return modes->transform->lanes + (size_t)omp_get_thread_num() * modes->transform->lane_bytes;
}

/* Copies `count` runs; whole lanes in either precision get loops of their own, where the copy is a few instructions
 * instead of a call. */
static void copy_runs(char *to, ptrdiff_t to_step, const char *from, ptrdiff_t from_step, int64_t count, size_t run) {
  enum { SINGLE = DW_LANES * 2 * DW_SINGLE, DOUBLE = DW_LANES * 2 * DW_DOUBLE };
  if (run == SINGLE) {
    for (int64_t i = 0; i < count; i++) {
      memcpy(to + i * to_step, from + i * from_step, SINGLE);
    }
  } else if (run == DOUBLE) {
    for (int64_t i = 0; i < count; i++) {
      memcpy(to + i * to_step, from + i * from_step, DOUBLE);
    }
  } else {
    for (int64_t i = 0; i < count; i++) {
      memcpy(to + i * to_step, from + i * from_step, run);
    }
  }
}

/* The first `count` elements of a line in memory, `stride` apart, to or from the lane buffer of N: the whole line, or
 * the kept modes, 0 ... count/2 and then the negative ones, which end the buffer. */
static void move_line(const dw_modes *modes, char *lane, char *line, ptrdiff_t stride, int64_t count, size_t run,
                      int to_lane) {
  const ptrdiff_t bytes = (ptrdiff_t)modes->transform->complex_bytes;
  const int64_t half = count / 2 + 1;
  const int64_t parts[2][3] = {{0, 0, half}, {half, half + modes->lattice->points - count, count - half}};
  for (int part = 0; part < 2; part++) {
    char *here = lane + parts[part][1] * DW_LANES * bytes;
    char *there = line + parts[part][0] * stride * bytes;
    if (to_lane) {
      copy_runs(here, DW_LANES * bytes, there, stride * bytes, parts[part][2], run);
    } else {
      copy_runs(there, stride * bytes, here, DW_LANES * bytes, parts[part][2], run);
    }
  }
}

/* Zero where dropped modes would be, between the positive and the negative ones. */
static void clear_dropped(const dw_modes *modes, char *lanes) {
  const size_t bytes = DW_LANES * modes->transform->complex_bytes;
  const int64_t dropped = modes->lattice->points - modes->side;
  memset(lanes + (size_t)(modes->side / 2 + 1) * bytes, 0, (size_t)dropped * bytes);
}

/* A line of all local kz at `first`, elements `stride` apart: gathered into lanes, transformed, put back. N elements
 * become `side`, or the other way. */
static void transform_lines(const dw_modes *modes, char *first, ptrdiff_t stride, int inverse) {
  const struct dw_transform *transform = modes->transform;
  const int64_t before = inverse ? modes->side : modes->lattice->points;
  const int64_t after = inverse ? modes->lattice->points : modes->side;
  char *lanes = line_buffer(modes);
  const int64_t begin = modes->start[1];
  const int64_t end = begin + modes->count[1];
  if (begin == end) { /* more processes than kz */
    return;
  }
  for (int64_t batch = begin / DW_LANES * DW_LANES; batch < end; batch += DW_LANES) {
    const int64_t from = batch < begin ? begin : batch;
    const int64_t to = batch + DW_LANES > end ? end : batch + DW_LANES;
    const size_t run = (size_t)(to - from) * transform->complex_bytes;
    char *line = first + (size_t)(from - begin) * transform->complex_bytes;
    char *lane = lanes + (size_t)(from - batch) * transform->complex_bytes;
    if (to - from < DW_LANES) {
      memset(lanes, 0, transform->lane_bytes);
    } else if (inverse && modes->side < modes->lattice->points) {
      clear_dropped(modes, lanes);
    }
    move_line(modes, lane, line, stride, before, run, 1);
    if (modes->precision == DW_SINGLE) {
      dw_fft_lanes_f32(&transform->plans, lanes, inverse);
    } else {
      dw_fft_lanes_f64(&transform->plans, lanes, inverse);
    }
    move_line(modes, lane, line, stride, after, run, 0);
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

/* --- rows: transformed in a thread's buffer, which has room for the kz that aren't kept --- */

static void *stage_row(const dw_modes *modes, int64_t x, int64_t y) {
  const dw_stages *at = &modes->transform->at;
  return (char *)modes->data + (size_t)(x * at->plane + y * at->row_pitch) * modes->transform->complex_bytes;
}

static size_t kept_bytes(const dw_modes *modes) {
  return (size_t)(modes->side / 2 + 1) * modes->transform->complex_bytes;
}

static void row_forward(const dw_modes *modes, int64_t x, int64_t y, void *buffer) {
  if (modes->precision == DW_SINGLE) {
    dw_fft_row_f32(&modes->transform->plans, buffer, 0);
  } else {
    dw_fft_row_f64(&modes->transform->plans, buffer, 0);
  }
  memcpy(stage_row(modes, x, y), buffer, kept_bytes(modes));
}

static void row_inverse(const dw_modes *modes, int64_t x, int64_t y, char *buffer, double factor) {
  const int64_t n = modes->lattice->points;
  const size_t kept = kept_bytes(modes);
  memcpy(buffer, stage_row(modes, x, y), kept);
  memset(buffer + kept, 0, (size_t)(n / 2 + 1) * modes->transform->complex_bytes - kept);
  if (modes->precision == DW_SINGLE) {
    dw_fft_row_f32(&modes->transform->plans, buffer, 1);
    dw_fft_scale_f32(buffer, n, factor);
  } else {
    dw_fft_row_f64(&modes->transform->plans, buffer, 1);
    dw_fft_scale_f64(buffer, n, factor);
  }
}

/* --- the whole transform --- */

void dw_modes_forward_rows(dw_modes *modes, dw_row_fill fill_row, const void *context) {
  const dw_stages *at = &modes->transform->at;
#pragma omp parallel for schedule(static) num_threads(line_threads(modes))
  for (int64_t x = 0; x < at->nx; x++) {
    for (int64_t y = 0; y < at->ny; y++) {
      char *buffer = line_buffer(modes);
      fill_row(context, x, y, buffer);
      row_forward(modes, x, y, buffer);
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
  const size_t bytes = (size_t)modes->lattice->points * (size_t)modes->precision;
  const double n = (double)modes->lattice->points;
  const double factor = 1.0 / (n * n * n);
  transform_along_x(modes, 1);
  transpose(modes, 0, 1);
  transform_along_y(modes, 1);
  transpose(modes, 1, 1);
#pragma omp parallel for schedule(static) num_threads(line_threads(modes))
  for (int64_t x = 0; x < at->nx; x++) {
    for (int64_t y = 0; y < at->ny; y++) {
      char *buffer = line_buffer(modes);
      row_inverse(modes, x, y, buffer, factor);
      memcpy(dw_field_row(field, x, y), buffer, bytes);
    }
  }
  dw_field_touch(field);
}
