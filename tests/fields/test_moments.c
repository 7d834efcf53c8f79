/* What depends on time in the equation of motion: fat walls that hand over, biases that switch on, walls that melt. */
#include <math.h>
#include <string.h>

#include "tests/dw_test_rows.h"
#include "tests/fields/simulation.h"

static dw_model radiation(double s) {
  dw_model model;
  const choices c = {.s = s, .expansion = 1.0};
  assert_ok(simulation_model(&model, &c));
  return model;
}

/* Catches a weight of the general equation that isn't that of M = a^s. */
static void factors_of_a_power(void **state) {
  (void)state;
  for (double s = 0.0; s <= 1.0; s += 0.25) {
    const dw_model model = radiation(s);
    const dw_moment now = dw_model_at(&model, 3.0); /* a = tau in this radiation era */
    assert_close(now.at.a, 3.0, 1e-15, 0.0);
    assert_close(now.mass, pow(3.0, s), 1e-14, 0.0);
    assert_close(now.momentum, pow(3.0, 3.0 - s), 1e-14, 0.0);
    assert_close(now.degenerate, pow(3.0, 2.0 * s), 1e-14, 0.0);
    assert_close(now.bias, pow(3.0, 1.0 + s), 1e-14, 0.0);
    assert_close(now.energy, pow(3.0, 1.0 + s), 1e-14, 0.0);
    assert_close(now.stress, pow(3.0, 1.0 - s), 1e-14, 0.0);
    assert_close(dw_model_wall_width(&model, 3.0), sqrt(2.0) / pow(3.0, s), 1e-14, 0.0);
  }
}

/* Catches a hand-over that jumps, a fat stage whose walls aren't as wide as at its end, or a friction and tension that
 * don't belong together: all factors follow from M = width/(delta) alone. */
static void handing_over(void **state) {
  (void)state;
  for (double s = 0.0; s < 1.0; s += 0.5) {
    dw_model model = radiation(s);
    model.physical_from = 4.0;
    const dw_model physical = radiation(1.0);
    for (double tau = 1.0; tau < 8.0; tau += 0.37) {
      const dw_moment now = dw_model_at(&model, tau);
      const double mass = tau < 4.0 ? pow(4.0, 1.0 - s) * pow(tau, s) : tau;
      assert_close(now.mass, mass, 1e-14, 0.0);
      assert_close(now.momentum, tau * tau * tau / mass, 1e-14, 0.0);
      assert_close(now.degenerate, mass * mass, 1e-14, 0.0);
      assert_close(now.bias, tau * mass, 1e-14, 0.0);
      assert_close(now.energy, tau * mass, 1e-14, 0.0);
      assert_close(now.stress, tau / mass, 1e-14, 0.0);
    }
    const dw_moment late = dw_model_at(&model, 6.0);
    const dw_moment alone = dw_model_at(&physical, 6.0);
    assert_memory_equal(&late, &alone, sizeof late);
  }
}

/* Catches a start whose momentum forgets that M isn't 1 there: phi' of a moving wall. */
static void start_before_the_hand_over(void **state) {
  (void)state;
  const choices c = {.points = 32, .spacing = 0.4, .s = 0.0, .expansion = 1.0};
  simulation sim;
  assert_ok(simulation_open(&sim, &c));
  sim.model.physical_from = 3.0;
  const dw_initial wall = {.kind = "walls", .normal = {0, 0, 1}, .velocity = 0.3};
  assert_ok(simulation_start(&sim, &wall));
  dw_state_exchange(sim.state);
  double largest = 0.0;
  for (int64_t z = 0; z < 32; z++) {
    const double rate = simulation_velocity(&sim, 0, 0, z);
    largest = fmax(largest, fabs(rate));
    assert_close(dw_field_get(sim.state->pi[0], 0, 0, z), rate / 3.0, 1e-14, 1e-300); /* a^3/M = 1/3 */
  }
  assert_true(largest > 0.45 && largest < 0.67); /* v gamma M/sqrt(2), where the lattice has a point */
  simulation_close(&sim);
}

/* Catches a bias that acts too early, grows with another power, or doesn't arrive. */
static void bias_in_time(void **state) {
  (void)state;
  dw_model model = radiation(1.0);
  model.bias_start = 2.0;
  assert_close(dw_model_at(&model, 1.99).bias, 0.0, 0.0, 0.0);
  assert_close(dw_model_at(&model, 2.0).bias, 4.0, 1e-14, 0.0);
  model.bias_full = 5.0;
  model.bias_power = 3.0;
  assert_close(dw_model_at(&model, 1.99).bias, 0.0, 0.0, 0.0);
  assert_close(dw_model_at(&model, 2.5).bias, 6.25 * 0.125, 1e-14, 0.0);
  assert_close(dw_model_at(&model, 5.0).bias, 25.0, 1e-14, 0.0);
  assert_close(dw_model_at(&model, 6.0).bias, 36.0, 1e-14, 0.0);
}

static double raised_by(const dw_potential *potential, const dw_potential_values *values, const dw_instant *at) {
  double v0[2];
  double vb[2];
  dw_potential_at(potential, values, at, -at->vacuum, &v0[0], &vb[0]);
  dw_potential_at(potential, values, at, at->vacuum, &v0[1], &vb[1]);
  assert_close(v0[0], 0.0, 0.0, 1e-15);
  assert_close(v0[1], 0.0, 0.0, 1e-15);
  return vb[0] - vb[1];
}

/* Catches a shape of the bias whose vacua don't differ by 4 eps/3, or whose slope is another's; in both potentials that
 * have shapes. And the cubic one has to leave the vacua where they are, the others not. */
static void shapes_of_the_bias(void **state) {
  (void)state;
  static const char *const names[] = {"double-well", "phi6"};
  for (int p = 0; p < 2; p++) {
    const dw_potential *potential = NULL;
    assert_ok(dw_potential_find(&potential, names[p]));
    for (int shape = DW_BIAS_CUBIC; shape <= DW_BIAS_PHI3; shape++) {
      const dw_potential_values values = {.bias = 0.3, .bias_shape = shape, .sextic = 0.6};
      assert_close(raised_by(potential, &values, &dw_instant_start), 0.4, 1e-14, 0.0);
      const double h = 1e-4;
      for (double phi = -1.9; phi < 2.0; phi += 0.1) {
        double v0[2];
        double vb[2];
        dw_potential_at(potential, &values, &dw_instant_start, phi - h, &v0[0], &vb[0]);
        dw_potential_at(potential, &values, &dw_instant_start, phi + h, &v0[1], &vb[1]);
        const double slope = (0.7 * (v0[1] - v0[0]) + 0.3 * (vb[1] - vb[0])) / (2.0 * h);
        assert_close(dw_potential_slope(potential, &values, &dw_instant_start, 0.7, 0.3, phi), slope, 1e-6, 1e-7);
      }
      const double moved = dw_potential_slope(potential, &values, &dw_instant_start, 1.0, 1.0, -1.0);
      assert_true(shape == DW_BIAS_CUBIC ? fabs(moved) < 1e-15 : fabs(moved) > 0.1);
    }
  }
}

/* Catches a melting potential that doesn't scale: v(phi) = r^4 v(phi/r) for the degenerate part, DeltaV = 4 eps r^3/3,
 * and tension and width that go with r^3 and 1/r. */
static void melting(void **state) {
  (void)state;
  const dw_potential *potential = NULL;
  const dw_potential *well = NULL;
  assert_ok(dw_potential_find(&potential, "melting"));
  assert_ok(dw_potential_find(&well, "double-well"));
  const dw_potential_values values = {.bias = 0.2, .melting = 2.0};
  const dw_instant at = {.a = 1.5, .vacuum = 0.4};
  for (double x = -1.5; x < 1.6; x += 0.1) {
    double v0[2];
    double vb[2];
    dw_potential_at(potential, &values, &at, 0.4 * x, &v0[0], &vb[0]);
    dw_potential_at(well, &values, &dw_instant_start, x, &v0[1], &vb[1]);
    assert_close(v0[0], pow(0.4, 4.0) * v0[1], 1e-13, 1e-17);
    assert_close(vb[0], pow(0.4, 3.0) * vb[1], 1e-13, 1e-17);
    assert_close(dw_potential_slope(potential, &values, &at, 1.0, 0.0, 0.4 * x),
                 pow(0.4, 3.0) * dw_potential_slope(well, &values, &dw_instant_start, 1.0, 0.0, x), 1e-13, 1e-16);
    assert_close(dw_potential_slope(potential, &values, &at, 0.0, 1.0, 0.4 * x),
                 pow(0.4, 2.0) * dw_potential_slope(well, &values, &dw_instant_start, 0.0, 1.0, x), 1e-13, 1e-16);
  }
  dw_model model = radiation(1.0);
  model.potential = potential;
  model.values = values;
  const dw_moment now = dw_model_at(&model, 2.0);
  assert_close(now.at.vacuum, 0.25, 1e-15, 0.0);
  assert_close(dw_model_tension(&model, 2.0), sqrt(8.0) / 3.0 / 64.0, 1e-14, 0.0);
  assert_close(dw_model_wall_width(&model, 2.0), sqrt(2.0) / 2.0 * 4.0, 1e-14, 0.0);
}

/* Catches a melting wall that isn't in equilibrium: with r = 1/a and s = 1 a wall at rest keeps its comoving width, so
 * r tanh(x/sqrt(2)) solves the equation but for r'' + 2 H r' = 0 in radiation domination, which r = 1/a obeys. */
static void melting_wall_at_rest(void **state) {
  (void)state;
  const choices c = {.points = 64, .spacing = 0.25, .s = 1.0, .stencil = 4, .expansion = 1.0, .dtau = 0.02};
  simulation sim;
  assert_ok(simulation_open(&sim, &c));
  assert_ok(dw_potential_find(&sim.model.potential, "melting"));
  sim.model.values.melting = 1.0;
  const dw_initial wall = {.kind = "walls", .normal = {0, 0, 1}};
  assert_ok(simulation_start(&sim, &wall));
  for (int64_t row = 0; row < 64 * 64; row++) { /* phi' = r'/r phi = -phi at the start, where a^2 = 1 */
    for (int64_t z = 0; z < 64; z++) {
      dw_field_set(sim.state->pi[0], row / 64, row % 64, z, -dw_field_get(sim.state->phi[0], row / 64, row % 64, z));
    }
  }
  dw_field_touch(sim.state->pi[0]);
  double profile[64];
  for (int64_t z = 0; z < 64; z++) {
    profile[z] = dw_field_get(sim.state->phi[0], 0, 0, z);
  }
  dw_steps(sim.state, 100, NULL);
  const double r = 1.0 / dw_state_scale_factor(sim.state);
  assert_close(r, 1.0 / 3.0, 1e-12, 0.0);
  double worst = 0.0;
  for (int64_t z = 0; z < 64; z++) {
    worst = fmax(worst, fabs(dw_field_get(sim.state->phi[0], 3, 5, z) / r - profile[z]));
  }
  print_message("melting wall: off by %.2g of the vacuum value\n", worst);
  assert_true(worst < 2e-3);
  simulation_close(&sim);
}

/* Catches limits that are looked at when they aren't the tightest: no time in between is worse than all the turns. */
static void worst_at_a_turn(void **state) {
  (void)state;
  static const double melting[] = {0.0, 0.5, 1.0, 3.0};
  static const double growth[] = {-9.0, -1.5, 0.0, 4.0};
  for (int trial = 0; trial < 128; trial++) {
    const double end = trial / 64 == 0 ? 5.5 : 8.0;
    dw_model model = radiation(trial / 32 % 2 == 0 ? 0.0 : 0.4);
    assert_ok(dw_potential_find(&model.potential, "melting"));
    model.values.melting = melting[trial % 4];
    model.values.bias = 0.2;
    model.bias_start = 2.0;
    model.bias_full = 5.0;
    model.bias_power = growth[trial / 4 % 4];
    model.physical_from = trial / 16 % 2 == 0 ? 0.0 : 3.3;
    double turn[DW_MODEL_TURNS];
    const int turns = dw_model_turns(&model, end, turn);
    double ratio = 0.0;
    double step = (double)INFINITY;
    for (int i = 0; i < turns; i++) {
      assert_true(turn[i] >= 1.0 && turn[i] <= end);
      ratio = fmax(ratio, dw_model_bias_ratio(&model, turn[i]));
      step = fmin(step, dw_model_stable_step(&model, 0.8, turn[i]));
    }
    for (double tau = 1.0; tau <= end; tau += 0.1) {
      assert_true(dw_model_bias_ratio(&model, tau) <= ratio * (1.0 + 1e-9));
      assert_true(dw_model_stable_step(&model, 0.8, tau) >= step * (1.0 - 1e-9));
    }
  }
}

/* Catches a bias whose curvature is taken for that of the double well where the vacua lie further apart. */
static void wide_vacua(void **state) {
  (void)state;
  dw_model model = radiation(1.0);
  model.values.coefficient[0] = 20.25; /* (phi^2 - 9)^2/4: v0'' = 18 in the vacua, v_b'' = 6 eps at +3 */
  model.values.coefficient[2] = -4.5;
  model.values.coefficient[4] = 0.25;
  model.values.bias = 0.5;
  assert_ok(dw_model_set_potential(&model, "polynomial"));
  assert_close(dw_model_stable_step(&model, 0.4, 1.0), 2.0 / sqrt(12.0 + 0.16 * (18.0 + 3.0)), 1e-9, 0.0);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(factors_of_a_power),
    cmocka_unit_test(handing_over),
    cmocka_unit_test(start_before_the_hand_over),
    cmocka_unit_test(bias_in_time),
    cmocka_unit_test(shapes_of_the_bias),
    cmocka_unit_test(melting),
    cmocka_unit_test(melting_wall_at_rest),
    cmocka_unit_test(worst_at_a_turn),
    cmocka_unit_test(wide_vacua),
};

int main(void) { return cmocka_run_group_tests(tests, NULL, NULL); }
