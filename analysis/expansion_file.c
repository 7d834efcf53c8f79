#include "analysis/expansion_file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "lattice/replace.h"

enum { TAU, A, HUBBLE, TIME, COLUMNS };

/* Of the step: how far a time may be from its place. */
static const double SLACK = 1e-6;

static void print_rows(FILE *stream, const dw_expansion *e) {
  const dw_background_record *record = e->record;
  (void)fprintf(
      stream,
      "# Scale factor driven by the field and a fluid: eta/M_P = %.17g, w = %.17g, energy density of the fluid "
      "%.17g a^(-3 (1 + w)) m^2 eta^2\n"
      "# tau [1/m], a, conformal Hubble rate [m], t [1/m]\n",
      sqrt(e->now.coupling), e->model->background.fluid_w, e->now.fluid);
  for (int64_t i = 0; i < record->count; i += 2) {
    const dw_background_node *node = &record->node[i];
    (void)fprintf(stream, "%.17g %.17g %.17g %.17g\n", record->tau_start + (double)(i / 2) * e->state->dtau, node->a,
                  node->slope / node->a, node->time);
  }
}

dw_status dw_expansion_file_write(const char *path, const dw_expansion *expansion) {
  char *text = NULL;
  size_t length = 0;
  FILE *stream = open_memstream(&text, &length);
  if (stream == NULL) {
    return dw_fail(DW_ERR_MEMORY, "no memory for the text of %s", path);
  }
  print_rows(stream, expansion);
  const dw_status status = fclose(stream) == 0 ? dw_replace_file(path, text, length)
                                               : dw_fail(DW_ERR_MEMORY, "no memory for the text of %s", path);
  free(text);
  return status;
}

/* 0 for a comment, 1 for a row, -1 for neither; *line goes on to the next one. */
static int take_row(char **line, double row[COLUMNS]) {
  char *at = *line;
  *line = at + strcspn(at, "\n");
  if (**line == '\0') {
    return -1; /* cut short */
  }
  *(*line)++ = '\0';
  if (*at == '#') {
    return 0;
  }
  for (int i = 0; i < COLUMNS; i++) {
    char *end = NULL;
    row[i] = strtod(at, &end);
    if (end == at) {
      return -1;
    }
    at = end;
  }
  return *at == '\0' ? 1 : -1;
}

static int64_t count_lines(const char *text) {
  int64_t lines = 0;
  for (const char *at = strchr(text, '\n'); at != NULL; at = strchr(at + 1, '\n')) {
    lines++;
  }
  return lines;
}

/* The second row tells the step. */
static bool fits(dw_background_record *record, const double row[COLUMNS]) {
  if (record->count == 1) {
    record->spacing = row[TAU] - record->tau_start;
  }
  const double tau = record->tau_start + (double)record->count * record->spacing;
  const bool in_place = record->spacing > 0.0 && fabs(row[TAU] - tau) <= SLACK * fmin(record->spacing, tau);
  return in_place && isfinite(row[A]) && row[A] > 0.0 && isfinite(row[HUBBLE]) && row[HUBBLE] > 0.0 &&
         isfinite(row[TIME]);
}

static dw_status read_rows(char *text, const char *path, dw_background_record *record) {
  char *next = text;
  for (int line = 1; *next != '\0'; line++) {
    double row[COLUMNS];
    const int kind = take_row(&next, row);
    if (kind < 0 || (kind > 0 && !fits(record, row))) {
      return dw_fail(DW_ERR_FILE,
                     "%s:%d: expected tau, a, conformal Hubble rate and t of the next step; the file is damaged, bring "
                     "it back from a copy or run again",
                     path, line);
    }
    if (kind > 0) {
      record->node[record->count++] = (dw_background_node){row[A], row[A] * row[HUBBLE], row[TIME]};
    }
  }
  return record->count > 0 ? DW_OK : dw_fail(DW_ERR_FILE, "%s: there are no rows; run again", path);
}

dw_status dw_expansion_file_read(const char *path, double tau_start, dw_background_record **record) {
  char *text = NULL;
  size_t bytes = 0;
  *record = NULL;
  DW_TRY(dw_replace_read(path, &text, &bytes));
  dw_background_record *draft = NULL;
  dw_status status = dw_background_record_create(&draft, tau_start, 1.0, count_lines(text));
  if (status == DW_OK) {
    status = read_rows(text, path, draft);
  }
  dw_free(text);
  if (status != DW_OK) {
    dw_background_record_destroy(draft);
    return status;
  }
  *record = draft;
  return DW_OK;
}
