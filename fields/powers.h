/* (Phi/|Phi|)^N = c + i s of `count` complex numbers by multiplication, in plain arithmetic: no angle is taken. Square
 * root and division are exactly rounded, so the bits of a site don't depend on its place in a row. Where |Phi|^2 <=
 * 1e-30 the direction is nothing but rounding, and c = s = 0. count <= DW_POWERS_BLOCK; either precision. */
#ifndef DW_FIELDS_POWERS_H
#define DW_FIELDS_POWERS_H

#include <math.h>

enum { DW_POWERS_BLOCK = 64 };

#define DW_POWERS(name, real, root)                                                                                 \
  static inline void name(const real *restrict f1, const real *restrict f2, int power, int count, real *restrict c, \
                          real *restrict s) {                                                                       \
    real x[DW_POWERS_BLOCK];                                                                                        \
    real y[DW_POWERS_BLOCK];                                                                                        \
    _Pragma("omp simd") for (int z = 0; z < count; z++) {                                                           \
      const real square = f1[z] * f1[z] + f2[z] * f2[z];                                                            \
      const real held = square > (real)1e-30 ? square : (real)1;                                                    \
      const real over = square > (real)1e-30 ? (real)1 / root(held) : (real)0;                                      \
      c[z] = x[z] = f1[z] * over;                                                                                   \
      s[z] = y[z] = f2[z] * over;                                                                                   \
    }                                                                                                               \
    for (int k = 1; k < power; k++) {                                                                               \
      _Pragma("omp simd") for (int z = 0; z < count; z++) {                                                         \
        const real product = c[z] * x[z] - s[z] * y[z];                                                             \
        s[z] = c[z] * y[z] + s[z] * x[z];                                                                           \
        c[z] = product;                                                                                             \
      }                                                                                                             \
    }                                                                                                               \
  }

DW_POWERS(dw_powers_f32, float, sqrtf)
DW_POWERS(dw_powers_f64, double, sqrt)

#undef DW_POWERS

#endif
