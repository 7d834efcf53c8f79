/* Waves from equal-time correlators and assumed coherence, against closed forms in flat space and each other. */
#include "tests/dw_test.h"

#include <math.h>
#include <string.h>

#include "analysis/post/route_models.h"

enum { COUNT = 241 };

static const double pi = 3.14159265358979323846;
static const double strength = 0.6;

static double tau[COUNT], etc[COUNT];

/* A source of constant ETC in flat space from tau = 2 to 2 + length, with `count` samples. */
static dw_route flat_route(dw_green *green, int count, double length) {
  dw_background b;
  assert_ok(dw_background_init(&b, "flat", 0.0, 0.0));
  dw_green_init(green, &b);
  for (int i = 0; i < count; i++) {
    tau[i] = 2.0 + length * i / (count - 1);
    etc[i] = strength;
  }
  return (dw_route){green, count, tau, tau[0], tau[count - 1], 1.0, DW_ROUTE_LINEAR};
}

static double factor(const dw_route *route, double k) { return k * k * k / (8.0 * pi * pi * route->a * route->a); }

/* Catches a wrong form of the two models with single integrals: h' = 2 P sin(kT)/k, h = 2 P (1 - cos kT)/k^2 for
 * P^2 = ETC; without coherence |h'|^2 = 4 ETC (x_c/k) int cos^2. */
static void test_full_and_none(void **state) {
  (void)state;
  dw_green green;
  dw_route route = flat_route(&green, 9, 11.0);
  route.a = 3.0;
  for (int n = 0; n < 3; n++) {
    const double k = (double[]){0.02, 1.3, 40.0}[n];
    const double phase = 11.0 * k;
    dw_route_gw gw;
    assert_ok(dw_route_model(&route, k, etc, DW_COHERENCE_FULL, NAN, &gw));
    const double rate2 = strength * pow(2.0 * sin(phase) / k, 2);
    const double h2 = strength * pow(2.0 * (1.0 - cos(phase)) / (k * k), 2);
    assert_close(gw.drho_dlnk, factor(&route, k) * rate2, 1e-9, 0);
    assert_close(gw.averaged, factor(&route, k) * 0.5 * (rate2 + k * k * h2), 1e-9, 0);
    const double x_c = 0.4;
    assert_ok(dw_route_model(&route, k, etc, DW_COHERENCE_NONE, x_c, &gw));
    const double integral = 11.0 / 2.0 + sin(2.0 * phase) / (4.0 * k);
    assert_close(gw.drho_dlnk, factor(&route, k) * 4.0 * strength * x_c / k * integral, 1e-9, 0);
    assert_close(gw.averaged, factor(&route, k) * 2.0 * strength * x_c / k * 11.0, 1e-9, 0);
  }
}

/* Catches a top hat of the wrong width or cut at the wrong place, and a negative energy that is hidden:
 * int int cos k(tau1 - tau2) over |tau1 - tau2| < d is 2 [T sin(kd)/k - d sin(kd)/k - (cos(kd) - 1)/k^2]. */
static void test_top_hat(void **state) {
  (void)state;
  dw_green green;
  const double length = 11.0;
  const dw_route route = flat_route(&green, 9, length);
  const double k = 1.3;
  bool was_negative = false;
  for (int n = 0; n < 6; n++) {
    const double x_c = (double[]){0.01, 0.7, 1.0, 4.3, 10.0, 1.3 * 11.0}[n];
    const double d = x_c / k;
    dw_route_gw gw;
    assert_ok(dw_route_model(&route, k, etc, DW_COHERENCE_TOP_HAT, x_c, &gw));
    const double integral = 2.0 * ((length - d) * sin(x_c) / k - (cos(x_c) - 1.0) / (k * k));
    assert_close(gw.averaged, factor(&route, k) * 2.0 * strength * integral, 1e-8, 0);
    was_negative = was_negative || gw.averaged < 0.0;
  }
  assert_true(was_negative);
  dw_route_gw full, wide;
  assert_ok(dw_route_model(&route, k, etc, DW_COHERENCE_FULL, 0.0, &full));
  assert_ok(dw_route_model(&route, k, etc, DW_COHERENCE_TOP_HAT, 100.0, &wide));
  assert_close(wide.drho_dlnk, full.drho_dlnk, 1e-9, 0);
}

/* Catches a wrong Gaussian: (|h'|^2 + k^2 |h|^2)/2 grows at the rate 2 ETC sqrt(2 pi) (x_c/k) exp(-x_c^2/2), and a wide
 * one is coherent. */
static void test_gaussian(void **state) {
  (void)state;
  dw_green green;
  const double k = 1.3;
  for (int n = 0; n < 3; n++) {
    const double x_c = (double[]){0.05, 0.8, 2.0}[n];
    dw_route_gw gw[2];
    for (int m = 0; m < 2; m++) {
      const dw_route route = flat_route(&green, 9, m == 0 ? 25.0 : 30.0);
      assert_ok(dw_route_model(&route, k, etc, DW_COHERENCE_GAUSSIAN, x_c, &gw[m]));
    }
    const double rate = 2.0 * strength * sqrt(2.0 * pi) * x_c / k * exp(-0.5 * x_c * x_c);
    assert_close(gw[1].averaged - gw[0].averaged, k * k * k / (8.0 * pi * pi) * rate * 5.0, 1e-7, 0);
  }
  const dw_route route = flat_route(&green, 9, 11.0);
  dw_route_gw full, wide;
  assert_ok(dw_route_model(&route, k, etc, DW_COHERENCE_FULL, 0.0, &full));
  assert_ok(dw_route_model(&route, k, etc, DW_COHERENCE_GAUSSIAN, 1e6, &wide));
  assert_close(wide.averaged, full.averaged, 1e-9, 0);
}

/* Radiation with an ETC that grows and turns over, sampled evenly from tau = 1 to 13. */
static dw_route radiation_route(dw_green *green, int count) {
  dw_background b;
  assert_ok(dw_background_init(&b, "power-law", 1.0 / 3.0, 1.0));
  dw_green_init(green, &b);
  for (int i = 0; i < count; i++) {
    tau[i] = 1.0 + 12.0 * i / (count - 1);
    etc[i] = pow(tau[i], 3) / (1.0 + pow(0.4 * tau[i], 3));
  }
  return (dw_route){green, count, tau, 2.5, tau[count - 1], 13.0, DW_ROUTE_CUBIC};
}

/* Catches models that aren't the route of their own matrix: UTC = sqrt(ETC ETC) C with the weights of route.h, in
 * radiation and with a source that starts late. The top hat's jump costs the matrix its accuracy. */
static void test_against_matrix(void **state) {
  (void)state;
  static double utc[COUNT * COUNT], weight_h[COUNT], weight_rate[COUNT];
  dw_green green;
  const dw_route route = radiation_route(&green, COUNT);
  const double k = 1.6;
  const double x_c = 1.7;
  const dw_coherence models[] = {DW_COHERENCE_FULL, DW_COHERENCE_GAUSSIAN, DW_COHERENCE_TOP_HAT};
  assert_ok(dw_route_weights(&route, k, weight_h, weight_rate));
  for (int n = 0; n < 3; n++) {
    for (int i = 0; i < COUNT * COUNT; i++) {
      const double x = k * (tau[i / COUNT] - tau[i % COUNT]) / x_c;
      const double c = n == 0 ? 1.0 : n == 1 ? exp(-0.5 * x * x) : fabs(x) < 1.0 ? 1.0 : 0.0;
      utc[i] = sqrt(etc[i / COUNT] * etc[i % COUNT]) * c;
    }
    dw_route_gw gw;
    assert_ok(dw_route_model(&route, k, etc, models[n], x_c, &gw));
    const dw_route_gw matrix = dw_route_correlator(&route, k, weight_h, weight_rate, utc);
    assert_close(gw.averaged, matrix.averaged, n == 2 ? 0.02 : 2e-5, 0);
    assert_close(gw.drho_dlnk, matrix.drho_dlnk, n == 2 ? 0.02 : 2e-5, 0);
  }
}

/* Catches a coherence time that means another thing in another model: narrow ones agree where their areas do. */
static void test_narrow(void **state) {
  (void)state;
  dw_green green;
  const dw_route route = radiation_route(&green, 61);
  const double k = 1.6;
  const double area = 0.02;
  dw_route_gw none, top_hat, gaussian;
  assert_ok(dw_route_model(&route, k, etc, DW_COHERENCE_NONE, area, &none));
  assert_ok(dw_route_model(&route, k, etc, DW_COHERENCE_TOP_HAT, 0.5 * area, &top_hat));
  assert_ok(dw_route_model(&route, k, etc, DW_COHERENCE_GAUSSIAN, area / sqrt(2.0 * pi), &gaussian));
  assert_close(top_hat.averaged, none.averaged, 2e-3, 0);
  assert_close(gaussian.averaged, none.averaged, 2e-3, 0);
}

/* Catches an interpolation that needs dense samples, or isn't the same when refined: a power of tau at 13 samples. */
static void test_interpolation(void **state) {
  (void)state;
  dw_green green;
  dw_route_gw few, many;
  dw_route route = radiation_route(&green, 13);
  assert_ok(dw_route_model(&route, 0.8, etc, DW_COHERENCE_GAUSSIAN, 1.0, &few));
  route = radiation_route(&green, COUNT);
  assert_ok(dw_route_model(&route, 0.8, etc, DW_COHERENCE_GAUSSIAN, 1.0, &many));
  assert_close(few.averaged, many.averaged, 1e-2, 0);
  route.end = 2.0; /* no source yet */
  assert_ok(dw_route_model(&route, 0.8, etc, DW_COHERENCE_GAUSSIAN, 1.0, &few));
  assert_true(few.averaged == 0.0 && few.drho_dlnk == 0.0);
}

/* Catches integrals that miss how fast the kernel grows after an early start: outside the horizon of a stiff background
 * h' = 2 P int (tau1/tau)^2p. */
static void test_early_start(void **state) {
  (void)state;
  dw_background b;
  dw_green green;
  assert_ok(dw_background_init(&b, "power-law", 5.0, 1.0));
  dw_green_init(&green, &b);
  double times[] = {1e-4, 0.5, 1.0};
  const dw_route route = {&green, 3, times, 1e-4, 1.0, 1.0, DW_ROUTE_LINEAR};
  const double power = 2.0 * b.p + 1.0;
  dw_route_gw gw;
  const double rate = 2.0 * (1.0 - pow(1e-4, power)) / power;
  assert_ok(dw_route_model(&route, 1e-7, (double[]){strength, strength, strength}, DW_COHERENCE_FULL, 0.0, &gw));
  assert_close(gw.drho_dlnk, factor(&route, 1e-7) * strength * rate * rate, 1e-8, 0);
}

/* Catches correlators and coherence times that make no sense, taken for good. */
static void test_refused(void **state) {
  (void)state;
  dw_green green;
  dw_route_gw gw;
  const dw_route route = flat_route(&green, 9, 11.0);
  assert_status(dw_route_model(&route, 1.0, etc, DW_COHERENCE_GAUSSIAN, 0.0, &gw), DW_ERR_PARAM);
  assert_status(dw_route_model(&route, 1.0, etc, DW_COHERENCE_NONE, NAN, &gw), DW_ERR_PARAM);
  assert_status(dw_route_model(&route, 1.0, etc, DW_COHERENCE_TOP_HAT, 1e-5, &gw), DW_ERR_PARAM);
  assert_status(dw_route_model(&route, 0.0, etc, DW_COHERENCE_FULL, 1.0, &gw), DW_ERR_INTERNAL);
  etc[4] = 0.0;
  assert_status(dw_route_model(&route, 1.0, etc, DW_COHERENCE_FULL, 1.0, &gw), DW_ERR_INVALID);
  etc[4] = NAN;
  assert_status(dw_route_model(&route, 1.0, etc, DW_COHERENCE_FULL, 1.0, &gw), DW_ERR_INVALID);
  etc[4] = 1.0;
  tau[4] = tau[3];
  assert_status(dw_route_model(&route, 1.0, etc, DW_COHERENCE_FULL, 1.0, &gw), DW_ERR_INTERNAL);
  const dw_route two = flat_route(&green, 2, 11.0);
  assert_ok(dw_route_model(&two, 1.0, etc, DW_COHERENCE_FULL, 1.0, &gw));
  assert_close(gw.drho_dlnk, factor(&two, 1.0) * strength * 4.0 * pow(sin(11.0), 2), 1e-9, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_full_and_none),  cmocka_unit_test(test_top_hat), cmocka_unit_test(test_gaussian),
      cmocka_unit_test(test_against_matrix), cmocka_unit_test(test_narrow),  cmocka_unit_test(test_interpolation),
      cmocka_unit_test(test_early_start),    cmocka_unit_test(test_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
