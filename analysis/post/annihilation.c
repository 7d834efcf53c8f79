#include "analysis/post/annihilation.h"

#include <math.h>

#include "analysis/post/autocorrelation.h"
#include "base/memory.h"

enum { REWEIGHTINGS = 4 };

static const double least_fraction = 1e-4; /* in the weights */
static const double three = 3.0;           /* n where it is held */

double dw_false_fraction(double bias, double fraction_positive) {
  if (bias == 0.0) {
    return (double)NAN;
  }
  return bias > 0.0 ? 1.0 - fraction_positive : fraction_positive;
}

/* Rows of the window: tau, f, area (NAN without), error and residual of the fit. */
typedef struct rows {
  int64_t count;
  double *tau;
  double *fraction;
  double *area;
  double *error;
  double *residual;
} rows;

static dw_status rows_select(rows *r, const dw_annihilation_series *series, double tau_first, double tau_last) {
  double *block = NULL;
  const size_t n = (size_t)series->rows;
  DW_TRY(dw_alloc((void **)&block, 5 * n, sizeof *block, "rows of a time series"));
  *r = (rows){
      .tau = block, .fraction = block + n, .area = block + 2 * n, .error = block + 3 * n, .residual = block + 4 * n};
  for (int64_t i = 0; i < series->rows; i++) {
    const double tau = series->tau[i];
    if (tau >= tau_first && tau <= tau_last && isfinite(series->fraction[i])) {
      r->tau[r->count] = tau;
      r->fraction[r->count] = series->fraction[i];
      r->area[r->count] = series->area != NULL ? series->area[i] : (double)NAN;
      r->count++;
    }
  }
  return DW_OK;
}

/* When `value` first falls to `level` after row `from`; rows that are NAN are stepped over. */
static double falls_to(const rows *r, const double *value, int64_t from, double level) {
  int64_t before = from;
  for (int64_t i = from + 1; i < r->count; i++) {
    if (!isfinite(value[i])) {
      continue;
    }
    if (value[i] <= level) {
      const double part = (value[before] - level) / (value[before] - value[i]);
      return r->tau[before] + part * (r->tau[i] - r->tau[before]);
    }
    before = i;
  }
  return (double)NAN;
}

static double area_falls(const rows *r) {
  int64_t top = -1;
  for (int64_t i = 0; i < r->count; i++) {
    top = isfinite(r->area[i]) && (top < 0 || r->area[i] > r->area[top]) ? i : top;
  }
  return top < 0 || !(r->area[top] > 0.0) ? (double)NAN : falls_to(r, r->area, top, 0.1 * r->area[top]);
}

/* The first row where nothing is left; count if there is none. */
static int64_t gone_row(const rows *r) {
  int64_t i = 0;
  while (i < r->count && r->fraction[i] > DW_ANNIHILATION_GONE) {
    i++;
  }
  return i;
}

/* A dw_fit_function: p = f0, ln tau_c and n; *context is n where that is held. */
static double decaying(const void *context, double tau, const double *p, double *gradient) {
  const double *held = context;
  const double n = held != NULL ? *held : p[2];
  const double power = exp(n * (log(tau) - p[1]));
  const double decay = exp(-power);
  gradient[0] = decay;
  gradient[1] = p[0] * decay * power * n;
  if (held == NULL) {
    gradient[2] = -p[0] * decay * power * (log(tau) - p[1]);
  }
  return p[0] * decay;
}

/* Errors up to a common factor. */
static void weigh(rows *r, int64_t used, const double *held, const double *p) {
  double gradient[3];
  for (int64_t i = 0; i < used; i++) {
    const double f = fmin(fmax(decaying(held, r->tau[i], p, gradient), 0.0), 1.0);
    const double tau = r->tau[i] / r->tau[0];
    r->error[i] = sqrt(fmax(f * (1.0 - f), least_fraction) * tau * tau * tau);
  }
}

/* Whether f falls by more, until tau_c or the last row, than twice what it wanders in a box of this side. */
static bool exceeds_chance(const rows *r, const dw_decay *decay, double length) {
  const double tau = fmin(decay->tau_c, r->tau[r->count - 1]);
  const double f = decay->f0 * exp(-pow(tau / decay->tau_c, decay->n));
  const double chance = sqrt(fmax(f * (1.0 - f), 0.0) * pow(tau / length, 3.0));
  return length <= 0.0 || decay->f0 - f > 2.0 * chance;
}

static void describe(const rows *r, const dw_fit *fit, const double *held, double length, dw_decay *decay) {
  decay->state = fit->state;
  decay->f0 = fit->value[0];
  decay->f0_error = fit->error[0];
  decay->tau_c = exp(fit->value[1]);
  decay->tau_c_error = decay->tau_c * fit->error[1];
  decay->n = held != NULL ? *held : fit->value[2];
  decay->n_error = held != NULL ? 0.0 : fit->error[2];
  /* The exponent at a given time, (tau/tau_c)^n, has the relative error n times that of tau_c. */
  decay->decays = fit->state == DW_FIT_DONE && 3.0 * decay->n * fit->error[1] < 1.0 && decay->n > 0.0 &&
                  exceeds_chance(r, decay, length);
  decay->beyond = decay->tau_c > r->tau[r->count - 1];
}

/* Fills what the rows left over, in units of their errors and as it is, and the errors that follow. */
static dw_status judge(rows *r, int64_t used, const double *held, dw_fit *fit, dw_decay *decay) {
  double gradient[3];
  double squares = 0.0;
  for (int64_t i = 0; i < used; i++) {
    const double off = r->fraction[i] - decaying(held, r->tau[i], fit->value, gradient);
    r->residual[i] = off / r->error[i];
    squares += off * off;
  }
  decay->residual = sqrt(squares / (double)used);
  dw_autocorrelation c;
  const dw_status status = dw_autocorrelation_measure(&c, used, r->tau, NULL, r->residual, fit->parameters);
  dw_autocorrelation_release(&c);
  DW_TRY(status);
  const double n = decay->independent = c.independent;
  const double p = (double)fit->parameters;
  const double rows_used = (double)used;
  /* The fit took chi^2/(rows - p) for the variance and `rows` for the number of values. */
  const double factor = n > p ? sqrt((rows_used - p) / (n - p)) : (double)NAN;
  dw_fit_inflate(fit, factor);
  return DW_OK;
}

static dw_decay no_decay(const double *held) {
  const double nan = (double)NAN;
  return (dw_decay){.independent = nan,
                    .f0 = nan,
                    .f0_error = nan,
                    .tau_c = nan,
                    .tau_c_error = nan,
                    .n = held != NULL ? *held : nan,
                    .n_error = held != NULL ? 0.0 : nan,
                    .residual = nan};
}

static dw_status fit_decay(rows *r, int64_t used, double start, const double *held, double length, dw_decay *decay) {
  const int parameters = held != NULL ? 2 : 3;
  const dw_fit_data data = {
      .points = used, .x = r->tau, .y = r->fraction, .error = r->error, .kind = DW_FIT_ERRORS_RELATIVE};
  double p[3] = {r->fraction[0], log(start), 3.0};
  dw_fit fit = {.state = DW_FIT_TOO_FEW_POINTS};
  decay->rows = used;
  if (used <= parameters) { /* without scatter there are no errors */
    return DW_OK;
  }
  for (int i = 0; i < REWEIGHTINGS; i++) {
    weigh(r, used, held, p);
    DW_TRY(dw_fit_nonlinear(&data, decaying, held, parameters, p, &fit));
    if (fit.state != DW_FIT_DONE) {
      decay->state = fit.state;
      return DW_OK;
    }
    for (int j = 0; j < parameters; j++) {
      p[j] = fit.value[j];
    }
  }
  DW_TRY(judge(r, used, held, &fit, decay));
  describe(r, &fit, held, length, decay);
  return DW_OK;
}

static dw_status measure(rows *r, double length, dw_annihilation *result) {
  const int64_t gone = gone_row(r);
  const int64_t used = gone < r->count ? gone + 1 : r->count;
  result->rows = r->count;
  result->tau_first = r->tau[0];
  result->tau_last = r->tau[r->count - 1];
  result->fraction_first = r->fraction[0];
  result->fraction_last = r->fraction[r->count - 1];
  result->tau_gone = gone < r->count ? r->tau[gone] : (double)NAN;
  result->tau_area = area_falls(r);
  if (gone > 0) {
    result->tau_fraction = falls_to(r, r->fraction, 0, r->fraction[0] / exp(1.0));
  }
  result->annihilated = gone == 0 || isfinite(result->tau_fraction);
  const double start = isfinite(result->tau_fraction) ? result->tau_fraction : 1.5 * result->tau_last;
  DW_TRY(fit_decay(r, used, start, &three, length, &result->cubic));
  return fit_decay(r, used, start, NULL, length, &result->free);
}

/* NAN where there is none. */
static double first_fraction(const dw_annihilation_series *series) {
  int64_t i = 0;
  while (i < series->rows && isnan(series->fraction[i])) {
    i++;
  }
  return i < series->rows ? series->fraction[i] : (double)NAN;
}

dw_status dw_annihilation_measure(const dw_annihilation_series *series, double tau_first, double tau_last,
                                  dw_annihilation *result) {
  const double nan = (double)NAN;
  *result = (dw_annihilation){.tau_first = nan,
                              .tau_last = nan,
                              .fraction_first = nan,
                              .fraction_last = nan,
                              .tau_fraction = nan,
                              .tau_area = nan,
                              .tau_gone = nan,
                              .cubic = no_decay(&three),
                              .free = no_decay(NULL)};
  rows r;
  DW_TRY(rows_select(&r, series, tau_first, tau_last));
  const dw_status status = r.count > 0 ? measure(&r, series->length, result) : DW_OK;
  dw_free(r.tau);
  if (status == DW_OK && result->fraction_first < first_fraction(series) / exp(1.0)) {
    result->early = true;
    result->annihilated = false;
    result->tau_fraction = result->tau_area = result->tau_gone = nan;
    result->cubic = no_decay(&three);
    result->free = no_decay(NULL);
  }
  return status;
}
