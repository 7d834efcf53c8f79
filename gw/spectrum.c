#include "gw/spectrum.h"

#include <math.h>

#include "base/constants.h"
#include "base/memory.h"

/* |f_k|^2/L^3 from the unnormalised square of dw_modes. */
static double power_factor(const dw_coarse *coarse) {
  const double cell = pow(coarse->lattice->spacing, 3.0);
  return cell * cell / pow(coarse->lattice->length, 3.0);
}

dw_status dw_stress_correlate(const dw_coarse *coarse, const dw_shells *shells, int count, dw_modes *const part[],
                              dw_modes *const with[], double *mean, double *error) {
  dw_parts_sum products = {.count = count};
  for (int i = 0; i < count; i++) {
    products.part[i] = part[i];
    products.with[i] = with[i];
  }
  DW_TRY(dw_shells_average(shells, part[0], dw_parts_product, &products, mean, error));
  const double factor = power_factor(coarse);
  for (int64_t n = 0; n < shells->shells; n++) {
    mean[n] *= factor;
    error[n] *= factor;
  }
  return DW_OK;
}

dw_status dw_stress_spectrum(const dw_coarse *coarse, int count, dw_modes *const part[], double *mean, double *error) {
  return dw_stress_correlate(coarse, coarse->shells, count, part, part, mean, error);
}

double dw_stress_amplitude_factor(const dw_coarse *coarse) { return sqrt(power_factor(coarse)); }

/* 1/4a^2 and k^3/2 pi^2 are the same for |h'|^2 and its average. */
static void to_density(const dw_coarse *coarse, double a, double *values) {
  for (int64_t n = 0; n < coarse->shells->shells; n++) {
    const double k = coarse->shells->k[n];
    values[n] *= k * k * k / (DW_TWO_PI * DW_PI) * power_factor(coarse) / (4.0 * a * a);
  }
}

static void to_omega(const dw_coarse *coarse, double critical, const double *density, double *omega) {
  for (int64_t n = 0; n < coarse->shells->shells; n++) {
    omega[n] = critical > 0.0 ? density[n] / critical : (double)NAN;
  }
}

dw_status dw_gw_spectrum_fill(const dw_gw *gw, const dw_coarse *coarse, const dw_gw_amplitudes *now,
                              dw_gw_spectrum *spectrum) {
  const dw_state *state = coarse->state;
  const dw_shells *shells = coarse->shells;
  const double a = dw_state_scale_factor(state);
  const double hubble = dw_background_hubble(&state->model->background, dw_state_tau(state));
  const double critical = dw_background_expands(&state->model->background) ? 3.0 * hubble * hubble / (a * a) : 0.0;
  const dw_parts_sum rate = {.count = 2, .part = {now->rate[0], now->rate[1]}};
  const dw_parts_sum wave = {.count = 2, .part = {now->wave[0], now->wave[1]}, .weight = dw_gw_squares(gw)};
  /* omega serves as scratch for the second error, which isn't kept. */
  DW_TRY(dw_shells_average(shells, now->wave[0], dw_parts_product, &wave, spectrum->averaged, spectrum->omega));
  DW_TRY(
      dw_shells_average(shells, now->rate[0], dw_parts_product, &rate, spectrum->drho_dlnk, spectrum->drho_dlnk_error));
  double sum = 0.0;
  for (int64_t n = 0; n < shells->shells; n++) {
    sum += (double)shells->count[n] * spectrum->drho_dlnk[n];
    spectrum->averaged[n] = 0.5 * (spectrum->drho_dlnk[n] + spectrum->averaged[n]);
  }
  spectrum->rho = sum * power_factor(coarse) / (4.0 * a * a * pow(coarse->lattice->length, 3.0));
  to_density(coarse, a, spectrum->drho_dlnk);
  to_density(coarse, a, spectrum->drho_dlnk_error);
  to_density(coarse, a, spectrum->averaged);
  to_omega(coarse, critical, spectrum->drho_dlnk, spectrum->omega);
  to_omega(coarse, critical, spectrum->averaged, spectrum->omega_averaged);
  return DW_OK;
}

double dw_gw_efficiency(double rho, double area_parameter, double tension) {
  const double scale = area_parameter * tension;
  return scale > 0.0 ? 8.0 * DW_PI * rho / (scale * scale) : (double)NAN;
}

double dw_stress_scaling(double etc, double tension, double a, double tau) {
  const double scale = tension * tension * a * a * tau;
  return scale > 0.0 ? etc / scale : (double)NAN;
}
