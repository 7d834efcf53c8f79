/* Ensembles: for each point of a scan and each level, mean and standard error over its seeds of every column of the
 * time series and of every spectrum.
 *
 * Row by row and bin by bin, over the seeds that have a number there; the error is the sample's deviation over the
 * square root of their number, NAN with fewer than two. Sums go in the order of the seeds, so they are the same
 * wherever the runs were made. Not collective. */
#ifndef DW_SURROGATE_SCAN_ENSEMBLE_H
#define DW_SURROGATE_SCAN_ENSEMBLE_H

#include "surrogate/dataset.h"

/* Mean and standard error of `count` numbers that lie `stride` apart, NANs left out; *used = how many there were. */
void dw_ensemble_mean(const double *value, int64_t count, int64_t stride, double *mean, double *error, int64_t *used);

/* Writes ensemble.h5 (docs/files.md); the runs of `dataset` are sorted as dw_collect_join leaves them. */
dw_status dw_ensemble_write(const dw_dataset *dataset, const char *path, const dw_record *record);

#endif
