/* The equal-time correlator of the stress of a Gaussian field, against Wick's theorem, and its standard error.
 *
 * With f_k = dx^3 sum f exp(-ikx), <phi_q phi*_q'> = L^3 P(q) delta_qq', and q' = k - q,
 *   Pi_ij(k) = -(1/L^3) sum_q q_i q'_j phi_q phi_q'.
 * In <Pi_ij(k) Pi_lm(k)*> a pair (q, q') meets itself and itself exchanged, which is the same symmetric tensor
 * T_ij = (q_i q'_j + q'_i q_j)/2 once more; phi_q and phi_q' meet for k = 0 alone. So
 *   <sum_ij |Pi_ij(k)|^2>/L^3 = (2/L^3) sum_q T_ij T_ij P(q) P(q')
 * for any part T_ij of the tensor. In the TT part q' counts as -q, and T_ij T_ij = q^4 sin^4 theta/2: the factor is 1
 * in ETC(k) = integral d^3q/(2 pi)^3 q^4 sin^4 theta P(q) P(|k - q|). What follows sums over the box's own modes and
 * takes for q what the differences make of it, so that nothing but the realisations is left to differ. */
#include <stdio.h>
#include <stdlib.h>

#include "lattice/random.h"
#include "tests/dw_test.h"
#include "tests/gw/stress_fixture.h"

enum { POINTS = 48, MOST = 24, SEEDS = 200, GROUPS = 3 };

static const double TWO_PI = 6.283185307179586476925286766559;
static const double SPACING = 0.5;
static const int64_t CUTOFF =
    8; /* 2 pi/L; the stress ends at 16, so that at c = 2 nothing from beyond falls on |n| <= 6 */

/* Tensor, scalar and vector part: their first amplitude and how many there are. */
static const int first_part[GROUPS] = {DW_PLUS, DW_SCALAR, DW_VECTOR_U};
static const int parts_of[GROUPS] = {2, 1, 2};
static const char *const names[GROUPS] = {"tensor", "scalar", "vector"};

/* What the centred difference makes of the mode number n. */
static double slope(int order, int64_t n) {
  const double angle = TWO_PI * (double)n / (double)POINTS;
  return (order == 2 ? sin(angle) : (8.0 * sin(angle) - sin(2.0 * angle)) / 6.0) / SPACING;
}

/* Squares of the tensor, scalar and vector part of T = (q p + p q)/2 with respect to k. */
static void squares_of(const double k[3], const double q[3], const double p[3], double out[GROUPS]) {
  const double k2 = k[0] * k[0] + k[1] * k[1] + k[2] * k[2];
  double kq = 0.0;
  double kp = 0.0;
  double qp = 0.0;
  double qq = 0.0;
  double pp = 0.0;
  for (int d = 0; d < 3; d++) {
    kq += k[d] * q[d];
    kp += k[d] * p[d];
    qp += q[d] * p[d];
    qq += q[d] * q[d];
    pp += p[d] * p[d];
  }
  const double along = kq * kp / k2; /* ^k T ^k */
  const double q_across = qq - kq * kq / k2;
  const double p_across = pp - kp * kp / k2;
  out[0] = 0.5 * q_across * p_across; /* tr TPTP - (tr TP)^2/2, P the projector on what is orthogonal to k */
  out[1] = 1.5 * (along - qp / 3.0) * (along - qp / 3.0);
  out[2] = (kq * kq * p_across + kp * kp * q_across + 2.0 * kq * kp * (qp - along)) / (2.0 * k2); /* 2 |P T ^k|^2 */
}

static bool inside(const int64_t n[3]) {
  const int64_t n2 = n[0] * n[0] + n[1] * n[1] + n[2] * n[2];
  return n2 > 0 && n2 <= CUTOFF * CUTOFF;
}

static void number_of(int64_t i, int64_t reach, int64_t n[3]) {
  const int64_t side = 2 * reach + 1;
  n[0] = i / (side * side) - reach;
  n[1] = i / side % side - reach;
  n[2] = i % side - reach;
}

/* (2/L^3) sum_q T T P P for the mode number n. */
static void expected_at(int order, const int64_t n[3], double power, double out[GROUPS]) {
  const double k[3] = {slope(order, n[0]), slope(order, n[1]), slope(order, n[2])};
  const double volume = pow((double)POINTS * SPACING, 3.0);
  for (int64_t i = 0; i < (2 * CUTOFF + 1) * (2 * CUTOFF + 1) * (2 * CUTOFF + 1); i++) {
    int64_t a[3];
    number_of(i, CUTOFF, a);
    const int64_t b[3] = {n[0] - a[0], n[1] - a[1], n[2] - a[2]};
    if (inside(a) && inside(b)) {
      const double q[3] = {slope(order, a[0]), slope(order, a[1]), slope(order, a[2])};
      const double p[3] = {slope(order, b[0]), slope(order, b[1]), slope(order, b[2])};
      double square[GROUPS];
      squares_of(k, q, p, square);
      for (int g = 0; g < GROUPS; g++) {
        out[g] += 2.0 / volume * power * power * square[g];
      }
    }
  }
}

/* Means over the shells 1 ... 2 CUTOFF. The sum for n is the same for all signs and orders of its components, so that
 * one of them is done for all. */
static void expected_shells(int order, double rms, double out[GROUPS][MOST]) {
  double count[MOST] = {0.0};
  int64_t modes = 0;
  for (int64_t i = 0; i < (2 * CUTOFF + 1) * (2 * CUTOFF + 1) * (2 * CUTOFF + 1); i++) {
    int64_t n[3];
    number_of(i, CUTOFF, n);
    modes += inside(n);
  }
  const double power = pow((double)POINTS * SPACING, 3.0) * rms * rms / (double)modes;
  memset(out, 0, GROUPS * sizeof *out);
  for (int64_t x = 1; x <= MOST; x++) {
    for (int64_t y = 0; y <= x; y++) {
      for (int64_t z = 0; z <= y; z++) {
        const int64_t n[3] = {x, y, z};
        const int64_t shell = dw_shell_of(x * x + y * y + z * z);
        const double images = 2.0 * (y != 0 ? 2.0 : 1.0) * (z != 0 ? 2.0 : 1.0) *
                              (x == y && y == z ? 1.0 : (x == y || y == z ? 3.0 : 6.0));
        double value[GROUPS] = {0.0};
        if (shell > 2 * CUTOFF) {
          continue;
        }
        expected_at(order, n, power, value);
        count[shell - 1] += images;
        for (int g = 0; g < GROUPS; g++) {
          out[g][shell - 1] += images * value[g];
        }
      }
    }
  }
  for (int i = 0; i < 2 * CUTOFF * GROUPS; i++) {
    out[i % GROUPS][i / GROUPS] /= count[i / GROUPS];
  }
}

/* Moments over the seeds. */
typedef struct moments {
  double sum[MOST];
  double product[MOST][MOST];
  double error2[MOST]; /* sum of squares of the reported standard errors */
} moments;

static void collect(moments *m, const double *mean, const double *error, int64_t shells) {
  for (int64_t n = 0; n < shells; n++) {
    m->sum[n] += mean[n];
    for (int64_t i = 0; i <= n; i++) {
      m->product[n][i] += mean[n] * mean[i];
    }
    m->error2[n] += error[n] * error[n];
  }
}

static double mean_of(const moments *m, int64_t n) { return m->sum[n] / SEEDS; }

static double covariance_of(const moments *m, int64_t n, int64_t i) {
  return (m->product[n][i] - m->sum[n] * m->sum[i] / SEEDS) / (SEEDS - 1);
}

static double variance_of(const moments *m, int64_t n) { return covariance_of(m, n, n); }

/* Reported standard error over the scatter of the realisations. */
static double error_ratio(const moments *m, int64_t n) { return sqrt(m->error2[n] / SEEDS / variance_of(m, n)); }

/* Quantile of chi^2/dof (Wilson & Hilferty 1931). */
static double quantile(double dof, double sigma) {
  const double width = 2.0 / (9.0 * dof);
  return pow(1.0 - width + sigma * sqrt(width), 3.0);
}

/* chi^2/dof of deviations in sigma with the correlations of the seeds (Hotelling): neighbouring shells are correlated,
 * as all share the same modes of the field. Solves with the correlations' Cholesky factor. */
static double hotelling(const moments *m, const double *deviation, int64_t shells) {
  double factor[MOST][MOST];
  double solved[MOST];
  double sum = 0.0;
  for (int64_t n = 0; n < shells; n++) {
    solved[n] = deviation[n];
    for (int64_t i = 0; i <= n; i++) {
      factor[n][i] = covariance_of(m, n, i) / sqrt(variance_of(m, n) * variance_of(m, i));
      for (int64_t j = 0; j < i; j++) {
        factor[n][i] -= factor[n][j] * factor[i][j];
      }
      factor[n][i] = i < n ? factor[n][i] / factor[i][i] : sqrt(factor[n][n]);
      solved[n] -= i < n ? factor[n][i] * solved[i] : 0.0;
    }
    solved[n] /= factor[n][n];
    sum += solved[n] * solved[n];
  }
  return sum * (double)(SEEDS - shells) / (double)((SEEDS - 1) * shells);
}

static void compare(const moments *m, const double *expected, int64_t shells, const char *scheme) {
  double deviation[MOST];
  double plain = 0.0;
  double worst = 0.0;
  double precise = 1.0;
  for (int64_t n = 0; n < shells; n++) {
    const double sigma = sqrt(variance_of(m, n) / SEEDS);
    deviation[n] = (mean_of(m, n) - expected[n]) / sigma;
    plain += deviation[n] * deviation[n] / (double)shells;
    worst = fmax(worst, fabs(deviation[n]));
    precise = fmin(precise, sigma / expected[n]);
  }
  const double chi2 = hotelling(m, deviation, shells);
  print_message("%s: chi^2/dof %.2f (%.2f without correlations), %2d shells, worst %.1f sigma, sigma from %.2f %% on\n",
                scheme, chi2, plain, (int)shells, worst, 100.0 * precise);
  assert_true(chi2 > quantile((double)shells, -3.09) && chi2 < quantile((double)shells, 3.09) && worst < 4.0);
}

/* Reported errors against the scatter. They take modes for independent, but those of the stress share the modes of the
 * field: with as few of these as here they are right at the lowest k alone and up to four times too small elsewhere. */
static void compare_errors(const moments *m, int64_t shells) {
  print_message("  reported standard error over the scatter of realisations, by shell:");
  for (int64_t n = 0; n < shells; n++) {
    print_message(" %.2f", error_ratio(m, n));
    assert_true(error_ratio(m, n) < 1.15);
  }
  print_message("\n");
  assert_close(error_ratio(m, 0), 1.0, 0.15, 0.0);
}

/* Mean and error of the three groups of parts for every seed. */
static void realise(stressed *s, dw_initial *noise, int64_t shells, moments m[GROUPS]) {
  memset(m, 0, GROUPS * sizeof *m);
  for (noise->seed = 0; noise->seed < SEEDS; noise->seed++) {
    assert_ok(simulation_start(&s->sim, noise));
    dw_stress_project(s->coarse, s->part);
    for (int g = 0; g < GROUPS; g++) {
      double mean[MOST];
      double error[MOST];
      assert_ok(dw_stress_spectrum(s->coarse, parts_of[g], &s->part[first_part[g]], mean, error));
      collect(&m[g], mean, error, shells);
    }
  }
}

static void gaussian_field(int order, int coarsening) {
  static double expected[GROUPS][MOST];
  static moments m[GROUPS];
  const choices c = {.points = POINTS, .spacing = SPACING, .stencil = order};
  const double unit = TWO_PI / ((double)POINTS * SPACING);
  dw_initial noise = {.kind = "white-noise", .rms = 0.8, .cutoff = unit * ((double)CUTOFF + 1e-9)};
  stressed s;
  assert_ok(stressed_open(&s, &c, 4));
  assert_ok(stressed_coarsen(&s, coarsening));
  const int64_t shells = s.coarse->shells->shells < 2 * CUTOFF ? s.coarse->shells->shells : 2 * CUTOFF;
  realise(&s, &noise, shells, m);
  expected_shells(order, noise.rms, expected);
  for (int g = 0; g < GROUPS; g++) {
    char scheme[64];
    (void)snprintf(scheme, sizeof scheme, "%s part, order %d, c = %d", names[g], order, coarsening);
    compare(&m[g], expected[g], shells, scheme);
  }
  compare_errors(&m[0], shells);
  stressed_close(&s);
}

/* Catches a wrong factor in the correlator, a wrong sum over polarisations, parts that aren't those of their names,
 * momenta of another stencil, and a window left in. The errors are the scatter of the seeds. */
static void correlator_of_a_gaussian_field(void **state) {
  (void)state;
  for (int i = 0; i < 4; i++) {
    gaussian_field(i / 2 == 0 ? 2 : 4, 1 + i % 2);
  }
}

/* Amplitudes of independent Gaussian modes, one draw per pair k, -k and part. */
static void draw(dw_modes *modes, int64_t seed) {
  const int64_t limit = modes->side / 2;
  for (int64_t i = 0; i < modes->side * modes->side * (limit + 1); i++) {
    const int64_t at[3] = {i / (limit + 1) / modes->side, i / (limit + 1) % modes->side, i % (limit + 1)};
    const int64_t n[3] = {dw_mode_number(modes->side, at[0]), dw_mode_number(modes->side, at[1]), at[2]};
    double value[2] = {0.0, 0.0};
    if (n[0] != 0 || n[1] != 0 || n[2] != 0) {
      dw_random_mode(seed, DW_STREAM_FIELD, n, value);
    }
    dw_modes_set(modes, at[0], at[1], at[2], value);
  }
}

/* Catches a standard error for modes instead of pairs of them, or for one part instead of their sum: with independent
 * modes it is the scatter of the realisations. */
static void error_of_independent_modes(void **state) {
  (void)state;
  static moments m;
  const choices c = {.points = POINTS, .spacing = SPACING};
  stressed s;
  assert_ok(stressed_open(&s, &c, 4));
  assert_ok(stressed_coarsen(&s, 2));
  const int64_t shells = s.coarse->shells->shells;
  const double cell = 2.0 * SPACING;
  const double expected =
      2.0 * 2.0 * pow(cell, 6.0) / pow((double)POINTS * SPACING, 3.0); /* two parts of <|A|^2> = 2 */
  memset(&m, 0, sizeof m);
  for (int64_t seed = 0; seed < SEEDS; seed++) {
    double mean[MOST];
    double error[MOST];
    draw(s.part[DW_PLUS], 2 * seed);
    draw(s.part[DW_CROSS], 2 * seed + 1);
    assert_ok(dw_stress_spectrum(s.coarse, 2, s.part, mean, error));
    collect(&m, mean, error, shells);
  }
  print_message("independent modes, reported standard error over scatter:");
  for (int64_t n = 0; n < shells; n++) {
    print_message(" %.2f", error_ratio(&m, n));
    assert_close(error_ratio(&m, n), 1.0, 0.2, 0.0);
    assert_close(mean_of(&m, n), expected, 0.0, 4.5 * sqrt(variance_of(&m, n) / SEEDS));
  }
  print_message("\n");
  stressed_close(&s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(correlator_of_a_gaussian_field),
      cmocka_unit_test(error_of_independent_modes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
