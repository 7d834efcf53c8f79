/* The form of a replacement; for tests/faults/faults_*.c only. The linker gives __wrap_NAME to callers of NAME and NAME
 * itself to callers of __real_NAME. */
#ifndef DW_TESTS_REPLACE_CALL_H
#define DW_TESTS_REPLACE_CALL_H

#include "tests/faults/faults.h"

/* REPLACE(kind, type of the result, name, parameters, arguments, what failing is) */
#define REPLACE(kind, type, name, parameters, arguments, failing) \
  type __real_##name parameters;                                  \
  type __wrap_##name parameters;                                  \
  type __wrap_##name parameters {                                 \
    if (dw_fault_now(kind, #name)) {                              \
      failing;                                                    \
    }                                                             \
    return __real_##name arguments;                               \
  }

#endif
