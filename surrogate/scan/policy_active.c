/* The active policy: after a start on Sobol's sequence, points where a run teaches the emulator most for its cost.
 *
 * The emulator is trained on all runs that aren't checks. By how much a run would lower its variance is known before
 * the run (surrogate/emulator/reduction.h): the mean over a fixed set of places, for each of a fixed set of choices.
 * The next point is the choice that lowers it most for its cost; it is added before the one after it is chosen, so that
 * a batch doesn't crowd. Checks go on along Sobol's sequence instead, so that they stay a fair sample.
 *
 * D. Cohn, Neural Networks 9 (1996) 1071. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "surrogate/emulator/assess.h"
#include "surrogate/emulator/reduction.h"
#include "surrogate/scan/policy_private.h"

/* Whole blocks of the sequence, behind what start and checks will use. */
enum { CHOICES = 512, FIRST_CHOICE = 65535, PLACES = 256, FIRST_PLACE = FIRST_CHOICE + CHOICES, CHECKS_THAT_COUNT = 5 };

typedef struct search {
  const dw_policy_state *state;
  dw_reduction *reduction;
  double *choice; /* (CHOICES, keys); owns the others */
  double *place;  /* (PLACES, keys) */
  double *cost;   /* (CHOICES) */
  double *gain;   /* (CHOICES) */
} search;

/* --- how good it is --- */

/* The worst quantity. */
static double left_out_error(const dw_emulator *emulator) {
  double worst = 0.0;
  for (int64_t q = 0; q < dw_emulator_quantities(emulator); q++) {
    worst = fmax(worst, dw_emulator_quantity_at(emulator, q)->error);
  }
  return worst;
}

static dw_status blind_error(const dw_emulator *emulator, const dw_dataset *d, int64_t *points, double *worst) {
  void *block = NULL;
  dw_assessments *a = calloc(1, sizeof *a);
  dw_status status = a == NULL ? dw_fail(DW_ERR_MEMORY, "no memory for the checks of a scan")
                               : dw_alloc(&block, (size_t)(2 * d->runs), sizeof(bool), "checks of a scan");
  bool *learned = block;
  bool *test = status == DW_OK ? learned + d->runs : NULL;
  int64_t before = -1;
  *points = 0;
  *worst = 0.0;
  for (int64_t i = 0; i < d->runs && status == DW_OK; i++) {
    learned[i] = false;
    test[i] = d->run[i].blind && d->run[i].level == DW_LEVEL_FINE;
    *points += test[i] && d->run[i].point != before ? 1 : 0;
    before = test[i] ? d->run[i].point : before;
  }
  if (status == DW_OK && *points > 0) {
    status = dw_assess(emulator, d, learned, test, a);
  }
  for (int64_t q = 0; status == DW_OK && *points > 0 && q < dw_emulator_quantities(emulator); q++) {
    const double error = dw_assessment_error(&a->quantity[q], DW_METHOD_EMULATOR);
    *worst = isnan(error) ? *worst : fmax(*worst, error);
  }
  dw_free(block);
  free(a);
  return status;
}

/* --- where to look --- */

/* Operations of a run up to a factor: cells times steps. */
static dw_status cost_of(const dw_policy_state *state, const double *value, double *cost) {
  dw_params *params = calloc(1, sizeof *params);
  dw_report *report = calloc(1, sizeof *report);
  dw_status status = params == NULL || report == NULL ? dw_fail(DW_ERR_MEMORY, "no memory for parameters") : DW_OK;
  if (status == DW_OK) {
    dw_report_init(report);
    /* A point that no run can have costs nothing, and fails at once. */
    (void)dw_scan_point(state->scan, state->base, false, value, state->base->seed, params, report);
    const double points = (double)params->lattice.points;
    *cost = points * points * points * params->time.end / (params->time.step * dw_params_spacing(params));
  }
  free(params);
  free(report);
  return status;
}

/* Points whose runs have all failed won't teach anything when they are tried again. */
static dw_status add_failed(search *s) {
  const dw_policy_state *state = s->state;
  for (int64_t p = 0; p < state->given; p++) {
    bool there = false;
    for (int64_t i = 0; i < state->dataset->runs && !there; i++) {
      there = state->dataset->run[i].point == p;
    }
    if (!there) {
      DW_TRY(dw_reduction_add(s->reduction, state->value + p * state->scan->keys));
    }
  }
  return DW_OK;
}

static void close_search(search *s) {
  dw_reduction_destroy(s->reduction);
  dw_free(s->choice);
}

static dw_status fill_search(search *s, const dw_emulator *emulator, int64_t points) {
  const dw_policy_state *state = s->state;
  const int64_t keys = state->scan->keys;
  void *block = NULL;
  DW_TRY(dw_alloc(&block, (size_t)((CHOICES + PLACES) * keys + 2 * CHOICES), sizeof(double), "choices of a scan"));
  s->choice = block;
  s->place = s->choice + CHOICES * keys;
  s->cost = s->place + PLACES * keys;
  s->gain = s->cost + CHOICES;
  DW_TRY(dw_design_sobol(state->axis, keys, FIRST_CHOICE, CHOICES, s->choice));
  DW_TRY(dw_design_sobol(state->axis, keys, FIRST_PLACE, PLACES, s->place));
  for (int64_t c = 0; c < CHOICES; c++) {
    DW_TRY(cost_of(state, s->choice + c * keys, &s->cost[c]));
  }
  DW_TRY(dw_reduction_create(&s->reduction, emulator, PLACES, s->place, CHOICES, s->choice, state->given + points));
  return add_failed(s);
}

/* The choice that teaches most for its cost. */
static dw_status choose(search *s, const double **value) {
  int64_t best = 0;
  DW_TRY(dw_reduction_gains(s->reduction, s->gain));
  for (int64_t c = 1; c < CHOICES; c++) {
    best = s->gain[c] / s->cost[c] > s->gain[best] / s->cost[best] ? c : best;
  }
  *value = s->choice + best * s->state->scan->keys;
  return dw_reduction_add(s->reduction, *value);
}

/* --- batches --- */

/* Points that the budget still has. */
static int64_t affordable(const dw_policy_state *state, int64_t wished) {
  const dw_scan *scan = state->scan;
  if (scan->budget == 0) {
    return wished;
  }
  const int64_t left = scan->budget / scan->seeds - state->given;
  return left < 0 ? 0 : left < wished ? left : wished;
}

/* Point `index` of the design lies on Sobol's sequence: the start, and behind it the checks. */
static dw_status lay_on_sequence(const dw_policy_state *state, int64_t index, double *value) {
  int64_t place = index;
  if (index >= state->scan->points) {
    place = state->scan->points;
    for (int64_t i = state->scan->points; i < index; i++) {
      place += dw_policy_is_blind(state->scan, i) ? 1 : 0;
    }
  }
  return dw_design_sobol(state->axis, state->scan->keys, place, 1, value);
}

static dw_status fill_batch(search *s, dw_policy_batch *batch) {
  const dw_policy_state *state = s->state;
  const int64_t keys = state->scan->keys;
  for (int64_t i = 0; i < batch->points; i++) {
    double *value = batch->value + i * keys;
    batch->blind[i] = dw_policy_is_blind(state->scan, state->given + i);
    if (batch->blind[i]) {
      DW_TRY(lay_on_sequence(state, state->given + i, value));
      continue;
    }
    const double *chosen = NULL;
    DW_TRY(choose(s, &chosen));
    memcpy(value, chosen, (size_t)keys * sizeof *value);
  }
  return DW_OK;
}

static dw_status begin(const dw_policy_state *state, dw_policy_batch *batch) {
  const int64_t points = affordable(state, state->scan->points - state->given);
  DW_TRY(dw_policy_batch_create(batch, points, state->scan->keys));
  for (int64_t i = 0; i < points; i++) {
    const dw_status status = lay_on_sequence(state, state->given + i, batch->value + i * state->scan->keys);
    if (status != DW_OK) {
      dw_policy_batch_free(batch);
      return status;
    }
    batch->blind[i] = dw_policy_is_blind(state->scan, state->given + i);
  }
  (void)snprintf(batch->reason, sizeof batch->reason, "the start, %" PRId64 " points", points);
  return DW_OK;
}

/* With a trained emulator: stop, or go on. */
static dw_status decide(const dw_policy_state *state, const dw_emulator *emulator, dw_policy_batch *batch) {
  int64_t checks = 0;
  double error = 0.0;
  search s = {.state = state};
  DW_TRY(blind_error(emulator, state->dataset, &checks, &error));
  const bool checked = checks >= CHECKS_THAT_COUNT;
  const double left_out = left_out_error(emulator);
  const double counts = checked ? error : left_out;
  const int64_t points = counts <= state->scan->target ? 0 : affordable(state, state->scan->batch);
  char found[DW_POLICY_REASON / 2];
  (void)snprintf(found, sizeof found, "errors %.3g left out, %.3g in %" PRId64 " checks", left_out, error, checks);
  DW_TRY(dw_policy_batch_create(batch, points, state->scan->keys));
  (void)snprintf(batch->reason, sizeof batch->reason, "%s; target %.3g%s", found, state->scan->target,
                 points > 0                      ? ""
                 : counts <= state->scan->target ? " is reached"
                                                 : ", the budget is used up");
  if (points == 0) {
    return DW_OK;
  }
  dw_status status = fill_search(&s, emulator, points);
  if (status == DW_OK) {
    status = fill_batch(&s, batch);
  }
  close_search(&s);
  if (status != DW_OK) {
    dw_policy_batch_free(batch);
  }
  return status;
}

static dw_status train(const dw_policy_state *state, dw_emulator **emulator) {
  dw_emulator_options options = dw_emulator_defaults();
  const char *quantity[DW_SCAN_QUANTITIES];
  const dw_scan_sets *asked = &state->scan->quantities;
  for (int64_t i = 0; i < asked->count; i++) {
    quantity[i] = asked->text[i];
  }
  options.quantities = asked->count;
  options.quantity = quantity;
  const dw_status status = dw_emulator_train(emulator, state->dataset, &options);
  if (status == DW_ERR_PARAM || status == DW_ERR_INVALID) {
    char reason[DW_MESSAGE_LENGTH];
    (void)snprintf(reason, sizeof reason, "%s", dw_message());
    return dw_fail(DW_ERR_PARAM, "%s: the emulator can't learn from the scan so far: %s", state->scan->path, reason);
  }
  return status;
}

dw_status dw_policy_active_next(const dw_policy_state *state, dw_policy_batch *batch) {
  dw_emulator *emulator = NULL;
  memset(batch, 0, sizeof *batch);
  if (state->given < state->scan->points && affordable(state, 1) > 0) {
    return begin(state, batch);
  }
  if (state->dataset == NULL) {
    (void)snprintf(batch->reason, sizeof batch->reason, "no run has succeeded");
    return DW_OK;
  }
  DW_TRY(train(state, &emulator));
  const dw_status status = decide(state, emulator, batch);
  dw_emulator_destroy(emulator);
  return status;
}
