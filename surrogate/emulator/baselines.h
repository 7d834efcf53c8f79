/* Simple ways to get a value between the points of a scan; what an emulator has to beat.
 *
 * Points x (n, D), values y (n, M), a query at (D), result (M); all arrays are the caller's.
 * Not collective. Errors: DW_ERR_MEMORY; DW_ERR_INVALID, a regression that finds nothing. */
#ifndef DW_SURROGATE_EMULATOR_BASELINES_H
#define DW_SURROGATE_EMULATOR_BASELINES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

/* Index of the nearest point; the first of equals. */
int64_t dw_baseline_nearest(int64_t dims, int64_t points, const double *x, const double *at);

/* Weights (n) of the corners of the simplex of a Delaunay triangulation that holds the query: among all convex
 * combinations of points that give `at`, the one with the smallest sum of w_i |x_i - at|^2 (K. Brown, Inf. Process.
 * Lett. 9 (1979) 223, in the form of a linear programme), solved by the simplex method with Bland's rule. *inside is
 * false, and the nearest point has all the weight, outside of the convex hull. */
dw_status dw_baseline_simplex(int64_t dims, int64_t points, const double *x, const double *at, double *weight,
                              bool *inside);

/* Terms of a polynomial of degree 1 or 2. */
int64_t dw_baseline_terms(int64_t dims, int degree);

/* The terms at x: 1, x_d, and for degree 2 x_d x_e with e >= d. */
void dw_baseline_polynomial(int64_t dims, int degree, const double *x, double *term);

/* Coefficients (terms, M) by least squares. coefficient: room for max(n, terms) M reals. */
dw_status dw_baseline_regress(int64_t dims, int degree, int64_t points, int64_t outputs, const double *x,
                              const double *y, double *coefficient);

#endif
