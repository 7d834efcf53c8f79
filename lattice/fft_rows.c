#include "lattice/fft_rows.h"

#include <fftw3.h>

#include "base/precision.h"
#include "lattice/modes.h"

#if DW_REAL_BYTES == 4
#define FFTW(stem) fftwf_##stem
#else
#define FFTW(stem) fftw_##stem
#endif

int DW_NAME(dw_fft_plan)(dw_fft_plans *plans, int64_t points, void *scratch) {
  const int n = (int)points;
  FFTW(complex) *lines = scratch;
  plans->row_forward = FFTW(plan_dft_r2c_1d)(n, scratch, scratch, FFTW_ESTIMATE);
  plans->row_inverse = FFTW(plan_dft_c2r_1d)(n, scratch, scratch, FFTW_ESTIMATE);
  plans->lanes_forward = FFTW(plan_many_dft)(1, &n, DW_LANES, lines, NULL, DW_LANES, 1, lines, NULL, DW_LANES, 1,
                                             FFTW_FORWARD, FFTW_ESTIMATE);
  plans->lanes_inverse = FFTW(plan_many_dft)(1, &n, DW_LANES, lines, NULL, DW_LANES, 1, lines, NULL, DW_LANES, 1,
                                             FFTW_BACKWARD, FFTW_ESTIMATE);
  return plans->row_forward == NULL || plans->row_inverse == NULL || plans->lanes_forward == NULL ||
         plans->lanes_inverse == NULL;
}

static void destroy(void *plan) {
  if (plan != NULL) {
    FFTW(destroy_plan)(plan);
  }
}

void DW_NAME(dw_fft_unplan)(dw_fft_plans *plans) {
  destroy(plans->row_forward);
  destroy(plans->row_inverse);
  destroy(plans->lanes_forward);
  destroy(plans->lanes_inverse);
}

void DW_NAME(dw_fft_row)(const dw_fft_plans *plans, void *row, int inverse) {
  if (inverse) {
    FFTW(execute_dft_c2r)(plans->row_inverse, row, row);
  } else {
    FFTW(execute_dft_r2c)(plans->row_forward, row, row);
  }
}

void DW_NAME(dw_fft_lanes)(const dw_fft_plans *plans, void *lines, int inverse) {
  FFTW(execute_dft)(inverse ? plans->lanes_inverse : plans->lanes_forward, lines, lines);
}

void DW_NAME(dw_fft_scale)(void *row, int64_t count, double factor) {
  dw_real *restrict value = row;
  const dw_real by = (dw_real)factor;
  for (int64_t i = 0; i < count; i++) {
    value[i] *= by;
  }
}
