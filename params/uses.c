#include "params/uses.h"

#include <math.h>
#include <string.h>

#include "params/check_private.h"
#include "params/read.h"

static const char BACKGROUND[] = "cosmology.background";
static const char POTENTIAL[] = "fields.potential";
static const char KIND[] = "fields.initial.kind";

#define MODES "white-noise|vacuum|thermal|power-law"

static const dw_param_use table[] = {
    {"cosmology.w", BACKGROUND, "power-law|self-consistent"},
    {"cosmology.hubble_start", BACKGROUND, "power-law|chain|self-consistent"},
    {"cosmology.chain_width", BACKGROUND, "chain"},
    {"cosmology.table_columns", BACKGROUND, "table"},
    {"fields.mass", POTENTIAL, "free"},
    {"fields.potential_sextic", POTENTIAL, "phi6"},
    {"fields.melting", POTENTIAL, "melting"},
    {"fields.components", POTENTIAL, "double-wells"},
    {"fields.coupling", POTENTIAL, "double-wells"},
    {"fields.walls", POTENTIAL, "z-n"},
    {"fields.axion_mass", POTENTIAL, "z-n"},
    {"fields.initial.rms", KIND, "white-noise|gaussian|power-law"},
    {"fields.initial.cutoff", KIND, MODES},
    {"fields.initial.cutoff_width", KIND, MODES},
    {"fields.initial.lambda", KIND, "vacuum|thermal"},
    {"fields.initial.mass", KIND, "vacuum|thermal"},
    {"fields.initial.temperature", KIND, "thermal"},
    {"fields.initial.zero_point", KIND, "thermal"},
    {"fields.initial.correlation_length", KIND, "gaussian"},
    {"fields.initial.index", KIND, "power-law"},
    {"fields.initial.cell", KIND, "cells"},
    {"fields.initial.fraction", KIND, MODES "|gaussian|spectrum|cells"},
    {"fields.initial.normal", KIND, "walls|mode"},
    {"fields.initial.velocity", KIND, "walls"},
    {"fields.initial.radius", KIND, "sphere"},
    {"fields.initial.amplitude", KIND, "mode"},
    {"fields.initial.mean", KIND, "mode"},
    {"fields.initial.file", KIND, "snapshot|spectrum"},
};

enum { ROWS = sizeof table / sizeof table[0] };

static bool is_one_of(const char *value, const char *values) {
  const size_t length = strlen(value);
  for (const char *at = values; at != NULL; at = strchr(at, '|') == NULL ? NULL : strchr(at, '|') + 1) {
    if (strncmp(at, value, length) == 0 && (at[length] == '|' || at[length] == '\0')) {
      return true;
    }
  }
  return false;
}

static bool has_effect(const dw_params *params, const dw_param_use *use) {
  return is_one_of(dw_param_at(dw_table_find(use->by), params), use->values);
}

const dw_param_use *dw_param_unused(const dw_params *params, const char *key) {
  for (size_t i = 0; i < ROWS; i++) {
    if (strcmp(table[i].key, key) == 0 && !has_effect(params, &table[i])) {
      return &table[i];
    }
  }
  return NULL;
}

const dw_param_use *dw_param_next_unused(const dw_params *params, size_t *index) {
  dw_params defaults;
  if (dw_params_defaults(&defaults) != DW_OK) {
    return NULL;
  }
  while (*index < ROWS) {
    const dw_param_use *use = &table[(*index)++];
    if (!has_effect(params, use) && !dw_param_same(dw_table_find(use->key), &defaults, params)) {
      return use;
    }
  }
  return NULL;
}

bool dw_param_is_nearly_default(const dw_params *params, const char *key) {
  const dw_param_entry *entry = dw_table_find(key);
  dw_params defaults;
  if (entry->type != DW_PARAM_REAL || dw_params_defaults(&defaults) != DW_OK) {
    return false;
  }
  const double value = *(const double *)dw_param_at(entry, params);
  const double usual = *(const double *)dw_param_at(entry, &defaults);
  return fabs(value - usual) <= 1e-9 * fabs(usual);
}
