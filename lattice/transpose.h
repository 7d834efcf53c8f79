/* The two transposes of a distributed transform, in place; private to lattice/modes*.c.
 *
 * direction 1: rows (x, y), kz whole     -> planes (x, ky), kz divided      (within a row of the process grid)
 * direction 0: planes (x, ky), ky whole  -> modes (kx, ky), ky divided      (within a column)
 * Only kept modes are sent: side/2 + 1 kz, and side ky. y and x still have all N places, since their lines aren't
 * transformed yet.
 *
 * Each is cut into chunks that touch disjoint memory before and after, so that a chunk is packed, sent and unpacked
 * over itself, the message buffers stay small, and one chunk is packed while the one before it travels. For direction 1 these are planes: they have the same stride before
 * and after, and hold ny rows as well as N lines of local kz. For direction 0 they are runs of kz: `plane` and the
 * stride of a kx, nky kz_pitch, are multiples of kz_pitch, so an element's address modulo kz_pitch is its kz before
 * and after. How many ky are kept enters neither condition. */
#ifndef DW_LATTICE_TRANSPOSE_H
#define DW_LATTICE_TRANSPOSE_H

#include <stddef.h>
#include <stdint.h>

#include "lattice/decomposition.h"
#include "lattice/lattice.h"

typedef struct dw_transpose dw_transpose;

/* What decides the sizes of a transform on one process. */
typedef struct dw_transform_size {
  dw_share share;
  int64_t side; /* kept modes along kx and ky */
  dw_precision precision;
} dw_transform_size;

/* Strides of the stages, complex elements (lattice/modes_private.h). */
typedef struct dw_transpose_shape {
  ptrdiff_t plane;
  ptrdiff_t row_pitch;
  ptrdiff_t kz_pitch;
  int64_t nkz; /* local kz */
} dw_transpose_shape;

/* `size` is that of this process on `lattice`. Errors: DW_ERR_MEMORY; DW_ERR_PARAM for a plane that MPI can't send. */
dw_status dw_transpose_create(dw_transpose **transpose, const dw_lattice *lattice, const dw_transform_size *size,
                              int direction);
void dw_transpose_destroy(dw_transpose *transpose);

/* Collective within the row or column of the process grid. */
void dw_transpose_run(dw_transpose *transpose, const dw_transpose_shape *shape, void *data, int inverse);

/* Bytes of both directions' message buffers. */
size_t dw_transpose_bytes(const dw_transform_size *size);

/* Bytes of a complex number. */
static inline size_t dw_transform_element(const dw_transform_size *size) { return 2 * (size_t)size->precision; }

#endif
