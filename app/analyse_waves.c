/* Section waves: slopes and peak of the spectrum of gravitational waves at the end of the window, and efficiencies. */
#include <math.h>
#include <stdio.h>

#include "analysis/post/ensemble.h"
#include "analysis/post/slopes.h"
#include "app/analyse_sections.h"
#include "base/memory.h"

/* What is derived from each member, then averaged. */
enum { PEAK_X, PEAK, INFRARED, ULTRAVIOLET, AVERAGED, EFFICIENCY_PEAK, EFFICIENCY_TOTAL, NUMBERS };

static const struct {
  const char *name;
  const char *unit;
  const char *doc;
} number[NUMBERS] = {
    [PEAK_X] = {"peak_x", "1", "k tau of the peak of drho_dlnk, its error"},
    [PEAK] = {"peak", "m^2 eta^4/M_P^2", "drho_dlnk at its peak, its error"},
    [INFRARED] = {"slope_infrared", "1", "slope for k tau < 1, its error"},
    [ULTRAVIOLET] = {"slope_ultraviolet", "1", "slope for k tau of 6 to 20, its error"},
    [AVERAGED] = {"slope_ultraviolet_averaged", "1", "the same of drho_dlnk_averaged, its error"},
    [EFFICIENCY_PEAK] = {"efficiency_peak", "1", "8 pi (drho_dlnk at its peak)/(A_t sigma)^2, mean, its error"},
    [EFFICIENCY_TOTAL] = {"efficiency_total", "1", "8 pi rho_gw/(A_t sigma)^2, mean over the window, its error"},
};

static dw_spectrum spectrum_of(const dw_archive_spectra *gw, int64_t row, const char *name) {
  const double *value = dw_archive_value(gw, name);
  const double *error = dw_archive_value(gw, "drho_dlnk_error");
  return (dw_spectrum){.shells = gw->shells,
                       .tau = gw->tau[row],
                       .k = gw->k,
                       .value = value + row * gw->shells,
                       .error = error != NULL ? error + row * gw->shells : NULL,
                       .count = gw->count};
}

/* Mean over the valid rows of the window that have it; it is 0 until gw.start. */
static double mean_of(const dw_analyse_input *input, const dw_archive *run, dw_column column) {
  const double *value = dw_archive_column(run, column);
  double sum = 0.0;
  int64_t count = 0;
  for (int64_t i = 0; i < run->series.rows; i++) {
    if (dw_analyse_row_counts(input, run, i) && value[i] > 0.0) {
      sum += value[i];
      count++;
    }
  }
  return count > 0 ? sum / (double)count : (double)NAN;
}

static dw_status measure(const dw_analyse_input *input, int r, double *value, double *error) {
  const dw_archive *run = input->run[r];
  const int64_t row = dw_analyse_row(&run->gw, dw_analyse_last_time(input));
  const dw_spectrum spectrum = spectrum_of(&run->gw, row, "drho_dlnk");
  const dw_spectrum averaged = spectrum_of(&run->gw, row, "drho_dlnk_averaged");
  dw_spectral_shape shape;
  dw_slope slope;
  DW_TRY(dw_spectral_shape_measure(&spectrum, &shape));
  DW_TRY(dw_slope_measure(&averaged, DW_SLOPE_ULTRAVIOLET_FIRST, DW_SLOPE_ULTRAVIOLET_LAST, &slope));
  const double found[NUMBERS][2] = {
      [PEAK_X] = {shape.peak.x, shape.peak.x_error},
      [PEAK] = {shape.peak.height, shape.peak.height_error},
      [INFRARED] = {shape.infrared.value, shape.infrared.error},
      [ULTRAVIOLET] = {shape.ultraviolet.value, shape.ultraviolet.error},
      [AVERAGED] = {slope.value, slope.error},
      [EFFICIENCY_PEAK] = {mean_of(input, run, DW_COLUMN_EFFICIENCY_PEAK), (double)NAN},
      [EFFICIENCY_TOTAL] = {mean_of(input, run, DW_COLUMN_EFFICIENCY_TOTAL), (double)NAN},
  };
  for (int i = 0; i < NUMBERS; i++) {
    value[i * input->runs + r] = found[i][0];
    error[i * input->runs + r] = found[i][1];
  }
  return DW_OK;
}

static dw_status tell(const dw_analyse_input *input, const double *value, const double *error, dw_findings *findings) {
  DW_TRY(dw_findings_line(findings, "waves        at tau = %.6g", dw_analyse_last_time(input)));
  for (int i = 0; i < NUMBERS; i++) {
    const dw_estimate all = dw_ensemble_scalar(input->runs, value + i * input->runs, error + i * input->runs);
    char path[64];
    const double pair[2] = {all.value, all.error};
    const int64_t shape = 2;
    (void)snprintf(path, sizeof path, "waves/%s", number[i].name);
    DW_TRY(dw_findings_reals(findings, path, 1, &shape, pair, number[i].unit, number[i].doc));
    if (isnan(all.value)) {
      DW_TRY(dw_findings_line(findings, "  %-26s %s", number[i].name,
                              i < EFFICIENCY_PEAK ? "no shells for it" : "no valid row with waves in the window"));
    } else if (isnan(all.error)) {
      DW_TRY(dw_findings_line(findings, "  %-26s %8.4g", number[i].name, all.value));
    } else {
      DW_TRY(dw_findings_line(findings, "  %-26s %8.4g +- %.2g", number[i].name, all.value, all.error));
    }
  }
  return DW_OK;
}

dw_status dw_analyse_waves(const dw_analyse_input *input, dw_findings *findings) {
  void *block = NULL;
  const size_t numbers = (size_t)NUMBERS * (size_t)input->runs;
  DW_TRY(dw_alloc(&block, 2 * numbers, sizeof(double), "shape of spectra"));
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
