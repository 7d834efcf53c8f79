/* walls.h5: lists of domains and walls over time, the file, and going on after a restart. */
#include <string.h>

#include "analysis/domains_file.h"
#include "lattice/file.h"
#include "lattice/format.h"
#include "tests/analysis/record_fixture.h"

enum { POINTS = 4, MOST = 40 };

static const double SITES = (double)POINTS * POINTS * POINTS;

/* Time `step` has step % 5 + 1 domains and step % 5 walls, whose numbers tell of step and place. */
static void append(dw_domains_file *file, int64_t step) {
  dw_domain domain[5];
  dw_wall wall[5];
  memset(domain, 0, sizeof domain);
  memset(wall, 0, sizeof wall);
  for (int i = 0; i < 5; i++) {
    domain[i] = (dw_domain){.label = 10 * step + i, .volume = 60 - i, .wraps = i, .positive = i % 2 != 0};
    wall[i] = (dw_wall){
        .positive = step + i, .negative = step - i, .area = 0.5 * (double)(step + i), .volume = i, .closed = i > 1};
  }
  const bool first = dw_comm_rank(dw_comm_world()) == 0;
  const dw_domains domains = {.domains = 100 + step,
                              .walls = 200 + step,
                              .listed_domains = first ? step % 5 + 1 : 0,
                              .listed_walls = first ? step % 5 : 0,
                              .domain = domain,
                              .wall = wall};
  assert_all_ok(dw_domains_file_append(file, step, 0.1 * (double)step, 2.0, POINTS, &domains));
}

static dw_domains_file *open_file(const char *path, const dw_record *record) {
  dw_domains_file *file = NULL;
  assert_all_ok(dw_domains_file_create(&file, dw_comm_world(), path, record));
  return file;
}

static bool good_time(dw_file *file, int64_t times, const int64_t *steps) {
  int64_t number[5][MOST];
  double real[2][MOST];
  static const char *const numbers[5] = {"/time/step", "/time/domains", "/time/walls", "/time/domains_listed",
                                         "/time/walls_listed"};
  bool good = times <= MOST && dw_file_read_reals(file, "/time/tau", 1, &times, real[0]) == DW_OK &&
              dw_file_read_reals(file, "/time/a", 1, &times, real[1]) == DW_OK;
  for (int i = 0; i < 5; i++) {
    good = dw_file_read_ints(file, numbers[i], 1, &times, number[i]) == DW_OK && good;
  }
  for (int64_t t = 0; good && t < times; t++) {
    const int64_t step = steps[t];
    good = number[0][t] == step && number[1][t] == 100 + step && number[2][t] == 200 + step &&
           number[3][t] == step % 5 + 1 && number[4][t] == step % 5 &&
           dw_test_is_close(real[0][t], 0.1 * (double)step, 0.0, 0.0) && dw_test_is_close(real[1][t], 2.0, 0.0, 0.0);
  }
  return good;
}

static bool good_domains(dw_file *file, int64_t times, const int64_t *steps) {
  int64_t label[5 * MOST];
  int64_t sign[5 * MOST];
  int64_t wraps[15 * MOST];
  double volume[5 * MOST];
  int64_t total = 0;
  for (int64_t t = 0; t < times; t++) {
    total += steps[t] % 5 + 1;
  }
  bool good = dw_file_read_ints(file, "/domains/label", 1, &total, label) == DW_OK &&
              dw_file_read_ints(file, "/domains/sign", 1, &total, sign) == DW_OK &&
              dw_file_read_ints(file, "/domains/wraps", 2, (const int64_t[]){total, 3}, wraps) == DW_OK &&
              dw_file_read_reals(file, "/domains/volume_fraction", 1, &total, volume) == DW_OK;
  int64_t at = 0;
  for (int64_t t = 0; good && t < times; t++) {
    for (int64_t i = 0; i < steps[t] % 5 + 1; i++, at++) {
      good = good && label[at] == 10 * steps[t] + i && sign[at] == (i % 2 != 0 ? 1 : -1) &&
             dw_test_is_close(volume[at], (double)(60 - i) / SITES, 0.0, 0.0);
      for (int d = 0; d < 3; d++) {
        good = good && wraps[3 * at + d] == ((i >> d) & 1);
      }
    }
  }
  return good;
}

static bool good_walls(dw_file *file, int64_t times, const int64_t *steps) {
  int64_t number[3][5 * MOST];
  double real[2][5 * MOST];
  int64_t total = 0;
  for (int64_t t = 0; t < times; t++) {
    total += steps[t] % 5;
  }
  bool good = dw_file_read_ints(file, "/walls/positive", 1, &total, number[0]) == DW_OK &&
              dw_file_read_ints(file, "/walls/negative", 1, &total, number[1]) == DW_OK &&
              dw_file_read_ints(file, "/walls/closed", 1, &total, number[2]) == DW_OK &&
              dw_file_read_reals(file, "/walls/area", 1, &total, real[0]) == DW_OK &&
              dw_file_read_reals(file, "/walls/enclosed_fraction", 1, &total, real[1]) == DW_OK;
  int64_t at = 0;
  for (int64_t t = 0; good && t < times; t++) {
    for (int64_t i = 0; i < steps[t] % 5; i++, at++) {
      good = good && number[0][at] == steps[t] + i && number[1][at] == steps[t] - i && number[2][at] == (i > 1) &&
             dw_test_is_close(real[0][at], 0.5 * (double)(steps[t] + i), 0.0, 0.0) &&
             dw_test_is_close(real[1][at], (double)i / SITES, 0.0, 0.0);
    }
  }
  return good;
}

/* The file holds these times. */
static void expect(const char *path, int64_t times, const int64_t *steps) {
  dw_file *file = NULL;
  dw_comm_barrier(dw_comm_world());
  assert_all_ok(dw_file_open(&file, dw_comm_world(), path));
  assert_all(good_time(file, times, steps));
  assert_all(good_domains(file, times, steps));
  assert_all(good_walls(file, times, steps));
  dw_file_close(file);
}

/* Catches lists that are lost or shifted when tables grow, empty ones among them, and a repeated step that is doubled.
 */
static void times_reach_the_file(void **state) {
  (void)state;
  record_fixture fixture;
  dw_domains_file *file = open_file("grow.h5", record_fixture_init(&fixture));
  int64_t steps[MOST] = {0};
  append(file, 0);
  assert_all_ok(dw_domains_file_write(file));
  expect("grow.h5", 1, steps);
  for (int64_t i = 1; i < MOST; i++) {
    steps[i] = 7 * i;
    append(file, steps[i]);
  }
  append(file, steps[MOST - 1]);
  assert_all_ok(dw_domains_file_write(file));
  expect("grow.h5", MOST, steps);
  assert_all_int_equal(dw_domains_file_times(file), dw_comm_rank(dw_comm_world()) == 0 ? MOST : 0);
  dw_domains_file_destroy(file);
}

/* Catches datasets without unit or description, and a root without the run's parameters and provenance. */
static void everything_is_described(void **state) {
  (void)state;
  static const char *const groups[] = {"/time", "/domains", "/walls"};
  static const int64_t children[] = {7, 4, 5};
  record_fixture fixture;
  dw_file *from = NULL;
  char text[512] = "";
  int64_t version = 0;
  dw_domains_file *file = open_file("described.h5", record_fixture_init(&fixture));
  append(file, 3);
  assert_all_ok(dw_domains_file_write(file));
  dw_domains_file_destroy(file);
  dw_comm_barrier(dw_comm_world());
  assert_all_ok(dw_file_open(&from, dw_comm_world(), "described.h5"));
  for (int g = 0; g < 3; g++) {
    for (int64_t i = 0; i < children[g]; i++) {
      char name[DW_FILE_NAME];
      char path[2 * DW_FILE_NAME];
      int64_t count = 0;
      assert_all_ok(dw_file_child(from, groups[g], i, &count, name));
      assert_all_int_equal(count, children[g]);
      (void)snprintf(path, sizeof path, "%s/%s", groups[g], name);
      assert_all_ok(dw_attribute_read_text(from, path, "unit", text, sizeof text));
      assert_all(text[0] != '\0');
      assert_all_ok(dw_attribute_read_text(from, path, "description", text, sizeof text));
      assert_all(text[0] != '\0');
    }
  }
  assert_all_ok(dw_attribute_read_int(from, "/", "format_version", &version));
  assert_all_int_equal(version, DW_FORMAT_VERSION);
  assert_all_ok(dw_attribute_read_text(from, "/", "config", text, sizeof text));
  assert_all(strcmp(text, fixture.record.config) == 0);
  assert_all_ok(dw_attribute_read_text(from, "/", "provenance.host", text, sizeof text));
  dw_file_close(from);
}

/* Catches times after the checkpoint that come back, earlier ones that don't, and lists cut at another place. */
static void a_restart_goes_on(void **state) {
  (void)state;
  record_fixture fixture;
  const dw_record *record = record_fixture_init(&fixture);
  dw_domains_file *file = open_file("restart.h5", record);
  for (int64_t step = 0; step < 50; step += 9) {
    append(file, step);
  }
  assert_all_ok(dw_domains_file_write(file));
  dw_domains_file_destroy(file);
  file = open_file("restart.h5", record);
  assert_all_ok(dw_domains_file_restore(file, 30));
  append(file, 33);
  assert_all_ok(dw_domains_file_write(file));
  expect("restart.h5", 5, (const int64_t[]){0, 9, 18, 27, 33});
  dw_domains_file_destroy(file);
  file = open_file("none.h5", record);
  assert_all_ok(dw_domains_file_restore(file, 30));
  assert_all_int_equal(dw_domains_file_times(file), 0);
  dw_domains_file_destroy(file);
}

/* Writes the numbers of listed walls of "damaged.h5" again, so that they don't fit the lists. */
static void damage(const char *path, int64_t listed) {
  dw_file *file = NULL;
  const int64_t one = 1;
  const int64_t zero = 0;
  assert_all_ok(dw_file_create(&file, dw_comm_world(), path, 1000));
  for (int i = 0; i < 5; i++) {
    static const char *const name[] = {"/time/step", "/time/domains", "/time/domains_listed", "/time/walls",
                                       "/time/walls_listed"};
    assert_all_ok(dw_file_write_ints(file, name[i], 1, &one, i == 4 ? &listed : &zero));
  }
  assert_all_ok(dw_file_write_reals(file, "/time/tau", 1, &one, (const double[]){0.0}));
  assert_all_ok(dw_file_write_reals(file, "/time/a", 1, &one, (const double[]){0.0}));
  for (int i = 0; i < 5; i++) {
    static const char *const name[] = {"/domains/label", "/domains/sign", "/walls/closed", "/walls/positive",
                                       "/walls/negative"};
    assert_all_ok(dw_file_write_ints(file, name[i], 1, i < 2 ? &zero : &one, &zero));
  }
  assert_all_ok(dw_file_write_ints(file, "/domains/wraps", 2, (const int64_t[]){0, 3}, &zero));
  assert_all_ok(dw_file_write_reals(file, "/domains/volume_fraction", 1, &zero, (const double[]){0.0}));
  assert_all_ok(dw_file_write_reals(file, "/walls/area", 1, &one, (const double[]){0.0}));
  assert_all_ok(dw_file_write_reals(file, "/walls/enclosed_fraction", 1, &one, (const double[]){0.0}));
  assert_all_ok(dw_file_commit(&file));
}

/* Catches a file of something else, or whose lists are too short, that is read beyond its end. */
static void other_files_are_refused(void **state) {
  (void)state;
  static const dw_status expected[] = {DW_OK, DW_OK, DW_ERR_FILE, DW_ERR_FILE};
  static const int64_t listed[] = {0, 1, 2, -1};
  record_fixture fixture;
  const dw_record *record = record_fixture_init(&fixture);
  for (int i = 0; i < 4; i++) {
    damage("damaged.h5", listed[i]);
    dw_domains_file *file = open_file("damaged.h5", record);
    assert_all_status(dw_domains_file_restore(file, 30), expected[i]);
    dw_domains_file_destroy(file);
  }
  dw_file *empty = NULL;
  assert_all_ok(dw_file_create(&empty, dw_comm_world(), "empty.h5", 1000));
  assert_all_ok(dw_file_commit(&empty));
  dw_domains_file *file = open_file("empty.h5", record);
  assert_all_status(dw_domains_file_restore(file, 30), DW_ERR_FILE);
  dw_domains_file_destroy(file);
  file = open_file("no/such/directory.h5", record);
  append(file, 1);
  assert_all_status(dw_domains_file_write(file), DW_ERR_FILE);
  dw_domains_file_destroy(file);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(times_reach_the_file),
    cmocka_unit_test(everything_is_described),
    cmocka_unit_test(a_restart_goes_on),
    cmocka_unit_test(other_files_are_refused),
};

DW_TEST_MPI_MAIN(tests)
