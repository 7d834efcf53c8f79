#include "analysis/model.h"

#include <stdio.h>
#include <string.h>

#include "cosmology/background_driven.h"

static dw_status table_from_params(dw_background *background, const dw_params *params, const char *table) {
  const char *path = table != NULL ? table : params->cosmology.table;
  const struct {
    const char *key;
    double tau;
  } needed[] = {{"time.end", params->time.end},
                {"fields.physical_from", params->fields.physical_from},
                {"fields.bias_full", params->fields.bias_full}};
  DW_TRY(dw_background_table(background, path, params->cosmology.table_columns));
  const double last = dw_background_end(background);
  for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
    if (needed[i].tau > last * (1.0 + 1e-12)) {
      return dw_fail(DW_ERR_PARAM, "cosmology.table: %s ends at tau = %.10g, before %s = %g; give more rows", path,
                     last, needed[i].key, needed[i].tau);
    }
  }
  return DW_OK;
}

static dw_status background_from_params(dw_background *background, const dw_params *params, const char *table) {
  const char *name = params->cosmology.background;
  const double hubble = params->cosmology.hubble_start;
  if (strcmp(name, "table") == 0) {
    return table_from_params(background, params, table);
  }
  if (strcmp(name, "self-consistent") == 0) {
    return dw_background_driven(background, params->cosmology.w, hubble);
  }
  if (strcmp(name, "chain") != 0) {
    return dw_background_init(background, name, params->cosmology.w, hubble);
  }
  const dw_real_list *w = &params->cosmology.chain_w;
  const dw_real_list *until = &params->cosmology.chain_until;
  if (until->count != w->count - 1) {
    return dw_fail(DW_ERR_PARAM, "cosmology.chain_until: a chain of %d equations of state has %d transitions, not %d",
                   (int)w->count, (int)w->count - 1, (int)until->count);
  }
  return dw_background_chain(background, (int)w->count, w->value, until->value, params->cosmology.chain_width, hubble);
}

static dw_bias_shape shape_from_params(const char *name) {
  return strcmp(name, "linear") == 0 ? DW_BIAS_LINEAR : strcmp(name, "phi3") == 0 ? DW_BIAS_PHI3 : DW_BIAS_CUBIC;
}

static dw_status take_fingerprint(dw_params *params, const dw_plugin *plugin, const char *path) {
  char *asked = params->fields.potential_fingerprint;
  const char *found = dw_plugin_fingerprint(plugin);
  if (asked[0] != '\0' && strcmp(asked, found) != 0) {
    return dw_fail(
        DW_ERR_PARAM,
        "fields.potential_fingerprint: %s has %s, not %s, so it isn't the file that is meant; bring that one "
        "back, or leave the key out",
        path, found, asked);
  }
  memset(asked, 0, DW_TEXT_LENGTH);
  (void)snprintf(asked, DW_TEXT_LENGTH, "%s", found);
  return DW_OK;
}

dw_status dw_plugin_from_params(dw_plugin **plugin, dw_params *params, const dw_comm *comm, const char *path) {
  *plugin = NULL;
  if (strcmp(params->fields.potential, "plugin") != 0) {
    return DW_OK;
  }
  DW_TRY(dw_plugin_load(plugin, comm, path, params->fields.potential_file));
  return take_fingerprint(params, *plugin, path);
}

dw_status dw_model_from_params(dw_model *model, const dw_params *params, const char *table, const dw_plugin *plugin) {
  memset(model, 0, sizeof *model);
  DW_TRY(dw_integrator_find(&model->integrator, params->time.integrator));
  DW_TRY(background_from_params(&model->background, params, table));
  model->values = (dw_potential_values){.bias = params->fields.bias,
                                        .bias_shape = (int)shape_from_params(params->fields.bias_shape),
                                        .mass = params->fields.mass,
                                        .sextic = params->fields.potential_sextic,
                                        .melting = params->fields.melting,
                                        .plugin = plugin,
                                        .components = (int)params->fields.components,
                                        .coupling = params->fields.coupling,
                                        .walls = (int)params->fields.walls,
                                        .axion_mass = params->fields.axion_mass};
  for (int64_t i = 0; i < params->fields.potential_values.count && i < DW_POTENTIAL_OWN; i++) {
    model->values.own[i] = params->fields.potential_values.value[i];
  }
  for (int64_t i = 0; i < params->fields.potential_coefficients.count && i < DW_POTENTIAL_COEFFICIENTS; i++) {
    model->values.coefficient[i] = params->fields.potential_coefficients.value[i];
  }
  DW_TRY(dw_model_set_potential(model, params->fields.potential));
  model->s = params->fields.s;
  model->physical_from = params->fields.physical_from;
  model->bias_start = params->fields.bias_start;
  model->bias_full = params->fields.bias_full;
  model->bias_power = params->fields.bias_power;
  model->stencil = (int)params->lattice.stencil;
  return DW_OK;
}

dw_initial dw_initial_from_params(const dw_params *params) {
  dw_initial initial = {.kind = params->fields.initial.kind,
                        .file = params->fields.initial.file,
                        .seed = params->seed,
                        .rms = params->fields.initial.rms,
                        .cutoff = params->fields.initial.cutoff,
                        .cutoff_width = params->fields.initial.cutoff_width,
                        .lambda = params->fields.initial.lambda,
                        .mass = params->fields.initial.mass,
                        .temperature = params->fields.initial.temperature,
                        .zero_point = params->fields.initial.zero_point,
                        .correlation_length = params->fields.initial.correlation_length,
                        .index = params->fields.initial.index,
                        .cell = params->fields.initial.cell,
                        .fraction = params->fields.initial.fraction,
                        .velocity = params->fields.initial.velocity,
                        .radius = params->fields.initial.radius,
                        .amplitude = params->fields.initial.amplitude,
                        .mean = params->fields.initial.mean,
                        .relaxation = {.diffusion = params->fields.initial.diffusion,
                                       .friction_time = params->fields.initial.friction_time,
                                       .friction = params->fields.initial.friction}};
  memcpy(initial.normal, params->fields.initial.normal, sizeof initial.normal);
  return initial;
}
