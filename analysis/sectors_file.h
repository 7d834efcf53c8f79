/* sectors.h5: areas of all pairs of vacua, shares of the vacua, strings and junctions over time, kept in memory on
 * process 0 and written as a whole, beside and renamed, so that it can be read at any time.
 *
 * Groups: `time` (T); `sectors` (T), (T,P) and (T,N) for N vacua and P pairs, which `sectors/pairs` (P,2) names. What
 * there is, with unit and description, is the table in sectors_file.c.
 *
 * All functions are collective over `comm`; data are taken from process 0. The caller owns the handle.
 * Errors: DW_ERR_FILE, DW_ERR_MEMORY. */
#ifndef DW_ANALYSIS_SECTORS_FILE_H
#define DW_ANALYSIS_SECTORS_FILE_H

#include "analysis/record.h"
#include "analysis/sectors.h"
#include "lattice/comm.h"

typedef struct dw_sectors_file dw_sectors_file;

/* Nothing is written yet. For N = `walls`; `record` must outlive the handle. */
dw_status dw_sectors_file_create(dw_sectors_file **file, const dw_comm *comm, const char *path, const dw_record *record,
                                 int walls);
void dw_sectors_file_destroy(dw_sectors_file *file);

/* One time, tau in 1/m. A time with the step of the last one replaces it. */
dw_status dw_sectors_file_append(dw_sectors_file *file, int64_t step, double tau, double a, const dw_sectors *sectors);

dw_status dw_sectors_file_write(dw_sectors_file *file);

/* Reads back the times with step <= `step`; where there is no such file it stays empty. */
dw_status dw_sectors_file_restore(dw_sectors_file *file, int64_t step);

/* Times so far, on process 0; 0 elsewhere. Not collective. */
int64_t dw_sectors_file_times(const dw_sectors_file *file);

/* The step of the last one, -1 where there is none. */
int64_t dw_sectors_file_last(const dw_sectors_file *file);

#endif
