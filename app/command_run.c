#include <stdio.h>
#include <stdlib.h>

#include "app/commands.h"
#include "app/run.h"
#include "app/signals.h"

static dw_status run_all(int argc, char **argv, int whole_count, char **whole, const dw_comm *comm) {
  dw_options options;
  DW_TRY(dw_options_parse(&options, argc, argv, "dwell run CONFIG [--set group.key=value]... [--restart] [--quiet]",
                          true));
  dw_run *run = malloc(sizeof *run);
  DW_TRY(dw_comm_agree(comm, run != NULL ? DW_OK : dw_fail(DW_ERR_MEMORY, "no memory for the run")));
  dw_status status = dw_run_create(run, &options, comm, whole_count, whole);
  if (status == DW_OK) {
    status = dw_run_evolve(run);
  }
  if (status == DW_ERR_INVALID && run->plugin != NULL) {
    char reason[DW_MESSAGE_LENGTH];
    (void)snprintf(reason, sizeof reason, "%s", dw_message());
    status = dw_fail(status, "%s; the potential is that of %s, which may be why", reason, dw_plugin_name(run->plugin));
  }
  if (status != DW_OK && run->log.file != NULL) { /* run.log keeps why it ended; the terminal gets it below */
    run->log.quiet = true;
    dw_log_line(&run->log, "%s", dw_message());
  }
  dw_run_destroy(run);
  free(run);
  return status;
}

int dw_command_run(int argc, char **argv, int whole_count, char **whole) {
  dw_signals_catch();
  dw_status status = dw_comm_start(NULL, NULL);
  const dw_comm *comm = dw_comm_world();
  if (status == DW_OK) {
    status = run_all(argc, argv, whole_count, whole, comm);
  }
  if (status != DW_OK && dw_comm_rank(comm) == 0) {
    (void)fprintf(stderr, "dwell: %s\n", dw_message());
  }
  dw_comm_stop();
  return dw_exit_code(status);
}
