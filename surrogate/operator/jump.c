#include "surrogate/operator/jump.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "fields/step.h"
#include "lattice/modes_resample.h"

enum { TOGETHER = 4 };

static dw_status set_grid(dw_jumper *j) {
  const dw_operator_config *config = &j->corrector->config;
  j->anchor = j->fine->steps - config->jump.steps * config->jump.jumps;
  if (j->anchor < 0) {
    return dw_fail(DW_ERR_PARAM, "jump: %lld jumps of %lld steps, but the fine run has %lld steps; take fewer",
                   (long long)config->jump.jumps, (long long)config->jump.steps, (long long)j->fine->steps);
  }
  j->length = (double)config->jump.steps * j->fine->state->dtau;
  const double longest = j->corrector->base.time.step * j->coarse->lattice->spacing;
  j->substeps = (int64_t)ceil(j->length / longest * (1.0 - 1e-9));
  j->coarse->state->dtau = j->length / (double)j->substeps;
  return DW_OK;
}

static dw_status fill(dw_jumper *j) {
  const dw_corrector *c = j->corrector;
  void *block = NULL;
  dw_params params = j->params;
  memset(params.precision, 0, sizeof params.precision);
  memcpy(params.precision, "single", sizeof "single");
  DW_TRY(dw_alloc(&block, 1, sizeof(dw_monitor), "a monitor"));
  j->monitor = block;
  const dw_comm *self = dw_comm_self();
  const dw_member_choice fine = {params.lattice.points, params.fields.s, 0.0, TOGETHER};
  const dw_member_choice coarse = dw_corrector_cheap(&c->config);
  const dw_member_choice frame = {coarse.points, params.fields.s, 0.0, TOGETHER};
  const dw_member_choice dense = {2 * coarse.points, params.fields.s, 0.0, TOGETHER};
  const dw_net_shape shape = dw_corrector_shape(&c->config);
  DW_TRY(dw_member_create(&j->dense, &params, &dense, self));
  DW_TRY(dw_member_create(&j->fine, &params, &fine, self));
  DW_TRY(dw_member_create(&j->coarse, &params, &coarse, self));
  DW_TRY(dw_member_create(&j->frame, &params, &frame, self));
  DW_TRY(dw_observer_create(&j->see_fine, j->fine, (int)dw_params_stress_coarsening(&params), c->config.shells));
  DW_TRY(dw_observer_create(&j->see_coarse, j->coarse, 1, c->config.shells));
  DW_TRY(dw_observer_create(&j->see_frame, j->frame, 1, c->config.shells));
  DW_TRY(dw_observer_create(&j->see_dense, j->dense, 1, c->config.shells));
  DW_TRY(dw_modes_create(&j->few, j->fine->lattice, c->config.shells, DW_SINGLE));
  DW_TRY(dw_modes_create(&j->restricted, j->fine->lattice, dw_resample_limit(params.lattice.points, coarse.points),
                         DW_SINGLE));
  DW_TRY(dw_net_pass_create(&j->pass, j->coarse->lattice, &shape, false));
  for (int i = 0; i < DW_SAMPLE_FIELDS; i++) {
    DW_TRY(dw_field_create(&j->now[i], j->coarse->lattice, DW_SINGLE));
    DW_TRY(dw_field_create(&j->start[i], j->coarse->lattice, DW_SINGLE));
    for (int n = 0; n < c->nets; n++) {
      DW_TRY(dw_field_create(&j->own[n][i], j->coarse->lattice, DW_SINGLE));
    }
  }
  return set_grid(j);
}

dw_status dw_jumper_create(dw_jumper **jumper, const dw_corrector *corrector) {
  return dw_jumper_create_at(jumper, corrector, corrector->base.cosmology.w);
}

dw_status dw_jumper_create_at(dw_jumper **jumper, const dw_corrector *corrector, double w) {
  void *block = NULL;
  *jumper = NULL;
  DW_TRY(dw_alloc(&block, 1, sizeof(dw_jumper), "a jump operator"));
  memset(block, 0, sizeof(dw_jumper));
  dw_jumper *draft = block;
  draft->corrector = corrector;
  draft->params = corrector->base;
  draft->params.cosmology.w = w;
  const dw_status status = fill(draft);
  if (status != DW_OK) {
    dw_jumper_destroy(draft);
    return status;
  }
  *jumper = draft;
  return DW_OK;
}

void dw_jumper_destroy(dw_jumper *j) {
  if (j == NULL) {
    return;
  }
  for (int i = 0; i < DW_SAMPLE_FIELDS; i++) {
    dw_field_destroy(j->now[i]);
    dw_field_destroy(j->start[i]);
    for (int n = 0; n < DW_OPERATOR_NETS; n++) {
      dw_field_destroy(j->own[n][i]);
    }
  }
  dw_free(j->monitor);
  dw_net_pass_destroy(j->pass);
  dw_modes_destroy(j->few);
  dw_modes_destroy(j->restricted);
  dw_observer_destroy(j->see_fine);
  dw_observer_destroy(j->see_coarse);
  dw_observer_destroy(j->see_frame);
  dw_observer_destroy(j->see_dense);
  dw_member_destroy(j->fine);
  dw_member_destroy(j->coarse);
  dw_member_destroy(j->frame);
  dw_member_destroy(j->dense);
  dw_free(j);
}

double dw_jumper_tau(const dw_jumper *j, int64_t jump) {
  return j->fine->state->tau_start + (double)j->anchor * j->fine->state->dtau + (double)jump * j->length;
}

/* --- a jump --- */

static void velocity_row(const void *context, int64_t x, int64_t y, void *row) {
  dw_state_velocity_row(context, 0, x, y, row);
}

dw_status dw_jumper_restrict(dw_jumper *j, dw_field *const target[DW_SAMPLE_FIELDS]) {
  dw_modes_forward(j->restricted, j->fine->state->phi[0]);
  DW_TRY(dw_modes_resample(j->coarse->modes, j->restricted));
  dw_modes_inverse(j->coarse->modes, target[0]);
  dw_state_exchange(j->fine->state);
  dw_modes_forward_rows(j->restricted, velocity_row, j->fine->state);
  DW_TRY(dw_modes_resample(j->coarse->modes, j->restricted));
  dw_modes_inverse(j->coarse->modes, target[1]);
  dw_sample_scale(target[1], 1.0 / j->corrector->scale);
  return DW_OK;
}

void dw_jumper_put(dw_jumper *j, double tau) {
  dw_state *state = j->coarse->state;
  dw_sample_copy(state->phi[0], j->now[0]);
  dw_sample_copy(state->pi[0], j->now[1]);
  dw_sample_scale(state->pi[0], dw_model_at(&j->coarse->model, tau).momentum * j->corrector->scale);
  state->tau_start = tau;
  state->step = 0;
  state->pending = 0.0;
}

void dw_jumper_advance(dw_jumper *j, int64_t jump, dw_net_pass *pass, double q[DW_JUMP_FACTORS]) {
  const double end = dw_jumper_tau(j, jump + 1);
  const dw_background *background = &j->fine->model.background;
  dw_jumper_put(j, dw_jumper_tau(j, jump));
  dw_steps(j->coarse->state, (int)j->substeps, NULL);
  dw_member_copy(j->coarse, pass->input);
  dw_sample_scale(pass->input[1], 1.0 / j->corrector->scale);
  dw_sample_copy(pass->input[2], j->now[0]);
  dw_sample_copy(pass->input[3], j->now[1]);
  q[0] = log(dw_background_scale_factor(background, end));
  q[1] = dw_background_hubble(background, end) * j->length;
  q[2] = j->length;
}

/* The area of a field of the coarse lattice between its points: the interpolated one's. */
static dw_status measure_area(dw_jumper *j, const dw_field *phi, double *area) {
  dw_observed found;
  dw_modes_forward(j->coarse->modes, phi);
  DW_TRY(dw_modes_resample(j->dense->modes, j->coarse->modes));
  dw_modes_inverse(j->dense->modes, j->dense->state->phi[0]);
  j->dense->state->step = j->dense->steps;
  DW_TRY(dw_observer_measure(j->see_dense, &found));
  *area = found.area;
  return DW_OK;
}

/* Field and area from the first output, the stress from the third. */
dw_status dw_jumper_observe(dw_jumper *j, dw_observed *found) {
  dw_observed stress;
  dw_member_put(j->frame, j->pass->output[0]);
  DW_TRY(dw_observer_measure(j->see_frame, found));
  dw_member_put(j->frame, j->pass->output[2]);
  DW_TRY(dw_observer_measure(j->see_frame, &stress));
  memcpy(found->stress, stress.stress, sizeof found->stress);
  return measure_area(j, j->pass->output[0], &found->area);
}

void dw_jumper_jump(dw_jumper *j, const dw_net *net, int64_t jump) {
  double q[DW_JUMP_FACTORS];
  dw_jumper_advance(j, jump, j->pass, q);
  dw_net_apply(j->pass, net, q);
  dw_sample_copy(j->now[0], j->pass->output[0]);
  dw_sample_copy(j->now[1], j->pass->output[1]);
}

dw_status dw_jumper_run(dw_jumper *j, const dw_net *net, dw_observed *found) {
  for (int64_t i = 0; i < j->corrector->config.jump.jumps; i++) {
    dw_jumper_jump(j, net, i);
  }
  return found != NULL ? dw_jumper_observe(j, found) : DW_OK;
}

dw_status dw_jumper_raw(dw_jumper *j, dw_observed *raw) {
  dw_sample_copy(j->now[0], j->start[0]);
  dw_sample_copy(j->now[1], j->start[1]);
  dw_jumper_put(j, dw_jumper_tau(j, 0));
  dw_steps(j->coarse->state, (int)(j->corrector->config.jump.jumps * j->substeps), NULL);
  return dw_observer_measure(j->see_coarse, raw);
}

dw_status dw_jumper_predict(dw_jumper *j, int64_t seed, dw_observed *raw, dw_observed *found) {
  const dw_corrector *c = j->corrector;
  dw_observed net[DW_OPERATOR_NETS];
  DW_TRY(dw_member_start(j->fine, seed));
  dw_steps(j->fine->state, (int)j->anchor, NULL);
  DW_TRY(dw_jumper_restrict(j, j->start));
  DW_TRY(dw_jumper_raw(j, raw));
  for (int i = 0; i < c->nets; i++) {
    dw_sample_copy(j->now[0], j->start[0]);
    dw_sample_copy(j->now[1], j->start[1]);
    DW_TRY(dw_jumper_run(j, c->net[i], &net[i]));
  }
  dw_observed_mean(net, c->nets, c->config.shells, found, &j->spread);
  return DW_OK;
}

dw_status dw_jumper_seed(dw_jumper *j, int64_t seed, dw_observed *truth, dw_observed *raw, dw_observed *found) {
  DW_TRY(dw_jumper_predict(j, seed, raw, found));
  dw_steps(j->fine->state, (int)(j->fine->steps - j->anchor), NULL);
  return dw_observer_measure(j->see_fine, truth);
}
