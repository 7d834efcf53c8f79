/* gw.method = "modes": the two polarisations of every kept mode.
 *
 * The TT stress is projected every c steps of the field; between two such times it is taken linear in time, and each
 * mode goes on with the solution of its oscillator (gw/oscillator.h) for the exact |k|. So there is no dispersion, and
 * the error is that of the interpolation, of order 2 in c dtau. Modes beyond the last shell are left at zero. */
#include <stdio.h>

#include "base/constants.h"
#include "base/memory.h"
#include "fields/step.h"
#include "gw/amplitude.h"
#include "gw/method.h"
#include "gw/oscillator.h"
#include "gw/stress.h"

typedef struct waves {
  dw_gw gw;
  dw_modes *wave[DW_POLARISATIONS];
  dw_modes *rate[DW_POLARISATIONS];
  dw_modes *stress[DW_POLARISATIONS]; /* at the state's time, once begun */
  dw_modes *next[DW_POLARISATIONS];   /* at the end of the step */
  dw_oscillator *oscillators;         /* for n^2 = 0 ... K (K + 1), the last shell's edge */
  int64_t count;
} waves;

enum { KINDS = 4 };

static dw_modes **set_of(waves *w, int kind) {
  dw_modes **const sets[KINDS] = {w->wave, w->rate, w->stress, w->next};
  return sets[kind];
}

static int64_t oscillator_count(int64_t shells) { return shells * (shells + 1) + 1; }

static dw_status allocate(dw_gw *gw) {
  waves *w = (waves *)gw;
  for (int kind = 0; kind < KINDS; kind++) {
    for (int i = 0; i < DW_POLARISATIONS; i++) {
      DW_TRY(dw_modes_hold(&set_of(w, kind)[i], gw->coarse->modes));
    }
  }
  w->count = oscillator_count(gw->coarse->shells->shells);
  void *table = NULL;
  DW_TRY(dw_alloc(&table, (size_t)w->count, sizeof(dw_oscillator), "gravitational waves"));
  w->oscillators = table;
  return DW_OK;
}

static void release(dw_gw *gw) {
  waves *w = (waves *)gw;
  for (int kind = 0; kind < KINDS; kind++) {
    for (int i = 0; i < DW_POLARISATIONS; i++) {
      dw_modes_destroy(set_of(w, kind)[i]);
    }
  }
  dw_free(w->oscillators);
}

static dw_status advance_unit(dw_gw *gw) {
  waves *w = (waves *)gw;
  dw_state *state = gw->state;
  if (!dw_gw_has_begun(gw)) {
    dw_stress_project_tensor(gw->coarse, w->stress);
  }
  const double tau = dw_state_tau(state);
  dw_steps(state, gw->coarse->coarsening, NULL);
  dw_stress_project_tensor(gw->coarse, w->next);
  const double unit = DW_TWO_PI / state->lattice->length;
  DW_TRY(dw_comm_agree(state->lattice->comm, dw_oscillator_fill(&state->model->background, tau, dw_state_tau(state),
                                                                unit, w->count, w->oscillators)));
  for (int i = 0; i < DW_POLARISATIONS; i++) {
    const dw_amplitude_step step = {
        .wave = w->wave[i], .rate = w->rate[i], .before = w->stress[i], .after = w->next[i]};
    dw_amplitude_advance(&step, w->oscillators, w->count);
    w->next[i] = step.before;
    w->stress[i] = step.after;
  }
  return DW_OK;
}

static dw_status advance(dw_gw *gw, int units) {
  for (int i = 0; i < units; i++) {
    DW_TRY(advance_unit(gw));
  }
  return DW_OK;
}

/* Between two of them the stress is projected. */
static int units_together(const dw_gw *gw) {
  (void)gw;
  return 1;
}

static dw_gw_amplitudes measure(dw_gw *gw, dw_modes *const stress[DW_POLARISATIONS]) {
  (void)stress;
  const waves *w = (const waves *)gw;
  return (dw_gw_amplitudes){.wave = {w->wave[0], w->wave[1]}, .rate = {w->rate[0], w->rate[1]}};
}

static const double *squares(const dw_gw *gw) { return gw->coarse->momenta->squares; }

static const char *dataset(int kind, int polarisation, char path[64]) {
  static const char *const kinds[KINDS] = {"wave", "rate", "stress", "next"};
  static const char *const polarisations[DW_POLARISATIONS] = {"plus", "cross"};
  (void)snprintf(path, 64, "/gw/%s_%s", kinds[kind], polarisations[polarisation]);
  return path;
}

/* All but the next stress, which is scratch. */
static dw_status write(const dw_gw *gw, dw_file *file) {
  waves view = *(const waves *)gw;
  char path[64];
  for (int kind = 0; kind < KINDS - 1; kind++) {
    for (int i = 0; i < DW_POLARISATIONS; i++) {
      DW_TRY(dw_file_write_checked_modes(file, dataset(kind, i, path), set_of(&view, kind)[i]));
    }
  }
  return DW_OK;
}

static dw_status read(dw_gw *gw, dw_file *file) {
  waves *w = (waves *)gw;
  char path[64];
  for (int kind = 0; kind < KINDS - 1; kind++) {
    for (int i = 0; i < DW_POLARISATIONS; i++) {
      DW_TRY(dw_file_read_checked_modes(file, dataset(kind, i, path), set_of(w, kind)[i]));
    }
  }
  return DW_OK;
}

static uint64_t file_bytes(int64_t points, int coarsening, dw_precision precision) {
  const int64_t side = dw_modes_side(points / coarsening, dw_coarse_limit(points, coarsening));
  return (KINDS - 1) * DW_POLARISATIONS * dw_file_modes_bytes(side, precision);
}

static size_t bytes(const dw_share *fine, int coarsening, int together, dw_precision precision) {
  (void)together;
  return KINDS * DW_POLARISATIONS * dw_coarse_held_bytes(fine, coarsening, precision) +
         (size_t)oscillator_count(dw_coarse_shells(fine->points, coarsening)) * sizeof(dw_oscillator);
}

static double advance_cost(int coarsening) { return dw_stress_project_cost(coarsening); }

static double measure_cost(int coarsening) {
  (void)coarsening;
  return 0.0;
}

const dw_gw_method dw_gw_modes = {
    .name = "modes",
    .size = sizeof(waves),
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
