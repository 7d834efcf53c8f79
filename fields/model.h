/* The equation of motion:
 *
 *   phi'' + (3 - s) H phi' - lap phi = -a^{2s} [v0'(phi) + a^{1-s} v_b'(phi)]
 *
 * s = 1 physical, s = 0 fat walls (Press, Ryden & Spergel 1989), thin-wall dynamics right for any s between
 * (Sousa & Avelino, arXiv:1101.3350). Conformal time, comoving gradients. With pi = a^{3-s} phi':
 * pi' = a^{3-s} {lap phi - a^{2s} v0' - a^{1+s} v_b'}, phi' = pi/a^{3-s}. */
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
  int stencil; /* order of the Laplacian: 2 or 4 */
} dw_model;

/* Looks the potential up for model->values, which are set, and computes its numbers where the table has none.
 * Not collective. Errors: DW_ERR_PARAM, unknown or without two degenerate vacua (fields/potential_numbers.h). */
dw_status dw_model_set_potential(dw_model *model, const char *name);

/* Halo that the stencil needs. */
static inline int dw_model_halo(const dw_model *model) { return model->stencil / 2; }

/* a^{3-s}, the weight of pi. */
double dw_model_momentum_weight(const dw_model *model, double a);

/* a^{2s} and a^{1+s}, the factors of v0' and v_b'. */
double dw_model_degenerate_factor(const dw_model *model, double a);
double dw_model_bias_factor(const dw_model *model, double a);

/* a^{1-s} |epsilon|: from 1 on the double well has only one minimum. */
double dw_model_bias_ratio(const dw_model *model, double a);

/* Comoving width of a wall, delta/a^s; 0 without walls. */
double dw_model_wall_width(const dw_model *model, double a);

/* The largest step, in units of dx, for which leapfrog is stable between the start and scale factor a_end:
 * dtau^2 (kappa^2_max + a^{2s} v''_min) < 4, v''_min with the bias at the true vacuum, kappa^2_max = 12/dx^2 at order
 * 2, 16/dx^2 at order 4. */
double dw_model_stable_step(const dw_model *model, double spacing, double a_end);

/* The step, in units of dx, from which at scale factor a the fastest oscillation takes four steps or less a period:
 * dtau^2 (kappa^2_max + a^{2s} v''_overshoot) = 2, again with the bias. There leapfrog resonates with the quartic term
 * of the potential and single sites blow up (docs/validation.md). Infinite for a harmonic potential. */
double dw_model_resonant_step(const dw_model *model, double spacing, double a);

#endif
