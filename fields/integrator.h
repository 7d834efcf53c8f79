/* Integrators: compositions of kicks and drifts, a table chosen by name.
 *
 * Stage i: pi += kick[i] dtau a^{3-s} F, then phi += drift[i] dtau pi/a^{3-s}; after the last stage one
 * more kick, kick[stages], closes the step. Kicks take a at their own time, drifts at the middle of theirs.
 * The closing kick of a step and the opening kick of the next act at the same time on the same phi, so they
 * are done as one: between steps the closing kick is pending (fields/state.h).
 *
 * Higher orders are compositions of the kick-drift-kick S(w h), sum w = 1, with neighbouring half kicks merged:
 * drift[i] = w_i, kick[i] = (w_{i-1} + w_i)/2. Some w are negative: time runs back within a step.
 *
 * Order, also where a depends on time: take the time t as a further coordinate. The equation is then autonomous,
 * the flow of A + B + C: A the force at frozen t, B the motion at frozen t, C the passing of t alone. Kicks at
 * their own time and drifts with a at the middle of theirs are
 *
 *   S(h) = e^{hA/2} e^{hC/2} e^{hB} e^{hC/2} e^{hA/2} = exp(h Y1 + h^3 Y3 + h^5 Y5 + ...), Y1 = A + B + C.
 *
 * Since S(h) S(-h) = 1 there are no even powers, which is all that Yoshida 1990 (Phys. Lett. A 150, 262) asks of S.
 * A composition with the same w from both ends has none either. Its order is 4 if sum w = 1 and sum w^3 = 0,
 * and 6 if also sum w^5 = 0 and the coefficient of [Y1, [Y1, Y3]] vanishes.
 *
 *   "yoshida4": w1, 1 - 2 w1, w1 with w1 = 1/(2 - 2^{1/3}).
 *   "suzuki4": w1, w1, 1 - 4 w1, w1, w1 with w1 = 1/(4 - 4^{1/3}) (Suzuki 1990, Phys. Lett. A 146, 319). No
 *     stage leaves the step, and for the same number of kicks its error is a tenth of the one before.
 *   "yoshida6": seven w, his solution A, with digits recomputed from the four conditions.
 *
 * The same holds for whatever else depends on time, if the force takes it at the time of the kick. A step across
 * a jump of a derivative of a, as at a sharp transition of a chain, has a lower order. */
#ifndef DW_FIELDS_INTEGRATOR_H
#define DW_FIELDS_INTEGRATOR_H

#include "base/status.h"

enum { DW_MAX_STAGES = 16 };

typedef struct dw_integrator {
  const char *name;
  const char *doc;
  int order;
  int stages;
  double kick[DW_MAX_STAGES + 1]; /* dtau */
  double drift[DW_MAX_STAGES];    /* dtau */
  /* Limits of x = omega dtau, from the matrix M of one step of phi'' = -omega^2 phi, a polynomial in x; it turns the
   * phase by the angle arccos(tr M/2). */
  double stable;   /* |tr M| <= 2 from x = 0 up to here */
  double resonant; /* the angle is a quarter of a turn (tr M = 0), or no longer grows, whichever is first */
} dw_integrator;

/* *integrator points into the table. Errors: DW_ERR_PARAM. */
dw_status dw_integrator_find(const dw_integrator **integrator, const char *name);

/* How far before its start a step takes a, dtau; 0 for leapfrog. */
double dw_integrator_reach_back(const dw_integrator *integrator);

#endif
