#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "lattice/random.h"
#include "surrogate/operator/adam.h"
#include "surrogate/operator/corrector.h"
#include "surrogate/operator/gradient.h"
#include "surrogate/operator/spread.h"

/* Everything that training holds. */
typedef struct school {
  dw_corrector *c;
  dw_twins *twins;
  dw_sample *sample; /* (training runs) */
  int64_t samples;
  dw_loss *loss;
  dw_net_gradient *gradient;
  dw_observed *truth; /* (training and test runs) */
  dw_say say;
  void *context;
} school;

static void tell(const school *s, const char *format, double a, double b, double c)
    __attribute__((format(printf, 2, 0)));
static void tell(const school *s, const char *format, double a, double b, double c) {
  char line[256];
  if (s->say != NULL) {
    (void)snprintf(line, sizeof line, format, a, b, c);
    s->say(s->context, line);
  }
}

static void close_school(school *s) {
  for (int64_t i = 0; s->sample != NULL && i < s->samples; i++) {
    dw_sample_finalize(&s->sample[i]);
  }
  dw_free(s->sample);
  dw_free(s->truth);
  dw_loss_destroy(s->loss);
  dw_net_gradient_destroy(s->gradient);
  dw_twins_destroy(s->twins);
}

static dw_status open_school(school *s) {
  const dw_operator_config *config = &s->c->config;
  const dw_member_choice cheap = dw_corrector_cheap(config);
  const dw_net_shape shape = dw_corrector_shape(config);
  void *block = NULL;
  DW_TRY(dw_twins_create(&s->twins, &s->c->base, &cheap, config->shells));
  DW_TRY(dw_loss_create(&s->loss, s->twins->cheap->lattice, config->shells));
  DW_TRY(dw_net_gradient_create(&s->gradient, s->twins->cheap->lattice, &shape));
  DW_TRY(dw_alloc(&block, (size_t)(config->train.runs + config->test.runs), sizeof(dw_observed), "the truth"));
  s->truth = block;
  DW_TRY(dw_alloc(&block, (size_t)config->train.runs, sizeof(dw_sample), "samples"));
  memset(block, 0, (size_t)config->train.runs * sizeof(dw_sample));
  s->sample = block;
  s->samples = config->train.runs;
  return DW_OK;
}

/* Mean square of a field, rows in their order. */
static double mean_square(const dw_field *field) {
  const int64_t n = field->lattice->points;
  double total = 0.0;
  for (int64_t x = 0; x < n; x++) {
    for (int64_t y = 0; y < n; y++) {
      const float *row = dw_field_row(field, x, y);
      double sum = 0.0;
      for (int64_t z = 0; z < n; z++) {
        sum += (double)row[z] * (double)row[z];
      }
      total += sum;
    }
  }
  return total / ((double)n * (double)n * (double)n);
}

/* Runs of the training set, and the weights of the shells and the scale of phi' that follow from them. */
static dw_status make_samples(school *s) {
  double square = 0.0;
  for (int64_t i = 0; i < s->samples; i++) {
    DW_TRY(dw_twins_sample(s->twins, s->c->config.train.first + i, &s->sample[i]));
    DW_TRY(dw_loss_add(s->loss, s->sample[i].target[0], s->sample[i].stress));
    s->truth[i] = s->sample[i].truth;
    square += mean_square(s->sample[i].input[1]) / (double)s->samples;
  }
  dw_loss_weigh(s->loss);
  if (!(square > 0.0) || !isfinite(square)) {
    return dw_fail(DW_ERR_INVALID, "the cheap runs end with phi' = 0 or not finite; nothing can be learned from them");
  }
  s->c->scale = sqrt(square);
  for (int64_t i = 0; i < s->samples; i++) {
    dw_sample_scale(s->sample[i].input[1], 1.0 / s->c->scale);
  }
  tell(s, "runs         %.0f pairs for training, rms of phi' %.4g", (double)s->samples, s->c->scale, 0.0);
  return DW_OK;
}

/* The sample of step `i`: a random one, the same for a seed. */
static int64_t draw(const school *s, int net, int64_t i) {
  const int64_t place[3] = {-1 - net, i, 0};
  return (int64_t)(dw_random_bits(s->c->config.net.seed, DW_STREAM_WEIGHTS, place) % (uint64_t)s->samples);
}

static void step(school *s, dw_net *net, const dw_sample *sample, dw_adam *adam, double loss[2]) {
  dw_net_gradient *g = s->gradient;
  for (int i = 0; i < DW_SAMPLE_FIELDS; i++) {
    dw_sample_copy(g->pass->input[i], sample->input[i]);
  }
  dw_net_apply(g->pass, net, NULL);
  loss[0] += dw_loss_field(s->loss, g->pass->output[0], sample->target[0], g->d_output[0]);
  loss[1] += dw_loss_stress(s->loss, g->pass->output[1], sample->stress, g->d_output[1]);
  memset(g->gradient, 0, net->count * sizeof(double));
  dw_net_gradient_add(g, net, NULL);
  dw_adam_step(adam, g->gradient, net->weight);
}

static dw_status teach(school *s, int index) {
  const dw_operator_config *config = &s->c->config;
  dw_net *net = s->c->net[index];
  dw_adam *adam = NULL;
  const int64_t part = (config->train.steps + 9) / 10;
  double loss[2] = {0.0, 0.0};
  DW_TRY(dw_adam_create(&adam, net->count, config->train.rate, config->train.steps));
  int64_t since = 0;
  for (int64_t i = 0; i < config->train.steps; i++) {
    step(s, net, &s->sample[draw(s, index, i)], adam, loss);
    since++;
    if (since == part || i + 1 == config->train.steps) {
      s->c->loss[index][0] = loss[0] / (double)since;
      s->c->loss[index][1] = loss[1] / (double)since;
      tell(s, "step %6.0f  loss %.5f field, %.5f stress", (double)(i + 1), s->c->loss[index][0], s->c->loss[index][1]);
      loss[0] = 0.0;
      loss[1] = 0.0;
      since = 0;
    }
  }
  dw_adam_destroy(adam);
  return DW_OK;
}

/* Factors from the training runs, errors from those that no net has seen. */
static dw_status validate_with(school *s, dw_corrector_work *w, dw_observed *raw, dw_observed *net) {
  dw_corrector *c = s->c;
  const int64_t train = c->config.train.runs;
  const int64_t test = c->config.test.runs;
  const int64_t shells = c->config.shells;
  for (int64_t i = 0; i < train; i++) {
    DW_TRY(dw_corrector_run(w, c->config.train.first + i, &raw[i], &net[i]));
  }
  for (int64_t i = 0; i < test; i++) {
    const int64_t seed = c->config.test.first + i;
    DW_TRY(dw_member_run(s->twins->fine, seed));
    DW_TRY(dw_observer_measure(s->twins->see_fine, &s->truth[train + i]));
    DW_TRY(dw_corrector_run(w, seed, &raw[train + i], &net[train + i]));
    dw_spread_add(c, &w->spread, test);
  }
  dw_spread_finish(c);
  dw_observed_calibrate(s->truth, net, train, shells, &c->factor);
  dw_observed_calibrate(s->truth, raw, train, shells, &c->cheap_factor);
  dw_observed_errors(s->truth + train, net + train, test, shells, &c->factor, &c->error);
  dw_observed_errors(s->truth + train, raw + train, test, shells, &c->cheap_factor, &c->cheap_error);
  return DW_OK;
}

static void tell_errors(const school *s, const char *format, const dw_observed *error) {
  const int64_t shells = s->c->config.shells;
  tell(s, format, 100.0 * error->area, 100.0 * dw_observed_rms(error->stress, shells),
       100.0 * dw_observed_rms(error->field, shells));
}

static dw_status validate(school *s) {
  const int64_t runs = s->c->config.train.runs + s->c->config.test.runs;
  dw_corrector_work *w = NULL;
  void *block = NULL;
  DW_TRY(dw_corrector_work_create(&w, s->c, dw_comm_self()));
  dw_status status = dw_alloc(&block, 2 * (size_t)runs, sizeof(dw_observed), "validation");
  if (status == DW_OK) {
    dw_observed *raw = block;
    status = validate_with(s, w, raw, raw + runs);
  }
  dw_free(block);
  dw_corrector_work_destroy(w);
  if (status == DW_OK) {
    tell_errors(s, "cheap runs   rms log error %.2f %% area, %.2f %% stress, %.2f %% field", &s->c->cheap_error);
    tell_errors(s, "corrected    rms log error %.2f %% area, %.2f %% stress, %.2f %% field", &s->c->error);
  }
  return status;
}

static dw_status train(school *s) {
  DW_TRY(open_school(s));
  DW_TRY(make_samples(s));
  for (int i = 0; i < s->c->nets; i++) {
    DW_TRY(teach(s, i));
  }
  return validate(s);
}

dw_status dw_corrector_train(dw_corrector **corrector, const dw_operator_config *config, const dw_params *base,
                             dw_say say, void *context) {
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
