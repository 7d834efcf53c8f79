/* gw.method = "lattice": the traceless tensor, unprojected, on the coarse grid.
 *
 * Held are its five components as h_xx - h_zz, h_yy - h_zz, h_xy, h_xz, h_yz and their momenta p = a^2 h'. Leapfrog,
 * kick-drift-kick, with steps of c dtau:
 *   p += dt a^2 {lap h + 2 a^{1-s} <d_i phi d_j phi>},   h += dt p/a^2 (a at the middle of the drift).
 * As for the field, the closing kick of a step is done together with the opening one of the next; what is measured
 * meanwhile gets it in Fourier space, where the Laplacian is -kappa^2. The source is a mean over blocks of the fine
 * lattice; its window is divided out when the tensor is projected, which commutes with the linear evolution. */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "fields/step.h"
#include "gw/amplitude.h"
#include "gw/method.h"
#include "gw/stress.h"
#include "lattice/halo.h"

typedef struct tensor {
  dw_gw gw;
  dw_field *h[DW_COMPONENTS];
  dw_field *p[DW_COMPONENTS];
  dw_halo *halo;
  void *zeros; /* a row: the kick's force, which the source has added already */
  dw_kick_row kick;
  dw_drift_row drift;
  dw_modes *wave[DW_POLARISATIONS];
  double source; /* of this step's kick */
} tensor;

static const char *const names[DW_COMPONENTS] = {"xx-zz", "yy-zz", "xy", "xz", "yz"};

static dw_status allocate(dw_gw *gw) {
  tensor *t = (tensor *)gw;
  const dw_coarse *coarse = gw->coarse;
  const dw_precision precision = gw->state->precision;
  for (int i = 0; i < DW_COMPONENTS; i++) {
    DW_TRY(dw_field_create(&t->h[i], coarse->lattice, precision));
    DW_TRY(dw_field_create(&t->p[i], coarse->lattice, precision));
  }
  DW_TRY(dw_halo_create(&t->halo, coarse->lattice, precision));
  DW_TRY(dw_alloc(&t->zeros, (size_t)coarse->lattice->points, (size_t)precision, "gravitational waves"));
  memset(t->zeros, 0, (size_t)coarse->lattice->points * (size_t)precision);
  for (int i = 0; i < DW_POLARISATIONS; i++) {
    DW_TRY(dw_modes_hold(&t->wave[i], coarse->modes));
  }
  t->kick = precision == DW_SINGLE ? dw_kick4_f32 : dw_kick4_f64;
  t->drift = precision == DW_SINGLE ? dw_drift_f32 : dw_drift_f64;
  return DW_OK;
}

static void release(dw_gw *gw) {
  tensor *t = (tensor *)gw;
  for (int i = 0; i < DW_COMPONENTS; i++) {
    dw_field_destroy(t->h[i]);
    dw_field_destroy(t->p[i]);
  }
  for (int i = 0; i < DW_POLARISATIONS; i++) {
    dw_modes_destroy(t->wave[i]);
  }
  dw_halo_destroy(t->halo);
  dw_free(t->zeros);
}

/* Asks for a row that comes next from memory: it is short, and the machine's own prefetch starts too late on it. */
static void ask_for(const char *row, const dw_field *field) {
  const ptrdiff_t bytes = (ptrdiff_t)field->lattice->points * (ptrdiff_t)field->precision;
  for (ptrdiff_t at = 0; at < bytes; at += DW_CACHE_LINE) {
    __builtin_prefetch(row + at, 1, 2);
  }
}

/* A dw_watcher: the source of the coarse rows of a block that starts at row (x, y) of the fine lattice. */
static void add_source(void *context, int thread, int64_t x, int64_t y) {
  (void)thread;
  const tensor *t = context;
  const int c = t->gw.coarse->coarsening;
  const int rows = t->gw.state->lattice->align / c;
  for (int i = 0; i < rows * rows; i++) {
    const int64_t at[2] = {x / c + i / rows, y / c + i % rows};
    void *row[DW_COMPONENTS];
    for (int k = 0; k < DW_COMPONENTS; k++) {
      row[k] = dw_field_row(t->p[k], at[0], at[1]);
      ask_for(dw_field_row(t->p[k], at[0], at[1] + 1), t->p[k]);
    }
    dw_stress_add_row(t->gw.coarse, at[0], at[1], t->source, row);
  }
}

typedef struct tensor_kick {
  const tensor *tensor;
  int component;
  double factor;
} tensor_kick;

static void kick_rows(const void *context, int stage, int64_t x, int64_t y0, int64_t y1) {
  const tensor_kick *k = context;
  const dw_field *h = k->tensor->h[k->component];
  (void)stage;
  for (int64_t y = y0; y < y1; y++) {
    k->tensor->kick(dw_field_row(k->tensor->p[k->component], x, y), dw_field_row(h, x, y), k->tensor->zeros,
                    h->stride_x, h->pitch, (ptrdiff_t)h->lattice->points, k->factor);
  }
}

static void kick_and_drift(tensor *t, double kick, double drift) {
  for (int i = 0; i < DW_COMPONENTS; i++) {
    const tensor_kick k = {.tensor = t, .component = i, .factor = kick};
    dw_pass_run(&(dw_pass){.fields = 1,
                           .q = &t->h[i],
                           .p = &t->p[i],
                           .halo = (dw_halo *const[2]){t->halo, NULL},
                           .reach = DW_WAVE_ORDER / 2,
                           .stages = 1,
                           .drift_factor = &drift,
                           .kick = kick_rows,
                           .context = &k,
                           .drift = t->drift});
  }
}

static double pending(const dw_gw *gw) { return dw_gw_has_begun(gw) ? 0.5 : 0.0; }

static dw_status advance(dw_gw *gw) {
  tensor *t = (tensor *)gw;
  dw_state *state = gw->state;
  const dw_background *background = &state->model->background;
  const double dt = dw_gw_interval(gw);
  const double tau = dw_state_tau(state);
  const double a = dw_background_scale_factor(background, tau);
  const double dx = gw->coarse->lattice->spacing;
  const double weight = (pending(gw) + 0.5) * dt * a * a;
  t->source = 2.0 * weight * dw_stress_weight(state);
  dw_steps(state, gw->coarse->coarsening, &(dw_watcher){.block = add_source, .context = t});
  const double middle = dw_background_scale_factor(background, tau + 0.5 * dt); /* known once the field is there */
  kick_and_drift(t, weight / (dx * dx), dt / (middle * middle));
  return DW_OK;
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

static size_t bytes(const dw_share *fine, int coarsening, dw_precision precision) {
  const dw_share at = dw_share_coarsen(fine, coarsening);
  const int halo = DW_WAVE_ORDER / 2;
  const int64_t nx = dw_share_count(&at, 0);
  const int64_t ny = dw_share_count(&at, 1);
  return 2 * DW_COMPONENTS * dw_field_bytes(at.points, nx, ny, halo, precision) +
         dw_halo_bytes(at.points, nx, ny, halo, at.grid, precision) +
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
    .measure = measure,
    .squares = squares,
    .write = write,
    .read = read,
    .file_bytes = file_bytes,
    .bytes = bytes,
    .advance_cost = advance_cost,
    .measure_cost = measure_cost,
};
