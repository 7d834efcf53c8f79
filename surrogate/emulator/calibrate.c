/* Errors made as large as they claim. scale^2 maximises the likelihood of what was left out,
 *
 *   log p = -1/2 sum [log(scale^2 var + noise) + error^2/(scale^2 var + noise)],
 *
 * counted as one value per point since the outputs of a point go together, times a Gaussian of width 1/2 in log
 * scale^2, which holds it near 1 where noise hides the errors. Then the widths that hold 68.27 and 95 % are read off;
 * with n points a quantile p is taken at p (n + 1)/n, as conformal prediction does (V. Vovk, A. Gammerman & G. Shafer,
 * Algorithmic Learning in a Random World, 2005), and a width is never less than that of a Gaussian times 0.9. */
#include <math.h>
#include <stdlib.h>

#include "surrogate/emulator/emulator_private.h"

typedef struct left_out {
  int64_t points;
  int64_t count;
  const double *error;
  const double *variance;
  const double *noise;
} left_out;

/* -log p, with u = log scale^2. */
static double cost(const left_out *l, double u) {
  double sum = 0.0;
  for (int64_t i = 0; i < l->count; i++) {
    const double whole = fmax(exp(u) * l->variance[i] + l->noise[i], 1e-300);
    sum += log(whole) + l->error[i] * l->error[i] / whole;
  }
  const double width = 0.5;
  return 0.5 * sum * (double)l->points / (double)l->count + 0.5 * u * u / (width * width);
}

/* The minimum by the golden section, scale between 1/4 and 8. */
static double find_square(const left_out *l) {
  const double golden = 0.61803398874989484820;
  double low = 2.0 * log(0.25);
  double high = 2.0 * log(8.0);
  for (int step = 0; step < 40; step++) {
    const double first = high - golden * (high - low);
    const double second = low + golden * (high - low);
    if (cost(l, first) < cost(l, second)) {
      high = second;
    } else {
      low = first;
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
  const left_out l = {points, count, error, variance, noise};
  const double square = find_square(&l);
  about->scale = sqrt(square);
  for (int64_t i = 0; i < count; i++) {
    sorted[i] = fabs(error[i]) / sqrt(fmax(square * variance[i] + noise[i], 1e-300));
  }
  qsort(sorted, (size_t)count, sizeof *sorted, ascending);
  about->q68 = fmax(quantile(points, count, sorted, 0.6827), 0.9);
  about->q95 = fmax(quantile(points, count, sorted, 0.95), 0.9 * 1.96);
}
