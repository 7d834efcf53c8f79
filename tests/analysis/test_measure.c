#include <omp.h>

#include "analysis/measure.h"
#include "lattice/sum.h"
#include "tests/fields/simulation.h"
#include "tests/lattice/fixture.h"

static double phi_at(int64_t n, int64_t x, int64_t y, int64_t z) { return 1.25 * fixture_site(n, x, y, z) + 0.125; }

static double pi_at(int64_t n, int64_t x, int64_t y, int64_t z) { return 0.75 * fixture_site(n, z, x, y); }

/* A random field, and a time at which a isn't 1. */
static void fill(dw_state *state) {
  const dw_lattice *lattice = state->lattice;
  for (int64_t x = 0; x < lattice->count[0]; x++) {
    for (int64_t y = 0; y < lattice->count[1]; y++) {
      for (int64_t z = 0; z < lattice->points; z++) {
        const int64_t at[2] = {x + lattice->start[0], y + lattice->start[1]};
        dw_field_set(state->phi[0], x, y, z, phi_at(lattice->points, at[0], at[1], z));
        dw_field_set(state->pi[0], x, y, z, pi_at(lattice->points, at[0], at[1], z));
      }
    }
  }
  dw_field_touch(state->phi[0]);
  dw_field_touch(state->pi[0]);
  state->step = 7;
}

static dw_status measure_into(simulation *sim, dw_measurement *result) {
  dw_measure *measure = NULL;
  DW_TRY(dw_measure_create(&measure, sim->state));
  const dw_consumer consumer = dw_measure_consumer(measure);
  dw_measure_begin(measure);
  dw_sweep(sim->state, &consumer, 1);
  const dw_status status = dw_measure_end(measure, result);
  dw_measure_destroy(measure);
  return status;
}

/* --- the plain twin: whole lattice, doubles, definitions --- */

typedef struct twin {
  int64_t n;
  double dx;
  int order;
  const double *phi;
} twin;

static double at(const twin *t, const int64_t site[3], int direction, int64_t shift) {
  int64_t to[3] = {site[0], site[1], site[2]};
  to[direction] = (to[direction] + shift + t->n) % t->n;
  return t->phi[(to[0] * t->n + to[1]) * t->n + to[2]];
}

static double slope(const twin *t, const int64_t site[3], int d) {
  const double first = (at(t, site, d, 1) - at(t, site, d, -1)) / (2.0 * t->dx);
  const double second = (at(t, site, d, 2) - at(t, site, d, -2)) / (4.0 * t->dx);
  return t->order == 2 ? first : (4.0 * first - second) / 3.0;
}

static double weight(const twin *t, const int64_t site[3]) {
  const double g[3] = {slope(t, site, 0), slope(t, site, 1), slope(t, site, 2)};
  return sqrt(g[0] * g[0] + g[1] * g[1] + g[2] * g[2]) / (fabs(g[0]) + fabs(g[1]) + fabs(g[2]));
}

/* (there - here)^2 times the part of the way from here to there on which |phi| < 0.6. */
static double inside(double here, double there) {
  const double low = fmax(fmin(here, there), -0.6);
  const double high = fmin(fmax(here, there), 0.6);
  return here == there ? 0.0 : fmax(high - low, 0.0) / fabs(there - here) * (there - here) * (there - here);
}

/* The walls' part; sums of sites, phi'^2, links and v0 inside, and of v0 everywhere; 0.792 = (3c - c^3)/2 at c = 0.6.
 */
static void brute_force_walls(const double sum[5], double sites, double a, double s, dw_measurement *m) {
  const double density = pow(a, -1.0 - s) / sites;
  m->volume_walls = sum[0] / sites;
  m->energy_kinetic_walls = 0.5 * density * sum[1];
  m->energy_gradient_walls = 0.5 * density * sum[2];
  m->energy_potential_walls = density * pow(a, 2.0 * s) * sum[3];
  const double walls = m->energy_kinetic_walls + m->energy_gradient_walls + m->energy_potential_walls;
  const double all = m->energy_kinetic + m->energy_gradient + density * pow(a, 2.0 * s) * sum[4];
  m->energy_radiation = all - walls - (1.0 - 0.792) / 0.792 * walls;
}

/* All of a dw_measurement, a and s by their formulas; c->precision only rounds the start. */
static dw_measurement brute_force(const choices *c, const dw_model *model, double a) {
  const int64_t n = c->points;
  const double sites = (double)(n * n * n);
  double *phi = malloc((size_t)(n * n * n) * sizeof *phi);
  assert_all(phi != NULL);
  for (int64_t i = 0; i < n * n * n; i++) {
    phi[i] = phi_at(n, i / (n * n), i / n % n, i % n);
  }
  const twin t = {.n = n, .dx = c->spacing, .order = c->stencil, .phi = phi};
  const double s = c->s;
  long double sum[14] = {0.0L};
  long double area = 0.0L;
  for (int64_t i = 0; i < n * n * n; i++) {
    const int64_t site[3] = {i / (n * n), i / n % n, i % n};
    const double rate = pi_at(n, site[0], site[1], site[2]) / pow(a, 3.0 - s);
    const double well = 0.25 * (phi[i] * phi[i] - 1.0) * (phi[i] * phi[i] - 1.0);
    const double tilt = c->bias * (phi[i] * phi[i] * phi[i] / 3.0 - phi[i]);
    const double w = fabs(phi[i]) < 1.0 ? 4.0 * well : 0.0;
    double gradient = 0.0;
    double centred = 0.0;
    double links = 0.0;
    for (int d = 0; d < 3; d++) {
      const double one = (at(&t, site, d, 1) - phi[i]) / c->spacing;
      const double two = (at(&t, site, d, 2) - phi[i]) / c->spacing;
      gradient += c->stencil == 2 ? one * one : 4.0 / 3.0 * one * one - two * two / 12.0;
      const double far = inside(phi[i], at(&t, site, d, 2));
      const double near = inside(phi[i], at(&t, site, d, 1));
      links += (c->stencil == 2 ? near : 4.0 / 3.0 * near - far / 12.0) / (c->spacing * c->spacing);
      centred += slope(&t, site, d) * slope(&t, site, d);
      int64_t next[3] = {site[0], site[1], site[2]};
      next[d] = (next[d] + 1) % n;
      if ((phi[i] > 0.0) != (at(&t, site, d, 1) > 0.0)) { /* the link to the next site */
        area += 0.5 * (weight(&t, site) + weight(&t, next));
      }
    }
    const double wall = fabs(phi[i]) < 0.6 ? 1.0 : 0.0;
    const double values[14] = {phi[i], phi[i] * phi[i],    rate * rate, gradient,   well,
                               tilt,   w * rate * rate,    w * centred, w * well,   phi[i] > 0.0 ? 1.0 : 0.0,
                               wall,   wall * rate * rate, links,       wall * well};
    for (int v = 0; v < 14; v++) {
      sum[v] += (long double)values[v];
    }
  }
  free(phi);
  const double density = pow(a, -1.0 - s) / sites;
  const double walls = model->potential->width > 0.0 ? 1.0 : 0.0;
  dw_measurement m = {.phi_mean = (double)sum[0] / sites,
                      .phi_rms = sqrt((double)sum[1] / sites),
                      .energy_kinetic = 0.5 * density * (double)sum[2],
                      .energy_gradient = 0.5 * density * (double)sum[3],
                      .energy_potential =
                          density * (pow(a, 2.0 * s) * (double)sum[4] + pow(a, 1.0 + s) * (double)sum[5]),
                      .area = walls * (double)area / (sites * c->spacing),
                      .velocity = sqrt((double)(sum[6] / sum[7])),
                      .gamma_velocity = sqrt(0.5 * (double)sum[6] / (pow(a, 2.0 * s) * (double)sum[8])),
                      .fraction_positive = (double)sum[9] / sites};
  const double inside_sums[5] = {(double)sum[10], (double)sum[11], (double)sum[12], (double)sum[13], (double)sum[4]};
  brute_force_walls(inside_sums, sites, a, s, &m);
  return m;
}

static void check_close(const dw_measurement *found, const dw_measurement *expected, double rtol) {
  assert_all_close(found->phi_mean, expected->phi_mean, rtol, 1e-15);
  assert_all_close(found->phi_rms, expected->phi_rms, rtol, 0.0);
  assert_all_close(found->energy_kinetic, expected->energy_kinetic, rtol, 0.0);
  assert_all_close(found->energy_gradient, expected->energy_gradient, rtol, 0.0);
  assert_all_close(found->energy_potential, expected->energy_potential, rtol, 0.0);
  assert_all_close(found->area, expected->area, rtol, 0.0);
  assert_all_close(found->velocity, expected->velocity, rtol, 0.0);
  assert_all_close(found->gamma_velocity, expected->gamma_velocity, rtol, 0.0);
  assert_all_close(found->fraction_positive, expected->fraction_positive, rtol, 0.0);
  assert_all_close(found->volume_walls, expected->volume_walls, rtol, 0.0);
  assert_all_close(found->energy_kinetic_walls, expected->energy_kinetic_walls, rtol, 0.0);
  assert_all_close(found->energy_gradient_walls, expected->energy_gradient_walls, rtol, 0.0);
  assert_all_close(found->energy_potential_walls, expected->energy_potential_walls, rtol, 0.0);
  const double energy = expected->energy_kinetic + expected->energy_gradient;
  assert_all_close(found->energy_radiation, expected->energy_radiation, 0.0, rtol * energy);
}

static dw_measurement filled_and_measured(const choices *c, int threads, bool stepped) {
  const int before = omp_get_max_threads();
  simulation sim;
  dw_measurement result;
  omp_set_num_threads(threads);
  assert_all_ok(simulation_open(&sim, c));
  fill(sim.state);
  if (stepped) {
    dw_step(sim.state);
  }
  assert_all_ok(measure_into(&sim, &result));
  simulation_close(&sim);
  omp_set_num_threads(before);
  return result;
}

/* On every process grid that fits and one and two threads. */
static void check_choices(choices c) {
  const int64_t processes = dw_comm_size(dw_comm_world());
  dw_model model;
  assert_all_ok(simulation_model(&model, &c));
  const double a = dw_background_scale_factor(&model.background, model.background.tau_start + 7 * 0.1);
  const dw_measurement expected = brute_force(&c, &model, a);
  const dw_measurement alone[2] = {filled_and_measured(&c, 1, false), filled_and_measured(&c, 1, true)};
  c.comm = dw_comm_world();
  int ran = 0;
  for (int64_t across = 1; across <= processes; across++) {
    const int64_t grid[2] = {across, processes / across};
    if (processes % across != 0 || dw_grid_check(c.points, 1, c.stencil / 2, (int)processes, grid) != DW_OK) {
      continue;
    }
    c.grid = grid;
    for (int threads = 1; threads <= 2; threads++) {
      const dw_measurement still = filled_and_measured(&c, threads, false);
      const dw_measurement stepped = filled_and_measured(&c, threads, true);
      check_close(&still, &expected, c.precision == DW_SINGLE ? 3e-7 : 1e-13);
      assert_all(memcmp(&still, &alone[0], sizeof still) == 0);
      assert_all(memcmp(&stepped, &alone[1], sizeof stepped) == 0);
      ran++;
    }
  }
  assert_all(ran > 0);
}

/* Catches any sum that isn't its definition: weights, powers of a, periodic ends and remainders of rows, links met once
 * or from one side, a mask, share or bias that doesn't belong to the walls' energies, and last bits that depend on
 * processes or threads. */
static void sums_equal_plain_loops(void **state) {
  (void)state;
  const int64_t sizes[] = {8, 9, 13, 20};
  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
    for (int order = 2; order <= 4; order += 2) {
      choices c = {.points = sizes[i],
                   .spacing = 0.6,
                   .stencil = order,
                   .s = 1.0,
                   .expansion = 1.0,
                   .bias = 0.07,
                   .precision = DW_DOUBLE};
      check_choices(c);
      c.s = 0.3;
      c.expansion = 2.0;
      check_choices(c);
      c.precision = DW_SINGLE;
      check_choices(c);
    }
  }
}

/* Catches a NaN or infinity that one process meets and the others don't hear of, that integer or masked sums swallow,
 * and one that stays in the sums of the next measurement. */
static void nonfinite_fields_are_reported_by_all(void **state) {
  (void)state;
  const double bad[] = {(double)NAN, (double)INFINITY, -(double)INFINITY};
  const choices c = {.comm = dw_comm_world(), .points = 9, .spacing = 0.6};
  const bool last = dw_comm_rank(dw_comm_world()) == dw_comm_size(dw_comm_world()) - 1;
  simulation sim;
  dw_measurement result;
  dw_measure *measure = NULL;
  assert_all_ok(simulation_open(&sim, &c));
  assert_all_ok(dw_measure_create(&measure, sim.state));
  const dw_consumer consumer = dw_measure_consumer(measure);
  for (int i = 0; i < 6; i++) {
    fill(sim.state);
    if (last) {
      dw_field_set(i < 3 ? sim.state->phi[0] : sim.state->pi[0], 0, 0, 8, bad[i % 3]);
    }
    dw_measure_begin(measure);
    dw_sweep(sim.state, &consumer, 1);
    assert_all_status(dw_measure_end(measure, &result), DW_ERR_INVALID);
    fill(sim.state);
    dw_measure_begin(measure);
    dw_sweep(sim.state, &consumer, 1);
    assert_all_ok(dw_measure_end(measure, &result));
    assert_all(isfinite(result.phi_rms));
  }
  assert_all_status(measure_into(&sim, &result), DW_OK);
  dw_measure_destroy(measure);
  simulation_close(&sim);
}

/* Catches an area, velocity or energy of "walls" where the potential has none, and a field at rest in its vacuum that
 * divides zero by zero. */
static void no_walls(void **state) {
  (void)state;
  choices c = {.comm = dw_comm_world(), .points = 12, .spacing = 0.6, .potential = "free", .mass = 0.8};
  simulation sim;
  dw_measurement result;
  assert_all_ok(simulation_open(&sim, &c));
  fill(sim.state);
  assert_all_ok(measure_into(&sim, &result));
  assert_all(isnan(result.velocity) && isnan(result.gamma_velocity) && result.area == 0.0);
  assert_all_close(result.energy_potential, 0.5 * 0.64 * result.phi_rms * result.phi_rms, 1e-13, 0.0);
  assert_all(result.volume_walls == 0.0 && result.energy_gradient_walls == 0.0);
  assert_all_close(result.energy_radiation, result.energy_kinetic + result.energy_gradient + result.energy_potential,
                   1e-13, 0.0);
  simulation_close(&sim);
  c.potential = "double-well";
  assert_all_ok(simulation_open(&sim, &c));
  const dw_initial vacuum = {.kind = "mode", .mean = 1.0};
  assert_all_ok(simulation_start(&sim, &vacuum));
  assert_all_ok(measure_into(&sim, &result));
  assert_all(isnan(result.velocity) && isnan(result.gamma_velocity) && result.area == 0.0);
  assert_all(result.fraction_positive == 1.0 && result.energy_potential == 0.0);
  assert_all(result.volume_walls == 0.0 && result.energy_radiation == 0.0);
  simulation_close(&sim);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(sums_equal_plain_loops),
    cmocka_unit_test(nonfinite_fields_are_reported_by_all),
    cmocka_unit_test(no_walls),
};

DW_TEST_MPI_MAIN(tests)
