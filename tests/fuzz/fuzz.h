/* What the fuzz targets share: a folder for their files, and HDF5 files spoiled by edits.
 *
 * A target is one file with LLVMFuzzerTestOneInput. It is linked with libFuzzer in the build of the preset `fuzz`, and
 * with plain_main.c in the others, which replays the corpus and its mutations. A target may not crash, leak or touch
 * memory that isn't its own, whatever the input; whether it is refused is the other tests' matter. */
#ifndef DW_TESTS_FUZZ_H
#define DW_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

enum { DW_FUZZ_PATH = 4096 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* "FOLDER/name" in a folder of this process's, in memory if there is /dev/shm. Static until the next call but one. */
const char *dw_fuzz_path(const char *name);

/* The same for a file of the folder DWELL_FUZZ_BASES, which make_bases wrote. */
const char *dw_fuzz_base(const char *name);

/* The data as the file `path`. */
void dw_fuzz_write(const char *path, const uint8_t *data, size_t size);

/* The data as a text that ends with a 0; released with free(). */
char *dw_fuzz_text(const uint8_t *data, size_t size);

/* `path` becomes a copy of the HDF5 file `base` with an edit for each eight bytes of data: groups, datasets and
 * attributes are removed, get other types, shapes or lengths, or numbers at the ends of their range. With
 * DWELL_FUZZ_BYTES in the environment bytes of the file are overwritten instead, wherever they are: that tests HDF5
 * more than its user. */
void dw_fuzz_edit(const char *base, const char *path, const uint8_t *data, size_t size);

#endif
