/* The stress on any number of processes and threads. */
#include <omp.h>

#include "tests/dw_test_mpi.h"
#include "tests/gw/stress_fixture.h"
#include "tests/lattice/fixture.h"

enum { MOST_SHELLS = 64 };

/* What is to be the same everywhere. */
typedef struct result {
  uint64_t part[DW_PARTS];
  double mean[MOST_SHELLS];
  double error[MOST_SHELLS];
} result;

/* The stress of a field of random sites at a time when a isn't 1, on `threads` threads. */
static void measure(const choices *c, int coarsening, int threads, result *out) {
  stressed s;
  memset(out, 0, sizeof *out);
  omp_set_num_threads(threads);
  assert_all_ok(stressed_open(&s, c, coarsening));
  fixture_fill(s.sim.state->phi[0]);
  dw_field_touch(s.sim.state->phi[0]);
  s.sim.state->step = 3;
  assert_all_ok(stressed_measure(&s, coarsening));
  for (int i = 0; i < DW_PARTS; i++) {
    out->part[i] = dw_modes_fingerprint(s.part[i]);
  }
  assert_all(s.coarse->shells->shells > 0 && s.coarse->shells->shells <= MOST_SHELLS);
  assert_all_ok(dw_stress_spectrum(s.coarse, 2, s.part, out->mean, out->error));
  assert_all(out->mean[0] > 0.0);
  stressed_close(&s);
}

static bool same_numbers(const double *a, const double *b) {
  bool good = true;
  for (int n = 0; n < MOST_SHELLS; n++) {
    good = good && a[n] == b[n];
  }
  return good;
}

/* The world on every grid that fits, 1 and 2 threads, against this process alone. */
static void on_all_grids(int64_t points, int coarsening, int stencil, dw_precision precision) {
  const int64_t processes = dw_comm_size(dw_comm_world());
  const int before = omp_get_max_threads();
  const int halo = dw_coarse_least_block(coarsening, 1);
  choices c = {.points = points, .spacing = 0.6, .stencil = stencil, .precision = precision, .expansion = 1.0};
  result alone;
  result here;
  int ran = 0;
  measure(&c, coarsening, 1, &alone);
  c.comm = dw_comm_world();
  for (int64_t across = 1; across <= processes; across++) {
    const int64_t grid[2] = {across, processes / across};
    if (processes % across != 0 || dw_grid_check(points, coarsening, halo, (int)processes, grid) != DW_OK) {
      continue;
    }
    c.grid = grid;
    for (int threads = 1; threads <= 2; threads++) {
      measure(&c, coarsening, threads, &here);
      assert_all(memcmp(here.part, alone.part, sizeof here.part) == 0);
      assert_all(same_numbers(here.mean, alone.mean) && same_numbers(here.error, alone.error));
      ran++;
    }
  }
  omp_set_num_threads(before);
  assert_all(ran > 0);
}

/* Catches a halo that isn't fresh or too narrow, rows of another process's blocks, scratch shared by threads, sums in
 * an order that depends on the grid, and bits that depend on where in a row a block lies. */
static void same_bits_everywhere(void **state) {
  (void)state;
  for (int precision = DW_SINGLE; precision <= DW_DOUBLE; precision += DW_DOUBLE - DW_SINGLE) {
    for (int stencil = 2; stencil <= 4; stencil += 2) {
      on_all_grids(21, 1, stencil, (dw_precision)precision);
      on_all_grids(28, 2, stencil, (dw_precision)precision);
      on_all_grids(40, 4, stencil, (dw_precision)precision);
    }
  }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(same_bits_everywhere),
};

DW_TEST_MPI_MAIN(tests)
