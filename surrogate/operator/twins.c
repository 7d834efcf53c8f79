#include "surrogate/operator/twins.h"

#include <string.h>

#include "base/memory.h"
#include "lattice/modes_resample.h"

enum { TOGETHER = 4 };

static dw_status fill(dw_twins *t, const dw_params *base, const dw_member_choice *choice, int64_t shells) {
  dw_params params = *base;
  memset(params.precision, 0, sizeof params.precision);
  memcpy(params.precision, "single", sizeof "single");
  const dw_comm *self = dw_comm_self();
  const dw_member_choice fine = {params.lattice.points, params.fields.s, 0.0, TOGETHER};
  const dw_member_choice cheap = {choice->points, choice->s, choice->fat_from, TOGETHER};
  const dw_member_choice frame = {choice->points, params.fields.s, 0.0, TOGETHER};
  DW_TRY(dw_member_create(&t->fine, &params, &fine, self));
  DW_TRY(dw_member_create(&t->cheap, &params, &cheap, self));
  DW_TRY(dw_member_create(&t->frame, &params, &frame, self));
  DW_TRY(dw_observer_create(&t->see_fine, t->fine, (int)dw_params_stress_coarsening(&params), shells));
  DW_TRY(dw_observer_create(&t->see_cheap, t->cheap, 1, shells));
  DW_TRY(dw_observer_create(&t->see_frame, t->frame, 1, shells));
  DW_TRY(dw_modes_create(&t->few, t->fine->lattice, shells, DW_SINGLE));
  return dw_modes_create(&t->restricted, t->fine->lattice, dw_resample_limit(params.lattice.points, choice->points),
                         DW_SINGLE);
}

dw_status dw_twins_create(dw_twins **twins, const dw_params *base, const dw_member_choice *choice, int64_t shells) {
  void *block = NULL;
  *twins = NULL;
  if (choice->points >= base->lattice.points) {
    return dw_fail(DW_ERR_PARAM, "points: the cheap lattice has %lld points, the fine one %lld; take fewer",
                   (long long)choice->points, (long long)base->lattice.points);
  }
  DW_TRY(dw_alloc(&block, 1, sizeof(dw_twins), "twins"));
  memset(block, 0, sizeof(dw_twins));
  dw_twins *draft = block;
  const dw_status status = fill(draft, base, choice, shells);
  if (status != DW_OK) {
    dw_twins_destroy(draft);
    return status;
  }
  *twins = draft;
  return DW_OK;
}

void dw_twins_destroy(dw_twins *t) {
  if (t == NULL) {
    return;
  }
  dw_observer_destroy(t->see_fine);
  dw_observer_destroy(t->see_cheap);
  dw_observer_destroy(t->see_frame);
  dw_modes_destroy(t->restricted);
  dw_modes_destroy(t->few);
  dw_member_destroy(t->fine);
  dw_member_destroy(t->cheap);
  dw_member_destroy(t->frame);
  dw_free(t);
}

void dw_sample_scale(dw_field *field, double factor) {
  const dw_lattice *lattice = field->lattice;
#pragma omp parallel for schedule(static)
  for (int64_t x = 0; x < lattice->count[0]; x++) {
    for (int64_t y = 0; y < lattice->count[1]; y++) {
      float *row = dw_field_row(field, x, y);
      for (int64_t z = 0; z < lattice->points; z++) {
        row[z] *= (float)factor;
      }
    }
  }
  dw_field_touch(field);
}

void dw_sample_copy(dw_field *to, const dw_field *from) {
  const dw_lattice *lattice = from->lattice;
#pragma omp parallel for schedule(static)
  for (int64_t x = 0; x < lattice->count[0]; x++) {
    for (int64_t y = 0; y < lattice->count[1]; y++) {
      memcpy(dw_field_row(to, x, y), dw_field_row(from, x, y), (size_t)lattice->points * sizeof(float));
    }
  }
  dw_field_touch(to);
}

void dw_member_copy(const dw_member *member, dw_field *const field[DW_SAMPLE_FIELDS]) {
  const dw_lattice *lattice = member->lattice;
  const dw_state *state = member->state;
  dw_state_exchange(state);
#pragma omp parallel for schedule(static)
  for (int64_t x = 0; x < lattice->count[0]; x++) {
    for (int64_t y = 0; y < lattice->count[1]; y++) {
      memcpy(dw_field_row(field[0], x, y), dw_field_row(state->phi[0], x, y), (size_t)lattice->points * sizeof(float));
      dw_state_velocity_row(state, 0, x, y, dw_field_row(field[1], x, y));
    }
  }
  dw_field_touch(field[0]);
  dw_field_touch(field[1]);
}

dw_status dw_twins_restrict(dw_twins *t, const dw_field *fine, dw_field *target) {
  dw_modes_forward(t->restricted, fine);
  DW_TRY(dw_modes_resample(t->cheap->modes, t->restricted));
  dw_modes_inverse(t->cheap->modes, target);
  return DW_OK;
}

dw_status dw_twins_cheap(dw_twins *t, int64_t seed, dw_sample *sample) {
  sample->seed = seed;
  for (int i = 0; i < DW_SAMPLE_FIELDS; i++) {
    DW_TRY(sample->input[i] != NULL ? DW_OK : dw_field_create(&sample->input[i], t->cheap->lattice, DW_SINGLE));
  }
  DW_TRY(dw_member_run(t->cheap, seed));
  dw_member_copy(t->cheap, sample->input);
  return dw_observer_measure(t->see_cheap, &sample->raw);
}

dw_status dw_twins_sample(dw_twins *t, int64_t seed, dw_sample *sample) {
  DW_TRY(dw_twins_cheap(t, seed, sample));
  DW_TRY(dw_field_create(&sample->target[0], t->cheap->lattice, DW_SINGLE));
  DW_TRY(dw_member_run(t->fine, seed));
  DW_TRY(dw_twins_restrict(t, t->fine->state->phi[0], sample->target[0]));
  dw_state_exchange(t->fine->state);
  DW_TRY(dw_loss_products(t->fine->state->phi[0], t->few, t->cheap->lattice->spacing, sample->stress));
  return dw_observer_measure(t->see_fine, &sample->truth);
}

void dw_sample_finalize(dw_sample *sample) {
  for (int i = 0; i < DW_SAMPLE_FIELDS; i++) {
    dw_field_destroy(sample->input[i]);
    dw_field_destroy(sample->target[i]);
  }
  for (int i = 0; i < DW_LOSS_PRODUCTS; i++) {
    dw_modes_destroy(sample->stress[i]);
  }
  memset(sample, 0, sizeof *sample);
}
