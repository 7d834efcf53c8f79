/* The bias at which the false vacuum ends: closed forms, and minima counted. */
#include "fields/model.h"
#include "fields/potential_bias.h"
#include "tests/dw_test.h"

#include <math.h>

static const char *const names[] = {"double-well", "phi6", "sine-gordon", "polynomial"};

/* v = 0.15 (phi + 0.8)^2 (phi - 1.5)^2 (1 + phi/5 + phi^2/10) */
static dw_potential_values values_of(double bias, double sextic) {
  return (dw_potential_values){.bias = bias,
                               .sextic = sextic,
                               .coefficient = {0.216, 0.2952, -0.2145, -0.2421, 0.07935, 0.009, 0.015, 0.0, 0.0}};
}

static void make(dw_model *model, const char *name, dw_potential_values values) {
  *model = (dw_model){.s = 0.5, .values = values};
  assert_ok(dw_model_set_potential(model, name));
}

static double critical(const char *name, dw_potential_values values) {
  dw_model model;
  make(&model, name, values);
  return dw_potential_critical_bias(model.potential, &model.values);
}

/* Catches a wrong ratio, limit or side: biases that leave the vacua where they are, of either sign and any size. */
static void vacua_that_stay(void **state) {
  (void)state;
  for (int sign = -1; sign <= 1; sign++) {
    const double bias = 0.3 * sign;
    assert_close(critical("double-well", values_of(bias, 0.0)), 1.0, 1e-9, 0.0);
    assert_close(critical("phi6", values_of(bias, 0.7)), 1.0, 1e-9, 0.0);
    assert_true(isinf(critical("sine-gordon", values_of(bias, 0.0))));
    const double shape = sign < 0 ? 1.525 : 0.904; /* v0''/(q - p) in q or p */
    assert_close(critical("polynomial", values_of(bias, 0.0)), 0.3 * 2.3 * shape, 1e-9, 0.0);
    assert_true(isinf(critical("free", values_of(bias, 0.0))));
  }
}

/* Catches a false vacuum that is looked for in its old place alone: for b < 0 another minimum splits off before it
 * goes.
 */
static void a_minimum_that_moves(void **state) {
  (void)state;
  const double b = -0.5;
  const double c0 = (1.0 - 0.5 * b) / (1.0 + b);
  const double c2 = 1.5 * b / (1.0 + b);
  const dw_potential *row = NULL;
  assert_ok(dw_potential_find(&row, "phi6"));
  dw_potential potential = *row;
  potential.minimum[0] = -1.0;
  potential.minimum[1] = 1.0;
  const dw_potential_values values = values_of(-0.1, b);
  assert_close(dw_potential_critical_bias(&potential, &values), 2.0 / 3.0 * c0 * sqrt(c0 / (-3.0 * c2)), 1e-9, 0.0);
}

/* The double well with a tilt eps phi, with eps phi^3, and with a v_b that prefers none. */
static void tilted(const dw_potential_values *values, const dw_instant *at, double degenerate, double bias,
                   const void *const *phi, void *const *out, ptrdiff_t n) {
  (void)at;
  const double *f = phi[0];
  double *slope = out[0];
  for (ptrdiff_t z = 0; z < n; z++) {
    const double part = values->mass == 1.0 ? 1.0 : values->mass == 3.0 ? 3.0 * f[z] * f[z] : 2.0 * f[z];
    slope[z] = degenerate * (f[z] * f[z] - 1.0) * f[z] + bias * values->bias * part;
  }
}

static void tilted_value(const dw_potential_values *values, const dw_instant *at, const void *const *phi, double *v0,
                         double *vb, ptrdiff_t n) {
  (void)at;
  const double *f = phi[0];
  for (ptrdiff_t z = 0; z < n; z++) {
    v0[z] = 0.25 * (f[z] * f[z] - 1.0) * (f[z] * f[z] - 1.0);
    vb[z] = values->bias * pow(f[z], values->mass);
  }
}

/* Catches a bias taken for one that keeps the vacua: a tilt ends the false one at the steepest point of v0, 2/sqrt(27);
 * phi^3 never does, whose slope vanishes at the top of the barrier. */
static void other_shapes(void **state) {
  (void)state;
  const dw_potential shape = {
      .derivative = {tilted, tilted}, .value = {tilted_value, tilted_value}, .minimum = {-1.0, 1.0}, .tension = 1.0};
  for (int sign = -1; sign <= 1; sign += 2) {
    dw_potential_values values = {.bias = 0.2 * sign, .mass = 1.0};
    assert_close(dw_potential_critical_bias(&shape, &values), 2.0 / sqrt(27.0), 1e-9, 0.0);
    values.mass = 3.0;
    assert_true(isinf(dw_potential_critical_bias(&shape, &values)));
    values.mass = 2.0;
    assert_true(isinf(dw_potential_critical_bias(&shape, &values)));
  }
}

static int false_side(const char *name, dw_potential_values values) {
  dw_model model;
  make(&model, name, values);
  return dw_potential_false_side(model.potential, &model.values);
}

/* Catches the false vacuum taken from the sign of epsilon alone, or of vacua that the sign of the field can't tell. */
static void side_of_the_false_vacuum(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    assert_int_equal(false_side(names[i], values_of(0.1, 0.5)), 0);
    assert_int_equal(false_side(names[i], values_of(-0.1, 0.5)), 1);
    assert_int_equal(false_side(names[i], values_of(0.0, 0.5)), -1);
  }
  for (int walls = 2; walls <= 4; walls++) {
    const dw_potential_values axion = {.bias = 0.1, .walls = walls, .axion_mass = 0.5};
    assert_int_equal(false_side("z-n", axion), walls == 2 ? 0 : -1);
  }
  const dw_potential shape = {
      .derivative = {tilted, tilted}, .value = {tilted_value, tilted_value}, .minimum = {-1, 1}};
  dw_potential_values values = {.bias = 0.2, .mass = 1.0}; /* eps phi: the right one is higher */
  assert_int_equal(dw_potential_false_side(&shape, &values), 1);
  values.bias = -0.2;
  assert_int_equal(dw_potential_false_side(&shape, &values), 0);
  values.mass = 2.0;
  assert_int_equal(dw_potential_false_side(&shape, &values), -1);
}

/* Minima of v0 + v_b between the vacua and somewhat beyond, by a fine scan of the slope. */
static int minima(const dw_model *model) {
  enum { POINTS = 200001 };
  const dw_potential *p = model->potential;
  const double from = 1.5 * p->minimum[0] - 0.5 * p->minimum[1];
  const double to = 1.5 * p->minimum[1] - 0.5 * p->minimum[0];
  int count = 0;
  double before = 0.0;
  for (int i = 0; i < POINTS; i++) {
    const double phi = from + (to - from) * (i + 0.37) / POINTS;
    const double slope = dw_potential_slope(p, &model->values, &dw_instant_start, 1.0, 1.0, phi);
    count += before < 0.0 && slope > 0.0 ? 1 : 0;
    before = slope;
  }
  return count;
}

/* Catches an epsilon that isn't the one at which the barrier ends: two minima just below. Just above, the place of the
 * false vacuum is a maximum: the minimum beyond it, which the double well has too, is on its other side. */
static void minima_by_brute_force(void **state) {
  (void)state;
  for (int p = 0; p < 4; p++) {
    for (int sign = -1; sign <= 1; sign += 2) {
      dw_model model;
      make(&model, names[p], values_of(0.1 * sign, 1.3));
      const double limit = dw_potential_critical_bias(model.potential, &model.values);
      const double size = isinf(limit) ? 1000.0 : limit;
      model.values.bias = 0.995 * size * sign;
      assert_int_equal(minima(&model), 2);
      const double at = model.potential->minimum[sign > 0 ? 0 : 1];
      const double in = at + 1e-4 * (model.potential->minimum[sign > 0 ? 1 : 0] - at);
      model.values.bias = 1.005 * size * sign;
      const double slope = dw_potential_slope(model.potential, &model.values, &dw_instant_start, 1.0, 1.0, in);
      assert_true(isinf(limit) ? slope * sign > 0.0 : slope * sign < 0.0);
    }
  }
}

/* Catches a ratio that forgets a^{1-s}, and one that isn't in units of the potential's own limit. */
static void ratio_of_a_model(void **state) {
  (void)state;
  dw_model model;
  make(&model, "polynomial", values_of(-0.1, 0.0));
  assert_ok(dw_background_init(&model.background, "power-law", 1.0 / 3.0, 1.0)); /* a = tau */
  assert_close(dw_model_bias_ratio(&model, 9.0), 0.3 / (0.69 * 1.525), 1e-9, 0.0);
  make(&model, "sine-gordon", values_of(0.9, 0.0));
  assert_ok(dw_background_init(&model.background, "power-law", 1.0 / 3.0, 1.0));
  assert_true(dw_model_bias_ratio(&model, 1e6) == 0.0);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(vacua_that_stay),  cmocka_unit_test(a_minimum_that_moves),
    cmocka_unit_test(other_shapes),     cmocka_unit_test(minima_by_brute_force),
    cmocka_unit_test(ratio_of_a_model), cmocka_unit_test(side_of_the_false_vacuum),
};

int main(void) { return cmocka_run_group_tests(tests, NULL, NULL); }
