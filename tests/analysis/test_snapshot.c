/* Snapshots: written, read back, checked as openPMD by check_snapshot.py, listed in snapshots.xdmf. */
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "analysis/snapshot.h"
#include "base/memory.h"
#include "lattice/field_file.h"
#include "lattice/replace.h"
#include "tests/analysis/record_fixture.h"

enum { N = 10 };

/* Values that check_snapshot.py knows: exact in single precision. */
static double value_at(int64_t x, int64_t y, int64_t z) { return (double)((x * 64 + y) * 64 + z) / 1024.0; }

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

/* phi_prime = -phi / 2. */
static void prime_row(void *context, int64_t x, int64_t y, void *row) {
  const dw_field *phi = context;
  for (int64_t z = 0; z < phi->lattice->points; z++) {
    const double value = -0.5 * dw_field_get(phi, x, y, z);
    if (phi->precision == DW_SINGLE) {
      ((float *)row)[z] = (float)value;
    } else {
      ((double *)row)[z] = value;
    }
  }
}

typedef struct setting {
  record_fixture fixture;
  dw_lattice *lattice;
  dw_field *phi;
  dw_snapshot snapshot;
} setting;

static void open_setting(setting *s, const char *directory, dw_precision precision) {
  assert_all_ok(dw_lattice_create(&s->lattice, dw_comm_world(), N, 5.0, 1, 1, NULL));
  assert_all_ok(dw_field_create(&s->phi, s->lattice, precision));
  fill(s->phi);
  if (dw_comm_rank(dw_comm_world()) == 0) {
    (void)mkdir(directory, 0777);
  }
  dw_comm_barrier(dw_comm_world());
  s->snapshot = (dw_snapshot){.step = 120,
                              .tau = 5.6,
                              .dt = 0.125,
                              .a = 5.6,
                              .fingerprint = dw_field_fingerprint(s->phi),
                              .components = 1,
                              .phi = {s->phi},
                              .phi_prime = prime_row,
                              .context = {s->phi},
                              .record = record_fixture_init(&s->fixture)};
}

static void close_setting(setting *s) {
  dw_field_destroy(s->phi);
  dw_lattice_destroy(s->lattice);
}

/* Whether the interior is `factor` times value_at. */
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

/* Catches a snapshot that a run in the other precision can't start from, or with the two meshes exchanged. */
static void snapshots_come_back(void **state) {
  (void)state;
  for (int precision = DW_SINGLE; precision <= DW_DOUBLE; precision += 4) {
    setting s;
    dw_field *phi = NULL;
    dw_field *prime = NULL;
    dw_field_file_info info;
    open_setting(&s, "back", (dw_precision)precision);
    assert_all_ok(dw_snapshot_write("back", &s.snapshot));
    assert_all_ok(dw_field_create(&phi, s.lattice, (dw_precision)(12 - precision)));
    assert_all_ok(dw_field_create(&prime, s.lattice, (dw_precision)(12 - precision)));
    assert_all_ok(dw_field_file_inspect(dw_comm_world(), "back/snapshot_000120.h5", &info));
    assert_all(info.iteration == 120 && info.points == N && info.real_bytes == precision);
    assert_all_close(info.spacing, 0.5, 0.0, 0.0);
    assert_all_close(info.tau, 5.6, 0.0, 0.0);
    assert_all_ok(dw_field_file_read("back/snapshot_000120.h5", 0, phi, prime));
    assert_all(is_filled(phi, 1.0));
    assert_all(is_filled(prime, -0.5));
    assert_all_ok(dw_field_file_read("back/snapshot_000120.h5", 0, prime, NULL));
    assert_all(is_filled(prime, 1.0));
    dw_field_destroy(phi);
    dw_field_destroy(prime);
    close_setting(&s);
  }
}

/* Catches files that aren't snapshots and are read, and sizes that don't fit. */
static void other_files_are_refused(void **state) {
  (void)state;
  setting s;
  dw_lattice *larger = NULL;
  dw_field *field = NULL;
  dw_file *file = NULL;
  dw_field_file_info info;
  open_setting(&s, "other", DW_SINGLE);
  assert_all_ok(dw_snapshot_write("other", &s.snapshot));
  assert_all_ok(dw_lattice_create(&larger, dw_comm_world(), N + 2, 5.0, 1, 1, NULL));
  assert_all_ok(dw_field_create(&field, larger, DW_SINGLE));
  assert_all_status(dw_field_file_read("other/snapshot_000120.h5", 0, field, NULL), DW_ERR_FILE);
  assert_all(strstr(dw_message(), "(10, 10, 10)") != NULL && strstr(dw_message(), "(12, 12, 12)") != NULL);
  assert_all_ok(dw_file_create(&file, dw_comm_world(), "other/empty.h5", 0));
  assert_all_ok(dw_file_commit(&file));
  assert_all_status(dw_field_file_read("other/empty.h5", 0, field, NULL), DW_ERR_FILE);
  assert_all(strstr(dw_message(), "/data") != NULL);
  assert_all_status(dw_field_file_inspect(dw_comm_world(), "other/absent.h5", &info), DW_ERR_FILE);
  dw_field_destroy(field);
  dw_lattice_destroy(larger);
  close_setting(&s);
}

/* Catches a list that misses snapshots, is out of order, or fails on a file that isn't one. */
static void snapshots_are_listed(void **state) {
  (void)state;
  setting s;
  char *text = NULL;
  size_t bytes = 0;
  open_setting(&s, "listed", DW_SINGLE);
  if (dw_comm_rank(dw_comm_world()) == 0) {
    assert_true(system("echo no > listed/snapshot_000007.h5; touch listed/snapshot_x.h5") == 0);
  }
  s.snapshot.step = 1000000;
  s.snapshot.tau = 9.5;
  assert_all_ok(dw_snapshot_write("listed", &s.snapshot));
  s.snapshot.step = 3;
  s.snapshot.tau = 1.25;
  assert_all_ok(dw_snapshot_write("listed", &s.snapshot));
  dw_comm_barrier(dw_comm_world());
  assert_all_ok(dw_replace_read("listed/snapshots.xdmf", &text, &bytes));
  const char *first = strstr(text, "<Time Value=\"1.25\"/>");
  const char *second = strstr(text, "<Time Value=\"9.5\"/>");
  assert_all(first != NULL && second != NULL && first < second);
  assert_all(strstr(text, "snapshot_1000000.h5:/data/1000000/meshes/phi_prime<") != NULL);
  assert_all(strstr(text, "Dimensions=\"10 10 10\" NumberType=\"Float\" Precision=\"4\"") != NULL);
  assert_all(strstr(text, "snapshot_000007") == NULL);
  assert_all(strcmp(text + bytes - strlen("</Xdmf>\n"), "</Xdmf>\n") == 0);
  dw_free(text);
  close_setting(&s);
}

static int64_t count_of(const char *text, const char *word) {
  int64_t count = 0;
  for (const char *at = strstr(text, word); at != NULL; at = strstr(at + 1, word)) {
    count++;
  }
  return count;
}

/* Catches a list of fields with several components that has outgrown its memory. */
static void long_lists_fit(void **state) {
  enum { COMPONENTS = 4, SNAPSHOTS = 8 };
  (void)state;
  setting s;
  char *text = NULL;
  size_t bytes = 0;
  open_setting(&s, "many", DW_SINGLE);
  s.snapshot.components = COMPONENTS;
  for (int i = 0; i < COMPONENTS; i++) {
    s.snapshot.phi[i] = s.phi;
    s.snapshot.context[i] = s.phi;
  }
  for (int64_t i = 0; i < SNAPSHOTS; i++) {
    s.snapshot.step = 123456700 + i;
    s.snapshot.tau = 1.0 / 3.0 + (double)i;
    assert_all_ok(dw_snapshot_write("many", &s.snapshot));
  }
  dw_comm_barrier(dw_comm_world());
  assert_all_ok(dw_replace_read("many/snapshots.xdmf", &text, &bytes));
  assert_all_int_equal(count_of(text, "/meshes/phi"), 2 * COMPONENTS * SNAPSHOTS);
  assert_all(strcmp(text + bytes - strlen("</Xdmf>\n"), "</Xdmf>\n") == 0);
  dw_free(text);
  close_setting(&s);
}

/* Catches attributes that the openPMD standard requires and that are missing or of a wrong type, and an axis order
 * that other programs see differently. */
static void the_file_is_open_pmd(void **state) {
  (void)state;
  setting s;
  int64_t result = 0;
  open_setting(&s, "snapshots", DW_DOUBLE);
  assert_all_ok(dw_snapshot_write("snapshots", &s.snapshot));
  close_setting(&s);
  if (dw_comm_rank(dw_comm_world()) == 0) {
    const int code = system(DW_PYTHON " " DW_CHECK_SNAPSHOT " snapshots/snapshot_000120.h5 snapshots/snapshots.xdmf");
    result = WIFEXITED(code) ? WEXITSTATUS(code) : 1;
  }
  dw_comm_max_int64(dw_comm_world(), &result, 1);
  if (result == 77) {
    print_message("SKIP: no Python with numpy and h5py\n");
    skip();
  }
  assert_all_int_equal(result, 0);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(snapshots_come_back),  cmocka_unit_test(other_files_are_refused),
    cmocka_unit_test(snapshots_are_listed), cmocka_unit_test(long_lists_fit),
    cmocka_unit_test(the_file_is_open_pmd),
};

DW_TEST_MPI_MAIN(tests)
