/* Files whose damage is noticed before anything interprets them: a last line with a fingerprint of all bytes before it.
 *
 *   <bytes> "\ndwell seal <16 hexadecimal digits>\n"
 *
 * HDF5 knows the end of what it wrote and doesn't look beyond, so a sealed file is still an HDF5 file. The fingerprint
 * is a sum of hashes of (position, 8 bytes) and of the length, as of fields (lattice/fingerprint.h).
 *
 * Not collective unless said otherwise. Errors: DW_ERR_FILE, no seal, or another fingerprint; DW_ERR_MEMORY. */
#ifndef DW_SURROGATE_SEAL_H
#define DW_SURROGATE_SEAL_H

#include <stdbool.h>
#include <stdint.h>

#include "lattice/file.h"

/* Collective over `comm`. Starts an HDF5 file of about `bytes` that will be sealed: it is written as `path`.unsealed.
 */
dw_status dw_seal_create(dw_file **file, const dw_comm *comm, const char *path, uint64_t bytes);

/* Collective over `comm`. Ends a file of dw_seal_create, which is released: `path` becomes what was written, sealed, or
 * stays as it was where `status`, that of the writing, is a failure. All processes get the same status. */
dw_status dw_seal_finish(dw_file *file, const dw_comm *comm, const char *path, dw_status status);

/* Seals the file `from` and renames it to `path`; it is removed where that fails. */
dw_status dw_seal_write(const char *path, const char *from);

/* *bytes (NULL is allowed): of the content. */
dw_status dw_seal_check(const char *path, uint64_t *bytes);

/* Whether a file can be read and ends with a seal, right or wrong. */
bool dw_seal_has(const char *path);

#endif
