/* A curve through points that rise: quintics of high order where the points are smooth, Steffen's cubics where not.
 *
 * Each interval takes the slope y' and bend y'' of its two ends from the polynomial through seven points around it
 * (all, if there are fewer); of the windows that hold the interval, the most centred one whose highest divided
 * difference is at most 100 times the smallest one, as in ENO schemes (A. Harten, B. Engquist, S. Osher &
 * S. Chakravarthy, J. Comput. Phys. 71 (1987) 231): no window reaches across a point at which a derivative jumps. The
 * quintic through value, slope and bend at both ends then has an error of h^6 in y, h^5 in y' and h^4 in y''.
 *
 * Where the coefficients of its y' in Bernstein's basis aren't all positive, both ends take the slopes of M. Steffen,
 * A&A 239 (1990) 443, equations 11 and 24 to 26, and the intervals that end there are cubics; so y rises everywhere.
 *
 * Not collective. */
#ifndef DW_COSMOLOGY_MONOTONE_H
#define DW_COSMOLOGY_MONOTONE_H

#include <stdbool.h>

/* From one point to the next. A slope or bend stands for its left and right end. */
typedef struct dw_monotone {
  double x;
  double y;        /* at x */
  double slope[2]; /* dy/dx */
  double bend[2];  /* d2y/dx2 */
} dw_monotone;

/* `count` points, at least 3; x and y are set and increase strictly. Fills slopes and bends; those of the last point,
 * from which no interval begins, are its end slope twice and 0. With `smooth` the slopes of two intervals agree in
 * their common point, otherwise each keeps its own, for curves with a corner in a point. */
void dw_monotone_fit(dw_monotone *point, int count, bool smooth);

/* The intervals whose slopes and bends are set but don't make y rise get those of Steffen, as above. */
void dw_monotone_guard(dw_monotone *point, int count);

/* The interval of x: 0 before the first point, count - 1 from the last one on. */
int dw_monotone_at(const dw_monotone *point, int count, double x);

/* y, y' and y'' at x; straight on before the first point and after the last. */
void dw_monotone_value(const dw_monotone *point, int count, double x, double value[3]);

#endif
