#include "app/run_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lattice/lock.h"

enum { OWNER_LENGTH = 128 };

static dw_status say_taken(const dw_directory *directory, int file) {
  char owner[OWNER_LENGTH] = "";
  const ssize_t length = pread(file, owner, sizeof owner - 1, 0);
  owner[length > 0 ? length : 0] = '\0';
  owner[strcspn(owner, "\n")] = '\0';
  return dw_fail(DW_ERR_FILE,
                 "output: another program (%s) works in %s; wait for it, stop it, or choose another directory",
                 owner[0] != '\0' ? owner : "unknown", directory->root);
}

/* For people; a disk that is full doesn't matter here. */
static void sign(int file) {
  char host[64] = "";
  char owner[OWNER_LENGTH];
  (void)gethostname(host, sizeof host - 1);
  const int length = snprintf(owner, sizeof owner, "process %ld on %s\n", (long)getpid(), host);
  if (ftruncate(file, 0) != 0 || pwrite(file, owner, (size_t)length, 0) != length) {
    return;
  }
}

static dw_status hold(dw_run_lock *lock, const dw_directory *directory, bool make) {
  const int file = open(directory->lock, O_RDWR | O_CLOEXEC | (make ? O_CREAT : 0), 0666);
  if (file < 0) {
    return !make ? DW_OK
                 : dw_fail(DW_ERR_FILE, "output: %s can't be made: %s; choose another directory with --set output=...",
                           directory->lock, strerror(errno));
  }
  if (!dw_lock_take(file)) {
    const dw_status status = say_taken(directory, file);
    (void)close(file);
    return status;
  }
  lock->file = file + 1;
  return DW_OK;
}

static dw_status take(dw_run_lock *lock, const dw_directory *directory, bool make) {
  DW_TRY(lock->file == 0 ? hold(lock, directory, make) : DW_OK);
  if (make) { /* a run that is refused changes nothing */
    sign(lock->file - 1);
  }
  return DW_OK;
}

dw_status dw_run_lock_take(dw_run_lock *lock, const dw_directory *directory, const dw_comm *comm, bool make) {
  return dw_comm_agree(comm, dw_comm_rank(comm) == 0 ? take(lock, directory, make) : DW_OK);
}

void dw_run_lock_release(dw_run_lock *lock) {
  if (lock->file != 0) {
    (void)close(lock->file - 1);
    lock->file = 0;
  }
}
