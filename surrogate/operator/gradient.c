#include "surrogate/operator/gradient.h"

#include <cblas.h>
#include <omp.h>
#include <string.h>

#include "base/memory.h"

/* Rows of a plane that go into one product: they stay in cache. */
enum { ROWS = 16, MOST_PRODUCTS = DW_ORBITS * DW_NET_CHANNELS * DW_NET_CHANNELS };

static dw_status fill(dw_net_gradient *g, const dw_lattice *lattice, const dw_net_shape *shape) {
  DW_TRY(dw_net_pass_create(&g->pass, lattice, shape, true));
  for (int o = 0; o < shape->outputs; o++) {
    DW_TRY(dw_field_create(&g->d_output[o], lattice, DW_SINGLE));
  }
  for (int c = 0; c < shape->hidden; c++) {
    DW_TRY(dw_field_create(&g->dh[c], lattice, DW_SINGLE));
    DW_TRY(dw_field_create(&g->du[c], lattice, DW_SINGLE));
  }
  void *block = NULL;
  DW_TRY(dw_alloc(&block, (size_t)lattice->points * MOST_PRODUCTS, sizeof(float), "the gradient of a net"));
  g->plane = block;
  g->rows_reals = (size_t)(DW_ORBITS + 1) * DW_NET_CHANNELS * ROWS * (size_t)DW_ORBIT_PAD(lattice->points);
  DW_TRY(dw_alloc(&block, (size_t)omp_get_max_threads() * g->rows_reals, sizeof(float), "the gradient of a net"));
  g->rows = block;
  const size_t count = dw_net_count(shape);
  DW_TRY(dw_alloc(&block, count, sizeof(double), "the gradient of a net"));
  g->gradient = block;
  memset(g->gradient, 0, count * sizeof(double));
  return DW_OK;
}

dw_status dw_net_gradient_create(dw_net_gradient **gradient, const dw_lattice *lattice, const dw_net_shape *shape) {
  *gradient = NULL;
  openblas_set_num_threads(1); /* threads are ours, and sums keep their order */
  void *block = NULL;
  DW_TRY(dw_alloc(&block, 1, sizeof(dw_net_gradient), "the gradient of a net"));
  memset(block, 0, sizeof(dw_net_gradient));
  dw_net_gradient *draft = block;
  const dw_status status = fill(draft, lattice, shape);
  if (status != DW_OK) {
    dw_net_gradient_destroy(draft);
    return status;
  }
  *gradient = draft;
  return DW_OK;
}

void dw_net_gradient_destroy(dw_net_gradient *g) {
  if (g == NULL) {
    return;
  }
  for (int o = 0; o < DW_NET_INPUTS; o++) {
    dw_field_destroy(g->d_output[o]);
  }
  for (int c = 0; c < DW_NET_CHANNELS; c++) {
    dw_field_destroy(g->dh[c]);
    dw_field_destroy(g->du[c]);
  }
  dw_net_pass_destroy(g->pass);
  dw_free(g->plane);
  dw_free(g->rows);
  dw_free(g->gradient);
  dw_free(g);
}

/* One layer on its way back. */
typedef struct layer {
  dw_net_gradient *g;
  int inputs;
  int outputs;
  bool residual;
  dw_field *const *in; /* h_{l-1} */
  dw_field *const *du;
} layer;

/* --- weights --- */

/* Row y of a plane into row `at` of the buffers, which hold ROWS rows of each channel. */
static void gather_row(const layer *l, int64_t x, int64_t y, int at, float *mean, float *du, float *scratch) {
  const ptrdiff_t n = (ptrdiff_t)l->g->pass->lattice->points;
  const ptrdiff_t pad = DW_ORBIT_PAD(n);
  const ptrdiff_t pitch = ROWS * pad;
  dw_net_means(l->in, l->inputs, x, y, scratch, mean + at * pad, pitch);
  for (int o = 0; o < l->outputs; o++) {
    float *to = du + o * pitch + at * pad;
    memcpy(to, dw_field_row(l->du[o], x, y), (size_t)n * sizeof *to);
    memset(to + n, 0, (size_t)(pad - n) * sizeof *to);
  }
}

/* product[o][i] = sum over the sites of plane x of du_o (O h)_i. */
static void multiply_plane(const layer *l, int64_t x, float *product) {
  const int thread = omp_get_thread_num();
  const dw_net_pass *pass = l->g->pass;
  const int64_t points = pass->lattice->points;
  const int pad = (int)DW_ORBIT_PAD(points);
  const int numbers = DW_ORBITS * l->inputs;
  float *mean = l->g->rows + (size_t)thread * l->g->rows_reals;
  float *du = mean + (ptrdiff_t)DW_ORBITS * DW_NET_CHANNELS * ROWS * pad;
  float *scratch = pass->scratch + (size_t)thread * pass->scratch_reals;
  for (int64_t first = 0; first < points; first += ROWS) {
    const int rows = points - first < ROWS ? (int)(points - first) : ROWS;
    for (int r = 0; r < rows; r++) {
      gather_row(l, x, first + r, r, mean, du, scratch);
    }
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, l->outputs, numbers, rows * pad, 1.0F, du, ROWS * pad, mean,
                ROWS * pad, first == 0 ? 0.0F : 1.0F, product, numbers);
  }
}

static void add_weights(const layer *l, const dw_net *net, int index, const double *q, const float *gain) {
  const int64_t points = l->g->pass->lattice->points;
  const int numbers = DW_ORBITS * l->inputs;
  const int factors = net->shape.factors;
  const float *weight = net->weight + dw_net_mixing(&net->shape, index);
  double *to = l->g->gradient + dw_net_mixing(&net->shape, index);
  double *gains = l->g->gradient + dw_net_gains(&net->shape, index);
#pragma omp parallel for schedule(static)
  for (int64_t x = 0; x < points; x++) {
    multiply_plane(l, x, l->g->plane + x * MOST_PRODUCTS);
  }
  for (int o = 0; o < l->outputs; o++) {
    double along = 0.0;
    for (int i = 0; i < numbers; i++) {
      double sum = 0.0;
      for (int64_t x = 0; x < points; x++) {
        sum += (double)l->g->plane[x * MOST_PRODUCTS + o * numbers + i];
      }
      to[o * numbers + i] += (double)gain[o] * sum;
      along += (double)weight[o * numbers + i] * sum;
    }
    for (int i = 0; i < factors; i++) {
      gains[o * factors + i] += q[i] * along;
    }
  }
}

/* --- fields --- */

/* du_l of a layer with a gate. */
static void pass_gate(dw_net_gradient *g, int index) {
  const int64_t points = g->pass->lattice->points;
#pragma omp parallel for schedule(static)
  for (int64_t x = 0; x < points; x++) {
    for (int c = 0; c < g->pass->shape.hidden; c++) {
      for (int64_t y = 0; y < points; y++) {
        float *du = dw_field_row(g->du[c], x, y);
        memcpy(du, dw_field_row(g->dh[c], x, y), (size_t)points * sizeof *du);
        dw_orbit_gate_slope(dw_field_row(g->pass->u[index][c], x, y), (ptrdiff_t)points, du);
      }
    }
  }
}

/* W^T as the weights of a layer from the outputs to the inputs, packed. */
static void transpose(const layer *l, const float *weight, const float *gain) {
  float turned[DW_ORBITS * DW_NET_CHANNELS * DW_NET_CHANNELS];
  for (int o = 0; o < l->outputs; o++) {
    for (int i = 0; i < l->inputs; i++) {
      for (int m = 0; m < DW_ORBITS; m++) {
        turned[(i * l->outputs + o) * DW_ORBITS + m] = gain[o] * weight[(o * l->inputs + i) * DW_ORBITS + m];
      }
    }
  }
  dw_orbit_pack(turned, l->inputs, DW_ORBITS * l->outputs, l->g->pass->packed);
}

static void pass_row(const layer *l, int64_t x, int64_t y, float *scratch) {
  const dw_net_pass *pass = l->g->pass;
  const ptrdiff_t n = (ptrdiff_t)pass->lattice->points;
  const ptrdiff_t pitch = DW_ORBIT_PAD(n);
  float *mean = scratch;
  float *mixed = mean + (ptrdiff_t)DW_ORBITS * DW_NET_CHANNELS * pitch;
  float *rows = mixed + DW_NET_CHANNELS * pitch;
  dw_net_means(l->du, l->outputs, x, y, rows, mean, pitch);
  dw_orbit_mix(pass->packed, l->inputs, DW_ORBITS * l->outputs, mean, pitch, n, mixed);
  for (int i = 0; i < l->inputs; i++) {
    float *dh = dw_field_row(l->g->dh[i], x, y);
    for (ptrdiff_t z = 0; z < n; z++) {
      dh[z] = (l->residual ? dh[z] : 0.0F) + mixed[i * pitch + z];
    }
  }
}

/* dh of the layer before. */
static void pass_layer(const layer *l, const float *weight, const float *gain) {
  const dw_net_pass *pass = l->g->pass;
  transpose(l, weight, gain);
  dw_net_exchange(pass, l->du, l->outputs);
#pragma omp parallel for schedule(static)
  for (int64_t x = 0; x < pass->lattice->points; x++) {
    float *scratch = pass->scratch + (size_t)omp_get_thread_num() * pass->scratch_reals;
    for (int64_t y = 0; y < pass->lattice->points; y++) {
      pass_row(l, x, y, scratch);
    }
  }
}

void dw_net_gradient_add(dw_net_gradient *g, const dw_net *net, const double *q) {
  const dw_net_shape *shape = &net->shape;
  for (int i = shape->layers - 1; i >= 0; i--) {
    const bool last = i == shape->layers - 1;
    const layer l = {.g = g,
                     .inputs = dw_net_inputs(shape, i),
                     .outputs = dw_net_outputs(shape, i),
                     .residual = i > 0 && !last,
                     .in = i == 0 ? g->pass->input : g->pass->h[i - 1],
                     .du = last ? g->d_output : g->du};
    float gain[DW_NET_CHANNELS];
    dw_net_gain(net, i, q, gain);
    if (!last) {
      pass_gate(g, i);
    }
    add_weights(&l, net, i, q, gain);
    if (i > 0) {
      pass_layer(&l, net->weight + dw_net_mixing(shape, i), gain);
    }
  }
}
