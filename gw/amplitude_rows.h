/* Kernels of gw/amplitude.h on rows of complex numbers along kz; compiled for float and double. */
#ifndef DW_GW_AMPLITUDE_ROWS_H
#define DW_GW_AMPLITUDE_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "base/precision.h"
#include "gw/oscillator.h"

/* kx^2 + ky^2 = `across`; squares[z] of the row's modes. */
void dw_amplitude_close_row_f32(void *target, const void *wave, const double *squares, double across, ptrdiff_t count,
                                double factor, double late);
void dw_amplitude_close_row_f64(void *target, const void *wave, const double *squares, double across, ptrdiff_t count,
                                double factor, double late);

/* Mode z of the row has n^2 = across + (first + z)^2. */
typedef struct dw_amplitude_row {
  void *wave;
  void *rate;
  const void *before;
  const void *after;
  int64_t across;
  int64_t first;
  int64_t count;
} dw_amplitude_row;
void dw_amplitude_advance_row_f32(const dw_amplitude_row *row, const dw_oscillator *oscillators, int64_t count);
void dw_amplitude_advance_row_f64(const dw_amplitude_row *row, const dw_oscillator *oscillators, int64_t count);

#endif
