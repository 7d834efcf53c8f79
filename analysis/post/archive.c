#include "analysis/post/archive.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analysis/expansion_file.h"
#include "analysis/model.h"
#include "analysis/post/archive_compare.h"
#include "base/memory.h"

static const char SPECTRA[] = "spectra.h5";
static const char TRACKS[] = "tracks.h5";
static const char SERIES[] = "timeseries.csv";
static const char EXPANSION[] = "expansion.txt";

/* Rounding between the time of the last step and time.end, of the time that the run spans; see app/plan.c. */
static const double SLACK = 2e-9;

/* --- the directory --- */

static bool has_file(const dw_archive *archive, const char *name, char path[DW_ARCHIVE_PATH]) {
  const int length = snprintf(path, DW_ARCHIVE_PATH, "%s/%s", archive->path, name);
  return length > 0 && length < DW_ARCHIVE_PATH && access(path, F_OK) == 0;
}

static dw_status check_directory(dw_archive *archive, const char *given) {
  const int length = snprintf(archive->path, sizeof archive->path, "%s", given);
  if (length < 0 || length >= (int)sizeof archive->path) {
    return dw_fail(DW_ERR_FILE, "%.64s...: the path is too long", given);
  }
  struct stat state;
  if (stat(given, &state) != 0) {
    return dw_fail(DW_ERR_FILE, "%s: can't be read (%s); name the directory of a run", given, strerror(errno));
  }
  if (!S_ISDIR(state.st_mode)) {
    return dw_fail(DW_ERR_FILE, "%s isn't a directory; name the directory of a run", given);
  }
  const char *const names[] = {SPECTRA, SERIES};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    char path[DW_ARCHIVE_PATH];
    if (!has_file(archive, names[i], path)) {
      return dw_fail(DW_ERR_FILE, "%s holds no run: there is no %s in it; name the directory of a run", given,
                     names[i]);
    }
  }
  return DW_OK;
}

/* --- spectra and tracks --- */

static dw_status read_groups(dw_archive *a, dw_archive_file *file) {
  DW_TRY(dw_archive_file_params(file, &a->params, &a->config));
  DW_TRY(dw_archive_file_provenance(file, "version", a->version, sizeof a->version));
  DW_TRY(dw_archive_file_provenance(file, "git", a->git, sizeof a->git));
  DW_TRY(dw_archive_spectra_read(&a->field, file, "field", true));
  DW_TRY(dw_archive_spectra_read(&a->etc, file, "etc", true));
  DW_TRY(dw_archive_spectra_read(&a->stress, file, "stress", false));
  DW_TRY(dw_archive_spectra_read(&a->gw, file, "gw", false));
  return dw_archive_spectra_read(&a->utc, file, "utc", false);
}

/* All groups have the same rows and times. */
static dw_status check_groups(const dw_archive *a) {
  const dw_archive_spectra *const groups[] = {&a->etc, &a->stress, &a->gw, &a->utc};
  for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
    const dw_archive_spectra *group = groups[i];
    if (group->step == NULL) {
      continue;
    }
    const size_t rows = (size_t)group->rows;
    if (group->rows != a->field.rows || memcmp(group->step, a->field.step, rows * sizeof *group->step) != 0 ||
        memcmp(group->tau, a->field.tau, rows * sizeof *group->tau) != 0) {
      return dw_fail(DW_ERR_FILE,
                     "%s/%s: groups field and %s have other rows or times (%" PRId64 " and %" PRId64
                     "); the file is damaged, bring it back from a copy or run again",
                     a->path, SPECTRA, group->group, a->field.rows, group->rows);
    }
  }
  return DW_OK;
}

/* Other parts of the stress have the shells of etc, unequal times the first ones. */
static dw_status check_shells(const dw_archive *a) {
  const dw_archive_spectra *const groups[] = {&a->stress, &a->utc};
  for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
    const dw_archive_spectra *group = groups[i];
    const int64_t shells = group == &a->stress && group->shells > 0 ? a->etc.shells : group->shells;
    if (!dw_archive_spectra_begin_alike(group, &a->etc, shells)) {
      return dw_fail(DW_ERR_FILE,
                     "%s/%s: group %s has other shells than etc; the file is damaged, bring it back from a copy or run "
                     "again",
                     a->path, SPECTRA, group->group);
    }
  }
  return DW_OK;
}

static dw_status read_spectra(dw_archive *a) {
  dw_archive_file file;
  DW_TRY(dw_archive_file_open(&file, a->path, SPECTRA));
  const dw_status status = read_groups(a, &file);
  dw_archive_file_close(&file);
  DW_TRY(status);
  DW_TRY(check_groups(a));
  return check_shells(a);
}

/* `params` and `config` are scratch. */
static dw_status read_open_tracks(dw_archive *a, dw_archive_file *file, dw_params *params, char **config) {
  DW_TRY(dw_archive_file_params(file, params, config));
  const dw_param_entry *other = dw_params_difference(&a->params, params, dw_key_decides_run);
  if (other != NULL) {
    return dw_fail(DW_ERR_FILE, "%s isn't of the run of %s: their %s differ; bring it back from a copy or remove it",
                   file->path, SPECTRA, other->key);
  }
  DW_TRY(dw_archive_tracks_read(&a->tracks, file));
  if (a->tracks.shells > a->etc.shells) {
    return dw_fail(DW_ERR_FILE,
                   "%s has %" PRId64 " shells, and %s only %" PRId64
                   "; a file is damaged, bring it back from a copy or run again",
                   file->path, a->tracks.shells, SPECTRA, a->etc.shells);
  }
  return DW_OK;
}

static dw_status read_tracks(dw_archive *a) {
  char path[DW_ARCHIVE_PATH];
  dw_archive_file file;
  void *params = NULL;
  char *config = NULL;
  if (!has_file(a, TRACKS, path)) {
    return DW_OK;
  }
  DW_TRY(dw_archive_file_open(&file, a->path, TRACKS));
  dw_status status = dw_alloc(&params, 1, sizeof(dw_params), "parameters of a run");
  if (status == DW_OK) {
    status = read_open_tracks(a, &file, params, &config);
  }
  dw_archive_file_close(&file);
  dw_free(params);
  dw_free(config);
  return status;
}

/* --- the whole --- */

static dw_status make_model(dw_archive *a) {
  char table[DW_ARCHIVE_PATH];
  char source[DW_ARCHIVE_PATH];
  (void)has_file(a, DW_MODEL_TABLE, table); /* these are looked at only where the run has one */
  (void)has_file(a, DW_MODEL_PLUGIN, source);
  dw_status status = dw_plugin_from_params(&a->plugin, &a->params, dw_comm_self(), source);
  if (status == DW_OK) {
    status = dw_model_from_params(&a->model, &a->params, table, a->plugin);
  }
  if (status != DW_OK) {
    char reason[DW_MESSAGE_LENGTH];
    (void)snprintf(reason, sizeof reason, "%s", dw_message());
    return dw_fail(DW_ERR_FILE, "%s/%s: %s", a->path, SPECTRA, reason);
  }
  a->spacing = dw_params_spacing(&a->params);
  return DW_OK;
}

/* The scale factor that the run has found. */
static dw_status read_expansion(dw_archive *a) {
  char path[DW_ARCHIVE_PATH];
  if (!dw_background_is_driven(&a->model.background)) {
    return DW_OK;
  }
  if (!has_file(a, EXPANSION, path)) {
    return dw_fail(DW_ERR_FILE,
                   "%s: there is no %s, the scale factor of its self-consistent background; a run writes it at "
                   "checkpoints and at its end: go on with it, or bring the file back from a copy",
                   a->path, EXPANSION);
  }
  DW_TRY(dw_expansion_file_read(path, a->model.background.tau_start, &a->expansion));
  a->model.background.record = a->expansion;
  return DW_OK;
}

/* Rows and spectra of one step say the same time, or they aren't of one run. */
static dw_status check_times(const dw_archive *a) {
  const double *step = dw_archive_column(a, DW_COLUMN_STEP);
  const double *tau = dw_archive_column(a, DW_COLUMN_TAU);
  int64_t row = 0;
  for (int64_t t = 0; t < a->field.rows; t++) {
    while (row < a->series.rows && step[row] < (double)a->field.step[t]) {
      row++;
    }
    if (row < a->series.rows && step[row] == (double)a->field.step[t] &&
        !(fabs(tau[row] - a->field.tau[t]) <= 1e-9 * fabs(tau[row]))) {
      return dw_fail(DW_ERR_FILE,
                     "%s: step %" PRId64 " is at tau = %.10g in %s and at %.10g in %s; the files aren't of one run",
                     a->path, a->field.step[t], a->field.tau[t], SPECTRA, tau[row], SERIES);
    }
  }
  return DW_OK;
}

static bool is_finished(const dw_archive *a) {
  const double end = a->params.time.end;
  return dw_archive_tau_last(a) >= end - SLACK * (end - a->model.background.tau_start);
}

static dw_status read_all(dw_archive *a, const char *path) {
  char series[DW_ARCHIVE_PATH];
  DW_TRY(check_directory(a, path));
  DW_TRY(read_spectra(a));
  DW_TRY(make_model(a));
  DW_TRY(read_expansion(a));
  (void)has_file(a, SERIES, series);
  DW_TRY(dw_archive_series_read(&a->series, series));
  DW_TRY(check_times(a));
  a->finished = is_finished(a);
  return read_tracks(a);
}

dw_status dw_archive_open(dw_archive **archive, const char *path) {
  *archive = NULL;
  void *block = NULL;
  DW_TRY(dw_alloc(&block, 1, sizeof **archive, "a run"));
  memset(block, 0, sizeof **archive);
  const dw_status status = read_all(block, path);
  if (status != DW_OK) {
    dw_archive_close(block);
    return status;
  }
  *archive = block;
  return DW_OK;
}

void dw_archive_close(dw_archive *archive) {
  if (archive == NULL) {
    return;
  }
  dw_archive_spectra *const groups[] = {&archive->field, &archive->etc, &archive->stress, &archive->gw, &archive->utc};
  for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
    dw_archive_spectra_free(groups[i]);
  }
  dw_archive_tracks_free(&archive->tracks);
  dw_archive_series_free(&archive->series);
  dw_plugin_unload(archive->plugin);
  dw_background_record_destroy(archive->expansion);
  dw_free(archive->config);
  dw_free(archive);
}

const double *dw_archive_column(const dw_archive *archive, dw_column column) { return archive->series.value[column]; }

double dw_archive_tau_first(const dw_archive *archive) { return dw_archive_column(archive, DW_COLUMN_TAU)[0]; }

double dw_archive_tau_last(const dw_archive *archive) {
  return dw_archive_column(archive, DW_COLUMN_TAU)[archive->series.rows - 1];
}

bool dw_archive_has_unequal(const dw_archive *archive) {
  if (archive->tracks.samples > 0 && archive->tracks.modes > 0) {
    return true;
  }
  const dw_archive_spectra *utc = &archive->utc;
  const double *value = dw_archive_value(utc, "value");
  for (int64_t i = 0; value != NULL && i < utc->references * utc->rows * utc->shells; i++) {
    if (!isnan(value[i])) {
      return true;
    }
  }
  return false;
}
