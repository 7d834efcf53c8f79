/* A small run on the disk, as `dwell run` would leave it, and ways to damage it. */
#ifndef DW_TEST_ANALYSIS_ARCHIVE_FIXTURE_H
#define DW_TEST_ANALYSIS_ARCHIVE_FIXTURE_H

#include <hdf5.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analysis/columns.h"
#include "analysis/record.h"
#include "base/memory.h"
#include "lattice/file.h"
#include "lattice/replace.h"
#include "params/print.h"
#include "params/read.h"
#include "tests/dw_test.h"

/* Rows of the time series, and of spectra; shells of field, etc and utc; references; samples, modes and shells of the
 * tracks. */
enum { ROWS = 4, T = 3, K_FIELD = 5, K = 3, K_UTC = 2, R = 2, S = 4, M = 3 };

static const int64_t row_step[ROWS] = {0, 10, 20, 30};
static const double row_tau[ROWS] = {1.0, 3.0, 6.0, 9.5}; /* the run ends at 9.5 */
static const int64_t spectra_row[T] = {0, 2, 3};

/* The number at place i of an array that starts at `base`. */
static double number(double base, int64_t i) { return base + 0.25 * (double)i; }

static char path_text[256];
static const char *in(const char *directory, const char *name) {
  (void)snprintf(path_text, sizeof path_text, "%s/%s", directory, name);
  return path_text;
}

/* --- HDF5 files --- */

static void put_ramp(dw_file *file, const char *path, int rank, const int64_t *shape, double base) {
  double values[256];
  int64_t count = 1;
  for (int i = 0; i < rank; i++) {
    count *= shape[i];
  }
  for (int64_t i = 0; i < count; i++) {
    values[i] = number(base, i);
  }
  assert_ok(dw_file_write_reals(file, path, rank, shape, values));
}

static void put_group(dw_file *file, const char *group, int64_t shells) {
  char path[64];
  int64_t step[T];
  double tau[T];
  const int64_t t = T;
  const int64_t count[K_FIELD] = {6, 12, 24, 48, 96};
  for (int i = 0; i < T; i++) {
    step[i] = row_step[spectra_row[i]];
    tau[i] = row_tau[spectra_row[i]];
  }
  (void)snprintf(path, sizeof path, "%s/step", group);
  assert_ok(dw_file_write_ints(file, path, 1, &t, step));
  (void)snprintf(path, sizeof path, "%s/tau", group);
  assert_ok(dw_file_write_reals(file, path, 1, &t, tau));
  (void)snprintf(path, sizeof path, "%s/a", group);
  assert_ok(dw_file_write_reals(file, path, 1, &t, tau));
  (void)snprintf(path, sizeof path, "%s/k", group);
  put_ramp(file, path, 1, &shells, 0.5);
  (void)snprintf(path, sizeof path, "%s/count", group);
  assert_ok(dw_file_write_ints(file, path, 1, &shells, count));
}

static void put_spectra(dw_file *file) {
  put_group(file, "/field", K_FIELD);
  put_group(file, "/etc", K);
  put_group(file, "/gw", K);
  put_group(file, "/utc", K_UTC);
  put_ramp(file, "/field/power", 2, (const int64_t[]){T, K_FIELD}, 10.0);
  put_ramp(file, "/etc/value", 2, (const int64_t[]){T, K}, 20.0);
  put_ramp(file, "/etc/value_error", 2, (const int64_t[]){T, K}, 21.0);
  put_ramp(file, "/etc/scaling", 2, (const int64_t[]){T, K}, 22.0);
  put_ramp(file, "/etc/later", 1, (const int64_t[]){7}, 0.0); /* of a later version */
  put_ramp(file, "/gw/drho_dlnk", 2, (const int64_t[]){T, K}, 30.0);
  put_ramp(file, "/gw/drho_dlnk_averaged", 2, (const int64_t[]){T, K}, 31.0);
  put_ramp(file, "/utc/reference_tau", 1, (const int64_t[]){R}, 6.0);
  double unequal[R * T * K_UTC];
  for (int64_t i = 0; i < R * T * K_UTC; i++) {
    unequal[i] = i % 4 == 0 ? (double)NAN : number(40.0, i);
  }
  assert_ok(dw_file_write_reals(file, "/utc/value", 3, (const int64_t[]){R, T, K_UTC}, unequal));
  assert_ok(dw_attribute_write_int(file, "/etc", "coarsening", 2));
  assert_ok(dw_attribute_write_real(file, "/etc", "grid_spacing", 0.125));
  assert_ok(dw_attribute_write_real(file, "/etc", "k_end", 3.5));
}

static void put_tracks(dw_file *file) {
  const int64_t s = S;
  const int64_t m = M;
  const int64_t shells = 2;
  const int64_t n[3 * M] = {1, 0, 0, 0, -1, 0, 1, 1, 1};
  const int64_t shell[M] = {1, 1, 2};
  const int64_t count[2] = {18, 62};
  assert_ok(dw_file_write_ints(file, "/tracks/step", 1, &s, row_step));
  assert_ok(dw_file_write_reals(file, "/tracks/tau", 1, &s, row_tau));
  assert_ok(dw_file_write_reals(file, "/tracks/a", 1, &s, row_tau));
  assert_ok(dw_file_write_ints(file, "/tracks/n", 2, (const int64_t[]){M, 3}, n));
  assert_ok(dw_file_write_ints(file, "/tracks/shell", 1, &m, shell));
  put_ramp(file, "/tracks/k", 1, &m, 0.5);
  put_ramp(file, "/tracks/shell_k", 1, &shells, 0.5);
  assert_ok(dw_file_write_ints(file, "/tracks/shell_count", 1, &shells, count));
  put_ramp(file, "/tracks/amplitude", 3, (const int64_t[]){S, M, 4}, -3.0);
}

/* A file of a run with these parameters. */
static void write_file(const char *path, const dw_params *params, void (*put)(dw_file *file)) {
  static char program[] = "test";
  char *const arguments[] = {program};
  dw_provenance provenance;
  char *config = NULL;
  size_t length = 0;
  FILE *stream = open_memstream(&config, &length);
  assert_ok(dw_params_write(stream, params));
  (void)fclose(stream);
  dw_provenance_collect(&provenance, dw_comm_self(), 1, arguments, params->seed, 1);
  const dw_record record = {.provenance = &provenance, .params = params, .config = config};
  dw_file *file = NULL;
  assert_ok(dw_file_create(&file, dw_comm_self(), path, 1));
  assert_ok(dw_record_write(file, &record));
  put(file);
  assert_ok(dw_file_commit(&file));
  free(config);
}

/* --- the time series --- */

static void write_text(const char *path, const char *text, size_t length) {
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  assert_true(fwrite(text, 1, length, file) == length);
  (void)fclose(file);
}

/* Row `row` as text; A_H and rho_gw are empty. */
static void put_row(FILE *file, int row) {
  for (int c = 0; c < DW_COLUMNS; c++) {
    const char *end = c + 1 < DW_COLUMNS ? "," : "\n";
    if (c == DW_COLUMN_STEP) {
      (void)fprintf(file, "%lld%s", (long long)row_step[row], end);
    } else if (c == DW_COLUMN_TAU) {
      (void)fprintf(file, "%.17g%s", row_tau[row], end);
    } else if (c == DW_COLUMN_AREA_PARAMETER_H || c == DW_COLUMN_RHO_GW) {
      (void)fputs(end, file);
    } else {
      (void)fprintf(file, "%.17g%s", c == DW_COLUMN_VALID ? 1.0 : number(c, row), end);
    }
  }
}

static void write_series(const char *directory, int rows) {
  FILE *file = fopen(in(directory, "timeseries.csv"), "w");
  assert_non_null(file);
  for (int c = 0; c < DW_COLUMNS; c++) {
    (void)fprintf(file, "%s%s", dw_column_describe((dw_column)c)->name, c + 1 < DW_COLUMNS ? "," : "\n");
  }
  for (int row = 0; row < rows; row++) {
    put_row(file, row);
  }
  (void)fclose(file);
}

/* --- the run --- */

static dw_params *make_params(void) {
  dw_params *params = calloc(1, sizeof *params);
  assert_non_null(params);
  assert_ok(dw_params_defaults(params));
  params->lattice.points = 32;
  params->lattice.length = 16.0;
  return params;
}

static void copy(const char *from, const char *directory, const char *name) {
  char *data = NULL;
  size_t bytes = 0;
  assert_ok(dw_replace_read(from, &data, &bytes));
  write_text(in(directory, name), data, bytes);
  dw_free(data);
}

/* Everything a run may have, in a new directory or over what is there: copies of files that are made once. */
static void write_run(const char *directory) {
  static bool made = false;
  if (!made) {
    dw_params *params = make_params();
    write_file("spectra.h5", params, put_spectra);
    write_file("tracks.h5", params, put_tracks);
    free(params);
    made = true;
  }
  (void)mkdir(directory, 0777);
  copy("spectra.h5", directory, "spectra.h5");
  copy("tracks.h5", directory, "tracks.h5");
  write_series(directory, ROWS);
}

/* --- damage --- */

static hid_t open_again(const char *path) {
  const hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
  assert_true(file >= 0);
  return file;
}

static void drop(const char *path, const char *dataset) {
  const hid_t file = open_again(path);
  assert_true(H5Ldelete(file, dataset, H5P_DEFAULT) >= 0);
  (void)H5Fclose(file);
}

/* A dataset in place of another; without values nothing of it is on the disk. */
static void replace(const char *path, const char *dataset, int rank, const hsize_t *shape, hid_t type) {
  const hid_t file = open_again(path);
  assert_true(H5Ldelete(file, dataset, H5P_DEFAULT) >= 0);
  const hid_t space = H5Screate_simple(rank, shape, NULL);
  const hid_t made = H5Dcreate2(file, dataset, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  assert_true(made >= 0);
  (void)H5Dclose(made);
  (void)H5Sclose(space);
  (void)H5Fclose(file);
}

/* Number `index` of a dataset. */
static void poke(const char *path, const char *dataset, int index, double value) {
  double values[256];
  const hid_t file = open_again(path);
  const hid_t opened = H5Dopen2(file, dataset, H5P_DEFAULT);
  assert_true(H5Dread(opened, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
  values[index] = value;
  assert_true(H5Dwrite(opened, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
  (void)H5Dclose(opened);
  (void)H5Fclose(file);
}

#endif
