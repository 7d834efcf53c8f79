/* Rows of an equivariant layer: sums over the neighbours that a symmetry of the cube takes into each other, and their
 * mixing.
 *
 * The 48 symmetries of the cube divide a site and its 26 neighbours into four orbits: itself, 6 faces, 12 edges,
 * 8 corners. A linear map of fields that commutes with translations and all 48 and sees no further is a combination of
 * the means over the four (T. Cohen & M. Welling, arXiv:1602.07576). With
 *
 *   F = the four rows at distance 1 in x or y,   E = the four at distance 1 in both
 *
 * the sums are c(z); c(z-1) + c(z+1) + F(z); F(z-1) + F(z+1) + E(z); E(z-1) + E(z+1).
 *
 * Not collective. Pure functions of rows; z is periodic. Rows have DW_ORBIT_PAD(n) reals, what lies beyond n is
 * scratch. Every output is made by the same operations in the same order wherever its row lies. No errors. */
#ifndef DW_SURROGATE_OPERATOR_ORBIT_H
#define DW_SURROGATE_OPERATOR_ORBIT_H

#include <stddef.h>

enum {
  DW_ORBITS = 4,
  DW_ORBIT_LANES = 16, /* reals of a vector */
  DW_ORBIT_BLOCK = 8   /* outputs that are mixed together */
};

/* Reals a row takes: whole vectors. */
#define DW_ORBIT_PAD(n) (((ptrdiff_t)(n) + DW_ORBIT_LANES - 1) / DW_ORBIT_LANES * DW_ORBIT_LANES)

/* Reals of scratch for one channel. */
#define DW_ORBIT_SCRATCH(n) (3 * (DW_ORBIT_PAD(n) + 2 * DW_ORBIT_LANES))

/* c, F and E of a row, whose eight neighbouring rows lie at +-stride_x, +-stride_y. */
void dw_orbit_gather(const float *row, ptrdiff_t stride_x, ptrdiff_t stride_y, ptrdiff_t n, float *restrict scratch);

/* mean[m pitch + z], z < n: the mean over orbit m around (row, z), from what was gathered. All channels are gathered
 * before the first is taken up: a processor waits for what was written just before at another alignment. */
void dw_orbit_means(float *scratch, ptrdiff_t n, float *restrict mean, ptrdiff_t pitch);

/* Weights in the order in which they are mixed: packed[(o / 8) 8 inputs + i 8 + o % 8] = weight[o inputs + i], with
 * zeros for what fills the last block. DW_ORBIT_PACKED(outputs, inputs) reals. */
#define DW_ORBIT_PACKED(outputs, inputs) \
  ((size_t)(((outputs) + DW_ORBIT_BLOCK - 1) / DW_ORBIT_BLOCK * DW_ORBIT_BLOCK) * (size_t)(inputs))
void dw_orbit_pack(const float *weight, int outputs, int inputs, float *restrict packed);

/* out[o pitch + z] = sum_i weight[o][i] in[i pitch + z] for z < n, i ascending. */
void dw_orbit_mix(const float *packed, int outputs, int inputs, const float *in, ptrdiff_t pitch, ptrdiff_t n,
                  float *restrict out);

/* The plain twin of dw_orbit_mix, from weights that aren't packed. */
void dw_orbit_mix_plain(const float *weight, int outputs, int inputs, const float *in, ptrdiff_t pitch, ptrdiff_t n,
                        float *restrict out);

/* value[z] = x g + add[z] with the even gate g = 1/sqrt(1 + x^2), so odd in x and add bit for bit; add may be NULL. */
void dw_orbit_gate(const float *x, const float *add, ptrdiff_t n, float *restrict value);

/* slope[z] *= dvalue/dx = g^3. */
void dw_orbit_gate_slope(const float *x, ptrdiff_t n, float *restrict slope);

#endif
