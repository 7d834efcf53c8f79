#include "app/scan_place.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "app/scan_work.h"

/* Process 0 and the processes that lead a group; the others only follow theirs. */
typedef struct place {
  const dw_comm *comm;
  dw_scan_manager *manager; /* on process 0 */
  int share;                /* processes of a group */
  int groups;
  int dismissed; /* groups, without that of process 0, that were told to end */
  bool *waits;   /* (groups) whether they wait for an answer */
} place;

static void nap(void) {
  const struct timespec while_others_work = {.tv_sec = 0, .tv_nsec = 1000000};
  (void)nanosleep(&while_others_work, NULL);
}

/* Takes what the other groups have sent and answers where there is an answer. */
static void serve(void *context) {
  place *p = context;
  int from = 0;
  while (dw_comm_waiting(p->comm, &from)) {
    dw_scan_result result;
    dw_comm_receive(p->comm, from, &result, sizeof result);
    dw_scan_manager_result(p->manager, &result);
    p->waits[from / p->share] = true;
  }
  for (int g = 1; g < p->groups; g++) {
    dw_scan_job job = {.task = -1};
    if (!p->waits[g]) {
      continue;
    }
    const dw_scan_answer answer = dw_scan_manager_next(p->manager, &job);
    if (answer == DW_SCAN_LATER) {
      break;
    }
    dw_comm_send(p->comm, g * p->share, &job, sizeof job);
    p->waits[g] = false;
    p->dismissed += answer == DW_SCAN_ENDED ? 1 : 0;
  }
  dw_scan_manager_show(p->manager);
}

/* Hands in a result and gets the next run; on the process that leads the group. */
static void obtain(place *p, const dw_scan_result *result, dw_scan_job *job) {
  int from = 0;
  if (p->manager == NULL) {
    dw_comm_send(p->comm, 0, result, sizeof *result);
    while (!dw_comm_waiting(p->comm, &from)) {
      nap();
    }
    dw_comm_receive(p->comm, 0, job, sizeof *job);
    return;
  }
  dw_scan_manager_result(p->manager, result);
  for (;;) {
    serve(p);
    job->task = -1;
    if (dw_scan_manager_next(p->manager, job) != DW_SCAN_LATER) {
      return;
    }
    nap();
  }
}

/* A run that isn't finished is stopped like all of them: by a signal or the limit. */
static void work(place *p, const dw_scan_setup *setup, const dw_comm *group, int argc, char *const *argv) {
  dw_scan_result result = {.task = -1};
  const dw_scan_pulse pulse = {.call = p->manager != NULL ? serve : NULL, .context = p};
  const double started = dw_seconds();
  for (;;) {
    dw_scan_job job = {.task = -1};
    if (dw_comm_rank(group) == 0) {
      obtain(p, &result, &job);
    }
    dw_comm_broadcast(group, &job, sizeof job);
    if (job.task < 0) {
      return;
    }
    const dw_status status = dw_scan_work(setup, &job, group, &pulse, started, argc, argv);
    memset(&result, 0, sizeof result);
    result.task = job.task;
    result.status = (int64_t)status;
    (void)snprintf(result.message, sizeof result.message, "%s", status == DW_OK ? "" : dw_message());
  }
}

dw_status dw_scan_place(dw_scan_manager *manager, const dw_scan_setup *setup, const dw_comm *comm, int argc,
                        char *const *argv) {
  const int share = (int)setup->scan.processes_per_run;
  place p = {.comm = comm, .manager = manager, .share = share, .groups = dw_comm_size(comm) / share};
  dw_comm *group = NULL;
  DW_TRY(dw_comm_split(&group, comm, dw_comm_rank(comm) / share));
  p.waits = calloc((size_t)p.groups, sizeof *p.waits);
  dw_status status = dw_comm_agree(comm, p.waits != NULL ? DW_OK : dw_fail(DW_ERR_MEMORY, "no memory for the scan"));
  if (status == DW_OK) {
    work(&p, setup, group, argc, argv);
    while (manager != NULL && p.dismissed < p.groups - 1) {
      serve(&p);
      nap();
    }
  }
  free(p.waits);
  dw_comm_destroy(group);
  return status;
}
