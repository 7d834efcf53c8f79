/* Spectra today against the formulas of the conventions, of the literature, and each other. */
#include "tests/dw_test.h"

#include <math.h>

#include "base/constants.h"
#include "cosmology/redshift.h"

static dw_redshift with(double temperature, double energy, double entropy) {
  dw_redshift redshift;
  assert_ok(dw_redshift_init_with(&redshift, temperature, (dw_degrees){.energy = energy, .entropy = entropy}));
  return redshift;
}

/* Catches a wrong constant of nature: Planck mass (PDG: 2.435e18 GeV) and h^2 Omega of photons. */
static void test_constants(void **state) {
  (void)state;
  assert_close(dw_redshift_planck_mass(), 2.435e18, 0, 0.0005e18);
  assert_close(dw_redshift_photons(), 2.473e-5, 0, 0.0005e-5);
}

/* Catches a wrong redshift: the two constants of docs/conventions.md to the three digits given. */
static void test_stated_constants(void **state) {
  (void)state;
  const dw_redshift omega = with(1.0, 100.0, 100.0);
  const dw_redshift peak = with(0.01, 10.0, 10.0);
  const double f = dw_redshift_frequency(&peak, DW_TWO_PI);
  print_message("h^2 Omega today = %.4e Omega at g = 100; f = %.4e Hz of k = 2 pi aH at 10 MeV, g = 10\n",
                omega.fraction, f);
  assert_close(omega.fraction, 1.65e-5, 0, 0.005e-5);
  assert_close(f, 1.12e-9, 0, 0.005e-9);
}

/* Catches a wrong power of T, g_* or g_*s. */
static void test_powers(void **state) {
  (void)state;
  const dw_redshift one = with(0.01, 10.0, 10.0);
  const dw_redshift other = with(0.37, 30.0, 80.0);
  assert_close(other.frequency / one.frequency, sqrt(3.0) / 2.0 * 37.0, 1e-12, 0); /* 8^(1/3) = 2 */
  assert_close(other.fraction / one.fraction, 3.0 / 16.0, 1e-12, 0);
  assert_close(other.dilution / one.dilution, 0.5 / 37.0, 1e-12, 0);
  assert_close(other.hubble / one.hubble, sqrt(3.0) * 37.0 * 37.0, 1e-12, 0);
  assert_close(dw_redshift_frequency(&other, 2.5), 2.5 * other.frequency, 1e-15, 0);
}

/* Catches a share of walls that isn't 1 when they come to rule: t = 3 M_P^2/(4 A sigma), arXiv:1703.02576, with A = 1.
 */
static void test_walls_rule(void **state) {
  (void)state;
  const dw_redshift redshift = with(0.3, 50.0, 50.0);
  const double time = 0.5 / redshift.hubble;
  const double sigma = 0.75 * pow(dw_redshift_planck_mass(), 2) / time;
  assert_close(dw_redshift_wall_share(&redshift, sigma), 1.0, 1e-14, 0);
}

/* Catches factors lost between walls and h^2 Omega: K. Saikawa, Universe 3 (2017) 40, arXiv:1703.02576, gives
 * h^2 Omega = 7.2e-18 epsilon A^2 (g_*s/10)^(-4/3) (sigma/TeV^3)^2 (T/10 MeV)^-4 at the peak, where g_* = g_*s, for
 * d rho/dlnk = epsilon A^2 sigma^2/(8 pi M_P^2), and is rounded to two digits. */
static void test_walls_in_the_literature(void **state) {
  (void)state;
  const double epsilon = 0.7;
  const double area_parameter = 0.8;
  for (int i = 0; i < 3; i++) {
    const double temperature = (double[]){0.01, 0.3, 5.0}[i];
    const double g = (double[]){10.0, 50.0, 80.0}[i];
    const double sigma = (double[]){1e9, 1e15, 1e13}[i];
    const dw_redshift redshift = with(temperature, g, g);
    const double peak = epsilon * area_parameter * area_parameter;
    assert_close(dw_redshift_omega(&redshift, peak / (8.0 * DW_PI), sigma),
                 7.2e-18 * peak * pow(g / 10.0, -4.0 / 3.0) * pow(sigma / 1e9, 2) * pow(temperature / 0.01, -4), 0.015,
                 0);
  }
}

/* Catches a reading of a run that disagrees with its own Omega: (eta/M_P)^4 Omega_hat, with the tension that eta and T
 * leave, and with m = H/H_hat put in by hand. */
static void test_run_taken_literally(void **state) {
  (void)state;
  const double eta = 3e15;
  const double sigma_hat = 2.0 * sqrt(2.0) / 3.0;
  const double conformal_hubble = 0.11;
  const double a = 9.3;
  const double rho_hat = 0.017; /* d rho_hat/dlnk */
  dw_redshift redshift;
  assert_ok(dw_redshift_init(&redshift, 0.07));
  const double omega_hat = rho_hat / (3.0 * conformal_hubble * conformal_hubble / (a * a));
  const double expected = pow(eta / dw_redshift_planck_mass(), 4) * omega_hat * redshift.fraction;
  const double sigma = dw_redshift_tension(&redshift, eta, sigma_hat, conformal_hubble / a);
  assert_close(dw_redshift_omega(&redshift, rho_hat / (sigma_hat * sigma_hat), sigma), expected, 1e-12, 0);
  const double m = redshift.hubble / (conformal_hubble / a);
  assert_close(sigma, sigma_hat * m * eta * eta, 1e-12, 0);
}

/* Catches a scaling network whose waves don't grow like sigma^2/T^4 where g is constant. */
static void test_run_taken_as_scaling(void **state) {
  (void)state;
  const dw_redshift early = with(0.02, 10.7, 10.7);
  const dw_redshift late = with(0.01, 10.7, 10.7);
  assert_close(dw_redshift_omega(&late, 0.01, 2e12) / dw_redshift_omega(&early, 0.01, 1e12), 64.0, 1e-12, 0);
}

/* Catches degrees of freedom that aren't those at T. */
static void test_standard_model(void **state) {
  (void)state;
  dw_redshift redshift;
  dw_degrees degrees;
  assert_ok(dw_redshift_init(&redshift, 0.15));
  assert_ok(dw_degrees_at(0.15, &degrees));
  assert_true(degrees.energy > 1.05 * degrees.entropy); /* in the QCD transition they differ */
  const dw_redshift same = with(0.15, degrees.energy, degrees.entropy);
  assert_close(redshift.frequency, same.frequency, 1e-15, 0);
  assert_close(redshift.fraction, same.fraction, 1e-15, 0);
  assert_status(dw_redshift_init(&redshift, 0.0), DW_ERR_PARAM);
  assert_status(dw_redshift_init_with(&redshift, 1.0, (dw_degrees){10.0, 0.0}), DW_ERR_PARAM);
  assert_status(dw_redshift_init_with(&redshift, 1.0, (dw_degrees){NAN, 10.0}), DW_ERR_PARAM);
  assert_status(dw_redshift_init_with(&redshift, -1.0, (dw_degrees){10.0, 10.0}), DW_ERR_PARAM);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_constants),
      cmocka_unit_test(test_stated_constants),
      cmocka_unit_test(test_powers),
      cmocka_unit_test(test_walls_rule),
      cmocka_unit_test(test_walls_in_the_literature),
      cmocka_unit_test(test_run_taken_literally),
      cmocka_unit_test(test_run_taken_as_scaling),
      cmocka_unit_test(test_standard_model),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
