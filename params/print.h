/* Parameters written out: a complete configuration, the reference, and one call for each key.
 *
 * Not collective. */
#ifndef DW_PARAMS_PRINT_H
#define DW_PARAMS_PRINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/status.h"
#include "params/params.h"
#include "params/table.h"

/* Writes every key, in groups, each with its unit and doc. Reading it back gives the same bytes, for parameters
 * that dw_params_validate accepts. Errors: DW_ERR_FILE. */
dw_status dw_params_write(FILE *file, const dw_params *params);

/* The same as a text in memory: *text is released with free, after a failure too. Errors: DW_ERR_MEMORY. */
dw_status dw_params_text(const dw_params *params, char **text);

/* Takes off what two runs of one evolution may differ in, names, process grid and limits of time, so that their texts
 * can be compared. */
void dw_params_forget_names(dw_params *params);

/* The reference printed by `dwell params`: key, type, default, allowed values, unit, whether a restart may change
 * it, doc. Errors: DW_ERR_FILE. */
dw_status dw_params_reference(FILE *file, bool markdown);

/* One key and its value. */
typedef struct dw_param_item {
  const dw_param_entry *entry; /* key, type, unit, doc */
  const void *value;           /* bool, int64_t, double or char, the first of `count` */
  size_t count;                /* elements of a list or array, may be 0; bytes of a text without its zero; else 1 */
} dw_param_item;

typedef dw_status (*dw_param_visit)(void *context, const dw_param_item *item);

/* Calls `visit` for each key in the order of config.cfg. Stops at its first failure and returns that. */
dw_status dw_params_for_each(const dw_params *params, dw_param_visit visit, void *context);

#endif
