/* One run of a scan, through the same code as `dwell run`. Collective over the group that makes it. */
#ifndef DW_APP_SCAN_WORK_H
#define DW_APP_SCAN_WORK_H

#include "app/progress.h"
#include "app/scan_manager.h"

/* Called between steps on this process; call may be NULL. */
typedef struct dw_scan_pulse {
  void (*call)(void *context);
  void *context;
} dw_scan_pulse;

/* Parameters of the run; its directory is in that of the scan. Not collective. Errors: DW_ERR_PARAM with the first
 * thing that is wrong; DW_ERR_MEMORY. */
dw_status dw_scan_work_params(const dw_scan_setup *setup, const dw_scan_job *job, dw_params *params);

/* Makes the run, or goes on with it where its directory has a checkpoint. `started`: when the scan did, seconds, for
 * its wall-clock limit. Errors: those of dw_run_create and dw_run_evolve, on all processes of the group. */
dw_status dw_scan_work(const dw_scan_setup *setup, const dw_scan_job *job, const dw_comm *group,
                       const dw_scan_pulse *pulse, double started, int argc, char *const *argv);

#endif
