#include "cosmology/background.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "cosmology/background_private.h"

static double flat_scale_factor(const dw_background *background, double tau) {
  (void)background;
  (void)tau;
  return 1.0;
}

static double flat_hubble(const dw_background *background, double tau) {
  (void)background;
  (void)tau;
  return 0.0;
}

static double flat_time(const dw_background *background, double tau) {
  (void)background;
  return tau;
}

static double flat_power(const dw_background *background, double tau) {
  (void)background;
  (void)tau;
  return 0.0;
}

static dw_status power_law_init(dw_background *background, double w, double hubble_start) {
  if (!(isfinite(w) && w > -1.0 / 3.0)) {
    return dw_fail(DW_ERR_PARAM,
                   "cosmology.w: no decelerating power law has w = %g; give a value > -1/3 (radiation is 1/3)", w);
  }
  if (!(isfinite(hubble_start) && hubble_start > 0)) {
    return dw_fail(DW_ERR_PARAM, "cosmology.hubble_start: H/m at the start can't be %g; give a value > 0",
                   hubble_start);
  }
  background->w = w;
  background->hubble_start = hubble_start;
  background->p = 2.0 / (1.0 + 3.0 * w);
  background->tau_start = background->p / hubble_start;
  return DW_OK;
}

static double power_law_scale_factor(const dw_background *background, double tau) {
  return pow(tau / background->tau_start, background->p);
}

static double power_law_hubble(const dw_background *background, double tau) { return background->p / tau; }

static double power_law_time(const dw_background *background, double tau) {
  return power_law_scale_factor(background, tau) * tau / (1.0 + background->p);
}

static double power_law_power(const dw_background *background, double tau) {
  (void)tau;
  return background->p;
}

static const dw_background_functions flat = {"flat", false, flat_scale_factor, flat_hubble, flat_time, flat_power};

static const dw_background_functions power_law = {"power-law",      true,           power_law_scale_factor,
                                                  power_law_hubble, power_law_time, power_law_power};

void dw_background_begin(dw_background *background, const dw_background_functions *functions) {
  memset(background, 0, sizeof *background);
  background->name = functions->name;
  background->functions = functions;
}

dw_status dw_background_init(dw_background *background, const char *name, double w, double hubble_start) {
  if (strcmp(name, flat.name) == 0) {
    dw_background_begin(background, &flat);
    return DW_OK;
  }
  dw_background_begin(background, &power_law);
  if (strcmp(name, power_law.name) == 0) {
    return power_law_init(background, w, hubble_start);
  }
  return dw_fail(DW_ERR_PARAM,
                 "cosmology.background: \"%s\" is no power law and not flat; give \"power-law\" or \"flat\"", name);
}

double dw_background_scale_factor(const dw_background *background, double tau) {
  return background->functions->scale_factor(background, tau);
}

double dw_background_hubble(const dw_background *background, double tau) {
  return background->functions->hubble(background, tau);
}

double dw_background_time(const dw_background *background, double tau) {
  return background->functions->time(background, tau);
}

double dw_background_power(const dw_background *background, double tau) {
  return background->functions->power(background, tau);
}

double dw_background_end(const dw_background *background) {
  return background->rows > 0 ? exp(background->row[background->rows - 1].x) : (double)INFINITY;
}

bool dw_background_expands(const dw_background *background) { return background->functions->expands; }
