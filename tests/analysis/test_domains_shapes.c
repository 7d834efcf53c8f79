/* Walls of which it is known what they are, and all walls together against the area of the time series. */
#include "analysis/domains.h"
#include "base/constants.h"
#include "tests/dw_test.h"
#include "tests/fields/measured.h"

static dw_domains *domains_of(simulation *sim) {
  dw_domains *domains = NULL;
  dw_state_exchange(sim->state);
  assert_ok(dw_domains_find(&domains, sim->state->phi[0], sim->model.stencil, 10));
  return domains;
}

/* Balls whose centres are off from the middle of the box, a common point of it, as in test_area.c. */
static double ball(simulation *sim, double radius, const double offset[3]) {
  const int64_t n = sim->lattice->points;
  const double dx = sim->lattice->spacing;
  for (int64_t i = 0; i < n * n * n; i++) {
    const int64_t at[3] = {i / (n * n), i / n % n, i % n};
    double r2 = 0.0;
    for (int d = 0; d < 3; d++) {
      const double x = (double)at[d] - 0.5 * (double)n - offset[d];
      r2 += x * x;
    }
    dw_field_set(sim->state->phi[0], at[0], at[1], at[2], tanh((radius - sqrt(r2)) * dx / sim->model.potential->width));
  }
  dw_domains *found = domains_of(sim);
  assert_int_equal(found->domains, 2);
  assert_int_equal(found->walls, 1);
  assert_int_equal(found->walls_closed, 1);
  assert_true(found->domain[1].wraps == 0 && found->domain[0].wraps == 7 && found->domain[1].positive);
  assert_close(found->area_percolating, 0.0, 0.0, 0.0);
  assert_close(found->wall[0].area, found->area_closed, 0.0, 0.0);
  assert_close((double)found->wall[0].volume, 4.0 / 3.0 * DW_PI * radius * radius * radius, 0.02, 0.0);
  const double length = sim->lattice->length;
  const double area = found->area_closed / (4.0 * DW_PI * radius * radius * dx * dx / (length * length * length));
  dw_domains_destroy(found);
  return area;
}

/* Catches a closed wall that isn't one, an area that isn't 4 pi R^2, and a wrong volume within; tolerances are those of
 * the area of spheres in test_area.c. */
static void spheres(void **state) {
  (void)state;
  const double offsets[][3] = {{0.137, 0.411, 0.289}, {0.05, 0.33, 0.47}};
  for (int order = 2; order <= 4; order += 2) {
    const choices c = {.points = 56, .spacing = 0.5, .stencil = order, .precision = DW_SINGLE};
    simulation sim;
    assert_ok(simulation_open(&sim, &c));
    double mean = 0.0;
    double worst = 0.0;
    for (int i = 0; i < 8; i++) {
      const double error = ball(&sim, 9.36 + 2.62 * (i / 2), offsets[i % 2]) - 1.0;
      worst = fmax(worst, fabs(error));
      mean += error / 8.0;
    }
    print_message("spheres of radius 9 to 17 dx, stencil %d: area off by %+.1e in the mean, by at most %.1e\n", order,
                  mean, worst);
    assert_close(mean, 0.0, 0.0, 0.01);
    assert_true(worst < 0.02);
    simulation_close(&sim);
  }
}

/* Catches two planes across the box that count as closed or as two walls, and domains that wrap along the normal. */
static void planes(void **state) {
  (void)state;
  const struct {
    int64_t normal[3];
    int32_t wraps;
  } plane[] = {{{1, 0, 0}, 6}, {{0, 1, 0}, 5}, {{0, 0, 1}, 3}, {{1, 1, 0}, 7}, {{1, -1, 1}, 7}};
  for (size_t i = 0; i < sizeof plane / sizeof plane[0]; i++) {
    const int64_t *n = plane[i].normal;
    const choices c = {.points = 48, .spacing = 0.5, .stencil = 2, .precision = DW_DOUBLE};
    const dw_initial walls = {.kind = "walls", .normal = {n[0], n[1], n[2]}};
    simulation sim;
    assert_ok(simulation_open(&sim, &c));
    assert_ok(simulation_start(&sim, &walls));
    dw_domains *found = domains_of(&sim);
    assert_true(found->domains == 2 && found->walls == 1 && found->walls_closed == 0);
    assert_true(found->domain[0].wraps == plane[i].wraps && found->domain[1].wraps == plane[i].wraps);
    assert_true(found->wall[0].volume == 0 && !found->wall[0].closed);
    const double norm = sqrt((double)(n[0] * n[0] + n[1] * n[1] + n[2] * n[2]));
    assert_close(found->area_percolating, 2.0 * norm / sim.lattice->length, 0.01, 0.0);
    assert_close(found->area_closed, 0.0, 0.0, 0.0);
    dw_domains_destroy(found);
    simulation_close(&sim);
  }
}

/* Catches links that are lost or doubled, and weights that aren't those of the area of the time series. */
static void all_walls_are_the_area(void **state) {
  (void)state;
  int64_t closed = 0;
  for (int i = 0; i < 8; i++) {
    const choices c = {.points = i < 4 ? 45 : 32,
                       .spacing = 0.6,
                       .stencil = i % 2 == 0 ? 2 : 4,
                       .precision = i % 4 < 2 ? DW_SINGLE : DW_DOUBLE};
    const dw_initial noise = {.kind = "white-noise", .seed = i, .rms = 0.1, .cutoff = i < 4 ? 2.0 : 5.0};
    simulation sim;
    assert_ok(simulation_open(&sim, &c));
    assert_ok(simulation_start(&sim, &noise));
    const dw_measurement measured = simulation_measure(&sim);
    dw_domains *found = domains_of(&sim);
    assert_close(found->area_closed + found->area_percolating, measured.area, 1e-13, 0.0);
    assert_true(found->area_percolating > 0.0 && found->largest == found->domain[0].volume);
    closed += found->walls_closed;
    dw_domains_destroy(found);
    simulation_close(&sim);
  }
  print_message("closed walls in eight Gaussian fields: %d\n", (int)closed);
  assert_true(closed > 20);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(spheres),
    cmocka_unit_test(planes),
    cmocka_unit_test(all_walls_are_the_area),
};

int main(void) { return cmocka_run_group_tests(tests, NULL, NULL); }
