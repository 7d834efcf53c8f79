/* What the scatter of several nets says: nets that were trained alike and see what none of them has seen drift apart.
 *
 * s is the standard deviation of the nets' logs, S its rms over the test runs, e the rms error of those, for the area
 * and each shell. A result claims
 *
 *   e'^2 = e^2 + max(0, s^2 - S^2),
 *
 * so that what nets usually differ by, which is in e already, isn't counted twice; and `apart` is the rms of s/S.
 *
 * Not collective; pure functions. */
#ifndef DW_SURROGATE_OPERATOR_SPREAD_H
#define DW_SURROGATE_OPERATOR_SPREAD_H

#include "surrogate/operator/corrector.h"

/* The model's S: a test run's s (of `count` runs) is added, squared; after the last one the root is taken. */
void dw_spread_add(dw_corrector *corrector, const dw_observed *spread, int64_t count);
void dw_spread_finish(dw_corrector *corrector);

/* 0 with one net. */
double dw_spread_apart(const dw_corrector *corrector, const dw_observed *spread);

/* e' of a result. */
void dw_spread_claim(const dw_corrector *corrector, const dw_observed *spread, dw_observed *error);

#endif
