/* Rows of each potential in each precision; the table of fields/potential.c is their only user. */
#ifndef DW_FIELDS_POTENTIAL_ROWS_H
#define DW_FIELDS_POTENTIAL_ROWS_H

#include "fields/potential.h"

#define DW_POTENTIAL_ROWS(stem, suffix)                                                                            \
  void dw_##stem##_derivative_##suffix(const dw_potential_values *values, const dw_instant *at, double degenerate, \
                                       double bias, const void *const *phi, void *const *out, ptrdiff_t n);        \
  void dw_##stem##_value_##suffix(const dw_potential_values *values, const dw_instant *at, const void *const *phi, \
                                  double *v0, double *vb, ptrdiff_t n);

/* Kicks with the force in them, of one component. */
#define DW_POTENTIAL_KICKS(stem, suffix)                                                                     \
  void dw_##stem##_kick_##suffix(const dw_potential_values *values, const dw_instant *at, double degenerate, \
                                 double bias, const dwell_rows *rows);

DW_POTENTIAL_ROWS(double_well, f32)
DW_POTENTIAL_ROWS(double_well, f64)
DW_POTENTIAL_ROWS(melting, f32)
DW_POTENTIAL_ROWS(melting, f64)
DW_POTENTIAL_ROWS(free, f32)
DW_POTENTIAL_ROWS(free, f64)
DW_POTENTIAL_ROWS(sine_gordon, f32)
DW_POTENTIAL_ROWS(sine_gordon, f64)
DW_POTENTIAL_ROWS(sextic, f32)
DW_POTENTIAL_ROWS(sextic, f64)
DW_POTENTIAL_ROWS(polynomial, f32)
DW_POTENTIAL_ROWS(polynomial, f64)
DW_POTENTIAL_ROWS(z_n, f32)
DW_POTENTIAL_ROWS(z_n, f64)
DW_POTENTIAL_ROWS(wells, f32)
DW_POTENTIAL_ROWS(wells, f64)

DW_POTENTIAL_KICKS(double_well, f32)
DW_POTENTIAL_KICKS(double_well, f64)
DW_POTENTIAL_KICKS(melting, f32)
DW_POTENTIAL_KICKS(melting, f64)
DW_POTENTIAL_KICKS(free, f32)
DW_POTENTIAL_KICKS(free, f64)
DW_POTENTIAL_KICKS(sine_gordon, f32)
DW_POTENTIAL_KICKS(sine_gordon, f64)
DW_POTENTIAL_KICKS(sextic, f32)
DW_POTENTIAL_KICKS(sextic, f64)
DW_POTENTIAL_KICKS(polynomial, f32)
DW_POTENTIAL_KICKS(polynomial, f64)

#undef DW_POTENTIAL_KICKS
#undef DW_POTENTIAL_ROWS

#endif
