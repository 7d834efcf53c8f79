#include <string.h>

#include "bench/arrays.h"
#include "bench/network.h"
#include "bench/parts.h"
#include "bench/timing.h"

/* One way to take steps, and the bytes a site that it must move in each. */
typedef struct way {
  const char *what;
  bench_choice choice;
  double moved; /* reals a site and step */
} way;

/* phi and pi read and written are 4 reals; with tensors of the same grid 4 more for each of five components. A pass of
 * several steps and coarser tensors move less: their share of the bound says by how much they beat it. */
static const way ways[] = {
    {"field", {.precision = DW_SINGLE, .stencil = 2, .together = 1}, 4.0},
    {"field, 4 steps a pass", {.precision = DW_SINGLE, .stencil = 2, .together = 4}, 4.0},
    {"field", {.precision = DW_DOUBLE, .stencil = 2, .together = 1}, 4.0},
    {"field, 4 steps a pass", {.precision = DW_DOUBLE, .stencil = 2, .together = 4}, 4.0},
    {"field, order 4", {.precision = DW_SINGLE, .stencil = 4, .together = 1}, 4.0},
    {"field, order 4, 4 steps a pass", {.precision = DW_SINGLE, .stencil = 4, .together = 4}, 4.0},
    {"default: waves, c = 2",
     {.precision = DW_SINGLE, .stencil = 2, .together = 1, .waves = "lattice", .coarsening = 2},
     4.0},
    {"waves, c = 4", {.precision = DW_SINGLE, .stencil = 2, .together = 1, .waves = "lattice", .coarsening = 4}, 4.0},
    {"waves by modes, c = 2",
     {.precision = DW_SINGLE, .stencil = 2, .together = 1, .waves = "modes", .coarsening = 2},
     4.0},
    {"waves, c = 2", {.precision = DW_DOUBLE, .stencil = 2, .together = 1, .waves = "lattice", .coarsening = 2}, 4.0},
    {"waves, c = 1", {.precision = DW_SINGLE, .stencil = 2, .together = 1, .waves = "lattice", .coarsening = 1}, 24.0},
    {"waves, c = 1", {.precision = DW_DOUBLE, .stencil = 2, .together = 1, .waves = "lattice", .coarsening = 1}, 24.0},
};

/* Full tensors in double take 200 bytes a site. */
static const int64_t MOST_POINTS_FULL = 320;

/* With the bandwidth, or without. */
static dw_status time_way(const bench_table *table, int64_t points, const way *w, bool bandwidth_too) {
  bench_network network;
  bench_arrays arrays;
  double step[BENCH_MOST_ROUNDS];
  double update[BENCH_MOST_ROUNDS];
  double triad[BENCH_MOST_ROUNDS];
  double ratio[BENCH_MOST_ROUNDS];
  bench_choice choice = w->choice;
  choice.points = points;
  DW_TRY(bench_network_open(&network, &choice));
  const double sites = bench_sites(&network);
  const double own = bench_own_sites(&network);
  DW_TRY(bench_arrays_open(&arrays, (int64_t)own, choice.precision));
  bench_update(&arrays);
  const dw_traffic before = dw_comm_traffic();
  for (int round = 0; round < table->rounds; round++) {
    update[round] = bench_timed(bench_update, &arrays) / sites;
    step[round] = bench_timed(bench_evolve, &network) / network.steps / sites;
    triad[round] = bench_timed(bench_triad, &arrays) / sites;
    ratio[round] = update[round] * w->moved / 3.0 / step[round];
  }
  const dw_traffic after = dw_comm_traffic();
  const double steps = (double)network.steps * table->rounds;
  const double real = (double)choice.precision;
  bench_row row = bench_row_of("step", w->what, points, choice.precision);
  row.ns = 1e9 * bench_median(step, table->rounds);
  row.bound = bench_median(ratio, table->rounds);
  row.rate = 3.0 * real / bench_median(update, table->rounds) * 1e-9;
  row.held = network.held;
  row.messages = (double)(after.messages - before.messages) / steps;
  row.sent = (double)(after.bytes - before.bytes) / steps / own;
  bench_table_add(table, &row);
  if (bandwidth_too) {
    bench_row bandwidth = bench_row_of("bandwidth", "update a += s b", points, choice.precision);
    bandwidth.rate = row.rate;
    bench_table_add(table, &bandwidth);
    bandwidth.what = "triad a = b + s c";
    bandwidth.rate = 3.0 * real / bench_median(triad, table->rounds) * 1e-9;
    bench_table_add(table, &bandwidth);
  }
  bench_arrays_close(&arrays);
  bench_network_close(&network);
  return network.status;
}

dw_status bench_steps(const bench_table *table, int64_t points) {
  bool told[2] = {false, false};
  for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
    const bool full = ways[i].choice.waves != NULL && ways[i].choice.coarsening == 1;
    if (!full || points <= MOST_POINTS_FULL) {
      bool *of = &told[ways[i].choice.precision == DW_DOUBLE];
      DW_TRY(time_way(table, points, &ways[i], !*of));
      *of = true;
    }
  }
  return DW_OK;
}
