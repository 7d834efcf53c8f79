/* `dwell surrogate predict --places FILE`: predictions at many places, which a table names.
 *
 * The table is text: a line with all keys of the model in any order, then a line of numbers for each place; cells are
 * separated by commas or blanks, # begins a comment. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/surrogate_commands.h"
#include "base/memory.h"
#include "lattice/file.h"
#include "lattice/replace.h"

enum { CELL = 32, ARRAYS = 6 };

static const char blanks[] = ", \t\r";

typedef struct places {
  const char *path; /* of the table */
  dw_emulator *emulator;
  dw_emulator_prediction *prediction;
  int64_t dims;
  int64_t count;                          /* P */
  double *parameter;                      /* (P, D), in the order of the model */
  dw_emulator_verdict *verdict;           /* (P) */
  char (*reason)[DW_EMULATOR_MESSAGE];    /* (P) */
  double *error;                          /* (P, Q) rms of each quantity's errors */
  double *array[ARRAYS];                  /* (P, M) each: values, bounds, seed; NULL without --hdf5 */
  int64_t column[DW_EMULATOR_PARAMETERS]; /* which parameter a column of the table is */
} places;

/* --- the table --- */

/* The next line that has something in it, cut at its end and before a comment; NULL at the end of the text. */
static char *next_line(char **at, int *number) {
  while (**at != '\0') {
    char *line = *at;
    *at += strcspn(line, "\n");
    if (**at == '\n') {
      *(*at)++ = '\0';
    }
    (*number)++;
    line[strcspn(line, "#")] = '\0';
    line += strspn(line, blanks);
    if (*line != '\0') {
      return line;
    }
  }
  return NULL;
}

static dw_status read_head(places *p, char *line) {
  bool there[DW_EMULATOR_PARAMETERS] = {false};
  int64_t columns = 0;
  char *rest = NULL;
  for (char *word = strtok_r(line, blanks, &rest); word != NULL; word = strtok_r(NULL, blanks, &rest)) {
    int64_t d = 0;
    while (d < p->dims && strcmp(dw_emulator_key(p->emulator, d)->key, word) != 0) {
      d++;
    }
    if (d == p->dims || there[d]) {
      return dw_fail(DW_ERR_PARAM, "--places: %s has a column %s %s; its first line is the model's parameters", p->path,
                     word, d == p->dims ? "that the model doesn't know" : "twice");
    }
    there[d] = true;
    p->column[columns++] = d;
  }
  for (int64_t d = 0; d < p->dims; d++) {
    if (!there[d]) {
      return dw_fail(DW_ERR_PARAM, "--places: %s has no column %s; its first line is the model's parameters", p->path,
                     dw_emulator_key(p->emulator, d)->key);
    }
  }
  return DW_OK;
}

static dw_status read_row(const places *p, char *line, int number, double *parameter) {
  int64_t columns = 0;
  char *rest = NULL;
  for (char *word = strtok_r(line, blanks, &rest); word != NULL; word = strtok_r(NULL, blanks, &rest)) {
    char *end = NULL;
    const double value = strtod(word, &end);
    if (end == word || *end != '\0' || !isfinite(value) || columns == p->dims) {
      return dw_fail(DW_ERR_PARAM, "--places: %s, line %d: %s %s", p->path, number, word,
                     columns == p->dims ? "is one number too many" : "isn't a number");
    }
    parameter[p->column[columns++]] = value;
  }
  return columns == p->dims ? DW_OK
                            : dw_fail(DW_ERR_PARAM, "--places: %s, line %d: %lld numbers instead of %lld", p->path,
                                      number, (long long)columns, (long long)p->dims);
}

static dw_status read_rows(places *p, char *text) {
  char *at = text;
  int number = 0;
  char *line = next_line(&at, &number);
  if (line == NULL) {
    return dw_fail(DW_ERR_PARAM, "--places: %s is empty; its first line is the model's parameters", p->path);
  }
  DW_TRY(read_head(p, line));
  while ((line = next_line(&at, &number)) != NULL) {
    DW_TRY(read_row(p, line, number, p->parameter + p->count * p->dims));
    p->count++;
  }
  return p->count > 0 ? DW_OK : dw_fail(DW_ERR_PARAM, "--places: %s has no line of numbers", p->path);
}

/* As many places as the text has lines, at most. */
static dw_status read_table(places *p) {
  char *text = NULL;
  size_t bytes = 0;
  size_t lines = 1;
  DW_TRY(dw_replace_read(p->path, &text, &bytes));
  for (size_t i = 0; i < bytes; i++) {
    lines += text[i] == '\n' ? 1 : 0;
  }
  dw_status status =
      dw_alloc((void **)&p->parameter, lines * (size_t)p->dims, sizeof *p->parameter, "places of predictions");
  if (status == DW_OK) {
    status = read_rows(p, text);
  }
  dw_free(text);
  return status;
}

/* --- predictions --- */

/* Of the ensemble mean, as in the table of one prediction. */
static double bound(const dw_emulator_prediction *p, int64_t j, double widths) {
  return p->value[j] * exp(widths * sqrt(p->emulator[j] + p->truncation[j]));
}

static void keep(places *p, int64_t i) {
  const dw_emulator_prediction *found = p->prediction;
  for (int64_t q = 0; q < dw_emulator_quantities(p->emulator) && p->array[0] != NULL; q++) {
    const dw_emulator_quantity *about = dw_emulator_quantity_at(p->emulator, q);
    for (int64_t j = about->first; j < about->first + about->times * about->bins; j++) {
      const double cell[ARRAYS] = {found->value[j],
                                   bound(found, j, -about->q68),
                                   bound(found, j, about->q68),
                                   bound(found, j, -about->q95),
                                   bound(found, j, about->q95),
                                   sqrt(found->seed[j])};
      /* (P, T, K) of each quantity, one after the other */
      const int64_t at = about->first * p->count + i * about->times * about->bins + j - about->first;
      for (int a = 0; a < ARRAYS; a++) {
        p->array[a][at] = cell[a];
      }
    }
  }
}

static dw_status predict_all(places *p) {
  const int64_t quantities = dw_emulator_quantities(p->emulator);
  for (int64_t i = 0; i < p->count; i++) {
    DW_TRY(dw_emulator_predict(p->emulator, p->parameter + i * p->dims, p->prediction));
    p->verdict[i] = p->prediction->verdict;
    memcpy(p->reason[i], p->prediction->reason, sizeof p->reason[i]);
    for (int64_t q = 0; q < quantities; q++) {
      const bool is_out = p->verdict[i] == DW_EMULATOR_OUT;
      p->error[i * quantities + q] = is_out ? (double)NAN : p->prediction->error[q];
    }
    keep(p, i);
  }
  return DW_OK;
}

static dw_status make_room(places *p, bool arrays) {
  const size_t count = (size_t)p->count;
  const size_t numbers = count * (size_t)dw_emulator_outputs(p->emulator);
  DW_TRY(dw_alloc((void **)&p->verdict, count, sizeof *p->verdict, "places of predictions"));
  DW_TRY(dw_alloc((void **)&p->reason, count, sizeof *p->reason, "places of predictions"));
  DW_TRY(dw_alloc((void **)&p->error, count * (size_t)dw_emulator_quantities(p->emulator), sizeof *p->error,
                  "places of predictions"));
  for (int a = 0; a < ARRAYS && arrays; a++) {
    DW_TRY(dw_alloc((void **)&p->array[a], numbers, sizeof(double), "predictions at all places"));
  }
  return DW_OK;
}

/* --- a table of the answers: a line for each place --- */

static char *put_head(char *at, const dw_emulator *e) {
  at += sprintf(at, "status");
  for (int64_t d = 0; d < dw_emulator_parameters(e); d++) {
    at += sprintf(at, ",%s", dw_emulator_key(e, d)->key);
  }
  for (int64_t q = 0; q < dw_emulator_quantities(e); q++) {
    at += sprintf(at, ",error_%s", dw_emulator_quantity_at(e, q)->name);
  }
  return at + sprintf(at, ",reason\n");
}

static char *put_line(char *at, const places *p, int64_t i) {
  const int64_t quantities = dw_emulator_quantities(p->emulator);
  at += sprintf(at, "%s", dw_emulator_verdict_name(p->verdict[i]));
  for (int64_t d = 0; d < p->dims; d++) {
    at += sprintf(at, ",%.17g", p->parameter[i * p->dims + d]);
  }
  for (int64_t q = 0; q < quantities; q++) {
    const double error = p->error[i * quantities + q];
    at += isnan(error) ? sprintf(at, ",") : sprintf(at, ",%.17g", error);
  }
  return at + sprintf(at, ",\"%s\"\n", p->reason[i]);
}

static dw_status write_csv(const places *p, const char *path) {
  const size_t cells = (size_t)(p->dims + dw_emulator_quantities(p->emulator) + 1);
  char *text = NULL;
  DW_TRY(dw_alloc((void **)&text,
                  (size_t)p->count * (cells * CELL + DW_EMULATOR_MESSAGE) + cells * (DW_DATASET_KEY + CELL), 1,
                  "table of predictions"));
  char *at = put_head(text, p->emulator);
  for (int64_t i = 0; i < p->count; i++) {
    at = put_line(at, p, i);
  }
  const dw_status status = dw_replace_file(path, text, (size_t)(at - text));
  dw_free(text);
  return status;
}

/* --- HDF5 --- */

static dw_status write_texts(dw_file *file, const places *p) {
  void *block = NULL;
  const char *key[DW_EMULATOR_PARAMETERS];
  DW_TRY(dw_alloc(&block, (size_t)p->count, sizeof(char *), "file of predictions"));
  const char **word = block;
  for (int64_t i = 0; i < p->count; i++) {
    word[i] = dw_emulator_verdict_name(p->verdict[i]);
  }
  for (int64_t d = 0; d < p->dims; d++) {
    key[d] = dw_emulator_key(p->emulator, d)->key;
  }
  dw_status status = dw_file_write_texts(file, "/places/status", (size_t)p->count, word);
  if (status == DW_OK) {
    status = dw_file_write_texts(file, "/parameters/key", (size_t)p->dims, key);
  }
  dw_free(block);
  return status;
}

static dw_status write_quantity(dw_file *file, const places *p, const dw_emulator_quantity *about) {
  static const char *const names[ARRAYS] = {"value", "low68", "high68", "low95", "high95", "seed"};
  static const char *const texts[ARRAYS] = {
      "ensemble mean (P, T, K)",
      "lower end of its interval of 68 % (P, T, K)",
      "upper end of its interval of 68 % (P, T, K)",
      "lower end of its interval of 95 % (P, T, K)",
      "upper end of its interval of 95 % (P, T, K)",
      "standard deviation of one realisation's logarithm (P, T, K)",
  };
  const int64_t shape[3] = {p->count, about->times, about->bins};
  char path[DW_FILE_NAME];
  DW_TRY(dw_file_write_described(file, about->name, "tau", 1, &about->times, about->tau, "1/m", "conformal times (T)"));
  if (about->k != NULL) {
    DW_TRY(dw_file_write_described(file, about->name, "k", 1, &about->bins, about->k, "m", "wave numbers (K)"));
  }
  for (int a = 0; a < ARRAYS; a++) {
    DW_TRY(dw_file_write_described(file, about->name, names[a], 3, shape, p->array[a] + about->first * p->count,
                                   a + 1 < ARRAYS ? "as in the files of a run" : "1", texts[a]));
  }
  (void)snprintf(path, sizeof path, "/%s/value", about->name);
  return dw_attribute_write_text(file, path, "provenance", "emulated");
}

static dw_status write_all(dw_file *file, const places *p, const dw_provenance *provenance) {
  const int64_t shape[2] = {p->count, p->dims};
  DW_TRY(dw_provenance_write(file, provenance));
  DW_TRY(dw_attribute_write_text(file, "/", "provenance", "emulated"));
  DW_TRY(dw_file_write_described(file, "places", "values", 2, shape, p->parameter, "that of the parameter",
                                 "parameters (P, D)"));
  DW_TRY(write_texts(file, p));
  for (int64_t q = 0; q < dw_emulator_quantities(p->emulator); q++) {
    DW_TRY(write_quantity(file, p, dw_emulator_quantity_at(p->emulator, q)));
  }
  return DW_OK;
}

static dw_status write_hdf5(const places *p, const char *path, const dw_provenance *provenance) {
  dw_file *file = NULL;
  const uint64_t numbers =
      (uint64_t)p->count * (uint64_t)(ARRAYS * dw_emulator_outputs(p->emulator) + 2 * p->dims + 16);
  DW_TRY(dw_file_create(&file, dw_comm_self(), path, numbers * sizeof(double) + (1 << 18)));
  const dw_status status = write_all(file, p, provenance);
  if (status != DW_OK) {
    dw_file_close(file);
    return status;
  }
  return dw_file_commit(&file);
}

/* --- the command --- */

static void say(const places *p, const dw_surrogate_options *o, const char *model) {
  int64_t count[3] = {0, 0, 0};
  const char *const files[] = {o->csv, o->hdf5};
  for (int64_t i = 0; i < p->count; i++) {
    count[p->verdict[i]]++;
  }
  dw_surrogate_say_model(p->emulator, model);
  (void)printf("%-12s %lld: %lld OK, %lld DEGRADED, %lld OUT\n", "places", (long long)p->count, (long long)count[0],
               (long long)count[1], (long long)count[2]);
  for (int i = 0; i < 2; i++) {
    if (files[i] != NULL) {
      (void)printf("%-12s %s\n", "written", files[i]);
    }
  }
}

static dw_status answer(places *p, const dw_surrogate_options *o, const char *model, const dw_provenance *provenance,
                        dw_emulator_verdict *verdict) {
  DW_TRY(read_table(p));
  DW_TRY(make_room(p, o->hdf5 != NULL));
  DW_TRY(predict_all(p));
  DW_TRY(o->csv != NULL ? write_csv(p, o->csv) : DW_OK);
  DW_TRY(o->hdf5 != NULL ? write_hdf5(p, o->hdf5, provenance) : DW_OK);
  for (int64_t i = 0; i < p->count; i++) {
    *verdict = p->verdict[i] > *verdict ? p->verdict[i] : *verdict;
  }
  say(p, o, model);
  return DW_OK;
}

static void finalize(places *p) {
  for (int a = 0; a < ARRAYS; a++) {
    dw_free(p->array[a]);
  }
  dw_free(p->error);
  dw_free(p->reason);
  dw_free(p->verdict);
  dw_free(p->parameter);
  dw_emulator_prediction_destroy(p->prediction);
  dw_emulator_destroy(p->emulator);
}

dw_status dw_surrogate_predict_places(const dw_surrogate_options *options, const char *model,
                                      const dw_provenance *provenance, dw_emulator_verdict *verdict) {
  places p = {.path = options->places};
  *verdict = DW_EMULATOR_GOOD;
  DW_TRY(dw_emulator_read(&p.emulator, model));
  p.dims = dw_emulator_parameters(p.emulator);
  dw_status status = dw_emulator_prediction_create(&p.prediction, p.emulator, false);
  if (status == DW_OK) {
    status = answer(&p, options, model, provenance, verdict);
  }
  finalize(&p);
  return status;
}
