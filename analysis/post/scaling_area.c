#include "analysis/post/scaling_area.h"

#include <math.h>

#include "analysis/post/autocorrelation.h"
#include "base/memory.h"

const char *dw_scaling_verdict_text(dw_scaling_verdict verdict) {
  switch (verdict) {
    case DW_SCALING_UNKNOWN: return "not known";
    case DW_SCALING_CONSTANT: return "constant within errors";
    case DW_SCALING_DRIFTING: break;
  }
  return "drifting";
}

static const dw_estimate unknown = {.value = (double)NAN, .error = (double)NAN, .members = 1};

/* The rows of the window. */
typedef struct rows {
  int64_t count;
  double *tau;
  double *value;
  double *weight;      /* the step in ln(tau) that a row stands for */
  double *abscissa;    /* of a straight line */
  double *coefficient; /* of the values in what is derived */
  double *residual;
} rows;

static dw_status rows_alloc(rows *r, int64_t most) {
  double *block = NULL;
  const size_t n = (size_t)most;
  DW_TRY(dw_alloc((void **)&block, 6 * n, sizeof *block, "rows of a time series"));
  *r = (rows){.tau = block,
              .value = block + n,
              .weight = block + 2 * n,
              .abscissa = block + 3 * n,
              .coefficient = block + 4 * n,
              .residual = block + 5 * n};
  return DW_OK;
}

static void rows_free(rows *r) { dw_free(r->tau); }

/* Fills tau and value, and what *scaling says of the window. */
static void select_rows(const dw_scaling_series *series, double tau_first, double tau_last, rows *r,
                        dw_scaling *scaling) {
  int64_t first = -1;
  int64_t last = -1;
  for (int64_t i = 0; i < series->rows; i++) {
    const double tau = series->tau[i];
    if (!(tau >= tau_first && tau <= tau_last && isfinite(series->value[i]))) {
      continue;
    }
    first = first < 0 ? i : first;
    last = i;
    r->tau[r->count] = tau;
    r->value[r->count] = series->value[i];
    r->count++;
  }
  scaling->rows = r->count;
  if (r->count > 0) {
    const double *clock = series->a != NULL ? series->a : series->tau;
    scaling->tau_first = series->tau[first];
    scaling->tau_last = series->tau[last];
    scaling->hubble_times = log(clock[last] / clock[first]);
  }
}

/* Trapezoids in ln(tau), with a sum of 1. */
static void weigh(rows *r) {
  const double range = log(r->tau[r->count - 1] / r->tau[0]);
  for (int64_t i = 0; i < r->count; i++) {
    const double before = r->tau[i > 0 ? i - 1 : 0];
    const double after = r->tau[i + 1 < r->count ? i + 1 : i];
    r->weight[i] = 0.5 * log(after / before) / range;
  }
}

static double mean_of(const rows *r, const double *value) {
  double sum = 0.0;
  for (int64_t i = 0; i < r->count; i++) {
    sum += r->weight[i] * value[i];
  }
  return sum;
}

/* A weighted straight line value = c0 + c1 abscissa. */
typedef struct line {
  double middle; /* mean of the abscissa */
  double lever;  /* mean square about it */
  double mean;   /* of the values */
  double slope;
} line;

/* Also leaves what the line leaves over, or, without a slope, what the mean does. */
static line fit_line(rows *r, bool sloping) {
  line l = {.middle = mean_of(r, r->abscissa), .mean = mean_of(r, r->value)};
  for (int64_t i = 0; i < r->count; i++) {
    const double off = r->abscissa[i] - l.middle;
    l.lever += r->weight[i] * off * off;
    l.slope += r->weight[i] * off * r->value[i];
  }
  l.slope = sloping ? l.slope / l.lever : 0.0;
  for (int64_t i = 0; i < r->count; i++) {
    r->residual[i] = r->value[i] - l.mean - l.slope * (r->abscissa[i] - l.middle);
  }
  return l;
}

/* The error of level + lever * (abscissa - middle), as numbers that are linear in the values: the factors of mean and
 * slope in what is asked for. NAN where the rows are worth no more values than the line has parameters. */
static double error_of(rows *r, const line *l, const dw_autocorrelation *c, double of_mean, double of_slope,
                       double independent, int parameters) {
  for (int64_t i = 0; i < r->count; i++) {
    r->coefficient[i] = r->weight[i] * (of_mean + of_slope * (r->abscissa[i] - l->middle) / l->lever);
  }
  const double error = dw_autocorrelation_error(c, r->coefficient);
  return independent > parameters ? error * sqrt(c->independent / independent) : (double)NAN;
}

static dw_scaling_verdict verdict_of(const dw_scaling *s) {
  if (!isfinite(s->drift_range)) {
    return DW_SCALING_UNKNOWN;
  }
  if (fabs(s->drift.value) <= s->drift_range) {
    return DW_SCALING_CONSTANT;
  }
  return s->lower_bound ? DW_SCALING_UNKNOWN : DW_SCALING_DRIFTING;
}

static double at_least_hubble_times(const dw_autocorrelation *c, const dw_scaling *s) {
  return fmin(fmax(c->independent, s->hubble_times), (double)s->rows);
}

static dw_status measure_mean(rows *r, dw_scaling *s) {
  dw_autocorrelation c;
  const line l = fit_line(r, false);
  const dw_status status = dw_autocorrelation_measure(&c, r->count, r->tau, r->weight, r->residual, 1);
  if (status == DW_OK) {
    const double n = at_least_hubble_times(&c, s);
    s->mean = (dw_estimate){.value = l.mean, .error = error_of(r, &l, &c, 1.0, 0.0, n, 1), .members = 1};
  }
  dw_autocorrelation_release(&c);
  return status;
}

/* A line in ln(tau) or in 1/tau; *n is what the rows are worth for it. */
static dw_status measure_line(rows *r, const dw_scaling *s, double of_mean, double of_slope, bool at_infinity,
                              double *n, dw_estimate *estimate) {
  dw_autocorrelation c;
  for (int64_t i = 0; i < r->count; i++) {
    r->abscissa[i] = at_infinity ? 1.0 / r->tau[i] : log(r->tau[i]);
  }
  const line l = fit_line(r, true);
  const double slope = at_infinity ? -l.middle : of_slope; /* A = value at 1/tau = 0 */
  const dw_status status = dw_autocorrelation_measure(&c, r->count, r->tau, r->weight, r->residual, 2);
  if (status == DW_OK) {
    *n = at_least_hubble_times(&c, s);
    *estimate = (dw_estimate){
        .value = of_mean * l.mean + slope * l.slope, .error = error_of(r, &l, &c, of_mean, slope, *n, 2), .members = 1};
  }
  dw_autocorrelation_release(&c);
  return status;
}

static dw_status measure(rows *r, dw_scaling *s) {
  double n = 0.0;
  weigh(r);
  DW_TRY(measure_line(r, s, 1.0, 0.0, true, &n, &s->limit));
  DW_TRY(measure_line(r, s, 0.0, 1.0, false, &s->independent, &s->drift));
  DW_TRY(measure_mean(r, s));
  s->drift_range = dw_estimate_range(s->drift.error, s->independent - 2.0);
  return DW_OK;
}

dw_status dw_scaling_measure(const dw_scaling_series *series, double tau_first, double tau_last, dw_scaling *scaling) {
  *scaling = (dw_scaling){.tau_first = (double)NAN,
                          .tau_last = (double)NAN,
                          .hubble_times = 0.0,
                          .lower_bound = true,
                          .mean = unknown,
                          .drift = unknown,
                          .limit = unknown,
                          .drift_range = (double)NAN,
                          .verdict = DW_SCALING_UNKNOWN};
  rows r;
  DW_TRY(rows_alloc(&r, series->rows));
  select_rows(series, tau_first, tau_last, &r, scaling);
  dw_status status = DW_OK;
  if (r.count > 2) {
    scaling->lower_bound = scaling->hubble_times < DW_SCALING_LONG_WINDOW;
    status = measure(&r, scaling);
    scaling->verdict = verdict_of(scaling);
  } else if (r.count > 0) {
    scaling->mean.value = r.count == 1 ? r.value[0] : 0.5 * (r.value[0] + r.value[1]);
  }
  rows_free(&r);
  return status;
}

typedef dw_estimate (*part_of)(const dw_scaling *scaling);
static dw_estimate mean_part(const dw_scaling *s) { return s->mean; }
static dw_estimate drift_part(const dw_scaling *s) { return s->drift; }
static dw_estimate limit_part(const dw_scaling *s) { return s->limit; }

static dw_estimate over_members(int64_t members, const dw_scaling *member, part_of part, double *scratch) {
  for (int64_t m = 0; m < members; m++) {
    scratch[m] = part(&member[m]).value;
  }
  return dw_ensemble_scalar(members, scratch, NULL);
}

dw_status dw_scaling_combine(int64_t members, const dw_scaling *member, dw_scaling *all) {
  *all = member[0];
  if (members < 2) {
    return DW_OK;
  }
  double *scratch = NULL;
  DW_TRY(dw_alloc((void **)&scratch, (size_t)members, sizeof *scratch, "one number per member"));
  all->mean = over_members(members, member, mean_part, scratch);
  all->drift = over_members(members, member, drift_part, scratch);
  all->limit = over_members(members, member, limit_part, scratch);
  dw_free(scratch);
  all->independent = (double)all->drift.members;
  all->lower_bound = false;
  all->drift_range = dw_estimate_range(all->drift.error, (double)all->drift.members - 1.0);
  all->verdict = verdict_of(all);
  return DW_OK;
}
