/* The written configuration, the reference, the walk over all keys, and the table itself. */
#include "params_test.h"

#include <float.h>

enum { LONG_TEXT = 1 << 17 };

static char text[LONG_TEXT];

/* Written and read back over the defaults: the same bytes. */
static void expect_round_trip(void) {
  static dw_params copy;
  FILE *file = tmpfile();
  assert_non_null(file);
  assert_ok(dw_params_write(file, &params));
  file_text(file, text, sizeof text);
  (void)fclose(file);
  assert_ok(dw_params_defaults(&copy));
  dw_report_init(&report);
  const dw_status status = dw_params_from_text(&copy, text, "config.cfg", &report);
  assert_string_equal(report.text, "");
  assert_ok(status);
  assert_memory_equal(&copy, &params, sizeof params);
}

/* Catches a configuration that doesn't read back, or lacks keys: those read back over other values. */
static void test_defaults(void **state) {
  (void)state;
  expect_round_trip();
  static dw_params copy;
  copy = params;
  for (size_t i = 0; i < dw_table_size(); i++) {
    const dw_param_entry *entry = dw_table_entry(i);
    const char *name = strrchr(entry->key, '.') == NULL ? entry->key : strrchr(entry->key, '.') + 1;
    char assignment[128];
    (void)snprintf(assignment, sizeof assignment, "%s = ", name);
    assert_non_null(strstr(text, assignment));
    assert_non_null(strstr(text, entry->doc));
  }
  copy.overwrite = true;
  copy.lattice.points = 8;
  copy.store.snapshots.count = 1;
  copy.fields.initial.mean = 5.0;
  dw_report_init(&report);
  assert_ok(dw_params_from_text(&copy, text, "config.cfg", &report));
  assert_memory_equal(&copy, &params, sizeof params);
}

/* Catches a value that loses digits, its sign, its type or its quotes on the way. */
static void test_odd_values(void **state) {
  (void)state;
  (void)snprintf(params.name, sizeof params.name, "%s", "\"q\" \\ // # /* @include \xc3\xa9 ; } \\n");
  memset(params.output, '"', sizeof params.output - 1);
  params.overwrite = true;
  params.seed = INT64_MAX;
  params.lattice.length = 1e20;
  params.time.end = 1.0 / 3.0;
  params.time.step = DBL_MIN;
  params.cosmology.w = -1.0 / 3.0 + 1e-16;
  params.cosmology.hubble_start = DBL_MAX;
  params.fields.bias = -0.0;
  params.fields.mass = 100.0;
  params.fields.initial.amplitude = -1.2345678901234567e-8;
  params.fields.initial.mean = 0x1.fffffffffffffp-1;
  params.fields.initial.normal[1] = -65536;
  params.lattice.processes[0] = 1048576;
  params.gw.enabled = false;
  params.store.snapshots.count = DW_LIST_LENGTH;
  for (int i = 0; i < DW_LIST_LENGTH; i++) {
    params.store.snapshots.value[i] = (double)i / 7.0;
  }
  params.analysis.utc_reference.count = 2;
  params.analysis.utc_reference.value[0] = 6.0;
  params.analysis.utc_reference.value[1] = DBL_TRUE_MIN;
  expect_round_trip();
  /* Other readers of libconfig files need the L. */
  assert_non_null(strstr(text, "seed = 9223372036854775807L;"));
}

/* Catches a full disk that goes unnoticed. */
static void test_write_failure(void **state) {
  (void)state;
  FILE *file = fopen("/dev/full", "w");
  if (file == NULL) {
    print_message("SKIP: there is no /dev/full\n");
    skip();
  }
  assert_int_equal(setvbuf(file, NULL, _IONBF, 0), 0);
  assert_status(dw_params_write(file, &params), DW_ERR_FILE);
  (void)fclose(file);
}

/* Catches a key that the reference leaves out, and a markdown row that falls apart. */
static void test_reference(void **state) {
  (void)state;
  for (int markdown = 0; markdown < 2; markdown++) {
    FILE *file = tmpfile();
    assert_non_null(file);
    assert_ok(dw_params_reference(file, markdown != 0));
    file_text(file, text, sizeof text);
    (void)fclose(file);
    for (size_t i = 0; i < dw_table_size(); i++) {
      char start[128];
      (void)snprintf(start, sizeof start, markdown ? "| `%s` |" : "%s = ", dw_table_entry(i)->key);
      const char *row = strstr(text, start);
      assert_non_null(row);
      assert_non_null(strstr(row, dw_table_entry(i)->doc));
      size_t bars = 0;
      for (const char *c = row; *c != '\n' && *c != '\0'; c++) {
        bars += *c == '|';
      }
      assert_int_equal(bars, markdown ? 8 : 0);
    }
  }
}

typedef struct seen {
  size_t count;
  size_t stop_after;
} seen;

static dw_status look(void *context, const dw_param_item *item) {
  seen *s = context;
  assert_string_equal(item->entry->key, dw_table_entry(s->count)->key);
  if (strcmp(item->entry->key, "name") == 0) {
    assert_int_equal(item->count, strlen("radiation"));
    assert_string_equal(item->value, "radiation");
  } else if (strcmp(item->entry->key, "lattice.points") == 0) {
    assert_true(item->count == 1 && *(const int64_t *)item->value == 256);
  } else if (strcmp(item->entry->key, "fields.initial.normal") == 0) {
    assert_true(item->count == 3 && *(const int64_t *)item->value == 1);
  } else if (strcmp(item->entry->key, "store.snapshots") == 0) {
    assert_true(item->count == 2 && ((const double *)item->value)[1] == 2.5);
  } else if (strcmp(item->entry->key, "analysis.utc_reference") == 0) {
    assert_int_equal(item->count, 0);
  } else if (strcmp(item->entry->key, "gw.enabled") == 0) {
    assert_true(item->count == 1 && *(const bool *)item->value);
  }
  s->count++;
  return s->count == s->stop_after ? dw_fail(DW_ERR_FILE, "stop") : DW_OK;
}

/* Catches a key that is passed over, a value or count that is not the key's, and a failure that is not passed on. */
static void test_for_each(void **state) {
  (void)state;
  params.store.snapshots.count = 2;
  params.store.snapshots.value[1] = 2.5;
  seen all = {0, 0};
  assert_ok(dw_params_for_each(&params, look, &all));
  assert_int_equal(all.count, dw_table_size());
  seen some = {0, 5};
  assert_status(dw_params_for_each(&params, look, &some), DW_ERR_FILE);
  assert_int_equal(some.count, 5);
}

static size_t size_of(const dw_param_entry *entry) {
  switch (entry->type) {
    case DW_PARAM_BOOL: return sizeof(bool);
    case DW_PARAM_INT64:
    case DW_PARAM_INT64_ARRAY: return entry->count * sizeof(int64_t);
    case DW_PARAM_REAL: return sizeof(double);
    case DW_PARAM_TEXT:
    case DW_PARAM_CHOICE: return DW_TEXT_LENGTH;
    case DW_PARAM_REAL_LIST: return sizeof(dw_real_list);
  }
  return 0;
}

/* Catches a member of dw_params without a row in the table: the gaps between rows may only be padding. */
static void test_table_is_complete(void **state) {
  (void)state;
  static unsigned char covered[sizeof(dw_params)];
  for (size_t i = 0; i < dw_table_size(); i++) {
    const dw_param_entry *entry = dw_table_entry(i);
    assert_ptr_equal(dw_table_find(entry->key), entry);
    for (size_t byte = 0; byte < size_of(entry); byte++) {
      assert_int_equal(covered[entry->offset + byte]++, 0);
    }
  }
  size_t gap = 0;
  for (size_t byte = 0; byte < sizeof covered; byte++) {
    gap = covered[byte] ? 0 : gap + 1;
    assert_true(gap < sizeof(double));
  }
}

#define TEST(name) cmocka_unit_test_setup(name, params_fresh)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(test_defaults),  TEST(test_odd_values), TEST(test_write_failure),
      TEST(test_reference), TEST(test_for_each),   TEST(test_table_is_complete),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
