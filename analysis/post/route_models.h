/* The second route from equal-time correlators alone, with an assumption about the coherence C of the source:
 *
 *   UTC(k; tau1, tau2) = sqrt(ETC(k, tau1) ETC(k, tau2)) C(k tau1, k tau2),   x = k tau,
 *
 *   coherent     C = 1
 *   incoherent   C = x_c delta(x1 - x2), a coherence time x_c/k
 *   top hat      C = 1 where |x1 - x2| < x_c, 0 elsewhere; not positive semidefinite, so that the energy can come out
 *                negative; it is returned as it is
 *   Gaussian     C = exp(-(x1 - x2)^2 / (2 x_c^2))
 *
 * The first three are those of C. Caprini, R. Durrer, T. Konstandin & G. Servant, arXiv:0901.1661. For a source that
 * stays the same much longer than x_c/k, in flat space, the incoherent model exceeds the Gaussian one of width y by
 * x_c/(sqrt(2 pi) y exp(-y^2/2)), a top hat by x_c/(2 sin y). ETC is interpolated in tau by Steffen's monotone spline
 * of its logarithm; the integrals are done to some 1e-6 of their value, 1e-5 where a coherent source nearly cancels.
 *
 * Not collective. */
#ifndef DW_ANALYSIS_POST_ROUTE_MODELS_H
#define DW_ANALYSIS_POST_ROUTE_MODELS_H

#include "analysis/post/route.h"

typedef enum dw_coherence {
  DW_COHERENCE_FULL,
  DW_COHERENCE_NONE,
  DW_COHERENCE_TOP_HAT,
  DW_COHERENCE_GAUSSIAN,
} dw_coherence;

/* etc (route->count), positive, at the times of `route`, whose rule isn't looked at. x_c > 0 isn't looked at for full
 * coherence; k > 0.
 * Errors: DW_ERR_PARAM, no such x_c, or one so small that the integrals take too many points; DW_ERR_INVALID, an ETC
 * that isn't positive; DW_ERR_INTERNAL, as dw_route_weights; DW_ERR_MEMORY. */
dw_status dw_route_model(const dw_route *route, double k, const double *etc, dw_coherence model, double x_c,
                         dw_route_gw *gw);

#endif
