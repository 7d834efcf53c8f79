/* What the tests of waves share: a field, a coarse grid and the waves on it, from one struct of choices; files with
 * waves in them; and the momenta of lattices, computed here once more. */
#ifndef DW_TEST_GW_WAVES_H
#define DW_TEST_GW_WAVES_H

#include <complex.h>

#include "gw/gw.h"
#include "gw/spectrum.h"
#include "gw/stress.h"
#include "tests/fields/simulation.h"
#include "tests/dw_test.h"

static const double WAVES_PI = 3.14159265358979323846264338327950;

typedef struct waves {
  simulation sim;
  dw_coarse *coarse;
  dw_gw *gw;
  dw_modes *stress[DW_POLARISATIONS]; /* scratch */
  dw_gw_amplitudes now;               /* as measured last */
} waves;

static inline void waves_close(waves *w) {
  dw_gw_destroy(w->gw);
  for (int i = 0; i < DW_POLARISATIONS; i++) {
    dw_modes_destroy(w->stress[i]);
  }
  dw_coarse_destroy(w->coarse);
  simulation_close(&w->sim);
}

/* Collective over c->comm. `w` stays where it is. The lattice has the alignment that the coarse grid needs, and a halo
 * for `together` units of waves in one pass. */
static inline dw_status waves_open_together(waves *w, const choices *c, const char *method, int coarsening,
                                            int64_t start, int together) {
  const dw_steps_companion tensors = {.coarsening = coarsening, .reach = DW_WAVE_ORDER / 2};
  choices own = *c;
  dw_model model;
  own.align = c->align > coarsening ? c->align : coarsening;
  memset(w, 0, sizeof *w);
  DW_TRY(simulation_model(&model, c));
  own.halo = dw_steps_depth(&model, together * coarsening, &tensors).q;
  DW_TRY(simulation_open(&w->sim, &own));
  DW_TRY(dw_coarse_create(&w->coarse, w->sim.state, coarsening, together));
  for (int i = 0; i < DW_POLARISATIONS; i++) {
    DW_TRY(dw_modes_hold(&w->stress[i], w->coarse->modes));
  }
  return dw_gw_create(&w->gw, method, w->sim.state, w->coarse, start);
}

static inline dw_status waves_open(waves *w, const choices *c, const char *method, int coarsening, int64_t start) {
  return waves_open_together(w, c, method, coarsening, start, 1);
}

/* Collective. */
static inline void waves_measure(waves *w) {
  dw_modes *const target[DW_PARTS] = {[DW_PLUS] = w->stress[0], [DW_CROSS] = w->stress[1]};
  dw_stress_project(w->coarse, target);
  w->now = dw_gw_measure(w->gw, w->stress);
}

/* The mode with these numbers, n[2] >= 0, on one process. */
static inline double complex waves_mode(const dw_modes *modes, const int64_t n[3]) {
  double value[2];
  dw_modes_get(modes, (n[0] + modes->side) % modes->side, (n[1] + modes->side) % modes->side, n[2], value);
  return value[0] + value[1] * DW_TEST_I;
}

/* 2 pi/L. */
static inline double waves_unit(const waves *w) { return 2.0 * WAVES_PI / w->sim.lattice->length; }

static inline double waves_k2(const waves *w, const int64_t n[3]) {
  const double unit = waves_unit(w);
  return unit * unit * (double)(n[0] * n[0] + n[1] * n[1] + n[2] * n[2]);
}

/* Minus the eigenvalue of the Laplacian of this order on `lattice`. */
static inline double waves_laplacian(const dw_lattice *lattice, int order, const int64_t n[3]) {
  double sum = 0.0;
  for (int d = 0; d < 3; d++) {
    const double angle = 2.0 * WAVES_PI * (double)n[d] / (double)lattice->points;
    sum += order == 2 ? 2.0 - 2.0 * cos(angle) : 2.5 - (8.0 / 3.0) * cos(angle) + cos(2.0 * angle) / 6.0;
  }
  return sum / (lattice->spacing * lattice->spacing);
}

/* Momentum of the centred difference of this order. */
static inline double waves_slope(const dw_lattice *lattice, int order, int64_t n) {
  const double angle = 2.0 * WAVES_PI * (double)n / (double)lattice->points;
  const double second = sin(angle) / lattice->spacing;
  return order == 2 ? second : (4.0 * second - sin(2.0 * angle) / (2.0 * lattice->spacing)) / 3.0;
}

/* kappa^2 of a mode of the waves: of the coarse Laplacian, or exact. */
static inline double waves_kappa2(const waves *w, const char *method, const int64_t n[3]) {
  return strcmp(method, "modes") == 0 ? waves_k2(w, n) : waves_laplacian(w->coarse->lattice, 4, n);
}

/* The mean of exp(i K x) over the c^3 sites of a block, in units of its value at the middle. */
static inline double waves_window(const dw_lattice *fine, int c, const int64_t n[3]) {
  double window = 1.0;
  for (int d = 0; d < 3; d++) {
    double sum = 0.0;
    for (int i = 0; i < c; i++) {
      sum += cos(2.0 * WAVES_PI * (double)n[d] / (double)fine->points * ((double)i - 0.5 * (double)(c - 1)));
    }
    window *= sum / (double)c;
  }
  return window;
}

#endif
