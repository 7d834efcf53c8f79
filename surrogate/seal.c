#include "surrogate/seal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "lattice/fingerprint.h"
#include "lattice/replace.h"

static const char MARK[] = "\ndwell seal ";
enum { MARK_LENGTH = sizeof MARK - 1, SEAL_LENGTH = MARK_LENGTH + 16 + 1 };

static uint64_t fingerprint(const char *data, size_t bytes) {
  uint64_t sum = dw_fingerprint_mix((uint64_t)bytes);
  for (size_t at = 0; at < bytes; at += 8) {
    uint64_t word = 0;
    memcpy(&word, data + at, bytes - at < 8 ? bytes - at : 8);
    sum += dw_fingerprint_mix(word + dw_fingerprint_mix((uint64_t)at + 1));
  }
  return sum;
}

static void make_seal(char seal[SEAL_LENGTH + 1], const char *data, size_t bytes) {
  (void)snprintf(seal, SEAL_LENGTH + 1, "%s%016" PRIx64 "\n", MARK, fingerprint(data, bytes));
}

static dw_status append(const char *path, const char *seal) {
  const int file = open(path, O_WRONLY | O_APPEND);
  errno = file >= 0 ? ENOSPC : errno; /* of a write that is cut short */
  bool done = file >= 0 && write(file, seal, SEAL_LENGTH) == SEAL_LENGTH;
  const int reason = errno;
  done = (file < 0 || close(file) == 0) && done;
  return done ? DW_OK : dw_fail(DW_ERR_FILE, "%s: can't be written (%s); check the free space", path, strerror(reason));
}

dw_status dw_seal_write(const char *path, const char *from) {
  char *text = NULL;
  char seal[SEAL_LENGTH + 1];
  size_t bytes = 0;
  dw_status status = dw_replace_read(from, &text, &bytes);
  if (status == DW_OK) {
    make_seal(seal, text, bytes);
    status = append(from, seal);
  }
  dw_free(text);
  if (status != DW_OK) {
    (void)unlink(from);
    return status;
  }
  return dw_replace_commit(from, path);
}

/* --- files that are sealed as they are written --- */

/* `path`.unsealed, to be given back with dw_free; NULL where memory is short. */
static char *unsealed(const char *path) {
  const size_t size = strlen(path) + sizeof ".unsealed";
  char *open = NULL;
  if (dw_alloc((void **)&open, size, 1, "file name") == DW_OK) {
    (void)snprintf(open, size, "%s.unsealed", path);
  }
  return open;
}

dw_status dw_seal_create(dw_file **file, const dw_comm *comm, const char *path, uint64_t bytes) {
  char *open = unsealed(path);
  dw_status status = dw_comm_agree(comm, open != NULL ? DW_OK : DW_ERR_MEMORY);
  if (status == DW_OK) {
    status = dw_file_create(file, comm, open, bytes);
  }
  dw_free(open);
  return status;
}

dw_status dw_seal_finish(dw_file *file, const dw_comm *comm, const char *path, dw_status status) {
  char *open = unsealed(path);
  status = dw_comm_agree(comm, status != DW_OK ? status : open != NULL ? DW_OK : DW_ERR_MEMORY);
  if (status != DW_OK) {
    dw_file_close(file);
    dw_free(open);
    return status;
  }
  status = dw_file_commit(&file);
  if (dw_comm_rank(comm) == 0 && status == DW_OK) {
    status = dw_seal_write(path, open);
  } else if (dw_comm_rank(comm) == 0) {
    (void)unlink(open); /* it may have its name already */
  }
  dw_free(open);
  return dw_comm_agree(comm, status);
}

/* --- reading --- */

dw_status dw_seal_check(const char *path, uint64_t *bytes) {
  char *text = NULL;
  size_t whole = 0;
  char seal[SEAL_LENGTH + 1];
  DW_TRY(dw_replace_read(path, &text, &whole));
  const size_t content = whole < SEAL_LENGTH ? 0 : whole - SEAL_LENGTH;
  dw_status status = DW_OK;
  make_seal(seal, text, content);
  if (whole < SEAL_LENGTH || memcmp(text + content, MARK, MARK_LENGTH) != 0) {
    status = dw_fail(DW_ERR_FILE,
                     "%s: its last line is no seal of dwell; it isn't a model, was cut off, or was written again by "
                     "another program; make it again or fetch it again",
                     path);
  } else if (memcmp(text + content, seal, SEAL_LENGTH) != 0) {
    status = dw_fail(DW_ERR_FILE,
                     "%s is damaged: its fingerprint isn't that of its content; make it again or fetch it again", path);
  }
  dw_free(text);
  if (status == DW_OK && bytes != NULL) {
    *bytes = content;
  }
  return status;
}

bool dw_seal_has(const char *path) {
  char mark[MARK_LENGTH];
  FILE *file = fopen(path, "rb");
  if (file == NULL) {
    return false;
  }
  const bool has = fseek(file, -(long)SEAL_LENGTH, SEEK_END) == 0 && fread(mark, 1, sizeof mark, file) == sizeof mark &&
                   memcmp(mark, MARK, MARK_LENGTH) == 0;
  (void)fclose(file);
  return has;
}
