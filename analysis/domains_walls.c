#include "analysis/domains_walls.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"

enum { FIRST_PLACES = 64, EMPTY = -1 };

double dw_tally_value(const dw_tally *tally) { return ldexp((double)tally->high, 10) + ldexp((double)tally->low, -54); }

int dw_tally_compare(const dw_tally *a, const dw_tally *b) {
  if (a->high != b->high) {
    return a->high < b->high ? -1 : 1;
  }
  return (a->low > b->low) - (a->low < b->low);
}

static dw_status make(dw_pairs *pairs, int64_t places, uint64_t salt) {
  *pairs = (dw_pairs){.salt = salt};
  void *place = NULL;
  DW_TRY(dw_alloc(&place, (size_t)places, sizeof *pairs->place, "walls between domains"));
  pairs->place = place;
  pairs->places = places;
  for (int64_t i = 0; i < places; i++) {
    pairs->place[i].positive = EMPTY;
  }
  return DW_OK;
}

dw_status dw_pairs_create(dw_pairs *pairs, uint64_t salt) { return make(pairs, FIRST_PLACES, salt); }

void dw_pairs_destroy(dw_pairs *pairs) {
  dw_free(pairs->place);
  *pairs = (dw_pairs){0};
}

/* The pair's place, or the empty one where it belongs. The finalizer of splitmix64 (Steele, Lea & Flood 2014). */
static dw_pair *find(const dw_pairs *pairs, int64_t positive, int64_t negative) {
  uint64_t h = ((uint64_t)positive + pairs->salt) * UINT64_C(0x9e3779b97f4a7c15) + (uint64_t)negative;
  h = (h ^ (h >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  h = (h ^ (h >> 27)) * UINT64_C(0x94d049bb133111eb);
  for (uint64_t i = h ^ (h >> 31);; i++) {
    dw_pair *place = &pairs->place[i & (uint64_t)(pairs->places - 1)];
    if (place->positive == EMPTY || (place->positive == positive && place->negative == negative)) {
      return place;
    }
  }
}

static dw_status grow(dw_pairs *pairs) {
  dw_pairs larger;
  DW_TRY(make(&larger, 2 * pairs->places, pairs->salt));
  for (int64_t i = 0; i < pairs->places; i++) {
    const dw_pair *old = &pairs->place[i];
    if (old->positive != EMPTY) {
      *find(&larger, old->positive, old->negative) = *old;
    }
  }
  larger.count = pairs->count;
  dw_pairs_destroy(pairs);
  *pairs = larger;
  return DW_OK;
}

dw_status dw_pairs_add(dw_pairs *pairs, int64_t positive, int64_t negative, const dw_tally *area) {
  dw_pair *place = find(pairs, positive, negative);
  if (place->positive != EMPTY) {
    dw_tally_merge(&place->area, area);
    return DW_OK;
  }
  if (4 * (pairs->count + 1) > 3 * pairs->places) {
    DW_TRY(grow(pairs));
    place = find(pairs, positive, negative);
  }
  *place = (dw_pair){.positive = positive, .negative = negative, .area = *area};
  pairs->count++;
  return DW_OK;
}

dw_status dw_pairs_take(dw_pairs *pairs, dw_pairs *other) {
  dw_status status = DW_OK;
  for (int64_t i = 0; i < other->places && status == DW_OK; i++) {
    const dw_pair *pair = &other->place[i];
    if (pair->positive != EMPTY) {
      status = dw_pairs_add(pairs, pair->positive, pair->negative, &pair->area);
    }
  }
  dw_pairs_destroy(other);
  return status;
}

void dw_pairs_pack(dw_pairs *pairs) {
  int64_t packed = 0;
  for (int64_t i = 0; i < pairs->places; i++) {
    if (pairs->place[i].positive != EMPTY) {
      pairs->place[packed++] = pairs->place[i];
    }
  }
}
