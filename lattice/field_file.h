/* Reads a state from a snapshot: an openPMD 1.1 file with one iteration and the meshes `phi` and `phi_prime`;
 * for further components of the field `phi_2` and `phi_2_prime`, and so on.
 *
 * Collective. Any openPMD file that has these two scalar meshes at the lattice's size will do, also one
 * written elsewhere with chunks or in the other precision.
 * phi in eta; phi_prime = d phi / d tau in eta m; tau comoving, 1/m. The caller owns the fields.
 * Errors: DW_ERR_FILE; DW_ERR_MEMORY. Source: openPMD standard 1.1.0, doi:10.5281/zenodo.1167843. */
#ifndef DW_LATTICE_FIELD_FILE_H
#define DW_LATTICE_FIELD_FILE_H

#include <stdint.h>

#include "lattice/field.h"

typedef struct dw_field_file_info {
  int64_t iteration; /* the step */
  int64_t points;    /* N */
  int components;    /* of the field */
  int real_bytes;    /* of one number in the file: 4 or 8 */
  double spacing;    /* dx, 1/m */
  double tau;        /* 1/m */
} dw_field_file_info;

/* What the file holds, for a check before any memory is taken. */
dw_status dw_field_file_inspect(const dw_comm *comm, const char *path, dw_field_file_info *info);

/* Component 0, 1, ... of the field. Either may be NULL, and isn't read then. Both fields on the same lattice. */
dw_status dw_field_file_read(const char *path, int component, dw_field *phi, dw_field *phi_prime);

/* Names of the meshes of a component, and of its derivative. */
enum { DW_MESH_NAME = 32 };
void dw_field_mesh_name(int component, bool prime, char name[DW_MESH_NAME]);

#endif
