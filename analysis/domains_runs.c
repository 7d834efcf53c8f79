#include "analysis/domains_runs.h"

#include <string.h>

#include "analysis/domains_rows.h"
#include "base/memory.h"

/* Rows of ghosts behind the own ones. */
static void lay_out(dw_runs *runs) {
  const dw_lattice *lattice = runs->phi->lattice;
  runs->own_rows = lattice->count[0] * lattice->count[1];
  runs->rows = runs->own_rows;
  for (int side = 0; side < DW_SIDES; side++) {
    const int direction = side / 2;
    runs->ghost[side] = runs->rows;
    runs->ghosts[side] = lattice->grid[direction] > 1 ? lattice->count[1 - direction] : 0;
    runs->rows += runs->ghosts[side];
  }
}

const void *dw_runs_row(const dw_runs *runs, int64_t row) {
  const int64_t *count = runs->phi->lattice->count;
  if (row < runs->own_rows) {
    return dw_field_row(runs->phi, row / count[1], row % count[1]);
  }
  int side = DW_SIDES - 1;
  while (row < runs->ghost[side]) {
    side--;
  }
  const int64_t along = row - runs->ghost[side];
  const int64_t out = side % 2 == 0 ? -1 : count[side / 2];
  return side < 2 ? dw_field_row(runs->phi, out, along) : dw_field_row(runs->phi, along, out);
}

int64_t dw_runs_neighbour(const dw_runs *runs, int64_t row, int side, int32_t turns[3]) {
  const dw_lattice *lattice = runs->phi->lattice;
  const int d = side / 2;
  const int step = side % 2 == 0 ? -1 : 1;
  int64_t at[2] = {row / lattice->count[1], row % lattice->count[1]};
  const int64_t along = at[1 - d];
  memset(turns, 0, 3 * sizeof *turns);
  at[d] += step;
  if (at[d] >= 0 && at[d] < lattice->count[d]) {
    return at[0] * lattice->count[1] + at[1];
  }
  const int64_t global = lattice->start[d] + at[d];
  turns[d] = global < 0 || global >= lattice->points ? step : 0;
  if (runs->ghosts[side] > 0) {
    return runs->ghost[side] + along;
  }
  at[d] = step < 0 ? lattice->count[d] - 1 : 0;
  return at[0] * lattice->count[1] + at[1];
}

int64_t dw_run_length(const dw_runs *runs, int64_t row, int64_t run) {
  const int64_t n = runs->phi->lattice->points;
  const int64_t first = runs->first[row];
  const bool last = run == runs->first[row + 1] - 1;
  return (last ? n + runs->start[first] : runs->start[run + 1]) - runs->start[run];
}

enum { WORD = 64 };

/* Bit z of word w: whether the sign of that site differs from the one before, the row's last one before its first. */
static uint64_t changes(const uint64_t *signs, int64_t n, int64_t w) {
  const int64_t before = w > 0 ? w * WORD - 1 : n - 1;
  const uint64_t carried = (signs[before / WORD] >> (before % WORD)) & 1;
  const uint64_t differ = signs[w] ^ ((signs[w] << 1) | carried);
  const int64_t left = n - w * WORD;
  return left < WORD ? differ & ((UINT64_C(1) << left) - 1) : differ;
}

/* The signs and runs of each row, then the sum of runs up to it. */
static void count_runs(dw_runs *runs, uint64_t *signs, int64_t words) {
  const int64_t n = runs->phi->lattice->points;
  const bool single = runs->phi->precision == DW_SINGLE;
  runs->first[0] = 0;
#pragma omp parallel for schedule(static)
  for (int64_t row = 0; row < runs->rows; row++) {
    uint64_t *mine = signs + row * words;
    int64_t count = 0;
    if (single) {
      dw_signs_pack_f32(dw_runs_row(runs, row), (ptrdiff_t)n, mine);
    } else {
      dw_signs_pack_f64(dw_runs_row(runs, row), (ptrdiff_t)n, mine);
    }
    for (int64_t w = 0; w < words; w++) {
      count += __builtin_popcountll(changes(mine, n, w));
    }
    runs->first[row + 1] = count > 0 ? count : 1;
  }
  for (int64_t row = 0; row < runs->rows; row++) {
    runs->first[row + 1] += runs->first[row];
  }
  runs->own = runs->first[runs->own_rows];
  runs->all = runs->first[runs->rows];
}

static void find_starts(dw_runs *runs, const uint64_t *signs, int64_t words) {
  const int64_t n = runs->phi->lattice->points;
#pragma omp parallel for schedule(static)
  for (int64_t row = 0; row < runs->rows; row++) {
    const uint64_t *mine = signs + row * words;
    int32_t *start = runs->start + runs->first[row];
    int64_t found = 0;
    for (int64_t w = 0; w < words; w++) {
      for (uint64_t left = changes(mine, n, w); left != 0; left &= left - 1) {
        start[found++] = (int32_t)(w * WORD + __builtin_ctzll(left));
      }
    }
    if (found == 0) {
      start[0] = 0;
    }
    runs->positive[row] = (mine[start[0] / WORD] >> (start[0] % WORD)) & 1;
  }
}

dw_status dw_runs_create(dw_runs *runs, const dw_field *phi) {
  *runs = (dw_runs){.phi = phi};
  lay_out(runs);
  const int64_t words = (phi->lattice->points + WORD - 1) / WORD;
  void *signs = NULL;
  void *first = NULL;
  void *positive = NULL;
  void *start = NULL;
  dw_status status = dw_alloc(&first, (size_t)runs->rows + 1, sizeof *runs->first, "domains");
  if (status == DW_OK) {
    status = dw_alloc(&positive, (size_t)runs->rows, 1, "domains");
  }
  if (status == DW_OK) {
    status = dw_alloc(&signs, (size_t)(runs->rows * words), sizeof(uint64_t), "domains");
  }
  runs->first = first;
  runs->positive = positive;
  if (status == DW_OK) {
    count_runs(runs, signs, words);
    status = dw_alloc(&start, (size_t)runs->all, sizeof *runs->start, "domains");
  }
  runs->start = start;
  if (status == DW_OK) {
    find_starts(runs, signs, words);
  } else {
    dw_runs_destroy(runs);
  }
  dw_free(signs);
  return status;
}

void dw_runs_destroy(dw_runs *runs) {
  dw_free(runs->first);
  dw_free(runs->positive);
  dw_free(runs->start);
  memset(runs, 0, sizeof *runs);
}
