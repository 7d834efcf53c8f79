/* Parameters from a configuration file, from text in memory, and from the command line (--set).
 *
 * Reading is strict: unknown keys, wrong types, values out of range and words that are no choice are refused. All
 * problems are collected in the report, one line each: "FILE:LINE: key: what; what to do", or "--set key: ...".
 * A refused value leaves the parameter as it was. The order of a program:
 *
 *   dw_report_init(&report);
 *   dw_params_defaults(&params);
 *   dw_params_read(&params, path, &report);        // and dw_params_set for each --set
 *   dw_params_validate(&params, &report);          // params/check.h
 *
 * going on after DW_ERR_PARAM, so that the user sees everything at once, and giving up on any other failure.
 *
 * A dw_params is plain data: one process reads and sends the others its bytes. Equal parameters are equal bytes.
 *
 * Not collective. */
#ifndef DW_PARAMS_READ_H
#define DW_PARAMS_READ_H

#include "base/status.h"
#include "params/params.h"
#include "params/report.h"

/* The default of every key; all other bytes are zero.
 * Errors: DW_ERR_INTERNAL, a default of the table is not an allowed value. */
dw_status dw_params_defaults(dw_params *params);

/* Takes the keys given in a libconfig file; the others stay as they are.
 * Errors: DW_ERR_PARAM, lines were added to the report; DW_ERR_FILE, it can't be read (no line is added: the
 * message names the file); DW_ERR_MEMORY. */
dw_status dw_params_read(dw_params *params, const char *path, dw_report *report);

/* The same from text, such as the one kept in a checkpoint; `name` stands for the file in messages. */
dw_status dw_params_from_text(dw_params *params, const char *text, const char *name, dw_report *report);

/* Takes one "group.key=value" of the command line. Text needs no quotes; lists are [a, b], (a, b), "a,b" or a
 * single number. Errors: DW_ERR_PARAM, a line was added to the report. */
dw_status dw_params_set(dw_params *params, const char *assignment, dw_report *report);

#endif
