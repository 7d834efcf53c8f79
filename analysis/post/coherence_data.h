/* Measured coherence of one or many shells, prepared for fits: a few entries a shell, with their covariance.
 *
 * The coherence of all pairs of times is far more numbers than modes can tell apart. An entry is the mean of C over
 * pairs of one lag |x1 - x2|, x = k tau, in the early or in the late half of them; so that a model is tried at several
 * lags and the coherence may not drift in time. Lags are multiples of the mean spacing of the samples, in geometric
 * progression up to 3/4 of the longest, from the last one before C falls below 0.9 (shorter ones repeat the same
 * information). Their number follows the modes: P = (B_eff - 2)/4, at most 12, of dw_utc_effective_blocks for tracks,
 * so that a covariance of P entries can be had from B blocks.
 *
 * Not collective. No unit. */
#ifndef DW_ANALYSIS_POST_COHERENCE_DATA_H
#define DW_ANALYSIS_POST_COHERENCE_DATA_H

#include <stdint.h>

#include "analysis/post/coherence_table.h"
#include "analysis/post/utc_estimate.h"
#include "base/status.h"

enum { DW_COHERENCE_ENTRIES = 12 };

/* Where the covariance of a shell's entries comes from. */
typedef enum dw_coherence_errors {
  DW_ERRORS_JACKKNIFE,  /* estimated from draws, stored */
  DW_ERRORS_GAUSSIAN,   /* of a normal process with the coherence of the model that is tried (coherence_weights.h) */
  DW_ERRORS_INDEPENDENT /* known, stored; entries are C itself */
} dw_coherence_errors;

/* Entry i is z = artanh((1 - f) C) of the mean of C over pairs begin[i] ... begin[i + 1] - 1 (coherence_models.h);
 * with DW_ERRORS_INDEPENDENT, whose errors are given in C, it is that mean. */
typedef struct dw_coherence_shell {
  int64_t entries;
  int64_t *begin;
  double (*x)[2]; /* x1, x2 of each pair */
  double *value;
  double *covariance; /* [entries][entries] of values, with the floor; NULL for DW_ERRORS_GAUSSIAN */
  double draws;       /* effective blocks, for DW_ERRORS_JACKKNIFE */
  double components;  /* independent normal components, for DW_ERRORS_GAUSSIAN */
  dw_coherence_errors errors;
} dw_coherence_shell;

typedef struct dw_coherence_data {
  int64_t room;
  int64_t shells;
  int64_t without_entries;   /* shells that were added and have too few modes or times for an entry */
  dw_coherence_shell *shell; /* [room] */
  dw_coherence_table table;  /* of all pairs */
} dw_coherence_data;

/* Room for that many shells, and a table of `bins` bins. Errors: DW_ERR_INTERNAL, no such shape; DW_ERR_MEMORY. */
dw_status dw_coherence_data_create(dw_coherence_data *data, int64_t room, int64_t bins, double bin_width);
void dw_coherence_data_destroy(dw_coherence_data *data);

/* Entries of all shells; a fit needs two. */
int64_t dw_coherence_data_entries(const dw_coherence_data *data);

/* The tracks of one shell at x[samples], ascending, and what dw_utc_estimate_tracks made of them. Errors:
 * DW_ERR_INTERNAL, no room or no such tracks; DW_ERR_MEMORY. After a failure *data may be destroyed only. */
dw_status dw_coherence_data_add_tracks(dw_coherence_data *data, const dw_utc_tracks *tracks,
                                       const dw_utc_estimate *estimate, const double *x);

/* The coherence of one shell between references, at[r] the index of reference r, and times x[times], ascending
 * (dw_utc_estimate_reference); NaN where it isn't known. `components` independent normal ones: 2 count. In the table,
 * the error of a bin is the mean error of its pairs, as if they went together. Errors: as above. */
dw_status dw_coherence_data_add_reference(dw_coherence_data *data, const dw_utc_estimate *estimate, const int64_t *at,
                                          const double *x, double components);

/* `count` pairs with independent errors, x1 = x[i][0] and x2 = x[i][1], each an entry. Errors: as above. */
dw_status dw_coherence_data_add_pairs(dw_coherence_data *data, int64_t count, const double (*x)[2],
                                      const double *coherence, const double *error);

#endif
