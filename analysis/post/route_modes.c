#include "analysis/post/route_modes.h"

#include <math.h>

#include "base/memory.h"

/* A quantity's mean and scatter, updated draw by draw (Welford 1962). */
typedef struct scatter {
  double mean;
  double squares;
} scatter;

static void scatter_add(scatter *s, int draw, double value) {
  const double off = value - s->mean;
  s->mean += off / (draw + 1);
  s->squares += off * (value - s->mean);
}

static double scatter_error(const scatter *s, int draws) {
  return draws > 1 ? sqrt(s->squares / (draws - 1.0) / draws) : 0.0;
}

/* sum_c (sum_i weight_i amplitude_ic)^2 */
static double square(const dw_route *route, const double *weight, int modes, const double *amplitude, int mode) {
  double sum[DW_ROUTE_PARTS] = {0.0};
  for (int i = 0; i < route->count; i++) {
    const double *part = amplitude + ((size_t)i * (size_t)modes + (size_t)mode) * DW_ROUTE_PARTS;
    for (int c = 0; c < DW_ROUTE_PARTS; c++) {
      sum[c] += weight[i] * part[c];
    }
  }
  double result = 0.0;
  for (int c = 0; c < DW_ROUTE_PARTS; c++) {
    result += sum[c] * sum[c];
  }
  return result;
}

static dw_status sum_modes(const dw_route *route, int modes, const double *k, const double *amplitude, double *weight_h,
                           double *weight_rate, dw_route_gw *mean, dw_route_gw *error) {
  scatter wave_number = {0.0, 0.0}, as_is = {0.0, 0.0}, averaged = {0.0, 0.0};
  for (int m = 0; m < modes; m++) {
    if (m == 0 || k[m] != k[m - 1]) {
      DW_TRY(dw_route_weights(route, k[m], weight_h, weight_rate));
    }
    const double h2 = square(route, weight_h, modes, amplitude, m);
    const double rate2 = square(route, weight_rate, modes, amplitude, m);
    scatter_add(&wave_number, m, k[m]);
    scatter_add(&as_is, m, rate2);
    scatter_add(&averaged, m, 0.5 * (rate2 + k[m] * k[m] * h2));
  }
  const double factor = dw_route_energy(route, wave_number.mean, 0.0, 1.0).drho_dlnk;
  *mean = (dw_route_gw){factor * as_is.mean, factor * averaged.mean};
  *error = (dw_route_gw){factor * scatter_error(&as_is, modes), factor * scatter_error(&averaged, modes)};
  return DW_OK;
}

dw_status dw_route_modes(const dw_route *route, int modes, const double *k, const double *amplitude, dw_route_gw *mean,
                         dw_route_gw *error) {
  if (modes < 1 || route->count < 2) {
    return dw_fail(DW_ERR_INTERNAL, "no waves from %d modes at %d times", modes, route->count);
  }
  void *weights = NULL;
  DW_TRY(dw_alloc(&weights, 2 * (size_t)route->count, sizeof(double), "the weights of the sample times"));
  double *weight_h = weights;
  const dw_status status = sum_modes(route, modes, k, amplitude, weight_h, weight_h + route->count, mean, error);
  dw_free(weights);
  return status;
}

void dw_route_mode_correlator(int count, int modes, const double *amplitude, double *utc) {
  const size_t length = (size_t)modes * DW_ROUTE_PARTS;
  for (size_t i = 0; i < (size_t)count; i++) {
    for (size_t j = 0; j < (size_t)count; j++) {
      double sum = 0.0;
      for (size_t n = 0; n < length; n++) {
        sum += amplitude[i * length + n] * amplitude[j * length + n];
      }
      utc[i * (size_t)count + j] = sum / modes;
    }
  }
}
