/* The state between steps, and what a uniform field does. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/dw_test.h"
#include "tests/fields/measured.h"

static const dw_initial noise = {.kind = "white-noise", .seed = 3, .rms = 0.7, .cutoff = 1.5};

static const choices radiation = {.points = 16, .spacing = 0.6, .s = 1.0, .expansion = 1.0, .bias = 0.05, .dtau = 0.1};

static void measure_once(simulation *sim) { (void)simulation_measure(sim); }

/* Fingerprints of phi and pi after ten steps; what is measured in between, every `often` steps, is thrown away. */
static void fingerprints(choices c, int often, uint64_t out[2]) {
  simulation sim;
  assert_ok(simulation_open(&sim, &c));
  assert_ok(simulation_start(&sim, &noise));
  for (int step = 1; step <= 10; step++) {
    if (often > 0 && step % often == 0) {
      measure_once(&sim);
    }
    dw_step(sim.state);
  }
  out[0] = dw_field_fingerprint(sim.state->phi[0]);
  out[1] = dw_field_fingerprint(sim.state->pi[0]);
  simulation_close(&sim);
}

/* Catches a measurement that completes the pending kick in place, or otherwise changes the bits of the evolution. */
static void measuring_leaves_no_trace(void **state) {
  (void)state;
  for (int order = 2; order <= 4; order += 2) {
    for (int precision = DW_SINGLE; precision <= DW_DOUBLE; precision += DW_DOUBLE - DW_SINGLE) {
      choices c = radiation;
      c.stencil = order;
      c.precision = (dw_precision)precision;
      uint64_t never[2];
      uint64_t always[2];
      uint64_t sometimes[2];
      fingerprints(c, 0, never);
      fingerprints(c, 1, always);
      fingerprints(c, 3, sometimes);
      assert_memory_equal(never, always, sizeof never);
      assert_memory_equal(never, sometimes, sizeof never);
    }
  }
}

/* Catches rows of phi' that are wrong, or crash, where they don't start on a cache line, as in the rows of a file. */
static void velocity_rows_may_lie_anywhere(void **state) {
  (void)state;
  for (int precision = DW_SINGLE; precision <= DW_DOUBLE; precision += DW_DOUBLE - DW_SINGLE) {
    choices c = radiation;
    c.precision = (dw_precision)precision;
    c.points = 13;
    simulation sim;
    assert_ok(simulation_open(&sim, &c));
    assert_ok(simulation_start(&sim, &noise));
    dw_step(sim.state);
    dw_state_exchange(sim.state);
    const size_t bytes = 13 * (size_t)precision;
    _Alignas(DW_ROW_ALIGNMENT) char aligned[13 * 8];
    _Alignas(DW_ROW_ALIGNMENT) char packed[2 * 13 * 8];
    dw_state_velocity_row(sim.state, 0, 4, 5, aligned);
    memset(packed, 0x5a, sizeof packed);
    dw_state_velocity_row(sim.state, 0, 4, 5, packed + precision);
    assert_memory_equal(packed + precision, aligned, bytes);
    assert_true(packed[0] == 0x5a && packed[bytes + (size_t)precision] == 0x5a);
    simulation_close(&sim);
  }
}

/* Catches counters that aren't kept or reset, and a start that keeps the momentum of what was there before. */
static void steps_and_starts(void **state) {
  (void)state;
  simulation sim;
  assert_ok(simulation_open(&sim, &radiation));
  assert_ok(simulation_start(&sim, &noise));
  const uint64_t phi = dw_field_fingerprint(sim.state->phi[0]);
  const uint64_t pi = dw_field_fingerprint(sim.state->pi[0]);
  assert_true(sim.state->pending == 0.0 && sim.state->step == 0);
  assert_close(dw_state_tau(sim.state), 1.0, 0.0, 0.0);
  assert_close(dw_state_scale_factor(sim.state), 1.0, 0.0, 0.0);
  for (int step = 0; step < 5; step++) {
    dw_step(sim.state);
  }
  assert_true(sim.state->pending == 0.5 && sim.state->step == 5);
  assert_close(dw_state_tau(sim.state), 1.5, 1e-15, 0.0);
  assert_close(dw_state_scale_factor(sim.state), 1.5, 1e-15, 0.0);
  const dw_initial starts[] = {noise,
                               {.kind = "walls", .normal = {1, 0, 0}},
                               {.kind = "sphere", .radius = 3.0},
                               {.kind = "mode", .normal = {1, 0, 0}, .amplitude = 1.0}};
  for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
    dw_step(sim.state);
    assert_ok(simulation_start(&sim, &starts[i]));
    assert_true(sim.state->pending == 0.0 && sim.state->step == 0 && !sim.state->phi[0]->halo_fresh);
    double largest = 0.0;
    for (int64_t j = 0; j < 16 * 16 * 16; j++) {
      largest = fmax(largest, fabs(dw_field_get(sim.state->pi[0], j / 256, j / 16 % 16, j % 16)));
    }
    assert_close(largest, 0.0, 0.0, 0.0);
    if (i == 0) {
      assert_true(dw_field_fingerprint(sim.state->phi[0]) == phi && dw_field_fingerprint(sim.state->pi[0]) == pi);
    }
  }
  simulation_close(&sim);
}

/* Catches phi' at another time than phi, and a kick that isn't its own mirror: turned round, the run comes back. */
static void flat_space_runs_backwards(void **state) {
  (void)state;
  choices c = radiation;
  c.expansion = 0.0;
  simulation sim;
  assert_ok(simulation_open(&sim, &c));
  assert_ok(simulation_start(&sim, &noise));
  static double first[16 * 16 * 16];
  static double velocity[16 * 16 * 16];
  for (int64_t i = 0; i < 4096; i++) {
    first[i] = dw_field_get(sim.state->phi[0], i / 256, i / 16 % 16, i % 16);
  }
  for (int leg = 0; leg < 2; leg++) {
    for (int step = 0; step < 30; step++) {
      dw_step(sim.state);
    }
    dw_state_exchange(sim.state);
    for (int64_t i = 0; i < 4096; i++) {
      velocity[i] = simulation_velocity(&sim, i / 256, i / 16 % 16, i % 16);
    }
    for (int64_t i = 0; i < 4096; i++) {
      dw_field_set(sim.state->pi[0], i / 256, i / 16 % 16, i % 16, -velocity[i]);
    }
    sim.state->pending = 0.0;
  }
  double worst = 0.0;
  for (int64_t i = 0; i < 4096; i++) {
    worst = fmax(worst, fabs(dw_field_get(sim.state->phi[0], i / 256, i / 16 % 16, i % 16) - first[i]));
    worst = fmax(worst, fabs(velocity[i]));
  }
  assert_close(worst, 0.0, 0.0, 1e-11);
  simulation_close(&sim);
}

/* phi'' = -(3 - s) p/tau phi' - a^{2s} [phi (phi^2 - 1) + a^{1-s} eps (phi^2 - 1)] */
static void right_side(const choices *c, double tau, const double y[2], double out[2]) {
  const double start = c->expansion / c->hubble;
  const double a = pow(tau / start, c->expansion);
  const double force = y[0] * (y[0] * y[0] - 1.0) + pow(a, 1.0 - c->s) * c->bias * (y[0] * y[0] - 1.0);
  out[0] = y[1];
  out[1] = -(3.0 - c->s) * c->expansion / tau * y[1] - pow(a, 2.0 * c->s) * force;
}

/* By the classical method of Runge and Kutta in many steps. */
static void exact_uniform(const choices *c, double phi, double duration, double y[2]) {
  const int steps = 20000;
  const double h = duration / steps;
  double tau = c->expansion / c->hubble;
  y[0] = phi;
  y[1] = 0.0;
  for (int i = 0; i < steps; i++) {
    double k[4][2];
    double at[2];
    right_side(c, tau, y, k[0]);
    for (int j = 1; j < 4; j++) {
      const double part = j == 3 ? h : 0.5 * h;
      at[0] = y[0] + part * k[j - 1][0];
      at[1] = y[1] + part * k[j - 1][1];
      right_side(c, tau + part, at, k[j]);
    }
    for (int d = 0; d < 2; d++) {
      y[d] += h / 6.0 * (k[0][d] + 2.0 * k[1][d] + 2.0 * k[2][d] + k[3][d]);
    }
    tau += h;
  }
}

static double uniform_error(choices c, double dtau, const double expected[2]) {
  c.dtau = dtau;
  simulation sim;
  assert_ok(simulation_open(&sim, &c));
  const dw_initial uniform = {.kind = "mode", .mean = 0.3};
  assert_ok(simulation_start(&sim, &uniform));
  for (int step = 0; step < (int)lrint(4.0 / dtau); step++) {
    dw_step(sim.state);
  }
  dw_state_exchange(sim.state);
  const double error = fabs(dw_field_get(sim.state->phi[0], 1, 2, 3) - expected[0]) +
                       fabs(simulation_velocity(&sim, 1, 2, 3) - expected[1]);
  simulation_close(&sim);
  return error;
}

/* Catches wrong powers of a in friction, potential or bias, for any s and expansion, with an independent solution. */
static void uniform_field_follows_the_equation(void **state) {
  (void)state;
  const double expansions[] = {1.0, 2.0, 0.5};
  const double powers[] = {1.0, 0.0, 0.4};
  for (size_t e = 0; e < 3; e++) {
    for (size_t i = 0; i < 3; i++) {
      const choices c = {.points = 4, .s = powers[i], .expansion = expansions[e], .hubble = 0.5, .bias = 0.2};
      double expected[2];
      exact_uniform(&c, 0.3, 4.0, expected);
      const double error[2] = {uniform_error(c, 0.02, expected), uniform_error(c, 0.01, expected)};
      print_message("uniform field, a ~ tau^%.1f, s = %.1f: error %.2e %.2e at dtau = 0.02 0.01, order %.2f\n",
                    expansions[e], powers[i], error[0], error[1], order_of(error[0], error[1]));
      assert_close(order_of(error[0], error[1]), 2.0, 0.0, 0.1);
      assert_true(error[1] < 2e-3);
    }
  }
}

/* phi of a uniform field after 20 steps. */
static double rolled(double phi, double bias) {
  choices c = radiation;
  c.bias = bias;
  simulation sim;
  assert_ok(simulation_open(&sim, &c));
  const dw_initial uniform = {.kind = "mode", .mean = phi};
  assert_ok(simulation_start(&sim, &uniform));
  for (int step = 0; step < 20; step++) {
    dw_step(sim.state);
  }
  const double result = dw_field_get(sim.state->phi[0], 3, 2, 1);
  simulation_close(&sim);
  return result;
}

/* Catches a bias of the wrong sign, one that moves the minima, and one that acts where it is 0. */
static void bias_favours_the_positive_vacuum(void **state) {
  (void)state;
  assert_true(rolled(0.0, 0.1) > 1e-2);
  assert_true(rolled(0.0, -0.1) < -1e-2);
  assert_close(rolled(0.0, 0.0), 0.0, 0.0, 0.0);
  assert_close(rolled(1.0, 0.1), 1.0, 0.0, 0.0);
  assert_close(rolled(-1.0, 0.1), -1.0, 0.0, 0.0);
}

/* Catches a stencil that is allowed to read beyond the halo. */
static void narrow_halo_is_refused(void **state) {
  (void)state;
  const choices c = {.points = 8, .stencil = 4, .halo = 1};
  simulation sim;
  assert_status(simulation_open(&sim, &c), DW_ERR_INTERNAL);
  assert_null(sim.state);
  simulation_close(&sim);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(measuring_leaves_no_trace),
    cmocka_unit_test(velocity_rows_may_lie_anywhere),
    cmocka_unit_test(steps_and_starts),
    cmocka_unit_test(flat_space_runs_backwards),
    cmocka_unit_test(uniform_field_follows_the_equation),
    cmocka_unit_test(bias_favours_the_positive_vacuum),
    cmocka_unit_test(narrow_halo_is_refused),
};

int main(void) { return cmocka_run_group_tests(tests, NULL, NULL); }
