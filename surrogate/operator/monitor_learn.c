#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "surrogate/operator/monitor.h"

/* Spread added to that of a mark, for few runs; and what the threshold is made of. */
static const double SPREAD_LEAST = 0.02;
static const double SPREADS = 4.0;
static const double RATIO_LEAST = 1.5;

typedef struct lesson {
  dw_monitor *m;
  dw_jumper *j;
  int64_t runs;
  dw_monitor_state state;
  const void *context;
  int64_t marks;
  double *mark; /* (1 + nets, runs, jumps, marks): of true states, then of those that each net made */
} lesson;

static double *mark_of(const lesson *l, int64_t who, int64_t run, int64_t jump) {
  return l->mark + ((who * l->runs + run) * l->j->corrector->config.jump.jumps + jump - 1) * l->marks;
}

static dw_status look(const lesson *l, int64_t run) {
  const dw_corrector *c = l->j->corrector;
  for (int64_t i = 1; i <= c->config.jump.jumps; i++) {
    l->state(l->context, run, i, l->j->now);
    DW_TRY(dw_monitor_look(l->j, i, mark_of(l, 0, run, i)));
  }
  for (int n = 0; n < c->nets; n++) {
    l->state(l->context, run, 0, l->j->now);
    for (int64_t i = 1; i <= c->config.jump.jumps; i++) {
      dw_jumper_jump(l->j, c->net[n], i - 1);
      DW_TRY(dw_monitor_look(l->j, i, mark_of(l, 1 + n, run, i)));
    }
  }
  return DW_OK;
}

/* Mean square of what the marks of some are off by. */
static double square_of(const lesson *l, int64_t first, int64_t last, int64_t jump, int64_t mark) {
  double sum = 0.0;
  for (int64_t who = first; who <= last; who++) {
    for (int64_t r = 0; r < l->runs; r++) {
      const double off = mark_of(l, who, r, jump)[mark] - l->m->mean[jump - 1][mark];
      sum += off * off;
    }
  }
  return sum / (double)((last - first + 1) * l->runs);
}

static void set_marks(const lesson *l, int64_t jump) {
  for (int64_t i = 0; i < l->marks; i++) {
    double sum = 0.0;
    for (int64_t r = 0; r < l->runs; r++) {
      sum += mark_of(l, 0, r, jump)[i];
    }
    l->m->mean[jump - 1][i] = sum / (double)l->runs;
    const double square = fmax(square_of(l, 0, 0, jump, i), square_of(l, 1, l->j->corrector->nets, jump, i));
    l->m->scale[jump - 1][i] = sqrt(square + SPREAD_LEAST * SPREAD_LEAST);
  }
}

static void set_threshold(const lesson *l) {
  const dw_corrector *c = l->j->corrector;
  double sum = 0.0;
  double squares = 0.0;
  const double count = (double)(c->nets * l->runs * c->config.jump.jumps);
  for (int64_t i = 0; i < (int64_t)count; i++) {
    const int64_t jump = 1 + i % c->config.jump.jumps;
    const double *mark = mark_of(l, 1, 0, 1) + i * l->marks;
    const double residual = dw_monitor_residual(l->m, jump, c->config.shells, mark);
    sum += residual;
    squares += residual * residual;
  }
  const double mean = sum / count;
  const double spread = sqrt(fmax(squares / count - mean * mean, 0.0));
  l->m->threshold = fmax(mean + SPREADS * spread, RATIO_LEAST * mean);
}

/* Factors of the results of `jumps` jumps from the true states so many before the end. */
static dw_status set_factor(const lesson *l, int64_t jumps, const dw_observed *truth, dw_observed *found) {
  const dw_corrector *c = l->j->corrector;
  for (int64_t r = 0; r < l->runs; r++) {
    dw_observed net[DW_OPERATOR_NETS];
    for (int n = 0; n < c->nets; n++) {
      l->state(l->context, r, c->config.jump.jumps - jumps, l->j->now);
      for (int64_t i = c->config.jump.jumps - jumps; i < c->config.jump.jumps; i++) {
        dw_jumper_jump(l->j, c->net[n], i);
      }
      DW_TRY(dw_jumper_observe(l->j, &net[n]));
    }
    dw_observed_mean(net, c->nets, c->config.shells, &found[r], NULL);
  }
  dw_observed_calibrate(truth, found, l->runs, c->config.shells, &l->m->factor[jumps - 1]);
  return DW_OK;
}

static dw_status learn(const lesson *l, const dw_observed *truth, dw_observed *found) {
  const int64_t jumps = l->j->corrector->config.jump.jumps;
  for (int64_t r = 0; r < l->runs; r++) {
    DW_TRY(look(l, r));
  }
  for (int64_t i = 1; i <= jumps; i++) {
    set_marks(l, i);
    DW_TRY(set_factor(l, i, truth, found));
  }
  set_threshold(l);
  return isfinite(l->m->threshold) ? DW_OK
                                   : dw_fail(DW_ERR_INVALID, "the nets' states aren't finite; take a smaller "
                                                             "train.rate");
}

dw_status dw_monitor_learn(dw_monitor *monitor, dw_jumper *jumper, int64_t runs, dw_monitor_state state,
                           const void *context, const dw_observed *truth) {
  const dw_corrector *c = jumper->corrector;
  lesson l = {monitor, jumper, runs, state, context, 2 * c->config.shells, NULL};
  void *marks = NULL;
  void *found = NULL;
  memset(monitor, 0, sizeof *monitor);
  const size_t count = (size_t)((1 + c->nets) * runs * c->config.jump.jumps * l.marks);
  DW_TRY(dw_alloc(&marks, count, sizeof(double), "the monitor"));
  l.mark = marks;
  dw_status status = dw_alloc(&found, (size_t)runs, sizeof(dw_observed), "the monitor");
  if (status == DW_OK) {
    status = learn(&l, truth, found);
  }
  dw_free(found);
  dw_free(marks);
  return status;
}
