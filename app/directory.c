#include "app/directory.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void join(char *path, const char *root, const char *name) {
  (void)snprintf(path, DW_PATH_LENGTH, "%s/%s", root, name);
}

void dw_directory_name(dw_directory *directory, const char *root) {
  (void)snprintf(directory->root, DW_PATH_LENGTH, "%s", root);
  join(directory->config, root, "config.cfg");
  join(directory->log, root, "run.log");
  join(directory->timeseries, root, "timeseries.csv");
  join(directory->spectra, root, "spectra.h5");
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

/* Removes (or, with `remove_them` false, looks for) our files in a sub-directory. *found counts them. */
static dw_status visit(const char *folder, const char *prefix, bool remove_them, int *found) {
  DIR *stream = opendir(folder);
  if (stream == NULL) {
    return DW_OK; /* none there yet */
  }
  dw_status status = DW_OK;
  for (const struct dirent *entry = readdir(stream); entry != NULL && status == DW_OK; entry = readdir(stream)) {
    if (!is_ours(entry->d_name, prefix)) {
      continue;
    }
    (*found)++;
    char path[2 * DW_PATH_LENGTH];
    (void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
    if (remove_them && unlink(path) != 0) {
      status = dw_fail(DW_ERR_FILE, "%s can't be removed: %s", path, strerror(errno));
    }
  }
  (void)closedir(stream);
  return status;
}

static dw_status visit_all(const dw_directory *directory, bool remove_them, int *found) {
  DW_TRY(visit(directory->snapshots, "snapshot", remove_them, found));
  DW_TRY(visit(directory->slices, "phi_", remove_them, found));
  return visit(directory->checkpoints, "checkpoint_", remove_them, found);
}

static dw_status check(const dw_directory *directory, bool overwrite) {
  int found = 0;
  DW_TRY(visit_all(directory, false, &found));
  if (overwrite || (found == 0 && !exists(directory->config) && !exists(directory->timeseries) &&
                    !exists(directory->spectra))) {
    return DW_OK;
  }
  return dw_fail(DW_ERR_FILE,
                 "output: %s holds a run already and is left as it is; go on with it (--restart), replace it "
                 "(--set overwrite=true), or choose another directory (--set output=...)",
                 directory->root);
}

dw_status dw_directory_check(const dw_directory *directory, const dw_comm *comm, bool overwrite) {
  return dw_comm_agree(comm, dw_comm_rank(comm) == 0 ? check(directory, overwrite) : DW_OK);
}

static dw_status make_one(const char *path) {
  if (mkdir(path, 0777) != 0 && errno != EEXIST) {
    return dw_fail(DW_ERR_FILE, "output: the directory %s can't be made: %s; choose another with --set output=...",
                   path, strerror(errno));
  }
  struct stat status;
  if (stat(path, &status) != 0 || !S_ISDIR(status.st_mode)) {
    return dw_fail(DW_ERR_FILE, "output: %s is in the way, it isn't a directory; choose another with --set output=...",
                   path);
  }
  return DW_OK;
}

static dw_status make_path(const char *path) {
  char part[DW_PATH_LENGTH];
  (void)snprintf(part, sizeof part, "%s", path);
  for (char *slash = strchr(part + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
    *slash = '\0';
    DW_TRY(make_one(part));
    *slash = '/';
  }
  return make_one(part);
}

static dw_status remove_file(const char *path) {
  if (unlink(path) != 0 && errno != ENOENT) {
    return dw_fail(DW_ERR_FILE, "%s can't be removed: %s", path, strerror(errno));
  }
  return DW_OK;
}

static dw_status prepare(const dw_directory *directory, bool clean) {
  DW_TRY(make_path(directory->root));
  DW_TRY(make_one(directory->snapshots));
  DW_TRY(make_one(directory->slices));
  DW_TRY(make_one(directory->checkpoints));
  if (access(directory->root, W_OK) != 0) {
    return dw_fail(DW_ERR_FILE, "output: %s can't be written: %s; choose another with --set output=...",
                   directory->root, strerror(errno));
  }
  if (!clean) {
    return DW_OK;
  }
  int found = 0;
  DW_TRY(visit_all(directory, true, &found));
  DW_TRY(remove_file(directory->config));
  DW_TRY(remove_file(directory->log));
  DW_TRY(remove_file(directory->timeseries));
  return remove_file(directory->spectra);
}

dw_status dw_directory_prepare(const dw_directory *directory, const dw_comm *comm, bool clean) {
  return dw_comm_agree(comm, dw_comm_rank(comm) == 0 ? prepare(directory, clean) : DW_OK);
}
