#include <math.h>
#include <stddef.h>
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

/* Largest |n| along an axis up to which there may be power: below the Nyquist modes, which a real lattice field can't
 * hold as a complex pair. */
static int64_t reach(const dw_initial *initial, const dw_spectrum *spectrum, const dw_lattice *lattice) {
  const double unit = DW_TWO_PI / lattice->length;
  const int64_t most = (lattice->points - 1) / 2;
  if (spectrum->end != NULL) {
    return (int64_t)fmin((double)most, floor(spectrum->end(initial) / unit));
  }
  int64_t n = 0;
  while (n + 1 <= most && spectrum->field(initial, unit * (double)(n + 1)) > 0.0) {
    n++;
  }
  return n;
}

/* Sum of the power over all modes that the lattice carries: ensemble <phi^2> for unit power over L^3. The wedge
 * x >= y >= z >= 0 stands for all signs and orders of its components. */
static double total_power(const dw_initial *initial, dw_initial_power at, const dw_lattice *lattice, int64_t limit) {
  const double unit = DW_TWO_PI / lattice->length;
  dw_sum sum;
  dw_sum_clear(&sum);
  for (int64_t x = 1; x <= limit; x++) {
    for (int64_t y = 0; y <= x; y++) {
      for (int64_t z = 0; z <= y; z++) {
        const double power = at(initial, unit * sqrt((double)(x * x + y * y + z * z)));
        const double signs = 2.0 * (y != 0 ? 2.0 : 1.0) * (z != 0 ? 2.0 : 1.0);
        const double orders = x == y && y == z ? 1.0 : (x == y || y == z ? 3.0 : 6.0);
        dw_sum_add(&sum, signs * orders * power);
      }
    }
  }
  return dw_sum_value(&sum);
}

/* What draw() is to fill the modes with. */
typedef struct drawing {
  const dw_initial *initial;
  dw_initial_power power;
  dw_stream stream;
  double variance;
  double mean;
  int64_t limit;
  int component;
} drawing;

/* Amplitude of one mode: <|phi_k|^2> = N^6 variance power, in the unnormalised convention of dw_modes. */
static void draw_mode(const drawing *d, dw_modes *modes, const int64_t n[3], const int64_t at[3]) {
  const dw_lattice *lattice = modes->lattice;
  const double sites = (double)lattice->points * (double)lattice->points * (double)lattice->points;
  const int64_t n2 = n[0] * n[0] + n[1] * n[1] + n[2] * n[2];
  double amplitude[2] = {sites * d->mean, 0.0};
  if (n2 != 0) {
    const double power = d->power(d->initial, DW_TWO_PI / lattice->length * sqrt((double)n2));
    if (!(power > 0.0)) {
      return;
    }
    const double scale = sites * sqrt(0.5 * d->variance * power);
    dw_random_mode(d->initial->seed, dw_stream_of(d->stream, d->component), n, amplitude);
    amplitude[0] *= scale;
    amplitude[1] *= scale;
  }
  dw_modes_set(modes, at[0], at[1], at[2], amplitude);
}

/* The local modes. */
static void draw(const drawing *d, dw_modes *modes) {
  const int64_t limit = d->limit;
  dw_modes_clear(modes);
#pragma omp parallel for schedule(dynamic, 1)
  for (int64_t kx = 0; kx < modes->side; kx++) {
    for (int64_t ky = 0; ky < modes->count[0]; ky++) {
      for (int64_t kz = 0; kz < modes->count[1]; kz++) {
        const int64_t n[3] = {dw_mode_number(modes->side, kx), dw_mode_number(modes->side, ky + modes->start[0]),
                              kz + modes->start[1]};
        if (n[0] <= limit && -n[0] <= limit && n[1] <= limit && -n[1] <= limit && n[2] <= limit) {
          draw_mode(d, modes, n, (const int64_t[3]){kx, ky, kz});
        }
      }
    }
  }
}

/* sqrt(2) erfinv(2 f - 1): the x with erfc(-x/sqrt(2))/2 = f, by bisection; 0 for f = 1/2, and for f = 0, which stands
 * for it. In (0, 1) a double f has |x| < 39. */
static double quantile(double fraction) {
  if (fraction == 0.0 || fraction == 0.5) {
    return 0.0;
  }
  double low = -39.0;
  double high = 39.0;
  for (int i = 0; i < 100; i++) {
    const double middle = 0.5 * (low + high);
    if (0.5 * erfc(-middle / 1.4142135623730950488) < fraction) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return 0.5 * (low + high);
}

dw_status dw_initial_random(const dw_spectrum *spectrum, const dw_initial *initial, dw_state *state, dw_modes *modes) {
  const dw_lattice *lattice = state->lattice;
  const double volume = lattice->length * lattice->length * lattice->length;
  const double shift = quantile(initial->fraction);
  drawing d = {initial, spectrum->field, DW_STREAM_FIELD, 1.0 / volume, 0.0, reach(initial, spectrum, lattice), 0};
  if (d.limit == 0 && spectrum->end == NULL) {
    return dw_fail(DW_ERR_PARAM, "%s = %g: no mode of the box has power (the lowest is 2 pi/L = %g)", spectrum->key,
                   *(const double *)((const char *)initial + spectrum->value), DW_TWO_PI / lattice->length);
  }
  if (!spectrum->absolute || shift != 0.0) {
    const double total = total_power(initial, d.power, lattice, d.limit);
    if (!(total > 0.0)) {
      return dw_fail(DW_ERR_PARAM,
                     "fields.initial.fraction = %g: the start moves phi' alone and phi is 0 everywhere, and no mean "
                     "gives that fraction; set it to 0.5",
                     initial->fraction);
    }
    d.variance = spectrum->absolute ? d.variance : initial->rms * initial->rms / total;
    d.mean = shift * (spectrum->absolute ? sqrt(total * d.variance) : initial->rms);
  }
  for (d.component = 0; d.component < state->components; d.component++) {
    draw(&d, modes);
    dw_modes_inverse(modes, state->phi[d.component]);
    d.mean = 0.0; /* a population bias is one of the first component */
  }
  d.power = spectrum->velocity;
  d.stream = DW_STREAM_VELOCITY;
  for (d.component = 0; d.component < state->components; d.component++) {
    if (spectrum->velocity == NULL) {
      dw_field_clear(state->pi[d.component]);
    } else {
      draw(&d, modes);
      dw_modes_inverse(modes, state->pi[d.component]);
    }
  }
  return DW_OK;
}

/* Gaussian field of power P(k) ~ filter(k), zero mode removed, phi' = 0. Its rms is that of the ensemble: the sum over
 * the modes of the box is rms^2, not the realisation's own. */
dw_status dw_initial_white_noise(const dw_initial *initial, dw_state *state, dw_modes *modes) {
  static const dw_spectrum white = {dw_initial_noise_filter,      NULL, false, "fields.initial.cutoff",
                                    offsetof(dw_initial, cutoff), NULL};
  return dw_initial_random(&white, initial, state, modes);
}
