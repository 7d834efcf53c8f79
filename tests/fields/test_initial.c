/* Starts: the same bits on any number of processes; shapes; what is refused. */
#include <omp.h>

#include "tests/fields/power_rows.h"
#include "tests/fields/snapshot_file.h"
#include "tests/lattice/fixture.h"

static const dw_initial starts[] = {
    {.kind = "white-noise", .seed = 11, .rms = 0.7, .cutoff = 2.0},
    {.kind = "white-noise", .seed = -1, .rms = 0.7, .cutoff = 2.0, .cutoff_width = 0.2},
    {.kind = "white-noise", .seed = INT64_MAX, .rms = 0.7, .cutoff = 1e3},
    {.kind = "walls", .normal = {2, 1, -1}, .velocity = 0.4},
    {.kind = "sphere", .radius = 2.5},
    {.kind = "mode", .normal = {1, -2, 3}, .amplitude = 0.5, .mean = 0.1},
    {.kind = "white-noise", .seed = 11, .rms = 0.7, .cutoff = 2.0, .fraction = 0.7},
    {.kind = "vacuum", .seed = 5, .lambda = 0.5, .mass = 0.3, .cutoff = 3.0, .fraction = 0.4},
    {.kind = "thermal", .seed = 6, .lambda = 0.5, .temperature = 2.0, .cutoff = 1e3, .zero_point = true},
    {.kind = "gaussian", .seed = 7, .rms = 0.7, .correlation_length = 0.8},
    {.kind = "power-law", .seed = 8, .rms = 0.7, .index = -2.0, .cutoff = 3.0, .cutoff_width = 0.1},
    {.kind = "cells", .seed = 9, .cell = 1.3, .fraction = 0.6},
    {.kind = "spectrum", .seed = 10, .file = "bands.txt", .fraction = 0.4},
};

/* Fingerprints of phi and pi after the start and three steps. */
static void after_three_steps(const choices *c, const dw_initial *initial, uint64_t out[2]) {
  simulation sim;
  assert_all_ok(simulation_open(&sim, c));
  assert_all_ok(simulation_start(&sim, initial));
  for (int step = 0; step < 3; step++) {
    dw_step(sim.state);
  }
  out[0] = dw_field_fingerprint(sim.state->phi[0]);
  out[1] = dw_field_fingerprint(sim.state->pi[0]);
  simulation_close(&sim);
}

/* Catches a start that depends on the process grid or the number of threads, local positions taken for global ones. */
static void same_bits_everywhere(void **state) {
  (void)state;
  const int64_t processes = dw_comm_size(dw_comm_world());
  const int before = omp_get_max_threads();
  int ran = 0;
  assert_all(dw_comm_rank(dw_comm_world()) != 0 || write_bands("bands.txt", false));
  for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
    for (int odd = 0; odd < 2; odd++) {
      choices c = {.points = odd ? 15 : 16, .spacing = 0.6, .s = 1.0, .expansion = 1.0, .precision = DW_SINGLE};
      c.precision = (i + (size_t)odd) % 2 == 0 ? DW_DOUBLE : DW_SINGLE;
      uint64_t alone[2];
      uint64_t together[2];
      omp_set_num_threads(1);
      after_three_steps(&c, &starts[i], alone);
      omp_set_num_threads(2);
      c.comm = dw_comm_world();
      for (int64_t across = 1; across <= processes; across++) {
        const int64_t grid[2] = {across, processes / across};
        if (processes % across == 0) {
          c.grid = grid;
          after_three_steps(&c, &starts[i], together);
          assert_all(together[0] == alone[0] && together[1] == alone[1]);
          ran++;
        }
      }
    }
  }
  omp_set_num_threads(before);
  assert_all(ran >= 12);
}

/* Catches a sphere or a mode at the wrong place, of the wrong size, sign or mean. */
static void shapes(void **state) {
  (void)state;
  const choices c = {.points = 16, .spacing = 0.5};
  simulation sim;
  assert_all_ok(simulation_open(&sim, &c));
  assert_all_ok(simulation_start(&sim, &starts[4]));
  bool good = true;
  for (int64_t i = 0; i < 4096; i++) {
    const double r =
        hypot(hypot(0.5 * (double)(i / 256) - 4.0, 0.5 * (double)(i / 16 % 16) - 4.0), 0.5 * (double)(i % 16) - 4.0);
    good = good &&
           fabs(dw_field_get(sim.state->phi[0], i / 256, i / 16 % 16, i % 16) - tanh((2.5 - r) / sqrt(2.0))) < 1e-14;
  }
  assert_all(good);
  assert_all_ok(simulation_start(&sim, &starts[5]));
  for (int64_t i = 0; i < 4096; i++) {
    const double phase = (double)(i / 256 - 2 * (i / 16 % 16) + 3 * (i % 16)) / 16.0;
    good = good && fabs(dw_field_get(sim.state->phi[0], i / 256, i / 16 % 16, i % 16) - 0.1 -
                        0.5 * cos(6.283185307179586 * phase)) < 1e-14;
  }
  assert_all(good);
  simulation_close(&sim);
}

/* Catches a start from a file that loses bits, mixes up phi and phi', keeps the steps of what was there before, or
 * takes a box of another size. */
static void snapshots(void **state) {
  (void)state;
  choices c = {.comm = dw_comm_world(), .points = 15, .spacing = 0.5, .expansion = 1.0, .s = 1.0};
  simulation sim;
  const dw_initial snapshot = {.kind = "snapshot", .file = "start.h5"};
  assert_all_ok(simulation_open(&sim, &c));
  assert_all_ok(simulation_start(&sim, &starts[3])); /* walls that move */
  const uint64_t phi = dw_field_fingerprint(sim.state->phi[0]);
  const uint64_t pi = dw_field_fingerprint(sim.state->pi[0]);
  assert_all_ok(write_fields(&sim, snapshot.file));
  dw_step(sim.state);
  assert_all_ok(simulation_start(&sim, &snapshot));
  assert_all(dw_field_fingerprint(sim.state->phi[0]) == phi && dw_field_fingerprint(sim.state->pi[0]) == pi);
  assert_all(sim.state->step == 0 && sim.state->pending == 0.0);
  assert_all_close(dw_state_tau(sim.state), 1.0, 0.0, 0.0); /* not the file's */
  simulation_close(&sim);
  c.points = 16;
  assert_all_ok(simulation_open(&sim, &c));
  assert_all_status(simulation_start(&sim, &snapshot), DW_ERR_FILE);
  assert_all(strstr(dw_message(), "set lattice.length") != NULL);
  simulation_close(&sim);
}

/* Catches walls in a potential that has none, and a kind that doesn't exist. */
static void refusals(void **state) {
  (void)state;
  const choices c = {.points = 8, .potential = "free"};
  simulation sim;
  assert_all_ok(simulation_open(&sim, &c));
  const dw_initial walls = {.kind = "walls", .normal = {1, 0, 0}};
  const dw_initial sphere = {.kind = "sphere", .radius = 2.0};
  const dw_initial unknown = {.kind = "cube"};
  const dw_initial missing = {.kind = "snapshot", .file = "not-there.h5"};
  assert_all_status(simulation_start(&sim, &walls), DW_ERR_PARAM);
  assert_all_status(simulation_start(&sim, &sphere), DW_ERR_PARAM);
  assert_all_status(simulation_start(&sim, &unknown), DW_ERR_PARAM);
  assert_all_status(simulation_start(&sim, &missing), DW_ERR_FILE);
  simulation_close(&sim);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(same_bits_everywhere),
    cmocka_unit_test(shapes),
    cmocka_unit_test(snapshots),
    cmocka_unit_test(refusals),
};

DW_TEST_MPI_MAIN(tests)
