/* Conservation of energy along a run: an evolution that breaks it is invalid long before
 * its field isn't finite.
 *
 * With M = a^s (fields/model.h), mu = dlnM/dlna and the densities K, G, V0, Vb of analysis/measure.h (V0 without bias),
 * the equation of motion gives
 *
 *   d(K + G + V0 + Vb)/dtau = -H [(7 - mu) K + (1 + mu) G + (1 - mu) V0],   P = K + G + V0,
 *
 * where the potential doesn't depend on time in another way. For v0 >= 0 and 0 <= mu <= 1 the right side lies between 0
 * and -7 H P, whatever happens between two measurements: E never rises, and without a bias, or in flat space, E a^7
 * never falls. Both are compared with all that was measured before. Integrators break them by some 1e-3 P where the
 * lattice resolves the field; a mode of frequency omega by (omega dtau)^2/4, leapfrog, and stays there: a start with
 * noise up to the Nyquist momentum may lose a third. What an instability adds grows from step to step.
 *
 * A scale factor that the field drives has a constraint and steps of its own to be watched, which say more.
 *
 * Not collective: the same numbers on all processes. */
#ifndef DW_ANALYSIS_BALANCE_H
#define DW_ANALYSIS_BALANCE_H

#include "analysis/measure.h"

/* Of P: above the first a run is warned about, above the second it has become invalid. */
#define DW_BALANCE_WARNING 0.1
#define DW_BALANCE_LIMIT 0.5

typedef struct dw_balance {
  bool rises;   /* whether E must not rise: not for melting walls, plug-ins, a bias that changes, a driven background */
  bool falls;   /* whether E a^7 must not fall */
  bool begun;   /* something was measured */
  double least; /* E of all so far */
  double unit;  /* P of then */
  double most;  /* E a^7 */
  double rise;  /* the largest, in units of P before it */
  double fall;  /* in units of P after it */
} dw_balance;

void dw_balance_init(dw_balance *balance, const dw_model *model);

/* The larger of rise and fall; 0 where neither is looked at. */
double dw_balance_worst(const dw_balance *balance);

/* Errors: DW_ERR_INVALID beyond the limit. */
dw_status dw_balance_take(dw_balance *balance, double tau, double a, const dw_measurement *m);

#endif
