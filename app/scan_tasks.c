#include "app/scan_tasks.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void dw_tasks_init(dw_tasks *tasks, const dw_scan_setup *setup) {
  memset(tasks, 0, sizeof *tasks);
  tasks->setup = setup;
}

void dw_tasks_finalize(dw_tasks *tasks) {
  free(tasks->value);
  free(tasks->blind);
  free(tasks->task);
}

static int64_t cheap_seeds(const dw_tasks *t) { return t->setup->scan.cheap.enabled ? t->setup->scan.cheap.seeds : 0; }

static int64_t per_point(const dw_tasks *t) { return t->setup->scan.seeds + cheap_seeds(t); }

int64_t dw_tasks_count(const dw_tasks *t) { return t->points * per_point(t); }

static int64_t first_seed(const dw_tasks *t, int64_t point) {
  return dw_scan_first_seed(&t->setup->scan, &t->setup->base, point, t->blind[point]);
}

bool dw_tasks_could_have(const dw_tasks *t, int64_t point, int64_t seed) {
  const int64_t index = point < t->points ? seed - first_seed(t, point) : -1;
  return index >= 0 && index < DW_SCAN_SEEDS;
}

/* NULL for a run that the scan doesn't ask for. */
dw_task *dw_tasks_find(const dw_tasks *t, int64_t point, int64_t seed, dw_dataset_level level) {
  if (point < 0 || point >= t->points) {
    return NULL;
  }
  const int64_t index = seed - first_seed(t, point);
  const bool cheap = level == DW_LEVEL_CHEAP;
  if (index < 0 || index >= (cheap ? cheap_seeds(t) : t->setup->scan.seeds)) {
    return NULL;
  }
  return &t->task[point * per_point(t) + (cheap ? t->setup->scan.seeds : 0) + index];
}

void dw_tasks_change(dw_tasks *t, dw_task *task, dw_task_state state) {
  t->count[task->state]--;
  t->count[state]++;
  task->state = state;
}

dw_task *dw_tasks_next(dw_tasks *t) {
  while (t->first < dw_tasks_count(t) && t->task[t->first].state != DW_TASK_WAITING) {
    t->first++;
  }
  return t->first < dw_tasks_count(t) ? &t->task[t->first] : NULL;
}

static dw_status grow(dw_tasks *t, int64_t points) {
  if (points <= t->room) {
    return DW_OK;
  }
  const int64_t room = points > 2 * t->room ? points : 2 * t->room;
  double *value = realloc(t->value, (size_t)(room * DW_SCAN_KEYS) * sizeof *value);
  t->value = value != NULL ? value : t->value;
  bool *blind = realloc(t->blind, (size_t)room * sizeof *blind);
  t->blind = blind != NULL ? blind : t->blind;
  dw_task *task = realloc(t->task, (size_t)(room * per_point(t)) * sizeof *task);
  t->task = task != NULL ? task : t->task;
  if (value == NULL || blind == NULL || task == NULL) {
    return dw_fail(DW_ERR_MEMORY, "no memory for %" PRId64 " points of a scan; scan fewer", points);
  }
  t->room = room;
  return DW_OK;
}

dw_status dw_tasks_add(dw_tasks *t, const double *value, bool blind) {
  const dw_scan *scan = &t->setup->scan;
  DW_TRY(grow(t, t->points + 1));
  memcpy(t->value + t->points * scan->keys, value, (size_t)scan->keys * sizeof *value);
  t->blind[t->points] = blind;
  const int64_t first = first_seed(t, t->points);
  for (int64_t i = 0; i < per_point(t); i++) {
    const bool cheap = i >= scan->seeds;
    t->task[t->points * per_point(t) + i] = (dw_task){.point = t->points,
                                                      .seed = first + (cheap ? i - scan->seeds : i),
                                                      .level = cheap ? DW_LEVEL_CHEAP : DW_LEVEL_FINE};
  }
  t->count[DW_TASK_WAITING] += per_point(t);
  t->points++;
  return DW_OK;
}

/* --- times --- */

static int level_of(const dw_task *task) { return task->level == DW_LEVEL_CHEAP ? 1 : 0; }

void dw_tasks_time(dw_tasks *tasks, const dw_task *task, double now) {
  tasks->timed[level_of(task)]++;
  tasks->took[level_of(task)] += now - task->begun;
}

/* Seconds of the runs of one level that are left, less what those under way have had. */
static double left_of(const dw_tasks *tasks, int level, double mean, double now) {
  double left = 0.0;
  for (int64_t i = 0; i < dw_tasks_count(tasks); i++) {
    const dw_task *t = &tasks->task[i];
    if (level_of(t) == level && (t->state == DW_TASK_WAITING || t->state == DW_TASK_RUNNING)) {
      left += t->state == DW_TASK_RUNNING ? fmax(mean - (now - t->begun), 0.0) : mean;
    }
  }
  return left;
}

double dw_tasks_time_left(const dw_tasks *tasks, int groups, double now) {
  double left = 0.0;
  const int64_t timed = tasks->timed[0] + tasks->timed[1];
  for (int level = 0; level < 2; level++) {
    const double mean = tasks->timed[level] > 0 ? tasks->took[level] / (double)tasks->timed[level]
                        : timed > 0             ? (tasks->took[0] + tasks->took[1]) / (double)timed
                                                : (double)NAN;
    left += left_of(tasks, level, mean, now);
  }
  return left / (double)groups;
}
