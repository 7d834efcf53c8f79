/* How large a bias may be: the epsilon from which on there is no false vacuum, from the rows of a potential alone.
 *
 * Between the vacua F (false: where v_b is higher) and T there is a barrier as long as v0' + eps v_b' somewhere points
 * back to F. With x from F to T that is dv0/dx > -eps dv_b/dx, so
 *
 *   eps_critical = sup over x of (dv0/dx) / (-dv_b/dx, eps = 1),
 *
 * where a point with dv0/dx > 0 >= -dv_b/dx makes it infinite. A v_b whose slope vanishes in F leaves F where it is,
 * and the ratio there is that of the second derivatives: 1 in the double well. */
#ifndef DW_FIELDS_POTENTIAL_BIAS_H
#define DW_FIELDS_POTENTIAL_BIAS_H

#include "fields/potential.h"

/* The critical |epsilon| for the sign of values->bias (0 counts as positive), right to some 1e-9; INFINITY where the
 * false vacuum always stays (sine-Gordon), where the bias prefers none of the vacua, and without walls. The numbers of
 * the potential are set. v_b has to be proportional to epsilon. Not collective. */
double dw_potential_critical_bias(const dw_potential *potential, const dw_potential_values *values);

/* Which of the two vacua on the line phi_2 = ... = 0 is the false one, where v_b is higher: 0 the left one, 1 the right
 * one; -1 where the bias is 0 or prefers neither, and where there aren't two such vacua (z-n with N other than 2). Not
 * collective. */
int dw_potential_false_side(const dw_potential *potential, const dw_potential_values *values);

#endif
