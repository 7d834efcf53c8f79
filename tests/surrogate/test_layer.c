/* Samples of seeds and principal components. */
#define _GNU_SOURCE /* dladdr */
#include <dlfcn.h>
#include <math.h>
#include <string.h>

#include "surrogate/emulator/layer.h"
#include "surrogate/emulator/linear.h"
#include "tests/surrogate/emulator_fixture.h"

enum { DIMS = 2, MOST = 64, OUTPUTS = 10, SEEDS = 4 };

static double x[MOST * SEEDS * DIMS];
static double value[MOST * SEEDS * OUTPUTS];
static int64_t design[MOST * SEEDS];

typedef double (*function)(const double *x, int j);

/* Two directions in the space of outputs, orthogonal and of unit length. */
static double first_shape(int j) { return j % 2 == 0 ? 1.0 / sqrt(5.0) : 0.0; }
static double second_shape(int j) { return j % 2 == 1 ? (j < 5 ? 1.0 : -1.0) / sqrt(5.0) : 0.0; }
static double of_rank_two(const double *at, int j) {
  return 2.0 + 3.0 * at[0] * first_shape(j) + at[1] * at[1] * second_shape(j);
}
static double nothing(const double *at, int j) { return at[0] * 0.0 + j; }

static void fill(int points, int seeds, function f, double scatter, double slope) {
  for (int i = 0; i < points * seeds; i++) {
    design[i] = i / seeds;
    truth_place(design[i], x + (ptrdiff_t)i * DIMS);
    const double *at = x + (ptrdiff_t)i * DIMS;
    for (int j = 0; j < OUTPUTS; j++) {
      const double grown = scatter * exp(0.5 * slope * at[0]);
      value[i * OUTPUTS + j] = f(at, j) + grown * truth_normal((uint64_t)(i * OUTPUTS + j));
    }
  }
}

/* Catches means, scatter or its slope that are wrong, and points that are mixed up. */
static void the_scatter_is_measured(void **state) {
  (void)state;
  dw_seed_sample s;
  fill(MOST, SEEDS, of_rank_two, 0.1, 0.8);
  assert_ok(dw_seed_sample_init(&s, DIMS, OUTPUTS, MOST * SEEDS, design, x, value));
  assert_int_equal(s.points, MOST);
  assert_true(s.repeated);
  assert_close(s.slope[0], 0.8, 0.2, 0.0);
  assert_close(s.slope[1], 0.0, 0.0, 0.2);
  double sum = 0.0;
  for (int j = 0; j < OUTPUTS; j++) {
    sum += s.scatter[j] / OUTPUTS;
  }
  assert_close(sum, 0.01, 0.06, 0.0);
  double mean = 0.0;
  for (int r = 0; r < SEEDS; r++) {
    mean += value[(5 * SEEDS + r) * OUTPUTS + 3] / SEEDS;
  }
  assert_close(s.mean[5 * OUTPUTS + 3], mean, 1e-13, 0.0);
  assert_close(s.rest[(5 * SEEDS + 2) * OUTPUTS + 3], value[(5 * SEEDS + 2) * OUTPUTS + 3] - mean, 0.0, 1e-13);
  dw_seed_sample_finalize(&s);
  design[1] = 9; /* this run isn't at point 9 */
  assert_status(dw_seed_sample_init(&s, DIMS, OUTPUTS, MOST * SEEDS, design, x, value), DW_ERR_PARAM);
  dw_seed_sample_finalize(&s);
}

static void train(dw_layer *layer, dw_seed_sample *s, int points, int seeds, int64_t components, double *rest) {
  const dw_layer_options options = {.kernel = DW_KERNEL_MATERN, .trend = DW_TREND_LINEAR, .components = components};
  assert_ok(dw_seed_sample_init(s, DIMS, OUTPUTS, (int64_t)points * seeds, design, x, value));
  assert_ok(dw_layer_train(layer, s, &options, rest));
}

/* Catches components that aren't the data's: two of them, orthogonal, along the known directions, with z of unit
 * variance, that give back every point. */
static void components_are_those_of_the_data(void **state) {
  (void)state;
  static double rest[MOST * OUTPUTS];
  dw_layer layer;
  dw_seed_sample s;
  fill(MOST, 1, of_rank_two, 0.0, 0.0);
  train(&layer, &s, MOST, 1, 12, rest);
  assert_int_equal(layer.components, 2);
  double dot = 0.0;
  double along = 0.0;
  double square = 0.0;
  for (int j = 0; j < OUTPUTS; j++) {
    dot += layer.basis[j] * layer.basis[OUTPUTS + j];
    along += layer.basis[j] * first_shape(j);
    square += layer.basis[j] * layer.basis[j];
  }
  assert_close(dot, 0.0, 0.0, 1e-12);
  assert_close(fabs(along), sqrt(square), 1e-3, 0.0);
  for (int c = 0; c < 2; c++) {
    double sum = 0.0;
    for (int i = 0; i < MOST; i++) {
      sum += layer.process[c].z[i] * layer.process[c].z[i] / MOST;
    }
    assert_close(sum, 1.0, 1e-12, 0.0);
  }
  for (int i = 0; i < MOST * OUTPUTS; i++) {
    const double *basis = layer.basis + i % OUTPUTS;
    const double z[2] = {layer.process[0].z[i / OUTPUTS], layer.process[1].z[i / OUTPUTS]};
    assert_close(layer.mean[i % OUTPUTS] + z[0] * basis[0] + z[1] * basis[OUTPUTS], value[i], 0.0, 1e-12);
    assert_close(rest[i], 0.0, 0.0, 1e-12);
  }
  dw_layer_finalize(&layer);
  dw_seed_sample_finalize(&s);
}

/* Catches a truncation that isn't the variance of the components left out. */
static void what_is_left_out_is_the_truncation(void **state) {
  (void)state;
  static double rest[MOST * OUTPUTS];
  dw_layer layer;
  dw_seed_sample s;
  fill(MOST, 1, of_rank_two, 0.0, 0.0);
  train(&layer, &s, MOST, 1, 1, rest);
  assert_int_equal(layer.components, 1);
  double sum = 0.0;
  double mean = 0.0;
  double square = 0.0;
  for (int j = 0; j < OUTPUTS; j++) {
    sum += layer.truncation[j];
  }
  for (int i = 0; i < MOST; i++) {
    mean += x[i * DIMS + 1] * x[i * DIMS + 1] / MOST;
    square += pow(x[i * DIMS + 1], 4.0) / MOST;
  }
  assert_close(sum, (square - mean * mean) * MOST / (MOST - 2.0), 0.02, 0.0);
  dw_layer_finalize(&layer);
  dw_seed_sample_finalize(&s);
}

/* Catches noise that is taken for something to learn, or for truncation. */
static void noise_alone_has_no_components(void **state) {
  (void)state;
  static double rest[MOST * OUTPUTS];
  dw_layer layer;
  dw_seed_sample s;
  fill(MOST, SEEDS, nothing, 0.1, 0.0);
  train(&layer, &s, MOST, SEEDS, 12, rest);
  double sum = 0.0;
  for (int j = 0; j < OUTPUTS; j++) {
    sum += layer.truncation[j] / OUTPUTS;
  }
  assert_true(layer.components <= 1);
  assert_true(sum < 0.1 * 0.01 / SEEDS);
  dw_layer_finalize(&layer);
  dw_seed_sample_finalize(&s);
}

/* Catches a product of matrices that GSL's own BLAS does, which has the same names. */
static void openblas_does_the_work(void **state) {
  (void)state;
  Dl_info where;
  void *product = dlsym(RTLD_DEFAULT, "cblas_dgemm");
  assert_non_null(strstr(dw_linear_library(), "OpenBLAS"));
  assert_non_null(product);
  assert_int_not_equal(dladdr(product, &where), 0);
  print_message("cblas_dgemm is in %s\n", where.dli_fname);
  assert_null(strstr(where.dli_fname, "gslcblas"));
}

int main(void) {
  dw_linear_start();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_scatter_is_measured), cmocka_unit_test(components_are_those_of_the_data),
      cmocka_unit_test(what_is_left_out_is_the_truncation), cmocka_unit_test(noise_alone_has_no_components),
      cmocka_unit_test(openblas_does_the_work)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
