/* The unequal-time correlator of one shell and its coherence, with errors.
 *
 *   U(s,t) = mean over modes of sum_c A_c(s) A_c(t),   C(s,t) = U(s,t) / sqrt(U(s,s) U(t,t)),
 *
 * where the four reals A_c of a mode, real and imaginary part of its plus and cross amplitude, are scaled so that
 * sum_c A_c^2 = sum_ij |Pi_ij|^2/L^3. So U is UTC(k; tau_s, tau_t) and U(s,s) the ETC; |C| <= 1.
 *
 * Errors. C is a correlation coefficient whose normalisation comes from the same sample. The modes are the draws:
 *   jackknife: the modes are cut into B blocks of neighbours, as even as they come, and C is computed without each.
 *     With h = M/(modes of the block) and d_b = (h_b - 1) (C - C_without_b), the covariance is
 *     1/B sum_b (d_b - D)(d_b - D)^T/(h_b - 1), D = sum_b d_b/h_b (Busing, Meijer & van der Leeden 1999,
 *     doi:10.1023/A:1008800423698), for even blocks the usual (B-1)/B sum (C_b - mean)^2. It holds for any
 *     distribution of modes, if the blocks are independent. What all modes of a box have in common isn't seen by it.
 *   Gaussian: (1 - C^2)/sqrt(n) for n independent normal components, 4 M. Too small where amplitudes have tails or
 *     modes go together.
 * Errors of different entries are strongly correlated; use dw_utc_jackknife for their covariance.
 *
 * Not collective. Amplitudes and correlators in any one unit, C without. */
#ifndef DW_ANALYSIS_POST_UTC_ESTIMATE_H
#define DW_ANALYSIS_POST_UTC_ESTIMATE_H

#include <stdint.h>

#include "base/status.h"

enum { DW_UTC_COMPONENTS = 4, DW_UTC_BLOCKS = 64 };

/* The same modes at all sample times; the array is the caller's. */
typedef struct dw_utc_tracks {
  int64_t samples;         /* S */
  int64_t modes;           /* M >= 2, one of each pair k, -k */
  int64_t blocks;          /* B of the jackknife, 2 ... M; 0 is the smaller of M and DW_UTC_BLOCKS */
  const double *amplitude; /* [S][M][4] */
} dw_utc_tracks;

/* Owned by the estimate. An entry where the stress of one time vanishes or isn't known has no coherence: NaN. */
typedef struct dw_utc_estimate {
  int64_t rows;
  int64_t columns;
  double *utc;            /* [rows][columns] */
  double *coherence;      /* [rows][columns] */
  double *error;          /* [rows][columns], of the coherence: the jackknife where there are tracks */
  double *gaussian_error; /* [rows][columns] */
} dw_utc_estimate;

/* Means of C over groups of pairs (s,t): mean i over pair[begin[i]] ... pair[begin[i + 1] - 1]. */
typedef struct dw_utc_means {
  int64_t count;
  int64_t *begin;     /* count + 1 */
  int64_t (*pair)[2]; /* row and column */
} dw_utc_means;

/* Rows and columns are the S samples. Errors: DW_ERR_INTERNAL, no such shape; DW_ERR_MEMORY. */
dw_status dw_utc_estimate_tracks(dw_utc_estimate *estimate, const dw_utc_tracks *tracks);

/* From the correlators of a run: utc, [references][times], and etc, [times], where reference r is the time of index
 * at[r]; `count` modes of the full Hermitian cube, so 2 count components. Without tracks, `error` is the Gaussian one.
 * Errors: as above. */
dw_status dw_utc_estimate_reference(dw_utc_estimate *estimate, int64_t references, int64_t times, const int64_t *at,
                                    const double *utc, const double *etc, double count);

/* NULL pointers are allowed, so that one that failed may be released too. */
void dw_utc_estimate_destroy(dw_utc_estimate *estimate);

/* value[i] = transform(mean i of C) and the jackknife's covariance [count][count] of these; transform NULL leaves the
 * mean as it is. The groups hold no pair without coherence. Errors: as above. */
dw_status dw_utc_jackknife(const dw_utc_tracks *tracks, const dw_utc_means *means, double (*transform)(double),
                           double *value, double *covariance);

/* How many equal blocks of normal modes would have the spread of power that these blocks have: with v the variance of
 * the blocks' power over its squared mean, averaged over the times that have power, and q modes a block, B (1 +
 * 1/2q)/(1 + v), at most B. Heavy tails and modes that go together make it small. Errors: as above. */
dw_status dw_utc_effective_blocks(const dw_utc_tracks *tracks, double *blocks);

/* (1 - C^2)/sqrt(components). */
double dw_utc_gaussian_error(double coherence, double components);

#endif
