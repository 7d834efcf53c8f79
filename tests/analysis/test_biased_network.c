/* A network under a bias against the same seed without one: the false vacuum goes, and only there. */
#include <stdio.h>
#include <stdlib.h>

#include "analysis/post/annihilation.h"
#include "tests/dw_test.h"
#include "tests/fields/measured.h"

enum { ROWS = 39, SEEDS = 3 };

/* Columns of a run of fat walls in radiation from tau = 1 to 20, in a box of 45. */
typedef struct history {
  double tau[ROWS];
  double positive[ROWS];
  double negative[ROWS];
  double area[ROWS]; /* of A_t = S tau/2 */
} history;

static const double LENGTH = 64 * 0.7;

static void evolve(int64_t seed, double bias, history *h) {
  const choices c = {
      .points = 64, .spacing = 0.7, .expansion = 1.0, .s = 0.0, .dtau = 0.125, .precision = DW_SINGLE, .bias = bias};
  const dw_initial noise = {.kind = "white-noise", .seed = seed, .rms = 0.1, .cutoff = 2.0};
  simulation sim;
  assert_ok(simulation_open(&sim, &c));
  assert_ok(simulation_start(&sim, &noise));
  for (int row = 0; row < ROWS; row++) {
    const dw_measurement m = simulation_measure(&sim);
    h->tau[row] = dw_state_tau(sim.state);
    h->positive[row] = m.fraction_positive;
    h->negative[row] = 1.0 - m.fraction_positive;
    h->area[row] = 0.5 * m.area * h->tau[row];
    dw_steps(sim.state, row + 1 < ROWS ? 4 : 0, NULL);
  }
  simulation_close(&sim);
}

static dw_annihilation end_of(const history *h, const double *fraction) {
  const dw_annihilation_series series = {ROWS, h->tau, fraction, h->area, LENGTH};
  dw_annihilation result;
  assert_ok(dw_annihilation_measure(&series, 4.0, 20.0, &result));
  return result;
}

/* Catches a bias that does nothing, or favours the wrong vacuum; a control that loses a vacuum as well; an analysis
 * that doesn't see the one or claims the other. */
static void the_false_vacuum_goes(void **state) {
  (void)state;
  double control_mean = 0.0;
  for (int64_t seed = 1; seed <= SEEDS; seed++) {
    history control;
    history biased;
    history opposite;
    evolve(seed, 0.0, &control);
    evolve(seed, 0.006, &biased);
    evolve(seed, -0.006, &opposite);
    const dw_annihilation lives = end_of(&control, control.negative);
    const dw_annihilation dies = end_of(&biased, biased.negative);
    const dw_annihilation other = end_of(&opposite, opposite.positive);
    print_message("seed %d, fraction of the false vacuum at tau = 4, 8, 12, 20: %.3f %.3f %.4f %.4f; without bias %.3f "
                  "%.3f %.3f %.3f; 1/e at %.1f and %.1f\n",
                  (int)seed, biased.negative[6], biased.negative[14], biased.negative[22], biased.negative[ROWS - 1],
                  control.negative[6], control.negative[14], control.negative[22], control.negative[30],
                  dies.tau_fraction, other.tau_fraction);
    assert_true(biased.negative[0] == control.negative[0]); /* the same start */
    for (int row = 7; row < ROWS; row++) {
      assert_true(biased.negative[row] <= biased.negative[row - 1] + 0.005);
      assert_true(opposite.positive[row] <= opposite.positive[row - 1] + 0.005);
    }
    assert_true(biased.negative[ROWS - 1] < 1e-3 && opposite.positive[ROWS - 1] < 1e-3);
    assert_true(dies.annihilated && dies.free.decays && other.annihilated && other.free.decays);
    assert_close(control.negative[ROWS - 1], 0.5, 0.0, 0.15); /* it may wander by sqrt((20/45)^3)/2 */
    assert_false(lives.annihilated || lives.free.decays || lives.cubic.decays);
    assert_true(control.area[ROWS - 1] > 0.5 && biased.area[ROWS - 1] < 0.05);
    control_mean += control.negative[ROWS - 1] / SEEDS;
  }
  assert_close(control_mean, 0.5, 0.0, 0.08);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(the_false_vacuum_goes)};

int main(void) { return cmocka_run_group_tests(tests, NULL, NULL); }
