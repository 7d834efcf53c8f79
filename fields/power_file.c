#include "fields/power_file.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { LINE_LENGTH = 1024, FIRST_ROOM = 256 };

static const double EDGE = 1e-5;

/* --- reading, on one process --- */

typedef struct reader {
  const char *path;
  dw_power_file *file;
  int64_t room;
  int64_t line;
  int columns; /* of the first row */
} reader;

/* How many numbers the line has, up to 4; 0 for one that says nothing, -1 for something else. */
static int parse(const char *text, double value[4]) {
  const char *at = text + strspn(text, " \t\r\n");
  int count = 0;
  while (*at != '\0' && *at != '#' && count < 4) {
    char *end = NULL;
    value[count] = strtod(at, &end);
    if (end == at) {
      return -1;
    }
    count++;
    at = end + strspn(end, " \t\r\n");
  }
  return count;
}

static dw_status make_room(reader *r) {
  if (r->file->rows < r->room) {
    return DW_OK;
  }
  const int64_t room = r->room == 0 ? FIRST_ROOM : 2 * r->room;
  void *larger = NULL;
  DW_TRY(dw_alloc(&larger, (size_t)room, sizeof(dw_power_row), "the rows of a spectrum"));
  if (r->file->rows > 0) {
    memcpy(larger, r->file->row, (size_t)r->file->rows * sizeof(dw_power_row));
  }
  dw_free(r->file->row);
  r->file->row = larger;
  r->room = room;
  return DW_OK;
}

static dw_status add_row(reader *r, int columns, const double value[4]) {
  const long long line = (long long)r->line;
  if (columns < 2 || columns > 3) {
    return dw_fail(DW_ERR_PARAM,
                   "%s:%lld: expected k and the power of phi, and that of phi' if it is to move, or a comment that "
                   "begins with #",
                   r->path, line);
  }
  if (r->columns != 0 && columns != r->columns) {
    return dw_fail(DW_ERR_PARAM, "%s:%lld: %d numbers, rows before it have %d", r->path, line, columns, r->columns);
  }
  if (!(isfinite(value[0]) && value[0] > 0.0)) {
    return dw_fail(DW_ERR_PARAM, "%s:%lld: k = %g; it has to be > 0", r->path, line, value[0]);
  }
  DW_TRY(make_room(r));
  dw_power_row *row = &r->file->row[r->file->rows];
  *row = (dw_power_row){.log_k = log(value[0]), .log_power = {-(double)INFINITY, -(double)INFINITY}, .line = r->line};
  if (r->file->rows > 0 && !(row->log_k > row[-1].log_k)) {
    return dw_fail(DW_ERR_PARAM, "%s:%lld: k = %g; it has to increase from row to row", r->path, line, value[0]);
  }
  for (int which = 0; which < columns - 1; which++) {
    const double power = value[1 + which];
    if (!(isfinite(power) && power >= 0.0)) {
      return dw_fail(DW_ERR_PARAM, "%s:%lld: a power of %g; it has to be >= 0", r->path, line, power);
    }
    row->log_power[which] = power > 0.0 ? log(power) : -(double)INFINITY;
  }
  r->columns = columns;
  r->file->moving = columns == 3;
  r->file->rows++;
  return DW_OK;
}

static dw_status read_rows(reader *r, FILE *stream) {
  char text[LINE_LENGTH];
  for (r->line = 1; fgets(text, sizeof text, stream) != NULL; r->line++) {
    double value[4] = {0.0};
    const int columns = strlen(text) + 1 < sizeof text ? parse(text, value) : -1;
    if (columns != 0) {
      DW_TRY(add_row(r, columns, value));
    }
  }
  return ferror(stream) ? dw_fail(DW_ERR_FILE, "can't read %s: %s", r->path, strerror(errno)) : DW_OK;
}

/* --- the cubic --- */

static bool has_power(const dw_power_file *file, int which, int64_t i) {
  return i >= 0 && i < file->rows && isfinite(file->row[i].log_power[which]);
}

/* Mean slope from row i to the next, and their distance. */
static double secant(const dw_power_file *file, int which, int64_t i, double *h) {
  const dw_power_row *row = &file->row[i];
  *h = row[1].log_k - row->log_k;
  return (row[1].log_power[which] - row->log_power[which]) / *h;
}

/* Steffen's equations 24 to 26: in an end row the slope of the parabola through it and the two rows next to it, between
 * 0 and twice the secant. */
static double end_slope(double near, double h_near, double far, double h_far) {
  const double slope = near + (near - far) * h_near / (h_near + h_far);
  if (slope * near <= 0.0) {
    return 0.0;
  }
  return fabs(slope) > 2.0 * fabs(near) ? 2.0 * near : slope;
}

/* Steffen's equation 11: 0 where the values have an extremum. */
static double inner_slope(double left, double h_left, double right, double h_right) {
  if (!(left * right > 0.0)) {
    return 0.0;
  }
  const double parabola = (left * h_right + right * h_left) / (h_left + h_right);
  return copysign(fmin(fabs(parabola), 2.0 * fmin(fabs(left), fabs(right))), left);
}

/* At an end of rows with power; `inwards` is 1 at the first and -1 at the last. Two rows alone: a power law. */
static double slope_at_end(const dw_power_file *file, int which, int64_t i, int64_t inwards) {
  double h_near = 0.0;
  double h_far = 0.0;
  const int64_t next = i + inwards;
  const double near = secant(file, which, inwards > 0 ? i : next, &h_near);
  if (!has_power(file, which, next + inwards)) {
    return near;
  }
  const double far = secant(file, which, inwards > 0 ? next : next + inwards, &h_far);
  return end_slope(near, h_near, far, h_far);
}

/* The slope in row i, within the rows around it that have power. */
static double slope_at(const dw_power_file *file, int which, int64_t i) {
  if (!has_power(file, which, i - 1)) {
    return slope_at_end(file, which, i, 1);
  }
  if (!has_power(file, which, i + 1)) {
    return slope_at_end(file, which, i, -1);
  }
  double h_left = 0.0;
  double h_right = 0.0;
  const double left = secant(file, which, i - 1, &h_left);
  const double right = secant(file, which, i, &h_right);
  return inner_slope(left, h_left, right, h_right);
}

static dw_status find_slopes(dw_power_file *file, const char *path) {
  bool any = false;
  for (int which = 0; which < 2; which++) {
    for (int64_t i = 0; i < file->rows; i++) {
      if (!has_power(file, which, i)) {
        continue;
      }
      if (!has_power(file, which, i - 1) && !has_power(file, which, i + 1)) {
        return dw_fail(
            DW_ERR_PARAM,
            "%s:%lld: power in a single row is power at a single k; give the row before or after it some too", path,
            (long long)file->row[i].line);
      }
      file->row[i].slope[which] = slope_at(file, which, i);
      any = true;
    }
  }
  return any ? DW_OK : dw_fail(DW_ERR_PARAM, "%s: no row has power; give at least 2", path);
}

/* --- the whole --- */

static dw_status read_here(dw_power_file *file, const char *path) {
  FILE *stream = fopen(path, "r");
  if (stream == NULL) {
    return dw_fail(DW_ERR_FILE, "fields.initial.file: can't open %s: %s", path, strerror(errno));
  }
  reader r = {.path = path, .file = file};
  const dw_status status = read_rows(&r, stream);
  (void)fclose(stream);
  DW_TRY(status);
  return find_slopes(file, path);
}

/* To those that didn't read. */
static dw_status share(dw_power_file *file, const dw_comm *comm) {
  dw_power_row *mine = file->row;
  dw_comm_broadcast(comm, file, sizeof *file);
  file->row = mine;
  void *room = NULL;
  DW_TRY(dw_comm_alloc(comm, &room, mine == NULL ? (size_t)file->rows : 0, sizeof(dw_power_row),
                       "the rows of a spectrum"));
  if (mine == NULL) {
    file->row = room;
  } else {
    dw_free(room);
  }
  dw_comm_broadcast(comm, file->row, (size_t)file->rows * sizeof(dw_power_row));
  return DW_OK;
}

dw_status dw_power_file_read(dw_power_file **file, const char *path, const dw_comm *comm) {
  *file = NULL;
  void *block = NULL;
  DW_TRY(dw_comm_alloc(comm, &block, 1, sizeof(dw_power_file), "a spectrum"));
  dw_power_file *draft = block;
  *draft = (dw_power_file){.rows = 0};
  dw_status status = dw_comm_agree(comm, dw_comm_rank(comm) == 0 ? read_here(draft, path) : DW_OK);
  if (status == DW_OK) {
    status = share(draft, comm);
  }
  if (status != DW_OK) {
    dw_power_file_destroy(draft);
    return status;
  }
  *file = draft;
  return DW_OK;
}

void dw_power_file_destroy(dw_power_file *file) {
  if (file != NULL) {
    dw_free(file->row);
    dw_free(file);
  }
}

void dw_power_file_range(const dw_power_file *file, double range[2]) {
  range[0] = exp(file->row[0].log_k) * (1.0 - EDGE);
  range[1] = exp(file->row[file->rows - 1].log_k) * (1.0 + EDGE);
}

/* The row at or before log_k that has one behind it. */
static int64_t row_at(const dw_power_file *file, double log_k) {
  int64_t low = 0;
  int64_t high = file->rows - 1;
  while (high - low > 1) {
    const int64_t middle = (low + high) / 2;
    if (log_k >= file->row[middle].log_k) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return low;
}

double dw_power_file_at(const dw_power_file *file, int which, double k) {
  const double first = file->row[0].log_k;
  const double last = file->row[file->rows - 1].log_k;
  const double log_k = log(k);
  if (!(log_k >= first + log1p(-EDGE) && log_k <= last + log1p(EDGE))) {
    return 0.0;
  }
  const double within = fmin(fmax(log_k, first), last);
  const dw_power_row *row = &file->row[row_at(file, within)];
  const double left = row->log_power[which];
  const double right = row[1].log_power[which];
  if (!isfinite(left) || !isfinite(right)) {
    return 0.0;
  }
  const double h = row[1].log_k - row->log_k;
  const double x = within - row->log_k;
  const double mean = (right - left) / h;
  const double second = (3.0 * mean - 2.0 * row->slope[which] - row[1].slope[which]) / h;
  const double third = (row->slope[which] + row[1].slope[which] - 2.0 * mean) / (h * h);
  return exp(left + x * (row->slope[which] + x * (second + x * third)));
}
