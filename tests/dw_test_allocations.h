/* Makes the n-th allocation of this process fail, for tests that are linked with --wrap=dw_alloc. */
#ifndef DW_TEST_ALLOCATIONS_H
#define DW_TEST_ALLOCATIONS_H

#include <stdint.h>

#include "base/memory.h"

/* The allocation that fails on this process, 0 for none; and how many there were. */
static int64_t turn;
static int64_t calls;

dw_status __real_dw_alloc(void **block, size_t count, size_t size, const char *purpose);
dw_status __wrap_dw_alloc(void **block, size_t count, size_t size, const char *purpose);
dw_status __wrap_dw_alloc(void **block, size_t count, size_t size, const char *purpose) {
  if (++calls == turn) {
    *block = NULL;
    return dw_fail(DW_ERR_MEMORY, "injected");
  }
  return __real_dw_alloc(block, count, size, purpose);
}

#endif
