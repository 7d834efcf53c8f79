/* Domains, walls and their file when the n-th allocation fails on one process, for every n and process. The linker
 * replaces dw_alloc (--wrap). */
#include "analysis/domains_file.h"
#include "base/memory.h"
#include "lattice/halo.h"
#include "tests/analysis/record_fixture.h"
#include "tests/faults/faults.h"
#include "tests/lattice/fixture.h"

/* All that a run does with them, and a restart; *good is cleared by a pointer left beside a failure. */
static dw_status live(const dw_field *phi, const dw_record *record, bool *good) {
  dw_domains *domains = NULL;
  dw_domains_file *file = NULL;
  dw_status status = dw_domains_find(&domains, phi, 2, 2000);
  *good = *good && (status == DW_OK) == (domains != NULL);
  if (status == DW_OK) {
    status = dw_domains_file_create(&file, dw_comm_world(), "walls.h5", record);
  }
  if (status == DW_OK) {
    status = dw_domains_file_append(file, 1, 0.1, 1.0, 12, domains);
  }
  if (status == DW_OK) {
    status = dw_domains_file_write(file);
  }
  dw_domains_file_destroy(file);
  file = NULL;
  if (status == DW_OK) {
    status = dw_domains_file_create(&file, dw_comm_world(), "walls.h5", record);
  }
  if (status == DW_OK) {
    status = dw_domains_file_restore(file, 1);
  }
  dw_domains_file_destroy(file);
  dw_domains_destroy(domains);
  return status;
}

/* Many small domains, so that the tables of their walls grow. */
static void fill(dw_field *phi) {
  const dw_lattice *lattice = phi->lattice;
  for (int64_t x = 0; x < lattice->count[0]; x++) {
    for (int64_t y = 0; y < lattice->count[1]; y++) {
      for (int64_t z = 0; z < lattice->points; z++) {
        dw_field_set(phi, x, y, z,
                     fixture_site(lattice->points, x + lattice->start[0], y + lattice->start[1], z) - 0.5);
      }
    }
  }
}

/* What lacks memory inside of HDF5 is a failure of the file. */
static bool failed_together(dw_status status) {
  int64_t both[2] = {(int64_t)status, -(int64_t)status};
  dw_comm_max_int64(dw_comm_world(), both, 2);
  return both[0] == -both[1] && (status == DW_ERR_MEMORY || status == DW_ERR_FILE);
}

/* Catches a failure that hangs the others, isn't reported by all, crashes the clean-up, or leaks. */
static void every_allocation_fails_once(void **state) {
  (void)state;
  const int rank = dw_comm_rank(dw_comm_world());
  record_fixture about;
  const dw_record *record = record_fixture_init(&about);
  bool good = true;
  fixture f = fixture_open(dw_comm_world(), 12, 1, 1, NULL, DW_SINGLE);
  dw_halo *halo = NULL;
  assert_all_ok(dw_halo_create(&halo, f.lattice, DW_SINGLE));
  fill(f.field);
  dw_halo_exchange(halo, f.field);
  const size_t before = dw_memory_held();
  dw_faults_arm(DW_FAULT_MEMORY, 0);
  assert_all_ok(live(f.field, record, &good));
  assert_all(good && dw_memory_held() == before);
  const int64_t mine = dw_faults_count(DW_FAULT_MEMORY);
  for (int victim = 0; victim < dw_comm_size(dw_comm_world()); victim++) {
    int64_t turns = rank == victim ? mine : 0;
    dw_comm_max_int64(dw_comm_world(), &turns, 1);
    assert_all(turns >= 15);
    for (int64_t n = 1; n <= turns; n++) {
      dw_faults_arm(DW_FAULT_MEMORY, rank == victim ? n : 0);
      assert_all(failed_together(live(f.field, record, &good)));
      dw_faults_disarm();
      assert_all(good && dw_memory_held() == before);
    }
  }
  dw_halo_destroy(halo);
  fixture_close(&f);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(every_allocation_fails_once),
};

DW_TEST_MPI_MAIN(tests)
