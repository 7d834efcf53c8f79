/* Several double wells: any number of components, each alone without a coupling. */
#include "fields/potential_numbers.h"
#include "tests/dw_test.h"
#include "tests/fields/simulation.h"

/* Catches a force of the wells that isn't the derivative of their potential, and a coupling left out. */
static void wells_derivatives(void **state) {
  (void)state;
  const dw_potential *row = NULL;
  assert_ok(dw_potential_find(&row, "double-wells"));
  const double h = 1e-4;
  for (int n = 1; n <= DW_MOST_COMPONENTS; n++) {
    const dw_potential_values values = {.bias = 0.2, .components = n, .coupling = 0.3};
    double phi[DW_MOST_COMPONENTS] = {0.7, -1.3, 0.2, 1.1};
    double slope[DW_MOST_COMPONENTS];
    const void *const in[] = {&phi[0], &phi[1], &phi[2], &phi[3]};
    void *const out[] = {&slope[0], &slope[1], &slope[2], &slope[3]};
    row->derivative[1](&values, &dw_instant_start, 0.7, 0.4, in, out, 1);
    for (int c = 0; c < n; c++) {
      double v[2];
      for (int side = 0; side < 2; side++) {
        const double kept = phi[c];
        double v0 = 0.0;
        double vb = 0.0;
        phi[c] += side == 0 ? -h : h;
        row->value[1](&values, &dw_instant_start, in, &v0, &vb, 1);
        v[side] = 0.7 * v0 + 0.4 * vb;
        phi[c] = kept;
      }
      assert_close(slope[c], (v[1] - v[0]) / (2.0 * h), 0.0, 2e-8); /* h^2 v'''/6 */
    }
    double v0 = 0.0;
    double vb = 0.0;
    row->value[1](&values, &dw_instant_start, in, &v0, &vb, 1);
    double expected = 0.0;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        expected += (i == j ? 0.25 : 0.075) * (phi[i] * phi[i] - 1.0) * (phi[j] * phi[j] - 1.0);
      }
    }
    assert_close(v0, expected, 1e-14, 0.0);
  }
}

/* Catches components of a state that get mixed up anywhere in start, pass or step: without a coupling each has the bits
 * of a double well of its own; with one it hasn't. */
static void wells_alone(void **state) {
  (void)state;
  for (int i = 0; i < 4; i++) {
    const bool coupled = i == 3;
    choices c = {.points = 22, .spacing = 0.5, .stencil = i % 2 == 0 ? 2 : 4, .bias = 0.1, .s = 1.0, .expansion = 1.0};
    c.precision = i < 2 ? DW_SINGLE : DW_DOUBLE;
    const dw_initial noise = {.kind = "white-noise", .seed = 4, .rms = 0.5, .cutoff = 2.0};
    simulation many;
    c.potential = "double-wells";
    memset(&many, 0, sizeof many);
    assert_ok(simulation_model(&many.model, &c));
    many.model.values.components = 3;
    many.model.values.coupling = coupled ? 0.2 : 0.0;
    assert_ok(dw_model_set_potential(&many.model, "double-wells"));
    assert_ok(dw_lattice_create(&many.lattice, dw_comm_self(), 22, 11.0, dw_model_halo(&many.model), 1, NULL));
    assert_ok(dw_state_create(&many.state, many.lattice, &many.model, c.precision, 0.1));
    assert_int_equal(many.state->components, 3);
    assert_ok(simulation_start(&many, &noise));
    c.potential = "double-well";
    simulation one[3];
    for (int k = 0; k < 3; k++) {
      assert_ok(simulation_open(&one[k], &c));
      for (int64_t j = 0; j < 22 * 22 * 22; j++) {
        const int64_t x[3] = {j / 484, j / 22 % 22, j % 22};
        dw_field_set(one[k].state->phi[0], x[0], x[1], x[2], dw_field_get(many.state->phi[k], x[0], x[1], x[2]));
      }
      dw_field_touch(one[k].state->phi[0]);
    }
    for (int step = 0; step < 20; step++) {
      dw_step(many.state);
    }
    for (int k = 0; k < 3; k++) {
      for (int step = 0; step < 20; step++) {
        dw_step(one[k].state);
      }
      const bool same = dw_field_fingerprint(one[k].state->phi[0]) == dw_field_fingerprint(many.state->phi[k]) &&
                        dw_field_fingerprint(one[k].state->pi[0]) == dw_field_fingerprint(many.state->pi[k]);
      assert_true(same == !coupled);
      simulation_close(&one[k]);
    }
    assert_true(dw_field_fingerprint(many.state->phi[0]) != dw_field_fingerprint(many.state->phi[1]));
    simulation_close(&many);
  }
}

/* Catches couplings without lasting vacua that are run all the same, and numbers of n = 1 that aren't the double
 * well's.
 */
static void wells_numbers(void **state) {
  (void)state;
  dw_model model = {.values = {.components = 3, .coupling = -0.5}};
  assert_status(dw_model_set_potential(&model, "double-wells"), DW_ERR_PARAM);
  model.values.coupling = 1.0;
  assert_status(dw_model_set_potential(&model, "double-wells"), DW_ERR_PARAM);
  model.values.coupling = 0.25;
  assert_ok(dw_model_set_potential(&model, "double-wells"));
  assert_close(model.potential->curvature, 3.0, 1e-15, 0.0);
  assert_int_equal(model.potential->components, 3);
  model.values.components = 1;
  assert_ok(dw_model_set_potential(&model, "double-wells"));
  const dw_potential *one = NULL;
  assert_ok(dw_potential_find(&one, "double-well"));
  assert_true(model.potential->tension == one->tension && model.potential->barrier == one->barrier &&
              model.potential->curvature == one->curvature && model.potential->overshoot == one->overshoot &&
              model.potential->components == 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(wells_derivatives), cmocka_unit_test(wells_alone),
                                     cmocka_unit_test(wells_numbers)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
