/* The inside of dw_file; for lattice/file*.c only. */
#ifndef DW_LATTICE_FILE_PRIVATE_H
#define DW_LATTICE_FILE_PRIVATE_H

#include <hdf5.h>

#include "lattice/file.h"
#include "lattice/file_memory.h"

/* Bytes of the file that belong to a field or to modes: written by all processes, not by HDF5. */
typedef struct dw_file_range {
  int64_t start;
  int64_t end;
} dw_file_range;

struct dw_file {
  const dw_comm *comm;
  char *path;                   /* owned; the final name */
  char *temporary;              /* owned; path + ".tmp"; NULL when reading */
  hid_t id;                     /* H5I_INVALID_HID where this process doesn't hold the file */
  hid_t driver;                 /* when writing, that of the file in memory; H5I_INVALID_HID without one */
  const dw_file_memory *memory; /* what HDF5 has written so far; NULL where id is invalid or reading */
  int disk;                     /* when writing: descriptor of the .tmp; -1 until it is needed */
  int ranges;                   /* on process 0 */
  int capacity;                 /* ranges there is room for */
  dw_file_range *range;         /* owned */
};

/* Whether this process calls HDF5 for this file: all when reading, process 0 when writing. */
bool dw_file_acts(const dw_file *file);

/* Records what failed on `object` of the file, with HDF5's own innermost reason and what to do. To be called
 * before any other call of HDF5. DW_ERR_FILE. */
dw_status dw_file_error(const dw_file *file, const char *object, const char *what);

/* Writes to the .tmp, all of it or DW_ERR_FILE. */
dw_status dw_file_write_at(const dw_file *file, const void *data, size_t bytes, int64_t offset);

/* Whether all parts of the path exist. Not collective. */
dw_status dw_file_look(const dw_file *file, const char *path, bool *there);

/* Collective. What process 0 found while writing, or all of them while reading, becomes known to all. */
dw_status dw_file_share(const dw_file *file, dw_status mine, bool *there);

/* A link creation list that makes groups on the way; closed by the caller. */
hid_t dw_file_link_list(void);

/* A type for UTF-8 text of `length` bytes without a final 0, or of H5T_VARIABLE; closed by the caller. */
hid_t dw_file_text_type(size_t length);

/* Shape of a dataspace as text: "(64, 64, 64)". */
void dw_file_shape_text(int rank, const hsize_t *shape, char *text, size_t size);

/* Makes and fills dataset `path`; `type` is that of the values in memory and in the file. */
dw_status dw_file_write_array(dw_file *file, const char *path, int rank, const int64_t *shape, hid_t type,
                              const void *values);

/* Opens dataset `path` and checks rank, shape and class (H5T_FLOAT also takes integers). *dataset is the caller's. */
dw_status dw_file_open_dataset(const dw_file *file, const char *path, int rank, const int64_t *shape, H5T_class_t class,
                               hid_t *dataset);

/* This process's block of a dataset of reals. Rows, all that follows the second index, are handed over one by one;
 * indices after the third are whole. A process may have nothing of it. */
typedef struct dw_file_block {
  dw_precision precision; /* in memory, and in a file that is written */
  int rank;               /* 3 or 4 */
  int64_t shape[DW_FILE_RANK];
  int64_t start[DW_FILE_RANK];
  int64_t count[DW_FILE_RANK];
} dw_file_block;

/* Collective. `row` fills, or takes, what this process has of row (i, j), local indices. At most 16 MiB are held at a
 * time. Shape and class are checked before anything is read. Errors: as in lattice/file.h. */
dw_status dw_file_write_block(dw_file *file, const char *path, const dw_file_block *block, dw_file_row row,
                              void *context);
dw_status dw_file_read_block(dw_file *file, const char *path, const dw_file_block *block, dw_file_row row,
                             void *context);

#endif
