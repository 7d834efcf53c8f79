/* `dwell surrogate predict`: a model and parameters in, values with errors out, or that a simulation is needed. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "app/surrogate_commands.h"
#include "app/surrogate_model.h"
#include "base/memory.h"

const char *dw_surrogate_unit(const dw_dataset_key *key) {
  static char text[sizeof key->unit + 1];
  (void)snprintf(text, sizeof text, " %s", key->unit);
  return strcmp(key->unit, "1") == 0 ? "" : text;
}

void dw_surrogate_say_model(const dw_emulator *e, const char *model) {
  (void)printf("%-12s %s: %lld points, %lld runs\n", "model", model, (long long)dw_emulator_points(e),
               (long long)dw_emulator_runs(e));
}

void dw_surrogate_say_place(const dw_emulator *e, const double *parameter, const char *model) {
  dw_surrogate_say_model(e, model);
  for (int64_t d = 0; d < dw_emulator_parameters(e); d++) {
    (void)printf("%-12s %s = %.10g%s\n", d == 0 ? "at" : "", dw_emulator_key(e, d)->key, parameter[d],
                 dw_surrogate_unit(dw_emulator_key(e, d)));
  }
}

static void say_verdict(const dw_emulator_prediction *p) {
  (void)printf("%-12s %s%s%s\n", "status", dw_emulator_verdict_name(p->verdict), p->reason[0] != '\0' ? ": " : "",
               p->reason);
  if (p->verdict == DW_EMULATOR_OUT) {
    (void)printf("%-12s there is no prediction; simulate this point (dwell run)\n", "");
  }
}

/* Numbers at all times, spectra at the last one. */
static void say_values(const dw_emulator *e, const dw_emulator_prediction *p) {
  (void)printf("%-18s %-10s %10s %10s %14s %10s %10s\n", "quantity", "provenance", "tau", "k", "value", "error",
               "seed");
  for (int64_t q = 0; q < dw_emulator_quantities(e); q++) {
    const dw_emulator_quantity *about = dw_emulator_quantity_at(e, q);
    for (int64_t t = about->k != NULL ? about->times - 1 : 0; t < about->times; t++) {
      for (int64_t n = 0; n < about->bins; n++) {
        const int64_t j = about->first + t * about->bins + n;
        char k[32] = "-";
        if (about->k != NULL) {
          (void)snprintf(k, sizeof k, "%.6g", about->k[n]);
        }
        (void)printf("%-18s %-10s %10.6g %10s %14.6g %9.2f%% %9.2f%%\n", about->name, "emulated", about->tau[t], k,
                     p->value[j], 100.0 * about->q68 * sqrt(p->emulator[j] + p->truncation[j]),
                     100.0 * sqrt(p->seed[j]));
      }
    }
  }
  (void)printf("error: of the ensemble mean, 68 %%; seed: by how much one realisation scatters about it\n");
}

static void warn_of_grid(const dw_surrogate_grid_notes *notes) {
  if (notes->left > 0) {
    (void)printf("%-12s %lld points of the grid lie outside of what was learned and hold no spectrum\n", "warning",
                 (long long)notes->left);
  }
  if (notes->degraded > 0) {
    (void)printf("%-12s %lld points of the grid are DEGRADED: their errors may be larger than said\n", "warning",
                 (long long)notes->degraded);
  }
  if (notes->other > 0) {
    (void)printf("%-12s %lld points of the grid aren't in radiation domination, for which f and h^2 Omega today hold\n",
                 "warning", (long long)notes->other);
  }
}

static dw_status write_files(const dw_surrogate_options *o, const dw_emulator *e, const dw_params *params,
                             const double *parameter, const dw_emulator_prediction *p,
                             const dw_provenance *provenance) {
  dw_surrogate_grid_notes notes = {0};
  if (o->csv != NULL) {
    DW_TRY(dw_surrogate_write_csv(o->csv, e, p));
  }
  if (o->hdf5 != NULL) {
    DW_TRY(dw_surrogate_write_hdf5(o->hdf5, e, parameter, p, provenance));
  }
  if (o->ptarcade != NULL) {
    DW_TRY(dw_surrogate_write_ptarcade(o, e, params, provenance, &notes));
  }
  const char *const files[] = {o->csv, o->hdf5, o->ptarcade};
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
    if (files[i] != NULL) {
      (void)printf("%-12s %s\n", "written", files[i]);
    }
  }
  warn_of_grid(&notes);
  return DW_OK;
}

static void judge_fixed(dw_emulator_prediction *p, const char *reason) {
  if (reason[0] != '\0') {
    p->verdict = DW_EMULATOR_OUT;
    (void)snprintf(p->reason, sizeof p->reason, "%s", reason);
  }
}

static dw_status answer(const dw_surrogate_options *o, const char *model, const dw_emulator *e, dw_params *params,
                        const dw_provenance *provenance, dw_emulator_prediction *p) {
  double parameter[DW_EMULATOR_PARAMETERS];
  char reason[DW_EMULATOR_MESSAGE];
  DW_TRY(dw_surrogate_place(e, o->sets, o->set, params, parameter, reason, sizeof reason));
  DW_TRY(dw_emulator_predict(e, parameter, p));
  judge_fixed(p, reason);
  if (p->verdict != DW_EMULATOR_OUT) {
    DW_TRY(write_files(o, e, params, parameter, p, provenance));
  }
  dw_surrogate_say_place(e, parameter, model);
  say_verdict(p);
  if (p->verdict != DW_EMULATOR_OUT) {
    say_values(e, p);
  }
  return DW_OK;
}

dw_status dw_surrogate_predict(const dw_surrogate_options *options, const char *model, const dw_provenance *provenance,
                               dw_emulator_verdict *verdict) {
  dw_emulator *emulator = NULL;
  dw_emulator_prediction *prediction = NULL;
  dw_params *params = NULL;
  DW_TRY(dw_emulator_read(&emulator, model));
  dw_status status = dw_emulator_prediction_create(&prediction, emulator, options->gradients);
  if (status == DW_OK) {
    status = dw_alloc((void **)&params, 1, sizeof *params, "parameters of a prediction");
  }
  if (status == DW_OK) {
    status = answer(options, model, emulator, params, provenance, prediction);
    *verdict = prediction->verdict;
  }
  dw_free(params);
  dw_emulator_prediction_destroy(prediction);
  dw_emulator_destroy(emulator);
  return status;
}
