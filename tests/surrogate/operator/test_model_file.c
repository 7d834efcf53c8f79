/* The model file: comes back as it was, and is refused where it isn't one. */
#include <hdf5.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lattice/file.h"
#include "lesson.h"
#include "surrogate/operator/model_file.h"
#include "surrogate/seal.h"

static dw_corrector *model;

static int make_model(void **state) {
  (void)state;
  static dw_provenance provenance;
  lesson_make("runs = 2; steps = 3;");
  lesson_config.test.runs = 1;
  assert_ok(dw_corrector_train(&model, &lesson_config, &lesson_base, NULL, NULL));
  dw_provenance_collect(&provenance, dw_comm_self(), 0, NULL, 1, 1);
  assert_ok(dw_corrector_write(model, "model.h5", &provenance, dw_comm_self()));
  return 0;
}

static int drop_model(void **state) {
  (void)state;
  dw_corrector_destroy(model);
  return 0;
}

/* Catches a number that is lost or rounded on its way. */
static void test_round_trip(void **state) {
  (void)state;
  dw_corrector *c = NULL;
  assert_ok(dw_corrector_read(&c, "model.h5", dw_comm_self()));
  assert_int_equal(c->nets, model->nets);
  for (int i = 0; i < c->nets; i++) {
    assert_memory_equal(c->net[i]->weight, model->net[i]->weight, model->net[i]->count * sizeof(float));
  }
  assert_true(c->scale == model->scale && c->scale > 0.0);
  assert_memory_equal(&c->config, &model->config, sizeof c->config);
  assert_memory_equal(&c->base, &model->base, sizeof c->base);
  assert_memory_equal(&c->factor, &model->factor, sizeof c->factor);
  assert_memory_equal(&c->error, &model->error, sizeof c->error);
  assert_memory_equal(&c->cheap_error, &model->cheap_error, sizeof c->cheap_error);
  assert_memory_equal(&c->spread, &model->spread, sizeof c->spread);
  assert_true(c->spread.area > 0.0);
  dw_corrector_destroy(c);
}

static void refused(const char *path, const char *why) {
  dw_corrector *c = NULL;
  assert_status(dw_corrector_read(&c, path, dw_comm_self()), DW_ERR_FILE);
  assert_null(c);
  if (strstr(dw_message(), why) == NULL) {
    fail_msg("'%s' doesn't say '%s'", dw_message(), why);
  }
}

/* Another kind, another version. */
static void test_other_files(void **state) {
  (void)state;
  dw_file *file = NULL;
  refused("absent.h5", "absent.h5");
  assert_ok(dw_file_create(&file, dw_comm_self(), "other.h5", 0));
  assert_ok(dw_file_commit(&file));
  refused("other.h5", "not a model of a field operator");
  assert_ok(dw_file_create(&file, dw_comm_self(), "kind.h5", 0));
  assert_ok(dw_attribute_write_text(file, "/", "kind", "emulator"));
  assert_ok(dw_attribute_write_int(file, "/", "model_version", DW_OPERATOR_VERSION));
  assert_ok(dw_file_commit(&file));
  refused("kind.h5", "another kind");
  assert_ok(dw_file_create(&file, dw_comm_self(), "version.h5", 0));
  assert_ok(dw_attribute_write_text(file, "/", "kind", "field operator"));
  assert_ok(dw_attribute_write_int(file, "/", "model_version", DW_OPERATOR_VERSION + 1));
  assert_ok(dw_file_commit(&file));
  refused("version.h5", "model_version");
}

static void write_bytes(const char *path, const char *bytes, size_t count) {
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  assert_true(fwrite(bytes, 1, count, file) == count && fclose(file) == 0);
}

enum { ROOM = 1 << 20 };
static const char SEAL[] = "\ndwell seal 0123456789abcdef\n"; /* as long as one */

static size_t read_model(char bytes[ROOM]) {
  FILE *file = fopen("model.h5", "rb");
  assert_non_null(file);
  const size_t count = fread(bytes, 1, ROOM, file);
  assert_true(count > 1000 && count < ROOM);
  (void)fclose(file);
  return count;
}

/* A sealed file whose first number of a dataset is another one. */
static void poke(const char *path, const char *dataset, double value) {
  static char bytes[ROOM];
  static double numbers[ROOM / 8];
  write_bytes("open.h5", bytes, read_model(bytes) - strlen(SEAL));
  const hid_t file = H5Fopen("open.h5", H5F_ACC_RDWR, H5P_DEFAULT);
  const hid_t opened = H5Dopen2(file, dataset, H5P_DEFAULT);
  assert_true(H5Dread(opened, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers) >= 0);
  numbers[0] = value;
  assert_true(H5Dwrite(opened, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers) >= 0);
  assert_true(H5Dclose(opened) >= 0 && H5Fclose(file) >= 0);
  assert_ok(dw_seal_write(path, "open.h5"));
}

/* Catches numbers that no comparison finds fault with. */
static void test_numbers(void **state) {
  (void)state;
  dw_corrector *c = NULL;
  poke("number.h5", "/error/stress", 0.5);
  assert_ok(dw_corrector_read(&c, "number.h5", dw_comm_self()));
  assert_true(c->error.stress[0] == 0.5);
  dw_corrector_destroy(c);
  poke("number.h5", "/error/stress", (double)NAN);
  refused("number.h5", "/error/stress holds what isn't a number");
  poke("number.h5", "/weights", (double)INFINITY);
  refused("number.h5", "/weights holds what isn't a number");
  poke("number.h5", "/weights", 1e300); /* none in single precision */
  refused("number.h5", "a weight isn't a number");
}

/* Catches a spoiled byte, wherever it is, and a file without its end. */
static void test_damage(void **state) {
  (void)state;
  static char bytes[ROOM];
  const size_t count = read_model(bytes);
  for (size_t i = 0; i < 50; i++) {
    bytes[count * i / 50] ^= 0x10;
    write_bytes("damaged.h5", bytes, count);
    refused("damaged.h5", "damaged");
    bytes[count * i / 50] ^= 0x10;
  }
  write_bytes("cut.h5", bytes, count - strlen(SEAL));
  refused("cut.h5", "seal");
  write_bytes("cut.h5", bytes, count / 2);
  refused("cut.h5", "cut.h5");
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_round_trip), cmocka_unit_test(test_other_files),
                                     cmocka_unit_test(test_numbers), cmocka_unit_test(test_damage)};
  return cmocka_run_group_tests(tests, make_model, drop_model);
}
