#include "analysis/post/eigen.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include <gsl/gsl_eigen.h>
#include <gsl/gsl_errno.h>

#include "base/memory.h"

static double measure(int count, const double *tau, int i) {
  const double before = i > 0 ? tau[i] - tau[i - 1] : 0.0;
  const double after = i + 1 < count ? tau[i + 1] - tau[i] : 0.0;
  return 0.5 * (before + after);
}

static dw_status check(int count, const double *tau, const double *utc) {
  bool increases = count >= 2;
  for (int i = 1; increases && i < count; i++) {
    increases = tau[i] > tau[i - 1] && isfinite(tau[i] - tau[i - 1]);
  }
  if (!increases) {
    return dw_fail(DW_ERR_INTERNAL, "the %d times of a correlator have to increase", count);
  }
  for (size_t i = 0; i < (size_t)count * (size_t)count; i++) {
    if (!isfinite(utc[i])) {
      return dw_fail(DW_ERR_INVALID, "a correlator holds numbers that aren't finite; it has no eigenmodes");
    }
  }
  return DW_OK;
}

static void fill(gsl_matrix *matrix, int count, const double *tau, const double *utc) {
  const size_t n = (size_t)count;
  for (size_t i = 0; i < n; i++) {
    for (size_t j = 0; j < n; j++) {
      const double both = measure(count, tau, (int)i) * measure(count, tau, (int)j);
      gsl_matrix_set(matrix, i, j, 0.5 * (utc[i * n + j] + utc[j * n + i]) * sqrt(both));
    }
  }
}

static void count_negative(dw_eigen *eigen) {
  const double lowest = eigen->value[eigen->count - 1];
  const double largest = fmax(fabs(eigen->value[0]), fabs(lowest));
  for (int n = 0; n < eigen->count; n++) {
    if (eigen->value[n] < -eigen->count * DBL_EPSILON * largest) {
      eigen->negative++;
      eigen->negative_sum += eigen->value[n];
      eigen->negative_largest = -lowest / largest;
    }
  }
}

static dw_status solve(dw_eigen *eigen, const double *tau, const double *utc, gsl_matrix *matrix, gsl_matrix *vectors,
                       gsl_vector *values, gsl_eigen_symmv_workspace *work) {
  if (matrix == NULL || vectors == NULL || values == NULL || work == NULL) {
    return dw_fail(DW_ERR_MEMORY, "no memory for the eigenmodes of %d times", eigen->count);
  }
  fill(matrix, eigen->count, tau, utc);
  if (gsl_eigen_symmv(matrix, values, vectors, work) != GSL_SUCCESS ||
      gsl_eigen_symmv_sort(values, vectors, GSL_EIGEN_SORT_VAL_DESC) != GSL_SUCCESS) {
    return dw_fail(DW_ERR_INVALID, "the eigenmodes of a correlator at %d times weren't found", eigen->count);
  }
  for (int n = 0; n < eigen->count; n++) {
    eigen->value[n] = gsl_vector_get(values, (size_t)n);
    for (int i = 0; i < eigen->count; i++) {
      eigen->vector[(size_t)n * (size_t)eigen->count + (size_t)i] =
          gsl_matrix_get(vectors, (size_t)i, (size_t)n) / sqrt(measure(eigen->count, tau, i));
    }
  }
  return DW_OK;
}

dw_status dw_eigen_init(dw_eigen *eigen, int count, const double *tau, const double *utc) {
  memset(eigen, 0, sizeof *eigen);
  DW_TRY(check(count, tau, utc));
  eigen->count = count;
  const size_t n = (size_t)count;
  void *memory = NULL;
  DW_TRY(dw_alloc(&memory, n * (n + 1), sizeof(double), "eigenmodes"));
  eigen->value = memory;
  eigen->vector = eigen->value + n;
  gsl_set_error_handler_off();
  gsl_matrix *matrix = gsl_matrix_alloc(n, n);
  gsl_matrix *vectors = gsl_matrix_alloc(n, n);
  gsl_vector *values = gsl_vector_alloc(n);
  gsl_eigen_symmv_workspace *work = gsl_eigen_symmv_alloc(n);
  const dw_status status = solve(eigen, tau, utc, matrix, vectors, values, work);
  gsl_eigen_symmv_free(work);
  gsl_vector_free(values);
  gsl_matrix_free(vectors);
  gsl_matrix_free(matrix);
  if (status == DW_OK) {
    count_negative(eigen);
  }
  return status;
}

void dw_eigen_finalize(dw_eigen *eigen) {
  dw_free(eigen->value);
  memset(eigen, 0, sizeof *eigen);
}

void dw_eigen_shares(const dw_eigen *eigen, const double *weight, double *share) {
  for (int n = 0; n < eigen->count; n++) {
    const double *vector = eigen->vector + (size_t)n * (size_t)eigen->count;
    double wave = 0.0;
    for (int i = 0; i < eigen->count; i++) {
      wave += weight[i] * vector[i];
    }
    share[n] = eigen->value[n] * wave * wave;
  }
}

int dw_eigen_enough(int count, const double *share, double fraction) {
  double whole = 0.0;
  for (int n = 0; n < count; n++) {
    whole += share[n];
  }
  double rest = 0.0; /* of the modes from n on */
  int n = count;
  while (n > 0 && whole > 0.0 && fabs(rest + share[n - 1]) <= (1.0 - fraction) * whole) {
    rest += share[n - 1];
    n--;
  }
  return n;
}
