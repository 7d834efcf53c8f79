/* FNV-1a (Fowler, Noll & Vo, public domain): a checksum of bytes in their order, for texts and small files. Fields have
 * another, whose parts can be added (lattice/fingerprint.h). */
#ifndef DW_BASE_HASH_H
#define DW_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#define DW_HASH_START UINT64_C(0xcbf29ce484222325)

/* `hash`: DW_HASH_START, or that of the bytes before. */
static inline uint64_t dw_hash_bytes(uint64_t hash, const void *bytes, size_t count) {
  const unsigned char *at = bytes;
  for (size_t i = 0; i < count; i++) {
    hash = (hash ^ at[i]) * UINT64_C(0x100000001b3);
  }
  return hash;
}

#endif
