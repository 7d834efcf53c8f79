/* Every allocation of the coherence fails once: reported, nothing leaked, nothing used that isn't there. */
#include "tests/dw_test.h"

#include "analysis/post/coherence.h"
#include "base/memory.h"
#include "tests/analysis/coherence_processes.h"
#include "tests/faults/faults.h"

static dw_status add_both(dw_coherence_data *data, const process *p) {
  const int64_t at[] = {3};
  dw_utc_estimate tracks, reference = {.rows = 0};
  DW_TRY(dw_utc_estimate_tracks(&tracks, &p->tracks));
  double etc[MOST_TIMES];
  for (int64_t t = 0; t < p->tracks.samples; t++) {
    etc[t] = tracks.utc[t * (p->tracks.samples + 1)];
  }
  dw_status status = dw_coherence_data_add_tracks(data, &p->tracks, &tracks, p->x);
  if (status == DW_OK) {
    status = dw_utc_estimate_reference(&reference, 1, p->tracks.samples, at, tracks.utc + 3 * p->tracks.samples, etc,
                                       2.0 * (double)p->tracks.modes);
  }
  if (status == DW_OK) {
    status = dw_coherence_data_add_reference(data, &reference, at, p->x, 4.0 * (double)p->tracks.modes);
  }
  dw_utc_estimate_destroy(&tracks);
  dw_utc_estimate_destroy(&reference);
  return status;
}

static dw_status whole(const process *p) {
  dw_coherence_data data;
  dw_coherence_comparison comparison;
  DW_TRY(dw_coherence_data_create(&data, 3, 12, 1.0));
  dw_status status = add_both(&data, p);
  if (status == DW_OK) {
    status = dw_coherence_data_add_pairs(&data, 1, (const double[][2]){{1.0, 2.0}}, (double[]){0.8}, (double[]){0.1});
  }
  if (status == DW_OK) {
    status = dw_coherence_compare(&data, &comparison);
  }
  dw_coherence_data_destroy(&data);
  return status;
}

/* Catches a failure that is passed over, crashes the clean-up, or leaks. */
static void test_every_allocation_fails_once(void **state) {
  (void)state;
  process p = process_create(12, 40, 1.0, 1);
  fill_gaussian(&p, 2.0);
  const size_t before = dw_memory_held();
  dw_faults_arm(DW_FAULT_MEMORY, 0);
  assert_ok(whole(&p));
  const int64_t all = dw_faults_count(DW_FAULT_MEMORY);
  assert_true(all > 40);
  for (int64_t n = 1; n <= all; n++) {
    dw_faults_arm(DW_FAULT_MEMORY, n);
    assert_status(whole(&p), DW_ERR_MEMORY);
    assert_true(dw_memory_held() == before);
  }
  dw_faults_disarm();
  process_destroy(&p);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_allocation_fails_once)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
