#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "tests/faults/replace_call.h"

/* The stream knows of it, as of a failure of the library's own. */
static void set_error(FILE *file) {
#ifdef _IO_ERR_SEEN
  if (file != NULL) {
    file->_flags |= _IO_ERR_SEEN;
  }
#else
  (void)file;
#endif
}

/* A stream in memory fails where memory is short, not by a disk. */
static dw_fault_kind kind_of(FILE *file) {
  return file == NULL || fileno(file) >= 0 ? DW_FAULT_WRITE : DW_FAULT_MEMORY;
}

REPLACE(kind_of(file), size_t, fwrite, (const void *data, size_t size, size_t count, FILE *file),
        (data, size, count, file), set_error(file);
        errno = EIO; return 0)
REPLACE(kind_of(file), int, fflush, (FILE * file), (file), set_error(file); errno = EIO; return EOF)
REPLACE(DW_FAULT_RENAME, int, mkdir, (const char *path, mode_t mode), (path, mode), errno = EIO; return -1)
REPLACE(DW_FAULT_RENAME, int, rmdir, (const char *path), (path), errno = EIO; return -1)
REPLACE(DW_FAULT_RENAME, int, unlink, (const char *path), (path), errno = EIO; return -1)
REPLACE(DW_FAULT_OPEN, FILE *, fopen, (const char *path, const char *mode), (path, mode), errno = EIO; return NULL)
REPLACE(DW_FAULT_OPEN, size_t, fread, (void *data, size_t size, size_t count, FILE *file), (data, size, count, file),
        set_error(file);
        errno = EIO; return 0)
REPLACE(DW_FAULT_OPEN, FILE *, open_memstream, (char **text, size_t *size), (text, size), errno = ENOMEM; return NULL)
REPLACE(DW_FAULT_OPEN, DIR *, opendir, (const char *path), (path), errno = EIO; return NULL)
REPLACE(DW_FAULT_OPEN, ssize_t, read, (int file, void *data, size_t bytes), (file, data, bytes), errno = EIO; return -1)
REPLACE(DW_FAULT_OPEN, ssize_t, pread, (int file, void *data, size_t bytes, off_t offset), (file, data, bytes, offset),
        errno = EIO;
        return -1)
REPLACE(DW_FAULT_OPEN, int, statvfs, (const char *path, struct statvfs *space), (path, space), errno = EIO; return -1)
