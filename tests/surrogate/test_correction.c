/* Corrections of cheap runs, where the truth is known. */
#include "surrogate/emulator/correction.h"
#include "surrogate/emulator/quantity.h"
#include "tests/surrogate/emulator_fixture.h"

enum { PLACES = 5, MOST = TRUTH_TIMES * TRUTH_BINS };

static const truth twins = {.points = 48, .seeds = 4, .scatter = 0.02, .cheap = 48, .fine = 24};

static dw_emulator *train(const dw_dataset *d, dw_emulator_levels levels) {
  static const char *const quantity[] = {"etc/value"};
  dw_emulator_options options = dw_emulator_defaults();
  dw_emulator *e = NULL;
  options.levels = levels;
  options.quantities = 1;
  options.quantity = quantity;
  assert_ok(dw_emulator_train(&e, d, &options));
  return e;
}

/* rms over places, times and bins of what is left, and of it over what was claimed. The cheap run is without noise;
 * bins that it lacks take its last one. */
static void compare(const dw_emulator *e, const dw_dataset *d, bool layer, double *error, double *z) {
  const dw_emulator_quantity *about = dw_emulator_quantity_at(e, 0);
  const int64_t outputs = about->times * about->bins;
  double rho[MOST];
  double offset[MOST];
  double variance[MOST];
  double scratch[256];
  *error = 0.0;
  *z = 0.0;
  assert_true(outputs <= MOST && dw_emulator_scratch(e) <= 256);
  for (int p = 0; p < PLACES * PLACES; p++) {
    const double x[2] = {-0.7 + 1.4 / (PLACES - 1) * (p % PLACES), -0.7 + 1.4 / (PLACES - 1) * (double)(p / PLACES)};
    double parameter[2];
    int64_t points = 0;
    truth_parameters(x, parameter);
    if (layer) {
      assert_true(dw_emulator_correction(e, 0, parameter, rho, offset, variance, scratch));
    } else {
      assert_ok(dw_neighbour_correction(d, about, parameter, offset, variance, &points));
      assert_int_equal(points, DW_NEIGHBOURS);
    }
    for (int64_t j = 0; j < outputs; j++) {
      const int64_t t = (int64_t)lround(about->tau[j / about->bins] - 2.0);
      const int64_t n = j % about->bins;
      const double cheap = truth_spectrum(x, t, n < TRUTH_BINS / 2 ? n : TRUTH_BINS / 2 - 1, true);
      const double off = (layer ? rho[j] : 1.0) * cheap + offset[j] - truth_spectrum(x, t, n, false);
      *error += off * off / (double)(outputs * PLACES * PLACES);
      *z += off * off / variance[j] / (double)(outputs * PLACES * PLACES);
    }
  }
  *error = sqrt(*error);
  *z = sqrt(*z);
}

/* Catches a second layer without its rho, or with the wrong sign, also after the model was in a file. */
static void the_second_layer_corrects(void **state) {
  (void)state;
  static dw_provenance provenance;
  dw_dataset *d = truth_dataset(&twins);
  dw_emulator *e = train(d, DW_LEVELS_BOTH);
  dw_emulator *again = NULL;
  double error[2];
  double z[2];
  compare(e, d, true, &error[0], &z[0]);
  print_message("error %.4f, z %.2f\n", error[0], z[0]);
  assert_true(error[0] < 0.03);
  assert_true(z[0] > 0.2 && z[0] < 1.5);
  dw_provenance_collect(&provenance, dw_comm_self(), 0, NULL, 1, 1);
  assert_ok(dw_emulator_write(e, "both.h5", &provenance));
  assert_ok(dw_emulator_read(&again, "both.h5"));
  compare(again, d, true, &error[1], &z[1]);
  assert_memory_equal(&error[0], &error[1], sizeof error[0]);
  assert_memory_equal(&z[0], &z[1], sizeof z[0]);
  dw_emulator_destroy(again);
  dw_emulator_destroy(e);
  dw_dataset_destroy(d);
}

/* Catches neighbours that are far away, twins of other seeds, and an error without the scatter of the neighbours. */
static void the_nearest_twins_correct(void **state) {
  (void)state;
  dw_dataset *d = truth_dataset(&twins);
  dw_emulator *e = train(d, DW_LEVELS_FINE);
  double scratch[256];
  double numbers[3 * MOST];
  double error = 0.0;
  double z = 0.0;
  assert_false(
      dw_emulator_correction(e, 0, (const double[]){0.4, 4.0}, numbers, numbers + MOST, numbers + 2 * MOST, scratch));
  compare(e, d, false, &error, &z);
  print_message("error %.4f, z %.2f\n", error, z);
  assert_true(error < 0.3);
  assert_true(z > 0.2 && z < 1.5);
  dw_emulator_destroy(e);
  dw_dataset_destroy(d);
}

/* Catches a correction from one point, whose error nobody knows, and one from checks. */
static void too_few_twins_are_refused(void **state) {
  (void)state;
  const truth few = {.points = 12, .seeds = 2, .scatter = 0.02, .cheap = 1};
  dw_dataset *d = truth_dataset(&few);
  dw_emulator *e = train(d, DW_LEVELS_FINE);
  double offset[MOST];
  double variance[MOST];
  int64_t points = 0;
  assert_status(
      dw_neighbour_correction(d, dw_emulator_quantity_at(e, 0), (const double[]){0.4, 4.0}, offset, variance, &points),
      DW_ERR_PARAM);
  assert_non_null(strstr(dw_message(), "1 point of the data set has cheap twins"));
  for (int64_t r = 0; r < d->runs; r++) {
    d->run[r].blind = true;
  }
  assert_status(
      dw_neighbour_correction(d, dw_emulator_quantity_at(e, 0), (const double[]){0.4, 4.0}, offset, variance, &points),
      DW_ERR_PARAM);
  assert_non_null(strstr(dw_message(), "0 points of the data set have cheap twins"));
  dw_emulator_destroy(e);
  dw_dataset_destroy(d);
}

/* Catches a model's quantity that isn't what its name says, and runs that aren't there, looked for in a data set. */
static void quantities_are_matched(void **state) {
  (void)state;
  dw_dataset *d = truth_dataset(&twins);
  dw_emulator *e = train(d, DW_LEVELS_FINE);
  dw_emulator_quantity about = *dw_emulator_quantity_at(e, 0);
  dw_quantity found;
  assert_ok(dw_quantity_match(&found, d, &about));
  dw_quantity_finalize(&found);
  about.k = NULL;
  assert_status(dw_quantity_match(&found, d, &about), DW_ERR_FILE);
  about = *dw_emulator_quantity_at(e, 0);
  about.name = "area_parameter_h";
  assert_status(dw_quantity_match(&found, d, &about), DW_ERR_FILE);
  about = *dw_emulator_quantity_at(e, 0);
  const int64_t runs = d->runs;
  d->runs = 0;
  assert_status(dw_quantity_match(&found, d, &about), DW_ERR_PARAM);
  d->runs = runs;
  dw_emulator_destroy(e);
  dw_dataset_destroy(d);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_second_layer_corrects), cmocka_unit_test(the_nearest_twins_correct),
      cmocka_unit_test(too_few_twins_are_refused), cmocka_unit_test(quantities_are_matched)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
