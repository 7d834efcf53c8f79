/* A real field on the lattice: this process's block and its halo.
 *
 * Site (x, y, z), local indices, lies at data[((x + h) (ny + 2h) + y + h) pitch + z]
 * with h = lattice->halo; x and y run over [-h, n + h), z over [0, N). Rows are
 * cache-line aligned, with a cache line or more between them, which is scratch: kernels
 * put the periodic ends of a row there, in-place transforms their last coefficient.
 *
 * `halo_fresh` says how many layers of the halo, without its corners, belong to the current
 * interior. Whoever changes the interior clears it (dw_field_touch); dw_halo_end sets it; a
 * stencil that meets a stale halo fails. */
#ifndef DW_LATTICE_FIELD_H
#define DW_LATTICE_FIELD_H

#include <stdbool.h>
#include <stddef.h>

#include "lattice/lattice.h"

typedef struct dw_field {
  const dw_lattice *lattice;
  dw_precision precision;
  ptrdiff_t pitch;    /* elements from row y to y + 1 */
  ptrdiff_t stride_x; /* elements from x to x + 1 */
  int halo_fresh;
  void *data; /* owned; first element of the halo's corner */
} dw_field;

/* Not collective. Allocates and sets to zero. Errors: DW_ERR_MEMORY. */
dw_status dw_field_create(dw_field **field, const dw_lattice *lattice, dw_precision precision);
void dw_field_destroy(dw_field *field);

/* Bytes one field takes on a process whose block is nx x ny rows. */
size_t dw_field_bytes(int64_t points, int64_t nx, int64_t ny, int halo, dw_precision precision);

/* First element of row (x, y), local indices, halo included. */
void *dw_field_row(const dw_field *field, int64_t x, int64_t y);

/* One site as a double; for starts and tests, not for inner loops. Several threads may set different sites. */
double dw_field_get(const dw_field *field, int64_t x, int64_t y, int64_t z);
void dw_field_set(dw_field *field, int64_t x, int64_t y, int64_t z, double value);

/* Not collective. 0 at all sites of the block. */
void dw_field_clear(dw_field *field);

/* Says that the interior was changed. */
void dw_field_touch(dw_field *field);

/* Collective. A 64-bit sum over all sites of a hash of (global position, bits): equal for equal
 * fields on any number of processes, different (with overwhelming probability) otherwise. */
uint64_t dw_field_fingerprint(const dw_field *field);

#endif
