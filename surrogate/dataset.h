/* The data set of a scan: every run of a design with its parameters, time series and spectra.
 *
 * In memory: arrays in C order whose first index is the run. A run that has fewer rows or bins than the largest has NAN
 * beyond its own; so has a spectrum that a run lacks. Runs of a scan share their output times and bins unless the scan
 * changes the lattice or the end, so whoever needs them equal checks it (dw_dataset_same_bins).
 *
 * On the disk: one HDF5 file, dataset.h5 of the scan's directory, written beside and renamed after each finished run or
 * batch (docs/files.md has the layout). What a file claims decides no allocation before it is compared with the
 * file's size. The file is sealed (surrogate/seal.h), and a seal is checked before HDF5 opens it; one without, cut out
 * by another program, is read as it is.
 *
 * Not collective: one process reads or writes. The caller owns the data set; all arrays belong to it.
 * Units: those of the runs (docs/conventions.md): 1/m for lengths and times, m for momenta, comoving; spectra as in
 * spectra.h5.
 * Errors: DW_ERR_FILE with file, what was found and what to do; DW_ERR_PARAM; DW_ERR_MEMORY. */
#ifndef DW_SURROGATE_DATASET_H
#define DW_SURROGATE_DATASET_H

#include <stdbool.h>
#include <stdint.h>

#include "analysis/record.h"
#include "base/status.h"

enum { DW_DATASET_KEY = 64, DW_DATASET_TEXT = 128 };

/* A scanned parameter. */
typedef struct dw_dataset_key {
  char key[DW_DATASET_KEY]; /* path in a parameter file, "cosmology.w" */
  char unit[DW_DATASET_KEY];
  double low; /* range of the scan */
  double high;
  bool logarithmic; /* designs and emulators work in log(value) */
} dw_dataset_key;

/* What kind of run. */
typedef enum dw_dataset_level {
  DW_LEVEL_FINE = 0, /* the base run's lattice and equation */
  DW_LEVEL_CHEAP = 1 /* the scan's cheap twin: same seed, same modes, fewer points */
} dw_dataset_level;

typedef struct dw_dataset_run {
  int64_t point; /* of the design, from 0; the seeds of a point and its cheap twins share it */
  int64_t seed;
  dw_dataset_level level;
  bool blind;               /* a check: never trained on */
  double seconds;           /* wall time times processes times threads */
  char id[DW_DATASET_TEXT]; /* names the run's directory in the scan's: "point0003-seed2-fine" */
} dw_dataset_run;

/* The spectra kept, each with a table of its own. */
typedef enum dw_dataset_spectrum {
  DW_DATASET_FIELD, /* field/power */
  DW_DATASET_ETC,   /* etc/value */
  DW_DATASET_GW,    /* gw/drho_dlnk */
  DW_DATASET_OMEGA, /* gw/omega */
  DW_DATASET_SPECTRA
} dw_dataset_spectrum;

typedef struct dw_dataset_table {
  int64_t times; /* T, 0 where no run has this spectrum */
  int64_t bins;  /* K */
  double *tau;   /* (runs, T) */
  double *k;     /* (runs, K) */
  double *count; /* (runs, K) modes of a shell */
  double *value; /* (runs, T, K) */
} dw_dataset_table;

typedef struct dw_dataset {
  int64_t keys; /* D, scanned parameters */
  dw_dataset_key *key;
  int64_t runs; /* R, finished ones only */
  dw_dataset_run *run;
  double *parameter; /* (R, D) values of the scanned parameters */
  int64_t columns;   /* C, of the time series */
  char (*column)[DW_DATASET_KEY];
  int64_t rows;   /* of the longest time series */
  double *series; /* (R, rows, C); empty cells are NAN */
  dw_dataset_table spectrum[DW_DATASET_SPECTRA];
  char *base;  /* text of the fine base run's resolved parameters */
  char *cheap; /* that of the cheap twin's; "" without one */
  char *scan;  /* text of the scan file */
} dw_dataset;

/* "field/power", ... ; static. */
const char *dw_dataset_spectrum_name(dw_dataset_spectrum spectrum);

/* Room for these sizes, everything 0 or NAN; *dataset is NULL after a failure. times and bins: (DW_DATASET_SPECTRA). */
dw_status dw_dataset_create(dw_dataset **dataset, int64_t keys, int64_t runs, int64_t columns, int64_t rows,
                            const int64_t *times, const int64_t *bins);
dw_status dw_dataset_read(dw_dataset **dataset, const char *path);
dw_status dw_dataset_write(const dw_dataset *dataset, const char *path, const dw_record *record);

/* NULL is allowed. */
void dw_dataset_destroy(dw_dataset *dataset);

/* -1 for a column or parameter that isn't there. */
int64_t dw_dataset_column(const dw_dataset *dataset, const char *column);
int64_t dw_dataset_parameter(const dw_dataset *dataset, const char *key);

/* DW_ERR_PARAM with the first run whose times or bins of this spectrum differ from those of the first run of its
 * level. */
dw_status dw_dataset_same_bins(const dw_dataset *dataset, dw_dataset_spectrum spectrum);

#endif
