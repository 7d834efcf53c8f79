#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "fields/step.h"
#include "lattice/random.h"
#include "surrogate/operator/adam.h"
#include "surrogate/operator/gradient.h"
#include "surrogate/operator/monitor.h"
#include "surrogate/operator/spread.h"

/* What phi' counts beside phi: its phases are largely radiation. */
static const double VELOCITY = 0.25;

/* Share of the steps that learn jumps from true states alone. */
static const double FIRST_PART = 0.4;

/* A run at one of the times between jumps. */
typedef struct moment {
  dw_field *field[DW_SAMPLE_FIELDS];
  dw_modes *stress[DW_LOSS_PRODUCTS];
} moment;

typedef struct school {
  dw_corrector *c;
  dw_jumper *jumper[DW_OPERATOR_BACKGROUNDS]; /* run r has background r % (their number) */
  moment *moment;                             /* (training runs, jumps + 1) */
  int64_t moments;
  dw_loss *loss[2]; /* of phi and the stress; of phi' */
  dw_net_gradient *gradient;
  dw_say say;
  void *context;
} school;

static void tell(const school *s, const char *line) {
  if (s->say != NULL) {
    s->say(s->context, line);
  }
}

static void tell_errors(const school *s, const char *what, const dw_observed *error) {
  const int64_t shells = s->c->config.shells;
  char line[256];
  (void)snprintf(line, sizeof line, "%-12s rms log error %.2f %% area, %.2f %% stress, %.2f %% field", what,
                 100.0 * error->area, 100.0 * dw_observed_rms(error->stress, shells),
                 100.0 * dw_observed_rms(error->field, shells));
  tell(s, line);
}

static dw_jumper *jumper_of(const school *s, int64_t run) { return s->jumper[run % s->c->backgrounds]; }

static void close_school(school *s) {
  for (int64_t i = 0; s->moment != NULL && i < s->moments; i++) {
    for (int f = 0; f < DW_SAMPLE_FIELDS; f++) {
      dw_field_destroy(s->moment[i].field[f]);
    }
    for (int p = 0; p < DW_LOSS_PRODUCTS; p++) {
      dw_modes_destroy(s->moment[i].stress[p]);
    }
  }
  dw_free(s->moment);
  dw_loss_destroy(s->loss[0]);
  dw_loss_destroy(s->loss[1]);
  dw_net_gradient_destroy(s->gradient);
  for (int b = 0; b < DW_OPERATOR_BACKGROUNDS; b++) {
    dw_jumper_destroy(s->jumper[b]);
  }
}

static dw_status check_backgrounds(const dw_corrector *c) {
  const bool several = c->config.train.w.count > 0 || c->config.test.w.count > 0;
  if (several && strcmp(c->base.cosmology.background, "power-law") != 0) {
    return dw_fail(DW_ERR_PARAM, "train.w: cosmology.background of the base is %s, which has no w; take power-law",
                   c->base.cosmology.background);
  }
  if (!dw_monitor_knows(c, c->base.cosmology.w)) {
    return dw_fail(DW_ERR_PARAM, "train.w: from %g to %g, without cosmology.w = %g of the base; change one of them",
                   c->w[0], c->w[c->backgrounds - 1], c->base.cosmology.w);
  }
  return DW_OK;
}

static dw_status open_school(school *s) {
  const dw_operator_config *config = &s->c->config;
  const dw_net_shape shape = dw_corrector_shape(config);
  void *block = NULL;
  DW_TRY(check_backgrounds(s->c));
  for (int b = 0; b < s->c->backgrounds; b++) {
    DW_TRY(dw_jumper_create_at(&s->jumper[b], s->c, s->c->w[b]));
  }
  const dw_lattice *coarse = s->jumper[0]->coarse->lattice;
  for (int i = 0; i < 2; i++) {
    DW_TRY(dw_loss_create(&s->loss[i], coarse, config->shells));
  }
  DW_TRY(dw_net_gradient_create(&s->gradient, coarse, &shape));
  s->moments = config->train.runs * (config->jump.jumps + 1);
  DW_TRY(dw_alloc(&block, (size_t)s->moments, sizeof(moment), "samples"));
  memset(block, 0, (size_t)s->moments * sizeof(moment));
  s->moment = block;
  return DW_OK;
}

/* --- samples --- */

static dw_status take_moment(school *s, dw_jumper *j, moment *m, bool is_target) {
  DW_TRY(dw_jumper_restrict(j, j->now));
  for (int f = 0; f < DW_SAMPLE_FIELDS; f++) {
    DW_TRY(dw_field_create(&m->field[f], s->jumper[0]->coarse->lattice, DW_SINGLE));
    dw_sample_copy(m->field[f], j->now[f]);
  }
  if (!is_target) {
    return DW_OK;
  }
  DW_TRY(dw_loss_products(j->fine->state->phi[0], j->few, j->coarse->lattice->spacing, m->stress));
  DW_TRY(dw_loss_add(s->loss[0], m->field[0], m->stress));
  return dw_loss_add(s->loss[1], m->field[1], NULL);
}

/* The scale of phi' comes from the first run's anchor; then all runs, at each time between jumps. */
static dw_status make_samples(school *s) {
  const dw_operator_config *config = &s->c->config;
  for (int64_t r = 0; r < config->train.runs; r++) {
    dw_jumper *j = jumper_of(s, r);
    DW_TRY(dw_member_start(j->fine, config->train.first + r));
    dw_steps(j->fine->state, (int)j->anchor, NULL);
    for (int64_t i = 0; i <= config->jump.jumps; i++) {
      if (i > 0) {
        dw_steps(j->fine->state, (int)config->jump.steps, NULL);
      }
      DW_TRY(take_moment(s, j, &s->moment[r * (config->jump.jumps + 1) + i], i > 0));
    }
  }
  dw_loss_weigh(s->loss[0]);
  dw_loss_weigh(s->loss[1]);
  return DW_OK;
}

static dw_status set_scale(school *s) {
  dw_jumper *j = s->jumper[0];
  const int64_t n = j->coarse->lattice->points;
  double square = 0.0;
  s->c->scale = 1.0;
  DW_TRY(dw_member_start(j->fine, s->c->config.train.first));
  dw_steps(j->fine->state, (int)j->anchor, NULL);
  DW_TRY(dw_jumper_restrict(j, j->now));
  for (int64_t i = 0; i < n * n; i++) {
    const float *row = dw_field_row(j->now[1], i / n, i % n);
    for (int64_t z = 0; z < n; z++) {
      square += (double)row[z] * (double)row[z];
    }
  }
  s->c->scale = sqrt(square / ((double)n * (double)n * (double)n));
  if (!(s->c->scale > 0.0) || !isfinite(s->c->scale)) {
    return dw_fail(DW_ERR_INVALID, "the fine run has phi' = 0 or not finite where jumps begin; nothing can be learned");
  }
  return DW_OK;
}

/* --- steps --- */

/* Run, jump and how many jumps before it the net makes itself; the same for a seed. */
static void draw(const school *s, int net, int64_t step, int64_t *run, int64_t *jump, int64_t *before) {
  const dw_operator_config *config = &s->c->config;
  const int64_t place[3] = {-1 - net, step, 1};
  const uint64_t bits = dw_random_bits(config->net.seed, DW_STREAM_WEIGHTS, place);
  const bool early = (double)step < FIRST_PART * (double)config->train.steps;
  *run = (int64_t)(bits % (uint64_t)config->train.runs);
  *jump = (int64_t)((bits >> 32) % (uint64_t)config->jump.jumps);
  *before = early ? 0 : (int64_t)((bits >> 48) % (uint64_t)(*jump + 1));
}

static void step(school *s, dw_net *net, int index, int64_t number, dw_adam *adam, double loss[3]) {
  dw_net_gradient *g = s->gradient;
  double q[DW_JUMP_FACTORS];
  int64_t run = 0;
  int64_t jump = 0;
  int64_t before = 0;
  draw(s, index, number, &run, &jump, &before);
  dw_jumper *j = jumper_of(s, run);
  const moment *of_run = s->moment + run * (s->c->config.jump.jumps + 1);
  for (int f = 0; f < DW_SAMPLE_FIELDS; f++) {
    dw_sample_copy(j->now[f], of_run[jump - before].field[f]);
  }
  for (int64_t i = jump - before; i < jump; i++) {
    dw_jumper_advance(j, i, j->pass, q);
    dw_net_apply(j->pass, net, q);
    dw_sample_copy(j->now[0], j->pass->output[0]);
    dw_sample_copy(j->now[1], j->pass->output[1]);
  }
  dw_jumper_advance(j, jump, g->pass, q);
  dw_net_apply(g->pass, net, q);
  const moment *target = &of_run[jump + 1];
  loss[0] += dw_loss_field(s->loss[0], g->pass->output[0], target->field[0], g->d_output[0]);
  loss[1] += dw_loss_field(s->loss[1], g->pass->output[1], target->field[1], g->d_output[1]);
  loss[2] += dw_loss_stress(s->loss[0], g->pass->output[2], target->stress, g->d_output[2]);
  dw_sample_scale(g->d_output[1], VELOCITY);
  memset(g->gradient, 0, net->count * sizeof(double));
  dw_net_gradient_add(g, net, q);
  dw_adam_step(adam, g->gradient, net->weight);
}

static dw_status teach(school *s, int index) {
  const dw_operator_config *config = &s->c->config;
  dw_net *net = s->c->net[index];
  dw_adam *adam = NULL;
  const int64_t part = (config->train.steps + 9) / 10;
  double loss[3] = {0.0, 0.0, 0.0};
  int64_t since = 0;
  DW_TRY(dw_adam_create(&adam, net->count, config->train.rate, config->train.steps));
  for (int64_t i = 0; i < config->train.steps; i++) {
    step(s, net, index, i, adam, loss);
    since++;
    if (since == part || i + 1 == config->train.steps) {
      s->c->loss[index][0] = loss[0] / (double)since;
      s->c->loss[index][1] = loss[2] / (double)since;
      char line[256];
      (void)snprintf(line, sizeof line, "step %6lld  loss %.5f field, %.5f stress", (long long)i + 1,
                     s->c->loss[index][0], s->c->loss[index][1]);
      tell(s, line);
      memset(loss, 0, sizeof loss);
      since = 0;
    }
  }
  dw_adam_destroy(adam);
  return DW_OK;
}

/* --- factors and errors --- */

/* Runs of one background, 0, 1, ... */
typedef struct part {
  const school *s;
  int64_t background;
  dw_observed *truth; /* (training runs) */
  dw_observed *raw;
} part;

static void true_state(const void *context, int64_t run, int64_t jump, dw_field *const now[]) {
  const part *p = context;
  const int64_t all = p->background + run * p->s->c->backgrounds;
  const moment *m = &p->s->moment[all * (p->s->c->config.jump.jumps + 1) + jump];
  for (int f = 0; f < DW_SAMPLE_FIELDS; f++) {
    dw_sample_copy(now[f], m->field[f]);
  }
}

/* The monitor and the factors of a background, from its training runs. */
static dw_status learn_background(school *s, part *p) {
  dw_corrector *c = s->c;
  dw_monitor *monitor = &c->monitor[p->background];
  dw_jumper *j = s->jumper[p->background];
  int64_t runs = 0;
  for (int64_t r = p->background; r < c->config.train.runs; r += c->backgrounds) {
    dw_observed found;
    DW_TRY(dw_jumper_seed(j, c->config.train.first + r, &p->truth[runs], &p->raw[runs], &found));
    runs++;
  }
  DW_TRY(dw_monitor_learn(monitor, j, runs, true_state, p, p->truth));
  dw_observed_calibrate(p->truth, p->raw, runs, c->config.shells, &monitor->cheap_factor);
  return DW_OK;
}

/* What test runs give in all, with their factors, and without. */
typedef struct trial {
  dw_observed *truth; /* (test runs) */
  dw_observed *raw;
  dw_observed *net;
  dw_observed *bare;
  int64_t above; /* jumps that the monitor doesn't believe */
} trial;

/* Test runs of one background: the first, and each `stride`-th from there. */
static dw_status try_background(school *s, dw_jumper *j, int64_t first, int64_t stride, trial *t) {
  const dw_operator_config *config = &s->c->config;
  for (int64_t i = first; i < config->test.runs; i += stride) {
    dw_watch watch;
    dw_observed raw;
    dw_observed watched;
    DW_TRY(dw_monitor_predict(j, config->test.first + i, &raw, &watched, &watch));
    for (int64_t k = 0; k < watch.jumps; k++) {
      t->above += watch.anchored[k];
    }
    DW_TRY(dw_jumper_seed(j, config->test.first + i, &t->truth[i], &t->raw[i], &t->net[i]));
    dw_spread_add(s->c, &j->spread, config->test.runs);
    t->bare[i] = t->net[i];
    dw_observed_scale(&t->raw[i], &j->monitor->cheap_factor, config->shells);
    dw_observed_scale(&t->net[i], &j->monitor->factor[config->jump.jumps - 1], config->shells);
  }
  return DW_OK;
}

static dw_status try_all(school *s, trial *t) {
  const dw_operator_list *asked = &s->c->config.test.w;
  const int64_t count = asked->count > 0 ? asked->count : s->c->backgrounds;
  for (int64_t b = 0; b < count; b++) {
    dw_jumper *j = NULL;
    DW_TRY(dw_jumper_create_at(&j, s->c, asked->count > 0 ? asked->value[b] : s->c->w[b]));
    const dw_status status = try_background(s, j, b, count, t);
    dw_jumper_destroy(j);
    DW_TRY(status);
  }
  return DW_OK;
}

static void tell_trial(school *s, const trial *t) {
  static const dw_observed none;
  dw_corrector *c = s->c;
  const int64_t runs = c->config.test.runs;
  dw_observed bare;
  char line[256];
  dw_observed_errors(t->truth, t->net, runs, c->config.shells, &none, &c->error);
  dw_observed_errors(t->truth, t->raw, runs, c->config.shells, &none, &c->cheap_error);
  dw_observed_errors(t->truth, t->bare, runs, c->config.shells, &none, &bare);
  dw_spread_finish(c);
  tell_errors(s, "no factors", &bare);
  tell_errors(s, "no net", &c->cheap_error);
  tell_errors(s, "jumps", &c->error);
  (void)snprintf(line, sizeof line, "monitor      threshold %.3g, exceeded by %lld of %lld jumps of the test runs",
                 c->monitor[0].threshold, (long long)t->above, (long long)runs * c->config.jump.jumps);
  tell(s, line);
}

static dw_status validate(school *s) {
  dw_corrector *c = s->c;
  const int64_t runs = c->config.train.runs + c->config.test.runs;
  void *block = NULL;
  void *base = NULL;
  DW_TRY(dw_alloc(&block, 4 * (size_t)runs, sizeof(dw_observed), "validation"));
  dw_observed *room = block;
  dw_status status = DW_OK;
  for (int b = 0; b < c->backgrounds && status == DW_OK; b++) {
    part p = {s, b, room, room + runs};
    status = learn_background(s, &p);
  }
  trial t = {room, room + runs, room + 2 * runs, room + 3 * runs, 0};
  if (status == DW_OK) {
    status = try_all(s, &t);
  }
  if (status == DW_OK) {
    status = dw_alloc(&base, 1, sizeof(dw_monitor), "a monitor");
  }
  if (status == DW_OK) {
    tell_trial(s, &t);
    dw_monitor_between(base, c, c->base.cosmology.w);
    c->factor = ((dw_monitor *)base)->factor[c->config.jump.jumps - 1];
    c->cheap_factor = ((dw_monitor *)base)->cheap_factor;
  }
  dw_free(base);
  dw_free(block);
  return status;
}

static dw_status train(school *s) {
  DW_TRY(open_school(s));
  DW_TRY(set_scale(s));
  DW_TRY(make_samples(s));
  for (int i = 0; i < s->c->nets; i++) {
    DW_TRY(teach(s, i));
  }
  return validate(s);
}

dw_status dw_jump_train(dw_corrector **corrector, const dw_operator_config *config, const dw_params *base, dw_say say,
                        void *context) {
  school s = {.say = say, .context = context};
  *corrector = NULL;
  DW_TRY(dw_corrector_create(&s.c, config, base));
  const dw_status status = train(&s);
  close_school(&s);
  if (status != DW_OK) {
    dw_corrector_destroy(s.c);
    return status;
  }
  *corrector = s.c;
  return DW_OK;
}
