/* Files when the n-th allocation, system call or HDF5 call fails on one process, for every n and process. */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "lattice/file.h"
#include "lattice/replace.h"
#include "tests/dw_test_mpi.h"
#include "tests/faults/faults.h"

enum { N = 8 };

/* What is written and read. */
typedef struct content {
  dw_lattice *lattice;
  dw_field *field;
  dw_modes *modes;
} content;

static dw_status write_content(dw_file *file, const content *of, int64_t which) {
  const int64_t shape[1] = {2};
  const double reals[2] = {1.0, 2.0};
  DW_TRY(dw_file_group(file, "/group"));
  DW_TRY(dw_attribute_write_int(file, "/", "which", which));
  DW_TRY(dw_attribute_write_text(file, "/group", "text", "words"));
  DW_TRY(dw_file_write_reals(file, "/group/reals", 1, shape, reals));
  DW_TRY(dw_file_write_texts(file, "/group/texts", 2, (const char *const[]){"one", "two"}));
  DW_TRY(dw_file_write_field(file, "/phi", of->field));
  return dw_file_write_checked_modes(file, "/group/modes", of->modes);
}

static dw_status write_file(const content *of, int64_t which) {
  dw_file *file = NULL;
  DW_TRY(dw_file_create(&file, dw_comm_world(), "file.h5", 1000));
  const dw_status status = write_content(file, of, which);
  if (status != DW_OK) {
    dw_file_close(file);
    return status;
  }
  return dw_file_commit(&file);
}

static dw_status read_content(dw_file *file, const content *of, int64_t *which) {
  const int64_t shape[1] = {2};
  double reals[2];
  char text[8];
  DW_TRY(dw_attribute_read_int(file, "/", "which", which));
  DW_TRY(dw_attribute_read_text(file, "/group", "text", text, sizeof text));
  DW_TRY(dw_file_read_reals(file, "/group/reals", 1, shape, reals));
  DW_TRY(dw_file_read_texts(file, "/group/texts", 2, sizeof text / 2, text));
  DW_TRY(dw_file_read_field(file, "/phi", of->field));
  return dw_file_read_checked_modes(file, "/group/modes", of->modes);
}

static dw_status read_file(const content *of, int64_t *which) {
  dw_file *file = NULL;
  DW_TRY(dw_file_open(&file, dw_comm_world(), "file.h5"));
  const dw_status status = read_content(file, of, which);
  dw_file_close(file);
  return status;
}

static void arm(int64_t process, int64_t call) {
  dw_faults_arm_any(dw_comm_rank(dw_comm_world()) == process ? call : 0);
}

/* Disarms; whether the fault was met on its process. All processes must have the same status. */
static bool met(int64_t process, int64_t call, dw_status status) {
  const bool mine = dw_comm_rank(dw_comm_world()) == process;
  int64_t seen[3] = {mine && dw_faults_count_any() >= call, (int64_t)status, -(int64_t)status};
  dw_faults_disarm();
  dw_comm_max_int64(dw_comm_world(), seen, 3);
  assert_all(seen[1] == -seen[2]);
  return seen[0] != 0;
}

static content open_content(void) {
  content of = {0};
  assert_all_ok(dw_lattice_create(&of.lattice, dw_comm_world(), N, 1.0, 1, 1, NULL));
  assert_all_ok(dw_field_create(&of.field, of.lattice, DW_DOUBLE));
  assert_all_ok(dw_modes_create(&of.modes, of.lattice, 2, DW_DOUBLE));
  return of;
}

static void close_content(content *of) {
  dw_modes_destroy(of->modes);
  dw_field_destroy(of->field);
  dw_lattice_destroy(of->lattice);
}

/* Catches a fault that hangs the others, is taken for success, leaves a .tmp or harms the file that was there. */
static void writing_survives_each_fault(void **state) {
  (void)state;
  content of = open_content();
  struct stat left;
  int64_t most = 0;
  for (int64_t process = 0; process < dw_comm_size(dw_comm_world()); process++) {
    bool more = true;
    assert_all_ok(write_file(&of, 1));
    for (int64_t call = 1; more; call++) {
      int64_t which = 0;
      arm(process, call);
      const dw_status status = write_file(&of, 2);
      more = met(process, call, status);
      assert_all((status != DW_OK) == more);
      dw_comm_barrier(dw_comm_world());
      assert_all(stat("file.h5.tmp", &left) != 0);
      assert_all_ok(read_file(&of, &which));
      assert_all(which == 2 || (more && which == 1));
      most = call > most ? call : most;
    }
  }
  assert_all(most > 35);
  close_content(&of);
}

/* Catches a fault in reading that hangs the others or is taken for success. */
static void reading_survives_each_fault(void **state) {
  (void)state;
  content of = open_content();
  assert_all_ok(write_file(&of, 3));
  for (int64_t process = 0; process < dw_comm_size(dw_comm_world()); process++) {
    bool more = true;
    for (int64_t call = 1; more; call++) {
      int64_t which = 0;
      arm(process, call);
      const dw_status status = read_file(&of, &which);
      more = met(process, call, status);
      assert_all((status != DW_OK) == more);
    }
  }
  close_content(&of);
}

/* Catches a text file that is lost, half written or left beside when it can't be replaced. */
static void replacing_survives_each_fault(void **state) {
  (void)state;
  const bool writes = dw_comm_rank(dw_comm_world()) == 0;
  struct stat left;
  bool more = true;
  assert_all_ok(writes ? dw_replace_file("text", "old", 3) : DW_OK);
  for (int64_t call = 1; more; call++) {
    char *text = NULL;
    size_t bytes = 0;
    arm(0, call);
    const dw_status mine = writes ? dw_replace_file("text", "new", 3) : DW_OK;
    const dw_status status = dw_comm_agree(dw_comm_world(), mine);
    more = met(0, call, status);
    assert_all((status != DW_OK) == more);
    dw_comm_barrier(dw_comm_world());
    assert_all(stat("text.tmp", &left) != 0);
    assert_all_ok(dw_replace_read("text", &text, &bytes));
    assert_all(strcmp(text, "new") == 0 || (more && strcmp(text, "old") == 0));
    dw_free(text);
  }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(replacing_survives_each_fault),
    cmocka_unit_test(writing_survives_each_fault),
    cmocka_unit_test(reading_survives_each_fault),
};

DW_TEST_MPI_MAIN(tests)
