/* The simple ways an emulator is compared with, against cases worked out by hand. */
#include <math.h>

#include "surrogate/emulator/baselines.h"
#include "surrogate/emulator/linear.h"
#include "tests/surrogate/emulator_fixture.h"

/* Catches a point that isn't the nearest. */
static void the_nearest_point_is_found(void **state) {
  (void)state;
  const double x[] = {0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 1.0, 1.0};
  assert_int_equal(dw_baseline_nearest(2, 4, x, (const double[]){0.4, 0.1}), 0);
  assert_int_equal(dw_baseline_nearest(2, 4, x, (const double[]){0.4, 0.7}), 2);
  assert_int_equal(dw_baseline_nearest(2, 4, x, (const double[]){0.5, 1.0}), 2);
}

/* Catches weights that aren't those of the neighbours on a line. */
static void on_a_line_neighbours_share_the_weight(void **state) {
  (void)state;
  const double x[] = {3.0, 0.0, 1.0, 7.0};
  const double at = 1.5;
  double weight[4];
  bool inside = false;
  assert_ok(dw_baseline_simplex(1, 4, x, &at, weight, &inside));
  assert_true(inside);
  assert_close(weight[0], 0.25, 1e-9, 0.0);
  assert_close(weight[2], 0.75, 1e-9, 0.0);
  assert_close(weight[1] + weight[3], 0.0, 0.0, 1e-12);
}

/* Catches a simplex that isn't Delaunay's: the triangle of a corner and not a larger one. */
static void in_the_plane_the_triangle_is_delaunays(void **state) {
  (void)state;
  const double x[] = {0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 4.0, 4.0, -4.0, -4.0, 5.0, -5.0};
  const double at[] = {0.2, 0.3};
  double weight[6];
  bool inside = false;
  assert_ok(dw_baseline_simplex(2, 6, x, at, weight, &inside));
  assert_true(inside);
  const double expected[6] = {0.5, 0.2, 0.3, 0.0, 0.0, 0.0};
  for (int i = 0; i < 6; i++) {
    assert_close(weight[i], expected[i], 0.0, 1e-9);
  }
}

/* Catches a query outside of the hull that is extrapolated to. */
static void outside_the_hull_the_nearest_counts(void **state) {
  (void)state;
  const double x[] = {0.0, 0.0, 1.0, 0.0, 0.0, 1.0};
  const double at[] = {0.9, 0.9};
  double weight[3];
  bool inside = true;
  assert_ok(dw_baseline_simplex(2, 3, x, at, weight, &inside));
  assert_false(inside);
  assert_close(weight[0] + weight[1] + weight[2], 1.0, 0.0, 0.0);
  assert_true(weight[1] > 0.5 || weight[2] > 0.5);
}

/* Catches weights that don't give back the query, in four dimensions with many points. */
static void weights_give_back_the_query(void **state) {
  (void)state;
  enum { DIMS = 4, POINTS = 80, TRIES = 40 };
  static double x[POINTS * DIMS];
  int found = 0;
  for (int i = 0; i < POINTS * DIMS; i++) {
    x[i] = 2.0 * truth_uniform((uint64_t)i) - 1.0;
  }
  for (int k = 0; k < TRIES; k++) {
    double at[DIMS];
    double weight[POINTS];
    double back[DIMS] = {0.0};
    double sum = 0.0;
    int corners = 0;
    bool inside = false;
    for (int d = 0; d < DIMS; d++) {
      at[d] = truth_uniform((uint64_t)(5000 + k * DIMS + d)) - 0.5;
    }
    assert_ok(dw_baseline_simplex(DIMS, POINTS, x, at, weight, &inside));
    for (int i = 0; i < POINTS && inside; i++) {
      assert_true(weight[i] >= 0.0);
      corners += weight[i] > 1e-9 ? 1 : 0;
      sum += weight[i];
      for (int d = 0; d < DIMS; d++) {
        back[d] += weight[i] * x[i * DIMS + d];
      }
    }
    for (int d = 0; d < DIMS && inside; d++) {
      assert_close(back[d], at[d], 0.0, 1e-8);
    }
    assert_true(!inside || (corners <= DIMS + 1 && fabs(sum - 1.0) < 1e-8));
    found += inside ? 1 : 0;
  }
  assert_true(found > TRIES / 2);
}

/* Catches a regression that doesn't give back a polynomial of its degree. */
static void regressions_give_back_polynomials(void **state) {
  (void)state;
  enum { POINTS = 20, TERMS = 6 };
  double x[POINTS * 2];
  double y[POINTS * 2];
  double coefficient[POINTS * 2];
  for (int i = 0; i < POINTS; i++) {
    truth_place(i, x + 2 * (ptrdiff_t)i);
    const double *at = x + 2 * (ptrdiff_t)i;
    y[2 * i] = 1.0 + 2.0 * at[0] - at[1] + 0.5 * at[0] * at[0] + 3.0 * at[0] * at[1] - 2.0 * at[1] * at[1];
    y[2 * i + 1] = 4.0 * at[1];
  }
  const double expected[TERMS] = {1.0, 2.0, -1.0, 0.5, 3.0, -2.0};
  assert_int_equal(dw_baseline_terms(2, 2), TERMS);
  assert_int_equal(dw_baseline_terms(4, 1), 5);
  assert_ok(dw_baseline_regress(2, 2, POINTS, 2, x, y, coefficient));
  for (int t = 0; t < TERMS; t++) {
    assert_close(coefficient[2 * t], expected[t], 0.0, 1e-10);
    assert_close(coefficient[2 * t + 1], t == 2 ? 4.0 : 0.0, 0.0, 1e-10);
  }
}

int main(void) {
  dw_linear_start();
  const struct CMUnitTest tests[] = {cmocka_unit_test(the_nearest_point_is_found),
                                     cmocka_unit_test(on_a_line_neighbours_share_the_weight),
                                     cmocka_unit_test(in_the_plane_the_triangle_is_delaunays),
                                     cmocka_unit_test(outside_the_hull_the_nearest_counts),
                                     cmocka_unit_test(weights_give_back_the_query),
                                     cmocka_unit_test(regressions_give_back_polynomials)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
