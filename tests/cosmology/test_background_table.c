/* Scale factors from text files against closed forms and integration. */
#include "tests/dw_test.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <gsl/gsl_odeiv2.h>

#include "cosmology/background.h"
#include "cosmology/green.h"

static const char path[] = "background_table.txt";

static void write_text(const char *text) {
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  assert_true(fputs(text, file) >= 0);
  assert_int_equal(fclose(file), 0);
}

/* Matter and radiation. */
static double mixed(double tau) { return 3.0 * (tau + 0.25 * tau * tau); }
static double mixed_time(double tau) { return 3.0 * (0.5 * tau * tau + tau * tau * tau / 12.0); }

/* `count` rows from 1 to 16, short and long intervals of ln tau by turns. */
static dw_background table_of(int count, double (*a)(double tau)) {
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  (void)fprintf(file, "# tau a\n\n");
  for (int i = 0; i < count; i++) {
    const double uneven = i % 2 == 1 && i < count - 1 ? 0.2 : 0.0;
    const double tau = pow(16.0, (i + uneven) / (count - 1.0));
    (void)fprintf(file, "%.17g\t %.17g\n", tau, a(tau));
  }
  assert_int_equal(fclose(file), 0);
  dw_background b;
  assert_ok(dw_background_table(&b, path));
  return b;
}

static double power_law(double tau) { return 7.0 * pow(tau, 1.25); }

/* Catches a table that isn't in units of its first row, a spline that isn't straight for a power law, or its t: all of
 * a, H, t and p against closed forms, before the first row and after the last too. */
static void test_power_law(void **state) {
  (void)state;
  const dw_background b = table_of(9, power_law);
  dw_background exact;
  assert_ok(dw_background_init(&exact, "power-law", 0.2, 1.25));
  assert_string_equal(b.name, "table");
  assert_true(b.tau_start == 1.0 && dw_background_scale_factor(&b, 1.0) == 1.0);
  assert_close(b.hubble_start, 1.25, 1e-14, 0);
  for (int i = 0; i < 40; i++) {
    const double tau = 0.5 * pow(1.1, i); /* up to 20.6 */
    assert_close(dw_background_scale_factor(&b, tau), dw_background_scale_factor(&exact, tau), 1e-13, 0);
    assert_close(dw_background_hubble(&b, tau), dw_background_hubble(&exact, tau), 1e-13, 0);
    assert_close(dw_background_time(&b, tau), dw_background_time(&exact, tau), 1e-13, 0);
    assert_close(dw_background_power(&b, tau), 1.25, 1e-12, 0);
  }
}

/* Catches a spline of the wrong order, or a t whose past isn't a power law: matter and radiation, with 1e-8 of a from
 * 1024 rows and an error that falls by 2^3 at least for twice the rows. */
static void test_matter_and_radiation(void **state) {
  (void)state;
  double worst[2] = {0.0, 0.0};
  for (int n = 0; n < 2; n++) {
    const dw_background b = table_of(n == 0 ? 512 : 1024, mixed);
    for (int i = 0; i < 1000; i++) {
      const double tau = 1.0 + 15.0 * i / 999.0;
      worst[n] = fmax(worst[n], fabs(dw_background_scale_factor(&b, tau) * mixed(1.0) / mixed(tau) - 1.0));
      const double elapsed = dw_background_time(&b, tau) - dw_background_time(&b, 1.0);
      assert_close(elapsed * mixed(1.0), mixed_time(tau) - mixed_time(1.0), 1e-7, 0);
      assert_close(dw_background_hubble(&b, tau), (1.0 + 0.5 * tau) / (tau + 0.25 * tau * tau), 1e-4, 0);
      const double slope_of_radius = 1.0 - (0.5 * tau + 0.125 * tau * tau) / pow(1.0 + 0.5 * tau, 2);
      if (i < 999) { /* from the last row on it is a power law */
        assert_close(dw_background_power(&b, tau), 1.0 / slope_of_radius, 1e-2, 0);
      }
    }
  }
  assert_true(worst[1] < 1e-8);
  assert_true(worst[1] < worst[0] / 7.0);
}

typedef struct wave {
  const dw_background *b;
  double k;
} wave;

/* y = t, ln a, h, h'. */
static int slope(double tau, const double *y, double *dy, void *context) {
  const wave *w = context;
  const double hubble = dw_background_hubble(w->b, tau);
  dy[0] = exp(y[1]);
  dy[1] = hubble;
  dy[2] = y[3];
  dy[3] = -w->k * w->k * y[2] - 2.0 * hubble * y[3];
  return 0;
}

/* Catches a, H and t that don't belong together, and waves that aren't those of H: from row to row by steps of order 8.
 */
static void test_against_integration(void **state) {
  (void)state;
  const dw_background b = table_of(12, mixed);
  dw_green green;
  dw_green_init(&green, &b);
  assert_int_equal(green.segments, 0);
  for (int j = 0; j < 3; j++) {
    wave w = {&b, (double[]){0.1, 1.0, 10.0}[j]};
    const gsl_odeiv2_system system = {slope, NULL, 4, &w};
    gsl_odeiv2_driver *driver = gsl_odeiv2_driver_alloc_y_new(&system, gsl_odeiv2_step_rk8pd, 1e-3, 1e-14, 1e-14);
    double y[4] = {dw_background_time(&b, 1.0), 0.0, 0.0, 2.0};
    double tau = 1.0;
    for (int i = 1; i < b.rows; i++) {
      const double end = exp(b.row[i].log_tau);
      assert_int_equal(gsl_odeiv2_driver_apply(driver, &tau, end, y), 0);
      assert_close(dw_background_time(&b, end), y[0], 1e-10, 0);
      assert_close(dw_background_scale_factor(&b, end), exp(y[1]), 1e-10, 0);
      double h = 0.0;
      double rate = 0.0;
      const double start = 1.0;
      assert_ok(dw_green_kernels(&green, w.k, end, 1, &start, &h, &rate));
      assert_close(h, y[2], 0, 1e-9);
      assert_close(rate, y[3], 0, 1e-9);
    }
    gsl_odeiv2_driver_free(driver);
  }
}

static void refuse(const char *text, const char *message) {
  write_text(text);
  dw_background b;
  assert_status(dw_background_table(&b, path), DW_ERR_PARAM);
  assert_non_null(strstr(dw_message(), message));
}

/* Catches a file that is no table and is taken for one, or an error that doesn't say where. */
static void test_refused(void **state) {
  (void)state;
  dw_background b;
  assert_status(dw_background_table(&b, "no/such/file"), DW_ERR_FILE);
  assert_non_null(strstr(dw_message(), "no/such/file"));
  refuse("", "background_table.txt: 0 rows");
  refuse("1 1\n2 2\n", "2 rows");
  refuse("# tau a\n1 1\n2\n3 3\n", "background_table.txt:3: expected two numbers");
  refuse("1 1\n2 2 2\n3 3\n", ":2: expected two numbers");
  refuse("1 1\n2 1.001\n3 9\n", "H = 0 in the first or the last row");
  refuse("1 1\n2 two\n3 3\n", ":2: expected two numbers");
  refuse("1 1\n2 1\n3 3\n", ":2: tau = 2, a = 1; both have to increase");
  refuse("1 1\n\n2 2\n2 3\n", ":4: tau = 2, a = 3; both have to increase");
  refuse("0 1\n2 2\n3 3\n", ":1: tau = 0, a = 1; both have to be > 0");
  refuse("1 -1\n2 2\n3 3\n", ":1: tau = 1, a = -1");
  refuse("1 1\n2 nan\n3 3\n", ":2: tau = 2, a = nan");
  refuse("1 1\n2 2\ninf 3\n", ":3: tau = inf");
  FILE *file = fopen(path, "w");
  for (int i = 0; i <= DW_BACKGROUND_MOST_ROWS; i++) {
    (void)fprintf(file, "%d %d\n", i + 1, i + 1);
  }
  assert_int_equal(fclose(file), 0);
  assert_status(dw_background_table(&b, path), DW_ERR_PARAM);
  assert_non_null(strstr(dw_message(), ":1025: too many rows"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_power_law),
      cmocka_unit_test(test_matter_and_radiation),
      cmocka_unit_test(test_against_integration),
      cmocka_unit_test(test_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
