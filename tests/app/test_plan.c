/* The time grid of a run against brute force: every step is tried. */
#include "tests/dw_test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "app/plan.h"

enum { CASES = 400 };

/* A small generator of its own, so that cases are the same everywhere; uniform in [low, high). */
static double uniform(uint64_t *seed, double low, double high) {
  *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return low + (high - low) * (double)(*seed >> 11) / 9007199254740992.0;
}

typedef struct fixture {
  dw_params params;
  dw_background background;
  dw_plan plan;
} fixture;

/* A run of a few hundred steps with random outputs. */
static void make_case(fixture *f, uint64_t *seed) {
  memset(f, 0, sizeof *f);
  f->params.lattice.points = 16;
  f->params.lattice.length = uniform(seed, 4.0, 16.0);
  f->params.time.step = uniform(seed, 0.05, 0.5);
  f->params.gw.coarsening = (int64_t[]){1, 2, 4}[(int)uniform(seed, 0.0, 3.0)];
  const double hubble = uniform(seed, 0.2, 2.0);
  assert_ok(dw_background_init(&f->background, "power-law", uniform(seed, 0.0, 1.0), hubble));
  f->params.time.end = f->background.tau_start + uniform(seed, 0.01, 6.0);
  f->params.analysis.interval = uniform(seed, -0.3, 1.0);
  f->params.analysis.spectra_interval = uniform(seed, 0.0, 2.0);
  f->params.store.slices = uniform(seed, 0.0, 3.0);
  f->params.store.snapshots.count = 3;
  f->params.analysis.utc_reference.count = 2;
  for (int i = 0; i < 3; i++) {
    f->params.store.snapshots.value[i] = uniform(seed, 0.0, f->params.time.end + 0.5);
    f->params.analysis.utc_reference.value[i] = uniform(seed, 0.0, f->params.time.end + 0.5);
  }
  assert_ok(dw_plan_init(&f->plan, &f->params, &f->background));
}

/* The multiple of `coarsening` steps nearest to tau, at or after the start, the end of the run left aside. */
static int64_t nearest(const dw_plan *plan, double tau) {
  int64_t best = 0;
  for (int64_t step = 0; step <= 2 * plan->steps + 64; step += plan->coarsening) {
    if (fabs(dw_plan_tau(plan, step) - tau) < fabs(dw_plan_tau(plan, best) - tau)) {
      best = step;
    }
  }
  return best;
}

static void mark_list(const dw_plan *plan, const dw_real_list *times, bool *due) {
  for (int64_t i = 0; i < times->count; i++) {
    const int64_t step = nearest(plan, times->value[i]);
    if (step <= plan->steps) {
      due[step] = true;
    }
  }
}

static void mark_interval(const dw_plan *plan, double interval, bool *due) {
  for (int64_t k = 0; interval > 0.0; k++) {
    const int64_t step = nearest(plan, plan->tau_start + (double)k * interval);
    if (step > plan->steps) {
      return;
    }
    due[step] = true;
  }
}

static void compare(const dw_plan *plan, bool (*function)(const dw_plan *, int64_t), const bool *due,
                    const char *what) {
  int64_t count = 0;
  for (int64_t step = 0; step <= plan->steps; step++) {
    if (function(plan, step) != due[step]) {
      fail_msg("%s at step %lld of %lld (coarsening %lld): %d", what, (long long)step, (long long)plan->steps,
               (long long)plan->coarsening, !due[step]);
    }
    count += due[step] ? 1 : 0;
  }
  assert_int_equal(dw_plan_count(plan, function), count);
}

/* Catches a grid that is finer than needed, coarser than allowed, or that misses the end. */
static void test_steps(void **state) {
  (void)state;
  uint64_t seed = 1;
  for (int i = 0; i < CASES; i++) {
    fixture f;
    make_case(&f, &seed);
    const double span = f.params.time.end - f.background.tau_start;
    const double largest = f.params.time.step * f.params.lattice.length / (double)f.params.lattice.points;
    int64_t steps = f.params.gw.coarsening;
    while (span / (double)steps > largest * (1.0 + 1e-9)) {
      steps += f.params.gw.coarsening;
    }
    assert_int_equal(f.plan.steps, steps);
    assert_close(dw_plan_tau(&f.plan, 0), f.background.tau_start, 0.0, 0.0);
    assert_close(dw_plan_tau(&f.plan, steps), f.params.time.end, 1e-14, 0.0);
  }
}

/* Catches an output that is lost, doubled, off by a step, or not at a multiple of the coarsening. */
static void test_outputs(void **state) {
  (void)state;
  uint64_t seed = 2;
  for (int i = 0; i < CASES; i++) {
    fixture f;
    make_case(&f, &seed);
    const size_t size = (size_t)f.plan.steps + 1;
    bool *due = calloc(4 * size, sizeof *due);
    assert_non_null(due);
    bool *snapshots = due;
    bool *spectra = due + size;
    bool *rows = due + 2 * size;
    bool *slices = due + 3 * size;
    mark_list(&f.plan, &f.params.store.snapshots, snapshots);
    mark_list(&f.plan, &f.params.store.snapshots, spectra);
    mark_list(&f.plan, &f.params.analysis.utc_reference, spectra);
    mark_interval(&f.plan, f.params.analysis.spectra_interval, spectra);
    spectra[0] = spectra[f.plan.steps] = true;
    memcpy(rows, spectra, size * sizeof *rows);
    mark_interval(&f.plan, f.params.analysis.interval, rows);
    mark_interval(&f.plan, f.params.store.slices, slices);
    compare(&f.plan, dw_plan_snapshot_due, snapshots, "snapshot");
    compare(&f.plan, dw_plan_spectra_due, spectra, "spectra");
    compare(&f.plan, dw_plan_row_due, rows, "row");
    compare(&f.plan, dw_plan_slice_due, slices, "slice");
    free(due);
  }
}

/* Catches references that are lost, doubled or out of order, samples of tracks at other times than asked for, and
 * states that are stored but weren't counted. */
static void test_unequal_times(void **state) {
  (void)state;
  uint64_t seed = 4;
  for (int i = 0; i < CASES; i++) {
    fixture f;
    make_case(&f, &seed);
    f.params.analysis.utc_reference.count = 3;
    f.params.analysis.track_interval = uniform(&seed, -0.1, 0.5);
    f.params.analysis.utc_earlier = i % 2 == 1;
    assert_ok(dw_plan_init(&f.plan, &f.params, &f.background));
    int64_t within = 0;
    for (int64_t r = 0; r < f.plan.references; r++) {
      const int64_t step = f.plan.reference_step[r];
      assert_true(r == 0 || step > f.plan.reference_step[r - 1]);
      assert_true(step > f.plan.steps || dw_plan_spectra_due(&f.plan, step));
      within += step <= f.plan.steps;
    }
    for (int t = 0; t < 3; t++) {
      const int64_t step = nearest(&f.plan, f.params.analysis.utc_reference.value[t]);
      bool found = false;
      for (int64_t r = 0; r < f.plan.references; r++) {
        found = found || f.plan.reference_step[r] == step;
      }
      assert_true(found);
    }
    int64_t stored = within;
    if (f.params.analysis.utc_earlier) {
      stored = 0;
      for (int64_t step = 0; step <= f.plan.steps && step <= f.plan.reference_step[f.plan.references - 1]; step++) {
        stored += dw_plan_spectra_due(&f.plan, step);
      }
    }
    assert_int_equal(dw_plan_stored_states(&f.plan), stored);
    const int64_t every = dw_plan_track_steps(&f.plan);
    const double off = fabs((double)every * f.plan.dtau - f.params.analysis.track_interval);
    assert_true(every > 0 && every % f.plan.coarsening == 0);
    assert_true(every == f.plan.coarsening || off <= 0.5000001 * (double)f.plan.coarsening * f.plan.dtau);
    assert_int_equal(dw_plan_track_samples(&f.plan), (f.plan.steps + every - 1) / every + 1);
  }
}

/* Catches a time after the end that is counted as one within, and the other way round. */
static void test_times_beyond(void **state) {
  (void)state;
  uint64_t seed = 3;
  for (int i = 0; i < CASES; i++) {
    fixture f;
    make_case(&f, &seed);
    int64_t beyond = 0;
    for (int64_t j = 0; j < 3; j++) {
      beyond += nearest(&f.plan, f.params.store.snapshots.value[j]) > f.plan.steps ? 1 : 0;
      beyond += j < 2 && nearest(&f.plan, f.params.analysis.utc_reference.value[j]) > f.plan.steps ? 1 : 0;
    }
    assert_int_equal(dw_plan_times_beyond(&f.plan), beyond);
  }
}

/* Catches a restart that changes the step or stops short of the new end; the old end gives the old grid. */
static void test_continue(void **state) {
  (void)state;
  uint64_t seed = 4;
  for (int i = 0; i < CASES; i++) {
    fixture f;
    make_case(&f, &seed);
    dw_plan again;
    assert_ok(dw_plan_continue(&again, &f.params, &f.background, f.plan.dtau));
    assert_int_equal(again.steps, f.plan.steps);
    assert_true(again.dtau == f.plan.dtau);

    f.params.time.end += uniform(&seed, 0.001, 3.0);
    assert_ok(dw_plan_continue(&again, &f.params, &f.background, f.plan.dtau));
    assert_true(again.dtau == f.plan.dtau);
    int64_t steps = f.plan.coarsening;
    while (dw_plan_tau(&f.plan, steps) < f.params.time.end - 1e-8) {
      steps += f.plan.coarsening;
    }
    assert_int_equal(again.steps, steps);
  }
}

/* Catches outputs at exact multiples that rounding moves: interval and list at the same times, ends included. */
static void test_exact_times(void **state) {
  (void)state;
  fixture f = {.params = {.lattice = {.points = 10, .length = 1.0},
                          .time = {.step = 1.0, .end = 30.0},
                          .gw = {.coarsening = 2},
                          .analysis = {.interval = 0.6},
                          .store = {.snapshots = {.count = 2, .value = {0.6, 30.0}}}}};
  assert_ok(dw_background_init(&f.background, "flat", 0.0, 0.0));
  assert_ok(dw_plan_init(&f.plan, &f.params, &f.background));
  assert_int_equal(f.plan.steps, 300);
  assert_int_equal(dw_plan_count(&f.plan, dw_plan_row_due), 51);
  for (int64_t step = 0; step <= 300; step++) {
    assert_int_equal(dw_plan_row_due(&f.plan, step), step % 6 == 0);
    assert_int_equal(dw_plan_snapshot_due(&f.plan, step), step == 6 || step == 300);
    assert_int_equal(dw_plan_slice_due(&f.plan, step), false);
  }
}

/* Catches an end that isn't after the start, and a number of steps that no run can do. */
static void test_refused(void **state) {
  (void)state;
  uint64_t seed = 5;
  fixture f;
  make_case(&f, &seed);
  f.params.time.end = f.background.tau_start;
  assert_status(dw_plan_init(&f.plan, &f.params, &f.background), DW_ERR_PARAM);
  assert_non_null(strstr(dw_message(), "time.end"));
  assert_status(dw_plan_continue(&f.plan, &f.params, &f.background, 0.1), DW_ERR_PARAM);
  f.params.time.end = 1e11;
  assert_status(dw_plan_init(&f.plan, &f.params, &f.background), DW_ERR_PARAM);
  assert_non_null(strstr(dw_message(), "more than a run can have"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_steps),        cmocka_unit_test(test_outputs),  cmocka_unit_test(test_unequal_times),
      cmocka_unit_test(test_times_beyond), cmocka_unit_test(test_continue), cmocka_unit_test(test_exact_times),
      cmocka_unit_test(test_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
