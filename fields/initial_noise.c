#include <math.h>
#include <string.h>

#include "fields/initial_private.h"
#include "base/constants.h"
#include "lattice/decomposition.h"
#include "lattice/random.h"
#include "lattice/sum.h"

double dw_initial_noise_filter(const dw_initial *initial, double k) {
  const double excess = k / initial->cutoff - 1.0;
  if (initial->cutoff_width == 0.0) {
    return excess <= 0.0 ? 1.0 : 0.0;
  }
  const double power = 0.5 * erfc(excess / (1.4142135623730950488 * initial->cutoff_width));
  return power < 1e-15 ? 0.0 : power;
}

/* Largest |n| along an axis that carries power: below the Nyquist modes, which a real lattice field can't
 * hold as a complex pair. */
static int64_t reach(const dw_initial *initial, const dw_lattice *lattice) {
  const double unit = DW_TWO_PI / lattice->length;
  int64_t n = 0;
  while (n + 1 <= (lattice->points - 1) / 2 && dw_initial_noise_filter(initial, unit * (double)(n + 1)) > 0.0) {
    n++;
  }
  return n;
}

/* Sum of the filter over all modes that the lattice carries: ensemble <phi^2> for unit power over L^3. The wedge
 * x >= y >= z >= 0 stands for all signs and orders of its components. */
static double total_filter(const dw_initial *initial, const dw_lattice *lattice, int64_t limit) {
  const double unit = DW_TWO_PI / lattice->length;
  dw_sum sum;
  dw_sum_clear(&sum);
  for (int64_t x = 1; x <= limit && dw_initial_noise_filter(initial, unit * (double)x) > 0.0; x++) {
    for (int64_t y = 0; y <= x; y++) {
      for (int64_t z = 0; z <= y; z++) {
        const double power = dw_initial_noise_filter(initial, unit * sqrt((double)(x * x + y * y + z * z)));
        const double signs = 2.0 * (y != 0 ? 2.0 : 1.0) * (z != 0 ? 2.0 : 1.0);
        const double orders = x == y && y == z ? 1.0 : (x == y || y == z ? 3.0 : 6.0);
        dw_sum_add(&sum, signs * orders * power);
      }
    }
  }
  return dw_sum_value(&sum);
}

/* Amplitudes of the local modes: <|phi_k|^2> = N^6 variance filter, in the unnormalised convention of dw_modes. */
static void draw(const dw_initial *initial, dw_modes *modes, double variance, int64_t limit) {
  const dw_lattice *lattice = modes->lattice;
  const double unit = DW_TWO_PI / lattice->length;
  const double sites = (double)lattice->points * (double)lattice->points * (double)lattice->points;
#pragma omp parallel for schedule(dynamic, 1)
  for (int64_t kx = 0; kx < modes->side; kx++) {
    for (int64_t ky = 0; ky < modes->count[0]; ky++) {
      for (int64_t kz = 0; kz < modes->count[1]; kz++) {
        const int64_t n[3] = {dw_mode_number(modes->side, kx), dw_mode_number(modes->side, ky + modes->start[0]),
                              kz + modes->start[1]};
        if (n[0] > limit || -n[0] > limit || n[1] > limit || -n[1] > limit || n[2] > limit) {
          continue;
        }
        const int64_t n2 = n[0] * n[0] + n[1] * n[1] + n[2] * n[2];
        const double power = n2 == 0 ? 0.0 : dw_initial_noise_filter(initial, unit * sqrt((double)n2));
        if (power > 0.0) {
          double amplitude[2];
          dw_random_mode(initial->seed, DW_STREAM_FIELD, n, amplitude);
          const double scale = sites * sqrt(0.5 * variance * power);
          amplitude[0] *= scale;
          amplitude[1] *= scale;
          dw_modes_set(modes, kx, ky, kz, amplitude);
        }
      }
    }
  }
}

/* phi' = 0 everywhere. */
static void put_at_rest(dw_state *state) {
  const dw_lattice *lattice = state->lattice;
  const size_t bytes = (size_t)lattice->points * (size_t)state->precision;
#pragma omp parallel for schedule(static)
  for (int64_t x = 0; x < lattice->count[0]; x++) {
    for (int64_t y = 0; y < lattice->count[1]; y++) {
      memset(dw_field_row(state->pi, x, y), 0, bytes);
    }
  }
}

/* Gaussian field of power P(k) ~ filter(k), zero mode removed, phi' = 0. Its rms is that of the ensemble: the sum over
 * the modes of the box is rms^2, not the realisation's own. */
dw_status dw_initial_white_noise(const dw_initial *initial, dw_state *state, dw_modes *modes) {
  const int64_t limit = reach(initial, state->lattice);
  const double total = total_filter(initial, state->lattice, limit);
  if (!(total > 0.0)) {
    return dw_fail(DW_ERR_PARAM,
                   "fields.initial.cutoff = %g: the box has no mode below it (the lowest is 2 pi/L = %g); raise the "
                   "cut-off or lattice.length",
                   initial->cutoff, DW_TWO_PI / state->lattice->length);
  }
  dw_modes_clear(modes);
  draw(initial, modes, initial->rms * initial->rms / total, limit);
  dw_modes_inverse(modes, state->phi);
  put_at_rest(state);
  return DW_OK;
}
