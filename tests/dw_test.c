#include "tests/dw_test.h"

#include <math.h>

bool dw_test_is_close(double actual, double expected, double rtol, double atol) {
  return actual == expected || fabs(actual - expected) <= atol + rtol * fabs(expected);
}

void dw_test_close(double actual, double expected, double rtol, double atol, const char *actual_text,
                   const char *expected_text, const char *file, int line) {
  if (!dw_test_is_close(actual, expected, rtol, atol)) {
    print_error("%s = %.17g, expected %s = %.17g; difference %.3g, allowed %.3g\n", actual_text, actual, expected_text,
                expected, fabs(actual - expected), atol + rtol * fabs(expected));
    _fail(file, line);
  }
}

void dw_test_status(dw_status actual, dw_status expected, const char *text, const char *file, int line) {
  if (actual != expected) {
    print_error("%s returned %d, expected %d; message: %s\n", text, (int)actual, (int)expected, dw_message());
    _fail(file, line);
  }
}
