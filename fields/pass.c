#include "fields/pass.h"

#include <omp.h>
#include <sched.h>
#include <stdatomic.h>

/* Rows [x0, x1) x [y0, y1), local indices, those of the halo included. */
typedef struct box {
  int64_t x0, x1, y0, y1;
} box;

/* A pass and how it is cut up. */
typedef struct cut {
  const dw_pass *pass;
  const dw_lattice *lattice;
  int64_t unit;                     /* rows of a block that is watched; 1 if none is */
  box whole[DW_MOST_PASS_STAGES];   /* what stage s updates: a halo that gets narrower */
  box kicked[DW_MOST_PASS_STAGES];  /* kicked before the messages arrive */
  box drifted[DW_MOST_PASS_STAGES]; /* drifted before they arrive: a reach further in */
  int64_t first, last;              /* positions of the sweep */
  int tiles;
  int64_t tile; /* rows, a multiple of unit */
} cut;

/* Where each tile is; a cache line each. */
typedef struct progress {
  _Alignas(64) atomic_llong done; /* the last position that is finished */
} progress;

enum { MOST_TILES = 256, SPINS = 2000 };

/* Bytes of q and p that the planes in flight may take. */
static const int64_t CACHE_BYTES = (int64_t)1 << 20;

static int64_t at_most(int64_t value, int64_t limit) { return value < limit ? value : limit; }

static int64_t at_least(int64_t value, int64_t limit) { return value > limit ? value : limit; }

static int64_t round_up(int64_t value, int64_t unit) { return (value + unit - 1) / unit * unit; }

static void watch_rows(const cut *c, int64_t x, int64_t y0, int64_t y1) {
  const dw_watcher *watcher = c->pass->watcher;
  if (watcher == NULL || x < 0 || x >= c->lattice->count[0] || x % c->unit != 0) {
    return;
  }
  const int thread = omp_get_thread_num();
  for (int64_t y = at_least(y0, 0); y < at_most(y1, c->lattice->count[1]); y += c->unit) {
    watcher->block(watcher->context, thread, x, y);
  }
}

static void kick_rows(const cut *c, int stage, int64_t x, int64_t y0, int64_t y1) {
  if (y0 < y1) {
    c->pass->kick(c->pass->context, stage, x, y0, y1);
  }
}

/* Rows of a plane lie one after the other; what is between them is 0 in p. */
static void drift_rows(const cut *c, int stage, int64_t x, int64_t y0, int64_t y1) {
  const dw_pass *pass = c->pass;
  for (int i = 0; i < pass->fields && y0 < y1; i++) {
    const ptrdiff_t reals = (ptrdiff_t)(y1 - y0 - 1) * pass->q[i]->pitch + (ptrdiff_t)c->lattice->points;
    pass->drift(dw_field_row(pass->q[i], x, y0), dw_field_row(pass->p[i], x, y0), reals, pass->drift_factor[stage]);
  }
}

/* Rows of a tile in a stage whose tiles lean by `lean`, within those of the box: the first and last tile reach to its
 * edges. */
static void tile_rows(const cut *c, int tile, int64_t lean, const box *within, int64_t rows[2]) {
  rows[0] = tile == 0 ? within->y0 : at_least(within->y0, tile * c->tile - lean);
  rows[1] = tile == c->tiles - 1 ? within->y1 : at_most(within->y1, (tile + 1) * c->tile - lean);
}

/* One position of one tile: all stages, each 2 reach behind the one before. */
static void sweep_position(const cut *c, int tile, int64_t position) {
  const int64_t reach = c->pass->reach;
  for (int stage = 0; stage < c->pass->stages; stage++) {
    const box *kicked = &c->kicked[stage];
    const box *drifted = &c->drifted[stage];
    const int64_t lean = 2 * reach * stage;
    const int64_t x = position - lean;
    int64_t rows[2];
    if (x >= kicked->x0 && x < kicked->x1) {
      tile_rows(c, tile, lean, kicked, rows);
      if (stage == 0) {
        watch_rows(c, x, rows[0], rows[1]);
      }
      kick_rows(c, stage, x, rows[0], rows[1]);
    }
    if (x - reach >= drifted->x0 && x - reach < drifted->x1) {
      tile_rows(c, tile, lean + reach, drifted, rows);
      drift_rows(c, stage, x - reach, rows[0], rows[1]);
    }
  }
}

/* A tile follows the one before: what that has finished at a position, this needs at the same position at most. */
static void wait_for(progress *before, int64_t position) {
  int spins = 0;
  while (atomic_load_explicit(&before->done, memory_order_acquire) < position) {
    if (++spins > SPINS) {
      sched_yield();
      spins = 0;
    }
  }
}

/* Tiles go to the threads in turns. */
static void sweep_early(const cut *c, progress *tiles) {
  for (int tile = omp_get_thread_num(); tile < c->tiles; tile += omp_get_num_threads()) {
    for (int64_t position = c->first; position <= c->last; position++) {
      if (tile > 0) {
        wait_for(&tiles[tile - 1], position);
      }
      sweep_position(c, tile, position);
      atomic_store_explicit(&tiles[tile].done, position, memory_order_release);
    }
  }
}

/* The rows of plane x in `whole` that aren't in `inner`: from edge[0] to edge[1] and from edge[2] to edge[3]. */
static void rows_outside(const box *whole, const box *inner, int64_t x, int64_t edge[4]) {
  const bool crossed = x >= inner->x0 && x < inner->x1;
  edge[0] = whole->y0;
  edge[1] = crossed ? inner->y0 : whole->y1;
  edge[2] = crossed ? inner->y1 : whole->y1;
  edge[3] = whole->y1;
}

static void late_kicks(const cut *c, int stage, int64_t x, int64_t y0, int64_t y1) {
  if (stage == 0) {
    watch_rows(c, x, y0, y1);
  }
  kick_rows(c, stage, x, y0, y1);
}

/* The rest of one stage: all of its kicks, then all of its drifts. */
static void sweep_late(const cut *c, int stage) {
  const box *whole = &c->whole[stage];
  int64_t edge[4];
#pragma omp for schedule(static)
  for (int64_t x = whole->x0; x < whole->x1; x++) {
    rows_outside(whole, &c->kicked[stage], x, edge);
    late_kicks(c, stage, x, edge[0], edge[1]);
    late_kicks(c, stage, x, edge[2], edge[3]);
  }
#pragma omp for schedule(static)
  for (int64_t x = whole->x0; x < whole->x1; x++) {
    rows_outside(whole, &c->drifted[stage], x, edge);
    drift_rows(c, stage, x, edge[0], edge[1]);
    drift_rows(c, stage, x, edge[2], edge[3]);
  }
}

/* The block with `wide` rows of the halo at each edge; less `margin` rows at divided ones. */
static box region(const dw_lattice *lattice, int64_t wide, int64_t margin) {
  const int64_t mx = lattice->grid[0] > 1 ? margin : -wide;
  const int64_t my = lattice->grid[1] > 1 ? margin : -wide;
  box b = {mx, lattice->count[0] - mx, my, lattice->count[1] - my};
  if (b.x1 <= b.x0 || b.y1 <= b.y0) {
    b = (box){0, 0, 0, 0};
  }
  return b;
}

static void cut_stages(cut *c) {
  const int64_t reach = c->pass->reach;
  const int64_t margin = round_up(reach, c->unit);
  for (int s = 0; s < c->pass->stages; s++) {
    const int64_t wide = reach * (c->pass->stages - 1 - s);
    c->whole[s] = (box){-wide, c->lattice->count[0] + wide, -wide, c->lattice->count[1] + wide};
    c->kicked[s] = region(c->lattice, wide, margin + 2 * reach * s);
    c->drifted[s] = region(c->lattice, wide, margin + 2 * reach * s + reach);
    const int64_t lean = 2 * reach * s;
    c->first = s == 0 ? c->kicked[0].x0 : at_most(c->first, c->kicked[s].x0 + lean);
    c->last = at_least(c->last, at_least(c->kicked[s].x1, c->drifted[s].x1 + reach) + lean);
  }
}

/* As many tiles as cache and threads ask for. */
static void cut_tiles(cut *c) {
  const dw_pass *pass = c->pass;
  const int64_t row = (int64_t)pass->q[0]->pitch * (int64_t)pass->q[0]->precision * pass->fields;
  const int64_t planes = 2 * (2 * pass->reach * pass->stages + 2 * c->unit); /* of q and p */
  const int64_t fitting = at_least(CACHE_BYTES / (row * planes), 4 * pass->reach);
  const int64_t threads = omp_get_max_threads();
  const int64_t rows = c->lattice->count[1];
  const int64_t wanted = round_up((rows + fitting - 1) / fitting, threads);
  c->tile = round_up((rows + wanted - 1) / wanted, c->unit);
  c->tile = at_least(c->tile, round_up((rows + MOST_TILES - 1) / MOST_TILES, c->unit));
  c->tiles = (int)((rows + c->tile - 1) / c->tile);
}

static void exchange(const dw_pass *pass, void (*half)(dw_halo *halo, dw_field *field, dw_halo_part part)) {
  const bool corners = pass->stages > 1;
  for (int i = 0; i < pass->fields; i++) {
    const dw_halo_part q = {(int)pass->reach * pass->stages, corners};
    const dw_halo_part p = {(int)pass->reach * (pass->stages - 1), corners};
    if (corners || pass->q[i]->halo_fresh < q.depth) {
      half(pass->halo[2 * i], pass->q[i], q);
    }
    if (p.depth > 0) {
      half(pass->halo[2 * i + 1], pass->p[i], p);
    }
  }
}

int dw_pass_stages(int halo, int64_t reach) { return (int)at_least(1, at_most(halo / reach, DW_MOST_PASS_STAGES)); }

void dw_pass_run(const dw_pass *pass) {
  const dw_lattice *lattice = pass->q[0]->lattice;
  const bool divided = lattice->grid[0] > 1 || lattice->grid[1] > 1;
  progress tiles[MOST_TILES];
  cut c = {.pass = pass, .lattice = lattice, .unit = pass->watcher != NULL ? lattice->align : 1};
  cut_stages(&c);
  cut_tiles(&c);
  for (int i = 0; i < c.tiles; i++) {
    atomic_init(&tiles[i].done, c.first - 1);
  }
  exchange(pass, dw_halo_begin);
  if (!divided) {
    exchange(pass, dw_halo_end); /* nothing to wait for, and corners are needed */
  }
#pragma omp parallel
  sweep_early(&c, tiles);
  if (divided) {
    exchange(pass, dw_halo_end);
#pragma omp parallel
    for (int stage = 0; stage < pass->stages; stage++) {
      sweep_late(&c, stage);
    }
  }
  for (int i = 0; i < pass->fields; i++) {
    dw_field_touch(pass->q[i]);
    dw_field_touch(pass->p[i]);
  }
}
