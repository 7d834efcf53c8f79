/* Common to the tests of params/: parameters and a report in static memory, and the lines that are expected. */
#ifndef DW_TESTS_PARAMS_TEST_H
#define DW_TESTS_PARAMS_TEST_H

#include <stdio.h>
#include <string.h>

#include "tests/dw_test.h"

#include "params/check.h"
#include "params/print.h"
#include "params/read.h"

/* Set up anew by params_fresh for each test. */
static dw_params params;
static dw_report report;

static inline int params_fresh(void **state) {
  (void)state;
  dw_report_init(&report);
  return dw_params_defaults(&params) == DW_OK ? 0 : -1;
}

/* `text` is read as "run.cfg" and must give exactly these lines, and leave the parameters as they were. */
static inline void expect_lines(const char *text, const char *lines) {
  static dw_params before;
  before = params;
  dw_report_init(&report);
  assert_status(dw_params_from_text(&params, text, "run.cfg", &report), DW_ERR_PARAM);
  assert_string_equal(report.text, lines);
  assert_memory_equal(&params, &before, sizeof params);
}

static inline void expect_read(const char *text) {
  dw_report_init(&report);
  const dw_status status = dw_params_from_text(&params, text, "run.cfg", &report);
  assert_string_equal(report.text, "");
  assert_ok(status);
}

/* The text of a file that was written to. */
static inline void file_text(FILE *file, char *text, size_t size) {
  rewind(file);
  const size_t length = fread(text, 1, size - 1, file);
  text[length] = '\0';
}

#endif
