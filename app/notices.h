/* What is legal but may not be what was meant, or will limit what a run is worth: one line each, the same for `run`
 * and `check`. Not collective. */
#ifndef DW_APP_NOTICES_H
#define DW_APP_NOTICES_H

#include "app/plan.h"
#include "fields/model.h"
#include "params/params.h"

typedef void (*dw_notice)(void *context, const char *line);

/* Calls `say` for each notice. */
void dw_notices_say(const dw_params *params, const dw_model *model, const dw_plan *plan, dw_notice say, void *context);

#endif
