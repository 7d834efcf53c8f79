/* The jump operator: nets that carry phi and phi' over many fine steps at once, on a coarse lattice.
 *
 * A jump over `config.jump.steps` steps of the fine run is a cheap advance on the coarse lattice, a few steps of the
 * equation with walls it can resolve, and a net that takes phi and phi' after and before it and gives phi, phi' and a
 * field for the stress, as the corrector does (surrogate/operator/corrector.h), whose struct this shares. Its gains
 * depend on q = (log a, H dtau, dtau), a and H the scale factor and the conformal rate at the end of the jump.
 *
 * `config.jump.jumps` jumps, from the true state so many steps before the end to the end. Nets learn single jumps, then
 * jumps that begin from states which they made themselves. Factors and errors as those of the corrector; the "cheap"
 * ones are those of the coarse lattice alone from the same state.
 *
 * One process. The caller owns the handles. Errors: DW_ERR_PARAM where the run has too few steps, DW_ERR_MEMORY. */
#ifndef DW_SURROGATE_OPERATOR_JUMP_H
#define DW_SURROGATE_OPERATOR_JUMP_H

#include "surrogate/operator/corrector.h"

enum { DW_JUMP_FACTORS = 3 };

typedef struct dw_jumper {
  const dw_corrector *corrector;
  dw_params params;    /* of the fine run: the corrector's base, with an equation of state of its own */
  dw_monitor *monitor; /* for that; filled by dw_monitor_predict */
  dw_member *fine;
  dw_member *coarse;
  dw_member *frame; /* the physical equation on the coarse lattice, for the spectra */
  dw_member *dense; /* and on twice as many points, interpolated, for the area of walls as thin as these */
  dw_observer *see_fine;
  dw_observer *see_coarse;
  dw_observer *see_frame;
  dw_observer *see_dense;
  dw_modes *restricted;
  dw_modes *few; /* modes of the fine run's stress */
  dw_net_pass *pass;
  int64_t anchor;                                    /* fine step at which jumps begin */
  int64_t substeps;                                  /* coarse steps of a jump */
  double length;                                     /* of a jump, 1/m */
  dw_observed spread;                                /* of the nets in the last prediction */
  dw_field *now[DW_SAMPLE_FIELDS];                   /* phi and phi'/scale */
  dw_field *start[DW_SAMPLE_FIELDS];                 /* the same where jumps began */
  dw_field *own[DW_OPERATOR_NETS][DW_SAMPLE_FIELDS]; /* and of each net, where they jump side by side */
} dw_jumper;

/* In the background of the base, or in one with another equation of state, known or not. */
dw_status dw_jumper_create(dw_jumper **jumper, const dw_corrector *corrector);
dw_status dw_jumper_create_at(dw_jumper **jumper, const dw_corrector *corrector, double w);
void dw_jumper_destroy(dw_jumper *jumper);

/* Time at the start of jump 0, 1, ..., jumps. */
double dw_jumper_tau(const dw_jumper *jumper, int64_t jump);

/* phi and phi'/scale of the fine run as it is, on the coarse lattice. */
dw_status dw_jumper_restrict(dw_jumper *jumper, dw_field *const target[DW_SAMPLE_FIELDS]);

/* The cheap advance of jump `jump` from now[], into the inputs of a pass on the coarse lattice, and q. */
void dw_jumper_advance(dw_jumper *jumper, int64_t jump, dw_net_pass *pass, double q[DW_JUMP_FACTORS]);

/* now[] as the state of the coarse lattice at this time. */
void dw_jumper_put(dw_jumper *jumper, double tau);

/* One jump of a net, now[] to now[]; what the outputs of the last one show. */
void dw_jumper_jump(dw_jumper *jumper, const dw_net *net, int64_t jump);
dw_status dw_jumper_observe(dw_jumper *jumper, dw_observed *found);

/* The coarse lattice alone, from start[] to the end. */
dw_status dw_jumper_raw(dw_jumper *jumper, dw_observed *raw);

/* All jumps of a net from now[], which it changes; what is found at the end. */
dw_status dw_jumper_run(dw_jumper *jumper, const dw_net *net, dw_observed *found);

/* For a seed: the truth; the coarse lattice alone; the mean of all nets. */
dw_status dw_jumper_seed(dw_jumper *jumper, int64_t seed, dw_observed *truth, dw_observed *raw, dw_observed *found);

/* The same without the truth: the fine run ends where jumps begin. */
dw_status dw_jumper_predict(dw_jumper *jumper, int64_t seed, dw_observed *raw, dw_observed *found);

/* Training, as dw_corrector_train. */
dw_status dw_jump_train(dw_corrector **corrector, const dw_operator_config *config, const dw_params *base, dw_say say,
                        void *context);

#endif
