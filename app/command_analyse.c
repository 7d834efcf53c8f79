/* `dwell analyse`: reads finished runs, does the sections asked for, then writes analysis.txt and analysis.h5.
 *
 * Process 0 works, others wait. All that may be wrong with options and runs is found before anything is computed, and
 * nothing is written before all sections are done. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analysis/post/archive_compare.h"
#include "app/analyse_sections.h"
#include "app/commands.h"
#include "app/directory.h"
#include "base/memory.h"
#include "base/version.h"
#include "lattice/provenance.h"

typedef struct job {
  dw_analyse_options options;
  dw_archive *run[DW_ANALYSE_RUNS];
  dw_analyse_input input;
  dw_findings *findings;
  dw_provenance provenance;
  char output[DW_PATH_LENGTH];
} job;

/* --- checks --- */

static dw_status name_output(job *j) {
  const char *given = j->options.output;
  const int length = given != NULL ? snprintf(j->output, sizeof j->output, "%s", given)
                                   : snprintf(j->output, sizeof j->output, "%s/analysis", j->options.run[0]);
  if (length < 0 || length >= (int)sizeof j->output) {
    return dw_fail(DW_ERR_PARAM, "--output: the path is longer than %zu bytes", sizeof j->output - 1);
  }
  struct stat state;
  if (stat(j->output, &state) != 0) {
    return DW_OK; /* made later */
  }
  if (!S_ISDIR(state.st_mode)) {
    return dw_fail(DW_ERR_FILE, "--output: %s is in the way, it isn't a directory; choose another with --output DIR",
                   j->output);
  }
  if (access(j->output, W_OK) != 0) {
    return dw_fail(DW_ERR_FILE, "--output: %s can't be written: %s; choose another with --output DIR", j->output,
                   strerror(errno));
  }
  return DW_OK;
}

static dw_status check_finished(const dw_archive *run) {
  if (run->finished) {
    return DW_OK;
  }
  return dw_fail(DW_ERR_FILE,
                 "the run in %s isn't finished: its last row is at tau = %.6g, time.end = %.6g; go on with it (dwell "
                 "run ... --restart), or analyse what is there (--unfinished)",
                 run->path, dw_archive_tau_last(run), run->params.time.end);
}

static dw_status open_runs(job *j) {
  for (int r = 0; r < j->options.runs; r++) {
    DW_TRY(dw_archive_open(&j->run[r], j->options.run[r]));
    DW_TRY(j->options.unfinished ? DW_OK : check_finished(j->run[r]));
  }
  return DW_OK;
}

/* The same set-up has the same shells, or a file is damaged. */
static dw_status check_shells(const dw_archive *first, const dw_archive *other) {
  const dw_archive_spectra *const pairs[][2] = {{&first->field, &other->field},
                                                {&first->etc, &other->etc},
                                                {&first->stress, &other->stress},
                                                {&first->gw, &other->gw},
                                                {&first->utc, &other->utc}};
  bool same = first->tracks.shells == other->tracks.shells;
  for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
    const dw_archive_spectra *const *of = pairs[i];
    same = same && of[0]->shells == of[1]->shells && dw_archive_spectra_begin_alike(of[0], of[1], of[0]->shells);
  }
  return same ? DW_OK
              : dw_fail(DW_ERR_FILE,
                        "%s and %s have other shells, but the same set-up; files of one are damaged or missing: bring "
                        "them back from a copy or run again",
                        first->path, other->path);
}

/* Several runs are realisations of one set-up. */
static dw_status check_members(const job *j) {
  for (int r = 1; r < j->options.runs; r++) {
    const dw_param_entry *other = dw_params_difference(&j->run[0]->params, &j->run[r]->params, dw_key_decides_ensemble);
    if (other != NULL) {
      return dw_fail(DW_ERR_PARAM,
                     "%s and %s differ in %s; analyse together runs that differ in their seed only, others one by one",
                     j->run[0]->path, j->run[r]->path, other->key);
    }
    for (int s = 0; s < r; s++) {
      if (j->run[s]->params.seed == j->run[r]->params.seed) {
        return dw_fail(DW_ERR_PARAM, "%s and %s have the same seed, %lld; they are one realisation, give one of them",
                       j->run[s]->path, j->run[r]->path, (long long)j->run[r]->params.seed);
      }
    }
    DW_TRY(check_shells(j->run[0], j->run[r]));
  }
  return DW_OK;
}

/* Where the window starts unless told: half-way to the last row in which walls are resolved and the horizon is in the
 * box, since a network takes a while to forget its start. */
static double default_start(const job *j, double first, double to) {
  double last = first;
  const dw_archive *run = j->run[0];
  const double *tau = dw_archive_column(run, DW_COLUMN_TAU);
  const double *valid = dw_archive_column(run, DW_COLUMN_VALID);
  for (int64_t i = 0; i < run->series.rows; i++) {
    last = valid[i] > 0.0 && tau[i] <= to ? tau[i] : last;
  }
  return 0.5 * (first + (last > first ? last : to));
}

/* The window, within all runs; times that are meant to be the first or the last are. */
static dw_status choose_window(job *j) {
  double first = dw_archive_tau_first(j->run[0]);
  double last = dw_archive_tau_last(j->run[0]);
  for (int r = 1; r < j->options.runs; r++) {
    first = fmax(first, dw_archive_tau_first(j->run[r]));
    last = fmin(last, dw_archive_tau_last(j->run[r]));
  }
  const double slack = 1e-9 * last;
  const double from = j->options.from;
  const double to = j->options.to;
  if (from < first - slack || from > last + slack || to < first - slack || to > last + slack) {
    const bool is_from = from < first - slack || from > last + slack;
    return dw_fail(DW_ERR_PARAM, "%s %g is outside the run, which has tau = %.6g to %.6g", is_from ? "--from" : "--to",
                   is_from ? from : to, first, last);
  }
  j->input.to = isnan(to) ? last : fmin(fmax(to, first), last);
  j->input.from = isnan(from) ? default_start(j, first, j->input.to) : fmin(fmax(from, first), last);
  if (!(j->input.from < j->input.to)) {
    return dw_fail(DW_ERR_PARAM, "--from, --to: the window from tau = %.6g to %.6g is empty; the run has %.6g to %.6g",
                   j->input.from, j->input.to, first, last);
  }
  return DW_OK;
}

static dw_status prepare(job *j) {
  DW_TRY(name_output(j));
  DW_TRY(open_runs(j));
  DW_TRY(check_members(j));
  j->input =
      (dw_analyse_input){.runs = j->options.runs, .run = (const dw_archive *const *)j->run, .options = &j->options};
  DW_TRY(choose_window(j));
  return dw_analyse_leave_out(&j->options, j->input.run);
}

/* --- sections --- */

/* Whether the row at this time is valid in all runs; *last: the last time in the window at which the first one's is. */
static bool is_valid(const job *j, double tau, double *last) {
  bool valid = true;
  *last = (double)NAN;
  for (int r = j->options.runs - 1; r >= 0; r--) {
    const double *times = dw_archive_column(j->run[r], DW_COLUMN_TAU);
    const double *flags = dw_archive_column(j->run[r], DW_COLUMN_VALID);
    for (int64_t i = 0; i < j->run[r]->series.rows && times[i] <= tau * (1.0 + 1e-9); i++) {
      valid = valid && (times[i] < tau * (1.0 - 1e-9) || flags[i] > 0.0);
      *last = r == 0 && flags[i] > 0.0 ? times[i] : *last;
    }
  }
  return valid;
}

/* Section walls takes valid rows only; the others take spectra as they are. */
static dw_status warn_validity(const job *j) {
  double last = 0.0;
  const double tau = dw_analyse_last_time(&j->input);
  const int64_t valid = is_valid(j, tau, &last);
  const int64_t one = 1;
  if (valid == 0) {
    DW_TRY(
        dw_findings_line(j->findings,
                         "  warning: at its last spectra, tau = %.6g, walls aren't resolved or the horizon is larger "
                         "than half the box; spectra are taken all the same. Valid up to %.6g (--to)",
                         tau, last));
  }
  return dw_findings_ints(j->findings, "window/valid", 1, &one, &valid, "1",
                          "whether walls are resolved and the horizon is in the box at the last spectra");
}

static dw_status say_runs(const job *j) {
  DW_TRY(dw_findings_line(j->findings, "%-12s %s, git %s", "dwell", dw_version(), dw_version_git()));
  for (int r = 0; r < j->options.runs; r++) {
    const dw_archive *run = j->run[r];
    DW_TRY(dw_findings_line(j->findings, "%-12s %s: %s, seed %lld, N = %lld, L = %g, tau = %.6g to %.6g%s", "run",
                            run->path, run->params.name, (long long)run->params.seed,
                            (long long)run->params.lattice.points, run->params.lattice.length,
                            dw_archive_tau_first(run), dw_archive_tau_last(run),
                            run->finished ? "" : ", not finished"));
  }
  DW_TRY(dw_findings_line(j->findings, "%-12s tau = %.6g to %.6g", "window", j->input.from, j->input.to));
  return warn_validity(j);
}

static dw_status do_sections(const job *j) {
  for (int i = 0; i < dw_analyse_section_count(); i++) {
    const dw_analyse_section *section = dw_analyse_section_at(i);
    if (j->options.section[i]) {
      DW_TRY(section->analyse(&j->input, j->findings));
    } else if (j->options.left_out[i][0] != '\0') {
      DW_TRY(dw_findings_line(j->findings, "%-12s left out: %s", section->name, j->options.left_out[i]));
    }
  }
  const double window[2] = {j->input.from, j->input.to};
  const int64_t shape = 2;
  return dw_findings_reals(j->findings, "window/tau", 1, &shape, window, "1/m", "conformal times that were analysed");
}

/* --- writing --- */

static dw_status write_findings(const job *j) {
  const char *path[DW_ANALYSE_RUNS];
  const char *version[DW_ANALYSE_RUNS];
  const char *git[DW_ANALYSE_RUNS];
  int64_t seed[DW_ANALYSE_RUNS];
  for (int r = 0; r < j->options.runs; r++) {
    path[r] = j->run[r]->path;
    version[r] = j->run[r]->version;
    git[r] = j->run[r]->git;
    seed[r] = j->run[r]->params.seed;
  }
  const dw_record record = {.provenance = &j->provenance, .params = &j->run[0]->params, .config = j->run[0]->config};
  const dw_findings_source source = {
      .record = &record, .runs = (size_t)j->options.runs, .path = path, .version = version, .git = git, .seed = seed};
  DW_TRY(dw_directory_make(j->output, "--output DIR"));
  const dw_status status = dw_findings_write(j->findings, j->output, &source);
  if (status != DW_OK) {
    (void)rmdir(j->output); /* goes where it is empty */
  }
  return status;
}

static dw_status write_sections(const job *j) {
  for (int i = 0; i < dw_analyse_section_count(); i++) {
    const dw_analyse_section *section = dw_analyse_section_at(i);
    if (j->options.section[i] && section->write != NULL) {
      DW_TRY(section->write(&j->input, &j->provenance, j->output));
    }
  }
  return DW_OK;
}

static void say_written(const job *j) {
  (void)printf("%-12s %s/analysis.txt, %s/analysis.h5\n", "written", j->output, j->output);
  for (int i = 0; i < dw_analyse_section_count(); i++) {
    const dw_analyse_section *section = dw_analyse_section_at(i);
    if (j->options.section[i] && section->files != NULL) {
      (void)printf("%-12s %s/%s\n", "", j->output, section->files);
    }
  }
}

static dw_status work(job *j, int whole_count, char **whole) {
  DW_TRY(prepare(j));
  dw_provenance_collect(&j->provenance, dw_comm_self(), whole_count, whole, j->run[0]->params.seed, 1);
  DW_TRY(dw_findings_create(&j->findings));
  DW_TRY(say_runs(j));
  DW_TRY(do_sections(j));
  (void)fputs(dw_findings_text(j->findings), stdout);
  DW_TRY(write_findings(j));
  DW_TRY(write_sections(j));
  say_written(j);
  return DW_OK;
}

static void destroy(job *j) {
  for (int r = 0; j != NULL && r < j->options.runs; r++) {
    dw_archive_close(j->run[r]);
  }
  dw_findings_destroy(j != NULL ? j->findings : NULL);
  free(j);
}

static dw_status analyse(int argc, char **argv, int whole_count, char **whole) {
  job *j = calloc(1, sizeof *j);
  dw_status status = j != NULL ? DW_OK : dw_fail(DW_ERR_MEMORY, "no memory for the analysis");
  if (status == DW_OK) {
    status = dw_analyse_options_parse(&j->options, argc, argv);
  }
  if (status == DW_OK) {
    status = work(j, whole_count, whole);
  }
  destroy(j);
  return status;
}

int dw_command_analyse(int argc, char **argv, int whole_count, char **whole) {
  dw_status status = dw_comm_start(NULL, NULL);
  const dw_comm *comm = dw_comm_world();
  const bool first = dw_comm_rank(comm) == 0;
  if (status == DW_OK) {
    status = dw_comm_agree(comm, first ? analyse(argc, argv, whole_count, whole) : DW_OK);
  }
  if (status != DW_OK && first) {
    (void)fprintf(stderr, "dwell: %s\n", dw_message());
  }
  dw_comm_stop();
  return dw_exit_code(status);
}
