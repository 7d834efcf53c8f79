/* Several steps in one pass give the bits of single steps, however many, on any process grid. */
#include <omp.h>
#include <math.h>
#include <string.h>

#include "tests/dw_test_mpi.h"
#include "tests/fields/simulation.h"

static double wavy(int64_t n, int64_t x, int64_t y, int64_t z, double shift) {
  const double unit = 6.283185307179586 / (double)n;
  return 0.8 * sin(unit * (double)(3 * x + y) + shift) + 0.5 * cos(unit * (double)(2 * y - 5 * z) - shift) +
         0.1 * sin(unit * (double)(7 * x * y % n + z));
}

static void fill(const simulation *sim) {
  const dw_lattice *lattice = sim->lattice;
  for (int64_t x = 0; x < lattice->count[0]; x++) {
    for (int64_t y = 0; y < lattice->count[1]; y++) {
      for (int64_t z = 0; z < lattice->points; z++) {
        const int64_t at[2] = {x + lattice->start[0], y + lattice->start[1]};
        dw_field_set(sim->state->phi[0], x, y, z, wavy(lattice->points, at[0], at[1], z, 0.3));
        dw_field_set(sim->state->pi[0], x, y, z, 0.6 * wavy(lattice->points, at[1], z, at[0], 1.1));
      }
    }
  }
}

typedef struct outcome {
  uint64_t print[3];
} outcome;

/* phi, pi, and phi' of one row, after `steps` steps in batches of `batch`. */
static outcome evolve(choices c, const char *integrator, int steps, int batch) {
  simulation sim;
  outcome o = {{0, 0, 0}};
  assert_all_ok(simulation_open(&sim, &c));
  assert_all_ok(dw_integrator_find(&sim.model.integrator, integrator));
  sim.model.values.bias = 0.03;
  fill(&sim);
  for (int done = 0; done < steps; done += batch) {
    dw_steps(sim.state, steps - done < batch ? steps - done : batch, NULL);
  }
  assert_all(sim.state->step == steps);
  o.print[0] = dw_field_fingerprint(sim.state->phi[0]);
  o.print[1] = dw_field_fingerprint(sim.state->pi[0]);
  dw_state_exchange(sim.state);
  dw_field *velocity = NULL;
  assert_all_ok(dw_field_create(&velocity, sim.lattice, sim.state->precision));
  for (int64_t x = 0; x < sim.lattice->count[0]; x++) {
    for (int64_t y = 0; y < sim.lattice->count[1]; y++) {
      dw_state_velocity_row(sim.state, 0, x, y, dw_field_row(velocity, x, y));
    }
  }
  o.print[2] = dw_field_fingerprint(velocity);
  dw_field_destroy(velocity);
  simulation_close(&sim);
  return o;
}

/* Catches a wavefront that overtakes its neighbours, tiles that lean too little, halos that are too shallow or without
 * corners, and batches that don't end with the last step. */
static void batches_have_the_bits_of_steps(void **state) {
  (void)state;
  static const char *const integrators[] = {"leapfrog", "yoshida4"};
  static const int64_t sizes[] = {24, 30};
  const int threads = omp_get_max_threads();
  for (int64_t i = 0; i < 2; i++) {
    for (int order = 2; order <= 4; order += 2) {
      for (int single = 0; single < 2; single++) {
        choices c = {.comm = dw_comm_self(),
                     .points = sizes[i],
                     .spacing = 0.5,
                     .stencil = order,
                     .precision = single ? DW_SINGLE : DW_DOUBLE,
                     .s = 1.0,
                     .expansion = 1.0};
        for (int which = 0; which < 2; which++) {
          const outcome plain = evolve(c, integrators[which], 7, 1);
          for (int stages = 1; stages <= (order == 2 ? 8 : 4); stages += stages < 4 ? 1 : 2) {
            choices deep = c;
            deep.comm = dw_comm_world();
            deep.halo = stages * order / 2;
            const int64_t least = sizes[i] / dw_comm_size(dw_comm_world());
            if (least < deep.halo) {
              continue;
            }
            omp_set_num_threads(1 + stages % 3); /* as many tiles */
            const outcome batched = evolve(deep, integrators[which], 7, 7);
            omp_set_num_threads(threads);
            assert_all(memcmp(&plain, &batched, sizeof plain) == 0);
          }
        }
      }
    }
  }
}

/* Catches what only some process grids show. */
static void on_all_grids(void **state) {
  (void)state;
  const int processes = dw_comm_size(dw_comm_world());
  const choices c = {.comm = dw_comm_self(), .points = 24, .spacing = 0.5, .stencil = 2, .s = 1.0, .expansion = 1.0};
  const outcome plain = evolve(c, "leapfrog", 9, 1);
  for (int across = 1; across <= processes; across++) {
    if (processes % across == 0) {
      choices deep = c;
      deep.comm = dw_comm_world();
      deep.grid = (const int64_t[2]){across, processes / across};
      deep.halo = 4;
      deep.align = 2;
      const outcome batched = evolve(deep, "leapfrog", 9, 5);
      assert_all(memcmp(&plain, &batched, sizeof plain) == 0);
    }
  }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(batches_have_the_bits_of_steps),
    cmocka_unit_test(on_all_grids),
};

DW_TEST_MPI_MAIN(tests)
