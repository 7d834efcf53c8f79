/* The file of `dwell surrogate train`: what is taken and what is refused. */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "params/operator_config.h"
#include "tests/dw_test.h"

static dw_report report;
static dw_operator_config config;

/* Catches a key that isn't read, and a text that doesn't read back as it was. */
static void test_reads(void **state) {
  (void)state;
  static const char text[] =
      "kind = \"jump\"; base = \"a.cfg\"; set = [\"lattice.points=64\", \"seed=2\"]; shells = 9;\n"
      "cheap = { points = 32; s = 0.5; fat_from = 3; };\n"
      "net = { channels = 6; layers = 5; nets = 4; seed = 8; };\n"
      "train = { first = 10; runs = 11; steps = 12; rate = 0.125; w = (0, 0.25); };\n"
      "test = { first = 40; runs = 14; w = [0.125]; }; jump = { steps = 16; jumps = 2; };\n";
  dw_operator_config again;
  char *printed = NULL;
  dw_report_init(&report);
  assert_ok(dw_operator_config_from_text(&config, text, "t.cfg", &report));
  assert_string_equal(config.kind, "jump");
  assert_string_equal(config.set[1], "seed=2");
  assert_true(config.sets == 2 && config.shells == 9 && config.cheap.points == 32 && config.cheap.s == 0.5);
  assert_true(config.cheap.fat_from == 3.0 && config.net.channels == 6 && config.net.layers == 5);
  assert_true(config.net.nets == 4 && config.net.seed == 8 && config.train.first == 10 && config.train.runs == 11);
  assert_true(config.train.steps == 12 && config.train.rate == 0.125 && config.test.first == 40);
  assert_true(config.test.runs == 14 && config.jump.steps == 16 && config.jump.jumps == 2);
  assert_true(config.train.w.count == 2 && config.train.w.value[0] == 0.0 && config.train.w.value[1] == 0.25);
  assert_true(config.test.w.count == 1 && config.test.w.value[0] == 0.125);
  assert_ok(dw_operator_config_text(&config, &printed));
  assert_ok(dw_operator_config_from_text(&again, printed, "again.cfg", &report));
  assert_memory_equal(&again, &config, sizeof config);
  dw_free(printed);
}

/* Catches a problem that hides another: all are named, with their lines and the nearest key. */
static void test_refuses(void **state) {
  (void)state;
  static const char text[] = "kind = \"corektor\";\n"
                             "shels = 4;\n"
                             "cheap = { points = 64.0; pionts = 3; s = 2; };\n"
                             "train = { runs = 1; rate = true; };\n"
                             "set = \"seed=1\";\n";
  static const char *const lines[] = {"t.cfg:1: kind: \"corektor\" is no choice; did you mean corrector?",
                                      "t.cfg:2: shels: unknown key; did you mean shells?",
                                      "t.cfg:3: cheap.points: expected an integer",
                                      "t.cfg:3: cheap.pionts: unknown key; did you mean cheap.points?",
                                      "t.cfg:3: cheap.s: 2 is outside 0 to 1",
                                      "t.cfg:4: train.runs: 1 is outside 2 to 10000",
                                      "t.cfg:4: train.rate: expected a number",
                                      "t.cfg:5: set: expected a list"};
  dw_report_init(&report);
  assert_status(dw_operator_config_from_text(&config, text, "t.cfg", &report), DW_ERR_PARAM);
  assert_int_equal(report.count, sizeof lines / sizeof lines[0]);
  for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
    if (strstr(report.text, lines[i]) == NULL) {
      fail_msg("'%s' isn't in\n%s", lines[i], report.text);
    }
  }
}

/* Catches test runs that were trained on, and more shells than the cheap lattice has. */
static void test_contradictions(void **state) {
  (void)state;
  dw_report_init(&report);
  assert_status(dw_operator_config_from_text(&config, "train = { first = 5; runs = 10; }; test = { first = 14; };",
                                             "t.cfg", &report),
                DW_ERR_PARAM);
  assert_non_null(strstr(report.text, "share seeds"));
  dw_report_init(&report);
  assert_ok(dw_operator_config_from_text(&config, "train = { first = 5; runs = 10; }; test = { first = 15; };", "t.cfg",
                                         &report));
  assert_status(dw_operator_config_from_text(&config, "cheap = { points = 32; }; shells = 16;", "t.cfg", &report),
                DW_ERR_PARAM);
  assert_non_null(strstr(report.text, "too many"));
  dw_report_init(&report);
  assert_status(dw_operator_config_from_text(&config, "train = { runs = 5; w = (0.1, 0.2, 0.3); };", "t.cfg", &report),
                DW_ERR_PARAM);
  assert_non_null(strstr(report.text, "knows one background"));
  assert_non_null(strstr(report.text, "too few for 3 backgrounds"));
  static const char *const wrong[] = {"(0.2, 0.1)", "(0.1, 0.1)", "(-0.5)", "0.1", "(\"a\")", "(1,2,3,4,5,6,7,8,9)"};
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
    char text[128];
    dw_report_init(&report);
    (void)snprintf(text, sizeof text, "kind = \"jump\"; train = { w = %s; };", wrong[i]);
    assert_status(dw_operator_config_from_text(&config, text, "t.cfg", &report), DW_ERR_PARAM);
    assert_non_null(strstr(report.text, "train.w: expected"));
  }
  assert_status(dw_operator_config_from_text(&config, "cheap = { points = 32; ", "t.cfg", &report), DW_ERR_PARAM);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_reads), cmocka_unit_test(test_refuses),
                                     cmocka_unit_test(test_contradictions)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
