/* Which model of the coherence (coherence_models.h) describes measured shells (coherence_data.h), if any.
 *
 * A fit lowers chi^2 = sum over shells of h r^T W r (coherence_weights.h). A covariance that was estimated from B
 * blocks makes r^T W r larger than chi^2 and gives it a tail: for a shell of P entries it is Hotelling's T^2 with nu =
 * B - 1, of q = P - (share of fitted parameters) dimensions also after the fit (Rao 1959,
 * doi:10.1093/biomet/46.1-2.49). h = (nu - q - 1)/nu makes the mean of chi^2 equal to dof, the sum of q over shells.
 * Its variance, 2 q (nu - 1)/(nu - q - 3) a shell (2 q and h = 1 for a known covariance), summed over shells, is that
 * of a scaled F distribution; exactly T^2 for one shell. p is its probability to exceed chi^2: the chance that the true
 * model would do worse than this. B counts effective blocks. The variance of a fitted scale is 1/(h g^T W g), g =
 * dz/d(scale), times (nu - 1)/(nu - q), for weights that have an error themselves (same paper).
 *
 * How far to trust p: of 2000 normal processes with 50 or 200 modes in 24 samples, the true model had p < 0.05 in 4 to
 * 6 % and p < 0.01 in 0.9 to 1.4 % where samples are half the scale apart or more; in fewer the closer they are (below
 * 1 and 0.4 % at a thirteenth of it), where the floor rules: there p is an upper bound. With lognormal tails of power
 * of width 0.6 to 1.6 (100 to 400 draws) p < 0.05 came in 6 to 10 %, p < 0.01 in up to 3 %. Correlations between all
 * modes of a box aren't seen. From references the modes are taken as normal; tails of width 0.6 then give p < 0.05 in
 * 19 %.
 *
 * The best model is that of least chi^2 + 9 for each fitted parameter, which has to earn three standard deviations,
 * among those with p >= DW_COHERENCE_P if there are any. With none the verdict is that none fits.
 *
 * What sampling hides: a process that forgets within one spacing of the samples looks incoherent, with the spacing
 * as its weight.
 *
 * Not collective. */
#ifndef DW_ANALYSIS_POST_COHERENCE_H
#define DW_ANALYSIS_POST_COHERENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "analysis/post/coherence_data.h"
#include "analysis/post/coherence_models.h"
#include "base/status.h"

/* A model with a lower p doesn't fit. */
#define DW_COHERENCE_P 0.01

typedef struct dw_coherence_fit {
  const dw_coherence_model *model; /* static */
  double scale;                    /* x_c; NaN for a model without */
  double scale_error; /* one standard deviation; of a top hat half the range with chi^2 within 1 of the least, of a
                         weight not less than that; infinite for a limit */
  bool limit;         /* chi^2 has no least value between a twentieth of the shortest lag and twenty times the longest,
                         or the weight isn't complete: the scale is only a bound */
  double chi2;
  double dof; /* entries less parameters */
  double p;
  double score; /* chi^2 + 9 a parameter */
} dw_coherence_fit;

typedef struct dw_coherence_comparison {
  dw_coherence_fit fit[DW_COHERENCE_MODELS]; /* in the order of dw_coherence_models */
  int best;
  bool fits; /* false: none fits */
} dw_coherence_comparison;

/* At least two entries in all. Errors: DW_ERR_PARAM, fewer than that; DW_ERR_MEMORY; DW_ERR_INTERNAL. */
dw_status dw_coherence_fit_model(const dw_coherence_data *data, const dw_coherence_model *model, dw_coherence_fit *fit);

/* All models. Errors: as above. */
dw_status dw_coherence_compare(const dw_coherence_data *data, dw_coherence_comparison *comparison);

#endif
