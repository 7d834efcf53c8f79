/* Files when the n-th allocation, system call or HDF5 call fails on one process, for every n and process.
 *
 * The calls are replaced by the linker (--wrap); each replacement counts, fails when it is its turn, and otherwise
 * does what it replaces. */
#include <errno.h>
#include <hdf5.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "lattice/file.h"
#include "lattice/replace.h"
#include "tests/dw_test_mpi.h"

enum { N = 8 };

/* The call that fails on this process: 0 = none. */
static int64_t turn;
static int64_t calls;

static bool fails_now(void) { return ++calls == turn; }

/* REPLACE(type of the result, name, parameters, arguments, what failing is) */
#define REPLACE(type, name, parameters, arguments, failing) \
  type __real_##name parameters;                            \
  type __wrap_##name parameters;                            \
  type __wrap_##name parameters {                           \
    if (fails_now()) {                                      \
      failing;                                              \
    }                                                       \
    return __real_##name arguments;                         \
  }

REPLACE(dw_status, dw_alloc, (void **block, size_t count, size_t size, const char *purpose),
        (block, count, size, purpose), *block = NULL;
        return dw_fail(DW_ERR_MEMORY, "injected"))
REPLACE(ssize_t, pwrite, (int file, const void *data, size_t bytes, off_t offset), (file, data, bytes, offset),
        errno = EIO;
        return -1)
REPLACE(ssize_t, write, (int file, const void *data, size_t bytes), (file, data, bytes), errno = EIO; return -1)
REPLACE(int, fsync, (int file), (file), errno = EIO; return -1)
REPLACE(int, rename, (const char *from, const char *to), (from, to), errno = EIO; return -1)
REPLACE(int, ftruncate, (int file, off_t length), (file, length), errno = EIO; return -1)
REPLACE(hid_t, H5Dcreate2, (hid_t at, const char *name, hid_t type, hid_t space, hid_t a, hid_t b, hid_t c),
        (at, name, type, space, a, b, c), return -1)
REPLACE(hid_t, H5Gcreate2, (hid_t at, const char *name, hid_t a, hid_t b, hid_t c), (at, name, a, b, c), return -1)
REPLACE(hid_t, H5Acreate2, (hid_t at, const char *name, hid_t type, hid_t space, hid_t a, hid_t b),
        (at, name, type, space, a, b), return -1)
REPLACE(hid_t, H5Fcreate, (const char *name, unsigned flags, hid_t a, hid_t b), (name, flags, a, b), return -1)
REPLACE(hid_t, H5Fopen, (const char *name, unsigned flags, hid_t a), (name, flags, a), return -1)
REPLACE(hid_t, H5Dopen2, (hid_t at, const char *name, hid_t a), (at, name, a), return -1)
REPLACE(hid_t, H5Pcreate, (hid_t of), (of), return -1)
REPLACE(hid_t, H5Screate_simple, (int rank, const hsize_t *now, const hsize_t *most), (rank, now, most), return -1)
REPLACE(herr_t, H5Dwrite, (hid_t at, hid_t type, hid_t a, hid_t b, hid_t c, const void *from),
        (at, type, a, b, c, from), return -1)
REPLACE(herr_t, H5Dread, (hid_t at, hid_t type, hid_t a, hid_t b, hid_t c, void *to), (at, type, a, b, c, to),
        return -1)
REPLACE(herr_t, H5Awrite, (hid_t at, hid_t type, const void *from), (at, type, from), return -1)
REPLACE(herr_t, H5Aread, (hid_t at, hid_t type, void *to), (at, type, to), return -1)
REPLACE(herr_t, H5Fflush, (hid_t at, H5F_scope_t scope), (at, scope), return -1)

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
  calls = 0;
  turn = dw_comm_rank(dw_comm_world()) == process ? call : 0;
}

/* Disarms; whether the fault was met on its process. All processes must have the same status. */
static bool met(int64_t call, dw_status status) {
  int64_t seen[3] = {turn != 0 && calls >= call, (int64_t)status, -(int64_t)status};
  turn = 0;
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
      more = met(call, status);
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
      more = met(call, status);
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
    more = met(call, status);
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
