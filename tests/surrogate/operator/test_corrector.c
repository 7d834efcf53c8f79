/* A small corrector, from runs to errors on runs that it hasn't seen. */
#include <omp.h>
#include <string.h>

#include "lesson.h"
#include "surrogate/operator/box.h"

/* Catches samples, losses or factors that don't belong together: on unseen seeds the stress and the field must come out
 * better than those of the cheap runs with factors of their own. */
static void test_improves(void **state) {
  (void)state;
  dw_corrector *c = NULL;
  lesson_make("runs = 16; steps = 150; rate = 0.03;");
  assert_ok(dw_corrector_train(&c, &lesson_config, &lesson_base, NULL, NULL));
  const double stress = dw_observed_rms(c->error.stress, 6);
  const double field = dw_observed_rms(c->error.field, 6);
  print_message("stress %.4f, cheap %.4f; field %.4f, cheap %.4f; area %.4f, cheap %.4f\n", stress,
                dw_observed_rms(c->cheap_error.stress, 6), field, dw_observed_rms(c->cheap_error.field, 6),
                c->error.area, c->cheap_error.area);
  assert_true(stress > 0.0 && stress < 0.9 * dw_observed_rms(c->cheap_error.stress, 6));
  assert_true(field > 0.0 && field < 0.5 * dw_observed_rms(c->cheap_error.field, 6));
  assert_true(c->error.area > 0.0 && c->error.area < 0.05);
  dw_observed error;
  int64_t shells = 0;
  assert_ok(dw_box_errors(c, &error, &shells)); /* the net knows no box, and factors belong to momenta */
  assert_int_equal(shells, 7);
  print_message("larger box: stress %.4f, field %.4f\n", dw_observed_rms(error.stress, 7),
                dw_observed_rms(error.field, 7));
  assert_true(dw_observed_rms(error.stress, 7) > 0.0 && dw_observed_rms(error.stress, 7) < 2.0 * stress);
  assert_true(error.area > 0.0 && error.area < 0.03);
  dw_corrector_destroy(c);
}

/* Catches anything in training that depends on the threads. */
static void test_same_model(void **state) {
  (void)state;
  const int before = omp_get_max_threads();
  dw_corrector *c[2] = {NULL, NULL};
  lesson_make("runs = 3; steps = 6; rate = 0.03;");
  for (int i = 0; i < 2; i++) {
    omp_set_num_threads(1 + i);
    assert_ok(dw_corrector_train(&c[i], &lesson_config, &lesson_base, NULL, NULL));
  }
  omp_set_num_threads(before);
  for (int i = 0; i < 2; i++) {
    assert_memory_equal(c[0]->net[i]->weight, c[1]->net[i]->weight, c[0]->net[i]->count * sizeof(float));
  }
  assert_memory_not_equal(c[0]->net[0]->weight, c[0]->net[1]->weight, c[0]->net[0]->count * sizeof(float));
  assert_memory_equal(&c[0]->factor, &c[1]->factor, sizeof c[0]->factor);
  assert_memory_equal(&c[0]->error, &c[1]->error, sizeof c[0]->error);
  dw_corrector_destroy(c[0]);
  dw_corrector_destroy(c[1]);
}

/* Catches a cheap lattice that isn't cheap, and walls that aren't there. */
static void test_refusals(void **state) {
  (void)state;
  dw_corrector *c = NULL;
  lesson_make("runs = 3; steps = 6;");
  lesson_config.cheap.points = 32;
  assert_status(dw_corrector_train(&c, &lesson_config, &lesson_base, NULL, NULL), DW_ERR_PARAM);
  assert_non_null(strstr(dw_message(), "take fewer"));
  lesson_config.cheap.points = 20;
  lesson_base.time.end = 0.5;
  assert_status(dw_corrector_train(&c, &lesson_config, &lesson_base, NULL, NULL), DW_ERR_PARAM);
  lesson_base.time.end = 2.8;
  (void)snprintf(lesson_base.fields.potential, DW_TEXT_LENGTH, "free");
  assert_status(dw_corrector_train(&c, &lesson_config, &lesson_base, NULL, NULL), DW_ERR_PARAM);
  assert_null(c);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_improves), cmocka_unit_test(test_same_model),
                                     cmocka_unit_test(test_refusals)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
