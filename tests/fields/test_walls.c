/* Energy conservation, and planar walls at rest and in motion, in flat space. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/dw_test.h"
#include "tests/fields/measured.h"

static const double SIGMA = 0.94280904158206336586779248280647;
static const double DELTA = 1.4142135623730950488016887242097;

static double energy(const dw_measurement *m) { return m->energy_kinetic + m->energy_gradient + m->energy_potential; }

/* Worst relative change of the energy up to t = 12, looked at every 0.6. */
static double energy_drift(int order, double dtau, double bias) {
  const choices c = {.points = 24, .spacing = 0.7, .stencil = order, .dtau = dtau, .bias = bias};
  simulation sim;
  assert_ok(simulation_open(&sim, &c));
  const dw_initial noise = {.kind = "white-noise", .seed = 5, .rms = 0.8, .cutoff = 1.3};
  assert_ok(simulation_start(&sim, &noise));
  const dw_measurement first = simulation_measure(&sim);
  double worst = 0.0;
  for (int look = 1; look <= 20; look++) {
    for (int step = 0; step < (int)lrint(0.6 / dtau); step++) {
      dw_step(sim.state);
    }
    const dw_measurement m = simulation_measure(&sim);
    const double change = fabs(energy(&m) / energy(&first) - 1.0);
    worst = change > worst ? change : worst;
  }
  simulation_close(&sim);
  return worst;
}

/* Catches a force that isn't the variation of the energy, a gradient energy of another stencil, phi' at another time
 * than phi, and an integrator of lower order. */
static void energy_is_conserved(void **state) {
  (void)state;
  for (int order = 2; order <= 4; order += 2) {
    for (int biased = 0; biased < 2; biased++) {
      const double bias = biased ? 0.1 : 0.0;
      const double drift[3] = {energy_drift(order, 0.1, bias), energy_drift(order, 0.05, bias),
                               energy_drift(order, 0.025, bias)};
      print_message("energy, stencil %d, bias %.1f: changes by %.2e %.2e %.2e at dtau = 0.1 0.05 0.025, order %.3f\n",
                    order, bias, drift[0], drift[1], drift[2], order_of(drift[1], drift[2]));
      assert_close(order_of(drift[1], drift[2]), 2.0, 0.0, 0.1);
      assert_true(drift[2] < 1e-3);
    }
  }
}

/* A wall and its mirror in a box of `side` wall widths; what they feel of each other is 12 exp(-side) of the tension.
 */
static choices wall_choices(int order, int64_t points, double side) {
  const double spacing = side * DELTA / (double)points;
  return (choices){.points = points, .spacing = spacing, .stencil = order, .dtau = 0.25 * spacing};
}

/* Two walls a period L/|n|, so their area is 2|n| L^2. */
static double wall_area(const simulation *sim, const int64_t n[3]) {
  return 2.0 * sqrt((double)(n[0] * n[0] + n[1] * n[1] + n[2] * n[2])) / sim->lattice->length;
}

typedef struct rest {
  double tension;  /* of the sampled profile, relative error */
  double energy;   /* of the wall that has settled */
  double change;   /* largest |phi - start| up to t = 20 */
  double velocity; /* largest */
} rest;

static rest wall_at_rest(int order, int64_t points, bool evolve) {
  const choices c = wall_choices(order, points, 20.0);
  simulation sim;
  assert_ok(simulation_open(&sim, &c));
  const dw_initial walls = {.kind = "walls", .normal = {0, 0, 1}};
  assert_ok(simulation_start(&sim, &walls));
  double profile[512];
  rest r = {0};
  for (int64_t z = 0; z < points; z++) {
    profile[z] = dw_field_get(sim.state->phi[0], 0, 0, z);
    const double x = c.spacing * (double)z;
    const double expected = x < 10.0 * DELTA ? tanh((x - 5.0 * DELTA) / DELTA) : tanh((15.0 * DELTA - x) / DELTA);
    assert_close(profile[z], expected, 0.0, 1e-3); /* the others add 4 exp(-10) */
  }
  const dw_measurement m = simulation_measure(&sim);
  r.tension = energy(&m) / (wall_area(&sim, walls.normal) * SIGMA) - 1.0;
  while (evolve && dw_state_tau(sim.state) < 20.0) {
    dw_step(sim.state);
    for (int64_t z = 0; z < points; z++) {
      const double change = fabs(dw_field_get(sim.state->phi[0], 1, 2, z) - profile[z]);
      r.change = change > r.change ? change : r.change;
    }
    if (sim.state->step % 8 == 0) {
      const dw_measurement now = simulation_measure(&sim);
      r.velocity = now.velocity > r.velocity ? now.velocity : r.velocity;
    }
  }
  simulation_close(&sim);
  return r;
}

/* Catches a wrong profile or tension, walls that move or breathe by more than the error of the stencil. */
static void walls_stay_at_rest(void **state) {
  (void)state;
  for (int order = 2; order <= 4; order += 2) {
    const rest coarse = wall_at_rest(order, 40, true);
    const rest middle = wall_at_rest(order, 80, true);
    const rest fine = wall_at_rest(order, 160, false);
    print_message(
        "static wall, stencil %d: tension %+.2e %+.2e %+.2e at delta/dx = 2 4 8, order %.2f; moves by at most "
        "%.2e %.2e, v at most %.1e %.1e\n",
        order, coarse.tension, middle.tension, fine.tension, order_of(fabs(middle.tension), fabs(fine.tension)),
        coarse.change, middle.change, coarse.velocity, middle.velocity);
    assert_close(order_of(fabs(middle.tension), fabs(fine.tension)), (double)order, 0.0, 0.15);
    assert_true(fabs(middle.tension) < (order == 2 ? 5e-3 : 5e-4));
    assert_close(order_of(coarse.change, middle.change), (double)order, 0.0, 0.6);
    assert_true(middle.change < (order == 2 ? 1e-2 : 1e-3) && middle.velocity < (order == 2 ? 1e-2 : 1e-3));
  }
}

/* Where phi changes sign upwards along the normal, in units of the period, from the phase of all crossing links. */
static double wall_phase(const simulation *sim, const int64_t n[3]) {
  const int64_t points = sim->lattice->points;
  double cosine = 0.0;
  double sine = 0.0;
  const int axis = n[2] != 0 ? 2 : n[1] != 0 ? 1 : 0;
  for (int64_t i = 0; i < points * points; i++) {
    for (int64_t j = 0; j < points; j++) {
      int64_t at[3];
      at[(axis + 1) % 3] = i / points;
      at[(axis + 2) % 3] = i % points;
      at[axis] = j;
      int64_t next[3] = {at[0], at[1], at[2]};
      next[axis] = (j + 1) % points;
      const double here = dw_field_get(sim->state->phi[0], at[0], at[1], at[2]);
      const double there = dw_field_get(sim->state->phi[0], next[0], next[1], next[2]);
      const bool upwards = n[axis] > 0 ? here <= 0.0 && there > 0.0 : here > 0.0 && there <= 0.0;
      if (upwards) {
        double phase = 0.0;
        for (int d = 0; d < 3; d++) {
          phase += (double)(n[d] * at[d]) / (double)points;
        }
        phase += (double)n[axis] * here / (here - there) / (double)points;
        cosine += cos(6.283185307179586 * phase);
        sine += sin(6.283185307179586 * phase);
      }
    }
  }
  return atan2(sine, cosine) / 6.283185307179586;
}

typedef struct moving {
  double distance; /* over v t, minus 1 */
  double velocity; /* over v, minus 1 */
  double gamma_velocity;
  double energy; /* over gamma sigma S, minus 1 */
} moving;

/* A pair that moves for t = 8 along n; velocities are means over the second half of the run. */
static moving wall_in_motion(int order, int64_t points, const int64_t n[3], double side, double v) {
  const choices c = wall_choices(order, points, side);
  simulation sim;
  assert_ok(simulation_open(&sim, &c));
  const dw_initial walls = {.kind = "walls", .normal = {n[0], n[1], n[2]}, .velocity = v};
  assert_ok(simulation_start(&sim, &walls));
  const double gamma = 1.0 / sqrt(1.0 - v * v);
  const double period = sim.lattice->length / sqrt((double)(n[0] * n[0] + n[1] * n[1] + n[2] * n[2]));
  const int steps = (int)lrint(8.0 / c.dtau);
  moving result = {0};
  int looks = 0;
  for (int step = 1; step <= steps; step++) {
    dw_step(sim.state);
    if (2 * step > steps && step % 8 == 0) {
      const dw_measurement m = simulation_measure(&sim);
      result.velocity += m.velocity;
      result.gamma_velocity += m.gamma_velocity;
      result.energy += energy(&m);
      looks++;
    }
  }
  double travelled = (wall_phase(&sim, n) - 0.25) * period;
  const double expected = v * c.dtau * steps;
  travelled += period * rint((expected - travelled) / period);
  result.distance = travelled / expected - 1.0;
  result.velocity = result.velocity / looks / v - 1.0;
  result.gamma_velocity = result.gamma_velocity / looks / (gamma * v) - 1.0;
  result.energy = result.energy / looks / (gamma * SIGMA * wall_area(&sim, n)) - 1.0;
  simulation_close(&sim);
  return result;
}

/* Catches a boost of the wrong sign or gamma, velocities of the wrong definition, and walls that the lattice slows. */
static void moving_walls(void **state) {
  (void)state;
  const int64_t n[3] = {0, 0, 1};
  const double speeds[] = {0.3, 0.6, 0.8};
  for (int order = 2; order <= 4; order += 2) {
    for (size_t i = 0; i < 3; i++) {
      const double tolerance = order == 2 ? (speeds[i] > 0.7 ? 0.03 : 0.02) : 0.005;
      const moving coarse = wall_in_motion(order, 32, n, 16.0, speeds[i]);
      const moving fine = wall_in_motion(order, 64, n, 16.0, speeds[i]);
      print_message(
          "moving wall, stencil %d, v = %.1f, delta/dx = 2 | 4: distance %+.2e | %+.2e, v %+.2e | %+.2e, gamma v "
          "%+.2e | %+.2e, energy %+.2e | %+.2e\n",
          order, speeds[i], coarse.distance, fine.distance, coarse.velocity, fine.velocity, coarse.gamma_velocity,
          fine.gamma_velocity, coarse.energy, fine.energy);
      print_message("  order: distance %.2f, v %.2f, gamma v %.2f, energy %.2f\n",
                    order_of(fabs(coarse.distance), fabs(fine.distance)),
                    order_of(fabs(coarse.velocity), fabs(fine.velocity)),
                    order_of(fabs(coarse.gamma_velocity), fabs(fine.gamma_velocity)),
                    order_of(fabs(coarse.energy), fabs(fine.energy)));
      assert_close(fine.distance, 0.0, 0.0, tolerance);
      assert_close(fine.velocity, 0.0, 0.0, tolerance);
      assert_close(fine.gamma_velocity, 0.0, 0.0, tolerance);
      assert_close(fine.energy, 0.0, 0.0, tolerance);
    }
  }
}

/* Catches a normal whose components are mixed up, and motion that depends on the orientation. */
static void moving_walls_of_every_orientation(void **state) {
  (void)state;
  const int64_t normals[][3] = {{1, 0, 0}, {0, 1, 0}, {1, 1, 0}, {1, 1, 1}, {1, -1, 0}, {2, 1, 0}};
  for (size_t i = 0; i < sizeof normals / sizeof normals[0]; i++) {
    for (int order = 2; order <= 4; order += 2) {
      const int64_t points = i < 5 ? 72 : 96;
      const moving m = wall_in_motion(order, points, normals[i], i < 5 ? 18.0 : 24.0, 0.6);
      print_message("moving wall (%2d,%2d,%2d), stencil %d, v = 0.6: distance %+.2e, v %+.2e, gamma v %+.2e, energy "
                    "%+.2e\n",
                    (int)normals[i][0], (int)normals[i][1], (int)normals[i][2], order, m.distance, m.velocity,
                    m.gamma_velocity, m.energy);
      assert_close(m.distance, 0.0, 0.0, 0.02);
      assert_close(m.velocity, 0.0, 0.0, 0.02);
      assert_close(m.gamma_velocity, 0.0, 0.0, 0.02);
    }
  }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(energy_is_conserved),
    cmocka_unit_test(walls_stay_at_rest),
    cmocka_unit_test(moving_walls),
    cmocka_unit_test(moving_walls_of_every_orientation),
};

int main(void) { return cmocka_run_group_tests(tests, NULL, NULL); }
