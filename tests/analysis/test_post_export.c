/* Spectra for other programs: read back, seen by a Python that reads as PTArcade does, and resampled. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "analysis/post/export.h"
#include "base/memory.h"
#include "lattice/file.h"
#include "lattice/replace.h"
#include "tests/dw_test.h"

enum { TEMPERATURES = 3, TENSIONS = 4, FREQUENCIES = 50, VALUES = TEMPERATURES * TENSIONS * FREQUENCIES };

static const dw_export_axis axes[3] = {
    {"log10_T", -2.0, 0.75, TEMPERATURES}, {"log10_sigma", 15.0, 0.5, TENSIONS}, {"f", -9.5, 0.05, FREQUENCIES}};

static bool exists(const char *path) {
  struct stat state;
  return stat(path, &state) == 0;
}

/* Linear in each parameter and in log10 f, with a slope of its own for each: check_export.py knows it. */
static void fill(double *values) {
  for (int i = 0; i < VALUES; i++) {
    const double temperature = axes[0].start + axes[0].step * (i / (TENSIONS * FREQUENCIES));
    const double tension = axes[1].start + axes[1].step * (i / FREQUENCIES % TENSIONS);
    const double f = axes[2].start + axes[2].step * (i % FREQUENCIES);
    values[i] = -9.0 - 4.0 * temperature + 2.0 * (tension - 15.0) - 1.5 * (f + 8.0);
  }
}

static dw_status write_grid(const char *path, const double *values) {
  dw_provenance provenance;
  dw_provenance_collect(&provenance, dw_comm_self(), 0, NULL, 1, 1);
  return dw_export_grid(path, 3, axes, values, "made up", &provenance);
}

/* Catches names, axes or values that change on the way or stand elsewhere. */
static void test_grid_comes_back(void **state) {
  (void)state;
  enum { SIZE = 16 };
  double values[VALUES], read[VALUES], axis[2];
  char names[3 * SIZE];
  int rank = 0;
  int64_t shape[DW_FILE_RANK];
  dw_file *file = NULL;
  fill(values);
  assert_ok(write_grid("grid.h5", values));
  assert_false(exists("grid.h5.tmp"));
  assert_ok(dw_file_open(&file, dw_comm_self(), "grid.h5"));
  assert_ok(dw_file_read_texts(file, "/parameter_names", 3, SIZE, names));
  assert_ok(dw_file_shape(file, "/spectrum", &rank, shape));
  assert_int_equal(rank, 3);
  assert_ok(dw_file_read_reals(file, "/spectrum", rank, shape, read));
  assert_memory_equal(values, read, sizeof values);
  for (int i = 0; i < 3; i++) {
    assert_string_equal(names + (ptrdiff_t)i * SIZE, axes[i].name);
    assert_int_equal(shape[i], axes[i].count);
    char path[SIZE];
    (void)snprintf(path, sizeof path, "/%s", axes[i].name);
    assert_ok(dw_file_read_reals(file, path, 1, (int64_t[]){2}, axis));
    assert_true(axis[0] == axes[i].start && axis[1] == axes[i].step);
  }
  dw_file_close(file);
}

/* Catches a grid that PTArcade's reader would refuse or misread. */
static void test_grid_seen_by_python(void **state) {
  (void)state;
  double values[VALUES];
  fill(values);
  assert_ok(write_grid("python.h5", values));
  const int code = system(DW_PYTHON " " DW_CHECK_EXPORT " python.h5");
  const int result = WIFEXITED(code) ? WEXITSTATUS(code) : 1;
  if (result == 77) {
    print_message("SKIP: no Python with numpy and h5py\n");
    skip();
  }
  assert_int_equal(result, 0);
}

/* Catches grids that can't be read being written, and a failure that harms an earlier file. */
static void test_grid_refused(void **state) {
  (void)state;
  double values[VALUES];
  dw_provenance provenance;
  dw_provenance_collect(&provenance, dw_comm_self(), 0, NULL, 1, 1);
  fill(values);
  assert_ok(write_grid("kept.h5", values));
  values[7] = -INFINITY;
  assert_status(write_grid("kept.h5", values), DW_ERR_PARAM);
  values[7] = 0.0;
  const dw_export_axis wrong[][2] = {
      {{"f", 0.0, 1.0, 2}, {"T", 0.0, 1.0, 2}},        {{"f", 0.0, 1.0, 2}, {"f", 0.0, 1.0, 2}},
      {{"spectrum", 0.0, 1.0, 2}, {"f", 0.0, 1.0, 2}}, {{"parameter_names", 0.0, 1.0, 2}, {"f", 0.0, 1.0, 2}},
      {{"a/b", 0.0, 1.0, 2}, {"f", 0.0, 1.0, 2}},      {{"", 0.0, 1.0, 2}, {"f", 0.0, 1.0, 2}},
      {{"T", 0.0, 0.0, 2}, {"f", 0.0, 1.0, 2}},        {{"T", 0.0, 1.0, 1}, {"f", 0.0, 1.0, 2}},
      {{"T", NAN, 1.0, 2}, {"f", 0.0, 1.0, 2}},        {{"T", 0.0, 1.0, 2}, {"f", 0.0, -1.0, 2}}};
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
    assert_status(dw_export_grid("kept.h5", 2, wrong[i], values, "", &provenance), DW_ERR_PARAM);
  }
  assert_status(dw_export_grid("kept.h5", 0, axes, values, "", &provenance), DW_ERR_PARAM);
  assert_status(write_grid("absent/grid.h5", values), DW_ERR_FILE);
  double read[VALUES];
  dw_file *file = NULL;
  fill(values);
  assert_false(exists("kept.h5.tmp"));
  assert_ok(dw_file_open(&file, dw_comm_self(), "kept.h5"));
  assert_ok(dw_file_read_reals(file, "/spectrum", 3, (int64_t[]){TEMPERATURES, TENSIONS, FREQUENCIES}, read));
  assert_memory_equal(values, read, sizeof values);
  dw_file_close(file);
}

/* Catches columns exchanged or cut, a comment that breaks the table, and the wrong number of columns. */
static void test_text(void **state) {
  (void)state;
  const char *const comments[] = {"spectrum of a run", "name = \"two\nlines\""};
  const double f[3] = {1.0 / 3.0 * 1e-9, 2e-9, 1.0};
  const double omega[3] = {1e-300, -2.0 / 7.0, 0.0};
  const double error[3] = {1e-10, 2e-10, 3e-10};
  for (int columns = 2; columns <= 3; columns++) {
    char *text = NULL;
    size_t bytes = 0;
    assert_ok(dw_export_text("spectrum.txt", 2, comments, 3, f, omega, columns == 3 ? error : NULL));
    assert_ok(dw_replace_read("spectrum.txt", &text, &bytes));
    const char *head = "# spectrum of a run\n# name = \"two lines\"\n# f [Hz]  h2Omega [1]";
    assert_memory_equal(text, head, strlen(head));
    char *line = strtok(strstr(text, "h2Omega [1]"), "\n");
    for (int i = 0; i < 3; i++) {
      double read[4] = {0};
      line = strtok(NULL, "\n");
      assert_non_null(line);
      assert_int_equal(sscanf(line, "%lf %lf %lf %lf", &read[0], &read[1], &read[2], &read[3]), columns);
      assert_true(read[0] == f[i] && read[1] == omega[i] && (columns == 2 || read[2] == error[i]));
    }
    assert_null(strtok(NULL, "\n"));
    dw_free(text);
  }
  assert_status(dw_export_text("absent/spectrum.txt", 0, NULL, 3, f, omega, NULL), DW_ERR_FILE);
}

/* Catches interpolation in other variables than the logarithms, points without power that enter, values outside that
 * are extrapolated, and overshoot at a peak. */
static void test_resample(void **state) {
  (void)state;
  enum { POINTS = 12, GRID = 61 };
  const dw_export_axis axis = {"f", -10.0, 0.05, GRID};
  double f[POINTS], omega[POINTS], values[GRID];
  for (int i = 0; i < POINTS; i++) { /* unequal steps from 10^-9 to 10^-8 */
    f[i] = 1e-9 * pow(10.0, pow(i / (POINTS - 1.0), 1.5));
    omega[i] = 3e-9 * pow(f[i] / 1e-8, 2.5);
  }
  omega[3] = 0.0;
  omega[5] = NAN;
  omega[7] = -1e-9;
  assert_ok(dw_export_resample(POINTS, f, omega, &axis, values));
  for (int i = 0; i < GRID; i++) {
    const double x = axis.start + i * axis.step;
    if (i >= 20 && i <= 40) { /* both ends are points of the grid */
      assert_close(values[i], log10(3e-9) + 2.5 * (x + 8.0), 1e-12, 0);
    } else {
      assert_true(values[i] == DW_EXPORT_FLOOR);
    }
  }
  omega[4] = 1e-40; /* below the floor */
  assert_ok(dw_export_resample(POINTS, f, omega, &axis, values));
  double least = 0.0;
  for (int i = 20; i <= 40; i++) {
    least = fmin(least, values[i]);
    assert_true(values[i] >= DW_EXPORT_FLOOR && values[i] <= log10(3e-9) + 1e-12);
  }
  assert_true(least == DW_EXPORT_FLOOR);
  for (int i = 0; i < POINTS; i++) { /* a peak of two equal points isn't exceeded */
    omega[i] = i == 5 || i == 6 ? 1e-8 : 1e-10;
  }
  assert_ok(dw_export_resample(POINTS, f, omega, &axis, values));
  for (int i = 20; i <= 40; i++) {
    assert_true(values[i] <= -8.0 + 1e-12 && values[i] >= -10.0 - 1e-12);
  }
}

/* Catches spectra that can't be resampled, and two points being too few. */
static void test_resample_refused(void **state) {
  (void)state;
  const dw_export_axis axis = {"f", -9.0, 0.5, 3};
  double values[3];
  assert_ok(dw_export_resample(3, (double[]){1e-9, 3e-9, 1e-8}, (double[]){1e-9, 0.0, 1e-10}, &axis, values));
  assert_close(values[1], -9.5, 1e-12, 0);
  assert_status(dw_export_resample(3, (double[]){1e-9, 3e-9, 1e-8}, (double[]){1e-9, 0.0, NAN}, &axis, values),
                DW_ERR_PARAM);
  assert_status(dw_export_resample(3, (double[]){1e-9, 1e-9, 1e-8}, (double[]){1.0, 1.0, 1.0}, &axis, values),
                DW_ERR_PARAM);
  assert_status(dw_export_resample(3, (double[]){0.0, 1e-9, 1e-8}, (double[]){1.0, 1.0, 1.0}, &axis, values),
                DW_ERR_PARAM);
  assert_status(dw_export_resample(0, NULL, NULL, &axis, values), DW_ERR_PARAM);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_grid_comes_back), cmocka_unit_test(test_grid_seen_by_python),
      cmocka_unit_test(test_grid_refused),    cmocka_unit_test(test_text),
      cmocka_unit_test(test_resample),        cmocka_unit_test(test_resample_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
