/* The transform inside dw_modes; for lattice/modes*.c only. */
#ifndef DW_LATTICE_MODES_PRIVATE_H
#define DW_LATTICE_MODES_PRIVATE_H

#include <stddef.h>
#include <stdint.h>

#include "lattice/fft_rows.h"
#include "lattice/modes.h"
#include "lattice/transpose.h"

/* Sizes of the three stages, in complex elements. All share one block of memory:
 *   rows    (x, y)  at x plane + y row_pitch,  all kept kz    after the transform along z
 *   planes  (x, ky) at x plane + ky kz_pitch,  kz divided     after the transform along y
 *   modes   (kx, ky) at kx stride_x + ky kz_pitch             after the transform along x
 * A line has N elements before its transform and `side` after it, packed to its beginning at the same stride. So the
 * strides are those that N elements ask for, and what was dropped leaves gaps that no later stage touches. */
typedef struct dw_stages {
  int64_t nx, ny, nky, nkz;
  ptrdiff_t row_pitch;
  ptrdiff_t kz_pitch;
  ptrdiff_t plane;
  ptrdiff_t stride_x;
  size_t total;
} dw_stages;

struct dw_transform {
  dw_stages at;
  size_t complex_bytes;
  dw_fft_plans plans;
  char *rows;  /* one buffer of DW_LANES + 1 rows per thread */
  int threads; /* buffers there are; more threads may run elsewhere later */
  ptrdiff_t pitch;
  size_t rows_bytes;
  dw_transpose *transpose[2]; /* along x, along y; NULL where not divided */
};

/* The blocks of ky and kz, of `side` and side/2 + 1 modes, of the process at `coord` in the grid. */
void dw_modes_divide(int64_t side, const int grid[2], const int coord[2], int64_t start[2], int64_t count[2]);

#endif
