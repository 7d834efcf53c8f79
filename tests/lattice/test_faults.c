/* The lattice when the n-th allocation fails on one process, for every n and process. The linker replaces dw_alloc
 * (--wrap). */
#include <stdlib.h>

#include "base/memory.h"
#include "lattice/halo.h"
#include "lattice/shells.h"
#include "tests/faults/faults.h"
#include "tests/dw_test_mpi.h"

typedef struct everything {
  dw_lattice *lattice;
  dw_field *field;
  dw_halo *halo;
  dw_modes *modes;
  dw_modes *few;
  dw_modes *held;
  dw_shells *shells;
} everything;

/* As a program does it: what isn't collective is agreed on. A status that differs between processes, or a pointer left
 * beside a failure, clears *good. */
static dw_status build(everything *e, bool *good) {
  const dw_comm *world = dw_comm_world();
  double average[2][4];
  DW_TRY(dw_lattice_create(&e->lattice, world, 8, 1.0, 1, 1, NULL));
  const dw_status field = dw_field_create(&e->field, e->lattice, DW_DOUBLE);
  *good = *good && (field == DW_OK) == (e->field != NULL);
  DW_TRY(dw_comm_agree(world, field));
  const dw_status halo = dw_halo_create(&e->halo, e->lattice, DW_DOUBLE);
  *good = *good && (halo == DW_OK) == (e->halo != NULL);
  DW_TRY(dw_comm_agree(world, halo));
  const dw_status modes = dw_modes_create(&e->modes, e->lattice, DW_ALL_MODES, DW_DOUBLE);
  *good = *good && (modes == DW_OK) == (e->modes != NULL);
  DW_TRY(dw_comm_agree(world, modes));
  const dw_status few = dw_modes_create(&e->few, e->lattice, 2, DW_DOUBLE);
  *good = *good && (few == DW_OK) == (e->few != NULL);
  DW_TRY(dw_comm_agree(world, few));
  const dw_status held = dw_modes_hold(&e->held, e->few);
  *good = *good && (held == DW_OK) == (e->held != NULL);
  DW_TRY(dw_comm_agree(world, held));
  dw_halo_exchange(e->halo, e->field);
  dw_modes_forward(e->modes, e->field);
  dw_modes_forward(e->few, e->field);
  const dw_status shells = dw_shells_create(&e->shells, e->modes, NULL, NULL);
  *good = *good && (shells == DW_OK) == (e->shells != NULL);
  DW_TRY(shells);
  return dw_shells_average(e->shells, e->modes, dw_mode_square, NULL, average[0], average[1]);
}

static void destroy(everything *e) {
  dw_shells_destroy(e->shells);
  dw_modes_destroy(e->held);
  dw_modes_destroy(e->few);
  dw_modes_destroy(e->modes);
  dw_halo_destroy(e->halo);
  dw_field_destroy(e->field);
  dw_lattice_destroy(e->lattice);
}

/* Catches a failure that hangs the others, isn't reported by all, crashes the clean-up, or leaks. */
static void every_allocation_fails_once(void **state) {
  (void)state;
  const int rank = dw_comm_rank(dw_comm_world());
  const size_t before = dw_memory_held();
  bool good = true;
  everything e = {0};
  dw_faults_arm(DW_FAULT_MEMORY, 0);
  assert_all_ok(build(&e, &good));
  destroy(&e);
  assert_all(good && dw_memory_held() == before);
  const int64_t mine = dw_faults_count(DW_FAULT_MEMORY);
  for (int victim = 0; victim < dw_comm_size(dw_comm_world()); victim++) {
    int64_t turns = rank == victim ? mine : 0;
    dw_comm_max_int64(dw_comm_world(), &turns, 1);
    assert_all(turns >= 15);
    for (int64_t n = 1; n <= turns; n++) {
      everything f = {0};
      dw_faults_arm(DW_FAULT_MEMORY, rank == victim ? n : 0);
      assert_all_status(build(&f, &good), DW_ERR_MEMORY);
      assert_all(good);
      destroy(&f);
      assert_all(dw_memory_held() == before);
    }
  }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(every_allocation_fails_once),
};

DW_TEST_MPI_MAIN(tests)
