/* From the parameters of a run to its equation of motion: background, potential, integrator. Not collective. */
#ifndef DW_ANALYSIS_MODEL_H
#define DW_ANALYSIS_MODEL_H

#include "fields/initial.h"
#include "fields/model.h"
#include "fields/plugin.h"
#include "params/params.h"

/* The copies of cosmology.table and fields.potential_file in the directory of a run, made at its start. */
#define DW_MODEL_TABLE "background.txt"
#define DW_MODEL_PLUGIN "potential_copy.c"

/* Fills *model, plain data. `table`: where the table of the background is read, for a run that began the copy in its
 * directory; NULL: cosmology.table. `plugin`: of fields.potential = "plugin", outlives the model; else NULL. Errors:
 * DW_ERR_PARAM, a name that isn't in its table, or no such expansion; DW_ERR_FILE, its table can't be read. */
dw_status dw_model_from_params(dw_model *model, const dw_params *params, const char *table, const dw_plugin *plugin);

/* The start that fields.initial describes; points into params. */
dw_initial dw_initial_from_params(const dw_params *params);

/* Collective. Loads fields.potential_file from `path`, or sets *plugin = NULL for another potential, and writes its
 * fingerprint into *params. Errors: those of dw_plugin_load; DW_ERR_PARAM, another one is asked for. */
dw_status dw_plugin_from_params(dw_plugin **plugin, dw_params *params, const dw_comm *comm, const char *path);

#endif
