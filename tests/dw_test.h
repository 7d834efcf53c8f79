/* What every test includes: cmocka and comparisons of doubles.
 *
 * cmocka's own float assertions round both sides to float; use assert_close. A test
 * that runs on several processes includes tests/dw_test_mpi.h instead. */
#ifndef DW_TEST_H
#define DW_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/status.h"

/* The imaginary unit as a double: gcc's I is a float, and clang 14 with glibc has no CMPLX. */
#define DW_TEST_I ((double complex)_Complex_I)

/* |actual - expected| <= atol + rtol |expected|; never true for a NaN. */
#define assert_close(actual, expected, rtol, atol) \
  dw_test_close((actual), (expected), (rtol), (atol), #actual, #expected, __FILE__, __LINE__)

/* A call that returns a dw_status; the message of a failure is printed. */
#define assert_ok(call) dw_test_status((call), DW_OK, #call, __FILE__, __LINE__)
#define assert_status(call, status) dw_test_status((call), (status), #call, __FILE__, __LINE__)

bool dw_test_is_close(double actual, double expected, double rtol, double atol);
void dw_test_close(double actual, double expected, double rtol, double atol, const char *actual_text,
                   const char *expected_text, const char *file, int line);
void dw_test_status(dw_status actual, dw_status expected, const char *text, const char *file, int line);

#endif
