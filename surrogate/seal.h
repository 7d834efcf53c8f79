/* Files whose damage is noticed before anything interprets them: a last line with a fingerprint of all bytes before it.
 *
 *   <bytes> "\ndwell seal <16 hexadecimal digits>\n"
 *
 * HDF5 knows the end of what it wrote and doesn't look beyond, so a sealed file is still an HDF5 file. The fingerprint
 * is a sum of hashes of (position, 8 bytes) and of the length, as of fields (lattice/fingerprint.h).
 *
 * Not collective. Errors: DW_ERR_FILE, no seal, or another fingerprint; DW_ERR_MEMORY. */
#ifndef DW_SURROGATE_SEAL_H
#define DW_SURROGATE_SEAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

/* Where an HDF5 file that is to be sealed is written first: `path`.unsealed, to be given back with dw_free. */
dw_status dw_seal_open_path(const char *path, char **open);

/* Seals the file `from` and renames it to `path`; it is removed where that fails. */
dw_status dw_seal_write(const char *path, const char *from);

/* Removes `from`, if it is there: what could be written of a file that won't be sealed. */
void dw_seal_discard(const char *from);

/* *bytes (NULL is allowed): of the content. */
dw_status dw_seal_check(const char *path, uint64_t *bytes);

/* Whether a file can be read and ends with a seal, right or wrong. */
bool dw_seal_has(const char *path);

#endif
