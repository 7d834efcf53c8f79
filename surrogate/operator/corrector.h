/* The corrector: nets that turn the end of a cheap run into the field and the stress of the fine one.
 *
 * A net takes phi and phi'/scale of the cheap run and gives two fields on its lattice, both phi plus what was learned:
 * one whose modes are to be those of the fine phi, so that its power spectrum and its area of walls are right, and one
 * the products of whose derivatives are to be those of the fine run (surrogate/operator/loss.h), so that the correlator
 * of its stress is. What isn't predictable (scalar radiation, the phases of phi') is missing in both; one factor per
 * shell and one for the area, the mean log ratio over the training runs, puts its mean back. Several nets: the mean of
 * the logs.
 *
 * Errors of the results are the rms log errors over the test runs, which no net has seen.
 *
 * Training and reading belong to one process. The caller owns the handles. Errors: DW_ERR_PARAM, DW_ERR_MEMORY. */
#ifndef DW_SURROGATE_OPERATOR_CORRECTOR_H
#define DW_SURROGATE_OPERATOR_CORRECTOR_H

#include "params/operator_config.h"
#include "surrogate/operator/net.h"
#include "surrogate/operator/twins.h"

/* What the monitor of jumps knows (surrogate/operator/monitor.h). Marks: two for each shell. */
enum { DW_JUMPS_MOST = 64, DW_MONITOR_MARKS = 2 * DW_SHELLS_MOST };

typedef struct dw_monitor {
  double threshold;                              /* of the residual; 0: there is no monitor */
  double mean[DW_JUMPS_MOST][DW_MONITOR_MARKS];  /* of the marks of true states after jump 0, 1, ... */
  double scale[DW_JUMPS_MOST][DW_MONITOR_MARKS]; /* rms of what marks of jumped states are off by */
  dw_observed factor[DW_JUMPS_MOST];             /* log, of results 1, 2, ... jumps after a true state */
  dw_observed cheap_factor;                      /* of the coarse lattice alone */
} dw_monitor;

typedef struct dw_corrector {
  dw_operator_config config;
  dw_params base; /* of the fine run, resolved */
  double scale;   /* rms of phi' in the cheap runs */
  int nets;
  dw_net *net[DW_OPERATOR_NETS];
  double loss[DW_OPERATOR_NETS][2]; /* of field and stress at the end, means over a tenth of the steps */
  dw_observed factor;               /* log of what results are multiplied with */
  dw_observed error;                /* rms log errors of the test runs after that */
  dw_observed cheap_factor;         /* the same of the cheap runs as they are */
  dw_observed cheap_error;
  dw_observed spread; /* of the nets, rms over the test runs (surrogate/operator/spread.h); 0 with one */
  int backgrounds;    /* of the training runs; 1 for a corrector */
  double w[DW_OPERATOR_BACKGROUNDS];
  dw_monitor monitor[DW_OPERATOR_BACKGROUNDS];
} dw_corrector;

typedef void (*dw_say)(void *context, const char *line);

/* Runs, trains, calibrates and validates; says how it goes on. The same bits for any number of threads. */
dw_status dw_corrector_train(dw_corrector **corrector, const dw_operator_config *config, const dw_params *base,
                             dw_say say, void *context);
void dw_corrector_destroy(dw_corrector *corrector);

/* All of it without weights' values: for training and reading. */
dw_status dw_corrector_create(dw_corrector **corrector, const dw_operator_config *config, const dw_params *base);

/* Whether it is a jump operator, which shares the struct and the file. */
bool dw_corrector_jumps(const dw_operator_config *config);

/* How the cheap run and the net are set up. */
dw_net_shape dw_corrector_shape(const dw_operator_config *config);
dw_member_choice dw_corrector_cheap(const dw_operator_config *config);

/* The corrector at work, on the processes of `comm`: everything is collective, and the same bits on any number. */
typedef struct dw_corrector_work {
  const dw_corrector *corrector;
  dw_member *cheap;
  dw_member *frame;
  dw_observer *see_cheap;
  dw_observer *see_frame;
  dw_net_pass *pass;
  dw_observed spread; /* of the nets in the last run */
} dw_corrector_work;

dw_status dw_corrector_work_create(dw_corrector_work **work, const dw_corrector *corrector, const dw_comm *comm);
void dw_corrector_work_destroy(dw_corrector_work *work);

/* The cheap run for a seed, as it is and corrected. Without the factors. */
dw_status dw_corrector_run(dw_corrector_work *work, int64_t seed, dw_observed *raw, dw_observed *corrected);

/* The mean of the logs of `count` of them, and, unless NULL, their standard deviation; 0 for one. */
void dw_observed_mean(const dw_observed *found, int count, int64_t shells, dw_observed *mean, dw_observed *spread);

/* Multiplies with exp(factor). */
void dw_observed_scale(dw_observed *observed, const dw_observed *factor, int64_t shells);

/* factor: the mean log of truth/found over `count` runs. error: the rms log of found exp(factor)/truth. */
void dw_observed_calibrate(const dw_observed *truth, const dw_observed *found, int64_t count, int64_t shells,
                           dw_observed *factor);
void dw_observed_errors(const dw_observed *truth, const dw_observed *found, int64_t count, int64_t shells,
                        const dw_observed *factor, dw_observed *error);

/* Root mean square over the shells. */
double dw_observed_rms(const double *value, int64_t shells);

#endif
