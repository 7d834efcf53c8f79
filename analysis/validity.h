/* Until when a run can be trusted: walls at least two lattice spacings wide, horizon at most half the box.
 * The one place where these limits stand. Not collective; lengths and times comoving, 1/m. */
#ifndef DW_ANALYSIS_VALIDITY_H
#define DW_ANALYSIS_VALIDITY_H

#include <math.h>
#include <stdbool.h>

/* delta/(a^s dx) from the comoving width of a wall; NAN without walls (width 0). */
static inline double dw_wall_resolution(double width, double spacing) {
  return width > 0.0 ? width / spacing : (double)NAN;
}

/* True without walls. */
static inline bool dw_walls_are_resolved(double resolution) { return !(resolution < 2.0); }

/* (tau - tau_start)/(L/2). */
static inline double dw_horizon_fraction(double elapsed, double length) { return elapsed / (0.5 * length); }

static inline bool dw_horizon_is_in_box(double fraction) { return fraction <= 1.0; }

/* Share of the volume inside walls above which there is no network: the field is still on the barrier, or the walls
 * fill the box. `valid` doesn't ask for it, since that is so at every start. */
#define DW_MOST_WALLS 0.5

#endif
