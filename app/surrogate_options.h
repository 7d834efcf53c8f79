/* The command lines of `dwell surrogate train`, `predict`, `evaluate` and `query`. */
#ifndef DW_APP_SURROGATE_OPTIONS_H
#define DW_APP_SURROGATE_OPTIONS_H

#include <stdbool.h>

#include "app/options.h"
#include "surrogate/emulator/emulator.h"

/* Numbers that weren't given are NAN, texts NULL. */
typedef struct dw_surrogate_options {
  const char *file[2]; /* data set, model or both, in the order given */
  int files;
  const char *output;
  const char *set[DW_MAX_SETS]; /* key=value */
  int sets;
  const char *csv;
  const char *hdf5;
  const char *ptarcade;
  const char *places;  /* a table of parameters */
  const char *dataset; /* of a query: a scan's directory or its dataset.h5 */
  int64_t seeds;       /* of a query; 0: as many as the scan has */
  bool dry_run;
  bool quiet;
  double temperature; /* GeV */
  double sigma;       /* GeV^3 */
  int64_t grid;       /* points of an axis */
  bool gradients;
  int64_t folds;
  bool curve;
  const char *quantity[DW_EMULATOR_QUANTITIES];
  double time[DW_EMULATOR_TIMES];
  dw_emulator_options train; /* its lists are those above */
} dw_surrogate_options;

typedef enum dw_surrogate_action {
  DW_SURROGATE_TRAIN,
  DW_SURROGATE_PREDICT,
  DW_SURROGATE_EVALUATE,
  DW_SURROGATE_QUERY
} dw_surrogate_action;

/* Arguments after the action; *options must stay where it is. Not collective. Errors: DW_ERR_PARAM with what is wrong
 * and the usage. */
dw_status dw_surrogate_options_parse(dw_surrogate_options *options, dw_surrogate_action action, int argc,
                                     char *const *argv);

/* The first argument that is neither an option nor its value; NULL without one. */
const char *dw_surrogate_first_file(int argc, char *const *argv);

#endif
