/* Linear waves: the Laplacian, its dispersion relation, and modes in an expanding universe. */
#define _XOPEN_SOURCE 700 /* Bessel functions of libm */
#include <stdio.h>
#include <stdlib.h>

#include "tests/dw_test.h"
#include "tests/fields/simulation.h"

static const double PI = 3.14159265358979323846264338327950;

/* - dx^2 (eigenvalue of the Laplacian) for the wave vector 2 pi n/L. */
static double lattice_k2(int order, int64_t points, const int64_t n[3]) {
  double sum = 0.0;
  for (int d = 0; d < 3; d++) {
    const double angle = 2.0 * PI * (double)n[d] / (double)points;
    sum += order == 2 ? 2.0 - 2.0 * cos(angle) : 2.5 - (8.0 / 3.0) * cos(angle) + cos(2.0 * angle) / 6.0;
  }
  return sum;
}

/* Worst error of the Laplacian of exp(sin x + cos y) + sin z cos x over a box of side 2 pi. One free step of width h
 * leaves pi = h lap phi/2. */
static double laplacian_error(int order, int64_t points) {
  const choices c = {
      .points = points, .spacing = 2.0 * PI / (double)points, .stencil = order, .potential = "free", .dtau = 2.0};
  simulation sim;
  assert_ok(simulation_open(&sim, &c));
  for (int64_t i = 0; i < points * points * points; i++) {
    const double x = c.spacing * (double)(i / (points * points));
    const double y = c.spacing * (double)(i / points % points);
    const double z = c.spacing * (double)(i % points);
    dw_field_set(sim.state->phi[0], i / (points * points), i / points % points, i % points,
                 exp(sin(x) + cos(y)) + sin(z) * cos(x));
  }
  dw_step(sim.state);
  double worst = 0.0;
  for (int64_t i = 0; i < points * points * points; i++) {
    const double x = c.spacing * (double)(i / (points * points));
    const double y = c.spacing * (double)(i / points % points);
    const double z = c.spacing * (double)(i % points);
    const double expected =
        exp(sin(x) + cos(y)) * (cos(x) * cos(x) - sin(x) + sin(y) * sin(y) - cos(y)) - 2.0 * sin(z) * cos(x);
    const double error =
        fabs(dw_field_get(sim.state->pi[0], i / (points * points), i / points % points, i % points) - expected);
    worst = error > worst ? error : worst;
  }
  simulation_close(&sim);
  return worst;
}

/* Catches a wrong weight of the stencil in any direction, and a term of the error that should cancel. */
static void laplacian_converges(void **state) {
  (void)state;
  for (int order = 2; order <= 4; order += 2) {
    const double error[3] = {laplacian_error(order, 20), laplacian_error(order, 40), laplacian_error(order, 80)};
    const double measured = order_of(error[1], error[2]);
    print_message("Laplacian of order %d: error %.3g %.3g %.3g at N = 20 40 80, order %.3f\n", order, error[0],
                  error[1], error[2], measured);
    assert_close(measured, (double)order, 0.0, 0.1);
    assert_true(error[2] < (order == 2 ? 4e-2 : 5e-4));
  }
}

/* Steps a standing wave for about eight periods: worst distance from cos(omega t), in units of the amplitude, where
 * sin^2(omega dtau/2) = dtau^2 (k^2 + mu^2)/4 with the k^2 of the stencil. */
static double dispersion_error(int order, const int64_t n[3], double mass, double *relative) {
  const int64_t points = 24;
  const choices c = {
      .points = points, .spacing = 0.8, .stencil = order, .potential = "free", .mass = mass, .dtau = 0.2};
  simulation sim;
  assert_ok(simulation_open(&sim, &c));
  const dw_initial wave = {.kind = "mode", .normal = {n[0], n[1], n[2]}, .amplitude = 0.9};
  assert_ok(simulation_start(&sim, &wave));
  const double k2 = lattice_k2(order, points, n) / (c.spacing * c.spacing) + mass * mass;
  const double omega = 2.0 / c.dtau * asin(0.5 * c.dtau * sqrt(k2));
  double worst = 0.0;
  for (int step = 1; (double)step * c.dtau * omega < 50.0; step++) {
    dw_step(sim.state);
    const double error = fabs(dw_field_get(sim.state->phi[0], 0, 0, 0) / 0.9 - cos(omega * (double)step * c.dtau));
    worst = error > worst ? error : worst;
  }
  double square = mass * mass;
  for (int d = 0; d < 3; d++) {
    const double k = 2.0 * PI * (double)n[d] / ((double)points * c.spacing);
    square += k * k;
  }
  *relative = omega / sqrt(square) - 1.0;
  simulation_close(&sim);
  return worst;
}

/* Catches a frequency off by 1e-11, hence wrong weights, a wrong opening or merged kick, and a wrong mass term. */
static void plane_waves_follow_the_lattice_dispersion(void **state) {
  (void)state;
  const int64_t modes[][3] = {{1, 0, 0}, {0, 2, 0}, {0, 0, 3}, {2, 3, -1}, {5, 5, 5}, {11, 0, 7}};
  for (int order = 2; order <= 4; order += 2) {
    for (size_t m = 0; m < sizeof modes / sizeof modes[0]; m++) {
      for (int massive = 0; massive < 2; massive++) {
        double relative = 0.0;
        const double error = dispersion_error(order, modes[m], 0.7 * massive, &relative);
        print_message("order %d, mode (%2d,%2d,%2d), mass %.1f: distance from the lattice's wave %.2g, omega/continuum "
                      "- 1 = %+.2e\n",
                      order, (int)modes[m][0], (int)modes[m][1], (int)modes[m][2], 0.7 * massive, error, relative);
        assert_close(error, 0.0, 0.0, 1e-9);
      }
    }
  }
}

/* J_mu(x) by its series; mu may be negative but not an integer. */
static double bessel_series(double mu, double x) {
  double term = pow(0.5 * x, mu) / tgamma(mu + 1.0);
  double sum = term;
  for (int m = 1; m < 200; m++) {
    term *= -0.25 * x * x / (m * (m + mu));
    sum += term;
  }
  return sum;
}

/* Two solutions x^-mu Z_mu(x) and their derivatives -x^-mu J_{mu+1}, -x^-mu Y_{mu+1} or, with J_-mu as the second,
 * +x^-mu J_{-mu-1}. */
static void solutions(double mu, double x, double value[2], double slope[2]) {
  const double scale = pow(x, -mu);
  if (mu == rint(mu)) {
    const int n = (int)mu;
    value[0] = scale * jn(n, x);
    value[1] = scale * yn(n, x);
    slope[0] = -scale * jn(n + 1, x);
    slope[1] = -scale * yn(n + 1, x);
  } else {
    value[0] = scale * bessel_series(mu, x);
    value[1] = scale * bessel_series(-mu, x);
    slope[0] = -scale * bessel_series(mu + 1.0, x);
    slope[1] = scale * bessel_series(-mu - 1.0, x);
  }
}

/* phi'' + alpha phi'/tau + k^2 phi = 0 from phi = 1, phi' = 0 at tau_start: phi = tau^nu Z_|nu|(k tau), nu =
 * (1 - alpha)/2 <= 0. */
static double exact_mode(double alpha, double k, double tau_start, double tau) {
  const double mu = 0.5 * (alpha - 1.0);
  double v0[2];
  double s0[2];
  double v[2];
  double s[2];
  solutions(mu, k * tau_start, v0, s0);
  solutions(mu, k * tau, v, s);
  const double wronskian = v0[0] * s0[1] - v0[1] * s0[0];
  return (s0[1] * v[0] - s0[0] * v[1]) / wronskian;
}

/* Worst error over the run in units of the first amplitude, with steps of `dtau`. */
static double mode_error(double expansion, double s, int order, double dtau) {
  const int64_t n[3] = {1, 2, 0};
  const choices c = {.points = 16,
                     .spacing = 0.5,
                     .stencil = order,
                     .potential = "free",
                     .s = s,
                     .expansion = expansion,
                     .hubble = 0.8,
                     .dtau = dtau};
  simulation sim;
  assert_ok(simulation_open(&sim, &c));
  const dw_initial wave = {.kind = "mode", .normal = {n[0], n[1], n[2]}, .amplitude = 1.0};
  assert_ok(simulation_start(&sim, &wave));
  const double k = sqrt(lattice_k2(order, c.points, n)) / c.spacing;
  const double start = sim.model.background.tau_start;
  double worst = 0.0;
  while (dw_state_tau(sim.state) < start + 6.0 - 1e-9) {
    dw_step(sim.state);
    const double expected = exact_mode((3.0 - s) * expansion, k, start, dw_state_tau(sim.state));
    const double error = fabs(dw_field_get(sim.state->phi[0], 0, 0, 0) - expected);
    worst = error > worst ? error : worst;
  }
  simulation_close(&sim);
  return worst;
}

/* Catches wrong friction, powers of a in kick or drift, times at which a is taken, and fat walls with the friction of
 * thin ones. */
static void modes_in_an_expanding_universe(void **state) {
  (void)state;
  const double expansions[] = {1.0, 2.0, 0.5};
  const char *const names[] = {"radiation", "matter", "kination"};
  for (size_t e = 0; e < 3; e++) {
    for (int fat = 0; fat < 2; fat++) {
      const double s = fat ? 0.0 : 1.0;
      const double error[3] = {mode_error(expansions[e], s, 2, 0.02), mode_error(expansions[e], s, 2, 0.01),
                               mode_error(expansions[e], s, 2, 0.005)};
      const double fourth = mode_error(expansions[e], s, 4, 0.005);
      print_message("%-9s s = %.0f: error %.2e %.2e %.2e at dtau = 0.02 0.01 0.005, order %.3f; stencil 4 %.2e\n",
                    names[e], s, error[0], error[1], error[2], order_of(error[1], error[2]), fourth);
      assert_close(order_of(error[1], error[2]), 2.0, 0.0, 0.05);
      assert_true(error[2] < 5e-5 && fourth < 5e-5);
    }
  }
}

/* Catches a stability limit that is too generous, or so cautious that it costs time: 0.99 of it is stable, 1.01 isn't.
 */
static void stable_step_is_the_limit(void **state) {
  (void)state;
  for (int order = 2; order <= 4; order += 2) {
    for (int above = 0; above < 2; above++) {
      choices c = {.points = 8, .spacing = 0.6, .stencil = order, .potential = "free", .mass = 0.9};
      dw_model model;
      assert_ok(simulation_model(&model, &c));
      c.dtau = dw_model_stable_step(&model, c.spacing, 0.0) * c.spacing * (above ? 1.01 : 0.99);
      simulation sim;
      assert_ok(simulation_open(&sim, &c));
      const dw_initial checkers = {.kind = "mode", .normal = {4, 4, 4}, .amplitude = 1.0};
      assert_ok(simulation_start(&sim, &checkers));
      double worst = 0.0;
      for (int step = 0; step < 200; step++) {
        dw_step(sim.state);
        const double size = fabs(dw_field_get(sim.state->phi[0], 0, 0, 0));
        worst = size > worst ? size : worst;
      }
      assert_true(above ? worst > 1e6 : worst < 1.0 + 1e-9);
      simulation_close(&sim);
    }
  }
}

/* Largest |phi| at the end of a network on a coarse lattice, run with a fixed step until dtau^2 times the fastest
 * frequency squared is `square`, or until it blows up. */
static double largest_of_network(int order, double square) {
  choices c = {.points = 24, .spacing = 0.3, .stencil = order, .s = 1.0, .expansion = 1.0};
  c.dtau = 0.24 * c.spacing;
  simulation sim;
  assert_ok(simulation_open(&sim, &c));
  const dw_initial noise = {.kind = "white-noise", .seed = 5, .rms = 0.1, .cutoff = 3.0};
  assert_ok(simulation_start(&sim, &noise));
  double largest = 0.0;
  for (double now = 0.0; now < square && largest < 10.0;) {
    dw_step(sim.state);
    const double ratio = 0.24 / dw_model_resonant_step(&sim.model, c.spacing, dw_state_tau(sim.state));
    now = 2.0 * ratio * ratio;
    for (int64_t i = 0; i < c.points * c.points * c.points; i++) {
      const double phi =
          fabs(dw_field_get(sim.state->phi[0], i / (c.points * c.points), i / c.points % c.points, i % c.points));
      largest = phi > largest ? phi : largest;
    }
  }
  simulation_close(&sim);
  return largest;
}

/* Catches a limit that doesn't foresee the blow-up of unresolved networks at four steps a period, or cries wolf. */
static void resonance_is_foreseen(void **state) {
  (void)state;
  for (int order = 2; order <= 4; order += 2) {
    assert_true(largest_of_network(order, 1.9) < 2.0);
    assert_true(largest_of_network(order, 4.0) > 10.0);
  }
  choices harmonic = {.points = 8, .potential = "free", .mass = 2.0};
  dw_model model;
  assert_ok(simulation_model(&model, &harmonic));
  assert_true(isinf(dw_model_resonant_step(&model, 1.0, 0.0)));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(laplacian_converges),
    cmocka_unit_test(plane_waves_follow_the_lattice_dispersion),
    cmocka_unit_test(modes_in_an_expanding_universe),
    cmocka_unit_test(stable_step_is_the_limit),
    cmocka_unit_test(resonance_is_foreseen),
};

int main(void) { return cmocka_run_group_tests(tests, NULL, NULL); }
