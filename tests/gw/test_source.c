/* Waves from a source in closed form.
 *
 * Without a potential phi = A [cos(k1 x) f1(t) + cos(k2 x) f2(t)], in flat space with f_i = cos(w_i t), w_i = |k_i|.
 * The squares of the two gradients have modes 0 and 2 k_i and tensors k_i k_i without a transverse part. The rest of
 * d_a phi d_b phi is
 *
 *   A^2 (k1_a k2_b + k2_a k1_b) sin(k1 x) sin(k2 x) f1 f2,   sin sin = [cos((k1 - k2) x) - cos((k1 + k2) x)]/2,
 *
 * so that Pi_ab = S_ab f1 f2 cos(K x) for K = k1 + s k2, s = +-1, and S = -s A^2/2 TT[k1 k2 + k2 k1]. Since
 * 2 f1 f2 = cos(W+ t) + cos(W- t), W+- = w1 +- w2, the solution of h'' + |K|^2 h = 2 S f1 f2 at rest at t0 is h = S g,
 *
 *   g(t) = r(t) - r(t0) cos |K|(t - t0) - r'(t0)/|K| sin |K|(t - t0),   r(t) = sum_+- cos(W+- t)/(|K|^2 - W+-^2).
 *
 * (|K| = W+- only for parallel k1 and k2.) On a lattice the same holds with the momenta of its differences: of the
 * field's gradient in S, of its Laplacian in w_i, of the waves' Laplacian in |K|. In radiation u = a h obeys
 * u'' + |K|^2 u = 2 a^{2-s} S f1 f2, and g is an integral with the Green function sin |K|(t - t')/|K|. */
#define _XOPEN_SOURCE 700 /* Bessel functions of libm */
#include "tests/dw_test.h"
#include "tests/gw/waves.h"

static const double AMPLITUDE = 0.3;

/* --- theory --- */

typedef struct source {
  const char *method;
  int coarsening;
  int64_t k[2][3]; /* 2 pi/L */
  double rest;     /* time from the start of the run to that of the waves */
  bool continuum;  /* compare with the momenta of the continuum instead of the lattice's */
} source;

/* What a mode K, with K_z >= 0, should be. */
typedef struct mode {
  int64_t n[3];
  double kappa;
  double tensor[DW_POLARISATIONS]; /* plus and cross of S */
  double h;                        /* g and g' */
  double rate;
} mode;

static double slope_of(const waves *w, const source *s, int64_t n) {
  return s->continuum ? waves_unit(w) * (double)n : waves_slope(w->sim.lattice, w->sim.model.stencil, n);
}

static double omega_of(const waves *w, const source *s, int i) {
  return sqrt(s->continuum ? waves_k2(w, s->k[i]) : waves_laplacian(w->sim.lattice, w->sim.model.stencil, s->k[i]));
}

/* r and r' of flat space. */
static void response(const double omega[2], double kappa, double t, double r[2]) {
  r[0] = 0.0;
  r[1] = 0.0;
  for (int sign = -1; sign <= 1; sign += 2) {
    const double sum = omega[0] + sign * omega[1];
    r[0] += cos(sum * t) / (kappa * kappa - sum * sum);
    r[1] -= sum * sin(sum * t) / (kappa * kappa - sum * sum);
  }
}

static void solve_flat(const waves *w, const source *s, mode *m) {
  const double omega[2] = {omega_of(w, s, 0), omega_of(w, s, 1)};
  const double t = dw_state_tau(w->sim.state);
  double now[2];
  double first[2];
  response(omega, m->kappa, t, now);
  response(omega, m->kappa, s->rest, first);
  const double c = cos(m->kappa * (t - s->rest));
  const double n = sin(m->kappa * (t - s->rest));
  m->h = now[0] - first[0] * c - first[1] / m->kappa * n;
  m->rate = now[1] + first[0] * m->kappa * n - first[1] * c;
}

/* f in radiation, 1 at rest at tau_start: for s = 1 from sin x/x and cos x/x, for s = 0 from J_1/x and Y_1/x. */
static double standing(double fat, double omega, double tau_start, double tau) {
  const double x = omega * tau_start;
  const double y = omega * tau;
  if (fat == 1.0) {
    return (x * cos(y - x) + sin(y - x)) / y;
  }
  return x / y * (yn(2, x) * j1(y) - jn(2, x) * y1(y)) / (j1(x) * yn(2, x) - y1(x) * jn(2, x));
}

/* Simpson's rule. */
static void solve_radiation(const waves *w, const source *s, mode *m) {
  enum { PARTS = 2000 };
  const dw_background *background = &w->sim.model.background;
  const double fat = w->sim.model.s;
  const double tau0 = background->tau_start;
  const double tau = dw_state_tau(w->sim.state);
  const double step = (tau - tau0 - s->rest) / PARTS;
  double h = 0.0;
  double rate = 0.0;
  for (int i = 0; i <= PARTS; i++) {
    const double at = tau0 + s->rest + step * i;
    const double weight = step / 3.0 * (i == 0 || i == PARTS ? 1.0 : 2.0 * (1 + i % 2));
    const double f = standing(fat, omega_of(w, s, 0), tau0, at) * standing(fat, omega_of(w, s, 1), tau0, at);
    const double force = 2.0 * weight * pow(at / tau0, 2.0 - fat) * f;
    h += force * sin(m->kappa * (tau - at)) / m->kappa;
    rate += force * cos(m->kappa * (tau - at));
  }
  m->h = h * tau0 / tau;
  m->rate = (rate - h / tau) * tau0 / tau;
}

static mode expect(const waves *w, const source *s, int sign) {
  mode m = {.tensor = {0.0, 0.0}};
  double q[3];
  double basis[DW_PARTS][3][3];
  const int64_t turn = s->k[0][2] + sign * s->k[1][2] < 0 ? -1 : 1;
  for (int d = 0; d < 3; d++) {
    m.n[d] = turn * (s->k[0][d] + sign * s->k[1][d]);
    q[d] = slope_of(w, s, m.n[d]);
  }
  dw_parts_basis(q, basis);
  for (int i = 0; i < 9 * DW_POLARISATIONS; i++) {
    const double product = slope_of(w, s, s->k[0][i / 3 % 3]) * slope_of(w, s, s->k[1][i % 3]);
    m.tensor[i / 9] -= sign * AMPLITUDE * AMPLITUDE * basis[i / 9][i / 3 % 3][i % 3] * product;
  }
  m.kappa = sqrt(s->continuum ? waves_k2(w, m.n) : waves_kappa2(w, s->method, m.n));
  if (dw_background_expands(&w->sim.model.background)) {
    solve_radiation(w, s, &m);
  } else {
    solve_flat(w, s, &m);
  }
  return m;
}

/* --- runs --- */

/* A run to `span` after the start, measured. */
static void run(waves *w, const choices *c, const source *s, double span) {
  const int64_t start = (int64_t)rint(s->rest / c->dtau);
  assert_ok(waves_open(w, c, s->method, s->coarsening, start));
  dw_field *phi = w->sim.state->phi[0];
  const int64_t n = c->points;
  for (int64_t i = 0; i < n * n * n; i++) {
    const int64_t at[3] = {i / (n * n), i / n % n, i % n};
    double value = 0.0;
    for (int j = 0; j < 2; j++) {
      const int64_t turns = s->k[j][0] * at[0] + s->k[j][1] * at[1] + s->k[j][2] * at[2];
      value += AMPLITUDE * cos(2.0 * WAVES_PI * (double)turns / (double)n);
    }
    dw_field_set(phi, at[0], at[1], at[2], value);
  }
  while (w->sim.state->step < (int64_t)rint(span / c->dtau)) {
    assert_ok(dw_gw_advance(w->gw, 1));
  }
  waves_measure(w);
}

/* Worst distance of h and h' of both modes and polarisations from theory, in units of sqrt(h'^2 + kappa^2 h^2). A block
 * has its middle at (c - 1)/2 sites. */
static double amplitude_error(const waves *w, const source *s) {
  const double points = (double)w->coarse->lattice->points;
  double worst = 0.0;
  double square = 0.0;
  for (int sign = -1; sign <= 1; sign += 2) {
    const mode m = expect(w, s, sign);
    const double offset = 0.5 * (s->coarsening - 1) * w->sim.lattice->spacing * waves_unit(w);
    const double angle = offset * (double)(m.n[0] + m.n[1] + m.n[2]);
    const double complex unit = 0.5 * points * points * points * (cos(angle) + sin(angle) * DW_TEST_I);
    for (int i = 0; i < DW_POLARISATIONS; i++) {
      const double complex h = waves_mode(w->now.wave[i], m.n) / unit;
      const double complex rate = waves_mode(w->now.rate[i], m.n) / unit;
      worst = fmax(worst, m.kappa * cabs(h - m.tensor[i] * m.h));
      worst = fmax(worst, cabs(rate - m.tensor[i] * m.rate));
      square += m.tensor[i] * m.tensor[i] * (m.rate * m.rate + m.kappa * m.kappa * m.h * m.h);
    }
  }
  return worst / sqrt(square);
}

enum { MOST_SHELLS = 32 };

/* Worst difference of drho_dlnk, averaged and rho from theory, in units of the largest `averaged` and of rho; omega
 * must belong to drho_dlnk. */
static double spectrum_error(const waves *w, const source *s) {
  const dw_shells *shells = w->coarse->shells;
  const dw_background *background = &w->sim.model.background;
  const double a = dw_state_scale_factor(w->sim.state);
  double found[5][MOST_SHELLS];
  double expected[2][MOST_SHELLS] = {{0.0}};
  double rho = 0.0;
  double largest = 0.0;
  double worst = 0.0;
  dw_gw_spectrum spectrum = {found[0], found[1], found[2], found[3], found[4], 0.0};
  assert_true(shells->shells <= MOST_SHELLS);
  assert_ok(dw_gw_spectrum_fill(w->gw, w->coarse, &w->now, &spectrum));
  for (int sign = -1; sign <= 1; sign += 2) {
    const mode m = expect(w, s, sign);
    const int64_t shell = dw_shell_of(m.n[0] * m.n[0] + m.n[1] * m.n[1] + m.n[2] * m.n[2]) - 1;
    const double tensor = m.tensor[0] * m.tensor[0] + m.tensor[1] * m.tensor[1];
    const double volume = pow(w->sim.lattice->length, 3.0);
    const double density = tensor * m.rate * m.rate / (8.0 * a * a); /* mean of h'_ab h'_ab/4 a^2 */
    const double potential = tensor * m.kappa * m.kappa * m.h * m.h / (8.0 * a * a);
    const double factor =
        pow(shells->k[shell], 3.0) / (2.0 * WAVES_PI * WAVES_PI) * volume / (double)shells->count[shell];
    rho += density;
    expected[0][shell] += factor * density;
    expected[1][shell] += factor * 0.5 * (density + potential);
    largest = fmax(largest, expected[1][shell]);
  }
  for (int64_t n = 0; n < shells->shells; n++) {
    worst = fmax(worst, fabs(spectrum.drho_dlnk[n] - expected[0][n]) / largest);
    worst = fmax(worst, fabs(spectrum.averaged[n] - expected[1][n]) / largest);
    const double hubble = dw_background_hubble(background, dw_state_tau(w->sim.state));
    const double critical = 3.0 * hubble * hubble / (a * a);
    assert_true(critical > 0.0 || isnan(spectrum.omega[n]));
    assert_true(!(critical > 0.0) || dw_test_is_close(spectrum.omega[n] * critical, spectrum.drho_dlnk[n], 1e-14, 0.0));
  }
  return fmax(worst, fabs(spectrum.rho / rho - 1.0));
}

/* --- tests --- */

/* Catches a factor in the source, the density or the Fourier convention, and anything that makes waves of a smooth
 * field wrong by a percent. */
static void a_smooth_source_makes_the_waves_of_the_continuum(void **state) {
  (void)state;
  static const int64_t k[][2][3] = {{{1, 0, 0}, {0, 1, 0}}, {{1, 1, 0}, {0, 0, 1}}};
  for (int i = 0; i < 2 * 3 * 2; i++) {
    source s = {.method = i % 2 == 0 ? "lattice" : "modes", .coarsening = 1 << i / 2 % 3, .continuum = true};
    memcpy(s.k, k[i / 6], sizeof s.k);
    const int64_t points = s.coarsening == 4 ? 64 : 32;
    const choices c = {.points = points,
                       .spacing = 32.0 / (double)points,
                       .stencil = 4,
                       .potential = "free",
                       .dtau = s.coarsening == 4 ? 0.05 : 0.1};
    waves w;
    run(&w, &c, &s, 20.0);
    const double amplitude = amplitude_error(&w, &s);
    const double spectrum = spectrum_error(&w, &s);
    print_message("%-7s coarsening %d, N = %d, k = (%d,%d,%d), (%d,%d,%d): error of h, h' %.1e, of spectrum and rho "
                  "%.1e\n",
                  s.method, s.coarsening, (int)points, (int)s.k[0][0], (int)s.k[0][1], (int)s.k[0][2], (int)s.k[1][0],
                  (int)s.k[1][1], (int)s.k[1][2], amplitude, spectrum);
    assert_true(amplitude < 0.01 && spectrum < 0.01);
    waves_close(&w);
  }
}

/* Error of a run with steps of dtau. */
static double step_error(choices c, const source *s, double span, double dtau) {
  waves w;
  c.dtau = dtau;
  run(&w, &c, s, span);
  const double error = fmax(amplitude_error(&w, s), spectrum_error(&w, s));
  waves_close(&w);
  return error;
}

static void check_order(const choices *c, const source *s, double span, double dtau, double most) {
  double error[3];
  for (int i = 0; i < 3; i++) {
    error[i] = step_error(*c, s, span, dtau / (1 << i));
  }
  print_message(
      "%-7s stencil %d, coarsening %d, s = %.0f, rest %.1f: error %.2e %.2e %.2e at dtau = %g and halves, order "
      "%.3f\n",
      s->method, c->stencil, s->coarsening, c->s, s->rest, error[0], error[1], error[2], dtau,
      order_of(error[1], error[2]));
  assert_close(order_of(error[1], error[2]), 2.0, 0.0, 0.1);
  assert_true(error[2] < most);
}

/* Catches a source taken at another time than the kick's, of wrong weight in the first or in a merged kick, a wrong
 * derivative, window or basis of the lattice, a start that isn't where it should be. */
static void order_two_with_the_momenta_of_the_lattice(void **state) {
  (void)state;
  for (int i = 0; i < 2 * 2 * 3; i++) {
    const source s = {.method = i % 2 == 0 ? "lattice" : "modes",
                      .coarsening = 1 << i / 4,
                      .k = {{1, 1, 0}, {0, -1, 1}},
                      .rest = i % 4 < 2 ? 0.0 : 6.4};
    const int64_t points = s.coarsening == 4 ? 32 : 16;
    const choices c = {
        .points = points, .spacing = 32.0 / (double)points, .stencil = i / 2 % 2 == 0 ? 4 : 2, .potential = "free"};
    check_order(&c, &s, 25.6, 0.4, 2e-2);
  }
}

/* Catches wrong powers of a in the source, with fat walls too, in density and omega. */
static void sources_in_radiation(void **state) {
  (void)state;
  for (int i = 0; i < 2 * 2 * 3; i++) {
    const source s = {.method = i % 2 == 0 ? "lattice" : "modes",
                      .coarsening = 1 << i / 4,
                      .k = {{1, 1, 0}, {0, -1, 1}},
                      .rest = i / 4 == 1 ? 1.28 : 0.0};
    const int64_t points = s.coarsening == 4 ? 32 : 16;
    const choices c = {.points = points,
                       .spacing = 8.0 / (double)points,
                       .stencil = 4,
                       .potential = "free",
                       .s = i / 2 % 2 == 0 ? 1.0 : 0.0,
                       .expansion = 1.0,
                       .hubble = 0.8};
    check_order(&c, &s, 5.12, 0.08, 2e-2);
  }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_smooth_source_makes_the_waves_of_the_continuum),
    cmocka_unit_test(order_two_with_the_momenta_of_the_lattice),
    cmocka_unit_test(sources_in_radiation),
};

int main(void) { return cmocka_run_group_tests(tests, NULL, NULL); }
