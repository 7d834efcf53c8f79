/* The one-scale model with its published parameters, started from what a test point measured at the first time. */
#include <math.h>
#include <string.h>

#include "analysis/model.h"
#include "base/memory.h"
#include "cosmology/vos.h"
#include "params/read.h"
#include "params/table.h"
#include "surrogate/emulator/assess_private.h"
#include "surrogate/emulator/emulator_private.h"
#include "surrogate/emulator/quantity.h"

/* Background of the base run with the scanned parameters of the cosmology. */
static dw_status make_background(const dw_emulator *e, const double *parameter, dw_params *params, dw_model *model) {
  dw_report *report = NULL;
  DW_TRY(dw_alloc((void **)&report, 1, sizeof *report, "parameters of a model"));
  dw_report_init(report);
  dw_status status = dw_params_defaults(params);
  if (status == DW_OK) {
    status = dw_params_from_text(params, e->base, "the model's base run", report);
  }
  dw_free(report);
  for (int64_t d = 0; d < e->dims && status == DW_OK; d++) {
    const dw_param_entry *entry = dw_table_find(e->key[d].key);
    if (entry != NULL && entry->type == DW_PARAM_REAL) {
      memcpy((char *)params + entry->offset, &parameter[d], sizeof parameter[d]);
    }
  }
  return status == DW_OK ? dw_model_from_params(model, params, NULL, NULL) : status;
}

/* Mean of log v over the seeds of a test point at the first time; NAN if there is none. */
static double first_velocity(const dw_dataset *dataset, int64_t design, double tau) {
  const double slack = 1e-6 * tau;
  const int64_t times = dw_dataset_column(dataset, "tau");
  const int64_t column = dw_dataset_column(dataset, "velocity");
  double sum = 0.0;
  int64_t count = 0;
  for (int64_t r = 0; r < dataset->runs && column >= 0; r++) {
    const double *series = dataset->series + r * dataset->rows * dataset->columns;
    int64_t best = -1;
    for (int64_t i = 0; i < dataset->rows; i++) {
      best = series[i * dataset->columns + times] <= tau + slack ? i : best;
    }
    const double v = best >= 0 ? series[best * dataset->columns + column] : (double)NAN;
    if (dataset->run[r].point == design && dataset->run[r].level == DW_LEVEL_FINE && v > 0.0) {
      sum += log(v);
      count++;
    }
  }
  return count > 0 ? exp(sum / (double)count) : (double)NAN;
}

/* area_parameter_t of one of area_parameter_h: S t/a over S/(2 a'/a). */
static double conversion(const dw_background *background, const char *name, double tau) {
  return strcmp(name, "area_parameter_h") == 0
             ? 2.0 * dw_background_hubble(background, tau) * dw_background_time(background, tau) /
                   dw_background_scale_factor(background, tau)
             : 1.0;
}

static void compare(const dw_background *background, const dw_emulator_quantity *about, double velocity,
                    const double *mean, const double *noise, dw_assessment *a) {
  const dw_vos vos = dw_vos_standard();
  dw_vos_point point[DW_EMULATOR_TIMES];
  const dw_vos_point start = {exp(mean[0]) * conversion(background, about->name, about->tau[0]), velocity};
  if (dw_vos_integrate(&vos, background, about->tau[0], start, (size_t)about->times, about->tau, point) != DW_OK) {
    return; /* the model has no solution from there, so it says nothing */
  }
  for (int64_t t = 1; t < about->times; t++) {
    const double area = point[t].area_parameter / conversion(background, about->name, about->tau[t]);
    const double off = log(area) - mean[t];
    a->square[DW_METHOD_VOS] += off * off - noise[t];
    a->count[DW_METHOD_VOS] += 1.0;
  }
}

dw_status dw_assess_vos(const dw_emulator *emulator, const dw_emulator_quantity *about, const double *parameter,
                        const dw_dataset *dataset, int64_t design, const double *mean, const double *noise,
                        dw_assessment *assessment) {
  if (strncmp(about->name, "area_parameter_", 15) != 0 || about->times < 2 || emulator->base[0] == '\0') {
    return DW_OK;
  }
  const double velocity = first_velocity(dataset, design, about->tau[0]);
  if (!(velocity > 0.0 && velocity < 1.0)) {
    return DW_OK;
  }
  struct {
    dw_params params;
    dw_model model;
  } *own = NULL;
  DW_TRY(dw_alloc((void **)&own, 1, sizeof *own, "background of a model"));
  const dw_status status = make_background(emulator, parameter, &own->params, &own->model);
  if (status == DW_OK) {
    compare(&own->model.background, about, velocity, mean, noise, assessment);
  }
  dw_free(own);
  return status;
}
