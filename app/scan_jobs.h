/* A scan as a job array: one configuration for each run that is left, and a script that picks one.
 *
 * Not collective: process 0. Errors: DW_ERR_FILE, DW_ERR_MEMORY. */
#ifndef DW_APP_SCAN_JOBS_H
#define DW_APP_SCAN_JOBS_H

#include "app/scan_manager.h"

/* Writes FOLDER/ID.cfg, FOLDER/runs.txt (a line for each) and FOLDER/array.sh. */
dw_status dw_scan_jobs_write(const dw_scan_manager *manager, const dw_scan_setup *setup, const char *folder);

#endif
