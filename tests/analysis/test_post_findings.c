/* Results of an analysis in memory and on the disk. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "analysis/post/findings.h"
#include "base/memory.h"
#include "lattice/replace.h"
#include "params/read.h"
#include "tests/dw_test.h"
#include "tests/faults/faults.h"

/* Fills *findings with one of each kind; the arrays it is given are overwritten afterwards. */
static dw_status fill(dw_findings *findings) {
  double reals[6] = {0.0, 1.0, 2.0, 3.0, (double)NAN, 5.0};
  int64_t ints[2] = {-7, INT64_MAX};
  char unit[8] = "1/m";
  DW_TRY(dw_findings_line(findings, "walls        A = %.3f", 0.8765));
  DW_TRY(dw_findings_line(findings, "%s", ""));
  DW_TRY(dw_findings_reals(findings, "walls/area", 2, (const int64_t[]){2, 3}, reals, unit, "an area"));
  DW_TRY(dw_findings_ints(findings, "walls/rows", 1, (const int64_t[]){2}, ints, "1", "rows"));
  DW_TRY(dw_findings_reals(findings, "walls/none", 1, (const int64_t[]){0}, NULL, "1", "nothing"));
  DW_TRY(dw_findings_word(findings, "coherence/best", "top hat"));
  DW_TRY(dw_findings_real(findings, "today/peak", 1.5, "Hz", "peak"));
  DW_TRY(dw_findings_int(findings, "today/count", 3, "1", "how many"));
  memset(reals, 0, sizeof reals);
  memset(ints, 0, sizeof ints);
  memset(unit, 'x', sizeof unit - 1);
  return DW_OK;
}

static dw_status write_to(const dw_findings *findings, const char *directory) {
  static char program[] = "dwell";
  char *const arguments[] = {program};
  static const char *const runs[] = {"runs/a", "runs/b"};
  static const char *const versions[] = {"0.1.0", "0.2.0"};
  static const int64_t seeds[] = {3, 4};
  static dw_params params;
  static dw_provenance provenance;
  DW_TRY(dw_params_defaults(&params));
  dw_provenance_collect(&provenance, dw_comm_self(), 1, arguments, 3, 1);
  const dw_record record = {.provenance = &provenance, .params = &params, .config = "seed = 3;\n"};
  const dw_findings_source source = {
      .record = &record, .runs = 2, .path = runs, .version = versions, .git = versions, .seed = seeds};
  return dw_findings_write(findings, directory, &source);
}

/* Catches numbers that aren't copied, shapes, units or descriptions that get lost, and a file without its sources. */
static void findings_reach_the_file(void **state) {
  (void)state;
  dw_findings *findings = NULL;
  assert_ok(dw_findings_create(&findings));
  assert_ok(fill(findings));
  assert_true(mkdir("out", 0777) == 0);
  assert_ok(write_to(findings, "out"));
  dw_findings_destroy(findings);

  dw_file *file = NULL;
  double reals[6];
  int64_t ints[2];
  char text[128];
  assert_ok(dw_file_open(&file, dw_comm_self(), "out/analysis.h5"));
  assert_ok(dw_file_read_reals(file, "/walls/area", 2, (const int64_t[]){2, 3}, reals));
  assert_true(reals[1] == 1.0 && reals[5] == 5.0 && isnan(reals[4]));
  assert_ok(dw_file_read_ints(file, "/walls/rows", 1, (const int64_t[]){2}, ints));
  assert_true(ints[0] == -7 && ints[1] == INT64_MAX);
  assert_ok(dw_file_read_reals(file, "/walls/none", 1, (const int64_t[]){0}, reals));
  assert_ok(dw_file_read_reals(file, "/today/peak", 0, NULL, reals));
  assert_ok(dw_file_read_ints(file, "/today/count", 0, NULL, ints));
  assert_true(reals[0] == 1.5 && ints[0] == 3);
  assert_ok(dw_attribute_read_text(file, "/walls/area", "unit", text, sizeof text));
  assert_string_equal(text, "1/m");
  assert_ok(dw_attribute_read_text(file, "/walls/area", "description", text, sizeof text));
  assert_string_equal(text, "an area");
  assert_ok(dw_attribute_read_text(file, "/coherence", "best", text, sizeof text));
  assert_string_equal(text, "top hat");
  assert_ok(dw_attribute_read_ints(file, "/", "source.seed", 2, ints));
  assert_true(ints[1] == 4 && dw_attribute_has(file, "/", "source.runs") && dw_attribute_has(file, "/", "config") &&
              dw_attribute_has(file, "/", "provenance.command") && dw_attribute_has(file, "/", "lattice.points"));
  dw_file_close(file);
  char *report = NULL;
  size_t bytes = 0;
  assert_ok(dw_replace_read("out/analysis.txt", &report, &bytes));
  assert_string_equal(report, "walls        A = 0.876\n\n");
  dw_free(report);
}

/* Catches a text that is cut or overruns while it grows. */
static void text_grows(void **state) {
  (void)state;
  dw_findings *findings = NULL;
  char line[200];
  size_t expected = 0;
  assert_ok(dw_findings_create(&findings));
  assert_string_equal(dw_findings_text(findings), "");
  memset(line, 'a', sizeof line);
  for (size_t n = 0; n < sizeof line; n++) {
    assert_ok(dw_findings_line(findings, "%.*s", (int)n, line));
    expected += n + 1;
    assert_true(strlen(dw_findings_text(findings)) == expected);
  }
  dw_findings_destroy(findings);
}

/* Catches a name that is used twice, or that would end up elsewhere in the file. */
static void paths_are_checked(void **state) {
  (void)state;
  static const char *const wrong[] = {"walls/area", "walls", "/walls", "walls/", "a/b/c", ""};
  dw_findings *findings = NULL;
  assert_ok(dw_findings_create(&findings));
  assert_ok(dw_findings_real(findings, "walls/area", 1.0, "1", ""));
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
    assert_status(dw_findings_real(findings, wrong[i], 1.0, "1", ""), DW_ERR_INTERNAL);
  }
  dw_findings_destroy(findings);
}

/* Catches a failure to write that leaves part of a file. */
static void nothing_is_left_of_a_failure(void **state) {
  (void)state;
  dw_findings *findings = NULL;
  struct stat status;
  assert_ok(dw_findings_create(&findings));
  assert_ok(fill(findings));
  assert_status(write_to(findings, "missing"), DW_ERR_FILE);
  assert_true(stat("missing", &status) != 0);
  dw_findings_destroy(findings);
}

/* Catches memory that leaks when any one allocation fails. */
static void failing_allocations_leave_nothing(void **state) {
  (void)state;
  const size_t held = dw_memory_held();
  bool whole = false;
  for (int64_t n = 1; !whole; n++) {
    dw_findings *findings = NULL;
    dw_faults_arm(DW_FAULT_MEMORY, n);
    const dw_status status = dw_findings_create(&findings);
    whole = status == DW_OK && fill(findings) == DW_OK;
    dw_faults_disarm();
    dw_findings_destroy(findings);
    assert_true(dw_memory_held() == held);
    assert_true(n < 100);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(findings_reach_the_file),
      cmocka_unit_test(text_grows),
      cmocka_unit_test(paths_are_checked),
      cmocka_unit_test(nothing_is_left_of_a_failure),
      cmocka_unit_test(failing_allocations_leave_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
