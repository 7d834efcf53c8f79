/* Waves without a source: the field is zero. They come from a file, as after a restart. */
#define _XOPEN_SOURCE 700 /* Bessel functions of libm */
#include <stdio.h>

#include "tests/dw_test.h"
#include "tests/gw/waves.h"

/* --- one wave --- */

/* h(x) = start Re[pattern exp(i k x)], h'(x) likewise. */
typedef struct free_wave {
  const char *method;
  int coarsening;
  int64_t n[3];
  double start;
  double rate;
  bool begun; /* the file is one written after a step: p lacks half a kick */
} free_wave;

/* Weights of the parts. Those that aren't transverse and traceless must not be seen. */
static const double PATTERN[DW_PARTS] = {0.7, -0.4, 0.9, -1.1, 0.5};

/* h_xx - h_zz, h_yy - h_zz, ... of the pattern. */
static void components(const waves *w, const int64_t n[3], double component[DW_COMPONENTS]) {
  double q[3];
  double basis[DW_PARTS][3][3];
  double h[3][3] = {{0.0}};
  for (int d = 0; d < 3; d++) {
    q[d] = waves_slope(w->sim.lattice, w->sim.model.stencil, n[d]);
  }
  dw_parts_basis(q, basis);
  for (int i = 0; i < 9 * DW_PARTS; i++) {
    h[i / 3 % 3][i % 3] += PATTERN[i / 9] * basis[i / 9][i / 3 % 3][i % 3];
  }
  component[DW_XX_ZZ] = h[0][0] - h[2][2];
  component[DW_YY_ZZ] = h[1][1] - h[2][2];
  component[DW_XY] = h[0][1];
  component[DW_XZ] = h[0][2];
  component[DW_YZ] = h[1][2];
}

/* Amplitude of a mode of unit weight. */
static double scale_of(const waves *w, const int64_t n[3]) {
  const double points = (double)w->coarse->lattice->points;
  return 0.5 * points * points * points / waves_window(w->sim.lattice, w->coarse->coarsening, n);
}

static void write_field(dw_file *file, const char *path, const waves *w, const int64_t n[3], double factor) {
  const int64_t points = w->coarse->lattice->points;
  dw_field *field = NULL;
  assert_ok(dw_field_create(&field, w->coarse->lattice, w->sim.state->precision));
  for (int64_t i = 0; i < points * points * points; i++) {
    const int64_t at[3] = {i / (points * points), i / points % points, i % points};
    const double turns = (double)(n[0] * at[0] + n[1] * at[1] + n[2] * at[2]) / (double)points;
    dw_field_set(field, at[0], at[1], at[2], factor * cos(2.0 * WAVES_PI * turns));
  }
  assert_ok(dw_file_write_checked_field(file, path, field));
  dw_field_destroy(field);
}

static void write_on_lattice(dw_file *file, const waves *w, const free_wave *f) {
  static const char *const names[DW_COMPONENTS] = {"xx-zz", "yy-zz", "xy", "xz", "yz"};
  const double a = dw_state_scale_factor(w->sim.state);
  const double late = f->begun ? 0.5 * f->coarsening * w->sim.state->dtau : 0.0;
  const double p = a * a * (f->rate + late * waves_kappa2(w, f->method, f->n) * f->start);
  double component[DW_COMPONENTS];
  char path[64];
  components(w, f->n, component);
  for (int i = 0; i < DW_COMPONENTS; i++) {
    (void)snprintf(path, sizeof path, "/gw/h_%s", names[i]);
    write_field(file, path, w, f->n, f->start * component[i]);
    (void)snprintf(path, sizeof path, "/gw/p_%s", names[i]);
    write_field(file, path, w, f->n, p * component[i]);
  }
}

static void write_one_mode(dw_file *file, const waves *w, const free_wave *f) {
  static const char *const kinds[3] = {"wave", "rate", "stress"};
  const double value[3] = {f->start, f->rate, 0.0};
  dw_modes *modes = NULL;
  char path[64];
  assert_ok(dw_modes_hold(&modes, w->coarse->modes));
  for (int i = 0; i < 3 * DW_POLARISATIONS; i++) {
    const int64_t side = modes->side;
    const double amplitude[2] = {scale_of(w, f->n) * PATTERN[i % 2] * value[i / 2], 0.0};
    dw_modes_set(modes, (f->n[0] + side) % side, (f->n[1] + side) % side, f->n[2], amplitude);
    (void)snprintf(path, sizeof path, "/gw/%s_%s", kinds[i / 2], i % 2 == 0 ? "plus" : "cross");
    assert_ok(dw_file_write_checked_modes(file, path, modes));
  }
  dw_modes_destroy(modes);
}

static void open_wave(waves *w, const choices *c, const free_wave *f) {
  dw_file *file = NULL;
  assert_ok(waves_open(w, c, f->method, f->coarsening, 0));
  assert_ok(dw_file_create(&file, dw_comm_self(), "start.h5", 0));
  if (strcmp(f->method, "modes") == 0) {
    write_one_mode(file, w, f);
  } else {
    write_on_lattice(file, w, f);
  }
  assert_ok(dw_file_commit(&file));
  assert_ok(dw_file_open(&file, dw_comm_self(), "start.h5"));
  assert_ok(dw_gw_read(w->gw, file));
  dw_file_close(file);
  w->sim.state->step = f->begun ? 3 * f->coarsening : 0;
}

/* The stress is zero. */
static void measure(waves *w) {
  for (int i = 0; i < DW_POLARISATIONS; i++) {
    dw_modes_clear(w->stress[i]);
  }
  w->now = dw_gw_measure(w->gw, w->stress);
}

/* Distance of what is measured from h and h', the latter in units of kappa. */
static double distance(waves *w, const free_wave *f, double h, double rate) {
  const double kappa = sqrt(waves_kappa2(w, f->method, f->n));
  double worst = 0.0;
  measure(w);
  for (int i = 0; i < DW_POLARISATIONS; i++) {
    const double scale = scale_of(w, f->n) * PATTERN[i];
    worst = fmax(worst, cabs(waves_mode(w->now.wave[i], f->n) / scale - h));
    worst = fmax(worst, cabs(waves_mode(w->now.rate[i], f->n) / scale - rate) / kappa);
  }
  return worst;
}

/* --- flat space --- */

/* Worst distance over 50 radians from cos(w t) and its difference, sin(w dt/2) = kappa dt/2; "modes": from cos(k t). */
static double dispersion_error(const free_wave *f, int stencil, double *relative) {
  const choices c = {
      .points = f->coarsening == 4 ? 32 : 16, .spacing = 0.8, .stencil = stencil, .potential = "free", .dtau = 0.3};
  waves w;
  open_wave(&w, &c, f);
  const bool exact = strcmp(f->method, "modes") == 0;
  const double dt = c.dtau * f->coarsening;
  const double kappa = sqrt(waves_kappa2(&w, f->method, f->n));
  const double omega = exact ? kappa : 2.0 / dt * asin(0.5 * dt * kappa);
  const double slope = exact ? kappa : sin(omega * dt) / dt;
  double worst = distance(&w, f, 1.0, 0.0);
  for (int step = 1; (double)step * dt * omega < 50.0; step++) {
    assert_ok(dw_gw_advance(w.gw, 1));
    const double phase = omega * (double)step * dt;
    if (step < 5 || step % 7 == 0) {
      worst = fmax(worst, distance(&w, f, cos(phase), -slope * sin(phase)));
    }
  }
  *relative = omega / sqrt(waves_k2(&w, f->n)) - 1.0;
  waves_close(&w);
  return worst;
}

/* Catches a frequency off by 1e-11: a wrong Laplacian or order of it, step, opening or merged kick; a closing kick left
 * out of what is measured or of what is read back; a wrong window; and parts that aren't TT but are measured. */
static void plane_waves_follow_the_lattice_dispersion(void **state) {
  (void)state;
  static const int64_t few[][3] = {{1, 0, 1}, {2, -1, 0}, {-2, 1, 1}};
  static const int64_t many[][3] = {{1, 0, 1}, {5, 5, 4}, {7, 0, 3}};
  for (int i = 0; i < 3 * 6; i++) {
    const int stencil = i % 2 == 0 ? 2 : 4;
    const int coarsening = 1 << (i / 2 % 3);
    const int64_t *n = coarsening == 1 ? many[i / 6] : few[i / 6];
    for (int modes = 0; modes < 2; modes++) {
      const free_wave f = {.method = modes ? "modes" : "lattice",
                           .coarsening = coarsening,
                           .n = {n[0], n[1], n[2]},
                           .start = 1.0,
                           .begun = i / 6 != 1};
      double relative = 0.0;
      const double error = dispersion_error(&f, stencil, &relative);
      print_message("%-7s stencil %d, coarsening %d, mode (%2d,%2d,%2d): distance %.1e, omega/k - 1 = %+.2e\n",
                    f.method, stencil, coarsening, (int)n[0], (int)n[1], (int)n[2], error, relative);
      assert_close(error, 0.0, 0.0, modes ? 1e-12 : 1e-9);
    }
  }
}

/* --- expanding space --- */

static choices expanding(double expansion, int stencil, double dtau) {
  return (choices){.points = 16,
                   .spacing = 0.5,
                   .stencil = stencil,
                   .potential = "free",
                   .s = 1.0,
                   .expansion = expansion,
                   .hubble = 0.8,
                   .dtau = dtau};
}

/* Largest over smallest |u'|^2 + kappa^2 |u|^2, u = a h, less 1, over three periods and more. */
static double invariant_spread(const free_wave *f, int stencil) {
  const choices c = expanding(1.0, stencil, 0.02 / f->coarsening);
  waves w;
  open_wave(&w, &c, f);
  const double kappa2 = waves_kappa2(&w, f->method, f->n);
  double most = 0.0;
  double least = INFINITY;
  for (double tau = 0.0; sqrt(kappa2) * tau < 20.0; tau += 0.08) {
    double sum = 0.0;
    measure(&w);
    const double a = dw_state_scale_factor(w.sim.state);
    const double hubble = dw_background_hubble(&w.sim.model.background, dw_state_tau(w.sim.state));
    for (int i = 0; i < DW_POLARISATIONS; i++) {
      const double complex h = waves_mode(w.now.wave[i], f->n);
      const double rate = cabs(waves_mode(w.now.rate[i], f->n) + hubble * h);
      sum += a * a * (rate * rate + kappa2 * cabs(h) * cabs(h));
    }
    most = fmax(most, sum);
    least = fmin(least, sum);
    for (int step = 0; step < 4; step++) {
      assert_ok(dw_gw_advance(w.gw, 1));
    }
  }
  waves_close(&w);
  return most / least - 1.0;
}

/* Catches a wrong power of a in kick or drift, and a rate of another time than the wave's. */
static void the_energy_of_radiation_falls_as_it_must(void **state) {
  (void)state;
  static const struct {
    int coarsening;
    int stencil;
    int64_t n[3];
  } cases[] = {{1, 2, {1, 0, 0}}, {1, 4, {3, 1, 0}}, {1, 2, {2, 0, 2}},  {2, 2, {0, -1, 1}},
               {2, 4, {2, 1, 1}}, {4, 2, {1, 0, 1}}, {4, 4, {0, -1, 1}}, {4, 2, {-1, 0, 0}}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const int64_t *n = cases[i].n;
    free_wave f = {
        .method = "lattice", .coarsening = cases[i].coarsening, .n = {n[0], n[1], n[2]}, .start = 1.0, .rate = 0.4};
    const double lattice = invariant_spread(&f, cases[i].stencil);
    f.method = "modes";
    const double modes = invariant_spread(&f, cases[i].stencil);
    print_message("coarsening %d, mode (%2d,%2d,%2d): |u'|^2 + kappa^2 |u|^2 varies by %.1e (lattice), %.1e (modes)\n",
                  f.coarsening, (int)n[0], (int)n[1], (int)n[2], lattice, modes);
    assert_true(lattice < 1e-3 && modes < 1e-11);
  }
}

/* Two solutions x^-nu Z_nu(x), nu = p - 1/2, and their slopes -x^-nu Z_{nu+1}(x); up to a factor. */
static void solutions(double p, double x, double value[2], double slope[2]) {
  const double s = sin(x);
  const double c = cos(x);
  if (p == 0.5) {
    value[0] = j0(x), value[1] = y0(x);
    slope[0] = -j1(x), slope[1] = -y1(x);
  } else if (p == 1.0) {
    value[0] = s / x, value[1] = -c / x;
    slope[0] = c / x - s / (x * x), slope[1] = s / x + c / (x * x);
  } else {
    value[0] = (s / x - c) / (x * x), value[1] = -(c / x + s) / (x * x);
    slope[0] = ((1.0 - 3.0 / (x * x)) * s + 3.0 / x * c) / (x * x);
    slope[1] = -((1.0 - 3.0 / (x * x)) * c - 3.0 / x * s) / (x * x);
  }
}

/* h and h' at tau of the wave with f->start and f->rate at tau_start. */
static void exact_wave(const free_wave *f, double p, double kappa, double tau_start, double tau, double h[2]) {
  double v0[2];
  double s0[2];
  double v[2];
  double s[2];
  solutions(p, kappa * tau_start, v0, s0);
  solutions(p, kappa * tau, v, s);
  const double wronskian = v0[0] * s0[1] - v0[1] * s0[0];
  const double rate = f->rate / kappa;
  const double first = (f->start * s0[1] - rate * v0[1]) / wronskian;
  const double second = (rate * v0[0] - f->start * s0[0]) / wronskian;
  h[0] = first * v[0] + second * v[1];
  h[1] = kappa * (first * s[0] + second * s[1]);
}

/* Worst distance over the run with steps of `dt`. */
static double bessel_error(const free_wave *f, double p, double dt) {
  const choices c = expanding(p, 2, dt / f->coarsening);
  waves w;
  open_wave(&w, &c, f);
  const double kappa = sqrt(waves_kappa2(&w, f->method, f->n));
  const double start = w.sim.state->tau_start;
  double worst = 0.0;
  while (dw_state_tau(w.sim.state) < start + 6.0 - 1e-9) {
    double h[2];
    assert_ok(dw_gw_advance(w.gw, 1));
    exact_wave(f, p, kappa, start, dw_state_tau(w.sim.state), h);
    worst = fmax(worst, distance(&w, f, h[0], h[1]));
  }
  waves_close(&w);
  return worst;
}

/* Catches wrong friction, powers of a, times at which a is taken, a step of dtau for one of c dtau; and, for "modes",
 * any error that steps of whatever size make. */
static void waves_in_an_expanding_universe(void **state) {
  (void)state;
  const double expansions[] = {1.0, 2.0, 0.5};
  const char *const names[] = {"radiation", "matter", "kination"};
  for (int i = 0; i < 9; i++) {
    free_wave f = {.method = "lattice", .coarsening = 1 << i / 3, .n = {0, -1, 1}, .start = 1.0, .rate = -0.3};
    double error[3];
    double exact[3];
    for (int j = 0; j < 3; j++) {
      error[j] = bessel_error(&f, expansions[i % 3], 0.08 / (1 << j));
    }
    f.method = "modes";
    for (int j = 0; j < 3; j++) {
      exact[j] = bessel_error(&f, expansions[i % 3], 0.08 * (1 << 2 * j));
      assert_true(exact[j] < 1e-12);
    }
    print_message(
        "%-9s coarsening %d: error %.2e %.2e %.2e at dt = 0.08 0.04 0.02, order %.3f; modes %.1e %.1e %.1e at "
        "dt = 0.08 0.32 1.28\n",
        names[i % 3], f.coarsening, error[0], error[1], error[2], order_of(error[1], error[2]), exact[0], exact[1],
        exact[2]);
    assert_close(order_of(error[1], error[2]), 2.0, 0.0, 0.05);
    assert_true(error[2] < 3e-4);
  }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(plane_waves_follow_the_lattice_dispersion),
    cmocka_unit_test(the_energy_of_radiation_falls_as_it_must),
    cmocka_unit_test(waves_in_an_expanding_universe),
};

int main(void) { return cmocka_run_group_tests(tests, NULL, NULL); }
