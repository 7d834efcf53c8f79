/* One HDF5 file of a run, read with suspicion: what is found decides no allocation before it has been checked against
 * the size of the file, shapes must agree, and numbers must be what they claim to be. Internal to archive*.c.
 *
 * Not collective: one process. Arrays that are returned are the caller's, released with dw_free.
 * Errors: DW_ERR_FILE with file, dataset, what was found and what to do; DW_ERR_MEMORY. */
#ifndef DW_ANALYSIS_POST_ARCHIVE_FILE_H
#define DW_ANALYSIS_POST_ARCHIVE_FILE_H

#include <stdint.h>

#include "lattice/file.h"
#include "params/params.h"

enum { DW_ARCHIVE_PATH = 4096 };

typedef struct dw_archive_file {
  dw_file *file;
  char path[DW_ARCHIVE_PATH];
  int64_t bytes; /* on the disk; no array in it is larger */
} dw_archive_file;

/* What the numbers of an array must be. */
typedef enum dw_archive_rule {
  DW_ARCHIVE_FINITE,
  DW_ARCHIVE_MAYBE,    /* finite or NAN */
  DW_ARCHIVE_POSITIVE, /* > 0 and finite */
  DW_ARCHIVE_RISING    /* finite, each larger than the one before */
} dw_archive_rule;

/* Opens DIRECTORY/NAME and looks at its root: format version, provenance, parameters. Nothing is held after a failure.
 */
dw_status dw_archive_file_open(dw_archive_file *file, const char *directory, const char *name);
void dw_archive_file_close(dw_archive_file *file);

/* The parameters of the run that wrote it; *config is the text they are in. */
dw_status dw_archive_file_params(dw_archive_file *file, dw_params *params, char **config);

/* The text of a line of the provenance; "" where the file has none, an error where it can't be read. */
dw_status dw_archive_file_provenance(dw_archive_file *file, const char *name, char *text, size_t size);

/* Dataset GROUP/NAME of `rank` dimensions. A negative entry of `shape` is taken from the file, the others must agree.
 */
dw_status dw_archive_read_reals(dw_archive_file *file, const char *group, const char *name, int rank, int64_t *shape,
                                dw_archive_rule rule, double **values);
/* Numbers from `least` on; `rising`: each larger than the one before. */
dw_status dw_archive_read_ints(dw_archive_file *file, const char *group, const char *name, int rank, int64_t *shape,
                               int64_t least, bool rising, int64_t **values);

#endif
