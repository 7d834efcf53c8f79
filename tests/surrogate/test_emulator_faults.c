/* Makes the n-th allocation of training, writing, reading and assessing fail, each in turn. */
#include <omp.h>
#include <stdlib.h>

#include "base/memory.h"
#include "surrogate/emulator/assess.h"
#include "tests/faults/faults.h"
#include "tests/surrogate/emulator_fixture.h"

static const truth tiny = {.points = 9, .seeds = 2, .blind = 2, .scatter = 0.05, .cheap = 9, .fine = 4};

typedef struct job {
  const dw_dataset *dataset;
  dw_emulator *emulator;
  bool *learned;
  bool *test;
  dw_provenance provenance;
} job;

typedef dw_status (*action)(job *j);

static dw_status train(job *j) {
  dw_emulator_options options = dw_emulator_defaults();
  options.times_at_most = 1;
  dw_emulator *e = NULL;
  const dw_status status = dw_emulator_train(&e, j->dataset, &options);
  assert_true((e == NULL) == (status != DW_OK));
  dw_emulator_destroy(e);
  return status;
}

static dw_status write(job *j) { return dw_emulator_write(j->emulator, "model.h5", &j->provenance); }

static dw_status read(job *j) {
  (void)j;
  dw_emulator *e = NULL;
  const dw_status status = dw_emulator_read(&e, "model.h5");
  assert_true((e == NULL) == (status != DW_OK));
  dw_emulator_destroy(e);
  return status;
}

static dw_status predict(job *j) {
  dw_emulator_prediction *p = NULL;
  const dw_status status = dw_emulator_prediction_create(&p, j->emulator, true);
  assert_true((p == NULL) == (status != DW_OK));
  dw_emulator_prediction_destroy(p);
  return status;
}

static dw_status assess(job *j) {
  dw_assess_record record = {.points = {.count = 0}};
  dw_assessments found = {.record = &record};
  const dw_status status = dw_assess(j->emulator, j->dataset, j->learned, j->test, &found);
  dw_assess_record_finalize(&record);
  return status;
}

static dw_status curve(job *j) {
  dw_emulator_options options = dw_emulator_defaults();
  dw_assessments found = {.outside = 0};
  double seconds = 0.0;
  options.times_at_most = 1;
  return dw_assess_first(j->dataset, &options, j->learned, 4, false, j->test, &found, &seconds);
}

/* Each allocation of the action fails once; then the action works. */
static void fail_each(job *j, action what) {
  const size_t held = dw_memory_held();
  dw_faults_arm(DW_FAULT_MEMORY, 0);
  assert_ok(what(j));
  const int64_t all = dw_faults_count(DW_FAULT_MEMORY);
  assert_true(all > 0);
  for (int64_t n = 1; n <= all; n++) {
    dw_faults_arm(DW_FAULT_MEMORY, n);
    const dw_status status = what(j);
    assert_true(status == DW_ERR_MEMORY || status == DW_ERR_FILE); /* HDF5 doesn't say why it failed */
    assert_int_equal(dw_memory_held(), held);
  }
  dw_faults_disarm();
  assert_ok(what(j));
  assert_int_equal(dw_memory_held(), held);
}

/* Catches a failure that is passed over, crashes, leaks, or leaves half a handle. */
static void each_allocation_may_fail(void **state) {
  (void)state;
  static job j;
  dw_dataset *d = truth_dataset(&tiny);
  dw_emulator_options options = dw_emulator_defaults();
  j.dataset = d;
  j.learned = calloc(2 * (size_t)d->runs, sizeof *j.learned);
  j.test = j.learned + d->runs;
  options.levels = DW_LEVELS_BOTH;
  options.times_at_most = 1;
  assert_non_null(j.learned);
  dw_provenance_collect(&j.provenance, dw_comm_self(), 0, NULL, 1, 1);
  assert_ok(dw_emulator_train(&j.emulator, d, &options));
  dw_assess_learned(j.emulator, d, j.learned);
  for (int64_t r = 0; r < d->runs; r++) {
    j.test[r] = d->run[r].blind;
  }
  fail_each(&j, train);
  fail_each(&j, write);
  fail_each(&j, read);
  fail_each(&j, predict);
  fail_each(&j, assess);
  fail_each(&j, curve);
  free(j.learned);
  dw_emulator_destroy(j.emulator);
  dw_dataset_destroy(d);
}

int main(void) {
  omp_set_num_threads(1); /* allocations are counted */
  const struct CMUnitTest tests[] = {cmocka_unit_test(each_allocation_may_fail)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
