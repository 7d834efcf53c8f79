#include "fields/step.h"

#include <omp.h>

#include "fields/state_private.h"

/* Rows [x0, x1) x [y0, y1) of the local block. */
typedef struct box {
  int64_t x0, x1, y0, y1;
} box;

/* One kick and the drift that follows it. */
typedef struct pass {
  dw_state *state;
  dw_kick kick;
  double drift;
  int64_t reach;   /* stencil radius */
  box early;       /* kicked before the halo arrives: a radius from divided edges */
  box early_drift; /* drifted before it arrives: two radii */
  int64_t tile;    /* rows of y in a tile */
} pass;

/* Bytes of phi and pi that the planes in flight may take: measured best with a second-level cache of 2 MiB. */
static const int64_t CACHE_BYTES = (int64_t)1 << 19;

static int contains(const box *b, int64_t x, int64_t y) { return x >= b->x0 && x < b->x1 && y >= b->y0 && y < b->y1; }

static int64_t at_most(int64_t value, int64_t limit) { return value < limit ? value : limit; }

static int64_t at_least(int64_t value, int64_t limit) { return value > limit ? value : limit; }

static void kick(const pass *p, int64_t x, int64_t y) {
  dw_state_kick_row(p->state, &p->kick, x, y, dw_field_row(p->state->pi, x, y));
}

static void drift(const pass *p, int64_t x, int64_t y) {
  p->state->drift(dw_field_row(p->state->phi, x, y), dw_field_row(p->state->pi, x, y),
                  (ptrdiff_t)p->state->lattice->points, p->drift);
}

static void kick_rows(const pass *p, int64_t x, int64_t y0, int64_t y1) {
  for (int64_t y = y0; y < y1; y++) {
    kick(p, x, y);
  }
}

/* Drifts the rows [y0, y1) of plane x that may be drifted before the halo arrives. */
static void drift_rows(const pass *p, int64_t x, int64_t y0, int64_t y1) {
  if (x < p->early_drift.x0 || x >= p->early_drift.x1) {
    return;
  }
  const int64_t end = at_most(y1, p->early_drift.y1);
  for (int64_t y = at_least(y0, p->early_drift.y0); y < end; y++) {
    drift(p, x, y);
  }
}

/* One tile of y, all planes of this thread but the outermost, which are kicked already. Drifts follow the kicks
 * by `reach` planes and end `reach` rows short of the tile, whose last rows the next tile still reads. */
static void sweep_tile(const pass *p, int64_t x0, int64_t x1, int64_t y0, int64_t y1) {
  const int64_t from = y0 == p->early.y0 ? y0 : y0 - p->reach;
  const int64_t to = y1 == p->early.y1 ? y1 : y1 - p->reach;
  for (int64_t x = x0; x < x1; x++) {
    if (x >= x0 + p->reach && x < x1 - p->reach) {
      kick_rows(p, x, y0, y1);
    }
    if (x >= x0 + p->reach) {
      drift_rows(p, x - p->reach, from, to);
    }
  }
  for (int64_t x = at_least(x0, x1 - p->reach); x < x1; x++) {
    drift_rows(p, x, from, to);
  }
}

/* This thread's planes: the outermost are kicked first, by all threads, since both neighbours read them. */
static void sweep_early(const pass *p) {
  const int64_t planes = p->early.x1 - p->early.x0;
  const int64_t threads = omp_get_num_threads();
  const int64_t thread = omp_get_thread_num();
  const int64_t x0 = p->early.x0 + planes * thread / threads;
  const int64_t x1 = p->early.x0 + planes * (thread + 1) / threads;
  for (int64_t x = x0; x < x1; x++) {
    if (x < x0 + p->reach || x >= x1 - p->reach) {
      kick_rows(p, x, p->early.y0, p->early.y1);
    }
  }
#pragma omp barrier
  for (int64_t y0 = p->early.y0; y0 < p->early.y1; y0 += p->tile) {
    sweep_tile(p, x0, x1, y0, at_most(y0 + p->tile, p->early.y1));
  }
}

/* Rows that need the halo, and rows that had to wait for them. */
static void sweep_late(const pass *p) {
  const dw_lattice *lattice = p->state->lattice;
#pragma omp for schedule(static)
  for (int64_t x = 0; x < lattice->count[0]; x++) {
    for (int64_t y = 0; y < lattice->count[1]; y++) {
      if (!contains(&p->early, x, y)) {
        kick(p, x, y);
      }
    }
  }
#pragma omp for schedule(static)
  for (int64_t x = 0; x < lattice->count[0]; x++) {
    for (int64_t y = 0; y < lattice->count[1]; y++) {
      if (!contains(&p->early_drift, x, y)) {
        drift(p, x, y);
      }
    }
  }
}

/* The local block less `margin` rows at each divided edge; empty boxes have x1 = x0 and y1 = y0. */
static box inner(const dw_lattice *lattice, int64_t margin) {
  const int64_t mx = lattice->grid[0] > 1 ? margin : 0;
  const int64_t my = lattice->grid[1] > 1 ? margin : 0;
  box b = {mx, lattice->count[0] - mx, my, lattice->count[1] - my};
  if (b.x1 <= b.x0 || b.y1 <= b.y0) {
    b = (box){0, 0, 0, 0};
  }
  return b;
}

static int64_t tile_rows(const dw_state *state, int64_t reach) {
  const int64_t row = (int64_t)state->phi->pitch * (int64_t)state->precision;
  const int64_t planes = 2 * (reach + 1) + 2 * reach; /* of phi and pi between the kick and the drift */
  return at_least(CACHE_BYTES / (row * planes), 4 * reach);
}

static void kick_and_drift(dw_state *state, const dw_kick *coefficients, double drift_factor) {
  const int64_t reach = dw_model_halo(state->model);
  const pass p = {.state = state,
                  .kick = *coefficients,
                  .drift = drift_factor,
                  .reach = reach,
                  .early = inner(state->lattice, reach),
                  .early_drift = inner(state->lattice, 2 * reach),
                  .tile = tile_rows(state, reach)};
  if (!state->phi->halo_fresh) {
    dw_halo_begin(state->halo, state->phi);
  }
#pragma omp parallel
  sweep_early(&p);
  if (!state->phi->halo_fresh) {
    dw_halo_end(state->halo, state->phi);
  }
  if (state->lattice->grid[0] > 1 || state->lattice->grid[1] > 1) {
#pragma omp parallel
    sweep_late(&p);
  }
  dw_field_touch(state->phi);
  dw_field_touch(state->pi);
}

void dw_step(dw_state *state) {
  const dw_integrator *integrator = state->model->integrator;
  double tau = dw_state_tau(state);
  for (int stage = 0; stage < integrator->stages; stage++) {
    const double weight = integrator->kick[stage] + (stage == 0 ? state->pending : 0.0);
    const dw_kick coefficients = dw_kick_at(state, tau, weight * state->dtau);
    const double interval = integrator->drift[stage] * state->dtau;
    const double a = dw_background_scale_factor(&state->model->background, tau + 0.5 * interval);
    kick_and_drift(state, &coefficients, interval / dw_model_momentum_weight(state->model, a));
    tau += interval;
  }
  state->pending = integrator->kick[integrator->stages];
  state->step++;
}
