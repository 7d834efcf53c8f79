/* A small jump operator, from runs to errors on runs that it hasn't seen. */
#include <math.h>
#include <omp.h>
#include <string.h>

#include "fields/step.h"
#include "lesson.h"
#include "surrogate/operator/jump.h"

/* 45 fine steps: two jumps of 16 after the first 13. */
static void make(const char *train) {
  lesson_make(train);
  memset(lesson_config.kind, 0, sizeof lesson_config.kind);
  memcpy(lesson_config.kind, "jump", sizeof "jump");
  lesson_config.cheap.points = 16;
  lesson_config.cheap.s = 1.0;
  lesson_config.cheap.fat_from = 0.0;
  lesson_config.net.nets = 1;
  lesson_config.net.channels = 6;
  lesson_config.jump.steps = 12;
  lesson_config.jump.jumps = 2;
  lesson_config.shells = 5;
}

/* Catches jumps whose times, momenta or factors don't fit, and nets that learn nothing: better than the coarse lattice
 * alone from the same states, both with factors of their own. */
static void test_improves(void **state) {
  (void)state;
  dw_corrector *c = NULL;
  make("runs = 24; steps = 900; rate = 0.02;");
  assert_ok(dw_jump_train(&c, &lesson_config, &lesson_base, NULL, NULL));
  const double field = dw_observed_rms(c->error.field, 5);
  const double stress = dw_observed_rms(c->error.stress, 5);
  print_message("stress %.4f, lattice %.4f; field %.4f, lattice %.4f; area %.4f, lattice %.4f\n", stress,
                dw_observed_rms(c->cheap_error.stress, 5), field, dw_observed_rms(c->cheap_error.field, 5),
                c->error.area, c->cheap_error.area);
  assert_true(field > 0.0 && field < 0.7 * dw_observed_rms(c->cheap_error.field, 5));
  assert_true(stress > 0.0 && stress < 0.9 * dw_observed_rms(c->cheap_error.stress, 5));
  dw_corrector_destroy(c);
}

/* Catches a state that isn't handed over as it is: without an advance and with a net that does nothing, a jump is the
 * identity, and the state where jumps begin is that of the fine run, mode by mode. */
static void test_restricts(void **state) {
  (void)state;
  dw_corrector *c = NULL;
  dw_jumper *j = NULL;
  dw_modes *modes = NULL;
  make("runs = 2; steps = 3;");
  assert_ok(dw_corrector_create(&c, &lesson_config, &lesson_base));
  c->scale = 0.5;
  assert_ok(dw_jumper_create(&j, c));
  assert_int_equal(j->anchor + 24, j->fine->steps);
  assert_close(dw_jumper_tau(j, 2), lesson_base.time.end, 1e-12, 0.0);
  assert_ok(dw_member_run(j->fine, 4));
  assert_ok(dw_jumper_restrict(j, j->now));
  assert_ok(dw_modes_create(&modes, j->fine->lattice, DW_ALL_MODES, DW_SINGLE));
  dw_modes_forward(modes, j->fine->state->phi[0]);
  dw_modes_forward(j->coarse->modes, j->now[0]);
  double size = 0.0;
  for (int64_t n = 1; n < 7; n++) {
    double fine[2];
    double coarse[2];
    dw_modes_get(modes, n, 2, 3, fine);
    dw_modes_get(j->coarse->modes, n, 2, 3, coarse);
    assert_close(coarse[0], fine[0] / 8.0, 1e-3, 1e-3);
    assert_close(coarse[1], fine[1] / 8.0, 1e-3, 1e-3);
    size += fabs(coarse[0]);
  }
  assert_true(size > 1.0);
  dw_modes_destroy(modes);
  dw_jumper_destroy(j);
  dw_corrector_destroy(c);
}

/* Catches an advance that goes to another time or with another momentum: on the lattice of the fine run itself it is
 * the fine run. */
static void test_advance(void **state) {
  (void)state;
  dw_corrector *c = NULL;
  dw_jumper *j = NULL;
  double q[DW_JUMP_FACTORS];
  make("runs = 2; steps = 3;");
  lesson_config.cheap.points = 32;
  assert_ok(dw_corrector_create(&c, &lesson_config, &lesson_base));
  c->scale = 0.5;
  assert_ok(dw_jumper_create(&j, c));
  assert_int_equal(j->substeps, lesson_config.jump.steps);
  assert_ok(dw_member_start(j->fine, 4));
  dw_steps(j->fine->state, (int)(j->anchor + 12), NULL);
  assert_ok(dw_jumper_restrict(j, j->now));
  dw_jumper_advance(j, 1, j->pass, q);
  dw_steps(j->fine->state, 12, NULL);
  assert_ok(dw_jumper_restrict(j, j->now));
  double worst[2] = {0.0, 0.0};
  for (int64_t i = 0; i < 32 * 32 * 32; i++) {
    for (int f = 0; f < 2; f++) {
      const double off = dw_field_get(j->now[f], i / 1024, i / 32 % 32, i % 32) -
                         dw_field_get(j->pass->input[f], i / 1024, i / 32 % 32, i % 32);
      worst[f] = fmax(worst[f], fabs(off));
    }
  }
  print_message("off by %.2g and %.2g\n", worst[0], worst[1]);
  assert_true(worst[0] < 1e-4 && worst[1] < 1e-3);
  assert_close(q[0], log(lesson_base.time.end), 1e-9, 0.0); /* radiation from tau = 1 on: a = tau */
  assert_close(q[1], j->length / lesson_base.time.end, 1e-9, 0.0);
  dw_jumper_destroy(j);
  dw_corrector_destroy(c);
}

/* Catches anything in training that depends on the threads, and more jumps than there are steps. */
static void test_same_model(void **state) {
  (void)state;
  const int before = omp_get_max_threads();
  dw_corrector *c[2] = {NULL, NULL};
  make("runs = 3; steps = 8; rate = 0.03;");
  for (int i = 0; i < 2; i++) {
    omp_set_num_threads(1 + i);
    assert_ok(dw_jump_train(&c[i], &lesson_config, &lesson_base, NULL, NULL));
  }
  omp_set_num_threads(before);
  assert_memory_equal(c[0]->net[0]->weight, c[1]->net[0]->weight, c[0]->net[0]->count * sizeof(float));
  assert_memory_equal(&c[0]->error, &c[1]->error, sizeof c[0]->error);
  dw_corrector_destroy(c[0]);
  dw_corrector_destroy(c[1]);
  lesson_config.jump.jumps = 4;
  assert_status(dw_jump_train(&c[0], &lesson_config, &lesson_base, NULL, NULL), DW_ERR_PARAM);
  assert_non_null(strstr(dw_message(), "take fewer"));
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_improves), cmocka_unit_test(test_restricts),
                                     cmocka_unit_test(test_advance), cmocka_unit_test(test_same_model)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
