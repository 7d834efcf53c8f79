/* What `dwell surrogate` does with a spectrum emulator; each function works on process 0 alone.
 *
 * `whole` is the program's own argv, for the record. Errors: those of dw_status; nothing is written before all is
 * computed. */
#ifndef DW_APP_SURROGATE_COMMANDS_H
#define DW_APP_SURROGATE_COMMANDS_H

#include "app/surrogate_options.h"
#include "lattice/provenance.h"
#include "params/params.h"
#include "surrogate/emulator/assess.h"

dw_status dw_surrogate_train(const dw_surrogate_options *options, const dw_provenance *provenance);

/* *verdict decides the exit code. */
dw_status dw_surrogate_predict(const dw_surrogate_options *options, const char *model, const dw_provenance *provenance,
                               dw_emulator_verdict *verdict);

dw_status dw_surrogate_evaluate(const dw_surrogate_options *options, const dw_provenance *provenance);

/* What an evaluation found; result->record has each comparison. */
typedef struct dw_surrogate_evaluation {
  const dw_emulator *emulator;
  const dw_dataset *dataset;
  const bool *learned; /* (R) */
  int64_t folds;       /* of the cross-validation; 0 where runs were held out */
  const dw_assessments *result;
  const dw_provenance *provenance;
} dw_surrogate_evaluation;

dw_status dw_surrogate_write_evaluation(const char *path, const dw_surrogate_evaluation *evaluation);

/* Predictions at the places of a table, --places FILE; *verdict is the worst of them. */
dw_status dw_surrogate_predict_places(const dw_surrogate_options *options, const char *model,
                                      const dw_provenance *provenance, dw_emulator_verdict *verdict);

/* " UNIT" of a parameter, nothing where it has none; valid until the next call. */
const char *dw_surrogate_unit(const dw_dataset_key *key);

/* The line that names the model. */
void dw_surrogate_say_model(const dw_emulator *emulator, const char *model);

/* The first lines of an answer: the model, and the point. parameter (D). */
void dw_surrogate_say_place(const dw_emulator *emulator, const double *parameter, const char *model);

/* A prediction as a table and as HDF5. parameter (D). */
dw_status dw_surrogate_write_csv(const char *path, const dw_emulator *emulator, const dw_emulator_prediction *p);
dw_status dw_surrogate_write_hdf5(const char *path, const dw_emulator *emulator, const double *parameter,
                                  const dw_emulator_prediction *p, const dw_provenance *provenance);

/* Points of a grid that someone should know of. */
typedef struct dw_surrogate_grid_notes {
  int64_t left;     /* OUT: they get the floor */
  int64_t degraded; /* DEGRADED */
  int64_t other;    /* not in radiation domination, for which the formulas of today hold */
} dw_surrogate_grid_notes;

/* The spectrum of gravitational waves today on a grid over the model's parameters, temperature, tension and frequency
 * (analysis/post/export.h). params: of the prediction. */
dw_status dw_surrogate_write_ptarcade(const dw_surrogate_options *options, const dw_emulator *emulator,
                                      const dw_params *params, const dw_provenance *provenance,
                                      dw_surrogate_grid_notes *notes);

#endif
