#include "app/scan_manager.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/progress.h"
#include "app/scan_results.h"
#include "app/signals.h"
#include "base/memory.h"

typedef enum task_state { WAITING, RUNNING, DONE, FAILED } task_state;

typedef struct task {
  int64_t point;
  int64_t seed;
  dw_dataset_level level;
  task_state state;
  bool written; /* the journal says that all its files are */
  double begun; /* seconds, while it runs */
} task;

struct dw_scan_manager {
  const dw_scan_setup *setup;
  const dw_policy *policy;
  dw_axis axis[DW_SCAN_KEYS];
  dw_journal *journal;
  dw_scan_results *results;
  dw_log log;
  int64_t points;
  int64_t room;  /* of points */
  double *value; /* (points, keys) */
  bool *blind;   /* (points) */
  task *tasks;
  int64_t first; /* no task before it waits */
  int64_t count[FAILED + 1];
  int64_t timed[2]; /* runs of each level, and the seconds they took */
  double took[2];
  int groups;
  double started;
  double shown;
  bool terminal;
  bool asked;    /* the policy, since the last result */
  bool ended;    /* it has no more points */
  bool stopping; /* by a signal or the wall-clock limit */
  dw_status status;
  char message[DW_MESSAGE_LENGTH]; /* of the first error */
};

/* --- tasks: those of a point stand together, fine seeds before cheap ones --- */

static int64_t cheap_seeds(const dw_scan_manager *m) {
  return m->setup->scan.cheap.enabled ? m->setup->scan.cheap.seeds : 0;
}

static int64_t per_point(const dw_scan_manager *m) { return m->setup->scan.seeds + cheap_seeds(m); }

static int64_t task_count(const dw_scan_manager *m) { return m->points * per_point(m); }

/* NULL for a run that the scan doesn't ask for. */
static task *find_task(const dw_scan_manager *m, int64_t point, int64_t seed, dw_dataset_level level) {
  const int64_t index = seed - m->setup->base.seed;
  const bool cheap = level == DW_LEVEL_CHEAP;
  if (point < 0 || point >= m->points || index < 0 || index >= (cheap ? cheap_seeds(m) : m->setup->scan.seeds)) {
    return NULL;
  }
  return &m->tasks[point * per_point(m) + (cheap ? m->setup->scan.seeds : 0) + index];
}

static void change(dw_scan_manager *m, task *t, task_state state) {
  m->count[t->state]--;
  m->count[state]++;
  t->state = state;
}

static dw_status grow(dw_scan_manager *m, int64_t points) {
  if (points <= m->room) {
    return DW_OK;
  }
  const int64_t room = points > 2 * m->room ? points : 2 * m->room;
  double *value = realloc(m->value, (size_t)(room * DW_SCAN_KEYS) * sizeof *value);
  m->value = value != NULL ? value : m->value;
  bool *blind = realloc(m->blind, (size_t)room * sizeof *blind);
  m->blind = blind != NULL ? blind : m->blind;
  task *tasks = realloc(m->tasks, (size_t)(room * per_point(m)) * sizeof *tasks);
  m->tasks = tasks != NULL ? tasks : m->tasks;
  if (value == NULL || blind == NULL || tasks == NULL) {
    return dw_fail(DW_ERR_MEMORY, "no memory for %" PRId64 " points of a scan; scan fewer", points);
  }
  m->room = room;
  return DW_OK;
}

static dw_status add_point(dw_scan_manager *m, const double *value, bool blind) {
  const dw_scan *scan = &m->setup->scan;
  DW_TRY(grow(m, m->points + 1));
  memcpy(m->value + m->points * scan->keys, value, (size_t)scan->keys * sizeof *value);
  m->blind[m->points] = blind;
  for (int64_t i = 0; i < per_point(m); i++) {
    const bool cheap = i >= scan->seeds;
    m->tasks[m->points * per_point(m) + i] = (task){.point = m->points,
                                                    .seed = m->setup->base.seed + (cheap ? i - scan->seeds : i),
                                                    .level = cheap ? DW_LEVEL_CHEAP : DW_LEVEL_FINE};
  }
  m->count[WAITING] += per_point(m);
  m->points++;
  return DW_OK;
}

/* Keeps the first error. */
static void keep(dw_scan_manager *m, dw_status status) {
  if (status != DW_OK && m->status == DW_OK) {
    m->status = status;
    (void)snprintf(m->message, sizeof m->message, "%s", dw_message());
  }
}

/* --- the policy --- */

/* All points of a batch reach the journal together. */
static dw_status journal_batch(dw_scan_manager *m, const dw_policy_batch *batch) {
  const int64_t keys = m->setup->scan.keys;
  dw_journal_entry *entries = calloc((size_t)batch->points, sizeof *entries);
  if (entries == NULL && batch->points > 0) {
    return dw_fail(DW_ERR_MEMORY, "no memory for %" PRId64 " points of a scan; scan fewer", batch->points);
  }
  for (int64_t i = 0; i < batch->points; i++) {
    entries[i] = (dw_journal_entry){.kind = DW_JOURNAL_POINT, .point = m->points + i, .blind = batch->blind[i]};
    memcpy(entries[i].value, batch->value + i * keys, (size_t)keys * sizeof entries[i].value[0]);
  }
  const dw_status status = dw_journal_append(m->journal, entries, batch->points);
  free(entries);
  return status;
}

static dw_status take_batch(dw_scan_manager *m, const dw_policy_batch *batch) {
  DW_TRY(journal_batch(m, batch));
  for (int64_t i = 0; i < batch->points; i++) {
    DW_TRY(add_point(m, batch->value + i * m->setup->scan.keys, batch->blind[i]));
  }
  m->ended = batch->points == 0 || !m->policy->adaptive;
  if (m->policy->adaptive) {
    dw_log_line(&m->log, "%s: %s", batch->points > 0 ? "next points" : "no more points", batch->reason);
  }
  return DW_OK;
}

static dw_status ask(dw_scan_manager *m) {
  dw_policy_batch batch;
  DW_TRY(dw_scan_results_write(m->results, true));
  const dw_policy_state state = {.scan = &m->setup->scan,
                                 .base = &m->setup->base,
                                 .axis = m->axis,
                                 .given = m->points,
                                 .value = m->value,
                                 .dataset = dw_scan_results_dataset(m->results)};
  DW_TRY(m->policy->next(&state, &batch));
  const dw_status status = take_batch(m, &batch);
  dw_policy_batch_free(&batch);
  return status;
}

/* --- begin and restart --- */

static dw_status replay(dw_scan_manager *m, const dw_journal_entry *entries, int64_t count) {
  for (int64_t i = 0; i < count; i++) {
    const dw_journal_entry *entry = &entries[i];
    if (entry->kind == DW_JOURNAL_POINT) {
      if (entry->point != m->points) {
        return dw_fail(DW_ERR_FILE, "%s: point %" PRId64 " stands where %" PRId64 " is expected; the file is damaged",
                       m->setup->directory.journal, entry->point, m->points);
      }
      DW_TRY(add_point(m, entry->value, entry->blind));
      continue;
    }
    task *t = find_task(m, entry->point, entry->seed, entry->level);
    if (t != NULL && entry->kind == DW_JOURNAL_FAILED) {
      change(m, t, FAILED);
    } else if (t != NULL && entry->kind == DW_JOURNAL_DONE) {
      t->written = true;
    }
  }
  return DW_OK;
}

static void mark_finished(dw_scan_manager *m) {
  const dw_dataset *d = dw_scan_results_dataset(m->results);
  for (int64_t i = 0; d != NULL && i < d->runs; i++) {
    task *t = find_task(m, d->run[i].point, d->run[i].seed, d->run[i].level);
    if (t != NULL) {
      change(m, t, DONE);
    }
  }
}

static dw_status add_results(dw_scan_manager *m, task *t) {
  dw_dataset_run run = {.point = t->point, .seed = t->seed, .level = t->level, .blind = m->blind[t->point]};
  dw_scan_run_id(t->point, t->seed, t->level, run.id);
  DW_TRY(dw_scan_results_add(m->results, &run, m->value + t->point * m->setup->scan.keys));
  change(m, t, DONE);
  return DW_OK;
}

/* Runs that were finished before the program was killed, but aren't in the data set yet. */
static dw_status take_written(dw_scan_manager *m) {
  for (int64_t i = 0; i < task_count(m); i++) {
    task *t = &m->tasks[i];
    char id[DW_DATASET_TEXT];
    dw_scan_run_id(t->point, t->seed, t->level, id);
    if (t->written && t->state == WAITING && dw_scan_results_is_there(m->results, id)) {
      DW_TRY(add_results(m, t));
    }
  }
  return DW_OK;
}

/* A scan that was killed may have left directories of runs that the data set has. */
static dw_status remove_leftovers(const dw_scan_manager *m) {
  for (int64_t i = 0; !m->setup->scan.keep_runs && i < task_count(m); i++) {
    char id[DW_DATASET_TEXT];
    if (m->tasks[i].state == DONE) {
      dw_scan_run_id(m->tasks[i].point, m->tasks[i].seed, m->tasks[i].level, id);
      DW_TRY(dw_scan_remove_run(&m->setup->directory, id));
    }
  }
  return DW_OK;
}

static dw_status open_journal(dw_scan_manager *m, bool restart) {
  const char *path = m->setup->directory.journal;
  if (!restart) {
    return dw_journal_create(&m->journal, path, m->setup->scan.keys);
  }
  dw_journal_entry *entries = NULL;
  int64_t count = 0;
  DW_TRY(dw_journal_open(&m->journal, path, m->setup->scan.keys, &entries, &count));
  const dw_status status = replay(m, entries, count);
  dw_free(entries);
  DW_TRY(status);
  mark_finished(m);
  DW_TRY(remove_leftovers(m));
  return take_written(m);
}

static dw_status begin(dw_scan_manager *m, const dw_provenance *provenance, const char *text, bool restart) {
  const dw_scan *scan = &m->setup->scan;
  m->policy = dw_policy_find(scan->design);
  if (m->policy == NULL) {
    return dw_fail(DW_ERR_INTERNAL, "design \"%s\" has no policy", scan->design);
  }
  dw_policy_axes(scan, m->axis);
  DW_TRY(dw_scan_results_create(&m->results, m->setup, provenance, text, restart));
  DW_TRY(open_journal(m, restart));
  DW_TRY(dw_log_open(&m->log, m->setup->directory.log));
  if (m->policy->adaptive) {
    return DW_OK; /* it is asked when it is its turn */
  }
  DW_TRY(ask(m));
  dw_log_line(&m->log, "scan         %s, %" PRId64 " points, %" PRId64 " runs, %" PRId64 " done, %" PRId64 " failed",
              scan->output, m->points, task_count(m), m->count[DONE], m->count[FAILED]);
  return DW_OK;
}

dw_status dw_scan_manager_create(dw_scan_manager **manager, const dw_scan_setup *setup, const dw_provenance *provenance,
                                 const char *text, bool restart, bool quiet, int groups) {
  *manager = NULL;
  dw_scan_manager *m = calloc(1, sizeof *m);
  if (m == NULL) {
    return dw_fail(DW_ERR_MEMORY, "no memory for the scan");
  }
  m->setup = setup;
  m->groups = groups;
  m->started = dw_seconds();
  m->shown = -1e30;
  m->terminal = isatty(STDOUT_FILENO) != 0;
  dw_log_init(&m->log, true, quiet);
  const dw_status status = begin(m, provenance, text, restart);
  if (status != DW_OK) {
    dw_scan_manager_destroy(m);
    return status;
  }
  *manager = m;
  return DW_OK;
}

void dw_scan_manager_destroy(dw_scan_manager *m) {
  if (m != NULL) {
    dw_journal_close(m->journal);
    dw_scan_results_destroy(m->results);
    dw_log_close(&m->log);
    free(m->value);
    free(m->blind);
    free(m->tasks);
    free(m);
  }
}

/* --- work --- */

static bool must_stop(dw_scan_manager *m) {
  const double limit = m->setup->base.store.walltime_minutes;
  if (dw_signals_caught() != 0 || (limit > 0.0 && dw_seconds() - m->started >= 60.0 * limit)) {
    m->stopping = true;
  }
  return m->stopping || m->status != DW_OK;
}

static void fill_job(const dw_scan_manager *m, const task *t, dw_scan_job *job) {
  memset(job, 0, sizeof *job);
  job->task = t - m->tasks;
  job->point = t->point;
  job->seed = t->seed;
  job->level = (int64_t)t->level;
  memcpy(job->value, m->value + t->point * m->setup->scan.keys, (size_t)m->setup->scan.keys * sizeof job->value[0]);
}

static dw_status journal_run(dw_scan_manager *m, dw_journal_kind kind, const task *t, const char *message) {
  dw_journal_entry entry = {.kind = kind, .point = t->point, .seed = t->seed, .level = t->level};
  (void)snprintf(entry.message, sizeof entry.message, "%s", message);
  return dw_journal_append(m->journal, &entry, 1);
}

dw_scan_answer dw_scan_manager_next(dw_scan_manager *m, dw_scan_job *job) {
  while (!must_stop(m)) {
    while (m->first < task_count(m) && m->tasks[m->first].state != WAITING) {
      m->first++;
    }
    if (m->first < task_count(m)) {
      task *t = &m->tasks[m->first];
      keep(m, journal_run(m, DW_JOURNAL_BEGUN, t, ""));
      t->begun = dw_seconds();
      change(m, t, RUNNING);
      fill_job(m, t, job);
      return m->status == DW_OK ? DW_SCAN_GIVEN : DW_SCAN_ENDED;
    }
    if (m->count[RUNNING] > 0) {
      return DW_SCAN_LATER;
    }
    if (m->ended) {
      return DW_SCAN_ENDED;
    }
    keep(m, ask(m));
  }
  return DW_SCAN_ENDED;
}

/* Its files into the data set. */
static dw_status take_results(dw_scan_manager *m, task *t) {
  DW_TRY(journal_run(m, DW_JOURNAL_DONE, t, ""));
  DW_TRY(add_results(m, t));
  return dw_scan_results_write(m->results, false);
}

static dw_status take_failure(dw_scan_manager *m, task *t, const char *message) {
  char id[DW_DATASET_TEXT];
  dw_scan_run_id(t->point, t->seed, t->level, id);
  change(m, t, FAILED);
  dw_log_line(&m->log, "failed       %s: %s", id, message);
  return journal_run(m, DW_JOURNAL_FAILED, t, message);
}

void dw_scan_manager_result(dw_scan_manager *m, const dw_scan_result *result) {
  if (result->task < 0) {
    return;
  }
  task *t = &m->tasks[result->task];
  const int level = t->level == DW_LEVEL_CHEAP ? 1 : 0;
  switch ((dw_status)result->status) {
    case DW_OK:
      m->timed[level]++;
      m->took[level] += dw_seconds() - t->begun;
      keep(m, take_results(m, t));
      break;
    case DW_STOPPED:
      change(m, t, WAITING);
      m->stopping = true;
      break;
    case DW_ERR_PARAM:
    case DW_ERR_INVALID: keep(m, take_failure(m, t, result->message)); break;
    default: /* the disk, memory: the next run would meet it too */
      change(m, t, WAITING);
      keep(m, dw_fail((dw_status)result->status, "%s", result->message));
  }
  m->first = 0;
  dw_scan_manager_show(m);
}

/* --- progress --- */

/* Seconds of the runs of one level that are left, less what those under way have had. */
static double left_of(const dw_scan_manager *m, int level, double mean, double now) {
  double left = 0.0;
  for (int64_t i = 0; i < task_count(m); i++) {
    const task *t = &m->tasks[i];
    if ((t->level == DW_LEVEL_CHEAP ? 1 : 0) == level && (t->state == WAITING || t->state == RUNNING)) {
      left += t->state == RUNNING ? fmax(mean - (now - t->begun), 0.0) : mean;
    }
  }
  return left;
}

/* NAN before anything is known. */
static double time_left(const dw_scan_manager *m, double now) {
  double left = 0.0;
  const int64_t timed = m->timed[0] + m->timed[1];
  for (int level = 0; level < 2; level++) {
    const double mean = m->timed[level] > 0 ? m->took[level] / (double)m->timed[level]
                        : timed > 0         ? (m->took[0] + m->took[1]) / (double)timed
                                            : (double)NAN;
    left += left_of(m, level, mean, now);
  }
  return left / (double)m->groups;
}

void dw_scan_manager_show(dw_scan_manager *m) {
  const double now = dw_seconds();
  if (m->points == 0 || now - m->shown < (m->terminal ? 0.5 : 30.0)) {
    return;
  }
  char text[256];
  char left[64] = "";
  const double seconds = time_left(m, now);
  if (isfinite(seconds)) {
    (void)snprintf(left, sizeof left, seconds < 120.0 ? ", %.0f s left" : ", %.0f min left",
                   seconds < 120.0 ? seconds : seconds / 60.0);
  }
  (void)snprintf(text, sizeof text, "%" PRId64 " of %" PRId64 " runs done, %" PRId64 " running, %" PRId64 " failed%s",
                 m->count[DONE], task_count(m), m->count[RUNNING], m->count[FAILED], left);
  m->shown = now;
  if (m->terminal) {
    dw_log_bar(&m->log, text);
  } else {
    dw_log_line(&m->log, "%s", text);
  }
}

/* --- the end --- */

void dw_scan_manager_collect(dw_scan_manager *m) {
  for (int64_t i = 0; i < task_count(m) && m->status == DW_OK; i++) {
    task *t = &m->tasks[i];
    char id[DW_DATASET_TEXT];
    dw_scan_run_id(t->point, t->seed, t->level, id);
    if (t->state == WAITING && dw_scan_results_is_there(m->results, id)) {
      keep(m, take_results(m, t));
    }
  }
}

dw_status dw_scan_manager_for_each(const dw_scan_manager *m, dw_status (*visit)(void *context, const dw_scan_job *job),
                                   void *context) {
  for (int64_t i = 0; i < task_count(m); i++) {
    dw_scan_job job;
    if (m->tasks[i].state == WAITING) {
      fill_job(m, &m->tasks[i], &job);
      DW_TRY(visit(context, &job));
    }
  }
  return DW_OK;
}

dw_status dw_scan_manager_finish(dw_scan_manager *m) {
  const int64_t left = m->count[WAITING] + m->count[RUNNING];
  keep(m, dw_scan_results_write(m->results, true));
  keep(m, dw_scan_results_write_ensemble(m->results));
  dw_log_line(&m->log, "%s         %" PRId64 " of %" PRId64 " runs, %" PRId64 " failed, %.1f s",
              left == 0 && m->ended ? "done" : "left", m->count[DONE], task_count(m), m->count[FAILED],
              dw_seconds() - m->started);
  if (m->status != DW_OK) {
    return dw_fail(m->status, "%s", m->message);
  }
  if (left > 0 || !m->ended) {
    return dw_fail(DW_STOPPED, "%" PRId64 " of %" PRId64 " runs are left to do; go on with --restart", left,
                   task_count(m));
  }
  if (m->count[FAILED] > 0) {
    return dw_fail(DW_ERR_INVALID, "%" PRId64 " of %" PRId64 " runs have failed; %s says why", m->count[FAILED],
                   task_count(m), m->setup->directory.journal);
  }
  return DW_OK;
}
