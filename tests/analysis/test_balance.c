#include <stdio.h>

#include "analysis/balance.h"
#include "tests/dw_test.h"
#include "tests/fields/simulation.h"

/* The law of energy that a run is held to: it holds, good steps keep within it, and long ones are noticed. */

typedef struct look {
  double worst;    /* of the balance at the end */
  double residual; /* of the law, by the trapezoidal rule from step to step, over the energy at the start */
  dw_status status;
  int steps; /* taken until then */
} look;

/* -dE/dtau of analysis/balance.h, from its own form of the law. */
static double loss(const dw_model *model, double tau, const dw_measurement *m) {
  const double hubble = dw_background_hubble(&model->background, tau);
  const double v0 = m->energy_degenerate - m->energy_kinetic - m->energy_gradient;
  return hubble *
         ((7.0 - model->s) * m->energy_kinetic + (1.0 + model->s) * m->energy_gradient + (1.0 - model->s) * v0);
}

static double energy(const dw_measurement *m) { return m->energy_kinetic + m->energy_gradient + m->energy_potential; }

/* So many steps of a network, measured at each one. */
static look evolve(const choices *c, double rms, double cutoff, int steps) {
  simulation sim;
  dw_measure *measure = NULL;
  dw_measurement m;
  dw_balance balance;
  assert_ok(simulation_open(&sim, c));
  const dw_initial initial = {.kind = "white-noise", .seed = 3, .rms = rms, .cutoff = cutoff, .fraction = 0.5};
  assert_ok(simulation_start(&sim, &initial));
  assert_ok(dw_measure_create(&measure, sim.state));
  dw_balance_init(&balance, &sim.model);
  look seen = {.status = DW_OK};
  double at_start = 0.0;
  double before = 0.0;
  double lost = 0.0;
  for (int step = 0; step <= steps && seen.status == DW_OK; step++) {
    if (step > 0) {
      dw_steps(sim.state, 1, NULL);
    }
    const double tau = dw_state_tau(sim.state);
    assert_ok(dw_measure_state(measure, sim.state, &m));
    seen.status = dw_balance_take(&balance, tau, dw_state_scale_factor(sim.state), &m);
    seen.steps = step;
    const double now = loss(&sim.model, tau, &m);
    at_start = step == 0 ? energy(&m) : at_start;
    lost += step == 0 ? 0.0 : 0.5 * (before + now) * sim.state->dtau;
    seen.residual = fmax(seen.residual, fabs(energy(&m) + lost - at_start) / at_start);
    before = now;
  }
  seen.worst = dw_balance_worst(&balance);
  dw_measure_destroy(measure);
  simulation_close(&sim);
  return seen;
}

/* Catches a wrong term of the law, a unit or power of a that is off, and a limit that a good run meets. */
static void good_runs_keep_the_law(void **state) {
  (void)state;
  const double expansions[] = {0.0, 1.0, 2.0};
  const double s[] = {0.0, 0.4, 1.0};
  const char *const potentials[] = {"double-well", "sine-gordon"};
  double residual = 0.0;
  double worst = 0.0;
  for (int i = 0; i < 18; i++) {
    const double bias = i % 2 == 0 ? 0.0 : 0.05;
    const choices c = {.points = 16,
                       .spacing = 0.4,
                       .stencil = i % 4 < 2 ? 2 : 4,
                       .potential = potentials[i / 9],
                       .bias = bias,
                       .s = s[i % 3],
                       .expansion = expansions[i / 3 % 3],
                       .dtau = 0.02};
    const look seen = evolve(&c, 0.5, 3.0, 100);
    assert_int_equal(seen.status, DW_OK);
    residual = fmax(residual, seen.residual);
    worst = fmax(worst, seen.worst);
  }
  printf("residual of the law %.2g, broken by at most %.2g\n", residual, worst);
  assert_true(residual < 1e-3);
  assert_true(worst < 1e-3);
}

/* Catches an instability that isn't noticed before the field overflows, a warning limit too tight for half the step. */
static void long_steps_are_noticed(void **state) {
  (void)state;
  choices c = {.points = 16, .spacing = 0.3, .dtau = 0.075};
  const look good = evolve(&c, 5.0, 1.5, 60);
  c.dtau = 0.15;
  const look bad = evolve(&c, 5.0, 1.5, 60);
  printf("half the step: %.2g; the step: %.2g after %d\n", good.worst, bad.worst, bad.steps);
  assert_int_equal(good.status, DW_OK);
  assert_true(good.worst < DW_BALANCE_WARNING);
  assert_int_equal(bad.status, DW_ERR_INVALID);
  assert_true(bad.steps > 1 && isfinite(bad.worst));
  /* A harmonic field beyond the limit of the leapfrog, 2/omega: it grows by the same factor at each step. */
  c = (choices){.points = 16, .spacing = 0.5, .potential = "free", .mass = 0.1, .expansion = 1.0, .dtau = 0.31};
  assert_int_equal(evolve(&c, 0.1, 6.0, 100).status, DW_ERR_INVALID);
  c.dtau = 0.14;
  assert_int_equal(evolve(&c, 0.1, 6.0, 200).status, DW_OK);
}

static dw_measurement made(double kinetic, double potential, double degenerate) {
  return (dw_measurement){
      .energy_kinetic = kinetic, .energy_potential = potential, .energy_degenerate = kinetic + degenerate};
}

/* Catches energy that comes or goes slowly, in steps each below the limit; and a law used where it doesn't hold. */
static void slow_changes_add_up(void **state) {
  (void)state;
  simulation sim;
  const choices flat = {.points = 8};
  assert_ok(simulation_open(&sim, &flat));
  for (int way = 0; way < 2; way++) {
    dw_balance balance;
    dw_balance_init(&balance, &sim.model);
    double e = 1.0;
    int taken = 0;
    dw_status status = DW_OK;
    while (status == DW_OK && taken < 1000) {
      const dw_measurement m = made(0.5 * e, 0.5 * e, 0.5 * e);
      status = dw_balance_take(&balance, (double)taken, 1.0, &m);
      e *= way == 0 ? 1.01 : 1.0 / 1.01;
      taken++;
    }
    assert_int_equal(status, DW_ERR_INVALID);
    assert_true(taken > 35 && taken < 50); /* 1.01^41 = 1.5 */
  }
  /* What expansion takes is no loss; a^-7 is all it can take. */
  simulation_close(&sim);
  const choices radiation = {.points = 8, .s = 1.0, .expansion = 1.0};
  assert_ok(simulation_open(&sim, &radiation));
  dw_balance balance;
  dw_balance_init(&balance, &sim.model);
  const dw_measurement first = made(1.0, 0.0, 0.0);
  const dw_measurement slow = made(pow(2.0, -6.0), 0.0, 0.0);
  const dw_measurement fast = made(pow(4.0, -8.0), 0.0, 0.0);
  assert_ok(dw_balance_take(&balance, 1.0, 1.0, &first));
  assert_ok(dw_balance_take(&balance, 2.0, 2.0, &slow));
  assert_status(dw_balance_take(&balance, 4.0, 4.0, &fast), DW_ERR_INVALID);
  /* A bias that switches on gives energy. */
  sim.model.values.bias = 0.1;
  sim.model.bias_start = 1.5;
  dw_balance_init(&balance, &sim.model);
  const dw_measurement low = made(0.1, 0.0, 0.1);
  const dw_measurement high = made(0.1, 0.3, 0.1);
  assert_ok(dw_balance_take(&balance, 1.0, 1.0, &low));
  assert_ok(dw_balance_take(&balance, 2.0, 2.0, &high));
  assert_true(dw_balance_worst(&balance) == 0.0);
  simulation_close(&sim);
}

/* Catches relative changes of nothing: a field that rests in its vacuum but for the rounding of single precision. */
static void rest_is_no_change(void **state) {
  (void)state;
  simulation sim;
  const choices flat = {.points = 8};
  assert_ok(simulation_open(&sim, &flat));
  dw_balance balance;
  dw_balance_init(&balance, &sim.model);
  const dw_measurement rest = made(0.0, 0.0, 0.0);
  const dw_measurement rounding = made(1e-14, 1e-14, 1e-14);
  assert_ok(dw_balance_take(&balance, 0.0, 1.0, &rest));
  assert_ok(dw_balance_take(&balance, 1.0, 1.0, &rounding));
  assert_ok(dw_balance_take(&balance, 2.0, 1.0, &rest));
  assert_true(dw_balance_worst(&balance) < 1e-4);
  simulation_close(&sim);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(good_runs_keep_the_law),
    cmocka_unit_test(long_steps_are_noticed),
    cmocka_unit_test(slow_changes_add_up),
    cmocka_unit_test(rest_is_no_change),
};

int main(void) { return cmocka_run_group_tests(tests, NULL, NULL); }
