/* Degrees of freedom of the plasma against an ideal gas, another published equation of state and the table's own rows.
 */
#include "tests/dw_test.h"

#include <math.h>

#include "base/constants.h"
#include "cosmology/degrees.h"
#include "cosmology/degrees_table.h"

static dw_degrees at(double temperature) {
  dw_degrees degrees = {NAN, NAN};
  assert_ok(dw_degrees_at(temperature, &degrees));
  return degrees;
}

/* Energy and entropy density of electrons and positrons, as degrees of freedom; mass over temperature. Simpson's rule
 * over momentum/T. */
static dw_degrees electrons(double mass) {
  const int intervals = 2000;
  const double h = 50.0 / intervals;
  double energy = 0.0;
  double pressure = 0.0;
  for (int n = 1; n < intervals; n++) { /* both ends are 0 */
    const double p = n * h;
    const double e = hypot(p, mass);
    const double weight = (n % 2 == 1 ? 4.0 : 2.0) * h / 3.0 * 4.0 * p * p / (2.0 * DW_PI * DW_PI) / (exp(e) + 1.0);
    energy += weight * e;
    pressure += weight * p * p / (3.0 * e);
  }
  return (dw_degrees){.energy = energy * 30.0 / (DW_PI * DW_PI),
                      .entropy = (energy + pressure) * 45.0 / (2.0 * DW_PI * DW_PI)};
}

/* Catches a wrong temperature unit, columns exchanged, or rows wrong below 5 MeV: photons, electrons and three
 * neutrinos that decoupled before annihilation (e.g. S. Weinberg, Cosmology (2008), section 3.1). What is left is the
 * heat that neutrinos get, and QED. */
static void test_ideal_gas(void **state) {
  (void)state;
  for (double temperature = 1e-5; temperature < 5e-3; temperature *= 1.13) {
    const dw_degrees e = electrons(0.51099895e-3 / temperature);
    const double cooling = cbrt((2.0 + e.entropy) / 5.5); /* neutrinos' temperature over the photons' */
    const dw_degrees degrees = at(temperature);
    assert_close(degrees.energy, 2.0 + e.energy + 5.25 * pow(cooling, 4), 7e-3, 0);
    assert_close(degrees.entropy, 2.0 + e.entropy + 5.25 * pow(cooling, 3), 7e-3, 0);
  }
}

/* Catches other values after annihilation than those with N_eff = 3.044 (energy is its definition; of the entropy the
 * neutrinos' spectra decide the last 3e-4). */
static void test_today(void **state) {
  (void)state;
  const double n_eff = 3.044;
  const dw_degrees today = dw_degrees_today();
  assert_close(today.energy, 2.0 + 1.75 * n_eff * pow(4.0 / 11.0, 4.0 / 3.0), 3e-4, 0);
  assert_close(today.entropy, 2.0 + 5.25 * 4.0 / 11.0 * pow(n_eff / 3.0, 0.75), 5e-4, 0);
  assert_close(at(1e-9).energy, today.energy, 0, 0);
  assert_close(at(1e-9).entropy, today.entropy, 0, 0);
}

/* Catches rows that were copied wrongly: table S2 of Borsanyi et al. (log10 T/MeV, g_*, g_* /g_*s), with the deviations
 * that degrees.h states. Its first row takes neutrinos as coupled at 1 MeV. */
static void test_other_source(void **state) {
  (void)state;
  static const struct {
    double log_temperature, energy, ratio, most;
  } rows[] = {{0.00, 10.71, 1.00228, 0.016}, {0.50, 10.74, 1.00029, 0.003}, {1.00, 10.76, 1.00048, 0.003},
              {1.25, 11.09, 1.00505, 0.003}, {1.60, 13.68, 1.02159, 0.003}, {2.00, 17.61, 1.02324, 0.011},
              {2.15, 24.07, 1.05423, 0.023}, {2.20, 29.84, 1.07578, 0.011}, {2.40, 47.83, 1.06118, 0.011},
              {2.50, 53.04, 1.04690, 0.011}, {3.00, 73.48, 1.01778, 0.051}, {4.00, 83.10, 1.00123, 0.026},
              {4.30, 85.56, 1.00389, 0.042}, {4.60, 91.97, 1.00887, 0.032}, {5.00, 102.17, 1.00750, 0.012},
              {5.45, 104.98, 1.00023, 0.013}};
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    const dw_degrees degrees = at(1e-3 * pow(10.0, rows[i].log_temperature));
    assert_close(degrees.energy, rows[i].energy, rows[i].most, 0);
    assert_close(degrees.entropy, rows[i].energy / rows[i].ratio, rows[i].most, 0);
  }
}

/* Catches a spline that misses the rows of the source that were left out. */
static void test_rows_left_out(void **state) {
  (void)state;
  static const dw_degrees_row rows[] = {{1.04013e-4, 4.44365, 4.91475}, {2.27047e-4, 7.86822, 8.05778},
                                        {3.29173e-2, 12.9353, 12.6923}, {2.31737e-1, 45.5114, 42.6973},
                                        {3.59500e-1, 56.0083, 53.8890}, {4.36975e-1, 59.3635, 57.5518},
                                        {6.45611e-1, 64.8439, 63.5044}, {57.4627, 94.7866, 93.8658},
                                        {108.355, 101.812, 101.018},    {71289.3, 104.237, 104.230}};
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    assert_close(at(rows[i].temperature).energy, rows[i].energy, 1e-3, 0);
    assert_close(at(rows[i].temperature).entropy, rows[i].entropy, 1e-3, 0);
  }
  assert_close(at(3139.85).energy, 103.968, 3e-5, 0); /* where rows are far apart and only ln T will do */
}

/* Catches temperatures out of order, overshoot between rows, and a fall with temperature that isn't the stated one. */
static void test_rises(void **state) {
  (void)state;
  double most[2] = {0.0, 0.0};
  for (size_t i = 0; i + 1 < dw_degrees_rows; i++) {
    const dw_degrees_row *row = &dw_degrees_table[i];
    assert_true(row[1].temperature > row[0].temperature);
    for (int n = 0; n <= 8; n++) {
      const double temperature = row[0].temperature * pow(row[1].temperature / row[0].temperature, n / 8.0);
      const dw_degrees degrees = at(temperature);
      assert_true(degrees.energy >= fmin(row[0].energy, row[1].energy) * (1.0 - 1e-12));
      assert_true(degrees.energy <= fmax(row[0].energy, row[1].energy) * (1.0 + 1e-12));
      assert_true(degrees.entropy >= fmin(row[0].entropy, row[1].entropy) * (1.0 - 1e-12));
      assert_true(degrees.entropy <= fmax(row[0].entropy, row[1].entropy) * (1.0 + 1e-12));
      assert_true(degrees.energy > most[0] * (1.0 - 2e-3) && degrees.entropy > most[1] * (1.0 - 1e-3));
      most[0] = fmax(most[0], degrees.energy);
      most[1] = fmax(most[1], degrees.entropy);
    }
  }
}

/* Catches values that a reader of other tables wouldn't recognise. */
static void test_familiar_values(void **state) {
  (void)state;
  assert_close(at(0.01).energy, 10.75, 2e-3, 0);
  assert_close(at(0.01).entropy, 10.75, 2e-3, 0);
  assert_close(at(100.0).energy, 100.0, 0.015, 0);
  assert_close(at(1000.0).energy, 106.75, 0.03, 0);
  assert_close(at(1e5).energy, 106.75, 0.03, 0);
  assert_true(at(1e9).energy < 106.75 && at(1e9).entropy < 106.75);
  assert_close(at(1e9).energy, 106.75, 0.025, 0);
}

/* Catches a temperature without meaning. */
static void test_refused(void **state) {
  (void)state;
  dw_degrees degrees;
  assert_status(dw_degrees_at(0.0, &degrees), DW_ERR_PARAM);
  assert_status(dw_degrees_at(-1.0, &degrees), DW_ERR_PARAM);
  assert_status(dw_degrees_at(NAN, &degrees), DW_ERR_PARAM);
  assert_status(dw_degrees_at(INFINITY, &degrees), DW_ERR_PARAM);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_ideal_gas),     cmocka_unit_test(test_today), cmocka_unit_test(test_other_source),
      cmocka_unit_test(test_rows_left_out), cmocka_unit_test(test_rises), cmocka_unit_test(test_familiar_values),
      cmocka_unit_test(test_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
