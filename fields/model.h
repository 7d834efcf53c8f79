/* The equation of motion:
 *
 *   phi'' + (3 - dlnM/dlna) H phi' - lap phi = -M^2 [v0'(phi) + g a/M v_b'(phi)],   M = a^s
 *
 * s = 1 physical, s = 0 fat walls (Press, Ryden & Spergel 1989), thin-wall dynamics right for any s between, and for
 * any M(a): friction 3 - dlnM/dlna and tension ~ M keep their ratio (Sousa & Avelino, arXiv:1101.3350). Conformal time,
 * comoving gradients. With pi = (a^3/M) phi':
 *
 *   pi' = (a^3/M) {lap phi - M^2 v0' - g a M v_b'},   phi' = pi M/a^3.
 *
 * A run may hand over from fat walls to the physical equation at the time tau_h, where a = a_h: M = a_h^{1-s} a^s
 * before, M = a from then on. Walls are then as thin before as at the hand-over (s = 0), or thicker (s > 0); M and
 * pi are continuous. The other way round, a network may form as the physical equation has it and then keep its walls as
 * thick as they are at tau_f, which a coarse lattice resolves: M = a before, M = a_f^{1-s} a^s from then on.
 *
 * g(tau) is the bias' dependence on time: 0 before `start`; 1 from `full` on; between them (a/a_full)^power. */
#ifndef DW_FIELDS_MODEL_H
#define DW_FIELDS_MODEL_H

#include "cosmology/background.h"
#include "fields/integrator.h"
#include "fields/potential.h"

/* Stays where it is made: `potential` may point to `computed`, so a copy would point into the original. */
typedef struct dw_model {
  const dw_potential *potential;
  dw_potential computed; /* the row with its numbers, where the table has none */
  const dw_integrator *integrator;
  dw_background background;
  dw_potential_values values;
  double s;
  double physical_from; /* tau_h, 1/m; 0: s holds for the whole run */
  double fat_from;      /* the other way round, 1/m: physical before, s from then on; 0: not. Excludes physical_from */
  double bias_start;    /* 1/m; 0: from the start of the run */
  double bias_full;     /* 1/m; at or before bias_start: at once */
  double bias_power;
  int stencil; /* order of the Laplacian: 2 or 4 */
} dw_model;

/* Looks the potential up for model->values, which are set, or takes and checks their plug-in, and computes its numbers
 * where they are missing. Not collective. Errors: DW_ERR_PARAM, unknown or without two degenerate vacua
 * (fields/potential_numbers.h). */
dw_status dw_model_set_potential(dw_model *model, const char *name);

/* All that depends on time in the equation. */
typedef struct dw_moment {
  dw_instant at;     /* tau, a, vacuum value */
  double mass;       /* M: walls are delta/(M vacuum) wide, comoving */
  double momentum;   /* a^3/M, weight of pi */
  double degenerate; /* M^2, factor of v0' */
  double bias;       /* g a M, factor of v_b' */
  double energy;     /* a M, divides [phi'^2/2 + (grad phi)^2/2 + M^2 v0 + ...]: physical energy densities */
  double stress;     /* a/M, of d_i phi d_j phi: restores the walls' tension */
} dw_moment;

/* Not collective. */
dw_moment dw_model_at(const dw_model *model, double tau);

/* Halo that the stencil needs. */
static inline int dw_model_halo(const dw_model *model) { return model->stencil / 2; }

/* Comoving width of a wall, delta/(M vacuum), or of the cores of strings, sqrt(2)/M, where they are thinner; physical
 * tension of a wall. 0 without walls. */
double dw_model_wall_width(const dw_model *model, double tau);
double dw_model_tension(const dw_model *model, double tau);

/* delta/(M vacuum) also where strings are thinner. 0 without walls. */
double dw_model_whole_width(const dw_model *model, double tau);

/* The share of the bias that acts at tau: 0 before bias_start, 1 from bias_full on. */
double dw_model_bias_growth(const dw_model *model, double tau);

/* g a/M |epsilon|/vacuum over its critical value (fields/potential_bias.h): from 1 on there is no false vacuum. */
double dw_model_bias_ratio(const dw_model *model, double tau);

/* Times from the start to tau_end among which the ratio above, and the frequencies below, are largest: those, and the
 * ones at which the bias sets in or the equation changes. How many, in any order. */
enum { DW_MODEL_TURNS = 5 };
int dw_model_turns(const dw_model *model, double tau_end, double tau[DW_MODEL_TURNS]);

/* dx^2 times the largest eigenvalue of -lap + M^2 v'', phi within 1.2 times the vacua. */
double dw_model_steepest(const dw_model *model, double spacing, double tau);

/* The largest step, in units of dx, for which the integrator is stable at tau: dtau^2 (kappa^2_max + M^2 v''_min)
 * < stable^2 (fields/integrator.h; 4 for leapfrog), v''_min with the bias at the true vacuum, kappa^2_max = 12/dx^2 at
 * order 2, 16/dx^2 at order 4. */
double dw_model_stable_step(const dw_model *model, double spacing, double tau);

/* The step, in units of dx, from which at tau the fastest oscillation takes four steps or less a period, or
 * its phase per step no longer grows with the frequency: dtau^2 (kappa^2_max + M^2 v''_overshoot) = resonant^2
 * (fields/integrator.h; 2 for leapfrog), again with the bias. From there on the integrator resonates with the quartic
 * term of the potential and single sites may blow up (docs/validation.md). Infinite for a harmonic potential. */
double dw_model_resonant_step(const dw_model *model, double spacing, double tau);

#endif
