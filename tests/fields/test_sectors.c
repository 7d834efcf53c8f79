/* The Z_N potential, its walls against closed forms, and the starts that use them. */
#include "fields/sector_wall.h"
#include "tests/dw_test_rows.h"
#include "tests/fields/simulation.h"

static const double PI = 3.14159265358979323846;

static const dw_potential *z_n(void) {
  const dw_potential *row = NULL;
  assert_ok(dw_potential_find(&row, "z-n"));
  return row;
}

static void value_at(const dw_potential_values *values, const double phi[2], double *v0, double *vb) {
  z_n()->value[1](values, &dw_instant_start, (const void *const[]){&phi[0], &phi[1]}, v0, vb, 1);
}

static void slope_at(const dw_potential_values *values, double degenerate, double bias, const double phi[2],
                     double slope[2]) {
  z_n()->derivative[1](values, &dw_instant_start, degenerate, bias, (const void *const[]){&phi[0], &phi[1]},
                       (void *const[]){&slope[0], &slope[1]}, 1);
}

/* v0 with the angle itself. */
static double plain(const dw_potential_values *values, const double phi[2]) {
  const double r = hypot(phi[0], phi[1]);
  const double ratio = values->axion_mass / values->walls;
  return 0.25 * (r * r - 1.0) * (r * r - 1.0) +
         ratio * ratio * r * r * (1.0 - cos(values->walls * atan2(phi[1], phi[0])));
}

/* Catches another power, prefactor or bias, and a derivative that doesn't belong to the potential. */
static void derivatives(void **state) {
  (void)state;
  const double h = 1e-4;
  for (int walls = 1; walls <= DW_MOST_SECTORS; walls++) {
    const dw_potential_values values = {.bias = 0.2, .walls = walls, .axion_mass = 0.3 + 0.1 * walls};
    for (int i = 0; i < 200; i++) {
      const double phi[2] = {0.013 * (i % 20 - 9.3) * (1 + i % 7), 0.017 * (i / 10 - 9.6) * (1 + i % 5)};
      double v0 = 0.0;
      double vb = 0.0;
      double slope[2];
      double tilt[2];
      value_at(&values, phi, &v0, &vb);
      assert_close(v0, plain(&values, phi), 1e-12, 1e-14);
      assert_close(vb, -2.0 / 3.0 * 0.2 * phi[0], 1e-14, 0.0);
      slope_at(&values, 1.0, 0.0, phi, slope);
      slope_at(&values, 0.7, 0.3, phi, tilt);
      for (int c = 0; c < 2; c++) {
        double up[2] = {phi[0], phi[1]};
        double down[2] = {phi[0], phi[1]};
        up[c] += h;
        down[c] -= h;
        const double r = hypot(phi[0], phi[1]);
        assert_close(slope[c], (plain(&values, up) - plain(&values, down)) / (2.0 * h), 1e-6,
                     1e-6 * (1.0 + walls / (r * r)));
        assert_close(tilt[c], 0.7 * slope[c] + (c == 0 ? -0.3 * 2.0 / 3.0 * 0.2 : 0.0), 1e-12, 1e-14);
      }
    }
  }
}

/* Catches vacua with a force or energy, an undefined force at Phi = 0, and neighbours split by another amount. */
static void vacua(void **state) {
  (void)state;
  for (int walls = 1; walls <= DW_MOST_SECTORS; walls++) {
    const dw_potential_values values = {.bias = 0.3, .walls = walls, .axion_mass = 0.8};
    double lowest = 0.0;
    for (int k = 0; k < walls; k++) {
      double vacuum[2];
      double slope[2];
      double v0 = 0.0;
      double vb = 0.0;
      dw_sector_vacuum(walls, k, vacuum);
      slope_at(&values, 1.0, 0.0, vacuum, slope);
      value_at(&values, vacuum, &v0, &vb);
      assert_close(hypot(slope[0], slope[1]), 0.0, 0.0, 1e-14);
      assert_close(v0, 0.0, 0.0, 1e-15);
      lowest = k == 0 ? vb : lowest;
      assert_close(vb - lowest, 4.0 / 3.0 * 0.3 * pow(sin(PI * k / walls), 2.0), 1e-12, 1e-15);
    }
    const double nowhere[2] = {0.0, 0.0};
    double slope[2];
    slope_at(&values, 1.0, 0.0, nowhere, slope);
    assert_true(slope[0] == 0.0 && slope[1] == 0.0);
  }
}

enum { MOST = 203 };

/* Catches a vector body that rounds unlike its remainder, in either precision. */
static void same_bits_wherever_in_a_row(void **state) {
  (void)state;
  const dw_potential *potential = z_n();
  for (int walls = 1; walls <= DW_MOST_SECTORS; walls += 3) {
    const dw_potential_values values = {.bias = 0.2, .walls = walls, .axion_mass = 0.9};
    _Alignas(DW_ROW_ALIGNMENT) float single[2][MOST];
    _Alignas(DW_ROW_ALIGNMENT) double twice[2][MOST];
    _Alignas(DW_ROW_ALIGNMENT) float f32[2][MOST];
    _Alignas(DW_ROW_ALIGNMENT) double f64[2][MOST];
    double v[4][MOST];
    for (int i = 0; i < MOST; i++) {
      single[0][i] = 0.0113F * (float)(i - MOST / 2);
      single[1][i] = 0.0071F * (float)((i * 37) % MOST - MOST / 2);
      twice[0][i] = (double)single[0][i];
      twice[1][i] = (double)single[1][i];
    }
    potential->derivative[0](&values, &dw_instant_start, 0.7, 0.3, (const void *const[]){single[0], single[1]},
                             (void *const[]){f32[0], f32[1]}, MOST);
    potential->derivative[1](&values, &dw_instant_start, 0.7, 0.3, (const void *const[]){twice[0], twice[1]},
                             (void *const[]){f64[0], f64[1]}, MOST);
    potential->value[0](&values, &dw_instant_start, (const void *const[]){single[0], single[1]}, v[0], v[1], MOST);
    potential->value[1](&values, &dw_instant_start, (const void *const[]){twice[0], twice[1]}, v[2], v[3], MOST);
    assert_memory_equal(v[0], v[2], sizeof v[0]);
    assert_memory_equal(v[1], v[3], sizeof v[1]);
    for (int i = 0; i < MOST; i++) {
      float one[2];
      double two[2];
      potential->derivative[0](&values, &dw_instant_start, 0.7, 0.3,
                               (const void *const[]){&single[0][i], &single[1][i]}, (void *const[]){&one[0], &one[1]},
                               1);
      potential->derivative[1](&values, &dw_instant_start, 0.7, 0.3, (const void *const[]){&twice[0][i], &twice[1][i]},
                               (void *const[]){&two[0], &two[1]}, 1);
      for (int c = 0; c < 2; c++) {
        assert_memory_equal(&one[c], &f32[c][i], sizeof one[c]);
        assert_memory_equal(&two[c], &f64[c][i], sizeof two[c]);
        assert_close((double)one[c], two[c], 2e-5, 1e-5);
      }
    }
  }
}

static dw_model model_of(int walls, double mass) {
  dw_model model = {.values = {.walls = walls, .axion_mass = mass}};
  assert_ok(dw_model_set_potential(&model, "z-n"));
  model.potential = NULL; /* it pointed into the original */
  return model;
}

/* Catches a wrong tension or width: N = 2 has closed forms on both sides of mu^2 = 1/2. */
static void two_vacua(void **state) {
  (void)state;
  static const double masses[] = {0.02, 0.1, 0.3, 0.5, 0.7, 0.72, 1.0, 3.0};
  for (size_t i = 0; i < sizeof masses / sizeof masses[0]; i++) {
    const double mu = masses[i];
    const dw_model model = model_of(2, mu);
    const dw_potential *p = &model.computed;
    const bool curved = mu * mu < 0.5;
    assert_close(p->tension, curved ? 2.0 * mu * (1.0 - 2.0 * mu * mu / 3.0) : sqrt(8.0) / 3.0, 1e-11, 0.0);
    double half = 0.0; /* half the length of the ellipse with the axes 1 and sqrt(1 - 2 mu^2) */
    const double axis = curved ? sqrt(1.0 - 2.0 * mu * mu) : 0.0;
    for (int j = 0; j < 2000; j++) {
      half += hypot(cos(PI * (j + 0.5) / 2000.0), axis * sin(PI * (j + 0.5) / 2000.0)) * PI / 2000.0;
    }
    assert_close(p->width, 0.5 * half / (curved ? mu : sqrt(0.5)), 1e-6, 0.0);
    assert_close(p->curvature, fmax(2.0, mu * mu), 1e-15, 0.0);
    assert_true(p->barrier == 0.0 && p->minimum[0] == 0.0 && p->minimum[1] == 0.0);
  }
}

/* Catches a power of N, and the thin limit: sigma = 8 mu/N^2, delta = pi/(2 mu), corrections of order mu^2. */
static void thin_limit(void **state) {
  (void)state;
  for (int walls = 1; walls <= DW_MOST_SECTORS; walls++) {
    const double mu = 0.01;
    const dw_model model = model_of(walls, mu);
    assert_close(model.computed.tension, 8.0 * mu / (walls * walls), 4.0 * mu * mu, 0.0);
    assert_close(model.computed.width, 0.5 * PI / mu, 8.0 * mu * mu, 0.0);
  }
}

/* Catches walls of N = 1 where there are none, and a profile that shrank away unnoticed. */
static void shrinks_away(void **state) {
  (void)state;
  const dw_model wall = model_of(1, 0.15);
  assert_true(wall.computed.tension > 1.0 && wall.computed.width > 5.0);
  const dw_model none = model_of(1, 0.4);
  assert_true(none.computed.tension == 0.0 && none.computed.width == 0.0);
  dw_sector_wall *profile = NULL;
  assert_ok(dw_sector_wall_create(&profile, z_n(), &none.values));
  assert_null(profile);
  dw_model wrong = {.values = {.walls = 17, .axion_mass = 1.0}};
  assert_status(dw_model_set_potential(&wrong, "z-n"), DW_ERR_PARAM);
  wrong.values = (dw_potential_values){.walls = 3, .axion_mass = 0.0};
  assert_status(dw_model_set_potential(&wrong, "z-n"), DW_ERR_PARAM);
}

/* Catches a profile that doesn't solve phi'' = dv0/dphi with phi'^2/2 = v0, or isn't that of N = 2. */
static void profiles(void **state) {
  (void)state;
  for (int walls = 1; walls <= 6; walls++) {
    const dw_potential_values values = {.walls = walls, .axion_mass = walls == 1 ? 0.2 : 0.6};
    dw_sector_wall *wall = NULL;
    assert_ok(dw_sector_wall_create(&wall, z_n(), &values));
    const double mu = values.axion_mass;
    for (double x = -9.3; x < 9.4; x += 0.21) {
      const double h = 1e-2;
      double phi[3][2];
      double slope[3][2];
      double force[2];
      double v0 = 0.0;
      double vb = 0.0;
      for (int i = 0; i < 3; i++) {
        dw_sector_wall_at(wall, x + h * (i - 1), phi[i], slope[i]);
      }
      slope_at(&values, 1.0, 0.0, phi[1], force);
      value_at(&values, phi[1], &v0, &vb);
      assert_close(0.5 * (slope[1][0] * slope[1][0] + slope[1][1] * slope[1][1]), v0, 0.0, 1e-7);
      for (int c = 0; c < 2; c++) {
        assert_close((slope[2][c] - slope[0][c]) / (2.0 * h), force[c], 0.0, 2e-4);
      }
      if (walls == 2) {
        assert_close(phi[1][0], -tanh(mu * x), 0.0, 1e-8);
        assert_close(phi[1][1], sqrt(1.0 - 2.0 * mu * mu) / cosh(mu * x), 0.0, 1e-8);
      }
    }
    dw_sector_wall_destroy(wall);
  }
}

enum { POINTS = 64, STEPS = 128 };

/* Walls between the vacua 0 and 1 that have gone `way`, as the start makes them. */
static double largest_difference(const simulation *sim, const dw_sector_wall *wall, double gamma, double way) {
  double worst = 0.0;
  double vacuum[2][2];
  dw_sector_vacuum(sim->model.values.walls, 0, vacuum[0]);
  dw_sector_vacuum(sim->model.values.walls, 1, vacuum[1]);
  for (int64_t x = 0; x < POINTS; x++) {
    double expected[2] = {vacuum[0][0], vacuum[0][1]};
    for (int m = -2; m <= 2; m++) {
      const double u = 0.25 * (double)x - way + 16.0 * m;
      double phi[2][2];
      double slope[2];
      dw_sector_wall_at(wall, gamma * (u - 4.0), phi[0], slope);
      dw_sector_wall_at(wall, -gamma * (u - 12.0), phi[1], slope);
      for (int c = 0; c < 2; c++) {
        expected[c] += phi[0][c] - vacuum[0][c] + phi[1][c] - vacuum[1][c];
      }
    }
    for (int c = 0; c < 2; c++) {
      worst = fmax(worst, fabs(dw_field_get(sim->state->phi[c], x, 5, 7) - expected[c]));
    }
  }
  return worst;
}

/* Catches a start or a force that isn't the potential's: walls at rest and at v = 0.5 keep shape and velocity. */
static void walls_move(void **state) {
  (void)state;
  const choices flat = {.points = POINTS, .spacing = 0.25, .stencil = 4, .s = 1.0, .dtau = 0.0625, .potential = "z-n"};
  for (int walls = 2; walls <= 4; walls++) {
    for (int i = 0; i < 2; i++) {
      const double v = 0.5 * i;
      const dw_initial start = {.kind = "walls", .normal = {1, 0, 0}, .velocity = v};
      simulation sim;
      assert_ok(simulation_open(&sim, &flat));
      sim.model.values.walls = walls;
      sim.model.values.axion_mass = 2.0;
      assert_ok(dw_model_set_potential(&sim.model, "z-n"));
      assert_ok(simulation_start(&sim, &start));
      dw_sector_wall *wall = NULL;
      assert_ok(dw_sector_wall_create(&wall, sim.model.potential, &sim.model.values));
      const double gamma = 1.0 / sqrt(1.0 - v * v);
      assert_close(largest_difference(&sim, wall, gamma, 0.0), 0.0, 0.0, 1e-14);
      for (int n = 0; n < STEPS; n++) {
        dw_step(sim.state);
      }
      const double worst = largest_difference(&sim, wall, gamma, v * STEPS * flat.dtau);
      print_message("N = %d, v = %.1f: off by %.2g\n", walls, v, worst);
      assert_close(worst, 0.0, 0.0, i == 0 ? 1e-3 : 4e-3);
      dw_sector_wall_destroy(wall);
      simulation_close(&sim);
    }
  }
}

/* Catches walls that start before a hand-over with the width they would have without one: M is a_h there, not 1. */
static void walls_before_a_hand_over(void **state) {
  (void)state;
  const double v = 0.5;
  const choices fat = {.points = POINTS, .spacing = 0.25, .s = 0.0, .expansion = 1.0, .potential = "z-n"};
  const dw_initial start = {.kind = "walls", .normal = {1, 0, 0}, .velocity = v};
  simulation sim;
  assert_ok(simulation_open(&sim, &fat));
  sim.model.physical_from = 2.0; /* a = tau */
  sim.model.values.walls = 3;
  sim.model.values.axion_mass = 1.0;
  assert_ok(dw_model_set_potential(&sim.model, "z-n"));
  assert_ok(simulation_start(&sim, &start));
  dw_sector_wall *wall = NULL;
  assert_ok(dw_sector_wall_create(&wall, sim.model.potential, &sim.model.values));
  const double q = 2.0 / sqrt(1.0 - v * v);
  assert_close(largest_difference(&sim, wall, q, 0.0), 0.0, 0.0, 1e-12);
  dw_state_exchange(sim.state);
  double phi[2];
  double slope[2];
  const int64_t x = POINTS / 4 + 1;
  dw_sector_wall_at(wall, q * 0.25, phi, slope);
  assert_close(simulation_velocity(&sim, x, 0, 0), -v * q * slope[0], 1e-6, 1e-6);
  dw_sector_wall_destroy(wall);
  simulation_close(&sim);
}

/* Catches cells that leave vacua out, favour one, or hold something else; 4096 of them. */
static void cells(void **state) {
  (void)state;
  for (int walls = 1; walls <= 5; walls++) {
    for (int biased = 0; biased < 2; biased++) {
      const choices c = {.points = 32, .potential = "z-n"};
      const dw_initial start = {.kind = "cells", .cell = 2.0, .seed = 5, .fraction = biased == 0 ? 0.5 : 0.7};
      simulation sim;
      assert_ok(simulation_open(&sim, &c));
      sim.model.values.walls = walls;
      sim.model.values.axion_mass = 0.1;
      assert_ok(dw_model_set_potential(&sim.model, "z-n"));
      assert_ok(simulation_start(&sim, &start));
      for (int k = 0; k < walls; k++) {
        double vacuum[2];
        int64_t found = 0;
        dw_sector_vacuum(walls, k, vacuum);
        for (int64_t i = 0; i < 16 * 16 * 16; i++) {
          const int64_t x[3] = {2 * (i / 256), 2 * (i / 16 % 16), 2 * (i % 16)};
          found += dw_field_get(sim.state->phi[0], x[0], x[1], x[2]) == vacuum[0] &&
                   dw_field_get(sim.state->phi[1], x[0] + 1, x[1], x[2] + 1) == vacuum[1];
        }
        const double even = 1.0 / walls;
        const double p = biased == 0 || walls == 1 ? even : k == 0 ? 0.7 : 0.3 / (walls - 1);
        assert_close((double)found / 4096.0, p, 0.0, 4.0 * sqrt(p * (1.0 - p) / 4096.0));
      }
      simulation_close(&sim);
    }
  }
}

/* Catches starts for one field that are made with two. */
static void refused(void **state) {
  (void)state;
  const choices c = {.points = 16, .potential = "z-n"};
  static const char *const kinds[] = {"sphere", "mode", "walls", "cells"};
  for (size_t i = 0; i < 4; i++) {
    simulation sim;
    assert_ok(simulation_open(&sim, &c));
    sim.model.values.walls = i < 2 ? 3 : 1; /* no wall for N = 1 and this mass */
    sim.model.values.axion_mass = 1.0;
    assert_ok(dw_model_set_potential(&sim.model, "z-n"));
    const dw_initial start = {.kind = kinds[i], .normal = {1, 0, 0}, .cell = 2.0, .radius = 3.0};
    assert_status(simulation_start(&sim, &start), DW_ERR_PARAM);
    simulation_close(&sim);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(derivatives), cmocka_unit_test(vacua),      cmocka_unit_test(same_bits_wherever_in_a_row),
      cmocka_unit_test(two_vacua),   cmocka_unit_test(thin_limit), cmocka_unit_test(shrinks_away),
      cmocka_unit_test(profiles),    cmocka_unit_test(walls_move), cmocka_unit_test(walls_before_a_hand_over),
      cmocka_unit_test(cells),       cmocka_unit_test(refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
