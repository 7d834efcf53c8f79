/* Potentials whose numbers are computed: against closed forms, their rows, and what is refused. */
#include "fields/kink.h"
#include "fields/potential_numbers.h"
#include "fields/sine.h"
#include "tests/dw_test_rows.h"
#include "tests/fields/simulation.h"

static const double PI = 3.14159265358979323846;

static const char *const names[] = {"double-well", "sine-gordon", "phi6", "polynomial"};

/* Coefficients of the square of w0 + w1 phi + ... + w4 phi^4. */
static void square(const double w[5], double c[DW_POTENTIAL_COEFFICIENTS]) {
  for (int i = 0; i < DW_POTENTIAL_COEFFICIENTS; i++) {
    c[i] = 0.0;
    for (int j = 0; j <= i; j++) {
      c[i] += j < 5 && i - j < 5 ? w[j] * w[i - j] : 0.0;
    }
  }
}

static const dw_potential_values some = {.bias = 0.2,
                                         .mass = 0.0,
                                         .sextic = 0.7,
                                         .coefficient = {0.3, 0.02, -0.55, 0.1, 0.2, -0.03, 0.04, 0.005, 0.01},
                                         .vacuum = {-1.1, 0.9}};

static dw_potential numbers_of(const char *name, dw_potential_values *values) {
  const dw_potential *row = NULL;
  assert_ok(dw_potential_find(&row, name));
  dw_potential potential = *row;
  potential.minimum[0] = potential.minimum[1] = potential.barrier = potential.tension = (double)NAN;
  potential.width = potential.curvature = potential.overshoot = (double)NAN;
  assert_ok(dw_potential_numbers(&potential, values));
  return potential;
}

/* Each number to 1e-10 or better. */
static void check_numbers(const dw_potential *p, const dw_potential *expected) {
  assert_close(p->minimum[0], expected->minimum[0], 0.0, 1e-14);
  assert_close(p->minimum[1], expected->minimum[1], 0.0, 1e-14);
  assert_close(p->barrier, expected->barrier, 1e-13, 0.0);
  assert_close(p->tension, expected->tension, 1e-11, 0.0);
  assert_close(p->width, expected->width, 1e-13, 0.0);
  assert_close(p->curvature, expected->curvature, 1e-10, 0.0);
  assert_close(p->overshoot, expected->overshoot, 1e-10, 0.0);
}

/* Catches a wrong search, quadrature, width or difference formula: what is computed for the double well is in the
 * table. */
static void double_well(void **state) {
  (void)state;
  dw_potential_values values = {.bias = 0.1};
  const dw_potential computed = numbers_of("double-well", &values);
  const dw_potential *row = NULL;
  assert_ok(dw_potential_find(&row, "double-well"));
  check_numbers(&computed, row);
  values.coefficient[0] = 5.25; /* moved away by the constant */
  values.coefficient[2] = -0.5;
  values.coefficient[4] = 0.25;
  const dw_potential same = numbers_of("polynomial", &values);
  check_numbers(&same, row);
  assert_close(values.coefficient[0], 0.25, 1e-15, 0.0);
}

/* Catches another mass, barrier or tension of sine-Gordon, or a further vacuum taken for one of the two. */
static void sine_gordon(void **state) {
  (void)state;
  dw_potential_values values = {.bias = 0.1};
  const dw_potential computed = numbers_of("sine-gordon", &values);
  const dw_potential expected = {.minimum = {-1.0, 1.0},
                                 .barrier = 4.0 / (PI * PI),
                                 .tension = 8.0 * sqrt(2.0) / (PI * PI),
                                 .width = PI / sqrt(8.0),
                                 .curvature = 2.0,
                                 .overshoot = 2.0};
  check_numbers(&computed, &expected);
}

/* sigma = 2/sqrt(2 (1 + b)) int_0^1 (1 - x^2) sqrt(1 + b x^2) dx */
static double sextic_tension(double b) {
  const double root = sqrt(1.0 + b);
  const double a = 0.5 * root + 0.5 * asinh(sqrt(b)) / sqrt(b);
  return sqrt(2.0) / root * (a - (root * root * root - a) / (4.0 * b));
}

/* Catches a wrong phi^6, and b left out of a number; up to b = 2, where the top of the barrier is flat. */
static void sextic(void **state) {
  (void)state;
  static const double bs[] = {0.1, 0.7, 1.0, 2.0};
  for (size_t i = 0; i < 4; i++) {
    const double b = bs[i];
    dw_potential_values values = {.sextic = b};
    const dw_potential computed = numbers_of("phi6", &values);
    const double low = (1.0 - 0.5 * b) / (1.0 + b);
    const double high = 1.5 * b / (1.0 + b);
    const dw_potential expected = {.minimum = {-1.0, 1.0},
                                   .barrier = 0.25 / (1.0 + b),
                                   .tension = sextic_tension(b),
                                   .width = sqrt(2.0 * (1.0 + b)),
                                   .curvature = 2.0,
                                   .overshoot = 5.0 * high * pow(1.2, 4.0) + 3.0 * (low - high) * 1.44 - low};
    check_numbers(&computed, &expected);
  }
}

/* Catches vacua taken to be -1 and +1: v = g (phi - p)^2 (phi - q)^2/4, and a phi^8 with the same ones. */
static void polynomials(void **state) {
  (void)state;
  const double p = -0.8;
  const double q = 1.5;
  const double g = 0.6;
  const double half = 0.5 * (q - p);
  const double well[5] = {0.5 * sqrt(g) * p * q, -0.5 * sqrt(g) * (p + q), 0.5 * sqrt(g), 0.0, 0.0};
  dw_potential_values values = {.bias = 0.0};
  square(well, values.coefficient);
  const dw_potential quartic = numbers_of("polynomial", &values);
  const double barrier = 0.25 * g * pow(half, 4.0);
  assert_close(values.vacuum[0], p, 1e-14, 0.0); /* where the bias must vanish */
  assert_close(values.vacuum[1], q, 1e-14, 0.0);
  check_numbers(&quartic, &(dw_potential){.minimum = {p, q},
                                          .barrier = barrier,
                                          .tension = sqrt(0.5 * g) * pow(q - p, 3.0) / 6.0,
                                          .width = half / sqrt(2.0 * barrier),
                                          .curvature = 0.5 * g * (q - p) * (q - p),
                                          .overshoot = g * half * half * (3.0 * 1.44 - 1.0)});
  const double c = 0.4; /* v = (phi^2 - 1)^2 (1 + c phi^2)^2/4 */
  const double high[5] = {-0.5, 0.0, 0.5 * (1.0 - c), 0.0, 0.5 * c};
  square(high, values.coefficient);
  const dw_potential octic = numbers_of("polynomial", &values);
  assert_close(octic.tension, sqrt(2.0) * (2.0 / 3.0 + 2.0 * c / 15.0), 1e-11, 0.0);
  assert_close(octic.curvature, 2.0 * (1.0 + c) * (1.0 + c), 1e-10, 0.0);
}

static double derivative_at(const dw_potential *potential, double degenerate, double bias, double phi) {
  return dw_potential_slope(potential, &some, &dw_instant_start, degenerate, bias, phi);
}

/* Catches a derivative that doesn't belong to its potential, in either part; beyond the vacua too. */
static void derivatives(void **state) {
  (void)state;
  const double h = 1e-4;
  for (size_t p = 0; p < 4; p++) {
    const dw_potential *potential = NULL;
    assert_ok(dw_potential_find(&potential, names[p]));
    for (double phi = -3.43; phi < 3.5; phi += 0.1) {
      const double at[2] = {phi - h, phi + h};
      double v0[2];
      double vb[2];
      potential->value[1](&some, &dw_instant_start, ROW(at), v0, vb, 2);
      assert_close(derivative_at(potential, 1.0, 0.0, phi), (v0[1] - v0[0]) / (2.0 * h), 1e-7, 1e-7);
      assert_close(derivative_at(potential, 0.0, 1.0, phi), (vb[1] - vb[0]) / (2.0 * h), 1e-7, 1e-7);
      assert_close(derivative_at(potential, 0.7, 0.3, phi),
                   0.7 * derivative_at(potential, 1.0, 0.0, phi) + 0.3 * derivative_at(potential, 0.0, 1.0, phi), 1e-12,
                   1e-13);
    }
  }
}

enum { MOST = 203 };

/* Catches a vector body that rounds unlike its remainder: every element alone has the bits of the whole row, in both
 * precisions; and values of single precision that aren't those of the same number in double. */
static void same_bits_wherever_in_a_row(void **state) {
  (void)state;
  for (size_t p = 0; p < 4; p++) {
    const dw_potential *potential = NULL;
    assert_ok(dw_potential_find(&potential, names[p]));
    _Alignas(DW_ROW_ALIGNMENT) float single[MOST];
    _Alignas(DW_ROW_ALIGNMENT) double twice[MOST];
    _Alignas(DW_ROW_ALIGNMENT) float f32[MOST];
    _Alignas(DW_ROW_ALIGNMENT) double f64[MOST];
    double v[4][MOST];
    for (int i = 0; i < MOST; i++) {
      single[i] = 0.0313F * (float)(i - MOST / 2);
      twice[i] = (double)single[i];
    }
    potential->derivative[0](&some, &dw_instant_start, 0.7, 0.3, ROW(single), OUT(f32), MOST);
    potential->derivative[1](&some, &dw_instant_start, 0.7, 0.3, ROW(twice), OUT(f64), MOST);
    potential->value[0](&some, &dw_instant_start, ROW(single), v[0], v[1], MOST);
    potential->value[1](&some, &dw_instant_start, ROW(twice), v[2], v[3], MOST);
    assert_memory_equal(v[0], v[2], sizeof v[0]);
    assert_memory_equal(v[1], v[3], sizeof v[1]);
    for (int i = 0; i < MOST; i++) {
      float one = 0.0F;
      double two = 0.0;
      potential->derivative[0](&some, &dw_instant_start, 0.7, 0.3, ROW(&single[i]), OUT(&one), 1);
      potential->derivative[1](&some, &dw_instant_start, 0.7, 0.3, ROW(&twice[i]), OUT(&two), 1);
      assert_memory_equal(&one, &f32[i], sizeof one);
      assert_memory_equal(&two, &f64[i], sizeof two);
      assert_close((double)one, two, 2e-5, 2e-6);
    }
  }
}

/* Catches a series cut too early, a wrong sign beyond the first half turn, and vacua that aren't exact. */
static void sine(void **state) {
  (void)state;
  for (int i = -4000; i <= 4000; i++) {
    const double x = 0.0017 * i;
    double sign = 0.0;
    float sign32 = 0.0F;
    const double s = dw_fraction_f64(x, &sign);
    const float s32 = dw_fraction_f32((float)x, &sign32);
    const double exact = (i < 0 ? -1.0 : 1.0) * sin(PI * fmod(fabs(x), 2.0));
    assert_close(sign * dw_sine_f64(s), exact, 0.0, 4e-15);
    assert_close((double)(sign32 * dw_sine_f32(s32)), exact, 0.0, 2e-6);
  }
  for (double s = -0.5; s <= 0.5; s += 1e-4) { /* all terms of the series count */
    const long double exact = sinl(3.14159265358979323846264338L * (long double)s);
    assert_close(dw_sine_f64(s), (double)exact, 0.0, 4e-16);
    assert_close((double)dw_sine_f32((float)s), (double)exact, 0.0, 4e-7);
  }
  const dw_potential *row = NULL;
  assert_ok(dw_potential_find(&row, "sine-gordon"));
  for (int n = -5; n <= 5; n += 2) {
    const double at = (double)n;
    double v[2];
    row->value[1](&some, &dw_instant_start, ROW(&at), &v[0], &v[1], 1);
    assert_true(v[0] == 0.0);
    assert_true(derivative_at(row, 1.0, 1.0, at) == 0.0);
    assert_close(v[1], -2.0 / 3.0 * some.bias * n, 1e-14, 0.0);
  }
}

/* Catches a bias that moves the vacua or doesn't split them by 4 eps/3 (eps (q - p)^3/6 for a polynomial). */
static void biases(void **state) {
  (void)state;
  for (size_t p = 0; p < 4; p++) {
    const dw_potential *row = NULL;
    assert_ok(dw_potential_find(&row, names[p]));
    const double vacuum[2] = {p == 3 ? some.vacuum[0] : -1.0, p == 3 ? some.vacuum[1] : 1.0};
    double v0[2];
    double vb[2];
    row->value[1](&some, &dw_instant_start, ROW(vacuum), v0, vb, 2);
    assert_close(vb[0] - vb[1], some.bias * pow(vacuum[1] - vacuum[0], 3.0) / 6.0, 1e-13, 0.0);
    assert_close(derivative_at(row, 0.0, 1.0, vacuum[0]), 0.0, 0.0, 1e-16);
    assert_close(derivative_at(row, 0.0, 1.0, vacuum[1]), 0.0, 0.0, 1e-16);
  }
}

static void refused(const double *c, const char *message) {
  dw_model model = {.s = 1.0};
  for (int i = 0; i < DW_POTENTIAL_COEFFICIENTS; i++) {
    model.values.coefficient[i] = c[i];
  }
  assert_status(dw_model_set_potential(&model, "polynomial"), DW_ERR_PARAM);
  if (strstr(dw_message(), message) == NULL) {
    fail_msg("\"%s\" doesn't say \"%s\"", dw_message(), message);
  }
}

/* Catches a polynomial without two lasting, degenerate vacua that is run all the same. */
static void what_is_refused(void **state) {
  (void)state;
  refused((double[9]){0.0, 0.0, 1.0}, "no minimum at phi < 0");
  refused((double[9]){0.0, -1.0, 0.0, 0.0, 1.0}, "no minimum at phi < 0");
  refused((double[9]){0.25, 0.001, -0.5, 0.0, 0.25}, "must be degenerate");
  refused((double[9]){0.0, 0.0, 1.0, 0.0, -2.0, 0.0, 1.0}, "another vacuum at phi");
  refused((double[9]){1.0, 0.0, -4.0, 0.0, 6.0, 0.0, -4.0, 0.0, 1.0}, "is flat");
  refused((double[9]){0.25, 0.0, -0.5, 0.0, 0.25, 0.0, -0.01}, "v is lower at phi");
  dw_model model = {.values = {.coefficient = {0.25, 1e-7, -0.5, 0.0, 0.25}}}; /* degenerate enough */
  assert_ok(dw_model_set_potential(&model, "polynomial"));
  assert_close(model.potential->tension, sqrt(8.0) / 3.0, 1e-6, 0.0);
}

/* Profile at x: sine-Gordon 4/pi atan(exp(sqrt(2) x)) - 1; phi^6 sinh X/sqrt(b + cosh^2 X), X = x/sqrt(2). */
static double profile(size_t which, double b, double x) {
  const double X = x / sqrt(2.0);
  return which == 1 ? 4.0 / PI * atan(exp(sqrt(2.0) * x)) - 1.0 : sinh(X) / sqrt(b + cosh(X) * cosh(X));
}

/* Catches a profile of another width, place or tail, and slopes that aren't its own. b = 0 is the double well. */
static void kinks(void **state) {
  (void)state;
  static const double bs[] = {0.0, 0.0, 0.7};
  for (size_t p = 0; p < 3; p++) {
    dw_model model = {.values = {.sextic = bs[p]}};
    assert_ok(dw_model_set_potential(&model, names[p]));
    dw_kink *kink = NULL;
    assert_ok(dw_kink_create(&kink, &model));
    for (double x = -12.0; x < 12.1; x += 0.0937) {
      double slope = 0.0;
      assert_close(dw_kink_at(kink, x, &slope), profile(p, bs[p], x), 0.0, 1e-8);
      assert_close(slope, (profile(p, bs[p], x + 1e-4) - profile(p, bs[p], x - 1e-4)) / 2e-4, 0.0, 2e-7);
    }
    dw_kink_destroy(kink);
  }
}

enum { POINTS = 64, STEPS = 128 };
static const choices flat = {.points = POINTS, .spacing = 0.25, .stencil = 4, .halo = 2, .s = 1.0, .dtau = 0.0625};

/* A model with computed numbers in place of the double well. */
static void open_with(simulation *sim, const choices *c, const char *name, double b) {
  assert_ok(simulation_open(sim, c));
  sim->model.values.sextic = b;
  assert_ok(dw_model_set_potential(&sim->model, name));
}

/* Catches a start or a force that isn't the potential's: kink and antikink at v = 0.5 keep shape and velocity over 4
 * wall widths. */
static void moving_kinks(void **state) {
  (void)state;
  const dw_initial start = {.kind = "walls", .normal = {1, 0, 0}, .velocity = 0.5};
  const double gamma = 1.0 / sqrt(0.75);
  for (size_t p = 1; p < 3; p++) {
    simulation sim;
    open_with(&sim, &flat, names[p], 0.7);
    assert_ok(simulation_start(&sim, &start));
    for (int i = 0; i < STEPS; i++) {
      dw_step(sim.state);
    }
    const double way = 0.5 * STEPS * flat.dtau;
    double worst = 0.0;
    for (int64_t x = 0; x < POINTS; x++) {
      double phi = -1.0;
      for (int m = -2; m <= 2; m++) {
        const double u = 0.25 * (double)x - way + 16.0 * m;
        phi += profile(p, 0.7, gamma * (u - 4.0)) + profile(p, 0.7, -gamma * (u - 12.0));
      }
      worst = fmax(worst, fabs(dw_field_get(sim.state->phi[0], x, 5, 7) - phi));
    }
    print_message("moving kink of %s: off by %.2g\n", names[p], worst);
    assert_close(worst, 0.0, 0.0, 3e-3);
    simulation_close(&sim);
  }
}

/* theta = pi (phi + 1) = 4 atan(sqrt(1 - w^2)/w cos(w m t)/cosh(sqrt(1 - w^2) m x)), m^2 = 2 (Rajaraman 1982, 2.5). */
static double breather(double x, double t) {
  const double w = 0.6;
  const double m = sqrt(2.0);
  return 4.0 / PI * atan(0.8 / w * cos(w * m * t) / cosh(0.8 * m * x)) - 1.0;
}

/* Catches a force wrong away from the vacua or at the top of the barrier, which the breather crosses: its phase and
 * shape after 1.08 periods. */
static void breathing(void **state) {
  (void)state;
  simulation sim;
  open_with(&sim, &flat, "sine-gordon", 0.0);
  for (int64_t i = 0; i < (int64_t)POINTS * POINTS * POINTS; i++) {
    const int64_t x = i / (POINTS * POINTS);
    dw_field_set(sim.state->phi[0], x, i / POINTS % POINTS, i % POINTS, breather(0.25 * (double)x - 8.0, 0.0));
  }
  dw_field_touch(sim.state->phi[0]);
  for (int i = 0; i < STEPS; i++) {
    dw_step(sim.state);
  }
  double worst = 0.0;
  for (int64_t x = 0; x < POINTS; x++) {
    const double exact = breather(0.25 * (double)x - 8.0, STEPS * flat.dtau);
    worst = fmax(worst, fabs(dw_field_get(sim.state->phi[0], x, 5, 7) - exact));
  }
  print_message("breather: off by %.2g\n", worst);
  assert_close(worst, 0.0, 0.0, 3e-3);
  simulation_close(&sim);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(double_well), cmocka_unit_test(sine_gordon),  cmocka_unit_test(sextic),
    cmocka_unit_test(polynomials), cmocka_unit_test(derivatives),  cmocka_unit_test(same_bits_wherever_in_a_row),
    cmocka_unit_test(sine),        cmocka_unit_test(biases),       cmocka_unit_test(what_is_refused),
    cmocka_unit_test(kinks),       cmocka_unit_test(moving_kinks), cmocka_unit_test(breathing),
};

int main(void) { return cmocka_run_group_tests(tests, NULL, NULL); }
