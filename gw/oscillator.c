/* With pi = a^2 h', h' = pi/a^2 and pi' = -k^2 a^2 h + 2 a^2 P. Expanded in powers of -k^2, a solution is
 *
 *   h = sum_j (-k^2)^j h_j,   pi = sum_j (-k^2)^j pi_j,   pi_{j+1} = int a^2 h_j,   h_{j+1} = int pi_{j+1}/a^2,
 *
 * from h_0 = 1 and pi_0 = 0, from pi_0 = 1 and h_0 = int 1/a^2, or, for the source, from pi_0 = int 2 a^2 P
 * and h_0 = int pi_0/a^2 (Peano-Baker series of the linear system). The integrals don't know k: they are done once per
 * call, on Chebyshev points, and each mode costs eight polynomials. Nothing cancels in the integrals, since all
 * integrands are positive, and little in the sums over j while k dtau is of order one; they converge like
 * (k dtau)^(2j)/(2j)!. Where k dtau is larger, or a(tau) not resolved by the points, the interval is divided. */
#include "gw/oscillator.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/memory.h"

enum {
  NODES = 24,
  LAST = NODES - 1,
  TERMS = 13,
  MOST_PARTS = 4096,       /* for large k */
  MOST_PARTS_SMOOTH = 128, /* for an a(tau) that isn't resolved */
};

/* Of k times the length of a part. There the first term left out is some 1e-17 of the sum. */
static const double phase_limit = 2.0;

/* Integrals over [0, 1] through the values at its Chebyshev points, both ends included. */
typedef struct quadrature {
  double point[NODES];
  double weight[NODES][NODES]; /* [j][i]: of the value at point j in the integral from 0 to point i */
} quadrature;

/* The entries of a dw_oscillator in their order. */
enum { M00, M01, M10, M11, S00, S01, S10, S11, ENTRIES };
_Static_assert(sizeof(dw_oscillator) == ENTRIES * sizeof(double), "a dw_oscillator is its entries");

/* One part of the interval, time in units of its length: entry = sum_j term[j] (-(k length)^2)^j. */
typedef struct part {
  double term[TERMS][ENTRIES];
} part;

/* What is the same for all modes at one division of the interval. */
typedef struct division {
  int parts;
  double length; /* of one part, 1/m */
  part *part;
} division;

/* Chebyshev polynomial `degree` at point j: cosine[n] = cos(pi n/LAST). */
static double chebyshev(const double *cosine, int degree, int j) { return cosine[degree * (LAST - j) % (2 * LAST)]; }

/* The integral of Chebyshev polynomial `degree` over [-1, x], x = point i of that interval. */
static double chebyshev_integral(const double *cosine, int degree, int i) {
  const double x = chebyshev(cosine, 1, i);
  if (degree < 2) {
    return degree == 0 ? 1.0 + x : 0.5 * (x - 1.0) * (x + 1.0);
  }
  const double up = (chebyshev(cosine, degree + 1, i) - (degree % 2 == 0 ? -1.0 : 1.0)) / (degree + 1);
  const double down = (chebyshev(cosine, degree - 1, i) - (degree % 2 == 0 ? -1.0 : 1.0)) / (degree - 1);
  return 0.5 * (up - down);
}

static double end_weight(int n) { return n == 0 || n == LAST ? 0.5 : 1.0; }

/* As Clenshaw and Curtis (1960): the interpolating polynomial in Chebyshev polynomials, integrated term by term. */
static void quadrature_init(quadrature *rule) {
  double cosine[2 * LAST];
  for (int n = 0; n < 2 * LAST; n++) {
    cosine[n] = cos(acos(-1.0) * n / LAST);
  }
  for (int i = 0; i < NODES; i++) {
    double integral[NODES];
    for (int degree = 0; degree < NODES; degree++) {
      integral[degree] = chebyshev_integral(cosine, degree, i);
    }
    rule->point[i] = 0.5 * (1.0 + chebyshev(cosine, 1, i));
    for (int j = 0; j < NODES; j++) {
      double sum = 0.0;
      for (int degree = LAST; degree >= 0; degree--) {
        sum += end_weight(degree) * chebyshev(cosine, degree, j) * integral[degree];
      }
      rule->weight[j][i] = end_weight(j) * sum / LAST;
    }
  }
}

static void integrate(const quadrature *rule, const double *f, double *result) {
  memset(result, 0, NODES * sizeof *result);
  for (int j = 0; j < NODES; j++) {
#pragma omp simd
    for (int i = 0; i < NODES; i++) {
      result[i] += rule->weight[j][i] * f[j];
    }
  }
}

/* pi = int a^2 f, h = int pi/a^2. */
static void kick_and_drift(const quadrature *rule, const double *a2, const double *f, double *h, double *pi) {
  double integrand[NODES];
  for (int i = 0; i < NODES; i++) {
    integrand[i] = a2[i] * f[i];
  }
  integrate(rule, integrand, pi);
  for (int i = 0; i < NODES; i++) {
    integrand[i] = pi[i] / a2[i];
  }
  integrate(rule, integrand, h);
}

/* The two entries at the end of the part, h and h', of the solution with h_0 = h and pi_0 = pi. */
static void expand(const quadrature *rule, const double *a2, double *h, double *pi, int entry_h, int entry_rate,
                   part *result) {
  for (int j = 0; j < TERMS; j++) {
    result->term[j][entry_h] = h[LAST];
    result->term[j][entry_rate] = pi[LAST] / a2[LAST];
    double before[NODES];
    memcpy(before, h, sizeof before);
    kick_and_drift(rule, a2, before, h, pi);
  }
}

/* a^2 at the points of a part, in units of that at its start. */
static void sample(const dw_background *background, const quadrature *rule, double start, double length, double *a2) {
  const double first = dw_background_scale_factor(background, start);
  for (int i = 0; i < NODES; i++) {
    const double a = dw_background_scale_factor(background, start + rule->point[i] * length) / first;
    a2[i] = a * a;
  }
}

static void part_init(part *result, const quadrature *rule, const double *a2) {
  double one[NODES], falling[NODES], rising[NODES], inverse[NODES], h[NODES], pi[NODES];
  for (int i = 0; i < NODES; i++) {
    one[i] = 1.0;
    falling[i] = 2.0 * rule->point[LAST - i]; /* 2 P of P = 1 at the start and 0 at the end */
    rising[i] = 2.0 * rule->point[i];
    inverse[i] = 1.0 / a2[i];
    pi[i] = 0.0;
  }
  memcpy(h, one, sizeof h);
  expand(rule, a2, h, pi, M00, M10, result);
  integrate(rule, inverse, h);
  expand(rule, a2, h, one, M01, M11, result);
  kick_and_drift(rule, a2, falling, h, pi);
  expand(rule, a2, h, pi, S00, S01, result);
  kick_and_drift(rule, a2, rising, h, pi);
  expand(rule, a2, h, pi, S10, S11, result);
}

/* The highest Chebyshev coefficient of f, relative to its largest value. */
static double roughness(const double *f) {
  double sum = 0.0;
  double largest = 0.0;
  for (int i = 0; i < NODES; i++) {
    sum += (i % 2 == 0 ? 1.0 : -1.0) * end_weight(i) * f[i];
    largest = fmax(largest, fabs(f[i]));
  }
  return fabs(sum) / LAST / largest;
}

/* Whether polynomials through the points of `parts` equal parts give a^2 and 1/a^2 to rounding. */
static dw_status is_resolved(const dw_background *background, const quadrature *rule, double tau0, double length,
                             int parts, bool *resolved) {
  *resolved = true;
  for (int n = 0; n < parts; n++) {
    double a2[NODES], inverse[NODES];
    sample(background, rule, tau0 + n * length, length, a2);
    for (int i = 0; i < NODES; i++) {
      if (!(isfinite(a2[i]) && a2[i] > 0.0)) {
        return dw_fail(DW_ERR_INTERNAL, "the scale factor isn't positive and finite from tau = %g to %g",
                       tau0 + n * length, tau0 + (n + 1) * length);
      }
      inverse[i] = 1.0 / a2[i];
    }
    *resolved = *resolved && fmax(roughness(a2), roughness(inverse)) < 1e-15;
  }
  return DW_OK;
}

/* The fewest parts, a power of two, that resolve a(tau). One that isn't smooth is taken as it is at MOST_PARTS_SMOOTH.
 */
static dw_status parts_for_background(const dw_background *background, const quadrature *rule, double tau0, double dtau,
                                      int *parts) {
  bool resolved = false;
  for (*parts = 1; *parts <= MOST_PARTS_SMOOTH; *parts *= 2) {
    DW_TRY(is_resolved(background, rule, tau0, dtau / *parts, *parts, &resolved));
    if (resolved) {
      return DW_OK;
    }
  }
  *parts = MOST_PARTS_SMOOTH;
  return DW_OK;
}

/* With k^2 = phase2/length^2. Each entry has its lane, so that the eight sums run side by side. */
static dw_oscillator part_at(const part *p, double phase2) {
  double sum[ENTRIES];
  memcpy(sum, p->term[TERMS - 1], sizeof sum);
  for (int j = TERMS - 2; j >= 0; j--) {
#pragma omp simd
    for (int e = 0; e < ENTRIES; e++) {
      sum[e] = p->term[j][e] - phase2 * sum[e];
    }
  }
  dw_oscillator result;
  memcpy(&result, sum, sizeof result);
  return result;
}

/* *all, then *next, which lies between the fractions `left` and `right` of the interval on which P is linear. */
static void append(dw_oscillator *all, const dw_oscillator *next, double left, double right) {
  const dw_oscillator first = *all;
  for (int r = 0; r < 2; r++) {
    const double *m = next->m[r];
    for (int c = 0; c < 2; c++) {
      all->m[r][c] = m[0] * first.m[0][c] + m[1] * first.m[1][c];
    }
    all->s0[r] = m[0] * first.s0[0] + m[1] * first.s0[1] + ((1.0 - left) * next->s0[r] + (1.0 - right) * next->s1[r]);
    all->s1[r] = m[0] * first.s1[0] + m[1] * first.s1[1] + (left * next->s0[r] + right * next->s1[r]);
  }
}

/* The whole interval, in units of m instead of the length of a part. */
static dw_oscillator mode(const division *d, double k2) {
  const double phase2 = k2 * d->length * d->length;
  dw_oscillator all = {.m = {{1.0, 0.0}, {0.0, 1.0}}};
  for (int n = 0; n < d->parts; n++) {
    const dw_oscillator next = part_at(&d->part[n], phase2);
    append(&all, &next, (double)n / d->parts, (double)(n + 1) / d->parts);
  }
  all.m[0][1] *= d->length;
  all.m[1][0] /= d->length;
  all.s0[0] *= d->length * d->length;
  all.s1[0] *= d->length * d->length;
  all.s0[1] *= d->length;
  all.s1[1] *= d->length;
  return all;
}

/* What it allocates is the caller's. */
static dw_status division_init(division *d, const dw_background *background, const quadrature *rule, double tau0,
                               double dtau, int parts) {
  d->parts = parts;
  d->length = dtau / parts;
  DW_TRY(dw_alloc((void **)&d->part, (size_t)parts, sizeof *d->part, "gravitational waves of one interval"));
  for (int n = 0; n < parts; n++) {
    double a2[NODES];
    sample(background, rule, tau0 + n * d->length, d->length, a2);
    part_init(&d->part[n], rule, a2);
  }
  return DW_OK;
}

/* table[i] for begin <= i < end. */
static void fill(const division *d, double unit, int64_t begin, int64_t end, dw_oscillator *table) {
#pragma omp parallel for schedule(static)
  for (int64_t i = begin; i < end; i++) {
    table[i] = mode(d, (double)i * unit * unit);
  }
}

/* The first i, at most `count`, for which parts of this length are too long. */
static int64_t first_too_long(double unit, double length, int64_t count) {
  const double phase = unit * length;
  const double last = phase_limit * phase_limit / (phase * phase); /* infinite for unit = 0 */
  return last >= (double)count ? count : (int64_t)last + 1;
}

dw_status dw_oscillator_fill(const dw_background *background, double tau0, double tau1, double unit, int64_t count,
                             dw_oscillator *table) {
  const double dtau = tau1 - tau0;
  if (!(isfinite(dtau) && dtau > 0.0 && isfinite(unit) && unit >= 0.0 && count >= 0)) {
    return dw_fail(DW_ERR_INTERNAL, "no gravitational waves from tau = %g to %g, unit %g, %lld modes", tau0, tau1, unit,
                   (long long)count);
  }
  if (first_too_long(unit, dtau / MOST_PARTS, count) < count) {
    return dw_fail(DW_ERR_INTERNAL, "gravitational waves: k dtau = %g is too much for one interval",
                   unit * sqrt((double)count) * dtau);
  }
  quadrature rule;
  quadrature_init(&rule);
  int parts = 1;
  DW_TRY(parts_for_background(background, &rule, tau0, dtau, &parts));
  for (int64_t begin = 0; begin < count; parts *= 2) {
    const int64_t end = first_too_long(unit, dtau / parts, count);
    if (end > begin) {
      division d;
      DW_TRY(division_init(&d, background, &rule, tau0, dtau, parts));
      fill(&d, unit, begin, end, table);
      dw_free(d.part);
      begin = end;
    }
  }
  return DW_OK;
}
