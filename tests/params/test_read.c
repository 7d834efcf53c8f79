/* Configuration files: what is taken, what is refused, and how it is said. */
#include "params_test.h"

#include "base/memory.h"
#include "params/suggest.h"

/* Catches a default that is not the documented one, or bytes of the struct left undefined. */
static void test_defaults(void **state) {
  (void)state;
  static dw_params other;
  memset(&other, 0x5a, sizeof other);
  assert_ok(dw_params_defaults(&other));
  assert_memory_equal(&params, &other, sizeof params);
  assert_string_equal(params.name, "radiation");
  assert_string_equal(params.output, "runs/radiation");
  assert_false(params.overwrite);
  assert_int_equal(params.seed, 1);
  assert_string_equal(params.precision, "single");
  assert_int_equal(params.lattice.points, 256);
  assert_true(params.lattice.length == 19.0);
  assert_int_equal(params.lattice.stencil, 2);
  assert_int_equal(params.lattice.processes[1], 0);
  assert_true(params.time.end == 9.5 && params.time.step == 0.25);
  assert_true(params.cosmology.w == 1.0 / 3.0 && params.cosmology.hubble_start == 1.0);
  assert_true(params.fields.s == 1.0 && params.fields.bias == 0.0 && params.fields.mass == 0.0);
  assert_true(params.fields.initial.rms == 0.1 && params.fields.initial.cutoff == 3.0);
  assert_true(params.fields.initial.normal[0] == 1 && params.fields.initial.normal[2] == 0);
  assert_true(params.gw.enabled && params.gw.coarsening == 2);
  assert_true(params.analysis.interval == 0.25 && params.analysis.spectra_interval == 0.5);
  assert_true(params.analysis.utc_reference.count == 0 && params.store.snapshots.count == 0);
  assert_true(params.store.slices == 0.5 && params.store.checkpoint_minutes == 30.0);
}

/* Catches a type that isn't read, an integer refused for a real, a list refused for an array, and a key not given
 * that changes. */
static void test_every_type(void **state) {
  (void)state;
  expect_read("name = \"a \\\"b\\\" \\\\ c\";\n"
              "overwrite = true;\n"
              "seed = 7;\n"
              "precision = \"double\";\n"
              "lattice = { points = 0x40; length = 20; processes = (2, 3); };\n"
              "fields : { s = 0; initial : { kind = \"walls\"; normal = [1, -1, 0]; velocity = -.5; } }\n"
              "gw = { enabled = FALSE };\n"
              "store = { snapshots = (1, 5.6, 7e0, 3000000000); };\n"
              "analysis = { utc_reference = [6.0, 7.5]; };\n");
  assert_string_equal(params.name, "a \"b\" \\ c");
  assert_true(params.overwrite);
  assert_int_equal(params.seed, 7);
  assert_string_equal(params.precision, "double");
  assert_int_equal(params.lattice.points, 64);
  assert_true(params.lattice.length == 20.0);
  assert_true(params.lattice.processes[0] == 2 && params.lattice.processes[1] == 3);
  assert_true(params.fields.s == 0.0 && params.fields.initial.velocity == -0.5);
  assert_int_equal(params.fields.initial.normal[1], -1);
  assert_false(params.gw.enabled);
  assert_int_equal(params.store.snapshots.count, 4);
  assert_true(params.store.snapshots.value[0] == 1.0 && params.store.snapshots.value[1] == 5.6);
  assert_true(params.store.snapshots.value[2] == 7.0 && params.store.snapshots.value[3] == 3e9);
  assert_true(params.analysis.utc_reference.count == 2 && params.analysis.utc_reference.value[1] == 7.5);
  assert_true(params.time.end == 9.5);
}

/* Catches a list that keeps elements of a longer one before it. */
static void test_lists_are_replaced(void **state) {
  (void)state;
  static dw_params fresh;
  fresh = params;
  expect_read("store = { snapshots = [1.0, 2.0, 3.0]; }; name = \"a long name indeed\";");
  expect_read("store = { snapshots = []; }; name = \"radiation\";");
  assert_memory_equal(&params, &fresh, sizeof params);
}

/* Catches libconfig's silent cut of an integer to 32 bits, in decimal and hexadecimal, with and without L. */
static void test_large_integers(void **state) {
  (void)state;
  expect_read("seed = 5000000000;");
  assert_true(params.seed == INT64_C(5000000000));
  expect_read("seed = 9223372036854775807L;");
  assert_true(params.seed == INT64_MAX);
  expect_read("seed = 0x1FFFFFFFFF;");
  assert_true(params.seed == INT64_C(0x1FFFFFFFFF));
  expect_read("/* 1 */ seed // 99999999999999999999\n = +2147483648; # 5\nname = \"99999999999999999999\";");
  assert_true(params.seed == INT64_C(2147483648));
  assert_string_equal(params.name, "99999999999999999999");
  expect_lines("seed = 99999999999999999999;",
               "run.cfg:1: seed: 1e+20 doesn't fit an integer of 64 bits; give a smaller one\n");
  expect_lines("\nseed = 9223372036854775808L;",
               "run.cfg:2: seed: 9.2233720368547758e+18 doesn't fit an integer of 64 bits; give a smaller one\n");
}

/* Catches a wrong line, key, or hint for a mistyped key, one without its group or in the wrong group, one that
 * resembles nothing, and an unknown group reported key by key. */
static void test_unknown_keys(void **state) {
  (void)state;
  expect_lines("name = \"radiation\";\nlattice = {\n  poinst = 64;\n};",
               "run.cfg:3: lattice.poinst: unknown key; did you mean lattice.points?\n");
  expect_lines("points = 64;", "run.cfg:1: points: unknown key; did you mean lattice.points?\n");
  expect_lines("analysis = { slices = 1.0; };",
               "run.cfg:1: analysis.slices: unknown key; did you mean store.slices?\n");
  expect_lines("fields = { kind = 3; };", "run.cfg:1: fields.kind: unknown key; did you mean fields.initial.kind?\n");
  expect_lines("\n\nchemistry = 3;", "run.cfg:3: chemistry: unknown key; `dwell params` lists all keys\n");
  expect_lines("latice = { points = 64;\n nonsense = { a = 1; }; };",
               "run.cfg:1: latice: unknown group; did you mean lattice?\n");
  expect_lines("initial = { kind = \"walls\"; };", "run.cfg:1: initial: unknown group; did you mean fields.initial?\n");
  expect_lines("quantum = { a = 1; };", "run.cfg:1: quantum: unknown group; `dwell params` lists all keys\n");
}

/* Catches an edit that is counted twice or not at all. */
static void test_edit_distance(void **state) {
  (void)state;
  assert_int_equal(dw_edit_distance("points", "points"), 0);
  assert_int_equal(dw_edit_distance("points", "pints"), 1);
  assert_int_equal(dw_edit_distance("points", "poiints"), 1);
  assert_int_equal(dw_edit_distance("points", "paints"), 1);
  assert_int_equal(dw_edit_distance("points", "poinst"), 1);
  assert_int_equal(dw_edit_distance("", "abc"), 3);
  assert_int_equal(dw_edit_distance("kitten", "sitting"), 3);
  char longest[256];
  memset(longest, 'x', sizeof longest);
  longest[sizeof longest - 1] = '\0';
  assert_true(dw_edit_distance(longest, "points") > 100);
}

/* Catches a value of another type that is taken or turned into something silently. */
static void test_wrong_types(void **state) {
  (void)state;
  expect_lines("lattice = {\n  points = 64.0; };", "run.cfg:2: lattice.points: got the real 64.0, expected integer; "
                                                   "write for example lattice.points = 256\n");
  expect_lines("time = { step = \"0.1\"; };", "run.cfg:1: time.step: got the text \"0.1\", expected real; write for "
                                              "example time.step = 0.25\n");
  expect_lines("gw = { enabled = 1; };", "run.cfg:1: gw.enabled: got the integer 1, expected true or false; write for "
                                         "example gw.enabled = true\n");
  expect_lines("name = 3;", "run.cfg:1: name: got the integer 3, expected text; write for example name = "
                            "\"radiation\"\n");
  expect_lines("precision = true;", "run.cfg:1: precision: got true, expected choice; write for example precision = "
                                    "\"single\"\n");
  expect_lines("seed = { a = 1; };", "run.cfg:1: seed: got a group, expected integer; write for example seed = 1\n");
  expect_lines("fields = {\n initial = 3; };",
               "run.cfg:2: fields.initial: got a value, expected a group; write initial "
               "= { ... };\n");
  expect_lines("store = { snapshots = 9.5; };", "run.cfg:1: store.snapshots: got the real 9.5, expected list of reals; "
                                                "write for example store.snapshots = [1.0, 2.5]\n");
  expect_lines("store = { snapshots = (1.0,\n true); };",
               "run.cfg:1: store.snapshots: element 2: got true, expected real; write for example "
               "store.snapshots = [1.0, 2.5]\n");
  expect_lines("lattice = { processes = [2]; };", "run.cfg:1: lattice.processes: got a list of 1, expected 2 integers; "
                                                  "write for example lattice.processes = [0, 0]\n");
  expect_lines("lattice = { processes = (2, 1.5); };",
               "run.cfg:1: lattice.processes: element 2: got the real 1.5, expected integer; write for example "
               "lattice.processes = [0, 0]\n");
  expect_lines("seed = [1];", "run.cfg:1: seed: got a list of 1, expected integer; write for example seed = 1\n");
}

/* Catches bounds that are not checked, or checked inclusive for exclusive. */
static void test_ranges(void **state) {
  (void)state;
  expect_lines("lattice = { points = 3; };", "run.cfg:1: lattice.points: 3 is out of range; allowed: 4 to 65536\n");
  expect_lines("lattice = { points = 65537; };",
               "run.cfg:1: lattice.points: 65537 is out of range; allowed: 4 to 65536\n");
  expect_lines("lattice = { length = 0; };", "run.cfg:1: lattice.length: 0.0 is out of range; allowed: > 0\n");
  expect_lines("time = { step = 1.0; };", "run.cfg:1: time.step: 1.0 is out of range; allowed: > 0 and < 1\n");
  expect_lines("cosmology = { w = -0.4; };",
               "run.cfg:1: cosmology.w: -0.4 is out of range; allowed: > -0.3333333 and <= 100\n");
  expect_lines("fields = { bias = -1.0; };", "run.cfg:1: fields.bias: -1.0 is out of range; allowed: > -1 and < 1\n");
  expect_lines("seed = -1;", "run.cfg:1: seed: -1 is out of range; allowed: >= 0\n");
  expect_lines("fields = { initial = { amplitude = 1e999; }; };",
               "run.cfg:1: fields.initial.amplitude: inf is not a finite number; give one that fits a double\n");
  expect_lines("store = { snapshots = [1.0, -2.0]; };",
               "run.cfg:1: store.snapshots: element 2: -2.0 is out of range; allowed: >= 0\n");
  expect_lines("output = \"\";",
               "run.cfg:1: output: the text is empty; write for example output = \"runs/radiation\"\n");
  expect_read("lattice = { points = 4; }; fields = { s = 1; }; store = { checkpoint_minutes = 0; };");
}

/* Catches a word that is no choice, and a hint that isn't the nearest choice. */
static void test_choices(void **state) {
  (void)state;
  expect_lines("precision = \"singel\";",
               "run.cfg:1: precision: \"singel\" is not a choice; did you mean \"single\"? allowed: single, double\n");
  expect_lines("precision = \"quadruple\";",
               "run.cfg:1: precision: \"quadruple\" is not a choice; allowed: single, double\n");
  expect_lines("precision = \"single|double\";",
               "run.cfg:1: precision: \"single|double\" is not a choice; allowed: single, double\n");
  expect_lines(
      "fields = { initial = { kind = \"white_noise\"; }; };",
      "run.cfg:1: fields.initial.kind: \"white_noise\" is not a choice; did you mean \"white-noise\"? allowed: "
      "white-noise, vacuum, thermal, gaussian, power-law, cells, walls, sphere, mode, spectrum, snapshot\n");
  expect_lines("lattice = { stencil = 3; };", "run.cfg:1: lattice.stencil: 3 is not a choice; allowed: 2, 4\n");
}

/* Catches a text or a list that is cut to fit, off by one included. */
static void test_too_long(void **state) {
  (void)state;
  static char text[16 * DW_LIST_LENGTH];
  char longest[DW_TEXT_LENGTH + 1];
  memset(longest, 'x', sizeof longest);
  longest[DW_TEXT_LENGTH] = '\0';
  (void)snprintf(text, sizeof text, "name = \"%s\";", longest);
  expect_lines(text, "run.cfg:1: name: a text of 512 bytes is too long; give at most 511\n");
  (void)snprintf(text, sizeof text, "name = \"%s\";", longest + 1);
  expect_read(text);
  assert_string_equal(params.name, longest + 1);

  size_t used = (size_t)snprintf(text, sizeof text, "store = { snapshots = [0.5");
  for (int i = 1; i < DW_LIST_LENGTH; i++) {
    used += (size_t)snprintf(text + used, sizeof text - used, ", %d.5", i);
  }
  (void)snprintf(text + used, sizeof text - used, "]; };");
  expect_read(text);
  assert_int_equal(params.store.snapshots.count, DW_LIST_LENGTH);
  assert_true(params.store.snapshots.value[DW_LIST_LENGTH - 1] == DW_LIST_LENGTH - 0.5);
  (void)snprintf(text + used, sizeof text - used, ", 1.5]; };");
  expect_lines(text, "run.cfg:1: store.snapshots: a list of 1025 is too long; give at most 1024\n");
}

/* Catches a text with a line break in it, which would break the files it is written to. */
static void test_control_characters(void **state) {
  (void)state;
  expect_lines("name = \"two\\nlines\";\n",
               "run.cfg:1: name: byte 4 of the text is a control character; write one line of plain text\n");
  expect_lines("precision = \"a\\nb\";", "run.cfg:1: precision: \"a?b\" is not a choice; allowed: single, double\n");
  expect_read("name = \"\xc3\xa9t\xc3\xa9\";");
}

/* Catches reading that stops at the first problem, and a good value lost beside a bad one. */
static void test_all_at_once(void **state) {
  (void)state;
  dw_report_init(&report);
  assert_status(dw_params_from_text(&params,
                                    "seed = 11;\n"
                                    "precison = \"double\";\n"
                                    "lattice = { points = 2;\n"
                                    "  stencil = 4;\n"
                                    "  length = \"x\"; };\n"
                                    "tiem = { end = 3.0; };\n"
                                    "gw = { method = \"latice\"; };\n",
                                    "run.cfg", &report),
                DW_ERR_PARAM);
  assert_string_equal(report.text,
                      "run.cfg:2: precison: unknown key; did you mean precision?\n"
                      "run.cfg:3: lattice.points: 2 is out of range; allowed: 4 to 65536\n"
                      "run.cfg:5: lattice.length: got the text \"x\", expected real; write for example "
                      "lattice.length = 19.0\n"
                      "run.cfg:6: tiem: unknown group; did you mean time?\n"
                      "run.cfg:7: gw.method: \"latice\" is not a choice; did you mean \"lattice\"? allowed: lattice, "
                      "modes\n");
  assert_int_equal(report.count, 5);
  assert_true(dw_report_has(&report, "lattice.points"));
  assert_false(dw_report_has(&report, "lattice.stencil"));
  assert_int_equal(params.seed, 11);
  assert_int_equal(params.lattice.stencil, 4);
  assert_true(params.time.end == 9.5);
}

/* Catches a syntax error without its line, and things libconfig would take silently: a lone point, an include. */
static void test_syntax(void **state) {
  (void)state;
  const char *remedy = "look here and on the line before for a missing ; or quote, or a comma at the end of a list";
  char line[512];
  (void)snprintf(line, sizeof line, "run.cfg:2: syntax error; %s\n", remedy);
  expect_lines("seed = 1;\nlattice = { points 64; };", line);
  expect_lines("seed = 1;\ntime = { end = .; };", line);
  expect_lines("seed = 1;\nstore = { snapshots = [1.0,]; };", line);
  expect_lines("seed = 1;\n\nseed = 1;\n", "run.cfg:3: duplicate setting name; give each key and each group once\n");
  expect_lines("store = { snapshots = [1, 5.6]; };", "run.cfg:1: mismatched element type in array; write all numbers "
                                                     "with a decimal point, or the list in ( )\n");
  expect_lines("// x\n@include \"other.cfg\"\n", "run.cfg:2: @include isn't supported; put all keys into one file\n");
  expect_read("name = \"@include . 1.\"; // @include .\n# @include\n/* @\n. */");
  assert_string_equal(params.name, "@include . 1.");
}

/* Catches a missing quote or end of a comment reported far from where it is missing. */
static void test_not_closed(void **state) {
  (void)state;
  const char *quote = "run.cfg:2: a text isn't closed on its line; add the quote\n";
  expect_lines("seed = 1;\nname = \"radiation;\noutput = \"runs\";\n", quote);
  expect_lines("seed = 1;\nname = \"open", quote);
  expect_lines("seed = 1;\nname = \"", quote);
  expect_lines("seed = 1;\nname = \"\\\"", quote);
  expect_lines("seed = 1; // \"\n/* \" \n", "run.cfg:2: a comment is never closed; add */\n");
  expect_lines("/* a /", "run.cfg:1: a comment is never closed; add */\n");
  expect_lines("/*/", "run.cfg:1: a comment is never closed; add */\n");
  expect_read("/**/ name = \"a\"\n \"b\"; // '\n# \"");
  assert_string_equal(params.name, "ab");
}

/* Catches a file that can't be read reported as a wrong parameter, or read as an empty one. */
static void test_files(void **state) {
  (void)state;
  assert_status(dw_params_read(&params, "no/such/file.cfg", &report), DW_ERR_FILE);
  assert_non_null(strstr(dw_message(), "no/such/file.cfg"));
  assert_status(dw_params_read(&params, ".", &report), DW_ERR_FILE);
  assert_non_null(strstr(dw_message(), ".: can't be"));

  FILE *file = fopen("params_read_test.cfg", "wb");
  assert_non_null(file);
  assert_int_equal(fwrite("seed = 3;\0\n", 1, 11, file), 11);
  assert_int_equal(fclose(file), 0);
  assert_status(dw_params_read(&params, "params_read_test.cfg", &report), DW_ERR_FILE);
  assert_int_equal(report.count, 0);

  file = fopen("params_read_test.cfg", "wb");
  assert_non_null(file);
  assert_true(fputs("seed = 3;\n\nsede = 4;", file) >= 0);
  assert_int_equal(fclose(file), 0);
  assert_status(dw_params_read(&params, "params_read_test.cfg", &report), DW_ERR_PARAM);
  assert_string_equal(report.text, "params_read_test.cfg:3: sede: unknown key; did you mean seed?\n");
  assert_int_equal(params.seed, 3);
  (void)remove("params_read_test.cfg");
}

/* Catches memory left behind on any of the paths of the tests before. */
static void test_memory(void **state) {
  (void)state;
  assert_int_equal(dw_memory_held(), 0);
}

/* Catches a report that overflows, loses its count, or breaks a line in two. */
static void test_report(void **state) {
  (void)state;
  for (int i = 0; i < 2000; i++) {
    dw_report_add(&report, NULL, "problem %d\nof many", i);
  }
  assert_int_equal(report.count, 2000);
  assert_true(report.held < 2000 && report.length < sizeof report.text);
  assert_int_equal(strlen(report.text), report.length);
  assert_non_null(strstr(report.text, "problem 1?of many\nproblem 2?"));

  FILE *file = tmpfile();
  assert_non_null(file);
  dw_report_print(&report, file);
  static char text[DW_REPORT_LENGTH + 64];
  file_text(file, text, sizeof text);
  (void)fclose(file);
  char more[64];
  (void)snprintf(more, sizeof more, "of many\nand %zu more\n", report.count - report.held);
  assert_string_equal(text + strlen(text) - strlen(more), more);
}

#define TEST(name) cmocka_unit_test_setup(name, params_fresh)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(test_defaults),
      TEST(test_every_type),
      TEST(test_lists_are_replaced),
      TEST(test_large_integers),
      TEST(test_unknown_keys),
      TEST(test_edit_distance),
      TEST(test_wrong_types),
      TEST(test_ranges),
      TEST(test_choices),
      TEST(test_too_long),
      TEST(test_control_characters),
      TEST(test_all_at_once),
      TEST(test_syntax),
      TEST(test_not_closed),
      TEST(test_files),
      TEST(test_report),
      TEST(test_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
