/* The field drives the expansion: a from the Friedmann equations with the mean energy of the run's own field and of a
 * fluid of equation of state w, rho_f = rho_f0 a^{-3(1+w)}.
 *
 * With kappa = (eta/M_P)^2, M_P reduced, energy densities in m^2 eta^2, <> the mean over the lattice, G = (grad phi)^2
 * and v = v0 + v_b, s = 1, the action per comoving volume is that of minisuperspace,
 *
 *   int dtau {-(3/kappa) a'^2 + a^2 <phi'^2 - G>/2 - a^4 <v> - a^4 rho_f(a)},   p_a = -(6/kappa) a',  pi = a^2 phi',
 *
 * whose Hamiltonian -(kappa/12) p_a^2 + <pi^2>/(2 a^2) + a^2 <G>/2 + a^4 (<v> + rho_f) is zero: the Friedmann
 * constraint H^2 = kappa a^2 rho/3. It isn't imposed, so its violation measures the error. Each of the three parts
 *
 *   V  pi += dt a^2 (lap phi - a^2 v'),  a' += dt (kappa/6) [a <G> + 4 a^3 <v> + (1 - 3w) rho_f0 a^{-3w}]
 *   A  a += dt a'
 *   K  phi += dt pi/a^2,                 a' -= dt (kappa/6) <pi^2>/a^3
 *
 * is solved exactly; V/2 A/2 K A/2 V/2 is symplectic and of order 2 (the idea of Z. Huang, arXiv:1102.0227, sect. 3,
 * for such systems). So kicks take a at full steps and drifts at half steps, as for a background that is given, and the
 * closing V/2 is pending between steps (fields/state.h). <G> = -<phi lap phi> with the run's own Laplacian, of which
 * a^2 lap phi is then exactly the variation.
 *
 * What comes of a is written into the record of the background (cosmology/background_driven.h) at full and half steps.
 * Sums are ordered within a row and exact across rows: the same bits on any decomposition. A step of the field then
 * takes one more sweep over phi and pi. */
#ifndef DW_FIELDS_EXPANSION_H
#define DW_FIELDS_EXPANSION_H

#include "cosmology/background_driven.h"
#include "fields/state.h"

/* All a restart needs, with the record. */
typedef struct dw_expansion_numbers {
  double coupling;  /* kappa */
  double fluid;     /* rho_f0, m^2 eta^2 */
  double rate;      /* a', short of the pending kick, m */
  double gradient;  /* <G> of phi, m^2 eta^2 */
  double potential; /* <v> of phi, m^2 eta^2 */
  double violation; /* of the constraint, the largest that was asked for */
} dw_expansion_numbers;

typedef struct dw_expansion {
  dw_state *state;
  dw_model *model;
  dw_expansion_numbers now;
  dw_background_record *record; /* owned */
  struct dw_expansion_worker *workers;
  double *rows; /* scratch */
  int threads;
} dw_expansion;

/* Not collective. Room for `steps` steps of state->dtau, the most that may be taken. The state and the model, which is
 * the state's and has the background "self-consistent", know the expansion until it is destroyed, which is before them.
 * `eta`: eta/M_P > 0, or 0, see dw_expansion_begin. Errors: DW_ERR_MEMORY. */
dw_status dw_expansion_create(dw_expansion **expansion, dw_state *state, dw_model *model, double eta, int64_t steps);
void dw_expansion_destroy(dw_expansion *expansion);

/* Collective. The state is at its start. H is hubble_start of the background, and the fluid has what the field lacks of
 * rho = 3 H^2/kappa; with eta = 0 there is no fluid, and kappa is what makes the field alone drive that H.
 * Errors: DW_ERR_PARAM, the field alone has more energy, or with eta = 0 none. */
dw_status dw_expansion_begin(dw_expansion *expansion);

/* Collective. The halves of a step before and after the field's pass, for dw_step: V over `kick` and A over half the
 * drift; then K and the other A. `closing`: the kick that stays pending. All in 1/m. */
void dw_expansion_open(dw_expansion *expansion, double kick, double drift);
void dw_expansion_close(dw_expansion *expansion, double drift, double closing);

/* Not collective. Energy density of the fluid at the state's time, m^2 eta^2. */
double dw_expansion_fluid(const dw_expansion *expansion);

/* Not collective. |H^2 - kappa a^2 rho/3|/H^2 at the state's time, with the energy density of the field at that time
 * (analysis/measure.h), m^2 eta^2. Keeps the largest. */
double dw_expansion_violation(dw_expansion *expansion, double energy);

#endif
