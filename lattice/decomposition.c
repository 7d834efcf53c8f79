#include "lattice/decomposition.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>

int64_t dw_block_start(int64_t points, int64_t align, int64_t blocks, int64_t block) {
  const int64_t units = points / align;
  const int64_t whole = units / blocks;
  const int64_t rest = units % blocks; /* the first `rest` blocks are one unit longer */
  return align * (block * whole + (block < rest ? block : rest));
}

int64_t dw_block_of(int64_t points, int64_t align, int64_t blocks, int64_t site) {
  const int64_t units = points / align;
  const int64_t unit = site / align;
  const int64_t whole = units / blocks;
  const int64_t rest = units % blocks;
  const int64_t long_part = rest * (whole + 1);
  return unit < long_part ? unit / (whole + 1) : rest + (unit - long_part) / whole;
}

int dw_block_fits(int64_t points, int64_t align, int64_t halo, int64_t blocks) {
  return blocks >= 1 && points % align == 0 && points / align / blocks * align >= halo && points / align >= blocks;
}

/* Sites that a block sends in one exchange, for a block of average size. */
static double surface(int64_t points, int64_t across_x, int64_t across_y) {
  const double n = (double)points;
  const double face_x = across_x > 1 ? n * n / (double)across_y : 0.0;
  const double face_y = across_y > 1 ? n * n / (double)across_x : 0.0;
  return face_x + face_y;
}

static bool choose(int64_t points, int64_t align, int64_t halo, int processes, int grid[2]) {
  double best = -1.0;
  for (int across_y = 1; across_y <= processes; across_y++) {
    if (processes % across_y != 0) {
      continue;
    }
    const int across_x = processes / across_y;
    if (!dw_block_fits(points, align, halo, across_x) || !dw_block_fits(points, align, halo, across_y)) {
      continue;
    }
    const double cost = surface(points, across_x, across_y);
    if (best < 0.0 || cost < best * (1.0 - 1e-12)) {
      best = cost;
      grid[0] = across_x;
      grid[1] = across_y;
    }
  }
  return best >= 0.0;
}

dw_status dw_grid_choose(int64_t points, int64_t align, int64_t halo, int processes, int grid[2]) {
  if (choose(points, align, halo, processes, grid)) {
    return DW_OK;
  }
  if (!dw_block_fits(points, align, halo, 1)) {
    return dw_fail(DW_ERR_PARAM, "%lld points a side make no lattice: at least %lld are needed, in multiples of %lld",
                   (long long)points, (long long)halo, (long long)align);
  }
  const int64_t most = points / align / ((halo + align - 1) / align); /* blocks along one direction */
  const bool too_many = processes / most >= most;                     /* most^2 fit, and no more */
  int unused[2];
  int below = too_many ? (int)(most * most) : processes - 1;
  while (below > 1 && !choose(points, align, halo, below, unused)) {
    below--;
  }
  int above = processes + 1;
  const int limit = too_many || processes > INT_MAX / 4 ? above : 4 * processes;
  while (above < limit && !choose(points, align, halo, above, unused)) {
    above++;
  }
  char more[64] = "";
  if (above < limit) {
    (void)snprintf(more, sizeof more, " or %d", above);
  }
  return dw_fail(DW_ERR_PARAM,
                 "%lld points a side can't be divided over %d processes (each block needs at least %lld sites along x "
                 "and y, in multiples of %lld); use %d%s processes",
                 (long long)points, processes, (long long)halo, (long long)align, below, more);
}

dw_status dw_grid_check(int64_t points, int64_t align, int64_t halo, int processes, const int64_t grid[2]) {
  if (grid[0] < 1 || grid[1] < 1 || grid[0] > processes || grid[1] > processes || grid[0] * grid[1] != processes) {
    return dw_fail(DW_ERR_PARAM,
                   "lattice.processes: a grid of %lld x %lld isn't %d processes; give two numbers whose product is the "
                   "process count, or [0, 0]",
                   (long long)grid[0], (long long)grid[1], processes);
  }
  for (int direction = 0; direction < 2; direction++) {
    if (!dw_block_fits(points, align, halo, grid[direction])) {
      return dw_fail(DW_ERR_PARAM,
                     "lattice.processes: %lld points can't be divided into %lld blocks of at least %lld sites, in "
                     "multiples of %lld",
                     (long long)points, (long long)grid[direction], (long long)halo, (long long)align);
    }
  }
  return DW_OK;
}

int64_t dw_share_count(const dw_share *share, int direction) {
  const int64_t blocks = share->grid[direction];
  const int64_t block = share->coord[direction];
  return dw_block_start(share->points, share->align, blocks, block + 1) -
         dw_block_start(share->points, share->align, blocks, block);
}

dw_share dw_share_coarsen(const dw_share *share, int c) {
  dw_share coarse = *share;
  coarse.points /= c;
  coarse.align /= c;
  return coarse;
}

int64_t dw_mode_number(int64_t points, int64_t index) { return index <= points / 2 ? index : index - points; }
