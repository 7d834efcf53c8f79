/* A pair of planar walls under a bias, against the equation of motion of a thin wall.
 *
 * A field that varies along x alone obeys phi'' + (3-s) H phi' - phi_xx = -a^{2s} [v0' + a^{1-s} v_b']. Its momentum
 * P = -int phi' phi_x dx over a wall, from the vacuum with v_b higher by DeltaV to the other one, obeys
 *
 *   P' = -int phi_x phi'' dx = -(3-s) H P + [-phi'^2/2 - phi_x^2/2 + a^{2s} v0 + a^{1+s} v_b] at the ends,
 *
 * so |P|' + (3-s) H |P| = a^{1+s} DeltaV, as field and wall are at rest at both ends. This is exact. If the wall is
 * thin (H delta and a DeltaV/sigma times delta small, all comoving) it is a boosted kink, phi = f(gamma a^s (x - v
 * tau)) with f' = sqrt(2 v0), phi' = -v phi_x, int phi_x^2 dx = gamma a^s sigma, so |P| = a^s sigma gamma v, and for
 * every s
 *
 *   (gamma v)' + 3 H gamma v = a DeltaV/sigma .
 *
 * With the bias as v0, a^{2s} v_b' in place of a^{1+s} v_b', the right side would be a^s DeltaV/sigma: too little for
 * s < 1.
 *
 * The same holds for any M(a) in place of a^s, so through a hand-over to the physical equation, and with g(tau) DeltaV
 * for a bias that depends on time. Where the vacuum value melts as r = a^-q, tension and DeltaV are r^3 times what they
 * were at the start, |P| = M r^3 sigma gamma v, and (gamma v)' + 3 (1 - q) H gamma v = a DeltaV/sigma.
 *
 * All in conformal time and comoving lengths; DeltaV and sigma physical, in m^2 eta^2 and m eta^2; a = 1 at the
 * start, where the walls are at rest. DeltaV = 4 eps/3 in all potentials used here, whose vacua are 2 apart.
 *
 * Velocities come from where phi crosses the middle of the vacua, which scalar radiation hardly moves; gamma_velocity
 * of dw_measure, which counts radiation within its mask, is held to the same 5 %. */
#include <stdio.h>
#include <stdlib.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_odeiv2.h>

#include "tests/dw_test.h"
#include "tests/fields/measured.h"

static const double DELTA_V = 4.0 / 3.0; /* over eps */

enum { LOOKS = 24, MIDDLE = LOOKS / 2 };

typedef struct setting {
  const char *potential;
  double s;
  double expansion; /* p; 0 is flat */
  double hubble;    /* at the start, m */
  double duration;  /* 1/m */
  double bias;
  int stencil;
  double physical_from; /* fat walls before, 1/m after the start; 0: s throughout */
  double bias_start;    /* 1/m after the start */
  double melting;       /* of the potential of that name */
} setting;

/* A thin wall at the times of the looks; from GSL. */
typedef struct thin_wall {
  double tau[LOOKS + 1];
  double gamma_v[LOOKS + 1];
  double distance[LOOKS + 1]; /* comoving, 1/m */
} thin_wall;

typedef struct forces {
  const dw_background *background;
  double acceleration; /* DeltaV/sigma, m */
  double from;         /* when it begins, 1/m */
  double melting;      /* q */
} forces;

/* y = {gamma v, distance}. */
static int slope(double tau, const double y[], double dydt[], void *data) {
  const forces *f = data;
  const double a = dw_background_scale_factor(f->background, tau);
  const double push = tau >= f->from ? a * f->acceleration : 0.0;
  dydt[0] = push - 3.0 * (1.0 - f->melting) * dw_background_hubble(f->background, tau) * y[0];
  dydt[1] = y[0] / sqrt(1.0 + y[0] * y[0]);
  return GSL_SUCCESS;
}

static void follow_thin_wall(thin_wall *wall, const dw_background *background, double acceleration,
                             const setting *set) {
  const double duration = set->duration;
  forces f = {background, acceleration, background->tau_start + set->bias_start, set->melting};
  const gsl_odeiv2_system system = {slope, NULL, 2, &f};
  gsl_set_error_handler_off();
  gsl_odeiv2_driver *driver = gsl_odeiv2_driver_alloc_y_new(&system, gsl_odeiv2_step_rk8pd, 1e-3, 1e-12, 1e-10);
  assert_non_null(driver);
  double y[2] = {0.0, 0.0};
  double tau = background->tau_start;
  for (int i = 0; i <= LOOKS; i++) {
    wall->tau[i] = background->tau_start + duration * i / LOOKS;
    if (i > 0) {
      assert_int_equal(gsl_odeiv2_driver_apply(driver, &tau, wall->tau[i], y), GSL_SUCCESS);
    }
    wall->gamma_v[i] = y[0];
    wall->distance[i] = y[1];
  }
  gsl_odeiv2_driver_free(driver);
}

/* Where the field passes the middle of the vacua along z, upwards (sign 1) or downwards (-1), linear between points. */
static double crossing(const simulation *sim, int sign) {
  const int64_t points = sim->lattice->points;
  const double *vacuum = sim->model.potential->minimum;
  const double middle = 0.5 * (vacuum[0] + vacuum[1]);
  double place = (double)NAN;
  int found = 0;
  for (int64_t z = 0; z < points; z++) {
    const double here = sign * (dw_field_get(sim->state->phi[0], 1, 2, z) - middle);
    const double there = sign * (dw_field_get(sim->state->phi[0], 1, 2, (z + 1) % points) - middle);
    if (here <= 0.0 && there > 0.0) {
      place = sim->lattice->spacing * ((double)z + here / (here - there));
      found++;
    }
  }
  assert_int_equal(found, 1);
  return place;
}

/* phi^6 with b = 1; the polynomial is (phi + 0.7)^2 (phi - 1.3)^2/4, whose vacua are two apart as well. */
static void set_potential(dw_model *model, const char *name) {
  static const double coefficient[5] = {0.207025, 0.273, -0.365, -0.3, 0.25};
  model->values.sextic = 1.0;
  memcpy(model->values.coefficient, coefficient, sizeof coefficient);
  assert_ok(dw_model_set_potential(model, name));
}

/* What changes in the course of the run. */
static void set_times(dw_model *model, const setting *set) {
  const double start = model->background.tau_start;
  model->physical_from = set->physical_from > 0.0 ? start + set->physical_from : 0.0;
  model->bias_start = start + set->bias_start;
  model->values.melting = set->melting;
}

/* The numbers of the potential, before there is a lattice. */
static void model_of(const setting *set, dw_model *model) {
  const choices c = {.s = set->s, .expansion = set->expansion, .hubble = set->hubble, .bias = set->bias};
  assert_ok(simulation_model(model, &c));
  set_potential(model, set->potential);
  set_times(model, set);
}

/* A box in which the walls stay six widths apart on both sides, with at least three spacings a width at the end; the
 * pull of one on the other is then 12 exp(-12) of the tension over the width. */
static choices box_of(const setting *set, const dw_model *model, const thin_wall *wall) {
  const double width = dw_model_wall_width(model, wall->tau[0]);
  const double last = dw_model_wall_width(model, wall->tau[LOOKS]);
  const double half = fmax(6.0 * width, 6.0 * last + 2.0 * wall->distance[LOOKS]);
  const int64_t points = 2 * (int64_t)ceil(3.1 * half / last);
  const double spacing = 2.0 * half / (double)points;
  const double steps = LOOKS * ceil(set->duration / LOOKS / (0.25 * spacing));
  return (choices){.points = points,
                   .spacing = spacing,
                   .stencil = set->stencil,
                   .bias = set->bias,
                   .s = set->s,
                   .expansion = set->expansion,
                   .hubble = set->hubble,
                   .dtau = set->duration / steps};
}

/* Comoving distance that the walls have gone and gamma v by the mask of dw_measure, at each look. */
typedef struct measured_wall {
  double distance[LOOKS + 1];
  double by_mask[LOOKS + 1];
} measured_wall;

static void evolve(const setting *set, const choices *c, measured_wall *measured) {
  simulation sim;
  assert_ok(simulation_open(&sim, c));
  set_potential(&sim.model, set->potential);
  set_times(&sim.model, set);
  const dw_initial walls = {.kind = "walls", .normal = {0, 0, 1}};
  assert_ok(simulation_start(&sim, &walls));
  const double length = sim.lattice->length;
  const int stride = (int)lrint(set->duration / LOOKS / c->dtau);
  for (int look = 0; look <= LOOKS; look++) {
    if (look > 0) {
      dw_steps(sim.state, stride, NULL);
    }
    const dw_measurement m = simulation_measure(&sim);
    const double kink = 0.25 * length - crossing(&sim, 1);
    const double antikink = crossing(&sim, -1) - 0.75 * length;
    assert_close(kink, antikink, 0.0, 1e-6 * c->spacing); /* mirror images */
    measured->distance[look] = kink;
    measured->by_mask[look] = m.gamma_velocity;
  }
  simulation_close(&sim);
}

/* Worst relative errors over the looks of the second half of the run. */
typedef struct errors {
  double gamma_v;  /* from positions: v the slope over two looks either way */
  double by_mask;  /* of dw_measure */
  double distance; /* that the walls have gone */
} errors;

static double larger(double before, double value, double expected) {
  return fmax(before, fabs(value / expected - 1.0));
}

static errors compare(const thin_wall *wall, const measured_wall *measured) {
  errors e = {0.0, 0.0, 0.0};
  for (int i = MIDDLE; i <= LOOKS; i++) {
    e.by_mask = larger(e.by_mask, measured->by_mask[i], wall->gamma_v[i]);
    e.distance = larger(e.distance, measured->distance[i], wall->distance[i]);
    if (i + 2 <= LOOKS) {
      const double time = wall->tau[i + 2] - wall->tau[i - 2];
      const double v = (measured->distance[i + 2] - measured->distance[i - 2]) / time;
      const double expected = (wall->distance[i + 2] - wall->distance[i - 2]) / time;
      e.gamma_v = larger(e.gamma_v, v / sqrt(1.0 - v * v), expected / sqrt(1.0 - expected * expected));
    }
  }
  return e;
}

static errors follow(const setting *set) {
  dw_model model;
  thin_wall wall;
  measured_wall measured;
  model_of(set, &model);
  follow_thin_wall(&wall, &model.background, DELTA_V * set->bias / model.potential->tension, set);
  const choices c = box_of(set, &model, &wall);
  evolve(set, &c, &measured);
  const errors e = compare(&wall, &measured);
  print_message("%-11s s = %.1f p = %.1f stencil %d N = %3d a = %.2f: gamma v %.3f off by %.4f (mask %.4f), distance "
                "%.2f by %.4f\n",
                set->potential, set->s, set->expansion, set->stencil, (int)c.points,
                dw_background_scale_factor(&model.background, wall.tau[LOOKS]), wall.gamma_v[LOOKS], e.gamma_v,
                e.by_mask, wall.distance[LOOKS], e.distance);
  return e;
}

/* Catches a bias that isn't scaled to the tension (s < 1), and a friction or sign that is wrong. */
static void check(const setting *set) {
  const errors e = follow(set);
  assert_true(e.gamma_v < 0.05 && e.by_mask < 0.05);
  assert_true(e.distance < 0.02);
}

/* Catches a bias or tension of another size: no expansion, so s and the factors of a don't matter. */
static void in_flat_space(void **state) {
  (void)state;
  check(&(setting){"double-well", 1.0, 0.0, 0.0, 20.0, 0.02, .stencil = 2});
  check(&(setting){"double-well", 1.0, 0.0, 0.0, 20.0, 0.02, .stencil = 4});
}

/* Catches powers of a in the bias, the potential or the momentum that don't belong together, at s = 1, 0.5 and 0. */
static void in_radiation(void **state) {
  (void)state;
  check(&(setting){"double-well", 1.0, 1.0, 0.1, 12.0, 0.04, .stencil = 4});
  check(&(setting){"double-well", 0.5, 1.0, 0.1, 12.0, 0.04, .stencil = 2});
  check(&(setting){"double-well", 0.0, 1.0, 0.1, 20.0, 0.015, .stencil = 2});
}

/* Catches factors that are right in radiation alone. */
static void in_matter(void **state) {
  (void)state;
  check(&(setting){"double-well", 1.0, 2.0, 0.1, 10.0, 0.04, .stencil = 4});
  check(&(setting){"double-well", 0.0, 2.0, 0.1, 10.0, 0.04, .stencil = 2});
}

/* Catches a tension of the double well used for others, and another DeltaV in their bias, or one that doesn't vanish
 * with its slope in vacua other than -1 and +1. */
static void of_other_potentials(void **state) {
  (void)state;
  const char *const names[] = {"sine-gordon", "phi6", "polynomial"};
  for (int i = 0; i < 3; i++) {
    check(&(setting){names[i], 1.0, 1.0, 0.05, 14.0, 0.03, .stencil = 2});
    check(&(setting){names[i], 0.0, 1.0, 0.1, 12.0, 0.03, .stencil = 2});
  }
}

/* Catches a hand-over that pushes walls or lets them go, or a stage before it with another friction than its tension
 * asks for; a bias before its time. */
static void what_changes_with_time(void **state) {
  (void)state;
  check(&(setting){"double-well", 0.0, 1.0, 0.1, 12.0, 0.03, .stencil = 4, .physical_from = 7.0});
  check(&(setting){"double-well", 0.5, 1.0, 0.1, 12.0, 0.03, .stencil = 4, .physical_from = 7.0});
  check(&(setting){"double-well", 0.0, 1.0, 0.1, 16.0, 0.03, .stencil = 2, .bias_start = 4.0});
}

/* Catches a melting potential whose tension doesn't fall with its barrier, walls that feel the friction of others. */
static void melting_walls(void **state) {
  (void)state;
  check(&(setting){"melting", 1.0, 1.0, 0.05, 16.0, 0.01, .stencil = 2, .melting = 1.0});
  check(&(setting){"melting", 1.0, 1.0, 0.05, 14.0, 0.02, .stencil = 2, .melting = 0.5});
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(in_flat_space),       cmocka_unit_test(in_radiation),           cmocka_unit_test(in_matter),
    cmocka_unit_test(of_other_potentials), cmocka_unit_test(what_changes_with_time), cmocka_unit_test(melting_walls),
};

int main(void) { return cmocka_run_group_tests(tests, NULL, NULL); }
