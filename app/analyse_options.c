#include "app/analyse_options.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/analyse_sections.h"

static const char usage[] =
    "dwell analyse RUN_DIR... [--output DIR] [--from TAU] [--to TAU] [--only SECTION,...] [--skip SECTION,...] "
    "[--unfinished] [--eta GEV] [--lambda X | --sigma GEV3] [--temperature GEV [--at end|annihilation]]";

/* What --only and --skip name. */
typedef struct selection {
  bool only_given;
  bool only[DW_ANALYSE_SECTIONS];
  bool skip[DW_ANALYSE_SECTIONS];
} selection;

/* --- sections --- */

static void name_sections(char *text, size_t size) {
  size_t used = 0;
  for (int i = 0; i < dw_analyse_section_count() && used < size; i++) {
    used += (size_t)snprintf(text + used, size - used, "%s%s", i == 0 ? "" : ", ", dw_analyse_section_at(i)->name);
  }
}

static dw_status mark_one(bool *marks, const char *option, const char *name, size_t length) {
  for (int i = 0; i < dw_analyse_section_count(); i++) {
    const char *known = dw_analyse_section_at(i)->name;
    if (strlen(known) == length && strncmp(known, name, length) == 0) {
      marks[i] = true;
      return DW_OK;
    }
  }
  char all[256];
  name_sections(all, sizeof all);
  return dw_fail(DW_ERR_PARAM, "%s: there is no section \"%.*s\"; choose from %s", option, (int)length, name, all);
}

/* "walls,waves". */
static dw_status mark(bool *marks, const char *option, const char *list) {
  for (const char *name = list;; name++) {
    const size_t length = strcspn(name, ",");
    DW_TRY(mark_one(marks, option, name, length));
    name += length;
    if (*name == '\0') {
      return DW_OK;
    }
  }
}

/* Without --only, what needs scales that weren't given isn't done. */
static dw_status select_sections(dw_analyse_options *options, const selection *chosen) {
  bool any = false;
  for (int i = 0; i < dw_analyse_section_count(); i++) {
    const bool lacks = (dw_analyse_section_at(i)->needs & DW_NEEDS_SCALES) != 0 && isnan(options->temperature);
    const bool wanted = (chosen->only_given ? chosen->only[i] : true) && !chosen->skip[i];
    if (wanted && lacks && chosen->only_given) {
      return dw_fail(DW_ERR_PARAM, "--only: section %s needs --temperature, and --sigma or --eta",
                     dw_analyse_section_at(i)->name);
    }
    (void)snprintf(options->left_out[i], DW_ANALYSE_REASON, "%s",
                   wanted && lacks ? "give --temperature, and --sigma or --eta" : "");
    options->named[i] = chosen->only_given && chosen->only[i];
    options->section[i] = wanted && !lacks;
    any = any || options->section[i];
  }
  return any ? DW_OK : dw_fail(DW_ERR_PARAM, "--only, --skip: no section is left to do");
}

/* --- options --- */

static dw_status read_number(const char *option, const char *text, bool positive, double *number) {
  char *end = NULL;
  *number = strtod(text, &end);
  if (end == text || *end != '\0' || !isfinite(*number) || (positive && !(*number > 0.0))) {
    return dw_fail(DW_ERR_PARAM, "%s: \"%s\" isn't %s", option, text, positive ? "a number > 0" : "a number");
  }
  return DW_OK;
}

/* One option with its value. */
static dw_status set(dw_analyse_options *o, selection *chosen, const char *option, const char *value) {
  const struct {
    const char *name;
    double *number;
    bool positive;
  } numbers[] = {
      {"--from", &o->from, false},    {"--to", &o->to, false},      {"--eta", &o->eta, true},
      {"--lambda", &o->lambda, true}, {"--sigma", &o->sigma, true}, {"--temperature", &o->temperature, true},
  };
  for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
    if (strcmp(option, numbers[i].name) == 0) {
      return read_number(option, value, numbers[i].positive, numbers[i].number);
    }
  }
  if (strcmp(option, "--at") == 0) {
    o->at_annihilation = strcmp(value, "annihilation") == 0;
    return o->at_annihilation || strcmp(value, "end") == 0
               ? DW_OK
               : dw_fail(DW_ERR_PARAM,
                         "--at: \"%s\" is unknown; the temperature is that at \"end\" or \"annihilation\"", value);
  }
  if (strcmp(option, "--only") == 0) {
    chosen->only_given = true;
    return mark(chosen->only, option, value);
  }
  if (strcmp(option, "--skip") == 0) {
    return mark(chosen->skip, option, value);
  }
  o->output = value;
  return *value != '\0' ? DW_OK : dw_fail(DW_ERR_PARAM, "--output: \"\" is no directory");
}

/* Whether `argument` is a known option that has a value; `name` is then the option alone. */
static bool takes_value(const char *argument, char name[32]) {
  static const char *const names[] = {"--output", "--from",   "--to",    "--only",        "--skip",
                                      "--eta",    "--lambda", "--sigma", "--temperature", "--at"};
  const size_t length = strcspn(argument, "=");
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    if (strlen(names[i]) == length && strncmp(argument, names[i], length) == 0) {
      (void)snprintf(name, 32, "%s", names[i]);
      return true;
    }
  }
  return false;
}

static dw_status take(dw_analyse_options *o, selection *chosen, int argc, char *const *argv, int *at) {
  const char *argument = argv[*at];
  char name[32];
  if (takes_value(argument, name)) {
    const char *equals = strchr(argument, '=');
    if (equals == NULL && *at + 1 == argc) {
      return dw_fail(DW_ERR_PARAM, "%s needs a value after it\nusage: %s", name, usage);
    }
    return set(o, chosen, name, equals != NULL ? equals + 1 : argv[++*at]);
  }
  if (strcmp(argument, "--unfinished") == 0) {
    o->unfinished = true;
    return DW_OK;
  }
  if (argument[0] == '-') {
    return dw_fail(DW_ERR_PARAM, "unknown option %s\nusage: %s", argument, usage);
  }
  if (o->runs == DW_ANALYSE_RUNS) {
    return dw_fail(DW_ERR_PARAM, "more than %d runs", DW_ANALYSE_RUNS);
  }
  o->run[o->runs++] = argument;
  return DW_OK;
}

/* --- what must go together --- */

static dw_status check_scales(const dw_analyse_options *o) {
  const bool any = !isnan(o->eta) || !isnan(o->lambda) || !isnan(o->sigma);
  if (!isnan(o->lambda) && !isnan(o->sigma)) {
    return dw_fail(DW_ERR_PARAM, "--lambda and --sigma both fix the tension; give one");
  }
  if (!isnan(o->lambda) && isnan(o->eta)) {
    return dw_fail(DW_ERR_PARAM, "--lambda: the tension needs --eta too; or give --sigma instead");
  }
  if (any && isnan(o->temperature)) {
    return dw_fail(DW_ERR_PARAM, "--eta, --lambda, --sigma: the spectrum today needs --temperature too");
  }
  if (!any && !isnan(o->temperature)) {
    return dw_fail(DW_ERR_PARAM, "--temperature: the spectrum today needs --sigma or --eta too");
  }
  return DW_OK;
}

dw_status dw_analyse_options_parse(dw_analyse_options *options, int argc, char *const *argv) {
  const double none = (double)NAN;
  selection chosen = {.only_given = false};
  *options =
      (dw_analyse_options){.from = none, .to = none, .eta = none, .lambda = none, .sigma = none, .temperature = none};
  for (int i = 0; i < argc; i++) {
    DW_TRY(take(options, &chosen, argc, argv, &i));
  }
  if (options->runs == 0) {
    return dw_fail(DW_ERR_PARAM, "no run directory given\nusage: %s", usage);
  }
  if (options->runs > 1 && options->output == NULL) {
    return dw_fail(DW_ERR_PARAM, "%d runs are given; say with --output DIR where their analysis goes", options->runs);
  }
  if (options->from >= options->to) {
    return dw_fail(DW_ERR_PARAM, "--from %g isn't before --to %g", options->from, options->to);
  }
  DW_TRY(check_scales(options));
  return select_sections(options, &chosen);
}
