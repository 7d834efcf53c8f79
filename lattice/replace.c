#include "lattice/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/memory.h"

dw_status dw_replace_name(char **temporary, const char *path) {
  const size_t size = strlen(path) + sizeof ".tmp";
  void *block = NULL;
  const dw_status status = dw_alloc(&block, size, 1, "file name");
  *temporary = block;
  if (status == DW_OK) {
    (void)snprintf(*temporary, size, "%s.tmp", path);
  }
  return status;
}

/* "." for a name without directory; the caller releases it. */
static dw_status directory_of(char **directory, const char *path) {
  const char *slash = strrchr(path, '/');
  const char *from = slash == NULL ? "." : path;
  const size_t length = slash == NULL || slash == path ? 1 : (size_t)(slash - path);
  void *block = NULL;
  DW_TRY(dw_alloc(&block, length + 1, 1, "file name"));
  *directory = block;
  memcpy(*directory, from, length);
  (*directory)[length] = '\0';
  return DW_OK;
}

dw_status dw_replace_space(const char *path, uint64_t bytes) {
  char *directory = NULL;
  DW_TRY(directory_of(&directory, path));
  struct statvfs space;
  const int failed = statvfs(directory, &space);
  const int reason = errno;
  dw_free(directory);
  if (failed != 0) {
    return dw_fail(DW_ERR_FILE, "%s: its directory can't be used (%s); create it or choose another output", path,
                   strerror(reason));
  }
  const double free_bytes = (double)space.f_bavail * (double)space.f_frsize;
  if (space.f_blocks > 0 && (double)bytes > free_bytes) {
    return dw_fail(DW_ERR_FILE,
                   "%s: no space: %.3f MiB are needed and %.3f MiB are free; free some or choose another output", path,
                   (double)bytes / 1048576.0, free_bytes / 1048576.0);
  }
  return DW_OK;
}

/* Some file systems can't sync a directory and say EINVAL; the rename is done all the same. */
static dw_status sync_directory(const char *path) {
  char *directory = NULL;
  DW_TRY(directory_of(&directory, path));
  const int descriptor = open(directory, O_RDONLY);
  dw_free(directory);
  if (descriptor < 0) {
    return DW_OK;
  }
  const int failed = fsync(descriptor) != 0 && errno != EINVAL && errno != ENOTSUP;
  const int reason = errno;
  (void)close(descriptor);
  return failed ? dw_fail(DW_ERR_FILE, "%s: its directory can't be forced to the disk (%s)", path, strerror(reason))
                : DW_OK;
}

static dw_status sync_and_rename(const char *temporary, const char *path) {
  const int descriptor = open(temporary, O_RDONLY);
  if (descriptor < 0) {
    return dw_fail(DW_ERR_FILE, "%s: can't be opened (%s); was it removed meanwhile?", temporary, strerror(errno));
  }
  const int failed = fsync(descriptor) != 0;
  const int reason = errno;
  if (close(descriptor) != 0 || failed) {
    return dw_fail(DW_ERR_FILE, "%s: can't be forced to the disk (%s); check the disk and its free space", temporary,
                   strerror(failed ? reason : errno));
  }
  if (rename(temporary, path) != 0) {
    return dw_fail(DW_ERR_FILE, "%s: can't be renamed to %s (%s); check the permissions", temporary, path,
                   strerror(errno));
  }
  return sync_directory(path);
}

dw_status dw_replace_commit(const char *temporary, const char *path) {
  const dw_status status = sync_and_rename(temporary, path);
  if (status != DW_OK) {
    (void)unlink(temporary);
  }
  return status;
}

static dw_status write_whole(const char *temporary, const char *data, size_t bytes) {
  const int descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC, 0666);
  if (descriptor < 0) {
    return dw_fail(DW_ERR_FILE, "%s: can't be written (%s); check the directory and its permissions", temporary,
                   strerror(errno));
  }
  size_t done = 0;
  int reason = 0;
  while (done < bytes && reason == 0) {
    const ssize_t now = write(descriptor, data + done, bytes - done);
    if (now > 0) {
      done += (size_t)now;
    } else if (now == 0 || errno != EINTR) {
      reason = now == 0 ? ENOSPC : errno;
    }
  }
  if (close(descriptor) != 0 && reason == 0) {
    reason = errno;
  }
  return reason == 0
             ? DW_OK
             : dw_fail(DW_ERR_FILE, "%s: can't be written (%s); check the free space", temporary, strerror(reason));
}

dw_status dw_replace_file(const char *path, const void *data, size_t bytes) {
  char *temporary = NULL;
  DW_TRY(dw_replace_name(&temporary, path));
  dw_status status = write_whole(temporary, data, bytes);
  if (status == DW_OK) {
    status = dw_replace_commit(temporary, path);
  } else {
    (void)unlink(temporary);
  }
  dw_free(temporary);
  return status;
}

static dw_status read_whole(int descriptor, const char *path, char **text, size_t *bytes) {
  struct stat state;
  if (fstat(descriptor, &state) != 0 || !S_ISREG(state.st_mode)) {
    return dw_fail(DW_ERR_FILE, "%s: is not a file that can be read", path);
  }
  const size_t size = (size_t)state.st_size;
  void *block = NULL;
  DW_TRY(dw_alloc(&block, size + 1, 1, path));
  char *into = block;
  size_t done = 0;
  while (done < size) {
    const ssize_t now = read(descriptor, into + done, size - done);
    if (now == 0) {
      break; /* shorter than it was a moment ago */
    }
    if (now < 0 && errno != EINTR) {
      dw_free(block);
      return dw_fail(DW_ERR_FILE, "%s: can't be read (%s)", path, strerror(errno));
    }
    done += now > 0 ? (size_t)now : 0;
  }
  into[done] = '\0';
  *text = into;
  *bytes = done;
  return DW_OK;
}

dw_status dw_replace_read(const char *path, char **text, size_t *bytes) {
  *text = NULL;
  *bytes = 0;
  const int descriptor = open(path, O_RDONLY);
  if (descriptor < 0) {
    return dw_fail(DW_ERR_FILE, "%s: can't be opened (%s)", path, strerror(errno));
  }
  const dw_status status = read_whole(descriptor, path, text, bytes);
  (void)close(descriptor);
  return status;
}
