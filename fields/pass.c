#include "fields/pass.h"

#include <omp.h>

/* Rows [x0, x1) x [y0, y1) of the local block. */
typedef struct box {
  int64_t x0, x1, y0, y1;
} box;

/* A pass and how it is cut up. All edges are multiples of `unit`. */
typedef struct cut {
  const dw_pass *pass;
  int64_t unit;    /* rows of a block that is watched; 1 if none is */
  int64_t margin;  /* the reach, rounded up to units */
  box early;       /* kicked before the halo arrives: a margin from divided edges */
  box early_drift; /* drifted before it arrives: the reach further in */
  int64_t tile;    /* rows of y in a tile */
} cut;

/* Bytes of q and p that the planes in flight may take: measured best with a second-level cache of 2 MiB. */
static const int64_t CACHE_BYTES = (int64_t)1 << 19;

static int contains(const box *b, int64_t x, int64_t y) { return x >= b->x0 && x < b->x1 && y >= b->y0 && y < b->y1; }

static int64_t at_most(int64_t value, int64_t limit) { return value < limit ? value : limit; }

static int64_t at_least(int64_t value, int64_t limit) { return value > limit ? value : limit; }

static int64_t round_up(int64_t value, int64_t unit) { return (value + unit - 1) / unit * unit; }

static void watch_rows(const cut *c, int64_t x, int64_t y0, int64_t y1) {
  const dw_watcher *watcher = c->pass->watcher;
  if (watcher == NULL) {
    return;
  }
  const int thread = omp_get_thread_num();
  for (int64_t y = y0; y < y1; y += c->unit) {
    watcher->block(watcher->context, thread, x, y);
  }
}

static void kick_rows(const cut *c, int64_t x, int64_t y0, int64_t y1) {
  for (int64_t y = y0; y < y1; y++) {
    c->pass->kick(c->pass->context, x, y);
  }
}

static void drift(const cut *c, int64_t x, int64_t y) {
  const dw_pass *pass = c->pass;
  for (int i = 0; i < pass->fields; i++) {
    pass->drift(dw_field_row(pass->q[i], x, y), dw_field_row(pass->p[i], x, y), (ptrdiff_t)pass->q[i]->lattice->points,
                pass->drift_factor);
  }
}

/* Drifts the rows [y0, y1) of plane x that may be drifted before the halo arrives. */
static void drift_rows(const cut *c, int64_t x, int64_t y0, int64_t y1) {
  if (x < c->early_drift.x0 || x >= c->early_drift.x1) {
    return;
  }
  const int64_t end = at_most(y1, c->early_drift.y1);
  for (int64_t y = at_least(y0, c->early_drift.y0); y < end; y++) {
    drift(c, x, y);
  }
}

/* One tile of y, all planes of this thread but the outermost, which are kicked already. Drifts follow the kicks
 * by the reach and end that much short of the tile, whose last rows the next tile still reads. */
static void sweep_tile(const cut *c, int64_t x0, int64_t x1, int64_t y0, int64_t y1) {
  const int64_t reach = c->pass->reach;
  const int64_t from = y0 == c->early.y0 ? y0 : y0 - reach;
  const int64_t to = y1 == c->early.y1 ? y1 : y1 - reach;
  for (int64_t x = x0; x < x1; x++) {
    if (x >= x0 + c->margin && x < x1 - c->margin) {
      if ((x - x0) % c->unit == 0) {
        watch_rows(c, x, y0, y1);
      }
      kick_rows(c, x, y0, y1);
    }
    if (x >= x0 + reach) {
      drift_rows(c, x - reach, from, to);
    }
  }
  for (int64_t x = at_least(x0, x1 - reach); x < x1; x++) {
    drift_rows(c, x, from, to);
  }
}

/* This thread's planes: the outermost are kicked first, by all threads, since both neighbours read them. */
static void sweep_early(const cut *c) {
  const int64_t units = (c->early.x1 - c->early.x0) / c->unit;
  const int64_t threads = omp_get_num_threads();
  const int64_t thread = omp_get_thread_num();
  const int64_t x0 = c->early.x0 + c->unit * (units * thread / threads);
  const int64_t x1 = c->early.x0 + c->unit * (units * (thread + 1) / threads);
  for (int64_t x = x0; x < x1; x++) {
    if (x < x0 + c->margin || x >= x1 - c->margin) {
      if ((x - x0) % c->unit == 0) {
        watch_rows(c, x, c->early.y0, c->early.y1);
      }
      kick_rows(c, x, c->early.y0, c->early.y1);
    }
  }
#pragma omp barrier
  for (int64_t y0 = c->early.y0; y0 < c->early.y1; y0 += c->tile) {
    sweep_tile(c, x0, x1, y0, at_most(y0 + c->tile, c->early.y1));
  }
}

/* Rows that need the halo, and rows that had to wait for them. */
static void sweep_late(const cut *c) {
  const int64_t *count = c->pass->q[0]->lattice->count;
#pragma omp for schedule(static)
  for (int64_t x = 0; x < count[0]; x += c->unit) {
    for (int64_t y = 0; y < count[1]; y += c->unit) {
      if (!contains(&c->early, x, y)) {
        watch_rows(c, x, y, y + c->unit);
        for (int64_t i = 0; i < c->unit; i++) {
          kick_rows(c, x + i, y, y + c->unit);
        }
      }
    }
  }
#pragma omp for schedule(static)
  for (int64_t x = 0; x < count[0]; x++) {
    for (int64_t y = 0; y < count[1]; y++) {
      if (!contains(&c->early_drift, x, y)) {
        drift(c, x, y);
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

static int64_t tile_rows(const dw_pass *pass, int64_t unit) {
  const int64_t row = (int64_t)pass->q[0]->pitch * (int64_t)pass->q[0]->precision * pass->fields;
  const int64_t planes = 4 * pass->reach + 2 * unit; /* of q and p between the kick and the drift */
  return round_up(at_least(CACHE_BYTES / (row * planes), 4 * pass->reach), unit);
}

void dw_pass_run(const dw_pass *pass) {
  const dw_lattice *lattice = pass->q[0]->lattice;
  const int64_t unit = pass->watcher != NULL ? lattice->align : 1;
  const int64_t margin = round_up(pass->reach, unit);
  const cut c = {.pass = pass,
                 .unit = unit,
                 .margin = margin,
                 .early = inner(lattice, margin),
                 .early_drift = inner(lattice, margin + pass->reach),
                 .tile = tile_rows(pass, unit)};
  for (int i = 0; i < pass->fields; i++) {
    if (!pass->q[i]->halo_fresh) {
      dw_halo_begin(pass->halo[i], pass->q[i]);
    }
  }
#pragma omp parallel
  sweep_early(&c);
  for (int i = 0; i < pass->fields; i++) {
    if (!pass->q[i]->halo_fresh) {
      dw_halo_end(pass->halo[i], pass->q[i]);
    }
  }
  if (lattice->grid[0] > 1 || lattice->grid[1] > 1) {
#pragma omp parallel
    sweep_late(&c);
  }
  for (int i = 0; i < pass->fields; i++) {
    dw_field_touch(pass->q[i]);
    dw_field_touch(pass->p[i]);
  }
}
