/* Files that are whole or absent: written beside as NAME.tmp, forced to the disk, then renamed.
 *
 * Not collective; called on one process. Paths are those of the final file. A failure removes the
 * .tmp and leaves an earlier file of that name as it was. Errors: DW_ERR_FILE, DW_ERR_MEMORY. */
#ifndef DW_LATTICE_REPLACE_H
#define DW_LATTICE_REPLACE_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* *temporary = "PATH.tmp", released by the caller with dw_free. */
dw_status dw_replace_name(char **temporary, const char *path);

/* Refuses when the file system of `path` has less than `bytes` free. A file system that doesn't know is let pass. */
dw_status dw_replace_space(const char *path, uint64_t bytes);

/* Forces `temporary` to the disk, renames it to `path`, forces the directory to the disk. */
dw_status dw_replace_commit(const char *temporary, const char *path);

/* The whole of it for content that is in memory. */
dw_status dw_replace_file(const char *path, const void *data, size_t bytes);

/* The whole content of a file, with a 0 after it; the caller releases *text with dw_free. */
dw_status dw_replace_read(const char *path, char **text, size_t *bytes);

#endif
