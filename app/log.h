/* What a run prints: on the terminal unless --quiet, and in run.log once the run directory exists.
 * Only process 0 prints. Lines before dw_log_open are kept and written to the file when it is opened. */
#ifndef DW_APP_LOG_H
#define DW_APP_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/status.h"

enum { DW_LOG_EARLY = 65536 };

typedef struct dw_log {
  bool active; /* process 0 */
  bool quiet;  /* nothing on the terminal */
  bool bar;    /* a progress bar stands on the terminal's last line */
  FILE *file;
  size_t early_length;
  char early[DW_LOG_EARLY];
} dw_log;

/* Not collective, all of them. */
void dw_log_init(dw_log *log, bool active, bool quiet);

/* Appends to `path`. Errors: DW_ERR_FILE. */
dw_status dw_log_open(dw_log *log, const char *path);
void dw_log_close(dw_log *log);

/* One line, without its newline. */
void dw_log_line(dw_log *log, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The progress bar: rewritten in place on a terminal, nowhere else. */
void dw_log_bar(dw_log *log, const char *text);

#endif
