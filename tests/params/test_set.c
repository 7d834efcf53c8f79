/* --set: the forms of a value, and the messages. */
#include "params_test.h"

static void set(const char *assignment) {
  dw_report_init(&report);
  const dw_status status = dw_params_set(&params, assignment, &report);
  assert_string_equal(report.text, "");
  assert_ok(status);
}

/* Refused with this line, and nothing changed. */
static void refuse(const char *assignment, const char *line) {
  static dw_params before;
  before = params;
  dw_report_init(&report);
  assert_status(dw_params_set(&params, assignment, &report), DW_ERR_PARAM);
  assert_string_equal(report.text, line);
  assert_memory_equal(&params, &before, sizeof params);
}

/* Catches a form of a number, a word or a text that isn't understood. */
static void test_scalars(void **state) {
  (void)state;
  set("lattice.points=128");
  assert_int_equal(params.lattice.points, 128);
  set(" lattice.points = 0x20 ");
  assert_int_equal(params.lattice.points, 32);
  set("seed=5000000000");
  assert_true(params.seed == INT64_C(5000000000));
  set("seed=9223372036854775807L");
  assert_true(params.seed == INT64_MAX);
  set("cosmology.w=0");
  assert_true(params.cosmology.w == 0.0);
  set("cosmology.w=-.25");
  assert_true(params.cosmology.w == -0.25);
  set("lattice.length=1e2");
  assert_true(params.lattice.length == 100.0);
  set("overwrite=true");
  assert_true(params.overwrite);
  set("gw.enabled=False");
  assert_false(params.gw.enabled);
  set("precision=double");
  assert_string_equal(params.precision, "double");
  set("fields.potential=\"free\"");
  assert_string_equal(params.fields.potential, "free");
}

/* Catches a text that loses characters: an equals sign, blanks inside, quotes, or that is read as a number. */
static void test_texts(void **state) {
  (void)state;
  set("name=a = b, c");
  assert_string_equal(params.name, "a = b, c");
  set("name=128");
  assert_string_equal(params.name, "128");
  set("name=\" a \\\"b\\\" \\\\ \"");
  assert_string_equal(params.name, " a \"b\" \\ ");
  set("fields.initial.file=");
  assert_string_equal(params.fields.initial.file, "");
  set("name=\"\"");
  assert_string_equal(params.name, "");
}

/* Catches a form of a list that isn't understood: brackets, parentheses, none, one number, empty. */
static void test_lists(void **state) {
  (void)state;
  const char *forms[] = {"store.snapshots=[1, 5.6]", "store.snapshots=(1, 5.6)", "store.snapshots=1,5.6",
                         "store.snapshots = [ 1.0 ,5.6e0 ] "};
  static dw_params first;
  set(forms[0]);
  assert_int_equal(params.store.snapshots.count, 2);
  assert_true(params.store.snapshots.value[0] == 1.0 && params.store.snapshots.value[1] == 5.6);
  first = params;
  for (size_t i = 1; i < sizeof forms / sizeof forms[0]; i++) {
    set("store.snapshots=[7, 8, 9]");
    set(forms[i]);
    assert_memory_equal(&params, &first, sizeof params);
  }
  set("store.snapshots=9.5");
  assert_true(params.store.snapshots.count == 1 && params.store.snapshots.value[0] == 9.5);
  assert_true(params.store.snapshots.value[1] == 0.0);
  set("store.snapshots=[]");
  assert_int_equal(params.store.snapshots.count, 0);
  set("fields.initial.normal=1,-1,0");
  assert_true(params.fields.initial.normal[1] == -1 && params.fields.initial.normal[2] == 0);
}

/* Catches a value that is taken though a file's would be refused. */
static void test_refused_values(void **state) {
  (void)state;
  refuse("lattice.points=64.0", "--set lattice.points: got the real 64.0, expected integer; write for example "
                                "lattice.points = 256\n");
  refuse("lattice.points=1e3", "--set lattice.points: got the real 1000.0, expected integer; write for example "
                               "lattice.points = 256\n");
  refuse("lattice.points=64x", "--set lattice.points: got the text \"64x\", expected integer; write for example "
                               "lattice.points = 256\n");
  refuse("lattice.points=2", "--set lattice.points: 2 is out of range; allowed: 4 to 65536\n");
  refuse("seed=99999999999999999999", "--set seed: 1e+20 doesn't fit an integer of 64 bits; give a smaller one\n");
  refuse("time.end=nan", "--set time.end: got the text \"nan\", expected real; write for example time.end = 9.5\n");
  refuse("time.end=inf", "--set time.end: got the text \"inf\", expected real; write for example time.end = 9.5\n");
  refuse("time.end=0x1p3", "--set time.end: got the text \"0x1p3\", expected real; write for example time.end = 9.5\n");
  refuse("time.end=1e999", "--set time.end: inf is not a finite number; give one that fits a double\n");
  refuse("overwrite=1", "--set overwrite: got the integer 1, expected true or false; write for example overwrite = "
                        "false\n");
  refuse("precision=singel",
         "--set precision: \"singel\" is not a choice; did you mean \"single\"? allowed: single, double\n");
  refuse("store.snapshots=[1,,2]", "--set store.snapshots: element 2: got the text \"\", expected real; write for "
                                   "example store.snapshots = [1.0, 2.5]\n");
  refuse("store.snapshots=1,-2", "--set store.snapshots: element 2: -2.0 is out of range; allowed: >= 0\n");
  refuse("lattice.processes=2", "--set lattice.processes: got a list of 1, expected 2 integers; write for example "
                                "lattice.processes = [0, 0]\n");
  refuse("name=\"open", "--set name: the quotes don't match; write name=\"text\", or the text without quotes\n");
}

/* Catches a number cut where a buffer ends, which would be another number. */
static void test_long_values(void **state) {
  (void)state;
  char text[2048];
  size_t used = (size_t)snprintf(text, sizeof text, "time.end=");
  memset(text + used, '0', 509);
  (void)snprintf(text + used + 509, sizeof text - used - 509, "123");
  dw_report_init(&report);
  assert_status(dw_params_set(&params, text, &report), DW_ERR_PARAM);
  assert_true(params.time.end == 9.5);

  used = (size_t)snprintf(text, sizeof text, "name=");
  memset(text + used, 'x', 1500);
  text[used + 1500] = '\0';
  dw_report_init(&report);
  assert_status(dw_params_set(&params, text, &report), DW_ERR_PARAM);
  assert_non_null(strstr(report.text, "is too long; give at most 511"));
}

/* Catches an unknown key, a group or a missing part without a hint what to write. */
static void test_refused_keys(void **state) {
  (void)state;
  refuse("latice.points=64", "--set latice.points: unknown key; did you mean lattice.points?\n");
  refuse("points=64", "--set points: unknown key; did you mean lattice.points?\n");
  refuse("zzzzzz=64", "--set zzzzzz: unknown key; `dwell params` lists all keys\n");
  refuse("lattice=64", "--set lattice: is a group; set its keys one by one, lattice.KEY=VALUE\n");
  refuse("lattice.points", "--set lattice.points: no value given; write --set lattice.points=VALUE\n");
  refuse("lattice.points=", "--set lattice.points: no value given; write for example lattice.points=256\n");
  refuse("=64", "--set =64: no key given; write --set group.key=value\n");
  refuse("", "--set : no key given; write --set group.key=value\n");
}

#define TEST(name) cmocka_unit_test_setup(name, params_fresh)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(test_scalars),        TEST(test_texts),       TEST(test_lists),
      TEST(test_refused_values), TEST(test_long_values), TEST(test_refused_keys),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
