/* A driver for HDF5: a sparse file in memory, on which no operation fails. For lattice/file*.c only.
 *
 * HDF5 can't close a file without flushing it, and one that can't be flushed, on a full disk, leaves a handle to
 * freed memory behind, on which the library's end crashes (1.10.8). So HDF5 works in memory and this code writes to the
 * disk. Memory is taken where HDF5 writes, not where it only reserves: a field's dataset takes none. When
 * there is no memory left, writes are swallowed and `lost` is set, to be asked for before the content is used.
 *
 * Not collective. Source: H5FD_class_t in the HDF5 reference manual. */
#ifndef DW_LATTICE_FILE_MEMORY_H
#define DW_LATTICE_FILE_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#include <hdf5.h>

enum { DW_FILE_PAGE = 1 << 18 };

typedef struct dw_file_page {
  int64_t start; /* address of its first byte, a multiple of DW_FILE_PAGE */
  char *data;    /* owned: DW_FILE_PAGE bytes */
} dw_file_page;

typedef struct dw_file_memory {
  int count;
  int capacity;
  dw_file_page *page; /* owned; in the order of first use */
  bool lost;
} dw_file_memory;

/* A new, empty HDF5 file; `name` is only shown in messages. *memory belongs to it and lives until it is closed, with
 * *driver. Negative on failure. */
hid_t dw_file_memory_create(const char *name, const dw_file_memory **memory, hid_t *driver);

/* Closes a file and then its driver, if there are any: H5Fclose reads the driver's functions after it has given up its
 * own hold on them (1.10.8), so one that was the last would read freed memory. */
void dw_file_memory_close(hid_t file, hid_t driver);

#endif
