/* A potential of the user's own: a C file (fields/dwell_potential.h), compiled once and loaded.
 *
 * The functions of the file get the time, fields.potential_values and rows; they are as fast as those of the table and
 * have the same bits where they compute the same expressions. */
#ifndef DW_FIELDS_PLUGIN_H
#define DW_FIELDS_PLUGIN_H

#include "fields/potential.h"
#include "lattice/comm.h"

typedef struct dw_plugin dw_plugin;

/* Collective. Process 0 reads and compiles the file at `path`, all load the result; `shown` is what messages call it,
 * outlives the plug-in. *plugin is the caller's, to be released with dw_plugin_unload after all that uses it; NULL
 * after a failure. Errors, the same on all processes: DW_ERR_FILE, the file can't be read or the temporary directory
 * can't be used; DW_ERR_PARAM, it doesn't compile, lacks a function, or there is no compiler; DW_ERR_MEMORY. */
dw_status dw_plugin_load(dw_plugin **plugin, const dw_comm *comm, const char *path, const char *shown);

/* Not collective. NULL is allowed. */
void dw_plugin_unload(dw_plugin *plugin);

/* The rest isn't collective. */

/* Its row for a model, whose numbers have to be computed; models point to it by values.plugin. */
const dw_potential *dw_plugin_potential(const dw_plugin *plugin);

/* 16 hexadecimal digits: FNV-1a of the text. */
const char *dw_plugin_fingerprint(const dw_plugin *plugin);

/* The text; on process 0, else NULL. */
const char *dw_plugin_text(const dw_plugin *plugin);

/* Whether the functions are usable with these values, before anything relies on them: finite in single and double
 * precision for |phi| <= 8, the slope that of v0 and v_b for |phi| <= 2, a v_b where values->bias asks for one.
 * `potential` is its row, values->plugin the plug-in. Errors: DW_ERR_PARAM, saying what is found where. */
dw_status dw_plugin_check(const dw_potential *potential, const dw_potential_values *values);

/* "fields.potential_file: NAME" without the key. */
const char *dw_plugin_name(const dw_plugin *plugin);

#endif
