/* Shared by the parts of the assessment. Not collective. */
#ifndef DW_SURROGATE_EMULATOR_ASSESS_PRIVATE_H
#define DW_SURROGATE_EMULATOR_ASSESS_PRIVATE_H

#include "surrogate/emulator/assess.h"

/* Adds the one-scale model's error for an area parameter, from the second time on, to DW_METHOD_VOS; nothing for other
 * quantities, scans without velocity, or where the model has no solution. mean and noise (T) of the test point. */
dw_status dw_assess_vos(const dw_emulator *emulator, const dw_emulator_quantity *about, const double *parameter,
                        const dw_dataset *dataset, int64_t design, const double *mean, const double *noise,
                        dw_assessment *assessment);

#endif
