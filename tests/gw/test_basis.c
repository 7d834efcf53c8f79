#include <math.h>
#include <string.h>

#include "gw/parts.h"
#include "tests/dw_test.h"

enum { RANDOM = 200 };

/* splitmix64 (Steele, Lea & Flood 2014), in [-1, 1). */
static double random_number(uint64_t h) {
  h = (h + 1) * UINT64_C(0x9e3779b97f4a7c15);
  h = (h ^ (h >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  h = (h ^ (h >> 27)) * UINT64_C(0x94d049bb133111eb);
  return (double)((h ^ (h >> 31)) >> 11) * 0x1p-52 - 1.0;
}

typedef void (*check)(const double q[3]);

/* Along axes and diagonals, next to axes, at random; of size 1, tiny and huge. */
static void on_momenta(check one) {
  static const double sizes[] = {1.0, 1e-3, 1e-200, 5e-324 * 0x1p60, 1e200, 1.7e308};
  for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
    const double size = 0.9 * sizes[s];
    for (int i = 0; i < 27; i++) {
      for (int nudge = 0; nudge < 2; nudge++) {
        const double by = nudge ? 1e-9 : 0.0;
        const int way[3] = {i / 9 - 1, i / 3 % 3 - 1, i % 3 - 1};
        if (i != 13 || nudge) {
          one((const double[3]){size * (way[0] + by), size * (way[1] - by), size * way[2]});
        }
      }
    }
    for (uint64_t i = 0; i < RANDOM; i++) {
      const double q[3] = {sizes[s] * random_number(3 * i), sizes[s] * random_number(3 * i + 1),
                           sizes[s] * random_number(3 * i + 2)};
      one(q);
    }
  }
}

/* ^q in long double, by a way of its own. */
static void direction(const double q[3], double d[3]) {
  const long double length = sqrtl((long double)q[0] * (long double)q[0] + (long double)q[1] * (long double)q[1] +
                                   (long double)q[2] * (long double)q[2]);
  for (int i = 0; i < 3; i++) {
    d[i] = (double)((long double)q[i] / length);
  }
}

/* Catches parts that aren't orthonormal, symmetric or traceless, or plus and cross that aren't transverse. */
static void orthonormal_at(const double q[3]) {
  double e[DW_PARTS][3][3];
  double d[3];
  dw_parts_basis(q, e);
  direction(q, d);
  for (int p = 0; p < DW_PARTS; p++) {
    assert_close(e[p][0][0] + e[p][1][1] + e[p][2][2], 0.0, 0.0, 1e-15);
    for (int other = 0; other < DW_PARTS; other++) {
      double product = 0.0;
      for (int i = 0; i < 9; i++) {
        product += e[p][i / 3][i % 3] * e[other][i / 3][i % 3];
      }
      assert_close(product, p == other ? 1.0 : 0.0, 0.0, 2e-15);
    }
    for (int i = 0; i < 3; i++) {
      const double along = d[0] * e[p][0][i] + d[1] * e[p][1][i] + d[2] * e[p][2][i];
      assert_true(e[p][i][0] == e[p][0][i] && e[p][i][1] == e[p][1][i]);
      if (p == DW_PLUS || p == DW_CROSS) {
        assert_close(along, 0.0, 0.0, 1e-15);
      }
      if (p == DW_SCALAR) {
        assert_close(along, d[i] * sqrt(2.0 / 3.0), 0.0, 1e-15);
      }
    }
  }
}

static void orthonormal_and_transverse(void **state) {
  (void)state;
  on_momenta(orthonormal_at);
}

/* Lambda_ij,lm of the first two parts. */
static double lambda(double e[DW_PARTS][3][3], int ij, int lm) {
  double sum = 0.0;
  for (int p = DW_PLUS; p <= DW_CROSS; p++) {
    sum += e[p][ij / 3][ij % 3] * e[p][lm / 3][lm % 3];
  }
  return sum;
}

/* Catches plus and cross that span something else than all of the transverse traceless tensors: Lambda against the
 * projector P_il P_jm - P_ij P_lm/2 (on symmetric tensors), P = 1 - ^q ^q, and against its own square. */
static void projector_at(const double q[3]) {
  double e[DW_PARTS][3][3];
  double d[3];
  double p[3][3];
  dw_parts_basis(q, e);
  direction(q, d);
  for (int i = 0; i < 9; i++) {
    p[i / 3][i % 3] = (i / 3 == i % 3 ? 1.0 : 0.0) - d[i / 3] * d[i % 3];
  }
  for (int ij = 0; ij < 9; ij++) {
    for (int lm = 0; lm < 9; lm++) {
      const int i = ij / 3;
      const int j = ij % 3;
      const int l = lm / 3;
      const int m = lm % 3;
      const double expected = 0.5 * (p[i][l] * p[j][m] + p[i][m] * p[j][l] - p[i][j] * p[l][m]);
      double twice = 0.0;
      for (int ab = 0; ab < 9; ab++) {
        twice += lambda(e, ij, ab) * lambda(e, ab, lm);
      }
      assert_close(lambda(e, ij, lm), expected, 0.0, 2e-15);
      assert_close(twice, expected, 0.0, 4e-15);
    }
  }
}

static void projector(void **state) {
  (void)state;
  on_momenta(projector_at);
}

/* Catches parts that don't go over into themselves for -q, so that the squares of k and -k differ. */
static void mirror_at(const double q[3]) {
  static const double sign[DW_PARTS] = {1.0, -1.0, 1.0, 1.0, -1.0};
  double e[DW_PARTS][3][3];
  double mirrored[DW_PARTS][3][3];
  dw_parts_basis(q, e);
  dw_parts_basis((const double[3]){-q[0], -q[1], -q[2]}, mirrored);
  for (int p = 0; p < DW_PARTS; p++) {
    for (int i = 0; i < 9; i++) {
      assert_true(mirrored[p][i / 3][i % 3] == sign[p] * e[p][i / 3][i % 3]);
    }
  }
}

static void mirrored_momentum(void **state) {
  (void)state;
  on_momenta(mirror_at);
}

/* Catches u and v other than those of the header: plus and cross for two momenta, by hand. */
static void orientation(void **state) {
  (void)state;
  double e[DW_PARTS][3][3];
  const double half = sqrt(0.5);
  dw_parts_basis((const double[3]){0.0, 3.0, 0.0}, e); /* u = x, v = -z */
  assert_close(e[DW_PLUS][0][0], half, 1e-15, 0.0);
  assert_close(e[DW_PLUS][2][2], -half, 1e-15, 0.0);
  assert_close(e[DW_CROSS][0][2], -half, 1e-15, 0.0);
  assert_close(e[DW_VECTOR_U][0][1], half, 1e-15, 0.0);
  assert_close(e[DW_VECTOR_V][1][2], -half, 1e-15, 0.0);
  dw_parts_basis((const double[3]){0.0, 0.0, -2.0}, e); /* u = -x, v = y */
  assert_close(e[DW_PLUS][0][0], half, 1e-15, 0.0);
  assert_close(e[DW_CROSS][0][1], -half, 1e-15, 0.0);
  assert_close(e[DW_VECTOR_U][0][2], half, 1e-15, 0.0);
  assert_close(e[DW_VECTOR_V][1][2], -half, 1e-15, 0.0);
}

/* Catches a direction made up for a momentum that has none. */
static void no_momentum(void **state) {
  (void)state;
  double e[DW_PARTS][3][3];
  memset(e, 1, sizeof e);
  dw_parts_basis((const double[3]){0.0, -0.0, 0.0}, e);
  for (int i = 0; i < DW_PARTS * 9; i++) {
    assert_true(e[i / 9][i / 3 % 3][i % 3] == 0.0);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(orthonormal_and_transverse),
      cmocka_unit_test(projector),
      cmocka_unit_test(mirrored_momentum),
      cmocka_unit_test(orientation),
      cmocka_unit_test(no_momentum),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
