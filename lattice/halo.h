/* Exchange of a field's halo with the neighbouring processes, in two halves.
 *
 * dw_halo_begin packs the outer rows and starts the messages; until dw_halo_end the interior may be read and changed,
 * halo rows beyond divided edges may not be used. Directions that are not divided over processes are filled
 * periodically by begin itself. Corners (x and y both outside) are filled by end, where they are asked for. */
#ifndef DW_LATTICE_HALO_H
#define DW_LATTICE_HALO_H

#include "lattice/field.h"

typedef struct dw_halo dw_halo;

/* Not collective. Message buffers for fields of this lattice and precision; one exchange at a time.
 * The caller destroys it. Errors: DW_ERR_MEMORY. */
dw_status dw_halo_create(dw_halo **halo, const dw_lattice *lattice, dw_precision precision);
void dw_halo_destroy(dw_halo *halo);

/* Bytes of message buffers for a block of nx x ny rows on this process grid. */
size_t dw_halo_bytes(int64_t points, int64_t nx, int64_t ny, int width, const int grid[2], dw_precision precision);

/* How much of a halo is wanted. */
typedef struct dw_halo_part {
  int depth;    /* layers, at most lattice->halo */
  bool corners; /* those rows too whose x and y both lie outside */
} dw_halo_part;

/* Collective over the lattice. After end field->halo_fresh is the depth. */
void dw_halo_begin(dw_halo *halo, dw_field *field, dw_halo_part part);
void dw_halo_end(dw_halo *halo, dw_field *field, dw_halo_part part);

/* Both halves, faces of the whole width or of `depth` layers; returns at once where that much is fresh. */
void dw_halo_exchange(dw_halo *halo, dw_field *field);
void dw_halo_exchange_faces(dw_halo *halo, dw_field *field, int depth);

#endif
