#include "analysis/sectors.h"

#include <math.h>
#include <omp.h>
#include <string.h>

#include "analysis/sectors_rows.h"
#include "base/memory.h"
#include "fields/sector_wall.h"
#include "lattice/sum.h"

/* Sums of a thread: areas of the pairs, then strings, then junctions. */
enum { STRINGS = DW_MOST_PAIRS, JUNCTIONS, SUMS };

/* Counts of a thread: sites of the sectors, then plaquettes. */
enum { STRING_COUNT = DW_MOST_SECTORS, JUNCTION_COUNT, COUNTS };

typedef struct worker {
  dw_sum sum[SUMS];
  int64_t count[COUNTS];
  dw_sectors_input in;
  dw_sectors_sums row;
} worker;

typedef struct scratch {
  int threads;
  worker *workers;
  unsigned char *bytes;
  char *corner; /* row (nx, ny) of both components, and the row that is sent */
  size_t row_bytes;
} scratch;

static void free_scratch(scratch *s) {
  dw_free(s->workers);
  dw_free(s->bytes);
  dw_free(s->corner);
}

static dw_status take_scratch(scratch *s, const dw_state *state) {
  const size_t n = (size_t)state->lattice->points;
  void *workers = NULL;
  void *bytes = NULL;
  void *corner = NULL;
  s->threads = omp_get_max_threads();
  s->row_bytes = n * (size_t)state->precision;
  dw_status status = dw_alloc(&workers, (size_t)s->threads, sizeof(worker), "sums over walls and strings");
  if (status == DW_OK) {
    status = dw_alloc(&bytes, (size_t)s->threads, DW_SECTORS_SCRATCH(n), "sectors of rows");
  }
  if (status == DW_OK) {
    status = dw_alloc(&corner, 4, s->row_bytes, "corners of the halo");
  }
  s->workers = workers;
  s->bytes = bytes;
  s->corner = corner;
  return status;
}

static void prepare(const scratch *s, const dw_state *state) {
  const dw_lattice *lattice = state->lattice;
  for (int t = 0; t < s->threads; t++) {
    worker *mine = &s->workers[t];
    memset(mine, 0, sizeof *mine);
    for (int i = 0; i < SUMS; i++) {
      dw_sum_clear(&mine->sum[i]);
    }
    mine->in = (dw_sectors_input){.stride_x = state->phi[0]->stride_x,
                                  .stride_y = state->phi[0]->pitch,
                                  .n = (ptrdiff_t)lattice->points,
                                  .order = state->model->stencil,
                                  .walls = state->model->values.walls,
                                  .scratch = s->bytes + (size_t)t * DW_SECTORS_SCRATCH(lattice->points)};
    for (int k = 0; k < mine->in.walls; k++) {
      dw_sector_vacuum(mine->in.walls, k, mine->in.vacuum[k]);
    }
  }
}

/* Halos have no corners: the one row that a plaquette across two faces needs comes from the diagonal neighbour, whose
 * first row it is. */
static void exchange_corner(const scratch *s, const dw_state *state) {
  const dw_lattice *lattice = state->lattice;
  int rank[2];
  for (int way = 0; way < 2; way++) {
    int at[2];
    for (int d = 0; d < 2; d++) {
      at[d] = (lattice->coord[d] + (way == 0 ? lattice->grid[d] - 1 : 1)) % lattice->grid[d];
    }
    rank[way] = at[0] * lattice->grid[1] + at[1];
  }
  char *send = s->corner + 2 * s->row_bytes;
  for (int i = 0; i < 2; i++) {
    memcpy(send + (size_t)i * s->row_bytes, dw_field_row(state->phi[i], 0, 0), s->row_bytes);
  }
  dw_comm_exchange(lattice->comm, rank[0], send, 2 * s->row_bytes, rank[1], s->corner, 2 * s->row_bytes);
}

static void add_row(const scratch *s, const dw_state *state, int64_t x, int64_t y) {
  worker *mine = &s->workers[omp_get_thread_num()];
  const bool at_corner = x + 1 == state->lattice->count[0] && y + 1 == state->lattice->count[1];
  for (int i = 0; i < 2; i++) {
    mine->in.phi[i] = dw_field_row(state->phi[i], x, y);
    mine->in.corner[i] =
        at_corner ? (const void *)(s->corner + (size_t)i * s->row_bytes) : dw_field_row(state->phi[i], x + 1, y + 1);
  }
  if (state->precision == DW_SINGLE) {
    dw_sectors_row_f32(&mine->in, &mine->row);
  } else {
    dw_sectors_row_f64(&mine->in, &mine->row);
  }
  for (int i = 0; i < DW_MOST_PAIRS; i++) {
    if (mine->row.area[i] != 0.0) {
      dw_sum_add(&mine->sum[i], mine->row.area[i]);
    }
  }
  dw_sum_add(&mine->sum[STRINGS], mine->row.strings);
  dw_sum_add(&mine->sum[JUNCTIONS], mine->row.junctions);
  for (int k = 0; k < DW_MOST_SECTORS; k++) {
    mine->count[k] += mine->row.sites[k];
  }
  mine->count[STRING_COUNT] += mine->row.string_count;
  mine->count[JUNCTION_COUNT] += mine->row.junction_count;
}

/* Over threads and processes, into the first worker. */
static void add_up(const scratch *s, const dw_comm *comm) {
  worker *all = &s->workers[0];
  for (int t = 1; t < s->threads; t++) {
    for (int i = 0; i < SUMS; i++) {
      dw_sum_merge(&all->sum[i], &s->workers[t].sum[i]);
    }
    for (int i = 0; i < COUNTS; i++) {
      all->count[i] += s->workers[t].count[i];
    }
  }
  dw_sum_reduce(comm, all->sum, SUMS);
  dw_comm_sum_int64(comm, all->count, COUNTS);
}

static dw_status convert(dw_sectors *sectors, const worker *all, const dw_lattice *lattice) {
  const double n = (double)lattice->points;
  const double sites = n * n * n;
  const double dx = lattice->spacing;
  const int walls = all->in.walls;
  *sectors = (dw_sectors){.walls = walls, .pairs = walls == 1 ? 1 : walls * (walls - 1) / 2};
  for (int i = 0; i < sectors->pairs; i++) {
    sectors->area_between[i] = dw_sum_value(&all->sum[i]) / (sites * dx);
    sectors->area += sectors->area_between[i];
  }
  for (int k = 0; k < walls; k++) {
    sectors->fraction[k] = (double)all->count[k] / sites;
  }
  sectors->string_length = dw_sum_value(&all->sum[STRINGS]) / (sites * dx * dx);
  sectors->junction_length = dw_sum_value(&all->sum[JUNCTIONS]) / (sites * dx * dx);
  sectors->strings = all->count[STRING_COUNT];
  sectors->junctions = all->count[JUNCTION_COUNT];
  if (!isfinite(sectors->area + sectors->string_length + sectors->junction_length)) {
    return dw_fail(DW_ERR_INVALID, "the field has a value at a wall or string that isn't finite");
  }
  return DW_OK;
}

dw_status dw_sectors_measure(dw_sectors *sectors, dw_state *state) {
  const dw_lattice *lattice = state->lattice;
  scratch s = {0};
  dw_status status = dw_comm_agree(lattice->comm, take_scratch(&s, state));
  if (status == DW_OK) {
    prepare(&s, state);
    dw_state_exchange(state);
    exchange_corner(&s, state);
#pragma omp parallel for schedule(static)
    for (int64_t x = 0; x < lattice->count[0]; x++) {
      for (int64_t y = 0; y < lattice->count[1]; y++) {
        add_row(&s, state, x, y);
      }
    }
    add_up(&s, lattice->comm);
    status = convert(sectors, &s.workers[0], lattice);
  }
  free_scratch(&s);
  return status;
}
