#include "surrogate/scan/collect.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/post/archive.h"
#include "base/memory.h"
#include "lattice/replace.h"

dw_status dw_collect_text(char **to, const char *text) {
  void *block = NULL;
  const size_t bytes = strlen(text) + 1;
  DW_TRY(dw_alloc(&block, bytes, 1, "a text of a data set"));
  memcpy(block, text, bytes);
  dw_free(*to);
  *to = block;
  return DW_OK;
}

/* --- one run --- */

/* A number after a name. sscanf would look for the end of the whole text at each line. */
static bool says(const char *line, const char *name, double *value) {
  const size_t length = strlen(name);
  if (strncmp(line, name, length) != 0) {
    return false;
  }
  char *end = NULL;
  const double number = strtod(line + length, &end);
  *value = end == line + length ? *value : number;
  return end != line + length;
}

/* Wall time times processes times threads, from run.log, which states them for each stretch of a run: at its begin how
 * many there are, at its end how long it took. NAN where it doesn't. */
static double seconds_in(const char *text) {
  double processes = 1.0;
  double threads = 1.0;
  double took = 0.0;
  double seconds = (double)NAN;
  for (const char *line = text; *line != '\0'; line += strcspn(line, "\n")) {
    line += *line == '\n' ? 1 : 0;
    (void)says(line, "processes ", &processes);
    (void)says(line, "threads ", &threads);
    if (says(line, "took ", &took)) {
      seconds = (isnan(seconds) ? 0.0 : seconds) + took * processes * threads;
    }
  }
  return seconds;
}

static double seconds_of(const char *directory) {
  char path[DW_ARCHIVE_PATH];
  char *text = NULL;
  size_t bytes = 0;
  (void)snprintf(path, sizeof path, "%s/run.log", directory);
  if (dw_replace_read(path, &text, &bytes) != DW_OK) {
    dw_message_clear();
    return (double)NAN;
  }
  const double seconds = seconds_in(text);
  dw_free(text);
  return seconds;
}

/* The spectrum in a group of the run; rows 0 where it has none. */
static const dw_archive_spectra *group_of(const dw_archive *archive, dw_dataset_spectrum spectrum,
                                          const double **values) {
  static const char *const names[DW_DATASET_SPECTRA] = {"power", "value", "drho_dlnk", "omega"};
  const dw_archive_spectra *const groups[DW_DATASET_SPECTRA] = {&archive->field, &archive->etc, &archive->gw,
                                                                &archive->gw};
  *values = groups[spectrum]->rows > 0 ? dw_archive_value(groups[spectrum], names[spectrum]) : NULL;
  return groups[spectrum];
}

static void fill_spectrum(const dw_archive *archive, dw_dataset_spectrum spectrum, dw_dataset *d) {
  const double *values = NULL;
  const dw_archive_spectra *group = group_of(archive, spectrum, &values);
  dw_dataset_table *table = &d->spectrum[spectrum];
  if (values == NULL) {
    return;
  }
  memcpy(table->tau, group->tau, (size_t)table->times * sizeof(double));
  memcpy(table->k, group->k, (size_t)table->bins * sizeof(double));
  for (int64_t i = 0; i < table->bins; i++) {
    table->count[i] = (double)group->count[i];
  }
  memcpy(table->value, values, (size_t)(table->times * table->bins) * sizeof(double));
}

static void fill_keys(const dw_scan *scan, dw_dataset *d) {
  for (int64_t i = 0; i < scan->keys; i++) {
    const dw_scan_key *from = &scan->key[i];
    const dw_param_entry *entry = dw_table_find(from->key);
    dw_dataset_key *key = &d->key[i];
    (void)snprintf(key->key, sizeof key->key, "%.*s", DW_DATASET_KEY - 1, from->key);
    (void)snprintf(key->unit, sizeof key->unit, "%s", entry != NULL && entry->unit[0] != '\0' ? entry->unit : "1");
    key->low = from->min;
    key->high = from->max;
    for (int64_t n = 0; n < from->values.count; n++) {
      key->low = n == 0 ? from->values.value[0] : fmin(key->low, from->values.value[n]);
      key->high = n == 0 ? from->values.value[0] : fmax(key->high, from->values.value[n]);
    }
    key->logarithmic = strcmp(from->scale, "log") == 0;
  }
}

static dw_status fill_run(const dw_archive *archive, const dw_scan *scan, const dw_dataset_run *run,
                          const double *values, dw_dataset **dataset) {
  int64_t times[DW_DATASET_SPECTRA] = {0};
  int64_t bins[DW_DATASET_SPECTRA] = {0};
  for (int i = 0; i < DW_DATASET_SPECTRA; i++) {
    const double *there = NULL;
    const dw_archive_spectra *group = group_of(archive, (dw_dataset_spectrum)i, &there);
    times[i] = there != NULL ? group->rows : 0;
    bins[i] = there != NULL ? group->shells : 0;
  }
  DW_TRY(dw_dataset_create(dataset, scan->keys, 1, DW_COLUMNS, archive->series.rows, times, bins));
  dw_dataset *d = *dataset;
  fill_keys(scan, d);
  d->run[0] = *run;
  d->run[0].seconds = seconds_of(archive->path);
  memcpy(d->parameter, values, (size_t)scan->keys * sizeof(double));
  for (int c = 0; c < DW_COLUMNS; c++) {
    (void)snprintf(d->column[c], DW_DATASET_KEY, "%s", dw_column_describe((dw_column)c)->name);
    for (int64_t row = 0; row < d->rows; row++) {
      d->series[row * DW_COLUMNS + c] = archive->series.value[c][row];
    }
  }
  for (int i = 0; i < DW_DATASET_SPECTRA; i++) {
    fill_spectrum(archive, (dw_dataset_spectrum)i, d);
  }
  return DW_OK;
}

dw_status dw_collect_run(dw_dataset **dataset, const char *directory, const dw_scan *scan, const dw_dataset_run *run,
                         const double *values) {
  dw_archive *archive = NULL;
  *dataset = NULL;
  DW_TRY(dw_archive_open(&archive, directory));
  const dw_status status = archive->finished
                               ? fill_run(archive, scan, run, values, dataset)
                               : dw_fail(DW_ERR_FILE, "%s: the run isn't finished; go on with it first", directory);
  dw_archive_close(archive);
  return status;
}

/* --- several --- */

/* A run and where it is. */
typedef struct place {
  const dw_dataset *part;
  int64_t index;
  int64_t order; /* for equal runs: the first wins */
} place;

static int by_run(const dw_dataset_run *a, const dw_dataset_run *b) {
  if (a->level != b->level) {
    return a->level < b->level ? -1 : 1;
  }
  if (a->point != b->point) {
    return a->point < b->point ? -1 : 1;
  }
  return a->seed == b->seed ? 0 : a->seed < b->seed ? -1 : 1;
}

static int by_place(const void *a, const void *b) {
  const place *p = a;
  const place *q = b;
  const int order = by_run(&p->part->run[p->index], &q->part->run[q->index]);
  return order != 0 ? order : p->order < q->order ? -1 : 1;
}

/* All runs, sorted, each once. */
static int64_t sort_places(const dw_dataset *const *parts, int64_t count, place *places) {
  int64_t runs = 0;
  int64_t kept = 0;
  for (int64_t i = 0; i < count; i++) {
    for (int64_t n = 0; n < parts[i]->runs; n++) {
      places[runs] = (place){parts[i], n, runs};
      runs++;
    }
  }
  qsort(places, (size_t)runs, sizeof *places, by_place);
  for (int64_t i = 0; i < runs; i++) {
    const dw_dataset_run *run = &places[i].part->run[places[i].index];
    if (kept == 0 || by_run(&places[kept - 1].part->run[places[kept - 1].index], run) != 0) {
      places[kept++] = places[i];
    }
  }
  return kept;
}

static dw_status check_alike(const dw_dataset *a, const dw_dataset *b) {
  bool same = a->keys == b->keys && a->columns == b->columns;
  for (int64_t i = 0; i < a->keys && same; i++) {
    same = strcmp(a->key[i].key, b->key[i].key) == 0;
  }
  for (int64_t i = 0; i < a->columns && same; i++) {
    same = strcmp(a->column[i], b->column[i]) == 0;
  }
  return same ? DW_OK
              : dw_fail(DW_ERR_PARAM, "data sets of different scans or versions of the program can't be joined");
}

/* Row `row` of an array of `rows` x `width` numbers in place of one of `to_rows` x `to_width`; the rest stays NAN. */
static void copy_block(const double *from, int64_t rows, int64_t width, double *to, int64_t to_width) {
  for (int64_t i = 0; i < rows; i++) {
    memcpy(to + i * to_width, from + i * width, (size_t)width * sizeof *to);
  }
}

static void copy_run(const place *from, dw_dataset *d, int64_t r) {
  const dw_dataset *p = from->part;
  const int64_t i = from->index;
  d->run[r] = p->run[i];
  memcpy(d->parameter + r * d->keys, p->parameter + i * p->keys, (size_t)d->keys * sizeof(double));
  copy_block(p->series + i * p->rows * p->columns, p->rows, p->columns, d->series + r * d->rows * d->columns,
             d->columns);
  for (int s = 0; s < DW_DATASET_SPECTRA; s++) {
    const dw_dataset_table *t = &p->spectrum[s];
    dw_dataset_table *u = &d->spectrum[s];
    copy_block(t->tau + i * t->times, 1, t->times, u->tau + r * u->times, u->times);
    copy_block(t->k + i * t->bins, 1, t->bins, u->k + r * u->bins, u->bins);
    copy_block(t->count + i * t->bins, 1, t->bins, u->count + r * u->bins, u->bins);
    copy_block(t->value + i * t->times * t->bins, t->times, t->bins, u->value + r * u->times * u->bins, u->bins);
  }
}

static dw_status copy_all(const dw_dataset *const *parts, int64_t count, const place *places, int64_t runs,
                          dw_dataset **joined) {
  const dw_dataset *first = parts[0];
  int64_t rows = 0;
  int64_t times[DW_DATASET_SPECTRA] = {0};
  int64_t bins[DW_DATASET_SPECTRA] = {0};
  for (int64_t i = 0; i < count; i++) {
    rows = parts[i]->rows > rows ? parts[i]->rows : rows;
    for (int s = 0; s < DW_DATASET_SPECTRA; s++) {
      const dw_dataset_table *t = &parts[i]->spectrum[s];
      times[s] = t->times > times[s] ? t->times : times[s];
      bins[s] = t->bins > bins[s] ? t->bins : bins[s];
    }
  }
  DW_TRY(dw_dataset_create(joined, first->keys, runs, first->columns, rows, times, bins));
  dw_dataset *d = *joined;
  memcpy(d->key, first->key, (size_t)d->keys * sizeof *d->key);
  memcpy(d->column, first->column, (size_t)d->columns * sizeof *d->column);
  for (int64_t r = 0; r < runs; r++) {
    copy_run(&places[r], d, r);
  }
  DW_TRY(dw_collect_text(&d->base, first->base));
  DW_TRY(dw_collect_text(&d->cheap, first->cheap));
  return dw_collect_text(&d->scan, first->scan);
}

dw_status dw_collect_join(dw_dataset **joined, const dw_dataset *const *parts, int64_t count) {
  void *places = NULL;
  int64_t runs = 0;
  *joined = NULL;
  for (int64_t i = 0; i < count; i++) {
    DW_TRY(check_alike(parts[0], parts[i]));
    runs += parts[i]->runs;
  }
  DW_TRY(dw_alloc(&places, (size_t)runs, sizeof(place), "runs of a scan"));
  runs = sort_places(parts, count, places);
  const dw_status status = copy_all(parts, count, places, runs, joined);
  dw_free(places);
  if (status != DW_OK) {
    dw_dataset_destroy(*joined);
    *joined = NULL;
  }
  return status;
}
