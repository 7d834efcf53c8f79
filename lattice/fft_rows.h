/* One-dimensional transforms in one precision; private to lattice/modes.c. Compiled for float and double.
 *
 * Complex lines lie in the rows of a buffer, one behind the other: a row holds one line of N elements and a cache line
 * beyond, so that the rows don't fall on the same sets of a cache. Every transform goes from one row to another:
 * FFTW's plans for that are about twice as fast as those in place or for interleaved lines (docs/performance.md). */
#ifndef DW_LATTICE_FFT_ROWS_H
#define DW_LATTICE_FFT_ROWS_H

#include <stddef.h>
#include <stdint.h>

/* Plans of one lattice size. Made with FFTW_ESTIMATE: measuring would choose other plans, hence other bits, from run
 * to run. */
typedef struct dw_fft_plans {
  void *row_forward; /* a real row to a complex one */
  void *row_inverse; /* and back; the complex row is lost */
  void *line_forward;
  void *line_inverse;
} dw_fft_plans;

/* Complex elements from one row of a buffer to the next. */
ptrdiff_t dw_fft_pitch_f32(int64_t points);
ptrdiff_t dw_fft_pitch_f64(int64_t points);

/* `scratch`: a cache-line aligned buffer of at least two rows. Returns 0 on success. */
int dw_fft_plan_f32(dw_fft_plans *plans, int64_t points, void *scratch);
int dw_fft_plan_f64(dw_fft_plans *plans, int64_t points, void *scratch);
void dw_fft_unplan_f32(dw_fft_plans *plans);
void dw_fft_unplan_f64(dw_fft_plans *plans);

/* N real numbers to N/2 + 1 complex ones, or back; both rows cache-line aligned and apart. */
void dw_fft_row_f32(const dw_fft_plans *plans, void *from, void *to, int inverse);
void dw_fft_row_f64(const dw_fft_plans *plans, void *from, void *to, int inverse);

/* The lines in rows 1 ... lines of a buffer, into rows 0 ... lines - 1. */
void dw_fft_lines_f32(const dw_fft_plans *plans, void *rows, ptrdiff_t pitch, int lines, int inverse);
void dw_fft_lines_f64(const dw_fft_plans *plans, void *rows, ptrdiff_t pitch, int lines, int inverse);

/* `count` elements of `lines` adjacent lines whose elements lie `stride` apart: rows[l pitch + i] = line[i stride + l],
 * or the other way. */
void dw_fft_gather_f32(void *rows, ptrdiff_t pitch, const void *line, ptrdiff_t stride, int64_t count, int lines);
void dw_fft_gather_f64(void *rows, ptrdiff_t pitch, const void *line, ptrdiff_t stride, int64_t count, int lines);
void dw_fft_scatter_f32(const void *rows, ptrdiff_t pitch, void *line, ptrdiff_t stride, int64_t count, int lines);
void dw_fft_scatter_f64(const void *rows, ptrdiff_t pitch, void *line, ptrdiff_t stride, int64_t count, int lines);

/* to[i] = factor from[i] */
void dw_fft_scale_f32(void *to, const void *from, int64_t count, double factor);
void dw_fft_scale_f64(void *to, const void *from, int64_t count, double factor);

#endif
