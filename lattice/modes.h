/* Fourier modes of a real field and the distributed transform.
 *
 * phi_k = sum_x phi(x) exp(-i k x), unnormalised (times dx^3 for the convention of docs/conventions.md);
 * the inverse divides by N^3, so that a round trip is the identity.
 *
 * Only kz >= 0 is stored (Hermitian symmetry). After dw_modes_forward the mode with indices (kx, ky, kz),
 * kx whole, ky and kz divided over processes, lies at data[2 (kx stride_x + ky stride_y + kz)], real and
 * imaginary part, ky and kz local. There are `side` modes along kx and ky, side/2 + 1 along kz, and index i has the
 * mode number dw_mode_number(side, i). Kept are all modes, side = N, or those with |n| <= limit in each direction, side
 * = 2 limit + 1: after each direction's transform the others are dropped, so that they are neither sent nor transformed
 * further. Kept modes have the bits they have among all modes. A process may be left without any ky or kz. The first kz
 * plane, and with all modes of an even N the last, hold both members of a pair k, -k; all other modes stand for two
 * (dw_modes_weight).
 *
 * A line is always transformed by the same FFTW plan, between rows of the same alignment, so its bits don't depend on
 * the decomposition.
 * Transposes are MPI_Ialltoallv in place, in chunks of bounded size. */
#ifndef DW_LATTICE_MODES_H
#define DW_LATTICE_MODES_H

#include <stddef.h>
#include <stdint.h>

#include "lattice/decomposition.h"
#include "lattice/field.h"
#include "lattice/lattice.h"

/* Adjacent kz transformed together. */
enum { DW_LANES = 16 };

#define DW_ALL_MODES INT64_MAX

typedef struct dw_modes {
  const dw_lattice *lattice;
  dw_precision precision;
  int64_t side;       /* modes along kx: N, or 2 limit + 1 */
  int64_t start[2];   /* first global index in ky and kz */
  int64_t count[2];   /* local modes in ky and kz */
  ptrdiff_t stride_x; /* complex elements */
  ptrdiff_t stride_y;
  void *data;                     /* owned */
  struct dw_transform *transform; /* plans and buffers, private; NULL for modes that are only held */
} dw_modes;

/* The side of modes with this limit on a lattice of N points. */
int64_t dw_modes_side(int64_t points, int64_t limit);

/* Not collective in memory, collective in use. Scratch for one field; plans are made here, and line buffers for
 * omp_get_max_threads() threads. A `limit` of N/2 or more, such as DW_ALL_MODES, keeps all modes.
 * Errors: DW_ERR_MEMORY; DW_ERR_PARAM for a plane that MPI can't send. */
dw_status dw_modes_create(dw_modes **modes, const dw_lattice *lattice, int64_t limit, dw_precision precision);

/* Not collective. Room for the same modes as `like`, all zero, packed, without a transform. Errors: DW_ERR_MEMORY. */
dw_status dw_modes_hold(dw_modes **modes, const dw_modes *like);
void dw_modes_destroy(dw_modes *modes);

/* Not collective. Room for those modes of `like` with |n| <= limit in each direction, side = 2 limit + 1, that this
 * process holds of `like` (so the blocks aren't those of dw_modes_create with this limit). For a limit beyond that of
 * `like` it is dw_modes_hold. Errors: DW_ERR_MEMORY. */
dw_status dw_modes_hold_within(dw_modes **modes, const dw_modes *like, int64_t limit);

/* Not collective. Copies them; `within` was made from modes laid out as `from`. */
void dw_modes_copy_within(dw_modes *within, const dw_modes *from);

/* Bytes held by dw_modes_create, buffers included, and by dw_modes_hold, on a process with this share. */
size_t dw_modes_bytes(const dw_share *share, int64_t limit, dw_precision precision);
size_t dw_modes_held_bytes(const dw_share *share, int64_t limit, dw_precision precision);

/* The same of dw_modes_hold_within(within) of modes with the limit `limit`. */
size_t dw_modes_within_bytes(const dw_share *share, int64_t limit, int64_t within, dw_precision precision);

/* Collective. The field is not changed. Precisions of field and modes are the same. */
void dw_modes_forward(dw_modes *modes, const dw_field *field);

/* Collective. The same for a field that exists only row by row: `fill` writes the N reals of row (x, y), local
 * indices, in the precision of the modes; it is called by several threads at once. */
typedef void (*dw_row_fill)(const void *context, int64_t x, int64_t y, void *row);
void dw_modes_forward_rows(dw_modes *modes, dw_row_fill fill, const void *context);

/* Collective. Destroys the modes. Modes that were dropped are zero. The field's halo becomes stale. */
void dw_modes_inverse(dw_modes *modes, dw_field *field);

/* First mode of the line (kx, ky), local indices: count[1] complex numbers along kz. Not collective. */
void *dw_modes_line(const dw_modes *modes, int64_t kx, int64_t ky);

/* Access to one mode by local indices, as doubles; for starts and tests. */
void dw_modes_get(const dw_modes *modes, int64_t kx, int64_t ky, int64_t kz, double value[2]);
void dw_modes_set(dw_modes *modes, int64_t kx, int64_t ky, int64_t kz, const double value[2]);

/* Not collective. All local modes to zero. */
void dw_modes_clear(dw_modes *modes);

/* Collective. A 64-bit sum over all kept modes of a hash of (indices, bits), with or without a transform: see
 * dw_field_fingerprint. Modes of another side have another one. */
uint64_t dw_modes_fingerprint(const dw_modes *modes);

/* How many modes of the full cube a stored one stands for: 1 or 2. `kz` global. */
int dw_modes_weight(int64_t side, int64_t kz);

#endif
