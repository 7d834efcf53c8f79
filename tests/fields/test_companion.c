/* A companion that goes with steps of the field in one pass (fields/pass.h) has the bits that it has alone: field, then
 * companion, unit by unit, each in sweeps of its own. */
#include <omp.h>

#include "base/memory.h"
#include "tests/fields/simulation.h"
#include "tests/lattice/fixture.h"

enum { FIELDS = 2, UNITS = 5 };

typedef struct guest {
  simulation sim;
  dw_lattice *lattice;
  dw_field *q[FIELDS];
  dw_field *p[FIELDS];
  dw_halo *halo[2 * FIELDS];
  int coarsening;
  int reach; /* of the companion */
  bool drifts_behind;
  int *seen;           /* times, per unit and row of its block */
  double drift[UNITS]; /* of its units */
} guest;

typedef struct setting {
  choices c;
  int coarsening;
  int reach;
  int together; /* units in a pass */
  bool drifts_behind;
} setting;

static void open_fields(guest *g) {
  const dw_lattice *lattice = g->lattice;
  for (int i = 0; i < FIELDS; i++) {
    const int64_t shift[3] = {i, 3, 1};
    assert_all_ok(dw_field_create(&g->q[i], lattice, DW_DOUBLE));
    assert_all_ok(dw_field_create(&g->p[i], lattice, DW_DOUBLE));
    assert_all_ok(dw_halo_create(&g->halo[2 * i], lattice, DW_DOUBLE));
    assert_all_ok(dw_halo_create(&g->halo[2 * i + 1], lattice, DW_DOUBLE));
    fixture_fill_shifted(g->q[i], shift, 0.5);
    fixture_fill_shifted(g->p[i], shift, 0.1);
  }
}

static void open_guest(guest *g, const setting *s) {
  const dw_steps_companion companion = {.coarsening = s->coarsening, .reach = s->reach};
  const int64_t shift[3] = {1, 2, 3};
  dw_model model;
  choices c = s->c;
  memset(g, 0, sizeof *g);
  c.align = s->coarsening;
  assert_all_ok(simulation_model(&model, &c));
  const dw_front_depth depth = dw_steps_depth(&model, s->together * s->coarsening, &companion);
  c.halo = depth.q;
  assert_all_ok(simulation_open(&g->sim, &c));
  const dw_lattice *fine = g->sim.lattice;
  assert_all_ok(dw_lattice_create(&g->lattice, fine->comm, c.points / s->coarsening, fine->length, depth.companion_q, 1,
                                  (const int64_t[2]){fine->grid[0], fine->grid[1]}));
  fixture_fill(g->sim.state->phi[0]);
  fixture_fill_shifted(g->sim.state->pi[0], shift, 0.7);
  open_fields(g);
  g->coarsening = s->coarsening;
  g->reach = s->reach;
  g->drifts_behind = s->drifts_behind;
  void *seen = NULL;
  assert_all_ok(dw_alloc(&seen, (size_t)(UNITS * g->lattice->count[0] * g->lattice->count[1]), sizeof(int), "test"));
  memset(seen, 0, (size_t)(UNITS * g->lattice->count[0] * g->lattice->count[1]) * sizeof(int));
  g->seen = seen;
  for (int u = 0; u < UNITS; u++) {
    g->drift[u] = 0.05 + 0.01 * u;
  }
}

static void close_guest(guest *g) {
  for (int i = 0; i < FIELDS; i++) {
    dw_field_destroy(g->q[i]);
    dw_field_destroy(g->p[i]);
    dw_halo_destroy(g->halo[2 * i]);
    dw_halo_destroy(g->halo[2 * i + 1]);
  }
  dw_free(g->seen);
  dw_lattice_destroy(g->lattice);
  simulation_close(&g->sim);
}

/* Of phi and its neighbours within the stencil, over a block: not linear, not symmetric. */
static double source(const guest *g, int64_t x, int64_t y, int64_t z) {
  const dw_field *phi = g->sim.state->phi[0];
  const int64_t n = phi->lattice->points;
  const int64_t r = dw_model_halo(&g->sim.model);
  const int c = g->coarsening;
  double sum = 0.0;
  for (int i = 0; i < c * c * c; i++) {
    const int64_t at[3] = {c * x + i / c / c, c * y + i / c % c, c * z + i % c};
    const double here = dw_field_get(phi, at[0], at[1], at[2]);
    sum += dw_field_get(phi, at[0] - r, at[1], at[2]) * dw_field_get(phi, at[0], at[1] + r, at[2]);
    sum += here * dw_field_get(phi, at[0] + r, at[1], at[2]) - 0.3 * dw_field_get(phi, at[0], at[1] - r, at[2]);
    sum += 0.1 * dw_field_get(phi, at[0], at[1], (at[2] + r) % n);
  }
  return sum;
}

static double pull(const guest *g, int field, int64_t x, int64_t y, int64_t z) {
  const dw_field *q = g->q[field];
  const int64_t n = g->lattice->points;
  double sum = 0.2 * source(g, x, y, z) - dw_field_get(q, x, y, z);
  for (int d = 1; d <= g->reach; d++) {
    sum += 0.1 / d * (dw_field_get(q, x - d, y, z) - 0.7 * dw_field_get(q, x + d, y, z));
    sum += 0.1 / d * (dw_field_get(q, x, y - d, z) + 0.9 * dw_field_get(q, x, y + d, z));
    sum += 0.1 / d * dw_field_get(q, x, y, (z + d) % n);
  }
  return sum;
}

static void kick_rows(const void *context, int unit, const dw_pass_rows *rows) {
  const guest *g = context;
  const int64_t *count = g->lattice->count;
  const int64_t x = rows->x;
  for (int64_t y = rows->y0; y < rows->y1; y++) {
    for (int64_t z = 0; z < g->lattice->points; z++) {
      for (int i = 0; i < FIELDS; i++) {
        dw_field_set(g->p[i], x, y, z, dw_field_get(g->p[i], x, y, z) + (0.1 + 0.02 * unit) * pull(g, i, x, y, z));
      }
    }
    if (x >= 0 && y >= 0 && x < count[0] && y < count[1]) {
#pragma omp atomic
      g->seen[(unit * count[0] + x) * count[1] + y]++;
    }
    if (rows->drifts) {
      for (int i = 0; i < FIELDS; i++) {
        dw_drift_f64(dw_field_row(g->q[i], x - g->reach, y), dw_field_row(g->p[i], x - g->reach, y),
                     (ptrdiff_t)g->lattice->points, rows->drift_factor);
      }
    }
  }
}

static dw_moving moving_of(guest *g) {
  return (dw_moving){.fields = FIELDS,
                     .q = g->q,
                     .p = g->p,
                     .halo = g->halo,
                     .reach = g->reach,
                     .kick = kick_rows,
                     .context = g,
                     .drifts_behind = g->drifts_behind,
                     .drift = dw_drift_f64,
                     .drift_factor = g->drift};
}

/* One thread, every sweep by itself. */
static void advance_plainly(guest *g) {
  const int64_t *count = g->lattice->count;
  for (int unit = 0; unit < UNITS; unit++) {
    dw_state_exchange(g->sim.state);
    for (int i = 0; i < FIELDS; i++) {
      dw_halo_exchange(g->halo[2 * i], g->q[i]);
    }
    for (int64_t x = 0; x < count[0]; x++) {
      const dw_pass_rows rows = {.x = x, .y0 = 0, .y1 = count[1]};
      kick_rows(g, unit, &rows);
    }
    for (int64_t row = 0; row < FIELDS * count[0] * count[1]; row++) {
      const int64_t at[3] = {row / count[1] / count[0], row / count[1] % count[0], row % count[1]};
      dw_drift_f64(dw_field_row(g->q[at[0]], at[1], at[2]), dw_field_row(g->p[at[0]], at[1], at[2]),
                   (ptrdiff_t)g->lattice->points, g->drift[unit]);
    }
    for (int i = 0; i < FIELDS; i++) {
      dw_field_touch(g->q[i]);
    }
    for (int step = 0; step < g->coarsening; step++) {
      dw_step(g->sim.state);
    }
  }
}

enum { PRINTS = 2 + 2 * FIELDS };

static void fingerprints(const guest *g, uint64_t print[PRINTS]) {
  print[0] = dw_field_fingerprint(g->sim.state->phi[0]);
  print[1] = dw_field_fingerprint(g->sim.state->pi[0]);
  for (int i = 0; i < FIELDS; i++) {
    print[2 + 2 * i] = dw_field_fingerprint(g->q[i]);
    print[3 + 2 * i] = dw_field_fingerprint(g->p[i]);
  }
}

/* On one process. */
static void expect(const setting *s, uint64_t print[PRINTS]) {
  guest g;
  setting alone = *s;
  alone.c.comm = dw_comm_self();
  alone.c.grid = NULL;
  alone.together = 1;
  open_guest(&g, &alone);
  advance_plainly(&g);
  fingerprints(&g, print);
  close_guest(&g);
}

static bool all_seen_once(const guest *g) {
  bool good = true;
  for (int64_t i = 0; i < UNITS * g->lattice->count[0] * g->lattice->count[1]; i++) {
    good = good && g->seen[i] == 1;
  }
  return good;
}

static void go_together(const setting *s, const uint64_t expected[PRINTS]) {
  guest g;
  uint64_t found[PRINTS];
  open_guest(&g, s);
  const dw_moving companion = moving_of(&g);
  dw_steps(g.sim.state, UNITS * s->coarsening, &companion);
  fingerprints(&g, found);
  const bool good = memcmp(found, expected, sizeof found) == 0 && all_seen_once(&g);
  if (!good && dw_comm_rank(dw_comm_world()) == 0) {
    (void)fprintf(stderr, "N = %d, grid %d x %d, order %d, %s, c = %d, reach %d, %d units, %d threads\n",
                  (int)s->c.points, g.lattice->grid[0], g.lattice->grid[1], s->c.stencil, s->c.integrator,
                  s->coarsening, s->reach, s->together, omp_get_max_threads());
  }
  assert_all(good);
  close_guest(&g);
}

/* Every process grid whose blocks are large enough; how many. */
static int on_all_grids(const setting *s, const uint64_t expected[PRINTS]) {
  const dw_steps_companion companion = {.coarsening = s->coarsening, .reach = s->reach};
  const int64_t processes = dw_comm_size(dw_comm_world());
  dw_model model;
  int ran = 0;
  assert_all_ok(simulation_model(&model, &s->c));
  const dw_front_depth depth = dw_steps_depth(&model, s->together * s->coarsening, &companion);
  const int coarse = depth.companion_q * s->coarsening;
  for (int64_t across = 1; across <= processes; across++) {
    const int64_t grid[2] = {across, processes / across};
    const int least = coarse > depth.q ? coarse : depth.q;
    if (processes % across == 0 && dw_grid_check(s->c.points, s->coarsening, least, (int)processes, grid) == DW_OK) {
      setting here = *s;
      here.c.grid = grid;
      omp_set_num_threads(1 + (ran + s->together) % 3);
      go_together(&here, expected);
      ran++;
    }
  }
  return ran;
}

static int all_batches(setting s) {
  uint64_t expected[PRINTS];
  int ran = 0;
  s.c.comm = dw_comm_world();
  s.c.s = 1.0;
  s.c.expansion = 1.0;
  expect(&s, expected);
  for (s.together = 1; s.together <= 3; s.together++) {
    s.drifts_behind = !s.drifts_behind;
    ran += on_all_grids(&s, expected);
  }
  return ran;
}

/* Catches a companion that reads a field which has moved, or hasn't yet, a neighbour of its own that has, a halo that
 * is too shallow or stale; rows kicked twice or never; a drift with another unit's factor; and a field that changes
 * because of its companion. */
static void companion_has_its_own_bits(void **state) {
  (void)state;
  const int before = omp_get_max_threads();
  int ran = 0;
  for (int i = 0; i < 3 * 2 * 2; i++) {
    const int coarsening = 1 << i % 3;
    const setting s = {
        .coarsening = coarsening,
        .reach = 1 + i / 3 % 2,
        .c = {.points = coarsening == 4 ? 24 : 20, .stencil = 2 + 2 * (i / 6), .integrator = "leapfrog"}};
    ran += all_batches(s);
  }
  omp_set_num_threads(before);
  assert_all(ran >= 15);
}

/* Catches units that are longer than a pass. */
static void units_of_many_stages(void **state) {
  (void)state;
  const int before = omp_get_max_threads();
  int ran = 0;
  for (int coarsening = 1; coarsening <= 4; coarsening *= 2) {
    const setting s = {
        .coarsening = coarsening, .reach = 2, .c = {.points = 24, .stencil = 2, .integrator = "yoshida4"}};
    ran += all_batches(s);
  }
  omp_set_num_threads(before);
  assert_all(ran >= 3);
}

/* Catches rows at the seams of tiles: planes in flight that don't fit into the cache. */
static void at_the_seams_of_tiles(void **state) {
  (void)state;
  if (dw_comm_size(dw_comm_world()) > 2) {
    skip();
  }
  const int before = omp_get_max_threads();
  const setting s = {.coarsening = 2, .reach = 2, .c = {.points = 112, .stencil = 2, .integrator = "leapfrog"}};
  assert_all(all_batches(s) >= 3);
  omp_set_num_threads(before);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(companion_has_its_own_bits),
    cmocka_unit_test(units_of_many_stages),
    cmocka_unit_test(at_the_seams_of_tiles),
};

DW_TEST_MPI_MAIN(tests)
