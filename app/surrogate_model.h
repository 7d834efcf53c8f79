/* From a command line to a model and a point of it. Not collective: process 0 works. */
#ifndef DW_APP_SURROGATE_MODEL_H
#define DW_APP_SURROGATE_MODEL_H

#include <stddef.h>

#include "app/surrogate_options.h"
#include "params/params.h"
#include "surrogate/emulator/emulator.h"

enum { DW_SURROGATE_PATH = 4096 };

/* The name of a model file: as given, else that of the shipped one, beside the program's sources or installed.
 * Errors: DW_ERR_FILE, there is none. */
dw_status dw_surrogate_find(const char *given, char path[DW_SURROGATE_PATH]);

/* The data set that is meant: a file, or that of a scan's directory. Errors: DW_ERR_PARAM, the path is too long. */
dw_status dw_surrogate_dataset(const char *given, char path[DW_SURROGATE_PATH]);

/* Whether a file begins like HDF5. Errors: DW_ERR_FILE, it can't be read. */
dw_status dw_surrogate_is_hdf5(const char *path, bool *is_hdf5);

/* Parameters (D) of the base run with the --set of the command line; *params has all of them. A key that the scan left
 * fixed and that is changed is told in reason ("" if there is none). Errors: DW_ERR_PARAM, after the problems were
 * printed. */
dw_status dw_surrogate_place(const dw_emulator *emulator, int sets, const char *const *set, dw_params *params,
                             double *parameter, char *reason, size_t size);

#endif
