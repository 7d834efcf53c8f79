/* A plane of a distributed field on one process, for pictures.
 *
 * Collective over the lattice's communicator. plane[y N + z] = field(x, y, z) for the global index x,
 * filled on process 0; the others may pass NULL. Units those of the field; the caller owns the plane.
 * Errors: DW_ERR_MEMORY on all processes; DW_ERR_INTERNAL for an x outside [0, N). */
#ifndef DW_LATTICE_GATHER_H
#define DW_LATTICE_GATHER_H

#include <stdint.h>

#include "lattice/field.h"

dw_status dw_gather_plane(const dw_field *field, int64_t x, double *plane);

#endif
