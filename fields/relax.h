/* Phases before the run that smooth a start: gradient flow, then motion with constant friction.
 *
 * Both act at the start of the run, a = 1, on its lattice, with its Laplacian, and with M, vacuum and bias of that
 * time:
 *
 *   diffusion  dphi/dT = lap phi - M^2 v0' - g M v_b'  for a time T; phi' = 0 afterwards
 *   friction   phi'' + Gamma phi' - lap phi = -M^2 v0' - g M v_b'  for a time t, from the start's phi'
 *
 * Diffusion takes Runge-Kutta-Legendre steps of order 1 (Meyer, Balsara & Aslam, MNRAS 422 (2012) 2102, eq. 19 ff.):
 * s stages reach (s^2 + s)/2 times as far as an explicit step may. Of a mode a step leaves P_s(1 - 2z/(s^2 + s)), z =
 * k^2 dT, which is exp(-z) to first order; n >= DW_RELAX_LEAST_STEPS steps leave (1 - Z/n)^n or so for exp(-Z),
 * which is right to 0.036. Steps are at most DW_RELAX_STEP/(m^2 M^2) long, for what grows.
 *
 * Friction is leapfrog, p_{n+1/2} = e^{-Gamma dt} p_{n-1/2} + (1 - e^{-Gamma dt})/Gamma F_n, of order 2, in
 * steps of the run, or shorter ones where its integrator allows more than a leapfrog. What it lasts counts as time in
 * which signals travel (app/plan.h).
 *
 * Same bits on any decomposition. */
#ifndef DW_FIELDS_RELAX_H
#define DW_FIELDS_RELAX_H

#include "fields/state.h"

typedef struct dw_relaxation {
  double diffusion;     /* T, 1/m^2; 0: none */
  double friction_time; /* t, 1/m; 0: none */
  double friction;      /* Gamma, m */
} dw_relaxation;

#define DW_RELAX_STEP 0.05
enum { DW_RELAX_LEAST_STEPS = 8 };

/* Collective. pi is phi' before and after; the state is at its start. */
void dw_relax(const dw_relaxation *relaxation, dw_state *state);

/* Not collective. Sweeps over the field, each about a step of the evolution; `dtau`: of the run, 1/m. */
int64_t dw_relax_sweeps(const dw_relaxation *relaxation, const dw_model *model, double spacing, double dtau);

#endif
