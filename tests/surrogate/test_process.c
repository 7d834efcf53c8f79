/* Kernels and Gaussian processes: derivatives against differences, results against a dense inverse done here. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "surrogate/emulator/linear.h"
#include "surrogate/emulator/process.h"
#include "tests/surrogate/emulator_fixture.h"

enum { DIMS = 3, POINTS = 24, HYPERS = DIMS + 3 };

static const dw_emulator_kernel kernels[] = {DW_KERNEL_MATERN, DW_KERNEL_SQUARED};
static const dw_emulator_trend trends[] = {DW_TREND_CONSTANT, DW_TREND_LINEAR, DW_TREND_QUADRATIC};
static const double some_hyper[HYPERS] = {0.3, -0.2, 0.8, -0.1, -0.7, -2.0};

/* --- kernels --- */

static void check_kernel(dw_emulator_kernel kind, dw_emulator_trend trend) {
  const double step = 1e-5;
  double x[DIMS] = {0.3, -0.6, 0.9};
  const double y[DIMS] = {-0.2, 0.1, 0.4};
  double hyper[HYPERS];
  double gradient[HYPERS];
  memcpy(hyper, some_hyper, sizeof hyper);
  dw_kernel kernel = dw_kernel_make(kind, trend, DIMS, hyper);
  const double value = dw_kernel_gradient(&kernel, x, y, gradient);
  assert_close(value, dw_kernel_value(&kernel, x, y), 1e-15, 0.0);
  for (int d = 0; d < DIMS; d++) {
    x[d] += step;
    const double above = dw_kernel_value(&kernel, x, y);
    x[d] -= 2.0 * step;
    const double below = dw_kernel_value(&kernel, x, y);
    x[d] += step;
    assert_close(gradient[d], (above - below) / (2.0 * step), 1e-7, 1e-9);
  }
  assert_close(dw_kernel_hyper_gradient(&kernel, x, y, gradient), value, 1e-15, 0.0);
  for (int h = 0; h < HYPERS - 1; h++) {
    hyper[h] += step;
    kernel = dw_kernel_make(kind, trend, DIMS, hyper);
    const double above = dw_kernel_value(&kernel, x, y);
    hyper[h] -= 2.0 * step;
    kernel = dw_kernel_make(kind, trend, DIMS, hyper);
    const double below = dw_kernel_value(&kernel, x, y);
    hyper[h] += step;
    assert_close(gradient[h], (above - below) / (2.0 * step), 1e-7, 1e-9);
  }
}

/* Catches a wrong derivative of any kernel or trend, in the place or in a hyperparameter. */
static void kernels_have_their_derivatives(void **state) {
  (void)state;
  for (int k = 0; k < 2; k++) {
    for (int t = 0; t < 3; t++) {
      check_kernel(kernels[k], trends[t]);
    }
  }
}

/* Catches another kernel than the header's: values worked out by hand. */
static void kernels_are_those_of_the_header(void **state) {
  (void)state;
  const double hyper[4] = {log(2.0), log(3.0), log(0.5), -5.0};
  const double x = 1.0;
  const double y = -0.5;
  const dw_kernel matern = dw_kernel_make(DW_KERNEL_MATERN, DW_TREND_QUADRATIC, 1, hyper);
  const double r = sqrt(5.0) * 1.5 / 2.0;
  assert_close(dw_kernel_value(&matern, &x, &y), 9.0 * (1.0 + r + r * r / 3.0) * exp(-r) + 0.25 * (-0.5 + 0.25) + 1.0,
               1e-14, 0.0);
  const dw_kernel squared = dw_kernel_make(DW_KERNEL_SQUARED, DW_TREND_LINEAR, 1, hyper);
  assert_close(dw_kernel_value(&squared, &x, &y), 9.0 * exp(-0.5 * 0.75 * 0.75) + 0.25 * -0.5 + 1.0, 1e-14, 0.0);
}

/* --- processes --- */

static double places[POINTS * DIMS];

static double bumpy(const double *x) { return sin(2.0 * x[0]) + 0.5 * x[1] * x[2] - 0.3 * x[2]; }

static void make_process(dw_process *process, dw_emulator_kernel kind, dw_emulator_trend trend) {
  for (int i = 0; i < POINTS * DIMS; i++) {
    places[i] = 2.0 * truth_uniform((uint64_t)i) - 1.0;
  }
  assert_ok(dw_process_init(process, kind, trend, DIMS, POINTS, places));
  for (int i = 0; i < POINTS; i++) {
    process->z[i] = bumpy(places + (ptrdiff_t)i * DIMS);
    process->noise[i] = 0.01 * (1 + i % 3);
  }
  memcpy(process->hyper, some_hyper, sizeof some_hyper);
}

/* Catches a wrong gradient of the likelihood. */
static void the_likelihood_has_its_gradient(void **state) {
  (void)state;
  static double scratch[POINTS * POINTS + POINTS];
  const double step = 1e-5;
  for (int k = 0; k < 2; k++) {
    dw_process process;
    double hyper[HYPERS];
    double gradient[HYPERS];
    double value = 0.0;
    make_process(&process, kernels[k], DW_TREND_QUADRATIC);
    memcpy(hyper, some_hyper, sizeof hyper);
    assert_ok(dw_process_likelihood(&process, hyper, &value, gradient, scratch));
    for (int h = 0; h < HYPERS; h++) {
      double above = 0.0;
      double below = 0.0;
      hyper[h] += step;
      assert_ok(dw_process_likelihood(&process, hyper, &above, NULL, scratch));
      hyper[h] -= 2.0 * step;
      assert_ok(dw_process_likelihood(&process, hyper, &below, NULL, scratch));
      hyper[h] += step;
      assert_close(gradient[h], (above - below) / (2.0 * step), 1e-5, 1e-6);
    }
    dw_process_finalize(&process);
  }
}

/* Inverse and log determinant by Gauss and Jordan, in long double, of points that aren't left out. */
static long double invert(int n, long double *a, long double *inverse) {
  long double determinant = 0.0L;
  for (int i = 0; i < n * n; i++) {
    inverse[i] = i % (n + 1) == 0 ? 1.0L : 0.0L;
  }
  for (int p = 0; p < n; p++) {
    const long double by = a[p * n + p];
    determinant += logl(by);
    for (int j = 0; j < n; j++) {
      a[p * n + j] /= by;
      inverse[p * n + j] /= by;
    }
    for (int i = 0; i < n; i++) {
      const long double factor = a[i * n + p];
      for (int j = 0; j < n && i != p; j++) {
        a[i * n + j] -= factor * a[p * n + j];
        inverse[i * n + j] -= factor * inverse[p * n + j];
      }
    }
  }
  return determinant;
}

/* Mean and variance at x from all points but `except`; -log p to *likelihood. */
static void dense(const dw_process *p, const double *x, int except, double *mean, double *variance,
                  double *likelihood) {
  static long double a[POINTS * POINTS];
  static long double inverse[POINTS * POINTS];
  int used[POINTS];
  int n = 0;
  for (int i = 0; i < POINTS; i++) {
    if (i != except) {
      used[n++] = i;
    }
  }
  for (int i = 0; i < n; i++) {
    for (int j = 0; j < n; j++) {
      a[i * n + j] = dw_kernel_value(&p->kernel, p->x + (ptrdiff_t)used[i] * DIMS, p->x + (ptrdiff_t)used[j] * DIMS) +
                     (i == j ? p->noise[used[i]] + p->kernel.nugget : 0.0);
    }
  }
  const long double determinant = invert(n, a, inverse);
  long double sum = 0.0L;
  long double square = 0.0L;
  long double fit = 0.0L;
  for (int i = 0; i < n; i++) {
    for (int j = 0; j < n; j++) {
      const long double near = dw_kernel_value(&p->kernel, x, p->x + (ptrdiff_t)used[i] * DIMS);
      const long double other = dw_kernel_value(&p->kernel, x, p->x + (ptrdiff_t)used[j] * DIMS);
      sum += near * inverse[i * n + j] * p->z[used[j]];
      square += near * inverse[i * n + j] * other;
      fit += p->z[used[i]] * inverse[i * n + j] * p->z[used[j]];
    }
  }
  *mean = (double)sum;
  *variance = (double)(dw_kernel_value(&p->kernel, x, x) - square);
  *likelihood = (double)(0.5L * (fit + determinant + n * logl(2.0L * DW_PI)));
}

/* Catches a wrong mean, variance, likelihood or left-out value. */
static void results_are_those_of_a_dense_inverse(void **state) {
  (void)state;
  static double scratch[POINTS * POINTS + POINTS];
  dw_process process;
  make_process(&process, DW_KERNEL_MATERN, DW_TREND_LINEAR);
  assert_ok(dw_process_condition(&process));
  const double x[DIMS] = {0.1, -0.4, 0.7};
  double mean = 0.0;
  double variance = 0.0;
  double likelihood = 0.0;
  double own = 0.0;
  dense(&process, x, -1, &mean, &variance, &likelihood);
  assert_close(dw_process_predict(&process, x, &own, NULL, scratch), mean, 1e-9, 1e-9);
  assert_close(own, variance + process.kernel.nugget, 1e-9, 1e-9);
  assert_ok(dw_process_likelihood(&process, process.hyper, &own, NULL, scratch));
  assert_close(own, likelihood, 1e-10, 0.0);
  process.nugget_is_noise = true;
  (void)dw_process_predict(&process, x, &own, NULL, scratch);
  assert_close(own, variance, 1e-9, 1e-9);
  for (int i = 0; i < POINTS; i += 5) {
    dense(&process, places + (ptrdiff_t)i * DIMS, i, &mean, &variance, &likelihood);
    assert_close(dw_process_leave_out(&process, i, &own), process.z[i] - mean, 1e-8, 1e-9);
    assert_close(own, variance, 1e-8, 1e-9);
  }
  dw_process_finalize(&process);
}

/* Catches a wrong gradient of a prediction. */
static void predictions_have_their_gradient(void **state) {
  (void)state;
  static double scratch[2 * POINTS];
  dw_process process;
  double x[DIMS] = {0.1, -0.4, 0.7};
  double gradient[DIMS];
  double variance = 0.0;
  const double step = 1e-5;
  make_process(&process, DW_KERNEL_MATERN, DW_TREND_QUADRATIC);
  assert_ok(dw_process_condition(&process));
  (void)dw_process_predict(&process, x, &variance, gradient, scratch);
  for (int d = 0; d < DIMS; d++) {
    x[d] += step;
    const double above = dw_process_predict(&process, x, &variance, NULL, scratch);
    x[d] -= 2.0 * step;
    const double below = dw_process_predict(&process, x, &variance, NULL, scratch);
    x[d] += step;
    assert_close(gradient[d], (above - below) / (2.0 * step), 1e-6, 1e-7);
  }
  dw_process_finalize(&process);
}

/* Catches a search that doesn't find the noise of data whose noise is known, or finds lengths that make no sense. */
static void the_noise_is_recovered(void **state) {
  (void)state;
  enum { MANY = 200 };
  static double x[MANY];
  const double scatter = 0.3; /* no start has it */
  dw_process process;
  for (int i = 0; i < MANY; i++) {
    x[i] = 2.0 * ((double)i + 0.5) / MANY - 1.0;
  }
  assert_ok(dw_process_init(&process, DW_KERNEL_SQUARED, DW_TREND_CONSTANT, 1, MANY, x));
  process.nugget_is_noise = true;
  for (int i = 0; i < MANY; i++) {
    process.z[i] = sin(4.0 * x[i]) + scatter * truth_normal((uint64_t)i + 77);
    process.noise[i] = 0.0;
  }
  assert_ok(dw_process_fit(&process, false));
  assert_close(exp(process.hyper[3]), scatter, 0.15, 0.0);
  assert_true(exp(process.hyper[0]) > 0.15 && exp(process.hyper[0]) < 1.5);
  dw_process_finalize(&process);
}

int main(void) {
  dw_linear_start();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(kernels_have_their_derivatives),  cmocka_unit_test(kernels_are_those_of_the_header),
      cmocka_unit_test(the_likelihood_has_its_gradient), cmocka_unit_test(results_are_those_of_a_dense_inverse),
      cmocka_unit_test(predictions_have_their_gradient), cmocka_unit_test(the_noise_is_recovered)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
