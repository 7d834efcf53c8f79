/* Placing the runs of a scan: the processes are divided into groups, each of which makes whole runs, one after the
 * other.
 *
 * Process 0 hands them out while it makes runs itself: whoever is done asks it and gets the next one. A run's results
 * don't depend on where it is made. Collective over `comm`. */
#ifndef DW_APP_SCAN_PLACE_H
#define DW_APP_SCAN_PLACE_H

#include "app/scan_manager.h"

/* `manager`: on process 0, NULL elsewhere; argc and argv for the record of each run. Errors of runs go to the manager;
 * DW_ERR_MEMORY where the groups can't be made. */
dw_status dw_scan_place(dw_scan_manager *manager, const dw_scan_setup *setup, const dw_comm *comm, int argc,
                        char *const *argv);

#endif
