#include <errno.h>
#include <stdlib.h>

#include "tests/faults/replace_call.h"

REPLACE(DW_FAULT_MEMORY, void *, malloc, (size_t size), (size), errno = ENOMEM; return NULL)
REPLACE(DW_FAULT_MEMORY, void *, calloc, (size_t count, size_t size), (count, size), errno = ENOMEM; return NULL)
REPLACE(DW_FAULT_MEMORY, void *, realloc, (void *block, size_t size), (block, size), errno = ENOMEM; return NULL)
