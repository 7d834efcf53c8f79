/* Starts that need memory when it lacks on one process, for every allocation and process. The linker replaces dw_alloc
 * (--wrap). */
#include "base/memory.h"
#include "tests/dw_test.h"
#include "tests/faults/faults.h"
#include "tests/dw_test_mpi.h"
#include "tests/fields/simulation.h"

static bool failed_together(dw_status status) {
  int64_t both[2] = {(int64_t)status, -(int64_t)status};
  dw_comm_max_int64(dw_comm_world(), both, 2);
  return both[0] == -both[1] && status == DW_ERR_MEMORY;
}

static void fail_each(const char *potential, int components) {
  const dw_initial walls = {.kind = "walls", .normal = {0, 0, 1}};
  const choices c = {.comm = dw_comm_world(), .points = 12, .potential = potential};
  simulation sim;
  assert_all_ok(simulation_open(&sim, &c));
  sim.model.values.walls = 3;
  sim.model.values.axion_mass = 0.5;
  assert_all_ok(dw_model_set_potential(&sim.model, potential));
  assert_all(sim.state->components == components);
  assert_all_ok(simulation_start(&sim, &walls));
  const size_t before = dw_memory_held();
  dw_faults_arm(DW_FAULT_MEMORY, 0);
  assert_all_ok(simulation_start(&sim, &walls));
  const int64_t turns = dw_faults_count(DW_FAULT_MEMORY); /* the same on all processes */
  assert_all(turns >= 1);
  for (int victim = 0; victim < dw_comm_size(dw_comm_world()); victim++) {
    for (int64_t n = 1; n <= turns; n++) {
      dw_faults_arm(DW_FAULT_MEMORY, dw_comm_rank(dw_comm_world()) == victim ? n : 0);
      assert_all(failed_together(simulation_start(&sim, &walls)));
      dw_faults_disarm();
      assert_all(dw_memory_held() == before);
    }
  }
  simulation_close(&sim);
}

/* Catches a profile that one process has no memory for while the others go on and wait for it. */
static void every_allocation_fails_once(void **state) {
  (void)state;
  fail_each("sine-gordon", 1);
  fail_each("z-n", 2);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(every_allocation_fails_once),
};

DW_TEST_MPI_MAIN(tests)
