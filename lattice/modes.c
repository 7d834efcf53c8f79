#include "lattice/modes.h"

#include <omp.h>
#include <string.h>

#include "base/memory.h"
#include "lattice/decomposition.h"
#include "lattice/fingerprint.h"
#include "lattice/modes_private.h"

static ptrdiff_t round_up(ptrdiff_t value, ptrdiff_t to) { return (value + to - 1) / to * to; }

/* --- sizes --- */

int64_t dw_modes_side(int64_t points, int64_t limit) { return limit >= points / 2 ? points : 2 * limit + 1; }

void dw_modes_divide(int64_t side, const int grid[2], const int coord[2], int64_t start[2], int64_t count[2]) {
  const int64_t all[2] = {side, side / 2 + 1};
  for (int i = 0; i < 2; i++) {
    start[i] = dw_block_start(all[i], 1, grid[i], coord[i]);
    count[i] = dw_block_start(all[i], 1, grid[i], coord[i] + 1) - start[i];
  }
}

/* Pitches are whole cache lines where all modes are kept. Few modes lie as close as they can: a part of a line for each
 * of N^2 rows would be felt. */
static dw_stages lay_out(const dw_transform_size *of) {
  const dw_share *share = &of->share;
  const ptrdiff_t line = of->side == share->points ? DW_CACHE_LINE / (ptrdiff_t)dw_transform_element(of) : 1;
  const int64_t n = share->points;
  int64_t start[2];
  int64_t count[2];
  dw_modes_divide(of->side, share->grid, share->coord, start, count);
  dw_stages at = {.nx = dw_share_count(share, 0), .ny = dw_share_count(share, 1), .nky = count[0], .nkz = count[1]};
  at.row_pitch = round_up(of->side / 2 + 1, line);
  at.kz_pitch = share->grid[1] == 1 ? at.row_pitch : round_up(at.nkz > 0 ? at.nkz : 1, line);
  const ptrdiff_t before = at.ny * at.row_pitch;
  const ptrdiff_t after = n * at.kz_pitch;
  at.plane = round_up(before > after ? before : after, at.kz_pitch); /* a multiple: see lattice/transpose.h */
  at.stride_x = share->grid[0] == 1 ? at.plane : at.nky * at.kz_pitch;
  const ptrdiff_t planes = at.nx * at.plane;
  const ptrdiff_t modes = n * at.stride_x;
  at.total = (size_t)(planes > modes ? planes : modes);
  return at;
}

static ptrdiff_t line_pitch(const dw_transform_size *of) {
  return of->precision == DW_SINGLE ? dw_fft_pitch_f32(of->share.points) : dw_fft_pitch_f64(of->share.points);
}

static size_t line_buffer_bytes(const dw_transform_size *of) {
  return (size_t)(line_pitch(of) * (DW_LANES + 1)) * dw_transform_element(of);
}

size_t dw_modes_bytes(const dw_share *share, int64_t limit, dw_precision precision) {
  const dw_transform_size of = {.share = *share, .side = dw_modes_side(share->points, limit), .precision = precision};
  return lay_out(&of).total * dw_transform_element(&of) + (size_t)omp_get_max_threads() * line_buffer_bytes(&of) +
         dw_transpose_bytes(&of);
}

/* How many of the first `end` indices of a direction with `side` modes have |n| <= limit; the others lie between them,
 * so that a block of indices stays one. */
static int64_t kept_below(int64_t side, int64_t limit, int64_t end) {
  const int64_t dropped = side - (2 * limit + 1);
  if (dropped <= 0 || end <= limit + 1) {
    return end;
  }
  return end <= limit + 1 + dropped ? limit + 1 : end - dropped;
}

/* The blocks of ky and kz that stay of those given. */
static void narrow(int64_t side, int64_t limit, int64_t start[2], int64_t count[2]) {
  for (int i = 0; i < 2; i++) { /* along kz there are no negative n, and nothing beyond the dropped ones */
    const int64_t of = i == 0 ? side : INT64_MAX;
    const int64_t end = kept_below(of, limit, start[i] + count[i]);
    start[i] = kept_below(of, limit, start[i]);
    count[i] = end - start[i];
  }
}

size_t dw_modes_held_bytes(const dw_share *share, int64_t limit, dw_precision precision) {
  return dw_modes_within_bytes(share, limit, limit, precision);
}

size_t dw_modes_within_bytes(const dw_share *share, int64_t limit, int64_t within, dw_precision precision) {
  int64_t side = dw_modes_side(share->points, limit);
  int64_t start[2];
  int64_t count[2];
  dw_modes_divide(side, share->grid, share->coord, start, count);
  if (within < side / 2) {
    narrow(side, within, start, count);
    side = 2 * within + 1;
  }
  return (size_t)(side * count[0] * count[1]) * 2 * (size_t)precision;
}

/* --- making and unmaking --- */

static dw_status fill(dw_modes *modes, const dw_transform_size *of) {
  const dw_lattice *lattice = modes->lattice;
  struct dw_transform *transform = modes->transform;
  DW_TRY(dw_alloc(&modes->data, transform->at.total, transform->complex_bytes, "Fourier modes"));
  void *rows = NULL;
  transform->threads = omp_get_max_threads();
  DW_TRY(dw_alloc(&rows, (size_t)transform->threads, transform->rows_bytes, "Fourier modes"));
  transform->rows = rows;
  memset(rows, 0, (size_t)transform->threads * transform->rows_bytes);
  dw_modes_clear(modes);
  for (int direction = 0; direction < 2; direction++) {
    if (lattice->grid[direction] > 1) {
      DW_TRY(dw_transpose_create(&transform->transpose[direction], lattice, of, direction));
    }
  }
  const int failed = modes->precision == DW_SINGLE ? dw_fft_plan_f32(&transform->plans, lattice->points, rows)
                                                   : dw_fft_plan_f64(&transform->plans, lattice->points, rows);
  return failed ? dw_fail(DW_ERR_INTERNAL, "FFTW makes no plan for %lld points", (long long)lattice->points) : DW_OK;
}

dw_status dw_modes_create(dw_modes **modes, const dw_lattice *lattice, int64_t limit, dw_precision precision) {
  *modes = NULL;
  const dw_transform_size of = {
      .share = dw_lattice_share(lattice), .side = dw_modes_side(lattice->points, limit), .precision = precision};
  void *block = NULL;
  DW_TRY(dw_alloc(&block, 1, sizeof(dw_modes) + sizeof(struct dw_transform), "Fourier modes"));
  dw_modes *draft = block;
  struct dw_transform *transform = (struct dw_transform *)(draft + 1);
  *transform = (struct dw_transform){.at = lay_out(&of),
                                     .complex_bytes = dw_transform_element(&of),
                                     .pitch = line_pitch(&of),
                                     .rows_bytes = line_buffer_bytes(&of)};
  *draft = (dw_modes){.lattice = lattice,
                      .precision = precision,
                      .side = of.side,
                      .stride_x = transform->at.stride_x,
                      .stride_y = transform->at.kz_pitch,
                      .transform = transform};
  dw_modes_divide(of.side, lattice->grid, lattice->coord, draft->start, draft->count);
  const dw_status status = fill(draft, &of);
  if (status != DW_OK) {
    dw_modes_destroy(draft);
    return status;
  }
  *modes = draft;
  return DW_OK;
}

dw_status dw_modes_hold(dw_modes **modes, const dw_modes *like) {
  return dw_modes_hold_within(modes, like, like->side);
}

dw_status dw_modes_hold_within(dw_modes **modes, const dw_modes *like, int64_t limit) {
  *modes = NULL;
  void *block = NULL;
  DW_TRY(dw_alloc(&block, 1, sizeof(dw_modes), "Fourier modes"));
  dw_modes *draft = block;
  *draft = *like;
  draft->transform = NULL;
  draft->data = NULL;
  if (limit < like->side / 2) {
    narrow(like->side, limit, draft->start, draft->count);
    draft->side = 2 * limit + 1;
  }
  draft->stride_y = draft->count[1];
  draft->stride_x = draft->count[0] * draft->count[1];
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
    dw_free(modes->transform->rows);
  }
  dw_free(modes->data);
  dw_free(modes);
}

/* --- contents --- */

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

/* The local index in `from` of a mode number of ky. */
static int64_t local_ky(const dw_modes *from, int64_t n) { return (n < 0 ? n + from->side : n) - from->start[0]; }

void dw_modes_copy_within(dw_modes *within, const dw_modes *from) {
  const size_t bytes = 2 * (size_t)within->count[1] * (size_t)within->precision;
  const ptrdiff_t skip = 2 * (ptrdiff_t)((within->start[1] - from->start[1]) * (int64_t)within->precision);
#pragma omp parallel for schedule(static)
  for (int64_t kx = 0; kx < within->side; kx++) {
    const int64_t nx = dw_mode_number(within->side, kx);
    for (int64_t ky = 0; ky < within->count[0] && bytes > 0; ky++) {
      const int64_t at = local_ky(from, dw_mode_number(within->side, ky + within->start[0]));
      const char *line = dw_modes_line(from, nx < 0 ? nx + from->side : nx, at);
      memcpy(dw_modes_line(within, kx, ky), line + skip, bytes);
    }
  }
}

void *dw_modes_line(const dw_modes *modes, int64_t kx, int64_t ky) {
  const ptrdiff_t at = 2 * (kx * modes->stride_x + ky * modes->stride_y);
  return (char *)modes->data + at * (ptrdiff_t)modes->precision;
}

void dw_modes_get(const dw_modes *modes, int64_t kx, int64_t ky, int64_t kz, double value[2]) {
  const void *line = dw_modes_line(modes, kx, ky);
  for (int part = 0; part < 2; part++) {
    value[part] = modes->precision == DW_SINGLE ? (double)((const float *)line)[2 * kz + part]
                                                : ((const double *)line)[2 * kz + part];
  }
}

void dw_modes_set(dw_modes *modes, int64_t kx, int64_t ky, int64_t kz, const double value[2]) {
  void *line = dw_modes_line(modes, kx, ky);
  for (int part = 0; part < 2; part++) {
    if (modes->precision == DW_SINGLE) {
      ((float *)line)[2 * kz + part] = (float)value[part];
    } else {
      ((double *)line)[2 * kz + part] = value[part];
    }
  }
}

uint64_t dw_modes_fingerprint(const dw_modes *modes) {
  const int64_t side = modes->side;
  uint64_t sum = 0;
#pragma omp parallel for schedule(static) reduction(+ : sum)
  for (int64_t kx = 0; kx < side; kx++) {
    for (int64_t ky = 0; ky < modes->count[0]; ky++) {
      const int64_t first = (kx * side + ky + modes->start[0]) * (side / 2 + 1) + modes->start[1];
      sum += dw_fingerprint_reals(dw_modes_line(modes, kx, ky), 2 * modes->count[1], modes->precision,
                                  (uint64_t)(2 * first));
    }
  }
  dw_comm_sum_uint64(modes->lattice->comm, &sum, 1);
  return sum;
}

int dw_modes_weight(int64_t side, int64_t kz) { return kz == 0 || 2 * kz == side ? 1 : 2; }
