/* MPI behind dw_comm; for lattice/ only. */
#ifndef DW_LATTICE_COMM_PRIVATE_H
#define DW_LATTICE_COMM_PRIVATE_H

#include <mpi.h>

#include "lattice/comm.h"

struct dw_comm {
  int rank;
  int size;
  MPI_Comm mpi; /* MPI_COMM_NULL where size is 1 and MPI may not have been started */
};

static inline MPI_Comm dw_comm_mpi(const dw_comm *comm) { return comm->mpi; }

/* Counts a message to another process; nothing where it has no bytes. One thread at a time. */
void dw_comm_count(size_t bytes);

/* The row and column communicators of the process grid. rank 0..grid-1 is the coordinate. */
struct dw_lattice_links {
  dw_comm along[2]; /* along[0]: same y block, all x blocks; along[1]: same x block, all y blocks */
};

#endif
