/* Which modes are tracked. Internal to tracks.c. Not collective: pure functions of their arguments. */
#ifndef DW_ANALYSIS_TRACKS_SAMPLE_H
#define DW_ANALYSIS_TRACKS_SAMPLE_H

#include "analysis/tracks.h"

typedef struct dw_track {
  uint64_t key; /* random; those with the smallest are taken */
  int64_t n[3]; /* mode numbers; of n and -n the one whose last number that isn't 0 is positive */
  int64_t shell;
} dw_track;

/* At most `modes` modes of each of the first `shells` shells of the grid, by shell and then by n. *tracks is the
 * caller's to release with dw_free. Errors: DW_ERR_MEMORY. */
dw_status dw_tracks_sample(const dw_coarse *coarse, int64_t shells, int64_t modes, dw_track **tracks, int64_t *count);

#endif
