/* tracks.h5: the stress of single modes through time (analysis/tracks.h). Not collective; arrays are owned by the
 * struct. Errors: DW_ERR_FILE where something is missing, has another shape or holds what it must not; DW_ERR_MEMORY.
 */
#ifndef DW_ANALYSIS_POST_ARCHIVE_TRACKS_H
#define DW_ANALYSIS_POST_ARCHIVE_TRACKS_H

#include "analysis/post/archive_file.h"

/* All zero where the run has none. */
typedef struct dw_archive_tracks {
  int64_t samples;      /* S */
  int64_t modes;        /* M */
  int64_t shells;       /* K */
  int64_t *step;        /* (S) rising */
  double *tau;          /* (S) rising, 1/m */
  double *a;            /* (S) */
  int64_t *n;           /* (M,3) mode numbers, k = 2 pi n/L */
  int64_t *shell;       /* (M) 1 ... K, in this order */
  double *k;            /* (M) comoving |k|, m */
  double *shell_k;      /* (K) mean |k| of all modes of a shell, m */
  int64_t *shell_count; /* (K) modes of the full Hermitian cube */
  int64_t *first;       /* (K + 1): modes first[i] ... first[i + 1] - 1 belong to shell i + 1 */
  double *amplitude;    /* (S,M,4) real and imaginary parts of plus and cross, m^(1/2) eta^2; the squares add up to
                           sum_ij |Pi_ij(k)|^2/L^3 */
} dw_archive_tracks;

/* Reads group /tracks. dw_archive_tracks_free is called for also after a failure. */
dw_status dw_archive_tracks_read(dw_archive_tracks *tracks, dw_archive_file *file);
void dw_archive_tracks_free(dw_archive_tracks *tracks);

#endif
