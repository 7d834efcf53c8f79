#include <inttypes.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/commands.h"
#include "app/scan_jobs.h"
#include "app/scan_place.h"
#include "app/setup.h"
#include "app/signals.h"

/* What there would be to do; nothing is written. */
static dw_status say_plan(const dw_scan_setup *setup) {
  const dw_scan *scan = &setup->scan;
  dw_axis axis[DW_SCAN_KEYS];
  dw_policy_batch batch;
  dw_policy_axes(scan, axis);
  const dw_policy_state state = {.scan = scan, .base = &setup->base, .axis = axis};
  const dw_policy *policy = dw_policy_find(scan->design);
  DW_TRY(policy != NULL ? policy->next(&state, &batch)
                        : dw_fail(DW_ERR_INTERNAL, "design \"%s\" has no policy", scan->design));
  const int64_t cheap = scan->cheap.enabled ? scan->cheap.seeds : 0;
  (void)printf("scan         %s, design %s: %" PRId64 " points%s\n", scan->output, scan->design, batch.points,
               policy->adaptive ? " to begin with" : "");
  (void)printf("runs         %" PRId64 " of %" PRId64 "^3, %" PRId64 " of %" PRId64 "^3 (cheap)\n",
               batch.points * scan->seeds, setup->base.lattice.points, batch.points * cheap,
               setup->cheap.lattice.points);
  (void)printf("point blind");
  for (int64_t i = 0; i < scan->keys; i++) {
    (void)printf(" %s", scan->key[i].key);
  }
  for (int64_t p = 0; p < batch.points; p++) {
    (void)printf("\n%5" PRId64 " %5d", p, batch.blind[p] ? 1 : 0);
    for (int64_t i = 0; i < scan->keys; i++) {
      (void)printf(" %.10g", batch.value[p * scan->keys + i]);
    }
  }
  (void)printf("\n");
  dw_policy_batch_free(&batch);
  return fflush(stdout) == 0 && ferror(stdout) == 0
             ? DW_OK
             : dw_fail(DW_ERR_FILE,
                       "the plan can't be written to the standard output; is the disk full, or was it closed?");
}

/* OMP_NUM_THREADS, which the user has set, goes before the scan file. */
static void set_threads(const dw_scan_setup *setup) {
  char text[32];
  if (setup->scan.threads > 0) {
    (void)snprintf(text, sizeof text, "%" PRId64, setup->scan.threads);
    if (getenv("OMP_NUM_THREADS") == NULL && setenv("OMP_NUM_THREADS", text, 0) == 0) {
      omp_set_num_threads((int)setup->scan.threads);
    }
  }
}

/* The part of process 0 before the first run: directory, journal, what is known so far. */
static dw_status open_scan(dw_scan_manager **manager, const dw_scan_setup *setup, const dw_scan_options *options,
                           const dw_provenance *provenance, char **text, int groups) {
  const bool restart = options->restart || options->collect;
  DW_TRY(dw_scan_setup_text(options, text));
  DW_TRY(dw_scan_setup_directory(setup, restart, *text));
  return dw_scan_manager_create(manager, setup, provenance, *text, restart, options->quiet, groups);
}

/* Without runs of this program's own. */
static dw_status arrange(dw_scan_manager *manager, const dw_scan_setup *setup, const dw_scan_options *options) {
  if (options->jobs != NULL) {
    dw_scan_manager_plan(manager);
    DW_TRY(dw_scan_manager_status(manager));
    return dw_scan_jobs_write(manager, setup, options->jobs);
  }
  dw_scan_manager_collect(manager);
  return dw_scan_manager_finish(manager);
}

static dw_status scan_all(const dw_scan_setup *setup, const dw_scan_options *options, const dw_comm *comm,
                          int whole_count, char **whole) {
  static dw_provenance provenance;
  dw_scan_manager *manager = NULL;
  char *text = NULL;
  const bool first = dw_comm_rank(comm) == 0;
  set_threads(setup);
  dw_provenance_collect(&provenance, comm, whole_count, whole, setup->base.seed, dw_setup_threads());
  const int groups = dw_comm_size(comm) / (int)setup->scan.processes_per_run;
  dw_status status =
      dw_comm_agree(comm, first ? open_scan(&manager, setup, options, &provenance, &text, groups) : DW_OK);
  if (status == DW_OK && (options->jobs != NULL || options->collect)) {
    status = dw_comm_agree(comm, first ? arrange(manager, setup, options) : DW_OK);
  } else if (status == DW_OK) {
    status = dw_scan_place(manager, setup, comm, whole_count, whole);
    if (status == DW_OK) {
      status = dw_comm_agree(comm, first ? dw_scan_manager_finish(manager) : DW_OK);
    }
  }
  dw_scan_manager_destroy(manager);
  free(text);
  return status;
}

static dw_status scan(int argc, char **argv, int whole_count, char **whole, const dw_comm *comm) {
  static dw_scan_options options;
  DW_TRY(dw_scan_options_parse(&options, argc, argv));
  dw_scan_setup *setup = malloc(sizeof *setup);
  DW_TRY(dw_comm_agree(comm, setup != NULL ? DW_OK : dw_fail(DW_ERR_MEMORY, "no memory for the scan")));
  dw_status status = dw_scan_setup_read(setup, &options, comm);
  if (status == DW_OK && options.dry_run) {
    status = dw_comm_agree(comm, dw_comm_rank(comm) == 0 ? say_plan(setup) : DW_OK);
  } else if (status == DW_OK) {
    status = scan_all(setup, &options, comm, whole_count, whole);
  }
  free(setup);
  return status;
}

int dw_command_scan(int argc, char **argv, int whole_count, char **whole) {
  dw_signals_catch();
  dw_status status = dw_comm_start(NULL, NULL);
  const dw_comm *comm = dw_comm_world();
  if (status == DW_OK) {
    status = scan(argc, argv, whole_count, whole, comm);
  }
  if (status != DW_OK && dw_comm_rank(comm) == 0) {
    (void)fprintf(stderr, "dwell: %s\n", dw_message());
  }
  dw_comm_stop();
  return dw_exit_code(status);
}
