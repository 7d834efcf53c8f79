#include "app/commands.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "app/usage.h"

/* The exit code of a text on the standard output. */
static int said(dw_status status) {
  if (status == DW_OK && fflush(stdout) != 0) {
    status = dw_fail(DW_ERR_FILE, "the text can't be written; is the disk full, or was it closed?");
  }
  if (status != DW_OK) {
    (void)fprintf(stderr, "dwell: %s\n", dw_message());
  }
  return dw_exit_code(status);
}

/* `dwell help`. */
static dw_status help(int argc, char *const *argv) {
  if (argc == 0) {
    return dw_usage_print(stdout);
  }
  if (argc == 1 && strcmp(argv[0], "--man") == 0) {
    return dw_usage_manual(stdout);
  }
  if (argc == 1 && strcmp(argv[0], "--table") == 0) {
    return dw_usage_table(stdout);
  }
  if (argc <= 2 && dw_usage_knows(argv[0])) {
    return dw_usage_print_command(stdout, argv[0]);
  }
  return dw_fail(DW_ERR_PARAM, "help: %s isn't understood\nusage: dwell help [COMMAND | --man | --table]", argv[0]);
}

/* The exit code of a command whose printed lines are its answer: on a full disk they are none. */
static int answered(int code) {
  const bool whole = fflush(stdout) == 0 && ferror(stdout) == 0;
  const bool failed = code != 0 && code != 10 && code != 11; /* and has said so */
  if (whole || failed) {
    return code;
  }
  (void)fprintf(stderr,
                "dwell: the answer can't be written to the standard output; is the disk full, or was it closed?\n");
  return dw_exit_code(DW_ERR_FILE);
}

/* `dwell COMMAND ... --help`; that of the report is Python's. */
static bool asks_for_help(int argc, char *const *argv) {
  const char *last = argv[argc - 1];
  return argc > 2 && (strcmp(last, "--help") == 0 || strcmp(last, "-h") == 0) && strcmp(argv[1], "report") != 0 &&
         dw_usage_knows(argv[1]);
}

int dw_commands_do(int argc, char **argv) {
  if (argc < 2) {
    (void)dw_usage_print(stderr);
    return 2;
  }
  const char *command = argv[1];
  if (asks_for_help(argc, argv)) {
    return said(dw_usage_print_command(stdout, command));
  }
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
    return said(help(argc - 2, argv + 2));
  }
  (void)fprintf(stderr, "dwell: unknown command %s\n\n", command);
  (void)dw_usage_print(stderr);
  return 2;
}
