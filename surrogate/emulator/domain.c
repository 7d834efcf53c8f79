/* Where an emulator knows something: inside the ranges of the scan and near its points. */
#include <math.h>
#include <stdio.h>

#include "surrogate/emulator/emulator_private.h"

/* Beyond the edge of a range by the rounding of a number that was printed. */
static const double EDGE = 1e-9;

double dw_emulator_coordinate(const dw_dataset_key *key, double parameter, double *slope) {
  if (key->logarithmic) {
    const double range = log(key->high / key->low);
    *slope = 2.0 / (range * parameter);
    return 2.0 * log(parameter / key->low) / range - 1.0;
  }
  *slope = 2.0 / (key->high - key->low);
  return (parameter - key->low) * *slope - 1.0;
}

static double nearest(int64_t dims, int64_t points, const double *points_x, const double *x, int64_t except) {
  double best = HUGE_VAL;
  for (int64_t i = 0; i < points; i++) {
    double square = 0.0;
    for (int64_t d = 0; d < dims; d++) {
      square += (points_x[i * dims + d] - x[d]) * (points_x[i * dims + d] - x[d]);
    }
    best = i != except && square < best ? square : best;
  }
  return sqrt(best);
}

double dw_emulator_reach(int64_t dims, int64_t points, const double *x) {
  double most = 0.0;
  for (int64_t i = 0; i < points; i++) {
    most = fmax(most, nearest(dims, points, x, x + i * dims, i));
  }
  return 1.5 * most;
}

const dw_layer *dw_emulator_support(const dw_emulator *emulator) {
  const dw_layer *fewest = &emulator->part[0].layer[0];
  for (int64_t q = 1; q < emulator->quantities; q++) {
    const dw_layer *layer = &emulator->part[q].layer[0];
    fewest = layer->points < fewest->points ? layer : fewest;
  }
  return fewest;
}

dw_emulator_verdict dw_emulator_place(const dw_emulator *emulator, const double *parameter, double *x, char *reason,
                                      size_t size) {
  for (int64_t d = 0; d < emulator->dims; d++) {
    const dw_dataset_key *key = &emulator->key[d];
    double slope;
    x[d] = dw_emulator_coordinate(key, parameter[d], &slope);
    if (!(fabs(x[d]) <= 1.0 + EDGE)) { /* NaN too */
      (void)snprintf(reason, size, "%s = %.6g is outside the range that was learned, %.6g to %.6g", key->key,
                     parameter[d], key->low, key->high);
      return DW_EMULATOR_OUT;
    }
  }
  const dw_layer *layer = dw_emulator_support(emulator);
  const double distance = nearest(emulator->dims, layer->points, layer->x, x, -1);
  if (!(distance <= emulator->reach)) {
    (void)snprintf(reason, size,
                   "no run is near enough: the nearest lies %.3g away, in units of half the ranges, and %.3g is what "
                   "the others support",
                   distance, emulator->reach);
    return DW_EMULATOR_OUT;
  }
  return DW_EMULATOR_GOOD;
}
