/* The stress of known fields: what emits nothing, what a coarse grid keeps, and the factor a^{1-s}. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/dw_test.h"
#include "tests/gw/stress_fixture.h"

static const double TWO_PI = 6.283185307179586476925286766559;

/* |TT part|/|traceless stress|, both over all kept modes. */
static double tensor_share(const stressed *s) {
  const double total = stressed_square(DW_PARTS, s->part);
  assert_true(total > 0.0);
  return sqrt(stressed_square(2, s->part) / total);
}

static double share_of(const choices *c, const dw_initial *initial, int coarsening, int steps) {
  stressed s;
  assert_ok(stressed_open(&s, c, 4));
  assert_ok(simulation_start(&s.sim, initial));
  for (int i = 0; i < steps; i++) {
    dw_step(s.sim.state);
  }
  assert_ok(stressed_measure(&s, coarsening));
  const double share = tensor_share(&s);
  stressed_close(&s);
  return share;
}

/* Catches differences and momenta that don't belong together, blocks of a wrong shape, and a projector of another
 * direction: where all of phi's momenta are along one direction whose components are 0 or equal but for signs, so are
 * the stencil's, and nothing is left but rounding. At rest, and moving after some steps. */
static void planes_emit_nothing(void **state) {
  (void)state;
  static const int64_t normals[4][3] = {{1, 0, 0}, {1, 1, 0}, {1, 1, 1}, {1, -1, 0}};
  double worst = 0.0;
  for (int i = 0; i < 16; i++) {
    const int64_t *n = normals[i / 4];
    const int coarsening = 1 + i / 2 % 2;
    const choices c = {.points = 32, .stencil = i % 2 == 0 ? 2 : 4, .dtau = 0.2};
    const dw_initial walls = {.kind = "walls", .normal = {n[0], n[1], n[2]}, .velocity = 0.4};
    const double start = share_of(&c, &walls, coarsening, 0);
    const double later = share_of(&c, &walls, coarsening, 40);
    worst = fmax(worst, fmax(start, later));
    assert_close(start, 0.0, 0.0, 1e-12);
    assert_close(later, 0.0, 0.0, 1e-12);
  }
  print_message("planes (100) (110) (111) (1-10): TT part at most %.1e of the stress\n", worst);
}

/* Order of the share between dx = 1/2 and 1/4, in a box of 32/m. It is the same with all modes as with those below a
 * fixed momentum, since the profile of a wall is smooth: what its stress has beyond the lattice's momenta decreases
 * exponentially with width/dx, which is why dx = 1 is not yet where the order shows. */
static double order_of_share(const dw_initial *initial, const char *name, int stencil, double last) {
  double share[3];
  for (int i = 0; i < 3; i++) {
    const choices c = {.points = 32 << i, .spacing = 1.0 / (double)(1 << i), .stencil = stencil};
    share[i] = share_of(&c, initial, 1, 0);
  }
  const double order = order_of(share[1], share[2]);
  print_message("%s, stencil of order %d: TT part %.2e %.2e %.2e of the stress at dx = 1, 1/2, 1/4; order %.2f\n", name,
                stencil, share[0], share[1], share[2], order);
  assert_true(share[2] < last);
  return order;
}

/* Catches a stencil of lower order, and momenta that are those of another: here the differences' momenta are not where
 * k is, their direction is wrong by O(dx^p), and a TT part is left. For a ball it is of that order. For a plane it is
 * of twice that order, as all gradients are along one line and both of them must miss the direction of k. */
static void other_planes_and_balls_converge(void **state) {
  (void)state;
  const dw_initial plane = {.kind = "walls", .normal = {2, 1, 0}};
  const dw_initial ball = {.kind = "sphere", .radius = 8.0}; /* tails at its centre and at the box: 1 - phi^2 < 1e-4 */
  assert_true(order_of_share(&ball, "ball of radius 8", 2, 1.5e-3) > 1.9);
  assert_true(order_of_share(&ball, "ball of radius 8", 4, 5e-5) > 3.7);
  assert_true(order_of_share(&plane, "plane (210)", 2, 3.5e-5) > 3.8);
  assert_true(order_of_share(&plane, "plane (210)", 4, 2e-6) > 7.0);
}

/* Amplitude of mode number n, kz >= 0, of modes that keep it. */
static double complex mode_of(const dw_modes *modes, const int64_t n[3]) {
  double value[2];
  dw_modes_get(modes, (n[0] + modes->side) % modes->side, (n[1] + modes->side) % modes->side, n[2], value);
  return value[0] + value[1] * DW_TEST_I;
}

/* Worst deviation of the coarse modes from the fine ones, against the largest of them. */
static double worst_deviation(const stressed *fine, const stressed *coarse, int part) {
  const dw_modes *few = coarse->part[part];
  const int c = coarse->coarse->coarsening;
  const double dx = fine->sim.lattice->spacing;
  double worst = 0.0;
  double most = 0.0;
  for (int64_t i = 0; i < few->side * few->side * (few->side / 2 + 1); i++) {
    const int64_t half = few->side / 2 + 1;
    const int64_t n[3] = {dw_mode_number(few->side, i / half / few->side),
                          dw_mode_number(few->side, i / half % few->side), i % half};
    /* the middle of a block lies (c - 1)/2 sites behind its first one, to which the transform refers */
    const double k = TWO_PI / fine->sim.lattice->length * (double)(n[0] + n[1] + n[2]);
    const double phase = 0.5 * (double)(c - 1) * dx * k;
    const double complex expected = mode_of(fine->part[part], n) * (cos(phase) + sin(phase) * DW_TEST_I);
    worst = fmax(worst, cabs((double)(c * c * c) * mode_of(few, n) - expected));
    most = fmax(most, cabs(expected));
  }
  return worst / most;
}

/* Catches a window that isn't divided out or is another one, a momentum of the wrong spacing, and blocks that don't
 * lie where they should: for a field of few momenta the stress on a coarse grid has no aliases, so its kept modes are
 * those of the full lattice to rounding, about the middle of the blocks. */
static void coarse_modes_are_the_fine_ones(void **state) {
  (void)state;
  for (int order = 2; order <= 4; order += 2) {
    const choices c = {.points = 64, .spacing = 0.5, .stencil = order};
    const dw_initial noise = {.kind = "white-noise", .seed = 5, .rms = 0.7, .cutoff = 0.6}; /* k dx <= 0.3 */
    stressed fine;
    stressed coarse;
    assert_ok(stressed_open(&fine, &c, 4));
    assert_ok(stressed_open(&coarse, &c, 4));
    assert_ok(simulation_start(&fine.sim, &noise));
    assert_ok(simulation_start(&coarse.sim, &noise));
    assert_ok(stressed_measure(&fine, 1));
    for (int coarsening = 2; coarsening <= 4; coarsening *= 2) {
      assert_ok(stressed_measure(&coarse, coarsening));
      for (int part = 0; part < DW_PARTS; part++) {
        assert_close(worst_deviation(&fine, &coarse, part), 0.0, 0.0, 1e-13);
      }
    }
    stressed_close(&fine);
    stressed_close(&coarse);
  }
}

/* Largest relative deviations of the TT correlator from the one of the full lattice, in the lower half of the coarse
 * grid's shells and in the upper one. Returns how many shells there are. */
static int64_t correlator_deviation(stressed *s, int coarsening, double worst[2]) {
  double fine[64];
  double coarse[64];
  double error[64];
  assert_ok(stressed_measure(s, 1));
  assert_ok(dw_stress_spectrum(s->coarse, 2, s->part, fine, error));
  assert_ok(stressed_measure(s, coarsening));
  assert_ok(dw_stress_spectrum(s->coarse, 2, s->part, coarse, error));
  const int64_t shells = s->coarse->shells->shells;
  worst[0] = 0.0;
  worst[1] = 0.0;
  for (int64_t n = 0; n < shells; n++) {
    double *half = &worst[2 * n < shells ? 0 : 1];
    *half = fmax(*half, fabs(coarse[n] / fine[n] - 1.0));
  }
  return shells;
}

/* Catches kept modes that go beyond where the coarse grid is right, and a window other than that of blocks: the aliases
 * of a network of walls, of width 2.8 dx, in the shells up to a quarter of the coarse Nyquist momentum and up to the
 * last, at half of it. */
static void coarse_correlator_of_a_network(void **state) {
  (void)state;
  const choices c = {.points = 128, .spacing = 0.5, .dtau = 0.2, .expansion = 1.0, .hubble = 0.5};
  const dw_initial noise = {.kind = "white-noise", .seed = 6, .rms = 1.0, .cutoff = 1.0};
  stressed s;
  assert_ok(stressed_open(&s, &c, 4));
  assert_ok(simulation_start(&s.sim, &noise));
  for (int i = 0; i < 60; i++) {
    dw_step(s.sim.state);
  }
  for (int coarsening = 2; coarsening <= 4; coarsening *= 2) {
    double worst[2];
    const int shells = (int)correlator_deviation(&s, coarsening, worst);
    print_message("network, c = %d: correlator off by at most %.1e in shells 1 to %d, %.1e to %d\n", coarsening,
                  worst[0], shells / 2, worst[1], shells);
    assert_int_equal(shells, c.points / coarsening / 4);
    assert_true(worst[0] < (coarsening == 2 ? 1e-4 : 1e-3) && worst[1] < (coarsening == 2 ? 3e-3 : 5e-3));
  }
  stressed_close(&s);
}

/* Square of the traceless product of centred differences, and the mean of the products, from the field itself. */
static double direct_square(const dw_state *state, double mean[3][3]) {
  const int64_t n = state->lattice->points;
  const double sites = (double)(n * n * n);
  double sum = 0.0;
  memset(mean, 0, 9 * sizeof(double));
  for (int64_t i = 0; i < n * n * n; i++) {
    double g[3];
    for (int d = 0; d < 3; d++) {
      double f[4];
      for (int j = 0; j < 4; j++) {
        int64_t at[3] = {i / (n * n), i / n % n, i % n};
        at[d] = (at[d] + n + (j < 2 ? j - 2 : j - 1)) % n;
        f[j] = dw_field_get(state->phi[0], at[0], at[1], at[2]);
      }
      g[d] = state->model->stencil == 2 ? f[2] - f[1] : (8.0 * (f[2] - f[1]) - (f[3] - f[0])) / 6.0;
      g[d] /= 2.0 * state->lattice->spacing;
    }
    const double square = g[0] * g[0] + g[1] * g[1] + g[2] * g[2];
    sum += 2.0 / 3.0 * square * square;
    for (int ij = 0; ij < 9; ij++) {
      mean[ij / 3][ij % 3] += (g[ij / 3] * g[ij % 3] - (ij % 4 == 0 ? square / 3.0 : 0.0)) / sites;
    }
  }
  return sum;
}

/* Catches parts that don't add up to the traceless tensor, in modes (Parseval, without the zero mode) and in shells,
 * and a correlator that isn't normalised to the box. */
static void parts_add_up(void **state) {
  (void)state;
  for (int order = 2; order <= 4; order += 2) {
    const choices c = {.points = 32, .spacing = 0.5, .stencil = order};
    const dw_initial noise = {.kind = "white-noise", .seed = 7, .rms = 0.7, .cutoff = 2.5}; /* no Nyquist mode */
    stressed s;
    double mean[3][3];
    double part[3][16];
    double all[16];
    double error[16];
    assert_ok(stressed_open(&s, &c, 1));
    assert_ok(simulation_start(&s.sim, &noise));
    assert_ok(stressed_measure(&s, 1));
    const double sites = pow((double)c.points, 3.0);
    double expected = direct_square(s.sim.state, mean);
    for (int ij = 0; ij < 9; ij++) {
      expected -= sites * mean[ij / 3][ij % 3] * mean[ij / 3][ij % 3];
    }
    const double total = stressed_square(DW_PARTS, s.part);
    assert_close(total / sites, expected, 1e-12, 0.0);
    assert_ok(dw_stress_spectrum(s.coarse, 2, &s.part[DW_PLUS], part[0], error));
    assert_ok(dw_stress_spectrum(s.coarse, 1, &s.part[DW_SCALAR], part[1], error));
    assert_ok(dw_stress_spectrum(s.coarse, 2, &s.part[DW_VECTOR_U], part[2], error));
    assert_ok(dw_stress_spectrum(s.coarse, DW_PARTS, s.part, all, error));
    double sum = 0.0;
    for (int64_t n = 0; n < 16; n++) {
      assert_close(part[0][n] + part[1][n] + part[2][n], all[n], 1e-13, 0.0);
      sum += (double)s.coarse->shells->count[n] * all[n];
    }
    assert_close(sum, total * pow(c.spacing, 6.0) / pow(16.0, 3.0), 1e-12, 0.0); /* nothing is beyond the shells */
    stressed_close(&s);
  }
}

/* Catches a weight other than a^{1-s}, at s = 0, 1 and between, in radiation and in matter. */
static void weight_of_fat_walls(void **state) {
  (void)state;
  static const double s_values[3] = {0.0, 0.5, 1.0};
  for (int i = 0; i < 6; i++) {
    const double p = i < 3 ? 1.0 : 2.0;
    const choices c = {.points = 16, .s = s_values[i % 3], .expansion = p, .hubble = 0.4};
    const dw_initial noise = {.kind = "white-noise", .seed = 8, .rms = 0.7, .cutoff = 1.0};
    stressed now;
    stressed later;
    assert_ok(stressed_open(&now, &c, 4));
    assert_ok(stressed_open(&later, &c, 4));
    assert_ok(simulation_start(&now.sim, &noise));
    assert_ok(simulation_start(&later.sim, &noise));
    later.sim.state->step = 37; /* the same field at another time */
    assert_ok(stressed_measure(&now, 2));
    assert_ok(stressed_measure(&later, 2));
    const double a = pow(1.0 + 37.0 * 0.1 * 0.4 / p, p);
    const double expected = i % 3 == 0 ? a : i % 3 == 1 ? sqrt(a) : 1.0;
    assert_close(dw_stress_weight(later.sim.state), expected, 1e-14, 0.0);
    for (int part = 0; part < DW_PARTS; part++) {
      const double ratio = sqrt(stressed_square(1, &later.part[part]) / stressed_square(1, &now.part[part]));
      assert_close(ratio, expected, i % 3 == 2 ? 0.0 : 1e-13, 0.0);
    }
    stressed_close(&now);
    stressed_close(&later);
  }
}

/* Catches a component of the field whose stress is left out or counted twice: the stress of two is the sum of those of
 * each alone. */
static void components_add(void **state) {
  (void)state;
  const choices two = {.points = 24, .potential = "z-n", .stencil = 4};
  const choices one = {.points = 24, .stencil = 4};
  stressed s[3];
  assert_ok(stressed_open(&s[0], &two, 4));
  const dw_initial noise = {.kind = "white-noise", .seed = 3, .rms = 0.1, .cutoff = 1.2};
  assert_ok(simulation_start(&s[0].sim, &noise));
  assert_ok(stressed_measure(&s[0], 2));
  for (int c = 0; c < 2; c++) {
    assert_ok(stressed_open(&s[1 + c], &one, 4));
    for (int64_t i = 0; i < 24 * 24 * 24; i++) {
      const int64_t x[3] = {i / 576, i / 24 % 24, i % 24};
      dw_field_set(s[1 + c].sim.state->phi[0], x[0], x[1], x[2],
                   dw_field_get(s[0].sim.state->phi[c], x[0], x[1], x[2]));
    }
    dw_field_touch(s[1 + c].sim.state->phi[0]);
    assert_ok(stressed_measure(&s[1 + c], 2));
  }
  const double whole = stressed_square(DW_PARTS, s[0].part);
  const dw_modes *m = s[0].part[0];
  double off = 0.0;
  for (int64_t i = 0; i < m->side * m->count[0] * m->count[1]; i++) {
    const int64_t at[3] = {i / m->count[1] / m->count[0], i / m->count[1] % m->count[0], i % m->count[1]};
    for (int p = 0; p < DW_PARTS; p++) {
      double value[3][2];
      for (int j = 0; j < 3; j++) {
        dw_modes_get(s[j].part[p], at[0], at[1], at[2], value[j]);
      }
      for (int r = 0; r < 2; r++) {
        off = fmax(off, fabs(value[0][r] - value[1][r] - value[2][r]));
      }
    }
  }
  assert_true(stressed_square(DW_PARTS, s[1].part) > 0.1 * whole && stressed_square(DW_PARTS, s[2].part) > 0.1 * whole);
  assert_close(off, 0.0, 0.0, 1e-13 * sqrt(whole));
  double rows[3][DW_COMPONENTS][12]; /* and as waves on the lattice take it, row by row */
  memset(rows, 0, sizeof rows);
  for (int j = 0; j < 3; j++) {
    void *row[DW_COMPONENTS];
    for (int i = 0; i < DW_COMPONENTS; i++) {
      row[i] = rows[j][i];
    }
    dw_stress_row(s[j].coarse, 4, 7, 1.0, row);
    stressed_close(&s[j]);
  }
  for (int i = 0; i < DW_COMPONENTS * 12; i++) {
    assert_close(rows[0][i / 12][i % 12], rows[1][i / 12][i % 12] + rows[2][i / 12][i % 12], 1e-13, 1e-15);
    assert_true(rows[1][i / 12][i % 12] != 0.0 && rows[2][i / 12][i % 12] != 0.0);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(planes_emit_nothing),
      cmocka_unit_test(other_planes_and_balls_converge),
      cmocka_unit_test(coarse_modes_are_the_fine_ones),
      cmocka_unit_test(coarse_correlator_of_a_network),
      cmocka_unit_test(parts_add_up),
      cmocka_unit_test(weight_of_fat_walls),
      cmocka_unit_test(components_add),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
