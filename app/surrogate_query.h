/* `dwell surrogate query`: numbers at a point, from whatever can be trusted there.
 *
 *   OK        emulated   the model's prediction
 *   DEGRADED  corrected  some runs of the scan's cheap twin, and what twins teach about the difference to the fine run
 *   OUT       simulated  full runs
 *
 * Runs are those of a scan of one point in a directory of its own, named after the parameters, so that they are made
 * once and survive a kill. Errors: those of dw_status; DW_STOPPED with runs left. */
#ifndef DW_APP_SURROGATE_QUERY_H
#define DW_APP_SURROGATE_QUERY_H

#include "app/scan_setup.h"
#include "app/surrogate_model.h"

typedef enum dw_query_way { DW_QUERY_EMULATED, DW_QUERY_CORRECTED, DW_QUERY_SIMULATED } dw_query_way;

/* "emulated", "corrected", "simulated"; static. */
const char *dw_query_way_name(dw_query_way way);

/* Collective. `whole`: the program's own argv, for the record. */
dw_status dw_surrogate_query(int argc, char *const *argv, int whole_count, char **whole);

/* --- of process 0, not collective --- */

/* A query on its way. */
typedef struct dw_query {
  const dw_surrogate_options *options;
  char model[DW_SURROGATE_PATH];
  dw_emulator *emulator;
  dw_dataset *dataset;
  dw_emulator_prediction *prediction;
  double parameter[DW_EMULATOR_PARAMETERS];
  char reason[2 * DW_EMULATOR_MESSAGE]; /* of the verdict; why a DEGRADED query isn't corrected */
  dw_query_way way;
  dw_params params; /* of its runs */
  int64_t seeds;    /* runs it takes */
  int64_t kept;     /* of them are there */
  double work;      /* cells times steps of one run */
  int64_t steps;
  double seconds; /* of one core for one run, from the runs of the data set; NAN if those weren't timed */
} dw_query;

/* Reads model and data set, asks the model, chooses the way, and fills in *setup for the runs. Nothing is written.
 * *query is to be closed also after a failure. */
dw_status dw_query_open(dw_query *query, const dw_surrogate_options *options, dw_scan_setup *setup);
void dw_query_close(dw_query *query);

/* One quantity: T K outputs, k fastest. Errors are of the logarithm, so they are relative. */
typedef struct dw_query_part {
  char name[DW_DATASET_KEY];
  bool is_spectrum;
  int64_t times;
  int64_t bins;
  double *tau;          /* (T); owns the others */
  double *k;            /* (K) */
  double *value;        /* ensemble mean, in the unit of the runs' files */
  double *error;        /* of it, 68 % */
  double *error_method; /* standard error of the emulator or of the correction; 0 of a simulation */
  double *error_seeds;  /* standard error that the seeds leave; 0 of the emulator; NAN with one seed */
  double *seed;         /* scatter of one realisation; NAN where unknown */
} dw_query_part;

typedef struct dw_query_answer {
  int64_t parts;
  int64_t points[DW_EMULATOR_QUANTITIES]; /* whose twins correct it; 0: the model's second layer, or not corrected */
  dw_query_part part[DW_EMULATOR_QUANTITIES];
  int64_t left; /* quantities without numbers, and why */
  char left_out[DW_EMULATOR_QUANTITIES][DW_MESSAGE_LENGTH];
} dw_query_answer;

/* The numbers; runs, where it takes them, are read from setup's directory. *answer is to be finalised also after a
 * failure. */
dw_status dw_query_answer_init(dw_query_answer *answer, const dw_query *query, const dw_scan_setup *setup);
void dw_query_answer_finalize(dw_query_answer *answer);

/* What the answer takes, and the numbers, on the screen. */
void dw_query_say_plan(const dw_query *query, const dw_scan_setup *setup);
void dw_query_say_answer(const dw_query_answer *answer, const dw_query *query);

/* --csv and --hdf5. */
dw_status dw_query_write(const dw_query_answer *answer, const dw_query *query, const dw_provenance *provenance);

#endif
