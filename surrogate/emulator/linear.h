/* Dense linear algebra: the few calls of LAPACK and BLAS that the emulator needs.
 *
 * Matrices are rows in C order, doubles, contiguous. OpenBLAS runs on one thread, so that sums have one order; callers
 * work on several matrices at once instead. Not collective; safe to call from several threads after
 * dw_linear_start. Nothing is kept.
 * Errors: DW_ERR_INVALID, no such decomposition (a matrix that isn't positive definite, an SVD that doesn't converge);
 * DW_ERR_MEMORY. */
#ifndef DW_SURROGATE_EMULATOR_LINEAR_H
#define DW_SURROGATE_EMULATOR_LINEAR_H

#include <stdint.h>

#include "base/status.h"

/* One thread from now on, for the whole program. */
void dw_linear_start(void);

/* "OpenBLAS ..." */
const char *dw_linear_library(void);

/* a (n, n), symmetric positive definite, lower triangle given -> its Cholesky factor L there, a = L L^T. */
dw_status dw_linear_cholesky(int64_t n, double *a);

/* log |a| of the factor. */
double dw_linear_log_determinant(int64_t n, const double *factor);

/* The factor -> the whole inverse of a. */
dw_status dw_linear_inverse(int64_t n, double *factor);

/* y = a x, a (n, n) symmetric, whole. */
void dw_linear_symmetric_times(int64_t n, const double *a, const double *x, double *y);

/* c (m, n) = a (m, k) b (k, n). */
void dw_linear_product(int64_t m, int64_t n, int64_t k, const double *a, const double *b, double *c);

/* c (m, n) = a (m, k) b (n, k)^T. */
void dw_linear_product_transposed(int64_t m, int64_t n, int64_t k, const double *a, const double *b, double *c);

/* a (m, n) = u (m, p) diag(s) v (p, n), p = min(m, n); a is lost. */
dw_status dw_linear_svd(int64_t m, int64_t n, double *a, double *u, double *s, double *v);

/* Least squares of the smallest norm: a (m, n) x = b (m, columns); b holds x (n, columns) in its first n rows
 * afterwards, so it needs max(m, n) rows. a is lost. */
dw_status dw_linear_least_squares(int64_t m, int64_t n, int64_t columns, double *a, double *b);

#endif
