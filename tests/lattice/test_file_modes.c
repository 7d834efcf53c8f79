/* Modes in files, and data whose fingerprint is checked. */
#include <stdio.h>

#include "lattice/file.h"
#include "tests/lattice/fixture.h"

enum { N = 12 };

/* --- helpers --- */

/* Lattice of N points on process grid number `index`, NULL after the last: slabs in x, in y, pencils. */
static dw_lattice *make_on_grid(int index) {
  const int64_t processes = dw_comm_size(dw_comm_world());
  const int64_t grids[3][2] = {{processes, 1}, {1, processes}, {2, processes / 2}};
  dw_lattice *lattice = NULL;
  if (index < (processes % 2 == 0 ? 3 : 2)) {
    assert_all_ok(dw_lattice_create(&lattice, dw_comm_world(), N, 2.5, 1, 1, grids[index]));
  }
  return lattice;
}

static dw_modes *make_modes(const dw_lattice *lattice, int64_t limit, dw_precision precision) {
  dw_modes *modes = NULL;
  assert_all_ok(dw_modes_create(&modes, lattice, limit, precision));
  return modes;
}

/* A number for each part of each mode that a float can hold, and what to add so that only a double can. */
static double value_at(const int64_t index[3], int part, dw_precision precision) {
  const uint64_t key = (uint64_t)(((index[0] * 100 + index[1]) * 100 + index[2]) * 2 + part);
  return fixture_random(key) + (precision == DW_DOUBLE ? 0x1p-40 : 0.0);
}

static void fill(dw_modes *modes) {
  for (int64_t kx = 0; kx < modes->side; kx++) {
    for (int64_t ky = 0; ky < modes->count[0]; ky++) {
      for (int64_t kz = 0; kz < modes->count[1]; kz++) {
        const int64_t index[3] = {kx, ky + modes->start[0], kz + modes->start[1]};
        const double value[2] = {value_at(index, 0, modes->precision), value_at(index, 1, modes->precision)};
        dw_modes_set(modes, kx, ky, kz, value);
      }
    }
  }
}

/* Whether the modes are what fill() gives in `written` precision, rounded where they now are floats. */
static bool is_filled(const dw_modes *modes, dw_precision written) {
  bool good = true;
  for (int64_t kx = 0; kx < modes->side; kx++) {
    for (int64_t ky = 0; ky < modes->count[0]; ky++) {
      for (int64_t kz = 0; kz < modes->count[1]; kz++) {
        const int64_t index[3] = {kx, ky + modes->start[0], kz + modes->start[1]};
        double found[2];
        dw_modes_get(modes, kx, ky, kz, found);
        for (int part = 0; part < 2; part++) {
          const double exact = value_at(index, part, written);
          const double expected = modes->precision == DW_SINGLE ? (double)(float)exact : exact;
          good = good && memcmp(&found[part], &expected, sizeof expected) == 0;
        }
      }
    }
  }
  return good;
}

static void write_modes(const char *name, const dw_modes *modes) {
  dw_file *file = NULL;
  assert_all_ok(dw_file_create(&file, dw_comm_world(), name, dw_file_modes_bytes(modes->side, modes->precision)));
  assert_all_ok(dw_file_write_modes(file, "/a/modes", modes));
  assert_all_ok(dw_file_write_checked_modes(file, "/checked", modes));
  assert_all_ok(dw_file_commit(&file));
}

/* Reads on every grid, in both precisions, with a transform and held. */
static void read_everywhere(const char *name, int64_t limit, dw_precision written) {
  int index = 0;
  for (dw_lattice *lattice = make_on_grid(0); lattice != NULL; lattice = make_on_grid(++index)) {
    for (int precision = DW_SINGLE; precision <= DW_DOUBLE; precision += DW_DOUBLE - DW_SINGLE) {
      dw_modes *modes = make_modes(lattice, limit, (dw_precision)precision);
      dw_modes *held = NULL;
      dw_file *file = NULL;
      assert_all_ok(dw_modes_hold(&held, modes));
      assert_all_ok(dw_file_open(&file, dw_comm_world(), name));
      assert_all_ok(dw_file_read_modes(file, "/a/modes", modes));
      assert_all(is_filled(modes, written));
      assert_all_status(dw_file_read_checked_modes(file, "/checked", held),
                        (dw_precision)precision == written ? DW_OK : DW_ERR_FILE);
      assert_all(is_filled(held, written) || (dw_precision)precision != written);
      dw_file_close(file);
      dw_modes_destroy(held);
      dw_modes_destroy(modes);
    }
    dw_lattice_destroy(lattice);
  }
}

static const int64_t LIMITS[] = {0, 1, 4, DW_ALL_MODES};

/* --- tests --- */

/* Catches modes at a wrong place, another process's, or wrongly converted, on any two grids. */
static void modes_come_back(void **state) {
  (void)state;
  int index = 0;
  for (dw_lattice *lattice = make_on_grid(0); lattice != NULL; lattice = make_on_grid(++index)) {
    for (size_t i = 0; i < sizeof LIMITS / sizeof LIMITS[0]; i++) {
      for (int precision = DW_SINGLE; precision <= DW_DOUBLE; precision += DW_DOUBLE - DW_SINGLE) {
        dw_modes *modes = make_modes(lattice, LIMITS[i], (dw_precision)precision);
        dw_modes *held = NULL;
        assert_all_ok(dw_modes_hold(&held, modes));
        fill(modes);
        fill(held);
        write_modes("modes.h5", modes);
        read_everywhere("modes.h5", LIMITS[i], (dw_precision)precision);
        write_modes("modes.h5", held);
        read_everywhere("modes.h5", LIMITS[i], (dw_precision)precision);
        dw_modes_destroy(held);
        dw_modes_destroy(modes);
      }
    }
    dw_lattice_destroy(lattice);
  }
}

/* Catches another order of indices in the file, another shape or another size: each process reads the plain array. */
static void files_have_the_documented_shape(void **state) {
  (void)state;
  enum { LIMIT = 3, SIDE = 2 * LIMIT + 1, REALS = SIDE * SIDE * (LIMIT + 1) * 2 };
  const int64_t shape[4] = {SIDE, SIDE, LIMIT + 1, 2};
  double values[REALS];
  int index = 0;
  assert_all_int_equal(dw_file_modes_bytes(SIDE, DW_SINGLE), REALS * 4);
  assert_all_int_equal(dw_file_modes_bytes(N, DW_DOUBLE), N * N * (N / 2 + 1) * 16);
  for (dw_lattice *lattice = make_on_grid(0); lattice != NULL; lattice = make_on_grid(++index)) {
    dw_modes *modes = make_modes(lattice, LIMIT, DW_DOUBLE);
    dw_file *file = NULL;
    fill(modes);
    write_modes("shape.h5", modes);
    assert_all_ok(dw_file_open(&file, dw_comm_self(), "shape.h5"));
    assert_all_ok(dw_file_read_reals(file, "/a/modes", 4, shape, values));
    dw_file_close(file);
    bool good = true;
    for (int64_t i = 0; i < REALS; i++) {
      const int64_t k[3] = {i / 2 / (LIMIT + 1) / SIDE, i / 2 / (LIMIT + 1) % SIDE, i / 2 % (LIMIT + 1)};
      const double expected = value_at(k, (int)(i % 2), DW_DOUBLE);
      good = good && memcmp(&values[i], &expected, sizeof expected) == 0;
    }
    assert_all(good);
    dw_comm_barrier(dw_comm_world());
    dw_modes_destroy(modes);
    dw_lattice_destroy(lattice);
  }
}

/* The message of the last failure names the file and holds `part`. */
static bool message_has(const char *path, const char *part) {
  return strstr(dw_message(), path) != NULL && strstr(dw_message(), part) != NULL;
}

/* Flips the last bit of the first `value` in the file; process 0. */
static void damage(const char *name, double value) {
  bool done = dw_comm_rank(dw_comm_world()) != 0;
  dw_comm_barrier(dw_comm_world());
  FILE *file = done ? NULL : fopen(name, "r+");
  double here = 0.0;
  while (!done && file != NULL && fread(&here, sizeof here, 1, file) == 1) {
    if (memcmp(&here, &value, sizeof value) == 0) {
      *(unsigned char *)&here ^= 1;
      done = fseek(file, -(long)sizeof here, SEEK_CUR) == 0 && fwrite(&here, sizeof here, 1, file) == 1;
      break;
    }
  }
  if (file != NULL) {
    (void)fclose(file);
  }
  assert_all(done);
}

/* Catches modes that changed in the file and are taken for good, and refusals that don't say what is wrong. */
static void damaged_modes_are_refused(void **state) {
  (void)state;
  dw_lattice *lattice = make_on_grid(0);
  dw_modes *modes = make_modes(lattice, 4, DW_DOUBLE);
  dw_modes *narrow = make_modes(lattice, 4, DW_SINGLE);
  dw_modes *more = make_modes(lattice, 5, DW_DOUBLE);
  dw_file *file = NULL;
  const int64_t place[3] = {8, 7, 3};
  fill(modes);
  assert_all_ok(dw_file_create(&file, dw_comm_world(), "damaged.h5", 0));
  assert_all_ok(dw_file_write_checked_modes(file, "/group/modes", modes));
  assert_all_ok(dw_file_commit(&file));
  damage("damaged.h5", value_at(place, 1, DW_DOUBLE));
  assert_all_ok(dw_file_open(&file, dw_comm_world(), "damaged.h5"));
  assert_all_status(dw_file_read_checked_modes(file, "/group/modes", modes), DW_ERR_FILE);
  assert_all(message_has("damaged.h5: ", "/group/modes is damaged"));
  assert_all_ok(dw_file_read_modes(file, "/group/modes", modes));
  assert_all_status(dw_file_read_checked_modes(file, "/group/modes", narrow), DW_ERR_FILE);
  assert_all(message_has("damaged.h5: ", "8 bytes where 4"));
  assert_all_status(dw_file_read_checked_modes(file, "/group/modes", more), DW_ERR_FILE);
  assert_all(message_has("damaged.h5: ", "(9, 9, 5, 2) where (11, 11, 6, 2)"));
  assert_all_status(dw_file_read_checked_modes(file, "/modes", modes), DW_ERR_FILE);
  dw_file_close(file);
  write_modes("unchecked.h5", modes);
  assert_all_ok(dw_file_open(&file, dw_comm_world(), "unchecked.h5"));
  assert_all_status(dw_file_read_checked_modes(file, "/a/modes", modes), DW_ERR_FILE);
  assert_all(message_has("unchecked.h5: ", "fingerprint"));
  dw_file_close(file);
  dw_modes_destroy(more);
  dw_modes_destroy(narrow);
  dw_modes_destroy(modes);
  dw_lattice_destroy(lattice);
}

/* Catches a field that isn't what was written and is taken for good, and a fingerprint in another form than 16 digits,
 * which earlier checkpoints have. */
static void damaged_fields_are_refused(void **state) {
  (void)state;
  fixture f = fixture_open(dw_comm_world(), N, 1, 1, NULL, DW_DOUBLE);
  dw_file *file = NULL;
  char text[32];
  char expected[32];
  (void)snprintf(expected, sizeof expected, "%016" PRIx64, dw_field_fingerprint(f.field));
  assert_all_ok(dw_file_create(&file, dw_comm_world(), "field.h5", 0));
  assert_all_ok(dw_file_write_checked_field(file, "/phi", f.field));
  assert_all_ok(dw_file_commit(&file));
  assert_all_ok(dw_file_open(&file, dw_comm_world(), "field.h5"));
  assert_all_ok(dw_attribute_read_text(file, "/phi", "fingerprint", text, sizeof text));
  assert_all(strcmp(text, expected) == 0);
  dw_field_set(f.field, 0, 0, 0, 3.0);
  assert_all_ok(dw_file_read_checked_field(file, "/phi", f.field));
  dw_file_close(file);
  damage("field.h5", fixture_site(N, 11, 3, 7));
  assert_all_ok(dw_file_open(&file, dw_comm_world(), "field.h5"));
  assert_all_status(dw_file_read_checked_field(file, "/phi", f.field), DW_ERR_FILE);
  assert_all(message_has("field.h5: ", "/phi is damaged"));
  dw_file_close(file);
  fixture_close(&f);
}

/* Catches a file that has no room for many sets of modes, or mixes them up. */
static void many_fit_in_a_file(void **state) {
  (void)state;
  enum { MANY = 150 };
  dw_lattice *lattice = make_on_grid(1);
  dw_modes *modes = make_modes(lattice, 2, DW_DOUBLE);
  dw_file *file = NULL;
  char path[32];
  assert_all_ok(dw_file_create(&file, dw_comm_world(), "many.h5", 0));
  for (int i = 0; i < MANY; i++) {
    (void)snprintf(path, sizeof path, "/modes%d", i);
    const double value[2] = {i, -i};
    if (modes->count[0] > 0 && modes->count[1] > 0) {
      dw_modes_set(modes, 1, 0, 0, value);
    }
    assert_all_ok(dw_file_write_checked_modes(file, path, modes));
  }
  assert_all_ok(dw_file_commit(&file));
  assert_all_ok(dw_file_open(&file, dw_comm_world(), "many.h5"));
  for (int i = 0; i < MANY; i++) {
    (void)snprintf(path, sizeof path, "/modes%d", i);
    assert_all_ok(dw_file_read_checked_modes(file, path, modes));
    double value[2] = {i, -i};
    if (modes->count[0] > 0 && modes->count[1] > 0) {
      dw_modes_get(modes, 1, 0, 0, value);
    }
    assert_all(value[0] == i && value[1] == -i);
  }
  dw_file_close(file);
  dw_modes_destroy(modes);
  dw_lattice_destroy(lattice);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(modes_come_back),           cmocka_unit_test(files_have_the_documented_shape),
    cmocka_unit_test(damaged_modes_are_refused), cmocka_unit_test(damaged_fields_are_refused),
    cmocka_unit_test(many_fit_in_a_file),
};

DW_TEST_MPI_MAIN(tests)
