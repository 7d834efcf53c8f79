/* From directories of runs to a data set.
 *
 * Not collective: one process. Data sets that are returned are the caller's. */
#ifndef DW_SURROGATE_SCAN_COLLECT_H
#define DW_SURROGATE_SCAN_COLLECT_H

#include "params/scan.h"
#include "surrogate/dataset.h"

/* One finished run as a data set of its own, without texts. `run`: point, seed, level, blind and id of the result;
 * seconds come from the run's log, without stretches that were killed. `values`: (scan->keys).
 * Errors: those of dw_archive_open; DW_ERR_FILE where the run isn't finished. */
dw_status dw_collect_run(dw_dataset **dataset, const char *directory, const dw_scan *scan, const dw_dataset_run *run,
                         const double *values);

/* All runs of `count` data sets of one scan, sorted by level, point and seed; a run that is there twice is taken once.
 * Keys and texts are those of the first. The result depends on the runs, not on how they are spread.
 * Errors: DW_ERR_PARAM where parameters or columns differ; DW_ERR_MEMORY. */
dw_status dw_collect_join(dw_dataset **joined, const dw_dataset *const *parts, int64_t count);

/* A copy of `text` in place of *to, which is the data set's. Errors: DW_ERR_MEMORY. */
dw_status dw_collect_text(char **to, const char *text);

#endif
