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
  dw_moment now; /* of the state's time, since dw_measure_begin */
  double share;  /* of a kink's energy inside */
  int threads;
  worker *workers;
  char *rows; /* scratch rows of all threads */
};

/* Ends of the mask for a vacuum value; equal without walls. */
static void mask_ends(const dw_potential *potential, double mask, double vacuum, double ends[2]) {
  const double middle = 0.5 * vacuum * (potential->minimum[0] + potential->minimum[1]);
  const double half = 0.5 * vacuum * (potential->minimum[1] - potential->minimum[0]);
  ends[0] = middle - mask * half;
  ends[1] = middle + mask * half;
}

/* int sqrt(2 v0) dphi. */
static double tension_between(const dw_model *model, double from, double to) {
  enum { PANELS = 128 };
  double sum = 0.0;
  for (int i = 0; i <= PANELS; i++) {
    const double weight = i == 0 || i == PANELS ? 1.0 : i % 2 == 1 ? 4.0 : 2.0;
    double v0 = 0.0;
    double vb = 0.0;
    dw_potential_at(model->potential, &model->values, &dw_instant_start, from + (to - from) * i / PANELS, &v0, &vb);
    sum += weight * sqrt(2.0 * fmax(v0, 0.0));
  }
  return sum * (to - from) / (3.0 * PANELS);
}

double dw_measure_share(const dw_model *model, double mask) {
  const dw_potential *potential = model->potential;
  if (!(potential->barrier > 0.0)) {
    return 1.0;
  }
  double ends[2];
  mask_ends(potential, mask, 1.0, ends);
  const double inside = tension_between(model, ends[0], ends[1]);
  const double outside =
      tension_between(model, potential->minimum[0], ends[0]) + tension_between(model, ends[1], potential->minimum[1]);
  return inside + outside > 0.0 ? inside / (inside + outside) : 1.0;
}

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
  draft->share = dw_measure_share(state->model, DW_WALL_MASK);
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
  measure->now = dw_model_at(measure->state->model, dw_state_tau(measure->state));
  for (int t = 0; t < measure->threads; t++) {
    for (int i = 0; i < DW_ROW_SUMS; i++) {
      dw_sum_clear(&measure->workers[t].sum[i]);
    }
  }
}

/* Sums of a row of one component; `mine` has the potential of the row. */
static void sum_row(const dw_measure *measure, const worker *mine, const dw_row *row, int component,
                    double sums[DW_ROW_SUMS]) {
  const dw_state *state = row->state;
  const dw_potential *potential = state->model->potential;
  const double vacuum = measure->now.at.vacuum;
  dw_measure_input in = {.phi = row->phi[component],
                         .velocity = row->velocity[component],
                         .v0 = mine->v0,
                         .vb = mine->vb,
                         .line = mine->line,
                         .links = mine->links,
                         .stride_x = row->stride_x,
                         .stride_y = row->stride_y,
                         .n = (ptrdiff_t)state->lattice->points,
                         .order = state->model->stencil,
                         .vacuum = {vacuum * potential->minimum[0], vacuum * potential->minimum[1]},
                         .barrier = potential->barrier * (vacuum * vacuum) * (vacuum * vacuum)};
  mask_ends(potential, DW_WALL_MASK, vacuum, in.mask);
  if (state->precision == DW_SINGLE) {
    dw_measure_row_f32(&in, sums);
  } else {
    dw_measure_row_f64(&in, sums);
  }
}

/* The potential counts with the first component; the others add what is a sum over components. */
static void add_row(void *context, int thread, const dw_row *row) {
  const dw_measure *measure = context;
  worker *mine = &measure->workers[thread];
  const dw_state *state = row->state;
  const ptrdiff_t n = (ptrdiff_t)state->lattice->points;
  double sums[DW_ROW_SUMS];
  state->model->potential->value[dw_precision_index(state->precision)](&state->model->values, &measure->now.at,
                                                                       row->phi, mine->v0, mine->vb, n);
  sum_row(measure, mine, row, 0, sums);
  for (int i = 0; i < DW_ROW_SUMS; i++) {
    dw_sum_add(&mine->sum[i], sums[i]);
  }
  for (int component = 1; component < state->components; component++) {
    static const int shared[] = {DW_SUM_SQUARE, DW_SUM_VELOCITY, DW_SUM_GRADIENT};
    sum_row(measure, mine, row, component, sums);
    for (size_t i = 0; i < sizeof shared / sizeof shared[0]; i++) {
      dw_sum_add(&mine->sum[shared[i]], sums[shared[i]]);
    }
  }
}

dw_consumer dw_measure_consumer(dw_measure *measure) { return (dw_consumer){.row = add_row, .context = measure}; }

/* sqrt of a ratio; NAN where there are no walls to divide by. */
static double root_ratio(double above, double below) { return below > 0.0 ? sqrt(above / below) : (double)NAN; }

/* Of the energy v0 alone: a bias lifts a vacuum, which is neither a wall's energy nor radiation. */
static void convert_walls(const dw_measure *measure, const double *sum, double density, dw_measurement *result) {
  const dw_state *state = measure->state;
  const double dx = state->lattice->spacing;
  const double degenerate = density * measure->now.degenerate;
  result->volume_walls = sum[DW_SUM_INSIDE] / pow((double)state->lattice->points, 3.0);
  result->energy_kinetic_walls = 0.5 * density * sum[DW_SUM_INSIDE_VELOCITY];
  result->energy_gradient_walls = 0.5 * density * sum[DW_SUM_INSIDE_GRADIENT] / (dx * dx);
  result->energy_potential_walls = degenerate * sum[DW_SUM_INSIDE_DEGENERATE];
  const double inside = result->energy_kinetic_walls + result->energy_gradient_walls + result->energy_potential_walls;
  result->energy_radiation = result->energy_degenerate - inside / measure->share;
}

static void convert(const dw_measure *measure, const double *sum, dw_measurement *result) {
  const dw_state *state = measure->state;
  const double n = (double)state->lattice->points;
  const double sites = n * n * n;
  const double dx = state->lattice->spacing;
  const double density = 1.0 / (sites * measure->now.energy);
  const double degenerate = measure->now.degenerate;
  result->phi_mean = sum[DW_SUM_PHI] / sites;
  result->phi_rms = sqrt(sum[DW_SUM_SQUARE] / sites);
  result->energy_kinetic = 0.5 * density * sum[DW_SUM_VELOCITY];
  result->energy_gradient = 0.5 * density * sum[DW_SUM_GRADIENT] / (dx * dx);
  result->energy_potential = density * (degenerate * sum[DW_SUM_DEGENERATE] + measure->now.bias * sum[DW_SUM_BIAS]);
  result->energy_degenerate =
      result->energy_kinetic + result->energy_gradient + density * degenerate * sum[DW_SUM_DEGENERATE];
  result->area = sum[DW_SUM_AREA] / (sites * dx);
  result->velocity = root_ratio(sum[DW_SUM_W_VELOCITY], sum[DW_SUM_W_GRADIENT] / (dx * dx));
  result->gamma_velocity = root_ratio(0.5 * sum[DW_SUM_W_VELOCITY], degenerate * sum[DW_SUM_W_DEGENERATE]);
  result->fraction_positive = sum[DW_SUM_POSITIVE] / sites;
  convert_walls(measure, sum, density, result);
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
  convert(measure, sum, result);
  return DW_OK;
}

dw_status dw_measure_state(dw_measure *measure, dw_state *state, dw_measurement *result) {
  const dw_consumer consumer = dw_measure_consumer(measure);
  dw_measure_begin(measure);
  dw_sweep(state, &consumer, 1);
  return dw_measure_end(measure, result);
}
