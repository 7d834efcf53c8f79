#include <omp.h>

#include "lattice/shells.h"
#include "tests/lattice/fixture.h"

enum { MOST_SHELLS = 32 };

/* What a shell should hold, over the full cube. */
typedef struct expectation {
  int64_t count[MOST_SHELLS];
  long double k[MOST_SHELLS];
  long double mean[MOST_SHELLS];
  long double error[MOST_SHELLS];
} expectation;

/* A value for each mode of the full cube, by index. */
typedef double (*cube_function)(int64_t n, const int64_t index[3]);

/* Random, the same for a mode and its mirror. */
static double random_value(int64_t n, const int64_t index[3]) {
  int64_t here = 0;
  int64_t mirror = 0;
  for (int d = 0; d < 3; d++) {
    here = here * n + index[d];
    mirror = mirror * n + (n - index[d]) % n;
  }
  return 1.5 + fixture_random((uint64_t)(here < mirror ? here : mirror));
}

/* 0 for none: |n| in [s - 1/2, s + 1/2), by halves so that it is exact: (2 s - 1)^2 <= 4 n.n < (2 s + 1)^2. */
static int64_t shell_by_definition(int64_t n2) {
  int64_t shell = 0;
  while (4 * n2 >= (2 * shell + 1) * (2 * shell + 1)) {
    shell++;
  }
  return shell;
}

/* Of the modes for which `counted` isn't 0; NULL: all. */
static void expect(int64_t n, double length, cube_function function, cube_function counted, expectation *e) {
  memset(e, 0, sizeof *e);
  for (int pass = 0; pass < 2; pass++) { /* the spread about the mean needs the mean */
    for (int64_t i = 0; i < n * n * n; i++) {
      const int64_t index[3] = {i / (n * n), i / n % n, i % n};
      int64_t n2 = 0;
      for (int d = 0; d < 3; d++) {
        const int64_t number = 2 * index[d] > n ? index[d] - n : index[d];
        n2 += number * number;
      }
      const int64_t shell = shell_by_definition(n2);
      if (shell < 1 || shell > n / 2 || (counted != NULL && counted(n, index) == 0.0)) {
        continue;
      }
      const long double value = (long double)function(n, index);
      if (pass == 0) {
        e->count[shell - 1]++;
        e->k[shell - 1] += 6.283185307179586476925L / (long double)length * sqrtl((long double)n2);
        e->mean[shell - 1] += value;
      } else {
        const long double off = value - e->mean[shell - 1];
        e->error[shell - 1] += off * off;
      }
    }
    for (int64_t s = 0; s < n / 2; s++) {
      const long double count = (long double)e->count[s];
      const long double draws = 0.5L * count;
      if (pass == 0) {
        e->k[s] /= count;
        e->mean[s] /= count;
      } else {
        e->error[s] = draws > 1.0L ? sqrtl(e->error[s] / count / (draws - 1.0L)) : 0.0L;
      }
    }
  }
}

/* Shells of `function`, of all modes or of those `counted`, against the same by cube. */
static void compare_some(const fixture *f, dw_mode_function function, cube_function by_cube, dw_mode_function counted,
                         cube_function counted_by_cube, double rtol) {
  const int64_t n = f->lattice->points;
  expectation e;
  expect(n, f->lattice->length, by_cube, counted_by_cube, &e);
  dw_shells *shells = NULL;
  assert_all_ok(dw_shells_create(&shells, f->modes, counted, &n));
  assert_all_int_equal(shells->shells, n / 2);
  double mean[MOST_SHELLS];
  double error[MOST_SHELLS];
  assert_all_ok(dw_shells_average(shells, f->modes, function, NULL, mean, error));
  for (int64_t s = 0; s < n / 2; s++) {
    assert_all_int_equal(shells->count[s], e.count[s]);
    assert_all_close(shells->k[s], (double)e.k[s], 1e-14, 0.0);
    assert_all_close(mean[s], (double)e.mean[s], rtol, 0.0);
    assert_all_close(error[s], (double)e.error[s], 10.0 * rtol, 10.0 * rtol * mean[s]);
  }
  dw_shells_destroy(shells);
}

static void compare(const fixture *f, dw_mode_function function, cube_function by_cube, double rtol) {
  compare_some(f, function, by_cube, NULL, NULL, rtol);
}

/* The random value above as a dw_mode_function. */
static void random_modes(const void *context, const dw_modes *modes, int64_t ky, int64_t kz, int64_t lanes,
                         double *value) {
  (void)context;
  for (int64_t kx = 0; kx < modes->side; kx++) {
    for (int64_t lane = 0; lane < lanes; lane++) {
      const int64_t index[3] = {kx, ky + modes->start[0], kz + modes->start[1] + lane};
      value[kx * lanes + lane] = random_value(modes->side, index);
    }
  }
}

/* Catches modes counted twice or not at all (on the Nyquist planes, in the half that isn't stored, in the corners),
 * wrong mean k, mean or standard error. */
static void random_body(fixture *f) { compare(f, random_modes, random_value, 1e-13); }

static void averages_of_a_known_function(void **state) {
  (void)state;
  const int64_t sizes[] = {4, 5, 8, 9, 12, 50};
  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
    fixture_on_all(sizes[i], 1, 1, random_body);
  }
}

/* Which modes the test below counts: about half, k with -k. */
static double is_counted(int64_t n, const int64_t index[3]) { return random_value(n, index) > 1.3 ? 1.0 : 0.0; }

static double counted_value(int64_t n, const int64_t index[3]) {
  return is_counted(n, index) * (0.5 + random_value(n, index));
}

/* The same two as dw_mode_functions; the context of the first is N, to see that it arrives. */
static void counted_modes(const void *context, const dw_modes *modes, int64_t ky, int64_t kz, int64_t lanes,
                          double *value) {
  const int64_t *n = context;
  for (int64_t kx = 0; kx < modes->side; kx++) {
    for (int64_t lane = 0; lane < lanes; lane++) {
      const int64_t index[3] = {kx, ky + modes->start[0], kz + modes->start[1] + lane};
      value[kx * lanes + lane] = is_counted(*n, index);
    }
  }
}

static void values_of_counted_modes(const void *context, const dw_modes *modes, int64_t ky, int64_t kz, int64_t lanes,
                                    double *value) {
  (void)context;
  for (int64_t kx = 0; kx < modes->side; kx++) {
    for (int64_t lane = 0; lane < lanes; lane++) {
      const int64_t index[3] = {kx, ky + modes->start[0], kz + modes->start[1] + lane};
      value[kx * lanes + lane] = counted_value(modes->side, index);
    }
  }
}

/* Catches modes left out that still enter the count, the mean k, the mean or the error. */
static void counted_body(fixture *f) {
  compare_some(f, values_of_counted_modes, counted_value, counted_modes, is_counted, 1e-13);
}

static void modes_may_be_left_out(void **state) {
  (void)state;
  fixture_on_all(8, 1, 1, counted_body);
  fixture_on_all(9, 1, 1, counted_body);
  fixture_on_all(36, 1, 1, counted_body);
}

/* |f_k|^2 of the fixture's field by definition. */
static double power_by_definition(int64_t n, const int64_t index[3]) {
  static long double phase[2 * MOST_SHELLS];
  static int64_t phases = 0;
  if (phases != n) {
    for (int64_t j = 0; j < n; j++) {
      phase[2 * j] = cosl(6.283185307179586476925L * (long double)j / (long double)n);
      phase[2 * j + 1] = sinl(6.283185307179586476925L * (long double)j / (long double)n);
    }
    phases = n;
  }
  long double sum[2] = {0.0L, 0.0L};
  for (int64_t x = 0; x < n; x++) {
    for (int64_t y = 0; y < n; y++) {
      for (int64_t z = 0; z < n; z++) {
        const int64_t turn = (index[0] * x + index[1] * y + index[2] * z) % n;
        const long double value = (long double)fixture_site(n, x, y, z);
        sum[0] += value * phase[2 * turn];
        sum[1] += value * phase[2 * turn + 1];
      }
    }
  }
  return (double)(sum[0] * sum[0] + sum[1] * sum[1]);
}

/* Catches a wrong spectrum of a real field, transform included. */
static void power_body(fixture *f) {
  dw_modes_forward(f->modes, f->field);
  compare(f, dw_mode_square, power_by_definition, f->field->precision == DW_SINGLE ? 3e-6 : 1e-13);
}

static void power_spectrum(void **state) {
  (void)state;
  fixture_on_all(8, 1, 1, power_body);
  fixture_on_all(9, 1, 1, power_body);
}

/* Mean and error of |f_k|^2, k and count, one after the other. */
static void shells_of(const dw_modes *modes, double out[4 * MOST_SHELLS]) {
  dw_shells *shells = NULL;
  memset(out, 0, 4 * MOST_SHELLS * sizeof *out);
  assert_all_ok(dw_shells_create(&shells, modes, NULL, NULL));
  assert_all_ok(dw_shells_average(shells, modes, dw_mode_square, NULL, out, out + MOST_SHELLS));
  for (int64_t s = 0; s < shells->shells; s++) {
    out[2 * MOST_SHELLS + s] = shells->k[s];
    out[3 * MOST_SHELLS + s] = (double)shells->count[s];
  }
  dw_shells_destroy(shells);
}

/* Catches averages whose last bit depends on the number of processes, the grid or the number of threads. */
static void bits_body(fixture *f) {
  double expected[4 * MOST_SHELLS];
  double found[4 * MOST_SHELLS];
  const int before = omp_get_max_threads();
  omp_set_num_threads(1);
  fixture whole = fixture_open(dw_comm_self(), f->lattice->points, 1, 1, NULL, f->field->precision);
  dw_modes_forward(whole.modes, whole.field);
  shells_of(whole.modes, expected);
  fixture_close(&whole);
  dw_modes_forward(f->modes, f->field);
  for (int threads = 1; threads <= 3; threads++) {
    omp_set_num_threads(threads);
    shells_of(f->modes, found);
    assert_all(memcmp(found, expected, sizeof found) == 0);
  }
  omp_set_num_threads(before);
}

static void same_bits_everywhere(void **state) {
  (void)state;
  fixture_on_all(5, 1, 1, bits_body);
  fixture_on_all(30, 1, 1, bits_body);
  fixture_on_all(36, 1, 1, bits_body); /* more kz than lanes */
}

/* Catches shells of the smallest modes that differ from those of all modes, in k, count, mean or error, by a bit; the
 * last shell reaches the edge of what is kept. */
static void pruned_body(fixture *f) {
  double expected[4 * MOST_SHELLS];
  double found[4 * MOST_SHELLS];
  const int64_t half = f->lattice->points / 2;
  const int64_t limits[] = {0, 1, half / 2 + 1, half - 1, half};
  dw_modes_forward(f->modes, f->field);
  shells_of(f->modes, expected);
  for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
    dw_modes *few = NULL;
    assert_all_ok(dw_modes_create(&few, f->lattice, limits[i], f->field->precision));
    dw_modes_forward(few, f->field);
    shells_of(few, found);
    bool good = true;
    for (int64_t s = 0; s < 4 * MOST_SHELLS; s++) {
      good = good && (s % MOST_SHELLS >= limits[i] || memcmp(&found[s], &expected[s], sizeof found[s]) == 0);
      good = good && (s % MOST_SHELLS < limits[i] || found[s] == 0.0);
    }
    assert_all(good);
    dw_modes_destroy(few);
  }
}

static void shells_of_the_smallest_modes(void **state) {
  (void)state;
  const int64_t sizes[] = {5, 8, 30, 45};
  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
    fixture_on_all(sizes[i], 1, 1, pruned_body);
  }
}

/* A mode of which all values are NaN but those of other shells; index from the context. */
static void one_nan(const void *context, const dw_modes *modes, int64_t ky, int64_t kz, int64_t lanes, double *value) {
  const int64_t *bad = context;
  for (int64_t kx = 0; kx < modes->side; kx++) {
    for (int64_t lane = 0; lane < lanes; lane++) {
      const bool here = kx == bad[0] && ky + modes->start[0] == bad[1] && kz + modes->start[1] + lane == bad[2];
      value[kx * lanes + lane] = here ? (double)NAN : 2.0;
    }
  }
}

/* Catches a zero mode that leaks into a shell, a corner that does, and a NaN in a shell that is hidden. */
static void nan_body(fixture *f) {
  const int64_t n = f->lattice->points;
  const int64_t bad[3][3] = {{0, 0, 0}, {n / 2, n / 2, n / 2}, {n - 2, 0, 0}}; /* no shell, no shell, shell 2 */
  dw_shells *shells = NULL;
  assert_all_ok(dw_shells_create(&shells, f->modes, NULL, NULL));
  double mean[MOST_SHELLS];
  double error[MOST_SHELLS];
  for (int b = 0; b < 3; b++) {
    assert_all_ok(dw_shells_average(shells, f->modes, one_nan, bad[b], mean, error));
    for (int64_t s = 0; s < shells->shells; s++) {
      if (b == 2 && s == 1) {
        assert_all(isnan(mean[s]) && isnan(error[s]));
      } else {
        assert_all(mean[s] == 2.0 && error[s] == 0.0);
      }
    }
  }
  dw_shells_destroy(shells);
}

static void zero_mode_never_counts(void **state) {
  (void)state;
  fixture_on_all(8, 1, 1, nan_body);
  fixture_on_all(9, 1, 1, nan_body);
  fixture_on_all(36, 1, 1, nan_body);
}

/* A value whose square is too large for a double. */
static void huge(const void *context, const dw_modes *modes, int64_t ky, int64_t kz, int64_t lanes, double *value) {
  (void)context;
  (void)ky;
  (void)kz;
  for (int64_t i = 0; i < modes->side * lanes; i++) {
    value[i] = 1e200;
  }
}

/* Catches an error of 0 where it can't be computed. */
static void huge_body(fixture *f) {
  dw_shells *shells = NULL;
  assert_all_ok(dw_shells_create(&shells, f->modes, NULL, NULL));
  double mean[MOST_SHELLS];
  double error[MOST_SHELLS];
  assert_all_ok(dw_shells_average(shells, f->modes, huge, NULL, mean, error));
  for (int64_t s = 0; s < shells->shells; s++) {
    assert_all_close(mean[s], 1e200, 1e-14, 0.0);
    assert_all(isnan(error[s]));
  }
  dw_shells_destroy(shells);
}

static void error_that_overflows(void **state) {
  (void)state;
  fixture_on_all(8, 1, 1, huge_body);
}

/* Catches rounding at the boundaries of shells: n.n = s^2 + s is the last of shell s, up to the corner of 8192^3 and
 * far beyond. */
static void boundaries(void **state) {
  (void)state;
  bool good = dw_shell_of(0) == 0;
  for (int64_t n2 = 0; n2 < 20000; n2++) {
    good = good && dw_shell_of(n2) == shell_by_definition(n2);
  }
  const int64_t corner = 3 * (INT64_C(8192) / 2) * (8192 / 2);
  for (int64_t s = 1; s * s <= corner; s++) {
    good = good && dw_shell_of(s * s + s) == s && dw_shell_of(s * s + s + 1) == s + 1 && dw_shell_of(s * s) == s;
  }
  good = good && dw_shell_of(corner) == shell_by_definition(corner);
  for (int64_t s = INT64_C(1) << 30; s < (INT64_C(1) << 30) + 1000; s++) {
    good = good && dw_shell_of(s * s + s) == s && dw_shell_of(s * s + s + 1) == s + 1;
  }
  assert_all(good);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(boundaries),
    cmocka_unit_test(averages_of_a_known_function),
    cmocka_unit_test(modes_may_be_left_out),
    cmocka_unit_test(shells_of_the_smallest_modes),
    cmocka_unit_test(power_spectrum),
    cmocka_unit_test(same_bits_everywhere),
    cmocka_unit_test(zero_mode_never_counts),
    cmocka_unit_test(error_that_overflows),
};

DW_TEST_MPI_MAIN(tests)
