/* Processes of known coherence, measured as the coherence of a run is. */
#ifndef DW_COHERENCE_MEASURED_H
#define DW_COHERENCE_MEASURED_H

#include "analysis/post/coherence.h"
#include "tests/analysis/coherence_processes.h"

/* The order of dw_coherence_models. */
enum { COHERENT, INCOHERENT, TOP_HAT, GAUSSIAN };

/* Of all Gaussian processes here. */
static const double time_scale = 2.0;

static inline void gaussian(process *p) { fill_gaussian(p, time_scale); }

/* Fills and adds `shells` shells, with seeds of their own. */
static inline void add(dw_coherence_data *data, process *p, void (*fill)(process *), int64_t shells, int64_t seed) {
  for (int64_t i = 0; i < shells; i++) {
    p->seed = 1000 * seed + i;
    fill(p);
    dw_utc_estimate estimate;
    assert_ok(dw_utc_estimate_tracks(&estimate, &p->tracks));
    assert_ok(dw_coherence_data_add_tracks(data, &p->tracks, &estimate, p->x));
    dw_utc_estimate_destroy(&estimate);
  }
}

static inline void create(dw_coherence_data *data, const process *p, int64_t shells) {
  assert_ok(dw_coherence_data_create(data, shells, p->tracks.samples, p->x[1] - p->x[0]));
}

/* The correlators with two times, as a run stores them. */
static inline void add_reference(dw_coherence_data *data, process *p, void (*fill)(process *), int64_t seed) {
  const int64_t at[] = {12, 4};
  const int64_t times = p->tracks.samples;
  double etc[MOST_TIMES], utc[2 * MOST_TIMES];
  dw_utc_estimate tracks, reference;
  p->seed = 1000 * seed;
  fill(p);
  assert_ok(dw_utc_estimate_tracks(&tracks, &p->tracks));
  for (int64_t t = 0; t < times; t++) {
    etc[t] = tracks.utc[t * (times + 1)];
    utc[t] = tracks.utc[at[0] * times + t];
    utc[times + t] = tracks.utc[at[1] * times + t];
  }
  const double count = 2.0 * (double)p->tracks.modes;
  assert_ok(dw_utc_estimate_reference(&reference, 2, times, at, utc, etc, count));
  assert_ok(dw_coherence_data_add_reference(data, &reference, at, p->x, 2.0 * count));
  dw_utc_estimate_destroy(&tracks);
  dw_utc_estimate_destroy(&reference);
}

#endif
