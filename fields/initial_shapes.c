#include <math.h>

#include "fields/initial_private.h"

#include "base/constants.h"
#include "fields/kink.h"

/* phi and phi' at comoving position x; kink is NULL where its profile is a tanh. `mass`: M at the start, where walls
 * are delta/M wide. */
typedef void (*shape)(const dw_initial *initial, const dw_state *state, const dw_kink *kink, double mass,
                      const double x[3], double value[2]);

/* Walls of a melting potential shrink with their vacua, r'/r = -q H. */
static double melting_rate(const dw_model *model) {
  return model->potential->melts
             ? -model->values.melting * dw_background_hubble(&model->background, model->background.tau_start)
             : 0.0;
}

static void fill(const dw_initial *initial, dw_state *state, const dw_kink *kink, double melting, shape at) {
  const double mass = dw_model_at(state->model, state->tau_start).mass;
  const dw_lattice *lattice = state->lattice;
  const double dx = lattice->spacing;
#pragma omp parallel for schedule(static)
  for (int64_t x = 0; x < lattice->count[0]; x++) {
    for (int64_t y = 0; y < lattice->count[1]; y++) {
      for (int64_t z = 0; z < lattice->points; z++) {
        const double position[3] = {dx * (double)(x + lattice->start[0]), dx * (double)(y + lattice->start[1]),
                                    dx * (double)z};
        double value[2] = {0.0, 0.0};
        at(initial, state, kink, mass, position, value);
        dw_field_set(state->phi[0], x, y, z, value[0]);
        dw_field_set(state->pi[0], x, y, z, value[1] + melting * value[0]);
      }
    }
  }
}

/* Position along the normal within a period L/|n|. Phases are taken from n.x/L modulo 1, periodic on the lattice. */
static double along_normal(const dw_initial *initial, const dw_state *state, const double x[3], double *period) {
  const double length = state->lattice->length;
  double norm = 0.0;
  double phase = 0.0;
  for (int d = 0; d < 3; d++) {
    norm += (double)(initial->normal[d] * initial->normal[d]);
    phase += (double)initial->normal[d] * (x[d] / length);
  }
  *period = length / sqrt(norm);
  return (phase - floor(phase)) * *period;
}

/* A kink at 1/4 and an antikink at 3/4 of the period P along the normal, both moving with the velocity v:
 *   phi(u) = -1 + sum_m tanh(q (u - P/4 + m P)) - tanh(q (u - 3P/4 + m P)),  q = gamma M/delta,  phi' = -v dphi/du,
 * exact up to exp(-2 q P/2), the overlap of the two. */
static void walls_at(const dw_initial *initial, const dw_state *state, const dw_kink *kink, double mass,
                     const double x[3], double value[2]) {
  (void)kink;
  double period = 0.0;
  const double u = along_normal(initial, state, x, &period);
  const double gamma = 1.0 / sqrt(1.0 - initial->velocity * initial->velocity);
  const double q = gamma * mass / state->model->potential->width;
  double phi = -1.0;
  double slope = 0.0;
  for (int m = -2; m <= 2; m++) {
    const double rise = tanh(q * (u - 0.25 * period + (double)m * period));
    const double fall = tanh(q * (u - 0.75 * period + (double)m * period));
    phi += rise - fall;
    slope += q * (fall * fall - rise * rise);
  }
  value[0] = phi;
  value[1] = -initial->velocity * slope;
}

/* The same with the profile f of any potential, from the vacuum p to the vacuum q:
 *   phi(u) = p + sum_m [f(gamma M (u - P/4 + m P)) - p] + [f(-gamma M (u - 3P/4 + m P)) - q]. */
static void kinks_at(const dw_initial *initial, const dw_state *state, const dw_kink *kink, double mass,
                     const double x[3], double value[2]) {
  double period = 0.0;
  const double u = along_normal(initial, state, x, &period);
  const double q = mass / sqrt(1.0 - initial->velocity * initial->velocity);
  const double *vacuum = state->model->potential->minimum;
  double phi = vacuum[0];
  double slope = 0.0;
  for (int m = -2; m <= 2; m++) {
    double rising = 0.0;
    double falling = 0.0;
    phi += dw_kink_at(kink, q * (u - 0.25 * period + (double)m * period), &rising) - vacuum[0];
    phi += dw_kink_at(kink, -q * (u - 0.75 * period + (double)m * period), &falling) - vacuum[1];
    slope += q * (rising - falling);
  }
  value[0] = phi;
  value[1] = -initial->velocity * slope;
}

/* With `closed` where the kink is a tanh, else with `general` and the integrated profile. */
static dw_status fill_walls(const dw_initial *initial, dw_state *state, shape closed, shape general) {
  if (state->model->potential->tanh_kink) {
    fill(initial, state, NULL, melting_rate(state->model), closed);
    return DW_OK;
  }
  dw_kink *kink = NULL;
  DW_TRY(dw_kink_create(&kink, state->model));
  fill(initial, state, kink, melting_rate(state->model), general);
  dw_kink_destroy(kink);
  return DW_OK;
}

dw_status dw_initial_walls(const dw_initial *initial, dw_state *state, dw_modes *modes) {
  (void)modes;
  if (state->model->potential->sectors) {
    return dw_initial_sector_walls(initial, state);
  }
  return fill_walls(initial, state, walls_at, kinks_at);
}

static double from_centre(const dw_state *state, const double x[3]) {
  const double centre = 0.5 * state->lattice->length;
  double r2 = 0.0;
  for (int d = 0; d < 3; d++) {
    r2 += (x[d] - centre) * (x[d] - centre);
  }
  return sqrt(r2);
}

/* A ball of the right vacuum around the centre of the box, at rest: phi = tanh(M (R - r)/delta). */
static void sphere_at(const dw_initial *initial, const dw_state *state, const dw_kink *kink, double mass,
                      const double x[3], double value[2]) {
  (void)kink;
  value[0] = tanh(mass * (initial->radius - from_centre(state, x)) / state->model->potential->width);
}

/* The same with the profile of any potential. */
static void ball_at(const dw_initial *initial, const dw_state *state, const dw_kink *kink, double mass,
                    const double x[3], double value[2]) {
  double slope = 0.0;
  value[0] = dw_kink_at(kink, mass * (initial->radius - from_centre(state, x)), &slope);
}

dw_status dw_initial_sphere(const dw_initial *initial, dw_state *state, dw_modes *modes) {
  (void)modes;
  return fill_walls(initial, state, sphere_at, ball_at);
}

/* phi = mean + amplitude cos(2 pi n.x/L), phi' = 0. */
static void mode_at(const dw_initial *initial, const dw_state *state, const dw_kink *kink, double mass,
                    const double x[3], double value[2]) {
  (void)mass;
  (void)kink;
  double phase = 0.0;
  for (int d = 0; d < 3; d++) {
    phase += (double)initial->normal[d] * (x[d] / state->lattice->length);
  }
  value[0] = initial->mean + initial->amplitude * cos(DW_TWO_PI * phase);
}

dw_status dw_initial_mode(const dw_initial *initial, dw_state *state, dw_modes *modes) {
  (void)modes;
  fill(initial, state, NULL, 0.0, mode_at);
  return DW_OK;
}
