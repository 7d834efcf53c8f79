#include "surrogate/scan/policy_private.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"

void dw_policy_axes(const dw_scan *scan, dw_axis *axis) {
  for (int64_t i = 0; i < scan->keys; i++) {
    const dw_scan_key *key = &scan->key[i];
    axis[i] = (dw_axis){.low = key->min,
                        .high = key->max,
                        .logarithmic = strcmp(key->scale, "log") == 0,
                        .integer = dw_scan_key_is_integer(key),
                        .points = key->points,
                        .count = key->values.count,
                        .value = key->values.value};
    for (int64_t n = 0; n < key->values.count; n++) {
      const double value = key->values.value[n];
      axis[i].low = n == 0 || value < axis[i].low ? value : axis[i].low;
      axis[i].high = n == 0 || value > axis[i].high ? value : axis[i].high;
    }
  }
}

dw_status dw_policy_batch_create(dw_policy_batch *batch, int64_t points, int64_t keys) {
  void *value = NULL;
  void *blind = NULL;
  memset(batch, 0, sizeof *batch);
  DW_TRY(dw_alloc(&value, (size_t)(points * keys), sizeof(double), "points of a scan"));
  const dw_status status = dw_alloc(&blind, (size_t)points, sizeof(bool), "points of a scan");
  if (status != DW_OK) {
    dw_free(value);
    return status;
  }
  memset(blind, 0, (size_t)points * sizeof(bool));
  batch->points = points;
  batch->value = value;
  batch->blind = blind;
  return DW_OK;
}

void dw_policy_batch_free(dw_policy_batch *batch) {
  dw_free(batch->value);
  dw_free(batch->blind);
  memset(batch, 0, sizeof *batch);
}

bool dw_policy_is_blind(const dw_scan *scan, int64_t index) {
  return scan->blind_every > 0 && index % scan->blind_every == scan->blind_every - 1;
}

/* --- designs that are known from the start --- */

/* Sobol's sequence for what is learned from. Checks lie at random between: taken out of the sequence they would be
 * where it has holes. Points move up from their place in the sequence, the last one first. */
static dw_status lay_sobol(const dw_policy_state *state, double *point) {
  const dw_scan *scan = state->scan;
  const int64_t keys = scan->keys;
  DW_TRY(dw_design_sobol(state->axis, keys, 0, scan->points, point));
  int64_t learned = 0;
  for (int64_t i = 0; i < scan->points; i++) {
    learned += dw_policy_is_blind(scan, i) ? 0 : 1;
  }
  for (int64_t i = scan->points - 1; i >= 0; i--) {
    if (dw_policy_is_blind(scan, i)) {
      dw_design_random(state->axis, keys, state->base->seed, i, 1, point + i * keys);
    } else {
      learned--;
      memmove(point + i * keys, point + learned * keys, (size_t)keys * sizeof *point);
    }
  }
  return DW_OK;
}

static dw_status lay(const dw_policy_state *state, double *point) {
  const dw_scan *scan = state->scan;
  if (strcmp(scan->design, "grid") == 0) {
    dw_design_grid(state->axis, scan->keys, point);
  } else if (strcmp(scan->design, "list") == 0) {
    dw_design_list(state->axis, scan->keys, scan->points, point);
  } else if (strcmp(scan->design, "random") == 0) {
    dw_design_random(state->axis, scan->keys, state->base->seed, 0, scan->points, point);
  } else {
    return lay_sobol(state, point);
  }
  return DW_OK;
}

/* Points that a scan has begun with stay: the file may ask for more of the same design, not for others. */
static dw_status check_given(const dw_policy_state *state, const double *point) {
  const int64_t keys = state->scan->keys;
  for (int64_t i = 0; i < state->given; i++) {
    if (i >= state->scan->points ||
        memcmp(point + i * keys, state->value + i * keys, (size_t)keys * sizeof(double)) != 0) {
      return dw_fail(DW_ERR_PARAM,
                     "%s: its design doesn't have point %" PRId64
                     " of the scan in %s, which began with another; bring that file back, or choose another output",
                     state->scan->path, i, state->scan->output);
    }
  }
  return DW_OK;
}

/* What the design has beyond the points given so far: everything, the first time. */
static dw_status next_known(const dw_policy_state *state, dw_policy_batch *batch) {
  dw_policy_batch all;
  const int64_t keys = state->scan->keys;
  memset(batch, 0, sizeof *batch);
  DW_TRY(dw_policy_batch_create(&all, state->scan->points, keys));
  dw_status status = lay(state, all.value);
  if (status == DW_OK) {
    status = check_given(state, all.value);
  }
  if (status == DW_OK) {
    status = dw_policy_batch_create(batch, state->scan->points - state->given, keys);
  }
  if (status == DW_OK) {
    memcpy(batch->value, all.value + state->given * keys, (size_t)(batch->points * keys) * sizeof(double));
    for (int64_t i = 0; i < batch->points; i++) {
      batch->blind[i] = dw_policy_is_blind(state->scan, state->given + i);
    }
    (void)snprintf(batch->reason, sizeof batch->reason, "all points of the design");
  }
  dw_policy_batch_free(&all);
  return status;
}

static const dw_policy policies[] = {{"grid", false, next_known},
                                     {"list", false, next_known},
                                     {"sobol", false, next_known},
                                     {"random", false, next_known},
                                     {"active", true, dw_policy_active_next}};

const dw_policy *dw_policy_find(const char *design) {
  for (size_t i = 0; i < sizeof policies / sizeof policies[0]; i++) {
    if (strcmp(policies[i].name, design) == 0) {
      return &policies[i];
    }
  }
  return NULL;
}
