/* timeseries.csv: one header line, then one row per measurement, appended while the run goes on.
 *
 * All functions are collective over `comm`; process 0 alone touches the file, all get the same status.
 * Each row is one write of a whole line; where the disk is full the part that was written is taken off
 * again, so that the file always ends with a complete row. The caller owns the handle.
 * Errors: DW_ERR_FILE, DW_ERR_MEMORY. */
#ifndef DW_ANALYSIS_TIMESERIES_H
#define DW_ANALYSIS_TIMESERIES_H

#include <stdint.h>

#include "analysis/columns.h"
#include "base/status.h"
#include "lattice/comm.h"

typedef struct dw_timeseries dw_timeseries;

/* A new file with its header; one that is there is replaced. */
dw_status dw_timeseries_create(dw_timeseries **series, const dw_comm *comm, const char *path);

/* Goes on with the file of an earlier run: drops rows with step > `step` and a torn last line (the cut file
 * is written beside and renamed). A file with other columns or a damaged row is refused. */
dw_status dw_timeseries_restore(dw_timeseries **series, const dw_comm *comm, const char *path, int64_t step);

/* Whether restoring will find all it needs, up to the row of step `last` (-1: not known); nothing is written. */
dw_status dw_timeseries_check(const dw_comm *comm, const char *path, int64_t step, int64_t last);

/* row: units of columns.h, values of process 0. */
dw_status dw_timeseries_append(dw_timeseries *series, const double row[DW_COLUMNS]);

/* Forces the rows to the disk; before a checkpoint that relies on them. */
dw_status dw_timeseries_sync(dw_timeseries *series);

/* NULL is allowed. Not collective. */
void dw_timeseries_close(dw_timeseries *series);

#endif
