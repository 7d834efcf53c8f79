/* The active policy: after a start on Sobol's sequence, points where a run teaches the emulator most for its cost.
 *
 * The emulator is trained on all runs that aren't checks. Where it is unsure is looked up on a fixed set of candidates,
 * and a run is taken to remove variance from its neighbourhood: with the square of a Gaussian correlation whose length
 * is half the distance between the points so far. The next point is the candidate that removes most for its cost; what
 * it removes is then taken off before the one after it is chosen, so that a batch doesn't crowd. Edges, where variance
 * is large but where a run has few neighbours, are met as often as they deserve. Checks go on along Sobol's sequence
 * instead, so that they stay a fair sample.
 *
 * D. Jones, M. Schonlau and W. Welch, J. Global Optim. 13 (1998) 455; D. Cohn, Neural Networks 9 (1996) 1071. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "surrogate/emulator/assess.h"
#include "surrogate/scan/policy_private.h"

/* Candidates are a whole block of the sequence, behind what start and checks will use. */
enum { CANDIDATES = 1024, FIRST_CANDIDATE = 65535, CHECKS_THAT_COUNT = 5 };

typedef struct search {
  const dw_policy_state *state;
  double *value;    /* (CANDIDATES, keys) */
  double *unit;     /* (CANDIDATES, keys) on 0..1 */
  double *variance; /* (CANDIDATES) that is left */
  double *cost;     /* (CANDIDATES) */
  double length;    /* of the correlation, on 0..1 */
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

/* Squared correlation with a candidate. */
static double shared(const search *s, const double *unit, int64_t candidate) {
  const int64_t keys = s->state->scan->keys;
  double square = 0.0;
  for (int64_t i = 0; i < keys; i++) {
    const double d = unit[i] - s->unit[candidate * keys + i];
    square += d * d;
  }
  return exp(-square / (s->length * s->length));
}

/* A run at `unit` is coming. */
static void take_off(search *s, const double *unit) {
  for (int64_t c = 0; c < CANDIDATES; c++) {
    s->variance[c] *= 1.0 - shared(s, unit, c);
  }
}

/* Points whose runs have all failed won't teach anything when they are tried again. */
static void take_off_failed(search *s) {
  const dw_policy_state *state = s->state;
  const int64_t keys = state->scan->keys;
  for (int64_t p = 0; p < state->given; p++) {
    bool there = false;
    double unit[DW_SCAN_KEYS];
    for (int64_t i = 0; i < state->dataset->runs && !there; i++) {
      there = state->dataset->run[i].point == p;
    }
    for (int64_t i = 0; i < keys; i++) {
      unit[i] = dw_axis_unit(&state->axis[i], state->value[p * keys + i]);
    }
    if (!there) {
      take_off(s, unit);
    }
  }
}

static dw_status fill_search(search *s, const dw_emulator *emulator) {
  const int64_t keys = s->state->scan->keys;
  void *scratch = NULL;
  DW_TRY(dw_design_sobol(s->state->axis, keys, FIRST_CANDIDATE, CANDIDATES, s->value));
  DW_TRY(dw_alloc(&scratch, (size_t)dw_emulator_scratch(emulator), sizeof(double), "candidates of a scan"));
  dw_status status = DW_OK;
  for (int64_t c = 0; c < CANDIDATES && status == DW_OK; c++) {
    const double *value = s->value + c * keys;
    for (int64_t i = 0; i < keys; i++) {
      s->unit[c * keys + i] = dw_axis_unit(&s->state->axis[i], value[i]);
    }
    s->variance[c] = dw_emulator_variance(emulator, value, NULL, scratch);
    status = cost_of(s->state, value, &s->cost[c]);
  }
  dw_free(scratch);
  s->length = 0.5 * pow((double)s->state->given, -1.0 / (double)keys);
  return status;
}

static dw_status create_search(search *s, const dw_policy_state *state, const dw_emulator *emulator) {
  const int64_t keys = state->scan->keys;
  void *block = NULL;
  memset(s, 0, sizeof *s);
  s->state = state;
  DW_TRY(dw_alloc(&block, (size_t)(CANDIDATES * (2 * keys + 2)), sizeof(double), "candidates of a scan"));
  s->value = block;
  s->unit = s->value + CANDIDATES * keys;
  s->variance = s->unit + CANDIDATES * keys;
  s->cost = s->variance + CANDIDATES;
  const dw_status status = fill_search(s, emulator);
  if (status != DW_OK) {
    dw_free(s->value);
    return status;
  }
  take_off_failed(s);
  return DW_OK;
}

/* The candidate that removes most for its cost. */
static int64_t choose(const search *s) {
  const int64_t keys = s->state->scan->keys;
  int64_t best = 0;
  double most = -1.0;
  for (int64_t c = 0; c < CANDIDATES; c++) {
    double removed = 0.0;
    for (int64_t j = 0; j < CANDIDATES; j++) {
      removed += shared(s, s->unit + c * keys, j) * s->variance[j];
    }
    if (removed / s->cost[c] > most) {
      most = removed / s->cost[c];
      best = c;
    }
  }
  return best;
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
    const int64_t chosen = choose(s);
    memcpy(value, s->value + chosen * keys, (size_t)keys * sizeof *value);
    take_off(s, s->unit + chosen * keys);
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
  search s;
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
  dw_status status = create_search(&s, state, emulator);
  if (status == DW_OK) {
    status = fill_batch(&s, batch);
    dw_free(s.value);
  }
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
