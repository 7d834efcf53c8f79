/* What the writers and readers of scans share: names in dataset.h5, lists of texts. Internal to dataset*.c and
 * scan/ensemble.c. Not collective. */
#ifndef DW_SURROGATE_DATASET_PRIVATE_H
#define DW_SURROGATE_DATASET_PRIVATE_H

#include "lattice/file.h"
#include "surrogate/dataset.h"

/* Version of this file's own layout, root attribute `dataset_version`. */
enum { DW_DATASET_VERSION = 1, DW_DATASET_PATH = 96 };

/* Datasets of the integers of a run: point, seed, level, blind. */
enum { DW_DATASET_RUN_INTEGERS = 4 };
extern const char *const dw_dataset_run_names[DW_DATASET_RUN_INTEGERS];

/* Of the values of a spectrum, and of an axis of its group; both return `path`. */
const char *dw_dataset_value_path(dw_dataset_spectrum spectrum, char path[DW_DATASET_PATH]);
const char *dw_dataset_axis_path(dw_dataset_spectrum spectrum, const char *name, char path[DW_DATASET_PATH]);

/* A list of `count` texts that lie `size` bytes apart. */
dw_status dw_dataset_write_texts(dw_file *file, const char *path, int64_t count, const char *first, size_t size);

#endif
