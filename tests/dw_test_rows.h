/* Memory and numbers of either precision, for tests of kernels on rows. */
#ifndef DW_TEST_ROWS_H
#define DW_TEST_ROWS_H

#include <stdint.h>

#include "base/memory.h"
#include "base/precision.h"
#include "tests/dw_test.h"

/* In [-1, 1); *seed goes on. */
static inline double rows_number(uint64_t *seed) {
  *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return (double)(int64_t)(*seed >> 11) * 0x1p-52 - 1.0;
}

/* Element i of `data`. */
static inline void rows_put(char *data, dw_precision precision, int64_t i, double value) {
  if (precision == DW_SINGLE) {
    ((float *)(void *)data)[i] = (float)value;
  } else {
    ((double *)(void *)data)[i] = value;
  }
}

/* Released with dw_free. */
static inline char *rows_allocated(size_t bytes) {
  void *block = NULL;
  assert_ok(dw_alloc(&block, 1, bytes, "test"));
  return block;
}

/* One component's row, as potentials take it. */
#define ROW(row) ((const void *const[]){row})
#define OUT(row) ((void *const[]){row})

#endif
