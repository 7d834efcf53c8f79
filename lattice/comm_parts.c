/* Parts of a communicator, and single messages. */
#include <limits.h>
#include <string.h>

#include "base/memory.h"
#include "lattice/comm_private.h"

/* Collective calls use tag 0. */
enum { MESSAGE_TAG = 1 };

dw_status dw_comm_split(dw_comm **part, const dw_comm *comm, int group) {
  void *block = NULL;
  *part = NULL;
  DW_TRY(dw_comm_alloc(comm, &block, 1, sizeof **part, "a group of processes"));
  *part = block;
  **part = (dw_comm){.rank = 0, .size = 1, .mpi = MPI_COMM_NULL};
  if (comm->size > 1) {
    MPI_Comm_split(comm->mpi, group, comm->rank, &(*part)->mpi);
    MPI_Comm_rank((*part)->mpi, &(*part)->rank);
    MPI_Comm_size((*part)->mpi, &(*part)->size);
  }
  return DW_OK;
}

void dw_comm_destroy(dw_comm *part) {
  if (part != NULL && part->mpi != MPI_COMM_NULL) {
    MPI_Comm_free(&part->mpi);
  }
  dw_free(part);
}

void dw_comm_send(const dw_comm *comm, int to, const void *data, size_t bytes) {
  MPI_Send(data, (int)bytes, MPI_CHAR, to, MESSAGE_TAG, comm->mpi);
}

bool dw_comm_waiting(const dw_comm *comm, int *from) {
  int there = 0;
  MPI_Status status;
  if (comm->size > 1) {
    MPI_Iprobe(MPI_ANY_SOURCE, MESSAGE_TAG, comm->mpi, &there, &status);
  }
  if (there != 0) {
    *from = status.MPI_SOURCE;
  }
  return there != 0;
}

void dw_comm_receive(const dw_comm *comm, int from, void *data, size_t bytes) {
  MPI_Recv(data, (int)bytes, MPI_CHAR, from, MESSAGE_TAG, comm->mpi, MPI_STATUS_IGNORE);
}
