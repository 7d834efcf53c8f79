#include "lattice/modes.h"

#include <omp.h>
#include <string.h>

#include "base/memory.h"
#include "lattice/comm_private.h"
#include "lattice/decomposition.h"
#include "lattice/fft_rows.h"
#include "lattice/transpose.h"

/* Sizes of the three stages, in complex elements. All share one block of memory:
 *   rows    (x, y)  at x plane + y row_pitch,  kz whole       after the transform along z
 *   planes  (x, ky) at x plane + ky kz_pitch,  kz divided     after the transform along y
 *   modes   (kx, ky) at kx stride_x + ky kz_pitch             after the transform along x */
typedef struct layout {
  int64_t nx, ny, nky, nkz;
  ptrdiff_t row_pitch;
  ptrdiff_t kz_pitch;
  ptrdiff_t plane;
  ptrdiff_t stride_x;
  size_t total;
} layout;

struct dw_transform {
  layout at;
  size_t complex_bytes;
  dw_fft_plans plans;
  char *lanes; /* one line buffer per thread */
  int threads; /* line buffers there are; more threads may run elsewhere later */
  size_t lane_bytes;
  dw_transpose *transpose[2]; /* along x, along y; NULL where not divided */
};

static ptrdiff_t round_up(ptrdiff_t value, ptrdiff_t to) { return (value + to - 1) / to * to; }

static layout lay_out(int64_t points, int align, const int grid[2], const int coord[2], dw_precision precision) {
  const ptrdiff_t line = DW_CACHE_LINE / (2 * (ptrdiff_t)precision);
  const int64_t half = points / 2 + 1;
  layout at = {0};
  at.nx = dw_block_start(points, align, grid[0], coord[0] + 1) - dw_block_start(points, align, grid[0], coord[0]);
  at.ny = dw_block_start(points, align, grid[1], coord[1] + 1) - dw_block_start(points, align, grid[1], coord[1]);
  at.nky = dw_block_start(points, 1, grid[0], coord[0] + 1) - dw_block_start(points, 1, grid[0], coord[0]);
  at.nkz = dw_block_start(half, 1, grid[1], coord[1] + 1) - dw_block_start(half, 1, grid[1], coord[1]);
  at.row_pitch = round_up(half, line);
  at.kz_pitch = grid[1] == 1 ? at.row_pitch : round_up(at.nkz > 0 ? at.nkz : 1, line);
  const ptrdiff_t before = at.ny * at.row_pitch;
  const ptrdiff_t after = points * at.kz_pitch;
  at.plane = round_up(before > after ? before : after, at.kz_pitch); /* a multiple: see dw_transpose_planes */
  at.stride_x = grid[0] == 1 ? at.plane : at.nky * at.kz_pitch;
  const ptrdiff_t planes = at.nx * at.plane;
  const ptrdiff_t modes = points * at.stride_x;
  at.total = (size_t)(planes > modes ? planes : modes);
  return at;
}

static size_t lane_buffer_bytes(int64_t points, dw_precision precision) {
  return (size_t)round_up((ptrdiff_t)points * DW_LANES * 2 * (ptrdiff_t)precision, DW_CACHE_LINE);
}

size_t dw_modes_bytes(int64_t points, int align, int64_t limit, const int grid[2], const int coord[2],
                      dw_precision precision) {
  (void)limit;
  const layout at = lay_out(points, align, grid, coord, precision);
  const size_t element = 2 * (size_t)precision;
  return at.total * element + (size_t)omp_get_max_threads() * lane_buffer_bytes(points, precision) +
         dw_transpose_bytes(points, align, grid, coord, element);
}

static dw_status fill(dw_modes *modes) {
  const dw_lattice *lattice = modes->lattice;
  struct dw_transform *transform = modes->transform;
  const layout *at = &transform->at;
  DW_TRY(dw_alloc(&modes->data, at->total, transform->complex_bytes, "Fourier modes"));
  void *lanes = NULL;
  transform->threads = omp_get_max_threads();
  DW_TRY(dw_alloc(&lanes, (size_t)transform->threads, transform->lane_bytes, "Fourier modes"));
  transform->lanes = lanes;
  memset(lanes, 0, (size_t)transform->threads * transform->lane_bytes);
  dw_modes_clear(modes);
  for (int direction = 0; direction < 2; direction++) {
    if (lattice->grid[direction] > 1) {
      DW_TRY(dw_transpose_create(&transform->transpose[direction], lattice, direction, transform->complex_bytes));
    }
  }
  const int failed = modes->precision == DW_SINGLE ? dw_fft_plan_f32(&transform->plans, modes->lattice->points, lanes)
                                                   : dw_fft_plan_f64(&transform->plans, modes->lattice->points, lanes);
  return failed ? dw_fail(DW_ERR_INTERNAL, "FFTW makes no plan for %lld points", (long long)modes->lattice->points)
                : DW_OK;
}

dw_status dw_modes_create(dw_modes **modes, const dw_lattice *lattice, int64_t limit, dw_precision precision) {
  *modes = NULL;
  (void)limit;
  void *block = NULL;
  DW_TRY(dw_alloc(&block, 1, sizeof(dw_modes) + sizeof(struct dw_transform), "Fourier modes"));
  memset(block, 0, sizeof(dw_modes) + sizeof(struct dw_transform));
  dw_modes *draft = block;
  draft->transform = (struct dw_transform *)(draft + 1);
  draft->lattice = lattice;
  draft->precision = precision;
  draft->side = lattice->points;
  draft->transform->at = lay_out(lattice->points, lattice->align, lattice->grid, lattice->coord, precision);
  draft->transform->complex_bytes = 2 * (size_t)precision;
  draft->transform->lane_bytes = lane_buffer_bytes(lattice->points, precision);
  const layout *at = &draft->transform->at;
  draft->start[0] = dw_block_start(draft->side, 1, lattice->grid[0], lattice->coord[0]);
  draft->start[1] = dw_block_start(draft->side / 2 + 1, 1, lattice->grid[1], lattice->coord[1]);
  draft->count[0] = at->nky;
  draft->count[1] = at->nkz;
  draft->stride_x = at->stride_x;
  draft->stride_y = at->kz_pitch;
  const dw_status status = fill(draft);
  if (status != DW_OK) {
    dw_modes_destroy(draft);
    return status;
  }
  *modes = draft;
  return DW_OK;
}

dw_status dw_modes_hold(dw_modes **modes, const dw_modes *like) {
  *modes = NULL;
  void *block = NULL;
  DW_TRY(dw_alloc(&block, 1, sizeof(dw_modes), "Fourier modes"));
  dw_modes *draft = block;
  *draft = *like;
  draft->transform = NULL;
  draft->data = NULL;
  const ptrdiff_t line = DW_CACHE_LINE / (2 * (ptrdiff_t)like->precision);
  draft->stride_y = round_up(like->count[1] > 0 ? like->count[1] : 1, line);
  draft->stride_x = like->count[0] * draft->stride_y;
  const dw_status status =
      dw_alloc(&draft->data, (size_t)(draft->side * draft->stride_x), 2 * (size_t)draft->precision, "Fourier modes");
  if (status != DW_OK) {
    dw_free(draft);
    return status;
  }
  dw_modes_clear(draft);
  *modes = draft;
  return DW_OK;
}

void dw_modes_destroy(dw_modes *modes) {
  if (modes == NULL) {
    return;
  }
  if (modes->transform != NULL) {
    if (modes->precision == DW_SINGLE) {
      dw_fft_unplan_f32(&modes->transform->plans);
    } else {
      dw_fft_unplan_f64(&modes->transform->plans);
    }
    dw_transpose_destroy(modes->transform->transpose[0]);
    dw_transpose_destroy(modes->transform->transpose[1]);
    dw_free(modes->transform->lanes);
  }
  dw_free(modes->data);
  dw_free(modes);
}

void dw_modes_clear(dw_modes *modes) {
  const size_t total = modes->transform != NULL ? modes->transform->at.total : (size_t)(modes->side * modes->stride_x);
  const size_t all = total * 2 * (size_t)modes->precision;
  const size_t chunk = (size_t)1 << 20;
  char *data = modes->data;
#pragma omp parallel for schedule(static)
  for (int64_t i = 0; i < (int64_t)((all + chunk - 1) / chunk); i++) {
    const size_t from = (size_t)i * chunk;
    memset(data + from, 0, all - from < chunk ? all - from : chunk);
  }
}

/* Transforms the row at `row` along z. */
static void transform_row(const dw_modes *modes, void *row, int inverse) {
  if (modes->precision == DW_SINGLE) {
    dw_fft_row_f32(&modes->transform->plans, row, inverse);
  } else {
    dw_fft_row_f64(&modes->transform->plans, row, inverse);
  }
}

/* Lines of N elements, `stride` apart, for all local kz at `first`: gathered into lanes, transformed, put back. */
static void transform_lines(const dw_modes *modes, char *first, ptrdiff_t stride, int inverse) {
  const struct dw_transform *transform = modes->transform;
  const size_t bytes = transform->complex_bytes;
  char *lanes = transform->lanes + (size_t)omp_get_thread_num() * transform->lane_bytes;
  const int64_t begin = modes->start[1];
  const int64_t end = begin + modes->count[1];
  if (begin == end) { /* more processes than kz */
    return;
  }
  for (int64_t batch = begin / DW_LANES * DW_LANES; batch < end; batch += DW_LANES) {
    const int64_t from = batch < begin ? begin : batch;
    const int64_t to = batch + DW_LANES > end ? end : batch + DW_LANES;
    const size_t run = (size_t)(to - from) * bytes;
    char *data = first + (size_t)(from - begin) * bytes;
    char *lane = lanes + (size_t)(from - batch) * bytes;
    if (to - from < DW_LANES) {
      memset(lanes, 0, transform->lane_bytes);
    }
    for (int64_t i = 0; i < modes->lattice->points; i++) {
      memcpy(lane + (size_t)i * DW_LANES * bytes, data + i * stride * (ptrdiff_t)bytes, run);
    }
    if (modes->precision == DW_SINGLE) {
      dw_fft_lanes_f32(&transform->plans, lanes, inverse);
    } else {
      dw_fft_lanes_f64(&transform->plans, lanes, inverse);
    }
    for (int64_t i = 0; i < modes->lattice->points; i++) {
      memcpy(data + i * stride * (ptrdiff_t)bytes, lane + (size_t)i * DW_LANES * bytes, run);
    }
  }
}

static int line_threads(const dw_modes *modes) {
  const int now = omp_get_max_threads();
  return now < modes->transform->threads ? now : modes->transform->threads;
}

static void transform_along_y(const dw_modes *modes, int inverse) {
  const layout *at = &modes->transform->at;
  char *data = modes->data;
#pragma omp parallel for schedule(static) num_threads(line_threads(modes))
  for (int64_t x = 0; x < at->nx; x++) {
    transform_lines(modes, data + (size_t)(x * at->plane) * modes->transform->complex_bytes, at->kz_pitch, inverse);
  }
}

static void transform_along_x(const dw_modes *modes, int inverse) {
  const layout *at = &modes->transform->at;
  char *data = modes->data;
#pragma omp parallel for schedule(static) num_threads(line_threads(modes))
  for (int64_t ky = 0; ky < at->nky; ky++) {
    transform_lines(modes, data + (size_t)(ky * at->kz_pitch) * modes->transform->complex_bytes, at->stride_x, inverse);
  }
}

static void transpose(const dw_modes *modes, int direction, int inverse) {
  const layout *at = &modes->transform->at;
  if (modes->transform->transpose[direction] == NULL) {
    return;
  }
  const dw_transpose_shape shape = {
      .plane = at->plane, .row_pitch = at->row_pitch, .kz_pitch = at->kz_pitch, .nkz = at->nkz};
  dw_transpose_run(modes->transform->transpose[direction], &shape, modes->data, inverse);
}

static void *stage_row(const dw_modes *modes, int64_t x, int64_t y) {
  const layout *at = &modes->transform->at;
  return (char *)modes->data + (size_t)(x * at->plane + y * at->row_pitch) * modes->transform->complex_bytes;
}

void dw_modes_forward_rows(dw_modes *modes, dw_row_fill fill_row, const void *context) {
  const layout *at = &modes->transform->at;
#pragma omp parallel for schedule(static)
  for (int64_t x = 0; x < at->nx; x++) {
    for (int64_t y = 0; y < at->ny; y++) {
      void *row = stage_row(modes, x, y);
      fill_row(context, x, y, row);
      transform_row(modes, row, 0);
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
  const layout *at = &modes->transform->at;
  const size_t bytes = (size_t)modes->lattice->points * (size_t)modes->precision;
  const double n = (double)modes->lattice->points;
  const double factor = 1.0 / (n * n * n);
  transform_along_x(modes, 1);
  transpose(modes, 0, 1);
  transform_along_y(modes, 1);
  transpose(modes, 1, 1);
#pragma omp parallel for schedule(static)
  for (int64_t x = 0; x < at->nx; x++) {
    for (int64_t y = 0; y < at->ny; y++) {
      void *row = stage_row(modes, x, y);
      transform_row(modes, row, 1);
      if (modes->precision == DW_SINGLE) {
        dw_fft_scale_f32(row, modes->lattice->points, factor);
      } else {
        dw_fft_scale_f64(row, modes->lattice->points, factor);
      }
      memcpy(dw_field_row(field, x, y), row, bytes);
    }
  }
  dw_field_touch(field);
}

static ptrdiff_t mode_offset(const dw_modes *modes, int64_t kx, int64_t ky, int64_t kz) {
  return 2 * (kx * modes->stride_x + ky * modes->stride_y + kz);
}

void dw_modes_get(const dw_modes *modes, int64_t kx, int64_t ky, int64_t kz, double value[2]) {
  const ptrdiff_t at = mode_offset(modes, kx, ky, kz);
  for (int part = 0; part < 2; part++) {
    value[part] = modes->precision == DW_SINGLE ? (double)((const float *)modes->data)[at + part]
                                                : ((const double *)modes->data)[at + part];
  }
}

void dw_modes_set(dw_modes *modes, int64_t kx, int64_t ky, int64_t kz, const double value[2]) {
  const ptrdiff_t at = mode_offset(modes, kx, ky, kz);
  for (int part = 0; part < 2; part++) {
    if (modes->precision == DW_SINGLE) {
      ((float *)modes->data)[at + part] = (float)value[part];
    } else {
      ((double *)modes->data)[at + part] = value[part];
    }
  }
}

int dw_modes_weight(int64_t side, int64_t kz) { return kz == 0 || 2 * kz == side ? 1 : 2; }
