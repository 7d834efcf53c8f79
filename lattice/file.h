/* HDF5 files that are whole or absent, written by one process or by all.
 *
 * A file is created beside its final name (NAME.tmp) and renamed by dw_file_commit, after everything
 * has been forced to the disk; on any failure the .tmp is removed and a file that already had the name
 * is left alone. Process 0 alone calls HDF5 when writing: it makes groups, attributes and small arrays in memory and
 * reserves a contiguous dataset for each field or set of modes, whose rows every process then writes at their place
 * with pwrite; at the end process 0 writes what it has in memory. So no write of HDF5 meets a full disk, and no failure
 * can stop it half-way through a collective operation (parallel HDF5 1.10 reports success to some processes then, and
 * crashes at the end of the program). When reading, each process opens the file by itself.
 *
 * All functions are collective over the communicator given to create or open, and all processes get the
 * same status. With dw_comm_self() they belong to one process. `path` in a file is absolute and
 * separated by '/'; groups on the way are made. Arrays are in C order.
 * Errors: DW_ERR_FILE with file, object, what was found and what to do; DW_ERR_MEMORY.
 *
 * After a failed write only dw_file_close is useful. */
#ifndef DW_LATTICE_FILE_H
#define DW_LATTICE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lattice/comm.h"
#include "lattice/field.h"
#include "lattice/lattice.h"
#include "lattice/modes.h"

typedef struct dw_file dw_file;

enum { DW_FILE_RANK = 8, DW_FILE_NAME = 256 };

/* Starts NAME.tmp. `bytes` is what will be written, about; refused at once when there is less space. */
dw_status dw_file_create(dw_file **file, const dw_comm *comm, const char *path, uint64_t bytes);

/* Opens for reading. */
dw_status dw_file_open(dw_file **file, const dw_comm *comm, const char *path);

/* Finishes and renames a created file. *file is released and NULL afterwards, also after a failure. */
dw_status dw_file_commit(dw_file **file);

/* Ends reading, or gives up a created file: its .tmp is removed. NULL is allowed. Never fails. */
void dw_file_close(dw_file *file);

/* --- writing; values are taken from process 0, the others may pass NULL --- */

dw_status dw_file_group(dw_file *file, const char *path);
dw_status dw_file_write_reals(dw_file *file, const char *path, int rank, const int64_t *shape, const double *values);
dw_status dw_file_write_ints(dw_file *file, const char *path, int rank, const int64_t *shape, const int64_t *values);

/* A list of `count` texts, UTF-8 of variable length: what h5py makes of a list of str, and reads with asstr(). */
dw_status dw_file_write_texts(dw_file *file, const char *path, size_t count, const char *const *texts);

/* Attribute `name` of group or dataset `object` ("/" is the root); an earlier one is replaced. Text is UTF-8 of
 * variable length, which h5py reads as str; the fixed form is for standards that ask for it (openPMD). */
dw_status dw_attribute_write_text(dw_file *file, const char *object, const char *name, const char *text);
/* The attributes `unit` and `description`. */
dw_status dw_attribute_describe(dw_file *file, const char *object, const char *unit, const char *description);
/* Reals as "/group/name" with both; as dw_file_write_reals. */
dw_status dw_file_write_described(dw_file *file, const char *group, const char *name, int rank, const int64_t *shape,
                                  const double *values, const char *unit, const char *description);
dw_status dw_attribute_write_fixed_text(dw_file *file, const char *object, const char *name, const char *text);
dw_status dw_attribute_write_texts(dw_file *file, const char *object, const char *name, size_t count,
                                   const char *const *texts);
dw_status dw_attribute_write_real(dw_file *file, const char *object, const char *name, double value);
dw_status dw_attribute_write_reals(dw_file *file, const char *object, const char *name, size_t count,
                                   const double *values);
dw_status dw_attribute_write_int(dw_file *file, const char *object, const char *name, int64_t value);
dw_status dw_attribute_write_ints(dw_file *file, const char *object, const char *name, size_t count,
                                  const int64_t *values);
dw_status dw_attribute_write_uint32(dw_file *file, const char *object, const char *name, uint32_t value);

/* The final name of the file. Not collective; owned by the file. */
const char *dw_file_path(const dw_file *file);

/* --- reading; every process gets the values --- */

/* *there = whether there is such a group or dataset; also while writing. A damaged file may not be able to tell. */
dw_status dw_file_find(dw_file *file, const char *path, bool *there);

/* The same where a file that can't tell is as bad as one that has nothing. */
bool dw_file_has(dw_file *file, const char *path);

/* Name of child `index` (alphabetical) of a group, at most DW_FILE_NAME bytes; *count = number of children.
 * name may be NULL. Errors: also an index that doesn't exist. */
dw_status dw_file_child(dw_file *file, const char *group, int64_t index, int64_t *count, char *name);

/* Rank (at most DW_FILE_RANK) and shape of a dataset. */
dw_status dw_file_shape(dw_file *file, const char *path, int *rank, int64_t shape[DW_FILE_RANK]);

/* First dimension of a dataset of numbers of 8 bytes, for whoever takes memory for it: refused where the file can't
 * hold so many. */
dw_status dw_file_length(dw_file *file, const char *path, int64_t *length);

/* Bytes of one number of a dataset of reals. */
dw_status dw_file_real_bytes(dw_file *file, const char *path, int *bytes);

/* The dataset must have this rank and shape and be of a class that converts. */
dw_status dw_file_read_reals(dw_file *file, const char *path, int rank, const int64_t *shape, double *values);
dw_status dw_file_read_ints(dw_file *file, const char *path, int rank, const int64_t *shape, int64_t *values);

/* Text i of a list of `count`, of variable or of fixed length, goes to texts + i size, with a final 0. Fails where one
 * needs more than `size` bytes, its final 0 included. */
dw_status dw_file_read_texts(dw_file *file, const char *path, size_t count, size_t size, char *texts);

dw_status dw_attribute_read_real(dw_file *file, const char *object, const char *name, double *value);
dw_status dw_attribute_read_reals(dw_file *file, const char *object, const char *name, size_t count, double *values);
dw_status dw_attribute_read_int(dw_file *file, const char *object, const char *name, int64_t *value);
dw_status dw_attribute_read_ints(dw_file *file, const char *object, const char *name, size_t count, int64_t *values);
/* Fails where the text needs more than `size` bytes, its final 0 included. */
dw_status dw_attribute_read_text(dw_file *file, const char *object, const char *name, char *text, size_t size);
/* Whether `object` has the attribute; as dw_file_find and dw_file_has. */
dw_status dw_attribute_find(dw_file *file, const char *object, const char *name, bool *there);
bool dw_attribute_has(dw_file *file, const char *object, const char *name);

/* --- fields: datasets (N, N, N) of native float or double, order x, y, z; lattice->comm is the file's --- */

/* Bytes of one such dataset. */
uint64_t dw_file_field_bytes(const dw_lattice *lattice, dw_precision precision);

/* The interior of `field`. */
dw_status dw_file_write_field(dw_file *file, const char *path, const dw_field *field);

/* Fills row (x, y), local indices, with N reals of the precision asked for. */
typedef void (*dw_file_row)(void *context, int64_t x, int64_t y, void *row);

/* A field that is derived row by row; holds at most 16 MiB of it at a time. */
dw_status dw_file_write_rows(dw_file *file, const char *path, const dw_lattice *lattice, dw_precision precision,
                             dw_file_row row, void *context);

/* Fills the interior; converts where the precisions differ; touches the field. Shape and class are checked first. */
dw_status dw_file_read_field(dw_file *file, const char *path, dw_field *field);

/* --- modes: datasets (side, side, side/2 + 1, 2), order kx, ky, kz, real and imaginary part; otherwise as fields.
 * Modes are read into a dw_modes of the same side on any process grid, with or without a transform --- */

/* Bytes of one such dataset. */
uint64_t dw_file_modes_bytes(int64_t side, dw_precision precision);

dw_status dw_file_write_modes(dw_file *file, const char *path, const dw_modes *modes);
dw_status dw_file_read_modes(dw_file *file, const char *path, dw_modes *modes);

/* --- the same with a fingerprint (16 hexadecimal digits) as attribute `fingerprint` of the dataset. Reading fails with
 * DW_ERR_FILE where what was read has another one; what was read is of no use then. Since bits are compared, the
 * precision must be that of the file --- */

dw_status dw_file_write_checked_field(dw_file *file, const char *path, const dw_field *field);
dw_status dw_file_read_checked_field(dw_file *file, const char *path, dw_field *field);
dw_status dw_file_write_checked_modes(dw_file *file, const char *path, const dw_modes *modes);
dw_status dw_file_read_checked_modes(dw_file *file, const char *path, dw_modes *modes);

#endif
