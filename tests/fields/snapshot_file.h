/* A file as a snapshot is, as far as a start reads it. */
#ifndef DW_TEST_FIELDS_SNAPSHOT_FILE_H
#define DW_TEST_FIELDS_SNAPSHOT_FILE_H

#include "lattice/file.h"
#include "tests/fields/simulation.h"

/* Collective. Writes phi and pi as phi and phi_prime. */
static inline dw_status write_fields(const simulation *sim, const char *path) {
  const double spacing[3] = {sim->lattice->spacing, sim->lattice->spacing, sim->lattice->spacing};
  dw_file *file = NULL;
  DW_TRY(dw_file_create(&file, sim->lattice->comm, path, 0));
  dw_status status = dw_file_write_field(file, "/data/0/meshes/phi", sim->state->phi[0]);
  if (status == DW_OK) {
    status = dw_file_write_field(file, "/data/0/meshes/phi_prime", sim->state->pi[0]);
  }
  if (status == DW_OK) {
    status = dw_attribute_write_reals(file, "/data/0/meshes/phi", "gridSpacing", 3, spacing);
  }
  if (status == DW_OK) {
    status = dw_attribute_write_real(file, "/data/0", "time", 5.0);
  }
  if (status == DW_OK) {
    return dw_file_commit(&file);
  }
  dw_file_close(file);
  return status;
}

#endif
