#include <math.h>
#include <omp.h>

#include "analysis/domains_pieces.h"
#include "analysis/domains_rows.h"
#include "base/memory.h"

/* What one thread holds. A failure can't be told from inside a parallel region: it is noted. */
typedef struct worker {
  dw_pairs pairs;
  dw_pair last;       /* not in `pairs` yet; positive = -1: none */
  const void *values; /* of the row */
  uint64_t *half;     /* half the weight of each of its sites that was asked for */
  int64_t *made_in;   /* the row in which it was */
  bool no_memory;
  bool nonfinite;
} worker;

typedef struct links {
  const dw_pieces *pieces;
  int order;
  int threads;
  worker *workers; /* owned */
  void *scratch;   /* owned */
} links;

/* A site has up to six links that change sign: its weight is made once. */
static uint64_t half_weight(const links *of, worker *mine, int64_t row, int64_t z) {
  if (mine->made_in[z] == row) {
    return mine->half[z];
  }
  const dw_field *phi = of->pieces->runs.phi;
  const ptrdiff_t n = (ptrdiff_t)phi->lattice->points;
  const double weight = phi->precision == DW_SINGLE
                            ? dw_link_weight_f32(mine->values, n, (ptrdiff_t)z, phi->stride_x, phi->pitch, of->order)
                            : dw_link_weight_f64(mine->values, n, (ptrdiff_t)z, phi->stride_x, phi->pitch, of->order);
  mine->nonfinite = mine->nonfinite || isnan(weight);
  mine->made_in[z] = row;
  mine->half[z] = isnan(weight) ? 0 : dw_tally_half(weight);
  return mine->half[z];
}

/* Neighbouring links mostly lie between the same two pieces: they go to the table together. */
static void flush(worker *mine) {
  const dw_pair *last = &mine->last;
  if (last->positive >= 0) {
    const dw_status status = dw_pairs_add(&mine->pairs, last->positive, last->negative, &last->area);
    mine->no_memory = status != DW_OK || mine->no_memory;
  }
}

/* Links between an own run and one of another sign. */
static void add(const links *of, worker *mine, bool positive, int64_t run, int64_t other, const dw_tally *area) {
  const dw_winding_node *node = of->pieces->node;
  const int64_t ends[2] = {node[positive ? run : other].parent, node[positive ? other : run].parent};
  if (mine->last.positive != ends[0] || mine->last.negative != ends[1]) {
    flush(mine);
    mine->last = (dw_pair){.positive = ends[0], .negative = ends[1]};
  }
  dw_tally_merge(&mine->last.area, area);
}

static void add_across(const links *of, worker *mine, int64_t row, int side) {
  const dw_runs *runs = &of->pieces->runs;
  int32_t turns[3];
  dw_overlaps walk = dw_overlaps_begin(runs, row, dw_runs_neighbour(runs, row, side, turns));
  for (dw_overlap next; dw_overlaps_next(&walk, &next);) {
    if (!next.same) {
      dw_tally area = {0, 0};
      for (int64_t z = next.from; z < next.to; z++) {
        dw_tally_add(&area, half_weight(of, mine, row, z));
      }
      add(of, mine, next.positive, next.run[0], next.run[1], &area);
    }
  }
}

/* Links along z: each change lies between the sites of two runs of the row. */
static void add_along(const links *of, worker *mine, int64_t row) {
  const dw_runs *runs = &of->pieces->runs;
  const int64_t n = runs->phi->lattice->points;
  const int64_t first = runs->first[row];
  const int64_t count = runs->first[row + 1] - first;
  for (int64_t i = 0; count > 1 && i < count; i++) {
    const int64_t z = runs->start[first + i];
    dw_tally area = {0, 0};
    dw_tally_add(&area, half_weight(of, mine, row, z));
    dw_tally_add(&area, half_weight(of, mine, row, z > 0 ? z - 1 : n - 1));
    add(of, mine, dw_run_positive(runs, row, first + i), first + i, first + (i > 0 ? i : count) - 1, &area);
  }
}

static void add_rows(const links *of) {
#pragma omp parallel for schedule(static) num_threads(of->threads)
  for (int64_t row = 0; row < of->pieces->runs.own_rows; row++) {
    worker *mine = &of->workers[omp_get_thread_num()];
    mine->values = dw_runs_row(&of->pieces->runs, row);
    add_along(of, mine, row);
    for (int side = 0; side < DW_SIDES; side++) {
      add_across(of, mine, row, side);
    }
  }
}

static dw_status make_workers(links *of) {
  const size_t n = (size_t)of->pieces->runs.phi->lattice->points;
  void *workers = NULL;
  DW_TRY(dw_alloc(&workers, (size_t)of->threads, sizeof *of->workers, "walls between domains"));
  of->workers = workers;
  for (int t = 0; t < of->threads; t++) {
    of->workers[t] = (worker){.last.positive = -1};
  }
  DW_TRY(dw_alloc(&of->scratch, (size_t)of->threads * n, sizeof(uint64_t) + sizeof(int64_t), "walls between domains"));
  for (int t = 0; t < of->threads; t++) {
    worker *mine = &of->workers[t];
    mine->half = (uint64_t *)of->scratch + 2 * (size_t)t * n;
    mine->made_in = (int64_t *)(mine->half + n);
    for (size_t z = 0; z < n; z++) {
      mine->made_in[z] = -1;
    }
    DW_TRY(dw_pairs_create(&mine->pairs, ((uint64_t)t + 1) << 48));
  }
  return DW_OK;
}

/* All workers' pairs become the pieces'. */
static dw_status collect(links *of, dw_pairs *pairs) {
  bool no_memory = false;
  bool nonfinite = false;
  for (int t = 0; t < of->threads; t++) {
    flush(&of->workers[t]);
    no_memory = no_memory || of->workers[t].no_memory;
    nonfinite = nonfinite || of->workers[t].nonfinite;
  }
  if (no_memory) {
    return dw_fail(DW_ERR_MEMORY, "no memory for the walls between domains; use more processes or "
                                  "analysis.domains = false");
  }
  if (nonfinite) {
    return dw_fail(DW_ERR_INVALID, "domains: the field isn't finite");
  }
  for (int t = 1; t < of->threads; t++) {
    DW_TRY(dw_pairs_take(&of->workers[0].pairs, &of->workers[t].pairs));
  }
  *pairs = of->workers[0].pairs;
  of->workers[0].pairs = (dw_pairs){0};
  dw_pairs_pack(pairs);
  return DW_OK;
}

dw_status dw_pieces_add_walls(dw_pieces *pieces, int order) {
  links of = {.pieces = pieces, .order = order, .threads = omp_get_max_threads()};
  dw_status status = make_workers(&of);
  if (status == DW_OK) {
    add_rows(&of);
    status = collect(&of, &pieces->pairs);
  }
  for (int t = 0; of.workers != NULL && t < of.threads; t++) {
    dw_pairs_destroy(&of.workers[t].pairs);
  }
  dw_free(of.workers);
  dw_free(of.scratch);
  return status;
}
