/* Designs and policies of scans. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "surrogate/scan/policy.h"
#include "tests/dw_test.h"

static const dw_axis unit = {.low = 0.0, .high = 1.0};

/* Catches another sequence, or one that begins in the corner: the first points in two dimensions (Press et al.,
 * Numerical Recipes, 7.8; Bratley and Fox 1988), and one point in each 32nd of each axis. */
static void sobol_is_the_published_sequence(void **state) {
  (void)state;
  static const double two[][2] = {{0.5, 0.5},     {0.75, 0.25},   {0.25, 0.75},  {0.375, 0.375},
                                  {0.875, 0.875}, {0.625, 0.125}, {0.125, 0.625}};
  const dw_axis axes[3] = {unit, unit, unit};
  double point[31][3];
  double plane[7][2];
  assert_ok(dw_design_sobol(axes, 2, 0, 7, &plane[0][0]));
  for (int i = 0; i < 7; i++) {
    assert_true(plane[i][0] == two[i][0] && plane[i][1] == two[i][1]);
  }
  assert_ok(dw_design_sobol(axes, 3, 0, 31, &point[0][0]));
  for (int a = 0; a < 3; a++) {
    uint32_t met = 1; /* the corner */
    for (int i = 0; i < 31; i++) {
      met |= UINT32_C(1) << (int)(32.0 * point[i][a]);
    }
    assert_true(met == UINT32_MAX);
  }
}

/* Catches a later part of the sequence that isn't its continuation. */
static void sobol_goes_on(void **state) {
  (void)state;
  const dw_axis axes[2] = {{.low = 2.0, .high = 6.0, .logarithmic = true}, {.low = -1.0, .high = 3.0}};
  double whole[10][2];
  double tail[4][2];
  assert_ok(dw_design_sobol(axes, 2, 0, 10, &whole[0][0]));
  assert_ok(dw_design_sobol(axes, 2, 6, 4, &tail[0][0]));
  assert_memory_equal(tail, whole[6], sizeof tail);
  assert_close(whole[0][0], sqrt(12.0), 1e-15, 0.0); /* the middle of a logarithmic range */
  assert_close(whole[0][1], 1.0, 1e-15, 0.0);
  assert_status(dw_design_sobol(axes, 41, 0, 1, &whole[0][0]), DW_ERR_PARAM);
}

/* Catches ends that aren't met, axes in the wrong order, values of a list out of place. */
static void grids_and_lists(void **state) {
  (void)state;
  static const double given[] = {7.0, 5.0};
  const dw_axis axes[2] = {{.low = 1.0, .high = 100.0, .logarithmic = true, .points = 3}, {.count = 2, .value = given}};
  static const double expected[6][2] = {{1, 7}, {1, 5}, {10, 7}, {10, 5}, {100, 7}, {100, 5}};
  double point[6][2];
  dw_design_grid(axes, 2, &point[0][0]);
  for (int i = 0; i < 6; i++) {
    assert_close(point[i][0], expected[i][0], 1e-14, 0.0);
    assert_true(point[i][1] == expected[i][1]);
  }
  assert_true(point[0][0] == 1.0 && point[5][0] == 100.0);
  const dw_axis lists[2] = {{.count = 2, .value = given}, {.count = 2, .value = given}};
  dw_design_list(lists, 2, 2, &point[0][0]);
  assert_true(point[0][0] == 7.0 && point[0][1] == 7.0 && point[1][0] == 5.0 && point[1][1] == 5.0);
}

/* Catches random points outside their range, unevenly spread, or other ones where the scan asks for more. */
static void random_points(void **state) {
  (void)state;
  enum { POINTS = 4096 };
  const dw_axis axes[2] = {{.low = 2.0, .high = 3.0}, {.low = 1.0, .high = 10.0, .logarithmic = true}};
  static double point[POINTS][2];
  double tail[2][2];
  double mean[2] = {0.0, 0.0};
  dw_design_random(axes, 2, 5, 0, POINTS, &point[0][0]);
  for (int i = 0; i < POINTS; i++) {
    for (int a = 0; a < 2; a++) {
      assert_true(point[i][a] >= axes[a].low && point[i][a] <= axes[a].high);
      mean[a] += dw_axis_unit(&axes[a], point[i][a]) / POINTS;
    }
  }
  assert_close(mean[0], 0.5, 0.0, 4.0 / sqrt(12.0 * POINTS));
  assert_close(mean[1], 0.5, 0.0, 4.0 / sqrt(12.0 * POINTS));
  dw_design_random(axes, 2, 5, POINTS - 2, 2, &tail[0][0]);
  assert_memory_equal(tail, point[POINTS - 2], sizeof tail);
  dw_design_random(axes, 2, 6, POINTS - 2, 2, &tail[0][0]);
  assert_true(tail[0][0] != point[POINTS - 2][0]);
}

/* Catches an integer parameter with a fraction, or beyond its range. */
static void integers_are_rounded(void **state) {
  (void)state;
  const dw_axis axis = {.low = 2.0, .high = 5.0, .integer = true};
  assert_true(dw_axis_value(&axis, 0.0) == 2.0 && dw_axis_value(&axis, 1.0) == 5.0);
  assert_true(dw_axis_value(&axis, 0.49) == 3.0 && dw_axis_value(&axis, 0.51) == 4.0);
}

static dw_scan *make_scan(const char *design) {
  dw_scan *scan = calloc(1, sizeof *scan);
  assert_non_null(scan);
  assert_ok(dw_scan_defaults(scan));
  (void)snprintf(scan->design, sizeof scan->design, "%s", design);
  scan->points = 7;
  scan->blind_every = 3;
  scan->keys = 2;
  scan->key[0] = (dw_scan_key){.key = "cosmology.w", .min = 0.0, .max = 1.0, .scale = "linear"};
  scan->key[1] = (dw_scan_key){.key = "fields.initial.cutoff", .min = 2.0, .max = 6.0, .scale = "log"};
  return scan;
}

/* Catches points that are given twice or left out, checks at the wrong places, and another design that goes on. */
static void policies_go_on(void **state) {
  (void)state;
  static const char *const designs[] = {"sobol", "random"};
  for (size_t d = 0; d < sizeof designs / sizeof designs[0]; d++) {
    static const dw_params base = {.seed = 4};
    dw_scan *scan = make_scan(designs[d]);
    dw_axis axis[DW_SCAN_KEYS];
    dw_policy_batch all;
    dw_policy_batch rest;
    dw_policy_axes(scan, axis);
    dw_policy_state s = {.scan = scan, .base = &base, .axis = axis};
    assert_ok(dw_policy_find(designs[d])->next(&s, &all));
    assert_int_equal(all.points, 7);
    for (int i = 0; i < 7; i++) {
      assert_int_equal(all.blind[i], i % 3 == 2);
    }
    s.given = 5;
    s.value = all.value;
    assert_ok(dw_policy_find(designs[d])->next(&s, &rest));
    assert_int_equal(rest.points, 2);
    assert_memory_equal(rest.value, all.value + 10, 4 * sizeof(double));
    assert_true(rest.blind[0] && !rest.blind[1]); /* points 5 and 6 */
    dw_policy_batch_free(&rest);
    s.given = 7;
    assert_ok(dw_policy_find(designs[d])->next(&s, &rest));
    assert_int_equal(rest.points, 0);
    dw_policy_batch_free(&rest);
    all.value[3] += 1e-12;
    assert_status(dw_policy_find(designs[d])->next(&s, &rest), DW_ERR_PARAM);
    assert_non_null(strstr(dw_message(), "point 1"));
    dw_policy_batch_free(&all);
    free(scan);
  }
  assert_null(dw_policy_find("hexagonal"));
}

/* Catches a sequence with gaps where the checks are, and checks that lie on it. */
static void checks_lie_between(void **state) {
  (void)state;
  static const dw_params base = {.seed = 4};
  dw_scan *scan = make_scan("sobol");
  dw_axis axis[DW_SCAN_KEYS];
  dw_policy_batch all;
  double sequence[5][2];
  double random[7][2];
  dw_policy_axes(scan, axis);
  dw_policy_state s = {.scan = scan, .base = &base, .axis = axis};
  assert_ok(dw_policy_find("sobol")->next(&s, &all));
  assert_ok(dw_design_sobol(axis, 2, 0, 5, &sequence[0][0]));
  dw_design_random(axis, 2, base.seed, 0, 7, &random[0][0]);
  for (int i = 0, learned = 0; i < 7; i++) {
    const double *expected = all.blind[i] ? random[i] : sequence[learned++];
    assert_memory_equal(all.value + 2 * i, expected, sizeof sequence[0]);
  }
  dw_policy_batch_free(&all);
  free(scan);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(sobol_is_the_published_sequence),
    cmocka_unit_test(sobol_goes_on),
    cmocka_unit_test(grids_and_lists),
    cmocka_unit_test(random_points),
    cmocka_unit_test(integers_are_rounded),
    cmocka_unit_test(checks_lie_between),
    cmocka_unit_test(policies_go_on),
};

int main(void) { return cmocka_run_group_tests(tests, NULL, NULL); }
