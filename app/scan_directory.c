#include "app/scan_directory.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEPTH = 4 };

void dw_scan_directory_name(dw_scan_directory *directory, const char *root) {
  const struct {
    char *path;
    const char *name;
  } names[] = {{directory->scan, "scan.cfg"},          {directory->base, "base.cfg"},
               {directory->cheap, "cheap.cfg"},        {directory->journal, "journal.txt"},
               {directory->log, "scan.log"},           {directory->dataset, "dataset.h5"},
               {directory->ensemble, "ensemble.h5"},   {directory->paired, "paired.h5"},
               {directory->paired_text, "paired.txt"}, {directory->runs, "runs"}};
  (void)snprintf(directory->root, DW_PATH_LENGTH, "%s", root);
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    (void)snprintf(names[i].path, DW_PATH_LENGTH, "%s/%s", root, names[i].name);
  }
}

void dw_scan_run_id(int64_t point, int64_t seed, dw_dataset_level level, char id[DW_DATASET_TEXT]) {
  (void)snprintf(id, DW_DATASET_TEXT, "point%04" PRId64 "-seed%" PRId64 "-%s", point, seed,
                 level == DW_LEVEL_CHEAP ? "cheap" : "fine");
}

void dw_scan_run_path(const dw_scan_directory *directory, const char *id, char *path) {
  (void)snprintf(path, DW_PATH_LENGTH, "%.*s/%s", DW_PATH_LENGTH - DW_DATASET_TEXT - 2, directory->runs, id);
}

bool dw_scan_directory_is_used(const dw_scan_directory *directory) { return access(directory->journal, F_OK) == 0; }

static dw_status cannot_remove(const char *path) {
  return dw_fail(DW_ERR_FILE, "%s can't be removed: %s", path, strerror(errno));
}

/* Directories of runs are three deep. */
static dw_status remove_tree(const char *path, int depth) {
  DIR *stream = depth > 0 ? opendir(path) : NULL;
  if (stream == NULL) {
    return errno == ENOENT ? DW_OK : cannot_remove(path);
  }
  dw_status status = DW_OK;
  for (const struct dirent *entry = readdir(stream); entry != NULL && status == DW_OK; entry = readdir(stream)) {
    char inner[2 * DW_PATH_LENGTH];
    struct stat state;
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
      continue;
    }
    (void)snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name);
    if (lstat(inner, &state) == 0 && S_ISDIR(state.st_mode)) {
      status = remove_tree(inner, depth - 1);
    } else if (unlink(inner) != 0 && errno != ENOENT) {
      status = cannot_remove(inner);
    }
  }
  (void)closedir(stream);
  if (status == DW_OK && rmdir(path) != 0 && errno != ENOENT) {
    status = cannot_remove(path);
  }
  return status;
}

dw_status dw_scan_remove_run(const dw_scan_directory *directory, const char *id) {
  char path[DW_PATH_LENGTH];
  dw_scan_run_path(directory, id, path);
  return remove_tree(path, DEPTH);
}

/* Whether it is the name of a run's directory. */
static bool is_run(const char *name) {
  int64_t point = 0;
  int64_t seed = 0;
  char level[8] = "";
  char id[DW_DATASET_TEXT];
  if (sscanf(name, "point%" SCNd64 "-seed%" SCNd64 "-%7s", &point, &seed, level) != 3) {
    return false;
  }
  dw_scan_run_id(point, seed, strcmp(level, "cheap") == 0 ? DW_LEVEL_CHEAP : DW_LEVEL_FINE, id);
  return strcmp(id, name) == 0;
}

bool dw_scan_directory_has_runs(const dw_scan_directory *directory) {
  DIR *stream = opendir(directory->runs);
  bool has = false;
  for (const struct dirent *entry = stream != NULL ? readdir(stream) : NULL; entry != NULL && !has;
       entry = readdir(stream)) {
    has = is_run(entry->d_name);
  }
  if (stream != NULL) {
    (void)closedir(stream);
  }
  return has;
}

static dw_status remove_runs(const dw_scan_directory *directory) {
  DIR *stream = opendir(directory->runs);
  dw_status status = DW_OK;
  if (stream == NULL) {
    return errno == ENOENT ? DW_OK : cannot_remove(directory->runs);
  }
  for (const struct dirent *entry = readdir(stream); entry != NULL && status == DW_OK; entry = readdir(stream)) {
    if (is_run(entry->d_name)) {
      status = dw_scan_remove_run(directory, entry->d_name);
    }
  }
  (void)closedir(stream);
  return status;
}

/* The journal goes last: as long as it is there, what is left is known to be a scan's. */
static dw_status clean_all(const dw_scan_directory *directory) {
  const char *const files[] = {directory->dataset,     directory->ensemble, directory->paired,
                               directory->paired_text, directory->log,      directory->scan,
                               directory->base,        directory->cheap,    directory->journal};
  DW_TRY(remove_runs(directory));
  for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
    if (unlink(files[i]) != 0 && errno != ENOENT) {
      return cannot_remove(files[i]);
    }
  }
  return DW_OK;
}

dw_status dw_scan_directory_prepare(const dw_scan_directory *directory, bool clean) {
  DW_TRY(dw_directory_make(directory->root, "--set output=..."));
  DW_TRY(dw_directory_make(directory->runs, "--set output=..."));
  return clean ? clean_all(directory) : DW_OK;
}
