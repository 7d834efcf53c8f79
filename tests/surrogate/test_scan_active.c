/* The active policy: where it lays points, and when it stops. */
#include "surrogate/scan/policy.h"
#include "tests/surrogate/emulator_fixture.h"

enum { START = 30, BATCH = 8 };

/* A scan of the fixture's two parameters after START points, and a data set of them. */
typedef struct setting {
  dw_scan scan;
  dw_params base;
  dw_axis axis[DW_SCAN_KEYS];
  double value[2 * START];
  dw_policy_state state;
} setting;

static setting *make_setting(void) {
  setting *s = calloc(1, sizeof *s);
  assert_non_null(s);
  assert_ok(dw_scan_defaults(&s->scan));
  assert_ok(dw_params_defaults(&s->base));
  (void)snprintf(s->scan.design, sizeof s->scan.design, "active");
  s->scan.points = START;
  s->scan.batch = BATCH;
  s->scan.seeds = 4;
  s->scan.blind_every = 5;
  s->scan.target = 1e-6;
  s->scan.keys = 2;
  s->scan.key[0] = (dw_scan_key){.key = "cosmology.w", .min = 0.0, .max = 1.0, .scale = "linear"};
  s->scan.key[1] = (dw_scan_key){.key = "fields.initial.cutoff", .min = 2.0, .max = 8.0, .scale = "log"};
  dw_policy_axes(&s->scan, s->axis);
  s->state = (dw_policy_state){.scan = &s->scan, .base = &s->base, .axis = s->axis, .value = s->value};
  return s;
}

static dw_status next(const setting *s, dw_policy_batch *batch) {
  return dw_policy_find("active")->next(&s->state, batch);
}

/* The start, on the sequence; with `squeezed` its first parameter lies in the lower half only. Then runs of all of it.
 */
static dw_dataset *begin(setting *s, bool squeezed) {
  dw_policy_batch batch;
  assert_ok(next(s, &batch));
  assert_int_equal(batch.points, START);
  for (int64_t i = 0; i < START; i++) {
    s->value[2 * i] = squeezed ? 0.5 * batch.value[2 * i] : batch.value[2 * i];
    s->value[2 * i + 1] = batch.value[2 * i + 1];
    assert_int_equal(batch.blind[i], i % 5 == 4);
  }
  dw_policy_batch_free(&batch);
  const truth what = {.points = START, .seeds = 4, .scatter = 0.01};
  dw_dataset *d = truth_dataset(&what);
  for (int64_t r = 0; r < d->runs; r++) {
    const double *value = s->value + 2 * d->run[r].point;
    const double x[2] = {2.0 * value[0] - 1.0, log(value[1] / 2.0) / log(2.0) - 1.0};
    truth_fill_at(d, r, &what, x);
    d->run[r].blind = d->run[r].point % 5 == 4;
  }
  s->state.given = START;
  s->state.dataset = d;
  return d;
}

static double distance(const setting *s, const double *a, const double *b) {
  return hypot(dw_axis_unit(&s->axis[0], a[0]) - dw_axis_unit(&s->axis[0], b[0]),
               dw_axis_unit(&s->axis[1], a[1]) - dw_axis_unit(&s->axis[1], b[1]));
}

/* Catches points where much is known already, points on top of each other, checks that are chosen or learned from, and
 * an answer that isn't a function of what it was asked with. */
static void points_go_where_little_is_known(void **state) {
  (void)state;
  setting *s = make_setting();
  dw_policy_batch batch;
  dw_policy_batch again;
  dw_dataset *d = begin(s, true);
  assert_ok(next(s, &batch));
  assert_int_equal(batch.points, BATCH);
  int beyond = 0;
  int chosen = 0;
  for (int64_t i = 0; i < BATCH; i++) {
    const double *value = batch.value + 2 * i;
    assert_true(value[0] >= 0.0 && value[0] <= 1.0 && value[1] >= 2.0 && value[1] <= 8.0);
    assert_int_equal(batch.blind[i], (START + i) % 5 == 4);
    chosen += batch.blind[i] ? 0 : 1;
    beyond += !batch.blind[i] && value[0] > 0.5;
    for (int64_t j = 0; j < i && !batch.blind[i]; j++) {
      assert_true(batch.blind[j] || distance(s, value, batch.value + 2 * j) > 0.05);
    }
  }
  assert_int_equal(chosen, BATCH - 1);
  assert_true(beyond >= BATCH - 2);
  double check[2];
  assert_ok(dw_design_sobol(s->axis, 2, START, 1, check)); /* behind the start */
  assert_memory_equal(batch.value + 2 * 4, check, sizeof check);
  for (int64_t i = 0; i < d->runs * TRUTH_TIMES * TRUTH_BINS; i++) {
    d->spectrum[DW_DATASET_ETC].value[i] *= d->run[i / (TRUTH_TIMES * TRUTH_BINS)].blind ? 2.0 : 1.0;
  }
  assert_ok(next(s, &again));
  assert_memory_equal(again.value, batch.value, 2 * BATCH * sizeof(double));
  dw_policy_batch_free(&batch);
  dw_policy_batch_free(&again);
  dw_dataset_destroy(d);
  free(s);
}

/* Catches a start that isn't finished, or that exceeds the budget. */
static void the_start_is_the_sequence(void **state) {
  (void)state;
  setting *s = make_setting();
  dw_policy_batch batch;
  double expected[2 * START];
  assert_ok(dw_design_sobol(s->axis, 2, 0, START, expected));
  memcpy(s->value, expected, sizeof expected);
  s->state.given = 11;
  assert_ok(next(s, &batch));
  assert_int_equal(batch.points, START - 11);
  assert_memory_equal(batch.value, expected + 22, (size_t)batch.points * 2 * sizeof(double));
  assert_true(batch.blind[3] && !batch.blind[4]);
  dw_policy_batch_free(&batch);
  s->state.given = 0;
  s->scan.budget = 30; /* runs; seven points of four seeds */
  assert_ok(next(s, &batch));
  assert_int_equal(batch.points, 7);
  dw_policy_batch_free(&batch);
  s->state.given = 7; /* none of which has succeeded */
  assert_ok(next(s, &batch));
  assert_int_equal(batch.points, 0);
  assert_non_null(strstr(batch.reason, "no run has succeeded"));
  dw_policy_batch_free(&batch);
  free(s);
}

/* Catches a scan that goes on after target or budget, or stops before. */
static void it_stops(void **state) {
  (void)state;
  setting *s = make_setting();
  dw_policy_batch batch;
  dw_dataset *d = begin(s, false);
  s->scan.budget = 4 * (START + 3) + 2;
  assert_ok(next(s, &batch));
  assert_int_equal(batch.points, 3);
  dw_policy_batch_free(&batch);
  s->scan.budget = 4 * START;
  assert_ok(next(s, &batch));
  assert_int_equal(batch.points, 0);
  assert_non_null(strstr(batch.reason, "the budget is used up"));
  dw_policy_batch_free(&batch);
  s->scan.budget = 0;
  s->scan.target = 0.5;
  assert_ok(next(s, &batch));
  assert_int_equal(batch.points, 0);
  assert_non_null(strstr(batch.reason, "is reached"));
  assert_non_null(strstr(batch.reason, "in 6 checks"));
  dw_policy_batch_free(&batch);
  dw_dataset_destroy(d);
  free(s);
}

/* Mean of a parameter over the chosen points of a batch, on 0..1. */
static double mean_of(const setting *s, int axis) {
  dw_policy_batch batch;
  double sum = 0.0;
  int count = 0;
  assert_ok(next(s, &batch));
  for (int64_t i = 0; i < batch.points; i++) {
    sum += batch.blind[i] ? 0.0 : dw_axis_unit(&s->axis[axis], batch.value[2 * i + axis]);
    count += batch.blind[i] ? 0 : 1;
  }
  dw_policy_batch_free(&batch);
  return sum / count;
}

/* Catches a cost that doesn't count: where one parameter is the length of the run, short ones are taken. */
static void cheap_runs_are_preferred(void **state) {
  (void)state;
  setting *s = make_setting();
  dw_dataset *d = begin(s, false);
  const double even = mean_of(s, 1);
  (void)snprintf(s->scan.key[1].key, sizeof s->scan.key[1].key, "time.end");
  assert_true(mean_of(s, 1) < even - 0.1);
  dw_dataset_destroy(d);
  free(s);
}

/* Catches a point that is tried again and again although its runs fail. */
static void failed_points_are_not_tried_again(void **state) {
  (void)state;
  setting *s = make_setting();
  dw_policy_batch batch;
  dw_dataset *d = begin(s, false);
  assert_ok(next(s, &batch));
  s->value[0] = batch.value[0]; /* point 0 becomes the one that was wanted most, and isn't in the data set */
  s->value[1] = batch.value[1];
  const double wanted[2] = {batch.value[0], batch.value[1]};
  dw_policy_batch_free(&batch);
  for (int64_t r = 0; r < d->runs; r++) {
    d->run[r].point = d->run[r].point == 0 ? START + 1 : d->run[r].point;
  }
  assert_ok(next(s, &batch));
  for (int64_t i = 0; i < batch.points; i++) {
    assert_true(batch.blind[i] || distance(s, wanted, batch.value + 2 * i) > 0.03);
  }
  dw_policy_batch_free(&batch);
  dw_dataset_destroy(d);
  free(s);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_start_is_the_sequence),
    cmocka_unit_test(points_go_where_little_is_known),
    cmocka_unit_test(it_stops),
    cmocka_unit_test(cheap_runs_are_preferred),
    cmocka_unit_test(failed_points_are_not_tried_again),
};

int main(void) { return cmocka_run_group_tests(tests, NULL, NULL); }
