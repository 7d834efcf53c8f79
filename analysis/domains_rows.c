#include "analysis/domains_rows.h"

#include <math.h>

#include "analysis/orientation.h"

enum { WORD = 64, BYTE = 8 };

/* Eight bytes of 0 or 1 become the bits of one: the product moves byte i to bit 56 + i. */
static uint64_t squeeze(const unsigned char *flags) {
  uint64_t bytes = 0;
  for (int i = 0; i < BYTE; i++) {
    bytes |= (uint64_t)flags[i] << (BYTE * i);
  }
  return (bytes * UINT64_C(0x0102040810204080)) >> (WORD - BYTE);
}

DW_CLONES void DW_NAME(dw_signs_pack)(const void *row, ptrdiff_t n, uint64_t *signs) {
  const dw_real *phi = row;
  for (ptrdiff_t first = 0; first < n; first += WORD) {
    const ptrdiff_t count = n - first < WORD ? n - first : WORD;
    unsigned char positive[WORD] = {0};
    for (ptrdiff_t l = 0; l < count; l++) {
      positive[l] = phi[first + l] > 0;
    }
    uint64_t word = 0;
    for (int i = 0; i < WORD / BYTE; i++) {
      word |= squeeze(positive + BYTE * i) << (BYTE * i);
    }
    signs[first / WORD] = word;
  }
}

static double centred(double below2, double below, double above, double above2, int order) {
  return order == 2 ? 0.5 * (above - below) : (2.0 / 3.0) * (above - below) - (1.0 / 12.0) * (above2 - below2);
}

static double across(const dw_real *at, ptrdiff_t s, int order) {
  const ptrdiff_t second = order == 2 ? 0 : 2 * s; /* the halo is one wide at order 2 */
  return centred((double)at[-second], (double)at[-s], (double)at[s], (double)at[second], order);
}

static ptrdiff_t around(ptrdiff_t z, ptrdiff_t n) {
  while (z < 0) {
    z += n;
  }
  while (z >= n) {
    z -= n;
  }
  return z;
}

static double along(const dw_real *phi, ptrdiff_t n, ptrdiff_t z, int order) {
  return centred((double)phi[around(z - 2, n)], (double)phi[around(z - 1, n)], (double)phi[around(z + 1, n)],
                 (double)phi[around(z + 2, n)], order);
}

double DW_NAME(dw_link_weight)(const void *row, ptrdiff_t n, ptrdiff_t z, ptrdiff_t stride_x, ptrdiff_t stride_y,
                               int order) {
  const dw_real *phi = row;
  const double gx = across(phi + z, stride_x, order);
  const double gy = across(phi + z, stride_y, order);
  const double gz = along(phi, n, z, order);
  const double sum = fabs(gx) + fabs(gy) + fabs(gz);
  if (!isfinite(sum)) {
    return (double)NAN;
  }
  return dw_orientation(gx, gy, gz);
}
