/* walls.h5: the largest domains and walls at each measured time, kept in memory on process 0 and written as a whole.
 *
 * Groups: `time` (T) says when, and how many domains and walls there were and are listed; `domains` and `walls` hold
 * the lists of all times one behind the other, so that those of a time begin at the sum of the listed numbers before
 * it. What there is, with unit and description, is the table in domains_file.c. The file is written beside and renamed,
 * so that it can be read at any time.
 *
 * All functions are collective over `comm`; data are taken from process 0. The caller owns the handle.
 * Errors: DW_ERR_FILE, DW_ERR_MEMORY. */
#ifndef DW_ANALYSIS_DOMAINS_FILE_H
#define DW_ANALYSIS_DOMAINS_FILE_H

#include <stdint.h>

#include "analysis/domains.h"
#include "analysis/record.h"
#include "base/status.h"
#include "lattice/comm.h"

/* Domains, and walls, that are listed at a time at most. */
enum { DW_DOMAINS_LISTED = 1000 };

typedef struct dw_domains_file dw_domains_file;

/* Nothing is written yet. `record` must outlive the handle. */
dw_status dw_domains_file_create(dw_domains_file **file, const dw_comm *comm, const char *path,
                                 const dw_record *record);
void dw_domains_file_destroy(dw_domains_file *file);

/* One time: the lists of `domains`, tau in 1/m, on a lattice of `points` a side. A time with the step of the last one
 * replaces it. */
dw_status dw_domains_file_append(dw_domains_file *file, int64_t step, double tau, double a, int64_t points,
                                 const dw_domains *domains);

dw_status dw_domains_file_write(dw_domains_file *file);

/* Reads back the times with step <= `step`; where there is no such file it stays empty. */
dw_status dw_domains_file_restore(dw_domains_file *file, int64_t step);

/* Times so far, on process 0; 0 elsewhere. Not collective. */
int64_t dw_domains_file_times(const dw_domains_file *file);

/* The step of the last one, -1 where there is none. */
int64_t dw_domains_file_last(const dw_domains_file *file);

#endif
