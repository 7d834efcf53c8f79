/* Gaussian random field with the powers of a file. Absolute: no rms and no cut-off of the parameters enter. */
#include <math.h>

#include "fields/initial_private.h"

#include "base/constants.h"
#include "fields/power_file.h"

enum { SAMPLES = 4096 };

static double file_field(const dw_initial *initial, double k) { return dw_power_file_at(initial->powers, 0, k); }

static double file_velocity(const dw_initial *initial, double k) { return dw_power_file_at(initial->powers, 1, k); }

static double file_end(const dw_initial *initial) {
  double range[2];
  dw_power_file_range(initial->powers, range);
  return range[1];
}

/* Whether a mode of the lattice has power in either field. The wedge x >= y >= z >= 0 stands for all. */
static bool has_mode(const dw_power_file *powers, int64_t points, double length) {
  const double unit = DW_TWO_PI / length;
  double range[2];
  dw_power_file_range(powers, range);
  const double most = fmin((double)((points - 1) / 2), floor(range[1] / unit));
  if (range[0] > unit * sqrt(3.0) * most) {
    return false;
  }
  for (int64_t x = 1; x <= (int64_t)most; x++) {
    for (int64_t y = 0; y <= x; y++) {
      for (int64_t z = 0; z <= y; z++) {
        const double k = unit * sqrt((double)(x * x + y * y + z * z));
        if (dw_power_file_at(powers, 0, k) > 0.0 || dw_power_file_at(powers, 1, k) > 0.0) {
          return true;
        }
      }
    }
  }
  return false;
}

dw_status dw_initial_spectrum_check(const dw_initial *initial, const dw_comm *comm, int components, int64_t points,
                                    double spacing) {
  (void)components;
  const double length = (double)points * spacing;
  dw_power_file *powers = NULL;
  DW_TRY(dw_power_file_read(&powers, initial->file, comm));
  const bool found = has_mode(powers, points, length);
  const double first = exp(powers->row[0].log_k);
  const double last = exp(powers->row[powers->rows - 1].log_k);
  dw_power_file_destroy(powers);
  if (found) {
    return DW_OK;
  }
  return dw_fail(DW_ERR_PARAM,
                 "%s has rows from k = %g to %g, and no mode of the box has power there: modes are at 2 pi |n|/L = %g "
                 "|n|, up to |n_x|, |n_y|, |n_z| = %lld",
                 initial->file, first, last, DW_TWO_PI / length, (long long)((points - 1) / 2));
}

dw_status dw_initial_spectrum(const dw_initial *initial, dw_state *state, dw_modes *modes) {
  dw_power_file *powers = NULL;
  DW_TRY(dw_power_file_read(&powers, initial->file, state->lattice->comm));
  const dw_spectrum spectrum = {
      .field = file_field, .velocity = powers->moving ? file_velocity : NULL, .absolute = true, .end = file_end};
  dw_initial with = *initial;
  with.powers = powers;
  const dw_status status = dw_initial_random(&spectrum, &with, state, modes);
  dw_power_file_destroy(powers);
  return status;
}

/* int k^4 P dk/int k^2 P dk, by the midpoints of equal steps of ln k. */
dw_status dw_initial_momentum(const dw_initial *initial, int64_t points, double length, double *momentum) {
  dw_power_file *powers = NULL;
  double range[2];
  double sum[2] = {0.0, 0.0};
  *momentum = 0.0;
  DW_TRY(dw_power_file_read(&powers, initial->file, dw_comm_self()));
  dw_power_file_range(powers, range);
  const double low = log(fmax(range[0], DW_TWO_PI / length));
  const double high = log(fmin(range[1], DW_PI * (double)points / length));
  for (int i = 0; i < SAMPLES; i++) {
    const double k = exp(low + (high - low) * (i + 0.5) / SAMPLES);
    const double power = k * k * k * dw_power_file_at(powers, 0, k);
    sum[0] += power;
    sum[1] += k * k * power;
  }
  dw_power_file_destroy(powers);
  *momentum = sum[0] > 0.0 ? sqrt(sum[1] / sum[0]) : 0.0;
  return DW_OK;
}
