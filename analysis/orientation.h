/* The weight of a link that a wall crosses: |grad phi|/(|phi_x| + |phi_y| + |phi_z|), between 1/sqrt(3) and 1, which
 * makes the area right for every orientation (Press, Ryden & Spergel 1989). 1 where the gradient vanishes.
 * Not collective; any unit. */
#ifndef DW_ANALYSIS_ORIENTATION_H
#define DW_ANALYSIS_ORIENTATION_H

#include <math.h>

static inline double dw_orientation(double gx, double gy, double gz) {
  const double sum = fabs(gx) + fabs(gy) + fabs(gz);
  return sum > 0.0 ? sqrt(gx * gx + gy * gy + gz * gz) / sum : 1.0;
}

#endif
