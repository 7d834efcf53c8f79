#include "analysis/measure.h"

#include <math.h>
#include <omp.h>
#include <string.h>

#include "analysis/measure_rows.h"
#include "base/memory.h"
#include "lattice/sum.h"

/* What one thread holds. */
typedef struct worker {
  dw_sum sum[DW_ROW_SUMS];
  double *v0;
  double *vb;
  void *line;
  unsigned char *links;
} worker;

struct dw_measure {
  const dw_state *state;
  int threads;
  worker *workers;
  char *rows; /* scratch rows of all threads */
};

static size_t round_up(size_t bytes) { return (bytes + DW_CACHE_LINE - 1) / DW_CACHE_LINE * DW_CACHE_LINE; }

dw_status dw_measure_create(dw_measure **measure, const dw_state *state) {
  *measure = NULL;
  const size_t n = (size_t)state->lattice->points;
  const size_t values = round_up(n * sizeof(double));
  const size_t line = round_up((n + 4) * (size_t)state->precision);
  const size_t links = round_up(n + 8);
  const size_t per_thread = 2 * values + line + links;
  const int threads = omp_get_max_threads();
  void *block = NULL;
  void *workers = NULL;
  void *rows = NULL;
  dw_status status = dw_alloc(&block, 1, sizeof(dw_measure), "measurement");
  if (status == DW_OK) {
    status = dw_alloc(&workers, (size_t)threads, sizeof(worker), "measurement");
  }
  if (status == DW_OK) {
    status = dw_alloc(&rows, (size_t)threads, per_thread, "measurement");
  }
  if (status != DW_OK) {
    dw_free(block);
    dw_free(workers);
    return status;
  }
  dw_measure *draft = block;
  *draft = (dw_measure){.state = state, .threads = threads, .workers = workers, .rows = rows};
  for (int t = 0; t < threads; t++) {
    char *row = draft->rows + (size_t)t * per_thread;
    draft->workers[t].v0 = (double *)row;
    draft->workers[t].vb = (double *)(row + values);
    draft->workers[t].line = row + 2 * values;
    draft->workers[t].links = (unsigned char *)(row + 2 * values + line);
  }
  *measure = draft;
  return DW_OK;
}

void dw_measure_destroy(dw_measure *measure) {
  if (measure != NULL) {
    dw_free(measure->rows);
    dw_free(measure->workers);
    dw_free(measure);
  }
}

void dw_measure_begin(dw_measure *measure) {
  for (int t = 0; t < measure->threads; t++) {
    for (int i = 0; i < DW_ROW_SUMS; i++) {
      dw_sum_clear(&measure->workers[t].sum[i]);
    }
  }
}

static void add_row(void *context, int thread, const dw_row *row) {
  const dw_measure *measure = context;
  worker *mine = &measure->workers[thread];
  const dw_state *state = row->state;
  const dw_potential *potential = state->model->potential;
  const ptrdiff_t n = (ptrdiff_t)state->lattice->points;
  potential->value[dw_precision_index(state->precision)](&state->model->values, row->phi, mine->v0, mine->vb, n);
  const dw_measure_input in = {.phi = row->phi,
                               .velocity = row->velocity,
                               .v0 = mine->v0,
                               .vb = mine->vb,
                               .line = mine->line,
                               .links = mine->links,
                               .stride_x = row->stride_x,
                               .stride_y = row->stride_y,
                               .n = n,
                               .order = state->model->stencil,
                               .vacuum = {potential->minimum[0], potential->minimum[1]},
                               .barrier = potential->barrier};
  double sums[DW_ROW_SUMS];
  if (state->precision == DW_SINGLE) {
    dw_measure_row_f32(&in, sums);
  } else {
    dw_measure_row_f64(&in, sums);
  }
  for (int i = 0; i < DW_ROW_SUMS; i++) {
    dw_sum_add(&mine->sum[i], sums[i]);
  }
}

dw_consumer dw_measure_consumer(dw_measure *measure) { return (dw_consumer){.row = add_row, .context = measure}; }

/* sqrt of a ratio; NAN where there are no walls to divide by. */
static double root_ratio(double above, double below) { return below > 0.0 ? sqrt(above / below) : (double)NAN; }

static void convert(const dw_state *state, const double *sum, dw_measurement *result) {
  const dw_model *model = state->model;
  const double n = (double)state->lattice->points;
  const double sites = n * n * n;
  const double dx = state->lattice->spacing;
  const double a = dw_state_scale_factor(state);
  const double density = 1.0 / (sites * pow(a, 1.0 + model->s));
  const double degenerate = dw_model_degenerate_factor(model, a);
  result->phi_mean = sum[DW_SUM_PHI] / sites;
  result->phi_rms = sqrt(sum[DW_SUM_SQUARE] / sites);
  result->energy_kinetic = 0.5 * density * sum[DW_SUM_VELOCITY];
  result->energy_gradient = 0.5 * density * sum[DW_SUM_GRADIENT] / (dx * dx);
  result->energy_potential =
      density * (degenerate * sum[DW_SUM_DEGENERATE] + dw_model_bias_factor(model, a) * sum[DW_SUM_BIAS]);
  result->area = sum[DW_SUM_AREA] / (sites * dx);
  result->velocity = root_ratio(sum[DW_SUM_W_VELOCITY], sum[DW_SUM_W_GRADIENT] / (dx * dx));
  result->gamma_velocity = root_ratio(0.5 * sum[DW_SUM_W_VELOCITY], degenerate * sum[DW_SUM_W_DEGENERATE]);
  result->fraction_positive = sum[DW_SUM_POSITIVE] / sites;
}

dw_status dw_measure_end(dw_measure *measure, dw_measurement *result) {
  const dw_state *state = measure->state;
  dw_sum *total = measure->workers[0].sum;
  for (int t = 1; t < measure->threads; t++) {
    for (int i = 0; i < DW_ROW_SUMS; i++) {
      dw_sum_merge(&total[i], &measure->workers[t].sum[i]);
    }
  }
  dw_sum_reduce(state->lattice->comm, total, DW_ROW_SUMS);
  double sum[DW_ROW_SUMS];
  bool finite = true;
  for (int i = 0; i < DW_ROW_SUMS; i++) {
    sum[i] = dw_sum_value(&total[i]);
    finite = finite && isfinite(sum[i]);
  }
  if (!finite) {
    return dw_fail(DW_ERR_INVALID,
                   "the field isn't finite any more at step %lld, tau = %.6g; use a smaller time.step, a finer lattice "
                   "or precision = \"double\"",
                   (long long)state->step, dw_state_tau(state));
  }
  convert(state, sum, result);
  return DW_OK;
}

dw_status dw_measure_state(dw_measure *measure, dw_state *state, dw_measurement *result) {
  const dw_consumer consumer = dw_measure_consumer(measure);
  dw_measure_begin(measure);
  dw_sweep(state, &consumer, 1);
  return dw_measure_end(measure, result);
}
