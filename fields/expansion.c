#include "fields/expansion.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "fields/state_private.h"
#include "lattice/sum.h"

enum { GRADIENT, POTENTIAL, MOMENTUM, MEANS, LANES = 8 };

/* What one thread holds. */
typedef struct dw_expansion_worker {
  dw_sum sum[MEANS];
  double *v0; /* rows */
  double *vb;
} dw_expansion_worker;

/* Rounding that doesn't make a fluid of negative energy, relative to the whole. */
static const double SLACK = 1e-12;

static dw_status allocate(dw_expansion *e, int64_t steps) {
  const size_t n = (size_t)e->state->lattice->points;
  void *block = NULL;
  DW_TRY(dw_background_record_create(&e->record, e->state->tau_start, 0.5 * e->state->dtau, 2 * steps + 1));
  DW_TRY(dw_alloc(&block, (size_t)e->threads, sizeof *e->workers, "expansion"));
  e->workers = block;
  DW_TRY(dw_alloc(&block, 2 * (size_t)e->threads * n, sizeof *e->rows, "expansion"));
  e->rows = block;
  for (int t = 0; t < e->threads; t++) {
    e->workers[t].v0 = e->rows + 2 * (size_t)t * n;
    e->workers[t].vb = e->workers[t].v0 + n;
  }
  return DW_OK;
}

dw_status dw_expansion_create(dw_expansion **expansion, dw_state *state, dw_model *model, double eta, int64_t steps) {
  void *block = NULL;
  *expansion = NULL;
  DW_TRY(dw_alloc(&block, 1, sizeof **expansion, "expansion"));
  dw_expansion *draft = block;
  *draft =
      (dw_expansion){.state = state, .model = model, .now = {.coupling = eta * eta}, .threads = omp_get_max_threads()};
  const dw_status status = allocate(draft, steps);
  if (status != DW_OK) {
    dw_expansion_destroy(draft);
    return status;
  }
  state->expansion = draft;
  model->background.record = draft->record;
  *expansion = draft;
  return DW_OK;
}

void dw_expansion_destroy(dw_expansion *e) {
  if (e == NULL) {
    return;
  }
  e->state->expansion = NULL;
  e->model->background.record = NULL;
  dw_background_record_destroy(e->record);
  dw_free(e->workers);
  dw_free(e->rows);
  dw_free(e);
}

/* --- means --- */

/* Lanes of fixed order, so that the sum has vectors and the same bits everywhere. */
static double add_lanes(const double lane[LANES]) {
  return ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

static double dot_single(const float *a, const float *b, ptrdiff_t n) {
  double lane[LANES] = {0.0};
  for (ptrdiff_t z = 0; z < n; z++) {
    lane[z % LANES] += (double)a[z] * (double)b[z];
  }
  return add_lanes(lane);
}

static double dot_double(const double *a, const double *b, ptrdiff_t n) {
  double lane[LANES] = {0.0};
  for (ptrdiff_t z = 0; z < n; z++) {
    lane[z % LANES] += a[z] * b[z];
  }
  return add_lanes(lane);
}

static double dot(const dw_state *state, const void *a, const void *b) {
  const ptrdiff_t n = (ptrdiff_t)state->lattice->points;
  return state->precision == DW_SINGLE ? dot_single(a, b, n) : dot_double(a, b, n);
}

/* sum phi (sum of differences) of a row of one component, by the kernel of the kick. */
static double row_gradient(const dw_state *state, int component, int64_t x, int64_t y) {
  const ptrdiff_t n = (ptrdiff_t)state->lattice->points;
  const dw_kick unit = {.gradient = 1.0};
  void *none = dw_state_scratch(state, component);
  void *differences = dw_state_scratch(state, state->components + component);
  memset(none, 0, (size_t)n * (size_t)state->precision);
  memset(differences, 0, (size_t)n * (size_t)state->precision);
  const dwell_rows rows = dw_state_rows(state, &unit, component, x, y, differences, 1);
  state->kick(&rows, none);
  return dot(state, rows.phi, differences);
}

static void add_row(const dw_expansion *e, const dw_instant *at, dw_expansion_worker *mine, int64_t x, int64_t y) {
  const dw_state *state = e->state;
  const ptrdiff_t n = (ptrdiff_t)state->lattice->points;
  const void *phi[DW_MOST_COMPONENTS];
  for (int i = 0; i < state->components; i++) {
    const void *pi = dw_field_row(state->pi[i], x, y);
    phi[i] = dw_field_row(state->phi[i], x, y);
    dw_sum_add(&mine->sum[GRADIENT], -row_gradient(state, i, x, y));
    dw_sum_add(&mine->sum[MOMENTUM], dot(state, pi, pi));
  }
  state->model->potential->value[dw_precision_index(state->precision)](&state->model->values, at, phi, mine->v0,
                                                                       mine->vb, n);
  double lane[LANES] = {0.0};
  for (ptrdiff_t z = 0; z < n; z++) {
    lane[z % LANES] += mine->v0[z] + mine->vb[z];
  }
  dw_sum_add(&mine->sum[POTENTIAL], add_lanes(lane));
}

/* <G>, <v> and <pi^2> of phi and pi as they are stored. */
static void find_means(const dw_expansion *e, double mean[MEANS]) {
  dw_state *state = e->state;
  const dw_instant at = dw_instant_start; /* the potential doesn't depend on time */
  for (int t = 0; t < e->threads; t++) {
    for (int i = 0; i < MEANS; i++) {
      dw_sum_clear(&e->workers[t].sum[i]);
    }
  }
  dw_state_exchange(state);
#pragma omp parallel for schedule(static)
  for (int64_t x = 0; x < state->lattice->count[0]; x++) {
    for (int64_t y = 0; y < state->lattice->count[1]; y++) {
      add_row(e, &at, &e->workers[omp_get_thread_num()], x, y);
    }
  }
  dw_sum *total = e->workers[0].sum;
  for (int t = 1; t < e->threads; t++) {
    for (int i = 0; i < MEANS; i++) {
      dw_sum_merge(&total[i], &e->workers[t].sum[i]);
    }
  }
  dw_sum_reduce(state->lattice->comm, total, MEANS);
  const double n = (double)state->lattice->points;
  for (int i = 0; i < MEANS; i++) {
    mean[i] = dw_sum_value(&total[i]) / (n * n * n);
  }
  mean[GRADIENT] /= state->lattice->spacing * state->lattice->spacing;
}

/* --- the motion of a --- */

static double w_of(const dw_expansion *e) { return e->model->background.fluid_w; }

/* a' gains this in V, per time. */
static double push(const dw_expansion *e, double a) {
  const dw_expansion_numbers *now = &e->now;
  const double fluid = (1.0 - 3.0 * w_of(e)) * now->fluid * pow(a, -3.0 * w_of(e));
  return now->coupling / 6.0 * (a * now->gradient + 4.0 * a * a * a * now->potential + fluid);
}

static double last_a(const dw_expansion *e) { return e->record->node[e->record->count - 1].a; }

dw_status dw_expansion_begin(dw_expansion *e) {
  const double hubble = e->model->background.hubble_start;
  double mean[MEANS];
  find_means(e, mean);
  const double field = 0.5 * (mean[MOMENTUM] + mean[GRADIENT]) + mean[POTENTIAL];
  const double eta = sqrt(e->now.coupling);
  if (!(eta > 0.0) && !(field > 0.0)) {
    return dw_fail(DW_ERR_PARAM,
                   "cosmology.eta: 0 means that the field alone drives the expansion, but its energy density at the "
                   "start is %g; give eta/M_P, then a fluid drives it too",
                   field);
  }
  e->now.coupling = eta > 0.0 ? eta * eta : 3.0 * hubble * hubble / field;
  const double all = 3.0 * hubble * hubble / e->now.coupling;
  if (eta > 0.0 && field > all * (1.0 + SLACK)) {
    return dw_fail(DW_ERR_PARAM,
                   "cosmology.hubble_start: %g is less than the field alone drives with its energy density %g at "
                   "cosmology.eta = %g; give %.17g, which means no fluid, or more, or a smaller cosmology.eta",
                   hubble, field, eta, sqrt(e->now.coupling * field / 3.0));
  }
  e->now.fluid = eta > 0.0 && field < all * (1.0 - SLACK) ? all - field : 0.0;
  e->now.rate = hubble;
  e->now.gradient = mean[GRADIENT];
  e->now.potential = mean[POTENTIAL];
  e->now.violation = 0.0;
  e->record->count = 0;
  const double p = 2.0 / (1.0 + 3.0 * w_of(e));
  dw_background_record_append(e->record, 1.0, hubble, e->model->background.tau_start / (1.0 + p));
  return DW_OK;
}

void dw_expansion_open(dw_expansion *e, double kick, double drift) {
  const double a = last_a(e);
  e->now.rate += kick * push(e, a);
  dw_background_record_append(e->record, a + 0.5 * drift * e->now.rate, e->now.rate, 0.0);
}

/* a' jumps in K, in the middle of the step; the record takes the mean. */
void dw_expansion_close(dw_expansion *e, double drift, double closing) {
  const double middle = last_a(e);
  const double before = e->now.rate;
  double mean[MEANS];
  find_means(e, mean);
  e->now.gradient = mean[GRADIENT];
  e->now.potential = mean[POTENTIAL];
  e->now.rate -= drift * e->now.coupling / 6.0 * mean[MOMENTUM] / (middle * middle * middle);
  dw_background_record_replace(e->record, middle, 0.5 * (before + e->now.rate));
  const double a = middle + 0.5 * drift * e->now.rate;
  dw_background_record_append(e->record, a, e->now.rate + closing * push(e, a), 0.0);
}

double dw_expansion_fluid(const dw_expansion *e) { return e->now.fluid * pow(last_a(e), -3.0 * (1.0 + w_of(e))); }

double dw_expansion_violation(dw_expansion *e, double energy) {
  const dw_background_node *node = &e->record->node[e->record->count - 1];
  const double hubble2 = node->slope / node->a * (node->slope / node->a);
  const double rho = energy + dw_expansion_fluid(e);
  const double violation = fabs(hubble2 - e->now.coupling * node->a * node->a * rho / 3.0) / hubble2;
  e->now.violation = fmax(e->now.violation, violation);
  return violation;
}
