/* Rows of the decomposition into parts, along kz; gw/parts.c is their only user. Compiled for float and double.
 *
 * Along a line of kz only the polar angle of q changes: with sine = rho/|q| and cosine = qz/|q|,
 *   v = cosine a - sine z,  ^q = sine a + cosine z,  u and a = (qx, qy, 0)/rho fixed.
 * So the coefficients of a component are forms of first or second degree in sine and cosine, made of its elements
 * between u, a and z. No term is constant: all vanish where sine = cosine = 0, which stands for q = 0.
 * The same expression serves the vector body and the rest, and no multiply-add is contracted. */
#ifndef DW_GW_PARTS_ROWS_H
#define DW_GW_PARTS_ROWS_H

#include <stddef.h>

#include "gw/parts.h"

typedef struct dw_parts_line {
  double rho;           /* sqrt(qx^2 + qy^2) */
  double uu, ua, uz;    /* elements of the component's unit tensor, times factor and over the windows of x and y */
  double aa, az;        /* z z is none of the five components */
  const double *qz;     /* along the line */
  const double *window; /* of z */
} dw_parts_line;

/* target[part][z] += coefficient of the part * modes[z], n complex numbers; NULL targets are left out. */
typedef void (*dw_parts_row)(void *const target[DW_PARTS], const void *modes, const dw_parts_line *line, ptrdiff_t n);
void dw_parts_row_f32(void *const target[DW_PARTS], const void *modes, const dw_parts_line *line, ptrdiff_t n);
void dw_parts_row_f64(void *const target[DW_PARTS], const void *modes, const dw_parts_line *line, ptrdiff_t n);

/* value[z] += Re modes[z]* with[z]; the two may be the same. */
typedef void (*dw_product_row)(double *value, const void *modes, const void *with, ptrdiff_t n);
void dw_product_row_f32(double *value, const void *modes, const void *with, ptrdiff_t n);
void dw_product_row_f64(double *value, const void *modes, const void *with, ptrdiff_t n);

#endif
