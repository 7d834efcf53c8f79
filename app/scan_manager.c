#include "app/scan_manager.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/progress.h"
#include "app/scan_results.h"
#include "app/scan_tasks.h"
#include "app/signals.h"
#include "base/memory.h"

struct dw_scan_manager {
  const dw_scan_setup *setup;
  const dw_policy *policy;
  dw_axis axis[DW_SCAN_KEYS];
  dw_journal *journal;
  dw_scan_results *results;
  dw_log log;
  dw_tasks tasks;
  int groups;
  double started;
  double shown;
  bool terminal;
  bool ended;    /* the policy has no more points */
  bool stopping; /* by a signal or the wall-clock limit */
  dw_status status;
  char message[DW_MESSAGE_LENGTH]; /* of the first error */
};

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
    entries[i] = (dw_journal_entry){.kind = DW_JOURNAL_POINT, .point = m->tasks.points + i, .blind = batch->blind[i]};
    memcpy(entries[i].value, batch->value + i * keys, (size_t)keys * sizeof entries[i].value[0]);
  }
  const dw_status status = dw_journal_append(m->journal, entries, batch->points);
  free(entries);
  return status;
}

static dw_status take_batch(dw_scan_manager *m, const dw_policy_batch *batch) {
  DW_TRY(journal_batch(m, batch));
  for (int64_t i = 0; i < batch->points; i++) {
    DW_TRY(dw_tasks_add(&m->tasks, batch->value + i * m->setup->scan.keys, batch->blind[i]));
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
                                 .given = m->tasks.points,
                                 .value = m->tasks.value,
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
      if (entry->point != m->tasks.points) {
        return dw_fail(DW_ERR_FILE, "%s: point %" PRId64 " stands where %" PRId64 " is expected; the file is damaged",
                       m->setup->directory.journal, entry->point, m->tasks.points);
      }
      DW_TRY(dw_tasks_add(&m->tasks, entry->value, entry->blind));
      continue;
    }
    if (!dw_tasks_could_have(&m->tasks, entry->point, entry->seed)) {
      return dw_fail(DW_ERR_PARAM,
                     "--restart: point %" PRId64 " of %s has a run with seed %" PRId64
                     ", which it has no more; bring back realisations, or choose another output",
                     entry->point, m->setup->directory.journal, entry->seed);
    }
    dw_task *t = dw_tasks_find(&m->tasks, entry->point, entry->seed, entry->level);
    if (t != NULL && entry->kind == DW_JOURNAL_FAILED) {
      dw_tasks_change(&m->tasks, t, DW_TASK_FAILED);
    } else if (t != NULL && entry->kind == DW_JOURNAL_DONE) {
      t->written = true;
    }
  }
  return DW_OK;
}

static void mark_finished(dw_scan_manager *m) {
  const dw_dataset *d = dw_scan_results_dataset(m->results);
  for (int64_t i = 0; d != NULL && i < d->runs; i++) {
    dw_task *t = dw_tasks_find(&m->tasks, d->run[i].point, d->run[i].seed, d->run[i].level);
    if (t != NULL) {
      dw_tasks_change(&m->tasks, t, DW_TASK_DONE);
    }
  }
}

static dw_status add_results(dw_scan_manager *m, dw_task *t) {
  dw_dataset_run run = {.point = t->point, .seed = t->seed, .level = t->level, .blind = m->tasks.blind[t->point]};
  dw_scan_run_id(t->point, t->seed, t->level, run.id);
  DW_TRY(dw_scan_results_add(m->results, &run, m->tasks.value + t->point * m->setup->scan.keys));
  dw_tasks_change(&m->tasks, t, DW_TASK_DONE);
  return DW_OK;
}

/* Whether the run is finished in its directory. One that can't be read counts as left, which is said. */
static dw_status find_run(dw_scan_manager *m, const dw_task *t, bool *there) {
  char id[DW_DATASET_TEXT];
  dw_scan_run_id(t->point, t->seed, t->level, id);
  DW_TRY(dw_scan_results_find(m->results, id, there));
  if (!*there && dw_message()[0] != '\0') {
    dw_log_line(&m->log, "left out     %s: %s", id, dw_message());
  }
  return DW_OK;
}

/* Runs that were finished before the program was killed, but aren't in the data set yet. */
static dw_status take_written(dw_scan_manager *m) {
  for (int64_t i = 0; i < dw_tasks_count(&m->tasks); i++) {
    dw_task *t = &m->tasks.task[i];
    bool there = false;
    if (t->written && t->state == DW_TASK_WAITING) {
      DW_TRY(find_run(m, t, &there));
    }
    DW_TRY(there ? add_results(m, t) : DW_OK);
  }
  return DW_OK;
}

/* A scan that was killed may have left directories of runs that the data set has. */
static dw_status remove_leftovers(const dw_scan_manager *m) {
  for (int64_t i = 0; !m->setup->scan.keep_runs && i < dw_tasks_count(&m->tasks); i++) {
    char id[DW_DATASET_TEXT];
    if (m->tasks.task[i].state == DW_TASK_DONE) {
      dw_scan_run_id(m->tasks.task[i].point, m->tasks.task[i].seed, m->tasks.task[i].level, id);
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
              scan->output, m->tasks.points, dw_tasks_count(&m->tasks), m->tasks.count[DW_TASK_DONE],
              m->tasks.count[DW_TASK_FAILED]);
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
  dw_tasks_init(&m->tasks, setup);
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
    dw_tasks_finalize(&m->tasks);
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

static void fill_job(const dw_scan_manager *m, const dw_task *t, dw_scan_job *job) {
  memset(job, 0, sizeof *job);
  job->task = t - m->tasks.task;
  job->point = t->point;
  job->seed = t->seed;
  job->level = (int64_t)t->level;
  memcpy(job->value, m->tasks.value + t->point * m->setup->scan.keys,
         (size_t)m->setup->scan.keys * sizeof job->value[0]);
}

static dw_status journal_run(dw_scan_manager *m, dw_journal_kind kind, const dw_task *t, const char *message) {
  dw_journal_entry entry = {.kind = kind, .point = t->point, .seed = t->seed, .level = t->level};
  (void)snprintf(entry.message, sizeof entry.message, "%s", message);
  return dw_journal_append(m->journal, &entry, 1);
}

dw_scan_answer dw_scan_manager_next(dw_scan_manager *m, dw_scan_job *job) {
  while (!must_stop(m)) {
    dw_task *t = dw_tasks_next(&m->tasks);
    if (t != NULL) {
      keep(m, journal_run(m, DW_JOURNAL_BEGUN, t, ""));
      if (m->status != DW_OK) {
        return DW_SCAN_ENDED;
      }
      t->begun = dw_seconds();
      dw_tasks_change(&m->tasks, t, DW_TASK_RUNNING);
      fill_job(m, t, job);
      return DW_SCAN_GIVEN;
    }
    if (m->tasks.count[DW_TASK_RUNNING] > 0) {
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
static dw_status take_results(dw_scan_manager *m, dw_task *t) {
  DW_TRY(journal_run(m, DW_JOURNAL_DONE, t, ""));
  DW_TRY(add_results(m, t));
  return dw_scan_results_write(m->results, false);
}

static dw_status take_failure(dw_scan_manager *m, dw_task *t, const char *message) {
  char id[DW_DATASET_TEXT];
  dw_scan_run_id(t->point, t->seed, t->level, id);
  dw_tasks_change(&m->tasks, t, DW_TASK_FAILED);
  dw_log_line(&m->log, "failed       %s: %s", id, message);
  return journal_run(m, DW_JOURNAL_FAILED, t, message);
}

void dw_scan_manager_result(dw_scan_manager *m, const dw_scan_result *result) {
  if (result->task < 0) {
    return;
  }
  dw_task *t = &m->tasks.task[result->task];
  switch ((dw_status)result->status) {
    case DW_OK:
      dw_tasks_time(&m->tasks, t, dw_seconds());
      keep(m, take_results(m, t));
      break;
    case DW_STOPPED:
      dw_tasks_change(&m->tasks, t, DW_TASK_WAITING);
      m->stopping = true;
      break;
    case DW_ERR_PARAM:
    case DW_ERR_INVALID: keep(m, take_failure(m, t, result->message)); break;
    default: /* the disk, memory: the next run would meet it too */
      dw_tasks_change(&m->tasks, t, DW_TASK_WAITING);
      keep(m, dw_fail((dw_status)result->status, "%s", result->message));
  }
  dw_scan_manager_show(m);
}

/* --- progress --- */

void dw_scan_manager_show(dw_scan_manager *m) {
  const double now = dw_seconds();
  if (m->tasks.points == 0 || now - m->shown < (m->terminal ? 0.5 : 30.0)) {
    return;
  }
  char text[256];
  char left[64] = "";
  const double seconds = dw_tasks_time_left(&m->tasks, m->groups, now);
  if (isfinite(seconds)) {
    (void)snprintf(left, sizeof left, seconds < 120.0 ? ", %.0f s left" : ", %.0f min left",
                   seconds < 120.0 ? seconds : seconds / 60.0);
  }
  (void)snprintf(text, sizeof text, "%" PRId64 " of %" PRId64 " runs done, %" PRId64 " running, %" PRId64 " failed%s",
                 m->tasks.count[DW_TASK_DONE], dw_tasks_count(&m->tasks), m->tasks.count[DW_TASK_RUNNING],
                 m->tasks.count[DW_TASK_FAILED], left);
  m->shown = now;
  if (m->terminal) {
    dw_log_bar(&m->log, text);
  } else {
    dw_log_line(&m->log, "%s", text);
  }
}

/* --- the end --- */

void dw_scan_manager_collect(dw_scan_manager *m) {
  for (int64_t i = 0; i < dw_tasks_count(&m->tasks) && m->status == DW_OK; i++) {
    dw_task *t = &m->tasks.task[i];
    bool there = false;
    if (t->state == DW_TASK_WAITING) {
      keep(m, find_run(m, t, &there));
    }
    if (there) {
      keep(m, take_results(m, t));
    }
  }
}

void dw_scan_manager_plan(dw_scan_manager *m) {
  if (m->tasks.count[DW_TASK_WAITING] == 0 && !m->ended) {
    keep(m, ask(m));
  }
}

dw_status dw_scan_manager_for_each(const dw_scan_manager *m, dw_status (*visit)(void *context, const dw_scan_job *job),
                                   void *context) {
  for (int64_t i = 0; i < dw_tasks_count(&m->tasks); i++) {
    dw_scan_job job;
    if (m->tasks.task[i].state == DW_TASK_WAITING) {
      fill_job(m, &m->tasks.task[i], &job);
      DW_TRY(visit(context, &job));
    }
  }
  return DW_OK;
}

dw_status dw_scan_manager_status(const dw_scan_manager *m) {
  return m->status == DW_OK ? DW_OK : dw_fail(m->status, "%s", m->message);
}

/* Of the runs whose results were taken since the start or the restart. */
static void say_warnings(dw_scan_manager *m) {
  const char *first = "";
  const int64_t warned = dw_scan_results_warned(m->results, &first);
  if (warned > 0) {
    dw_log_line(&m->log, "warnings     of %" PRId64 " runs (keep_runs = true keeps their run.log), such as %s", warned,
                first);
  }
}

dw_status dw_scan_manager_finish(dw_scan_manager *m) {
  const int64_t left = m->tasks.count[DW_TASK_WAITING] + m->tasks.count[DW_TASK_RUNNING];
  keep(m, dw_scan_results_write(m->results, true));
  keep(m, dw_scan_results_write_ensemble(m->results));
  dw_log_line(&m->log, "%s         %" PRId64 " of %" PRId64 " runs, %" PRId64 " failed, %.1f s",
              left == 0 && m->ended ? "done" : "left", m->tasks.count[DW_TASK_DONE], dw_tasks_count(&m->tasks),
              m->tasks.count[DW_TASK_FAILED], dw_seconds() - m->started);
  say_warnings(m);
  DW_TRY(dw_scan_manager_status(m));
  if (left == 0 && !m->ended) {
    return dw_fail(DW_STOPPED,
                   "all %" PRId64 " runs so far are done, but more points may be needed; go on with --restart",
                   dw_tasks_count(&m->tasks));
  }
  if (left > 0) {
    return dw_fail(DW_STOPPED, "%" PRId64 " of %" PRId64 " runs are left to do; go on with --restart", left,
                   dw_tasks_count(&m->tasks));
  }
  if (m->tasks.count[DW_TASK_FAILED] > 0) {
    return dw_fail(DW_ERR_INVALID, "%" PRId64 " of %" PRId64 " runs have failed; %s says why",
                   m->tasks.count[DW_TASK_FAILED], dw_tasks_count(&m->tasks), m->setup->directory.journal);
  }
  return DW_OK;
}
