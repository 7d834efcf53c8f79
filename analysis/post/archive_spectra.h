/* One group of spectra.h5. Not collective; arrays are owned by the struct.
 * Errors: DW_ERR_FILE where something is missing, has another shape or holds what it must not; DW_ERR_MEMORY. */
#ifndef DW_ANALYSIS_POST_ARCHIVE_SPECTRA_H
#define DW_ANALYSIS_POST_ARCHIVE_SPECTRA_H

#include "analysis/post/archive_file.h"

enum { DW_ARCHIVE_VALUES = 8 };

/* All zero where the run has no such group. */
typedef struct dw_archive_spectra {
  const char *group;                /* "etc", ...; static */
  int64_t rows;                     /* T */
  int64_t shells;                   /* K */
  int64_t references;               /* R; 0 without reference times */
  int64_t coarsening;               /* of the grid it was measured on, 0 where the file doesn't tell */
  double spacing;                   /* of that grid, comoving, 1/m */
  double k_end;                     /* upper edge of the last shell, m */
  int64_t *step;                    /* (T) rising */
  double *tau;                      /* (T) rising, 1/m */
  double *a;                        /* (T) */
  double *k;                        /* (K) rising, mean comoving |k| of a shell, m */
  int64_t *count;                   /* (K) modes of the full Hermitian cube, at least 1 */
  double *reference_tau;            /* (R) 1/m; may lie after the end of the run */
  double *value[DW_ARCHIVE_VALUES]; /* (T,K), or (R,T,K) with reference times; see dw_archive_value */
} dw_archive_spectra;

/* Fills *spectra with group field, etc, stress, gw or utc; rows = 0 where there is none. `needed`: it must be there.
 * dw_archive_spectra_free is called for also after a failure. */
dw_status dw_archive_spectra_read(dw_archive_spectra *spectra, dw_archive_file *file, const char *group, bool needed);
void dw_archive_spectra_free(dw_archive_spectra *spectra);

/* Whether both have these first shells, with the same momenta. */
bool dw_archive_spectra_begin_alike(const dw_archive_spectra *a, const dw_archive_spectra *b, int64_t shells);

/* The values of a dataset of the group ("value", "value_error", "drho_dlnk", ...), units of docs/files.md; NULL where
 * the run has none. Those that every run has: field power; etc value, scaling; stress scalar, vector; gw drho_dlnk,
 * drho_dlnk_averaged; utc value. NAN only in etc scaling (no walls), gw omega, omega_averaged (no expansion) and utc
 * (not measured). */
const double *dw_archive_value(const dw_archive_spectra *spectra, const char *name);

#endif
