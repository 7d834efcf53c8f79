#include "base/memory.h"
#include "tests/faults/replace_call.h"

REPLACE(DW_FAULT_MEMORY, dw_status, dw_alloc, (void **block, size_t count, size_t size, const char *purpose),
        (block, count, size, purpose), *block = NULL;
        return dw_fail(DW_ERR_MEMORY, "injected"))
