/* Edits take the seal off, and a file without one is refused at its end: it gets a new one, so that what is behind is
 * met. */
#ifndef DW_TESTS_FUZZ_SEALED_H
#define DW_TESTS_FUZZ_SEALED_H

#include <stdio.h>
#include <stdlib.h>

#include "surrogate/seal.h"
#include "tests/fuzz/fuzz.h"

static inline void dw_fuzz_seal(const char *path) {
  char open[DW_FUZZ_PATH];
  if (snprintf(open, sizeof open, "%s.open", path) >= (int)sizeof open || rename(path, open) != 0 ||
      dw_seal_write(path, open) != DW_OK) {
    abort();
  }
}

#endif
