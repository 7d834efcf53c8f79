#include "lattice/file_memory.h"

#include <stddef.h>
#include <string.h>

#include "base/memory.h"

#if H5_VERSION_GE(1, 14, 0)
#include <H5FDdevelop.h>
#endif

/* What HDF5 holds for an open file; it sees the first member. */
typedef struct memory_file {
  H5FD_t shared;
  haddr_t eoa; /* end of what is allotted */
  haddr_t eof; /* end of what was written */
  dw_file_memory memory;
} memory_file;

/* --- pages --- */

static char *add_page(dw_file_memory *memory, int64_t start) {
  if (memory->count == memory->capacity) {
    const int capacity = memory->capacity == 0 ? 8 : 2 * memory->capacity;
    void *larger = NULL;
    if (dw_alloc(&larger, (size_t)capacity, sizeof *memory->page, "file") != DW_OK) {
      return NULL;
    }
    if (memory->count > 0) {
      memcpy(larger, memory->page, (size_t)memory->count * sizeof *memory->page);
    }
    dw_free(memory->page);
    memory->page = larger;
    memory->capacity = capacity;
  }
  void *data = NULL;
  if (dw_alloc(&data, DW_FILE_PAGE, 1, "file") != DW_OK) {
    return NULL;
  }
  memset(data, 0, DW_FILE_PAGE);
  memory->page[memory->count++] = (dw_file_page){.start = start, .data = data};
  return data;
}

/* NULL where nothing was written yet. The last pages are the likely ones. */
static char *find_page(const dw_file_memory *memory, int64_t start) {
  for (int i = memory->count - 1; i >= 0; i--) {
    if (memory->page[i].start == start) {
      return memory->page[i].data;
    }
  }
  return NULL;
}

/* Bytes from `address` to the end of its page, at most `size`. */
static size_t part_of_page(int64_t address, size_t size) {
  const size_t rest = (size_t)(DW_FILE_PAGE - address % DW_FILE_PAGE);
  return size < rest ? size : rest;
}

/* --- the driver's functions --- */

static H5FD_t *memory_open(const char *name, unsigned flags, hid_t list, haddr_t limit) {
  (void)name;
  (void)flags;
  (void)list;
  (void)limit;
  void *block = NULL;
  if (dw_alloc(&block, 1, sizeof(memory_file), "file") != DW_OK) {
    return NULL;
  }
  memset(block, 0, sizeof(memory_file));
  return block;
}

static herr_t memory_close(H5FD_t *file) {
  memory_file *of = (memory_file *)file;
  for (int i = 0; i < of->memory.count; i++) {
    dw_free(of->memory.page[i].data);
  }
  dw_free(of->memory.page);
  dw_free(of);
  return 0;
}

/* HDF5 may gather small pieces before it writes them. */
static herr_t memory_query(const H5FD_t *file, unsigned long *flags) {
  (void)file;
  *flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DATA_SIEVE |
           H5FD_FEAT_AGGREGATE_SMALLDATA;
  return 0;
}

static haddr_t memory_get_eoa(const H5FD_t *file, H5FD_mem_t type) {
  (void)type;
  return ((const memory_file *)file)->eoa;
}

static herr_t memory_set_eoa(H5FD_t *file, H5FD_mem_t type, haddr_t address) {
  (void)type;
  ((memory_file *)file)->eoa = address;
  return 0;
}

static haddr_t memory_get_eof(const H5FD_t *file, H5FD_mem_t type) {
  (void)type;
  const memory_file *of = (const memory_file *)file;
  return of->eof > of->eoa ? of->eof : of->eoa;
}

static herr_t memory_get_handle(H5FD_t *file, hid_t list, void **handle) {
  (void)list;
  *handle = &((memory_file *)file)->memory;
  return 0;
}

static herr_t memory_read(H5FD_t *file, H5FD_mem_t type, hid_t list, haddr_t address, size_t size, void *buffer) {
  (void)type;
  (void)list;
  const dw_file_memory *memory = &((const memory_file *)file)->memory;
  char *into = buffer;
  int64_t at = (int64_t)address;
  while (size > 0) {
    const size_t part = part_of_page(at, size);
    const char *page = find_page(memory, at - at % DW_FILE_PAGE);
    if (page == NULL) {
      memset(into, 0, part);
    } else {
      memcpy(into, page + at % DW_FILE_PAGE, part);
    }
    into += part;
    at += (int64_t)part;
    size -= part;
  }
  return 0;
}

static herr_t memory_write(H5FD_t *file, H5FD_mem_t type, hid_t list, haddr_t address, size_t size,
                           const void *buffer) {
  (void)type;
  (void)list;
  memory_file *of = (memory_file *)file;
  const char *from = buffer;
  int64_t at = (int64_t)address;
  while (size > 0) {
    const size_t part = part_of_page(at, size);
    const int64_t start = at - at % DW_FILE_PAGE;
    char *page = find_page(&of->memory, start);
    page = page == NULL ? add_page(&of->memory, start) : page;
    if (page == NULL) {
      of->memory.lost = true;
    } else {
      memcpy(page + at % DW_FILE_PAGE, from, part);
    }
    from += part;
    at += (int64_t)part;
    size -= part;
  }
  of->eof = (haddr_t)at > of->eof ? (haddr_t)at : of->eof;
  return 0;
}

static const H5FD_class_t memory_class = {
#if H5_VERSION_GE(1, 14, 0)
    .version = H5FD_CLASS_VERSION,
    .value = 512, /* the first that the HDF Group leaves to others */
#endif
    .name = "dwell_memory",
    .maxaddr = INT64_MAX,
    .fc_degree = H5F_CLOSE_STRONG,
    .open = memory_open,
    .close = memory_close,
    .query = memory_query,
    .get_eoa = memory_get_eoa,
    .set_eoa = memory_set_eoa,
    .get_eof = memory_get_eof,
    .get_handle = memory_get_handle,
    .read = memory_read,
    .write = memory_write,
    .fl_map = H5FD_FLMAP_DICHOTOMY,
};

/* --- creating --- */

static hid_t create_with(hid_t driver, const char *name, const dw_file_memory **memory) {
  void *handle = NULL;
  const hid_t list = H5Pcreate(H5P_FILE_ACCESS);
  hid_t file = H5I_INVALID_HID;
  if (list >= 0 && H5Pset_driver(list, driver, NULL) >= 0) {
    file = H5Fcreate(name, H5F_ACC_TRUNC, H5P_DEFAULT, list);
  }
  if (file >= 0 && H5Fget_vfd_handle(file, H5P_DEFAULT, &handle) >= 0) {
    *memory = handle;
  } else if (file >= 0) {
    (void)H5Fclose(file);
    file = H5I_INVALID_HID;
  }
  if (list >= 0) {
    (void)H5Pclose(list);
  }
  return file;
}

hid_t dw_file_memory_create(const char *name, const dw_file_memory **memory, hid_t *driver) {
  *memory = NULL;
  *driver = H5FDregister(&memory_class);
  if (*driver < 0) {
    return H5I_INVALID_HID;
  }
  const hid_t file = create_with(*driver, name, memory);
  if (file < 0) {
    dw_file_memory_close(file, *driver);
    *driver = H5I_INVALID_HID;
  }
  return file;
}

void dw_file_memory_close(hid_t file, hid_t driver) {
  if (file >= 0) {
    (void)H5Fclose(file);
  }
  if (driver >= 0) {
    (void)H5FDunregister(driver);
  }
}
