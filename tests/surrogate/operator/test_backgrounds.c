/* A jump operator that learns several backgrounds. */
#include <math.h>
#include <string.h>

#include "lesson.h"
#include "surrogate/operator/monitor.h"

enum { SHELLS = 5 };

/* Fine runs of 32^3, and two short jumps, which also the shortest of them has room for. */
static void make(const char *train) {
  lesson_make_kind("jump", train);
  lesson_config.cheap.points = 16;
  lesson_config.cheap.s = 1.0;
  lesson_config.cheap.fat_from = 0.0;
  lesson_config.net.nets = 1;
  lesson_config.net.channels = 4;
  lesson_config.jump.steps = 6;
  lesson_config.jump.jumps = 2;
  lesson_config.shells = SHELLS;
  lesson_base.time.end = 3.6;
}

static double errors_at(const dw_corrector *c, double w, double *stress, int *alarms) {
  enum { SEEDS = 8 };
  static const dw_observed none;
  dw_observed truth[SEEDS];
  dw_observed found[SEEDS];
  dw_observed raw;
  dw_observed error;
  dw_watch watch;
  dw_jumper *j = NULL;
  *alarms = 0;
  assert_ok(dw_jumper_create_at(&j, c, w));
  for (int i = 0; i < SEEDS; i++) {
    assert_ok(dw_monitor_predict(j, 700 + i, &raw, &found[i], &watch));
    *alarms += watch.anchored[0] + watch.anchored[1];
    assert_ok(dw_jumper_seed(j, 700 + i, &truth[i], &raw, &found[i]));
    dw_observed_scale(&found[i], &j->monitor->factor[1], SHELLS);
  }
  dw_jumper_destroy(j);
  dw_observed_errors(truth, found, SEEDS, SHELLS, &none, &error);
  *stress = dw_observed_rms(error.stress, SHELLS);
  return dw_observed_rms(error.field, SHELLS);
}

/* Catches factors, monitors or gains that don't belong to the background: between those that were learned errors are
 * small and the monitor is silent, far outside it isn't. */
static void test_between(void **state) {
  (void)state;
  dw_corrector *c = NULL;
  double stress[2];
  int alarms[2];
  make("runs = 12; steps = 300; rate = 0.02; w = (0.2, 0.3333333333333333, 0.6);");
  assert_ok(dw_jump_train(&c, &lesson_config, &lesson_base, NULL, NULL));
  assert_true(dw_monitor_knows(c, 0.26) && !dw_monitor_knows(c, 0.1) && !dw_monitor_knows(c, 0.7));
  assert_true(dw_monitor_knows(c, 0.6000001) && !dw_monitor_knows(c, 0.60001));
  const double inside = errors_at(c, 0.26, &stress[0], &alarms[0]);
  const double outside = errors_at(c, 3.0, &stress[1], &alarms[1]);
  print_message("w = 0.26: field %.4f, stress %.4f, %d alarms; w = 3: field %.4f, stress %.4f, %d alarms\n", inside,
                stress[0], alarms[0], outside, stress[1], alarms[1]);
  assert_true(inside > 0.0 && inside < 0.02 && stress[0] < 0.06 && alarms[0] <= 2);
  assert_true(outside > 2.0 * inside && alarms[1] >= 8);
  dw_corrector_destroy(c);
}

/* Catches interpolation with the wrong neighbours or weights. */
static void test_interpolates(void **state) {
  (void)state;
  static dw_monitor m;
  dw_corrector *c = NULL;
  make("runs = 6; steps = 2; w = (0, 0.2, 0.6);");
  assert_ok(dw_corrector_create(&c, &lesson_config, &lesson_base));
  assert_int_equal(c->backgrounds, 3);
  for (int b = 0; b < 3; b++) {
    c->monitor[b].threshold = 1.0 + b * b;
    c->monitor[b].mean[1][3] = 10.0 * b;
    c->monitor[b].scale[1][3] = 0.5;
    c->monitor[b].factor[1].stress[4] = -2.0 * b * b;
  }
  /* p = 2, 1.25 and 0.714: the middle between two of them is at p = 1.625 and 0.982. */
  const double w[] = {-0.1, 0.0, 1.0 / 13.0, 0.2, (2.0 / (55.0 / 56.0) - 1.0) / 3.0, 0.6, 0.9};
  const double threshold[] = {1.0, 1.0, 1.5, 2.0, 3.5, 5.0, 5.0};
  const double mean[] = {0.0, 0.0, 5.0, 10.0, 15.0, 20.0, 20.0};
  const double factor[] = {0.0, 0.0, -1.0, -2.0, -5.0, -8.0, -8.0};
  const double scale[] = {0.5, 0.5, 5.024937810560445, 0.5, 5.024937810560445, 0.5, 0.5};
  for (int i = 0; i < 7; i++) {
    dw_monitor_between(&m, c, w[i]);
    assert_close(m.threshold, threshold[i], 1e-12, 0.0);
    assert_close(m.mean[1][3], mean[i], 1e-12, 1e-12);
    assert_close(m.scale[1][3], scale[i], 1e-12, 0.0);
    assert_close(m.factor[1].stress[4], factor[i], 1e-12, 1e-12);
  }
  dw_corrector_destroy(c);
}

/* A base outside of the backgrounds, and one that has no w. */
static void test_refuses(void **state) {
  (void)state;
  dw_corrector *c = NULL;
  make("runs = 6; steps = 2; w = (0.5, 0.6);");
  assert_status(dw_jump_train(&c, &lesson_config, &lesson_base, NULL, NULL), DW_ERR_PARAM);
  assert_non_null(strstr(dw_message(), "without cosmology.w"));
  make("runs = 6; steps = 2; w = (0.1, 0.6);");
  memset(lesson_base.cosmology.background, 0, sizeof lesson_base.cosmology.background);
  memcpy(lesson_base.cosmology.background, "chain", sizeof "chain");
  assert_status(dw_jump_train(&c, &lesson_config, &lesson_base, NULL, NULL), DW_ERR_PARAM);
  assert_non_null(strstr(dw_message(), "take power-law"));
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_between), cmocka_unit_test(test_interpolates),
                                     cmocka_unit_test(test_refuses)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
