#include "analysis/model.h"

#include <string.h>

dw_status dw_model_from_params(dw_model *model, const dw_params *params) {
  memset(model, 0, sizeof *model);
  DW_TRY(dw_potential_find(&model->potential, params->fields.potential));
  DW_TRY(dw_integrator_find(&model->integrator, params->time.integrator));
  DW_TRY(dw_background_init(&model->background, params->cosmology.background, params->cosmology.w,
                            params->cosmology.hubble_start));
  model->values = (dw_potential_values){.bias = params->fields.bias, .mass = params->fields.mass};
  model->s = params->fields.s;
  model->stencil = (int)params->lattice.stencil;
  return DW_OK;
}
