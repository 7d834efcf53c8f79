#include "fields/pass.h"

#include <omp.h>
#include <sched.h>
#include <stdatomic.h>

#include "base/memory.h"

/* Rows [x0, x1) x [y0, y1), local indices of the field's lattice, those of the halo included. */
typedef struct box {
  int64_t x0, x1, y0, y1;
} box;

/* A pass and how it is cut up. */
typedef struct cut {
  const dw_pass *pass;
  const dw_lattice *lattice;
  dw_front front;
  box whole[DW_MOST_MOVES]; /* what each move updates: a halo that gets narrower */
  box early[DW_MOST_MOVES]; /* updated before the messages arrive */
  int64_t first, last;      /* positions of the sweep */
  int64_t seen;             /* planes ahead of its position that it reads */
  int tiles;
  int64_t tile; /* rows, whole blocks of the companion */
} cut;

/* Where each tile is; a cache line each. */
typedef struct progress {
  _Alignas(64) atomic_llong done; /* the last position that is finished */
} progress;

enum { MOST_TILES = 256, SPINS = 2000, ROWS_AHEAD = 2 };

/* Bytes of q and p that the planes in flight may take. */
static const int64_t CACHE_BYTES = (int64_t)2 << 20;

static int64_t at_most(int64_t value, int64_t limit) { return value < limit ? value : limit; }

static int64_t at_least(int64_t value, int64_t limit) { return value > limit ? value : limit; }

static int64_t round_up(int64_t value, int64_t unit) { return (value + unit - 1) / unit * unit; }

/* --- moves --- */

/* Rows of a plane lie one after the other; what is between them is scratch. */
static void drift_rows(const dw_moving *moving, int index, int64_t x, int64_t y0, int64_t y1) {
  for (int i = 0; i < moving->fields; i++) {
    const dw_field *q = moving->q[i];
    const ptrdiff_t reals = (ptrdiff_t)(y1 - y0 - 1) * q->pitch + (ptrdiff_t)q->lattice->points;
    moving->drift(dw_field_row(q, x, y0), dw_field_row(moving->p[i], x, y0), reals, moving->drift_factor[index]);
  }
}

static const dw_moving *moving_of(const cut *c, const dw_move *move) {
  return move->companion ? c->pass->companion : &c->pass->field;
}

/* Rows y0 to y1 - 1 of plane x of the field's lattice, whole units. */
static void make_move(const cut *c, const dw_move *move, int64_t x, int64_t y0, int64_t y1) {
  const dw_moving *moving = moving_of(c, move);
  const int64_t unit = move->unit;
  if (y0 >= y1 || (move->drift && moving->drift == NULL)) {
    return;
  }
  if (move->drift) {
    drift_rows(moving, moving->first + move->index, x / unit, y0 / unit, y1 / unit);
  } else {
    const dw_pass_rows rows = {.x = x / unit, .y0 = y0 / unit, .y1 = y1 / unit};
    moving->kick(moving->context, moving->first + move->index, &rows);
  }
}

/* Rows of a tile in a move whose tiles lean by `lean`, within those of the box: the first and last tile reach to its
 * edges. */
static void tile_rows(const cut *c, int tile, int64_t lean, const box *within, int64_t rows[2]) {
  rows[0] = tile == 0 ? within->y0 : at_least(within->y0, tile * c->tile - lean);
  rows[1] = tile == c->tiles - 1 ? within->y1 : at_most(within->y1, (tile + 1) * c->tile - lean);
}

/* Rows of a tile in plane x of a move, none where the move isn't at this plane. */
static void rows_at(const cut *c, int tile, int i, int64_t position, int64_t rows[2]) {
  const dw_move *move = &c->front.move[i];
  const box *early = &c->early[i];
  const int64_t x = position - move->lean;
  if (x >= early->x0 && x < early->x1 && x % move->unit == 0) {
    tile_rows(c, tile, move->lean, early, rows);
  } else {
    rows[0] = rows[1] = 0;
  }
}

/* Bytes of the rows of a field, with what lies between them. */
static int64_t pitch_bytes(const dw_field *field) { return (int64_t)field->pitch * (int64_t)field->precision; }

/* What a tile reads for the first time: q of the plane that its first kick reaches, p of that it is at. Rows come too
 * late where the machine's own prefetch meets each of them anew. One stage asks for the rows that come next; of several
 * each asks for its share of the next position, so that memory is busy all the time. */
static dwell_ahead ahead_of(const cut *c, int tile, const dw_move *kick, int64_t position, int64_t from, int64_t to) {
  const dw_moving *field = &c->pass->field;
  const dw_field *q = field->q[0];
  const int64_t stages = c->pass->stages;
  const int64_t last = c->lattice->count[0] + c->lattice->halo - 1;
  const int64_t share = c->tile * kick->index / stages;
  const int64_t x = stages == 1 ? position : position + 1;
  const int64_t y = stages == 1 ? from + ROWS_AHEAD : at_most(tile * c->tile + share, c->lattice->count[1]);
  const int64_t rows = stages == 1 ? to - from : c->tile * (kick->index + 1) / stages - share;
  if (kick->companion || field->fields > 1) {
    return (dwell_ahead){.lines = 0};
  }
  return dw_ahead_of(dw_field_row(q, at_most(x + c->seen, last), y), dw_field_row(field->p[0], at_most(x, last), y),
                     rows * pitch_bytes(q), to - from, c->lattice->points * (int64_t)q->precision);
}

/* A kick with the drift that goes with it: as one where they share rows. */
static void make_both(const cut *c, int tile, const int pair[2], int64_t position) {
  const dw_move *kick = &c->front.move[pair[0]];
  const dw_move *drift = &c->front.move[pair[1]];
  const dw_moving *moving = moving_of(c, kick);
  const int64_t unit = kick->unit;
  int64_t kicked[2];
  int64_t drifted[2];
  rows_at(c, tile, pair[0], position, kicked);
  rows_at(c, tile, pair[1], position, drifted);
  int64_t from = at_least(kicked[0], drifted[0]);
  int64_t to = at_most(kicked[1], drifted[1]);
  if (from >= to || moving->drift == NULL || !moving->drifts_behind) {
    from = to = kicked[1];
  }
  make_move(c, kick, position - kick->lean, kicked[0], from);
  if (from < to) {
    const int index = moving->first + kick->index;
    const dw_pass_rows rows = {.x = (position - kick->lean) / unit,
                               .y0 = from / unit,
                               .y1 = to / unit,
                               .drifts = true,
                               .drift_factor = moving->drift_factor[index],
                               .ahead = ahead_of(c, tile, kick, position, from, to)};
    moving->kick(moving->context, index, &rows);
  }
  make_move(c, kick, position - kick->lean, to, kicked[1]);
  make_move(c, drift, position - drift->lean, drifted[0], at_most(from, drifted[1]));
  make_move(c, drift, position - drift->lean, at_least(to, drifted[0]), drifted[1]);
}

static void sweep_position(const cut *c, int tile, int64_t position) {
  for (int i = 0; i < c->front.moves; i++) {
    if (!c->front.move[i].drift) {
      make_both(c, tile, (const int[2]){i, c->front.move[i].partner}, position);
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

/* The rest of one move. */
static void sweep_late(const cut *c, int i) {
  const dw_move *move = &c->front.move[i];
  const box *whole = &c->whole[i];
#pragma omp for schedule(static)
  for (int64_t x = whole->x0; x < whole->x1; x += move->unit) {
    int64_t edge[4];
    rows_outside(whole, &c->early[i], x, edge);
    make_move(c, move, x, edge[0], edge[1]);
    make_move(c, move, x, edge[2], edge[3]);
  }
}

/* --- how a pass is cut up --- */

static dw_front_shape shape_of(const dw_pass *pass) {
  dw_front_shape shape = {.reach = pass->field.reach, .stages = pass->stages, .coarsening = 1};
  if (pass->companion != NULL && pass->units > 0) {
    const dw_lattice *fine = pass->field.q[0]->lattice;
    shape.coarsening = fine->points / pass->companion->q[0]->lattice->points;
    shape.companion_reach = pass->companion->reach;
    shape.units = pass->units;
    shape.unit_stages = pass->unit_stages;
  }
  return shape;
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

/* What is early depends on nothing that arrives late: the margin of the first moves is what they read there, and that
 * of the others lies further in as they lean. */
static void cut_moves(cut *c, const dw_front_shape *shape) {
  const int64_t read = at_least(shape->reach, shape->units > 0 ? shape->coarsening * shape->companion_reach : 0);
  const int64_t margin = round_up(read, shape->coarsening);
  c->front = dw_front_make(shape);
  c->seen = shape->reach + shape->coarsening - 1;
  for (int i = 0; i < c->front.moves; i++) {
    const dw_move *move = &c->front.move[i];
    c->whole[i] = (box){-move->wide, c->lattice->count[0] + move->wide, -move->wide, c->lattice->count[1] + move->wide};
    c->early[i] = region(c->lattice, move->wide, margin + move->lean);
    c->first = i == 0 ? c->early[0].x0 : at_most(c->first, c->early[i].x0 + move->lean);
    c->last = at_least(c->last, c->early[i].x1 + move->lean);
  }
}

/* Bytes of one row of q and p. */
static int64_t row_bytes(const dw_moving *moving) { return 2 * pitch_bytes(moving->q[0]) * moving->fields; }

/* Bytes that a row of a tile has in flight: planes from the first kick to the last drift, and the neighbours. */
static int64_t bytes_in_flight(const cut *c, const dw_front_shape *shape) {
  int64_t lean[2] = {0, 0}; /* of the field, of the companion */
  for (int i = 0; i < c->front.moves; i++) {
    const dw_move *move = &c->front.move[i];
    lean[move->companion] = at_least(lean[move->companion], move->lean);
  }
  int64_t bytes = (lean[0] + shape->reach + 1) * row_bytes(&c->pass->field);
  if (shape->units > 0) {
    const int64_t planes = lean[1] / shape->coarsening + shape->companion_reach + 1;
    bytes += planes * row_bytes(c->pass->companion) / shape->coarsening;
  }
  return bytes;
}

/* As many tiles as cache and threads ask for. */
static void cut_tiles(cut *c, const dw_front_shape *shape) {
  const int64_t fitting = at_least(CACHE_BYTES / bytes_in_flight(c, shape), 4 * shape->reach);
  const int64_t threads = omp_get_max_threads();
  const int64_t rows = c->lattice->count[1];
  const int64_t wanted = round_up((rows + fitting - 1) / fitting, threads);
  c->tile = at_least((rows + wanted - 1) / wanted, (rows + MOST_TILES - 1) / MOST_TILES);
  c->tile = round_up(c->tile, shape->coarsening);
  c->tiles = (int)((rows + c->tile - 1) / c->tile);
}

/* --- the pass --- */

typedef void halo_half(dw_halo *halo, dw_field *field, dw_halo_part part);

static void exchange_fields(const dw_moving *moving, int q_depth, int p_depth, bool corners, halo_half *half) {
  const dw_halo_part q = {q_depth, corners};
  const dw_halo_part p = {p_depth, corners};
  for (int i = 0; i < moving->fields; i++) {
    if (corners || moving->q[i]->halo_fresh < q.depth) {
      half(moving->halo[2 * i], moving->q[i], q);
    }
    if (p.depth > 0) {
      half(moving->halo[2 * i + 1], moving->p[i], p);
    }
  }
}

static void exchange(const cut *c, halo_half *half) {
  const dw_pass *pass = c->pass;
  const dw_front_depth *depth = &c->front.depth;
  const bool corners = depth->q > pass->field.reach;
  exchange_fields(&pass->field, depth->q, depth->p, corners, half);
  if (depth->companion_q > 0) {
    exchange_fields(pass->companion, depth->companion_q, depth->companion_p, depth->companion_p > 0, half);
  }
}

static void touch(const dw_moving *moving) {
  for (int i = 0; i < moving->fields; i++) {
    dw_field_touch(moving->q[i]);
    dw_field_touch(moving->p[i]);
  }
}

bool dw_pass_fits(const dw_pass *pass) {
  const dw_front_shape shape = shape_of(pass);
  const dw_front_depth depth = dw_front_make(&shape).depth;
  return depth.q <= pass->field.q[0]->lattice->halo &&
         (shape.units == 0 || depth.companion_q <= pass->companion->q[0]->lattice->halo);
}

void dw_pass_run(const dw_pass *pass) {
  const dw_lattice *lattice = pass->field.q[0]->lattice;
  const bool divided = lattice->grid[0] > 1 || lattice->grid[1] > 1;
  const dw_front_shape shape = shape_of(pass);
  progress tiles[MOST_TILES];
  cut c = {.pass = pass, .lattice = lattice};
  cut_moves(&c, &shape);
  cut_tiles(&c, &shape);
  for (int i = 0; i < c.tiles; i++) {
    atomic_init(&tiles[i].done, c.first - 1);
  }
  exchange(&c, dw_halo_begin);
  if (!divided) {
    exchange(&c, dw_halo_end); /* nothing to wait for, and corners are needed */
  }
#pragma omp parallel
  sweep_early(&c, tiles);
  if (divided) {
    exchange(&c, dw_halo_end);
#pragma omp parallel
    for (int i = 0; i < c.front.moves; i++) {
      sweep_late(&c, i);
    }
  }
  touch(&pass->field);
  if (shape.units > 0) {
    touch(pass->companion);
  }
}
