/* spectra.h5: rows in memory, the file, and going on after a restart. */
#include <math.h>
#include <string.h>

#include "analysis/spectra.h"
#include "lattice/file.h"
#include "lattice/format.h"
#include "tests/analysis/record_fixture.h"

enum { K = 3, R = 2 };

static const double k[K] = {1.0, 2.0, 3.0};
static const int64_t count[K] = {6, 18, 26};
static const double reference_tau[R] = {6.0, 7.5};

static dw_spectra *open_spectra(const char *path, const dw_record *record, int64_t shells) {
  dw_spectra *spectra = NULL;
  const double more_k[K + 1] = {1.0, 2.0, 3.0, 4.0};
  const int64_t more_count[K + 1] = {6, 18, 26, 80};
  assert_all_ok(dw_spectra_create(&spectra, dw_comm_world(), path, record));
  assert_all_ok(dw_spectra_declare(spectra, "field", shells, more_k, more_count, 0, NULL));
  assert_all_ok(dw_spectra_declare(spectra, "utc", shells, k, count, R, reference_tau));
  return spectra;
}

/* Row `step`: power[i] = step + i, its error half of it; utc[r][i] = 100 r + step + i. */
static void append(dw_spectra *spectra, int64_t step) {
  double power[K];
  double error[K];
  double utc[R * K];
  for (int i = 0; i < K; i++) {
    power[i] = (double)step + i;
    error[i] = 0.5 * power[i];
    utc[i] = (double)step + i;
    utc[K + i] = 100.0 + (double)step + i;
  }
  const double *const field_values[] = {power, error};
  const double *const utc_values[] = {utc, utc};
  assert_all_ok(dw_spectra_append(spectra, "field", step, 0.1 * (double)step, 2.0, field_values));
  assert_all_ok(dw_spectra_append(spectra, "utc", step, 0.1 * (double)step, 2.0, utc_values));
}

/* The file holds rows of these steps. */
static void expect_steps(const char *path, int64_t rows, const int64_t *steps) {
  dw_file *file = NULL;
  int64_t read_steps[64];
  double power[64 * K];
  double utc[R * 64 * K];
  const int64_t shape[2] = {rows, K};
  const int64_t utc_shape[3] = {R, rows, K};
  assert_all(rows <= 64);
  dw_comm_barrier(dw_comm_world());
  assert_all_ok(dw_file_open(&file, dw_comm_world(), path));
  assert_all_ok(dw_file_read_ints(file, "/field/step", 1, &rows, read_steps));
  assert_all_ok(dw_file_read_reals(file, "/field/power", 2, shape, power));
  assert_all_ok(dw_file_read_reals(file, "/utc/value", 3, utc_shape, utc));
  dw_file_close(file);
  bool good = true;
  for (int64_t t = 0; t < rows; t++) {
    good = good && read_steps[t] == steps[t];
    for (int64_t i = 0; i < K; i++) {
      const double expected = (double)(steps[t] + i);
      good = good && fabs(power[t * K + i] - expected) <= 0.0;
      good = good && fabs(utc[t * K + i] - expected) <= 0.0;
      good = good && fabs(utc[(rows + t) * K + i] - expected - 100.0) <= 0.0;
    }
  }
  assert_all(good);
}

/* Catches rows lost when the table grows, axes of reference and time exchanged, a repeated step that is doubled. */
static void rows_reach_the_file(void **state) {
  (void)state;
  record_fixture fixture;
  dw_spectra *spectra = open_spectra("grow.h5", record_fixture_init(&fixture), K);
  int64_t steps[40] = {0};
  assert_all_ok(dw_spectra_write(spectra));
  expect_steps("grow.h5", 0, steps);
  for (int64_t i = 0; i < 40; i++) {
    steps[i] = 10 * i;
    append(spectra, steps[i]);
  }
  append(spectra, 390);
  assert_all_ok(dw_spectra_write(spectra));
  expect_steps("grow.h5", 40, steps);
  assert_all_int_equal(dw_spectra_rows(spectra, "utc"), dw_comm_rank(dw_comm_world()) == 0 ? 40 : 0);
  dw_spectra_destroy(spectra);
}

/* Catches datasets without unit or description, and roots without the run's parameters and provenance. */
static void everything_is_described(void **state) {
  (void)state;
  static const char *const datasets[] = {"/field/step",        "/field/tau",   "/field/a",           "/field/k",
                                         "/field/count",       "/field/power", "/field/power_error", "/utc/value",
                                         "/utc/reference_tau", "/utc/count"};
  record_fixture fixture;
  dw_file *file = NULL;
  char text[512] = "";
  double real = 0.0;
  int64_t version = 0;
  dw_spectra *spectra = open_spectra("described.h5", record_fixture_init(&fixture), K);
  append(spectra, 1);
  assert_all_ok(dw_spectra_write(spectra));
  dw_spectra_destroy(spectra);
  dw_comm_barrier(dw_comm_world());
  assert_all_ok(dw_file_open(&file, dw_comm_world(), "described.h5"));
  for (size_t i = 0; i < sizeof datasets / sizeof datasets[0]; i++) {
    assert_all_ok(dw_attribute_read_text(file, datasets[i], "unit", text, sizeof text));
    assert_all(text[0] != '\0');
    assert_all_ok(dw_attribute_read_text(file, datasets[i], "description", text, sizeof text));
    assert_all(text[0] != '\0');
  }
  assert_all_ok(dw_attribute_read_int(file, "/", "format_version", &version));
  assert_all_int_equal(version, DW_FORMAT_VERSION);
  assert_all_ok(dw_attribute_read_text(file, "/", "config", text, sizeof text));
  assert_all(strcmp(text, fixture.record.config) == 0);
  assert_all_ok(dw_attribute_read_real(file, "/", "lattice.length", &real));
  assert_all_close(real, fixture.params.lattice.length, 0.0, 0.0);
  assert_all_ok(dw_attribute_read_text(file, "/", "provenance.host", text, sizeof text));
  assert_all(!dw_file_has(file, "/gw"));
  dw_file_close(file);
}

/* Catches rows after the checkpoint that come back, or earlier ones that don't. */
static void a_restart_goes_on(void **state) {
  (void)state;
  record_fixture fixture;
  const dw_record *record = record_fixture_init(&fixture);
  dw_spectra *spectra = open_spectra("restart.h5", record, K);
  for (int64_t step = 0; step < 50; step += 10) {
    append(spectra, step);
  }
  assert_all_ok(dw_spectra_write(spectra));
  dw_spectra_destroy(spectra);
  spectra = open_spectra("restart.h5", record, K);
  assert_all_status(dw_spectra_restore(spectra, 25, 25), DW_ERR_FILE); /* one is missing */
  dw_spectra_destroy(spectra);
  spectra = open_spectra("restart.h5", record, K);
  assert_all_ok(dw_spectra_restore(spectra, 25, 20));
  append(spectra, 27);
  assert_all_ok(dw_spectra_write(spectra));
  expect_steps("restart.h5", 4, (const int64_t[]){0, 10, 20, 27});
  dw_spectra_destroy(spectra);
}

/* Catches groups of different lengths after a step that only some of them have. */
static void half_a_step_is_cut(void **state) {
  (void)state;
  record_fixture fixture;
  dw_spectra *spectra = open_spectra("cut.h5", record_fixture_init(&fixture), K);
  const double power[K] = {7.0, 8.0, 9.0};
  const double *const values[] = {power, power};
  append(spectra, 10);
  append(spectra, 20);
  assert_all_ok(dw_spectra_append(spectra, "field", 30, 3.0, 2.0, values));
  dw_spectra_cut(spectra, 20);
  assert_all_ok(dw_spectra_write(spectra));
  expect_steps("cut.h5", 2, (const int64_t[]){10, 20});
  dw_spectra_cut(spectra, -1);
  assert_all_int_equal(dw_spectra_rows(spectra, "field"), 0);
  dw_spectra_destroy(spectra);
}

/* Catches values of a reference time that land in another row or reference, and a row without values that isn't NaN. */
static void rows_are_amended(void **state) {
  (void)state;

  record_fixture fixture;
  const dw_record *record = record_fixture_init(&fixture);
  dw_spectra *spectra = NULL;
  const double times[R] = {2.0, 3.0};
  const double value[K] = {1.0, 2.0, 3.0};
  const double error[K] = {0.1, 0.2, 0.3};
  const double *const values[2] = {value, error};
  assert_all_ok(dw_spectra_create(&spectra, dw_comm_world(), "amend.h5", record));
  assert_all_ok(dw_spectra_declare(spectra, "utc", K, k, count, R, times));
  for (int64_t step = 0; step < 3; step++) {
    assert_all_ok(dw_spectra_append(spectra, "utc", step, (double)step, 1.0, NULL));
  }
  dw_spectra_amend(spectra, "utc", 1, 1, values);
  dw_spectra_amend(spectra, "utc", 7, 0, values);
  dw_spectra_amend(spectra, "gw", 1, 0, values);
  assert_all_ok(dw_spectra_write(spectra));
  dw_spectra_destroy(spectra);
  dw_file *file = NULL;
  double read[2][R][3][K];
  assert_all_ok(dw_file_open(&file, dw_comm_world(), "amend.h5"));
  assert_all_ok(dw_file_read_reals(file, "/utc/value", 3, (const int64_t[]){R, 3, K}, &read[0][0][0][0]));
  assert_all_ok(dw_file_read_reals(file, "/utc/value_error", 3, (const int64_t[]){R, 3, K}, &read[1][0][0][0]));
  dw_file_close(file);
  bool good = true;
  for (int i = 0; i < 2 * R * 3 * K; i++) {
    const int which = i / (R * 3 * K);
    const bool amended = i / K % (R * 3) == 1 * 3 + 1;
    const double found = (&read[0][0][0][0])[i];
    good = good && (amended ? found == values[which][i % K] : isnan(found));
  }
  assert_all(good);
}

/* Catches a file with other shells, or none at all, that is taken or that crashes. */
static void other_files_are_refused(void **state) {
  (void)state;
  record_fixture fixture;
  const dw_record *record = record_fixture_init(&fixture);
  dw_spectra *spectra = open_spectra("other.h5", record, K);
  append(spectra, 1);
  assert_all_ok(dw_spectra_write(spectra));
  dw_spectra_destroy(spectra);
  assert_all_ok(dw_spectra_create(&spectra, dw_comm_world(), "other.h5", record));
  const double more_k[K + 1] = {1.0, 2.0, 3.0, 4.0};
  const int64_t more_count[K + 1] = {6, 18, 26, 80};
  assert_all_ok(dw_spectra_declare(spectra, "field", K + 1, more_k, more_count, 0, NULL));
  assert_all_status(dw_spectra_restore(spectra, 1, -1), DW_ERR_FILE);
  assert_all(strstr(dw_message(), "(1, 3)") != NULL && strstr(dw_message(), "(1, 4)") != NULL);
  assert_all_status(dw_spectra_declare(spectra, "nothing", K, k, count, 0, NULL), DW_ERR_INTERNAL);
  assert_all_status(dw_spectra_append(spectra, "gw", 1, 1.0, 1.0, NULL), DW_ERR_INTERNAL);
  dw_spectra_destroy(spectra);
  assert_all_ok(dw_spectra_create(&spectra, dw_comm_world(), "absent.h5", record));
  assert_all_status(dw_spectra_restore(spectra, 1, -1), DW_ERR_FILE);
  dw_spectra_destroy(spectra);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(rows_reach_the_file),     cmocka_unit_test(everything_is_described),
    cmocka_unit_test(a_restart_goes_on),       cmocka_unit_test(rows_are_amended),
    cmocka_unit_test(other_files_are_refused), cmocka_unit_test(half_a_step_is_cut),
};

DW_TEST_MPI_MAIN(tests)
