#include "app/scan_work.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/run.h"

static dw_status point_params(const dw_scan_setup *setup, const dw_scan_job *job, dw_params *params) {
  dw_report *report = calloc(1, sizeof *report);
  if (report == NULL) {
    return dw_fail(DW_ERR_MEMORY, "no memory for the report on parameters");
  }
  dw_report_init(report);
  const bool cheap = job->level == DW_LEVEL_CHEAP;
  const dw_status status = dw_scan_point(&setup->scan, &setup->base, cheap, job->value, job->seed, params, report);
  free(report);
  return status;
}

dw_status dw_scan_work_params(const dw_scan_setup *setup, const dw_scan_job *job, dw_params *params) {
  char id[DW_DATASET_TEXT];
  char path[DW_PATH_LENGTH];
  DW_TRY(point_params(setup, job, params));
  dw_scan_run_id(job->point, job->seed, (dw_dataset_level)job->level, id);
  dw_scan_run_path(&setup->directory, id, path);
  if (strlen(path) >= DW_TEXT_LENGTH) {
    return dw_fail(DW_ERR_FILE, "%s: the path is too long; choose a shorter output", path);
  }
  memset(params->output, 0, sizeof params->output);
  memcpy(params->output, path, strlen(path));
  params->overwrite = false;
  if (!setup->scan.keep_runs) {
    params->store.slices = 0.0; /* nobody would see them */
  }
  return DW_OK;
}

/* Whether the directory holds the beginning of the run; the first process looks for all. */
static bool has_begun(const dw_params *params, const dw_comm *group) {
  dw_directory directory;
  dw_directory_name(&directory, params->output);
  int64_t begun = dw_comm_rank(group) == 0 && access(directory.timeseries, F_OK) == 0;
  dw_comm_max_int64(group, &begun, 1);
  return begun != 0;
}

/* *spoiled: it can't go on from what its directory holds. */
static dw_status make_run(dw_run *run, const dw_params *params, bool restart, const dw_scan_setup *setup,
                          const dw_comm *group, const dw_scan_pulse *pulse, int argc, char *const *argv,
                          bool *spoiled) {
  dw_status status = dw_run_create_from(run, params, restart, true, true, group, argc, argv);
  run->passing = !setup->scan.keep_runs;
  run->pulse = pulse->call;
  run->pulse_context = pulse->context;
  if (status == DW_OK) {
    status = dw_run_evolve(run);
  }
  if (status != DW_OK && run->log.file != NULL) {
    dw_log_line(&run->log, "%s", dw_message());
  }
  *spoiled = restart && status == DW_ERR_FILE && !run->restored && !run->finished;
  dw_run_destroy(run);
  return status;
}

/* The beginning of a run is thrown away, for a reason that may be worth knowing; quiet scans say it too. */
static void say_anew(const dw_params *params, const dw_comm *group) {
  if (dw_comm_rank(group) == 0) {
    (void)fprintf(stderr, "dwell: warning: %s begins anew, it can't go on: %s\n", params->output, dw_message());
  }
}

/* From what its directory holds; else, and where that can't be used, from the beginning. */
static dw_status begin_or_go_on(dw_run *run, dw_params *params, const dw_scan_setup *setup, const dw_comm *group,
                                const dw_scan_pulse *pulse, int argc, char *const *argv) {
  bool spoiled = false;
  if (has_begun(params, group)) {
    const dw_status status = make_run(run, params, true, setup, group, pulse, argc, argv, &spoiled);
    if (!spoiled) {
      return status;
    }
    say_anew(params, group);
    dw_message_clear();
  }
  params->overwrite = true;
  return make_run(run, params, false, setup, group, pulse, argc, argv, &spoiled);
}

dw_status dw_scan_work(const dw_scan_setup *setup, const dw_scan_job *job, const dw_comm *group,
                       const dw_scan_pulse *pulse, double started, int argc, char *const *argv) {
  dw_run *run = malloc(sizeof *run);
  dw_params *params = malloc(sizeof *params);
  dw_status status = run == NULL || params == NULL ? dw_fail(DW_ERR_MEMORY, "no memory for a run") : DW_OK;
  if (status == DW_OK) {
    status = dw_scan_work_params(setup, job, params);
  }
  status = dw_comm_agree(group, status);
  if (status == DW_OK && setup->base.store.walltime_minutes > 0.0) { /* what is left of the scan's */
    params->store.walltime_minutes = fmax(setup->base.store.walltime_minutes - (dw_seconds() - started) / 60.0, 1e-6);
  }
  if (status == DW_OK) {
    status = begin_or_go_on(run, params, setup, group, pulse, argc, argv);
  }
  free(run);
  free(params);
  return status;
}
