/* Potentials: a table of rows, one chosen by name at run time.
 *
 * v(phi) = V/(m^2 eta^2) = v0 + a^{1-s} v_b: v0 the degenerate part, v_b the bias (docs/conventions.md).
 * A potential works on rows of N field values in one storage precision. To add one: write its rows in
 * fields/potential_rows.c and a line in the table of fields/potential.c (docs/add-a-potential.md). */
#ifndef DW_FIELDS_POTENTIAL_H
#define DW_FIELDS_POTENTIAL_H

#include <stddef.h>
#include <stdint.h>

#include "base/precision.h"
#include "base/status.h"

/* Numbers of the parameter file that a potential may use. */
typedef struct dw_potential_values {
  double bias; /* epsilon of eps (phi^3/3 - phi) */
  double mass; /* of the free field, m */
} dw_potential_values;

/* out[z] = degenerate v0'(phi[z]) + bias v_b'(phi[z]); phi and out are rows of n reals of the precision at hand. */
typedef void (*dw_derivative_row)(const dw_potential_values *values, double degenerate, double bias, const void *phi,
                                  void *out, ptrdiff_t n);

/* v0[z] and vb[z] at phi[z], as doubles whatever the storage. */
typedef void (*dw_value_row)(const dw_potential_values *values, const void *phi, double *v0, double *vb, ptrdiff_t n);

typedef struct dw_potential {
  const char *name;
  const char *doc;
  dw_derivative_row derivative[2]; /* single, double: index dw_precision_index() */
  dw_value_row value[2];
  double minimum[2]; /* the degenerate vacua, in eta; equal where there is one */
  double barrier;    /* v0 at the maximum between them */
  double tension;    /* sigma, m eta^2, physical; 0 without walls */
  double width;      /* delta, 1/m, physical; 0 without walls */
  double curvature;  /* v0'' at the minima, m^2 */
  double overshoot;  /* v0'' at 1.2 times the minimum, where fields of a network swing to, m^2; 0 if harmonic */
} dw_potential;

/* *potential points into the table. Errors: DW_ERR_PARAM, naming the potentials there are. */
dw_status dw_potential_find(const dw_potential **potential, const char *name);

static inline int dw_precision_index(dw_precision precision) { return precision == DW_SINGLE ? 0 : 1; }

#endif
