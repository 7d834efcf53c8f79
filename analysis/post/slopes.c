#include "analysis/post/slopes.h"

#include <math.h>

#include "base/memory.h"

/* ln k and ln S of the shells of use, with errors, and the shell each is. */
typedef struct points {
  int64_t count;
  double *log_k;
  double *log_value;
  double *error;
  int64_t *shell;
} points;

double dw_spectrum_log_error(double value, double error, int64_t count, double floor) {
  if (!(isfinite(value) && value > 0.0)) {
    return (double)NAN;
  }
  const bool own = isfinite(error) && error > 0.0; /* a shell with one pair of modes has error 0 */
  if (!own && count < 1) {
    return floor > 0.0 ? floor : (double)NAN;
  }
  return hypot(own ? error / value : 1.0 / sqrt((double)count), floor);
}

static double log_error_at(const dw_spectrum *s, int64_t i) {
  return dw_spectrum_log_error(s->value[i], s->error != NULL ? s->error[i] : 0.0, s->count != NULL ? s->count[i] : 0,
                               s->floor);
}

static dw_status points_select(points *p, const dw_spectrum *s, double x_first, double x_last) {
  double *block = NULL;
  const size_t n = (size_t)s->shells;
  _Static_assert(sizeof(int64_t) == sizeof(double), "one block holds both");
  DW_TRY(dw_alloc((void **)&block, 4 * n, sizeof *block, "shells of a spectrum"));
  *p = (points){.log_k = block, .log_value = block + n, .error = block + 2 * n, .shell = (void *)(block + 3 * n)};
  for (int64_t i = 0; i < s->shells; i++) {
    const double x = s->k[i] * s->tau;
    const double error = log_error_at(s, i);
    if (!(x >= x_first && x < x_last && x > 0.0 && isfinite(error))) {
      continue;
    }
    p->log_k[p->count] = log(s->k[i]);
    p->log_value[p->count] = log(s->value[i]);
    p->error[p->count] = error;
    p->shell[p->count] = i;
    p->count++;
  }
  return DW_OK;
}

static void points_free(points *p) { dw_free(p->log_k); }

/* The points from `first` on. */
static dw_fit_data part(const points *p, int64_t first, int64_t count) {
  return (dw_fit_data){.points = count,
                       .x = p->log_k + first,
                       .y = p->log_value + first,
                       .error = p->error + first,
                       .kind = DW_FIT_ERRORS_AT_LEAST};
}

dw_status dw_slope_measure(const dw_spectrum *spectrum, double x_first, double x_last, dw_slope *slope) {
  points p;
  dw_fit line;
  DW_TRY(points_select(&p, spectrum, x_first, x_last));
  const dw_fit_data data = part(&p, 0, p.count);
  const double pivot = p.count > 0 ? p.log_k[p.count / 2] : 0.0;
  const dw_status status = dw_fit_polynomial(&data, 1, pivot, &line);
  if (status == DW_OK) {
    *slope = (dw_slope){.state = line.state,
                        .shells = p.count,
                        .value = line.value[1],
                        .error = line.error[1],
                        .chi2_per_dof = line.dof > 0 ? line.chi2 / (double)line.dof : (double)NAN};
  }
  points_free(&p);
  return status;
}

/* The vertex of y = c0 + c1 u + c2 u^2, u = ln k - pivot: u = -c1/2c2, y = c0 - c1^2/4c2. */
static void place_vertex(const dw_fit *parabola, double pivot, double left, double right, dw_peak *peak) {
  const double *c = parabola->value;
  if (!(parabola->state == DW_FIT_DONE && c[2] < 0.0)) {
    return;
  }
  const double u = -0.5 * c[1] / c[2];
  if (!(u + pivot > left && u + pivot < right)) {
    return;
  }
  const double of_place[] = {0.0, -0.5 / c[2], -u / c[2]};
  const double of_height[] = {1.0, u, u * u};
  peak->found = true;
  peak->k = exp(u + pivot);
  peak->k_error = peak->k * dw_fit_propagate(parabola, of_place);
  peak->height = exp(c[0] + 0.5 * c[1] * u);
  peak->height_error = peak->height * dw_fit_propagate(parabola, of_height);
}

static dw_status find_peak(const points *p, int neighbours, dw_peak *peak) {
  int64_t top = 0;
  for (int64_t i = 1; i < p->count; i++) {
    top = p->log_value[i] > p->log_value[top] ? i : top;
  }
  peak->shell = p->shell[top];
  peak->k = exp(p->log_k[top]);
  peak->height = exp(p->log_value[top]);
  peak->height_error = peak->height * p->error[top];
  if (top == 0 || top == p->count - 1) {
    return DW_OK;
  }
  const int64_t first = top > neighbours ? top - neighbours : 0;
  const int64_t last = top + neighbours < p->count ? top + neighbours : p->count - 1;
  const dw_fit_data data = part(p, first, last - first + 1);
  dw_fit parabola;
  DW_TRY(dw_fit_polynomial(&data, 2, p->log_k[top], &parabola));
  place_vertex(&parabola, p->log_k[top], p->log_k[first], p->log_k[last], peak);
  return DW_OK;
}

dw_status dw_peak_measure(const dw_spectrum *spectrum, double x_first, double x_last, int neighbours, dw_peak *peak) {
  if (neighbours < 1) {
    return dw_fail(DW_ERR_INTERNAL, "a peak from %d neighbours", neighbours);
  }
  const double nan = (double)NAN;
  *peak = (dw_peak){.shell = -1, .k = nan, .k_error = nan, .height = nan, .height_error = nan};
  points p;
  DW_TRY(points_select(&p, spectrum, x_first, x_last));
  const dw_status status = p.count > 0 ? find_peak(&p, neighbours, peak) : DW_OK;
  points_free(&p);
  peak->x = peak->k * spectrum->tau;
  peak->x_error = peak->k_error * spectrum->tau;
  return status;
}

dw_status dw_spectral_shape_measure(const dw_spectrum *spectrum, dw_spectral_shape *shape) {
  DW_TRY(dw_slope_measure(spectrum, 0.0, DW_SLOPE_INFRARED_LAST, &shape->infrared));
  DW_TRY(dw_slope_measure(spectrum, DW_SLOPE_ULTRAVIOLET_FIRST, DW_SLOPE_ULTRAVIOLET_LAST, &shape->ultraviolet));
  return dw_peak_measure(spectrum, 0.0, DW_SLOPE_ULTRAVIOLET_LAST, 1, &shape->peak);
}
