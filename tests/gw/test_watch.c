/* Who watches a step of the field (fields/pass.h) sees each block once, and all that a source needs undrifted. */
#include <omp.h>

#include "base/memory.h"
#include "tests/fields/simulation.h"
#include "tests/lattice/fixture.h"

/* What the watcher compares with and what it found. */
typedef struct watch {
  const dw_field *phi;
  const dw_field *before; /* phi with its halo, as it was before the step */
  int reach;
  int *seen; /* times, per block of the process */
  bool good;
} watch;

static bool is_undrifted(const watch *w, int64_t x, int64_t y) {
  const size_t bytes = (size_t)w->phi->lattice->points * (size_t)w->phi->precision;
  return memcmp(dw_field_row(w->phi, x, y), dw_field_row(w->before, x, y), bytes) == 0;
}

/* A dw_watcher: a block and the rows within the reach of its edges. */
static void look(void *context, int thread, int64_t x, int64_t y) {
  watch *w = context;
  const dw_lattice *lattice = w->phi->lattice;
  const int64_t unit = lattice->align;
  bool good = thread == omp_get_thread_num() && x >= 0 && y >= 0 && x < lattice->count[0] && y < lattice->count[1] &&
              x % unit == 0 && y % unit == 0;
  for (int64_t i = 0; i < unit && good; i++) {
    for (int64_t j = -w->reach; j < unit + w->reach; j++) {
      good = good && is_undrifted(w, x + i, y + j) && is_undrifted(w, x + j, y + i);
    }
  }
  if (!good) {
#pragma omp atomic write
    w->good = false;
    return;
  }
#pragma omp atomic
  w->seen[x / unit * (lattice->count[1] / unit) + y / unit]++;
}

static void fill(dw_state *state) {
  const int64_t shift[3] = {1, 2, 3};
  fixture_fill(state->phi[0]);
  fixture_fill_shifted(state->pi[0], shift, 0.7);
}

/* Copies phi with a fresh halo; then leaves the halo fresh or of no use. */
static void keep(dw_state *state, dw_field *before, bool fresh) {
  const dw_lattice *lattice = state->lattice;
  const size_t bytes = (size_t)lattice->points * (size_t)state->precision;
  dw_state_exchange(state);
  const int64_t halo = lattice->halo;
  for (int64_t x = -halo; x < lattice->count[0] + halo; x++) {
    for (int64_t y = -halo; y < lattice->count[1] + halo; y++) {
      const bool outside = x < 0 || y < 0 || x >= lattice->count[0] || y >= lattice->count[1];
      memcpy(dw_field_row(before, x, y), dw_field_row(state->phi[0], x, y), bytes);
      if (outside && !fresh) {
        memset(dw_field_row(state->phi[0], x, y), 0x3c, bytes);
      }
    }
  }
  if (!fresh) {
    dw_field_touch(state->phi[0]);
  }
}

/* Whether every block was seen once, and nothing else. */
static bool all_seen_once(const watch *w, int64_t blocks) {
  bool good = w->good;
  for (int64_t i = 0; i < blocks; i++) {
    good = good && w->seen[i] == 1;
  }
  return good;
}

/* Steps two states alike, one of them watched and `batch` steps at a time. */
static void watch_steps(const choices *c, int threads, int steps, int batch) {
  const int threads_before = omp_get_max_threads();
  omp_set_num_threads(threads);
  simulation watched;
  simulation alone;
  dw_field *before = NULL;
  void *seen = NULL;
  assert_all_ok(simulation_open(&watched, c));
  assert_all_ok(simulation_open(&alone, c));
  assert_all_ok(dw_field_create(&before, watched.lattice, c->precision));
  const int64_t *count = watched.lattice->count;
  const int64_t blocks = count[0] / c->align * (count[1] / c->align);
  assert_all_ok(dw_alloc(&seen, (size_t)blocks, sizeof(int), "test"));
  fill(watched.state);
  fill(alone.state);
  watch w = {.phi = watched.state->phi[0], .before = before, .reach = c->stencil / 2, .seen = seen};
  for (int step = 0; step < steps; step++) {
    keep(watched.state, before, step % 2 == 1);
    memset(seen, 0, (size_t)blocks * sizeof(int));
    w.good = true;
    dw_steps(watched.state, batch, &(dw_watcher){.block = look, .context = &w});
    for (int i = 0; i < batch; i++) {
      dw_step(alone.state, NULL);
    }
    const bool good = all_seen_once(&w, blocks);
    if (!good) {
      (void)fprintf(stderr, "N = %d, grid %d x %d, align %d, order %d, %d threads, batches of %d, step %d\n",
                    (int)c->points, watched.lattice->grid[0], watched.lattice->grid[1], c->align, c->stencil, threads,
                    batch, step);
    }
    assert_all(good);
    assert_all(dw_field_fingerprint(watched.state->phi[0]) == dw_field_fingerprint(alone.state->phi[0]));
    assert_all(dw_field_fingerprint(watched.state->pi[0]) == dw_field_fingerprint(alone.state->pi[0]));
  }
  dw_free(seen);
  dw_field_destroy(before);
  simulation_close(&watched);
  simulation_close(&alone);
  omp_set_num_threads(threads_before);
}

/* Every process grid that fits; how many ran. */
static int watch_on_all(choices c, int steps, int batch) {
  const int64_t processes = dw_comm_size(dw_comm_world());
  const int most_threads = processes == 1 ? 3 : 2;
  int ran = 0;
  c.comm = dw_comm_world();
  c.halo = batch * c.stencil / 2;
  for (int64_t across = 1; across <= processes; across++) {
    const int64_t grid[2] = {across, processes / across};
    if (processes % across != 0 ||
        dw_grid_check(c.points, c.align, batch * c.stencil / 2, (int)processes, grid) != DW_OK) {
      continue;
    }
    c.grid = grid;
    for (int threads = 1; threads <= most_threads; threads++) {
      c.precision = (threads + ran) % 2 == 0 ? DW_SINGLE : DW_DOUBLE;
      watch_steps(&c, threads, steps, batch);
    }
    ran++;
  }
  return ran;
}

/* Catches a block shown twice, never or torn; a row of it or of its neighbours that had moved, was being changed by
 * another thread, or whose halo wasn't there; and steps that change because somebody watches. */
static void each_block_is_shown_once_before_it_moves(void **state) {
  (void)state;
  const int64_t sizes[] = {4, 5, 8, 9, 12, 14, 20, 28, 36};
  int ran[3] = {0, 0, 0};
  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
    for (int j = 0; j < 6; j++) {
      const choices c = {
          .points = sizes[i], .align = 1 << j / 2, .stencil = 2 + 2 * (j % 2), .s = 1.0, .expansion = 1.0};
      if (c.points % c.align == 0) {
        ran[j / 2] += watch_on_all(c, 3, 1);
      }
    }
  }
  assert_all(ran[0] >= 15 && ran[1] >= 12 && ran[2] >= 10);
}

/* Catches a wavefront of several steps that reaches rows which a watcher has still to see. */
static void before_several_steps(void **state) {
  (void)state;
  const int64_t sizes[] = {8, 20, 36};
  int ran = 0;
  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
    for (int j = 0; j < 6; j++) {
      const choices c = {
          .points = sizes[i], .align = 1 << j / 2, .stencil = 2 + 2 * (j % 2), .s = 1.0, .expansion = 1.0};
      ran += watch_on_all(c, 2, 2) + watch_on_all(c, 2, 4);
    }
  }
  assert_all(ran >= 12);
}

/* Catches rows at the seams of tiles: planes in flight that don't fit into the cache. */
static void blocks_at_the_seams_of_tiles(void **state) {
  (void)state;
  if (dw_comm_size(dw_comm_world()) > 2) {
    skip();
  }
  for (int j = 0; j < 4; j++) {
    const choices c = {.points = 100, .align = j < 2 ? 4 : 1, .stencil = 2 + 2 * (j % 2), .s = 1.0, .expansion = 1.0};
    assert_all(watch_on_all(c, 2, 1) > 0 && watch_on_all(c, 2, 3) > 0);
  }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(each_block_is_shown_once_before_it_moves),
    cmocka_unit_test(before_several_steps),
    cmocka_unit_test(blocks_at_the_seams_of_tiles),
};

DW_TEST_MPI_MAIN(tests)
