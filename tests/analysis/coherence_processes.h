/* Processes of known coherence: amplitudes A[s][m][4] of modes at times x[s], with counter-based random numbers. */
#ifndef DW_COHERENCE_PROCESSES_H
#define DW_COHERENCE_PROCESSES_H

#include "tests/dw_test.h"

#include <math.h>
#include <stdlib.h>

#include "analysis/post/utc_estimate.h"
#include "lattice/random.h"

/* At most this many times. */
enum { MOST_TIMES = 64 };

typedef struct process {
  dw_utc_tracks tracks;
  double *amplitude;
  double x[MOST_TIMES];
  int64_t seed;
} process;

/* Times 1, 1 + spacing, ... */
static inline process process_create(int64_t samples, int64_t modes, double spacing, int64_t seed) {
  process p = {.tracks = {.samples = samples, .modes = modes}, .seed = seed};
  assert_true(samples <= MOST_TIMES);
  p.amplitude = malloc((size_t)(samples * modes * 4) * sizeof *p.amplitude);
  assert_non_null(p.amplitude);
  p.tracks.amplitude = p.amplitude;
  for (int64_t s = 0; s < samples; s++) {
    p.x[s] = 1.0 + spacing * (double)s;
  }
  return p;
}

static inline void process_destroy(process *p) { free(p->amplitude); }

/* Component c of mode m at time s. */
static double *component(const process *p, int64_t s, int64_t m, int64_t c) {
  return p->amplitude + (s * p->tracks.modes + m) * 4 + c;
}

/* Normal number `which` of component c of mode m. */
static double normal(const process *p, int64_t m, int64_t c, int64_t which) {
  double pair[2];
  dw_random_normal(p->seed, DW_STREAM_FIELD, (int64_t[3]){m, c, which / 2}, pair);
  return pair[which % 2];
}

/* Lower Cholesky factor of exp(-(g(x1) - g(x2))^2/2), g = x/scale. The small addition to the diagonal is white noise of
 * relative power 1e-10. */
static void gaussian_factor(const process *p, const double *g, double *factor) {
  const int64_t n = p->tracks.samples;
  for (int64_t i = 0; i < n; i++) {
    for (int64_t j = 0; j <= i; j++) {
      double sum = exp(-0.5 * (g[i] - g[j]) * (g[i] - g[j])) + (i == j ? 1e-10 : 0.0);
      for (int64_t k = 0; k < j; k++) {
        sum -= factor[i * n + k] * factor[j * n + k];
      }
      factor[i * n + j] = i == j ? sqrt(sum) : sum / factor[j * n + j];
    }
  }
}

/* Normal, with coherence exp(-(g1 - g2)^2/2) for the times g[s] of its own clock. */
static inline void fill_clock(process *p, const double *g) {
  double factor[MOST_TIMES * MOST_TIMES];
  double draw[MOST_TIMES];
  gaussian_factor(p, g, factor);
  for (int64_t i = 0; i < p->tracks.modes * 4; i++) {
    for (int64_t s = 0; s < p->tracks.samples; s += 2) {
      dw_random_normal(p->seed, DW_STREAM_FIELD, (int64_t[3]){i / 4, i % 4, s}, draw + s); /* MOST_TIMES is even */
    }
    for (int64_t s = 0; s < p->tracks.samples; s++) {
      double sum = 0.0;
      for (int64_t k = 0; k <= s; k++) {
        sum += factor[s * p->tracks.samples + k] * draw[k];
      }
      *component(p, s, i / 4, i % 4) = sum;
    }
  }
}

/* Coherence exp(-(x1 - x2)^2/(2 scale^2)). */
static inline void fill_gaussian(process *p, double scale) {
  double g[MOST_TIMES];
  for (int64_t s = 0; s < p->tracks.samples; s++) {
    g[s] = p->x[s] / scale;
  }
  fill_clock(p, g);
}

/* Coherence 1, with power that grows in time. */
static inline void fill_frozen(process *p) {
  for (int64_t s = 0; s < p->tracks.samples; s++) {
    for (int64_t i = 0; i < p->tracks.modes * 4; i++) {
      *component(p, s, i / 4, i % 4) = p->x[s] * normal(p, i / 4, i % 4, 0);
    }
  }
}

/* Drawn anew at every time, coherence 0, with power that grows in time. */
static inline void fill_redrawn(process *p) {
  for (int64_t s = 0; s < p->tracks.samples; s++) {
    for (int64_t i = 0; i < p->tracks.modes * 4; i++) {
      *component(p, s, i / 4, i % 4) = p->x[s] * normal(p, i / 4, i % 4, s);
    }
  }
}

/* Products of two free standing waves of random phase: <cos(w x1 + f) cos(w x2 + f)> = cos(w (x1 - x2))/2, so
 * coherence cos(w1 (x1 - x2)) cos(w2 (x1 - x2)); w1 and w2 even between `low` and `high`, equal for all modes if
 * low = high. */
static inline void fill_standing(process *p, double low, double high) {
  const double turn = 2.0 * acos(-1.0);
  for (int64_t i = 0; i < p->tracks.modes * 4; i++) {
    double u[4]; /* even in (0, 1) from the normal distribution */
    for (int j = 0; j < 4; j++) {
      u[j] = 0.5 * erfc(normal(p, i / 4, j < 2 ? 0 : i % 4, 10 + j) / sqrt(2.0)); /* one pair of waves a mode */
    }
    const double w1 = low + (high - low) * u[0];
    const double w2 = low + (high - low) * u[1];
    for (int64_t s = 0; s < p->tracks.samples; s++) {
      *component(p, s, i / 4, i % 4) = cos(w1 * p->x[s] + turn * u[2]) * cos(w2 * p->x[s] + turn * u[3]);
    }
  }
}

/* Multiplies each group of `together` neighbouring modes by its own exp(width normal): tails, same coherence. */
static inline void add_tails(process *p, double width, int64_t together) {
  for (int64_t m = 0; m < p->tracks.modes; m++) {
    const double factor = exp(width * normal(p, m / together, 5, 0));
    for (int64_t i = 0; i < p->tracks.samples * 4; i++) {
      *component(p, i / 4, m, i % 4) *= factor;
    }
  }
}

/* Modes in groups of `together` become copies of the first of their group. */
static inline void repeat_modes(process *p, int64_t together) {
  for (int64_t m = 0; m < p->tracks.modes; m++) {
    for (int64_t i = 0; i < p->tracks.samples * 4; i++) {
      *component(p, i / 4, m, i % 4) = *component(p, i / 4, m / together * together, i % 4);
    }
  }
}

#endif
