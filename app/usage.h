/* The one table of commands, options and exit codes: the text of `dwell help`, the manual page and what the shell
 * completes all come from it.
 *
 * To add a command or an option, add a row in usage.c; what an option does is in the command's own file.
 *
 * Not collective. The tables are static and constant. */
#ifndef DW_APP_USAGE_H
#define DW_APP_USAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/status.h"

typedef struct dw_usage_command {
  const char *name;     /* "run", "surrogate train" */
  const char *synopsis; /* what follows "dwell"; a newline where the usage text breaks it */
  const char *doc;      /* one line */
} dw_usage_command;

typedef struct dw_usage_option {
  const char *command; /* the name of its command */
  const char *name;    /* "--set" */
  const char *value;   /* "" for a flag; "FILE" and "DIR" are paths, "KEY=VALUE" parameters, "a|b" words */
  const char *doc;     /* one sentence without a stop */
} dw_usage_option;

typedef struct dw_usage_code {
  int code;
  const char *doc;
} dw_usage_code;

size_t dw_usage_commands(void);
const dw_usage_command *dw_usage_command_at(size_t index);
size_t dw_usage_options(void);
const dw_usage_option *dw_usage_option_at(size_t index);
size_t dw_usage_codes(void);
const dw_usage_code *dw_usage_code_at(size_t index);

/* What `dwell help` prints. Errors: DW_ERR_FILE. */
dw_status dw_usage_print(FILE *file);

/* Whether there is such a command; of "surrogate" there are several. */
bool dw_usage_knows(const char *name);

/* What `dwell COMMAND --help` prints: synopsis and options. Errors: DW_ERR_FILE. */
dw_status dw_usage_print_command(FILE *file, const char *name);

/* For programs: a line for each command and each option, "command TAB option TAB value TAB doc"; the option is empty
 * in the line of a command. Errors: DW_ERR_FILE. */
dw_status dw_usage_table(FILE *file);

/* The manual page dwell(1), in the macros of man(7): commands, options, exit codes and all parameters of
 * params/table.h. Errors: DW_ERR_FILE. */
dw_status dw_usage_manual(FILE *file);

#endif
