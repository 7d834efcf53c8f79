/* The rows of a table of a background from its text file. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cosmology/background_private.h"

enum { LINE_LENGTH = 1024 };

/* The file at hand, for messages. */
typedef struct source {
  const char *path;
  int line;
  const dw_background_columns *columns;
} source;

/* 0 for a line that says nothing, 1 for a row, -1 for neither. */
static int parse(const char *line, double *first, double *second) {
  const char *at = line + strspn(line, " \t\r\n");
  if (*at == '\0' || *at == '#') {
    return 0;
  }
  char *end = NULL;
  *first = strtod(at, &end);
  if (end == at) {
    return -1;
  }
  at = end;
  *second = strtod(at, &end);
  return end != at && end[strspn(end, " \t\r\n")] == '\0' ? 1 : -1;
}

static dw_status add_row(dw_background *b, const source *from, double first, double second) {
  const dw_background_columns *c = from->columns;
  if (b->rows == DW_BACKGROUND_MOST_ROWS) {
    return dw_fail(DW_ERR_PARAM, "%s:%d: too many rows; give at most %d", from->path, from->line,
                   DW_BACKGROUND_MOST_ROWS);
  }
  if (!(isfinite(first) && isfinite(second) && first > 0.0 && second > 0.0)) {
    return dw_fail(DW_ERR_PARAM, "%s:%d: %s = %g, %s = %g; both have to be > 0", from->path, from->line, c->first,
                   first, c->second, second);
  }
  dw_monotone *row = &b->row[b->rows];
  b->tau_start = b->rows == 0 ? first : b->tau_start;
  row->x = log(first);
  row->y = log(second);
  if (b->rows > 0 && !(row->x > row[-1].x && (c->second_falls ? row->y < row[-1].y : row->y > row[-1].y))) {
    return dw_fail(DW_ERR_PARAM, "%s:%d: %s = %.10g, %s = %.10g; from row to row %s", from->path, from->line, c->first,
                   first, c->second, second,
                   c->second_falls ? "the first has to increase and the second to decrease" : "both have to increase");
  }
  b->rows++;
  return DW_OK;
}

static dw_status read_lines(dw_background *b, source *from, FILE *file) {
  char text[LINE_LENGTH];
  for (from->line = 1; fgets(text, sizeof text, file) != NULL; from->line++) {
    double first = 0.0;
    double second = 0.0;
    const int kind = strlen(text) + 1 < sizeof text ? parse(text, &first, &second) : -1;
    if (kind < 0) {
      return dw_fail(DW_ERR_PARAM, "%s:%d: expected two numbers, %s and %s, or a comment that begins with #",
                     from->path, from->line, from->columns->first, from->columns->second);
    }
    if (kind > 0) {
      DW_TRY(add_row(b, from, first, second));
    }
  }
  if (ferror(file)) {
    return dw_fail(DW_ERR_FILE, "can't read %s: %s", from->path, strerror(errno));
  }
  return b->rows >= 3 ? DW_OK : dw_fail(DW_ERR_PARAM, "%s: %d rows; give at least 3", from->path, b->rows);
}

dw_status dw_background_read_rows(dw_background *background, const char *path, const dw_background_columns *columns) {
  FILE *file = fopen(path, "r");
  if (file == NULL) {
    return dw_fail(DW_ERR_FILE, "cosmology.table: can't open %s: %s", path, strerror(errno));
  }
  source from = {.path = path, .columns = columns};
  background->rows = 0;
  const dw_status status = read_lines(background, &from, file);
  (void)fclose(file);
  return status;
}
