/* Whether a plug-in computes what it should, before a run rests on it. */
#include <math.h>
#include <string.h>

#include "fields/plugin.h"

/* Rows of fields from -8 to 8, where the vacua are looked for, 0 and +-1 among them; CORE: those up to |phi| = 2. */
enum { SIDE = 512, POINTS = 2 * SIDE + 1, CORE = 128 };
static const double SPACING = 1.0 / 64.0;

/* Of the difference quotient. */
static const double SHIFT = 1e-3;

/* Of the largest slope up to |phi| = 2: between slope and quotient, between the precisions. */
static const double NEAR = 1e-5;
static const double SINGLE_NEAR = 1e-3;

/* Of the largest v0 up to |phi| = 2: what is rounding below 0. */
static const double DEEP = 1e-6;

/* Value of the components that don't vary, in turn. */
static const double REST[] = {0.0, 0.3};

/* What is looked at: all rows vary one component, the others rest. */
typedef struct look {
  const dw_potential *potential;
  dw_potential_values values; /* with a bias of 1 */
  int component;
  double rest;
  double push; /* the largest slope of vb so far */
  double phi[POINTS];
  double v0[POINTS];
  double vb[POINTS];
  double slope[2][POINTS]; /* of v0, of v_b */
  double quotient[2][POINTS];
  double row[2][DW_MOST_COMPONENTS][POINTS]; /* fields, derivatives; as floats in single precision */
} look;

static const char *const PARTS[] = {"v0", "vb"};

static void fill_rows(look *l, int precision, double shift, const void *phi[], void *out[]) {
  for (int c = 0; c < l->potential->components; c++) {
    float *single = (float *)l->row[0][c];
    for (int i = 0; i < POINTS; i++) {
      const double value = c == l->component ? l->phi[i] + shift : l->rest;
      if (precision == 0) {
        single[i] = (float)value;
      } else {
        l->row[0][c][i] = value;
      }
    }
    phi[c] = l->row[0][c];
    out[c] = l->row[1][c];
  }
}

static void take_values(look *l, int precision, double shift) {
  const void *phi[DW_MOST_COMPONENTS];
  void *out[DW_MOST_COMPONENTS];
  fill_rows(l, precision, shift, phi, out);
  l->potential->value[precision](&l->values, &dw_instant_start, phi, l->v0, l->vb, POINTS);
}

static void take_slopes(look *l, int precision) {
  const void *phi[DW_MOST_COMPONENTS];
  void *out[DW_MOST_COMPONENTS];
  for (int part = 0; part < 2; part++) {
    fill_rows(l, precision, 0.0, phi, out);
    l->potential->derivative[precision](&l->values, &dw_instant_start, part == 0 ? 1.0 : 0.0, part == 0 ? 0.0 : 1.0,
                                        phi, out, POINTS);
    const float *single = out[l->component];
    const double *twice = out[l->component];
    for (int i = 0; i < POINTS; i++) {
      l->slope[part][i] = precision == 0 ? (double)single[i] : twice[i];
    }
  }
}

static dw_status find_infinite(const look *l, const double *row, const char *what, int precision) {
  for (int i = 0; i < POINTS; i++) {
    if (!isfinite(row[i])) {
      return dw_fail(DW_ERR_PARAM,
                     "fields.potential_file: %s: %s is %g at phi = %g in %s precision; it has to be finite",
                     dw_plugin_name(l->values.plugin), what, row[i], l->phi[i], precision == 0 ? "single" : "double");
    }
  }
  return DW_OK;
}

static dw_status check_finite(look *l, int precision) {
  take_values(l, precision, 0.0);
  DW_TRY(find_infinite(l, l->v0, "v0", precision));
  DW_TRY(find_infinite(l, l->vb, "vb", precision));
  take_slopes(l, precision);
  DW_TRY(find_infinite(l, l->slope[0], "the slope of v0", precision));
  return find_infinite(l, l->slope[1], "the slope of vb", precision);
}

/* Central differences of order four. */
static void take_quotients(look *l) {
  static const double weight[] = {1.0, -8.0, 8.0, -1.0};
  static const double step[] = {-2.0, -1.0, 1.0, 2.0};
  memset(l->quotient, 0, sizeof l->quotient);
  for (int s = 0; s < 4; s++) {
    take_values(l, 1, step[s] * SHIFT);
    for (int i = 0; i < POINTS; i++) {
      l->quotient[0][i] += weight[s] / (12.0 * SHIFT) * l->v0[i];
      l->quotient[1][i] += weight[s] / (12.0 * SHIFT) * l->vb[i];
    }
  }
}

static double largest(const double *row) {
  double most = 0.0;
  for (int i = SIDE - CORE; i <= SIDE + CORE; i++) {
    most = fmax(most, fabs(row[i]));
  }
  return most;
}

static dw_status check_slope(const look *l, int part) {
  const double *slope = l->slope[part];
  const double *quotient = l->quotient[part];
  const double allowed = NEAR * fmax(largest(slope), largest(quotient)) + 1e-12;
  for (int i = SIDE - CORE; i <= SIDE + CORE; i++) {
    if (!(fabs(slope[i] - quotient[i]) <= allowed)) {
      return dw_fail(
          DW_ERR_PARAM,
          "fields.potential_file: %s: the slope isn't the derivative of %s: at phi = %g it is %.6g with c0 = "
          "%d and cb = %d, and %s grows by %.6g per unit of component %d",
          dw_plugin_name(l->values.plugin), PARTS[part], l->phi[i], slope[i], part == 0, part == 1, PARTS[part],
          quotient[i], l->component + 1);
    }
  }
  return DW_OK;
}

/* l->slope is that of double precision. */
static dw_status check_single(look *l) {
  double twice[2][POINTS];
  memcpy(twice, l->slope, sizeof twice);
  take_slopes(l, 0);
  for (int part = 0; part < 2; part++) {
    const double allowed = SINGLE_NEAR * largest(twice[part]) + 1e-12;
    for (int i = SIDE - CORE; i <= SIDE + CORE; i++) {
      if (!(fabs(l->slope[part][i] - twice[part][i]) <= allowed)) {
        return dw_fail(DW_ERR_PARAM,
                       "fields.potential_file: %s: at phi = %g the slope of %s is %.6g in single and %.6g in double "
                       "precision; use dwell_real for what depends on the field",
                       dw_plugin_name(l->values.plugin), l->phi[i], PARTS[part], l->slope[part][i], twice[part][i]);
      }
    }
  }
  return DW_OK;
}

/* The vacua, where v0 is 0, must be the lowest points in every direction. Of one field alone the search for them looks
 * itself. l->v0 is that of double precision. */
static dw_status check_bottom(const look *l) {
  const double floor = DEEP * largest(l->v0);
  for (int i = 0; i < POINTS && l->potential->components > 1; i++) {
    if (!(l->v0[i] >= -floor)) {
      return dw_fail(
          DW_ERR_PARAM,
          "fields.potential_file: %s: v0 is %.6g, lower than in the vacua, where component %d is %g and the others "
          "are %g; the field would run there",
          dw_plugin_name(l->values.plugin), l->v0[i], l->component + 1, l->phi[i], l->rest);
    }
  }
  return DW_OK;
}

static dw_status check_component(look *l) {
  DW_TRY(check_finite(l, 0));
  DW_TRY(check_finite(l, 1));
  DW_TRY(check_bottom(l));
  l->push = fmax(l->push, largest(l->slope[1]));
  take_quotients(l);
  for (int part = 0; part < 2; part++) {
    DW_TRY(check_slope(l, part));
  }
  return check_single(l);
}

/* A bias that is asked for has to be there. */
static dw_status check_bias(const look *l, double bias) {
  if (bias != 0.0 && l->push == 0.0) {
    return dw_fail(DW_ERR_PARAM,
                   "fields.bias: %g, but vb of %s is constant, so there would be none; set it to 0, or write a vb",
                   bias, dw_plugin_name(l->values.plugin));
  }
  return DW_OK;
}

dw_status dw_plugin_check(const dw_potential *potential, const dw_potential_values *values) {
  static look l; /* too large for a stack; models are made by one thread */
  l = (look){.potential = potential, .values = *values};
  l.values.bias = 1.0;
  for (int i = 0; i < POINTS; i++) {
    l.phi[i] = SPACING * (i - SIDE);
  }
  const int rests = potential->components > 1 ? (int)(sizeof REST / sizeof REST[0]) : 1;
  for (int r = 0; r < rests; r++) {
    for (l.component = 0; l.component < potential->components; l.component++) {
      l.rest = REST[r];
      DW_TRY(check_component(&l));
    }
  }
  return check_bias(&l, values->bias);
}
