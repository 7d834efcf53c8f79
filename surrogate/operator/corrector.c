#include "surrogate/operator/corrector.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"

enum { TOGETHER = 4 };

bool dw_corrector_jumps(const dw_operator_config *config) { return strcmp(config->kind, "jump") == 0; }

dw_net_shape dw_corrector_shape(const dw_operator_config *config) {
  if (dw_corrector_jumps(config)) { /* surrogate/operator/jump.h */
    return (dw_net_shape){.inputs = 2 * DW_SAMPLE_FIELDS,
                          .outputs = DW_SAMPLE_FIELDS + 1,
                          .hidden = (int)config->net.channels,
                          .layers = (int)config->net.layers,
                          .factors = 3,
                          .from = {0, 1, 0}};
  }
  return (dw_net_shape){
      .inputs = DW_SAMPLE_FIELDS, .outputs = 2, .hidden = (int)config->net.channels, .layers = (int)config->net.layers};
}

dw_member_choice dw_corrector_cheap(const dw_operator_config *config) {
  return (dw_member_choice){
      .points = config->cheap.points, .s = config->cheap.s, .fat_from = config->cheap.fat_from, .together = TOGETHER};
}

dw_status dw_corrector_create(dw_corrector **corrector, const dw_operator_config *config, const dw_params *base) {
  void *block = NULL;
  *corrector = NULL;
  DW_TRY(dw_alloc(&block, 1, sizeof(dw_corrector), "a corrector"));
  memset(block, 0, sizeof(dw_corrector));
  dw_corrector *draft = block;
  draft->config = *config;
  draft->base = *base;
  draft->nets = (int)config->net.nets;
  draft->backgrounds = config->train.w.count > 0 ? (int)config->train.w.count : 1;
  draft->w[0] = base->cosmology.w;
  for (int64_t i = 0; i < config->train.w.count; i++) {
    draft->w[i] = config->train.w.value[i];
  }
  const dw_net_shape shape = dw_corrector_shape(config);
  for (int i = 0; i < draft->nets; i++) {
    const dw_status status = dw_net_create(&draft->net[i], &shape, config->net.seed + i);
    if (status != DW_OK) {
      dw_corrector_destroy(draft);
      return status;
    }
  }
  *corrector = draft;
  return DW_OK;
}

void dw_corrector_destroy(dw_corrector *corrector) {
  for (int i = 0; corrector != NULL && i < corrector->nets; i++) {
    dw_net_destroy(corrector->net[i]);
  }
  dw_free(corrector);
}

/* --- at work --- */

static dw_status fill(dw_corrector_work *w, const dw_comm *comm) {
  const dw_corrector *c = w->corrector;
  dw_params params = c->base;
  memset(params.precision, 0, sizeof params.precision);
  memcpy(params.precision, "single", sizeof "single");
  const dw_member_choice cheap = dw_corrector_cheap(&c->config);
  dw_member_choice frame = cheap;
  frame.s = params.fields.s;
  frame.fat_from = 0.0;
  const dw_net_shape shape = dw_corrector_shape(&c->config);
  DW_TRY(dw_member_create(&w->cheap, &params, &cheap, comm));
  DW_TRY(dw_member_create(&w->frame, &params, &frame, comm));
  DW_TRY(dw_observer_create(&w->see_cheap, w->cheap, 1, c->config.shells));
  DW_TRY(dw_observer_create(&w->see_frame, w->frame, 1, c->config.shells));
  return dw_comm_agree(comm, dw_net_pass_create(&w->pass, w->cheap->lattice, &shape, false));
}

dw_status dw_corrector_work_create(dw_corrector_work **work, const dw_corrector *corrector, const dw_comm *comm) {
  void *block = NULL;
  *work = NULL;
  DW_TRY(dw_comm_alloc(comm, &block, 1, sizeof(dw_corrector_work), "a corrector"));
  memset(block, 0, sizeof(dw_corrector_work));
  dw_corrector_work *draft = block;
  draft->corrector = corrector;
  const dw_status status = fill(draft, comm);
  if (status != DW_OK) {
    dw_corrector_work_destroy(draft);
    return status;
  }
  *work = draft;
  return DW_OK;
}

void dw_corrector_work_destroy(dw_corrector_work *w) {
  if (w != NULL) {
    dw_net_pass_destroy(w->pass);
    dw_observer_destroy(w->see_cheap);
    dw_observer_destroy(w->see_frame);
    dw_member_destroy(w->cheap);
    dw_member_destroy(w->frame);
    dw_free(w);
  }
}

/* Field and area from the first output, the stress from the second. */
static dw_status observe(dw_corrector_work *w, dw_observed *found) {
  dw_observed stress;
  dw_member_put(w->frame, w->pass->output[0]);
  DW_TRY(dw_observer_measure(w->see_frame, found));
  dw_member_put(w->frame, w->pass->output[1]);
  DW_TRY(dw_observer_measure(w->see_frame, &stress));
  memcpy(found->stress, stress.stress, sizeof found->stress);
  return DW_OK;
}

static void add_logs(dw_observed *sum, const dw_observed *found, double weight, int64_t shells) {
  sum->area += weight * log(found->area);
  for (int64_t k = 0; k < shells; k++) {
    sum->field[k] += weight * log(found->field[k]);
    sum->stress[k] += weight * log(found->stress[k]);
  }
}

dw_status dw_corrector_run(dw_corrector_work *w, int64_t seed, dw_observed *raw, dw_observed *corrected) {
  const dw_corrector *c = w->corrector;
  dw_observed net[DW_OPERATOR_NETS];
  DW_TRY(dw_member_run(w->cheap, seed));
  DW_TRY(dw_observer_measure(w->see_cheap, raw));
  for (int i = 0; i < c->nets; i++) {
    dw_member_copy(w->cheap, w->pass->input);
    dw_sample_scale(w->pass->input[1], 1.0 / c->scale);
    dw_net_apply(w->pass, c->net[i], NULL);
    DW_TRY(observe(w, &net[i]));
  }
  dw_observed_mean(net, c->nets, c->config.shells, corrected, &w->spread);
  return DW_OK;
}

/* --- factors and errors --- */

void dw_observed_scale(dw_observed *observed, const dw_observed *factor, int64_t shells) {
  observed->area *= exp(factor->area);
  for (int64_t k = 0; k < shells; k++) {
    observed->field[k] *= exp(factor->field[k]);
    observed->stress[k] *= exp(factor->stress[k]);
  }
}

/* Adds the squares of what one is off by, with a weight. */
static void add_squares(dw_observed *sum, const dw_observed *found, const dw_observed *mean, double weight,
                        int64_t shells) {
  sum->area += weight * pow(log(found->area / mean->area), 2.0);
  for (int64_t k = 0; k < shells; k++) {
    sum->field[k] += weight * pow(log(found->field[k] / mean->field[k]), 2.0);
    sum->stress[k] += weight * pow(log(found->stress[k] / mean->stress[k]), 2.0);
  }
}

static void fill_spread(const dw_observed *found, int count, int64_t shells, const dw_observed *mean,
                        dw_observed *spread) {
  memset(spread, 0, sizeof *spread);
  for (int i = 0; i < count && count > 1; i++) {
    add_squares(spread, &found[i], mean, 1.0 / (double)(count - 1), shells);
  }
  spread->area = sqrt(spread->area);
  for (int64_t k = 0; k < shells; k++) {
    spread->field[k] = sqrt(spread->field[k]);
    spread->stress[k] = sqrt(spread->stress[k]);
  }
}

void dw_observed_mean(const dw_observed *found, int count, int64_t shells, dw_observed *mean, dw_observed *spread) {
  dw_observed logs;
  memset(&logs, 0, sizeof logs);
  memset(mean, 0, sizeof *mean);
  for (int i = 0; i < count; i++) {
    add_logs(&logs, &found[i], 1.0 / (double)count, shells);
  }
  mean->area = exp(logs.area);
  for (int64_t k = 0; k < shells; k++) {
    mean->field[k] = exp(logs.field[k]);
    mean->stress[k] = exp(logs.stress[k]);
  }
  if (spread != NULL) {
    fill_spread(found, count, shells, mean, spread);
  }
}

void dw_observed_calibrate(const dw_observed *truth, const dw_observed *found, int64_t count, int64_t shells,
                           dw_observed *factor) {
  memset(factor, 0, sizeof *factor);
  for (int64_t i = 0; i < count; i++) {
    add_logs(factor, &truth[i], 1.0 / (double)count, shells);
    add_logs(factor, &found[i], -1.0 / (double)count, shells);
  }
}

static double square(double found, double truth, double factor) {
  const double log_error = log(found / truth) + factor;
  return log_error * log_error;
}

void dw_observed_errors(const dw_observed *truth, const dw_observed *found, int64_t count, int64_t shells,
                        const dw_observed *factor, dw_observed *error) {
  memset(error, 0, sizeof *error);
  for (int64_t i = 0; i < count; i++) {
    error->area += square(found[i].area, truth[i].area, factor->area);
    for (int64_t k = 0; k < shells; k++) {
      error->field[k] += square(found[i].field[k], truth[i].field[k], factor->field[k]);
      error->stress[k] += square(found[i].stress[k], truth[i].stress[k], factor->stress[k]);
    }
  }
  error->area = sqrt(error->area / (double)count);
  for (int64_t k = 0; k < shells; k++) {
    error->field[k] = sqrt(error->field[k] / (double)count);
    error->stress[k] = sqrt(error->stress[k] / (double)count);
  }
}

double dw_observed_rms(const double *value, int64_t shells) {
  double sum = 0.0;
  for (int64_t k = 0; k < shells; k++) {
    sum += value[k] * value[k];
  }
  return sqrt(sum / (double)shells);
}
