#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "lattice/file_private.h"
#include "lattice/replace.h"

bool dw_file_acts(const dw_file *file) { return file->temporary == NULL || dw_comm_rank(file->comm) == 0; }

static herr_t take_innermost(unsigned n, const H5E_error2_t *error, void *text) {
  if (n == 0 && error->desc != NULL) {
    (void)snprintf(text, DW_FILE_NAME, "%.*s", (int)strcspn(error->desc, "\n"), error->desc);
  }
  return 0;
}

dw_status dw_file_error(const dw_file *file, const char *object, const char *what) {
  char reason[DW_FILE_NAME] = "no reason given";
  (void)H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, take_innermost, reason);
  const char *advice = file->temporary != NULL ? "is there memory left on this machine?"
                                               : "the file is damaged or not one of this program's: name another";
  return dw_fail(DW_ERR_FILE, "%s: %s%s%s (HDF5: %s); %s", file->path, object, object[0] == '\0' ? "" : ": ", what,
                 reason, advice);
}

dw_status dw_file_write_at(const dw_file *file, const void *data, size_t bytes, int64_t offset) {
  const char *from = data;
  size_t done = 0;
  while (done < bytes) {
    const ssize_t now = pwrite(file->disk, from + done, bytes - done, (off_t)(offset + (int64_t)done));
    if (now > 0) {
      done += (size_t)now;
    } else if (now == 0 || errno != EINTR) {
      return dw_fail(DW_ERR_FILE, "%s: can't be written (%s); free some space or choose another output", file->path,
                     strerror(now == 0 ? ENOSPC : errno));
    }
  }
  return DW_OK;
}

/* --- handles --- */

const char *dw_file_path(const dw_file *file) { return file->path; }

static dw_status make_handle(dw_file **file, const dw_comm *comm, const char *path, bool writing) {
  *file = NULL;
  void *block = NULL;
  void *name = NULL;
  char *temporary = NULL;
  const size_t size = strlen(path) + 1;
  dw_status status = dw_alloc(&block, 1, sizeof **file, "file handle");
  if (status == DW_OK) {
    status = dw_alloc(&name, size, 1, "file name");
  }
  if (status == DW_OK && writing) {
    status = dw_replace_name(&temporary, path);
  }
  status = dw_comm_agree(comm, status);
  if (status != DW_OK) {
    dw_free(block);
    dw_free(name);
    dw_free(temporary);
    return status;
  }
  memcpy(name, path, size);
  dw_file *made = block;
  *made = (dw_file){
      .comm = comm, .path = name, .temporary = temporary, .id = H5I_INVALID_HID, .driver = H5I_INVALID_HID, .disk = -1};
  *file = made;
  return DW_OK;
}

void dw_file_close(dw_file *file) {
  if (file == NULL) {
    return;
  }
  dw_file_memory_close(file->id, file->driver);
  if (file->disk >= 0) {
    (void)close(file->disk);
  }
  if (file->temporary != NULL && dw_comm_rank(file->comm) == 0) {
    (void)unlink(file->temporary);
  }
  dw_free(file->path);
  dw_free(file->temporary);
  dw_free(file->range);
  dw_free(file);
}

/* The same status everywhere; no handle after a failure. */
static dw_status settle(dw_file **file, dw_status mine) {
  const dw_status status = dw_comm_agree((*file)->comm, mine);
  if (status != DW_OK) {
    dw_file_close(*file);
    *file = NULL;
  }
  return status;
}

/* --- writing --- */

static dw_status create_here(dw_file *file, uint64_t bytes) {
  DW_TRY(dw_replace_space(file->path, bytes));
  file->disk = open(file->temporary, O_WRONLY | O_CREAT | O_TRUNC, 0666);
  if (file->disk < 0) {
    return dw_fail(DW_ERR_FILE, "%s: can't be written (%s); check the directory and its permissions", file->temporary,
                   strerror(errno));
  }
  (void)H5Eset_auto2(H5E_DEFAULT, NULL, NULL); /* HDF5 prints nothing */
  file->id = dw_file_memory_create(file->path, &file->memory, &file->driver);
  return file->id >= 0 ? DW_OK : dw_file_error(file, "", "can't be created");
}

dw_status dw_file_create(dw_file **file, const dw_comm *comm, const char *path, uint64_t bytes) {
  DW_TRY(make_handle(file, comm, path, true));
  return settle(file, dw_file_acts(*file) ? create_here(*file, bytes) : DW_OK);
}

/* The end of what is HDF5's from *start on, at most `limit`; a *start inside a range moves to the range's end. */
static int64_t next_end(const dw_file *file, int64_t *start, int64_t limit) {
  int64_t end = limit;
  for (int i = 0; i < file->ranges; i++) {
    const dw_file_range *range = &file->range[i];
    if (*start >= range->start && *start < range->end) {
      *start = range->end < limit ? range->end : limit;
      return *start;
    }
    if (range->start > *start && range->start < end) {
      end = range->start;
    }
  }
  return end;
}

/* A page of memory to the .tmp, but for fields and modes, which are there already. */
static dw_status write_page(const dw_file *file, const dw_file_page *page, int64_t size) {
  const int64_t page_end = page->start + DW_FILE_PAGE;
  const int64_t limit = page_end < size ? page_end : size;
  int64_t end = 0;
  for (int64_t start = page->start; start < limit; start = end) {
    end = next_end(file, &start, limit);
    DW_TRY(dw_file_write_at(file, page->data + (start - page->start), (size_t)(end - start), start));
  }
  return DW_OK;
}

static dw_status write_structure(const dw_file *file) {
  hsize_t size = 0;
  if (H5Fflush(file->id, H5F_SCOPE_LOCAL) < 0 || H5Fget_filesize(file->id, &size) < 0) {
    return dw_file_error(file, "", "can't be completed");
  }
  if (file->memory->lost) {
    return dw_fail(DW_ERR_MEMORY, "%s: there is no memory left to prepare it in", file->path);
  }
  for (int i = 0; i < file->memory->count; i++) {
    DW_TRY(write_page(file, &file->memory->page[i], (int64_t)size));
  }
  /* Up to the last byte that HDF5 allotted, or it would take the file for cut short. */
  if (ftruncate(file->disk, (off_t)size) != 0) {
    return dw_fail(DW_ERR_FILE, "%s: can't be given its length (%s); check the free space", file->path,
                   strerror(errno));
  }
  return DW_OK;
}

/* What this process wrote is on the disk. */
static dw_status finish_writing(dw_file *file) {
  if (file->id >= 0) {
    DW_TRY(write_structure(file));
  }
  if (file->disk < 0) {
    return DW_OK;
  }
  int reason = fsync(file->disk) != 0 ? errno : 0;
  if (close(file->disk) != 0 && reason == 0) {
    reason = errno;
  }
  file->disk = -1;
  return reason == 0 ? DW_OK
                     : dw_fail(DW_ERR_FILE, "%s: can't be forced to the disk (%s); check the disk and its free space",
                               file->path, strerror(reason));
}

dw_status dw_file_commit(dw_file **file) {
  dw_file *ending = *file;
  *file = NULL;
  dw_status status = dw_comm_agree(ending->comm, finish_writing(ending));
  if (status == DW_OK) {
    status = dw_file_acts(ending) ? dw_replace_commit(ending->temporary, ending->path) : DW_OK;
    status = dw_comm_agree(ending->comm, status);
  }
  dw_file_close(ending);
  return status;
}

/* --- reading --- */

/* HDF5's locks are of no use for files that are renamed into place, and some network file systems refuse them. */
static hid_t reading_list(void) {
  const hid_t list = H5Pcreate(H5P_FILE_ACCESS);
  bool good = list >= 0 && H5Pset_fclose_degree(list, H5F_CLOSE_STRONG) >= 0;
#if H5_VERSION_GE(1, 10, 7)
  good = good && H5Pset_file_locking(list, false, true) >= 0;
#endif
  if (list >= 0 && !good) {
    (void)H5Pclose(list);
  }
  return good ? list : H5I_INVALID_HID;
}

static dw_status open_here(dw_file *file) {
  if (access(file->path, R_OK) != 0) {
    return dw_fail(DW_ERR_FILE, "%s: can't be read (%s); check the name", file->path, strerror(errno));
  }
  (void)H5Eset_auto2(H5E_DEFAULT, NULL, NULL); /* HDF5 prints nothing */
  const hid_t list = reading_list();
  file->id = list < 0 ? H5I_INVALID_HID : H5Fopen(file->path, H5F_ACC_RDONLY, list);
  const dw_status status =
      file->id >= 0 ? DW_OK : dw_file_error(file, "", "can't be opened, it is no HDF5 file or was cut short");
  if (list >= 0) {
    (void)H5Pclose(list);
  }
  return status;
}

dw_status dw_file_open(dw_file **file, const dw_comm *comm, const char *path) {
  DW_TRY(make_handle(file, comm, path, false));
  return settle(file, open_here(*file));
}
