/* From the parameters of a run to its equation of motion: background, potential, integrator. Not collective. */
#ifndef DW_ANALYSIS_MODEL_H
#define DW_ANALYSIS_MODEL_H

#include "fields/model.h"
#include "params/params.h"

/* The copy of cosmology.table in the directory of a run, made at its start. */
#define DW_MODEL_TABLE "background.txt"

/* Fills *model, plain data. `table`: where the table of the background is read, for a run that began the copy in its
 * directory; NULL: cosmology.table. Errors: DW_ERR_PARAM, a name that isn't in its table, or no such expansion;
 * DW_ERR_FILE, its table can't be read. */
dw_status dw_model_from_params(dw_model *model, const dw_params *params, const char *table);

#endif
