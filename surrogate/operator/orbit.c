#include "surrogate/operator/orbit.h"

#include <math.h>
#include <string.h>

/* A vector as wide as a register, and how many sums of them registers can hold: 16 of 8 floats, 32 of 16. Wider ones
 * are split by the compiler and spilt to memory, which took ten times as long. A site's sum is the same in any of them.
 */
#ifdef __AVX512F__
enum { WIDTH = 16, SUMS = 16 };
#else
enum { WIDTH = 8, SUMS = 8 };
#endif
typedef float lanes __attribute__((vector_size(WIDTH * sizeof(float)), aligned(4), may_alias));

static const float SHARE[DW_ORBITS] = {1.0F, 1.0F / 6.0F, 1.0F / 12.0F, 1.0F / 8.0F};

/* Rows ahead, along y, whose memory is asked for: rows are too short, and too many, for the processor to see a stream.
 */
enum { AHEAD = 2 };

/* A row of scratch has a vector on either side for its periodic ends. */
static float *scratch_row(float *scratch, int index, ptrdiff_t n) {
  return scratch + index * (DW_ORBIT_PAD(n) + 2 * DW_ORBIT_LANES) + DW_ORBIT_LANES;
}

static void close_row(float *row, ptrdiff_t n) {
  row[-1] = row[n - 1];
  row[n] = row[0];
}

void dw_orbit_gather(const float *row, ptrdiff_t stride_x, ptrdiff_t stride_y, ptrdiff_t n, float *restrict scratch) {
  float *centre = scratch_row(scratch, 0, n);
  float *faces = scratch_row(scratch, 1, n);
  float *edges = scratch_row(scratch, 2, n);
  const float *down = row - stride_x;
  const float *up = row + stride_x;
  for (ptrdiff_t z = 0; z < n; z += DW_ORBIT_LANES) {
    __builtin_prefetch(down + AHEAD * stride_y + z);
    __builtin_prefetch(row + AHEAD * stride_y + z);
    __builtin_prefetch(up + AHEAD * stride_y + z);
  }
#pragma omp simd
  for (ptrdiff_t z = 0; z < n; z++) {
    centre[z] = row[z];
    faces[z] = (down[z] + up[z]) + (row[z - stride_y] + row[z + stride_y]);
    edges[z] = (down[z - stride_y] + up[z + stride_y]) + (down[z + stride_y] + up[z - stride_y]);
  }
  close_row(centre, n);
  close_row(faces, n);
  close_row(edges, n);
}

void dw_orbit_means(float *scratch, ptrdiff_t n, float *restrict mean, ptrdiff_t pitch) {
  const float *centre = scratch_row(scratch, 0, n);
  const float *faces = scratch_row(scratch, 1, n);
  const float *edges = scratch_row(scratch, 2, n);
#pragma omp simd
  for (ptrdiff_t z = 0; z < n; z++) {
    mean[z] = centre[z];
    mean[pitch + z] = SHARE[1] * ((centre[z - 1] + centre[z + 1]) + faces[z]);
    mean[2 * pitch + z] = SHARE[2] * ((faces[z - 1] + faces[z + 1]) + edges[z]);
    mean[3 * pitch + z] = SHARE[3] * (edges[z - 1] + edges[z + 1]);
  }
  for (int m = 0; m < DW_ORBITS; m++) { /* what mixing reads beyond the row */
    memset(mean + m * pitch + n, 0, (size_t)(DW_ORBIT_PAD(n) - n) * sizeof *mean);
  }
}

void dw_orbit_pack(const float *weight, int outputs, int inputs, float *restrict packed) {
  memset(packed, 0, DW_ORBIT_PACKED(outputs, inputs) * sizeof *packed);
  for (int o = 0; o < outputs; o++) {
    float *block = packed + (ptrdiff_t)(o / DW_ORBIT_BLOCK) * DW_ORBIT_BLOCK * inputs;
    for (int i = 0; i < inputs; i++) {
      block[i * DW_ORBIT_BLOCK + o % DW_ORBIT_BLOCK] = weight[o * inputs + i];
    }
  }
}

/* `outputs` of a block, known to the compiler, and one vector of sites. */
static inline __attribute__((always_inline)) void mix_vectors(int outputs, int vectors, const float *block, int inputs,
                                                              const float *in, ptrdiff_t pitch, float *restrict out) {
  lanes sum[DW_ORBIT_BLOCK][2];
#pragma GCC unroll 8
  for (int o = 0; o < outputs; o++) {
    sum[o][0] = (lanes){0.0F};
    sum[o][1] = (lanes){0.0F};
  }
  for (int i = 0; i < inputs; i++) {
    const lanes first = *(const lanes *)(in + i * pitch);
    const lanes second = vectors > 1 ? *(const lanes *)(in + i * pitch + WIDTH) : first;
#pragma GCC unroll 8
    for (int o = 0; o < outputs; o++) {
      const float weight = block[i * DW_ORBIT_BLOCK + o];
      sum[o][0] += weight * first;
      if (vectors > 1) {
        sum[o][1] += weight * second;
      }
    }
  }
#pragma GCC unroll 8
  for (int o = 0; o < outputs; o++) {
    *(lanes *)(out + o * pitch) = sum[o][0];
    if (vectors > 1) {
      *(lanes *)(out + o * pitch + WIDTH) = sum[o][1];
    }
  }
}

static inline __attribute__((always_inline)) void mix_block(int outputs, const float *block, int inputs,
                                                            const float *in, ptrdiff_t pitch, ptrdiff_t n,
                                                            float *restrict out) {
  ptrdiff_t z = 0;
  for (; 2 * outputs <= SUMS && z + 2 * WIDTH <= DW_ORBIT_PAD(n); z += 2 * WIDTH) {
    mix_vectors(outputs, 2, block, inputs, in + z, pitch, out + z);
  }
  for (; z < n; z += WIDTH) {
    mix_vectors(outputs, 1, block, inputs, in + z, pitch, out + z);
  }
}

void dw_orbit_mix(const float *packed, int outputs, int inputs, const float *in, ptrdiff_t pitch, ptrdiff_t n,
                  float *restrict out) {
  for (int o = 0; o < outputs; o += DW_ORBIT_BLOCK) {
    const float *block = packed + (ptrdiff_t)o * inputs;
    float *rows = out + o * pitch;
    switch (outputs - o) {
      case 1: mix_block(1, block, inputs, in, pitch, n, rows); break;
      case 2: mix_block(2, block, inputs, in, pitch, n, rows); break;
      case 3: mix_block(3, block, inputs, in, pitch, n, rows); break;
      case 4: mix_block(4, block, inputs, in, pitch, n, rows); break;
      case 5: mix_block(5, block, inputs, in, pitch, n, rows); break;
      case 6: mix_block(6, block, inputs, in, pitch, n, rows); break;
      case 7: mix_block(7, block, inputs, in, pitch, n, rows); break;
      default: mix_block(DW_ORBIT_BLOCK, block, inputs, in, pitch, n, rows);
    }
  }
}

void dw_orbit_mix_plain(const float *weight, int outputs, int inputs, const float *in, ptrdiff_t pitch, ptrdiff_t n,
                        float *restrict out) {
  for (int o = 0; o < outputs; o++) {
    for (ptrdiff_t z = 0; z < n; z++) {
      float sum = 0.0F;
      for (int i = 0; i < inputs; i++) {
        sum += weight[o * inputs + i] * in[i * pitch + z];
      }
      out[o * pitch + z] = sum;
    }
  }
}

void dw_orbit_gate(const float *x, const float *add, ptrdiff_t n, float *restrict value) {
  if (add == NULL) {
#pragma omp simd
    for (ptrdiff_t z = 0; z < n; z++) {
      value[z] = x[z] / sqrtf(1.0F + x[z] * x[z]);
    }
    return;
  }
#pragma omp simd
  for (ptrdiff_t z = 0; z < n; z++) {
    value[z] = x[z] / sqrtf(1.0F + x[z] * x[z]) + add[z];
  }
}

void dw_orbit_gate_slope(const float *x, ptrdiff_t n, float *restrict slope) {
#pragma omp simd
  for (ptrdiff_t z = 0; z < n; z++) {
    const float square = 1.0F + x[z] * x[z];
    slope[z] /= square * sqrtf(square);
  }
}
