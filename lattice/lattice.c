#include "lattice/lattice.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "lattice/comm_private.h"
#include "lattice/decomposition.h"

/* N^3 fits 64 bits; N and the bytes of a row fit 32, as FFTW and MPI need. */
static const int64_t MOST_POINTS = INT64_C(1) << 20;

/* Processes are numbered row-major in the grid: rank = coord[0] grid[1] + coord[1]. */
static void link_directions(dw_lattice *lattice) {
  for (int direction = 0; direction < 2; direction++) {
    dw_comm *along = &lattice->links->along[direction];
    along->rank = lattice->coord[direction];
    along->size = lattice->grid[direction];
    along->mpi = MPI_COMM_NULL;
    if (lattice->comm->size > 1) {
      MPI_Comm_split(lattice->comm->mpi, lattice->coord[1 - direction], along->rank, &along->mpi);
    }
  }
}

static dw_status choose_grid(dw_lattice *lattice, const int64_t wanted[2]) {
  const int processes = dw_comm_size(lattice->comm);
  if (wanted == NULL || (wanted[0] == 0 && wanted[1] == 0)) {
    return dw_grid_choose(lattice->points, lattice->align, lattice->halo, processes, lattice->grid);
  }
  DW_TRY(dw_grid_check(lattice->points, lattice->align, lattice->halo, processes, wanted));
  lattice->grid[0] = (int)wanted[0];
  lattice->grid[1] = (int)wanted[1];
  return DW_OK;
}

dw_status dw_lattice_create(dw_lattice **lattice, const dw_comm *comm, int64_t points, double length, int halo,
                            int align, const int64_t grid[2]) {
  *lattice = NULL;
  if (points < 1 || points > MOST_POINTS || halo < 1 || halo > DW_WIDEST_HALO || align < 1 || points % align != 0 ||
      !(length > 0.0) || !isfinite(length)) {
    return dw_fail(DW_ERR_PARAM, "lattice: %lld points of side %g, halo %d, blocks of %d: not a lattice",
                   (long long)points, length, halo, align);
  }
  dw_lattice draft = {.points = points, .length = length, .halo = halo, .align = align, .comm = comm};
  draft.spacing = length / (double)points;
  DW_TRY(choose_grid(&draft, grid));
  const int rank = dw_comm_rank(comm);
  draft.coord[0] = rank / draft.grid[1];
  draft.coord[1] = rank % draft.grid[1];
  for (int d = 0; d < 2; d++) {
    draft.start[d] = dw_block_start(points, align, draft.grid[d], draft.coord[d]);
    draft.count[d] = dw_block_start(points, align, draft.grid[d], draft.coord[d] + 1) - draft.start[d];
  }
  void *block = NULL;
  void *links = NULL;
  dw_status status = dw_alloc(&block, 1, sizeof draft, "lattice");
  if (status == DW_OK) {
    status = dw_alloc(&links, 1, sizeof *draft.links, "lattice");
  }
  status = dw_comm_agree(comm, status);
  if (status != DW_OK) {
    dw_free(block);
    dw_free(links);
    return status;
  }
  draft.links = links;
  link_directions(&draft);
  memcpy(block, &draft, sizeof draft);
  *lattice = block;
  return DW_OK;
}

void dw_lattice_destroy(dw_lattice *lattice) {
  if (lattice == NULL) {
    return;
  }
  for (int direction = 0; direction < 2; direction++) {
    if (lattice->links->along[direction].mpi != MPI_COMM_NULL) {
      MPI_Comm_free(&lattice->links->along[direction].mpi);
    }
  }
  dw_free(lattice->links);
  dw_free(lattice);
}

dw_share dw_lattice_share(const dw_lattice *lattice) {
  return (dw_share){.points = lattice->points,
                    .align = lattice->align,
                    .grid = {lattice->grid[0], lattice->grid[1]},
                    .coord = {lattice->coord[0], lattice->coord[1]}};
}
