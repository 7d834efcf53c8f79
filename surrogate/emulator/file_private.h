/* Names in a model file that its writer and its reader share. Not collective. */
#ifndef DW_SURROGATE_EMULATOR_FILE_PRIVATE_H
#define DW_SURROGATE_EMULATOR_FILE_PRIVATE_H

#include "lattice/file.h"
#include "surrogate/emulator/emulator_private.h"

#define DW_EMULATOR_KIND "spectrum emulator"

enum { DW_EMULATOR_VERSION = 1 };

/* "/quantity3", "/quantity3/layer1/basis", ...; returns `path`. */
const char *dw_emulator_path(char path[DW_FILE_NAME], int64_t q, const char *name);
const char *dw_emulator_layer_path(char path[DW_FILE_NAME], int64_t q, int64_t layer, const char *name);

#endif
