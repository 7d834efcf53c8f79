/* The run directory: what is where, and who may write it.
 *
 * Collective; process 0 acts. Errors: DW_ERR_FILE. */
#ifndef DW_APP_DIRECTORY_H
#define DW_APP_DIRECTORY_H

#include <stdbool.h>

#include "lattice/comm.h"
#include "params/params.h"

enum { DW_PATH_LENGTH = 1024 };

typedef struct dw_directory {
  char root[DW_PATH_LENGTH];
  char config[DW_PATH_LENGTH];
  char log[DW_PATH_LENGTH];
  char lock[DW_PATH_LENGTH];
  char potential[DW_PATH_LENGTH]; /* the C file of a plug-in, if it has one */
  char table[DW_PATH_LENGTH];     /* of the background, if it has one */
  char timeseries[DW_PATH_LENGTH];
  char spectra[DW_PATH_LENGTH];
  char tracks[DW_PATH_LENGTH];
  char walls[DW_PATH_LENGTH];
  char sectors[DW_PATH_LENGTH];
  char expansion[DW_PATH_LENGTH];
  char snapshots[DW_PATH_LENGTH];
  char slices[DW_PATH_LENGTH];
  char checkpoints[DW_PATH_LENGTH];
} dw_directory;

/* Not collective. Only puts the names together. */
void dw_directory_name(dw_directory *directory, const char *root);

/* Not collective. Makes a directory and those above it. `option`: what the user chooses another with, for messages. */
dw_status dw_directory_make(const char *path, const char *option);

/* Refuses a directory that holds a run, unless overwrite is true. Changes nothing. */
dw_status dw_directory_check(const dw_directory *directory, const dw_comm *comm, bool overwrite);

/* Refuses a source of the run that would go with the run that is replaced. */
dw_status dw_directory_check_source(const dw_directory *directory, const dw_comm *comm, const char *source);

/* Makes the directory, those above included. */
dw_status dw_directory_root(const dw_directory *directory, const dw_comm *comm);

/* Makes the directories in it, and removes what a run that was killed left unfinished (*.tmp); with
 * `clean` also the files of an earlier run, what was found in them, and its page. Touches no file that isn't ours. */
dw_status dw_directory_prepare(const dw_directory *directory, const dw_comm *comm, bool clean);

/* What timeseries.csv holds. */
typedef struct dw_rows {
  int64_t count; /* rows, without the header; 0 also if there is no such file */
  int64_t step;  /* of the last row */
  double tau;    /* of the last row, 1/m */
} dw_rows;

/* Not collective. */
dw_rows dw_directory_rows(const dw_directory *directory);

/* Not collective. Number of snapshots and of slices that are there. */
int dw_directory_snapshots(const dw_directory *directory);
int dw_directory_slices(const dw_directory *directory);

#endif
