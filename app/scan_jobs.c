#include "app/scan_jobs.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/scan_work.h"
#include "lattice/replace.h"
#include "params/print.h"

typedef struct jobs {
  const dw_scan_setup *setup;
  const char *folder;
  FILE *list; /* in memory: runs.txt */
  int64_t count;
} jobs;

static dw_status write_job(void *context, const dw_scan_job *job) {
  jobs *j = context;
  char id[DW_DATASET_TEXT];
  char path[DW_PATH_LENGTH];
  char *text = NULL;
  dw_params *params = malloc(sizeof *params);
  if (params == NULL) {
    return dw_fail(DW_ERR_MEMORY, "no memory for the parameters of a job");
  }
  dw_status status = dw_scan_work_params(j->setup, job, params);
  if (status == DW_ERR_PARAM) { /* such a run fails when the scan goes on */
    (void)printf("left out: %s\n", dw_message());
    free(params);
    return DW_OK;
  }
  if (status == DW_OK) {
    status = dw_params_text(params, &text);
  }
  if (status == DW_OK) {
    dw_scan_run_id(job->point, job->seed, (dw_dataset_level)job->level, id);
    (void)snprintf(path, sizeof path, "%s/%s.cfg", j->folder, id);
    status = dw_replace_file(path, text, strlen(text));
    (void)fprintf(j->list, "%s %s\n", id, params->output);
    j->count++;
  }
  free(text);
  free(params);
  return status;
}

/* Characters that the shell would take for something else inside double quotes. */
static bool is_plain(const char *text) { return strpbrk(text, "\"\\$`\n") == NULL; }

/* SLURM starts a copy of the script elsewhere, so it names all folders. */
static dw_status write_script(const jobs *j, const char *list) {
  char path[DW_PATH_LENGTH];
  char here[PATH_MAX];
  char folder[PATH_MAX + DW_PATH_LENGTH];
  char *text = NULL;
  size_t length = 0;
  if (getcwd(here, sizeof here) == NULL || !is_plain(here) || !is_plain(j->folder)) {
    return dw_fail(DW_ERR_FILE, "--jobs %s: the path can't be found out, or has characters that a script can't quote",
                   j->folder);
  }
  (void)snprintf(folder, sizeof folder, "%s%s%s", j->folder[0] == '/' ? "" : here, j->folder[0] == '/' ? "" : "/",
                 j->folder);
  FILE *stream = open_memstream(&text, &length);
  if (stream == NULL) {
    return dw_fail(DW_ERR_MEMORY, "no memory for the script of the jobs");
  }
  (void)fprintf(stream,
                "#!/bin/sh\n"
                "#SBATCH --array=0-%" PRId64 "\n"
                "# One run of the scan for each task: sbatch array.sh, or ./array.sh N for run N (from 0).\n"
                "# A run that was stopped goes on from its checkpoint. `dwell scan ... --collect` takes the results.\n"
                "set -eu\n"
                "task=${1:-${SLURM_ARRAY_TASK_ID:?no task number}}\n"
                "cd \"%s\"\n"
                "line=$(sed -n \"$((task + 1))p\" \"%s/runs.txt\")\n"
                "[ -n \"$line\" ] || { echo \"there is no run $task\" >&2; exit 2; }\n"
                "id=${line%%%% *}\n"
                "output=${line#* }\n"
                "how='--set overwrite=true'\n"
                "for checkpoint in \"$output\"/checkpoints/checkpoint_*.h5; do\n"
                "  [ ! -e \"$checkpoint\" ] || how=--restart\n"
                "done\n"
                "# shellcheck disable=SC2086\n"
                "exec ${DWELL:-dwell} run \"%s/$id.cfg\" $how\n",
                j->count - 1, here, folder, folder);
  dw_status status = fclose(stream) == 0 ? DW_OK : dw_fail(DW_ERR_MEMORY, "no memory for the script of the jobs");
  (void)snprintf(path, sizeof path, "%s/runs.txt", j->folder);
  if (status == DW_OK) {
    status = dw_replace_file(path, list, strlen(list));
  }
  (void)snprintf(path, sizeof path, "%s/array.sh", j->folder);
  if (status == DW_OK) {
    status = dw_replace_file(path, text, length);
  }
  if (status == DW_OK && chmod(path, 0755) != 0) {
    status = dw_fail(DW_ERR_FILE, "%s can't be made executable: %s", path, strerror(errno));
  }
  free(text);
  return status;
}

dw_status dw_scan_jobs_write(const dw_scan_manager *manager, const dw_scan_setup *setup, const char *folder) {
  char *list = NULL;
  size_t length = 0;
  jobs j = {.setup = setup, .folder = folder};
  DW_TRY(dw_directory_make(folder, "--jobs DIR"));
  j.list = open_memstream(&list, &length);
  if (j.list == NULL) {
    return dw_fail(DW_ERR_MEMORY, "no memory for the list of jobs");
  }
  dw_status status = dw_scan_manager_for_each(manager, write_job, &j);
  if (fclose(j.list) != 0 && status == DW_OK) {
    status = dw_fail(DW_ERR_MEMORY, "no memory for the list of jobs");
  }
  if (status == DW_OK && j.count > 0) {
    status = write_script(&j, list);
  }
  free(list);
  if (status == DW_OK && j.count == 0) {
    (void)printf("0 runs in %s: nothing is left to do\n", folder);
  } else if (status == DW_OK) {
    (void)printf("%" PRId64 " runs in %s; submit them with: sbatch %s/array.sh\nthen: dwell scan %s --collect\n",
                 j.count, folder, folder, setup->scan.path);
  }
  return status;
}
