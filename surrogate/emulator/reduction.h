/* What a further run would teach: by how much it would lower an emulator's variance, over a set of places.
 *
 * A run at y changes the variance of a Gaussian process at x by
 *
 *   var(x) - var'(x) = cov(x, y)^2/(var(y) + noise),      cov(x, y) = k(x, y) - k(x) K^-1 k(y),
 *
 * whatever comes out of it, so the gain of y is known before: the sum over processes of this, averaged over the places
 * and weighted by what a process means for the logarithms (D. Cohn, Neural Networks 9 (1996) 1071, section 4; R.
 * Gramacy & H. Lee, Technometrics 51 (2009) 130). The noise is that of the points so far. Lengths of the processes
 * decide how far a run reaches in each parameter, and points at an edge, which teach about few places, are met as often
 * as they deserve.
 *
 * Not collective; processes are worked on by all threads, with the same bits for any number. The emulator isn't changed
 * and must outlive the handle. Units of gains: variance of a logarithm, mean over quantities.
 * Errors: DW_ERR_MEMORY; DW_ERR_INVALID. */
#ifndef DW_SURROGATE_EMULATOR_REDUCTION_H
#define DW_SURROGATE_EMULATOR_REDUCTION_H

#include "surrogate/emulator/emulator.h"

typedef struct dw_reduction dw_reduction;

/* place (places, D): where the variance counts; choice (choices, D): where runs are possible; parameters of the
 * emulator, copied. `most` runs can be added. *reduction is NULL after a failure. */
dw_status dw_reduction_create(dw_reduction **reduction, const dw_emulator *emulator, int64_t places,
                              const double *place, int64_t choices, const double *choice, int64_t most);
void dw_reduction_destroy(dw_reduction *reduction);

/* gain (choices). */
dw_status dw_reduction_gains(dw_reduction *reduction, double *gain);

/* A run at parameter (D) is coming. */
dw_status dw_reduction_add(dw_reduction *reduction, const double *parameter);

#endif
