/* The double integrals are those of f(tau1) f(tau2) C, f = kernel times sqrt(ETC), on Gauss-Legendre nodes in panels of
 * equal length. For the top hat, of width 2 delta,
 *
 *   int int f f = 2 int dtau1 f(tau1) [S(tau1) - S(max(tau1 - delta, begin))],   S(tau) = int from begin to tau of f,
 *
 * is exact if the panels' length divides delta, for then the kink at begin + delta is a panel's border. */
#include "analysis/post/route_models.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_integration.h>
#include <gsl/gsl_sf_legendre.h>
#include <gsl/gsl_spline.h>

#include "base/memory.h"

enum { GAUSS = 8, MOST_PANELS = 1 << 16 };

/* Of a panel, as in route.c; and the exponent beyond which a Gaussian is nothing. */
static const double most_phase = 2.0;
static const double most_expansion = 1.5;
static const double most_exponent = 40.0;

typedef struct panels {
  int count;
  double begin;
  double length; /* of each but the last, 1/m */
  double end;
  double delta;                 /* x_c/k, 1/m */
  double project[GAUSS][GAUSS]; /* from the values at the nodes to Legendre coefficients over 2n + 1 */
  double *tau;                  /* (count, GAUSS) */
  double *dtau;                 /* (count, GAUSS) weights */
  double *f_h;                  /* (count, GAUSS) */
  double *f_rate;               /* (count, GAUSS) */
  double *sum;                  /* (count) S at the start of a panel, for one f at a time */
} panels;

static double panel_start(const panels *p, int n) { return p->begin + n * p->length; }

static double panel_length(const panels *p, int n) { return fmin(p->length, p->end - panel_start(p, n)); }

/* int f f C, for C = 1. */
static double form_coherent(const panels *p, const double *f) {
  double sum = 0.0;
  for (int i = 0; i < p->count * GAUSS; i++) {
    sum += p->dtau[i] * f[i];
  }
  return sum * sum;
}

static double form_incoherent(const panels *p, const double *f) {
  double sum = 0.0;
  for (int i = 0; i < p->count * GAUSS; i++) {
    sum += p->dtau[i] * f[i] * f[i];
  }
  return p->delta * sum;
}

static double form_gaussian(const panels *p, const double *f) {
  double sum = 0.0;
  for (int i = 0; i < p->count * GAUSS; i++) {
    double row = 0.5 * p->dtau[i] * f[i];
    for (int j = i - 1; j >= 0; j--) {
      const double apart = (p->tau[i] - p->tau[j]) / p->delta;
      if (0.5 * apart * apart > most_exponent) {
        break;
      }
      row += p->dtau[j] * f[j] * exp(-0.5 * apart * apart);
    }
    sum += 2.0 * p->dtau[i] * f[i] * row;
  }
  return sum;
}

/* The integral from -1 to x of the polynomial through the values at the nodes: its Legendre series, term by term, with
 * int P_n = (P_{n+1} - P_{n-1})/(2n + 1). */
static double primitive(const panels *p, const double *value, double x) {
  double low = -1.0; /* in place of P_{-1}, so that the integral of P_0 vanishes at -1 */
  double here = 1.0;
  double result = 0.0;
  for (int n = 0; n < GAUSS; n++) {
    const double high = n == 0 ? x : ((2 * n + 1) * x * here - n * low) / (n + 1);
    for (int g = 0; g < GAUSS; g++) {
      result += p->project[n][g] * value[g] * (high - low);
    }
    low = here;
    here = high;
  }
  return result;
}

static double integral_until(const panels *p, const double *f, double tau) {
  const double place = (tau - p->begin) / p->length;
  if (place <= 0.0) {
    return 0.0;
  }
  const int n = place < p->count ? (int)place : p->count - 1;
  const double half = 0.5 * panel_length(p, n);
  return p->sum[n] + half * primitive(p, f + (ptrdiff_t)n * GAUSS, (tau - panel_start(p, n)) / half - 1.0);
}

static double form_top_hat(const panels *p, const double *f) {
  double sum = 0.0;
  for (int n = 0; n < p->count; n++) {
    p->sum[n] = sum;
    for (int g = 0; g < GAUSS; g++) {
      sum += p->dtau[n * GAUSS + g] * f[n * GAUSS + g];
    }
  }
  double result = 0.0;
  for (int i = 0; i < p->count * GAUSS; i++) {
    const double within = integral_until(p, f, p->tau[i]) - integral_until(p, f, p->tau[i] - p->delta);
    result += 2.0 * p->dtau[i] * f[i] * within;
  }
  return result;
}

static const struct {
  bool has_width;
  double (*form)(const panels *p, const double *f);
} models[] = {
    [DW_COHERENCE_FULL] = {false, form_coherent},
    [DW_COHERENCE_NONE] = {true, form_incoherent},
    [DW_COHERENCE_TOP_HAT] = {true, form_top_hat},
    [DW_COHERENCE_GAUSSIAN] = {true, form_gaussian},
};

/* Count and length: fine enough for the kernel, the samples, the expansion and C; a whole number of them is delta. */
static dw_status panels_choose(panels *p, const dw_route *route, double k) {
  const double range = p->end - p->begin;
  double length = fmin(most_phase / k, range / (route->count - 1));
  while (dw_green_expansion(route->green, p->begin, fmin(p->begin + length, p->end)) > most_expansion) {
    length *= 0.5;
  }
  if (p->delta > 0.0) {
    length = p->delta / ceil(p->delta / length);
  }
  if (!(range / length <= MOST_PANELS)) {
    return dw_fail(DW_ERR_PARAM,
                   "correlator with k = %g from tau = %g to %g: a coherence time of %g takes more than %d "
                   "panels",
                   k, p->begin, p->end, p->delta, MOST_PANELS);
  }
  p->length = length;
  p->count = (int)ceil(range / length * (1.0 - 1e-12));
  return DW_OK;
}

static dw_status panels_place(panels *p) {
  gsl_integration_glfixed_table *rule = gsl_integration_glfixed_table_alloc(GAUSS);
  if (rule == NULL) {
    return dw_fail(DW_ERR_MEMORY, "no memory for a rule of quadrature");
  }
  for (size_t g = 0; g < GAUSS; g++) {
    double x = 0.0;
    double weight = 0.0;
    gsl_integration_glfixed_point(-1.0, 1.0, g, &x, &weight, rule);
    for (int n = 0; n < GAUSS; n++) {
      p->project[n][g] = 0.5 * weight * gsl_sf_legendre_Pl(n, x);
    }
    for (int n = 0; n < p->count; n++) {
      const double half = 0.5 * panel_length(p, n);
      p->tau[(size_t)n * GAUSS + g] = panel_start(p, n) + half * (1.0 + x);
      p->dtau[(size_t)n * GAUSS + g] = half * weight;
    }
  }
  gsl_integration_glfixed_table_free(rule);
  return DW_OK;
}

/* f = kernel sqrt(ETC). */
static dw_status panels_fill(panels *p, const dw_route *route, double k, const gsl_spline *half_log_etc) {
  const int nodes = p->count * GAUSS;
  DW_TRY(dw_green_kernels(route->green, k, route->end, nodes, p->tau, p->f_h, p->f_rate));
  for (int i = 0; i < nodes; i++) {
    const double source = exp(gsl_spline_eval(half_log_etc, p->tau[i], NULL));
    p->f_h[i] *= source;
    p->f_rate[i] *= source;
  }
  return DW_OK;
}

static dw_status integrate(panels *p, const dw_route *route, double k, const gsl_spline *half_log_etc,
                           dw_coherence model, dw_route_gw *gw) {
  DW_TRY(panels_choose(p, route, k));
  const size_t nodes = (size_t)p->count * GAUSS;
  void *memory = NULL;
  DW_TRY(dw_alloc(&memory, 4 * nodes + (size_t)p->count, sizeof(double), "the integrals over a correlator"));
  p->tau = memory;
  p->dtau = p->tau + nodes;
  p->f_h = p->tau + 2 * nodes;
  p->f_rate = p->tau + 3 * nodes;
  p->sum = p->tau + 4 * nodes;
  dw_status status = panels_place(p);
  status = status == DW_OK ? panels_fill(p, route, k, half_log_etc) : status;
  if (status == DW_OK) {
    *gw = dw_route_energy(route, k, models[model].form(p, p->f_h), models[model].form(p, p->f_rate));
  }
  dw_free(memory);
  return status;
}

static dw_status check(const dw_route *route, double k, const double *etc, dw_coherence model, double x_c) {
  DW_TRY(dw_route_check(route, k));
  if (models[model].has_width && !(isfinite(x_c) && x_c > 0.0)) {
    return dw_fail(DW_ERR_PARAM, "a coherence time of %g/k: give a value > 0", x_c);
  }
  for (int i = 0; i < route->count; i++) {
    if (!(isfinite(etc[i]) && etc[i] > 0.0)) {
      return dw_fail(DW_ERR_INVALID, "the equal-time correlator at tau = %g is %g; it has to be positive",
                     route->tau[i], etc[i]);
    }
  }
  return k > 0.0 ? DW_OK : dw_fail(DW_ERR_INTERNAL, "a coherence time in units of 1/k needs k > 0");
}

static dw_status spline_fill(gsl_spline *spline, const dw_route *route, const double *etc) {
  void *memory = NULL;
  DW_TRY(dw_alloc(&memory, (size_t)route->count, sizeof(double), "a logarithm of a correlator"));
  double *half_log = memory;
  for (int i = 0; i < route->count; i++) {
    half_log[i] = 0.5 * log(etc[i]);
  }
  const int code = gsl_spline_init(spline, route->tau, half_log, (size_t)route->count);
  dw_free(memory);
  return code == GSL_SUCCESS ? DW_OK : dw_fail(DW_ERR_INTERNAL, "no interpolation of an equal-time correlator");
}

dw_status dw_route_model(const dw_route *route, double k, const double *etc, dw_coherence model, double x_c,
                         dw_route_gw *gw) {
  DW_TRY(check(route, k, etc, model, x_c));
  panels p = {.begin = fmax(route->start, route->tau[0]),
              .end = fmin(route->end, route->tau[route->count - 1]),
              .delta = models[model].has_width ? x_c / k : 0.0};
  *gw = (dw_route_gw){0.0, 0.0};
  if (!(p.begin < p.end)) {
    return DW_OK; /* no source */
  }
  gsl_set_error_handler_off();
  const gsl_interp_type *type = route->count > 2 ? gsl_interp_steffen : gsl_interp_linear;
  gsl_spline *spline = gsl_spline_alloc(type, (size_t)route->count);
  if (spline == NULL) {
    return dw_fail(DW_ERR_MEMORY, "no memory for the interpolation of a correlator");
  }
  dw_status status = spline_fill(spline, route, etc);
  status = status == DW_OK ? integrate(&p, route, k, spline, model, gw) : status;
  gsl_spline_free(spline);
  return status;
}
