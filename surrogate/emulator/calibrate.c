/* Errors made as large as they claim: the rms of z over all points left out is brought to 1, then the widths that hold
 * 68.27 and 95 % are read off. With n points a quantile p is taken at p (n + 1)/n, as conformal prediction does
 * (V. Vovk, A. Gammerman & G. Shafer, Algorithmic Learning in a Random World, 2005). */
#include <math.h>
#include <stdlib.h>

#include "surrogate/emulator/emulator_private.h"

static double rms_z(int64_t count, const double *error, const double *variance, const double *noise, double square) {
  double sum = 0.0;
  for (int64_t i = 0; i < count; i++) {
    sum += error[i] * error[i] / fmax(square * variance[i] + noise[i], 1e-300);
  }
  return sqrt(sum / (double)count);
}

/* scale^2, where the rms of z is 1; between 1/64 and 64. */
static double find_square(int64_t count, const double *error, const double *variance, const double *noise) {
  double low = log(1.0 / 64.0);
  double high = log(64.0);
  for (int step = 0; step < 50; step++) {
    const double middle = 0.5 * (low + high);
    if (rms_z(count, error, variance, noise, exp(middle)) > 1.0) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return exp(0.5 * (low + high));
}

static int ascending(const void *a, const void *b) {
  const double *x = a;
  const double *y = b;
  return (*x > *y) - (*x < *y);
}

static double quantile(int64_t points, int64_t count, const double *sorted, double part) {
  const double level = fmin(part * (1.0 + 1.0 / (double)points), 1.0);
  const int64_t at = (int64_t)ceil(level * (double)count) - 1;
  return sorted[at < 0 ? 0 : at];
}

void dw_emulator_calibrate(int64_t points, int64_t count, const double *error, const double *variance,
                           const double *noise, double *sorted, dw_emulator_quantity *about) {
  const double square = find_square(count, error, variance, noise);
  about->scale = sqrt(square);
  for (int64_t i = 0; i < count; i++) {
    sorted[i] = fabs(error[i]) / sqrt(fmax(square * variance[i] + noise[i], 1e-300));
  }
  qsort(sorted, (size_t)count, sizeof *sorted, ascending);
  about->q68 = quantile(points, count, sorted, 0.6827);
  about->q95 = quantile(points, count, sorted, 0.95);
}
