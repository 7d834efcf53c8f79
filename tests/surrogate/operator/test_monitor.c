/* The monitor of jumps: what it calls a good state, and what becomes of bad ones. One small jump operator for all. */
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "fields/step.h"
#include "lattice/random.h"
#include "lesson.h"
#include "surrogate/operator/model_file.h"
#include "surrogate/operator/monitor.h"

enum { JUMPS = 2, SHELLS = 5, FIRST = 900, SEEDS = 8 };

static dw_corrector *model;
static dw_jumper *jumper;

/* 45 fine steps: two jumps of 12 after the first 21. */
static int make_model(void **state) {
  (void)state;
  lesson_make_kind("jump", "runs = 16; steps = 300; rate = 0.02;");
  lesson_config.cheap.points = 16;
  lesson_config.cheap.s = 1.0;
  lesson_config.cheap.fat_from = 0.0;
  lesson_config.net.nets = 2;
  lesson_config.net.channels = 4;
  lesson_config.jump.steps = 12;
  lesson_config.jump.jumps = JUMPS;
  lesson_config.shells = SHELLS;
  assert_ok(dw_jump_train(&model, &lesson_config, &lesson_base, NULL, NULL));
  assert_ok(dw_jumper_create(&jumper, model));
  print_message("threshold %.3f\n", model->monitor[0].threshold);
  return 0;
}

static int drop_model(void **state) {
  (void)state;
  dw_jumper_destroy(jumper);
  dw_corrector_destroy(model);
  return 0;
}

/* The true state after a jump of a run that wasn't trained on, of this jumper's background, into the model's jumper. */
static void take_state(dw_jumper *of, int64_t seed, int64_t jump) {
  assert_ok(dw_member_start(of->fine, seed));
  dw_steps(of->fine->state, (int)(of->anchor + 12 * jump), NULL);
  assert_ok(dw_jumper_restrict(of, of->now));
  for (int f = 0; f < DW_SAMPLE_FIELDS; f++) {
    for (int64_t i = 0; of != jumper && i < 16 * 16 * 16; i++) {
      const double value = dw_field_get(of->now[f], i / 256, i / 16 % 16, i % 16);
      dw_field_set(jumper->now[f], i / 256, i / 16 % 16, i % 16, value);
    }
  }
}

static double residual(int64_t jump) {
  double mark[DW_MONITOR_MARKS];
  assert_ok(dw_monitor_look(jumper, jump, mark));
  return dw_monitor_residual(&model->monitor[0], jump, SHELLS, mark);
}

static void add_noise(dw_field *field, double rms) {
  for (int64_t i = 0; i < 16 * 16 * 16; i++) {
    const int64_t place[3] = {i / 256, i / 16 % 16, i % 16};
    double normal[2];
    dw_random_normal(77, DW_STREAM_WEIGHTS, place, normal);
    const double value = dw_field_get(field, place[0], place[1], place[2]);
    dw_field_set(field, place[0], place[1], place[2], value + rms * normal[0]);
  }
  dw_field_touch(field);
}

/* Catches a monitor that calls true states bad, or corrupted ones good: noise in phi, in phi', walls too smooth. */
static void test_residual(void **state) {
  (void)state;
  double worst = 0.0;
  double least[3] = {1e9, 1e9, 1e9};
  for (int64_t i = 0; i < JUMPS * SEEDS; i++) {
    const int64_t jump = 1 + i % JUMPS;
    take_state(jumper, FIRST + i / JUMPS, jump);
    worst = fmax(worst, residual(jump));
    add_noise(jumper->now[0], 0.3);
    least[0] = fmin(least[0], residual(jump));
    take_state(jumper, FIRST + i / JUMPS, jump);
    add_noise(jumper->now[1], 1.5);
    least[1] = fmin(least[1], residual(jump));
    take_state(jumper, FIRST + i / JUMPS, jump);
    dw_sample_scale(jumper->now[0], 0.5);
    least[2] = fmin(least[2], residual(jump));
  }
  print_message("true states up to %.2f; corrupted from %.2f, %.2f, %.2f\n", worst, least[0], least[1], least[2]);
  assert_true(worst > 0.0 && worst < model->monitor[0].threshold);
  for (int i = 0; i < 3; i++) {
    assert_true(least[i] > model->monitor[0].threshold);
  }
}

/* Catches a monitor that is blind to the background: states of another one at the same time, walls of another width. */
static void test_background(void **state) {
  (void)state;
  dw_jumper *other = NULL;
  assert_ok(dw_jumper_create_at(&other, model, 1.0));
  double least = 1e9;
  for (int64_t seed = FIRST; seed < FIRST + SEEDS; seed++) {
    take_state(other, seed, JUMPS);
    least = fmin(least, residual(JUMPS));
  }
  print_message("w = 1: from %.2f\n", least);
  assert_true(least > model->monitor[0].threshold);
  dw_jumper_destroy(other);
}

static double worst_log(const dw_observed *found, const dw_observed *truth) {
  double worst = fabs(log(found->area / truth->area));
  for (int64_t k = 0; k < SHELLS; k++) {
    worst = fmax(worst, fabs(log(found->field[k] / truth->field[k])));
    worst = fmax(worst, fabs(log(found->stress[k] / truth->stress[k])));
  }
  return worst;
}

static void truth_of(int64_t seed, dw_observed *truth) {
  assert_ok(dw_member_run(jumper->fine, seed));
  assert_ok(dw_observer_measure(jumper->see_fine, truth));
}

/* Catches a fine run that goes on from another state or to another time: with nets that spoil the state, every jump is
 * re-anchored and the result is the fine run's, bit for bit; without the monitor it is off. */
static void test_falls_back(void **state) {
  (void)state;
  dw_observed truth;
  dw_observed raw;
  dw_observed found;
  dw_observed bare;
  dw_watch watch;
  const dw_net *net = model->net[1];
  float *kept = malloc(net->count * sizeof(float));
  assert_non_null(kept);
  memcpy(kept, net->weight, net->count * sizeof(float));
  truth_of(FIRST, &truth);
  for (size_t i = dw_net_mixing(&net->shape, net->shape.layers - 1); i < net->count; i++) {
    net->weight[i] += 0.2f;
  }
  assert_ok(dw_jumper_predict(jumper, FIRST, &raw, &bare));
  assert_ok(dw_monitor_predict(jumper, FIRST, &raw, &found, &watch));
  memcpy(net->weight, kept, net->count * sizeof(float));
  free(kept);
  print_message("residuals %.2f and %.2f; off by %.3f without the monitor\n", watch.residual[0], watch.residual[1],
                worst_log(&bare, &truth));
  assert_true(watch.anchored[0] && watch.anchored[1] && watch.since == 0);
  assert_int_equal(watch.fine_steps, jumper->fine->steps);
  assert_true(worst_log(&bare, &truth) > 0.2);
  assert_memory_equal(&found, &truth, sizeof found);
}

/* Catches a jump from the state that was thrown away, and factors of another number of jumps: the first jump is
 * re-anchored, the other goes on from the truth, and errors are at most 1 % in the area, 1.5 % in the field and 3 % in
 * the stress. */
static void test_goes_on(void **state) {
  (void)state;
  static dw_observed truth[SEEDS];
  static dw_observed found[SEEDS];
  static const dw_observed none;
  dw_observed raw;
  dw_observed error;
  dw_watch watch;
  const double kept = model->monitor[0].mean[0][0];
  model->monitor[0].mean[0][0] += 1e3 * model->monitor[0].scale[0][0];
  for (int64_t i = 0; i < SEEDS; i++) {
    assert_ok(dw_monitor_predict(jumper, FIRST + i, &raw, &found[i], &watch));
    assert_true(watch.anchored[0] && !watch.anchored[1] && watch.since == 1);
    assert_int_equal(watch.fine_steps, jumper->fine->steps - 12);
    truth_of(FIRST + i, &truth[i]);
  }
  dw_observed again;
  model->monitor[0].factor[0].area += 0.5;
  assert_ok(dw_monitor_predict(jumper, FIRST, &raw, &again, &watch));
  model->monitor[0].factor[0].area -= 0.5;
  assert_close(log(again.area / found[0].area), 0.5, 1e-9, 0.0);
  model->monitor[0].mean[0][0] = kept;
  dw_observed_errors(truth, found, SEEDS, SHELLS, &none, &error);
  const double stress = dw_observed_rms(error.stress, SHELLS);
  const double field = dw_observed_rms(error.field, SHELLS);
  print_message("area %.4f, stress %.4f, field %.4f\n", error.area, stress, field);
  assert_true(error.area < 0.01 && field < 0.015 && stress < 0.03);
}

/* Catches false alarms in good runs, and a path of its own: without an alarm the result is that of the jumps alone with
 * the model's factors, bit for bit, on any number of threads. */
static void test_same_bits(void **state) {
  (void)state;
  const int before = omp_get_max_threads();
  dw_observed raw;
  dw_observed bare;
  dw_observed found[2];
  dw_watch watch[2];
  int alarms = 0;
  for (int64_t seed = FIRST; seed < FIRST + SEEDS; seed++) {
    for (int i = 0; i < 2; i++) {
      dw_jumper *j = NULL;
      omp_set_num_threads(1 + i);
      assert_ok(dw_jumper_create(&j, model));
      assert_ok(dw_monitor_predict(j, seed, &raw, &found[i], &watch[i]));
      dw_jumper_destroy(j);
    }
    omp_set_num_threads(before);
    assert_memory_equal(&found[0], &found[1], sizeof found[0]);
    assert_memory_equal(&watch[0], &watch[1], sizeof watch[0]);
    alarms += watch[0].anchored[0] + watch[0].anchored[1];
    assert_ok(dw_jumper_predict(jumper, seed, &raw, &bare));
    dw_observed_scale(&bare, &model->factor, SHELLS);
    if (!watch[0].anchored[0] && !watch[0].anchored[1]) {
      assert_true(worst_log(&found[0], &bare) < 1e-12);
    }
  }
  print_message("%d alarms in %d jumps\n", alarms, JUMPS * SEEDS);
  assert_true(alarms <= 1);
}

/* Catches a part of the monitor that is lost in the file, or that the checksum leaves out. */
static void test_file(void **state) {
  (void)state;
  static dw_provenance provenance;
  dw_corrector *c = NULL;
  dw_provenance_collect(&provenance, dw_comm_self(), 0, NULL, 1, 1);
  assert_ok(dw_corrector_write(model, "jump.h5", &provenance, dw_comm_self()));
  assert_ok(dw_corrector_read(&c, "jump.h5", dw_comm_self()));
  assert_memory_equal(c->monitor, model->monitor, sizeof c->monitor);
  assert_true(c->monitor[0].threshold > 0.0 && c->monitor[0].scale[1][2 * SHELLS - 1] > 0.0);
  dw_corrector_destroy(c);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_residual),   cmocka_unit_test(test_background),
                                     cmocka_unit_test(test_falls_back), cmocka_unit_test(test_goes_on),
                                     cmocka_unit_test(test_same_bits),  cmocka_unit_test(test_file)};
  return cmocka_run_group_tests(tests, make_model, drop_model);
}
