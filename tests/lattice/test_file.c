/* HDF5 files: what is written is read back, and nothing is left behind when it goes wrong. */
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <hdf5.h>

#include "lattice/field_file.h"
#include "lattice/file.h"
#include "lattice/gather.h"
#include "lattice/provenance.h"
#include "tests/dw_test_mpi.h"

enum { N = 12 };

/* --- helpers --- */

static double value_at(int64_t x, int64_t y, int64_t z) { return (double)((x * 100 + y) * 100 + z) + 0.5; }

static void fill(dw_field *field) {
  const dw_lattice *lattice = field->lattice;
  for (int64_t x = 0; x < lattice->count[0]; x++) {
    for (int64_t y = 0; y < lattice->count[1]; y++) {
      for (int64_t z = 0; z < lattice->points; z++) {
        dw_field_set(field, x, y, z, value_at(x + lattice->start[0], y + lattice->start[1], z));
      }
    }
  }
}

/* Whether the interior is `factor` times what fill() gives. */
static bool is_filled(const dw_field *field, double factor) {
  const dw_lattice *lattice = field->lattice;
  bool good = true;
  for (int64_t x = 0; x < lattice->count[0]; x++) {
    for (int64_t y = 0; y < lattice->count[1]; y++) {
      for (int64_t z = 0; z < lattice->points; z++) {
        const double expected = factor * value_at(x + lattice->start[0], y + lattice->start[1], z);
        good = good && fabs(dw_field_get(field, x, y, z) - expected) <= 0.0;
      }
    }
  }
  return good;
}

static void double_row(void *context, int64_t x, int64_t y, void *row) {
  const dw_field *field = context;
  for (int64_t z = 0; z < field->lattice->points; z++) {
    ((double *)row)[z] = 2.0 * dw_field_get(field, x, y, z);
  }
}

static bool exists(const char *path) {
  struct stat state;
  return stat(path, &state) == 0;
}

static dw_lattice *make_lattice(const dw_comm *comm, int64_t points) {
  dw_lattice *lattice = NULL;
  assert_all_ok(dw_lattice_create(&lattice, comm, points, 3.0, 1, 1, NULL));
  return lattice;
}

/* Lattice of N points on process grid number `index`, NULL after the last: slabs in x, in y, pencils. */
static dw_lattice *make_on_grid(int index) {
  const int64_t processes = dw_comm_size(dw_comm_world());
  const int64_t grids[3][2] = {{processes, 1}, {1, processes}, {2, processes / 2}};
  dw_lattice *lattice = NULL;
  if (index < (processes % 2 == 0 ? 3 : 2)) {
    assert_all_ok(dw_lattice_create(&lattice, dw_comm_world(), N, 3.0, 1, 1, grids[index]));
  }
  return lattice;
}

static dw_field *make_field(const dw_lattice *lattice, dw_precision precision) {
  dw_field *field = NULL;
  assert_all_ok(dw_field_create(&field, lattice, precision));
  return field;
}

/* FILE with /phi (single) and /twice (double). */
static void write_two_fields(const char *path, dw_field *field) {
  dw_file *file = NULL;
  fill(field);
  assert_all_ok(dw_file_create(&file, dw_comm_world(), path, 1000));
  assert_all_ok(dw_file_write_field(file, "/a/phi", field));
  assert_all_ok(dw_file_write_rows(file, "/twice", field->lattice, DW_DOUBLE, double_row, field));
  assert_all_ok(dw_file_commit(&file));
  assert_all(file == NULL && exists(path));
}

/* --- tests --- */

/* Catches rows at a wrong place, a wrong conversion between precisions, a halo that stays marked fresh. */
static void fields_come_back(void **state) {
  (void)state;
  int index = 0;
  for (dw_lattice *lattice = make_on_grid(0); lattice != NULL; lattice = make_on_grid(++index)) {
    dw_field *written = make_field(lattice, DW_SINGLE);
    dw_field *wide = make_field(lattice, DW_DOUBLE);
    dw_field *narrow = make_field(lattice, DW_SINGLE);
    dw_file *file = NULL;
    write_two_fields("fields.h5", written);
    narrow->halo_fresh = 2;
    assert_all_ok(dw_file_open(&file, dw_comm_world(), "fields.h5"));
    assert_all_ok(dw_file_read_field(file, "/a/phi", narrow));
    assert_all_ok(dw_file_read_field(file, "/twice", wide));
    assert_all(!narrow->halo_fresh);
    assert_all(is_filled(narrow, 1.0));
    assert_all(is_filled(wide, 2.0));
    assert_all_ok(dw_file_read_field(file, "/a/phi", wide));
    assert_all_ok(dw_file_read_field(file, "/twice", narrow));
    assert_all(is_filled(wide, 1.0));
    assert_all(is_filled(narrow, 2.0));
    dw_file_close(file);
    dw_field_destroy(written);
    dw_field_destroy(narrow);
    dw_field_destroy(wide);
    dw_lattice_destroy(lattice);
  }
}

/* Catches a file that depends on the number of processes: each process reads the whole field by itself. */
static void fields_are_whole_for_one_process(void **state) {
  (void)state;
  dw_lattice *mine = NULL;
  dw_field *whole = NULL;
  int index = 0;
  assert_all_ok(dw_lattice_create(&mine, dw_comm_self(), N, 3.0, 1, 1, NULL));
  assert_all_ok(dw_field_create(&whole, mine, DW_DOUBLE));
  for (dw_lattice *lattice = make_on_grid(0); lattice != NULL; lattice = make_on_grid(++index)) {
    dw_field *written = make_field(lattice, DW_SINGLE);
    dw_file *file = NULL;
    write_two_fields("shared.h5", written);
    assert_all_ok(dw_file_open(&file, dw_comm_self(), "shared.h5"));
    assert_all_ok(dw_file_read_field(file, "/a/phi", whole));
    assert_all(is_filled(whole, 1.0));
    dw_file_close(file);
    dw_comm_barrier(dw_comm_world());
    dw_field_destroy(written);
    dw_lattice_destroy(lattice);
  }
  dw_field_destroy(whole);
  dw_lattice_destroy(mine);
}

/* Catches values, shapes or names of arrays that change on the way, and empty arrays that fail. */
static void arrays_come_back(void **state) {
  (void)state;
  const int64_t shape[2] = {2, 3};
  const int64_t none[2] = {0, 3};
  const double reals[6] = {0.1, -2.0, 1e300, 0.0, 5.0, 1.0 / 3.0};
  const int64_t ints[6] = {1, -2, INT64_MAX, INT64_MIN, 0, 7};
  dw_file *file = NULL;
  assert_all_ok(dw_file_create(&file, dw_comm_world(), "arrays.h5", 0));
  assert_all_ok(dw_file_write_reals(file, "/group/deep/reals", 2, shape, reals));
  assert_all_ok(dw_file_write_ints(file, "/group/ints", 2, shape, ints));
  assert_all_ok(dw_file_write_reals(file, "/group/none", 2, none, NULL));
  assert_all_ok(dw_file_group(file, "/group/later"));
  assert_all_ok(dw_file_commit(&file));

  int rank = 0;
  int64_t found[DW_FILE_RANK] = {0};
  int64_t members = 0;
  char name[DW_FILE_NAME] = "";
  double read_reals[6] = {0};
  int64_t read_ints[6] = {0};
  assert_all_ok(dw_file_open(&file, dw_comm_world(), "arrays.h5"));
  assert_all_ok(dw_file_shape(file, "/group/none", &rank, found));
  assert_all(rank == 2 && found[0] == 0 && found[1] == 3);
  assert_all_ok(dw_file_read_reals(file, "/group/none", 2, none, NULL));
  assert_all_ok(dw_file_read_reals(file, "/group/deep/reals", 2, shape, read_reals));
  assert_all_ok(dw_file_read_ints(file, "/group/ints", 2, shape, read_ints));
  assert_all(memcmp(reals, read_reals, sizeof reals) == 0);
  assert_all(memcmp(ints, read_ints, sizeof ints) == 0);
  assert_all_ok(dw_file_child(file, "/group", 2, &members, name));
  assert_all(members == 4 && strcmp(name, "later") == 0);
  assert_all(dw_file_has(file, "/group/deep") && !dw_file_has(file, "/group/shallow/x"));
  dw_file_close(file);
}

/* A chunked dataset of 2^31 numbers, none of which was ever written. */
static void write_claim(const char *path) {
  const hsize_t shape = INT64_C(1) << 31;
  const hsize_t chunk = 1024;
  const hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  const hid_t space = H5Screate_simple(1, &shape, NULL);
  const hid_t layout = H5Pcreate(H5P_DATASET_CREATE);
  assert_true(H5Pset_chunk(layout, 1, &chunk) >= 0);
  const hid_t dataset = H5Dcreate2(file, "/step", H5T_NATIVE_INT64, space, H5P_DEFAULT, layout, H5P_DEFAULT);
  assert_true(dataset >= 0);
  assert_true(H5Dclose(dataset) >= 0 && H5Pclose(layout) >= 0 && H5Sclose(space) >= 0 && H5Fclose(file) >= 0);
}

/* Catches a size from a file that is believed, and memory taken for it, although the file can't hold so much. */
static void sizes_are_compared_with_the_file(void **state) {
  (void)state;
  int64_t length = 0;
  dw_file *file = NULL;
  if (dw_comm_rank(dw_comm_world()) == 0) {
    write_claim("claim.h5");
  }
  dw_comm_barrier(dw_comm_world());
  assert_all_ok(dw_file_open(&file, dw_comm_world(), "claim.h5"));
  assert_all_status(dw_file_length(file, "/step", &length), DW_ERR_FILE);
  dw_file_close(file);
}

/* Catches texts of a list that are cut, mixed up or read past their end, and a list taken for numbers or the reverse.
 */
static void texts_come_back(void **state) {
  (void)state;
  enum { SIZE = 8 };
  const int64_t shape[1] = {4};
  const char *const texts[] = {"log10_T", "caf\303\251", "", "f"};
  char read[4 * SIZE];
  double reals[4];
  dw_file *file = NULL;
  memset(read, 'x', sizeof read);
  assert_all_ok(dw_file_create(&file, dw_comm_world(), "texts.h5", 0));
  assert_all_ok(dw_file_write_texts(file, "/names", 4, texts));
  assert_all_ok(dw_file_write_texts(file, "/group/none", 0, NULL));
  assert_all_ok(dw_file_write_reals(file, "/numbers", 1, shape, (double[]){1.0, 2.0, 3.0, 4.0}));
  assert_all_ok(dw_file_commit(&file));
  assert_all_ok(dw_file_open(&file, dw_comm_world(), "texts.h5"));
  assert_all_ok(dw_file_read_texts(file, "/names", 4, SIZE, read));
  for (int i = 0; i < 4; i++) {
    assert_all(strcmp(read + (ptrdiff_t)i * SIZE, texts[i]) == 0);
  }
  assert_all_ok(dw_file_read_texts(file, "/group/none", 0, SIZE, NULL));
  assert_all_status(dw_file_read_texts(file, "/names", 4, SIZE - 1, read), DW_ERR_FILE);
  assert_all_status(dw_file_read_texts(file, "/names", 3, SIZE, read), DW_ERR_FILE);
  assert_all_status(dw_file_read_texts(file, "/numbers", 4, SIZE, read), DW_ERR_FILE);
  assert_all_status(dw_file_read_reals(file, "/names", 1, shape, reals), DW_ERR_FILE);
  assert_all_status(dw_file_read_texts(file, "/absent", 4, SIZE, read), DW_ERR_FILE);
  dw_file_close(file);
}

/* Catches text that is cut, padded or too long for an object header, and lists that become scalars. */
static void attributes_come_back(void **state) {
  (void)state;
  enum { LONG = 100000 };
  const char *const texts[] = {"x", "longer", ""};
  const double reals[3] = {1.5, -2.5, 1e-300};
  char *text = calloc(1, LONG + 1);
  char *read = calloc(1, LONG + 1);
  assert_all(text != NULL && read != NULL);
  memset(text, 'q', LONG);
  dw_file *file = NULL;
  assert_all_ok(dw_file_create(&file, dw_comm_world(), "attributes.h5", 0));
  assert_all_ok(dw_attribute_write_text(file, "/", "short", "first"));
  assert_all_ok(dw_attribute_write_text(file, "/", "short", "caf\303\251"));
  assert_all_ok(dw_attribute_write_text(file, "/", "long", text));
  assert_all_ok(dw_attribute_write_text(file, "/", "empty", ""));
  assert_all_ok(dw_attribute_write_texts(file, "/", "axes", 3, texts));
  assert_all_ok(dw_file_group(file, "/g"));
  assert_all_ok(dw_attribute_write_real(file, "/g", "real", 0.1));
  assert_all_ok(dw_attribute_write_reals(file, "/g", "reals", 3, reals));
  assert_all_ok(dw_attribute_write_reals(file, "/g", "no_reals", 0, reals));
  assert_all_ok(dw_attribute_write_int(file, "/g", "int", INT64_MIN));
  assert_all_ok(dw_attribute_write_uint32(file, "/g", "uint32", 4000000000U));
  assert_all_ok(dw_file_commit(&file));

  double real = 0.0;
  double read_reals[3] = {0};
  int64_t integer = 0;
  assert_all_ok(dw_file_open(&file, dw_comm_world(), "attributes.h5"));
  assert_all_ok(dw_attribute_read_text(file, "/", "short", read, 6));
  assert_all(strcmp(read, "caf\303\251") == 0);
  assert_all_status(dw_attribute_read_text(file, "/", "short", read, 5), DW_ERR_FILE);
  assert_all_ok(dw_attribute_read_text(file, "/", "long", read, LONG + 1));
  assert_all(strcmp(read, text) == 0);
  assert_all_ok(dw_attribute_read_text(file, "/", "empty", read, 1));
  assert_all(read[0] == '\0');
  assert_all_ok(dw_attribute_read_real(file, "/g", "real", &real));
  assert_all_close(real, 0.1, 0.0, 0.0);
  assert_all_ok(dw_attribute_read_reals(file, "/g", "reals", 3, read_reals));
  assert_all(memcmp(reals, read_reals, sizeof reals) == 0);
  assert_all_ok(dw_attribute_read_reals(file, "/g", "no_reals", 0, read_reals));
  assert_all_ok(dw_attribute_read_int(file, "/g", "int", &integer));
  assert_all_int_equal(integer, INT64_MIN);
  assert_all_ok(dw_attribute_read_int(file, "/g", "uint32", &integer));
  assert_all_int_equal(integer, 4000000000);
  assert_all_status(dw_attribute_read_int(file, "/g", "real", &integer), DW_ERR_FILE);
  assert_all(dw_attribute_has(file, "/", "axes") && !dw_attribute_has(file, "/g", "axes"));
  dw_file_close(file);
  free(text);
  free(read);
}

/* Catches a file that appears before it is whole, and a discarded one that harms the earlier file or stays behind. */
static void files_are_whole_or_absent(void **state) {
  (void)state;
  dw_file *file = NULL;
  int64_t which = 0;
  assert_all_ok(dw_file_create(&file, dw_comm_world(), "whole.h5", 0));
  assert_all_ok(dw_attribute_write_int(file, "/", "which", 1));
  assert_all(!exists("whole.h5"));
  assert_all_ok(dw_file_commit(&file));
  assert_all(!exists("whole.h5.tmp"));
  assert_all_ok(dw_file_create(&file, dw_comm_world(), "whole.h5", 0));
  assert_all_ok(dw_attribute_write_int(file, "/", "which", 2));
  dw_file_close(file);
  dw_comm_barrier(dw_comm_world());
  assert_all(!exists("whole.h5.tmp"));
  assert_all_ok(dw_file_open(&file, dw_comm_world(), "whole.h5"));
  assert_all_ok(dw_attribute_read_int(file, "/", "which", &which));
  assert_all_int_equal(which, 1);
  dw_file_close(file);
}

/* The message of the last failure names the file and holds `part`. */
static bool message_has(const char *path, const char *part) {
  return strstr(dw_message(), path) != NULL && strstr(dw_message(), part) != NULL;
}

/* Catches damaged or foreign files that crash, hang, or are refused without saying which and why. */
static void wrong_files_are_refused(void **state) {
  (void)state;
  dw_lattice *lattice = make_lattice(dw_comm_world(), N);
  dw_field *field = make_field(lattice, DW_SINGLE);
  const int64_t shape[1] = {5};
  double reals[5];
  dw_file *file = NULL;
  write_two_fields("right.h5", field);
  if (dw_comm_rank(dw_comm_world()) == 0) {
    FILE *text = fopen("text.h5", "w");
    (void)fputs("not HDF5\n", text);
    (void)fclose(text);
    assert_true(system("head -c 9000 right.h5 > cut.h5") == 0);
  }
  dw_comm_barrier(dw_comm_world());
  assert_all_status(dw_file_open(&file, dw_comm_world(), "absent.h5"), DW_ERR_FILE);
  assert_all(message_has("absent.h5", "No such file") && file == NULL);
  assert_all_status(dw_file_open(&file, dw_comm_world(), "text.h5"), DW_ERR_FILE);
  assert_all(message_has("text.h5", "no HDF5 file"));
  assert_all_status(dw_file_open(&file, dw_comm_world(), "cut.h5"), DW_ERR_FILE);
  assert_all(message_has("cut.h5", "truncated"));
  assert_all_ok(dw_file_open(&file, dw_comm_world(), "right.h5"));
  assert_all_status(dw_file_read_field(file, "/psi", field), DW_ERR_FILE);
  assert_all(message_has("right.h5", "/psi"));
  assert_all_status(dw_file_read_reals(file, "/a/phi", 1, shape, reals), DW_ERR_FILE);
  assert_all(message_has("right.h5", "(12, 12, 12)") && message_has("right.h5", "(5)"));
  assert_all_status(dw_file_read_reals(file, "/a", 1, shape, reals), DW_ERR_FILE);
  assert_all_status(dw_attribute_read_real(file, "/a/phi", "nothing", reals), DW_ERR_FILE);
  assert_all_status(dw_attribute_read_real(file, "/nowhere", "nothing", reals), DW_ERR_FILE);
  dw_file_close(file);
  dw_lattice *other = make_lattice(dw_comm_world(), N + 4);
  dw_field *larger = make_field(other, DW_SINGLE);
  assert_all_ok(dw_file_open(&file, dw_comm_world(), "right.h5"));
  assert_all_status(dw_file_read_field(file, "/a/phi", larger), DW_ERR_FILE);
  assert_all(message_has("right.h5", "(16, 16, 16)"));
  dw_file_close(file);
  dw_field_destroy(larger);
  dw_lattice_destroy(other);
  dw_field_destroy(field);
  dw_lattice_destroy(lattice);
}

/* Catches an output that can't be written and isn't refused by all processes with the reason. */
static void unwritable_places_are_refused(void **state) {
  (void)state;
  dw_file *file = NULL;
  assert_all_status(dw_file_create(&file, dw_comm_world(), "absent/x.h5", 0), DW_ERR_FILE);
  assert_all(file == NULL && message_has("absent/x.h5", "No such file"));
  assert_all_status(dw_file_create(&file, dw_comm_world(), "x.h5", UINT64_MAX), DW_ERR_FILE);
  assert_all(message_has("x.h5", "no space") && !exists("x.h5.tmp"));
}

/* Writes a 32^3 field; whether it failed cleanly: same status, nothing left. */
static void expect_failed_write(const char *path, dw_field *field) {
  char temporary[256];
  (void)snprintf(temporary, sizeof temporary, "%s.tmp", path);
  dw_file *file = NULL;
  dw_status status = dw_file_create(&file, dw_comm_world(), path, 0);
  if (status == DW_OK) {
    status = dw_file_write_field(file, "/phi", field);
    if (status == DW_OK) {
      status = dw_file_commit(&file);
    } else {
      dw_file_close(file);
    }
  }
  dw_comm_barrier(dw_comm_world());
  assert_all_status(status, DW_ERR_FILE);
  assert_all(!exists(temporary) && !exists(path));
}

/* Catches a failed write on one process (a file size limit) that hangs or goes unseen on the others. */
static void a_failure_on_the_last_process_is_shared(void **state) {
  (void)state;
  const struct rlimit small = {.rlim_cur = 8192, .rlim_max = RLIM_INFINITY};
  struct rlimit before;
  dw_lattice *lattice = make_lattice(dw_comm_world(), 32);
  dw_field *field = make_field(lattice, DW_DOUBLE);
  assert_all(getrlimit(RLIMIT_FSIZE, &before) == 0);
  (void)signal(SIGXFSZ, SIG_IGN);
  if (dw_comm_rank(dw_comm_world()) == dw_comm_size(dw_comm_world()) - 1) {
    (void)setrlimit(RLIMIT_FSIZE, &small);
  }
  expect_failed_write("limited.h5", field);
  assert_all(message_has("limited.h5", "File too large"));
  (void)setrlimit(RLIMIT_FSIZE, &before);
  write_two_fields("limited.h5", field);
  dw_field_destroy(field);
  dw_lattice_destroy(lattice);
}

/* Fills what is left of the file system of `path`, to the last block; process 0. */
static void fill_disk(const char *path) {
  static const char block[4096];
  if (dw_comm_rank(dw_comm_world()) == 0) {
    FILE *filler = fopen(path, "w");
    while (filler != NULL && fwrite(block, sizeof block, 1, filler) == 1) {
    }
    if (filler != NULL) {
      (void)fclose(filler);
    }
  }
  dw_comm_barrier(dw_comm_world());
}

/* Makes a file system of 2 MiB the working directory of all processes. It has no name and goes with the last of
 * them. False where that isn't allowed. */
static bool enter_small_disk(void) {
  bool good = true;
  if (dw_comm_rank(dw_comm_world()) == 0) {
    good = mkdir("disk", 0777) == 0 && mount("tmpfs", "disk", "tmpfs", 0, "size=2m") == 0;
  }
  dw_comm_broadcast(dw_comm_world(), &good, sizeof good);
  if (good) {
    assert_all(chdir("disk") == 0);
    if (dw_comm_rank(dw_comm_world()) == 0) {
      assert_true(umount2("../disk", MNT_DETACH) == 0);
    }
  }
  return good;
}

/* Catches a full disk that crashes HDF5 now or at the end of the program, is taken for success, or keeps its space. */
static void a_full_disk_is_survived(void **state) {
  (void)state;
  const int home = open(".", O_RDONLY);
  assert_all(home >= 0);
  if (!enter_small_disk()) {
    print_message("SKIP: a small file system can't be mounted here\n");
    skip();
  }
  dw_lattice *lattice = make_lattice(dw_comm_world(), 80);
  dw_lattice *small = make_lattice(dw_comm_world(), 32);
  dw_field *field = make_field(lattice, DW_DOUBLE); /* 3.9 MiB */
  dw_field *fits = make_field(small, DW_DOUBLE);    /* 0.25 MiB; its file has 0.375 MiB */
  dw_file *file = NULL;
  for (int i = 0; i < 5; i++) { /* the space of each failure is handed back */
    expect_failed_write("large.h5", field);
    assert_all(message_has("large.h5", "No space left"));
  }
  write_two_fields("small.h5", fits);
  assert_all_ok(dw_file_create(&file, dw_comm_world(), "group.h5", 0));
  fill_disk("filler");
  for (int i = 0; i < 50; i++) { /* more than the first block of the file holds; kept in memory until the end */
    char group[32];
    (void)snprintf(group, sizeof group, "/group%d", i);
    (void)dw_file_group(file, group);
  }
  assert_all_status(dw_file_commit(&file), DW_ERR_FILE);
  assert_all(message_has("group.h5", "No space left"));
  assert_all(!exists("group.h5") && !exists("group.h5.tmp"));
  fill_disk("filler2");
  expect_failed_write("full.h5", fits);
  assert_all_status(dw_file_create(&file, dw_comm_world(), "told.h5", 4096), DW_ERR_FILE);
  assert_all(message_has("told.h5", "no space"));
  assert_all_ok(dw_file_open(&file, dw_comm_world(), "small.h5"));
  assert_all_ok(dw_file_read_field(file, "/twice", fits));
  assert_all(is_filled(fits, 2.0));
  dw_file_close(file);
  dw_field_destroy(field);
  dw_field_destroy(fits);
  dw_lattice_destroy(lattice);
  dw_lattice_destroy(small);
  assert_all(fchdir(home) == 0 && close(home) == 0);
}

/* Catches planes put together in the wrong order, or from the wrong process. */
static void planes_are_gathered(void **state) {
  (void)state;
  double plane[N * N];
  int index = 0;
  for (dw_lattice *lattice = make_on_grid(0); lattice != NULL; lattice = make_on_grid(++index)) {
    dw_field *field = make_field(lattice, DW_DOUBLE);
    bool good = true;
    fill(field);
    for (int64_t x = 0; x < N; x++) {
      assert_all_ok(dw_gather_plane(field, x, plane));
      for (int64_t i = 0; i < (int64_t)N * N && dw_comm_rank(dw_comm_world()) == 0; i++) {
        good = good && fabs(plane[i] - value_at(x, i / N, i % N)) <= 0.0;
      }
    }
    assert_all(good);
    assert_all_status(dw_gather_plane(field, N, plane), DW_ERR_INTERNAL);
    dw_field_destroy(field);
    dw_lattice_destroy(lattice);
  }
}

/* Catches lines of provenance that are missing, empty or overflow. */
static void provenance_is_complete(void **state) {
  (void)state;
  char longest[2 * DW_PROVENANCE_TEXT];
  memset(longest, 'a', sizeof longest - 1);
  longest[sizeof longest - 1] = '\0';
  char *const arguments[] = {"dwell", "run", longest};
  dw_provenance provenance;
  dw_file *file = NULL;
  char text[DW_PROVENANCE_TEXT];
  dw_provenance_collect(&provenance, dw_comm_world(), 2, arguments, 42, 3);
  assert_all(provenance.count == 14);
  assert_all(strcmp(dw_provenance_text(&provenance, "command"), "dwell run") == 0);
  assert_all(strcmp(dw_provenance_text(&provenance, "seed"), "42") == 0);
  assert_all(strstr(dw_provenance_text(&provenance, "fftw"), "fftw-3") != NULL);
  bool good = true;
  for (int i = 0; i < provenance.count; i++) {
    good = good && provenance.line[i].text[0] != '\0';
  }
  assert_all(good);
  dw_provenance_collect(&provenance, dw_comm_world(), 3, arguments, 42, 3);
  assert_all(strstr(dw_provenance_text(&provenance, "command"), "aaa...") != NULL);
  assert_all_ok(dw_file_create(&file, dw_comm_world(), "provenance.h5", 0));
  assert_all_ok(dw_provenance_write(file, &provenance));
  assert_all_ok(dw_file_commit(&file));
  assert_all_ok(dw_file_open(&file, dw_comm_world(), "provenance.h5"));
  assert_all_ok(dw_attribute_read_text(file, "/", "provenance.hdf5", text, sizeof text));
  assert_all(strcmp(text, dw_provenance_text(&provenance, "hdf5")) == 0);
  dw_file_close(file);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(fields_come_back),
    cmocka_unit_test(fields_are_whole_for_one_process),
    cmocka_unit_test(arrays_come_back),
    cmocka_unit_test(texts_come_back),
    cmocka_unit_test(attributes_come_back),
    cmocka_unit_test(files_are_whole_or_absent),
    cmocka_unit_test(wrong_files_are_refused),
    cmocka_unit_test(unwritable_places_are_refused),
    cmocka_unit_test(a_failure_on_the_last_process_is_shared),
    cmocka_unit_test(a_full_disk_is_survived),
    cmocka_unit_test(planes_are_gathered),
    cmocka_unit_test(provenance_is_complete),
    cmocka_unit_test(sizes_are_compared_with_the_file),
};

DW_TEST_MPI_MAIN(tests)
