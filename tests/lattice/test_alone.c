#include "lattice/shells.h"
#include "tests/lattice/fixture.h"

/* Catches a lattice of one process that needs message passing to be started: this program never starts it. */
static void works_without_message_passing(void **state) {
  (void)state;
  fixture f = fixture_open(dw_comm_self(), 12, 2, 1, NULL, DW_DOUBLE);
  dw_halo *halo = NULL;
  assert_ok(dw_halo_create(&halo, f.lattice, DW_DOUBLE));
  dw_halo_exchange(halo, f.field);
  assert_true(dw_field_get(f.field, -2, 3, 4) == fixture_site(12, 10, 3, 4));
  const uint64_t before = dw_field_fingerprint(f.field);
  assert_true(before != 0);
  dw_shells *shells = NULL;
  double mean[6];
  double error[6];
  dw_modes_forward(f.modes, f.field);
  assert_ok(dw_shells_create(&shells, f.modes, NULL, NULL));
  assert_ok(dw_shells_average(shells, f.modes, dw_mode_square, NULL, mean, error));
  assert_int_equal(shells->count[0], 18); /* 6 of length 1 and 12 of length sqrt(2) */
  dw_modes_inverse(f.modes, f.field);
  assert_close(dw_field_get(f.field, 1, 2, 3), fixture_site(12, 1, 2, 3), 0.0, 1e-14);
  dw_shells_destroy(shells);
  dw_halo_destroy(halo);
  fixture_close(&f);
  assert_int_equal(dw_comm_local_size(), 1);
  dw_comm_barrier(dw_comm_world());
}

/* Catches destroy functions that don't take NULL, as the way out of a failure needs. */
static void destroying_nothing(void **state) {
  (void)state;
  dw_shells_destroy(NULL);
  dw_modes_destroy(NULL);
  dw_halo_destroy(NULL);
  dw_field_destroy(NULL);
  dw_lattice_destroy(NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(works_without_message_passing),
      cmocka_unit_test(destroying_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
