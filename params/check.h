/* Checks that need several parameters: contradictions within one set, and what a restart may change.
 *
 * Not collective. Problems are added to the report, one line each that begins with the key; the status is then
 * DW_ERR_PARAM. What needs more than the parameters (the start of the background, memory, processes, files) is
 * not checked here. */
#ifndef DW_PARAMS_CHECK_H
#define DW_PARAMS_CHECK_H

#include "base/status.h"
#include "params/params.h"
#include "params/report.h"

/* All values against the table, which matters for parameters that were filled in by code, and all contradictions.
 * A contradiction that involves a key the report already names is left out: its value may not be the one meant. */
dw_status dw_params_validate(const dw_params *params, dw_report *report);

/* A run with parameters `old` is to go on with `new`: one line for each key that changes the evolution and
 * differs, with both values, and for an earlier time.end. */
dw_status dw_params_compare(const dw_params *old, const dw_params *new, dw_report *report);

#endif
