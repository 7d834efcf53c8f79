#include "surrogate/operator/monitor.h"

#include <math.h>
#include <string.h>

#include "analysis/power.h"
#include "base/memory.h"
#include "fields/step.h"

static const double LEAST = 1e-300; /* of a power, so that its log is finite */
static const double SAME = 1e-6;    /* of w: 0.3333333 is a third */

static void subtract(dw_field *from, const dw_field *what) {
  const dw_lattice *lattice = from->lattice;
#pragma omp parallel for schedule(static)
  for (int64_t x = 0; x < lattice->count[0]; x++) {
    for (int64_t y = 0; y < lattice->count[1]; y++) {
      float *row = dw_field_row(from, x, y);
      const float *other = dw_field_row(what, x, y);
      for (int64_t z = 0; z < lattice->points; z++) {
        row[z] -= other[z];
      }
    }
  }
  dw_field_touch(from);
}

/* Adds weight times the logs of a field's power to `mark`. */
static dw_status add_power(dw_jumper *j, const dw_field *field, double weight, double *mark) {
  dw_observer *see = j->see_coarse;
  DW_TRY(dw_power_measure(field, j->coarse->modes, see->all, see->row, see->row + see->all->shells));
  for (int64_t k = 0; k < see->shells; k++) {
    mark[k] += weight * log(see->row[k] + LEAST);
  }
  return DW_OK;
}

dw_status dw_monitor_look(dw_jumper *j, int64_t jump, double *mark) {
  const int64_t shells = j->corrector->config.shells;
  dw_field *const *after = j->pass->input;
  memset(mark, 0, 2 * (size_t)shells * sizeof *mark);
  dw_jumper_put(j, dw_jumper_tau(j, jump));
  dw_steps(j->coarse->state, DW_MONITOR_STEPS, NULL);
  dw_member_copy(j->coarse, after);
  dw_sample_scale(after[1], 1.0 / j->corrector->scale);
  subtract(after[1], j->now[1]);
  DW_TRY(add_power(j, after[1], 1.0, mark));
  DW_TRY(add_power(j, j->now[0], -1.0, mark));
  DW_TRY(add_power(j, j->now[1], 1.0, mark + shells));
  return add_power(j, j->now[0], -1.0, mark + shells);
}

double dw_monitor_residual(const dw_monitor *m, int64_t jump, int64_t shells, const double *mark) {
  double sum = 0.0;
  for (int64_t i = 0; i < 2 * shells; i++) {
    const double off = (mark[i] - m->mean[jump - 1][i]) / m->scale[jump - 1][i];
    sum += off * off;
  }
  return sqrt(sum / (double)(2 * shells));
}

/* --- backgrounds --- */

bool dw_monitor_knows(const dw_corrector *c, double w) {
  return w >= c->w[0] - SAME && w <= c->w[c->backgrounds - 1] + SAME;
}

static void mix(double *to, const double *below, const double *above, double share, int64_t count) {
  for (int64_t i = 0; i < count; i++) {
    to[i] = (1.0 - share) * below[i] + share * above[i];
  }
}

static void mix_factor(dw_observed *to, const dw_observed *below, const dw_observed *above, double share) {
  mix(&to->area, &below->area, &above->area, share, 1);
  mix(to->field, below->field, above->field, share, DW_SHELLS_MOST);
  mix(to->stress, below->stress, above->stress, share, DW_SHELLS_MOST);
}

/* Of a two-point mixture: where the means of two backgrounds differ, what lies between them is less certain. */
static void mix_scale(double *to, const dw_monitor *below, const dw_monitor *above, double share, int64_t jump) {
  for (int64_t i = 0; i < DW_MONITOR_MARKS; i++) {
    const double apart = above->mean[jump][i] - below->mean[jump][i];
    const double square = (1.0 - share) * below->scale[jump][i] * below->scale[jump][i] +
                          share * above->scale[jump][i] * above->scale[jump][i] + share * (1.0 - share) * apart * apart;
    to[i] = sqrt(square);
  }
}

/* a ~ tau^p; the conformal rate and the time of the start are linear in p. */
static double power_of(double w) { return 2.0 / (1.0 + 3.0 * w); }

void dw_monitor_between(dw_monitor *m, const dw_corrector *c, double w) {
  int i = 0;
  while (i + 2 < c->backgrounds && w > c->w[i + 1]) {
    i++;
  }
  const dw_monitor *below = &c->monitor[i];
  const dw_monitor *above = &c->monitor[i + 1 < c->backgrounds ? i + 1 : i];
  const double width = c->backgrounds > 1 ? power_of(c->w[i + 1]) - power_of(c->w[i]) : 1.0;
  const double share = c->backgrounds > 1 ? fmin(fmax((power_of(w) - power_of(c->w[i])) / width, 0.0), 1.0) : 0.0;
  for (int64_t jump = 0; jump < c->config.jump.jumps; jump++) {
    mix(m->mean[jump], below->mean[jump], above->mean[jump], share, DW_MONITOR_MARKS);
    mix_scale(m->scale[jump], below, above, share, jump);
    mix_factor(&m->factor[jump], &below->factor[jump], &above->factor[jump], share);
  }
  mix_factor(&m->cheap_factor, &below->cheap_factor, &above->cheap_factor, share);
  m->threshold = (1.0 - share) * below->threshold + share * above->threshold;
}

/* --- at work --- */

/* A jump of each net from its own state; the largest residual, and what is seen after the last jump. */
static dw_status jump_all(dw_jumper *j, int64_t jump, double *residual, dw_observed net[DW_OPERATOR_NETS]) {
  const dw_corrector *c = j->corrector;
  double mark[DW_MONITOR_MARKS];
  *residual = 0.0;
  for (int i = 0; i < c->nets; i++) {
    for (int f = 0; f < DW_SAMPLE_FIELDS; f++) {
      dw_sample_copy(j->now[f], j->own[i][f]);
    }
    dw_jumper_jump(j, c->net[i], jump);
    if (jump + 1 == c->config.jump.jumps) {
      DW_TRY(dw_jumper_observe(j, &net[i]));
    }
    DW_TRY(dw_monitor_look(j, jump + 1, mark));
    const double found = dw_monitor_residual(j->monitor, jump + 1, c->config.shells, mark);
    *residual = isfinite(found) ? fmax(*residual, found) : (double)INFINITY;
    for (int f = 0; f < DW_SAMPLE_FIELDS; f++) {
      dw_sample_copy(j->own[i][f], j->now[f]);
    }
  }
  return DW_OK;
}

/* All nets from the fine run as it is after `jump` jumps. */
static dw_status anchor(dw_jumper *j, int64_t jump) {
  const int64_t step = j->anchor + jump * j->corrector->config.jump.steps;
  dw_steps(j->fine->state, (int)(step - j->fine->state->step), NULL);
  DW_TRY(dw_jumper_restrict(j, j->now));
  for (int i = 0; i < j->corrector->nets; i++) {
    for (int f = 0; f < DW_SAMPLE_FIELDS; f++) {
      dw_sample_copy(j->own[i][f], j->now[f]);
    }
  }
  return DW_OK;
}

dw_status dw_monitor_predict(dw_jumper *j, int64_t seed, dw_observed *raw, dw_observed *found, dw_watch *watch) {
  const dw_corrector *c = j->corrector;
  dw_observed net[DW_OPERATOR_NETS];
  memset(watch, 0, sizeof *watch);
  dw_monitor_between(j->monitor, c, j->params.cosmology.w);
  watch->jumps = c->config.jump.jumps;
  DW_TRY(dw_member_start(j->fine, seed));
  DW_TRY(anchor(j, 0));
  dw_sample_copy(j->start[0], j->now[0]);
  dw_sample_copy(j->start[1], j->now[1]);
  DW_TRY(dw_jumper_raw(j, raw));
  for (int64_t i = 0; i < watch->jumps; i++) {
    DW_TRY(jump_all(j, i, &watch->residual[i], net));
    watch->anchored[i] = watch->residual[i] > j->monitor->threshold;
    watch->since++;
    if (watch->anchored[i]) {
      DW_TRY(anchor(j, i + 1));
      watch->since = 0;
    }
  }
  watch->fine_steps = j->fine->state->step;
  if (watch->since == 0) {
    return dw_observer_measure(j->see_fine, found);
  }
  dw_observed_mean(net, c->nets, c->config.shells, found, &j->spread);
  dw_observed_scale(found, &j->monitor->factor[watch->since - 1], c->config.shells);
  return DW_OK;
}
