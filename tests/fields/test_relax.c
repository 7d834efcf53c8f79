/* Gradient flow and friction before the run. */
#include <math.h>
#include <string.h>

#include "base/constants.h"
#include "tests/dw_test.h"
#include "tests/dw_test_mpi.h"
#include "tests/fields/simulation.h"

static double at(const simulation *sim, int64_t z) { return dw_field_get(sim->state->phi[0], 0, 0, z); }

/* Amplitude of the lattice mode n along z that is left of 1 after gradient flow for T, free field of mass mu. */
static double left_of_mode(int64_t n, double mass, double time, int order) {
  const choices c = {.points = 32, .spacing = 0.5, .stencil = order, .potential = "free", .mass = mass};
  simulation sim;
  assert_ok(simulation_open(&sim, &c));
  const dw_initial mode = {.kind = "mode", .normal = {0, 0, n}, .amplitude = 1.0, .relaxation = {.diffusion = time}};
  assert_ok(simulation_start(&sim, &mode));
  const double left = at(&sim, 0);
  assert_close(dw_field_get(sim.state->pi[0], 0, 0, 0), 0.0, 0.0, 0.0);
  simulation_close(&sim);
  return left;
}

/* -lap of the mode on the lattice. */
static double kappa2(int64_t n, int order) {
  const double x = DW_TWO_PI * (double)n / 32.0;
  const double two = 2.0 - 2.0 * cos(x);
  return (order == 2 ? two : 4.0 / 3.0 * two - (2.0 - 2.0 * cos(2.0 * x)) / 12.0) / 0.25;
}

/* P_s(x), Legendre. */
static double legendre(int64_t s, double x) {
  double before = 1.0;
  double now = x;
  for (int64_t j = 2; j <= s; j++) {
    const double next = ((double)(2 * j - 1) * x * now - (double)(j - 1) * before) / (double)j;
    before = now;
    now = next;
  }
  return now;
}

/* Catches a flow with another rate, Laplacian or stage: a step of s stages has the factor P_s(1 - 2 z/(s^2 + s)), z the
 * rate times the step; that is exp(-z) to first order, and the fast modes neither grow nor swing. */
static void modes_fall(void **state) {
  (void)state;
  int64_t stages = 0;
  for (int order = 2; order <= 4; order += 2) {
    const choices c = {.stencil = order, .potential = "free", .mass = 0.7};
    dw_model model;
    assert_ok(simulation_model(&model, &c));
    for (int64_t n = 0; n <= 16; n++) {
      for (double time = 0.03; time < 1.0; time *= 4.0) {
        const double left = left_of_mode(n, 0.7, time, order);
        const double rate = kappa2(n, order) + 0.49;
        const double steps = fmax(8.0, ceil(time / DW_RELAX_STEP));
        const double z = rate * time / steps;
        const dw_relaxation flow = {.diffusion = time};
        const int64_t s = (int64_t)((double)dw_relax_sweeps(&flow, &model, 0.5, 0.1) / steps + 0.5);
        assert_close(left, pow(legendre(s, 1.0 - 2.0 * z / (double)(s * s + s)), steps), 0.0, 1e-12);
        assert_close(left, exp(-rate * time), 0.0, 0.036);
        stages = s > stages ? s : stages;
      }
    }
  }
  assert_true(stages > 1);
}

/* Catches a flow that doesn't lead to a kink at rest, whatever crosses zero. */
static void flows_to_the_kink(void **state) {
  (void)state;
  const choices c = {.points = 48, .spacing = 0.4, .stencil = 4};
  simulation sim;
  assert_ok(simulation_open(&sim, &c));
  const dw_initial mode = {.kind = "mode",
                           .normal = {0, 0, 1},
                           .amplitude = 0.3,
                           .relaxation = {.diffusion = 30.0}}; /* crosses zero at L/4 and 3 L/4 */
  assert_ok(simulation_start(&sim, &mode));
  double worst = 0.0;
  for (int64_t z = 0; z < 48; z++) {
    const double x = 0.4 * (double)(z < 24 ? 12 - z : z - 36);
    worst = fmax(worst, fabs(at(&sim, z) - tanh(x / sqrt(2.0))));
  }
  print_message("kink after gradient flow: off by %.2g\n", worst);
  assert_true(worst < 5e-3);
  simulation_close(&sim);
}

/* phi of the zero mode after friction Gamma for t, free field of mass mu from 1 and phi' = 0. */
static double after_friction(double gamma, double mass, double time, double dtau) {
  const choices c = {.points = 8, .potential = "free", .mass = mass, .dtau = dtau};
  simulation sim;
  assert_ok(simulation_open(&sim, &c));
  const dw_initial mode = {.kind = "mode", .amplitude = 1.0, .relaxation = {.friction_time = time, .friction = gamma}};
  assert_ok(simulation_start(&sim, &mode));
  const double phi = at(&sim, 0);
  simulation_close(&sim);
  return phi;
}

/* Catches damping at another rate or of another order in the step: the damped oscillator, under- and overdamped. */
static void damped_oscillator(void **state) {
  (void)state;
  static const double gamma[] = {0.0, 0.3, 5.0};
  for (int i = 0; i < 3; i++) {
    const double mass = 1.3;
    const double time = 3.0;
    const double half = 0.5 * gamma[i];
    const double square = mass * mass - half * half;
    const double w = sqrt(fabs(square));
    const double c = square > 0.0 ? cos(w * time) : cosh(w * time);
    const double s = (square > 0.0 ? sin(w * time) : sinh(w * time)) / w;
    const double exact = exp(-half * time) * (c + half * s);
    const double coarse = after_friction(gamma[i], mass, time, 0.05) - exact;
    const double fine = after_friction(gamma[i], mass, time, 0.025) - exact;
    assert_close(fine, 0.0, 0.0, 3e-4);
    assert_close(order_of(coarse, fine), 2.0, 0.0, 0.1);
  }
}

/* Catches velocities that belong to another time, and a friction that isn't leapfrog where Gamma = 0: flat space. */
static void without_friction_it_is_the_run(void **state) {
  (void)state;
  const choices c = {.points = 16, .spacing = 0.5, .dtau = 0.1};
  simulation one;
  simulation two;
  assert_ok(simulation_open(&one, &c));
  assert_ok(simulation_open(&two, &c));
  dw_initial noise = {.kind = "white-noise", .seed = 3, .rms = 0.4, .cutoff = 3.0};
  assert_ok(simulation_start(&one, &noise));
  dw_steps(one.state, 20, NULL);
  dw_state_exchange(one.state);
  noise.relaxation = (dw_relaxation){.friction_time = 2.0};
  assert_ok(simulation_start(&two, &noise));
  assert_true(two.state->step == 0 && two.state->pending == 0.0);
  for (int64_t i = 0; i < 4096; i++) {
    assert_close(dw_field_get(two.state->phi[0], i / 256, i / 16 % 16, i % 16),
                 dw_field_get(one.state->phi[0], i / 256, i / 16 % 16, i % 16), 0.0, 1e-12);
    assert_close(dw_field_get(two.state->pi[0], i / 256, i / 16 % 16, i % 16),
                 simulation_velocity(&one, i / 256, i / 16 % 16, i % 16), 0.0, 1e-12);
  }
  simulation_close(&one);
  simulation_close(&two);
}

/* Catches a phase that takes the steps of an integrator that bears longer ones than a leapfrog, and blows up. */
static void holds_with_long_steps(void **state) {
  (void)state;
  for (int order = 2; order <= 4; order += 2) {
    const choices c = {.points = 16, .spacing = 0.5, .dtau = 0.35, .stencil = order};
    simulation sim;
    assert_ok(simulation_open(&sim, &c));
    const dw_initial noise = {.kind = "white-noise",
                              .seed = 3,
                              .rms = 0.4,
                              .cutoff = 3.0,
                              .relaxation = {.friction_time = 20.0, .friction = 0.1}};
    assert_ok(simulation_start(&sim, &noise));
    for (int64_t i = 0; i < 4096; i++) {
      const double phi = dw_field_get(sim.state->phi[0], i / 256, i / 16 % 16, i % 16);
      assert_true(fabs(phi) < 2.0);
    }
    simulation_close(&sim);
  }
}

/* Catches halos that are stale in a phase: the same bits on any process grid, odd numbers of stages included. */
static void same_bits(void **state) {
  (void)state;
  uint64_t print[2][2];
  for (int alone = 0; alone < 2; alone++) {
    const choices c = {.comm = alone != 0 ? dw_comm_self() : dw_comm_world(),
                       .points = 16,
                       .spacing = 0.3,
                       .stencil = 4,
                       .precision = DW_SINGLE,
                       .expansion = 1.0,
                       .s = 0.5};
    simulation sim;
    assert_ok(simulation_open(&sim, &c));
    sim.model.physical_from = 3.0;
    const dw_initial noise = {.kind = "white-noise",
                              .seed = 5,
                              .rms = 0.4,
                              .cutoff = 3.0,
                              .relaxation = {.diffusion = 0.13, .friction_time = 0.7, .friction = 0.6}};
    assert_ok(simulation_start(&sim, &noise));
    print[alone][0] = dw_field_fingerprint(sim.state->phi[0]);
    print[alone][1] = dw_field_fingerprint(sim.state->pi[0]);
    simulation_close(&sim);
  }
  assert_all(memcmp(print[0], print[1], sizeof print[0]) == 0);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(modes_fall),
    cmocka_unit_test(flows_to_the_kink),
    cmocka_unit_test(damped_oscillator),
    cmocka_unit_test(without_friction_it_is_the_run),
    cmocka_unit_test(holds_with_long_steps),
    cmocka_unit_test(same_bits),
};

DW_TEST_MPI_MAIN(tests)
