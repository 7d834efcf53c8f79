#define _XOPEN_SOURCE 700 /* realpath */
#include "app/directory.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analysis/model.h"

static void join(char *path, const char *root, const char *name) {
  (void)snprintf(path, DW_PATH_LENGTH, "%s/%s", root, name);
}

void dw_directory_name(dw_directory *directory, const char *root) {
  (void)snprintf(directory->root, DW_PATH_LENGTH, "%s", root);
  join(directory->config, root, "config.cfg");
  join(directory->log, root, "run.log");
  join(directory->lock, root, ".lock");
  join(directory->potential, root, DW_MODEL_PLUGIN);
  join(directory->table, root, DW_MODEL_TABLE);
  join(directory->timeseries, root, "timeseries.csv");
  join(directory->spectra, root, "spectra.h5");
  join(directory->tracks, root, "tracks.h5");
  join(directory->walls, root, "walls.h5");
  join(directory->sectors, root, "sectors.h5");
  join(directory->expansion, root, "expansion.txt");
  join(directory->snapshots, root, "snapshots");
  join(directory->slices, root, "slices");
  join(directory->checkpoints, root, "checkpoints");
}

static bool exists(const char *path) { return access(path, F_OK) == 0; }

static bool ends_with(const char *name, const char *ending) {
  const size_t length = strlen(name);
  const size_t tail = strlen(ending);
  return length >= tail && strcmp(name + length - tail, ending) == 0;
}

/* Whether a file in one of the sub-directories is one of ours: our prefix and one of our endings. */
static bool is_ours(const char *name, const char *prefix) {
  static const char *const endings[] = {".h5", ".png", ".xdmf", ".h5.tmp", ".png.tmp", ".xdmf.tmp"};
  if (strncmp(name, prefix, strlen(prefix)) != 0) {
    return false;
  }
  for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
    if (ends_with(name, endings[i])) {
      return true;
    }
  }
  return false;
}

typedef enum visit_what { COUNT, REMOVE, REMOVE_UNFINISHED } visit_what;

/* Counts or removes our files in a sub-directory. *found counts them, unfinished ones only if they are removed. */
static dw_status visit(const char *folder, const char *prefix, visit_what what, int *found) {
  DIR *stream = opendir(folder);
  if (stream == NULL) {
    return DW_OK; /* none there yet */
  }
  dw_status status = DW_OK;
  for (const struct dirent *entry = readdir(stream); entry != NULL && status == DW_OK; entry = readdir(stream)) {
    const bool unfinished = ends_with(entry->d_name, ".tmp");
    if (!is_ours(entry->d_name, prefix) || (what == COUNT && unfinished) ||
        (what == REMOVE_UNFINISHED && !unfinished)) {
      continue;
    }
    (*found)++;
    char path[2 * DW_PATH_LENGTH];
    (void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
    if (what != COUNT && unlink(path) != 0) {
      status = dw_fail(DW_ERR_FILE, "%s can't be removed: %s", path, strerror(errno));
    }
  }
  (void)closedir(stream);
  return status;
}

static dw_status visit_all(const dw_directory *directory, visit_what what, int *found) {
  DW_TRY(visit(directory->snapshots, "snapshot", what, found));
  DW_TRY(visit(directory->slices, "phi_", what, found));
  return visit(directory->checkpoints, "checkpoint_", what, found);
}

enum { FILES = 9 };

/* The files of a run outside its folders, but for its log. */
static void list_files(const dw_directory *directory, const char *files[FILES]) {
  const char *const all[FILES] = {directory->config,    directory->timeseries, directory->spectra,
                                  directory->tracks,    directory->walls,      directory->sectors,
                                  directory->expansion, directory->table,      directory->potential};
  memcpy(files, all, sizeof all);
}

static dw_status check(const dw_directory *directory, bool overwrite) {
  const char *files[FILES];
  int found = 0;
  list_files(directory, files);
  DW_TRY(visit_all(directory, COUNT, &found));
  for (int i = 0; i < FILES; i++) {
    found += exists(files[i]);
  }
  if (overwrite || found == 0) {
    return DW_OK;
  }
  return dw_fail(DW_ERR_FILE,
                 "output: %s holds a run already and is left as it is; go on with it (--restart), replace it "
                 "(--set overwrite=true), or choose another directory (--set output=...)",
                 directory->root);
}

/* Whether the path leads to one of our files in a sub-directory. */
static bool is_among(const char *path, const char *folder, const char *prefix) {
  char *whole = realpath(path, NULL);
  char *above = realpath(folder, NULL);
  const size_t length = above == NULL ? 0 : strlen(above);
  const bool inside = whole != NULL && length > 0 && strncmp(whole, above, length) == 0 && whole[length] == '/' &&
                      is_ours(whole + length + 1, prefix);
  free(whole);
  free(above);
  return inside;
}

static dw_status check_source(const dw_directory *directory, const char *source) {
  if (!is_among(source, directory->snapshots, "snapshot") && !is_among(source, directory->checkpoints, "checkpoint_")) {
    return DW_OK;
  }
  return dw_fail(DW_ERR_PARAM,
                 "overwrite: %s, which the run starts from, would be removed with the run in %s; choose another "
                 "directory (--set output=...)",
                 source, directory->root);
}

dw_status dw_directory_check_source(const dw_directory *directory, const dw_comm *comm, const char *source) {
  return dw_comm_agree(comm, dw_comm_rank(comm) == 0 ? check_source(directory, source) : DW_OK);
}

dw_status dw_directory_check(const dw_directory *directory, const dw_comm *comm, bool overwrite) {
  return dw_comm_agree(comm, dw_comm_rank(comm) == 0 ? check(directory, overwrite) : DW_OK);
}

static const char OPTION[] = "--set output=...";

static dw_status make_one(const char *path, const char *option) {
  if (mkdir(path, 0777) != 0 && errno != EEXIST) {
    return dw_fail(DW_ERR_FILE, "output: the directory %s can't be made: %s; choose another with %s", path,
                   strerror(errno), option);
  }
  struct stat status;
  if (stat(path, &status) != 0 || !S_ISDIR(status.st_mode)) {
    return dw_fail(DW_ERR_FILE, "output: %s is in the way, it isn't a directory; choose another with %s", path, option);
  }
  return DW_OK;
}

dw_status dw_directory_make(const char *path, const char *option) {
  char part[DW_PATH_LENGTH];
  (void)snprintf(part, sizeof part, "%s", path);
  for (char *slash = strchr(part + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
    *slash = '\0';
    DW_TRY(make_one(part, option));
    *slash = '/';
  }
  return make_one(part, option);
}

static dw_status remove_file(const char *path) {
  if (unlink(path) != 0 && errno != ENOENT && errno != ENOTDIR) {
    return dw_fail(DW_ERR_FILE, "%s can't be removed: %s", path, strerror(errno));
  }
  return DW_OK;
}

dw_status dw_directory_root(const dw_directory *directory, const dw_comm *comm) {
  return dw_comm_agree(comm, dw_comm_rank(comm) == 0 ? dw_directory_make(directory->root, OPTION) : DW_OK);
}

static dw_status make_all(const dw_directory *directory) {
  DW_TRY(make_one(directory->snapshots, OPTION));
  DW_TRY(make_one(directory->slices, OPTION));
  DW_TRY(make_one(directory->checkpoints, OPTION));
  if (access(directory->root, W_OK) != 0) {
    return dw_fail(DW_ERR_FILE, "output: %s can't be written: %s; choose another with %s", directory->root,
                   strerror(errno), OPTION);
  }
  return DW_OK;
}

/* What `dwell analyse` and `dwell report` have made of the run that is replaced. */
static dw_status remove_results(const dw_directory *directory) {
  static const char *const names[] = {"analysis/analysis.txt", "analysis/analysis.h5", "analysis/spectrum_today.txt",
                                      "analysis/spectrum_today.h5", "report.html"};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    char path[DW_PATH_LENGTH + 32];
    (void)snprintf(path, sizeof path, "%s/%s", directory->root, names[i]);
    DW_TRY(remove_file(path));
  }
  return remove_file(directory->log);
}

static dw_status prepare(const dw_directory *directory, bool clean) {
  const char *files[FILES];
  list_files(directory, files);
  DW_TRY(make_all(directory));
  int found = 0;
  DW_TRY(visit_all(directory, clean ? REMOVE : REMOVE_UNFINISHED, &found));
  for (int i = 0; i < FILES; i++) {
    char unfinished[DW_PATH_LENGTH + 8];
    (void)snprintf(unfinished, sizeof unfinished, "%s.tmp", files[i]);
    DW_TRY(remove_file(unfinished));
    DW_TRY(clean ? remove_file(files[i]) : DW_OK);
  }
  return clean ? remove_results(directory) : DW_OK;
}

dw_status dw_directory_prepare(const dw_directory *directory, const dw_comm *comm, bool clean) {
  return dw_comm_agree(comm, dw_comm_rank(comm) == 0 ? prepare(directory, clean) : DW_OK);
}

dw_rows dw_directory_rows(const dw_directory *directory) {
  dw_rows rows = {0};
  FILE *file = fopen(directory->timeseries, "r");
  if (file == NULL) {
    return rows;
  }
  char *line = NULL;
  size_t size = 0;
  for (ssize_t length = getline(&line, &size, file); length > 0; length = getline(&line, &size, file)) {
    long long step = 0;
    double tau = 0.0;
    if (line[length - 1] == '\n' && sscanf(line, "%lld,%lf,", &step, &tau) == 2) {
      rows = (dw_rows){.count = rows.count + 1, .step = step, .tau = tau};
    }
  }
  free(line);
  (void)fclose(file);
  return rows;
}

/* A folder that can't be read counts as empty: these numbers are for people. */
static int count(const char *folder, const char *prefix) {
  int found = 0;
  return visit(folder, prefix, COUNT, &found) == DW_OK ? found : 0;
}

int dw_directory_snapshots(const dw_directory *directory) { return count(directory->snapshots, "snapshot_"); }

int dw_directory_slices(const dw_directory *directory) { return count(directory->slices, "phi_"); }
