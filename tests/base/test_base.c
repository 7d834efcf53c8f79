#include <stdint.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "base/version.h"
#include "tests/dw_test.h"

/* Catches an exit code that isn't the one promised for a failure. */
static void each_status_has_its_exit_code(void **state) {
  (void)state;
  assert_int_equal(dw_exit_code(DW_OK), 0);
  assert_int_equal(dw_exit_code(DW_STOPPED), 75);
  assert_int_equal(dw_exit_code(DW_ERR_PARAM), 2);
  assert_int_equal(dw_exit_code(DW_ERR_FILE), 3);
  assert_int_equal(dw_exit_code(DW_ERR_INVALID), 4);
  assert_int_equal(dw_exit_code(DW_ERR_MEMORY), 5);
  assert_int_equal(dw_exit_code(DW_ERR_MPI), 5);
  assert_int_equal(dw_exit_code(DW_ERR_INTERNAL), 5);
}

/* Catches a message that is lost, cut in the wrong place, or garbled when it is extended. */
static void a_failure_keeps_its_message(void **state) {
  (void)state;
  assert_int_equal(dw_fail(DW_ERR_FILE, "%s: %d", "a file", 7), DW_ERR_FILE);
  assert_string_equal(dw_message(), "a file: 7");
  assert_int_equal(dw_fail(DW_ERR_FILE, "%s; and more", dw_message()), DW_ERR_FILE);
  assert_string_equal(dw_message(), "a file: 7; and more");
  char text[2 * DW_MESSAGE_LENGTH];
  memset(text, 'x', sizeof text - 1);
  text[sizeof text - 1] = '\0';
  (void)dw_fail(DW_ERR_FILE, "%s", text);
  assert_int_equal(strlen(dw_message()), DW_MESSAGE_LENGTH - 1);
  dw_message_clear();
  assert_string_equal(dw_message(), "");
}

/* Catches blocks that are unaligned, overlap or are miscounted, small and large (huge pages, staggered starts). */
static void blocks_are_aligned_and_counted(void **state) {
  (void)state;
  const size_t sizes[] = {0, 1, 63, 64, 65, 100000, (size_t)5 << 20, (size_t)5 << 20, ((size_t)9 << 20) + 1};
  enum { BLOCKS = sizeof sizes / sizeof sizes[0] };
  void *block[BLOCKS];
  const size_t before = dw_memory_held();
  size_t total = 0;
  for (size_t i = 0; i < BLOCKS; i++) {
    assert_ok(dw_alloc(&block[i], sizes[i], 1, "test"));
    assert_int_equal((uintptr_t)block[i] % DW_CACHE_LINE, 0);
    memset(block[i], (int)i + 1, sizes[i]);
    total += (sizes[i] + DW_CACHE_LINE - 1) / DW_CACHE_LINE * DW_CACHE_LINE;
  }
  assert_int_equal(dw_memory_held() - before, total);
  assert_true(dw_memory_peak() >= before + total);
  for (size_t i = 0; i < BLOCKS; i++) {
    const unsigned char *bytes = block[i];
    for (size_t at = 0; at<sizes[i]; at += sizes[i]> 4096 ? 4096 : 1) {
      assert_int_equal(bytes[at], i + 1);
    }
    dw_free(block[i]);
  }
  dw_free(NULL);
  assert_int_equal(dw_memory_held(), before);
}

/* Catches a size that wraps around, and a failure without a message. */
static void impossible_sizes_are_refused(void **state) {
  (void)state;
  void *block = &block;
  const size_t before = dw_memory_held();
  assert_status(dw_alloc(&block, SIZE_MAX, 1, "too much"), DW_ERR_MEMORY);
  assert_null(block);
  assert_non_null(strstr(dw_message(), "too much"));
  assert_status(dw_alloc(&block, SIZE_MAX / 8, 16, "too much"), DW_ERR_MEMORY);
  assert_int_equal(dw_memory_held(), before);
}

/* Catches a build that doesn't know what it is. */
static void the_build_is_described(void **state) {
  (void)state;
  assert_non_null(strchr(dw_version(), '.'));
  assert_true(strlen(dw_version_git()) == 40 || strcmp(dw_version_git(), "unknown") == 0);
  assert_true(!dw_version_clean() || strlen(dw_version_git()) == 40);
  assert_non_null(strstr(dw_version_flags(), "-ffp-contract=off"));
  assert_true(strlen(dw_version_compiler()) > 0);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(each_status_has_its_exit_code),  cmocka_unit_test(a_failure_keeps_its_message),
    cmocka_unit_test(blocks_are_aligned_and_counted), cmocka_unit_test(impossible_sizes_are_refused),
    cmocka_unit_test(the_build_is_described),
};

int main(void) { return cmocka_run_group_tests(tests, NULL, NULL); }
