/* Model files: the same bits come back; damage, other versions and other kinds are refused. */
#include <hdf5.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lattice/replace.h"
#include "surrogate/seal.h"
#include "tests/surrogate/emulator_fixture.h"

static const truth small = {.points = 12, .seeds = 2, .scatter = 0.05, .cheap = 12, .fine = 5};

static void write_model(const char *path) {
  dw_dataset *d = truth_dataset(&small);
  const dw_emulator_options options = dw_emulator_defaults();
  static dw_provenance provenance;
  dw_emulator *e = NULL;
  dw_provenance_collect(&provenance, dw_comm_self(), 0, NULL, 1, 1);
  assert_ok(dw_emulator_train(&e, d, &options));
  assert_ok(dw_emulator_write(e, path, &provenance));
  dw_emulator_destroy(e);
  dw_dataset_destroy(d);
}

static void write_bytes(const char *path, const char *data, size_t bytes) {
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  assert_int_equal(fwrite(data, 1, bytes, file), bytes);
  assert_int_equal(fclose(file), 0);
}

static void refused(const char *path, const char *what) {
  dw_emulator *e = NULL;
  assert_status(dw_emulator_read(&e, path), DW_ERR_FILE);
  assert_null(e);
  if (strstr(dw_message(), what) == NULL || strstr(dw_message(), path) == NULL) {
    fail_msg("'%s' isn't in: %s", what, dw_message());
  }
}

/* Catches a number that is lost or rounded on the way through a file. */
static void the_same_bits_come_back(void **state) {
  (void)state;
  dw_dataset *d = truth_dataset(&small);
  const dw_emulator_options options = dw_emulator_defaults();
  static dw_provenance provenance;
  dw_emulator *e[2];
  dw_emulator_prediction *p[2];
  struct stat unsealed;
  dw_provenance_collect(&provenance, dw_comm_self(), 0, NULL, 1, 1);
  assert_ok(dw_emulator_train(&e[0], d, &options));
  assert_ok(dw_emulator_write(e[0], "same.h5", &provenance));
  assert_ok(dw_emulator_read(&e[1], "same.h5"));
  assert_int_equal(stat("same.h5.unsealed", &unsealed), -1);
  for (int i = 0; i < 2; i++) {
    assert_ok(dw_emulator_prediction_create(&p[i], e[i], true));
    assert_ok(dw_emulator_predict(e[i], (const double[]){0.45, 3.7}, p[i]));
  }
  const int64_t m = dw_emulator_outputs(e[0]);
  assert_int_equal(dw_emulator_outputs(e[1]), m);
  assert_memory_equal(p[0]->mean, p[1]->mean, (size_t)(5 * m) * sizeof(double));
  assert_memory_equal(p[0]->gradient, p[1]->gradient, (size_t)(2 * m) * sizeof(double));
  assert_memory_equal(p[0]->error, p[1]->error, sizeof p[0]->error);
  assert_int_equal(p[0]->verdict, p[1]->verdict);
  assert_string_equal(dw_emulator_base(e[0]), dw_emulator_base(e[1]));
  assert_int_equal(dw_emulator_runs(e[1]), dw_emulator_runs(e[0]));
  for (int64_t r = 0; r < dw_emulator_runs(e[0]); r++) {
    assert_string_equal(dw_emulator_run_id(e[0], r), dw_emulator_run_id(e[1], r));
  }
  for (int64_t q = 0; q < dw_emulator_quantities(e[0]); q++) {
    const dw_emulator_quantity *a = dw_emulator_quantity_at(e[0], q);
    const dw_emulator_quantity *b = dw_emulator_quantity_at(e[1], q);
    assert_string_equal(a->name, b->name);
    assert_true(a->q68 == b->q68 && a->q95 == b->q95 && a->scale == b->scale && a->error == b->error);
    assert_memory_equal(a->tau, b->tau, (size_t)a->times * sizeof(double));
    assert_true((a->k == NULL) == (b->k == NULL));
  }
  for (int i = 0; i < 2; i++) {
    dw_emulator_prediction_destroy(p[i]);
    dw_emulator_destroy(e[i]);
  }
  dw_dataset_destroy(d);
}

/* Catches damage that isn't noticed: each of many bytes flipped, the file cut at many places, bytes added. */
static void damage_is_noticed(void **state) {
  (void)state;
  char *data = NULL;
  size_t bytes = 0;
  write_model("whole.h5");
  assert_ok(dw_replace_read("whole.h5", &data, &bytes));
  for (size_t i = 0; i < 400; i++) {
    const size_t at = i < 100 ? i : i < 160 ? bytes - 1 - (i - 100) : (size_t)truth_hash(i) % bytes;
    data[at] = (char)(data[at] ^ (1 << (i % 8)));
    write_bytes("flipped.h5", data, bytes);
    refused("flipped.h5", "make it again");
    data[at] = (char)(data[at] ^ (1 << (i % 8)));
  }
  for (size_t i = 0; i < 40; i++) { /* two words change places */
    char *one = data + 8 * (truth_hash(3 * i) % (bytes / 16));
    char *other = data + 8 * (bytes / 16 + truth_hash(3 * i + 1) % (bytes / 32));
    char kept[8];
    if (memcmp(one, other, sizeof kept) != 0) {
      memcpy(kept, one, sizeof kept);
      memcpy(one, other, sizeof kept);
      memcpy(other, kept, sizeof kept);
      write_bytes("swapped.h5", data, bytes);
      refused("swapped.h5", "damaged");
      memcpy(other, one, sizeof kept);
      memcpy(one, kept, sizeof kept);
    }
  }
  for (size_t i = 0; i < 40; i++) {
    write_bytes("cut.h5", data, i * bytes / 40);
    refused("cut.h5", "make it again");
  }
  char *more = malloc(bytes + 1);
  assert_non_null(more);
  memcpy(more, data, bytes);
  more[bytes] = 'x';
  write_bytes("more.h5", more, bytes + 1);
  refused("more.h5", "seal");
  write_bytes("whole_again.h5", data, bytes);
  dw_emulator *e = NULL;
  assert_ok(dw_emulator_read(&e, "whole_again.h5"));
  dw_emulator_destroy(e);
  free(more);
  dw_free(data);
}

/* A sealed file with one attribute of the root, an integer, changed. */
static void change(const char *path, const char *name, int64_t value) {
  char *data = NULL;
  size_t bytes = 0;
  const size_t seal = strlen("\ndwell seal 0123456789abcdef\n");
  assert_ok(dw_replace_read("whole.h5", &data, &bytes));
  write_bytes("open.h5", data, bytes - seal);
  dw_free(data);
  const hid_t file = H5Fopen("open.h5", H5F_ACC_RDWR, H5P_DEFAULT);
  const hid_t attribute = H5Aopen(file, name, H5P_DEFAULT);
  assert_true(file >= 0 && attribute >= 0);
  assert_true(H5Awrite(attribute, H5T_NATIVE_INT64, &value) >= 0);
  assert_true(H5Aclose(attribute) >= 0 && H5Fclose(file) >= 0);
  assert_ok(dw_seal_write(path, "open.h5"));
}

/* Catches a model of another version that is read, and counts that are believed without a look at the file. */
static void other_versions_and_wrong_counts_are_refused(void **state) {
  (void)state;
  write_model("whole.h5");
  change("version.h5", "model_version", 2);
  refused("version.h5", "version 2");
  change("quantities.h5", "quantities", INT64_C(1) << 40);
  refused("quantities.h5", "quantities");
  change("base.h5", "base_bytes", INT64_C(1) << 36);
  refused("base.h5", "base_bytes");
  change("kernel.h5", "kernel", 7);
  refused("kernel.h5", "doesn't know");
  change("levels.h5", "levels", 1);
  refused("levels.h5", "layers");
}

/* Catches files of other kinds that are read, and a failure to write that harms an earlier model. */
static void other_files_are_refused(void **state) {
  (void)state;
  refused("missing.h5", "missing.h5");
  write_bytes("text.h5", "no model\n", 9);
  refused("text.h5", "seal");
  const hid_t file = H5Fcreate("foreign.h5.open", H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  assert_true(file >= 0 && H5Fclose(file) >= 0);
  assert_ok(dw_seal_write("foreign.h5", "foreign.h5.open"));
  refused("foreign.h5", "no kind");
}

int main(void) {
  (void)H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
  const struct CMUnitTest tests[] = {cmocka_unit_test(the_same_bits_come_back), cmocka_unit_test(damage_is_noticed),
                                     cmocka_unit_test(other_versions_and_wrong_counts_are_refused),
                                     cmocka_unit_test(other_files_are_refused)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
