/* The one-scale model of walls against its fixed points, closed forms and an independent integration. */
#include "tests/dw_test.h"

#include <math.h>

#include "cosmology/vos.h"

enum { TIMES = 40 };

/* Equation of state, power p, and the fixed point with the published parameters, to the digits that are published. */
static const struct {
  double w;
  double p;
  double area_parameter;
  double velocity;
} scaling[] = {{1.0 / 3.0, 1.0, 0.900, 0.385}, {0.0, 2.0, 0.672, 0.316}, {1.0, 0.5, 1.142, 0.444}};

enum { BACKGROUNDS = sizeof scaling / sizeof scaling[0] };

static dw_background background_of(int i) {
  dw_background b;
  assert_ok(dw_background_init(&b, "power-law", scaling[i].w, 0.7));
  return b;
}

/* TIMES times that grow by the same factor each, from the start of the background to `factor` times that. */
static void fill_times(const dw_background *b, double factor, double *tau) {
  for (int n = 0; n < TIMES; n++) {
    tau[n] = b->tau_start * pow(factor, n / (TIMES - 1.0));
  }
}

/* Catches wrong equations or parameters: any change of them moves the fixed points. */
static void test_published_fixed_points(void **state) {
  (void)state;
  const dw_vos vos = dw_vos_standard();
  for (int i = 0; i < BACKGROUNDS; i++) {
    dw_vos_point point;
    assert_ok(dw_vos_fixed_point(&vos, scaling[i].p, &point));
    assert_close(point.area_parameter, scaling[i].area_parameter, 0, 5e-4);
    assert_close(point.velocity, scaling[i].velocity, 0, 5e-4);
  }
}

/* Catches a fixed point that isn't one of the integrated equations, and walls that don't reach it from afar. */
static void test_fixed_points_attract(void **state) {
  (void)state;
  dw_vos vos = dw_vos_standard();
  const dw_vos_point starts[] = {{0.3, 0.0}, {3.0, 0.7}};
  for (int i = 0; i < 2 * BACKGROUNDS; i++) {
    const dw_background b = background_of(i / 2);
    double tau[TIMES];
    dw_vos_point fixed, point[TIMES];
    vos.c = i % 2 == 0 ? 0.0 : 0.2;
    fill_times(&b, 1e8, tau);
    assert_ok(dw_vos_fixed_point(&vos, b.p, &fixed));
    assert_ok(dw_vos_integrate(&vos, &b, tau[0], starts[i % 2], TIMES, tau, point));
    assert_close(point[0].area_parameter, starts[i % 2].area_parameter, 1e-14, 0);
    assert_close(point[TIMES - 1].area_parameter, fixed.area_parameter, 1e-6, 0);
    assert_close(point[TIMES - 1].velocity, fixed.velocity, 1e-6, 0);
    assert_ok(dw_vos_integrate(&vos, &b, tau[0], fixed, TIMES, tau, point)); /* and stay there */
    for (int n = 0; n < TIMES; n++) {
      assert_close(point[n].area_parameter, fixed.area_parameter, 1e-8, 0);
      assert_close(point[n].velocity, fixed.velocity, 1e-8, 0);
    }
  }
}

/* Catches wrong damping or stretching: without forces and losses gamma v ~ a^-3 and l sqrt(1 + (gamma v)^2) is
 * constant; walls at rest are stretched like all lengths, L ~ a. */
static void test_free_walls(void **state) {
  (void)state;
  const dw_vos vos = {.c = 0.0, .d = 0.0, .r = 1.0, .q = 1.0, .b = 1.0, .k0 = 0.0};
  for (int i = 0; i < 2 * BACKGROUNDS; i++) {
    const dw_background b = background_of(i / 2);
    const dw_vos_point start = {1.3, i % 2 == 0 ? 0.0 : 0.9};
    double tau[TIMES];
    dw_vos_point point[TIMES];
    fill_times(&b, 3.0, tau);
    assert_ok(dw_vos_integrate(&vos, &b, tau[0], start, TIMES, tau, point));
    const double u0 = start.velocity / sqrt(1.0 - start.velocity * start.velocity);
    const double length0 = dw_background_time(&b, tau[0]) / start.area_parameter; /* a = 1 */
    for (int n = 0; n < TIMES; n++) {
      const double a = dw_background_scale_factor(&b, tau[n]);
      const double u = u0 / (a * a * a);
      const double length = a * length0 * sqrt((1.0 + u0 * u0) / (1.0 + u * u));
      assert_close(point[n].velocity, u / sqrt(1.0 + u * u), 1e-8, 0);
      assert_close(point[n].area_parameter, dw_background_time(&b, tau[n]) / length, 1e-8, 0);
    }
  }
}

/* Catches a wrong start of time or loss in flat space: with k = 0 walls keep v and L grows by c v t. At the fixed
 * point, k = 0 at v = 1/sqrt q, L = (c v + d k_0^r) t. */
static void test_flat_space(void **state) {
  (void)state;
  dw_background flat;
  double tau[TIMES];
  dw_vos_point point[TIMES], fixed;
  assert_ok(dw_background_init(&flat, "flat", 0.0, 0.0));
  dw_vos vos = {.c = 0.4, .d = 0.0, .r = 1.0, .q = 1.0, .b = 1.0, .k0 = 0.0};
  for (int n = 0; n < TIMES; n++) {
    tau[n] = 1.0 + n;
  }
  assert_ok(dw_vos_integrate(&vos, &flat, 1.0, (dw_vos_point){0.5, 0.6}, TIMES, tau, point));
  for (int n = 0; n < TIMES; n++) {
    assert_close(point[n].area_parameter, tau[n] / (2.0 + 0.4 * 0.6 * n), 1e-10, 0);
    assert_close(point[n].velocity, 0.6, 1e-12, 0);
  }
  vos = dw_vos_standard();
  vos.c = 0.3;
  assert_ok(dw_vos_fixed_point(&vos, 0.0, &fixed));
  assert_close(fixed.velocity, 1.0 / sqrt(vos.q), 1e-12, 0);
  assert_close(fixed.area_parameter, 1.0 / (0.3 / sqrt(vos.q) + vos.d * pow(vos.k0, vos.r)), 1e-12, 0);
}

/* dL/dt and dv/dt of the published equations, in cosmic time t with the physical L; n = H t of a power law. */
static void slopes(const dw_vos *vos, double n, double t, const double y[2], double dydt[2]) {
  const double length = y[0];
  const double v = y[1];
  const double hubble = n / t;
  const double x = pow(vos->q * v * v, vos->b);
  const double k = vos->k0 * (1.0 - x) / (1.0 + x);
  dydt[0] = (1.0 + 3.0 * v * v) * hubble * length + vos->c * v + vos->d * pow(vos->k0 - k, vos->r);
  dydt[1] = (1.0 - v * v) * (k / length - 3.0 * hubble * v);
}

/* One step of the classical Runge-Kutta method. */
static void step(const dw_vos *vos, double n, double t, double dt, double y[2]) {
  double k[4][2], at[2];
  slopes(vos, n, t, y, k[0]);
  for (int s = 1; s < 4; s++) {
    const double part = s == 3 ? dt : 0.5 * dt;
    at[0] = y[0] + part * k[s - 1][0];
    at[1] = y[1] + part * k[s - 1][1];
    slopes(vos, n, t + part, at, k[s]);
  }
  for (int i = 0; i < 2; i++) {
    y[i] += dt / 6.0 * (k[0][i] + 2.0 * k[1][i] + 2.0 * k[2][i] + k[3][i]);
  }
}

/* Catches a slip in going from cosmic time and physical length to conformal time and comoving length: both ways are
 * integrated, this one by an independent method, away from scaling. */
static void test_cosmic_time(void **state) {
  (void)state;
  dw_vos vos = dw_vos_standard();
  vos.c = 0.17;
  for (int i = 0; i < BACKGROUNDS; i++) {
    const dw_background b = background_of(i);
    const double tau[2] = {2.0 * b.tau_start, 5.0 * b.tau_start};
    const dw_vos_point start = {2.0, 0.1};
    dw_vos_point point[2];
    assert_ok(dw_vos_integrate(&vos, &b, b.tau_start, start, 2, tau, point));
    double t = dw_background_time(&b, b.tau_start);
    double y[2] = {t / start.area_parameter, start.velocity};
    for (int j = 0; j < 2; j++) {
      const int steps = 20000;
      const double dt = (dw_background_time(&b, tau[j]) - t) / steps;
      for (int s = 0; s < steps; s++) {
        step(&vos, b.p / (1.0 + b.p), t, dt, y);
        t += dt;
      }
      assert_close(point[j].area_parameter, t / y[0], 1e-8, 0);
      assert_close(point[j].velocity, y[1], 1e-8, 0);
    }
  }
}

/* Catches input without meaning that is computed all the same. */
static void test_refused(void **state) {
  (void)state;
  const dw_background b = background_of(0);
  const dw_vos vos = dw_vos_standard();
  const dw_vos_point start = {1.0, 0.3};
  const double tau[2] = {3.0, 2.0};
  dw_vos_point point[2];
  dw_vos wrong = vos;
  assert_status(dw_vos_integrate(&vos, &b, 1.5, start, 2, tau, point), DW_ERR_PARAM);
  assert_status(dw_vos_integrate(&vos, &b, 1.5, (dw_vos_point){0.0, 0.3}, 1, tau, point), DW_ERR_PARAM);
  assert_status(dw_vos_integrate(&vos, &b, 1.5, (dw_vos_point){1.0, 1.0}, 1, tau, point), DW_ERR_PARAM);
  assert_status(dw_vos_integrate(&vos, &b, 1.5, (dw_vos_point){NAN, 0.3}, 1, tau, point), DW_ERR_PARAM);
  wrong.d = -0.1;
  assert_status(dw_vos_integrate(&wrong, &b, 1.5, start, 1, tau, point), DW_ERR_PARAM);
  assert_status(dw_vos_fixed_point(&wrong, 1.0, point), DW_ERR_PARAM);
  wrong.d = 0.0;
  assert_status(dw_vos_fixed_point(&wrong, 1.0, point), DW_ERR_PARAM);
  assert_status(dw_vos_fixed_point(&vos, -0.5, point), DW_ERR_PARAM);
  assert_status(dw_vos_fixed_point(&vos, NAN, point), DW_ERR_PARAM);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_published_fixed_points),
      cmocka_unit_test(test_fixed_points_attract),
      cmocka_unit_test(test_free_walls),
      cmocka_unit_test(test_flat_space),
      cmocka_unit_test(test_cosmic_time),
      cmocka_unit_test(test_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
