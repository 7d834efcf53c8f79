/* What the net may not break: the 48 symmetries of the cube, translations, the sign of the field. */
#include "nets.h"

enum { POINTS = 10, ELEMENTS = 48 };

static const dw_net_shape SHAPE = {.inputs = 2, .outputs = 2, .hidden = 6, .layers = 4, .factors = 1, .from = {0, 1}};
static const double Q[1] = {0.4};
static const int64_t HERE[3] = {0, 0, 0};

typedef struct trial {
  dw_lattice *lattice;
  dw_net *net;
  dw_net_pass *pass;
} trial;

static trial open_trial(void) {
  trial t;
  assert_ok(dw_lattice_create(&t.lattice, dw_comm_self(), POINTS, 1.0, 1, 1, NULL));
  assert_ok(dw_net_create(&t.net, &SHAPE, 11));
  nets_shake(t.net);
  assert_ok(dw_net_pass_create(&t.pass, t.lattice, &SHAPE, false));
  return t;
}

static void close_trial(trial *t) {
  dw_net_pass_destroy(t->pass);
  dw_net_destroy(t->net);
  dw_lattice_destroy(t->lattice);
}

/* Where element `g` takes the site: a permutation of the directions, then reflections through the origin. */
static void turn(int g, const int64_t from[3], int64_t to[3]) {
  static const int order[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
  for (int d = 0; d < 3; d++) {
    const int64_t at = from[order[g / 8][d]];
    to[d] = (g >> d) % 2 == 1 ? (POINTS - at) % POINTS : at;
  }
}

static double value[2][POINTS][POINTS][POINTS];

static void keep(const dw_field *field, int slot) {
  for (int64_t i = 0; i < POINTS * POINTS * POINTS; i++) {
    const int64_t at[3] = {i / POINTS / POINTS, i / POINTS % POINTS, i % POINTS};
    value[slot][at[0]][at[1]][at[2]] = dw_field_get(field, at[0], at[1], at[2]);
  }
}

/* The input turned. */
static void fill_turned(const trial *t, int g) {
  nets_fill(t->pass, HERE, 1.0);
  for (int i = 0; i < SHAPE.inputs; i++) {
    keep(t->pass->input[i], 1);
    for (int64_t s = 0; s < POINTS * POINTS * POINTS; s++) {
      const int64_t from[3] = {s / POINTS / POINTS, s / POINTS % POINTS, s % POINTS};
      int64_t to[3];
      turn(g, from, to);
      dw_field_set(t->pass->input[i], to[0], to[1], to[2], value[1][from[0]][from[1]][from[2]]);
    }
  }
}

/* Catches an orbit with a neighbour too few or with another weight: <= 1e-5 for each of the 48. */
static void test_cube(void **state) {
  (void)state;
  trial t = open_trial();
  nets_fill(t.pass, HERE, 1.0);
  dw_net_apply(t.pass, t.net, Q);
  keep(t.pass->output[0], 0);
  for (int g = 0; g < ELEMENTS; g++) {
    double worst = 0.0;
    double moved = 0.0;
    fill_turned(&t, g);
    dw_net_apply(t.pass, t.net, Q);
    for (int64_t s = 0; s < POINTS * POINTS * POINTS; s++) {
      const int64_t from[3] = {s / POINTS / POINTS, s / POINTS % POINTS, s % POINTS};
      int64_t to[3];
      turn(g, from, to);
      const double found = dw_field_get(t.pass->output[0], to[0], to[1], to[2]);
      worst = fmax(worst, fabs(found - value[0][from[0]][from[1]][from[2]]));
      moved = fmax(moved, fabs(found - value[0][to[0]][to[1]][to[2]]));
    }
    assert_true(worst <= 1e-5);
    assert_true(g == 0 || moved > 0.1);
  }
  close_trial(&t);
}

/* Catches a bias or a gate that isn't odd: not one bit may differ. */
static void test_sign(void **state) {
  (void)state;
  trial t = open_trial();
  nets_fill(t.pass, HERE, 1.0);
  dw_net_apply(t.pass, t.net, Q);
  keep(t.pass->output[0], 0);
  keep(t.pass->output[1], 1);
  nets_fill(t.pass, HERE, -1.0);
  dw_net_apply(t.pass, t.net, Q);
  for (int64_t s = 0; s < POINTS * POINTS * POINTS; s++) {
    const int64_t at[3] = {s / POINTS / POINTS, s / POINTS % POINTS, s % POINTS};
    for (int o = 0; o < 2; o++) {
      assert_true(dw_field_get(t.pass->output[o], at[0], at[1], at[2]) == -value[o][at[0]][at[1]][at[2]]);
    }
  }
  close_trial(&t);
}

/* Catches rows or row ends that are treated unlike the others: not one bit may differ. */
static void test_translation(void **state) {
  (void)state;
  trial t = open_trial();
  nets_fill(t.pass, HERE, 1.0);
  dw_net_apply(t.pass, t.net, Q);
  keep(t.pass->output[0], 0);
  const int64_t shift[3] = {3, 7, 4};
  nets_fill(t.pass, shift, 1.0);
  dw_net_apply(t.pass, t.net, Q);
  for (int64_t s = 0; s < POINTS * POINTS * POINTS; s++) {
    const int64_t at[3] = {s / POINTS / POINTS, s / POINTS % POINTS, s % POINTS};
    const double there = value[0][(at[0] + 3) % POINTS][(at[1] + 7) % POINTS][(at[2] + 4) % POINTS];
    assert_true(dw_field_get(t.pass->output[0], at[0], at[1], at[2]) == there);
  }
  close_trial(&t);
}

/* Catches mixing by blocks that leaves out an output or a row's end, for all sizes around a block and a vector. */
static void test_mix(void **state) {
  (void)state;
  enum { MOST = 19, INPUTS = 7, LONGEST = 53, PITCH = 64 };
  static _Alignas(64) float in[INPUTS * PITCH];
  static _Alignas(64) float out[2][MOST * PITCH];
  static _Alignas(64) float packed[DW_ORBIT_PACKED(24, INPUTS)];
  float weight[MOST * INPUTS];
  for (uint64_t i = 0; i < INPUTS * PITCH; i++) {
    in[i] = (float)fixture_random(i);
  }
  for (uint64_t i = 0; i < MOST * INPUTS; i++) {
    weight[i] = (float)fixture_random(1000 + i);
  }
  for (int outputs = 1; outputs <= MOST; outputs++) {
    for (ptrdiff_t n = 1; n <= LONGEST; n++) {
      dw_orbit_pack(weight, outputs, INPUTS, packed);
      dw_orbit_mix(packed, outputs, INPUTS, in, PITCH, n, out[0]);
      dw_orbit_mix_plain(weight, outputs, INPUTS, in, PITCH, n, out[1]);
      for (int o = 0; o < outputs; o++) {
        assert_memory_equal(out[0] + o * PITCH, out[1] + o * PITCH, (size_t)n * sizeof(float));
      }
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_cube), cmocka_unit_test(test_sign),
                                     cmocka_unit_test(test_translation), cmocka_unit_test(test_mix)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
