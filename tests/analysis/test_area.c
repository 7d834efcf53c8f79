/* Wall area of shapes and fields of which it is known. */
#include <stdio.h>
#include <stdlib.h>

#include "lattice/decomposition.h"
#include "tests/dw_test.h"
#include "tests/fields/measured.h"

static const double PI = 3.14159265358979323846264338327950;

static double area_of(simulation *sim) { return simulation_measure(sim).area; }

static double started_area(const choices *c, const dw_initial *initial) {
  simulation sim;
  assert_ok(simulation_open(&sim, c));
  assert_ok(simulation_start(&sim, initial));
  const double area = area_of(&sim);
  simulation_close(&sim);
  return area;
}

/* Catches an area that depends on the orientation: planes cross more links than their area. */
static void planes(void **state) {
  (void)state;
  const int64_t normals[][3] = {{1, 0, 0},  {0, 1, 0},  {0, 0, 1}, {1, 1, 0}, {0, 1, 1}, {1, 1, 1},
                                {1, -1, 0}, {1, -1, 1}, {2, 1, 0}, {2, 1, 1}, {3, 2, 1}};
  for (size_t i = 0; i < sizeof normals / sizeof normals[0]; i++) {
    const int64_t *n = normals[i];
    const double norm = sqrt((double)(n[0] * n[0] + n[1] * n[1] + n[2] * n[2]));
    double worst[3] = {0.0, 0.0, 0.0};
    for (int order = 2; order <= 4; order += 2) {
      for (int precision = DW_SINGLE; precision <= DW_DOUBLE; precision += DW_DOUBLE - DW_SINGLE) {
        const double spacings[] = {0.35, 0.7};
        for (size_t j = 0; j < 2; j++) {
          const choices c = {
              .points = 64, .spacing = spacings[j], .stencil = order, .precision = (dw_precision)precision};
          const dw_initial walls = {.kind = "walls", .normal = {n[0], n[1], n[2]}};
          const double expected = 2.0 * norm / (64.0 * spacings[j]);
          const double error = started_area(&c, &walls) / expected - 1.0;
          assert_close(error, 0.0, 0.0, 0.01);
          worst[order / 2] = fabs(error) > fabs(worst[order / 2]) ? error : worst[order / 2];
        }
      }
    }
    print_message("plane (%2d,%2d,%2d): area off by %+.1e (stencil 2), %+.1e (stencil 4)\n", (int)n[0], (int)n[1],
                  (int)n[2], worst[1], worst[2]);
  }
}

/* A ball whose centre is `offset` sites from the middle of the box. */
static double ball_area(int order, double radius, const double offset[3]) {
  const int64_t n = 56;
  const choices c = {.points = n, .spacing = 0.5, .stencil = order, .precision = DW_SINGLE};
  simulation sim;
  assert_ok(simulation_open(&sim, &c));
  for (int64_t i = 0; i < n * n * n; i++) {
    const int64_t at[3] = {i / (n * n), i / n % n, i % n};
    double r2 = 0.0;
    for (int d = 0; d < 3; d++) {
      const double x = (double)at[d] - 28.0 - offset[d];
      r2 += x * x;
    }
    dw_field_set(sim.state->phi[0], at[0], at[1], at[2],
                 tanh((radius - sqrt(r2)) * c.spacing / sim.model.potential->width));
  }
  const double area = area_of(&sim);
  const double length = sim.lattice->length;
  simulation_close(&sim);
  return area / (4.0 * PI * radius * radius * c.spacing * c.spacing / (length * length * length));
}

/* Catches a mean over orientations that is off, and weights taken where the gradient isn't that of the surface. What
 * scatters is the number of columns of sites that meet the ball, the lattice points in a circle (Gauss); about a site
 * it is the same in all three directions, about a common point it averages. */
static void spheres(void **state) {
  (void)state;
  const double offsets[][3] = {{0.137, 0.411, 0.289}, {0.05, 0.33, 0.47}, {0.0, 0.0, 0.0}};
  for (int order = 2; order <= 4; order += 2) {
    double mean = 0.0;
    double worst[2] = {0.0, 0.0}; /* about common points, about a site */
    for (int i = 0; i < 10; i++) {
      const double radius = 8.05 + 1.31 * i;
      for (int j = 0; j < 3; j++) {
        const double error = ball_area(order, radius, offsets[j]) - 1.0;
        worst[j == 2] = fmax(worst[j == 2], fabs(error));
        mean += error / 30.0;
      }
    }
    print_message(
        "spheres of radius 8 to 20 dx, stencil %d: area off by %+.1e in the mean, by at most %.1e about common "
        "points and %.1e about a site\n",
        order, mean, worst[0], worst[1]);
    assert_close(mean, 0.0, 0.0, 0.01);
    assert_true(worst[0] < 0.02 && worst[1] < 0.04);
  }
}

/* sqrt(<k^2>/3) 2/pi with the power of the box's own modes as the weight. */
static double rice(simulation *sim) {
  dw_modes *modes = sim->modes;
  dw_modes_forward(modes, sim->state->phi[0]);
  double power = 0.0;
  double moment = 0.0;
  for (int64_t kx = 0; kx < modes->side; kx++) {
    for (int64_t ky = 0; ky < modes->side; ky++) {
      for (int64_t kz = 0; kz <= modes->side / 2; kz++) {
        double value[2];
        dw_modes_get(modes, kx, ky, kz, value);
        const double p = dw_modes_weight(modes->side, kz) * (value[0] * value[0] + value[1] * value[1]);
        const int64_t n[2] = {dw_mode_number(modes->side, kx), dw_mode_number(modes->side, ky)};
        power += p;
        moment += p * (double)(n[0] * n[0] + n[1] * n[1] + kz * kz);
      }
    }
  }
  const double unit = 2.0 * PI / sim->lattice->length;
  return 2.0 / PI * sqrt(moment / power * unit * unit / 3.0);
}

/* Catches an area that is off for surfaces of all orientations and curvatures, by the formula of Rice for a Gaussian
 * field; with the ensemble's spectrum S = 0.2847 k_cut. */
static void gaussian_fields(void **state) {
  (void)state;
  const double cutoffs[] = {0.4, 0.6, 1.2};
  for (int order = 2; order <= 4; order += 2) {
    for (size_t i = 0; i < 3; i++) {
      enum { SEEDS = 3 };
      const int64_t points = i == 0 ? 128 : 96;
      const choices c = {.points = points, .spacing = 1.0, .stencil = order, .precision = DW_SINGLE};
      simulation sim;
      assert_ok(simulation_open(&sim, &c));
      double ratio = 0.0;
      double spread = 0.0;
      double mean = 0.0;
      for (int seed = 0; seed < SEEDS; seed++) {
        const dw_initial noise = {.kind = "white-noise", .seed = seed, .rms = 0.1, .cutoff = cutoffs[i]};
        assert_ok(simulation_start(&sim, &noise));
        const double area = area_of(&sim);
        const double one = area / rice(&sim);
        ratio += one / SEEDS;
        spread += one * one / SEEDS;
        mean += area / SEEDS;
      }
      spread = sqrt(fmax(spread - ratio * ratio, 0.0));
      print_message(
          "Gaussian field, N = %d, k_cut dx = %.1f, stencil %d: area/Rice - 1 = %+.2e, spread of a seed %.1e; "
          "area/k_cut = %.4f\n",
          (int)points, cutoffs[i], order, ratio - 1.0, spread, mean / cutoffs[i]);
      assert_close(ratio, 1.0, 0.0, 0.02);
      assert_close(mean, 0.2847 * cutoffs[i], 0.03, 0.0);
      simulation_close(&sim);
    }
  }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(planes),
    cmocka_unit_test(spheres),
    cmocka_unit_test(gaussian_fields),
};

int main(void) { return cmocka_run_group_tests(tests, NULL, NULL); }
