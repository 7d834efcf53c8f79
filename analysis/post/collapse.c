#include "analysis/post/collapse.h"

#include <math.h>

#include "analysis/post/slopes.h"
#include "base/memory.h"

dw_collapse_options dw_collapse_defaults(void) {
  return (dw_collapse_options){
      .tau_first = 0.0, .tau_last = (double)INFINITY, .x_first = 0.0, .x_last = 20.0, .floor = 0.1};
}

/* Which of F0, x0, b, d, s are free, and those that aren't; F0, x0 and d as logarithms. */
typedef struct form {
  bool free[DW_COLLAPSE_PARAMETERS];
  double held[DW_COLLAPSE_PARAMETERS];
} form;

/* ln(1 + e^y) without overflow. */
static double softplus(double y) { return y > 0.0 ? y + log1p(exp(-y)) : log1p(exp(y)); }

/* ln F at ln x, and its derivatives; p = ln F0, ln x0, b, ln d, s. */
static double log_curve(const double *p, double log_x, double *gradient) {
  const double u = log_x - p[DW_COLLAPSE_X0];
  const double b = p[DW_COLLAPSE_B];
  const double d = exp(p[DW_COLLAPSE_D]);
  const double s = p[DW_COLLAPSE_S];
  const double turn = (b + s) / d;
  const double bend = softplus(turn * u);
  const double share = 1.0 / (1.0 + exp(-turn * u)); /* of the ultraviolet branch */
  gradient[DW_COLLAPSE_F0] = 1.0;
  gradient[DW_COLLAPSE_X0] = (b + s) * share - s;
  gradient[DW_COLLAPSE_B] = -share * u;
  gradient[DW_COLLAPSE_D] = d * (share * turn * u - bend);
  gradient[DW_COLLAPSE_S] = u - share * u;
  return p[DW_COLLAPSE_F0] + s * u - d * bend;
}

/* A dw_fit_function of the free parameters. */
static double free_curve(const void *context, double log_x, const double *parameter, double *gradient) {
  const form *f = context;
  double all[DW_COLLAPSE_PARAMETERS];
  double slope[DW_COLLAPSE_PARAMETERS];
  int used = 0;
  for (int i = 0; i < DW_COLLAPSE_PARAMETERS; i++) {
    all[i] = f->free[i] ? parameter[used++] : f->held[i];
  }
  const double value = log_curve(all, log_x, slope);
  used = 0;
  for (int i = 0; i < DW_COLLAPSE_PARAMETERS; i++) {
    if (f->free[i]) {
      gradient[used++] = slope[i];
    }
  }
  return value;
}

double dw_collapse_value(const dw_collapse_curve *curve, double x) {
  const double *v = curve->value;
  double gradient[DW_COLLAPSE_PARAMETERS];
  const double p[] = {log(v[DW_COLLAPSE_F0]), log(v[DW_COLLAPSE_X0]), v[DW_COLLAPSE_B], log(v[DW_COLLAPSE_D]),
                      v[DW_COLLAPSE_S]};
  return exp(log_curve(p, log(x), gradient));
}

/* ln x and ln F with errors of all shells and times of the window. */
typedef struct cloud {
  double *log_x;
  double *log_value;
  double *error;
  int64_t points;
  int64_t times; /* that have points */
  double tau_first;
  double tau_last;
} cloud;

static dw_status cloud_alloc(cloud *c, const dw_collapse_data *data) {
  double *block = NULL;
  const size_t n = (size_t)(data->times * data->shells);
  DW_TRY(dw_alloc((void **)&block, 3 * n, sizeof *block, "points of the equal-time correlator"));
  *c = (cloud){.log_x = block, .log_value = block + n, .error = block + 2 * n};
  return DW_OK;
}

static void cloud_fill(cloud *c, const dw_collapse_data *data, const dw_collapse_options *options) {
  for (int64_t t = 0; t < data->times; t++) {
    const double tau = data->tau[t];
    const int64_t before = c->points;
    for (int64_t k = 0; k < data->shells && tau >= options->tau_first && tau <= options->tau_last; k++) {
      const int64_t i = t * data->shells + k;
      const double x = data->k[k] * tau;
      const double error = dw_spectrum_log_error(data->value[i], data->error != NULL ? data->error[i] : 0.0,
                                                 data->count != NULL ? data->count[k] : 0, options->floor);
      if (x > 0.0 && x >= options->x_first && x < options->x_last && isfinite(error)) {
        c->log_x[c->points] = log(x);
        c->log_value[c->points] = log(data->value[i]);
        c->error[c->points] = error;
        c->points++;
      }
    }
    if (c->points > before) {
      c->tau_first = c->times == 0 ? tau : c->tau_first;
      c->tau_last = tau;
      c->times++;
    }
  }
}

/* chi^2 of a trial with the best F0, which is put into p; a hundred points or so will do. */
static double try_start(const cloud *c, double *p) {
  double gradient[DW_COLLAPSE_PARAMETERS];
  double weights = 0.0;
  double sum = 0.0;
  double squares = 0.0;
  p[DW_COLLAPSE_F0] = 0.0;
  for (int64_t i = 0; i < c->points; i += 1 + c->points / 100) {
    const double off = c->log_value[i] - log_curve(p, c->log_x[i], gradient);
    const double weight = 1.0 / (c->error[i] * c->error[i]);
    weights += weight;
    sum += weight * off;
    squares += weight * off * off;
  }
  p[DW_COLLAPSE_F0] = sum / weights;
  return squares - sum * sum / weights;
}

/* The best of some bends and slopes for this width of the bend. */
static void best_start(const cloud *c, const form *f, double log_d, double *best) {
  double first = (double)INFINITY;
  double last = -(double)INFINITY;
  for (int64_t i = 0; i < c->points; i++) {
    first = fmin(first, c->log_x[i]);
    last = fmax(last, c->log_x[i]);
  }
  double lowest = (double)INFINITY;
  for (int place = 1; place < 8; place++) {
    for (int b = 1; b < 6; b++) {
      double p[] = {0.0, first + (last - first) * place / 8.0, b,
                    f->free[DW_COLLAPSE_D] ? log_d : f->held[DW_COLLAPSE_D], f->held[DW_COLLAPSE_S]};
      const double chi2 = try_start(c, p);
      if (chi2 < lowest) {
        lowest = chi2;
        for (int i = 0; i < DW_COLLAPSE_PARAMETERS; i++) {
          best[i] = p[i];
        }
      }
    }
  }
}

/* From several widths of the bend on, since chi^2 may have more than one valley; the lowest counts. */
static dw_status fit_cloud(const cloud *c, const form *f, dw_fit *best) {
  const dw_fit_data data = {
      .points = c->points, .x = c->log_x, .y = c->log_value, .error = c->error, .kind = DW_FIT_ERRORS_AT_LEAST};
  static const double widths[] = {0.3, 1.0, 3.0};
  for (int w = 0; w < 3; w++) {
    double start[DW_COLLAPSE_PARAMETERS] = {0.0};
    double chosen[DW_COLLAPSE_PARAMETERS];
    int used = 0;
    best_start(c, f, log(widths[w]), start);
    for (int i = 0; i < DW_COLLAPSE_PARAMETERS; i++) {
      if (f->free[i]) {
        chosen[used++] = start[i];
      }
    }
    dw_fit fit;
    DW_TRY(dw_fit_nonlinear(&data, free_curve, f, used, chosen, &fit));
    if (w == 0 || fit.state > best->state || (fit.state == best->state && fit.chi2 < best->chi2)) {
      *best = fit;
    }
  }
  return DW_OK;
}

/* From logarithms to F0, x0 and d; first-order errors. */
static void unpack(const form *f, const dw_fit *fit, dw_collapse_curve *curve) {
  int used = 0;
  for (int i = 0; i < DW_COLLAPSE_PARAMETERS; i++) {
    double value = f->held[i];
    double error = 0.0;
    if (f->free[i]) {
      value = fit->value[used];
      error = fit->error[used++];
    }
    const bool logarithm = i == DW_COLLAPSE_F0 || i == DW_COLLAPSE_X0 || i == DW_COLLAPSE_D;
    curve->value[i] = logarithm ? exp(value) : value;
    curve->error[i] = logarithm ? exp(value) * error : error;
  }
}

double dw_collapse_independent_times(const dw_collapse_options *options, int64_t times, double tau_first,
                                     double tau_last) {
  const double n = options->independent_times > 0.0 ? options->independent_times : 1.0 + log(tau_last / tau_first);
  return fmin(fmax(n, 1.0), (double)times);
}

dw_status dw_collapse_fit(const dw_collapse_data *data, const dw_collapse_options *options, dw_collapse_curve *curve) {
  const form f = {.free = {true, true, true, options->sharpness <= 0.0, options->infrared_free},
                  .held = {0.0, 0.0, 0.0, options->sharpness > 0.0 ? log(options->sharpness) : 0.0, 0.0}};
  cloud c;
  dw_fit fit;
  DW_TRY(cloud_alloc(&c, data));
  cloud_fill(&c, data, options);
  const dw_status status = fit_cloud(&c, &f, &fit);
  if (status == DW_OK) {
    const double n = dw_collapse_independent_times(options, c.times, c.tau_first, c.tau_last);
    dw_fit_inflate(&fit, sqrt((double)c.times / n));
    *curve = (dw_collapse_curve){.state = fit.state,
                                 .points = c.points,
                                 .times = c.times,
                                 .independent_times = n,
                                 .chi2_per_dof = fit.dof > 0 ? fit.chi2 / (double)fit.dof : (double)NAN};
    unpack(&f, &fit, curve);
  }
  dw_free(c.log_x);
  return status;
}
