#include "app/log.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

void dw_log_init(dw_log *log, bool active, bool quiet) {
  memset(log, 0, sizeof *log);
  log->active = active;
  log->quiet = quiet;
}

dw_status dw_log_open(dw_log *log, const char *path) {
  if (!log->active) {
    return DW_OK;
  }
  log->file = fopen(path, "a");
  if (log->file == NULL) {
    return dw_fail(DW_ERR_FILE, "%s can't be written: %s", path, strerror(errno));
  }
  if (fwrite(log->early, 1, log->early_length, log->file) != log->early_length || fflush(log->file) != 0) {
    return dw_fail(DW_ERR_FILE, "%s can't be written: %s", path, strerror(errno));
  }
  log->early_length = 0;
  return DW_OK;
}

void dw_log_close(dw_log *log) {
  if (log->bar) {
    (void)fputc('\n', stdout);
    log->bar = false;
  }
  (void)fflush(stdout);
  if (log->file != NULL) {
    (void)fclose(log->file);
    log->file = NULL;
  }
}

static void keep(dw_log *log, const char *text) {
  if (log->file != NULL) {
    (void)fprintf(log->file, "%s\n", text);
    (void)fflush(log->file);
    return;
  }
  const size_t length = strlen(text);
  if (log->early_length + length + 1 <= sizeof log->early) {
    memcpy(log->early + log->early_length, text, length);
    log->early[log->early_length + length] = '\n';
    log->early_length += length + 1;
  }
}

void dw_log_line(dw_log *log, const char *format, ...) {
  if (!log->active) {
    return;
  }
  char text[DW_MESSAGE_LENGTH];
  va_list arguments;
  va_start(arguments, format);
  (void)vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  if (!log->quiet) {
    (void)printf("%s%s\n", log->bar ? "\r\033[K" : "", text);
    (void)fflush(stdout);
    log->bar = false;
  }
  keep(log, text);
}

void dw_log_bar(dw_log *log, const char *text) {
  if (log->active && !log->quiet) {
    (void)printf("\r%s\033[K", text);
    (void)fflush(stdout);
    log->bar = true;
  }
}
