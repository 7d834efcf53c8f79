#include "gw/amplitude.h"

#include "gw/amplitude_rows.h"
#include "lattice/decomposition.h"

void dw_amplitude_close(dw_modes *target, const dw_modes *wave, const double *squares, double factor, double late) {
#pragma omp parallel for collapse(2) schedule(static)
  for (int64_t kx = 0; kx < target->side; kx++) {
    for (int64_t ky = 0; ky < target->count[0]; ky++) {
      const double across = squares[kx] + squares[ky + target->start[0]];
      void *t = dw_modes_line(target, kx, ky);
      const void *w = dw_modes_line(wave, kx, ky);
      if (target->precision == DW_SINGLE) {
        dw_amplitude_close_row_f32(t, w, squares + target->start[1], across, target->count[1], factor, late);
      } else {
        dw_amplitude_close_row_f64(t, w, squares + target->start[1], across, target->count[1], factor, late);
      }
    }
  }
}

void dw_amplitude_advance(const dw_amplitude_step *step, const dw_oscillator *oscillators, int64_t count) {
  const dw_modes *modes = step->wave;
#pragma omp parallel for collapse(2) schedule(static)
  for (int64_t kx = 0; kx < modes->side; kx++) {
    for (int64_t ky = 0; ky < modes->count[0]; ky++) {
      const int64_t nx = dw_mode_number(modes->side, kx);
      const int64_t ny = dw_mode_number(modes->side, ky + modes->start[0]);
      const dw_amplitude_row row = {.wave = dw_modes_line(step->wave, kx, ky),
                                    .rate = dw_modes_line(step->rate, kx, ky),
                                    .before = dw_modes_line(step->before, kx, ky),
                                    .after = dw_modes_line(step->after, kx, ky),
                                    .across = nx * nx + ny * ny,
                                    .first = modes->start[1],
                                    .count = modes->count[1]};
      if (modes->precision == DW_SINGLE) {
        dw_amplitude_advance_row_f32(&row, oscillators, count);
      } else {
        dw_amplitude_advance_row_f64(&row, oscillators, count);
      }
    }
  }
}
