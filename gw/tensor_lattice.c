/* gw.method = "lattice": the traceless tensor, unprojected, on the coarse grid.
 *
 * Held are its five components as h_xx - h_zz, h_yy - h_zz, h_xy, h_xz, h_yz and their momenta p = a^2 h'. Leapfrog,
 * kick-drift-kick, with steps of c dtau:
 *   p += dt a^2 {lap h + 2 a^{1-s} <d_i phi d_j phi>},   h += dt p/a^2 (a at the middle of the drift).
 * They go with the field in its pass over memory (fields/pass.h), where the source is made row by row from the phi that
 * is there. As for the field, the closing kick of a step is done together with the opening one of the next; what is
 * measured meanwhile gets it in Fourier space, where the Laplacian is -kappa^2. The source is a mean over blocks of the
 * fine lattice; its window is divided out when the tensor is projected, which commutes with the linear evolution. */
#include <omp.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "fields/step.h"
#include "gw/amplitude.h"
#include "gw/method.h"
#include "gw/stress.h"
#include "lattice/halo.h"

/* Rows that the Laplacian reaches. */
enum { REACH = DW_WAVE_ORDER / 2 };

/* Rows whose source is made at a time. */
enum { SOURCE_ROWS = 8 };

typedef struct tensor {
  dw_gw gw;
  dw_field *h[DW_COMPONENTS];
  dw_field *p[DW_COMPONENTS];
  dw_halo *halo[2 * DW_COMPONENTS]; /* of h and p of each component; of p where several units share a pass */
  char *source;                     /* rows: a set of components per thread */
  size_t row_bytes;                 /* of one of them */
  dw_kick_rows kick;
  dw_drift_row drift;
  dw_modes *wave[DW_POLARISATIONS];
} tensor;

static const char *const names[DW_COMPONENTS] = {"xx-zz", "yy-zz", "xy", "xz", "yz"};

static dw_status allocate_fields(tensor *t, const dw_lattice *lattice, dw_precision precision) {
  for (int i = 0; i < DW_COMPONENTS; i++) {
    DW_TRY(dw_field_create(&t->h[i], lattice, precision));
    DW_TRY(dw_field_create(&t->p[i], lattice, precision));
    DW_TRY(dw_halo_create(&t->halo[2 * i], lattice, precision));
    if (lattice->halo > REACH) {
      DW_TRY(dw_halo_create(&t->halo[2 * i + 1], lattice, precision));
    }
  }
  return DW_OK;
}

/* Rows start on a cache line. */
static size_t source_row_bytes(int64_t points, dw_precision precision) {
  return ((size_t)points * (size_t)precision + DW_CACHE_LINE - 1) / DW_CACHE_LINE * DW_CACHE_LINE;
}

static dw_status allocate(dw_gw *gw) {
  tensor *t = (tensor *)gw;
  const dw_coarse *coarse = gw->coarse;
  const dw_precision precision = gw->state->precision;
  void *rows = NULL;
  DW_TRY(allocate_fields(t, coarse->lattice, precision));
  t->row_bytes = source_row_bytes(coarse->lattice->points, precision);
  DW_TRY(dw_alloc(&rows, (size_t)omp_get_max_threads(), DW_COMPONENTS * SOURCE_ROWS * t->row_bytes,
                  "gravitational waves"));
  t->source = rows;
  for (int i = 0; i < DW_POLARISATIONS; i++) {
    DW_TRY(dw_modes_hold(&t->wave[i], coarse->modes));
  }
  t->kick = precision == DW_SINGLE ? dw_kick_rows_f32 : dw_kick_rows_f64;
  t->drift = precision == DW_SINGLE ? dw_drift_f32 : dw_drift_f64;
  return DW_OK;
}

static void release(dw_gw *gw) {
  tensor *t = (tensor *)gw;
  for (int i = 0; i < DW_COMPONENTS; i++) {
    dw_field_destroy(t->h[i]);
    dw_field_destroy(t->p[i]);
    dw_halo_destroy(t->halo[2 * i]);
    dw_halo_destroy(t->halo[2 * i + 1]);
  }
  for (int i = 0; i < DW_POLARISATIONS; i++) {
    dw_modes_destroy(t->wave[i]);
  }
  dw_free(t->source);
}

/* Coefficients of the units that go together. */
typedef struct unit_plan {
  const tensor *tensor;
  double laplacian[DW_GW_MOST_UNITS]; /* of the sum of differences */
  double source[DW_GW_MOST_UNITS];    /* of <d_i phi d_j phi>, less than 0: what a kick subtracts */
  double drift[DW_GW_MOST_UNITS];
} unit_plan;

/* Row `index` of the calling thread's source of a component. */
static void *source_row(const tensor *t, int component, int64_t index) {
  const int64_t row = (omp_get_thread_num() * (int64_t)DW_COMPONENTS + component) * SOURCE_ROWS + index;
  return t->source + (size_t)row * t->row_bytes;
}

static void make_source(const unit_plan *plan, int unit, int64_t x, int64_t y, int64_t rows) {
  const tensor *t = plan->tensor;
  for (int64_t row = 0; row < rows; row++) {
    void *source[DW_COMPONENTS];
    for (int i = 0; i < DW_COMPONENTS; i++) {
      source[i] = source_row(t, i, row);
    }
    dw_stress_row(t->gw.coarse, x, y + row, plan->source[unit], source);
  }
}

/* While a component is kicked, memory is asked for what the next one needs, or the first one after these rows. */
static dwell_ahead ahead_of(const tensor *t, int component, int64_t x, int64_t y) {
  const int next = (component + 1) % DW_COMPONENTS;
  const dw_field *h = t->h[next];
  const int64_t from = next == 0 ? y + SOURCE_ROWS : y;
  if (from >= h->lattice->count[1]) {
    return (dwell_ahead){.lines = 0};
  }
  return dw_ahead_of(dw_field_row(t->p[next], x, from), dw_field_row(h, x + REACH, from),
                     (int64_t)h->pitch * (int64_t)h->precision, 1, h->lattice->points * (int64_t)h->precision);
}

/* Component by component, so that rows of h stay in the first-level cache for their neighbours. */
static void kick_rows(const void *context, int unit, const dw_pass_rows *at) {
  const unit_plan *plan = context;
  const tensor *t = plan->tensor;
  for (int64_t y = at->y0; y < at->y1; y += SOURCE_ROWS) {
    const int64_t count = at->y1 - y < SOURCE_ROWS ? at->y1 - y : SOURCE_ROWS;
    make_source(plan, unit, at->x, y, count);
    for (int i = 0; i < DW_COMPONENTS; i++) {
      dwell_rows rows = {.phi = dw_field_row(t->h[i], at->x, y),
                         .p = dw_field_row(t->p[i], at->x, y),
                         .stride_x = t->h[i]->stride_x,
                         .stride_y = t->h[i]->pitch,
                         .n = (ptrdiff_t)t->h[i]->lattice->points,
                         .rows = (ptrdiff_t)count,
                         .force_stride = (ptrdiff_t)(t->row_bytes / (size_t)t->h[i]->precision),
                         .order = DW_WAVE_ORDER,
                         .gradient = plan->laplacian[unit]};
      dw_pass_behind(at, &rows);
      rows.ahead = ahead_of(t, i, at->x, y);
      t->kick(&rows, source_row(t, i, 0));
    }
  }
}

static double pending(const dw_gw *gw) { return dw_gw_has_begun(gw) ? 0.5 : 0.0; }

/* h += factor p, where the factor wasn't known in the pass. */
static void drift_all(tensor *t, double factor) {
  const dw_lattice *lattice = t->gw.coarse->lattice;
#pragma omp parallel for schedule(static)
  for (int64_t x = 0; x < lattice->count[0]; x++) {
    for (int64_t y = 0; y < lattice->count[1]; y++) {
      for (int i = 0; i < DW_COMPONENTS; i++) {
        t->drift(dw_field_row(t->h[i], x, y), dw_field_row(t->p[i], x, y), (ptrdiff_t)lattice->points, factor);
      }
    }
  }
}

/* Of the unit that begins at tau. */
static double drift_factor(const dw_gw *gw, double tau) {
  const double dt = dw_gw_interval(gw);
  const double a = dw_background_scale_factor(&gw->state->model->background, tau + 0.5 * dt);
  return dt / (a * a);
}

/* Where the field drives a, that in the middle of the drift isn't known yet. */
static void plan_unit(unit_plan *plan, int unit) {
  const dw_gw *gw = &plan->tensor->gw;
  const dw_state *state = gw->state;
  const double dx = gw->coarse->lattice->spacing;
  const double tau = state->tau_start + (double)(state->step + unit * gw->coarse->coarsening) * state->dtau;
  const double a = dw_background_scale_factor(&state->model->background, tau);
  const double closing = unit > 0 ? 0.5 : pending(gw);
  const double weight = (closing + 0.5) * dw_gw_interval(gw) * a * a;
  plan->laplacian[unit] = weight / (dx * dx);
  plan->source[unit] = -2.0 * weight * dw_model_at(state->model, tau).stress;
  plan->drift[unit] = state->expansion != NULL ? 0.0 : drift_factor(gw, tau);
}

/* Where the field drives a, there is one unit, and it drifts when the field is there. */
static void advance_together(tensor *t, int units) {
  const dw_gw *gw = &t->gw;
  dw_state *state = gw->state;
  const bool driven = state->expansion != NULL;
  const double tau = dw_state_tau(state);
  unit_plan plan = {.tensor = t};
  for (int unit = 0; unit < units; unit++) {
    plan_unit(&plan, unit);
  }
  const dw_moving companion = {.fields = DW_COMPONENTS,
                               .q = t->h,
                               .p = t->p,
                               .halo = t->halo,
                               .reach = REACH,
                               .kick = kick_rows,
                               .context = &plan,
                               .drifts_behind = true,
                               .drift = driven ? NULL : t->drift,
                               .drift_factor = plan.drift};
  dw_steps(state, units * gw->coarse->coarsening, &companion);
  if (driven) {
    drift_all(t, drift_factor(gw, tau));
  }
}

static dw_status advance(dw_gw *gw, int units) {
  const int together = gw->state->expansion != NULL ? 1 : units;
  for (int done = 0; done < units; done += together) {
    advance_together((tensor *)gw, together);
  }
  return DW_OK;
}

static int units_together(const dw_gw *gw) {
  return dw_steps_together(gw->state, gw->coarse->lattice, REACH) / gw->coarse->coarsening;
}

/* rate = {p + pending dt a^2 (-kappa^2 h + 2 Pi)}/a^2; it takes the place of the stress. */
static dw_gw_amplitudes measure(dw_gw *gw, dw_modes *const stress[DW_POLARISATIONS]) {
  tensor *t = (tensor *)gw;
  const dw_coarse *coarse = gw->coarse;
  const double a = dw_state_scale_factor(gw->state);
  const double late = pending(gw) * dw_gw_interval(gw);
  dw_modes *const wave[DW_PARTS] = {[DW_PLUS] = t->wave[0], [DW_CROSS] = t->wave[1]};
  dw_modes *const rate[DW_PARTS] = {[DW_PLUS] = stress[0], [DW_CROSS] = stress[1]};
  dw_gw_amplitudes now;
  for (int i = 0; i < DW_POLARISATIONS; i++) {
    dw_modes_clear(t->wave[i]);
  }
  for (int i = 0; i < DW_COMPONENTS; i++) {
    dw_modes_forward(coarse->modes, t->h[i]);
    dw_parts_add(wave, coarse->modes, (dw_component)i, coarse->momenta, 1.0);
  }
  for (int i = 0; i < DW_POLARISATIONS; i++) {
    dw_amplitude_close(stress[i], t->wave[i], coarse->momenta->laplacian, 2.0 * late, late);
    now.wave[i] = t->wave[i];
    now.rate[i] = stress[i];
  }
  for (int i = 0; i < DW_COMPONENTS; i++) {
    dw_modes_forward(coarse->modes, t->p[i]);
    dw_parts_add(rate, coarse->modes, (dw_component)i, coarse->momenta, 1.0 / (a * a));
  }
  return now;
}

static const double *squares(const dw_gw *gw) { return gw->coarse->momenta->laplacian; }

static const char *dataset(const char *what, int component, char path[64]) {
  (void)snprintf(path, 64, "/gw/%s_%s", what, names[component]);
  return path;
}

static dw_status write(const dw_gw *gw, dw_file *file) {
  const tensor *t = (const tensor *)gw;
  char path[64];
  for (int i = 0; i < DW_COMPONENTS; i++) {
    DW_TRY(dw_file_write_checked_field(file, dataset("h", i, path), t->h[i]));
    DW_TRY(dw_file_write_checked_field(file, dataset("p", i, path), t->p[i]));
  }
  return DW_OK;
}

static dw_status read(dw_gw *gw, dw_file *file) {
  tensor *t = (tensor *)gw;
  char path[64];
  for (int i = 0; i < DW_COMPONENTS; i++) {
    DW_TRY(dw_file_read_checked_field(file, dataset("h", i, path), t->h[i]));
    DW_TRY(dw_file_read_checked_field(file, dataset("p", i, path), t->p[i]));
  }
  return DW_OK;
}

static uint64_t file_bytes(int64_t points, int coarsening, dw_precision precision) {
  const uint64_t n = (uint64_t)(points / coarsening);
  return 2 * DW_COMPONENTS * n * n * n * (uint64_t)precision;
}

static size_t bytes(const dw_share *fine, int coarsening, int together, dw_precision precision) {
  const dw_share at = dw_share_coarsen(fine, coarsening);
  const int halo = dw_coarse_halo(together);
  const size_t halos = halo > REACH ? 2 : 1; /* of h and p */
  const int64_t nx = dw_share_count(&at, 0);
  const int64_t ny = dw_share_count(&at, 1);
  return 2 * DW_COMPONENTS * dw_field_bytes(at.points, nx, ny, halo, precision) +
         halos * DW_COMPONENTS * dw_halo_bytes(at.points, nx, ny, halo, at.grid, precision) +
         (size_t)omp_get_max_threads() * DW_COMPONENTS * SOURCE_ROWS * source_row_bytes(at.points, precision) +
         DW_POLARISATIONS * dw_coarse_held_bytes(fine, coarsening, precision);
}

/* The source in the field's pass, and five components; measured at 256^3. */
static double advance_cost(int coarsening) {
  return 0.6 + 8.0 / ((double)coarsening * (double)coarsening * (double)coarsening);
}

/* Both h and p are transformed. */
static double measure_cost(int coarsening) { return 2.0 * dw_coarse_transform_cost(coarsening); }

const dw_gw_method dw_gw_lattice = {
    .name = "lattice",
    .size = sizeof(tensor),
    .allocate = allocate,
    .release = release,
    .advance = advance,
    .units_together = units_together,
    .measure = measure,
    .squares = squares,
    .write = write,
    .read = read,
    .file_bytes = file_bytes,
    .bytes = bytes,
    .advance_cost = advance_cost,
    .measure_cost = measure_cost,
};
