// A potential of your own, without touching dwell: wells between which walls form as in the double well, but with a
// plateau outside, as for a field that couples to curvature: it grows as phi^2, no longer as phi^4.
//
//   v0 = (phi^2 - 1)^2 / (4 (1 + c phi^2)),   c = fields.potential_values[0],   v_b = phi^3/3 - phi
//
// With c = 0 this is the built-in double well, bit by bit. Run it with examples/plugin.cfg.

// The version of the interface that this file is written for; without this line it is refused.
#define DWELL_INTERFACE 1
// Comes with dwell, wherever it is installed; its first lines explain the interface.
#include "dwell_potential.h"

// v0, the degenerate part, in double: for energies, vacua, tension and width. It has to be 0 in the vacua.
static double v0(const dwell_numbers *at, double phi) {
  const double well = phi * phi - 1;
  return well * well / (4 * (1 + at->value[0] * phi * phi));
}

// The bias without its factor fields.bias. Its slope phi^2 - 1 is 0 in both vacua, so it moves neither.
static double vb(const dwell_numbers *at, double phi) {
  (void)at; // has no use for the values, the time or the scale factor
  return phi * (phi * phi / 3 - 1);
}

// c0 dv0/dphi + cb dv_b/dphi: the force, once a step for each point of the lattice, so this is what has to be fast.
// It is compiled for float and for double: dwell_real is the one at hand. Whole numbers may stand as they are; a number that
// is a double is converted, or the whole expression would be computed in double.
static dwell_real slope(const dwell_numbers *at, dwell_real c0, dwell_real cb, dwell_real phi) {
  const dwell_real c = (dwell_real)at->value[0];
  const dwell_real half = (dwell_real)0.5;
  const dwell_real square = phi * phi;
  const dwell_real flat = 1 / (1 + c * square);
  const dwell_real growth = (1 + half * c * (1 + square)) * flat * flat; // 1 in the double well
  return (square - 1) * (c0 * growth * phi + cb);
}

// Makes of the three what dwell calls: loops over rows of the lattice, which the compiler turns into vector code.
DWELL_POTENTIAL(slope, v0, vb)
