/* The spectrum of gravitational waves today on a grid over the model's parameters, as PTArcade reads it.
 *
 * The spectrum of the model's last time is taken as that of walls that end at temperature T with tension sigma, as
 * `dwell analyse --only today` does (cosmology/redshift.h): shape drho_dlnk/sigma_hat^2, x = k/(a'/a). The tension
 * enters as its square, so two points of its axis are enough. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis/model.h"
#include "analysis/post/export.h"
#include "app/surrogate_commands.h"
#include "base/memory.h"
#include "cosmology/redshift.h"
#include "params/table.h"

enum { TEMPERATURES = 9, TENSIONS = 2, FREQUENCIES = 60, MARGIN = 3 };

typedef struct grid {
  const dw_emulator *emulator;
  const dw_emulator_quantity *about;
  dw_emulator_prediction *prediction;
  dw_params *params;
  dw_model *model;
  size_t axes;
  dw_export_axis axis[DW_FILE_RANK];
  char name[DW_FILE_RANK][DW_DATASET_KEY + 8];
  int64_t points; /* of the parameters' axes together */
  double *f;      /* (K) scratch */
  double *omega;  /* (K) */
  dw_surrogate_grid_notes notes;
} grid;

static dw_status find_waves(const dw_emulator *e, const dw_emulator_quantity **about) {
  for (int64_t q = 0; q < dw_emulator_quantities(e); q++) {
    *about = dw_emulator_quantity_at(e, q);
    if (strcmp((*about)->name, "gw/drho_dlnk") == 0) {
      return DW_OK;
    }
  }
  return dw_fail(DW_ERR_PARAM, "--ptarcade: the model has no gw/drho_dlnk; train one with it");
}

/* A parameter's axis; a logarithmic one is that of log10. Dots don't go into names of a program's arguments. */
static void make_axis(grid *g, int64_t d, int64_t count) {
  const dw_dataset_key *key = dw_emulator_key(g->emulator, d);
  const double low = key->logarithmic ? log10(key->low) : key->low;
  const double high = key->logarithmic ? log10(key->high) : key->high;
  (void)snprintf(g->name[d], sizeof g->name[d], "%s%s", key->logarithmic ? "log10_" : "", key->key);
  for (char *c = g->name[d]; *c != '\0'; c++) {
    *c = *c == '.' ? '_' : *c;
  }
  g->axis[d] = (dw_export_axis){g->name[d], low, (high - low) / (double)(count - 1), count};
}

/* Parameters of point i of the grid; the last one runs fastest. */
static void place(const grid *g, int64_t i, double *parameter) {
  for (int64_t d = dw_emulator_parameters(g->emulator) - 1; d >= 0; d--) {
    const dw_dataset_key *key = dw_emulator_key(g->emulator, d);
    const int64_t at = i % g->axis[d].count;
    const double x = g->axis[d].start + (double)at * g->axis[d].step;
    i /= g->axis[d].count;
    parameter[d] = fmin(fmax(key->logarithmic ? pow(10.0, x) : x, key->low), key->high);
  }
}

/* The background of a point. */
static dw_status set_model(const grid *g, const double *parameter) {
  for (int64_t d = 0; d < dw_emulator_parameters(g->emulator); d++) {
    const dw_param_entry *entry = dw_table_find(dw_emulator_key(g->emulator, d)->key);
    if (entry != NULL && entry->type == DW_PARAM_REAL) {
      memcpy((char *)g->params + entry->offset, &parameter[d], sizeof parameter[d]);
    }
  }
  return dw_model_from_params(g->model, g->params, NULL, NULL);
}

static double last_time(const grid *g) { return g->about->tau[g->about->times - 1]; }

/* Frequencies from below the lowest of the coldest grid point to above the highest of the hottest. */
static dw_status make_axes(grid *g, const dw_surrogate_options *o) {
  const int64_t dims = dw_emulator_parameters(g->emulator);
  dw_redshift redshift;
  g->axes = (size_t)dims + MARGIN;
  if (g->axes > DW_FILE_RANK) {
    return dw_fail(DW_ERR_PARAM, "--ptarcade: %lld parameters are too many for a grid, at most %d", (long long)dims,
                   DW_FILE_RANK - MARGIN);
  }
  g->points = 1;
  for (int64_t d = 0; d < dims; d++) {
    make_axis(g, d, o->grid);
    g->points *= o->grid;
  }
  double low = HUGE_VAL;
  double high = -HUGE_VAL;
  for (int64_t i = 0; i < g->points; i++) {
    double parameter[DW_EMULATOR_PARAMETERS];
    place(g, i, parameter);
    DW_TRY(set_model(g, parameter));
    const double rate = dw_background_hubble(&g->model->background, last_time(g));
    if (!(rate > 0.0)) {
      return dw_fail(DW_ERR_PARAM, "--ptarcade: the model's universe doesn't expand, so there is no spectrum today");
    }
    low = fmin(low, g->about->k[0] / rate);
    high = fmax(high, g->about->k[g->about->bins - 1] / rate);
  }
  DW_TRY(dw_redshift_init(&redshift, 0.1 * o->temperature));
  low = log10(dw_redshift_frequency(&redshift, low)) - 1.0;
  DW_TRY(dw_redshift_init(&redshift, 10.0 * o->temperature));
  high = log10(dw_redshift_frequency(&redshift, high)) + 1.0;
  g->axis[dims] =
      (dw_export_axis){"log10_temperature", log10(o->temperature) - 1.0, 2.0 / (TEMPERATURES - 1), TEMPERATURES};
  g->axis[dims + 1] = (dw_export_axis){"log10_sigma", log10(o->sigma) - 3.0, 6.0 / (TENSIONS - 1), TENSIONS};
  g->axis[dims + 2] = (dw_export_axis){"f", low, (high - low) / (FREQUENCIES - 1), FREQUENCIES};
  return DW_OK;
}

/* The part of a point of the parameters: temperatures, tensions and frequencies. */
static dw_status fill_point(grid *g, const double *shape, double rate, double *values) {
  const dw_export_axis *temperature = &g->axis[g->axes - 3];
  const dw_export_axis *tension = &g->axis[g->axes - 2];
  const dw_export_axis *frequency = &g->axis[g->axes - 1];
  for (int64_t i = 0; i < temperature->count; i++) {
    dw_redshift redshift;
    DW_TRY(dw_redshift_init(&redshift, pow(10.0, temperature->start + (double)i * temperature->step)));
    for (int64_t j = 0; j < tension->count; j++) {
      const double sigma = pow(10.0, tension->start + (double)j * tension->step);
      for (int64_t n = 0; n < g->about->bins; n++) {
        g->f[n] = dw_redshift_frequency(&redshift, g->about->k[n] / rate);
        g->omega[n] = dw_redshift_omega(&redshift, shape[n], sigma);
      }
      DW_TRY(dw_export_resample((size_t)g->about->bins, g->f, g->omega, frequency,
                                values + (i * tension->count + j) * frequency->count));
    }
  }
  return DW_OK;
}

static dw_status fill(grid *g, double *values) {
  const int64_t part = (int64_t)TEMPERATURES * TENSIONS * FREQUENCIES;
  const int64_t last = g->about->first + (g->about->times - 1) * g->about->bins;
  double *shape = g->omega + g->about->bins;
  for (int64_t i = 0; i < g->points; i++) {
    double parameter[DW_EMULATOR_PARAMETERS];
    place(g, i, parameter);
    DW_TRY(set_model(g, parameter));
    DW_TRY(dw_emulator_predict(g->emulator, parameter, g->prediction));
    g->notes.degraded += g->prediction->verdict == DW_EMULATOR_DEGRADED ? 1 : 0;
    g->notes.other += fabs(dw_background_power(&g->model->background, last_time(g)) - 1.0) < 1e-6 ? 0 : 1;
    if (g->prediction->verdict == DW_EMULATOR_OUT) {
      g->notes.left++;
      for (int64_t j = 0; j < part; j++) {
        values[i * part + j] = DW_EXPORT_FLOOR;
      }
      continue;
    }
    const double tension = g->model->potential->tension;
    for (int64_t n = 0; n < g->about->bins; n++) {
      shape[n] = g->prediction->value[last + n] / (tension * tension);
    }
    DW_TRY(fill_point(g, shape, dw_background_hubble(&g->model->background, last_time(g)), values + i * part));
  }
  return DW_OK;
}

static dw_status write(grid *g, const dw_surrogate_options *o, const dw_provenance *provenance) {
  double *values = NULL;
  DW_TRY(make_axes(g, o));
  const size_t count = (size_t)g->points * TEMPERATURES * TENSIONS * FREQUENCIES;
  DW_TRY(dw_alloc((void **)&values, count, sizeof *values, "grid of spectra today"));
  dw_status status = fill(g, values);
  if (status == DW_OK) {
    status = dw_export_grid(o->ptarcade, g->axes, g->axis, values,
                            "log10 h^2 Omega today of gravitational waves of domain walls that end at the last time of "
                            "a learned model, against its parameters, log10 of the temperature (GeV) and the tension "
                            "(GeV^3) then, and log10 f (Hz)",
                            provenance);
  }
  dw_free(values);
  return status;
}

dw_status dw_surrogate_write_ptarcade(const dw_surrogate_options *options, const dw_emulator *emulator,
                                      const dw_params *params, const dw_provenance *provenance,
                                      dw_surrogate_grid_notes *notes) {
  struct {
    grid grid;
    dw_params params;
    dw_model model;
  } *own = NULL;
  *notes = (dw_surrogate_grid_notes){0};
  DW_TRY(dw_alloc((void **)&own, 1, sizeof *own, "grid of spectra today"));
  memset(own, 0, sizeof *own);
  grid *g = &own->grid;
  g->emulator = emulator;
  g->params = &own->params;
  g->model = &own->model;
  own->params = *params;
  dw_status status = find_waves(emulator, &g->about);
  if (status == DW_OK) {
    status = dw_alloc((void **)&g->f, 3 * (size_t)g->about->bins, sizeof(double), "grid of spectra today");
    g->omega = g->f + g->about->bins;
  }
  if (status == DW_OK) {
    status = dw_emulator_prediction_create(&g->prediction, emulator, false);
  }
  if (status == DW_OK) {
    status = write(g, options, provenance);
    *notes = g->notes;
  }
  dw_emulator_prediction_destroy(g->prediction);
  dw_free(g->f);
  dw_free(own);
  return status;
}
