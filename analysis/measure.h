/* Energies, wall area, velocities and vacuum fractions of a state, in one sweep.
 *
 * Sums are ordered within a row and exact across rows: the same bits on any decomposition.
 * Arithmetic is double whatever the storage. All densities are physical, for s != 1 with the
 * thin-wall weights of docs/conventions.md:
 *
 *   energy_kinetic   a^{-1-s} <phi'^2>/2
 *   energy_gradient  a^{-1-s} <(grad phi)^2>/2, in the form whose variation is the run's Laplacian:
 *                    sum over directions of (D1)^2 at order 2, 4/3 (D1)^2 - 1/12 (D2)^2 at order 4,
 *                    Dj = [phi(x + j dx) - phi(x)]/dx
 *   energy_potential a^{s-1} <v0 + a^{1-s} v_b>
 *   area             comoving area per comoving volume (Press, Ryden & Spergel, ApJ 347 (1989) 590):
 *                    S = dx^2/L^3 sum over links theta |grad phi|/(|phi_x| + |phi_y| + |phi_z|),
 *                    theta = 1 where phi > 0 at one end alone, the weight the mean of the two ends,
 *                    centred differences of the run's order
 *   velocity         v^2 = sum W phi'^2 / sum W |grad phi|^2, centred differences
 *   gamma_velocity   (gamma v)^2 = sum W phi'^2/2 / sum W a^{2s} v0
 *                    W = v0/v0(barrier) between the vacua, else 0. Scalar radiation inside the mask raises both.
 *   fraction_positive share of sites with phi > 0
 *
 * Inside the walls is where |phi - middle of the vacua| < DW_WALL_MASK times half their distance:
 *
 *   volume_walls     share of sites inside
 *   energy_*_walls   the energies above from inside alone: kinetic and v0 (no bias) of the sites there,
 *                    gradient of each link as far as it lies inside, phi linear along it: [m(phi + d) - m(phi)] d
 *                    in place of d^2, m(phi) = phi cut off at the ends of the mask; site by site, order 2 would
 *                    lose up to 4 % of the tension
 *   energy_radiation E - E_inside/share, E = K + G + a^{s-1} <v0>: what is outside less the tails of the kinks,
 *                    mean over the box
 *
 * A kink at any velocity is phi = f(gamma a^s x) with f' = sqrt(2 v0) (Vilenkin & Shellard 1994, sect. 3.2.5), so each
 * of its energies goes as v0 dx ~ sqrt(2 v0) dphi and has the same `share` = int over the mask of sqrt(2 v0)
 * dphi/sigma inside. As the kink is the least energy between the ends of the mask (Bogomolny's bound), waves change
 * the energy inside in second order only. Limits: docs/conventions.md. */
#ifndef DW_ANALYSIS_MEASURE_H
#define DW_ANALYSIS_MEASURE_H

#include "fields/state.h"
#include "fields/sweep.h"

/* The mask in units of half the distance of the vacua; the double well has share (3c - c^3)/2 = 0.792 inside. */
#define DW_WALL_MASK 0.6

typedef struct dw_measurement {
  double phi_mean;       /* eta */
  double phi_rms;        /* sqrt <phi^2>, eta */
  double energy_kinetic; /* m^2 eta^2, physical */
  double energy_gradient;
  double energy_potential;
  double energy_degenerate; /* K + G + a^{s-1} <v0>: all but the bias */
  double area;              /* m, comoving */
  double velocity;          /* NAN without walls */
  double gamma_velocity;    /* NAN without walls */
  double fraction_positive;
  double volume_walls; /* 0 without walls, as energy_*_walls */
  double energy_kinetic_walls;
  double energy_gradient_walls;
  double energy_potential_walls;
  double energy_radiation;
} dw_measurement;

typedef struct dw_measure dw_measure;

/* Not collective. Scratch for one state. Errors: DW_ERR_MEMORY. */
dw_status dw_measure_create(dw_measure **measure, const dw_state *state);
void dw_measure_destroy(dw_measure *measure);

/* Not collective. Share of a kink's energy inside |phi - middle| < mask times half the distance of the vacua, 0 <= mask
 * <= 1, from the values of v0 by Simpson's rule; 1 without walls. */
double dw_measure_share(const dw_model *model, double mask);

/* What to hand to dw_sweep between begin and end; others may share the sweep. */
void dw_measure_begin(dw_measure *measure);
dw_consumer dw_measure_consumer(dw_measure *measure);

/* Collective. Begin, a sweep of its own, and end. */
dw_status dw_measure_state(dw_measure *measure, dw_state *state, dw_measurement *result);

/* Collective. Errors: DW_ERR_INVALID if the field holds a NaN or an infinity. */
dw_status dw_measure_end(dw_measure *measure, dw_measurement *result);

#endif
