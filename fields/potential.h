/* Potentials: a table of rows, one chosen by name at run time.
 *
 * v(phi) = V/(m^2 eta^2) = v0 + a^{1-s} v_b: v0 the degenerate part, v_b the bias (docs/conventions.md).
 * A potential works on rows of N values of each component of the field, in one storage precision. To add one: write its
 * rows in fields/potential_rows.c and a line in the table of fields/potential.c (docs/add-a-potential.md). */
#ifndef DW_FIELDS_POTENTIAL_H
#define DW_FIELDS_POTENTIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/precision.h"
#include "base/status.h"
#include "fields/dwell_potential.h"

/* Coefficients of a polynomial, phi^0 to phi^8. */
enum { DW_POTENTIAL_COEFFICIENTS = 9 };

/* Numbers handed to a plug-in. */
enum { DW_POTENTIAL_OWN = 16 };

/* Real components of a field. */
enum { DW_MOST_COMPONENTS = 4 };

/* Vacua of a complex field. */
enum { DW_MOST_SECTORS = 16 };

/* v_b/epsilon between the vacua -1 and +1, each 2/3 at -1 and -2/3 at +1: phi^3/3 - phi, which moves neither vacuum,
 * -2/3 phi, -2/3 phi^3. */
typedef enum dw_bias_shape { DW_BIAS_CUBIC = 0, DW_BIAS_LINEAR, DW_BIAS_PHI3 } dw_bias_shape;

/* Numbers of the parameter file that a potential may use. */
typedef struct dw_potential_values {
  double bias;       /* epsilon of v_b; the left vacuum lies 4 eps/3 higher where the vacua are -1 and +1 */
  int bias_shape;    /* dw_bias_shape; of the double well and phi^6 */
  double mass;       /* of the free field, m */
  double sextic;     /* b of phi^6 */
  double melting;    /* q of the vacuum value a^-q */
  int components;    /* double-wells: n */
  double coupling;   /* double-wells: g */
  int walls;         /* z-n: N, vacua and walls at a string */
  double axion_mass; /* z-n: mu, mass of the angle over m */
  double coefficient[DW_POTENTIAL_COEFFICIENTS]; /* of the polynomial */
  double own[DW_POTENTIAL_OWN];                  /* of a plug-in */
  const struct dw_plugin *plugin;                /* whose rows are taken, fields/plugin.h; NULL: one of the table */
  double vacuum[2];                              /* of the polynomial; found, not chosen (fields/potential_numbers.h) */
} dw_potential_values;

/* The time at which a potential is taken. */
typedef struct dw_instant {
  double tau;    /* 1/m */
  double a;      /* 1 at the start of the run */
  double vacuum; /* vacuum value in units of that at the start: 1 but for melting walls */
} dw_instant;

/* out[c][z] = degenerate dv0/dphi_c + bias dv_b/dphi_c at phi[.][z]; phi and out are a row of n reals of the precision
 * at hand for each component. */
typedef void (*dw_derivative_row)(const dw_potential_values *values, const dw_instant *at, double degenerate,
                                  double bias, const void *const *phi, void *const *out, ptrdiff_t n);

/* pi[z] += gradient lap(phi)[z] - (degenerate v0' + bias v_b') for a potential of one component, in one go; the bits
 * are those of the derivative's row and a kernel of fields/kernel_rows.h, whose strides the rows have. */
typedef void (*dw_slope_kick)(const dw_potential_values *values, const dw_instant *at, double degenerate, double bias,
                              const dwell_rows *rows);

/* v0[z] and vb[z] at phi[.][z], as doubles whatever the storage. */
typedef void (*dw_value_row)(const dw_potential_values *values, const dw_instant *at, const void *const *phi,
                             double *v0, double *vb, ptrdiff_t n);

typedef struct dw_potential {
  const char *name;
  const char *doc;
  dw_derivative_row derivative[2]; /* single, double: index dw_precision_index() */
  dw_value_row value[2];
  dw_slope_kick kick[2]; /* single, double; NULL where there is none */
  int components;        /* real fields; of double-wells values.components, set with the numbers */
  bool wells;            /* double wells of several fields; numbers from fields/potential_numbers.h */
  bool sectors;          /* vacua exp(2 pi i k/values.walls) of phi_1 + i phi_2; numbers from fields/sector_wall.h */
  bool melts;            /* the vacuum value changes with time, at->vacuum */
  bool computed;         /* the numbers below come from the rows, at set-up: fields/potential_numbers.h */
  bool tanh_kink;        /* the kink is tanh(x/width); else starts integrate it: fields/kink.h */
  double minimum[2];     /* the degenerate vacua, in eta; equal where there is one, or several components */
  double barrier;        /* v0 at the maximum between them; 0 with several components */
  double tension;        /* sigma, m eta^2, physical; 0 without walls */
  double
      width; /* delta, 1/m, physical, half the distance of the vacua over the kink's steepest slope; 0 without walls */
  double curvature; /* v0'' at the minima, the larger one, m^2 */
  double overshoot; /* largest v0'' out to 1.2 times the minimum, where a network swings to, m^2; 0 if harmonic */
} dw_potential;

/* *potential points into the table; where it is `computed`, its numbers are still 0: dw_model_set_potential
 * (fields/model.h) fills a copy. Errors: DW_ERR_PARAM, naming the potentials there are. */
dw_status dw_potential_find(const dw_potential **potential, const char *name);

/* A potential at one value, in double: v0, v_b; and degenerate v0' + bias v_b'. Of several components phi is the first,
 * the others are 0. */
void dw_potential_at(const dw_potential *potential, const dw_potential_values *values, const dw_instant *at, double phi,
                     double *v0, double *vb);
double dw_potential_slope(const dw_potential *potential, const dw_potential_values *values, const dw_instant *at,
                          double degenerate, double bias, double phi);

/* The start of a run, where the numbers of a potential hold. */
extern const dw_instant dw_instant_start;

/* Whether two vacua lie on either side of phi = 0, so that the sign of one field tells domains apart. */
static inline bool dw_potential_has_sign(const dw_potential *potential) {
  return potential->components == 1 && potential->tension > 0.0;
}

/* Whether walls separate sectors of the complex plane, each with one vacuum. */
static inline bool dw_potential_has_sectors(const dw_potential *potential) {
  return potential->sectors && potential->tension > 0.0;
}

static inline int dw_precision_index(dw_precision precision) { return precision == DW_SINGLE ? 0 : 1; }

#endif
