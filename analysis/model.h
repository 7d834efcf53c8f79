/* From the parameters of a run to its equation of motion: background, potential, integrator. Not collective. */
#ifndef DW_ANALYSIS_MODEL_H
#define DW_ANALYSIS_MODEL_H

#include "fields/model.h"
#include "params/params.h"

/* Fills *model, plain data. Errors: DW_ERR_PARAM, a name that isn't in its table, or no such expansion. */
dw_status dw_model_from_params(dw_model *model, const dw_params *params);

#endif
