/* sectors.h5: the file, and going on after a restart. */
#include "analysis/sectors_file.h"
#include "lattice/file.h"
#include "tests/analysis/record_fixture.h"

enum { MOST = 200 };

/* Numbers tell of step and place. */
static void append(dw_sectors_file *file, int walls, int64_t step) {
  dw_sectors sectors = {.walls = walls, .strings = 3 * step, .junctions = 5 * step};
  sectors.area = 0.25 * (double)step;
  sectors.string_length = 0.5 * (double)step;
  sectors.junction_length = 0.75 * (double)step;
  for (int i = 0; i < DW_MOST_PAIRS; i++) {
    sectors.area_between[i] = (double)(1000 * step + i);
  }
  for (int k = 0; k < DW_MOST_SECTORS; k++) {
    sectors.fraction[k] = (double)(step - k);
  }
  assert_all_ok(dw_sectors_file_append(file, step, 0.1 * (double)step, 2.0, &sectors));
}

static bool column_is(dw_file *file, const char *path, int64_t times, int64_t width, const int64_t *steps, double each,
                      double along) {
  static double value[MOST * DW_MOST_PAIRS];
  const int64_t shape[2] = {times, width};
  bool good = dw_file_read_reals(file, path, width > 0 ? 2 : 1, shape, value) == DW_OK;
  const int64_t count = width > 0 ? width : 1;
  for (int64_t i = 0; good && i < times * count; i++) {
    good = dw_test_is_close(value[i], each * (double)steps[i / count] + along * (double)(i % count), 1e-15, 0.0);
  }
  return good;
}

/* What process 0 finds in the file. */
static bool holds(const char *path, int walls, int64_t times, const int64_t *steps) {
  const int pairs = walls == 1 ? 1 : walls * (walls - 1) / 2;
  dw_file *file = NULL;
  if (dw_file_open(&file, dw_comm_self(), path) != DW_OK) {
    return false;
  }
  static int64_t number[MOST];
  int64_t pair[DW_MOST_PAIRS][2];
  const int64_t shape[2] = {pairs, 2};
  bool good = dw_file_read_ints(file, "/sectors/strings", 1, &times, number) == DW_OK;
  for (int64_t t = 0; good && t < times; t++) {
    good = number[t] == 3 * steps[t];
  }
  good = good && dw_file_read_ints(file, "/sectors/pairs", 2, shape, pair[0]) == DW_OK &&
         column_is(file, "/time/tau", times, 0, steps, 0.1, 0.0) &&
         column_is(file, "/sectors/area", times, 0, steps, 0.25, 0.0) &&
         column_is(file, "/sectors/string_length", times, 0, steps, 0.5, 0.0) &&
         column_is(file, "/sectors/junction_length", times, 0, steps, 0.75, 0.0) &&
         column_is(file, "/sectors/area_between", times, pairs, steps, 1000.0, 1.0) &&
         column_is(file, "/sectors/fraction", times, walls, steps, 1.0, -1.0);
  for (int p = 0; good && walls > 1 && p < pairs; p++) {
    good = dw_sectors_pair((int)pair[p][0], (int)pair[p][1]) == p && pair[p][0] < pair[p][1];
  }
  dw_file_close(file);
  return good;
}

static bool first(void) { return dw_comm_rank(dw_comm_world()) == 0; }

/* Catches columns that are mixed up or cut, a step that is stored twice, and rows that a restart loses, keeps too long
 * or overwrites; more rows than room at first. */
static void restarts(void **state) {
  (void)state;
  static const int numbers[] = {1, 2, 3, 16};
  record_fixture fixture;
  const dw_record *record = record_fixture_init(&fixture);
  for (size_t i = 0; i < 4; i++) {
    const int walls = numbers[i];
    dw_sectors_file *file = NULL;
    static int64_t steps[MOST];
    assert_all_ok(dw_sectors_file_create(&file, dw_comm_world(), "sectors.h5", record, walls));
    for (int64_t t = 0; t < 150; t++) {
      steps[t] = 4 * t;
      append(file, walls, 4 * t);
    }
    append(file, walls, 4 * 149); /* again */
    assert_all_ok(dw_sectors_file_write(file));
    assert_all(!first() || holds("sectors.h5", walls, 150, steps));
    dw_sectors_file_destroy(file);
    assert_all_ok(dw_sectors_file_create(&file, dw_comm_world(), "sectors.h5", record, walls));
    assert_all_ok(dw_sectors_file_restore(file, 41));
    assert_all(!first() || dw_sectors_file_times(file) == 11);
    append(file, walls, 42);
    steps[11] = 42;
    assert_all_ok(dw_sectors_file_write(file));
    assert_all(!first() || holds("sectors.h5", walls, 12, steps));
    dw_sectors_file_destroy(file);
  }
  dw_sectors_file *other = NULL; /* of another N, and absent */
  assert_all_ok(dw_sectors_file_create(&other, dw_comm_world(), "sectors.h5", record, 4));
  assert_all_status(dw_sectors_file_restore(other, 41), DW_ERR_FILE);
  dw_sectors_file_destroy(other);
  assert_all_ok(dw_sectors_file_create(&other, dw_comm_world(), "absent.h5", record, 4));
  assert_all_ok(dw_sectors_file_restore(other, 41));
  assert_all(dw_sectors_file_times(other) == 0);
  dw_sectors_file_destroy(other);
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(restarts)};

DW_TEST_MPI_MAIN(tests)
