/* The expansion of the universe: scale factor, conformal Hubble rate and cosmic time as functions of conformal time.
 *
 * Metric ds^2 = a^2 (-dtau^2 + dx^2), with a = 1 at the start of a run. Conformal times are in 1/m, rates in m.
 * A background is a row in a table of named structs of functions; to add one, add a row in background.c.
 *
 *   "flat"       a = 1, H = 0, tau_start = 0, t = tau
 *   "power-law"  a = (tau/tau_start)^p, p = 2/(1+3w), tau_start = p/hubble_start, t = a tau/(1+p)
 *                for an equation of state w > -1/3: radiation w = 1/3, p = 1; matter w = 0, p = 2;
 *                kination w = 1, p = 1/2
 *
 * Here H means the conformal rate a'/a = p/tau. From the Friedmann equation, a' ~ a^(2 - 3(1+w)/2); see e.g.
 * V. Mukhanov, Physical Foundations of Cosmology (2005), section 1.3.
 *
 * Not collective. */
#ifndef DW_COSMOLOGY_BACKGROUND_H
#define DW_COSMOLOGY_BACKGROUND_H

#include <stdbool.h>

#include "base/status.h"

struct dw_background_functions;

/* Plain data, may be copied. */
typedef struct dw_background {
  const char *name;    /* static */
  double tau_start;    /* conformal time at which a = 1, 1/m */
  double w;            /* equation of state; 0 in flat space */
  double p;            /* a ~ tau^p; 0 in flat space */
  double hubble_start; /* H/m at the start; 0 in flat space */
  const struct dw_background_functions *functions;
} dw_background;

/* Fills *background; nothing has to be released. `w` and `hubble_start` (units m) are not looked at in flat space.
 * Errors: DW_ERR_PARAM, an unknown name, or no such expansion. */
dw_status dw_background_init(dw_background *background, const char *name, double w, double hubble_start);

/* For tau > 0 in a power law, for any tau in flat space. a(tau_start) is 1 exactly. */
double dw_background_scale_factor(const dw_background *background, double tau);

/* Conformal Hubble rate a'/a, in m. */
double dw_background_hubble(const dw_background *background, double tau);

/* Cosmic time t, dt = a dtau, in 1/m; 0 at tau = 0. */
double dw_background_time(const dw_background *background, double tau);

/* False in flat space, where there is no Hubble volume and no critical density. */
bool dw_background_expands(const dw_background *background);

#endif
