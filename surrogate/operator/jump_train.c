#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "fields/step.h"
#include "lattice/random.h"
#include "surrogate/operator/adam.h"
#include "surrogate/operator/gradient.h"
#include "surrogate/operator/monitor.h"

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
  dw_jumper *jumper;
  moment *moment; /* (training runs, jumps + 1) */
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
  dw_jumper_destroy(s->jumper);
}

static dw_status open_school(school *s) {
  const dw_operator_config *config = &s->c->config;
  const dw_net_shape shape = dw_corrector_shape(config);
  void *block = NULL;
  DW_TRY(dw_jumper_create(&s->jumper, s->c));
  for (int i = 0; i < 2; i++) {
    DW_TRY(dw_loss_create(&s->loss[i], s->jumper->coarse->lattice, config->shells));
  }
  DW_TRY(dw_net_gradient_create(&s->gradient, s->jumper->coarse->lattice, &shape));
  s->moments = config->train.runs * (config->jump.jumps + 1);
  DW_TRY(dw_alloc(&block, (size_t)s->moments, sizeof(moment), "samples"));
  memset(block, 0, (size_t)s->moments * sizeof(moment));
  s->moment = block;
  return DW_OK;
}

/* --- samples --- */

static dw_status take_moment(school *s, moment *m, bool is_target) {
  dw_jumper *j = s->jumper;
  for (int f = 0; f < DW_SAMPLE_FIELDS; f++) {
    DW_TRY(dw_field_create(&m->field[f], j->coarse->lattice, DW_SINGLE));
  }
  DW_TRY(dw_jumper_restrict(j, m->field));
  if (!is_target) {
    return DW_OK;
  }
  DW_TRY(dw_loss_products(j->fine->state->phi[0], j->few, j->coarse->lattice->spacing, m->stress));
  DW_TRY(dw_loss_add(s->loss[0], m->field[0], m->stress));
  return dw_loss_add(s->loss[1], m->field[1], NULL);
}

/* The scale of phi' comes from the first run's anchor; then all runs, at each time between jumps. */
static dw_status make_samples(school *s) {
  dw_jumper *j = s->jumper;
  const dw_operator_config *config = &s->c->config;
  for (int64_t r = 0; r < config->train.runs; r++) {
    DW_TRY(dw_member_start(j->fine, config->train.first + r));
    dw_steps(j->fine->state, (int)j->anchor, NULL);
    for (int64_t i = 0; i <= config->jump.jumps; i++) {
      if (i > 0) {
        dw_steps(j->fine->state, (int)config->jump.steps, NULL);
      }
      DW_TRY(take_moment(s, &s->moment[r * (config->jump.jumps + 1) + i], i > 0));
    }
  }
  dw_loss_weigh(s->loss[0]);
  dw_loss_weigh(s->loss[1]);
  return DW_OK;
}

static dw_status set_scale(school *s) {
  dw_jumper *j = s->jumper;
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
  dw_jumper *j = s->jumper;
  dw_net_gradient *g = s->gradient;
  double q[DW_JUMP_FACTORS];
  int64_t run = 0;
  int64_t jump = 0;
  int64_t before = 0;
  draw(s, index, number, &run, &jump, &before);
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
      (void)snprintf(line, sizeof line, "step %6lld  loss %.5f field, %.5f stress", (long long)(i + 1),
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

static void true_state(const void *context, int64_t run, int64_t jump, dw_field *const now[]) {
  const school *s = context;
  const moment *m = &s->moment[run * (s->c->config.jump.jumps + 1) + jump];
  for (int f = 0; f < DW_SAMPLE_FIELDS; f++) {
    dw_sample_copy(now[f], m->field[f]);
  }
}

/* How often it would have called for the fine run in runs that no net has seen. */
static dw_status try_monitor(school *s) {
  const dw_operator_config *config = &s->c->config;
  int64_t above = 0;
  for (int64_t i = 0; i < config->test.runs; i++) {
    dw_observed raw;
    dw_observed found;
    dw_watch watch;
    DW_TRY(dw_monitor_predict(s->jumper, config->test.first + i, &raw, &found, &watch));
    for (int64_t k = 0; k < watch.jumps; k++) {
      above += watch.anchored[k];
    }
  }
  char line[256];
  (void)snprintf(line, sizeof line, "monitor      threshold %.3g, exceeded by %lld of %lld jumps of the test runs",
                 s->c->monitor.threshold, (long long)above, (long long)(config->test.runs * config->jump.jumps));
  tell(s, line);
  return DW_OK;
}

static dw_status validate_with(school *s, dw_observed *truth, dw_observed *raw, dw_observed *net) {
  dw_corrector *c = s->c;
  const int64_t train = c->config.train.runs;
  const int64_t test = c->config.test.runs;
  const int64_t shells = c->config.shells;
  for (int64_t i = 0; i < train + test; i++) {
    const int64_t seed = i < train ? c->config.train.first + i : c->config.test.first + i - train;
    DW_TRY(dw_jumper_seed(s->jumper, seed, &truth[i], &raw[i], &net[i]));
  }
  dw_observed_calibrate(truth, net, train, shells, &c->factor);
  dw_observed_calibrate(truth, raw, train, shells, &c->cheap_factor);
  dw_observed_errors(truth + train, net + train, test, shells, &c->factor, &c->error);
  dw_observed_errors(truth + train, raw + train, test, shells, &c->cheap_factor, &c->cheap_error);
  const dw_observed none = {0};
  dw_observed bare;
  dw_observed_errors(truth + train, net + train, test, shells, &none, &bare);
  tell_errors(s, "no factors", &bare);
  return dw_monitor_learn(&c->monitor, s->jumper, train, true_state, s, truth);
}

static dw_status validate(school *s) {
  const int64_t runs = s->c->config.train.runs + s->c->config.test.runs;
  void *block = NULL;
  DW_TRY(dw_alloc(&block, 3 * (size_t)runs, sizeof(dw_observed), "validation"));
  dw_observed *truth = block;
  dw_status status = validate_with(s, truth, truth + runs, truth + 2 * runs);
  dw_free(block);
  if (status == DW_OK) {
    tell_errors(s, "no net", &s->c->cheap_error);
    tell_errors(s, "jumps", &s->c->error);
    status = try_monitor(s);
  }
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
