/* Random starts: powers of phi and phi', correlations, cells, population bias, what is shared
 * between lattices and what is refused. */
#include <stdio.h>

#include "lattice/decomposition.h"
#include "lattice/shells.h"
#include "tests/dw_test.h"
#include "tests/fields/power_rows.h"
#include "tests/fields/simulation.h"

static const double TWO_PI = 6.283185307179586476925286766559;

/* Powers that were asked for, in eta^2/m^3, of phi (0) and phi' (1); those with an rms up to a factor. */
typedef double (*requested)(const dw_initial *initial, double k, int which);

/* Sharp, or the tail of a normal law about the cut-off. */
static double cut(const dw_initial *initial, double k) {
  if (initial->cutoff_width == 0.0) {
    return k > initial->cutoff ? 0.0 : 1.0;
  }
  const double part = 0.5 * erfc((k / initial->cutoff - 1.0) / (sqrt(2.0) * initial->cutoff_width));
  return part < 1e-15 ? 0.0 : part;
}

static double vacuum(const dw_initial *v, double k, int which) {
  const double omega = sqrt(k * k + v->mass * v->mass);
  return cut(v, k) * 0.5 * v->lambda * (which == 0 ? 1.0 / omega : omega);
}

static double thermal(const dw_initial *t, double k, int which) {
  const double omega = sqrt(k * k + t->mass * t->mass);
  const double boltzmann = exp(-omega / t->temperature);
  const double quanta = boltzmann / (1.0 - boltzmann) + (t->zero_point ? 0.5 : 0.0);
  return cut(t, k) * t->lambda * quanta * (which == 0 ? 1.0 / omega : omega);
}

static double gaussian(const dw_initial *g, double k, int which) {
  return which == 0 ? exp(-0.5 * k * k * g->correlation_length * g->correlation_length) : 0.0;
}

static double power_law(const dw_initial *p, double k, int which) {
  return which == 0 ? cut(p, k) * exp(p->index * log(k)) : 0.0;
}

static double banded(const dw_initial *initial, double k, int which) {
  return which == 1 && strcmp(initial->file, "still.txt") == 0 ? 0.0 : banded_power(k, which);
}
static double white_noise(const dw_initial *w, double k, int which) { return which == 0 ? cut(w, k) : 0.0; }

/* Mean over the modes of each shell of the power, and of its square, by definition; returns the sum over all modes. */
static double by_definition(const dw_initial *initial, requested power, int which, const dw_shells *shells,
                            const dw_lattice *lattice, double *mean, double *square) {
  const int64_t most = (lattice->points - 1) / 2;
  double total = 0.0;
  for (int64_t s = 0; s < shells->shells; s++) {
    mean[s] = 0.0;
    square[s] = 0.0;
  }
  for (int64_t x = -most; x <= most; x++) {
    for (int64_t y = -most; y <= most; y++) {
      for (int64_t z = -most; z <= most; z++) {
        const int64_t n2 = x * x + y * y + z * z;
        const double p = n2 == 0 ? 0.0 : power(initial, TWO_PI / lattice->length * sqrt((double)n2), which);
        const int64_t s = dw_shell_of(n2) - 1;
        total += p;
        if (n2 != 0 && s < shells->shells) {
          mean[s] += p / (double)shells->count[s];
          square[s] += p * p / (double)shells->count[s];
        }
      }
    }
  }
  return total;
}

enum { SEEDS = 30, MOST_SHELLS = 64 };

/* Adds the powers of phi and phi' of one realisation, and their correlation over the lattice. */
static void add_powers(simulation *sim, const dw_shells *shells, double power[2][MOST_SHELLS], double *cross) {
  const double n3 = pow((double)sim->lattice->points, 3.0);
  const double volume = pow(sim->lattice->length, 3.0);
  const int64_t n = sim->lattice->points;
  for (int64_t i = 0; i < n * n * n; i++) {
    *cross += dw_field_get(sim->state->phi[0], i / (n * n), i / n % n, i % n) *
              dw_field_get(sim->state->pi[0], i / (n * n), i / n % n, i % n) / (n3 * SEEDS);
  }
  for (int which = 0; which < 2; which++) {
    double one[MOST_SHELLS];
    double error[MOST_SHELLS];
    dw_modes_forward(sim->modes, which == 0 ? sim->state->phi[0] : sim->state->pi[0]);
    assert_ok(dw_shells_average(shells, sim->modes, dw_mode_square, NULL, one, error));
    for (int64_t s = 0; s < shells->shells; s++) {
      power[which][s] += one[s] * volume / (n3 * n3 * SEEDS);
    }
  }
}

/* chi^2 of the shells, each mode pair an exponential variable; and the largest deviation. */
static void compare(const dw_initial *initial, requested power, int which, const dw_shells *shells,
                    const dw_lattice *lattice, const double *measured) {
  double mean[MOST_SHELLS];
  double square[MOST_SHELLS];
  const double total = by_definition(initial, power, which, shells, lattice, mean, square);
  const double volume = pow(lattice->length, 3.0);
  const double scale = initial->rms > 0.0 ? initial->rms * initial->rms * volume / total : 1.0;
  double chi2 = 0.0;
  double most = 0.0;
  int count = 0;
  for (int64_t s = 0; s < shells->shells; s++) {
    most = fmax(most, mean[s]);
  }
  for (int64_t s = 0; s < shells->shells; s++) {
    const double deviation = scale * sqrt(2.0 * square[s] / ((double)shells->count[s] * SEEDS));
    if (total == 0.0 || !(mean[s] > 1e-12 * most)) { /* at rest; beyond the cut-off */
      assert_close(measured[s], 0.0, 0.0, 1e-12 * (total == 0.0 ? 0.0 : scale * most));
    } else {
      assert_close(measured[s], scale * mean[s], 0.0, 4.5 * deviation);
      chi2 += pow((measured[s] - scale * mean[s]) / deviation, 2.0);
      count++;
    }
  }
  print_message("%s, power of %s: chi^2 %.1f of %d shells\n", initial->kind, which == 0 ? "phi" : "phi'", chi2, count);
  assert_true(count == 0 || fabs(chi2 - count) < 4.0 * sqrt(2.0 * count));
}

static void check_powers(dw_initial initial, requested power) {
  const choices c = {.points = 24, .spacing = 0.5, .expansion = 1.0, .s = 0.0};
  simulation sim;
  assert_ok(simulation_open(&sim, &c));
  initial.seed = 0;
  assert_ok(simulation_start(&sim, &initial)); /* makes the modes */
  dw_shells *shells = NULL;
  assert_ok(dw_shells_create(&shells, sim.modes, NULL, NULL));
  double measured[2][MOST_SHELLS] = {{0.0}};
  double cross = 0.0;
  for (int seed = 0; seed < SEEDS; seed++) {
    initial.seed = 500 + seed;
    assert_ok(simulation_start(&sim, &initial));
    add_powers(&sim, shells, measured, &cross);
  }
  compare(&initial, power, 0, shells, sim.lattice, measured[0]);
  compare(&initial, power, 1, shells, sim.lattice, measured[1]);
  double sums[3] = {0.0, 0.0, 0.0}; /* phi^2, phi'^2, and their product: variance of the correlation */
  for (int64_t s = 0; s < shells->shells; s++) {
    const double modes = (double)shells->count[s] / pow(sim.lattice->length, 3.0);
    sums[2] += modes * modes * measured[0][s] * measured[1][s] / (double)shells->count[s];
  }
  assert_close(cross, 0.0, 0.0, 4.5 * sqrt(2.0 * sums[2] / SEEDS) + 1e-30);
  dw_shells_destroy(shells);
  simulation_close(&sim);
}

/* Catches a wrong power law of either field, a lost factor 2, lambda or volume, the vacuum's part left in or out, phi'
 * drawn with the numbers of phi, and power where none was asked for. */
static void powers_are_those_asked_for(void **state) {
  (void)state;
  check_powers((dw_initial){.kind = "vacuum", .lambda = 0.3, .mass = 0.0, .cutoff = 4.02}, vacuum);
  check_powers((dw_initial){.kind = "vacuum", .lambda = 2.0, .mass = 1.5, .cutoff = 100.0}, vacuum);
  const dw_initial warm = {.kind = "thermal", .lambda = 0.1, .mass = 0.7, .temperature = 1.3, .cutoff = 3.0};
  check_powers((dw_initial){.kind = "vacuum", .lambda = 0.3, .mass = 0.4, .cutoff = 2.5, .cutoff_width = 0.2}, vacuum);
  dw_initial t = warm;
  check_powers(t, thermal);
  t.cutoff_width = 0.3;
  check_powers(t, thermal);
  t.zero_point = true;
  check_powers(t, thermal);
  check_powers((dw_initial){.kind = "gaussian", .rms = 0.7, .correlation_length = 1.1}, gaussian);
  check_powers((dw_initial){.kind = "power-law", .rms = 0.4, .index = 2.5, .cutoff = 4.02}, power_law);
  check_powers((dw_initial){.kind = "power-law", .rms = 0.4, .index = -3.0, .cutoff = 4.02}, power_law);
  assert_true(write_bands("bands.txt", false) && write_bands("still.txt", true));
  check_powers((dw_initial){.kind = "spectrum", .file = "bands.txt"}, banded);
  check_powers((dw_initial){.kind = "spectrum", .file = "still.txt"}, banded);
  check_powers((dw_initial){.kind = "power-law", .rms = 0.4, .index = -1.0, .cutoff = 2.5, .cutoff_width = 0.2},
               power_law);
  check_powers((dw_initial){.kind = "white-noise", .rms = 0.7, .cutoff = 4.02}, white_noise);
  check_powers((dw_initial){.kind = "white-noise", .rms = 0.7, .cutoff = 3.0, .cutoff_width = 0.4}, white_noise);
}

/* At the distance r along an axis: the sum over images (Poisson) less the zero mode c = (2 pi)^{3/2} l^3/L^3, over 1 -
 * c. */
static double periodic_correlation(const dw_initial *g, double length, double r) {
  const double l = g->correlation_length;
  const double zero = pow(TWO_PI, 1.5) * pow(l / length, 3.0);
  double along = 0.0;
  double sideways = 0.0;
  for (int m = -3; m <= 3; m++) {
    along += exp(-0.5 * pow((r + m * length) / l, 2.0));
    sideways += exp(-0.5 * pow(m * length / l, 2.0));
  }
  return g->rms * g->rms * (along * sideways * sideways - zero) / (1.0 - zero);
}

/* Catches a length off by sqrt(2) or 2, and a zero mode left in. */
static void gaussian_has_its_correlation(void **state) {
  (void)state;
  enum { REALISATIONS = 60, LAGS = 9, N = 24 };
  const choices c = {.points = N, .spacing = 0.5};
  dw_initial g = {.kind = "gaussian", .rms = 0.8, .correlation_length = 1.5};
  simulation sim;
  assert_ok(simulation_open(&sim, &c));
  double sum[LAGS] = {0.0};
  double squares[LAGS] = {0.0};
  for (int seed = 0; seed < REALISATIONS; seed++) {
    g.seed = seed;
    assert_ok(simulation_start(&sim, &g));
    for (int64_t lag = 0; lag < LAGS; lag++) {
      double xi = 0.0;
      for (int64_t i = 0; i < N * N * N; i++) {
        const int64_t x[3] = {i / (N * N), i / N % N, i % N};
        const double here = dw_field_get(sim.state->phi[0], x[0], x[1], x[2]);
        xi += here * dw_field_get(sim.state->phi[0], (x[0] + lag) % N, x[1], x[2]);
        xi += here * dw_field_get(sim.state->phi[0], x[0], x[1], (x[2] + lag) % N);
      }
      xi /= 2.0 * N * N * N;
      sum[lag] += xi / REALISATIONS;
      squares[lag] += xi * xi / REALISATIONS;
    }
  }
  for (int lag = 0; lag < LAGS; lag++) {
    const double exact = periodic_correlation(&g, sim.lattice->length, 0.5 * lag);
    const double error = sqrt((squares[lag] - sum[lag] * sum[lag]) / REALISATIONS);
    print_message("correlation at %.1f: %.4f +- %.4f, exact %.4f\n", 0.5 * lag, sum[lag], error, exact);
    assert_close(sum[lag], exact, 0.0, 4.0 * error);
    assert_true(error < 0.02);
  }
  simulation_close(&sim);
}

/* Fraction of phi > 0 and mean over realisations, with the spread of one. */
static void population(dw_initial initial, int realisations, double fraction[2], double mean[2]) {
  const choices c = {.points = 32, .spacing = 0.5};
  simulation sim;
  assert_ok(simulation_open(&sim, &c));
  double sums[4] = {0.0};
  for (int seed = 0; seed < realisations; seed++) {
    initial.seed = 90 + seed;
    assert_ok(simulation_start(&sim, &initial));
    double one[2] = {0.0, 0.0};
    double drift = 0.0; /* mean of phi' */
    for (int64_t i = 0; i < 32 * 32 * 32; i++) {
      const double phi = dw_field_get(sim.state->phi[0], i / 1024, i / 32 % 32, i % 32);
      one[0] += phi > 0.0 ? 1.0 / 32768.0 : 0.0;
      one[1] += phi / 32768.0;
      drift += dw_field_get(sim.state->pi[0], i / 1024, i / 32 % 32, i % 32) / 32768.0;
    }
    assert_close(drift, 0.0, 0.0, 1e-14);
    for (int v = 0; v < 2; v++) {
      sums[v] += one[v] / realisations;
      sums[2 + v] += one[v] * one[v] / realisations;
    }
  }
  fraction[0] = sums[0];
  fraction[1] = sqrt(fmax(sums[2] - sums[0] * sums[0], 0.0));
  mean[0] = sums[1];
  mean[1] = sqrt(fmax(sums[3] - sums[1] * sums[1], 0.0));
  simulation_close(&sim);
}

/* Catches a mean of the wrong sign or size, one that scales with the realisation, one where none was asked for,
 * and a mean of phi'.
 * The normal law: f = 0.84134474606854293 is one rms, 0.3 is -0.52440051270804067 of it. */
static void population_bias_moves_the_mean(void **state) {
  (void)state;
  const dw_initial white = {.kind = "white-noise", .rms = 0.7, .cutoff = 4.0, .fraction = 0.84134474606854293};
  const dw_initial law = {.kind = "power-law", .rms = 0.2, .cutoff = 5.0, .index = 1.0, .fraction = 0.3};
  const dw_initial half = {.kind = "gaussian", .rms = 0.2, .correlation_length = 1.0, .fraction = 0.5};
  const dw_initial quanta = {.kind = "vacuum", .lambda = 0.3, .cutoff = 4.0, .fraction = 0.3};
  const dw_initial hot = {
      .kind = "thermal", .lambda = 0.3, .temperature = 2.0, .mass = 1.0, .cutoff = 4.0, .fraction = 0.3};
  const dw_initial *all[5] = {&white, &law, &half, &quanta, &hot};
  double squares[2] = {0.0, 0.0}; /* of vacuum and heat, over the modes of the box */
  for (int64_t i = 0; i < 31 * 31 * 31; i++) {
    const double n =
        sqrt(pow((double)(i / 961 - 15), 2.0) + pow((double)(i / 31 % 31 - 15), 2.0) + pow((double)(i % 31 - 15), 2.0));
    squares[0] += n > 0.0 ? vacuum(&quanta, TWO_PI / 16.0 * n, 0) / 4096.0 : 0.0;
    squares[1] += n > 0.0 ? thermal(&hot, TWO_PI / 16.0 * n, 0) / 4096.0 : 0.0;
  }
  const double mean[5] = {0.7, -0.52440051270804067 * 0.2, 0.0, -0.52440051270804067 * sqrt(squares[0]),
                          -0.52440051270804067 * sqrt(squares[1])};
  for (int i = 0; i < 5; i++) {
    double f[2];
    double m[2];
    population(*all[i], 20, f, m);
    print_message("%s: fraction %.4f +- %.4f of %.4f, mean %.6f\n", all[i]->kind, f[0], f[1] / sqrt(20.0),
                  all[i]->fraction, m[0]);
    assert_close(m[0], mean[i], 1e-12, 1e-15);
    assert_close(m[1], 0.0, 0.0, 1e-8);
    assert_close(f[0], all[i]->fraction, 0.0, 4.0 * f[1] / sqrt(20.0));
    assert_true(f[1] < 0.03);
  }
}

/* Correlation at `lag` points along the three axes, of +-1. */
static double cell_correlation(const simulation *sim, int64_t lag) {
  const int64_t n = sim->lattice->points;
  double sum = 0.0;
  for (int64_t i = 0; i < n * n * n; i++) {
    const int64_t x[3] = {i / (n * n), i / n % n, i % n};
    const double here = dw_field_get(sim->state->phi[0], x[0], x[1], x[2]);
    sum += here * dw_field_get(sim->state->phi[0], (x[0] + lag) % n, x[1], x[2]) +
           here * dw_field_get(sim->state->phi[0], x[0], (x[1] + lag) % n, x[2]) +
           here * dw_field_get(sim->state->phi[0], x[0], x[1], (x[2] + lag) % n);
  }
  return sum / (3.0 * (double)(n * n * n));
}

/* Catches cells of the wrong size or place, another probability, values between the vacua, draws that repeat. */
static void cells_are_drawn_one_by_one(void **state) {
  (void)state;
  const choices c = {.points = 48, .spacing = 0.5};
  dw_initial cells = {.kind = "cells", .seed = 4, .cell = 1.5, .fraction = 0.3}; /* 16 a side, of 3 points */
  simulation sim;
  assert_ok(simulation_open(&sim, &c));
  const dw_initial before = {.kind = "vacuum", .lambda = 1.0, .cutoff = 2.0}; /* leaves a phi' */
  assert_ok(simulation_start(&sim, &before));
  assert_ok(simulation_start(&sim, &cells));
  double upper = 0.0;
  for (int64_t i = 0; i < 48 * 48 * 48; i++) {
    const int64_t x[3] = {i / 2304, i / 48 % 48, i % 48};
    const double phi = dw_field_get(sim.state->phi[0], x[0], x[1], x[2]);
    assert_true(fabs(phi) == 1.0 && dw_field_get(sim.state->pi[0], x[0], x[1], x[2]) == 0.0);
    assert_true(phi == dw_field_get(sim.state->phi[0], x[0] / 3 * 3, x[1] / 3 * 3, x[2] / 3 * 3 + 2));
    upper += phi > 0.0 ? 1.0 / 110592.0 : 0.0;
  }
  const double binomial = sqrt(0.3 * 0.7 / 4096.0);
  print_message("cells: fraction %.4f of 0.3, binomial error %.4f\n", upper, binomial);
  assert_close(upper, 0.3, 0.0, 4.0 * binomial);
  cells.fraction = 0.5;
  assert_ok(simulation_start(&sim, &cells));
  const double far = 1.0 / sqrt(3.0 * 4096.0); /* error of the mean of 3 x 4096 products of two draws */
  assert_close(cell_correlation(&sim, 3), 0.0, 0.0, 4.0 * far);
  assert_close(cell_correlation(&sim, 6), 0.0, 0.0, 4.0 * far);
  assert_close(cell_correlation(&sim, 2), 1.0 / 3.0 + 2.0 / 3.0 * cell_correlation(&sim, 3), 1e-12, 0.0);
  assert_close(cell_correlation(&sim, 1), 2.0 / 3.0 + 1.0 / 3.0 * cell_correlation(&sim, 3), 1e-12, 0.0);
  simulation_close(&sim);
}

/* Catches random numbers, amplitudes or cells that depend on N. */
static void realisation_is_shared_between_lattices(void **state) {
  (void)state;
  const dw_initial kinds[] = {
      {.kind = "vacuum", .seed = 77, .lambda = 0.2, .mass = 0.5, .cutoff = 4.0, .fraction = 0.7},
      {.kind = "thermal", .seed = 77, .lambda = 0.2, .temperature = 3.0, .cutoff = 4.0, .cutoff_width = 0.05},
      {.kind = "gaussian", .seed = 77, .rms = 0.4, .correlation_length = 1.5},
      {.kind = "power-law", .seed = 77, .rms = 0.4, .index = -1.0, .cutoff = 4.0},
      {.kind = "cells", .seed = 77, .cell = 2.2, .fraction = 0.4}, /* 7.3 a side: 7 */
      {.kind = "spectrum", .seed = 77, .file = "bands.txt"},
  };
  assert_true(write_bands("bands.txt", false));
  const choices coarse_choice = {.points = 32, .spacing = 0.5};
  const choices fine_choice = {.points = 64, .spacing = 0.25};
  simulation coarse;
  simulation fine;
  assert_ok(simulation_open(&coarse, &coarse_choice));
  assert_ok(simulation_open(&fine, &fine_choice));
  for (size_t kind = 0; kind < sizeof kinds / sizeof kinds[0]; kind++) {
    assert_ok(simulation_start(&coarse, &kinds[kind]));
    assert_ok(simulation_start(&fine, &kinds[kind]));
    double worst = 0.0;
    for (int64_t i = 0; i < 32 * 32 * 32; i++) {
      const int64_t x[3] = {i / 1024, i / 32 % 32, i % 32};
      worst = fmax(worst, fabs(dw_field_get(coarse.state->phi[0], x[0], x[1], x[2]) -
                               dw_field_get(fine.state->phi[0], 2 * x[0], 2 * x[1], 2 * x[2])));
      worst = fmax(worst, fabs(dw_field_get(coarse.state->pi[0], x[0], x[1], x[2]) -
                               dw_field_get(fine.state->pi[0], 2 * x[0], 2 * x[1], 2 * x[2])));
    }
    print_message("%s: shared points of N = 32 and 64 differ by at most %.1e\n", kinds[kind].kind, worst);
    assert_close(worst, 0.0, 0.0, 1e-12);
  }
  simulation_close(&coarse);
  simulation_close(&fine);
}

/* Catches a start without power, cells that don't fit, cells without vacua, a fraction that is none. */
static void nonsense_is_refused(void **state) {
  (void)state;
  const struct {
    dw_initial initial;
    const char *key;
  } bad[] = {
      {{.kind = "vacuum", .lambda = 1.0, .cutoff = 0.78}, "fields.initial.cutoff"},
      {{.kind = "thermal", .lambda = 1.0, .cutoff = 3.0, .temperature = 1e-4}, "fields.initial.temperature"},
      {{.kind = "thermal", .lambda = 1.0, .cutoff = 0.7, .temperature = 1.0}, "fields.initial.cutoff = 0.7"},
      {{.kind = "gaussian", .rms = 1.0, .correlation_length = 30.0}, "fields.initial.correlation_length"},
      {{.kind = "power-law", .rms = 1.0, .cutoff = 0.78}, "fields.initial.cutoff"},
      {{.kind = "cells", .cell = 0.4}, "fields.initial.cell"},
      {{.kind = "cells", .cell = 4.5}, "fields.initial.cell"},
      {{.kind = "cells", .cell = NAN}, "fields.initial.cell"},
      {{.kind = "cells", .cell = 2.0, .fraction = 1.0}, "fields.initial.fraction"},
      {{.kind = "white-noise", .rms = 1.0, .cutoff = 2.0, .fraction = -0.1}, "fields.initial.fraction"},
      {{.kind = "white-noise", .rms = 1.0, .cutoff = 2.0, .fraction = NAN}, "fields.initial.fraction"},
  };
  choices c = {.points = 8, .spacing = 1.0};
  simulation sim;
  assert_ok(simulation_open(&sim, &c));
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    assert_status(simulation_start(&sim, &bad[i].initial), DW_ERR_PARAM);
    assert_non_null(strstr(dw_message(), bad[i].key));
  }
  simulation_close(&sim);
  c.potential = "free";
  const dw_initial cells = {.kind = "cells", .cell = 2.0};
  assert_ok(simulation_open(&sim, &c));
  assert_status(simulation_start(&sim, &cells), DW_ERR_PARAM);
  simulation_close(&sim);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(powers_are_those_asked_for),
    cmocka_unit_test(gaussian_has_its_correlation),
    cmocka_unit_test(population_bias_moves_the_mean),
    cmocka_unit_test(cells_are_drawn_one_by_one),
    cmocka_unit_test(realisation_is_shared_between_lattices),
    cmocka_unit_test(nonsense_is_refused),
};

int main(void) { return cmocka_run_group_tests(tests, NULL, NULL); }
