#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "tests/faults/replace_call.h"

REPLACE(DW_FAULT_WRITE, ssize_t, write, (int file, const void *data, size_t bytes), (file, data, bytes), errno = EIO;
        return -1)
REPLACE(DW_FAULT_WRITE, ssize_t, pwrite, (int file, const void *data, size_t bytes, off_t offset),
        (file, data, bytes, offset), errno = EIO;
        return -1)
/* No test cuts the power, and waiting for the disk is most of a small run's time. */
int __wrap_fsync(int file);
int __wrap_fsync(int file) {
  (void)file;
  if (dw_fault_now(DW_FAULT_WRITE, "fsync")) {
    errno = EIO;
    return -1;
  }
  return 0;
}

REPLACE(DW_FAULT_WRITE, int, ftruncate, (int file, off_t length), (file, length), errno = EIO; return -1)
REPLACE(DW_FAULT_RENAME, int, rename, (const char *from, const char *to), (from, to), errno = EIO; return -1)
