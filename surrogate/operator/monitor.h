/* The monitor of jumps: whether a state that nets made still looks like one of the equation, and what is done where it
 * doesn't.
 *
 * Nothing but the fine run itself knows how far a state is from the true one, but true states are rare among all
 * fields: the walls have the profile and the speed that the equation gives them. From the state (phi, phi') a burst of
 * DW_MONITOR_STEPS steps of the jump's own coarse lattice gives phi'_b. What changed phi' is the force,
 * f = lap phi - M^2 v0'(phi) - ..., which all but cancels within a wall at rest and doesn't for noise, for walls of
 * another thickness (another M) or for a field that isn't in its vacua between them. For each shell two marks,
 *
 *   x_f(k) = ln [sum |f_k|^2 / sum |phi_k|^2],   x_v(k) = ln [sum |phi'_k|^2 / sum |phi_k|^2]
 *
 * are ratios of one realisation, which cancels much of what differs from seed to seed. The burst is taken on the coarse
 * lattice, not on the fine one from an interpolated state: there the modes that the coarse lattice hasn't got are
 * missing in every wall, and the force is that of their absence, for good and bad states alike. The coarse lattice's
 * own error is the same for all, and the mean over true states takes it away:
 *
 *   residual^2 = mean over marks of [(x - mean)/scale]^2,
 *
 * mean over the true states of the training runs after this jump, scale the rms deviation from it of the states that
 * the nets made in the same runs, or of the true ones where that is larger. So good jumps have residuals around 1 and
 * true states less. The threshold is the mean residual of the training runs' jumps plus four times their spread, at
 * least 1.5 times the mean.
 *
 * A state above the threshold is thrown away: the operator goes on from the fine run, which is taken from where it last
 * stopped to the end of this jump (re-anchored). If that is the last jump, or all of them, the result is the fine run's
 * and no factor is applied; after n more jumps the factors are those of n jumps from a true state.
 *
 * One process; the same bits for any number of threads. Errors: DW_ERR_MEMORY. */
#ifndef DW_SURROGATE_OPERATOR_MONITOR_H
#define DW_SURROGATE_OPERATOR_MONITOR_H

#include "surrogate/operator/jump.h"

enum { DW_MONITOR_STEPS = 2 };

/* The marks of now[] after `jump` jumps, (2 shells): those of the force, then those of phi'. Leaves now[] and the
 * outputs of the pass as they are. */
dw_status dw_monitor_look(dw_jumper *jumper, int64_t jump, double *mark);

/* Not collective. The monitor for an equation of state: that of a background that was learned, between two of them
 * linear in p = 2/(1 + 3w), with the scale of their mixture, and beyond the first and the last as there. */
void dw_monitor_between(dw_monitor *monitor, const dw_corrector *corrector, double w);

/* Not collective. Whether w lies within what was learned. */
bool dw_monitor_knows(const dw_corrector *corrector, double w);

/* Not collective. Of marks after `jump` jumps, from 1 on. */
double dw_monitor_residual(const dw_monitor *monitor, int64_t jump, int64_t shells, const double *mark);

/* Puts the true state of a training run after `jump` jumps into now[]. */
typedef void (*dw_monitor_state)(const void *context, int64_t run, int64_t jump, dw_field *const now[]);

/* Fills a monitor from training runs of the jumper's background and what is true at their ends. */
dw_status dw_monitor_learn(dw_monitor *monitor, dw_jumper *jumper, int64_t runs, dw_monitor_state state,
                           const void *context, const dw_observed *truth);

/* What became of a prediction. */
typedef struct dw_watch {
  int64_t jumps;
  double residual[DW_JUMPS_MOST]; /* after jump 1, 2, ...: the largest of the nets' */
  bool anchored[DW_JUMPS_MOST];   /* above the threshold: replaced by the fine run */
  int64_t since;                  /* jumps between the last true state and the end; 0: the result is the fine run's */
  int64_t fine_steps;             /* of the fine run, up to where jumps begin and for re-anchoring */
} dw_watch;

/* dw_jumper_predict under the monitor, all nets side by side. `found` has its factors. */
dw_status dw_monitor_predict(dw_jumper *jumper, int64_t seed, dw_observed *raw, dw_observed *found, dw_watch *watch);

#endif
