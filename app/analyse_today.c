/* Section today: frequency and h^2 Omega of the spectrum at the end of the window, in analysis.h5 and as files for
 * other programs (analysis/post/export.h).
 *
 * With --sigma, or --lambda and --eta, the run is a sample of scaling: tension and temperature are free. With --eta
 * alone it is taken literally, and the temperature fixes m and with it the tension (cosmology/redshift.h). */
#include <math.h>
#include <stdio.h>

#include "analysis/post/export.h"
#include "analysis/post/ensemble.h"
#include "app/analyse_sections.h"
#include "app/directory.h"
#include "base/memory.h"
#include "cosmology/redshift.h"

/* Share of the critical density from which walls are no longer light. */
static const double HEAVY = 0.3;

/* The spectrum today; arrays (K). */
typedef struct today {
  int64_t shells;
  double temperature; /* at the row, GeV */
  double sigma;       /* GeV^3 */
  double *f;          /* Hz; owns the others */
  double *omega;
  double *error;
  double *shape; /* drho_dlnk in sigma^2/M_P^2 */
  dw_redshift redshift;
} today;

/* --- the moment --- */

/* Conformal time of annihilation: the area at a tenth of its maximum, mean over the members. */
static dw_status annihilation_time(const dw_analyse_input *input, double *tau) {
  *tau = 0.0;
  for (int r = 0; r < input->runs; r++) {
    dw_annihilation result = {.tau_area = (double)NAN};
    if (input->run[r]->params.fields.bias < 0.0 || input->run[r]->params.fields.bias > 0.0) {
      DW_TRY(dw_analyse_annihilation(input->run[r], input->to, &result));
    }
    if (isnan(result.tau_area)) {
      return dw_fail(DW_ERR_PARAM, "--at annihilation: the walls of %s %s; give the temperature at its end (--at end)",
                     input->run[r]->path,
                     result.early ? "annihilate before they are a network" : "don't annihilate within the run");
    }
    *tau += result.tau_area / input->runs;
  }
  return DW_OK;
}

/* The temperature at the row, from that at annihilation: the plasma keeps its entropy, g_*s T^3 a^3. */
static dw_status cool(double temperature, double expansion, double *cooled) {
  dw_degrees then;
  dw_degrees now;
  DW_TRY(dw_degrees_at(temperature, &then));
  *cooled = temperature / expansion;
  for (int i = 0; i < 20; i++) { /* g_*s varies slowly: converges at once */
    DW_TRY(dw_degrees_at(*cooled, &now));
    *cooled = temperature / expansion * cbrt(then.entropy / now.entropy);
  }
  return DW_OK;
}

static dw_status find_temperature(const dw_analyse_input *input, double tau, double *temperature) {
  const dw_background *background = &input->run[0]->model.background;
  *temperature = input->options->temperature;
  if (!input->options->at_annihilation) {
    return DW_OK;
  }
  double annihilated = 0.0;
  DW_TRY(annihilation_time(input, &annihilated));
  const double expansion =
      dw_background_scale_factor(background, tau) / dw_background_scale_factor(background, annihilated);
  return cool(*temperature, expansion, temperature);
}

static double find_tension(const dw_analyse_input *input, const dw_redshift *redshift, double tau) {
  const dw_analyse_options *o = input->options;
  const dw_model *model = &input->run[0]->model;
  const double sigma_hat = model->potential->tension;
  if (!isnan(o->sigma)) {
    return o->sigma;
  }
  if (!isnan(o->lambda)) {
    return sigma_hat * sqrt(o->lambda) * o->eta * o->eta * o->eta; /* sigma_hat m eta^2, m = sqrt(lambda) eta */
  }
  const double a = dw_background_scale_factor(&model->background, tau);
  return dw_redshift_tension(redshift, o->eta, sigma_hat, dw_background_hubble(&model->background, tau) / a);
}

/* --- the spectrum --- */

/* Mean and standard error over the members; of one run its own. */
static dw_status mean_spectrum(const dw_analyse_input *input, double tau, dw_estimate *mean) {
  const int runs = input->runs;
  void *block = NULL;
  DW_TRY(dw_alloc(&block, 2 * (size_t)runs, sizeof(double *), "spectrum today"));
  const double **value = block;
  const double **error = value + runs;
  for (int r = 0; r < runs; r++) {
    const dw_archive_spectra *gw = &input->run[r]->gw;
    const double *own = dw_archive_value(gw, "drho_dlnk_error");
    const int64_t row = dw_analyse_row(gw, tau);
    value[r] = dw_archive_value(gw, "drho_dlnk") + row * gw->shells;
    error[r] = own != NULL ? own + row * gw->shells : NULL;
  }
  const dw_status status = dw_ensemble_curve(runs, input->run[0]->gw.shells, value, error, mean);
  dw_free(block);
  return status;
}

static void fill(today *t, const dw_analyse_input *input, double tau, const dw_estimate *mean) {
  const dw_archive *run = input->run[0];
  const double tension = run->model.potential->tension;
  const double rate = dw_background_hubble(&run->model.background, tau);
  for (int64_t n = 0; n < t->shells; n++) {
    t->shape[n] = mean[n].value / (tension * tension);
    t->f[n] = dw_redshift_frequency(&t->redshift, run->gw.k[n] / rate);
    t->omega[n] = dw_redshift_omega(&t->redshift, t->shape[n], t->sigma);
    t->error[n] = mean[n].error / mean[n].value * t->omega[n];
  }
}

/* Before anything is written. */
static dw_status check_waves(const today *t, double tau) {
  int64_t shells = 0;
  for (int64_t n = 0; n < t->shells; n++) {
    shells += t->omega[n] > 0.0 ? 1 : 0;
  }
  return shells >= 2 ? DW_OK
                     : dw_fail(DW_ERR_PARAM,
                               "the run has no gravitational waves at tau = %.6g (see gw.start); give a later --to, or "
                               "--skip today",
                               tau);
}

static dw_status make(today *t, const dw_analyse_input *input) {
  const dw_archive_spectra *gw = &input->run[0]->gw;
  const double tau = dw_analyse_last_time(input);
  void *block = NULL;
  *t = (today){.shells = gw->shells};
  DW_TRY(find_temperature(input, tau, &t->temperature));
  DW_TRY(dw_redshift_init(&t->redshift, t->temperature));
  t->sigma = find_tension(input, &t->redshift, tau);
  DW_TRY(dw_alloc(&block, (size_t)gw->shells, 4 * sizeof(double), "spectrum today"));
  t->f = block;
  t->omega = t->f + t->shells;
  t->error = t->omega + t->shells;
  t->shape = t->error + t->shells;
  DW_TRY(dw_alloc(&block, (size_t)gw->shells, sizeof(dw_estimate), "spectrum today"));
  dw_status status = mean_spectrum(input, tau, block);
  if (status == DW_OK) {
    fill(t, input, tau, block);
    status = check_waves(t, tau);
  }
  dw_free(block);
  return status;
}

static void finalize(today *t) { dw_free(t->f); }

/* --- the section --- */

static dw_status tell(const dw_analyse_input *input, const today *t, dw_findings *findings) {
  const dw_background *background = &input->run[0]->model.background;
  int64_t peak = 0;
  for (int64_t n = 0; n < t->shells; n++) {
    peak = t->omega[n] > t->omega[peak] ? n : peak;
  }
  DW_TRY(dw_findings_line(findings,
                          "today        of a plasma of %.4g GeV at the end of the window (g_* %.2f, g_*s %.2f), "
                          "sigma^(1/3) = %.4g GeV",
                          t->temperature, t->redshift.degrees.energy, t->redshift.degrees.entropy, cbrt(t->sigma)));
  if (!(fabs(dw_background_power(background, dw_analyse_last_time(input)) - 1.0) < 1e-6)) {
    DW_TRY(
        dw_findings_line(findings, "  warning: the run isn't in radiation domination, for which these formulas hold"));
  }
  const double share = dw_redshift_wall_share(&t->redshift, t->sigma);
  if (share > HEAVY) {
    DW_TRY(dw_findings_line(
        findings,
        "  warning: walls of this tension would have about %.2g of the critical density at that temperature; "
        "a universe that they rule isn't the run's",
        share));
  }
  DW_TRY(
      dw_findings_real(findings, "today/temperature", t->temperature, "GeV", "of the plasma at the spectrum's time"));
  DW_TRY(dw_findings_real(findings, "today/sigma", t->sigma, "GeV^3", "tension of the walls"));
  DW_TRY(dw_findings_reals(findings, "today/f", 1, &t->shells, t->f, "Hz", "frequency today (K)"));
  DW_TRY(dw_findings_reals(findings, "today/omega", 1, &t->shells, t->omega, "1", "h^2 Omega today (K)"));
  DW_TRY(dw_findings_reals(findings, "today/omega_error", 1, &t->shells, t->error, "1",
                           "its standard error, of one run a lower bound (K)"));
  return dw_findings_line(findings, "  largest shell: f = %.4g Hz, h^2 Omega = %.4g; from %.3g to %.3g Hz", t->f[peak],
                          t->omega[peak], t->f[0], t->f[t->shells - 1]);
}

dw_status dw_analyse_today(const dw_analyse_input *input, dw_findings *findings) {
  today t;
  dw_status status = make(&t, input);
  if (status == DW_OK) {
    status = tell(input, &t, findings);
  }
  finalize(&t);
  return status;
}

/* --- files --- */

static dw_status write_text(const dw_analyse_input *input, const today *t, const char *path) {
  char line[4][DW_ARCHIVE_PATH + 64];
  (void)snprintf(line[0], sizeof line[0], "gravitational waves of domain walls today, run %s", input->run[0]->path);
  (void)snprintf(line[1], sizeof line[1], "%d run%s, conformal time %.6g/m", input->runs, input->runs == 1 ? "" : "s",
                 dw_analyse_last_time(input));
  (void)snprintf(line[2], sizeof line[2], "temperature %.6g GeV at that time, tension %.6g GeV^3", t->temperature,
                 t->sigma);
  (void)snprintf(line[3], sizeof line[3], "the error is %s",
                 input->runs > 1 ? "that of the mean over the runs" : "a lower bound, for independent modes");
  const char *const comments[] = {line[0], line[1], line[2], line[3]};
  return dw_export_text(path, 4, comments, (size_t)t->shells, t->f, t->omega, t->error);
}

/* The grid: temperature within two decades, tension within three (h^2 Omega ~ sigma^2: linear in the logarithms, so two
 * steps do), frequencies a decade beyond the data on both sides. */
enum { TEMPERATURES = 41, TENSIONS = 4, FREQUENCIES = 200 };

static dw_status fill_row(const today *t, const dw_redshift *redshift, double sigma, const dw_export_axis *axis,
                          double *scratch, double *values) {
  double *f = scratch;
  double *omega = scratch + t->shells;
  for (int64_t n = 0; n < t->shells; n++) {
    f[n] = t->f[n] / t->redshift.frequency * redshift->frequency;
    omega[n] = dw_redshift_omega(redshift, t->shape[n], sigma);
  }
  return dw_export_resample((size_t)t->shells, f, omega, axis, values);
}

static dw_status fill_grid(const today *t, const dw_export_axis axis[3], double *scratch, double *values) {
  for (int64_t i = 0; i < axis[0].count; i++) {
    dw_redshift redshift;
    DW_TRY(dw_redshift_init(&redshift, pow(10.0, axis[0].start + (double)i * axis[0].step)));
    for (int64_t j = 0; j < axis[1].count; j++) {
      const double sigma = pow(10.0, axis[1].start + (double)j * axis[1].step);
      DW_TRY(fill_row(t, &redshift, sigma, &axis[2], scratch, values + (i * axis[1].count + j) * axis[2].count));
    }
  }
  return DW_OK;
}

static dw_status write_grid(const today *t, const dw_provenance *provenance, const char *path) {
  dw_redshift cold;
  dw_redshift hot;
  DW_TRY(dw_redshift_init(&cold, 0.1 * t->temperature));
  DW_TRY(dw_redshift_init(&hot, 10.0 * t->temperature));
  const double low = log10(t->f[0] / t->redshift.frequency * cold.frequency) - 1.0;
  const double high = log10(t->f[t->shells - 1] / t->redshift.frequency * hot.frequency) + 1.0;
  const dw_export_axis axis[3] = {
      {"log10_temperature", log10(t->temperature) - 1.0, 2.0 / (TEMPERATURES - 1), TEMPERATURES},
      {"log10_sigma", log10(t->sigma) - 3.0, 6.0 / (TENSIONS - 1), TENSIONS},
      {"f", low, (high - low) / (FREQUENCIES - 1), FREQUENCIES}};
  void *block = NULL;
  const size_t points = (size_t)TEMPERATURES * TENSIONS * FREQUENCIES;
  DW_TRY(dw_alloc(&block, points + 2 * (size_t)t->shells, sizeof(double), "grid of spectra today"));
  double *values = block;
  dw_status status = fill_grid(t, axis, values + points, values);
  if (status == DW_OK) {
    status = dw_export_grid(path, 3, axis, values,
                            "log10 h^2 Omega today of gravitational waves of domain walls that scale, against log10 of "
                            "the temperature (GeV) and the tension (GeV^3) when they end, and log10 f (Hz)",
                            provenance);
  }
  dw_free(block);
  return status;
}

dw_status dw_analyse_today_write(const dw_analyse_input *input, const dw_provenance *provenance,
                                 const char *directory) {
  today t;
  char path[DW_PATH_LENGTH + 32];
  dw_status status = make(&t, input);
  (void)snprintf(path, sizeof path, "%s/spectrum_today.txt", directory);
  if (status == DW_OK) {
    status = write_text(input, &t, path);
  }
  (void)snprintf(path, sizeof path, "%s/spectrum_today.h5", directory);
  if (status == DW_OK) {
    status = write_grid(&t, provenance, path);
  }
  finalize(&t);
  return status;
}
