/* Keys that another key selects: they have an effect only while that one has one of some values. Not collective. */
#ifndef DW_PARAMS_USES_H
#define DW_PARAMS_USES_H

#include "params/params.h"

typedef struct dw_param_use {
  const char *key;
  const char *by;     /* the selecting key, a choice */
  const char *values; /* "thermal", "white-noise|thermal" */
} dw_param_use;

/* What keeps a key from having an effect, NULL if nothing does. */
const dw_param_use *dw_param_unused(const dw_params *params, const char *key);

/* The first row from *index on, which it moves past that row, whose key has another value than the default and has no
 * effect; NULL if there is no more. */
const dw_param_use *dw_param_next_unused(const dw_params *params, size_t *index);

/* Whether a real number is the default but for rounding, as 0.3333333333 is 1/3; false for other types. */
bool dw_param_is_nearly_default(const dw_params *params, const char *key);

#endif
