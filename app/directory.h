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
  char timeseries[DW_PATH_LENGTH];
  char spectra[DW_PATH_LENGTH];
  char snapshots[DW_PATH_LENGTH];
  char slices[DW_PATH_LENGTH];
  char checkpoints[DW_PATH_LENGTH];
} dw_directory;

/* Not collective. Only puts the names together. */
void dw_directory_name(dw_directory *directory, const char *root);

/* Refuses a directory that holds a run, unless overwrite is true. Changes nothing. */
dw_status dw_directory_check(const dw_directory *directory, const dw_comm *comm, bool overwrite);

/* Makes the directories, those above included; with `clean` removes the files of an earlier run, and only those. */
dw_status dw_directory_prepare(const dw_directory *directory, const dw_comm *comm, bool clean);

#endif
