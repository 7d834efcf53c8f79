/* Counter-based random numbers: a pure function of (seed, stream, mode), so a realisation is the
 * same on any number of processes, and lattices of N and 2N points share their modes.
 * Threefry4x64-20 of Random123 (Salmon et al., SC11, doi:10.1145/2063384.2063405). Not collective. */
#ifndef DW_LATTICE_RANDOM_H
#define DW_LATTICE_RANDOM_H

#include <stdint.h>

/* Independent uses of one seed. */
typedef enum dw_stream {
  DW_STREAM_FIELD = 1,
  DW_STREAM_SAMPLE = 2,
  DW_STREAM_VELOCITY = 3,
  DW_STREAM_DESIGN = 4,
  DW_STREAM_WEIGHTS = 8 /* of learned models, and the order in which they see their data */
} dw_stream;

/* The same use for another component of a field; that of component 0 is the stream itself. */
static inline dw_stream dw_stream_of(dw_stream stream, int component) {
  return (dw_stream)((int)stream + 256 * component);
}

/* Uniform in (0, 1] from 64 random bits, of which 53 are used; never 0, so that its logarithm is finite. */
double dw_random_uniform(uint64_t bits);

/* 64 random bits for the integer mode (n[0], n[1], n[2]). */
uint64_t dw_random_bits(int64_t seed, dw_stream stream, const int64_t n[3]);

/* Two independent standard normal numbers for the integer mode (n[0], n[1], n[2]). */
void dw_random_normal(int64_t seed, dw_stream stream, const int64_t n[3], double normal[2]);

/* The same as a complex amplitude (real, imaginary) with the symmetry of a real field:
 * f(-n) is the complex conjugate of f(n), and a mode that is its own mirror is not allowed. */
void dw_random_mode(int64_t seed, dw_stream stream, const int64_t n[3], double amplitude[2]);

#endif
