#include <omp.h>

#include "analysis/power.h"
#include "lattice/sum.h"
#include "tests/fields/simulation.h"
#include "tests/lattice/fixture.h"

enum { MOST = 16 };

/* Runs the body on every process grid that fits, on lattices of even and odd size. */
static void on_all(choices c, void (*body)(simulation *sim)) {
  const int64_t processes = dw_comm_size(dw_comm_world());
  c.comm = dw_comm_world();
  int ran = 0;
  for (int64_t across = 1; across <= processes; across++) {
    const int64_t grid[2] = {across, processes / across};
    if (processes % across != 0 || dw_grid_check(c.points, 1, 1, (int)processes, grid) != DW_OK) {
      continue;
    }
    c.grid = grid;
    simulation sim;
    assert_all_ok(simulation_open(&sim, &c));
    assert_all_ok(dw_modes_create(&sim.modes, sim.lattice, DW_ALL_MODES, sim.state->precision));
    body(&sim);
    simulation_close(&sim);
    ran++;
  }
  assert_all(ran > 0);
}

/* amplitude cos(2 pi n.x/L): |phi_k|^2 = (amplitude L^3/2)^2 for k and -k, so a shell of `count` modes has the mean
 * power amplitude^2 L^3/(2 count); a mode that is its own mirror is one mode of (amplitude L^3)^2. */
static void check_mode(simulation *sim, const dw_shells *shells, const int64_t n[3], bool own_mirror) {
  const dw_initial wave = {.kind = "mode", .normal = {n[0], n[1], n[2]}, .amplitude = 0.3, .mean = 0.2};
  double power[MOST];
  double error[MOST];
  assert_all_ok(simulation_start(sim, &wave));
  assert_all_ok(dw_power_measure(sim->state->phi[0], sim->modes, shells, power, error));
  const int64_t shell = dw_shell_of(n[0] * n[0] + n[1] * n[1] + n[2] * n[2]);
  const double length = sim->lattice->length;
  const double peak = 0.09 * length * length * length;
  for (int64_t s = 1; s <= shells->shells; s++) {
    const double count = (double)shells->count[s - 1];
    const double modes = own_mirror ? 1.0 : 2.0;
    const double per_mode = own_mirror ? peak : 0.25 * peak;
    const double expected = s == shell ? modes * per_mode / count : 0.0;
    assert_all_close(power[s - 1], expected, 1e-12, 1e-25 * peak);
    if (s == shell) { /* one pair of `count` modes: standard deviation over the root of the pairs */
      const double mean = expected;
      const double variance = (modes * (per_mode - mean) * (per_mode - mean) + (count - modes) * mean * mean) / count;
      assert_true(!own_mirror || error[s - 1] > 0.0);
      if (!own_mirror && count > 2.5) {
        const double pairs = 0.5 * count;
        const double low = sqrt(variance / pairs);
        const double high = sqrt(variance / (pairs - 1.0));
        assert_all(error[s - 1] > low * (1.0 - 1e-12) && error[s - 1] < high * (1.0 + 1e-12));
      }
    } else {
      assert_all_close(error[s - 1], 0.0, 0.0, 1e-25 * peak);
    }
  }
}

static void modes_body(simulation *sim) {
  const int64_t points = sim->lattice->points;
  dw_shells *shells = NULL;
  assert_all_ok(dw_shells_create(&shells, sim->modes, NULL, NULL));
  const int64_t modes[][3] = {{1, 0, 0}, {0, 0, 1}, {0, -2, 1}, {1, 2, 2}, {-3, 2, 0}, {3, -3, -3}};
  for (size_t m = 0; m < sizeof modes / sizeof modes[0]; m++) {
    check_mode(sim, shells, modes[m], false);
  }
  if (points % 2 == 0) {
    check_mode(sim, shells, (int64_t[3]){points / 2, 0, 0}, true);
    check_mode(sim, shells, (int64_t[3]){0, 0, points / 2}, true);
  }
  dw_shells_destroy(shells);
}

/* Catches a wrong power of dx or L, a pair counted once, a Nyquist mode counted twice, a mode in the wrong shell, a
 * zero mode in a shell, and an error that isn't that of the mean. */
static void single_modes(void **state) {
  (void)state;
  on_all((choices){.points = 12, .spacing = 0.7}, modes_body);
  on_all((choices){.points = 13, .spacing = 0.7}, modes_body);
}

/* Sum of |phi_k|^2/N^6 over the corners of the cube, beyond the last shell. */
static double corners(const dw_modes *modes) {
  dw_sum sum;
  dw_sum_clear(&sum);
  for (int64_t kx = 0; kx < modes->side; kx++) {
    for (int64_t ky = 0; ky < modes->count[0]; ky++) {
      for (int64_t kz = 0; kz < modes->count[1]; kz++) {
        const int64_t n[3] = {dw_mode_number(modes->side, kx), dw_mode_number(modes->side, ky + modes->start[0]),
                              kz + modes->start[1]};
        if (dw_shell_of(n[0] * n[0] + n[1] * n[1] + n[2] * n[2]) > modes->side / 2) {
          double value[2];
          dw_modes_get(modes, kx, ky, kz, value);
          dw_sum_add(&sum, dw_modes_weight(modes->side, n[2]) * (value[0] * value[0] + value[1] * value[1]));
        }
      }
    }
  }
  dw_sum_reduce(modes->lattice->comm, &sum, 1);
  const double n3 = (double)(modes->side * modes->side * modes->side);
  return dw_sum_value(&sum) / (n3 * n3);
}

static void parseval_body(simulation *sim) {
  const int64_t points = sim->lattice->points;
  fixture_fill(sim->state->phi[0]);
  double mean = 0.0;
  double square = 0.0;
  for (int64_t x = 0; x < points; x++) {
    for (int64_t i = 0; i < points * points; i++) {
      const double phi = fixture_site(points, x, i / points, i % points);
      mean += phi / (double)(points * points * points);
      square += phi * phi / (double)(points * points * points);
    }
  }
  dw_shells *shells = NULL;
  double power[MOST];
  double error[MOST];
  assert_all_ok(dw_shells_create(&shells, sim->modes, NULL, NULL));
  assert_all_ok(dw_power_measure(sim->state->phi[0], sim->modes, shells, power, error));
  const double length = sim->lattice->length;
  double sum = corners(sim->modes); /* the transform is still there */
  for (int64_t s = 0; s < shells->shells; s++) {
    sum += (double)shells->count[s] * power[s] / (length * length * length);
  }
  const bool single = sim->state->precision == DW_SINGLE;
  assert_all_close(sum, square - mean * mean, single ? 1e-6 : 1e-13, 0.0);
  dw_shells_destroy(shells);
}

/* Catches modes that are lost or counted twice: the shells and the corners hold the whole variance. */
static void shells_and_corners_hold_the_variance(void **state) {
  (void)state;
  for (int precision = DW_SINGLE; precision <= DW_DOUBLE; precision += DW_DOUBLE - DW_SINGLE) {
    on_all((choices){.points = 16, .spacing = 0.7, .precision = (dw_precision)precision}, parseval_body);
    on_all((choices){.points = 15, .spacing = 0.7, .precision = (dw_precision)precision}, parseval_body);
  }
}

static void power_of(simulation *sim, double out[2 * MOST]) {
  dw_shells *shells = NULL;
  memset(out, 0, 2 * MOST * sizeof *out);
  assert_all_ok(dw_shells_create(&shells, sim->modes, NULL, NULL));
  fixture_fill(sim->state->phi[0]);
  assert_all_ok(dw_power_measure(sim->state->phi[0], sim->modes, shells, out, out + MOST));
  dw_shells_destroy(shells);
}

static void bits_body(simulation *sim) {
  const choices c = {.points = sim->lattice->points, .spacing = 0.7, .precision = sim->state->precision};
  double alone[2 * MOST];
  double together[2 * MOST];
  simulation single;
  assert_all_ok(simulation_open(&single, &c));
  assert_all_ok(dw_modes_create(&single.modes, single.lattice, DW_ALL_MODES, c.precision));
  power_of(&single, alone);
  simulation_close(&single);
  power_of(sim, together);
  assert_all(memcmp(alone, together, sizeof alone) == 0);
}

/* Catches a spectrum whose last bit depends on the number of processes. */
static void same_bits_everywhere(void **state) {
  (void)state;
  on_all((choices){.points = 20, .spacing = 0.7, .precision = DW_SINGLE}, bits_body);
  on_all((choices){.points = 15, .spacing = 0.7, .precision = DW_DOUBLE}, bits_body);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(single_modes),
    cmocka_unit_test(shells_and_corners_hold_the_variance),
    cmocka_unit_test(same_bits_everywhere),
};

DW_TEST_MPI_MAIN(tests)
