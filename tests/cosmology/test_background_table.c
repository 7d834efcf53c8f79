/* Scale factors from text files against closed forms and integration. */
#include "tests/dw_test.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <gsl/gsl_odeiv2.h>

#include "cosmology/background.h"
#include "cosmology/green.h"

static const char path[] = "background_table.txt";

static void write_text(const char *text) {
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  assert_true(fputs(text, file) >= 0);
  assert_int_equal(fclose(file), 0);
}

/* Matter and radiation. */
static double mixed(double tau) { return 3.0 * (tau + 0.25 * tau * tau); }
static double mixed_time(double tau) { return 3.0 * (0.5 * tau * tau + tau * tau * tau / 12.0); }

/* `count` rows from 1 to 16, short and long intervals of ln tau by turns. */
static dw_background table_of(int count, double (*a)(double tau)) {
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  (void)fprintf(file, "# tau a\n\n");
  for (int i = 0; i < count; i++) {
    const double uneven = i % 2 == 1 && i < count - 1 ? 0.2 : 0.0;
    const double tau = pow(16.0, (i + uneven) / (count - 1.0));
    (void)fprintf(file, "%.17g\t %.17g\n", tau, a(tau));
  }
  assert_int_equal(fclose(file), 0);
  dw_background b;
  assert_ok(dw_background_table(&b, path, "tau-a"));
  return b;
}

static double power_law(double tau) { return 7.0 * pow(tau, 1.25); }

/* Catches a table that isn't in units of its first row, a spline that isn't straight for a power law, or its t: all of
 * a, H, t and p against closed forms, before the first row and after the last too. */
static void test_power_law(void **state) {
  (void)state;
  const dw_background b = table_of(9, power_law);
  dw_background exact;
  assert_ok(dw_background_init(&exact, "power-law", 0.2, 1.25));
  assert_string_equal(b.name, "table");
  assert_true(b.tau_start == 1.0 && dw_background_scale_factor(&b, 1.0) == 1.0);
  assert_close(b.hubble_start, 1.25, 1e-14, 0);
  for (int i = 0; i < 40; i++) {
    const double tau = 0.5 * pow(1.1, i); /* up to 20.6 */
    assert_close(dw_background_scale_factor(&b, tau), dw_background_scale_factor(&exact, tau), 1e-13, 0);
    assert_close(dw_background_hubble(&b, tau), dw_background_hubble(&exact, tau), 1e-13, 0);
    assert_close(dw_background_time(&b, tau), dw_background_time(&exact, tau), 1e-13, 0);
    assert_close(dw_background_power(&b, tau), 1.25, 1e-12, 0);
  }
}

/* A universe to make tables of, with a = 1 at tau = 1. */
typedef struct universe {
  const char *name;
  double (*a)(const struct universe *u, double tau);
  double (*hubble)(const struct universe *u, double tau); /* conformal */
  double (*time)(const struct universe *u, double tau);
  double end;
  dw_background chain;
  int joints; /* times that get a row */
  double joint[4];
} universe;

static double mixed_a(const universe *u, double tau) {
  (void)u;
  return mixed(tau) / mixed(1.0);
}
static double mixed_hubble(const universe *u, double tau) {
  (void)u;
  return (1.0 + 0.5 * tau) / (tau + 0.25 * tau * tau);
}
static double mixed_t(const universe *u, double tau) {
  (void)u;
  return mixed_time(tau) / mixed(1.0);
}
static double chain_a(const universe *u, double tau) { return dw_background_scale_factor(&u->chain, tau); }
static double chain_hubble(const universe *u, double tau) { return dw_background_hubble(&u->chain, tau); }
static double chain_t(const universe *u, double tau) { return dw_background_time(&u->chain, tau); }

static universe mixed_universe(void) {
  return (universe){.name = "matter and radiation", .a = mixed_a, .hubble = mixed_hubble, .time = mixed_t, .end = 16.0};
}

/* Matter, radiation, kination from tau = 1 on. */
static universe chain_universe(double width, bool rows_at_joints) {
  universe u = {.a = chain_a, .hubble = chain_hubble, .time = chain_t, .end = 16.0};
  u.name = width == 0.0 ? "sharp chain" : rows_at_joints ? "smooth chain, rows at its joints" : "smooth chain";
  const double w[3] = {0.0, 1.0 / 3.0, 1.0};
  const double until[2] = {2.5, 7.0};
  assert_ok(dw_background_chain(&u.chain, 3, w, until, width, 2.0));
  for (int i = 0; rows_at_joints && i < 2; i++) {
    u.joint[u.joints++] = until[i] * (1.0 - width);
    if (width > 0.0) {
      u.joint[u.joints++] = until[i] * (1.0 + width);
    }
  }
  return u;
}

/* Rows as above; those next to a joint move there. */
static dw_background table_of_universe(const universe *u, int count, const char *columns) {
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  const double ratio = pow(u->end, 1.0 / (count - 1.0));
  for (int i = 0; i < count; i++) {
    double tau = pow(ratio, i + (i % 2 == 1 && i < count - 1 ? 0.2 : 0.0));
    for (int j = 0; j < u->joints; j++) {
      tau = (int)rint(log(u->joint[j]) / log(ratio)) == i ? u->joint[j] : tau;
    }
    const double a = u->a(u, tau);
    if (strcmp(columns, "tau-a") == 0) {
      (void)fprintf(file, "%.17g %.17g\n", tau, 5.0 * a);
    } else {
      (void)fprintf(file, "%.17g %.17g\n", 5.0 * a, u->hubble(u, tau) / a);
    }
  }
  assert_int_equal(fclose(file), 0);
  dw_background b;
  assert_ok(dw_background_table(&b, path, columns));
  return b;
}

typedef struct errors {
  double a, hubble, time;
} errors;

/* Largest relative errors from the first row to the last. tau and t of a table of H(a) begin with its first row. */
static errors errors_of(const universe *u, const dw_background *b) {
  errors worst = {0.0, 0.0, 0.0};
  for (int i = 0; i < 3000; i++) {
    const double past = (u->end - 1.0) * i / 3000.0;
    const double tau = b->tau_start + past;
    worst.a = fmax(worst.a, fabs(dw_background_scale_factor(b, tau) / u->a(u, 1.0 + past) - 1.0));
    worst.hubble = fmax(worst.hubble, fabs(dw_background_hubble(b, tau) / u->hubble(u, 1.0 + past) - 1.0));
    const double t = u->time(u, 1.0 + past) - u->time(u, 1.0);
    worst.time =
        fmax(worst.time, fabs(dw_background_time(b, tau) - dw_background_time(b, b->tau_start) - t) / (t + 1.0));
  }
  return worst;
}

static const char *const both[] = {"tau-a", "a-hubble"};

static void demand(const universe *u, int count, double limit) {
  for (int c = 0; c < 2; c++) {
    const dw_background b = table_of_universe(u, count, both[c]);
    const errors e = errors_of(u, &b);
    print_message("%s, %d rows %s: errors of a %.1e, H %.1e, t %.1e\n", u->name, count, both[c], e.a, e.hubble, e.time);
    assert_true(e.a < limit && e.hubble < limit && e.time < limit);
    assert_true(dw_background_scale_factor(&b, b.tau_start) == 1.0);
    assert_close(b.hubble_start, u->hubble(u, 1.0), limit, 0);
    assert_close(dw_background_end(&b) - b.tau_start, u->end - 1.0, limit, 0);
  }
}

/* Catches interpolation that misses 1e-8 of a, H or t from 256 rows on, of a smooth universe and of a chain whose
 * joints are rows: a window across a joint, or slopes of ln H that are forced to agree there. */
static void test_accuracy(void **state) {
  (void)state;
  const universe smooth = mixed_universe();
  const universe sharp = chain_universe(0.0, true);
  const universe joined = chain_universe(0.3, true);
  for (int count = 256; count <= 1024; count *= 2) {
    demand(&smooth, count, 1e-8);
    demand(&sharp, count, 1e-8);
    demand(&joined, count, 1e-8);
  }
  const universe between = chain_universe(0.3, false); /* two corners of H'' between rows */
  demand(&between, 1024, 1e-6);
}

/* Catches a lower order: twice the rows leave 2^-5 of the error of H. */
static void test_order(void **state) {
  (void)state;
  const universe u = mixed_universe();
  for (int c = 0; c < 2; c++) {
    const dw_background coarse = table_of_universe(&u, 24, both[c]);
    const dw_background fine = table_of_universe(&u, 48, both[c]);
    const errors e[2] = {errors_of(&u, &coarse), errors_of(&u, &fine)};
    print_message("%s: orders of a %.2f, H %.2f, t %.2f\n", both[c], log2(e[0].a / e[1].a),
                  log2(e[0].hubble / e[1].hubble), log2(e[0].time / e[1].time));
    assert_true(e[1].a < e[0].a / 32.0 && e[1].hubble < e[0].hubble / 28.0);
  }
}

/* Catches the wrong past of a table of H(a): its tau and t begin as those of the power law of the first row. */
static void test_past(void **state) {
  (void)state;
  write_text("2 1\n4 0.125\n6 0.037037037037037035\n8 0.015625\n"); /* H = (2/a)^3: kination */
  dw_background b;
  assert_ok(dw_background_table(&b, path, "a-hubble"));
  for (int i = 0; i < 20; i++) {
    const double tau = 0.25 + 0.3 * i;
    assert_close(dw_background_scale_factor(&b, tau), sqrt(2.0 * tau), 1e-13, 0);
    assert_close(dw_background_hubble(&b, tau), 0.5 / tau, 1e-13, 0);
    assert_close(dw_background_time(&b, tau), sqrt(2.0 * tau) * tau / 1.5, 1e-13, 0);
    assert_close(dw_background_power(&b, tau), 0.5, 1e-11, 0);
  }
}

/* Also within the shortest interval. */
static void check_rises(const dw_background *b) {
  double before = 0.0;
  for (int i = 0; i < b->rows; i++) {
    for (int j = 0; j < 100; j++) {
      const double next = i + 1 < b->rows ? b->row[i + 1].x : b->row[i].x + 1.0;
      const double tau = exp(b->row[i].x + 0.01 * j * (next - b->row[i].x));
      const double a = dw_background_scale_factor(b, tau);
      assert_true(a > before && dw_background_hubble(b, tau) > 0.0);
      before = a;
    }
  }
}

/* H > 0, is continuous and the derivative of ln a, t that integral. */
static void check_sane(const dw_background *b) {
  const double end = 1.2 * dw_background_end(b);
  double log_a = 0.0;
  double t = dw_background_time(b, b->tau_start);
  const int steps = 40000;
  const double h = (end - b->tau_start) / steps;
  for (int i = 0; i <= steps; i++) {
    const double tau = b->tau_start + h * i;
    assert_true(dw_background_hubble(b, tau) > 0.0);
    if (i < steps) {
      log_a += h * dw_background_hubble(b, tau + 0.5 * h);
      t += h * dw_background_scale_factor(b, tau + 0.5 * h);
    }
  }
  assert_close(log_a, log(dw_background_scale_factor(b, end)), 1e-4, 0);
  assert_close(t, dw_background_time(b, end), 1e-6, 0);
  for (int i = 1; i < b->rows; i++) {
    const double tau = exp(b->row[i].x);
    assert_close(dw_background_hubble(b, tau * (1.0 + 1e-15)), dw_background_hubble(b, tau * (1.0 - 1e-15)), 1e-9, 0);
  }
}

/* Catches a curve that falls, or H that jumps, where rows are rounded, noisy, kinked or stepped. */
static void test_rough_rows(void **state) {
  (void)state;
  for (int c = 0; c < 2; c++) {
    for (int kind = 0; kind < 5; kind++) {
      FILE *file = fopen(path, "w");
      assert_non_null(file);
      unsigned random = 1;
      for (int i = 0; i < 200; i++) {
        random = 1664525u * random + 1013904223u;
        const double noise = (double)(random >> 8) / 16777216.0 - 0.5;
        const double x = 0.01 * i;
        double y = 1.5 * x;                                                  /* ln a over ln tau, -ln H over ln a */
        y = kind == 0 ? log(rint(1e5 * exp(y)) * 1e-5) : y;                  /* rounded */
        y += kind == 1 ? 0.014 * noise : 0.0;                                /* rows that all but fall */
        y += kind == 2 ? 2.0 * fmax(x - 0.995, 0.0) : 0.0;                   /* corner between rows */
        y = kind == 3 ? 1.5 * x + 0.5 * (i >= 100) - (i % 10) * 0.00149 : y; /* steps */
        y += kind == 4 ? 8.0 * (i >= 100) : 0.0;                             /* a cliff */
        (void)fprintf(file, "%.17g %.17g\n", exp(x), c == 0 ? exp(y) : exp(-y));
      }
      assert_int_equal(fclose(file), 0);
      dw_background b;
      assert_ok(dw_background_table(&b, path, both[c]));
      check_rises(&b);
      if (kind < 4) {
        check_sane(&b);
      }
    }
  }
}

typedef struct wave {
  const dw_background *b;
  double k;
} wave;

/* y = t, ln a, h, h'. */
static int slope(double tau, const double *y, double *dy, void *context) {
  const wave *w = context;
  const double hubble = dw_background_hubble(w->b, tau);
  dy[0] = exp(y[1]);
  dy[1] = hubble;
  dy[2] = y[3];
  dy[3] = -w->k * w->k * y[2] - 2.0 * hubble * y[3];
  return 0;
}

/* Catches a, H and t that don't belong together, and waves that aren't those of H: from row to row by steps of order 8.
 */
static void test_against_integration(void **state) {
  (void)state;
  const dw_background b = table_of(12, mixed);
  dw_green green;
  dw_green_init(&green, &b);
  assert_int_equal(green.segments, 0);
  for (int j = 0; j < 3; j++) {
    wave w = {&b, (double[]){0.1, 1.0, 10.0}[j]};
    const gsl_odeiv2_system system = {slope, NULL, 4, &w};
    gsl_odeiv2_driver *driver = gsl_odeiv2_driver_alloc_y_new(&system, gsl_odeiv2_step_rk8pd, 1e-3, 1e-14, 1e-14);
    double y[4] = {dw_background_time(&b, 1.0), 0.0, 0.0, 2.0};
    double tau = 1.0;
    for (int i = 1; i < b.rows; i++) {
      const double end = exp(b.row[i].x);
      assert_int_equal(gsl_odeiv2_driver_apply(driver, &tau, end, y), 0);
      assert_close(dw_background_time(&b, end), y[0], 1e-10, 0);
      assert_close(dw_background_scale_factor(&b, end), exp(y[1]), 1e-10, 0);
      double h = 0.0;
      double rate = 0.0;
      const double start = 1.0;
      assert_ok(dw_green_kernels(&green, w.k, end, 1, &start, &h, &rate));
      assert_close(h, y[2], 0, 1e-9);
      assert_close(rate, y[3], 0, 1e-9);
    }
    gsl_odeiv2_driver_free(driver);
  }
}

static void refuse(const char *text, const char *message) {
  write_text(text);
  dw_background b;
  assert_status(dw_background_table(&b, path, "tau-a"), DW_ERR_PARAM);
  assert_non_null(strstr(dw_message(), message));
}

static void refuse_hubble(const char *text, const char *message) {
  write_text(text);
  dw_background b;
  assert_status(dw_background_table(&b, path, "a-hubble"), DW_ERR_PARAM);
  assert_non_null(strstr(dw_message(), message));
}

/* Catches a file that is no table and is taken for one, or an error that doesn't say where. */
static void test_refused(void **state) {
  (void)state;
  dw_background b;
  assert_status(dw_background_table(&b, "no/such/file", "tau-a"), DW_ERR_FILE);
  assert_non_null(strstr(dw_message(), "no/such/file"));
  refuse("", "background_table.txt: 0 rows");
  refuse("1 1\n2 2\n", "2 rows");
  refuse("# tau a\n1 1\n2\n3 3\n", "background_table.txt:3: expected two numbers");
  refuse("1 1\n2 2 2\n3 3\n", ":2: expected two numbers");
  refuse("1 1\n2 1.001\n3 9\n", "H = 0 in the first or the last row");
  refuse("1 1\n2 two\n3 3\n", ":2: expected two numbers");
  refuse("1 1\n2 1\n3 3\n", ":2: tau = 2, a = 1; from row to row both have to increase");
  refuse("1 1\n\n2 2\n2 3\n", ":4: tau = 2, a = 3; from row to row both have to increase");
  refuse("0 1\n2 2\n3 3\n", ":1: tau = 0, a = 1; both have to be > 0");
  refuse("1 -1\n2 2\n3 3\n", ":1: tau = 1, a = -1");
  refuse("1 1\n2 nan\n3 3\n", ":2: tau = 2, a = nan");
  refuse("1 1\n2 2\ninf 3\n", ":3: tau = inf");
  refuse_hubble("1 1\n2 0.5\n3 0.5\n", ":3: a = 3, H = 0.5; from row to row the first has to increase and the second");
  refuse_hubble("1 1\n2 0.5\n3\n", ":3: expected two numbers, a and H");
  refuse_hubble("1 1\n2 0.9\n3 0.8\n", "it has to fall faster than 1/a there");
  write_text("1 1\n2 0.1\n3 0.01\n");
  assert_status(dw_background_table(&b, path, "a-tau"), DW_ERR_PARAM);
  assert_non_null(strstr(dw_message(), "there are: tau-a, a-hubble"));
  FILE *file = fopen(path, "w");
  for (int i = 0; i <= DW_BACKGROUND_MOST_ROWS; i++) {
    (void)fprintf(file, "%d %d\n", i + 1, i + 1);
  }
  assert_int_equal(fclose(file), 0);
  assert_status(dw_background_table(&b, path, "tau-a"), DW_ERR_PARAM);
  assert_non_null(strstr(dw_message(), ":1025: too many rows"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_power_law), cmocka_unit_test(test_accuracy),   cmocka_unit_test(test_order),
      cmocka_unit_test(test_past),      cmocka_unit_test(test_rough_rows), cmocka_unit_test(test_against_integration),
      cmocka_unit_test(test_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
