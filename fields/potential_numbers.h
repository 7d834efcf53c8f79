/* What a run needs to know of a potential, from its rows alone: vacua, barrier, tension, width, curvatures.
 *
 * v0 is the degenerate part. Vacua: the minima of v0 nearest to -1 and +1, one on each side of 0. With them
 *   sigma = int sqrt(2 v0) dphi between the vacua   (kink at rest: phi_x^2 = 2 v0; Bogomolny 1976),
 *   delta = half the distance of the vacua / sqrt(2 barrier), the steepest slope of the kink's profile: the tangent
 *           there crosses from vacuum to vacuum in 2 delta. Double well: sqrt(2), as in phi = tanh(x/delta). */
#ifndef DW_FIELDS_POTENTIAL_NUMBERS_H
#define DW_FIELDS_POTENTIAL_NUMBERS_H

#include "fields/potential.h"

/* Fills minimum, barrier, tension, width, curvature and overshoot of *potential, whose rows are set, and
 * values->vacuum. Of several components it is the first that varies, the others are 0. curvature is the larger v0'' of
 * the two vacua, overshoot the largest v0'' within 1.2 of their half distance from their middle. The coefficient of
 * phi^0 in *values is moved so that v0 = 0 in the vacua.
 *
 * Not collective. Errors: DW_ERR_PARAM where there are no two such vacua, where they differ in v0 by more than 1e-6 of
 * the barrier, v0 isn't 0 there (the polynomial excepted), v0 gets as low elsewhere between them or lower beyond
 * (looked at for |phi| < 8), or a vacuum is flat. */
dw_status dw_potential_numbers(dw_potential *potential, dw_potential_values *values);

/* The same of n = values->components double wells with the coupling g (fields/wells_rows.c), and components: in the
 * vacua the second derivatives have the eigenvalues 2 (1 - g) and 2 (1 + (n - 1) g). n = 1 is the double well. For n >
 * 1 width is that of a wall at g = 0, for the limits of a run; tension, barrier and minimum stay 0: what measures walls
 * is for one field. overshoot is a bound for |phi_i| <= 1.2.
 * Errors: DW_ERR_PARAM for n outside 1 ... DW_MOST_COMPONENTS, or where the vacua aren't the lowest points: g must be
 * above -1/(n - 1) and below 1. */
dw_status dw_wells_numbers(dw_potential *potential, const dw_potential_values *values);

#endif
