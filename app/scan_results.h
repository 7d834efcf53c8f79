/* The results of a scan: dataset.h5 and ensemble.h5, and the directories of runs they are taken from.
 *
 * Not collective: process 0. The data set is written anew when enough time has gone by that writing stays a small part
 * of it; until then finished runs keep their directories. Errors: DW_ERR_FILE, DW_ERR_MEMORY, DW_ERR_PARAM. */
#ifndef DW_APP_SCAN_RESULTS_H
#define DW_APP_SCAN_RESULTS_H

#include "app/scan_setup.h"
#include "lattice/provenance.h"

typedef struct dw_scan_results dw_scan_results;

/* With `restart` it begins with dataset.h5, if that is there. `text`: of the scan file. Nothing is held after a
 * failure.
 */
dw_status dw_scan_results_create(dw_scan_results **results, const dw_scan_setup *setup, const dw_provenance *provenance,
                                 const char *text, bool restart);

/* Takes a run from its directory. `values`: of the scanned parameters. */
dw_status dw_scan_results_add(dw_scan_results *results, const dw_dataset_run *run, const double *values);

/* How many of the runs that were taken have warned in their run.log, and of the first one its id and warning, "" if
 * there is none. */
int64_t dw_scan_results_warned(const dw_scan_results *results, const char **first);

/* Whether the directory of a run holds all of it. One that can't be read doesn't, and the message says why. Errors:
 * DW_ERR_MEMORY. */
dw_status dw_scan_results_find(const dw_scan_results *results, const char *id, bool *there);

/* Writes dataset.h5 if there is something new and it is time to, or at once; then removes the directories of runs in
 * it, unless they are kept. */
dw_status dw_scan_results_write(dw_scan_results *results, bool at_once);

/* ensemble.h5; with cheap runs also paired.h5 and paired.txt. */
dw_status dw_scan_results_write_ensemble(dw_scan_results *results);

/* What was written last; NULL before the first. */
const dw_dataset *dw_scan_results_dataset(const dw_scan_results *results);

/* NULL is allowed. */
void dw_scan_results_destroy(dw_scan_results *results);

#endif
