#include "lattice/sum.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

static const int64_t LIMB_MASK = INT64_C(0xffffffff);
static const int64_t CARRY_AFTER = INT64_C(1) << 30;

void dw_sum_clear(dw_sum *sum) { memset(sum, 0, sizeof *sum); }

/* Brings all limbs but the last into [0, 2^32); the sign lives in the last. */
static void carry(dw_sum *sum) {
  int64_t over = 0;
  for (int i = 0; i < DW_SUM_LIMBS - 1; i++) {
    const int64_t now = sum->limb[i] + over;
    sum->limb[i] = now & LIMB_MASK;
    over = (now - sum->limb[i]) / (LIMB_MASK + 1);
  }
  sum->limb[DW_SUM_LIMBS - 1] += over;
  sum->pending = 0;
}

void dw_sum_add(dw_sum *sum, double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  const unsigned exponent = (unsigned)(bits >> 52) & 0x7ffu;
  if (exponent == 0x7ffu) {
    sum->nonfinite++;
    return;
  }
  uint64_t mantissa = bits & UINT64_C(0xfffffffffffff);
  if (exponent != 0) {
    mantissa |= UINT64_C(1) << 52;
  }
  /* value = mantissa 2^(position - 1074) */
  const unsigned position = exponent != 0 ? exponent - 1 : 0;
  const unsigned shift = position & 31u;
  const unsigned first = position >> 5;
  const uint64_t low = mantissa << shift;
  const uint64_t high = shift != 0 ? mantissa >> (64 - shift) : 0;
  const int64_t sign = (bits >> 63) != 0 ? -1 : 1;
  sum->limb[first] += sign * (int64_t)(low & UINT64_C(0xffffffff));
  sum->limb[first + 1] += sign * (int64_t)(low >> 32);
  sum->limb[first + 2] += sign * (int64_t)high;
  if (++sum->pending >= CARRY_AFTER) {
    carry(sum);
  }
}

void dw_sum_merge(dw_sum *sum, const dw_sum *other) {
  dw_sum copy = *other;
  carry(&copy);
  for (int i = 0; i < DW_SUM_LIMBS; i++) {
    sum->limb[i] += copy.limb[i];
  }
  sum->nonfinite += copy.nonfinite;
  if (++sum->pending >= CARRY_AFTER) {
    carry(sum);
  }
}

static void negate(dw_sum *sum) {
  for (int i = 0; i < DW_SUM_LIMBS; i++) {
    sum->limb[i] = -sum->limb[i];
  }
  carry(sum);
}

/* A positive, carried sum. 64 bits from the leading one, with everything below folded into the
 * last bit, convert to the correctly rounded double. */
static double round_positive(const dw_sum *sum) {
  int top = DW_SUM_LIMBS - 1;
  while (top > 0 && sum->limb[top] == 0) {
    top--;
  }
  if (top < 2) { /* at most 64 bits from 2^-1074 on: subnormal or small, exact or rounded by ldexp below */
    const uint64_t whole = ((uint64_t)sum->limb[1] << 32) | (uint64_t)sum->limb[0];
    return ldexp((double)whole, -1074);
  }
  uint64_t leading = (uint64_t)sum->limb[top];
  int exponent = 32 * top - 1074;
  int next = top - 1;
  while (leading < (UINT64_C(1) << 32) && next >= 0) {
    leading = (leading << 32) | (uint64_t)sum->limb[next];
    exponent -= 32;
    next--;
  }
  if (leading < (UINT64_C(1) << 63) && next >= 0) {
    unsigned room = 0;
    while ((leading << room) < (UINT64_C(1) << 63)) {
      room++;
    }
    const uint64_t below = (uint64_t)sum->limb[next];
    leading = (leading << room) | (room != 0 ? below >> (32 - room) : 0);
    exponent -= (int)room;
    if ((below & ((UINT64_C(1) << (32 - room)) - 1)) != 0) {
      leading |= 1;
    }
    next--;
  }
  for (; next >= 0; next--) {
    if (sum->limb[next] != 0) {
      leading |= 1;
    }
  }
  return ldexp((double)leading, exponent);
}

double dw_sum_value(const dw_sum *sum) {
  if (sum->nonfinite != 0) {
    return (double)NAN;
  }
  dw_sum copy = *sum;
  carry(&copy);
  if (copy.limb[DW_SUM_LIMBS - 1] < 0) {
    negate(&copy);
    return -round_positive(&copy);
  }
  return round_positive(&copy);
}

void dw_sum_reduce(const dw_comm *comm, dw_sum *sums, size_t count) {
  for (size_t i = 0; i < count; i++) {
    carry(&sums[i]);
  }
  _Static_assert(sizeof(dw_sum) == (DW_SUM_LIMBS + 2) * sizeof(int64_t), "a dw_sum is a row of integers");
  dw_comm_sum_int64(comm, (int64_t *)sums, count * (DW_SUM_LIMBS + 2));
}
