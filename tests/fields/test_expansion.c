/* The expansion that the field drives, against closed forms and the coupled equations solved by GSL. */
#include <stdio.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_odeiv2.h>

#include "analysis/measure.h"
#include "fields/expansion.h"
#include "tests/dw_test_mpi.h"
#include "tests/fields/simulation.h"

/* A state that drives its background. */
typedef struct driven {
  simulation sim;
  dw_expansion *expansion;
  dw_measure *measure;
} driven;

/* c->hubble at the start, `w` of the fluid; the model has the background before the state exists. */
static void open_driven(driven *d, const choices *c, double w, double eta, int steps) {
  choices mine = *c;
  mine.s = 1.0;
  mine.expansion = 2.0 / (1.0 + 3.0 * w);
  assert_all_ok(simulation_open(&d->sim, &mine));
  assert_all_ok(dw_background_driven(&d->sim.model.background, w, mine.hubble));
  d->sim.state->tau_start = d->sim.model.background.tau_start;
  assert_all_ok(dw_expansion_create(&d->expansion, d->sim.state, &d->sim.model, eta, steps));
  assert_all_ok(dw_measure_create(&d->measure, d->sim.state));
}

static void close_driven(driven *d) {
  dw_measure_destroy(d->measure);
  dw_expansion_destroy(d->expansion);
  simulation_close(&d->sim);
}

static void fill(const driven *d, double phi, double velocity) {
  const dw_lattice *lattice = d->sim.lattice;
  for (int64_t x = 0; x < lattice->count[0]; x++) {
    for (int64_t y = 0; y < lattice->count[1]; y++) {
      for (int64_t z = 0; z < lattice->points; z++) {
        dw_field_set(d->sim.state->phi[0], x, y, z, phi);
        dw_field_set(d->sim.state->pi[0], x, y, z, velocity);
      }
    }
  }
}

static const dw_background *background_of(const driven *d) { return &d->sim.model.background; }

static double violation(driven *d) {
  dw_measurement m;
  assert_all_ok(dw_measure_state(d->measure, d->sim.state, &m));
  return dw_expansion_violation(d->expansion, m.energy_kinetic + m.energy_gradient + m.energy_potential);
}

/* --- a fluid alone --- */

/* Relative errors of a, H and t of a fluid with a field that weighs nothing, from a = 1 to a = 4^p. */
static void fluid_errors(double w, int steps, double error[3]) {
  const double p = 2.0 / (1.0 + 3.0 * w);
  const choices c = {.points = 4, .hubble = 1.0, .dtau = 3.0 * p / steps};
  driven d;
  open_driven(&d, &c, w, 1e-9, steps);
  fill(&d, 1.0, 0.0);
  assert_all_ok(dw_expansion_begin(d.expansion));
  dw_steps(d.sim.state, steps, NULL);
  dw_background exact;
  assert_all_ok(dw_background_init(&exact, "power-law", w, 1.0));
  const double tau = dw_state_tau(d.sim.state);
  const dw_background *b = background_of(&d);
  error[0] = fabs(dw_background_scale_factor(b, tau) / dw_background_scale_factor(&exact, tau) - 1.0);
  error[1] = fabs(dw_background_hubble(b, tau) / dw_background_hubble(&exact, tau) - 1.0);
  error[2] = fabs(dw_background_time(b, tau) / dw_background_time(&exact, tau) - 1.0);
  assert_all(dw_background_hubble(b, b->tau_start) == 1.0 && dw_background_scale_factor(b, b->tau_start) == 1.0);
  close_driven(&d);
}

/* Catches a wrong share of the fluid, a force on a that isn't that of its equation of state, half kicks that are lost,
 * and a wrong H or t between full and half steps. */
static void a_fluid_alone_gives_its_power_law(void **state) {
  (void)state;
  const double equations[] = {0.0, 1.0, -0.2};
  double coarse[3], fine[3];
  for (int i = 0; i < 3; i++) {
    fluid_errors(equations[i], 64, coarse);
    fluid_errors(equations[i], 128, fine);
    for (int k = 0; k < 3; k++) {
      (void)printf("w = %g, %d: %.3g, order %.3f\n", equations[i], k, coarse[k], order_of(coarse[k], fine[k]));
      assert_all(coarse[k] < 3e-3 && (coarse[k] < 1e-12 || fabs(order_of(coarse[k], fine[k]) - 2.0) < 0.15));
    }
  }
  fluid_errors(1.0 / 3.0, 64, coarse); /* a'' = 0: exact */
  assert_all(coarse[0] < 1e-13 && coarse[1] < 1e-13 && coarse[2] < 1e-13);
}

/* --- a homogeneous field --- */

typedef struct coupled {
  double kappa;
  double w;
  double fluid;
} coupled;

/* a, a', phi, phi' with v = phi^2/2: a'' = kappa/6 a^3 (rho - 3 P). */
static int slopes(double tau, const double *y, double *dy, void *context) {
  (void)tau;
  const coupled *c = context;
  const double a = y[0];
  const double trace =
      -y[3] * y[3] / (a * a) + 2.0 * y[2] * y[2] + (1.0 - 3.0 * c->w) * c->fluid * pow(a, -3.0 * (1.0 + c->w));
  dy[0] = y[1];
  dy[1] = c->kappa / 6.0 * a * a * a * trace;
  dy[2] = y[3];
  dy[3] = -2.0 * y[1] / a * y[3] - a * a * y[2];
  return GSL_SUCCESS;
}

static void solve(coupled *c, double length, double y[4]) {
  const gsl_odeiv2_system system = {slopes, NULL, 4, c};
  gsl_set_error_handler_off();
  gsl_odeiv2_driver *driver = gsl_odeiv2_driver_alloc_y_new(&system, gsl_odeiv2_step_rk8pd, 1e-4, 1e-13, 1e-13);
  double tau = 0.0;
  assert_all(driver != NULL && gsl_odeiv2_driver_apply(driver, &tau, length, y) == GSL_SUCCESS);
  gsl_odeiv2_driver_free(driver);
}

/* Errors of a, a', phi and phi' after `length`, of the constraint, and of a' half a step before. */
static void oscillation_errors(double eta, double w, int steps, double length, double error[6]) {
  const choices c = {.points = 4, .hubble = 0.3, .dtau = length / steps, .potential = "free", .mass = 1.0};
  driven d;
  open_driven(&d, &c, w, eta, steps);
  fill(&d, 0.5, 0.2);
  assert_all_ok(dw_expansion_begin(d.expansion));
  coupled exact = {d.expansion->now.coupling, w, d.expansion->now.fluid};
  double y[4] = {1.0, 0.3, 0.5, 0.2};
  assert_all((eta == 0.0) == (exact.fluid == 0.0));
  assert_all_close(exact.kappa * (0.5 * (0.5 * 0.5 + 0.2 * 0.2) + exact.fluid), 3.0 * 0.3 * 0.3, 1e-14, 0.0);
  solve(&exact, length, y);
  dw_steps(d.sim.state, steps, NULL);
  const double tau = dw_state_tau(d.sim.state);
  const double a = dw_background_scale_factor(background_of(&d), tau);
  error[0] = fabs(a - y[0]);
  error[1] = fabs(a * dw_background_hubble(background_of(&d), tau) - y[1]);
  dw_state_exchange(d.sim.state);
  error[2] = fabs(dw_field_get(d.sim.state->phi[0], 0, 0, 0) - y[2]);
  error[3] = fabs(simulation_velocity(&d.sim, 0, 0, 0) - y[3]);
  error[4] = violation(&d);
  double before[4] = {1.0, 0.3, 0.5, 0.2};
  const double half = tau - 0.5 * c.dtau;
  solve(&exact, length - 0.5 * c.dtau, before);
  error[5] = fabs(dw_background_scale_factor(background_of(&d), half) * dw_background_hubble(background_of(&d), half) -
                  before[1]);
  close_driven(&d);
}

/* Catches a wrong sign or factor of any term that drives a, a wrong order of the parts of a step, and a share of the
 * fluid that isn't what is left. */
static void a_field_that_oscillates_is_of_order_two(void **state) {
  (void)state;
  const double cases[][2] = {{0.0, 0.0}, {0.8, 1.0 / 3.0}, {0.5, -0.2}};
  for (int i = 0; i < 3; i++) {
    double coarse[6], fine[6];
    oscillation_errors(cases[i][0], cases[i][1], 800, 10.0, coarse);
    oscillation_errors(cases[i][0], cases[i][1], 1600, 10.0, fine);
    for (int k = 0; k < 6; k++) {
      (void)printf("eta = %g: %d: %.3g, order %.3f\n", cases[i][0], k, fine[k], order_of(coarse[k], fine[k]));
      assert_all(fine[k] < 1e-3 && fabs(order_of(coarse[k], fine[k]) - 2.0) < 0.2);
    }
  }
}

/* Catches an expansion that isn't that of the field: in a quadratic potential it is matter on average, t H -> 2/3. */
static void oscillations_are_matter(void **state) {
  (void)state;
  const int steps = 6000;
  const choices c = {.points = 4, .hubble = 0.5, .dtau = 0.002, .potential = "free", .mass = 1.0};
  driven d;
  open_driven(&d, &c, 0.0, 0.0, steps);
  fill(&d, 1.0, 0.0);
  assert_all_ok(dw_expansion_begin(d.expansion));
  dw_steps(d.sim.state, steps / 2, NULL);
  const double tau1 = dw_state_tau(d.sim.state);
  const double a1 = dw_background_scale_factor(background_of(&d), tau1);
  const double t1 = dw_background_time(background_of(&d), tau1);
  const double rate1 = dw_background_hubble(background_of(&d), tau1) / a1;
  dw_steps(d.sim.state, steps / 2, NULL);
  const double tau2 = dw_state_tau(d.sim.state);
  const double a2 = dw_background_scale_factor(background_of(&d), tau2);
  const double rate2 = dw_background_hubble(background_of(&d), tau2) / a2;
  const double passed = dw_background_time(background_of(&d), tau2) - t1;
  (void)printf("a = %g to %g: d(1/H)/dt = %.5f\n", a1, a2, (1.0 / rate2 - 1.0 / rate1) / passed);
  assert_all(a2 > 20.0);
  assert_all_close((1.0 / rate2 - 1.0 / rate1) / passed, 1.5, 0.02, 0.0);
  close_driven(&d);
}

/* --- a network --- */

static const dw_initial NOISE = {.kind = "white-noise", .seed = 5, .rms = 0.3, .cutoff = 3.0};

static void open_network(driven *d, const choices *c, double eta, int steps) {
  open_driven(d, c, 1.0 / 3.0, eta, steps);
  assert_all_ok(simulation_start(&d->sim, &NOISE));
  assert_all_ok(dw_expansion_begin(d->expansion));
}

/* Largest violation in the first and the second half of a run; `bound`: the same over (a m dtau)^2, of which an
 * oscillation's energy is short at order two, and over the field's share of the energy. H at the end. */
static void network(dw_precision precision, int stencil, int steps, double eta, double worst[2], double bound[2],
                    double *hubble) {
  const choices c = {.points = 24,
                     .spacing = 0.4,
                     .hubble = 1.0,
                     .dtau = 3.0 / steps,
                     .precision = precision,
                     .stencil = stencil,
                     .comm = dw_comm_world()};
  driven d;
  open_network(&d, &c, eta, steps);
  worst[0] = worst[1] = bound[0] = bound[1] = 0.0;
  for (int i = 0; i < 16; i++) {
    dw_steps(d.sim.state, steps / 16, NULL);
    const double tau = dw_state_tau(d.sim.state);
    const double a = dw_background_scale_factor(background_of(&d), tau);
    *hubble = dw_background_hubble(background_of(&d), tau);
    const double all = 3.0 * *hubble * *hubble / (eta * eta * a * a);
    const double share = 1.0 - dw_expansion_fluid(d.expansion) / all;
    const double now = violation(&d);
    worst[i / 8] = fmax(worst[i / 8], now);
    bound[i / 8] = fmax(bound[i / 8], now / share / pow(a * c.dtau, 2.0));
  }
  assert_all(d.expansion->now.violation == fmax(worst[0], worst[1]));
  close_driven(&d);
}

/* Catches gradients that aren't those of the Laplacian, at both orders, and a constraint that drifts. */
static void the_constraint_is_of_order_two_and_stays(void **state) {
  (void)state;
  for (int stencil = 2; stencil <= 4; stencil += 2) {
    double coarse[2], fine[2], bound[2], hubble = 0.0;
    network(DW_DOUBLE, stencil, 96, 0.5, coarse, bound, &hubble);
    network(DW_DOUBLE, stencil, 192, 0.5, fine, bound, &hubble);
    (void)printf("stencil %d: %.3g, %.3g; order %.3f, %.3f; over share (a dtau)^2 %.3g, %.3g\n", stencil, fine[0],
                 fine[1], order_of(coarse[0], fine[0]), order_of(coarse[1], fine[1]), bound[0], bound[1]);
    assert_all(fabs(order_of(coarse[0], fine[0]) - 2.0) < 0.1 && fabs(order_of(coarse[1], fine[1]) - 2.0) < 0.1);
    assert_all(bound[0] < 0.3 && bound[1] < 1.5 * bound[0]);
  }
}

/* Catches single precision whose rounding shows: the violation is that of the steps. */
static void single_precision_is_enough(void **state) {
  (void)state;
  double single[2], twice[2], bound[2], hubble = 0.0;
  network(DW_SINGLE, 2, 96, 0.5, single, bound, &hubble);
  network(DW_DOUBLE, 2, 96, 0.5, twice, bound, &hubble);
  (void)printf("single: %.6g, %.6g; double: %.6g, %.6g\n", single[0], single[1], twice[0], twice[1]);
  assert_all_close(single[0], twice[0], 1e-2, 0.0);
  assert_all_close(single[1], twice[1], 1e-2, 0.0);
}

/* Catches a field that doesn't act on the expansion, or with the wrong sign: its walls decay slower than radiation. */
static void walls_raise_the_rate(void **state) {
  (void)state;
  double unused[2], bound[2], light = 0.0, heavy = 0.0;
  network(DW_DOUBLE, 2, 48, 1e-6, unused, bound, &light);
  network(DW_DOUBLE, 2, 48, 0.5, unused, bound, &heavy);
  (void)printf("H: %.5f with light walls, %.5f with heavy ones\n", light, heavy);
  assert_all_close(light, 0.25, 1e-6, 0.0);
  assert_all(heavy > 1.02 * light);
}

/* Catches sums that depend on the decomposition, in both precisions. */
static void same_bits_on_any_decomposition(void **state) {
  (void)state;
  for (int bytes = 4; bytes <= 8; bytes += 4) {
    const choices c = {
        .points = 12, .spacing = 0.5, .hubble = 1.0, .dtau = 0.05, .precision = bytes == 4 ? DW_SINGLE : DW_DOUBLE};
    choices apart = c;
    apart.comm = dw_comm_world();
    driven alone, together;
    open_network(&alone, &c, 0.7, 20);
    open_network(&together, &apart, 0.7, 20);
    dw_steps(alone.sim.state, 20, NULL);
    dw_steps(together.sim.state, 20, NULL);
    assert_all(alone.expansion->record->count == 41 && together.expansion->record->count == 41);
    assert_all(
        memcmp(alone.expansion->record->node, together.expansion->record->node, 41 * sizeof(dw_background_node)) == 0);
    assert_all(violation(&alone) == violation(&together));
    close_driven(&alone);
    close_driven(&together);
  }
}

/* --- what can't be --- */

/* Catches a fluid of negative energy, a message without the way out, and a way out that isn't one. */
static void too_little_energy_is_refused(void **state) {
  (void)state;
  const choices c = {.points = 4, .hubble = 0.1, .potential = "free", .mass = 1.0};
  driven d;
  open_driven(&d, &c, 0.0, 1.0, 1);
  fill(&d, 1.0, 0.0);
  assert_all_status(dw_expansion_begin(d.expansion), DW_ERR_PARAM);
  const char *at = strstr(dw_message(), "; give ");
  assert_all(at != NULL);
  d.sim.model.background.hubble_start = strtod(at + strlen("; give "), NULL);
  assert_all_ok(dw_expansion_begin(d.expansion));
  assert_all(d.expansion->now.fluid == 0.0);
  assert_all_close(d.sim.model.background.hubble_start, sqrt(1.0 / 6.0), 1e-14, 0.0);
  close_driven(&d);
  open_driven(&d, &c, 0.0, 0.0, 1);
  fill(&d, 0.0, 0.0);
  assert_all_status(dw_expansion_begin(d.expansion), DW_ERR_PARAM);
  assert_all(strstr(dw_message(), "cosmology.eta") != NULL);
  close_driven(&d);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_fluid_alone_gives_its_power_law), cmocka_unit_test(a_field_that_oscillates_is_of_order_two),
    cmocka_unit_test(oscillations_are_matter),           cmocka_unit_test(the_constraint_is_of_order_two_and_stays),
    cmocka_unit_test(single_precision_is_enough),        cmocka_unit_test(walls_raise_the_rate),
    cmocka_unit_test(same_bits_on_any_decomposition),    cmocka_unit_test(too_little_energy_is_refused),
};

DW_TEST_MPI_MAIN(tests)
