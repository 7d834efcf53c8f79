#include "cosmology/redshift.h"

#include <math.h>

#include "base/constants.h"

/* CODATA 2018 (exact but for G), the temperature of D. Fixsen, ApJ 707 (2009) 916, and the IAU's parsec (648000/pi au).
 * SI units. */
static const double hbar = 6.62607015e-34 / DW_TWO_PI;
static const double light_speed = 299792458.0;
static const double boltzmann = 1.380649e-23;
static const double newton = 6.67430e-11;
static const double gev = 1.602176634e-10;
static const double temperature_today = 2.7255;
static const double megaparsec = 648000.0 / DW_PI * 149597870700.0 * 1e6;

static double today_in_gev(void) { return temperature_today * boltzmann / gev; }

double dw_redshift_planck_mass(void) { return sqrt(hbar * pow(light_speed, 5) / (8.0 * DW_PI * newton)) / gev; }

/* rho_gamma = pi^2 T^4/15 over 3 H^2 M_P^2 with H = 100 km/s/Mpc. */
double dw_redshift_photons(void) {
  const double hubble = 1e5 / megaparsec * hbar / gev;
  const double mass = dw_redshift_planck_mass();
  return DW_PI * DW_PI / 15.0 * pow(today_in_gev(), 4) / (3.0 * hubble * hubble * mass * mass);
}

dw_status dw_redshift_init_with(dw_redshift *redshift, double temperature, dw_degrees degrees) {
  if (!(isfinite(temperature) && temperature > 0.0 && isfinite(degrees.energy) && degrees.energy > 0.0 &&
        isfinite(degrees.entropy) && degrees.entropy > 0.0)) {
    return dw_fail(DW_ERR_PARAM, "no redshift to today from T = %g GeV, g_* = %g, g_*s = %g; give values > 0",
                   temperature, degrees.energy, degrees.entropy);
  }
  const double ratio = dw_degrees_today().entropy / degrees.entropy;
  redshift->temperature = temperature;
  redshift->degrees = degrees;
  redshift->hubble =
      sqrt(DW_PI * DW_PI * degrees.energy / 90.0) * temperature * temperature / dw_redshift_planck_mass();
  redshift->dilution = today_in_gev() / temperature * cbrt(ratio);
  redshift->frequency = redshift->hubble * gev / hbar * redshift->dilution / DW_TWO_PI;
  redshift->fraction = dw_redshift_photons() * 0.5 * degrees.energy * pow(ratio, 4.0 / 3.0);
  return DW_OK;
}

dw_status dw_redshift_init(dw_redshift *redshift, double temperature) {
  dw_degrees degrees;
  DW_TRY(dw_degrees_at(temperature, &degrees));
  return dw_redshift_init_with(redshift, temperature, degrees);
}

double dw_redshift_frequency(const dw_redshift *redshift, double x) { return x * redshift->frequency; }

double dw_redshift_omega(const dw_redshift *redshift, double drho_dlnk, double sigma) {
  const double root = sigma / (redshift->hubble * pow(dw_redshift_planck_mass(), 2)); /* of sigma^2/(H^2 M_P^4) */
  return redshift->fraction * drho_dlnk * root * root / 3.0;
}

double dw_redshift_wall_share(const dw_redshift *redshift, double sigma) {
  const double planck = dw_redshift_planck_mass();
  return 2.0 * sigma / (3.0 * redshift->hubble * planck * planck);
}

double dw_redshift_tension(const dw_redshift *redshift, double eta, double sigma_hat, double hubble_over_m) {
  return sigma_hat * redshift->hubble / hubble_over_m * eta * eta;
}
