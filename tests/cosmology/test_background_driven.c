/* Scale factors that are written down as they come, against the closed forms that they are taken from. */
#include "tests/dw_test.h"

#include <math.h>

#include "cosmology/background_driven.h"

/* Nodes of the power law of w from its start, up to a time `length` later. */
static dw_background_record *record_of(dw_background *b, double w, int count, double length) {
  dw_background exact;
  dw_background_record *record = NULL;
  assert_ok(dw_background_driven(b, w, 0.5));
  assert_ok(dw_background_init(&exact, "power-law", w, 0.5));
  assert_ok(dw_background_record_create(&record, b->tau_start, length / (count - 1), count));
  for (int i = 0; i < count; i++) {
    const double tau = b->tau_start + i * record->spacing;
    const double a = dw_background_scale_factor(&exact, tau);
    dw_background_record_append(record, a, a * dw_background_hubble(&exact, tau), dw_background_time(&exact, tau));
  }
  b->record = record;
  return record;
}

/* Largest relative errors of a, H, t and p, from before the record to beyond it. */
static void errors(double w, int count, double error[4]) {
  dw_background b, exact;
  dw_background_record *record = record_of(&b, w, count, 4.0);
  assert_ok(dw_background_init(&exact, "power-law", w, 0.5));
  for (int k = 0; k < 4; k++) {
    error[k] = 0.0;
  }
  for (int i = 0; i < 200; i++) {
    const double tau = b.tau_start * 0.5 + 0.0317 * i;
    const double found[4] = {dw_background_scale_factor(&b, tau), dw_background_hubble(&b, tau),
                             dw_background_time(&b, tau), dw_background_power(&b, tau)};
    const double expected[4] = {dw_background_scale_factor(&exact, tau), dw_background_hubble(&exact, tau),
                                dw_background_time(&exact, tau), exact.p};
    for (int k = 0; k < (tau < b.tau_start ? 3 : 4); k++) {
      error[k] = fmax(error[k], fabs(found[k] / expected[k] - 1.0));
    }
  }
  dw_background_record_destroy(record);
}

/* Catches a cubic that isn't that of both a and a', a t that isn't its integral, and a law beyond the ends that isn't
 * that of the fluid: matter, a ~ tau^2, is met exactly, kination to order 4, its H to order 3 and its power to order 1.
 */
static void power_laws_are_met(void **state) {
  (void)state;
  double coarse[4], fine[4];
  errors(0.0, 9, coarse);
  assert_true(coarse[0] < 1e-13 && coarse[1] < 1e-13 && coarse[2] < 1e-13);
  errors(1.0, 21, coarse);
  errors(1.0, 41, fine);
  for (int k = 0; k < 3; k++) {
    assert_true(fine[k] < 1e-4 && log2(coarse[k] / fine[k]) > 2.5);
  }
  assert_true(fine[3] < 0.1 && fine[3] < 0.7 * coarse[3]);
}

/* Catches nodes that aren't found because of rounding: what is stored there comes back with the same bits, and the
 * cubic before reaches it. */
static void nodes_are_exact(void **state) {
  (void)state;
  dw_background b;
  dw_background_record *record = record_of(&b, 1.0, 3001, 100.0);
  for (int i = 0; i < 3001; i++) {
    const double a = record->node[i].a;
    const double tau = b.tau_start + (i / 2) * (2.0 * record->spacing) + (i % 2) * (0.5 * (2.0 * record->spacing));
    assert_true(dw_background_scale_factor(&b, tau) == a && dw_background_time(&b, tau) == record->node[i].time);
    assert_true(dw_background_hubble(&b, tau) == record->node[i].slope / a);
    const double before = i > 0 ? tau - 1e-7 * record->spacing : tau; /* t of the cubic goes on to that of the node */
    assert_close(dw_background_time(&b, before), record->node[i].time - a * (tau - before), 1e-12, 0);
  }
  dw_background_record_destroy(record);
}

/* Catches a background that can't be asked before the run, one without its first node, and a record that overflows. */
static void before_the_run_it_is_the_fluid(void **state) {
  (void)state;
  dw_background b, exact;
  assert_ok(dw_background_driven(&b, 1.0 / 3.0, 0.5));
  assert_ok(dw_background_init(&exact, "power-law", 1.0 / 3.0, 0.5));
  assert_true(dw_background_is_driven(&b) && !dw_background_is_driven(&exact) && dw_background_expands(&b));
  assert_true(b.tau_start == exact.tau_start && isnan(b.p) && isnan(b.w));
  for (double tau = 1.0; tau < 9.0; tau += 1.0) {
    assert_close(dw_background_scale_factor(&b, tau), dw_background_scale_factor(&exact, tau), 1e-14, 0);
    assert_close(dw_background_hubble(&b, tau), dw_background_hubble(&exact, tau), 1e-14, 0);
    assert_close(dw_background_time(&b, tau), dw_background_time(&exact, tau), 1e-14, 0);
    assert_close(dw_background_power(&b, tau), 1.0, 1e-14, 0);
  }
  dw_background_record *record = NULL;
  assert_ok(dw_background_record_create(&record, b.tau_start, 1.0, 2));
  for (int i = 0; i < 4; i++) {
    dw_background_record_append(record, 1.0 + i, 1.0, 0.0);
  }
  assert_true(record->count == 2 && record->node[1].a == 2.0 && record->node[1].time == 1.5);
  dw_background_record_replace(record, 2.0, 0.4);
  assert_true(record->count == 2 && record->node[1].slope == 0.4);
  assert_close(record->node[1].time, 1.5 + 0.6 / 12.0, 1e-15, 0);
  dw_background_record_destroy(record);
  assert_status(dw_background_driven(&b, -0.5, 1.0), DW_ERR_PARAM);
  assert_status(dw_background_driven(&b, 0.0, 0.0), DW_ERR_PARAM);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(power_laws_are_met),
      cmocka_unit_test(nodes_are_exact),
      cmocka_unit_test(before_the_run_it_is_the_fluid),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
