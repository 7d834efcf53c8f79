/* What a test that runs on several processes includes.
 *
 * An assertion that fails on one process alone leaves the others waiting in the next
 * communication. The assert_all forms are collective: each process that fails says so,
 * then all fail together. Conditions must therefore be evaluated on all processes of
 * dw_comm_world(); inside a loop whose length differs between processes, keep a flag
 * and assert it after the loop. */
#ifndef DW_TEST_MPI_H
#define DW_TEST_MPI_H

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "lattice/comm.h"
#include "tests/dw_test.h"

#define assert_all(condition) dw_test_all((condition), #condition, __FILE__, __LINE__)
#define assert_all_close(actual, expected, rtol, atol) \
  dw_test_all_close((actual), (expected), (rtol), (atol), #actual, #expected, __FILE__, __LINE__)
#define assert_all_int_equal(actual, expected) \
  dw_test_all_int((int64_t)(actual), (int64_t)(expected), #actual, #expected, __FILE__, __LINE__)
#define assert_all_ok(call) dw_test_all_status((call), DW_OK, #call, __FILE__, __LINE__)
#define assert_all_status(call, status) dw_test_all_status((call), (status), #call, __FILE__, __LINE__)

/* The whole main of a test: starts message passing, runs the array of struct CMUnitTest, stops.
 * Only process 0 prints cmocka's progress; what the others print about a failure is kept. */
#define DW_TEST_MPI_MAIN(tests)                                          \
  int main(int argc, char **argv) {                                      \
    if (dw_comm_start(&argc, &argv) != DW_OK) {                          \
      return 1;                                                          \
    }                                                                    \
    dw_test_quieten();                                                   \
    int64_t failed = (int64_t)cmocka_run_group_tests(tests, NULL, NULL); \
    dw_comm_max_int64(dw_comm_world(), &failed, 1);                      \
    dw_comm_stop();                                                      \
    return failed != 0;                                                  \
  }

static inline void dw_test_quieten(void) {
  if (dw_comm_rank(dw_comm_world()) != 0 && freopen("/dev/null", "w", stdout) == NULL) {
    abort();
  }
}

/* Collective. Ends the test on all processes if `good` is false on any. */
static inline void dw_test_together(bool good, const char *file, int line) {
  int64_t bad = !good;
  (void)fflush(stderr);
  dw_comm_max_int64(dw_comm_world(), &bad, 1);
  if (bad != 0) {
    _fail(file, line);
  }
}

static inline void dw_test_all(bool good, const char *text, const char *file, int line) {
  if (!good) {
    (void)fprintf(stderr, "process %d: false: %s\n", dw_comm_rank(dw_comm_world()), text);
  }
  dw_test_together(good, file, line);
}

static inline void dw_test_all_close(double actual, double expected, double rtol, double atol, const char *actual_text,
                                     const char *expected_text, const char *file, int line) {
  const bool good = dw_test_is_close(actual, expected, rtol, atol);
  if (!good) {
    (void)fprintf(stderr, "process %d: %s = %.17g, expected %s = %.17g; rtol %.3g, atol %.3g\n",
                  dw_comm_rank(dw_comm_world()), actual_text, actual, expected_text, expected, rtol, atol);
  }
  dw_test_together(good, file, line);
}

static inline void dw_test_all_int(int64_t actual, int64_t expected, const char *actual_text, const char *expected_text,
                                   const char *file, int line) {
  const bool good = actual == expected;
  if (!good) {
    (void)fprintf(stderr, "process %d: %s = %" PRId64 ", expected %s = %" PRId64 "\n", dw_comm_rank(dw_comm_world()),
                  actual_text, actual, expected_text, expected);
  }
  dw_test_together(good, file, line);
}

static inline void dw_test_all_status(dw_status actual, dw_status expected, const char *text, const char *file,
                                      int line) {
  const bool good = actual == expected;
  if (!good) {
    (void)fprintf(stderr, "process %d: %s returned %d, expected %d; message: %s\n", dw_comm_rank(dw_comm_world()), text,
                  (int)actual, (int)expected, dw_message());
  }
  dw_test_together(good, file, line);
}

#endif
