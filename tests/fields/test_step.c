#include <omp.h>

#include "base/memory.h"
#include "tests/fields/simulation.h"
#include "tests/fields/twin_rows.h"
#include "tests/lattice/fixture.h"

/* The whole lattice on every process: kick all, drift all, nothing fused. */
typedef struct twin {
  int64_t n[3];
  int64_t sites;
  dw_precision precision;
  char *phi;
  char *pi;
  char *force;
  char *velocity; /* phi' at the time of phi */
  int64_t step;
} twin;

static void put(char *array, dw_precision precision, int64_t i, double value) {
  if (precision == DW_SINGLE) {
    ((float *)(void *)array)[i] = (float)value;
  } else {
    ((double *)(void *)array)[i] = value;
  }
}

/* Values that fill all bits of a double. */
static double phi_start(int64_t n, int64_t x, int64_t y, int64_t z) { return 1.3 * fixture_site(n, x, y, z); }

static double pi_start(int64_t n, int64_t x, int64_t y, int64_t z) { return 0.7 * fixture_site(n, y, z, x) / 3.0; }

static twin twin_open(int64_t n, dw_precision precision) {
  twin t = {.n = {n, n, n}, .sites = n * n * n, .precision = precision};
  const size_t bytes = (size_t)t.sites * (size_t)precision;
  t.phi = malloc(bytes);
  t.pi = malloc(bytes);
  t.force = malloc(bytes);
  t.velocity = malloc(bytes);
  assert_all(t.phi != NULL && t.pi != NULL && t.force != NULL && t.velocity != NULL);
  for (int64_t i = 0; i < t.sites; i++) {
    put(t.phi, precision, i, phi_start(n, i / (n * n), i / n % n, i % n));
    put(t.pi, precision, i, pi_start(n, i / (n * n), i / n % n, i % n));
  }
  return t;
}

static void twin_close(twin *t) {
  free(t->phi);
  free(t->pi);
  free(t->force);
  free(t->velocity);
}

/* pi += a^{3-s} [lap phi - a^{2s} v0' - a^{1+s} v_b'] interval */
static void twin_kick(twin *t, const dw_model *model, char *pi, double dx, double tau, double interval) {
  const bool single = t->precision == DW_SINGLE;
  const double a = dw_background_scale_factor(&model->background, tau);
  const double weight = interval * pow(a, 3.0 - model->s);
  (single ? twin_double_well_f32 : twin_double_well_f64)(t->force, t->phi, t->sites, weight * pow(a, 2.0 * model->s),
                                                         weight * pow(a, 1.0 + model->s) * model->values.bias);
  (single ? twin_kick_f32 : twin_kick_f64)(pi, t->phi, t->force, t->n, model->stencil, weight / (dx * dx));
}

static void twin_step(twin *t, const dw_model *model, double dx, double dtau) {
  const bool single = t->precision == DW_SINGLE;
  const dw_integrator *m = model->integrator;
  const double start = model->background.tau_start;
  double tau = start + (double)t->step * dtau;
  for (int i = 0; i < m->stages; i++) {
    const double closing = i == 0 && t->step > 0 ? m->kick[m->stages] : 0.0; /* of the step before */
    twin_kick(t, model, t->pi, dx, tau, (m->kick[i] + closing) * dtau);
    const double interval = m->drift[i] * dtau;
    const double middle = dw_background_scale_factor(&model->background, tau + 0.5 * interval);
    (single ? twin_drift_f32 : twin_drift_f64)(t->phi, t->pi, t->sites, interval / pow(middle, 3.0 - model->s));
    tau += interval;
  }
  t->step++;
  const double end = start + (double)t->step * dtau;
  memcpy(t->velocity, t->pi, (size_t)t->sites * (size_t)t->precision);
  twin_kick(t, model, t->velocity, dx, end, m->kick[m->stages] * dtau);
  const double a = dw_background_scale_factor(&model->background, end);
  (single ? twin_scale_f32 : twin_scale_f64)(t->velocity, t->sites, 1.0 / pow(a, 3.0 - model->s));
}

static void fill(dw_state *state) {
  const dw_lattice *lattice = state->lattice;
  for (int64_t x = 0; x < lattice->count[0]; x++) {
    for (int64_t y = 0; y < lattice->count[1]; y++) {
      for (int64_t z = 0; z < lattice->points; z++) {
        const int64_t gx = x + lattice->start[0];
        const int64_t gy = y + lattice->start[1];
        dw_field_set(state->phi[0], x, y, z, phi_start(lattice->points, gx, gy, z));
        dw_field_set(state->pi[0], x, y, z, pi_start(lattice->points, gx, gy, z));
      }
    }
  }
  dw_field_touch(state->phi[0]);
}

/* Whether this process's rows of phi, pi and phi' are those of the twin. */
static bool rows_equal(dw_state *state, const twin *t) {
  const dw_lattice *lattice = state->lattice;
  const size_t row = (size_t)lattice->points * (size_t)state->precision;
  void *velocity = NULL;
  bool good = dw_alloc(&velocity, 1, row, "test") == DW_OK;
  dw_state_exchange(state);
  for (int64_t x = 0; x < lattice->count[0] && good; x++) {
    for (int64_t y = 0; y < lattice->count[1] && good; y++) {
      const size_t at = (size_t)((x + lattice->start[0]) * lattice->points + y + lattice->start[1]) * row;
      dw_state_velocity_row(state, 0, x, y, velocity);
      good = memcmp(dw_field_row(state->phi[0], x, y), t->phi + at, row) == 0 &&
             memcmp(dw_field_row(state->pi[0], x, y), t->pi + at, row) == 0 &&
             memcmp(velocity, t->velocity + at, row) == 0;
      if (!good) {
        (void)fprintf(
            stderr, "differs from the twin: N = %lld, grid %d x %d, %d threads, order %d, %d bytes, row (%lld, %lld)\n",
            (long long)lattice->points, lattice->grid[0], lattice->grid[1], omp_get_max_threads(),
            state->model->stencil, (int)state->precision, (long long)x, (long long)y);
      }
    }
  }
  dw_free(velocity);
  return good;
}

/* `check_each`: phi' is asked for after every step, which leaves a fresh halo behind; else only at the end. */
static void compare(const choices *c, int threads, int steps, bool check_each) {
  const int before = omp_get_max_threads();
  omp_set_num_threads(threads);
  simulation sim;
  assert_all_ok(simulation_open(&sim, c));
  twin t = twin_open(c->points, c->precision);
  fill(sim.state);
  for (int step = 1; step <= steps; step++) {
    dw_step(sim.state);
    twin_step(&t, &sim.model, sim.lattice->spacing, sim.state->dtau);
    if (check_each || step == steps) {
      assert_all(rows_equal(sim.state, &t));
    }
  }
  twin_close(&t);
  simulation_close(&sim);
  omp_set_num_threads(before);
}

/* Every process grid that fits, both precisions, several threads; how many ran. */
static int compare_on_all(choices c, int most_threads) {
  const int64_t processes = dw_comm_size(dw_comm_world());
  const int64_t halo = c.halo != 0 ? c.halo : c.stencil / 2;
  int ran = 0;
  c.comm = dw_comm_world();
  for (int64_t across = 1; across <= processes; across++) {
    const int64_t grid[2] = {across, processes / across};
    if (processes % across != 0 || dw_grid_check(c.points, 1, halo, (int)processes, grid) != DW_OK) {
      continue;
    }
    c.grid = grid;
    for (int threads = 1; threads <= most_threads; threads++) {
      c.precision = threads % 2 == 1 ? DW_SINGLE : DW_DOUBLE;
      compare(&c, threads, 4, false);
      c.precision = threads % 2 == 1 ? DW_DOUBLE : DW_SINGLE;
      compare(&c, threads, 3, true);
    }
    ran++;
  }
  return ran;
}

/* Catches, in the fused sweep: a row drifted before all its readers were kicked or drifted twice or never, a kick with
 * a neighbour's new value, a race between threads, a stale or missing halo, and blocks thinner than two stencils. */
static void step_equals_the_plain_leapfrog(void **state) {
  (void)state;
  const int64_t sizes[] = {4, 5, 7, 8, 9, 12, 13, 16, 17, 33};
  const int threads = dw_comm_size(dw_comm_world()) == 1 ? 3 : 2;
  int ran[2] = {0, 0};
  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
    const choices second = {.points = sizes[i], .spacing = 0.7, .stencil = 2, .s = 1.0, .expansion = 1.0, .bias = 0.1};
    choices fourth = second;
    fourth.stencil = 4;
    ran[0] += compare_on_all(second, threads);
    ran[1] += compare_on_all(fourth, threads);
  }
  assert_all(ran[0] >= 10 && ran[1] >= 7);
}

/* Catches a halo wider than the stencil that is mistaken for it, and wrong powers of a for fat walls and in matter. */
static void step_with_a_wide_halo_and_fat_walls(void **state) {
  (void)state;
  const choices c = {.points = 11, .spacing = 0.7, .stencil = 2, .halo = 2, .s = 0.3, .expansion = 2.0, .bias = 0.1};
  choices flat = c;
  flat.points = 10;
  flat.expansion = 0.0;
  flat.bias = 0.0;
  assert_all(compare_on_all(c, 2) > 0);
  assert_all(compare_on_all(flat, 2) > 0);
}

/* Catches, in steps of several stages: a stage that is lost or repeated, a closing kick that is forgotten or done
 * twice, a at another time, a halo that is stale between stages. */
static void steps_of_several_stages(void **state) {
  (void)state;
  static const char *const names[] = {"yoshida4", "suzuki4", "yoshida6"};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    choices c = {
        .points = 12, .spacing = 0.7, .stencil = 2, .s = 1.0, .expansion = 1.0, .bias = 0.1, .integrator = names[i]};
    assert_all(compare_on_all(c, 2) > 0);
    c.points = 13;
    c.stencil = 4;
    assert_all(compare_on_all(c, 2) > 0);
  }
}

/* Catches rows at the seams of tiles: a lattice of which the planes in flight don't fit into the cache. */
static void step_over_several_tiles(void **state) {
  (void)state;
  const bool alone = dw_comm_size(dw_comm_world()) == 1;
  choices c = {.comm = dw_comm_world(),
               .points = 181,
               .spacing = 0.7,
               .stencil = 4,
               .precision = DW_DOUBLE,
               .s = 1.0,
               .expansion = 1.0};
  const int64_t slabs[2] = {dw_comm_size(dw_comm_world()), 1};
  c.grid = slabs;
  if (dw_comm_size(dw_comm_world()) > 2) {
    skip();
  }
  compare(&c, alone ? 3 : 1, 2, false);
  if (alone) {
    c.stencil = 2;
    compare(&c, 1, 2, false);
  }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(step_equals_the_plain_leapfrog),
    cmocka_unit_test(step_with_a_wide_halo_and_fat_walls),
    cmocka_unit_test(steps_of_several_stages),
    cmocka_unit_test(step_over_several_tiles),
};

DW_TEST_MPI_MAIN(tests)
