#define _DEFAULT_SOURCE /* madvise */
#include "base/memory.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>

/* Blocks from this size on ask for huge pages: a stencil walks many pages at once, and the table of small ones is
 * too short for that. */
static const size_t HUGE_PAGE = (size_t)2 << 20;

/* Large blocks would all start at the same place of a page; a load from one field would then wait for a store to
 * another whose address has the same low twelve bits. Each starts this much further on, modulo STAGGERS. */
enum { STAGGER = 17 * DW_CACHE_LINE, STAGGERS = 15 };
static atomic_size_t large_blocks;

/* One cache line in front of each block. */
typedef struct header {
  void *start; /* what free() wants */
  size_t bytes;
} header;

static atomic_size_t held;
static atomic_size_t peak;

static void count_in(size_t bytes) {
  const size_t now = atomic_fetch_add(&held, bytes) + bytes;
  size_t seen = atomic_load(&peak);
  while (now > seen && !atomic_compare_exchange_weak(&peak, &seen, now)) {
  }
}

/* The block behind its header, or NULL. */
static char *get(size_t bytes) {
  char *start;
  size_t offset = DW_CACHE_LINE;
  if (bytes < 2 * HUGE_PAGE) {
    start = aligned_alloc(DW_CACHE_LINE, bytes + offset);
  } else {
    offset += STAGGER * (atomic_fetch_add(&large_blocks, 1) % STAGGERS);
    const size_t whole = (bytes + offset + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
    start = aligned_alloc(HUGE_PAGE, whole);
#ifdef MADV_HUGEPAGE
    if (start != NULL) {
      (void)madvise(start, whole, MADV_HUGEPAGE); /* advice only; nothing is lost if it isn't taken */
    }
#endif
  }
  if (start == NULL) {
    return NULL;
  }
  char *block = start + offset;
  *(header *)(void *)(block - DW_CACHE_LINE) = (header){.start = start, .bytes = bytes};
  return block;
}

dw_status dw_alloc(void **block, size_t count, size_t size, const char *purpose) {
  *block = NULL;
  if (size != 0 && count > (SIZE_MAX - 2 * HUGE_PAGE) / size) {
    return dw_fail(DW_ERR_MEMORY, "%s: %zu x %zu bytes is more than can be addressed", purpose, count, size);
  }
  const size_t bytes = (count * size + DW_CACHE_LINE - 1) / DW_CACHE_LINE * DW_CACHE_LINE;
  *block = get(bytes);
  if (*block == NULL) {
    return dw_fail(DW_ERR_MEMORY,
                   "%s: can't get %.3f GiB of memory; use a smaller lattice, more processes, or precision = \"single\"",
                   purpose, (double)bytes / 1073741824.0);
  }
  count_in(bytes);
  return DW_OK;
}

void dw_free(void *block) {
  if (block == NULL) {
    return;
  }
  const header *front = (const header *)(const void *)((char *)block - DW_CACHE_LINE);
  atomic_fetch_sub(&held, front->bytes);
  free(front->start);
}

size_t dw_memory_held(void) { return atomic_load(&held); }

size_t dw_memory_peak(void) { return atomic_load(&peak); }

/* The kernel counts in KiB. */
size_t dw_memory_resident(void) {
  struct rusage usage;
  return getrusage(RUSAGE_SELF, &usage) == 0 ? (size_t)usage.ru_maxrss * 1024 : 0;
}
