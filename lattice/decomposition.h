/* How N sites are divided over processes, and processes over a two-dimensional grid.
 * Pure arithmetic on 64-bit integers: not collective, no allocation. */
#ifndef DW_LATTICE_DECOMPOSITION_H
#define DW_LATTICE_DECOMPOSITION_H

#include <stdint.h>

#include "base/status.h"

/* First site of block `block` of `blocks`; block = blocks gives N. Blocks are multiples of
 * `align` (N must be one) and differ by at most one multiple. */
int64_t dw_block_start(int64_t points, int64_t align, int64_t blocks, int64_t block);

/* The block that holds `site`. */
int64_t dw_block_of(int64_t points, int64_t align, int64_t blocks, int64_t site);

/* Whether `blocks` blocks leave each at least `halo` sites. */
int dw_block_fits(int64_t points, int64_t align, int64_t halo, int64_t blocks);

/* Process grid with the least halo surface; slabs (grid[1] = 1) where that is a tie, since their
 * halos are contiguous. Errors: DW_ERR_PARAM, naming the nearest process counts that fit. */
dw_status dw_grid_choose(int64_t points, int64_t align, int64_t halo, int processes, int grid[2]);

/* Checks a grid that the user asks for. Errors: DW_ERR_PARAM. */
dw_status dw_grid_check(int64_t points, int64_t align, int64_t halo, int processes, const int64_t grid[2]);

/* One process's share of a lattice, for what has to be known before the lattice is made. */
typedef struct dw_share {
  int64_t points;
  int align;
  int grid[2];
  int coord[2];
} dw_share;

/* Sites of the share along x (direction 0) or y (1). */
int64_t dw_share_count(const dw_share *share, int direction);

/* The share of the same process when c sites become one along each direction; align is a multiple of c. */
dw_share dw_share_coarsen(const dw_share *share, int c);

/* Signed mode number of index i of a transform of length N: 0 ... N/2, then negative. */
int64_t dw_mode_number(int64_t points, int64_t index);

#endif
