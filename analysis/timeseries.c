#include "analysis/timeseries.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "lattice/replace.h"

enum { FIELD_LENGTH = 32, LINE_LENGTH = FIELD_LENGTH * DW_COLUMNS };

struct dw_timeseries {
  const dw_comm *comm;
  int descriptor; /* -1 on all but process 0 */
  off_t size;     /* bytes of whole lines in the file */
  char path[];
};

/* --- text of lines --- */

static size_t header_line(char *line) {
  size_t used = 0;
  for (int i = 0; i < DW_COLUMNS; i++) {
    used += (size_t)snprintf(line + used, LINE_LENGTH - used, "%s%c", dw_column_describe((dw_column)i)->name,
                             i == DW_COLUMNS - 1 ? '\n' : ',');
  }
  return used;
}

static size_t row_line(const double row[DW_COLUMNS], char *line) {
  size_t used = 0;
  for (int i = 0; i < DW_COLUMNS; i++) {
    const char *format = dw_column_describe((dw_column)i)->integer ? "%.0f" : "%.17g";
    if (!isnan(row[i])) {
      used += (size_t)snprintf(line + used, LINE_LENGTH - used, format, row[i]);
    }
    line[used++] = i == DW_COLUMNS - 1 ? '\n' : ',';
  }
  return used;
}

/* --- opening --- */

static dw_status make_handle(dw_timeseries **series, const dw_comm *comm, const char *path) {
  *series = NULL;
  void *block = NULL;
  const size_t length = strlen(path) + 1;
  DW_TRY(dw_comm_alloc(comm, &block, 1, sizeof **series + length, "time series"));
  *series = block;
  (*series)->comm = comm;
  (*series)->descriptor = -1;
  (*series)->size = 0;
  memcpy((*series)->path, path, length);
  return DW_OK;
}

static dw_status open_end(dw_timeseries *series) {
  series->descriptor = open(series->path, O_WRONLY | O_APPEND);
  if (series->descriptor >= 0) {
    series->size = lseek(series->descriptor, 0, SEEK_END);
  }
  if (series->descriptor < 0 || series->size < 0) {
    return dw_fail(DW_ERR_FILE, "%s: can't be opened (%s); check the permissions", series->path, strerror(errno));
  }
  return DW_OK;
}

static dw_status start_file(dw_timeseries *series) {
  char line[LINE_LENGTH];
  const size_t length = header_line(line);
  DW_TRY(dw_replace_file(series->path, line, length));
  return open_end(series);
}

/* The same status everywhere; no handle after a failure. */
static dw_status settle(dw_timeseries **series, dw_status mine) {
  const dw_status status = dw_comm_agree((*series)->comm, mine);
  if (status != DW_OK) {
    dw_timeseries_close(*series);
    *series = NULL;
  }
  return status;
}

dw_status dw_timeseries_create(dw_timeseries **series, const dw_comm *comm, const char *path) {
  DW_TRY(make_handle(series, comm, path));
  return settle(series, dw_comm_rank(comm) == 0 ? start_file(*series) : DW_OK);
}

/* --- going on with an earlier file --- */

static dw_status check_header(const char *path, const char *text, size_t bytes) {
  char line[LINE_LENGTH];
  const size_t length = header_line(line);
  if (bytes >= length && memcmp(text, line, length) == 0) {
    return DW_OK;
  }
  return dw_fail(DW_ERR_FILE,
                 "%s:1: the columns aren't those of this version of the program; move the file away or "
                 "restart with the version that wrote it",
                 path);
}

/* The step of a row that ends at `end` (its newline); -1 where it isn't a row. */
static long long step_of(const char *row, const char *end) {
  int commas = 0;
  for (const char *c = row; c < end; c++) {
    commas += *c == ',';
  }
  char *after = NULL;
  const long long step = strtoll(row, &after, 10);
  return commas == DW_COLUMNS - 1 && after != row && *after == ',' ? step : -1;
}

/* *kept = bytes of the header and the rows up to `step`, *last the step of the last of them, -1 without any. A last
 * line without an end was torn: it isn't kept. */
static dw_status find_cut(const char *path, const char *text, size_t bytes, int64_t step, size_t *kept, int64_t *last) {
  const char *end = text + bytes;
  const char *row = memchr(text, '\n', bytes);
  row = row == NULL ? end : row + 1;
  *kept = (size_t)(row - text);
  *last = -1;
  for (int number = 2; row < end; number++) {
    const char *newline = memchr(row, '\n', (size_t)(end - row));
    if (newline == NULL) {
      return DW_OK;
    }
    const long long found = step_of(row, newline);
    if (found < 0) {
      return dw_fail(DW_ERR_FILE, "%s:%d: this is no row of %d fields; repair or remove the line", path, number,
                     (int)DW_COLUMNS);
    }
    if (found > (long long)step) {
      return DW_OK;
    }
    row = newline + 1;
    *kept = (size_t)(row - text);
    *last = found;
  }
  return DW_OK;
}

/* `needed`: the step of the last row kept; -1: not known. */
static dw_status cut_file(const char *path, int64_t step, int64_t needed, bool write) {
  char *text = NULL;
  size_t bytes = 0;
  DW_TRY(dw_replace_read(path, &text, &bytes));
  size_t kept = 0;
  int64_t last = -1;
  dw_status status = check_header(path, text, bytes);
  if (status == DW_OK) {
    status = find_cut(path, text, bytes, step, &kept, &last);
  }
  if (status == DW_OK && needed >= 0 && last != needed) {
    status =
        dw_fail(DW_ERR_FILE,
                "%s: rows are missing: up to the checkpoint, step %lld, the last one is of step %lld instead of %lld",
                path, (long long)step, (long long)last, (long long)needed);
  }
  if (status == DW_OK && write && kept < bytes) {
    status = dw_replace_file(path, text, kept);
  }
  dw_free(text);
  return status;
}

static dw_status restore_file(dw_timeseries *series, int64_t step) {
  DW_TRY(cut_file(series->path, step, -1, true));
  return open_end(series);
}

dw_status dw_timeseries_restore(dw_timeseries **series, const dw_comm *comm, const char *path, int64_t step) {
  DW_TRY(make_handle(series, comm, path));
  return settle(series, dw_comm_rank(comm) == 0 ? restore_file(*series, step) : DW_OK);
}

dw_status dw_timeseries_check(const dw_comm *comm, const char *path, int64_t step, int64_t last) {
  return dw_comm_agree(comm, dw_comm_rank(comm) == 0 ? cut_file(path, step, last, false) : DW_OK);
}

/* --- rows --- */

static dw_status append_line(dw_timeseries *series, const char *line, size_t length) {
  ssize_t written = -1;
  do {
    written = write(series->descriptor, line, length);
  } while (written < 0 && errno == EINTR);
  if (written == (ssize_t)length) {
    series->size += (off_t)length;
    return DW_OK;
  }
  const int reason = written < 0 ? errno : ENOSPC;
  const bool cut = written <= 0 || ftruncate(series->descriptor, series->size) == 0;
  return dw_fail(DW_ERR_FILE, "%s: a row can't be written (%s)%s; free some space and restart", series->path,
                 strerror(reason), cut ? "" : ", its last line is torn");
}

static dw_status append_row(dw_timeseries *series, const double row[DW_COLUMNS]) {
  char line[LINE_LENGTH];
  return append_line(series, line, row_line(row, line));
}

dw_status dw_timeseries_append(dw_timeseries *series, const double row[DW_COLUMNS]) {
  return dw_comm_agree(series->comm, dw_comm_rank(series->comm) == 0 ? append_row(series, row) : DW_OK);
}

dw_status dw_timeseries_sync(dw_timeseries *series) {
  dw_status status = DW_OK;
  if (series->descriptor >= 0 && fsync(series->descriptor) != 0) {
    status = dw_fail(DW_ERR_FILE, "%s: can't be forced to the disk (%s)", series->path, strerror(errno));
  }
  return dw_comm_agree(series->comm, status);
}

void dw_timeseries_close(dw_timeseries *series) {
  if (series != NULL) {
    if (series->descriptor >= 0) {
      (void)close(series->descriptor);
    }
    dw_free(series);
  }
}
