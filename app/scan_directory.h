/* The directory of a scan: what is where, and who may write it.
 *
 * Not collective; process 0 calls. Errors: DW_ERR_FILE. */
#ifndef DW_APP_SCAN_DIRECTORY_H
#define DW_APP_SCAN_DIRECTORY_H

#include <stdbool.h>

#include "app/directory.h"
#include "surrogate/dataset.h"

typedef struct dw_scan_directory {
  char root[DW_PATH_LENGTH];
  char scan[DW_PATH_LENGTH];  /* scan.cfg, copy of the scan file */
  char base[DW_PATH_LENGTH];  /* base.cfg, resolved parameters of the base run */
  char cheap[DW_PATH_LENGTH]; /* cheap.cfg, those of its cheap twin */
  char journal[DW_PATH_LENGTH];
  char log[DW_PATH_LENGTH];
  char dataset[DW_PATH_LENGTH];
  char ensemble[DW_PATH_LENGTH];
  char paired[DW_PATH_LENGTH]; /* paired.h5 and paired.txt, with cheap twins */
  char paired_text[DW_PATH_LENGTH];
  char runs[DW_PATH_LENGTH]; /* a directory for each run that is under way, has failed, or is kept */
} dw_scan_directory;

/* Only puts the names together. */
void dw_scan_directory_name(dw_scan_directory *directory, const char *root);

/* "point0003-seed2-fine" */
void dw_scan_run_id(int64_t point, int64_t seed, dw_dataset_level level, char id[DW_DATASET_TEXT]);

/* The directory of a run; `path` has DW_PATH_LENGTH bytes. */
void dw_scan_run_path(const dw_scan_directory *directory, const char *id, char *path);

/* Whether a scan has begun here. */
bool dw_scan_directory_is_used(const dw_scan_directory *directory);

/* Whether it has directories of runs. */
bool dw_scan_directory_has_runs(const dw_scan_directory *directory);

/* Makes the directories; with `clean` removes what an earlier scan left, and nothing else. */
dw_status dw_scan_directory_prepare(const dw_scan_directory *directory, bool clean);

/* Removes the directory of a run with all that is in it; one that isn't there is fine. */
dw_status dw_scan_remove_run(const dw_scan_directory *directory, const char *id);

#endif
