/* Order, symmetry and limits of every integrator, from its coefficients and on the lattice. */
#include <omp.h>
#include <stdio.h>

#include "base/constants.h"
#include "tests/dw_test.h"
#include "tests/fields/measured.h"

static const char *const names[] = {"leapfrog", "yoshida4", "suzuki4", "yoshida6"};
static const int orders[] = {2, 4, 4, 6};
enum { INTEGRATORS = sizeof names / sizeof names[0], POINTS = 16, SITES = POINTS * POINTS * POINTS };

static const dw_integrator *find(size_t i) {
  const dw_integrator *integrator = NULL;
  assert_ok(dw_integrator_find(&integrator, names[i]));
  return integrator;
}

/* Coefficients of words in Y1, Y3, Y5 in the product of all exp(w Y1 + w^3 Y3 + w^5 Y5), up to degree 5. */
typedef struct words {
  double w1[6]; /* Y1^n */
  double w3;
  double w5;
  double w13;
  double w31;
  double w113;
  double w131;
  double w311;
} words;

static words exponential(double w) {
  const double cube = w * w * w;
  return (words){.w1 = {1.0, w, w * w / 2, cube / 6, cube * w / 24, cube * w * w / 120},
                 .w3 = cube,
                 .w5 = cube * w * w,
                 .w13 = cube * w / 2,
                 .w31 = cube * w / 2,
                 .w113 = cube * w * w / 6,
                 .w131 = cube * w * w / 6,
                 .w311 = cube * w * w / 6};
}

static words product(const words *a, const words *b) {
  words p = {.w3 = a->w3 + b->w3,
             .w5 = a->w5 + b->w5,
             .w13 = a->w13 + a->w1[1] * b->w3 + b->w13,
             .w31 = a->w31 + a->w3 * b->w1[1] + b->w31,
             .w113 = a->w113 + a->w1[2] * b->w3 + a->w1[1] * b->w13 + b->w113,
             .w131 = a->w131 + a->w13 * b->w1[1] + a->w1[1] * b->w31 + b->w131,
             .w311 = a->w311 + a->w31 * b->w1[1] + a->w3 * b->w1[2] + b->w311};
  for (int n = 0; n <= 5; n++) {
    for (int k = 0; k <= n; k++) {
      p.w1[n] += a->w1[k] * b->w1[n - k];
    }
  }
  return p;
}

/* Catches a wrong digit of a weight: the product must be exp(Y1) up to the order, with no word of Y3 or Y5; weights
 * that aren't the same from both ends, and kicks that aren't the merged halves of their neighbours. */
static void coefficients_satisfy_the_order_conditions(void **state) {
  (void)state;
  for (size_t i = 0; i < INTEGRATORS; i++) {
    const dw_integrator *m = find(i);
    assert_int_equal(m->order, orders[i]);
    assert_true(m->stages <= DW_MAX_STAGES);
    words all = {.w1 = {1.0}};
    for (int j = 0; j < m->stages; j++) {
      const words one = exponential(m->drift[j]);
      all = product(&all, &one);
      assert_close(m->drift[j], m->drift[m->stages - 1 - j], 0.0, 0.0);
      assert_close(m->kick[j], 0.5 * ((j > 0 ? m->drift[j - 1] : 0.0) + m->drift[j]), 0.0, 1e-16);
    }
    assert_close(m->kick[m->stages], m->kick[0], 0.0, 0.0);
    double factorial = 1.0;
    for (int n = 1; n <= 5; n++) {
      factorial *= n;
      assert_close(all.w1[n], 1.0 / factorial, 0.0, 1e-15);
    }
    const double four[] = {all.w3, all.w13, all.w31};
    const double six[] = {all.w5, all.w113, all.w131, all.w311};
    for (size_t k = 0; k < 3 && m->order >= 4; k++) {
      assert_close(four[k], 0.0, 0.0, 3e-15);
    }
    for (size_t k = 0; k < 4 && m->order >= 6; k++) {
      assert_close(six[k], 0.0, 0.0, 3e-15);
    }
    assert_true(m->order >= 4 || fabs(all.w3) > 0.1);
    assert_true(m->order >= 6 || fabs(all.w5) > 0.01);
  }
}

/* Half the trace of one step of phi'' = -omega^2 phi, x = omega dtau. */
static double half_trace(const dw_integrator *m, double x) {
  double column[2][2] = {{1.0, 0.0}, {0.0, 1.0}}; /* phi, pi/omega */
  for (int c = 0; c < 2; c++) {
    for (int j = 0; j < m->stages; j++) {
      column[c][1] -= x * m->kick[j] * column[c][0];
      column[c][0] += x * m->drift[j] * column[c][1];
    }
    column[c][1] -= x * m->kick[m->stages] * column[c][0];
  }
  return 0.5 * (column[0][0] + column[1][1]);
}

/* Whether the angle arccos(half trace) is below a quarter of a turn and still grows at x. */
static bool is_below_resonance(const dw_integrator *m, double x) {
  return half_trace(m, x) > 0.0 && half_trace(m, x + 5e-6) < half_trace(m, x - 5e-6);
}

/* Catches limits that aren't those of the coefficients; a second interval taken for the first. */
static void limits_are_those_of_one_step(void **state) {
  (void)state;
  for (size_t i = 0; i < INTEGRATORS; i++) {
    const dw_integrator *m = find(i);
    for (int j = 0; j < 20000; j++) {
      const double x = (double)j / 20000.0;
      assert_true(fabs(half_trace(m, x * (m->stable - 1e-9))) <= 1.0 + 1e-14);
      assert_true(is_below_resonance(m, 1e-4 + x * (m->resonant - 1.1e-4)));
    }
    assert_true(fabs(half_trace(m, m->stable + 1e-9)) > 1.0);
    assert_true(!is_below_resonance(m, m->resonant + 1e-5));
    double earliest = 0.0;
    double at = 0.0;
    for (int j = 0; j < m->stages; j++) {
      at += m->drift[j];
      earliest = fmin(earliest, at);
    }
    assert_close(dw_integrator_reach_back(m), -earliest, 0.0, 0.0);
  }
}

/* Catches a stable step of the lattice that doesn't follow the integrator's limit: 0.99 of it is stable, 1.01 isn't. */
static void stable_step_is_the_limit(void **state) {
  (void)state;
  for (size_t i = 0; i < INTEGRATORS; i++) {
    for (int above = 0; above < 2; above++) {
      choices c = {.points = 8, .spacing = 0.6, .potential = "free", .mass = 0.9, .integrator = names[i]};
      dw_model model;
      assert_ok(simulation_model(&model, &c));
      c.dtau = dw_model_stable_step(&model, c.spacing, 1.0) * c.spacing * (above ? 1.01 : 0.99);
      simulation sim;
      assert_ok(simulation_open(&sim, &c));
      const dw_initial checkers = {.kind = "mode", .normal = {4, 4, 4}, .amplitude = 1.0};
      assert_ok(simulation_start(&sim, &checkers));
      double worst = 0.0;
      for (int step = 0; step < 200; step++) {
        dw_step(sim.state);
        worst = fmax(worst, fabs(dw_field_get(sim.state->phi[0], 0, 0, 0)));
      }
      assert_true(above ? worst > 1e6 : worst < 1.0 + 1e-9);
      simulation_close(&sim);
    }
  }
}

/* A kink and an antikink that run into each other with velocity v along z, bent along x and y. */
static void start_collision(simulation *sim, double v) {
  const double length = sim->lattice->length;
  const double q = 1.0 / sqrt(2.0 * (1.0 - v * v));
  for (int64_t i = 0; i < SITES; i++) {
    const int64_t at[3] = {i / (POINTS * POINTS), i / POINTS % POINTS, i % POINTS};
    const double bend = 0.3 * (sin(DW_TWO_PI * (double)at[0] / POINTS) + cos(DW_TWO_PI * (double)at[1] / POINTS));
    const double z = (double)at[2] * length / POINTS + bend;
    double phi = -1.0;
    double velocity = 0.0;
    for (int m = -2; m <= 2; m++) {
      const double rise = tanh(q * (z - (0.25 - m) * length));
      const double fall = tanh(q * (z - (0.75 - m) * length));
      phi += rise - fall;
      velocity -= v * q * (2.0 - rise * rise - fall * fall);
    }
    dw_field_set(sim->state->phi[0], at[0], at[1], at[2], phi);
    dw_field_set(sim->state->pi[0], at[0], at[1], at[2], velocity);
  }
  dw_field_touch(sim->state->phi[0]);
}

typedef struct fields {
  double phi[SITES];
  double velocity[SITES];
} fields;

static void read_fields(simulation *sim, fields *f) {
  dw_state_exchange(sim->state);
  for (int64_t i = 0; i < SITES; i++) {
    f->phi[i] = dw_field_get(sim->state->phi[0], i / (POINTS * POINTS), i / POINTS % POINTS, i % POINTS);
    f->velocity[i] = simulation_velocity(sim, i / (POINTS * POINTS), i / POINTS % POINTS, i % POINTS);
  }
}

static double largest_difference(const fields *a, const fields *b) {
  double worst = 0.0;
  for (int64_t i = 0; i < SITES; i++) {
    const double here = fmax(fabs(a->phi[i] - b->phi[i]), fabs(a->velocity[i] - b->velocity[i]));
    worst = here <= worst ? worst : here;
    if (isnan(a->phi[i] - b->phi[i])) {
      return (double)INFINITY;
    }
  }
  return worst;
}

static const double LONG = 9.6; /* 1/m; the walls meet at 4 */

static void collide(choices c, int steps, fields *end) {
  c.points = POINTS;
  c.spacing = 0.6;
  c.dtau = LONG / steps;
  simulation sim;
  assert_ok(simulation_open(&sim, &c));
  start_collision(&sim, 0.6);
  dw_steps(sim.state, steps, NULL);
  read_fields(&sim, end);
  simulation_close(&sim);
}

enum { HALVINGS = 5 };

/* Errors of phi and phi' with 32, 64 ... 512 steps, against order 6 with 1536. Bounds are for 256 steps. */
static void expect_orders(const char *what, choices c, const double bound[INTEGRATORS]) {
  static fields reference;
  static fields end;
  c.integrator = "yoshida6";
  collide(c, 1536, &reference);
  for (size_t i = 0; i < INTEGRATORS; i++) {
    c.integrator = names[i];
    double error[HALVINGS];
    for (int k = 0; k < HALVINGS; k++) {
      collide(c, 32 << k, &end);
      error[k] = largest_difference(&end, &reference);
    }
    print_message("%-20s %s: %.2e %.2e %.2e %.2e %.2e with %d to %d kicks, orders %.2f %.2f\n", what, names[i],
                  error[0], error[1], error[2], error[3], error[4], 32 * find(i)->stages, 512 * find(i)->stages,
                  order_of(error[2], error[3]), order_of(error[3], error[4]));
    assert_close(order_of(error[2], error[3]), (double)orders[i], 0.0, 0.07);
    assert_close(order_of(error[3], error[4]), (double)orders[i], 0.0, 0.05);
    assert_true(error[3] < bound[i]);
  }
}

/* Catches a wrong weight, a merged kick or a pending kick that is lost, phi' that is of lower order than phi. */
static void orders_in_a_collision(void **state) {
  (void)state;
  expect_orders("flat", (choices){0}, (double[]){5e-3, 1e-4, 2e-5, 1e-7});
}

/* Catches a kick or drift that takes a at the wrong time: any such time costs all orders but the second at most. */
static void orders_in_an_expanding_universe(void **state) {
  (void)state;
  const choices thin = {.s = 1.0, .expansion = 1.0, .hubble = 0.15};
  const choices fat = {.s = 0.0, .expansion = 1.0, .hubble = 0.15};
  const choices matter = {.s = 0.5, .expansion = 2.0, .hubble = 0.15, .bias = 0.05, .stencil = 4};
  expect_orders("radiation, s = 1", thin, (double[]){1e-2, 4e-4, 4e-5, 1e-6});
  expect_orders("radiation, s = 0", fat, (double[]){1e-3, 2e-5, 2e-6, 2e-8});
  expect_orders("matter, s = 0.5", matter, (double[]){3e-3, 1e-4, 1e-5, 1e-7});
}

/* Catches a step that isn't its own inverse with dtau reversed, in an expanding universe: the foundation of all orders.
 */
static void steps_run_backwards(void **state) {
  (void)state;
  for (size_t i = 0; i < INTEGRATORS; i++) {
    const choices c = {.points = POINTS,
                       .spacing = 0.6,
                       .s = 1.0,
                       .expansion = 1.0,
                       .hubble = 0.5,
                       .dtau = 0.1,
                       .integrator = names[i]};
    simulation sim;
    assert_ok(simulation_open(&sim, &c));
    start_collision(&sim, 0.6);
    static fields first;
    static fields turned;
    static fields last;
    read_fields(&sim, &first);
    dw_steps(sim.state, 40, NULL);
    read_fields(&sim, &turned);
    const double weight = dw_model_at(&sim.model, dw_state_tau(sim.state)).momentum;
    for (int64_t j = 0; j < SITES; j++) {
      dw_field_set(sim.state->pi[0], j / (POINTS * POINTS), j / POINTS % POINTS, j % POINTS,
                   weight * turned.velocity[j]);
    }
    sim.state->tau_start = dw_state_tau(sim.state);
    sim.state->step = 0;
    sim.state->pending = 0.0;
    sim.state->dtau = -sim.state->dtau;
    dw_steps(sim.state, 40, NULL);
    read_fields(&sim, &last);
    print_message("%s: forty steps there and back change the fields by %.1e\n", names[i],
                  largest_difference(&first, &last));
    assert_true(largest_difference(&first, &turned) > 0.5);
    assert_true(largest_difference(&first, &last) < 1e-11);
    simulation_close(&sim);
  }
}

/* Largest relative error of the energy in the first and in the last third of a run to t = 60, in flat space. */
static void energy_errors(const char *name, double dtau, double worst[2]) {
  const choices c = {.points = POINTS, .spacing = 0.7, .dtau = dtau, .integrator = name};
  simulation sim;
  assert_ok(simulation_open(&sim, &c));
  start_collision(&sim, 0.6);
  const dw_measurement first = simulation_measure(&sim);
  const double begin = first.energy_kinetic + first.energy_gradient + first.energy_potential;
  worst[0] = worst[1] = 0.0;
  for (int look = 1; look <= 100; look++) {
    dw_steps(sim.state, (int)lrint(0.6 / dtau), NULL);
    const dw_measurement m = simulation_measure(&sim);
    const double change = fabs((m.energy_kinetic + m.energy_gradient + m.energy_potential) / begin - 1.0);
    if (look <= 33 || look > 67) {
      worst[look > 67] = fmax(worst[look > 67], change);
    }
  }
  simulation_close(&sim);
}

/* Catches an energy error that grows with time, as that of an integrator that isn't symplectic, or isn't of the order.
 */
static void energy_error_is_bounded(void **state) {
  (void)state;
  for (size_t i = 0; i < INTEGRATORS; i++) {
    double coarse[2];
    double fine[2];
    energy_errors(names[i], 0.1, coarse);
    energy_errors(names[i], 0.05, fine);
    print_message(
        "%s: energy to %.2e and %.2e (t < 20, 40 < t < 60) at dtau = 0.1, %.2e and %.2e at 0.05, order %.2f\n",
        names[i], coarse[0], coarse[1], fine[0], fine[1], order_of(coarse[0], fine[0]));
    assert_close(order_of(coarse[0], fine[0]), (double)orders[i], 0.0, 0.3);
    assert_true(fine[1] < 2.0 * fine[0]);
  }
}

/* Largest |phi| of a coarse network before dtau times the fastest frequency comes to `times` the resonant limit. */
static double largest_of_network(const char *name, double times) {
  choices c = {.points = 24, .spacing = 0.3, .s = 1.0, .expansion = 1.0, .integrator = name};
  dw_model model;
  assert_ok(simulation_model(&model, &c));
  c.dtau = 0.17 * model.integrator->resonant * c.spacing;
  simulation sim;
  assert_ok(simulation_open(&sim, &c));
  const dw_initial noise = {.kind = "white-noise", .seed = 5, .rms = 0.1, .cutoff = 3.0};
  assert_ok(simulation_start(&sim, &noise));
  double largest = 0.0;
  while (dw_model_resonant_step(&sim.model, c.spacing, dw_state_scale_factor(sim.state)) * c.spacing * times > c.dtau &&
         largest < 10.0) {
    dw_step(sim.state);
    for (int64_t i = 0; i < 24 * 24 * 24; i++) {
      const double phi = fabs(dw_field_get(sim.state->phi[0], i / 576, i / 24 % 24, i % 24));
      largest = phi <= largest ? largest : phi;
    }
  }
  simulation_close(&sim);
  return largest;
}

/* Catches a limit of resonance that is too generous, or so cautious that nothing happens at twice its value. */
static void resonance_is_foreseen(void **state) {
  (void)state;
  for (size_t i = 0; i < INTEGRATORS; i++) {
    assert_true(largest_of_network(names[i], 1.0) < 2.0);
    assert_true(!(largest_of_network(names[i], 2.0) < 10.0));
  }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(coefficients_satisfy_the_order_conditions),
    cmocka_unit_test(limits_are_those_of_one_step),
    cmocka_unit_test(stable_step_is_the_limit),
    cmocka_unit_test(orders_in_a_collision),
    cmocka_unit_test(orders_in_an_expanding_universe),
    cmocka_unit_test(steps_run_backwards),
    cmocka_unit_test(energy_error_is_bounded),
    cmocka_unit_test(resonance_is_foreseen),
};

int main(void) {
  omp_set_num_threads(1); /* the boxes are small */
  return cmocka_run_group_tests(tests, NULL, NULL);
}
