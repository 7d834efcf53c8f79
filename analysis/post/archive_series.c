#include "analysis/post/archive_series.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "lattice/replace.h"

enum { MOST_FIELDS = 256 };

/* Two million rows; a sparse file can claim any size. */
static const long long MOST_BYTES = 1LL << 30;

/* The text and where we are in it. */
typedef struct reader {
  const char *path;
  char *text; /* owned */
  char *next; /* the line to come */
  char *end;
  int line; /* number of the last line taken */
  int fields;
  int column[MOST_FIELDS]; /* of each field; -1: unknown to this program */
} reader;

static const char *name_of(int column) { return dw_column_describe((dw_column)column)->name; }

/* Columns that every row has; others are empty where their quantity doesn't exist. */
static bool is_never_empty(int column) { return column <= DW_COLUMN_ENERGY_POTENTIAL || column == DW_COLUMN_VALID; }

static bool is_required(int column) { return column <= DW_COLUMN_VALID; }

static dw_status read_text(reader *r) {
  struct stat state;
  if (stat(r->path, &state) == 0 && (long long)state.st_size > MOST_BYTES) {
    return dw_fail(DW_ERR_FILE, "%s: %lld bytes are more than a time series has; is it the right file?", r->path,
                   (long long)state.st_size);
  }
  size_t bytes = 0;
  DW_TRY(dw_replace_read(r->path, &r->text, &bytes));
  r->next = r->text;
  r->end = r->text + bytes;
  return DW_OK;
}

/* --- lines and fields --- */

/* The line to come, cut at its newline; *length without it. */
static dw_status take_line(reader *r, char **line, size_t *length) {
  r->line++;
  char *newline = memchr(r->next, '\n', (size_t)(r->end - r->next));
  if (newline == NULL) {
    return dw_fail(DW_ERR_FILE,
                   "%s:%d: the line has no end, its writing was cut short; restart the run, which writes it anew, or "
                   "remove the line",
                   r->path, r->line);
  }
  *line = r->next;
  *length = (size_t)(newline - r->next);
  *newline = '\0';
  r->next = newline + 1;
  return DW_OK;
}

/* Cuts the line at its commas; *found may be larger than MOST_FIELDS, of which that many are set. */
static void split(char *line, size_t length, char *field[MOST_FIELDS], int *found) {
  char *start = line;
  *found = 0;
  for (char *c = line; c <= line + length; c++) {
    if (*c == ',' || c == line + length) {
      *c = '\0';
      if (*found < MOST_FIELDS) {
        field[*found] = start;
      }
      (*found)++;
      start = c + 1;
    }
  }
}

/* --- the first line --- */

static int find_column(const char *name) {
  for (int i = 0; i < DW_COLUMNS; i++) {
    if (strcmp(name_of(i), name) == 0) {
      return i;
    }
  }
  return -1;
}

static dw_status check_columns(const reader *r) {
  int times[DW_COLUMNS] = {0};
  for (int f = 0; f < r->fields; f++) {
    if (r->column[f] >= 0) {
      times[r->column[f]]++;
    }
  }
  for (int i = 0; i < DW_COLUMNS; i++) {
    if (times[i] > 1) {
      return dw_fail(DW_ERR_FILE, "%s:1: column %s is there %d times; is it the time series of a run?", r->path,
                     name_of(i), times[i]);
    }
  }
  for (int i = 0; i < DW_COLUMNS; i++) {
    if (times[i] == 0 && is_required(i)) {
      return dw_fail(DW_ERR_FILE, "%s:1: there is no column %s; is it the time series of a run?", r->path, name_of(i));
    }
  }
  return DW_OK;
}

static dw_status read_header(reader *r) {
  char *line = NULL;
  size_t length = 0;
  char *field[MOST_FIELDS];
  if (r->next == r->end) {
    return dw_fail(DW_ERR_FILE, "%s:1: the file is empty; bring it back from a copy or run again", r->path);
  }
  DW_TRY(take_line(r, &line, &length));
  split(line, length, field, &r->fields);
  if (r->fields > MOST_FIELDS) {
    return dw_fail(DW_ERR_FILE, "%s:1: %d columns; is it the time series of a run?", r->path, r->fields);
  }
  for (int f = 0; f < r->fields; f++) {
    r->column[f] = find_column(field[f]);
  }
  return check_columns(r);
}

/* --- rows --- */

static dw_status read_field(const reader *r, const char *field, const char *end, int column, double *value) {
  *value = (double)NAN;
  if (field == end && !is_never_empty(column)) {
    return DW_OK;
  }
  char *after = NULL;
  const double number = strtod(field, &after);
  if (field == end || after != end || !isfinite(number)) {
    return dw_fail(DW_ERR_FILE, "%s:%d: column %s holds no finite number; repair or remove the line", r->path, r->line,
                   name_of(column));
  }
  *value = number;
  return DW_OK;
}

static dw_status check_order(const reader *r, const dw_archive_series *series, int64_t row) {
  static const dw_column rising[] = {DW_COLUMN_STEP, DW_COLUMN_TAU};
  for (size_t i = 0; i < sizeof rising / sizeof rising[0]; i++) {
    const double *value = series->value[rising[i]];
    if (row > 0 && !(value[row] > value[row - 1])) {
      return dw_fail(DW_ERR_FILE, "%s:%d: %s = %.10g follows %.10g, it must rise; put the lines in order or run again",
                     r->path, r->line, name_of((int)rising[i]), value[row], value[row - 1]);
    }
  }
  return DW_OK;
}

static dw_status read_row(reader *r, dw_archive_series *series, int64_t row) {
  char *line = NULL;
  size_t length = 0;
  char *field[MOST_FIELDS];
  int found = 0;
  DW_TRY(take_line(r, &line, &length));
  split(line, length, field, &found);
  if (found != r->fields) {
    return dw_fail(DW_ERR_FILE, "%s:%d: %d fields where the first line names %d columns; repair or remove the line",
                   r->path, r->line, found, r->fields);
  }
  for (int f = 0; f < found; f++) {
    const char *end = f + 1 < found ? field[f + 1] - 1 : line + length;
    if (r->column[f] >= 0) {
      DW_TRY(read_field(r, field[f], end, r->column[f], &series->value[r->column[f]][row]));
    }
  }
  return check_order(r, series, row);
}

static int64_t count_lines(const reader *r) {
  int64_t lines = 0;
  for (const char *c = r->next; c < r->end; c++) {
    lines += *c == '\n';
  }
  return r->end > r->next && r->end[-1] != '\n' ? lines + 1 : lines;
}

static dw_status make_columns(dw_archive_series *series, int64_t rows) {
  void *block = NULL;
  DW_TRY(dw_alloc(&block, (size_t)rows * DW_COLUMNS, sizeof(double), "time series"));
  series->rows = rows;
  for (int i = 0; i < DW_COLUMNS; i++) {
    series->value[i] = (double *)block + i * rows;
  }
  for (int64_t i = 0; i < rows * DW_COLUMNS; i++) {
    series->value[0][i] = (double)NAN;
  }
  return DW_OK;
}

static dw_status read_all(reader *r, dw_archive_series *series) {
  DW_TRY(read_text(r));
  DW_TRY(read_header(r));
  const int64_t rows = count_lines(r);
  if (rows == 0) {
    return dw_fail(DW_ERR_FILE, "%s: there are no rows; run it (again)", r->path);
  }
  DW_TRY(make_columns(series, rows));
  for (int64_t row = 0; row < rows; row++) {
    DW_TRY(read_row(r, series, row));
  }
  return DW_OK;
}

dw_status dw_archive_series_read(dw_archive_series *series, const char *path) {
  reader r = {.path = path};
  *series = (dw_archive_series){.rows = 0};
  const dw_status status = read_all(&r, series);
  dw_free(r.text);
  if (status != DW_OK) {
    dw_archive_series_free(series);
  }
  return status;
}

void dw_archive_series_free(dw_archive_series *series) {
  dw_free(series->value[0]);
  *series = (dw_archive_series){.rows = 0};
}
