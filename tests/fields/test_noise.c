/* White noise: its statistics, its spectrum, and what it keeps when the lattice changes. */
#include <stdio.h>
#include <stdlib.h>

#include "lattice/decomposition.h"
#include "lattice/shells.h"
#include "tests/dw_test.h"
#include "tests/fields/simulation.h"

static const double TWO_PI = 6.283185307179586476925286766559;

/* Mean and mean square over the lattice. */
static void moments(const dw_field *field, double out[2]) {
  const int64_t n = field->lattice->points;
  out[0] = 0.0;
  out[1] = 0.0;
  for (int64_t i = 0; i < n * n * n; i++) {
    const double phi = dw_field_get(field, i / (n * n), i / n % n, i % n);
    out[0] += phi / (double)(n * n * n);
    out[1] += phi * phi / (double)(n * n * n);
  }
}

/* Filter and number of modes in the full cube by definition: all modes but zero and the Nyquist ones. */
static double filter_total(const dw_initial *noise, const dw_lattice *lattice, double *squares) {
  const int64_t most = (lattice->points - 1) / 2;
  double total = 0.0;
  *squares = 0.0;
  for (int64_t x = -most; x <= most; x++) {
    for (int64_t y = -most; y <= most; y++) {
      for (int64_t z = -most; z <= most; z++) {
        const double k = TWO_PI / lattice->length * sqrt((double)(x * x + y * y + z * z));
        const double filter = x * x + y * y + z * z == 0 ? 0.0 : dw_initial_noise_filter(noise, k);
        total += filter;
        *squares += filter * filter;
      }
    }
  }
  return total;
}

/* Mean squares of many realisations against rms^2, mean and spread. */
static void check_ensemble(const choices *c, dw_initial noise) {
  enum { SEEDS = 60 };
  simulation sim;
  assert_ok(simulation_open(&sim, c));
  double squares = 0.0;
  const double total = filter_total(&noise, sim.lattice, &squares);
  double sum = 0.0;
  double spread = 0.0;
  const double expected = noise.rms * noise.rms;
  const double deviation = expected * sqrt(2.0 * squares) / total; /* of one: each of the independent modes has 2 */
  for (int seed = 0; seed < SEEDS; seed++) {
    noise.seed = 1000 + seed;
    assert_ok(simulation_start(&sim, &noise));
    double m[2];
    moments(sim.state->phi[0], m);
    assert_close(m[0], 0.0, 0.0, noise.rms * (c->precision == DW_SINGLE ? 1e-6 : 1e-15));
    sum += m[1] / SEEDS;
    spread += (m[1] - expected) * (m[1] - expected) / SEEDS;
  }
  print_message(
      "noise, N = %2d, cut-off %.2f, width %.1f, %.0f modes: rms %.4f of %.4f, spread of <phi^2> %.3g, expected "
      "%.3g\n",
      (int)c->points, noise.cutoff, noise.cutoff_width, total, sqrt(sum), noise.rms, sqrt(spread), deviation);
  assert_close(sum, expected, 0.0, 4.5 * deviation / sqrt((double)SEEDS));
  assert_close(sqrt(spread), deviation, 0.4, 0.0);
  simulation_close(&sim);
}

/* Catches a rms that is the realisation's own (no spread), a wrong count of modes or weight of pairs, and a zero mode.
 */
static void rms_is_that_of_the_ensemble(void **state) {
  (void)state;
  const choices even = {.points = 16, .spacing = 0.5};
  const choices odd = {.points = 15, .spacing = 0.5, .precision = DW_SINGLE};
  check_ensemble(&even, (dw_initial){.kind = "white-noise", .rms = 0.7, .cutoff = 2.0});
  check_ensemble(&even, (dw_initial){.kind = "white-noise", .rms = 0.1, .cutoff = 3.0, .cutoff_width = 0.3});
  check_ensemble(&even, (dw_initial){.kind = "white-noise", .rms = 0.1, .cutoff = 1e3});
  check_ensemble(&odd, (dw_initial){.kind = "white-noise", .rms = 1.3, .cutoff = 1e3});
  check_ensemble(&odd, (dw_initial){.kind = "white-noise", .rms = 0.2, .cutoff = 0.9});
}

/* Catches power outside the cut-off, a slope below it, a wrong shape of the smooth one, and power in Nyquist modes. */
static void check_spectrum(const choices *c, dw_initial noise) {
  enum { SEEDS = 30 };
  simulation sim;
  assert_ok(simulation_open(&sim, c));
  assert_ok(simulation_start(&sim, &noise)); /* makes the modes */
  dw_shells *shells = NULL;
  assert_ok(dw_shells_create(&shells, sim.modes, NULL, NULL));
  double power[64] = {0.0};
  double one[64];
  double error[64];
  for (int seed = 0; seed < SEEDS; seed++) {
    noise.seed = -seed;
    assert_ok(simulation_start(&sim, &noise));
    dw_modes_forward(sim.modes, sim.state->phi[0]);
    assert_ok(dw_shells_average(shells, sim.modes, dw_mode_square, NULL, one, error));
    for (int64_t s = 0; s < shells->shells; s++) {
      power[s] += one[s] / SEEDS;
    }
  }
  double unused = 0.0;
  const double total = filter_total(&noise, sim.lattice, &unused);
  const double n3 = (double)(c->points * c->points * c->points);
  for (int64_t s = 0; s < shells->shells; s++) { /* by definition, over the full cube */
    const int64_t most = (c->points - 1) / 2;
    double filter = 0.0;
    double squares = 0.0;
    for (int64_t i = 0; i < (2 * most + 1) * (2 * most + 1) * (2 * most + 1); i++) {
      const int64_t side = 2 * most + 1;
      const int64_t n[3] = {i / (side * side) - most, i / side % side - most, i % side - most};
      const int64_t n2 = n[0] * n[0] + n[1] * n[1] + n[2] * n[2];
      if (dw_shell_of(n2) == s + 1) {
        const double f = dw_initial_noise_filter(&noise, TWO_PI / sim.lattice->length * sqrt((double)n2));
        filter += f;
        squares += f * f;
      }
    }
    const double unit = n3 * n3 * noise.rms * noise.rms / total / (double)shells->count[s];
    const double deviation = unit * sqrt(2.0 * squares / SEEDS); /* pairs k, -k: count/2 draws of relative spread 1 */
    assert_close(power[s], unit * filter, 0.0, 4.5 * deviation + 1e-20 * n3 * n3);
  }
  dw_shells_destroy(shells);
  simulation_close(&sim);
}

static void spectrum_is_flat_up_to_the_cutoff(void **state) {
  (void)state;
  const choices c = {.points = 24, .spacing = 0.5};
  check_spectrum(&c, (dw_initial){.kind = "white-noise", .rms = 0.7, .cutoff = 4.02});
  check_spectrum(&c, (dw_initial){.kind = "white-noise", .rms = 0.7, .cutoff = 3.0, .cutoff_width = 0.4});
  check_spectrum(&c, (dw_initial){.kind = "white-noise", .rms = 0.7, .cutoff = 100.0});
}

/* Catches a wrong half-way point or width of the smooth cut-off, and a sharp one that leaves out its own edge. */
static void filter_has_its_shape(void **state) {
  (void)state;
  const dw_initial sharp = {.cutoff = 2.0};
  assert_close(dw_initial_noise_filter(&sharp, 2.0), 1.0, 0.0, 0.0);
  assert_close(dw_initial_noise_filter(&sharp, 2.0000001), 0.0, 0.0, 0.0);
  const dw_initial smooth = {.cutoff = 2.0, .cutoff_width = 0.1};
  assert_close(dw_initial_noise_filter(&smooth, 2.0), 0.5, 1e-15, 0.0);
  assert_close(dw_initial_noise_filter(&smooth, 0.0), 1.0, 1e-15, 0.0);
  assert_close(dw_initial_noise_filter(&smooth, 2.2), 0.15865525393145705, 1e-12, 0.0); /* one sigma of a normal law */
  assert_close(dw_initial_noise_filter(&smooth, 1.8), 0.84134474606854293, 1e-12, 0.0);
  assert_close(dw_initial_noise_filter(&smooth, 4.0), 0.0, 0.0, 0.0);
}

/* phi_k/N^3 of mode n, from either half of the cube. */
static void mode_of(const simulation *sim, const int64_t n[3], double out[2]) {
  const int64_t points = sim->modes->side;
  const double n3 = (double)(points * points * points);
  dw_modes_get(sim->modes, (n[0] + points) % points, (n[1] + points) % points, n[2], out);
  out[0] /= n3;
  out[1] /= n3;
}

/* Catches random numbers that depend on N or on the order of drawing, and an amplitude that does. */
static void realisation_is_shared_between_lattices(void **state) {
  (void)state;
  const dw_initial noise = {.kind = "white-noise", .seed = 77, .rms = 0.9, .cutoff = 5.0};
  dw_initial other = noise;
  other.seed = 78;
  const choices coarse_choice = {.points = 64, .spacing = 0.5};
  const choices fine_choice = {.points = 128, .spacing = 0.25};
  const choices odd_choice = {.points = 75, .spacing = 32.0 / 75.0};
  simulation coarse;
  simulation fine;
  simulation odd;
  simulation unlike;
  assert_ok(simulation_open(&coarse, &coarse_choice));
  assert_ok(simulation_open(&fine, &fine_choice));
  assert_ok(simulation_open(&odd, &odd_choice));
  assert_ok(simulation_open(&unlike, &coarse_choice));
  assert_ok(simulation_start(&coarse, &noise));
  assert_ok(simulation_start(&fine, &noise));
  assert_ok(simulation_start(&odd, &noise));
  assert_ok(simulation_start(&unlike, &other));
  /* the same points in space */
  double worst = 0.0;
  for (int64_t i = 0; i < 64 * 64 * 64; i++) {
    const int64_t at[3] = {i / 4096, i / 64 % 64, i % 64};
    worst = fmax(worst, fabs(dw_field_get(coarse.state->phi[0], at[0], at[1], at[2]) -
                             dw_field_get(fine.state->phi[0], 2 * at[0], 2 * at[1], 2 * at[2])));
  }
  assert_close(worst, 0.0, 0.0, 0.9e-12);
  dw_modes_forward(coarse.modes, coarse.state->phi[0]);
  dw_modes_forward(fine.modes, fine.state->phi[0]);
  dw_modes_forward(odd.modes, odd.state->phi[0]);
  dw_modes_forward(unlike.modes, unlike.state->phi[0]);
  double difference[3] = {0.0, 0.0, 0.0};
  const int64_t most = 25; /* 5.0 is 25.46 k_IR */
  for (int64_t x = -most; x <= most; x++) {
    for (int64_t y = -most; y <= most; y++) {
      for (int64_t z = 0; z <= most; z++) {
        const int64_t n[3] = {x, y, z};
        double value[4][2];
        mode_of(&coarse, n, value[0]);
        mode_of(&fine, n, value[1]);
        mode_of(&odd, n, value[2]);
        mode_of(&unlike, n, value[3]);
        for (int v = 1; v <= 3; v++) {
          difference[v - 1] = fmax(difference[v - 1], hypot(value[v][0] - value[0][0], value[v][1] - value[0][1]));
        }
      }
    }
  }
  print_message("modes at N = 64 and 128 differ by at most %.1e, 64 and 75 by %.1e, two seeds by %.1e\n", difference[0],
                difference[1], difference[2]);
  const double amplitude = 0.9 / sqrt(69000.0); /* rms of one mode */
  assert_true(difference[0] < 1e-12 * amplitude && difference[1] < 1e-12 * amplitude && difference[2] > amplitude);
  simulation_close(&coarse);
  simulation_close(&fine);
  simulation_close(&odd);
  simulation_close(&unlike);
}

/* Catches a box without modes that gives a field of zeros or NaN. */
static void cutoff_below_the_box_is_refused(void **state) {
  (void)state;
  const choices c = {.points = 8, .spacing = 1.0};
  simulation sim;
  assert_ok(simulation_open(&sim, &c));
  const dw_initial noise = {.kind = "white-noise", .rms = 1.0, .cutoff = 0.78};
  assert_status(simulation_start(&sim, &noise), DW_ERR_PARAM);
  assert_non_null(strstr(dw_message(), "fields.initial.cutoff = 0.78"));
  simulation_close(&sim);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(rms_is_that_of_the_ensemble),
    cmocka_unit_test(spectrum_is_flat_up_to_the_cutoff),
    cmocka_unit_test(filter_has_its_shape),
    cmocka_unit_test(realisation_is_shared_between_lattices),
    cmocka_unit_test(cutoff_below_the_box_is_refused),
};

int main(void) { return cmocka_run_group_tests(tests, NULL, NULL); }
