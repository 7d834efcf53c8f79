#include "lattice/gather.h"

#include <string.h>

#include "base/memory.h"
#include "lattice/comm_private.h"

/* This process's rows of the plane as doubles. */
static void take_rows(const dw_field *field, int64_t x, double *rows) {
  const int64_t n = field->lattice->points;
  for (int64_t y = 0; y < field->lattice->count[1]; y++) {
    for (int64_t z = 0; z < n; z++) {
      rows[y * n + z] = dw_field_get(field, x, y, z);
    }
  }
}

/* Where each process's rows lie in the plane: first and number of doubles, as MPI wants them. */
static void place_blocks(const dw_comm *comm, const int mine[2], int *blocks, int *counts, int *places) {
  MPI_Gather(mine, 2, MPI_INT, blocks, 2, MPI_INT, 0, dw_comm_mpi(comm));
  for (int i = 0; dw_comm_rank(comm) == 0 && i < dw_comm_size(comm); i++) {
    places[i] = blocks[2 * i];
    counts[i] = blocks[2 * i + 1];
  }
}

static dw_status gather(const dw_comm *comm, const int mine[2], const double *rows, double *plane) {
  void *block = NULL;
  const size_t size = dw_comm_rank(comm) == 0 ? (size_t)dw_comm_size(comm) : 0;
  DW_TRY(dw_comm_alloc(comm, &block, 4 * size, sizeof(int), "plane of a field"));
  int *blocks = block;
  place_blocks(comm, mine, blocks, blocks + 2 * size, blocks + 3 * size);
  MPI_Gatherv(rows, mine[1], MPI_DOUBLE, plane, blocks + 2 * size, blocks + 3 * size, MPI_DOUBLE, 0, dw_comm_mpi(comm));
  dw_free(block);
  return DW_OK;
}

dw_status dw_gather_plane(const dw_field *field, int64_t x, double *plane) {
  const dw_lattice *lattice = field->lattice;
  if (x < 0 || x >= lattice->points || lattice->points > INT32_C(46340)) { /* N^2 stays an int */
    return dw_fail(DW_ERR_INTERNAL, "plane x = %lld of a lattice of %lld points a side", (long long)x,
                   (long long)lattice->points);
  }
  const int64_t local = x - lattice->start[0];
  const bool holds = local >= 0 && local < lattice->count[0];
  const int n = (int)lattice->points;
  const int mine[2] = {(int)lattice->start[1] * n, holds ? (int)lattice->count[1] * n : 0};
  if (dw_comm_size(lattice->comm) == 1) {
    take_rows(field, local, plane);
    return DW_OK;
  }
  void *rows = NULL;
  DW_TRY(dw_comm_alloc(lattice->comm, &rows, (size_t)mine[1], sizeof(double), "plane of a field"));
  if (holds) {
    take_rows(field, local, rows);
  }
  const dw_status status = gather(lattice->comm, mine, rows, plane);
  dw_free(rows);
  return status;
}
