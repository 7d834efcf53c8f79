#include "surrogate/operator/net.h"

#include <math.h>
#include <omp.h>
#include <string.h>

#include "base/memory.h"
#include "lattice/random.h"

/* Standard deviation of the last layer's weights beside that of the others: the net starts near the identity. */
static const double LAST = 0.1;

dw_status dw_net_shape_check(const dw_net_shape *s) {
  bool good = s->inputs >= 1 && s->inputs <= DW_NET_INPUTS && s->outputs >= 1 && s->outputs <= DW_NET_INPUTS &&
              s->hidden >= 1 && s->hidden <= DW_NET_CHANNELS && s->layers >= 2 && s->layers <= DW_NET_LAYERS &&
              s->factors >= 0 && s->factors <= DW_NET_FACTORS;
  for (int o = 0; good && o < s->outputs; o++) {
    good = s->from[o] >= 0 && s->from[o] < s->inputs;
  }
  if (good) {
    return DW_OK;
  }
  return dw_fail(
      DW_ERR_PARAM,
      "net: %d inputs, %d outputs, %d channels, %d layers, %d factors: at most %d, %d, %d, 2 to %d, %d, each "
      "output with an input to start from",
      s->inputs, s->outputs, s->hidden, s->layers, s->factors, DW_NET_INPUTS, DW_NET_INPUTS, DW_NET_CHANNELS,
      DW_NET_LAYERS, DW_NET_FACTORS);
}

int dw_net_inputs(const dw_net_shape *shape, int layer) { return layer == 0 ? shape->inputs : shape->hidden; }

int dw_net_outputs(const dw_net_shape *shape, int layer) {
  return layer == shape->layers - 1 ? shape->outputs : shape->hidden;
}

static size_t layer_count(const dw_net_shape *shape, int layer) {
  return (size_t)dw_net_outputs(shape, layer) * (size_t)(DW_ORBITS * dw_net_inputs(shape, layer) + shape->factors);
}

size_t dw_net_mixing(const dw_net_shape *shape, int layer) {
  size_t place = 0;
  for (int l = 0; l < layer; l++) {
    place += layer_count(shape, l);
  }
  return place;
}

size_t dw_net_gains(const dw_net_shape *shape, int layer) {
  return dw_net_mixing(shape, layer) + (size_t)(dw_net_outputs(shape, layer) * DW_ORBITS * dw_net_inputs(shape, layer));
}

size_t dw_net_count(const dw_net_shape *shape) { return dw_net_mixing(shape, shape->layers); }

static void draw(dw_net *net, int64_t seed) {
  const dw_net_shape *shape = &net->shape;
  for (int l = 0; l < shape->layers; l++) {
    const int numbers = DW_ORBITS * dw_net_inputs(shape, l);
    const double scale = (l == shape->layers - 1 ? LAST : 1.0) / sqrt((double)numbers);
    const int64_t weights = (int64_t)dw_net_outputs(shape, l) * numbers;
    for (int64_t i = 0; i < weights; i++) {
      const int64_t place[3] = {l, i, 0};
      double normal[2];
      dw_random_normal(seed, DW_STREAM_WEIGHTS, place, normal);
      net->weight[dw_net_mixing(shape, l) + (size_t)i] = (float)(scale * normal[0]);
    }
  }
}

dw_status dw_net_create(dw_net **net, const dw_net_shape *shape, int64_t seed) {
  *net = NULL;
  DW_TRY(dw_net_shape_check(shape));
  void *block = NULL;
  void *weight = NULL;
  DW_TRY(dw_alloc(&block, 1, sizeof(dw_net), "a net"));
  const size_t count = dw_net_count(shape);
  const dw_status status = dw_alloc(&weight, count, sizeof(float), "the weights of a net");
  if (status != DW_OK) {
    dw_free(block);
    return status;
  }
  memset(weight, 0, count * sizeof(float));
  *net = block;
  **net = (dw_net){.shape = *shape, .count = count, .weight = weight};
  draw(*net, seed);
  return DW_OK;
}

void dw_net_destroy(dw_net *net) {
  if (net != NULL) {
    dw_free(net->weight);
    dw_free(net);
  }
}

void dw_net_gain(const dw_net *net, int layer, const double *q, float gain[DW_NET_CHANNELS]) {
  const int factors = net->shape.factors;
  const float *p = net->weight + dw_net_gains(&net->shape, layer);
  for (int o = 0; o < dw_net_outputs(&net->shape, layer); o++) {
    double sum = 1.0;
    for (int i = 0; i < factors; i++) {
      sum += (double)p[o * factors + i] * q[i];
    }
    gain[o] = (float)sum;
  }
}

/* --- a pass --- */

static dw_status create_layer(dw_net_pass *pass, int layer) {
  const bool last = layer == pass->shape.layers - 1;
  for (int o = 0; o < dw_net_outputs(&pass->shape, layer); o++) {
    if (last) {
      DW_TRY(dw_field_create(&pass->output[o], pass->lattice, DW_SINGLE));
    } else if (pass->keep || layer < 2) {
      DW_TRY(dw_field_create(&pass->h[layer][o], pass->lattice, DW_SINGLE));
    } else {
      pass->h[layer][o] = pass->h[layer - 2][o];
    }
    if (pass->keep && !last) {
      DW_TRY(dw_field_create(&pass->u[layer][o], pass->lattice, DW_SINGLE));
    }
  }
  return DW_OK;
}

/* Rows of means, of the mixture, and of dw_orbit_gather; whole cache lines. */
static size_t scratch_of(const dw_lattice *lattice) {
  const size_t row = (size_t)DW_ORBIT_PAD(lattice->points);
  return DW_NET_CHANNELS * ((DW_ORBITS + 1) * row + (size_t)DW_ORBIT_SCRATCH(lattice->points));
}

static dw_status fill_pass(dw_net_pass *pass) {
  DW_TRY(dw_halo_create(&pass->halo, pass->lattice, DW_SINGLE));
  for (int i = 0; i < pass->shape.inputs; i++) {
    DW_TRY(dw_field_create(&pass->input[i], pass->lattice, DW_SINGLE));
  }
  for (int l = 0; l < pass->shape.layers; l++) {
    DW_TRY(create_layer(pass, l));
  }
  void *packed = NULL;
  void *scratch = NULL;
  DW_TRY(dw_alloc(&packed, DW_ORBIT_PACKED(DW_NET_CHANNELS, DW_ORBITS * DW_NET_CHANNELS), sizeof(float), "a net"));
  pass->packed = packed;
  pass->scratch_reals = scratch_of(pass->lattice);
  DW_TRY(dw_alloc(&scratch, (size_t)omp_get_max_threads() * pass->scratch_reals, sizeof(float), "a net"));
  pass->scratch = scratch;
  return DW_OK;
}

dw_status dw_net_pass_create(dw_net_pass **pass, const dw_lattice *lattice, const dw_net_shape *shape, bool keep) {
  *pass = NULL;
  DW_TRY(dw_net_shape_check(shape));
  void *block = NULL;
  DW_TRY(dw_alloc(&block, 1, sizeof(dw_net_pass), "a net"));
  memset(block, 0, sizeof(dw_net_pass));
  dw_net_pass *draft = block;
  draft->lattice = lattice;
  draft->shape = *shape;
  draft->keep = keep;
  const dw_status status = fill_pass(draft);
  if (status != DW_OK) {
    dw_net_pass_destroy(draft);
    return status;
  }
  *pass = draft;
  return DW_OK;
}

void dw_net_pass_destroy(dw_net_pass *pass) {
  if (pass == NULL) {
    return;
  }
  for (int i = 0; i < DW_NET_INPUTS; i++) {
    dw_field_destroy(pass->input[i]);
    dw_field_destroy(pass->output[i]);
  }
  for (int l = 0; l < pass->shape.layers; l++) {
    for (int o = 0; o < DW_NET_CHANNELS; o++) {
      dw_field_destroy(pass->keep || l < 2 ? pass->h[l][o] : NULL);
      dw_field_destroy(pass->u[l][o]);
    }
  }
  dw_halo_destroy(pass->halo);
  dw_free(pass->packed);
  dw_free(pass->scratch);
  dw_free(pass);
}

void dw_net_exchange(const dw_net_pass *pass, dw_field *const field[], int count) {
  const dw_halo_part part = {.depth = 1, .corners = true};
  for (int i = 0; i < count; i++) {
    dw_halo_begin(pass->halo, field[i], part);
    dw_halo_end(pass->halo, field[i], part);
  }
}

void dw_net_means(dw_field *const field[], int count, int64_t x, int64_t y, float *scratch, float *mean,
                  ptrdiff_t pitch) {
  const ptrdiff_t n = (ptrdiff_t)field[0]->lattice->points;
  for (int i = 0; i < count; i++) {
    dw_orbit_gather(dw_field_row(field[i], x, y), field[i]->stride_x, field[i]->pitch, n,
                    scratch + i * DW_ORBIT_SCRATCH(n));
  }
  for (int i = 0; i < count; i++) {
    dw_orbit_means(scratch + i * DW_ORBIT_SCRATCH(n), n, mean + DW_ORBITS * i * pitch, pitch);
  }
}

/* A layer at work; `in` are its inputs. */
typedef struct layer {
  dw_net_pass *pass;
  int index;
  bool last;
  bool residual;
  int inputs;
  int outputs;
  dw_field *const *in;
  float gain[DW_NET_CHANNELS];
} layer;

static void finish_row(const layer *l, int o, int64_t x, int64_t y, float *restrict u) {
  const dw_net_pass *pass = l->pass;
  const ptrdiff_t n = (ptrdiff_t)pass->lattice->points;
  for (ptrdiff_t z = 0; pass->shape.factors > 0 && z < n; z++) {
    u[z] *= l->gain[o];
  }
  if (l->last) {
    float *restrict to = dw_field_row(pass->output[o], x, y);
    const float *from = dw_field_row(pass->input[pass->shape.from[o]], x, y);
    for (ptrdiff_t z = 0; z < n; z++) {
      to[z] = from[z] + u[z];
    }
    return;
  }
  if (pass->keep) {
    memcpy(dw_field_row(pass->u[l->index][o], x, y), u, (size_t)n * sizeof *u);
  }
  dw_orbit_gate(u, l->residual ? dw_field_row(l->in[o], x, y) : NULL, n, dw_field_row(pass->h[l->index][o], x, y));
}

static void apply_row(const layer *l, int64_t x, int64_t y, float *scratch) {
  const dw_net_pass *pass = l->pass;
  const ptrdiff_t n = (ptrdiff_t)pass->lattice->points;
  const ptrdiff_t pitch = DW_ORBIT_PAD(n);
  float *mean = scratch;
  float *mixed = mean + (ptrdiff_t)DW_ORBITS * DW_NET_CHANNELS * pitch;
  float *rows = mixed + DW_NET_CHANNELS * pitch;
  dw_net_means(l->in, l->inputs, x, y, rows, mean, pitch);
  dw_orbit_mix(pass->packed, l->outputs, DW_ORBITS * l->inputs, mean, pitch, n, mixed);
  for (int o = 0; o < l->outputs; o++) {
    finish_row(l, o, x, y, mixed + o * pitch);
  }
}

static void apply_layer(const layer *l) {
  const dw_net_pass *pass = l->pass;
  const dw_lattice *lattice = pass->lattice;
#pragma omp parallel for schedule(static)
  for (int64_t x = 0; x < lattice->count[0]; x++) {
    float *scratch = pass->scratch + (size_t)omp_get_thread_num() * pass->scratch_reals;
    for (int64_t y = 0; y < lattice->count[1]; y++) {
      apply_row(l, x, y, scratch);
    }
  }
}

void dw_net_apply(dw_net_pass *pass, const dw_net *net, const double *q) {
  const dw_net_shape *shape = &net->shape;
  for (int i = 0; i < shape->layers; i++) {
    layer l = {.pass = pass,
               .index = i,
               .last = i == shape->layers - 1,
               .inputs = dw_net_inputs(shape, i),
               .outputs = dw_net_outputs(shape, i),
               .in = i == 0 ? pass->input : pass->h[i - 1]};
    l.residual = i > 0 && !l.last;
    dw_net_gain(net, i, q, l.gain);
    dw_orbit_pack(net->weight + dw_net_mixing(shape, i), l.outputs, DW_ORBITS * l.inputs, pass->packed);
    dw_net_exchange(pass, l.in, l.inputs);
    apply_layer(&l);
  }
  for (int o = 0; o < shape->outputs; o++) {
    dw_field_touch(pass->output[o]);
  }
}
