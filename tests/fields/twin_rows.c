#include "tests/fields/twin_rows.h"

static int64_t wrap(int64_t i, int64_t n) { return i < 0 ? i + n : i >= n ? i - n : i; }

static dw_real at(const dw_real *phi, const int64_t n[3], int64_t x, int64_t y, int64_t z) {
  return phi[(wrap(x, n[0]) * n[1] + wrap(y, n[1])) * n[2] + wrap(z, n[2])];
}

/* The six neighbours at distance d: z first, then y, then x. */
static dw_real neighbours(const dw_real *phi, const int64_t n[3], int64_t x, int64_t y, int64_t z, int64_t d) {
  const dw_real along_z = at(phi, n, x, y, z - d) + at(phi, n, x, y, z + d);
  const dw_real along_y = at(phi, n, x, y - d, z) + at(phi, n, x, y + d, z);
  const dw_real along_x = at(phi, n, x - d, y, z) + at(phi, n, x + d, y, z);
  return along_z + along_y + along_x;
}

void DW_NAME(twin_kick)(void *pi, const void *phi, const void *force, const int64_t n[3], int order, double factor) {
  dw_real *p = pi;
  const dw_real *c = phi;
  const dw_real *f = force;
  for (int64_t x = 0; x < n[0]; x++) {
    for (int64_t y = 0; y < n[1]; y++) {
      for (int64_t z = 0; z < n[2]; z++) {
        const int64_t i = (x * n[1] + y) * n[2] + z;
        dw_real gain;
        if (order == 2) {
          gain = (dw_real)factor * (neighbours(c, n, x, y, z, 1) - (dw_real)6 * c[i]);
        } else {
          gain = (dw_real)(factor * (4.0 / 3.0)) * neighbours(c, n, x, y, z, 1) -
                 (dw_real)(factor * (1.0 / 12.0)) * neighbours(c, n, x, y, z, 2) - (dw_real)(factor * 7.5) * c[i];
        }
        p[i] = p[i] + (gain - f[i]);
      }
    }
  }
}

void DW_NAME(twin_drift)(void *row, const void *other, int64_t count, double factor) {
  dw_real *f = row;
  const dw_real *p = other;
  for (int64_t i = 0; i < count; i++) {
    f[i] = f[i] + (dw_real)factor * p[i];
  }
}

void DW_NAME(twin_scale)(void *row, int64_t count, double factor) {
  dw_real *f = row;
  for (int64_t i = 0; i < count; i++) {
    f[i] = f[i] * (dw_real)factor;
  }
}

void DW_NAME(twin_double_well)(void *out, const void *phi, int64_t count, double degenerate, double bias) {
  dw_real *derivative = out;
  const dw_real *f = phi;
  for (int64_t i = 0; i < count; i++) {
    const dw_real well = f[i] * f[i] - (dw_real)1;
    derivative[i] = well * ((dw_real)degenerate * f[i] + (dw_real)bias);
  }
}
