#include "app/surrogate_query.h"

#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/scan_place.h"
#include "app/setup.h"
#include "app/signals.h"
#include "app/surrogate_commands.h"

const char *dw_query_way_name(dw_query_way way) {
  static const char *const names[] = {"emulated", "corrected", "simulated"};
  return names[way];
}

/* --- the runs --- */

/* scan.cfg of the runs' directory, beside base.cfg. */
static void describe_scan(const dw_scan_setup *setup, char *text, size_t size) {
  (void)snprintf(text, size,
                 "// runs of a query of a surrogate (dwell surrogate query)\n"
                 "base = \"base.cfg\";\ndesign = \"list\";\npoints = 1;\nseeds = %lld;\n",
                 (long long)setup->scan.seeds);
}

static dw_status open_runs(dw_scan_manager **manager, const dw_scan_setup *setup, const dw_provenance *provenance,
                           const char *text, bool quiet) {
  const bool used = dw_scan_directory_is_used(&setup->directory);
  DW_TRY(dw_scan_setup_directory(setup, used, text));
  return dw_scan_manager_create(manager, setup, provenance, text, used, quiet, 1);
}

/* All processes share a run; those that are done aren't made again. */
static dw_status make_runs(const dw_scan_setup *setup, bool quiet, const dw_comm *comm, int whole_count, char **whole) {
  static dw_provenance provenance;
  dw_scan_manager *manager = NULL;
  char text[256];
  const bool first = dw_comm_rank(comm) == 0;
  describe_scan(setup, text, sizeof text);
  dw_provenance_collect(&provenance, comm, whole_count, whole, setup->base.seed, dw_setup_threads());
  dw_status status = dw_comm_agree(comm, first ? open_runs(&manager, setup, &provenance, text, quiet) : DW_OK);
  if (status == DW_OK) {
    status = dw_scan_place(manager, setup, comm, whole_count, whole);
  }
  if (status == DW_OK) {
    status = dw_comm_agree(comm, first ? dw_scan_manager_finish(manager) : DW_OK);
  }
  dw_scan_manager_destroy(manager);
  return status != DW_STOPPED ? status
                              : dw_fail(DW_STOPPED, "the query was stopped with runs left in %s; ask again to go on",
                                        setup->directory.root);
}

/* --- the query --- */

static dw_status answer(const dw_query *query, const dw_scan_setup *setup, int whole_count, char **whole) {
  dw_query_answer *a = calloc(1, sizeof *a);
  dw_provenance *provenance = calloc(1, sizeof *provenance);
  dw_status status = a != NULL && provenance != NULL ? dw_query_answer_init(a, query, setup)
                                                     : dw_fail(DW_ERR_MEMORY, "no memory for the answer");
  if (status == DW_OK) {
    dw_provenance_collect(provenance, dw_comm_self(), whole_count, whole, query->params.seed, omp_get_max_threads());
    status = dw_query_write(a, query, provenance);
  }
  if (status == DW_OK) {
    dw_query_say_answer(a, query);
  }
  if (a != NULL) {
    dw_query_answer_finalize(a);
  }
  free(provenance);
  free(a);
  return status;
}

/* What process 0 has decided, for the others. */
typedef struct plan {
  dw_scan_setup setup;
  bool run;
  bool dry_run;
  bool quiet;
} plan;

static dw_status decide(dw_query *query, dw_surrogate_options *options, plan *p, int argc, char *const *argv) {
  DW_TRY(dw_surrogate_options_parse(options, DW_SURROGATE_QUERY, argc, argv));
  DW_TRY(dw_query_open(query, options, &p->setup));
  const bool left = query->kept < query->seeds || dw_scan_directory_has_runs(&p->setup.directory);
  p->run = query->way != DW_QUERY_EMULATED && left && !options->dry_run;
  p->dry_run = options->dry_run;
  p->quiet = options->quiet;
  p->setup.scan.processes_per_run = dw_comm_size(dw_comm_world());
  dw_surrogate_say_place(query->emulator, query->parameter, query->model);
  dw_query_say_plan(query, &p->setup);
  (void)fflush(stdout);
  return DW_OK;
}

static dw_status ask(dw_query *query, dw_surrogate_options *options, plan *p, int argc, char *const *argv,
                     int whole_count, char **whole) {
  const dw_comm *comm = dw_comm_world();
  const bool first = dw_comm_rank(comm) == 0;
  DW_TRY(dw_comm_agree(comm, first ? decide(query, options, p, argc, argv) : DW_OK));
  dw_comm_broadcast(comm, p, sizeof *p);
  if (p->run) {
    DW_TRY(make_runs(&p->setup, p->quiet, comm, whole_count, whole));
  }
  return dw_comm_agree(comm, first && !p->dry_run ? answer(query, &p->setup, whole_count, whole) : DW_OK);
}

dw_status dw_surrogate_query(int argc, char *const *argv, int whole_count, char **whole) {
  dw_query *query = calloc(1, sizeof *query);
  dw_surrogate_options *options = calloc(1, sizeof *options);
  plan *p = calloc(1, sizeof *p);
  dw_signals_catch();
  dw_status status = dw_comm_agree(dw_comm_world(), query != NULL && options != NULL && p != NULL
                                                        ? DW_OK
                                                        : dw_fail(DW_ERR_MEMORY, "no memory for a query"));
  if (status == DW_OK) {
    status = ask(query, options, p, argc, argv, whole_count, whole);
    dw_query_close(query);
  }
  free(p);
  free(options);
  free(query);
  return status;
}
