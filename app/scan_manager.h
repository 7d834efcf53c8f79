/* Who decides what a scan runs next and keeps its results: process 0 alone.
 *
 * Everything that has happened is in the journal and in dataset.h5, so that nothing is lost and nothing is run twice,
 * whenever the program ends. A run counts as finished when it is in the data set, or when its directory holds all of
 * it. Its directory goes when the data set that has it is on the disk.
 *
 * Not collective. Errors are kept: after one the manager hands out nothing more, and dw_scan_manager_finish returns it.
 */
#ifndef DW_APP_SCAN_MANAGER_H
#define DW_APP_SCAN_MANAGER_H

#include "app/log.h"
#include "app/scan_setup.h"
#include "lattice/provenance.h"
#include "surrogate/scan/journal.h"
#include "surrogate/scan/policy.h"

/* One run to make; plain data that is sent to whoever makes it. */
typedef struct dw_scan_job {
  int64_t task; /* of the manager's list; -1: there is no more */
  int64_t point;
  int64_t seed;
  int64_t level; /* dw_dataset_level */
  double value[DW_SCAN_KEYS];
} dw_scan_job;

/* How it went. */
typedef struct dw_scan_result {
  int64_t task;   /* -1: none; a first request for work */
  int64_t status; /* dw_status */
  char message[DW_JOURNAL_MESSAGE];
} dw_scan_result;

typedef enum dw_scan_answer {
  DW_SCAN_GIVEN,
  DW_SCAN_LATER, /* nothing now, perhaps when others are done */
  DW_SCAN_ENDED
} dw_scan_answer;

typedef struct dw_scan_manager dw_scan_manager;

/* What is known of the scan when it begins or goes on: `restart` reads journal and data set. `groups`: runs that go on
 * at the same time, for the estimate of the time left. Nothing is held after a failure. */
dw_status dw_scan_manager_create(dw_scan_manager **manager, const dw_scan_setup *setup, const dw_provenance *provenance,
                                 const char *text, bool restart, bool quiet, int groups);

/* The next run, journaled as begun. */
dw_scan_answer dw_scan_manager_next(dw_scan_manager *manager, dw_scan_job *job);

/* Takes a result, journals it, and writes the data set when it is time to. */
void dw_scan_manager_result(dw_scan_manager *manager, const dw_scan_result *result);

/* The line of progress, now and then. */
void dw_scan_manager_show(dw_scan_manager *manager);

/* The first error met so far. */
dw_status dw_scan_manager_status(const dw_scan_manager *manager);

/* Writes data set and ensembles, says how the scan went. Errors: the first one met; DW_STOPPED where runs are left;
 * DW_ERR_INVALID where some have failed. */
dw_status dw_scan_manager_finish(dw_scan_manager *manager);

/* Takes the results of finished runs whose directories are there, such as those of a job array; runs nothing. */
void dw_scan_manager_collect(dw_scan_manager *manager);

/* Asks for points where no run is left, as a job array needs it. */
void dw_scan_manager_plan(dw_scan_manager *manager);

/* Calls `visit` for each run that isn't finished and hasn't failed, in order, up to its first failure. */
dw_status dw_scan_manager_for_each(const dw_scan_manager *manager,
                                   dw_status (*visit)(void *context, const dw_scan_job *job), void *context);

/* NULL is allowed. */
void dw_scan_manager_destroy(dw_scan_manager *manager);

#endif
