/* dataset.h5: what is written comes back; what is damaged, foreign or claims too much is refused. */
#include <hdf5.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/surrogate/dataset_fixture.h"

static void assert_same_reals(const double *a, const double *b, int64_t count) {
  for (int64_t i = 0; i < count; i++) {
    assert_true(isnan(a[i]) ? isnan(b[i]) : a[i] == b[i]);
  }
}

static void assert_same_keys(const dw_dataset *a, const dw_dataset *b) {
  for (int64_t i = 0; i < a->keys; i++) {
    assert_string_equal(a->key[i].key, b->key[i].key);
    assert_string_equal(a->key[i].unit, b->key[i].unit);
    assert_true(a->key[i].low == b->key[i].low && a->key[i].high == b->key[i].high);
    assert_int_equal(a->key[i].logarithmic, b->key[i].logarithmic);
  }
}

static void assert_same_runs(const dw_dataset *a, const dw_dataset *b) {
  for (int64_t i = 0; i < a->runs; i++) {
    assert_int_equal(a->run[i].point, b->run[i].point);
    assert_int_equal(a->run[i].seed, b->run[i].seed);
    assert_int_equal(a->run[i].level, b->run[i].level);
    assert_int_equal(a->run[i].blind, b->run[i].blind);
    assert_true(a->run[i].seconds == b->run[i].seconds);
    assert_string_equal(a->run[i].id, b->run[i].id);
  }
}

static void assert_same(const dw_dataset *a, const dw_dataset *b) {
  assert_true(a->keys == b->keys && a->runs == b->runs && a->columns == b->columns && a->rows == b->rows);
  assert_same_keys(a, b);
  assert_same_runs(a, b);
  assert_same_reals(a->parameter, b->parameter, a->runs * a->keys);
  for (int64_t i = 0; i < a->columns; i++) {
    assert_string_equal(a->column[i], b->column[i]);
  }
  assert_same_reals(a->series, b->series, a->runs * a->rows * a->columns);
  for (int s = 0; s < DW_DATASET_SPECTRA; s++) {
    const dw_dataset_table *t = &a->spectrum[s];
    const dw_dataset_table *u = &b->spectrum[s];
    assert_true(t->times == u->times && t->bins == u->bins);
    assert_same_reals(t->tau, u->tau, a->runs * t->times);
    assert_same_reals(t->k, u->k, a->runs * t->bins);
    assert_same_reals(t->count, u->count, a->runs * t->bins);
    assert_same_reals(t->value, u->value, a->runs * t->times * t->bins);
  }
  assert_string_equal(a->base, b->base);
  assert_string_equal(a->cheap, b->cheap);
  assert_string_equal(a->scan, b->scan);
}

/* Catches a number or text that is lost, rounded or put elsewhere, ragged runs included. */
static void what_is_written_comes_back(void **state) {
  (void)state;
  dw_dataset *a = make_dataset();
  dw_dataset *b = NULL;
  write_dataset(a, "whole.h5");
  assert_ok(dw_dataset_read(&b, "whole.h5"));
  assert_same(a, b);
  assert_int_equal(dw_dataset_column(b, "column2"), 2);
  assert_int_equal(dw_dataset_column(b, "colum"), -1);
  assert_int_equal(dw_dataset_parameter(b, "fields.initial.cutoff"), 1);
  assert_int_equal(dw_dataset_parameter(b, "seed"), -1);
  dw_dataset_destroy(a);
  dw_dataset_destroy(b);
}

/* Catches an ensemble without scanned parameters, or a run without waves, that can't be kept; sizes of 0. */
static void empty_parts_are_kept(void **state) {
  (void)state;
  static const int64_t times[DW_DATASET_SPECTRA] = {2, 0, 0, 0};
  static const int64_t bins[DW_DATASET_SPECTRA] = {3, 0, 0, 0};
  const int64_t runs[] = {0, 1};
  for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++) {
    dw_dataset *a = NULL;
    dw_dataset *b = NULL;
    assert_ok(dw_dataset_create(&a, 0, runs[i], 2, 1, times, bins));
    write_dataset(a, "empty.h5");
    assert_ok(dw_dataset_read(&b, "empty.h5"));
    assert_same(a, b);
    dw_dataset_destroy(a);
    dw_dataset_destroy(b);
  }
}

/* Catches sizes whose product overflows on the way to an allocation. */
static void sizes_beyond_memory_are_refused(void **state) {
  (void)state;
  static const int64_t none[DW_DATASET_SPECTRA] = {0};
  dw_dataset *d = NULL;
  const size_t held = dw_memory_held();
  assert_status(dw_dataset_create(&d, 1, 16, 4, INT64_C(1) << 60, none, none), DW_ERR_PARAM);
  assert_status(dw_dataset_create(&d, 1, INT64_C(1) << 50, 4, 1, none, none), DW_ERR_PARAM);
  assert_status(dw_dataset_create(&d, -1, 1, 4, 1, none, none), DW_ERR_PARAM);
  assert_null(d);
  assert_true(dw_memory_held() == held);
}

static void assert_refused(const char *path, const char *what) {
  dw_dataset *d = NULL;
  const size_t held = dw_memory_held();
  const size_t peak = dw_memory_peak();
  assert_status(dw_dataset_read(&d, path), DW_ERR_FILE);
  assert_null(d);
  assert_non_null(strstr(dw_message(), path));
  if (strstr(dw_message(), what) == NULL) {
    print_message("%s\n", dw_message());
    assert_non_null(strstr(dw_message(), what));
  }
  assert_true(dw_memory_held() == held);
  assert_true(dw_memory_peak() <= peak + (2U << 20)); /* nothing of a claimed size */
}

/* Catches a file cut anywhere that is read, or crashes the program. */
static void truncated_files_are_refused(void **state) {
  (void)state;
  dw_dataset *d = make_dataset();
  struct stat whole;
  write_dataset(d, "cut.h5");
  assert_true(stat("cut.h5", &whole) == 0);
  for (int part = 0; part < 8; part++) {
    write_dataset(d, "cut.h5");
    assert_true(truncate("cut.h5", whole.st_size * part / 8) == 0);
    assert_refused("cut.h5", "cut.h5");
  }
  dw_dataset_destroy(d);
}

/* Catches a spoiled byte that HDF5 or the program stumbles over, anywhere in a sealed file. */
static void spoiled_bytes_are_refused(void **state) {
  (void)state;
  dw_dataset *d = make_dataset();
  struct stat whole;
  write_dataset(d, "spoiled.h5");
  assert_true(stat("spoiled.h5", &whole) == 0);
  for (long part = 0; part < 40; part++) {
    FILE *file = fopen("spoiled.h5", "r+b");
    assert_non_null(file);
    const long at = (long)whole.st_size * part / 40;
    for (int again = 0; again < 2; again++) { /* there and back */
      assert_int_equal(fseek(file, at, SEEK_SET), 0);
      const int byte = fgetc(file);
      assert_int_equal(fseek(file, at, SEEK_SET), 0);
      assert_true(fputc(byte ^ 0x10, file) != EOF);
      assert_int_equal(fflush(file), 0);
      if (again == 0) {
        assert_refused("spoiled.h5", "damaged");
      }
    }
    assert_int_equal(fclose(file), 0);
  }
  dw_dataset *same = NULL;
  assert_ok(dw_dataset_read(&same, "spoiled.h5"));
  assert_same(d, same);
  dw_dataset_destroy(same);
  dw_dataset_destroy(d);
}

/* Catches a data set that another program has cut from ours, without a seal, that isn't read. */
static void the_seal_may_be_absent(void **state) {
  (void)state;
  dw_dataset *d = make_dataset();
  dw_dataset *same = NULL;
  struct stat whole;
  write_dataset(d, "unsealed.h5");
  assert_true(stat("unsealed.h5", &whole) == 0);
  assert_true(truncate("unsealed.h5", whole.st_size - (off_t)strlen("\ndwell seal 0123456789abcdef\n")) == 0);
  assert_ok(dw_dataset_read(&same, "unsealed.h5"));
  assert_same(d, same);
  dw_dataset_destroy(same);
  dw_dataset_destroy(d);
}

/* A dataset in place of another; nothing of it is on the disk. */
static void replace(const char *path, const char *dataset, int rank, const hsize_t *shape, hid_t type) {
  const hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
  assert_true(file >= 0 && H5Ldelete(file, dataset, H5P_DEFAULT) >= 0);
  const hid_t space = H5Screate_simple(rank, shape, NULL);
  const hid_t made = H5Dcreate2(file, dataset, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  assert_true(made >= 0);
  (void)H5Dclose(made);
  (void)H5Sclose(space);
  (void)H5Fclose(file);
}

/* Catches a size in a file that decides an allocation. */
static void sizes_are_not_believed(void **state) {
  (void)state;
  dw_dataset *d = make_dataset();
  const hsize_t many = (hsize_t)1 << 40;
  const struct {
    const char *dataset;
    int rank;
    hsize_t shape[3];
  } cases[] = {
      {"/timeseries/value", 3, {RUNS, many, COLUMNS}},
      {"/etc/value", 3, {RUNS, 3, many}},
      {"/gw/tau", 2, {many, 3}},
      {"/runs/values", 2, {many, KEYS}},
      {"/etc/value", 3, {(hsize_t)1 << 32, (hsize_t)1 << 32, (hsize_t)1 << 32}},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    write_dataset(d, "claims.h5");
    replace("claims.h5", cases[i].dataset, cases[i].rank, cases[i].shape, H5T_NATIVE_DOUBLE);
    assert_refused("claims.h5", "more numbers than the file can hold");
  }
  write_dataset(d, "claims.h5"); /* a dimension of 0 makes the others cost nothing */
  replace("claims.h5", "/timeseries/value", 3, (const hsize_t[]){0, many, COLUMNS}, H5T_NATIVE_DOUBLE);
  assert_refused("claims.h5", "dimension 1 of /timeseries/value is 0");
  write_dataset(d, "claims.h5");
  replace("claims.h5", "/etc/value", 3, (const hsize_t[]){RUNS, 0, many}, H5T_NATIVE_DOUBLE);
  assert_refused("claims.h5", "dimension 2 of /etc/tau is ");
  const hid_t text = H5Tcopy(H5T_C_S1);
  assert_true(H5Tset_size(text, (size_t)1 << 31) >= 0);
  write_dataset(d, "claims.h5");
  replace("claims.h5", "/runs/id", 1, (const hsize_t[]){RUNS}, text);
  assert_refused("claims.h5", "more than the file holds");
  assert_true(H5Tset_size(text, H5T_VARIABLE) >= 0);
  write_dataset(d, "claims.h5");
  replace("claims.h5", "/runs/id", 1, &many, text);
  assert_refused("claims.h5", "more numbers than the file can hold");
  (void)H5Tclose(text);
  dw_dataset_destroy(d);
}

static void set_attribute(const char *path, const char *name, bool there, int64_t value) {
  const hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
  assert_true(file >= 0 && H5Adelete(file, name) >= 0);
  if (there) {
    const hid_t space = H5Screate(H5S_SCALAR);
    const hid_t attribute = H5Acreate2(file, name, H5T_NATIVE_INT64, space, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(H5Awrite(attribute, H5T_NATIVE_INT64, &value) >= 0);
    (void)H5Aclose(attribute);
    (void)H5Sclose(space);
  }
  (void)H5Fclose(file);
}

/* Catches a foreign file, another version, or arrays that don't belong together, taken for a data set. */
static void foreign_files_are_refused(void **state) {
  (void)state;
  dw_dataset *d = make_dataset();
  assert_refused("absent.h5", "absent.h5");
  write_dataset(d, "foreign.h5");
  set_attribute("foreign.h5", "dataset_version", false, 0);
  assert_refused("foreign.h5", "isn't the data set of a scan");
  write_dataset(d, "foreign.h5");
  set_attribute("foreign.h5", "dataset_version", true, 99);
  assert_refused("foreign.h5", "data set version 99");
  write_dataset(d, "foreign.h5");
  replace("foreign.h5", "/runs/values", 2, (const hsize_t[]){RUNS, KEYS + 1}, H5T_NATIVE_DOUBLE);
  assert_refused("foreign.h5", "/runs/values");
  write_dataset(d, "foreign.h5");
  replace("foreign.h5", "/field/k", 2, (const hsize_t[]){RUNS, 3}, H5T_NATIVE_DOUBLE);
  assert_refused("foreign.h5", "/field/k");
  write_dataset(d, "foreign.h5");
  replace("foreign.h5", "/timeseries/value", 2, (const hsize_t[]){RUNS, ROWS}, H5T_NATIVE_DOUBLE);
  assert_refused("foreign.h5", "2 dimensions, expected 3");
  d->run[1].level = (dw_dataset_level)7;
  write_dataset(d, "foreign.h5");
  assert_refused("foreign.h5", "/runs/level holds 7");
  dw_dataset_destroy(d);
}

/* Catches waves with axes of their own, of which the file has no place for the second. */
static void axes_of_waves_are_shared(void **state) {
  (void)state;
  dw_dataset *d = make_dataset();
  static const dw_record record; /* not looked at */
  d->spectrum[DW_DATASET_OMEGA].k[1] += 0.5;
  assert_status(dw_dataset_write(d, "axes.h5", &record), DW_ERR_PARAM);
  assert_true(access("axes.h5", F_OK) != 0);
  dw_dataset_destroy(d);
}

/* Catches runs on other lattices compared bin by bin, and levels compared with each other. */
static void bins_are_compared_within_a_level(void **state) {
  (void)state;
  dw_dataset *d = make_dataset();
  dw_dataset_table *field = &d->spectrum[DW_DATASET_FIELD];
  assert_ok(dw_dataset_same_bins(d, DW_DATASET_FIELD));
  field->k[1 * field->bins + 2] *= 1.5; /* the only cheap run */
  assert_ok(dw_dataset_same_bins(d, DW_DATASET_FIELD));
  field->k[2 * field->bins + 2] *= 1.0 + 1e-12; /* digits */
  assert_ok(dw_dataset_same_bins(d, DW_DATASET_FIELD));
  field->k[2 * field->bins + 2] *= 1.5;
  assert_status(dw_dataset_same_bins(d, DW_DATASET_FIELD), DW_ERR_PARAM);
  assert_non_null(strstr(dw_message(), "run point0001-seed1 has other bins than run point0000-seed1"));
  assert_status(dw_dataset_same_bins(d, DW_DATASET_GW), DW_ERR_PARAM); /* run 2 has no waves */
  assert_non_null(strstr(dw_message(), "other times"));
  assert_ok(dw_dataset_same_bins(d, DW_DATASET_ETC));
  d->spectrum[DW_DATASET_ETC].count[2 * 3] = 5.0;
  assert_status(dw_dataset_same_bins(d, DW_DATASET_ETC), DW_ERR_PARAM);
  dw_dataset_destroy(d);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(what_is_written_comes_back),      cmocka_unit_test(empty_parts_are_kept),
    cmocka_unit_test(sizes_beyond_memory_are_refused), cmocka_unit_test(truncated_files_are_refused),
    cmocka_unit_test(spoiled_bytes_are_refused),       cmocka_unit_test(the_seal_may_be_absent),
    cmocka_unit_test(sizes_are_not_believed),          cmocka_unit_test(foreign_files_are_refused),
    cmocka_unit_test(axes_of_waves_are_shared),        cmocka_unit_test(bins_are_compared_within_a_level),
};

int main(void) { return cmocka_run_group_tests(tests, NULL, NULL); }
