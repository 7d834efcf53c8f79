#include "lattice/fft_rows.h"

#include <fftw3.h>

#include "base/memory.h"
#include "base/precision.h"

#if DW_REAL_BYTES == 4
#define FFTW(stem) fftwf_##stem
#else
#define FFTW(stem) fftw_##stem
#endif

typedef struct element {
  dw_real re, im;
} element;

/* --- plans --- */

ptrdiff_t DW_NAME(dw_fft_pitch)(int64_t points) {
  const ptrdiff_t line = DW_CACHE_LINE / (ptrdiff_t)sizeof(element);
  return ((ptrdiff_t)points + line - 1) / line * line + line;
}

int DW_NAME(dw_fft_plan)(dw_fft_plans *plans, int64_t points, void *scratch) {
  const int n = (int)points;
  void *to = scratch;
  void *from = (element *)scratch + DW_NAME(dw_fft_pitch)(points);
  plans->row_forward = FFTW(plan_dft_r2c_1d)(n, from, to, FFTW_ESTIMATE);
  plans->row_inverse = FFTW(plan_dft_c2r_1d)(n, from, to, FFTW_ESTIMATE);
  plans->line_forward = FFTW(plan_dft_1d)(n, from, to, FFTW_FORWARD, FFTW_ESTIMATE);
  plans->line_inverse = FFTW(plan_dft_1d)(n, from, to, FFTW_BACKWARD, FFTW_ESTIMATE);
  return plans->row_forward == NULL || plans->row_inverse == NULL || plans->line_forward == NULL ||
         plans->line_inverse == NULL;
}

static void destroy(void *plan) {
  if (plan != NULL) {
    FFTW(destroy_plan)(plan);
  }
}

void DW_NAME(dw_fft_unplan)(dw_fft_plans *plans) {
  destroy(plans->row_forward);
  destroy(plans->row_inverse);
  destroy(plans->line_forward);
  destroy(plans->line_inverse);
}

/* --- transforms --- */

DW_CLONES void DW_NAME(dw_fft_row)(const dw_fft_plans *plans, void *from, void *to, int inverse) {
  if (inverse) {
    FFTW(execute_dft_c2r)(plans->row_inverse, from, to);
  } else {
    FFTW(execute_dft_r2c)(plans->row_forward, from, to);
  }
}

DW_CLONES void DW_NAME(dw_fft_lines)(const dw_fft_plans *plans, void *rows, ptrdiff_t pitch, int lines, int inverse) {
  element *row = rows;
  for (int line = 0; line < lines; line++, row += pitch) {
    FFTW(execute_dft)(inverse ? plans->line_inverse : plans->line_forward, (void *)(row + pitch), (void *)row);
  }
}

/* --- lines between memory and rows, eight elements of each at a time: whole cache lines on both sides --- */

enum { BLOCK = 8 };

static inline void gather_block(element *restrict rows, ptrdiff_t pitch, const element *restrict line, ptrdiff_t stride,
                                int width, int lines) {
  for (int l = 0; l < lines; l++) {
    for (int i = 0; i < width; i++) {
      rows[l * pitch + i] = line[i * stride + l];
    }
  }
}

static inline void scatter_block(const element *restrict rows, ptrdiff_t pitch, element *restrict line,
                                 ptrdiff_t stride, int width, int lines) {
  for (int i = 0; i < width; i++) {
    for (int l = 0; l < lines; l++) {
      line[i * stride + l] = rows[l * pitch + i];
    }
  }
}

DW_CLONES void DW_NAME(dw_fft_gather)(void *rows, ptrdiff_t pitch, const void *line, ptrdiff_t stride, int64_t count,
                                      int lines) {
  element *to = rows;
  const element *from = line;
  int64_t i = 0;
  for (; i + BLOCK <= count; i += BLOCK) {
    gather_block(to + i, pitch, from + i * stride, stride, BLOCK, lines);
  }
  gather_block(to + i, pitch, from + i * stride, stride, (int)(count - i), lines);
}

DW_CLONES void DW_NAME(dw_fft_scatter)(const void *rows, ptrdiff_t pitch, void *line, ptrdiff_t stride, int64_t count,
                                       int lines) {
  const element *from = rows;
  element *to = line;
  int64_t i = 0;
  for (; i + BLOCK <= count; i += BLOCK) {
    scatter_block(from + i, pitch, to + i * stride, stride, BLOCK, lines);
  }
  scatter_block(from + i, pitch, to + i * stride, stride, (int)(count - i), lines);
}

DW_CLONES void DW_NAME(dw_fft_scale)(void *to, const void *from, int64_t count, double factor) {
  dw_real *restrict product = to;
  const dw_real *restrict value = from;
  const dw_real by = (dw_real)factor;
  for (int64_t i = 0; i < count; i++) {
    product[i] = value[i] * by;
  }
}
