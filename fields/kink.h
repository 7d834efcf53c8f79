/* The kink at rest of any potential with walls, by integration: phi_x = sqrt(2 v0(phi)), from the left vacuum to the
 * right one, phi(0) in the middle of the two.
 *
 * From the middle outwards with Runge-Kutta of order four in steps of delta/64, to 1e-5 of the half distance from the
 * vacuum; from there the exponential tail of the vacuum's curvature. Between points the cubic with the right slopes at
 * its ends. Sine-Gordon and phi^6 are met to 1e-8. Serial and deterministic. */
#ifndef DW_FIELDS_KINK_H
#define DW_FIELDS_KINK_H

#include "fields/model.h"

typedef struct dw_kink dw_kink;

/* *kink is the caller's until dw_kink_destroy; model->potential and its values are read now alone. Not collective.
 * Errors: DW_ERR_MEMORY; DW_ERR_PARAM where the tail isn't reached within 64 delta of the middle (nearly a third
 * vacuum between the two); *kink is NULL then. */
dw_status dw_kink_create(dw_kink **kink, const dw_model *model);

void dw_kink_destroy(dw_kink *kink);

/* phi, and phi_x in *slope, at x from the middle, in 1/m (physical). */
double dw_kink_at(const dw_kink *kink, double x, double *slope);

#endif
