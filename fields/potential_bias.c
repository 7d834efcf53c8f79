#include "fields/potential_bias.h"

#include <math.h>

/* Points between the vacua; of the distance, how near to F the ratio is looked at before its limit in F. */
enum { SCAN = 4000, ROUNDS = 60 };
static const double NEAREST = 1e-4;

/* A ratio above this, of slopes that are of order one: there is no limit. */
static const double BEYOND = 1e6;

typedef struct subject {
  const dw_potential *potential;
  dw_potential_values values; /* bias = +-1 */
  double from;                /* F */
  double way;                 /* from F to T, with its sign */
} subject;

/* dv/dx of v = v0 or v_b at phi = F + x way. */
static double slope_at(const subject *s, bool of_bias, double x) {
  const double phi = s->from + x * s->way;
  return s->way *
         dw_potential_slope(s->potential, &s->values, &dw_instant_start, of_bias ? 0.0 : 1.0, of_bias ? 1.0 : 0.0, phi);
}

/* Central differences of order four in F. */
static double bend_at_false(const subject *s, bool of_bias) {
  const double h = 2e-3;
  return (8.0 * (slope_at(s, of_bias, h) - slope_at(s, of_bias, -h)) -
          (slope_at(s, of_bias, 2.0 * h) - slope_at(s, of_bias, -2.0 * h))) /
         (12.0 * h);
}

static double ratio_at(const subject *s, double x) {
  const double up = slope_at(s, false, x);
  const double push = -slope_at(s, true, x);
  if (!(up > 0.0)) {
    return 0.0;
  }
  return push > 0.0 ? up / push : (double)INFINITY;
}

/* The largest ratio between x - step and x + step, by finer and finer scans. */
static double climb(const subject *s, double x, double step) {
  double best = ratio_at(s, x);
  for (int round = 0; round < ROUNDS && best < BEYOND; round++) {
    double top = x;
    for (int i = -4; i <= 4; i++) {
      const double at = fmin(fmax(x + 0.25 * i * step, NEAREST), 1.0 - NEAREST);
      if (ratio_at(s, at) > best) {
        best = ratio_at(s, at);
        top = at;
      }
    }
    x = top;
    step *= 0.5;
  }
  return best;
}

/* Where v_b is flat in F, the ratio tends to that of the second derivatives; 0 where it isn't. */
static double limit_at_false(const subject *s, double largest_push) {
  if (fabs(slope_at(s, true, 0.0)) > 1e-9 * largest_push) {
    return 0.0;
  }
  const double push = -bend_at_false(s, true);
  return push > 1e-9 * largest_push ? bend_at_false(s, false) / push : (double)INFINITY;
}

/* Where v_b is higher, -1 where it is the same. */
static int higher_side(const dw_potential *potential, const dw_potential_values *values, const double vacuum[2]) {
  double v0[2];
  double vb[2];
  for (int i = 0; i < 2; i++) {
    dw_potential_at(potential, values, &dw_instant_start, vacuum[i], &v0[i], &vb[i]);
  }
  return fabs(vb[1] - vb[0]) > 1e-12 ? (vb[0] > vb[1] ? 0 : 1) : -1;
}

int dw_potential_false_side(const dw_potential *potential, const dw_potential_values *values) {
  static const double complex_vacua[2] = {-1.0, 1.0};
  const bool opposite = potential->sectors && values->walls == 2;
  const double *vacuum = opposite ? complex_vacua : potential->minimum;
  if (values->bias == 0.0 || !(vacuum[1] > vacuum[0])) {
    return -1;
  }
  dw_potential_values unit = *values;
  unit.bias = values->bias < 0.0 ? -1.0 : 1.0;
  return higher_side(potential, &unit, vacuum);
}

double dw_potential_critical_bias(const dw_potential *potential, const dw_potential_values *values) {
  subject s = {.potential = potential, .values = *values};
  if (!(potential->minimum[1] > potential->minimum[0])) {
    return (double)INFINITY;
  }
  s.values.bias = values->bias < 0.0 ? -1.0 : 1.0;
  const int side = higher_side(potential, &s.values, potential->minimum);
  if (side < 0) {
    return (double)INFINITY;
  }
  s.from = potential->minimum[side];
  s.way = potential->minimum[1 - side] - s.from;
  double best = 0.0;
  double where = 0.5;
  double push = 0.0;
  for (int i = 1; i < SCAN; i++) {
    const double x = (double)i / SCAN;
    push = fmax(push, fabs(slope_at(&s, true, x)));
    if (ratio_at(&s, x) > best) {
      best = ratio_at(&s, x);
      where = x;
    }
  }
  best = fmax(climb(&s, where, 1.0 / SCAN), limit_at_false(&s, push));
  return best < BEYOND ? best : (double)INFINITY;
}
