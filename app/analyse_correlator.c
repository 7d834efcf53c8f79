/* Section correlator: whether the equal-time correlator of the stress scales, and the curve it scales to. */
#include <math.h>
#include <stdio.h>

#include "analysis/post/collapse.h"
#include "analysis/post/ensemble.h"
#include "analysis/post/slopes.h"
#include "app/analyse_sections.h"
#include "base/memory.h"

/* The scaling form of one member. Its errors go with the values. */
typedef struct form {
  double *value; /* (T,K); owned with error */
  double *error; /* (T,K) */
  dw_collapse_data data;
} form;

static dw_status form_make(form *f, const dw_archive *run) {
  const dw_archive_spectra *etc = &run->etc;
  const int64_t points = etc->rows * etc->shells;
  const double *value = dw_archive_value(etc, "value");
  const double *error = dw_archive_value(etc, "value_error");
  const double *scaled = dw_archive_value(etc, "scaling");
  void *block = NULL;
  DW_TRY(dw_alloc(&block, 2 * (size_t)points, sizeof(double), "scaling form"));
  f->value = block;
  f->error = f->value + points;
  for (int64_t i = 0; i < points; i++) {
    f->value[i] = scaled[i];
    f->error[i] = value[i] > 0.0 && error != NULL ? error[i] / value[i] * scaled[i] : 0.0;
  }
  f->data = (dw_collapse_data){.times = etc->rows,
                               .shells = etc->shells,
                               .tau = etc->tau,
                               .k = etc->k,
                               .value = f->value,
                               .error = f->error,
                               .count = etc->count};
  return DW_OK;
}

/* What is derived from each member, then averaged. */
enum { F0, X0, B, D, SPREAD, DRIFT, SLOPE, NUMBERS };

static const char *const names[NUMBERS] = {"F0", "x0", "b", "d", "spread", "drift", "slope"};
static const char *const docs[NUMBERS] = {
    "F(0) of F0 [1 + (k tau/x0)^(b/d)]^(-d), its error",
    "the bend x0, its error",
    "b, the slope in the ultraviolet is -b, its error",
    "d, how wide the bend is, its error",
    "scatter between times at equal k tau over the mean, and what the errors let expect",
    "g of F ~ tau^g at fixed k tau, its error",
    "slope of F for k tau of 6 to 20 at the last time, its error",
};

static void take_curve(const dw_collapse_curve *curve, double *value, double *error, int64_t stride) {
  static const int from[4] = {DW_COLLAPSE_F0, DW_COLLAPSE_X0, DW_COLLAPSE_B, DW_COLLAPSE_D};
  for (int i = 0; i < 4; i++) {
    value[i * stride] = curve->value[from[i]];
    error[i * stride] = curve->error[from[i]];
  }
}

/* The last spectra of the window. */
static dw_status slope_of(const dw_analyse_input *input, const dw_archive *run, const form *f, dw_slope *slope) {
  const dw_archive_spectra *etc = &run->etc;
  const int64_t row = dw_analyse_row(etc, dw_analyse_last_time(input));
  const dw_spectrum spectrum = {.shells = etc->shells,
                                .tau = etc->tau[row],
                                .k = etc->k,
                                .value = f->value + row * etc->shells,
                                .error = f->error + row * etc->shells,
                                .count = etc->count};
  return dw_slope_measure(&spectrum, DW_SLOPE_ULTRAVIOLET_FIRST, DW_SLOPE_ULTRAVIOLET_LAST, slope);
}

/* value and error: (NUMBERS, runs). */
static dw_status measure_form(const dw_analyse_input *input, int r, const form *f, double *value, double *error) {
  dw_collapse_options options = dw_collapse_defaults();
  dw_collapse_curve curve;
  dw_collapse_quality quality;
  dw_slope slope;
  const int64_t stride = input->runs;
  options.tau_first = input->from * (1.0 - 1e-9);
  options.tau_last = input->to * (1.0 + 1e-9);
  DW_TRY(dw_collapse_fit(&f->data, &options, &curve));
  DW_TRY(dw_collapse_measure(&f->data, &options, &curve, &quality));
  DW_TRY(slope_of(input, input->run[r], f, &slope));
  take_curve(&curve, value + r, error + r, stride);
  value[SPREAD * stride + r] = quality.spread;
  error[SPREAD * stride + r] = quality.spread_expected;
  value[DRIFT * stride + r] = quality.drift;
  error[DRIFT * stride + r] = quality.drift_error;
  value[SLOPE * stride + r] = slope.value;
  error[SLOPE * stride + r] = slope.error;
  return DW_OK;
}

static dw_status measure(const dw_analyse_input *input, int r, double *value, double *error) {
  form f = {.value = NULL};
  DW_TRY(form_make(&f, input->run[r]));
  const dw_status status = measure_form(input, r, &f, value, error);
  dw_free(f.value);
  return status;
}

static dw_status tell(const dw_analyse_input *input, const double *value, const double *error, dw_findings *findings) {
  for (int i = 0; i < NUMBERS; i++) {
    const dw_estimate all = dw_ensemble_scalar(input->runs, value + i * input->runs, error + i * input->runs);
    char path[64];
    const double row[2] = {all.value, all.error};
    const int64_t shape = 2;
    (void)snprintf(path, sizeof path, "correlator/%s", names[i]);
    DW_TRY(dw_findings_reals(findings, path, 1, &shape, row, "1", docs[i]));
    char error_text[32] = "undetermined";
    if (isfinite(all.error)) {
      (void)snprintf(error_text, sizeof error_text, "%s %-8.2g", i == SPREAD && input->runs == 1 ? "expected" : "+-",
                     all.error);
    }
    DW_TRY(dw_findings_line(findings, "  %-10s %8.4g %-12s %s", names[i], all.value, error_text, docs[i]));
  }
  return DW_OK;
}

dw_status dw_analyse_correlator(const dw_analyse_input *input, dw_findings *findings) {
  void *block = NULL;
  const size_t numbers = (size_t)NUMBERS * (size_t)input->runs;
  DW_TRY(dw_findings_line(findings, "correlator   F(k tau) = ETC/(sigma^2 a^2 tau) = F0 [1 + (k tau/x0)^(b/d)]^(-d)"));
  DW_TRY(dw_alloc(&block, 2 * numbers, sizeof(double), "scaling form"));
  double *value = block;
  double *error = value + numbers;
  dw_status status = DW_OK;
  for (int r = 0; r < input->runs && status == DW_OK; r++) {
    status = measure(input, r, value, error);
  }
  if (status == DW_OK) {
    status = tell(input, value, error, findings);
  }
  dw_free(block);
  return status;
}
