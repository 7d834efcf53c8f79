/* Designs: where the points of a scan lie.
 *
 * Pure functions of their arguments. A point is one value for each axis, in the units of the parameter; points stand
 * one behind the other, (points, axes). Not collective. */
#ifndef DW_SURROGATE_SCAN_DESIGN_H
#define DW_SURROGATE_SCAN_DESIGN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

typedef struct dw_axis {
  double low;
  double high;
  bool logarithmic;    /* even in log(value) */
  bool integer;        /* values are rounded to the nearest integer */
  int64_t points;      /* of a grid, with both ends; not looked at where there are values */
  int64_t count;       /* of values; 0 = none */
  const double *value; /* (count) given values, not owned */
} dw_axis;

/* The value at `unit` in 0..1 of the axis; the ends are met exactly. */
double dw_axis_value(const dw_axis *axis, double unit);

/* Where a value lies on its axis, 0..1 inside. */
double dw_axis_unit(const dw_axis *axis, double value);

/* All combinations; the last axis runs fastest. `point` has room for the product of the axes' points or counts. */
void dw_design_grid(const dw_axis *axis, int64_t axes, double *point);

/* Point i has value i of each axis. */
void dw_design_list(const dw_axis *axis, int64_t axes, int64_t points, double *point);

/* Points first, first + 1, ... of Sobol's sequence (Bratley and Fox 1988, ACM TOMS 14, 88), whose point 0 is here the
 * centre: the corner that comes before it is left out, since it lies on the edge of every range.
 * Errors: DW_ERR_PARAM with more than 40 axes; DW_ERR_MEMORY. */
dw_status dw_design_sobol(const dw_axis *axis, int64_t axes, int64_t first, int64_t points, double *point);

/* The same with independent uniform numbers, a function of seed and number of the point. */
void dw_design_random(const dw_axis *axis, int64_t axes, int64_t seed, int64_t first, int64_t points, double *point);

#endif
