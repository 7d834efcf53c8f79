/* The hash behind dw_field_fingerprint and dw_modes_fingerprint, and its finaliser, behind seals of files. Not
 * collective. */
#ifndef DW_LATTICE_FINGERPRINT_H
#define DW_LATTICE_FINGERPRINT_H

#include <stdint.h>
#include <string.h>

#include "base/precision.h"

/* Finaliser of MurmurHash3 (Appleby, public domain): every input bit reaches every output bit. */
static inline uint64_t dw_fingerprint_mix(uint64_t h) {
  h ^= h >> 33;
  h *= UINT64_C(0xff51afd7ed558ccd);
  h ^= h >> 33;
  h *= UINT64_C(0xc4ceb9fe1a85ec53);
  return h ^ (h >> 33);
}

/* Sum over `count` adjacent reals of a hash of (position, bits); the first is at global position `first`. Sums of
 * parts add up to that of the whole in any order. */
static inline uint64_t dw_fingerprint_reals(const void *reals, int64_t count, dw_precision precision, uint64_t first) {
  const char *at = reals;
  uint64_t sum = 0;
  for (int64_t i = 0; i < count; i++) {
    uint64_t bits = 0;
    memcpy(&bits, at + (size_t)i * (size_t)precision, (size_t)precision);
    sum += dw_fingerprint_mix(bits + dw_fingerprint_mix(first + (uint64_t)i + 1));
  }
  return sum;
}

#endif
