/* Powers from a text file: the cubic between rows, what lies outside of them, which files are refused, and fields of
 * them. */
#include "fields/power_file.h"
#include "lattice/random.h"
#include "tests/fields/power_rows.h"
#include "tests/fields/simulation.h"

static const char *const PATH = "spectrum_file.txt";

static void write_text(const char *text) {
  FILE *file = fopen(PATH, "w");
  assert_non_null(file);
  assert_true(fputs(text, file) >= 0 && fclose(file) == 0);
}

/* Catches a wrong slope, row or column, a gap that is bridged, power beyond the rows, a comment taken for a row. */
static void bands_are_met(void **state) {
  (void)state;
  dw_power_file *file = NULL;
  assert_true(write_bands(PATH, false));
  assert_ok(dw_power_file_read(&file, PATH, dw_comm_self()));
  assert_true(file->rows == 10 && file->moving);
  for (double k = 0.2; k < 4.5; k += 0.00937) {
    for (int which = 0; which < 2; which++) {
      assert_close(dw_power_file_at(file, which, k), banded_power(k, which), 1e-14, 0.0);
    }
  }
  assert_close(dw_power_file_at(file, 0, 0.3 * (1.0 - 0.9e-5)), banded_power(0.3, 0), 1e-14, 0.0);
  assert_close(dw_power_file_at(file, 0, 4.0 * (1.0 + 0.9e-5)), banded_power(4.0, 0), 1e-14, 0.0);
  assert_true(dw_power_file_at(file, 0, 0.3 * (1.0 - 1.1e-5)) == 0.0);
  assert_true(dw_power_file_at(file, 0, 4.0 * (1.0 + 1.1e-5)) == 0.0);
  double range[2];
  dw_power_file_range(file, range);
  assert_close(range[0], 0.3, 2e-5, 0.0);
  assert_close(range[1], 4.0, 2e-5, 0.0);
  dw_power_file_destroy(file);
  assert_true(write_bands(PATH, true));
  assert_ok(dw_power_file_read(&file, PATH, dw_comm_self()));
  assert_false(file->moving);
  assert_true(dw_power_file_at(file, 1, 1.0) == 0.0);
  dw_power_file_destroy(file);
}

/* A power with a maximum. */
static double smooth(double k) { return k * k / (1.0 + pow(k, 5.0)); }

/* Largest relative error with `rows` rows from k = 0.1 to 10, more than a tenth of ln k from the maximum. */
static double error_of(int rows) {
  FILE *out = fopen(PATH, "w");
  assert_non_null(out);
  for (int i = 0; i < rows; i++) {
    const double k = 0.1 * pow(100.0, (double)i / (rows - 1));
    (void)fprintf(out, "%.17g %.17g\n", k, smooth(k));
  }
  assert_true(fclose(out) == 0);
  dw_power_file *file = NULL;
  assert_ok(dw_power_file_read(&file, PATH, dw_comm_self()));
  double worst = 0.0;
  const double peak = pow(2.0 / 3.0, 0.2);
  for (double x = log(0.1); x < log(10.0); x += 0.00173) {
    const double power = dw_power_file_at(file, 0, exp(x));
    if (fabs(x - log(peak)) > 0.1) {
      worst = fmax(worst, fabs(power / smooth(exp(x)) - 1.0));
    }
    assert_true(power <= smooth(peak) * (1.0 + 1e-14)); /* no overshoot */
  }
  dw_power_file_destroy(file);
  return worst;
}

/* Catches a spline of too low an order, one that overshoots, and room for too few rows. */
static void smooth_powers_converge(void **state) {
  (void)state;
  const double coarse = error_of(100);
  const double fine = error_of(200);
  const double finest = error_of(1600);
  print_message("errors with 100, 200 and 1600 rows: %.2e, %.2e, %.2e\n", coarse, fine, finest);
  assert_true(coarse < 3e-4);
  assert_true(order_of(coarse, fine) > 2.7);
  assert_true(finest < 1e-7);
}

/* Catches values between two rows that aren't between theirs, inside and at the ends, and rows that aren't met. */
static void rough_powers_stay_between_rows(void **state) {
  (void)state;
  enum { ROWS = 12 };
  for (int64_t file_number = 0; file_number < 40; file_number++) {
    double k[ROWS];
    double power[ROWS];
    FILE *out = fopen(PATH, "w");
    assert_non_null(out);
    for (int64_t i = 0; i < ROWS; i++) {
      const int64_t key[3] = {file_number, i, 0};
      double normal[2];
      dw_random_normal(1, DW_STREAM_SAMPLE, key, normal);
      k[i] = (i == 0 ? 0.1 : k[i - 1]) * exp(0.05 + fabs(normal[0]));
      power[i] = exp(4.0 * normal[1]);
      (void)fprintf(out, "%.17g %.17g\n", k[i], power[i]);
    }
    assert_true(fclose(out) == 0);
    dw_power_file *file = NULL;
    assert_ok(dw_power_file_read(&file, PATH, dw_comm_self()));
    for (int64_t i = 0; i + 1 < ROWS; i++) {
      assert_close(dw_power_file_at(file, 0, k[i]), power[i], 1e-13, 0.0);
      for (int j = 1; j < 50; j++) {
        const double between = dw_power_file_at(file, 0, k[i] * pow(k[i + 1] / k[i], j / 50.0));
        assert_true(between >= fmin(power[i], power[i + 1]) * (1.0 - 1e-12));
        assert_true(between <= fmax(power[i], power[i + 1]) * (1.0 + 1e-12));
      }
    }
    dw_power_file_destroy(file);
  }
}

/* Catches a rule that isn't checked and a line that isn't said. */
static void wrong_rows_are_refused(void **state) {
  (void)state;
  const struct {
    const char *text;
    const char *message;
  } bad[] = {
      {"1 1\n2 1\n2 1\n", ":3: k = 2; it has to increase"},
      {"# k P\n\n1 1\n0.5 1\n", ":4: k = 0.5; it has to increase"},
      {"0 1\n1 1\n", ":1: k = 0; it has to be > 0"},
      {"-1 1\n1 1\n", ":1: k = -1; it has to be > 0"},
      {"nan 1\n1 1\n", ":1: k = "},
      {"1 1\n2 inf\n", ":2: a power of inf"},
      {"1 1\n2 -1e-30\n", ":2: a power of -1e-30; it has to be >= 0"},
      {"1 1 1\n2 1 nan\n", ":2: a power of "},
      {"1 1\n2 1 1\n", ":2: 3 numbers, rows before it have 2"},
      {"1 1 1\n2 1\n", ":2: 2 numbers, rows before it have 3"},
      {"1\n2\n", ":1: expected k and the power"},
      {"1 1 1 1\n", ":1: expected k and the power"},
      {"1 1\n2, 1\n", ":2: expected k and the power"},
      {"1 1\n2 one\n", ":2: expected k and the power"},
      {"1 1\n2 0\n3 1\n4 1\n", ":1: power in a single row"},
      {"1 1 0\n2 1 2\n3 1 0\n", ":2: power in a single row"},
      {"1 1\n", ":1: power in a single row"},
      {"1 0\n2 0\n", "no row has power"},
      {"# nothing\n", "no row has power"},
      {"", "no row has power"},
  };
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    dw_power_file *file = NULL;
    write_text(bad[i].text);
    assert_status(dw_power_file_read(&file, PATH, dw_comm_self()), DW_ERR_PARAM);
    assert_null(file);
    if (strstr(dw_message(), bad[i].message) == NULL || strstr(dw_message(), PATH) == NULL) {
      fail_msg("%s: %s", bad[i].text, dw_message());
    }
  }
  dw_power_file *file = NULL;
  assert_status(dw_power_file_read(&file, "nowhere.txt", dw_comm_self()), DW_ERR_FILE);
  assert_non_null(strstr(dw_message(), "nowhere.txt"));
  assert_status(dw_power_file_read(&file, "/", dw_comm_self()), DW_ERR_FILE);
  char line[1200];
  memset(line, '1', sizeof line);
  line[sizeof line - 1] = '\0';
  write_text(line);
  assert_status(dw_power_file_read(&file, PATH, dw_comm_self()), DW_ERR_PARAM);
}

/* Catches a box without a mode in the band that is let through, one that has modes only off the axes and is refused,
 * and modes of |n| = 1 that six digits put out of reach. */
static void bands_need_a_mode(void **state) {
  (void)state;
  const choices c = {.points = 8, .spacing = 1.0};
  const dw_initial initial = {.kind = "spectrum", .file = PATH, .seed = 3};
  const struct {
    const char *text;
    bool has;
    double count; /* modes with power */
  } band[] = {
      {"0.1 1\n0.7 1\n", false, 0.0},     /* below 2 pi/8 = 0.785 */
      {"0.8 1\n1.1 1\n", false, 0.0},     /* between |n| = 1 and sqrt(2) */
      {"1.1 1\n1.12 1\n", true, 12.0},    /* sqrt(2) */
      {"4.2 1\n5 1\n", false, 0.0},       /* beyond (3, 3, 3) */
      {"4.0 1\n5 1\n", true, 8.0},        /* (3, 3, 3) alone */
      {"0.785399 1\n1.0 1\n", true, 6.0}, /* |n| = 1, rounded up */
      {"0.5 1\n0.785398 1\n", true, 6.0}, /* and down */
      {"0.7 0 1\n0.8 0 1\n", true, 0.0},  /* phi' alone */
  };
  simulation sim;
  assert_ok(simulation_open(&sim, &c));
  for (size_t i = 0; i < sizeof band / sizeof band[0]; i++) {
    write_text(band[i].text);
    if (!band[i].has) {
      assert_status(simulation_start(&sim, &initial), DW_ERR_PARAM);
      assert_non_null(strstr(dw_message(), "no mode of the box has power"));
      continue;
    }
    assert_ok(simulation_start(&sim, &initial));
    dw_modes_forward(sim.modes, sim.state->phi[0]);
    double count = 0.0;
    for (int64_t m = 0; m < 8 * 8 * 5; m++) {
      double value[2];
      dw_modes_get(sim.modes, m / 40, m / 5 % 8, m % 5, value);
      count += hypot(value[0], value[1]) > 1e-9 ? dw_modes_weight(8, m % 5) : 0.0;
    }
    assert_close(count, band[i].count, 0.0, 0.0);
  }
  simulation_close(&sim);
}

/* Catches a population bias that is asked for and comes to nothing, since phi has no width to take it from. */
static void fraction_needs_a_width(void **state) {
  (void)state;
  const choices c = {.points = 8, .spacing = 1.0};
  dw_initial initial = {.kind = "spectrum", .file = PATH, .seed = 3, .fraction = 0.3};
  simulation sim;
  assert_ok(simulation_open(&sim, &c));
  write_text("0.7 0 1\n1.8 0 1\n");
  assert_status(simulation_start(&sim, &initial), DW_ERR_PARAM);
  assert_non_null(strstr(dw_message(), "fields.initial.fraction = 0.3"));
  initial.fraction = 0.5;
  assert_ok(simulation_start(&sim, &initial));
  simulation_close(&sim);
}

/* Catches a momentum of the estimates that takes the wrong weight or forgets the ends of the lattice: k^-3 from a to b
 * has <k^2> = (b^2 - a^2)/(2 ln(b/a)). */
static void momentum_is_that_of_the_band(void **state) {
  (void)state;
  const dw_initial initial = {.kind = "spectrum", .file = PATH};
  double momentum = 0.0;
  write_text("0.001 1e9\n1000 1e-9\n");
  const double low = 0.62831853071795865;
  const double high = 3.1415926535897932;
  assert_ok(dw_initial_momentum(&initial, 10, 10.0, &momentum));
  assert_close(momentum, sqrt(0.5 * (high * high - low * low) / log(high / low)), 1e-6, 0.0);
  write_text("0.5 0 1\n1000 0 1\n");
  assert_ok(dw_initial_momentum(&initial, 10, 10.0, &momentum));
  assert_true(momentum == 0.0);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(bands_are_met),
    cmocka_unit_test(smooth_powers_converge),
    cmocka_unit_test(rough_powers_stay_between_rows),
    cmocka_unit_test(wrong_rows_are_refused),
    cmocka_unit_test(bands_need_a_mode),
    cmocka_unit_test(fraction_needs_a_width),
    cmocka_unit_test(momentum_is_that_of_the_band),
};

int main(void) { return cmocka_run_group_tests(tests, NULL, NULL); }
