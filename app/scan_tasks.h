/* The runs of a scan and how far each is: those of a point stand together, fine seeds before cheap ones, both rising.
 *
 * Not collective; plain memory. Errors: DW_ERR_MEMORY. */
#ifndef DW_APP_SCAN_TASKS_H
#define DW_APP_SCAN_TASKS_H

#include "app/scan_setup.h"

typedef enum dw_task_state {
  DW_TASK_WAITING,
  DW_TASK_RUNNING,
  DW_TASK_DONE,
  DW_TASK_FAILED,
  DW_TASK_STATES
} dw_task_state;

typedef struct dw_task {
  int64_t point;
  int64_t seed;
  dw_dataset_level level;
  dw_task_state state;
  bool written; /* the journal says that all its files are */
  double begun; /* seconds, while it runs */
} dw_task;

typedef struct dw_tasks {
  const dw_scan_setup *setup;
  int64_t points;
  int64_t room;  /* of points */
  double *value; /* (points, keys) */
  bool *blind;   /* (points) */
  dw_task *task; /* (dw_tasks_count) */
  int64_t first; /* none before it waits */
  int64_t count[DW_TASK_STATES];
  int64_t timed[2]; /* runs of each level that were timed, */
  double took[2];   /* and seconds they took */
} dw_tasks;

/* None yet. */
void dw_tasks_init(dw_tasks *tasks, const dw_scan_setup *setup);
void dw_tasks_finalize(dw_tasks *tasks);

/* The runs of another point. `value`: (keys). */
dw_status dw_tasks_add(dw_tasks *tasks, const double *value, bool blind);

int64_t dw_tasks_count(const dw_tasks *tasks);

/* Whether a run of this point can have this seed, whatever the number of seeds. */
bool dw_tasks_could_have(const dw_tasks *tasks, int64_t point, int64_t seed);

/* NULL for a run that the scan doesn't ask for. */
dw_task *dw_tasks_find(const dw_tasks *tasks, int64_t point, int64_t seed, dw_dataset_level level);

/* The first that waits; NULL without. One that waits again isn't found before the next start. */
dw_task *dw_tasks_next(dw_tasks *tasks);

void dw_tasks_change(dw_tasks *tasks, dw_task *task, dw_task_state state);

/* It is done, at `now` (seconds). */
void dw_tasks_time(dw_tasks *tasks, const dw_task *task, double now);

/* Seconds until all are done, with so many at a time; NAN before any was timed. */
double dw_tasks_time_left(const dw_tasks *tasks, int groups, double now);

#endif
