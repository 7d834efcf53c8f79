/* Linear modes of the field through changes of the equation of state, against a numerical solution of their equation.
 */
#include <math.h>

#include <gsl/gsl_odeiv2.h>

#include "tests/dw_test.h"
#include "tests/fields/simulation.h"

/* From w[0] to w[1], in the middle of the run; linear in tau over `width`. */
typedef struct transition {
  const char *name;
  double w[2];
  double until;
  double width;
  double hubble;
  double s;
  double mass;
} transition;

static const transition transitions[] = {
    {"matter -> radiation, sharp", {0.0, 1.0 / 3.0}, 3.507, 0.0, 2.0, 1.0, 0.0},
    {"matter -> radiation, smooth", {0.0, 1.0 / 3.0}, 3.507, 0.4, 2.0, 1.0, 0.0},
    {"kination -> radiation, sharp, massive", {1.0, 1.0 / 3.0}, 2.718, 0.0, 0.5, 1.0, 0.4},
    {"kination -> radiation, smooth, massive", {1.0, 1.0 / 3.0}, 2.718, 0.5, 0.5, 1.0, 0.4},
    {"matter -> kination, sharp, fat", {0.0, 1.0}, 3.507, 0.0, 2.0, 0.0, 0.4},
    {"matter -> kination, smooth, fat", {0.0, 1.0}, 3.507, 0.3, 2.0, 0.0, 0.4},
};

enum { POINTS = 16, PERIODS_X = 1, PERIODS_Y = 2 };
static const double SPACING = 0.5;
static const double SPAN = 6.0; /* every transition starts at tau = 1 */

/* k^2 of the wave on this lattice, of order 2. */
static double lattice_k2(void) {
  const double unit = 2.0 * 3.14159265358979323846 / POINTS;
  return (4.0 - 2.0 * cos(PERIODS_X * unit) - 2.0 * cos(PERIODS_Y * unit)) / (SPACING * SPACING);
}

typedef struct piece {
  const transition *t;
  int which; /* before, during and after the change */
} piece;

/* y = 1/H, ln a, phi, phi'; d(1/H)/dtau = (1 + 3w)/2. */
static int equation(double tau, const double *y, double *dy, void *context) {
  const piece *p = context;
  const transition *t = p->t;
  const double half = t->until * t->width;
  const double share = p->which == 1 ? 0.5 + 0.5 * (tau - t->until) / half : 0.5 * p->which;
  dy[0] = 0.5 * (1.0 + 3.0 * (t->w[0] + share * (t->w[1] - t->w[0])));
  dy[1] = 1.0 / y[0];
  dy[2] = y[3];
  dy[3] = -(3.0 - t->s) / y[0] * y[3] - (lattice_k2() + exp(2.0 * t->s * y[1]) * t->mass * t->mass) * y[2];
  return 0;
}

typedef struct solution {
  piece at;
  double tau;
  double y[4];
  gsl_odeiv2_system system;
  gsl_odeiv2_driver *driver;
} solution;

static void solution_open(solution *s, const transition *t) {
  *s = (solution){.at = {t, 0}, .tau = 1.0, .y = {1.0 / t->hubble, 0.0, 1.0, 0.0}};
  s->system = (gsl_odeiv2_system){equation, NULL, 4, &s->at};
  s->driver = gsl_odeiv2_driver_alloc_y_new(&s->system, gsl_odeiv2_step_rk8pd, 1e-3, 1e-13, 1e-13);
}

/* Piece by piece, so that no step crosses a corner. */
static void solution_go(solution *s, double tau) {
  const transition *t = s->at.t;
  const double ends[3] = {t->until * (1.0 - t->width), t->until * (1.0 + t->width), HUGE_VAL};
  while (s->tau < tau) {
    const double to = fmin(tau, ends[s->at.which]);
    if (to > s->tau) {
      assert_int_equal(gsl_odeiv2_driver_apply(s->driver, &s->tau, to, s->y), 0);
    }
    s->at.which += to == ends[s->at.which] ? 1 : 0;
  }
}

static void open_through(simulation *sim, const transition *t, double dtau) {
  const choices c = {.points = POINTS, .spacing = SPACING, .potential = "free", .mass = t->mass, .s = t->s};
  assert_ok(simulation_model(&sim->model, &c));
  assert_ok(dw_background_chain(&sim->model.background, 2, t->w, &t->until, t->width, t->hubble));
  assert_close(sim->model.background.tau_start, 1.0, 1e-15, 0.0);
  assert_ok(
      dw_lattice_create(&sim->lattice, dw_comm_self(), POINTS, POINTS * SPACING, dw_model_halo(&sim->model), 1, NULL));
  assert_ok(dw_state_create(&sim->state, sim->lattice, &sim->model, DW_DOUBLE, dtau));
  const dw_initial wave = {.kind = "mode", .normal = {PERIODS_X, PERIODS_Y, 0}, .amplitude = 1.0};
  assert_ok(simulation_start(sim, &wave));
}

/* Worst error of phi over the run in units of its first amplitude; a is right in any case. */
static double error_of(const transition *t, double dtau) {
  simulation sim = {.modes = NULL};
  solution exact;
  open_through(&sim, t, dtau);
  solution_open(&exact, t);
  double worst = 0.0;
  while (dw_state_tau(sim.state) < 1.0 + SPAN - 1e-9) {
    dw_step(sim.state);
    solution_go(&exact, dw_state_tau(sim.state));
    worst = fmax(worst, fabs(dw_field_get(sim.state->phi[0], 0, 0, 0) - exact.y[2]));
    assert_close(dw_state_scale_factor(sim.state), exp(exact.y[1]), 1e-10, 0.0);
  }
  gsl_odeiv2_driver_free(exact.driver);
  simulation_close(&sim);
  return worst;
}

/* Catches friction, powers of a, or times of the joints that are wrong in or after a transition: order two in the step
 * across sharp ones too, whose times are no multiples of it. */
static void modes_through_a_transition(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof transitions / sizeof transitions[0]; i++) {
    const transition *t = &transitions[i];
    const double error[3] = {error_of(t, 0.04), error_of(t, 0.02), error_of(t, 0.01)};
    print_message("%-39s error %.2e %.2e %.2e at dtau = 0.04 0.02 0.01, orders %.3f %.3f\n", t->name, error[0],
                  error[1], error[2], order_of(error[0], error[1]), order_of(error[1], error[2]));
    assert_close(order_of(error[1], error[2]), 2.0, 0.0, 0.05);
    assert_true(error[2] < 1e-4);
  }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(modes_through_a_transition),
};

int main(void) { return cmocka_run_group_tests(tests, NULL, NULL); }
