#include "app/scan_setup.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "lattice/replace.h"
#include "params/print.h"
#include "params/read.h"
#include "surrogate/scan/journal.h"

static const char usage[] = "dwell scan SCAN_CONFIG [--set key=value]... [--set base.key=value]... [--restart] "
                            "[--dry-run | --jobs DIR | --collect] [--quiet]";

/* --- the command line --- */

static dw_status add_set(dw_scan_options *options, const char *assignment) {
  if (options->sets == DW_SCAN_OPTION_SETS) {
    return dw_fail(DW_ERR_PARAM, "more than %d times --set; put them into the scan file", DW_SCAN_OPTION_SETS);
  }
  options->set[options->sets++] = assignment;
  return DW_OK;
}

/* Options with a value: "--set X" or "--set=X". NULL where the argument is another one. */
static const char *value_of(const char *name, int argc, char *const *argv, int *i) {
  const size_t length = strlen(name);
  if (strncmp(argv[*i], name, length) != 0) {
    return NULL;
  }
  if (argv[*i][length] == '=') {
    return argv[*i] + length + 1;
  }
  return argv[*i][length] == '\0' ? (*i + 1 < argc ? argv[++*i] : "") : NULL;
}

static dw_status take_flag(dw_scan_options *options, const char *argument) {
  const struct {
    const char *name;
    bool *flag;
  } flags[] = {{"--restart", &options->restart},
               {"--dry-run", &options->dry_run},
               {"--collect", &options->collect},
               {"--quiet", &options->quiet}};
  for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
    if (strcmp(argument, flags[i].name) == 0) {
      *flags[i].flag = true;
      return DW_OK;
    }
  }
  if (argument[0] == '-') {
    return dw_fail(DW_ERR_PARAM, "unknown option %s\nusage: %s", argument, usage);
  }
  if (options->config != NULL) {
    return dw_fail(DW_ERR_PARAM, "two scan files, %s and %s; give one\nusage: %s", options->config, argument, usage);
  }
  options->config = argument;
  return DW_OK;
}

dw_status dw_scan_options_parse(dw_scan_options *options, int argc, char *const *argv) {
  memset(options, 0, sizeof *options);
  for (int i = 0; i < argc; i++) {
    const char *set = value_of("--set", argc, argv, &i);
    const char *jobs = set == NULL ? value_of("--jobs", argc, argv, &i) : NULL;
    if (set != NULL) {
      DW_TRY(set[0] != '\0' ? add_set(options, set)
                            : dw_fail(DW_ERR_PARAM, "--set needs key=value after it\nusage: %s", usage));
    } else if (jobs != NULL) {
      options->jobs = jobs;
      DW_TRY(jobs[0] != '\0' ? DW_OK : dw_fail(DW_ERR_PARAM, "--jobs needs a directory after it\nusage: %s", usage));
    } else {
      DW_TRY(take_flag(options, argv[i]));
    }
  }
  if (options->config == NULL) {
    return dw_fail(DW_ERR_PARAM, "no scan file given\nusage: %s", usage);
  }
  if ((options->jobs != NULL) + options->dry_run + options->collect > 1) {
    return dw_fail(DW_ERR_PARAM, "--dry-run, --jobs and --collect exclude each other\nusage: %s", usage);
  }
  return DW_OK;
}

/* --- reading --- */

static dw_status read_into(dw_scan_setup *setup, const dw_scan_options *options, dw_report *report) {
  dw_report_init(report);
  DW_TRY(dw_scan_defaults(&setup->scan));
  dw_status status = dw_scan_read(&setup->scan, options->config, report);
  if (status != DW_OK && status != DW_ERR_PARAM) {
    return status;
  }
  for (int i = 0; i < options->sets; i++) {
    (void)dw_scan_set(&setup->scan, options->set[i], report);
  }
  status = dw_scan_check(&setup->scan, &setup->base, &setup->cheap, report);
  if (status != DW_OK && status != DW_ERR_PARAM) {
    return status;
  }
  if (report->count == 0) {
    return DW_OK;
  }
  dw_report_print(report, stderr);
  return dw_fail(DW_ERR_PARAM, "%zu problem%s with the scan; nothing was written", report->count,
                 report->count == 1 ? "" : "s");
}

static dw_status read_all(dw_scan_setup *setup, const dw_scan_options *options) {
  dw_report *report = calloc(1, sizeof *report);
  if (report == NULL) {
    return dw_fail(DW_ERR_MEMORY, "no memory for the report on the scan");
  }
  const dw_status status = read_into(setup, options, report);
  free(report);
  return status;
}

dw_status dw_scan_setup_read(dw_scan_setup *setup, const dw_scan_options *options, const dw_comm *comm) {
  memset(setup, 0, sizeof *setup);
  DW_TRY(dw_comm_agree(comm, dw_comm_rank(comm) == 0 ? read_all(setup, options) : DW_OK));
  dw_comm_broadcast(comm, setup, sizeof *setup);
  dw_scan_directory_name(&setup->directory, setup->scan.output);
  const int64_t share = setup->scan.processes_per_run;
  const int processes = dw_comm_size(comm);
  if (options->jobs == NULL && !options->dry_run && !options->collect && processes % share != 0) {
    return dw_fail(DW_ERR_PARAM,
                   "processes_per_run: %d processes can't be divided into groups of %" PRId64
                   "; start a multiple of it, or set another",
                   processes, share);
  }
  return DW_OK;
}

/* --- texts --- */

dw_status dw_scan_setup_text(const dw_scan_options *options, char **text) {
  char *file = NULL;
  size_t bytes = 0;
  size_t length = 0;
  *text = NULL;
  DW_TRY(dw_replace_read(options->config, &file, &bytes));
  FILE *stream = open_memstream(text, &length);
  if (stream != NULL) {
    (void)fputs(file, stream);
    for (int i = 0; i < options->sets; i++) {
      (void)fprintf(stream, "// --set %s\n", options->set[i]);
    }
  }
  dw_free(file);
  return stream != NULL && fclose(stream) == 0 ? DW_OK : dw_fail(DW_ERR_MEMORY, "no memory for the text of the scan");
}

/* --- the directory --- */

/* What may differ when a scan goes on: names and limits. */
static dw_status plain_config(const dw_params *params, char **text) {
  dw_params *plain = malloc(sizeof *plain);
  if (plain == NULL) {
    return dw_fail(DW_ERR_MEMORY, "no memory for the text of a configuration");
  }
  *plain = *params;
  dw_params_forget_names(plain);
  const dw_status status = dw_params_text(plain, text);
  free(plain);
  return status;
}

static dw_status compare_lines(const char *old, const char *new, const char *path) {
  while (*old != '\0' || *new != '\0') {
    const size_t a = strcspn(old, "\n");
    const size_t b = strcspn(new, "\n");
    if (a != b || strncmp(old, new, a) != 0) {
      const size_t skip_old = strspn(old, " ");
      const size_t skip_new = strspn(new, " ");
      return dw_fail(DW_ERR_PARAM,
                     "--restart: %s was made with \"%.*s\", now it is \"%.*s\"; bring the parameters back, or choose "
                     "another output",
                     path, (int)(a - skip_old), old + skip_old, (int)(b - skip_new), new + skip_new);
    }
    old += a + (old[a] != '\0');
    new += b + (new[b] != '\0');
  }
  return DW_OK;
}

static dw_status read_old(const char *path, dw_params *old, char **text) {
  dw_report *report = calloc(1, sizeof *report);
  if (report == NULL) {
    return dw_fail(DW_ERR_MEMORY, "no memory for the report on the scan");
  }
  dw_report_init(report);
  dw_status status = dw_params_defaults(old);
  if (status == DW_OK) {
    status = dw_params_read(old, path, report);
    status = status == DW_ERR_PARAM
                 ? dw_fail(DW_ERR_FILE, "%s isn't of this version of the program; scan into another directory", path)
                 : status;
  }
  free(report);
  return status == DW_OK ? plain_config(old, text) : status;
}

static dw_status compare_config(const char *path, const dw_params *params) {
  dw_params *old = calloc(1, sizeof *old);
  char *before = NULL;
  char *now = NULL;
  dw_status status = old == NULL ? dw_fail(DW_ERR_MEMORY, "no memory for parameters") : read_old(path, old, &before);
  if (status == DW_OK) {
    status = plain_config(params, &now);
  }
  if (status == DW_OK) {
    status = compare_lines(before, now, path);
  }
  free(old);
  free(before);
  free(now);
  return status;
}

static bool same_key(const dw_scan_key *a, const dw_scan_key *b) {
  return strcmp(a->key, b->key) == 0 && strcmp(a->scale, b->scale) == 0 && a->min == b->min && a->max == b->max;
}

/* The scanned parameters of the scan that is there. */
static dw_status compare_keys(const dw_scan_setup *setup) {
  dw_scan *old = calloc(1, sizeof *old);
  dw_report *report = calloc(1, sizeof *report);
  dw_status status = DW_OK;
  if (old == NULL || report == NULL) {
    status = dw_fail(DW_ERR_MEMORY, "no memory for the scan");
  } else {
    dw_report_init(report);
    status = dw_scan_defaults(old);
  }
  if (status == DW_OK) {
    status = dw_scan_read(old, setup->directory.scan, report);
  }
  bool same = status == DW_OK && old->keys == setup->scan.keys;
  for (int64_t i = 0; same && i < old->keys; i++) {
    same = same_key(&old->key[i], &setup->scan.key[i]);
  }
  if (status == DW_OK && !same) {
    status = dw_fail(DW_ERR_PARAM,
                     "--restart: %s has other parameters or ranges than %s; bring them back, or choose another output",
                     setup->scan.path, setup->directory.scan);
  }
  free(old);
  free(report);
  return status;
}

/* Writes a file of the scan. Another one of its name where no scan was is the user's. */
static dw_status write_own(const dw_scan_setup *setup, const char *path, const char *text) {
  char *old = NULL;
  size_t bytes = 0;
  if (!setup->scan.overwrite && access(path, F_OK) == 0) {
    DW_TRY(dw_replace_read(path, &old, &bytes));
    const bool same = bytes == strlen(text) && memcmp(old, text, bytes) == 0;
    dw_free(old);
    return same ? DW_OK
                : dw_fail(DW_ERR_FILE,
                          "output: %s is in the way and isn't of this scan; move it, choose another directory (--set "
                          "output=...), or replace it (--set overwrite=true)",
                          path);
  }
  return dw_replace_file(path, text, strlen(text));
}

static dw_status write_config(const dw_scan_setup *setup, const char *path, const dw_params *params) {
  char *text = NULL;
  dw_status status = dw_params_text(params, &text);
  if (status == DW_OK) {
    status = write_own(setup, path, text);
  }
  free(text);
  return status;
}

static dw_status begin(const dw_scan_setup *setup, const char *text) {
  const dw_scan_directory *directory = &setup->directory;
  DW_TRY(dw_scan_directory_prepare(directory, setup->scan.overwrite));
  DW_TRY(write_config(setup, directory->base, &setup->base));
  if (setup->scan.cheap.enabled) {
    DW_TRY(write_config(setup, directory->cheap, &setup->cheap));
  }
  return write_own(setup, directory->scan, text);
}

dw_status dw_scan_setup_directory(const dw_scan_setup *setup, bool restart, const char *text) {
  const dw_scan_directory *directory = &setup->directory;
  const bool used = dw_scan_directory_is_used(directory);
  if (restart && !used) {
    return dw_fail(DW_ERR_FILE, "--restart: there is no scan in %s (no journal.txt); start it without --restart",
                   directory->root);
  }
  if (restart) {
    DW_TRY(compare_keys(setup));
    DW_TRY(compare_config(directory->base, &setup->base));
    return setup->scan.cheap.enabled ? compare_config(directory->cheap, &setup->cheap) : DW_OK;
  }
  if (used && !setup->scan.overwrite) {
    return dw_fail(DW_ERR_FILE,
                   "output: %s holds a scan already and is left as it is; go on with it (--restart), replace it "
                   "(--set overwrite=true), or choose another directory (--set output=...)",
                   directory->root);
  }
  DW_TRY(used ? dw_journal_check_free(directory->journal) : DW_OK);
  return begin(setup, text);
}
