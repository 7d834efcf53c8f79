#include "surrogate/emulator/linear.h"

#include <math.h>

#include <cblas.h>
#include <lapacke.h>

#include "base/memory.h"

void dw_linear_start(void) { openblas_set_num_threads(1); }

const char *dw_linear_library(void) { return openblas_get_config(); }

/* The lower triangle by rows is the upper one by columns, so nothing has to be transposed. */
dw_status dw_linear_cholesky(int64_t n, double *a) {
  const lapack_int info = LAPACKE_dpotrf_work(LAPACK_COL_MAJOR, 'U', (lapack_int)n, a, (lapack_int)n);
  return info == 0 ? DW_OK
                   : dw_fail(DW_ERR_INVALID, "a matrix of %lld rows isn't positive definite (row %lld)", (long long)n,
                             (long long)info);
}

double dw_linear_log_determinant(int64_t n, const double *factor) {
  double sum = 0.0;
  for (int64_t i = 0; i < n; i++) {
    sum += log(factor[i * n + i]);
  }
  return 2.0 * sum;
}

dw_status dw_linear_inverse(int64_t n, double *factor) {
  const lapack_int info = LAPACKE_dpotri_work(LAPACK_COL_MAJOR, 'U', (lapack_int)n, factor, (lapack_int)n);
  if (info != 0) {
    return dw_fail(DW_ERR_INVALID, "a matrix of %lld rows has no inverse (row %lld)", (long long)n, (long long)info);
  }
  for (int64_t i = 0; i < n; i++) {
    for (int64_t j = i + 1; j < n; j++) {
      factor[i * n + j] = factor[j * n + i];
    }
  }
  return DW_OK;
}

void dw_linear_symmetric_times(int64_t n, const double *a, const double *x, double *y) {
  cblas_dgemv(CblasRowMajor, CblasNoTrans, (blasint)n, (blasint)n, 1.0, a, (blasint)n, x, 1, 0.0, y, 1);
}

void dw_linear_product(int64_t m, int64_t n, int64_t k, const double *a, const double *b, double *c) {
  cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (blasint)m, (blasint)n, (blasint)k, 1.0, a, (blasint)k, b,
              (blasint)n, 0.0, c, (blasint)n);
}

void dw_linear_product_transposed(int64_t m, int64_t n, int64_t k, const double *a, const double *b, double *c) {
  cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (blasint)m, (blasint)n, (blasint)k, 1.0, a, (blasint)k, b,
              (blasint)k, 0.0, c, (blasint)n);
}

/* The transposed of a, by columns, is v^T diag(s) u^T: again nothing has to be transposed. */
dw_status dw_linear_svd(int64_t m, int64_t n, double *a, double *u, double *s, double *v) {
  const int64_t p = m < n ? m : n;
  const lapack_int info = LAPACKE_dgesdd(LAPACK_COL_MAJOR, 'S', (lapack_int)n, (lapack_int)m, a, (lapack_int)n, s, v,
                                         (lapack_int)n, u, (lapack_int)p);
  if (info == LAPACK_WORK_MEMORY_ERROR) {
    return dw_fail(DW_ERR_MEMORY, "no memory for the singular values of %lld x %lld numbers", (long long)m,
                   (long long)n);
  }
  return info == 0 ? DW_OK
                   : dw_fail(DW_ERR_INVALID, "singular values of %lld x %lld numbers: no result (%lld)", (long long)m,
                             (long long)n, (long long)info);
}

dw_status dw_linear_least_squares(int64_t m, int64_t n, int64_t columns, double *a, double *b) {
  double *s = NULL;
  lapack_int rank = 0;
  DW_TRY(dw_alloc((void **)&s, (size_t)(m < n ? m : n), sizeof *s, "least squares"));
  const lapack_int info = LAPACKE_dgelsd(LAPACK_ROW_MAJOR, (lapack_int)m, (lapack_int)n, (lapack_int)columns, a,
                                         (lapack_int)n, b, (lapack_int)columns, s, 1e-12, &rank);
  dw_free(s);
  return info == 0 ? DW_OK
                   : dw_fail(info == LAPACK_WORK_MEMORY_ERROR ? DW_ERR_MEMORY : DW_ERR_INVALID,
                             "least squares of %lld x %lld numbers: no result (%lld)", (long long)m, (long long)n,
                             (long long)info);
}
