#include "surrogate/scan/design.h"

#include <gsl/gsl_qrng.h>
#include <math.h>

#include "lattice/random.h"

enum { SOBOL_AXES = 40 };

double dw_axis_value(const dw_axis *axis, double unit) {
  if (unit <= 0.0) {
    return axis->low;
  }
  if (unit >= 1.0) {
    return axis->high;
  }
  double value = axis->low + unit * (axis->high - axis->low);
  if (axis->logarithmic) {
    value = exp(log(axis->low) + unit * (log(axis->high) - log(axis->low)));
  }
  value = axis->integer ? round(value) : value;
  return fmin(fmax(value, axis->low), axis->high);
}

double dw_axis_unit(const dw_axis *axis, double value) {
  if (axis->logarithmic) {
    return (log(value) - log(axis->low)) / (log(axis->high) - log(axis->low));
  }
  return (value - axis->low) / (axis->high - axis->low);
}

static int64_t length_of(const dw_axis *axis) { return axis->count > 0 ? axis->count : axis->points; }

static double grid_value(const dw_axis *axis, int64_t index) {
  if (axis->count > 0) {
    return axis->value[index];
  }
  return dw_axis_value(axis, (double)index / (double)(axis->points - 1));
}

void dw_design_grid(const dw_axis *axis, int64_t axes, double *point) {
  int64_t points = 1;
  for (int64_t a = 0; a < axes; a++) {
    points *= length_of(&axis[a]);
  }
  for (int64_t i = 0; i < points; i++) {
    int64_t rest = i;
    for (int64_t a = axes - 1; a >= 0; a--) {
      point[i * axes + a] = grid_value(&axis[a], rest % length_of(&axis[a]));
      rest /= length_of(&axis[a]);
    }
  }
}

void dw_design_list(const dw_axis *axis, int64_t axes, int64_t points, double *point) {
  for (int64_t i = 0; i < points; i++) {
    for (int64_t a = 0; a < axes; a++) {
      point[i * axes + a] = axis[a].value[i];
    }
  }
}

dw_status dw_design_sobol(const dw_axis *axis, int64_t axes, int64_t first, int64_t points, double *point) {
  double unit[SOBOL_AXES];
  if (axes < 1 || axes > SOBOL_AXES) {
    return dw_fail(DW_ERR_PARAM, "Sobol's sequence has 1 to %d dimensions, not %lld; scan fewer parameters", SOBOL_AXES,
                   (long long)axes);
  }
  gsl_qrng *sequence = gsl_qrng_alloc(gsl_qrng_sobol, (unsigned int)axes);
  if (sequence == NULL) {
    return dw_fail(DW_ERR_MEMORY, "no memory for Sobol's sequence");
  }
  for (int64_t i = 0; i < first + points; i++) { /* the library starts behind the corner */
    (void)gsl_qrng_get(sequence, unit);
    for (int64_t a = 0; i >= first && a < axes; a++) {
      point[(i - first) * axes + a] = dw_axis_value(&axis[a], unit[a]);
    }
  }
  gsl_qrng_free(sequence);
  return DW_OK;
}

void dw_design_random(const dw_axis *axis, int64_t axes, int64_t seed, int64_t first, int64_t points, double *point) {
  for (int64_t i = 0; i < points; i++) {
    for (int64_t a = 0; a < axes; a++) {
      const uint64_t bits = dw_random_bits(seed, DW_STREAM_DESIGN, (const int64_t[3]){first + i, a, 0});
      point[i * axes + a] = dw_axis_value(&axis[a], dw_random_uniform(bits));
    }
  }
}
