#include "bench/arrays.h"

#include <string.h>

#include "base/memory.h"

dw_status bench_arrays_open(bench_arrays *arrays, int64_t count, dw_precision precision) {
  void *block[3] = {NULL, NULL, NULL};
  for (int i = 0; i < 3; i++) {
    DW_TRY(dw_alloc(&block[i], (size_t)count, (size_t)precision, "bandwidth"));
    char *data = block[i];
#pragma omp parallel for schedule(static)
    for (int64_t j = 0; j < count; j++) { /* first touch */
      memset(data + (size_t)j * (size_t)precision, 0, (size_t)precision);
    }
  }
  *arrays = (bench_arrays){.precision = precision, .count = count, .a = block[0], .b = block[1], .c = block[2]};
  return DW_OK;
}

void bench_arrays_close(bench_arrays *arrays) {
  dw_free(arrays->a);
  dw_free(arrays->b);
  dw_free(arrays->c);
}

#define LOOPS(real, suffix)                                                                                     \
  static void update_##suffix(real *restrict a, const real *restrict b, int64_t count) {                        \
    _Pragma("omp parallel for simd schedule(static)") for (int64_t i = 0; i < count; i++) {                     \
      a[i] += (real)1e-6 * b[i];                                                                                \
    }                                                                                                           \
  }                                                                                                             \
  static void triad_##suffix(real *restrict a, const real *restrict b, const real *restrict c, int64_t count) { \
    _Pragma("omp parallel for simd schedule(static)") for (int64_t i = 0; i < count; i++) {                     \
      a[i] = b[i] + (real)1e-6 * c[i];                                                                          \
    }                                                                                                           \
  }

LOOPS(float, f32)
LOOPS(double, f64)

void bench_update(void *context) {
  const bench_arrays *arrays = context;
  if (arrays->precision == DW_SINGLE) {
    update_f32(arrays->a, arrays->b, arrays->count);
  } else {
    update_f64(arrays->a, arrays->b, arrays->count);
  }
}

void bench_triad(void *context) {
  const bench_arrays *arrays = context;
  if (arrays->precision == DW_SINGLE) {
    triad_f32(arrays->a, arrays->b, arrays->c, arrays->count);
  } else {
    triad_f64(arrays->a, arrays->b, arrays->c, arrays->count);
  }
}
