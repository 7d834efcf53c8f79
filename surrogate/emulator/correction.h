/* A correction of cheap runs straight from the twins of a data set, where a model has no second layer.
 *
 *   mean log fine = mean log cheap + offset,   offset the mean over the nearest points of log fine - log cheap
 *
 * Each point counts once, with the mean over its twins (runs of the same seed). The variance is that of one more point
 * like them, (1 + 1/n) times theirs, so it holds how much the difference changes with the place, and the noise of
 * twins. Checks (blind) are left out.
 *
 * Not collective. Errors: DW_ERR_PARAM, fewer than two points have twins, or their values have no logarithm;
 * DW_ERR_MEMORY. */
#ifndef DW_SURROGATE_EMULATOR_CORRECTION_H
#define DW_SURROGATE_EMULATOR_CORRECTION_H

#include "surrogate/emulator/emulator.h"

enum { DW_NEIGHBOURS = 6 };

/* parameter (D); offset and variance (T K of `known`). *points: how many were used. */
dw_status dw_neighbour_correction(const dw_dataset *dataset, const dw_emulator_quantity *known, const double *parameter,
                                  double *offset, double *variance, int64_t *points);

#endif
