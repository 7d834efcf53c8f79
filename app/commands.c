#include "app/commands.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "app/usage.h"

/* `dwell help`. */
static int help(int argc, char *const *argv) {
  dw_status status = DW_OK;
  if (argc == 0) {
    status = dw_usage_print(stdout);
  } else if (argc == 1 && strcmp(argv[0], "--man") == 0) {
    status = dw_usage_manual(stdout);
  } else if (argc == 1 && strcmp(argv[0], "--table") == 0) {
    status = dw_usage_table(stdout);
  } else {
    status = dw_fail(DW_ERR_PARAM, "help: %s isn't understood\nusage: dwell help [--man | --table]", argv[0]);
  }
  if (status == DW_OK && fflush(stdout) != 0) {
    status = dw_fail(DW_ERR_FILE, "the text can't be written; is the disk full?");
  }
  if (status != DW_OK) {
    (void)fprintf(stderr, "dwell: %s\n", dw_message());
  }
  return dw_exit_code(status);
}

/* The exit code of a command whose printed lines are its answer: on a full disk they are none. */
static int answered(int code) {
  const bool whole = fflush(stdout) == 0 && ferror(stdout) == 0;
  const bool failed = code != 0 && code != 10 && code != 11; /* and has said so */
  if (whole || failed) {
    return code;
  }
  (void)fprintf(stderr, "dwell: the answer can't be written to the standard output; is the disk full?\n");
  return dw_exit_code(DW_ERR_FILE);
}

int dw_commands_do(int argc, char **argv) {
  if (argc < 2) {
    (void)dw_usage_print(stderr);
    return 2;
  }
  const char *command = argv[1];
  if (strcmp(command, "run") == 0) {
    return dw_command_run(argc - 2, argv + 2, argc, argv);
  }
  if (strcmp(command, "check") == 0) {
    return dw_command_check(argc - 2, argv + 2);
  }
  if (strcmp(command, "analyse") == 0) {
    return answered(dw_command_analyse(argc - 2, argv + 2, argc, argv));
  }
  if (strcmp(command, "scan") == 0) {
    return dw_command_scan(argc - 2, argv + 2, argc, argv);
  }
  if (strcmp(command, "surrogate") == 0) {
    return answered(dw_command_surrogate(argc - 2, argv + 2, argc, argv));
  }
  if (strcmp(command, "report") == 0) {
    return dw_command_report(argc - 2, argv + 2);
  }
  if (strcmp(command, "params") == 0) {
    return dw_command_params(argc - 2, argv + 2);
  }
  if (strcmp(command, "--version") == 0) {
    return dw_command_version();
  }
  if (strcmp(command, "--help") == 0 || strcmp(command, "-h") == 0 || strcmp(command, "help") == 0) {
    return help(argc - 2, argv + 2);
  }
  (void)fprintf(stderr, "dwell: unknown command %s\n\n", command);
  (void)dw_usage_print(stderr);
  return 2;
}
