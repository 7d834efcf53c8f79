#include "fields/potential_numbers.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_integration.h>
#include <math.h>

/* Where minima are looked for, and how finely. The ends are no round numbers, so no vacuum lies on a point. */
static const double REACH = 8.00123;
enum { SCAN = 8000 };

/* Of v0, relative to the barrier. */
static const double DEGENERATE = 1e-6;

/* Of the half distance of the vacua: how far a network swings. */
static const double SWING = 1.2;

typedef struct subject {
  const dw_potential *potential;
  const dw_potential_values *values;
} subject;

static double value_at(const subject *s, double phi) {
  double v0 = 0.0;
  double vb = 0.0;
  dw_potential_at(s->potential, s->values, &dw_instant_start, phi, &v0, &vb);
  return v0;
}

static double slope_at(const subject *s, double phi) {
  return dw_potential_slope(s->potential, s->values, &dw_instant_start, 1.0, 0.0, phi);
}

/* Central differences of order six: at this step, truncation and rounding are both about 1e-13. */
static double curvature_at(const subject *s, double phi) {
  const double h = 4e-3;
  const double one = slope_at(s, phi + h) - slope_at(s, phi - h);
  const double two = slope_at(s, phi + 2.0 * h) - slope_at(s, phi - 2.0 * h);
  const double three = slope_at(s, phi + 3.0 * h) - slope_at(s, phi - 3.0 * h);
  return (45.0 * one - 9.0 * two + three) / (60.0 * h);
}

static double scan_point(int i) { return -REACH + 2.0 * REACH * i / SCAN; }

/* Zero of sign v0' between low and high, where sign v0' < 0 at low; to the last bit. */
static double bisect(const subject *s, double low, double high, double sign) {
  for (;;) {
    const double middle = 0.5 * (low + high);
    if (!(middle > low && middle < high)) {
      return fabs(slope_at(s, low)) < fabs(slope_at(s, high)) ? low : high;
    }
    const double slope = sign * slope_at(s, middle);
    if (slope == 0.0) {
      return middle;
    }
    *(slope < 0.0 ? &low : &high) = middle;
  }
}

static dw_status find_vacua(const subject *s, double vacuum[2]) {
  vacuum[0] = (double)NAN;
  vacuum[1] = (double)NAN;
  double before = slope_at(s, scan_point(0));
  for (int i = 1; i <= SCAN; i++) {
    const double here = slope_at(s, scan_point(i));
    if (before < 0.0 && here >= 0.0) {
      const double at = bisect(s, scan_point(i - 1), scan_point(i), 1.0);
      for (int side = 0; side < 2; side++) {
        const double wish = side == 0 ? -1.0 : 1.0;
        if (at * wish > 0.0 && !(fabs(vacuum[side] - wish) <= fabs(at - wish))) {
          vacuum[side] = at;
        }
      }
    }
    before = here;
  }
  if (isnan(vacuum[0]) || isnan(vacuum[1])) {
    return dw_fail(DW_ERR_PARAM,
                   "fields.potential = \"%s\": v has no minimum at %s; walls need one on each side of phi = 0",
                   s->potential->name, isnan(vacuum[0]) ? "phi < 0" : "phi > 0");
  }
  return DW_OK;
}

/* The largest v0 between the vacua. */
static double find_barrier(const subject *s, const double vacuum[2]) {
  const double step = (vacuum[1] - vacuum[0]) / SCAN;
  double top = vacuum[0];
  for (int i = 1; i < SCAN; i++) {
    const double phi = vacuum[0] + step * i;
    if (value_at(s, phi) > value_at(s, top)) {
      top = phi;
    }
  }
  return value_at(s, bisect(s, top - step, top + step, -1.0));
}

/* The vacua alone are the bottom, and the field oscillates in both. */
static dw_status check_bottom(const subject *s, const double vacuum[2], double barrier) {
  const double floor = DEGENERATE * barrier;
  const double near = 1e-2 * (vacuum[1] - vacuum[0]);
  for (int side = 0; side < 2; side++) {
    if (!(curvature_at(s, vacuum[side]) > DEGENERATE)) {
      return dw_fail(DW_ERR_PARAM,
                     "fields.potential = \"%s\": the vacuum phi = %.6g is flat, v'' = 0; its kink has no finite width",
                     s->potential->name, vacuum[side]);
    }
  }
  for (int i = 0; i <= SCAN; i++) {
    const double phi = scan_point(i);
    const double v = value_at(s, phi);
    if (!(v >= -floor)) {
      return dw_fail(DW_ERR_PARAM,
                     "fields.potential = \"%s\": v is lower at phi = %.4g than in the vacua %.6g and %.6g; they would "
                     "not last",
                     s->potential->name, phi, vacuum[0], vacuum[1]);
    }
    if (phi > vacuum[0] + near && phi < vacuum[1] - near && v <= floor) {
      return dw_fail(
          DW_ERR_PARAM,
          "fields.potential = \"%s\": another vacuum at phi = %.4g lies between %.6g and %.6g; walls between "
          "these two would split",
          s->potential->name, phi, vacuum[0], vacuum[1]);
    }
  }
  return DW_OK;
}

static double integrand(double phi, void *context) { return sqrt(2.0 * fmax(value_at(context, phi), 0.0)); }

/* By Gauss-Kronrod, adaptive. It stops where rounding of v0 at its zeros, or a rest of v0 in the vacua, lets it; what
 * was reached is checked. */
static dw_status find_tension(subject *s, const double vacuum[2], double *tension) {
  enum { INTERVALS = 200 };
  gsl_set_error_handler_off();
  gsl_integration_workspace *workspace = gsl_integration_workspace_alloc(INTERVALS);
  if (workspace == NULL) {
    return dw_fail(DW_ERR_MEMORY, "no memory for the tension of a wall");
  }
  const gsl_function f = {.function = integrand, .params = s};
  double error = (double)INFINITY;
  (void)gsl_integration_qag(&f, vacuum[0], vacuum[1], 0.0, 1e-12, INTERVALS, GSL_INTEG_GAUSS61, workspace, tension,
                            &error);
  gsl_integration_workspace_free(workspace);
  if (!(error <= DEGENERATE * *tension)) {
    return dw_fail(DW_ERR_PARAM,
                   "fields.potential = \"%s\": the integral for the tension doesn't converge, %.6g +- %.2g",
                   s->potential->name, *tension, error);
  }
  return DW_OK;
}

static double largest_curvature(const subject *s, double middle, double half) {
  double largest = s->potential->curvature;
  for (int i = -200; i <= 200; i++) {
    largest = fmax(largest, curvature_at(s, middle + half * i / 200.0));
  }
  return largest;
}

dw_status dw_potential_numbers(dw_potential *potential, dw_potential_values *values) {
  subject s = {.potential = potential, .values = values};
  double vacuum[2];
  DW_TRY(find_vacua(&s, vacuum));
  const double bottom[2] = {value_at(&s, vacuum[0]), value_at(&s, vacuum[1])};
  const double height = find_barrier(&s, vacuum) - fmax(bottom[0], bottom[1]);
  if (!(fabs(bottom[1] - bottom[0]) <= DEGENERATE * height)) {
    return dw_fail(DW_ERR_PARAM,
                   "fields.potential = \"%s\": v is %.9g in the vacuum %.6g and %.9g in %.6g; they must be degenerate, "
                   "a difference belongs in fields.bias",
                   potential->name, bottom[0], vacuum[0], bottom[1], vacuum[1]);
  }
  values->coefficient[0] -= 0.5 * (bottom[0] + bottom[1]);
  values->vacuum[0] = vacuum[0];
  values->vacuum[1] = vacuum[1];
  const double barrier = find_barrier(&s, vacuum);
  const double rest = 0.5 * (value_at(&s, vacuum[0]) + value_at(&s, vacuum[1]));
  if (!(fabs(rest) <= DEGENERATE * height)) {
    return dw_fail(DW_ERR_PARAM,
                   "fields.potential = \"%s\": v is %.9g in the vacua %.6g and %.6g; it must be 0 there, subtract that",
                   potential->name, rest, vacuum[0], vacuum[1]);
  }
  DW_TRY(check_bottom(&s, vacuum, barrier));
  const double half = 0.5 * (vacuum[1] - vacuum[0]);
  potential->minimum[0] = vacuum[0];
  potential->minimum[1] = vacuum[1];
  potential->barrier = barrier;
  potential->width = half / sqrt(2.0 * barrier);
  potential->curvature = fmax(curvature_at(&s, vacuum[0]), curvature_at(&s, vacuum[1]));
  potential->overshoot = largest_curvature(&s, 0.5 * (vacuum[0] + vacuum[1]), SWING * half);
  return find_tension(&s, vacuum, &potential->tension);
}

dw_status dw_wells_numbers(dw_potential *potential, const dw_potential_values *values) {
  const int n = values->components;
  const double g = values->coupling;
  if (n < 1 || n > DW_MOST_COMPONENTS) {
    return dw_fail(DW_ERR_PARAM, "fields.components = %d: must be from 1 to %d", n, (int)DW_MOST_COMPONENTS);
  }
  if (n > 1 && !(g < 1.0 && 1.0 + (double)(n - 1) * g > 0.0)) {
    return dw_fail(
        DW_ERR_PARAM,
        "fields.coupling = %g: the vacua of %d double wells are the lowest points for couplings above %g and "
        "below 1",
        g, n, -1.0 / (double)(n - 1));
  }
  const dw_potential *one = NULL;
  DW_TRY(dw_potential_find(&one, "double-well"));
  const double others = n > 1 ? fabs(g) * (double)(n - 1) : 0.0;
  potential->components = n;
  potential->width = one->width;
  potential->curvature = one->curvature * (n > 1 ? fmax(1.0 - g, 1.0 + (double)(n - 1) * g) : 1.0);
  potential->overshoot = one->overshoot + 2.0 * SWING * SWING * others + others; /* |phi_j^2 - 1| <= 1 */
  if (n == 1) {
    potential->minimum[0] = one->minimum[0];
    potential->minimum[1] = one->minimum[1];
    potential->barrier = one->barrier;
    potential->tension = one->tension;
    potential->tanh_kink = true;
  }
  return DW_OK;
}
