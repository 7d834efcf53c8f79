/* Random numbers for tests of fits: the same on every machine up to the last bits of log and cos. */
#ifndef DW_TESTS_ANALYSIS_POST_NOISE_H
#define DW_TESTS_ANALYSIS_POST_NOISE_H

#include <math.h>
#include <stdint.h>

typedef struct noise {
  uint64_t state;
} noise;

static inline noise noise_of(uint64_t seed) { return (noise){.state = seed * 1000003u + 17u}; }

/* Uniform in (0, 1); splitmix64 (G. Steele et al., 2014). */
static inline double noise_uniform(noise *n) {
  uint64_t z = (n->state += 0x9E3779B97F4A7C15u);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return ((double)((z ^ (z >> 31)) >> 11) + 0.5) * 0x1p-53;
}

/* Mean 0, variance 1; Box and Muller (1958). */
static inline double noise_normal(noise *n) {
  const double radius = sqrt(-2.0 * log(noise_uniform(n)));
  return radius * cos(2.0 * acos(-1.0) * noise_uniform(n));
}

#endif
