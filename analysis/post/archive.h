/* A run on the disk, read for post-processing: parameters, time series, spectra, mode tracks.
 *
 * Everything is read when it is opened and checked as a whole, so that what uses it needs no checks of its own: files
 * belong to this program and this format version and to one run, shapes agree, times rise, numbers are finite unless
 * said otherwise. What a file claims decides no allocation before it is compared with the file's size.
 *
 * Not collective: called on one process. The caller owns the archive; nothing in it is changed by others.
 * Errors: DW_ERR_FILE with file, what was found and what to do; DW_ERR_MEMORY. Units: 1/m for comoving lengths and
 * conformal times, m for momenta. */
#ifndef DW_ANALYSIS_POST_ARCHIVE_H
#define DW_ANALYSIS_POST_ARCHIVE_H

#include "analysis/post/archive_series.h"
#include "analysis/post/archive_spectra.h"
#include "analysis/post/archive_tracks.h"
#include "cosmology/background_driven.h"
#include "fields/model.h"
#include "fields/plugin.h"
#include "params/params.h"

typedef struct dw_archive {
  char path[DW_ARCHIVE_PATH];      /* of the directory, as it was named */
  dw_params params;                /* of the run that wrote spectra.h5 */
  char *config;                    /* their text */
  dw_plugin *plugin;               /* compiled from the run's copy of its potential, where it has one; else NULL */
  dw_model model;                  /* background, potential (tension, width), s */
  dw_background_record *expansion; /* of a self-consistent background; NULL for the others */
  double spacing;                  /* dx, 1/m; the side of the box is params.lattice.length */
  dw_archive_series series;
  dw_archive_spectra field;
  dw_archive_spectra etc;
  dw_archive_spectra stress; /* with analysis.stress_parts */
  dw_archive_spectra gw;     /* with gw.enabled */
  dw_archive_spectra utc;    /* with analysis.utc_reference */
  dw_archive_tracks tracks;  /* with analysis.tracks */
  bool finished;             /* the last row of the time series is at time.end */
  char version[64];          /* of the program that wrote it */
  char git[64];
} dw_archive;

/* `path`: the directory of a run. field and etc are always there. *archive is NULL after a failure. */
dw_status dw_archive_open(dw_archive **archive, const char *path);

/* NULL is allowed. */
void dw_archive_close(dw_archive *archive);

/* First and last time of the time series. */
double dw_archive_tau_first(const dw_archive *archive);
double dw_archive_tau_last(const dw_archive *archive);

/* A column of the time series, (series.rows). */
const double *dw_archive_column(const dw_archive *archive, dw_column column);

/* Whether some unequal-time correlator was measured, by reference times or by tracks. */
bool dw_archive_has_unequal(const dw_archive *archive);

#endif
