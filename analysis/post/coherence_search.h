/* The scale of a model of the coherence: the least chi^2 over all shells, its error. What coherence.c is made of.
 * Not collective. */
#ifndef DW_ANALYSIS_POST_COHERENCE_SEARCH_H
#define DW_ANALYSIS_POST_COHERENCE_SEARCH_H

#include <stdbool.h>

#include "analysis/post/coherence_data.h"
#include "analysis/post/coherence_models.h"
#include "analysis/post/coherence_weights.h"

/* What the estimated covariance of a shell asks for; 1 where it is known. */
typedef struct dw_coherence_factors {
  double chi2;        /* of r^T W r: h of coherence.h */
  double information; /* of g^T W g */
} dw_coherence_factors;

/* One model and all shells; the arrays are the caller's. */
typedef struct dw_coherence_problem {
  const dw_coherence_data *data;
  const dw_coherence_model *model;
  dw_coherence_weights *weights; /* [shells] */
  dw_coherence_factors *factor;  /* [shells] */
} dw_coherence_problem;

typedef struct dw_coherence_scale_found {
  double value;
  double error; /* infinite for a limit */
  bool limit;
} dw_coherence_scale_found;

/* sum over shells of h r^T W r. */
double dw_coherence_problem_chi2(const dw_coherence_problem *problem, double scale);

/* For a model with a fitted scale. Smooth ones: a scan in ln(scale), then Brent's minimisation; the error is
 * (sum factor g^T W g)^-1/2, g = dz/d ln(scale), times the scale. Stepped ones: between any two neighbouring lags chi^2
 * is constant; the scale is the middle of the best gap. At most 512 gaps are tried, evenly among them. Errors:
 * DW_ERR_MEMORY. */
dw_status dw_coherence_problem_search(const dw_coherence_problem *problem, dw_coherence_scale_found *found);

#endif
