/* The two transposes of a distributed transform, in place; private to lattice/modes.c.
 *
 * direction 1: rows (x, y), kz whole     -> planes (x, ky), kz divided      (within a row of the process grid)
 * direction 0: planes (x, ky), ky whole  -> modes (kx, ky), ky divided      (within a column)
 * Each is cut into chunks that touch disjoint memory before and after (planes for the first, runs of
 * kz for the second, which needs plane to be a multiple of kz_pitch), so that a chunk is packed, sent and
 * unpacked over itself and the message buffers stay small. */
#ifndef DW_LATTICE_TRANSPOSE_H
#define DW_LATTICE_TRANSPOSE_H

#include <stddef.h>
#include <stdint.h>

#include "lattice/lattice.h"

typedef struct dw_transpose dw_transpose;

/* Strides of the stages, complex elements (lattice/modes.c). */
typedef struct dw_transpose_shape {
  ptrdiff_t plane;
  ptrdiff_t row_pitch;
  ptrdiff_t kz_pitch;
  int64_t nkz; /* local kz */
} dw_transpose_shape;

/* `element`: bytes of a complex number. Errors: DW_ERR_MEMORY; DW_ERR_PARAM for a plane that MPI can't send. */
dw_status dw_transpose_create(dw_transpose **transpose, const dw_lattice *lattice, int direction, size_t element);
void dw_transpose_destroy(dw_transpose *transpose);

/* Collective within the row or column of the process grid. */
void dw_transpose_run(dw_transpose *transpose, const dw_transpose_shape *shape, void *data, int inverse);

/* Bytes of both directions' message buffers. */
size_t dw_transpose_bytes(int64_t points, int align, const int grid[2], const int coord[2], size_t element);

#endif
