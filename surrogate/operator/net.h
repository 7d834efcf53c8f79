/* The network: an odd, equivariant map of fields on a periodic lattice.
 *
 *   h_0 = the inputs,   u_l = g_l W_l O h_{l-1},   h_l = a(u_l) + h_{l-1},   output_o = input_from(o) + u_last
 *
 * O: the means over the four orbits (surrogate/operator/orbit.h), W_l: channels' mixing, a(u) = u/sqrt(1 + u^2), no
 * residual where the number of channels changes. g_l, one for each channel, depends on numbers q that are the same
 * everywhere (scale factor, expansion rate, length of a jump): g = 1 + P_l q. No biases. So the map commutes with
 * translations and with the 48 symmetries of the cube up to rounding, and with phi -> -phi bit for bit.
 *
 * Weights are one list: for each layer W_l (outputs, channels, orbits), then P_l (outputs, factors).
 * Not collective except where said. The caller owns what is created. Errors: DW_ERR_MEMORY, DW_ERR_PARAM. */
#ifndef DW_SURROGATE_OPERATOR_NET_H
#define DW_SURROGATE_OPERATOR_NET_H

#include <stdbool.h>

#include "lattice/field.h"
#include "lattice/halo.h"
#include "surrogate/operator/orbit.h"

enum { DW_NET_LAYERS = 8, DW_NET_CHANNELS = 32, DW_NET_INPUTS = 4, DW_NET_FACTORS = 4 };

typedef struct dw_net_shape {
  int inputs;              /* 1 to DW_NET_INPUTS */
  int outputs;             /* 1 to DW_NET_INPUTS */
  int hidden;              /* channels between layers, 1 to DW_NET_CHANNELS */
  int layers;              /* 2 to DW_NET_LAYERS */
  int factors;             /* numbers q, 0 to DW_NET_FACTORS */
  int from[DW_NET_INPUTS]; /* the input that an output is added to */
} dw_net_shape;

typedef struct dw_net {
  dw_net_shape shape;
  size_t count;
  float *weight; /* (count) */
} dw_net;

/* DW_ERR_PARAM for a shape outside the limits above. */
dw_status dw_net_shape_check(const dw_net_shape *shape);

/* Channels that go into a layer and come out of it, and the place of its W and of its P in the list. */
int dw_net_inputs(const dw_net_shape *shape, int layer);
int dw_net_outputs(const dw_net_shape *shape, int layer);
size_t dw_net_mixing(const dw_net_shape *shape, int layer);
size_t dw_net_gains(const dw_net_shape *shape, int layer);
size_t dw_net_count(const dw_net_shape *shape);

/* Weights drawn from a seed, scaled by 1/sqrt(numbers that go in), those of the last layer small, P = 0. */
dw_status dw_net_create(dw_net **net, const dw_net_shape *shape, int64_t seed);
void dw_net_destroy(dw_net *net);

/* Room for the fields of a net on a lattice with a halo of at least 1. */
typedef struct dw_net_pass {
  const dw_lattice *lattice;
  dw_net_shape shape;
  bool keep;                                   /* all layers are kept, for the gradient */
  dw_halo *halo;                               /* of one field after the other */
  dw_field *input[DW_NET_INPUTS];              /* filled by the caller */
  dw_field *output[DW_NET_INPUTS];             /* single precision, as all */
  dw_field *h[DW_NET_LAYERS][DW_NET_CHANNELS]; /* after layer l; without keep those of every other layer are the same */
  dw_field *u[DW_NET_LAYERS][DW_NET_CHANNELS]; /* with keep: what goes into the gate of layer l */
  float *packed;
  float *scratch; /* one set per thread */
  size_t scratch_reals;
} dw_net_pass;

/* Scratch is made for omp_get_max_threads() threads; later there may be fewer. */
dw_status dw_net_pass_create(dw_net_pass **pass, const dw_lattice *lattice, const dw_net_shape *shape, bool keep);
void dw_net_pass_destroy(dw_net_pass *pass);

/* Collective over the lattice. pass->output from pass->input for the numbers q[factors]. The same bits on any number of
 * processes and threads. */
void dw_net_apply(dw_net_pass *pass, const dw_net *net, const double *q);

/* Collective. Brings the halo of fields up to date, corners too. */
void dw_net_exchange(const dw_net_pass *pass, dw_field *const field[], int count);

/* Not collective; halos are fresh. The means of row (x, y) of `count` fields, orbit m of field i in row 4 i + m of
 * `mean`. Scratch: DW_ORBIT_SCRATCH(N) reals a field. */
void dw_net_means(dw_field *const field[], int count, int64_t x, int64_t y, float *scratch, float *mean,
                  ptrdiff_t pitch);

/* g of a layer's channels. */
void dw_net_gain(const dw_net *net, int layer, const double *q, float gain[DW_NET_CHANNELS]);

#endif
