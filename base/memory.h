/* Aligned, counted memory.
 *
 * Blocks start on a cache line (64 bytes) and are not touched, so that the
 * threads that first write them place their pages. The bytes held are counted,
 * which lets a run report its peak beside the prediction of `dwell check`.
 *
 * Not collective; safe to call from several threads. */
#ifndef DW_BASE_MEMORY_H
#define DW_BASE_MEMORY_H

#include <stddef.h>

#include "base/status.h"

enum { DW_CACHE_LINE = 64 };

/* *block = count * size bytes, owned by the caller, released with dw_free.
 * A count of 0 gives a valid block. Errors: DW_ERR_MEMORY, *block = NULL. */
dw_status dw_alloc(void **block, size_t count, size_t size, const char *purpose);

/* NULL is allowed. */
void dw_free(void *block);

/* Bytes held now and at most so far, by dw_alloc, on this process. */
size_t dw_memory_held(void);
size_t dw_memory_peak(void);

/* Bytes of memory that this process has had at once so far, program and libraries included, as the kernel counts. */
size_t dw_memory_resident(void);

#endif
