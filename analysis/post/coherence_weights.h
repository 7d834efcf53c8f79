/* How far a model is from the entries of a shell: r^T W r, W the inverse of their covariance, with r = z - z(model),
 * or C - C(model) for independent errors.
 *
 * Jackknife and independent errors: the stored covariance. For normal components the covariance follows from the
 * coherence rho of the model itself (Pearson & Filon 1898; Isserlis' theorem): between C(1,2) and C(3,4)
 *
 *   n cov = rho12 rho34 (rho13^2 + rho14^2 + rho23^2 + rho24^2)/2 + rho13 rho24 + rho14 rho23
 *         - rho12 (rho13 rho14 + rho23 rho24) - rho34 (rho13 rho23 + rho14 rho24),
 *
 * averaged over the pairs of two entries and carried to z by its slope at the model, with 1/n^2 added to the variance
 * of each entry: what the formula, first order in 1/n, leaves out, and all there is where two entries go together. It
 * is fixed while the scale is searched for: a covariance that moves along would favour scales with large errors. Where
 * it isn't positive, which only a top hat does, the correlations between entries are left out.
 *
 * Not collective. */
#ifndef DW_ANALYSIS_POST_COHERENCE_WEIGHTS_H
#define DW_ANALYSIS_POST_COHERENCE_WEIGHTS_H

#include "analysis/post/coherence_data.h"
#include "analysis/post/coherence_models.h"

typedef struct dw_coherence_weights {
  int64_t entries;
  double *factor;   /* owned, [entries][entries]: lower Cholesky factor of the covariance */
  double *residual; /* owned, scratch of `entries` values */
} dw_coherence_weights;

/* Of the stored covariance; for normal components of uncorrelated entries, to start from.
 * Errors: DW_ERR_MEMORY; DW_ERR_INTERNAL, a covariance that isn't positive. */
dw_status dw_coherence_weights_create(dw_coherence_weights *weights, const dw_coherence_shell *shell);
void dw_coherence_weights_destroy(dw_coherence_weights *weights);

/* For normal components, takes the covariance of this model; else does nothing. Errors: DW_ERR_INTERNAL. */
dw_status dw_coherence_weights_update(dw_coherence_weights *weights, const dw_coherence_shell *shell,
                                      const dw_coherence_model *model, double scale);

/* r^T W r. */
double dw_coherence_weights_distance(const dw_coherence_weights *weights, const dw_coherence_shell *shell,
                                     const dw_coherence_model *model, double scale);

/* g^T W g with g = dz(model)/d ln(scale), or dC: what the shell knows of the scale. */
double dw_coherence_weights_information(const dw_coherence_weights *weights, const dw_coherence_shell *shell,
                                        const dw_coherence_model *model, double scale);

#endif
