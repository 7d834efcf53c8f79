/* From the physical equation to walls that keep their width. */
#include "tests/dw_test.h"
#include "tests/fields/simulation.h"

static const double HALF_WAY = 2.0;

static void open_run(simulation *sim, double s, double fat_from) {
  const choices c = {.points = 16, .spacing = 0.5, .precision = DW_SINGLE, .s = s, .expansion = 1.0, .hubble = 1.0};
  const dw_initial initial = {.kind = "white-noise", .seed = 3, .rms = 0.3, .cutoff = 3.0};
  assert_ok(simulation_open(sim, &c));
  sim->model.fat_from = fat_from;
  assert_ok(simulation_start(sim, &initial));
}

static uint64_t print_of(double s, double fat_from) {
  simulation sim;
  open_run(&sim, s, fat_from);
  dw_steps(sim.state, 20, NULL); /* to tau = 3 */
  const uint64_t print = dw_field_fingerprint(sim.state->phi[0]);
  simulation_close(&sim);
  return print;
}

/* Catches factors of the equation that jump at the hand-over, or don't stay what they are there. */
static void test_moments(void **state) {
  (void)state;
  simulation sim;
  open_run(&sim, 0.0, HALF_WAY);
  const dw_moment before = dw_model_at(&sim.model, HALF_WAY * (1.0 - 1e-9));
  const dw_moment after = dw_model_at(&sim.model, HALF_WAY);
  const dw_moment late = dw_model_at(&sim.model, 3.0);
  assert_close(before.mass, 2.0, 1e-8, 0.0); /* a = tau */
  assert_close(after.mass, 2.0, 1e-12, 0.0);
  assert_close(after.momentum, before.momentum, 1e-8, 0.0);
  assert_close(after.degenerate, before.degenerate, 1e-8, 0.0);
  assert_close(after.energy, before.energy, 1e-8, 0.0);
  assert_close(after.stress, before.stress, 1e-8, 0.0);
  assert_close(late.mass, 2.0, 1e-12, 0.0);
  assert_close(late.momentum, 27.0 / 2.0, 1e-12, 0.0); /* a^3/M */
  assert_close(late.stress, 1.5, 1e-12, 0.0);          /* a/M */
  simulation_close(&sim);
}

/* Catches a hand-over at another time: after the end the run is the physical one bit for bit, at the start that of fat
 * walls, in between another. */
static void test_runs(void **state) {
  (void)state;
  const uint64_t physical = print_of(1.0, 0.0);
  const uint64_t fat = print_of(0.0, 0.0);
  const uint64_t between = print_of(0.0, HALF_WAY);
  assert_true(print_of(0.0, 5.0) == physical);
  assert_true(print_of(0.0, 1.0) == fat);
  assert_true(physical != fat && between != physical && between != fat);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_moments), cmocka_unit_test(test_runs)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
