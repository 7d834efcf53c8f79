/* One-dimensional transforms in one precision; private to lattice/modes.c. Compiled for float and double. */
#ifndef DW_LATTICE_FFT_ROWS_H
#define DW_LATTICE_FFT_ROWS_H

#include <stddef.h>
#include <stdint.h>

/* Plans of one lattice size. Made with FFTW_ESTIMATE: measuring would choose other plans, hence other bits, from run
 * to run. */
typedef struct dw_fft_plans {
  void *row_forward; /* one row, real to complex, in place */
  void *row_inverse;
  void *lanes_forward; /* DW_LANES interleaved complex lines, in place */
  void *lanes_inverse;
} dw_fft_plans;

/* `scratch`: a cache-line aligned block of at least N * DW_LANES complex numbers. Returns 0 on success. */
int dw_fft_plan_f32(dw_fft_plans *plans, int64_t points, void *scratch);
int dw_fft_plan_f64(dw_fft_plans *plans, int64_t points, void *scratch);
void dw_fft_unplan_f32(dw_fft_plans *plans);
void dw_fft_unplan_f64(dw_fft_plans *plans);

/* In place; `row` cache-line aligned with room for N/2 + 1 complex numbers. */
void dw_fft_row_f32(const dw_fft_plans *plans, void *row, int inverse);
void dw_fft_row_f64(const dw_fft_plans *plans, void *row, int inverse);

/* In place, element (i, lane) at [i DW_LANES + lane]; `lines` cache-line aligned. */
void dw_fft_lanes_f32(const dw_fft_plans *plans, void *lines, int inverse);
void dw_fft_lanes_f64(const dw_fft_plans *plans, void *lines, int inverse);

/* row[0 ... count) *= factor */
void dw_fft_scale_f32(void *row, int64_t count, double factor);
void dw_fft_scale_f64(void *row, int64_t count, double factor);

#endif
