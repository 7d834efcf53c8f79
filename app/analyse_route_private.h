/* What section route works with: analyse_route.c joins it and tells what was found, analyse_route_tracks.c and
 * analyse_route_assumed.c fill lines of its table. For analyse_route*.c only. Not collective. */
#ifndef DW_APP_ANALYSE_ROUTE_PRIVATE_H
#define DW_APP_ANALYSE_ROUTE_PRIVATE_H

#include "app/analyse_coherence.h"
#include "cosmology/green.h"

/* What is told of each shell, (K) arrays of analysis.h5. */
enum {
  DW_FOUND_K,
  DW_FOUND_X,
  DW_FOUND_MODES,
  DW_FOUND_EVOLVED,
  DW_FOUND_EVOLVED_AVERAGED,
  DW_FOUND_ROUTE,
  DW_FOUND_ROUTE_ERROR,
  DW_FOUND_ROUTE_AVERAGED,
  DW_FOUND_SPACING_ERROR,
  DW_FOUND_WELL_SAMPLED,
  DW_FOUND_COHERENT,
  DW_FOUND_INCOHERENT,
  DW_FOUND_TOP_HAT,
  DW_FOUND_GAUSSIAN,
  DW_FOUND_EIGEN_90,
  DW_FOUND_EIGEN_99,
  DW_FOUND_EIGEN_NEGATIVE,
  DW_FOUND_FIELDS
};

typedef struct dw_route_job {
  const dw_analyse_input *input;
  dw_green green;
  double start; /* of the source, 1/m */
  double end;   /* of the row compared with, 1/m */
  double a;     /* there */
  double from;  /* of the samples of tracks that are needed: beyond start and end where these lie between samples */
  double to;
  int64_t shells; /* K */
  dw_coherence_comparison coherence;
  bool known; /* the coherence was fitted */
  double (*table)[DW_FOUND_FIELDS];
} dw_route_job;

/* Of a time. */
#define DW_ROUTE_SLACK 1e-9

/* What the tracks of shell `shell` give: the route, its errors, eigenmodes. A shell without modes is left as it is. */
dw_status dw_route_take_tracks(const dw_route_job *job, int64_t shell, double *line);

/* What each assumption about the coherence makes of its equal-time correlator; NAN where the scale isn't known. */
dw_status dw_route_take_assumed(const dw_route_job *job, int64_t shell, double *line);

#endif
