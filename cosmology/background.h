/* The expansion of the universe: scale factor, conformal Hubble rate and cosmic time as functions of conformal time.
 *
 * Metric ds^2 = a^2 (-dtau^2 + dx^2), with a = 1 at the start of a run. Conformal times are in 1/m, rates in m.
 * A background is a named struct of functions, see background_private.h and docs/add-a-background.md.
 *
 *   "flat"       a = 1, H = 0, tau_start = 0, t = tau
 *   "power-law"  a = (tau/tau_start)^p, p = 2/(1+3w), tau_start = p/hubble_start, t = a tau/(1+p)
 *                for an equation of state w > -1/3: radiation w = 1/3, p = 1; matter w = 0, p = 2;
 *                kination w = 1, p = 1/2
 *   "chain"      a list of equations of state, each until a given time:
 *                a = a_i ((tau - shift_i)/(begin_i - shift_i))^p_i, a and H continuous, t = offset_i + a (tau -
 * shift_i)/(1+p_i); the first link is the power law above
 *
 *   "self-consistent"  what the field and a fluid drive, written down by the run (cosmology/background_driven.h)
 *
 *   "table"      a(tau) or H(a) through the rows of a text file, over a of the first row, at which the run starts:
 *                ln a is a curve in ln tau that rises (cosmology/monotone.h: of order six where the rows are smooth,
 *                Steffen's cubics where they aren't), so that a power law is met exactly; H is its derivative, t by
 *                Gauss-Legendre quadrature. Before the first row and after the last a goes on as the power law that it
 *                has there.
 *                With rows of a and the cosmic rate H, ln H is such a curve in ln a, tau = int da/(a^2 H) by the same
 *                quadrature, and tau and the derivatives of ln a in the rows follow. tau in the first row, p/H with
 *                1/p = -1 - d ln H/d ln a there, is that of the power law before it.
 *
 * Here H means the conformal rate a'/a = p/tau. From the Friedmann equation, a' ~ a^(2 - 3(1+w)/2); see e.g.
 * V. Mukhanov, Physical Foundations of Cosmology (2005), section 1.3. It is the same as
 *
 *   d(1/H)/dtau = (1 + 3w)/2
 *
 * for any w(tau). So a chain has 1/H continuous and linear in each link, which gives the shifts; and where w goes over
 * linearly in tau, from until (1 - width) to until (1 + width), 1/H is a parabola, ln a = int H an arctangent or
 * logarithm, and t an integral (by Gauss-Legendre quadrature). Since a linear ramp has the same integral as a step in
 * its middle, H beyond it is that of the sharp chain.
 *
 * Not collective. */
#ifndef DW_COSMOLOGY_BACKGROUND_H
#define DW_COSMOLOGY_BACKGROUND_H

#include <stdbool.h>

#include "base/status.h"
#include "cosmology/monotone.h"

struct dw_background_functions;
struct dw_background_record;

enum { DW_BACKGROUND_MOST_LINKS = 8, DW_BACKGROUND_MOST_PIECES = 2 * DW_BACKGROUND_MOST_LINKS - 1 };

/* A link of a chain, or a ramp between two: from `begin` on 1/H = (tau - shift)/p + curve (tau - begin)^2. */
typedef struct dw_background_piece {
  double begin; /* 1/m */
  double p;
  double shift; /* 1/m */
  double curve; /* m; 0 in a link */
  double a;     /* at begin */
  double time;  /* t at begin, 1/m */
} dw_background_piece;

enum { DW_BACKGROUND_MOST_ROWS = 1024 };

/* Plain data, may be copied. */
typedef struct dw_background {
  const char *name;    /* static */
  double tau_start;    /* conformal time at which a = 1, 1/m */
  double w;            /* equation of state; 0 in flat space, NaN where it changes */
  double p;            /* a ~ tau^p; 0 in flat space, NaN where it changes */
  double hubble_start; /* H/m at the start; 0 in flat space */
  const struct dw_background_functions *functions;
  const struct dw_background_record *record; /* of a self-consistent one, NULL before the run; not owned */
  double fluid_w;                            /* of a self-consistent one */
  int pieces;                                /* of a chain; 0 for the others */
  dw_background_piece piece[DW_BACKGROUND_MOST_PIECES];
  int rows;                                 /* of a table; 0 for the others */
  dw_monotone row[DW_BACKGROUND_MOST_ROWS]; /* x = ln tau, y = ln a; y = 0 in the first */
  double row_time[DW_BACKGROUND_MOST_ROWS]; /* t, 1/m */
} dw_background;

/* Flat space or a power law. Fills *background; nothing has to be released. `w` and `hubble_start` (units m) are not
 * looked at in flat space. Errors: DW_ERR_PARAM, an unknown name, or no such expansion. */
dw_status dw_background_init(dw_background *background, const char *name, double w, double hubble_start);

/* A chain of `count` equations of state w > -1/3, 1 to DW_BACKGROUND_MOST_LINKS; w[i] rules until the time until[i],
 * and the last for ever: `until` has count - 1 times, which increase, all after the start (p[0]/hubble_start). `width`
 * in [0, 1): half the length of each transition over its time; 0 is sharp. Transitions may touch but not overlap.
 * Errors: DW_ERR_PARAM, no such chain. */
dw_status dw_background_chain(dw_background *background, int count, const double *w, const double *until, double width,
                              double hubble_start);

/* The table in the text file `path`, in 3 to DW_BACKGROUND_MOST_ROWS rows of two columns; lines that are empty or begin
 * with # are left out. `columns` says what they are:
 *   "tau-a"     tau > 0 (1/m) and a > 0, both increasing; H at the start is that of the table
 *   "a-hubble"  a > 0, increasing, and the cosmic rate H > 0 (m), decreasing, in the first rows faster than 1/a
 *
 * Errors: DW_ERR_FILE, the file can't be read; DW_ERR_PARAM, with file and line, no such table, or other columns. */
dw_status dw_background_table(dw_background *background, const char *path, const char *columns);

/* The conformal time up to which the background is known: that of a table's last row; infinite for the others. */
double dw_background_end(const dw_background *background);

/* For tau > 0 in a power law, a chain, a table and a self-consistent background, for any tau in flat space.
 * a(tau_start) is 1 exactly. */
double dw_background_scale_factor(const dw_background *background, double tau);

/* Conformal Hubble rate a'/a, in m. */
double dw_background_hubble(const dw_background *background, double tau);

/* Cosmic time t, dt = a dtau, in 1/m; 0 at tau = 0. */
double dw_background_time(const dw_background *background, double tau);

/* The p of the power law a ~ (tau - shift)^p that a follows at tau: 2/(1+3w), 1 in radiation domination; 0 in flat
 * space. At the joint of a sharp chain that of the later link. */
double dw_background_power(const dw_background *background, double tau);

/* False in flat space, where there is no Hubble volume and no critical density. */
bool dw_background_expands(const dw_background *background);

#endif
