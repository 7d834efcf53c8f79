/* A field operator in a larger box than it learned in: the same spacings, 5/4 of the points a side.
 *
 * What is local doesn't know the box, so errors should be no larger. Shells of the larger box lie between those of the
 * smaller one; their factors are interpolated.
 *
 * One process. Errors: DW_ERR_PARAM where the points aren't multiples of 4, DW_ERR_MEMORY. */
#ifndef DW_SURROGATE_OPERATOR_BOX_H
#define DW_SURROGATE_OPERATOR_BOX_H

#include "surrogate/operator/corrector.h"

/* Whether the lattices can be enlarged so. Not collective. */
bool dw_box_fits(const dw_corrector *corrector);

/* rms log errors over the seeds of the test runs, up to the k that was learned: *shells of them. */
dw_status dw_box_errors(const dw_corrector *corrector, dw_observed *error, int64_t *shells);

#endif
