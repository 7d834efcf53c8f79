/* The second route for single modes, whose stress is known at all sample times: each mode's wave is integrated, and
 * the energy is that of the mean square. It needs no matrix, gives each mode its own k, and the scatter of the modes
 * gives an error. If all k are the same it equals the route through the matrix of dw_route_mode_correlator.
 *
 * amplitude (count, modes, 4): at each sample time and for each mode real numbers whose squares add up to
 * sum_ab |Pi_ab(k)|^2/L^3, e.g. the real and imaginary parts of both polarisations. Modes are independent draws: of a
 * pair k and -k only one should be among them. See analysis/post/route.h for the rest.
 *
 * Not collective. */
#ifndef DW_ANALYSIS_POST_ROUTE_MODES_H
#define DW_ANALYSIS_POST_ROUTE_MODES_H

#include "analysis/post/route.h"

enum { DW_ROUTE_PARTS = 4 }; /* real numbers of a mode */

/* k (modes), m; equal ones side by side save time. *mean is k^3 of the mean k times the mean power, as in a shell;
 * *error its standard error, the standard deviation over the square root of the number of modes, 0 with one mode.
 * modes >= 1. Errors: those of dw_route_weights. */
dw_status dw_route_modes(const dw_route *route, int modes, const double *k, const double *amplitude, dw_route_gw *mean,
                         dw_route_gw *error);

/* utc (count, count): the mean over modes. */
void dw_route_mode_correlator(int count, int modes, const double *amplitude, double *utc);

#endif
