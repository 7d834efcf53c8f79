/* Eigenmodes of an unequal-time correlator: UTC(tau1, tau2) = sum_n lambda_n v_n(tau1) v_n(tau2), a sum of coherent
 * sources. They are those of the integral operator with dtau,
 *
 *   int dtau2 UTC(tau1, tau2) v_n(tau2) = lambda_n v_n(tau1),     int dtau v_n v_m = delta_nm,
 *
 * with integrals by the trapezoidal rule, measure m_i = half the two intervals beside sample i. So lambda_n (UTC times
 * 1/m) and v_n (m^(1/2)) don't depend on the sampling once it resolves the correlator; sum lambda_n = int dtau
 * ETC(tau). Found from the symmetric matrix m_i^(1/2) UTC_ij m_j^(1/2). See U.-L. Pen, U. Seljak &
 * N. Turok, astro-ph/9704165, for the method.
 *
 * A measured UTC is a mean of products and has no negative eigenvalue; a model, or a matrix put together from several
 * measurements, may have. Those smaller than rounding (count times epsilon times the largest) aren't counted.
 *
 * Not collective. */
#ifndef DW_ANALYSIS_POST_EIGEN_H
#define DW_ANALYSIS_POST_EIGEN_H

#include "base/status.h"

/* Arrays are owned. */
typedef struct dw_eigen {
  int count;               /* of samples, and of modes */
  double *value;           /* (count) lambda_n, largest first */
  double *vector;          /* (count, count): mode n is row n */
  int negative;            /* how many eigenvalues are below zero by more than rounding */
  double negative_sum;     /* of these, <= 0 */
  double negative_largest; /* the lowest of these over the highest eigenvalue in size, in [0, 1] */
} dw_eigen;

/* tau (count), 1/m, increasing; utc (count, count), of which the symmetric part is taken; count >= 2. Released with
 * dw_eigen_finalize, also after a failure.
 * Errors: DW_ERR_INTERNAL, no such times; DW_ERR_INVALID, numbers that aren't finite; DW_ERR_MEMORY. */
dw_status dw_eigen_init(dw_eigen *eigen, int count, const double *tau, const double *utc);
void dw_eigen_finalize(dw_eigen *eigen);

/* share (count): lambda_n (sum_i weight_i v_n(tau_i))^2, what mode n, integrated coherently with the weights of
 * analysis/post/route.h, adds to |h'|^2 or |h|^2. Their sum is dw_route_form of the whole matrix. */
void dw_eigen_shares(const dw_eigen *eigen, const double *weight, double *share);

/* How many modes, largest eigenvalue first, it takes until the sum of their shares stays within (1 - fraction) of the
 * whole: 0.9 for 90 %. All of them if the whole isn't positive. */
int dw_eigen_enough(int count, const double *share, double fraction);

#endif
