/* Energies inside walls and the radiation outside, of fields of which both are known. */
#include <stdio.h>

#include "tests/dw_test.h"
#include "tests/fields/measured.h"

static const double TWO_PI = 6.283185307179586476925286766559;
static const double DELTA = 1.4142135623730951; /* comoving width at a = 1 */
static const double SHARE = 0.792;              /* (3c - c^3)/2 of the double well at c = 0.6 */

static double energy(const dw_measurement *m) { return m->energy_kinetic + m->energy_gradient + m->energy_potential; }

static double inside(const dw_measurement *m) {
  return m->energy_kinetic_walls + m->energy_gradient_walls + m->energy_potential_walls;
}

/* --- a potential unlike the double well: v0 = (1 - psi^4)^2/2, psi = (phi - 1)/2, vacua -1 and 3 --- */

/* Of its kink: dpsi/dx = (1 - psi^4)/2, so artanh psi + arctan psi = x; share (5c - c^5)/4. */
static void flat_top_value(const dw_potential_values *values, const dw_instant *at, const void *const *phi, double *v0,
                           double *vb, ptrdiff_t n) {
  (void)values;
  (void)at;
  const double *f = phi[0];
  for (ptrdiff_t z = 0; z < n; z++) {
    const double psi = 0.5 * (f[z] - 1.0);
    v0[z] = 0.5 * pow(1.0 - pow(psi, 4.0), 2.0);
    vb[z] = 0.0;
  }
}

static const dw_potential flat_top = {.name = "flat-top",
                                      .components = 1,
                                      .value = {NULL, flat_top_value},
                                      .minimum = {-1.0, 3.0},
                                      .barrier = 0.5,
                                      .tension = 3.2,
                                      .width = 1.0};

static double flat_top_kink(double x) {
  double low = -1.0;
  double high = 1.0;
  for (int i = 0; i < 60; i++) {
    const double psi = 0.5 * (low + high);
    *(atanh(psi) + atan(psi) < x ? &low : &high) = psi;
  }
  return 1.0 + low + high;
}

static double double_well_kink(double x) { return tanh(x / DELTA); }

/* --- planes --- */

typedef struct planes {
  int64_t normal[3];
  double velocity;
  double offset; /* along the period, in units of the lattice's N phases */
  double (*kink)(double x);
} planes;

/* A kink and its mirror a period, of comoving width delta/a^s, moving with +velocity and -velocity along the normal;
 * the field is cut together in the vacua, where 1 - phi^2 must be small. Phases n.x/L take N values. */
static void set_planes(simulation *sim, const planes *p) {
  const int64_t n = sim->lattice->points;
  const int64_t *k = p->normal;
  const double a = dw_state_scale_factor(sim->state);
  const double gamma = 1.0 / sqrt(1.0 - p->velocity * p->velocity);
  const double stretch = gamma * pow(a, sim->model.s);
  const double period = sim->lattice->length / sqrt((double)(k[0] * k[0] + k[1] * k[1] + k[2] * k[2]));
  double phi[512];
  double rate[512];
  for (int64_t i = 0; i < n; i++) {
    const double u = fmod((double)i + p->offset, (double)n) / (double)n * period;
    const double x = u < 0.5 * period ? u - 0.25 * period : 0.75 * period - u;
    const double h = 1e-5;
    phi[i] = p->kink(stretch * x);
    rate[i] = -p->velocity * stretch * (p->kink(stretch * x + h) - p->kink(stretch * x - h)) / (2.0 * h);
  }
  const double weight = dw_model_at(&sim->model, dw_state_tau(sim->state)).momentum;
  for (int64_t row = 0; row < n * n; row++) {
    int64_t phase = ((k[0] * (row / n) + k[1] * (row % n)) % n + n) % n;
    for (int64_t z = 0; z < n; z++) {
      dw_field_set(sim->state->phi[0], row / n, row % n, z, phi[phase]);
      dw_field_set(sim->state->pi[0], row / n, row % n, z, weight * rate[phase]);
      phase += k[2];
      phase += phase < 0 ? n : phase >= n ? -n : 0;
    }
  }
  dw_field_touch(sim->state->phi[0]);
  dw_field_touch(sim->state->pi[0]);
}

/* The mean over places between two sites: a single plane has its sites anywhere in the mask's ends. */
static dw_measurement measure_planes(simulation *sim, planes p, int places) {
  dw_measurement mean = {0};
  for (int i = 0; i < places; i++) {
    p.offset = (double)i / places;
    set_planes(sim, &p);
    const dw_measurement m = simulation_measure(sim);
    mean.energy_kinetic += m.energy_kinetic / places;
    mean.energy_gradient += m.energy_gradient / places;
    mean.energy_potential += m.energy_potential / places;
    mean.volume_walls += m.volume_walls / places;
    mean.energy_kinetic_walls += m.energy_kinetic_walls / places;
    mean.energy_gradient_walls += m.energy_gradient_walls / places;
    mean.energy_potential_walls += m.energy_potential_walls / places;
    mean.energy_radiation += m.energy_radiation / places;
  }
  return mean;
}

/* Catches a share that isn't the integral, a mask that isn't about the middle of the vacua, and a bias in it. */
static void shares(void **state) {
  (void)state;
  const choices c = {.bias = 0.3};
  dw_model model;
  assert_ok(simulation_model(&model, &c));
  for (int i = 0; i <= 10; i++) {
    const double x = 0.1 * i;
    model.potential = &flat_top;
    assert_close(dw_measure_share(&model, x), (5.0 * x - pow(x, 5.0)) / 4.0, 0.0, 1e-8);
    assert_ok(dw_potential_find(&model.potential, "double-well"));
    assert_close(dw_measure_share(&model, x), (3.0 * x - x * x * x) / 2.0, 0.0, 1e-14);
    assert_ok(dw_potential_find(&model.potential, "free"));
    assert_close(dw_measure_share(&model, x), 1.0, 0.0, 0.0);
  }
  assert_ok(dw_potential_find(&model.potential, "double-well"));
  assert_close(dw_measure_share(&model, DW_WALL_MASK), SHARE, 1e-14, 0.0);
}

/* What static walls leave, relative to their energy; *volume is that inside over S times the mask's width, minus 1. */
static double rest_error(int64_t points, double resolution, int order, const int64_t n[3], double *volume) {
  const choices c = {.points = points, .spacing = DELTA / resolution, .stencil = order};
  simulation sim;
  assert_ok(simulation_open(&sim, &c));
  const planes p = {.normal = {n[0], n[1], n[2]}, .kink = double_well_kink};
  const dw_measurement m = measure_planes(&sim, p, resolution > 2.0 ? 128 : 32);
  assert_true(m.energy_kinetic_walls == 0.0);
  assert_close(m.energy_gradient_walls, m.energy_potential_walls,
               (order == 2 ? 0.12 : 0.04) / (resolution * resolution), 0.0);
  assert_close(m.energy_radiation, energy(&m) - inside(&m) - (1.0 - SHARE) / SHARE * inside(&m), 0.0, 1e-15);
  const double area = 2.0 * sqrt((double)(n[0] * n[0] + n[1] * n[1] + n[2] * n[2])) / sim.lattice->length;
  *volume = m.volume_walls / (area * 2.0 * atanh(DW_WALL_MASK) * DELTA) - 1.0;
  simulation_close(&sim);
  return m.energy_radiation / energy(&m);
}

/* Catches a share of the tension, a direction or a link that is missing, and gradients counted beside the mask: walls
 * at rest leave no radiation, whatever their orientation. */
static void walls_at_rest_leave_no_radiation(void **state) {
  (void)state;
  const int64_t normals[][3] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {1, 1, 0}, {1, -1, 0}, {1, 1, 1}, {2, 1, 0}};
  for (size_t i = 0; i < sizeof normals / sizeof normals[0]; i++) {
    for (int order = 2; order <= 4; order += 2) {
      const int64_t *n = normals[i];
      double volume = 0.0;
      const double rest = rest_error(48, 2.0, order, n, &volume);
      print_message("walls (%d,%d,%d) at rest, stencil %d, delta/dx = 2: radiation %+.1e of the energy, volume %+.1e\n",
                    (int)n[0], (int)n[1], (int)n[2], order, rest, volume);
      assert_close(rest, 0.0, 0.0, order == 2 ? 0.03 / 4.0 : 1.5e-3);
      assert_close(volume, 0.0, 0.0, 0.01);
    }
  }
}

/* Catches an error that finer lattices don't take away. */
static void finer_lattices_leave_less(void **state) {
  (void)state;
  const int64_t normal[3] = {0, 0, 1};
  for (int order = 2; order <= 4; order += 2) {
    double volume = 0.0;
    const double rest = rest_error(48, 4.0, order, normal, &volume);
    print_message("walls at rest, stencil %d, delta/dx = 4: radiation %+.1e of the energy, volume %+.1e\n", order, rest,
                  volume);
    assert_close(rest, 0.0, 0.0, order == 2 ? 0.03 / 16.0 : 6e-4);
    assert_close(volume, 0.0, 0.0, 5e-3);
  }
}

/* Catches masks and shares that are the double well's, used for another potential. */
static void another_potential(void **state) {
  (void)state;
  const choices c = {.points = 64, .spacing = 0.25, .stencil = 4};
  simulation sim;
  assert_ok(simulation_open(&sim, &c));
  sim.model.potential = &flat_top;
  const planes p = {.normal = {0, 1, 0}, .kink = flat_top_kink};
  const dw_measurement m = measure_planes(&sim, p, 32);
  const double area = 2.0 / sim.lattice->length;
  print_message("another potential: energy over sigma S %+.1e, inside %+.1e of its share, radiation %+.1e\n",
                energy(&m) / (flat_top.tension * area) - 1.0, inside(&m) / energy(&m) / 0.73056 - 1.0,
                m.energy_radiation / energy(&m));
  assert_close(energy(&m), flat_top.tension * area, 1e-3, 0.0);
  assert_close(inside(&m) / energy(&m), 0.73056, 1e-3, 0.0); /* (5c - c^5)/4 */
  assert_close(m.energy_radiation / energy(&m), 0.0, 0.0, 1e-3);
  simulation_close(&sim);
}

/* Catches shares that depend on motion, and powers of a: each energy of a boosted kink has the same share, and
 * K : G : P = (gamma v)^2 : gamma^2 : 1. */
static void moving_walls(void **state) {
  (void)state;
  const double speeds[] = {0.3, 0.6, 0.8};
  for (size_t i = 0; i < 3; i++) {
    for (int flat = 0; flat < 2; flat++) {
      const double v = speeds[i];
      const double gamma2 = 1.0 / (1.0 - v * v);
      const choices c = {.points = 48, .spacing = 0.3, .stencil = 4, .s = 0.5, .expansion = flat ? 0.0 : 1.0};
      simulation sim;
      assert_ok(simulation_open(&sim, &c));
      sim.state->step = 5;
      const planes p = {.normal = {0, 0, -1}, .velocity = v, .kink = double_well_kink};
      const dw_measurement m = measure_planes(&sim, p, 64);
      const double part[3] = {m.energy_kinetic_walls / m.energy_kinetic, m.energy_gradient_walls / m.energy_gradient,
                              m.energy_potential_walls / m.energy_potential};
      print_message("moving wall, v = %.1f, a = %.2f: shares %+.1e %+.1e %+.1e, radiation %+.1e\n", v,
                    dw_state_scale_factor(sim.state), part[0] / SHARE - 1.0, part[1] / SHARE - 1.0,
                    part[2] / SHARE - 1.0, m.energy_radiation / energy(&m));
      for (int j = 0; j < 3; j++) {
        assert_close(part[j], SHARE, 3e-3, 0.0);
      }
      assert_close(m.energy_kinetic_walls / m.energy_potential_walls, gamma2 * v * v, 3e-3, 0.0);
      assert_close(m.energy_gradient_walls / m.energy_potential_walls, gamma2, 3e-3, 0.0);
      assert_close(m.energy_radiation / energy(&m), 0.0, 0.0, 1e-3);
      simulation_close(&sim);
    }
  }
}

/* Catches radiation in the walls' energies, and the energy of a false vacuum in either. */
static void vacuum_oscillates(void **state) {
  (void)state;
  for (int biased = 0; biased < 2; biased++) {
    for (int side = -1; side <= 1; side += 2) {
      const choices c = {.points = 12, .spacing = 0.5, .bias = biased ? 0.1 : 0.0, .s = 0.5, .expansion = 1.0};
      simulation sim;
      assert_ok(simulation_open(&sim, &c));
      sim.state->step = 7;
      for (int swing = 0; swing <= 1; swing++) {
        const double phi = side * (1.0 - 0.25 * swing);
        const double rate = 0.3 * swing;
        const double a = dw_state_scale_factor(sim.state);
        for (int64_t i = 0; i < 12 * 12 * 12; i++) {
          dw_field_set(sim.state->phi[0], i / 144, i / 12 % 12, i % 12, phi);
          dw_field_set(sim.state->pi[0], i / 144, i / 12 % 12, i % 12, pow(a, 2.5) * rate);
        }
        dw_field_touch(sim.state->phi[0]);
        dw_field_touch(sim.state->pi[0]);
        const dw_measurement m = simulation_measure(&sim);
        const double expected = 0.5 * rate * rate * pow(a, -1.5) + pow(a, -0.5) * 0.25 * pow(phi * phi - 1.0, 2.0);
        assert_true(m.volume_walls == 0.0 && inside(&m) == 0.0);
        assert_close(m.energy_radiation, expected, 1e-13, 0.0);
        assert_true(biased ? fabs(energy(&m) - m.energy_radiation) > 0.05 : energy(&m) == m.energy_radiation);
      }
      simulation_close(&sim);
    }
  }
}

/* Adds a standing and a running wave, off the normal of the walls. */
static void add_waves(simulation *sim, double amplitude) {
  const int64_t n = sim->lattice->points;
  const int64_t k[2][3] = {{2, 4, 5}, {-3, 1, 7}};
  for (int64_t i = 0; i < n * n * n; i++) {
    const int64_t at[3] = {i / (n * n), i / n % n, i % n};
    double phi = dw_field_get(sim->state->phi[0], at[0], at[1], at[2]);
    double pi = dw_field_get(sim->state->pi[0], at[0], at[1], at[2]);
    for (int j = 0; j < 2; j++) {
      const double size =
          TWO_PI / sim->lattice->length * sqrt((double)(k[j][0] * k[j][0] + k[j][1] * k[j][1] + k[j][2] * k[j][2]));
      const double phase = TWO_PI / (double)n * (double)(k[j][0] * at[0] + k[j][1] * at[1] + k[j][2] * at[2]);
      phi += amplitude * cos(phase);
      pi += j == 0 ? 0.0 : amplitude * sqrt(size * size + 2.0) * sin(phase);
    }
    dw_field_set(sim->state->phi[0], at[0], at[1], at[2], phi);
    dw_field_set(sim->state->pi[0], at[0], at[1], at[2], pi);
  }
  dw_field_touch(sim->state->phi[0]);
  dw_field_touch(sim->state->pi[0]);
}

typedef struct recovered {
  double waves;     /* their energy over that of the walls */
  double radiation; /* the mean of energy_radiation over that outside the mask, the energy of the waves times 1 - V */
  double walls;     /* what is inside over the share, over the energy of the walls alone */
} recovered;

/* Adds what walls at `offset` and waves show up to t = 12 in flat space, `weight` of the mean. */
static void add_run(double amplitude, double offset, double weight, recovered *mean) {
  const choices c = {.points = 72, .spacing = 0.5, .dtau = 0.1};
  const planes p = {.normal = {0, 0, 1}, .kink = double_well_kink, .offset = offset};
  simulation sim;
  assert_ok(simulation_open(&sim, &c));
  set_planes(&sim, &p);
  const dw_measurement alone = simulation_measure(&sim);
  add_waves(&sim, amplitude);
  const dw_measurement both = simulation_measure(&sim);
  const double waves = energy(&both) - energy(&alone);
  enum { LOOKS = 12 };
  for (int look = 0; look < LOOKS; look++) {
    const dw_measurement m = simulation_measure(&sim);
    mean->radiation += weight * m.energy_radiation / (waves * (1.0 - alone.volume_walls)) / LOOKS;
    mean->walls += weight * inside(&m) / SHARE / energy(&alone) / LOOKS;
    for (int step = 0; step < 10; step++) {
      dw_step(sim.state);
    }
  }
  mean->waves += weight * waves / energy(&alone);
  simulation_close(&sim);
}

/* Catches radiation that is lost or counted twice, and walls whose energy changes in first order of the waves'. */
static void waves_between_walls_are_recovered(void **state) {
  (void)state;
  const double amplitudes[] = {0.05, 0.1};
  for (size_t i = 0; i < 2; i++) {
    recovered r = {0};
    for (int place = 0; place < 4; place++) {
      add_run(amplitudes[i], 0.25 * place + 0.12, 0.25, &r);
    }
    print_message(
        "walls and two waves of amplitude %.2f: waves have %.3f of the walls' energy; radiation %.4f of what is "
        "outside, walls %.4f of their energy\n",
        amplitudes[i], r.waves, r.radiation, r.walls);
    assert_close(r.radiation, 1.0, 0.0, 0.05);
    assert_close(r.walls, 1.0, 0.0, 0.2 * r.waves);
  }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(shares),
    cmocka_unit_test(walls_at_rest_leave_no_radiation),
    cmocka_unit_test(finer_lattices_leave_less),
    cmocka_unit_test(another_potential),
    cmocka_unit_test(moving_walls),
    cmocka_unit_test(vacuum_oscillates),
    cmocka_unit_test(waves_between_walls_are_recovered),
};

int main(void) { return cmocka_run_group_tests(tests, NULL, NULL); }
