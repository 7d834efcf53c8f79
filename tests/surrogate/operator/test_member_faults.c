/* Runs in memory where the n-th allocation fails on one process, for every n and process. */
#include "base/memory.h"
#include "lesson.h"
#include "surrogate/operator/member.h"
#include "tests/dw_test_mpi.h"
#include "tests/faults/faults.h"

enum { SHELLS = 3 };

/* A run in memory and what measures it, made and destroyed. */
static dw_status make(void) {
  const dw_member_choice choice = {.points = 16, .s = 0.0, .together = 1};
  dw_member *member = NULL;
  dw_observer *observer = NULL;
  dw_status status = dw_member_create(&member, &lesson_base, &choice, dw_comm_world());
  if (status == DW_OK) {
    status = dw_observer_create(&observer, member, 1, SHELLS);
  }
  dw_observer_destroy(observer);
  dw_member_destroy(member);
  return status;
}

/* Catches a process that gives up alone and leaves the others waiting, or that says something else than they do. */
static void all_processes_know(void **state) {
  (void)state;
  const dw_comm *world = dw_comm_world();
  lesson_make("runs = 2; steps = 3;");
  dw_faults_arm(DW_FAULT_MEMORY, 0);
  assert_all_ok(make());
  int64_t calls = dw_faults_count(DW_FAULT_MEMORY);
  dw_comm_max_int64(world, &calls, 1);
  assert_all(calls > 10);
  const size_t held = dw_memory_held();
  for (int process = 0; process < dw_comm_size(world); process++) {
    int64_t failed = 0;
    for (int64_t n = 1; n <= calls; n++) {
      dw_faults_arm(DW_FAULT_MEMORY, dw_comm_rank(world) == process ? n : 0);
      const dw_status status = make();
      dw_faults_disarm();
      int64_t seen[2] = {(int64_t)status, -(int64_t)status};
      dw_comm_max_int64(world, seen, 2);
      assert_all(seen[0] == -seen[1] && (status == DW_OK || status == DW_ERR_MEMORY));
      assert_all(dw_memory_held() == held);
      failed += status == DW_OK ? 0 : 1;
    }
    assert_all(failed > 10);
  }
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(all_processes_know)};

DW_TEST_MPI_MAIN(tests)
