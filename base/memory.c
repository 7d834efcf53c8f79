#define _DEFAULT_SOURCE /* madvise */
#include "base/memory.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

/* Blocks from this size on ask for huge pages: a stencil walks many pages at once, and the table of small ones is
 * too short for that. */
static const size_t HUGE_PAGE = (size_t)2 << 20;

/* A header of one cache line in front of each block remembers its size. */
static atomic_size_t held;
static atomic_size_t peak;

static void count_in(size_t bytes) {
  const size_t now = atomic_fetch_add(&held, bytes) + bytes;
  size_t seen = atomic_load(&peak);
  while (now > seen && !atomic_compare_exchange_weak(&peak, &seen, now)) {
  }
}

static void *get(size_t bytes) {
  if (bytes < 2 * HUGE_PAGE) {
    return aligned_alloc(DW_CACHE_LINE, bytes);
  }
  const size_t whole = (bytes + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
  void *start = aligned_alloc(HUGE_PAGE, whole);
#ifdef MADV_HUGEPAGE
  if (start != NULL) {
    (void)madvise(start, whole, MADV_HUGEPAGE); /* advice only; nothing is lost if it isn't taken */
  }
#endif
  return start;
}

dw_status dw_alloc(void **block, size_t count, size_t size, const char *purpose) {
  *block = NULL;
  if (size != 0 && count > (SIZE_MAX - (size_t)2 * DW_CACHE_LINE) / size) {
    return dw_fail(DW_ERR_MEMORY, "%s: %zu x %zu bytes is more than can be addressed", purpose, count, size);
  }
  const size_t bytes = (count * size + DW_CACHE_LINE - 1) / DW_CACHE_LINE * DW_CACHE_LINE;
  char *start = get(bytes + DW_CACHE_LINE);
  if (start == NULL) {
    return dw_fail(DW_ERR_MEMORY,
                   "%s: can't get %.3f GiB of memory; use a smaller lattice, more processes, or precision = \"single\"",
                   purpose, (double)bytes / 1073741824.0);
  }
  *(size_t *)start = bytes;
  count_in(bytes);
  *block = start + DW_CACHE_LINE;
  return DW_OK;
}

void dw_free(void *block) {
  if (block == NULL) {
    return;
  }
  char *start = (char *)block - DW_CACHE_LINE;
  atomic_fetch_sub(&held, *(size_t *)start);
  free(start);
}

size_t dw_memory_held(void) { return atomic_load(&held); }

size_t dw_memory_peak(void) { return atomic_load(&peak); }
