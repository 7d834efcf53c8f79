/* What is learned: which quantities, times and bins, and their logarithms from the runs of a data set.
 *
 * A quantity is a spectrum at T times in K bins or a column of the time series at T times. Times that a run has are
 * taken as they are; between two rows log y is linear in log tau. Bins in which no run has anything are left out. A
 * cheap run has fewer bins: those beyond take its last one, since a correction is learned on top.
 *
 * Not collective. A quantity owns its arrays. Errors: DW_ERR_PARAM with run, time and bin of a value that isn't > 0, of
 * bins that differ, of a time that a run doesn't reach; an unknown name; DW_ERR_MEMORY. */
#ifndef DW_SURROGATE_EMULATOR_QUANTITY_H
#define DW_SURROGATE_EMULATOR_QUANTITY_H

#include "surrogate/emulator/emulator.h"

typedef struct dw_quantity {
  char name[DW_DATASET_KEY];
  int64_t spectrum; /* dw_dataset_spectrum, or -1 */
  int64_t column;   /* of the time series, or -1 */
  int64_t times;    /* T */
  int64_t bins;     /* K; 1 for a column */
  double *tau;      /* (T), owns the others */
  double *k;        /* (K) */
  double *count;    /* (K) */
  int64_t *source;  /* (K) bin of the fine run's table */
} dw_quantity;

/* The names that `options` asks for or the data set has; text lives as long as the data set and options do. */
dw_status dw_quantity_names(const dw_dataset *dataset, const dw_emulator_options *options, int64_t *count,
                            const char *names[DW_EMULATOR_QUANTITIES]);

/* Times and bins of one, from the runs in use (R). Fills *quantity, to be finalised also after a failure. */
dw_status dw_quantity_init(dw_quantity *quantity, const dw_dataset *dataset, const dw_emulator_options *options,
                           const bool *used, const char *name);
void dw_quantity_finalize(dw_quantity *quantity);

/* The same from times and bins that are known (k of K bins, NULL for a column): finds them in another data set. */
dw_status dw_quantity_match(dw_quantity *quantity, const dw_dataset *dataset, const dw_emulator_quantity *known);

/* log y of a run (T, K). */
dw_status dw_quantity_take(const dw_quantity *quantity, const dw_dataset *dataset, int64_t run, double *values);

#endif
