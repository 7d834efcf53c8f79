/* Tracks of single modes of the stress through time: Pi^TT(k, tau) of a fixed random sample of modes in each shell, at
 * every so many steps and at the end of the run, in tracks.h5. All pairs of times can be correlated from it afterwards.
 *
 * Of each shell up to a limit the same M modes, or all where it has fewer, are drawn once: those with the smallest
 * random numbers, which depend on the mode alone, so that the sample is the same on any number of processes, in every
 * run with this box, and part of a larger one. Of k and -k, which say the same, one is taken.
 *
 * tracks.h5, group /tracks: step, tau, a (S); n (M,3), shell, k (M); shell_k, shell_count (K); amplitude (S,M,4), the
 * real and imaginary parts of plus and cross (gw/parts.h), whose squares add up to sum_ij |Pi_ij(k)|^2/L^3.
 *
 * Everything is collective unless said otherwise; process 0 alone holds samples. */
#ifndef DW_ANALYSIS_TRACKS_H
#define DW_ANALYSIS_TRACKS_H

#include "analysis/record.h"
#include "gw/coarse.h"

typedef struct dw_tracks_choice {
  int64_t modes;   /* in each shell; 0: no tracks */
  int64_t shells;  /* K, at most those of the grid of the stress */
  int64_t every;   /* steps from one sample to the next; step 0 has the first */
  int64_t last;    /* a step with a sample whatever `every` says: what the last interval emits isn't lost; 0: none */
  int64_t samples; /* there will be about so many */
} dw_tracks_choice;

typedef struct dw_tracks dw_tracks;

/* Memory for the samples is taken here. The grid outlives the handle. Errors: DW_ERR_MEMORY. */
dw_status dw_tracks_create(dw_tracks **tracks, const dw_coarse *coarse, const dw_tracks_choice *choice);
void dw_tracks_destroy(dw_tracks *tracks);

/* Not collective. Whether the state's step has a sample that isn't there yet. */
bool dw_tracks_due(const dw_tracks *tracks);

/* Adds a sample: `stress` are the amplitudes of Pi (plus and cross, dw_stress_project) at the state's time.
 * Errors: DW_ERR_MEMORY. */
dw_status dw_tracks_record(dw_tracks *tracks, dw_modes *const stress[DW_POLARISATIONS]);

/* All samples so far, as one file that is whole or absent. Errors: DW_ERR_FILE, DW_ERR_MEMORY. */
dw_status dw_tracks_write(const dw_tracks *tracks, const char *path, const dw_record *record);

/* Reads back the samples with step <= `step`. Errors: DW_ERR_FILE, also where modes are others or the last sample
 * before that step is missing. */
dw_status dw_tracks_restore(dw_tracks *tracks, const char *path, int64_t step);

/* Not collective. How many modes there will be at most, with `modes` of each of `shells` shells. */
int64_t dw_tracks_most(int64_t shells, int64_t modes);

/* Not collective. Bytes of memory at most: process 0, which holds the samples, and the others. Those of process 0 are
 * about those of the file too. */
size_t dw_tracks_bytes(const dw_tracks_choice *choice, bool holds_samples);

#endif
