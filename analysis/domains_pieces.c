#include "analysis/domains_pieces.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* --- within the block --- */

/* Joins the runs of one sign of two rows of which the second lies `turns` round the box (x and y) beside the first. */
static void join_rows(dw_pieces *pieces, int64_t row, int64_t other, const int32_t turns[3]) {
  dw_overlaps walk = dw_overlaps_begin(&pieces->runs, row, other);
  for (dw_overlap next; dw_overlaps_next(&walk, &next);) {
    if (next.same) {
      dw_winding_join(pieces->node, next.run[0], next.run[1], (const int32_t[]){turns[0], turns[1], next.turns});
    }
  }
}

static void join_upwards(dw_pieces *pieces, int64_t row, int direction) {
  int32_t turns[3];
  const int64_t other = dw_runs_neighbour(&pieces->runs, row, 2 * direction + 1, turns);
  if (other < pieces->runs.own_rows) {
    join_rows(pieces, row, other, turns);
  }
}

/* A run that is a whole row touches itself. */
static void join_ends(dw_pieces *pieces, int64_t row) {
  const int64_t first = pieces->runs.first[row];
  if (pieces->runs.first[row + 1] == first + 1) {
    dw_winding_join(pieces->node, first, first, (const int32_t[]){0, 0, 1});
  }
}

/* Each thread joins the rows of its own planes of x, then the planes between them are joined. */
static void join_block(dw_pieces *pieces) {
  const int64_t nx = pieces->runs.phi->lattice->count[0];
  const int64_t ny = pieces->runs.phi->lattice->count[1];
  int64_t slabs = 1;
#pragma omp parallel
  {
    const int64_t thread = omp_get_thread_num();
    const int64_t threads = omp_get_num_threads();
    const int64_t end = (thread + 1) * nx / threads * ny;
    for (int64_t row = thread * nx / threads * ny; row < end; row++) {
      join_ends(pieces, row);
      join_upwards(pieces, row, 1);
      if (row + ny < end) {
        join_upwards(pieces, row, 0);
      }
    }
#pragma omp single
    slabs = threads;
  }
  for (int64_t slab = 0; slab < slabs; slab++) {
    const int64_t end = (slab + 1) * nx / slabs * ny;
    if (end > slab * nx / slabs * ny) {
      for (int64_t row = end - ny; row < end; row++) {
        join_upwards(pieces, row, 0);
      }
    }
  }
}

static void measure_pieces(dw_pieces *pieces) {
  const dw_runs *runs = &pieces->runs;
  const dw_lattice *lattice = runs->phi->lattice;
  memset(pieces->piece, 0, (size_t)pieces->count * sizeof *pieces->piece);
  for (int64_t row = 0; row < runs->own_rows; row++) {
    const int64_t x = lattice->start[0] + row / lattice->count[1];
    const int64_t y = lattice->start[1] + row % lattice->count[1];
    const int64_t site = (x * lattice->points + y) * lattice->points;
    for (int64_t run = runs->first[row]; run < runs->first[row + 1]; run++) {
      dw_domain *piece = &pieces->piece[pieces->node[run].parent];
      const int64_t lowest = site + dw_run_lowest(runs, row, run);
      piece->label = piece->volume == 0 || lowest < piece->label ? lowest : piece->label;
      piece->volume += dw_run_length(runs, row, run);
      piece->wraps = pieces->node[run].wraps;
      piece->positive = dw_run_positive(runs, row, run);
    }
  }
}

static dw_status find_pieces(dw_pieces *pieces, const dw_field *phi) {
  void *node = NULL;
  void *piece = NULL;
  DW_TRY(dw_runs_create(&pieces->runs, phi));
  DW_TRY(dw_alloc(&node, (size_t)pieces->runs.all, sizeof *pieces->node, "domains"));
  pieces->node = node;
  dw_winding_init(pieces->node, pieces->runs.own);
  join_block(pieces);
  pieces->count = dw_winding_number(pieces->node, pieces->runs.own);
  DW_TRY(dw_alloc(&piece, (size_t)pieces->count, sizeof *pieces->piece, "domains"));
  pieces->piece = piece;
  measure_pieces(pieces);
  return DW_OK;
}

/* --- between blocks --- */

/* Rows of this process's own face on a side, in the order in which they are ghosts of its neighbour. */
static int64_t face_row(const dw_runs *runs, int side, int64_t i) {
  const int64_t *count = runs->phi->lattice->count;
  const int64_t edge = side % 2 == 0 ? 0 : count[side / 2] - 1;
  return side < 2 ? edge * count[1] + i : i * count[1] + edge;
}

static int64_t face_runs(const dw_runs *runs, int side) {
  int64_t total = 0;
  for (int64_t i = 0; i < runs->ghosts[side]; i++) {
    const int64_t row = face_row(runs, side, i);
    total += runs->first[row + 1] - runs->first[row];
  }
  return total;
}

/* Processes are numbered row-major in their grid. */
static int neighbour_rank(const dw_lattice *lattice, int side) {
  int at[2] = {lattice->coord[0], lattice->coord[1]};
  const int d = side / 2;
  at[d] = (at[d] + (side % 2 == 0 ? lattice->grid[d] - 1 : 1)) % lattice->grid[d];
  return at[0] * lattice->grid[1] + at[1];
}

static void pack_face(const dw_pieces *pieces, int side, dw_winding_node *packed) {
  const dw_runs *runs = &pieces->runs;
  for (int64_t i = 0; i < runs->ghosts[side]; i++) {
    const int64_t row = face_row(runs, side, i);
    const int64_t count = runs->first[row + 1] - runs->first[row];
    memcpy(packed, pieces->node + runs->first[row], (size_t)count * sizeof *packed);
    packed += count;
  }
}

/* The pieces of the ghosts on one side come from there, while those of the opposite face go to the other side. The two
 * processes have the same runs, since the halo has the same values. */
static void exchange_side(dw_pieces *pieces, int side, dw_winding_node *packed) {
  const dw_runs *runs = &pieces->runs;
  const dw_lattice *lattice = runs->phi->lattice;
  const int opposite = side ^ 1;
  const int64_t first = runs->first[runs->ghost[side]];
  const int64_t count = runs->first[runs->ghost[side] + runs->ghosts[side]] - first;
  pack_face(pieces, opposite, packed);
  dw_comm_exchange(lattice->comm, neighbour_rank(lattice, opposite), packed,
                   (size_t)face_runs(runs, opposite) * sizeof *packed, neighbour_rank(lattice, side),
                   pieces->node + first, (size_t)count * sizeof *packed);
}

static dw_status exchange(dw_pieces *pieces) {
  const dw_comm *comm = pieces->runs.phi->lattice->comm;
  int64_t most = 0;
  for (int side = 0; side < DW_SIDES; side++) {
    const int64_t count = face_runs(&pieces->runs, side);
    most = count > most ? count : most;
  }
  void *packed = NULL;
  DW_TRY(dw_comm_alloc(comm, &packed, (size_t)most, sizeof *pieces->node, "domains"));
  pieces->before = dw_comm_sum_before(comm, pieces->count);
  for (int64_t run = 0; run < pieces->runs.own; run++) {
    pieces->node[run].parent += pieces->before;
  }
  for (int side = 0; side < DW_SIDES; side++) {
    if (pieces->runs.ghosts[side] > 0) {
      exchange_side(pieces, side, packed);
    }
  }
  dw_free(packed);
  return DW_OK;
}

/* --- bonds --- */

static int compare_bonds(const void *one, const void *two) {
  const dw_bond *a = one;
  const dw_bond *b = two;
  const int64_t difference[5] = {a->a - b->a, a->b - b->b, (int64_t)a->shift[0] - b->shift[0],
                                 (int64_t)a->shift[1] - b->shift[1], (int64_t)a->shift[2] - b->shift[2]};
  for (int i = 0; i < 5; i++) {
    if (difference[i] != 0) {
      return difference[i] < 0 ? -1 : 1;
    }
  }
  return 0;
}

/* Bonds of an own row with the ghost above it. */
static void bond_rows(dw_pieces *pieces, int64_t row, int side) {
  int32_t turns[3];
  const int64_t ghost = dw_runs_neighbour(&pieces->runs, row, side, turns);
  dw_overlaps walk = dw_overlaps_begin(&pieces->runs, row, ghost);
  for (dw_overlap next; dw_overlaps_next(&walk, &next);) {
    if (next.same) {
      const dw_winding_node *a = &pieces->node[next.run[0]];
      const dw_winding_node *b = &pieces->node[next.run[1]];
      dw_bond bond = {.a = a->parent, .b = b->parent};
      turns[2] = next.turns;
      for (int d = 0; d < 3; d++) {
        bond.shift[d] = a->shift[d] + turns[d] - b->shift[d];
      }
      pieces->bond[pieces->bonds++] = bond;
    }
  }
}

static void keep_different(dw_pieces *pieces) {
  qsort(pieces->bond, (size_t)pieces->bonds, sizeof *pieces->bond, compare_bonds);
  int64_t kept = 0;
  for (int64_t i = 0; i < pieces->bonds; i++) {
    if (kept == 0 || compare_bonds(&pieces->bond[kept - 1], &pieces->bond[i]) != 0) {
      pieces->bond[kept++] = pieces->bond[i];
    }
  }
  pieces->bonds = kept;
}

/* Each link between blocks counts on the side below it. */
static dw_status find_bonds(dw_pieces *pieces) {
  const dw_runs *runs = &pieces->runs;
  int64_t most = 0; /* overlaps end where either row changes */
  for (int side = 1; side < DW_SIDES; side += 2) {
    most +=
        face_runs(runs, side) + runs->first[runs->ghost[side] + runs->ghosts[side]] - runs->first[runs->ghost[side]];
  }
  void *bond = NULL;
  DW_TRY(dw_alloc(&bond, (size_t)most, sizeof *pieces->bond, "domains"));
  pieces->bond = bond;
  for (int side = 1; side < DW_SIDES; side += 2) {
    for (int64_t i = 0; i < runs->ghosts[side]; i++) {
      bond_rows(pieces, face_row(runs, side, i), side);
    }
  }
  keep_different(pieces);
  return DW_OK;
}

static dw_status check(const dw_field *phi, int order) {
  if (phi->halo_fresh < order / 2 || phi->halo_fresh < 1 || (order != 2 && order != 4)) {
    return dw_fail(DW_ERR_INTERNAL, "domains: %d layers of the halo are fresh, differences are of order %d",
                   phi->halo_fresh, order);
  }
  return DW_OK;
}

dw_status dw_pieces_find(dw_pieces *pieces, const dw_field *phi, int order) {
  const dw_comm *comm = phi->lattice->comm;
  memset(pieces, 0, sizeof *pieces);
  dw_status status = check(phi, order);
  DW_TRY(dw_comm_agree(comm, status == DW_OK ? find_pieces(pieces, phi) : status));
  DW_TRY(exchange(pieces));
  status = find_bonds(pieces);
  return dw_comm_agree(comm, status == DW_OK ? dw_pieces_add_walls(pieces, order) : status);
}

void dw_pieces_destroy(dw_pieces *pieces) {
  dw_runs_destroy(&pieces->runs);
  dw_pairs_destroy(&pieces->pairs);
  dw_free(pieces->node);
  dw_free(pieces->piece);
  dw_free(pieces->bond);
  memset(pieces, 0, sizeof *pieces);
}
