/* snapshots/snapshot_NNNNNN.h5 (NNNNNN is the step): the state at one time, for analysis elsewhere and restarts
 * of other runs; and snapshots/snapshots.xdmf, the list of them that ParaView and VisIt open.
 *
 * Collective over phi's communicator. openPMD 1.1.0, fileBased, meshes `phi` (eta) and `phi_prime`
 * (d phi / d tau, eta m), for further components `phi_2`, `phi_2_prime`, ..., as scalar records on the comoving grid
 * (1/m), order x, y, z; `time` is tau. The file is written beside and renamed. Read back with lattice/field_file.h.
 * Errors: DW_ERR_FILE, DW_ERR_MEMORY. Sources: openPMD standard 1.1.0, doi:10.5281/zenodo.1167843; xdmf.org. */
#ifndef DW_ANALYSIS_SNAPSHOT_H
#define DW_ANALYSIS_SNAPSHOT_H

#include <stdint.h>

#include "analysis/record.h"
#include "fields/potential.h"
#include "lattice/field.h"
#include "lattice/file.h"

typedef struct dw_snapshot {
  int64_t step;
  double tau;           /* 1/m */
  double dt;            /* step in tau, 1/m */
  double a;             /* scale factor */
  uint64_t fingerprint; /* of phi (dw_field_fingerprint); 0 = not given */
  int components;
  const dw_field *phi[DW_MOST_COMPONENTS]; /* eta; the first also sets lattice and precision */
  dw_file_row phi_prime;                   /* fills one row of d phi / d tau in phi's precision, eta m */
  void *context[DW_MOST_COMPONENTS];       /* handed to phi_prime, for each component */
  const dw_record *record;
} dw_snapshot;

/* Writes DIRECTORY/snapshot_NNNNNN.h5, then snapshots.xdmf anew. The directory exists. */
dw_status dw_snapshot_write(const char *directory, const dw_snapshot *snapshot);

/* Bytes of one snapshot, for the estimate of the disk. Not collective. */
uint64_t dw_snapshot_bytes(int64_t points, int components, dw_precision precision);

/* snapshots.xdmf from the snapshot files in the directory, by process 0. */
dw_status dw_snapshot_index(const char *directory, const dw_comm *comm);

#endif
