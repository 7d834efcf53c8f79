/* Areas of the walls between pairs of domains, collected link by link. Internal to domains.
 *
 * A table of pairs with open addressing. Weights of links are added as integers in units of 2^-54, in 128 bits. A
 * weight is half of a number in [1/2, 1], for which that is exact, so sums don't depend on order, threads or processes.
 * Not collective. Memory: 32 bytes for each place; a table has up to 8/3 places a pair, and 4 while it grows. */
#ifndef DW_ANALYSIS_DOMAINS_WALLS_H
#define DW_ANALYSIS_DOMAINS_WALLS_H

#include <math.h>
#include <stdint.h>

#include "base/status.h"

/* high 2^64 + low, units of 2^-54 */
typedef struct dw_tally {
  uint64_t high;
  uint64_t low;
} dw_tally;

typedef struct dw_pair {
  int64_t positive; /* number of the domain with phi > 0; -1 for an empty place */
  int64_t negative;
  dw_tally area; /* links, weighted */
} dw_pair;

typedef struct dw_pairs {
  dw_pair *place; /* owned: [places] */
  int64_t places; /* a power of two */
  int64_t count;  /* pairs */
  uint64_t salt;
} dw_pairs;

/* Half of the weight w of a site of a link, 0 <= w <= 1. */
static inline uint64_t dw_tally_half(double weight) { return (uint64_t)rint(weight * 0x1p53); }

static inline void dw_tally_add(dw_tally *tally, uint64_t low) {
  tally->low += low;
  tally->high += tally->low < low;
}

static inline void dw_tally_merge(dw_tally *tally, const dw_tally *other) {
  dw_tally_add(tally, other->low);
  tally->high += other->high;
}

double dw_tally_value(const dw_tally *tally);

/* Negative, 0 or positive, as a < b, a = b or a > b. */
int dw_tally_compare(const dw_tally *a, const dw_tally *b);

/* `salt` decides where pairs lie. Tables from which others are filled must have another one than these: pairs that come
 * in the order of their places would pile up there. Errors: DW_ERR_MEMORY; the table stays as it was, NULL after
 * create. */
dw_status dw_pairs_create(dw_pairs *pairs, uint64_t salt);
void dw_pairs_destroy(dw_pairs *pairs);
dw_status dw_pairs_add(dw_pairs *pairs, int64_t positive, int64_t negative, const dw_tally *area);

/* Adds all of `other` and releases it. */
dw_status dw_pairs_take(dw_pairs *pairs, dw_pairs *other);

/* Moves the pairs to the first `count` places; then only destroy is useful. */
void dw_pairs_pack(dw_pairs *pairs);

#endif
