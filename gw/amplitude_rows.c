#include "gw/amplitude_rows.h"

DW_CLONES void DW_NAME(dw_amplitude_close_row)(void *target, const void *wave, const double *squares, double across,
                                               ptrdiff_t count, double factor, double late) {
  dw_real *restrict t = target;
  const dw_real *restrict w = wave;
#pragma omp simd
  for (ptrdiff_t z = 0; z < count; z++) {
    const double pull = late * (across + squares[z]);
    t[2 * z] = (dw_real)(factor * (double)t[2 * z] - pull * (double)w[2 * z]);
    t[2 * z + 1] = (dw_real)(factor * (double)t[2 * z + 1] - pull * (double)w[2 * z + 1]);
  }
}

/* Real or imaginary part. */
static inline void advance_number(const dw_oscillator *o, dw_real *wave, dw_real *rate, dw_real before, dw_real after) {
  const double h = (double)*wave;
  const double v = (double)*rate;
  const double p0 = (double)before;
  const double p1 = (double)after;
  *wave = (dw_real)((o->m[0][0] * h + o->m[0][1] * v) + (o->s0[0] * p0 + o->s1[0] * p1));
  *rate = (dw_real)((o->m[1][0] * h + o->m[1][1] * v) + (o->s0[1] * p0 + o->s1[1] * p1));
}

DW_CLONES void DW_NAME(dw_amplitude_advance_row)(const dw_amplitude_row *row, const dw_oscillator *oscillators,
                                                 int64_t count) {
  dw_real *wave = row->wave;
  dw_real *rate = row->rate;
  const dw_real *before = row->before;
  const dw_real *after = row->after;
  for (int64_t z = 0; z < row->count; z++) {
    const int64_t n2 = row->across + (row->first + z) * (row->first + z);
    if (n2 >= count) {
      return;
    }
    for (int part = 0; part < 2; part++) {
      const int64_t at = 2 * z + part;
      advance_number(&oscillators[n2], &wave[at], &rate[at], before[at], after[at]);
    }
  }
}
