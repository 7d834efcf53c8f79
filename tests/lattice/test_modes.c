#include "base/memory.h"
#include "lattice/sum.h"
#include "tests/lattice/fixture.h"

static const long double TWO_PI = 6.283185307179586476925286766559005768L;

/* A transform of N^3 numbers of order 1 has modes of order N^(3/2). */
static double tolerance(const fixture *f) {
  const double n = (double)f->lattice->points;
  return 10.0 * fixture_epsilon(f->field->precision) * sqrt(n * n * n);
}

/* cos and -sin of 2 pi j/N, j < N: exp(-i k x) for k x = 2 pi j/N. */
static void fill_phases(int64_t points, long double *phase) {
  for (int64_t j = 0; j < points; j++) {
    phase[2 * j] = cosl(TWO_PI * (long double)j / (long double)points);
    phase[2 * j + 1] = -sinl(TWO_PI * (long double)j / (long double)points);
  }
}

/* One mode by its definition, indices global. */
static void transform_by_definition(int64_t n, const double *site, const long double *phase, const int64_t k[3],
                                    double value[2]) {
  long double sum[2] = {0.0L, 0.0L};
  for (int64_t x = 0; x < n; x++) {
    for (int64_t y = 0; y < n; y++) {
      for (int64_t z = 0; z < n; z++) {
        const long double *p = phase + 2 * ((k[0] * x + k[1] * y + k[2] * z) % n);
        sum[0] += (long double)site[(x * n + y) * n + z] * p[0];
        sum[1] += (long double)site[(x * n + y) * n + z] * p[1];
      }
    }
  }
  value[0] = (double)sum[0];
  value[1] = (double)sum[1];
}

/* Catches any mode in the wrong place, with the wrong sign of i, or wrong at all. */
static void definition_body(fixture *f) {
  const int64_t n = f->lattice->points;
  double site[1000];
  long double phase[20];
  fill_phases(n, phase);
  for (int64_t i = 0; i < n * n * n; i++) {
    site[i] = fixture_site(n, i / (n * n), i / n % n, i % n);
  }
  const uint64_t before = dw_field_fingerprint(f->field);
  dw_modes_forward(f->modes, f->field);
  assert_all(dw_field_fingerprint(f->field) == before);
  double worst = 0.0;
  int64_t seen = 0;
  for (int64_t kx = 0; kx < n; kx++) {
    for (int64_t ky = 0; ky < f->modes->count[0]; ky++) {
      for (int64_t kz = 0; kz < f->modes->count[1]; kz++) {
        const int64_t k[3] = {kx, ky + f->modes->start[0], kz + f->modes->start[1]};
        double value[2];
        double expected[2];
        dw_modes_get(f->modes, kx, ky, kz, value);
        transform_by_definition(n, site, phase, k, expected);
        const double off = hypot(value[0] - expected[0], value[1] - expected[1]);
        worst = off <= worst ? worst : off; /* keeps a NaN */
        seen++;
      }
    }
  }
  dw_comm_sum_int64(dw_comm_world(), &seen, 1);
  assert_all_int_equal(seen, n * n * (n / 2 + 1));
  assert_all_close(worst, 0.0, 0.0, tolerance(f));
}

static void forward_is_the_definition(void **state) {
  (void)state;
  const int64_t sizes[] = {6, 8, 9, 10};
  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
    fixture_on_all(sizes[i], 1, 1, definition_body);
  }
  fixture_on_all(8, 1, 2, definition_body);
}

/* Catches an inverse that isn't the inverse or has the wrong factor; 4 and 5 leave a process without any kz. */
static void round_trip_body(fixture *f) {
  dw_modes_forward(f->modes, f->field);
  dw_modes_inverse(f->modes, f->field);
  const int64_t n = f->lattice->points;
  double worst = 0.0;
  for (int64_t x = 0; x < f->lattice->count[0]; x++) {
    for (int64_t y = 0; y < f->lattice->count[1]; y++) {
      for (int64_t z = 0; z < n; z++) {
        const double expected = fixture_site(n, x + f->lattice->start[0], y + f->lattice->start[1], z);
        const double off = fabs(dw_field_get(f->field, x, y, z) - expected);
        worst = off <= worst ? worst : off;
      }
    }
  }
  assert_all_close(worst, 0.0, 0.0, 10.0 * fixture_epsilon(f->field->precision));
}

static void round_trip(void **state) {
  (void)state;
  const int64_t sizes[] = {4, 5, 13, 16, 30, 50};
  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
    fixture_on_all(sizes[i], 1, 1, round_trip_body);
  }
  fixture_on_all(24, 2, 6, round_trip_body);
}

/* Catches an inverse that puts a mode elsewhere than forward reads it: one plane wave, set by hand. */
static void plane_wave_body(fixture *f) {
  const int64_t n = f->lattice->points;
  const int64_t k[3] = {n - 2, 1, 3}; /* n_x = -2 */
  const int64_t local[2] = {k[1] - f->modes->start[0], k[2] - f->modes->start[1]};
  dw_modes_clear(f->modes);
  if (local[0] >= 0 && local[0] < f->modes->count[0] && local[1] >= 0 && local[1] < f->modes->count[1]) {
    const double value[2] = {0.0, 0.5 * (double)(n * n * n)}; /* and its conjugate, which isn't stored */
    dw_modes_set(f->modes, k[0], local[0], local[1], value);
  }
  dw_modes_inverse(f->modes, f->field);
  double worst = 0.0;
  for (int64_t x = 0; x < f->lattice->count[0]; x++) {
    for (int64_t y = 0; y < f->lattice->count[1]; y++) {
      for (int64_t z = 0; z < n; z++) {
        const int64_t turns = -2 * (x + f->lattice->start[0]) + y + f->lattice->start[1] + 3 * z;
        const double expected = -sin((double)TWO_PI * (double)(turns % n) / (double)n);
        const double off = fabs(dw_field_get(f->field, x, y, z) - expected);
        worst = off <= worst ? worst : off;
      }
    }
  }
  assert_all_close(worst, 0.0, 0.0, 10.0 * fixture_epsilon(f->field->precision));
}

static void plane_wave(void **state) {
  (void)state;
  fixture_on_all(8, 1, 1, plane_wave_body);
  fixture_on_all(30, 1, 1, plane_wave_body);
}

/* Modes of a second field into `other`, on the same lattice. */
static void forward_shifted(const fixture *f, dw_modes *other, const int64_t shift[3], double factor) {
  dw_field *field = NULL;
  assert_all_ok(dw_field_create(&field, f->lattice, f->field->precision));
  fixture_fill_shifted(field, shift, factor);
  dw_modes_forward(other, field);
  dw_field_destroy(field);
}

/* Catches modes whose phase isn't that of their momentum: f(x + s) has modes f_k exp(+i k s). */
static void shift_body(fixture *f) {
  const int64_t n = f->lattice->points;
  const int64_t shift[3] = {1, 2, 5};
  dw_modes *shifted = NULL;
  assert_all_ok(dw_modes_create(&shifted, f->lattice, DW_ALL_MODES, f->field->precision));
  dw_modes_forward(f->modes, f->field);
  forward_shifted(f, shifted, shift, 1.0);
  double worst = 0.0;
  for (int64_t kx = 0; kx < n; kx++) {
    for (int64_t ky = 0; ky < f->modes->count[0]; ky++) {
      for (int64_t kz = 0; kz < f->modes->count[1]; kz++) {
        const int64_t turns =
            (kx * shift[0] + (ky + f->modes->start[0]) * shift[1] + (kz + f->modes->start[1]) * shift[2]) % n;
        const double phase = (double)TWO_PI * (double)turns / (double)n;
        double a[2];
        double b[2];
        dw_modes_get(f->modes, kx, ky, kz, a);
        dw_modes_get(shifted, kx, ky, kz, b);
        const double off =
            hypot(a[0] * cos(phase) - a[1] * sin(phase) - b[0], a[0] * sin(phase) + a[1] * cos(phase) - b[1]);
        worst = off <= worst ? worst : off;
      }
    }
  }
  assert_all_close(worst, 0.0, 0.0, tolerance(f));
  dw_modes_destroy(shifted);
}

static void shift_theorem(void **state) {
  (void)state;
  fixture_on_all(13, 1, 1, shift_body);
  fixture_on_all(30, 1, 1, shift_body);
}

/* Catches a transform that isn't linear (data left over from an earlier one, say): F(f + 3 g) = F(f) + 3 F(g). */
static void linearity_body(fixture *f) {
  const int64_t shift[3] = {3, 1, 4};
  dw_modes *other = NULL;
  assert_all_ok(dw_modes_create(&other, f->lattice, DW_ALL_MODES, f->field->precision));
  forward_shifted(f, other, shift, 3.0);
  dw_modes_forward(f->modes, f->field);
  dw_field *sum = NULL;
  assert_all_ok(dw_field_create(&sum, f->lattice, f->field->precision));
  fixture_fill_shifted(sum, shift, 3.0);
  for (int64_t x = 0; x < f->lattice->count[0]; x++) {
    for (int64_t y = 0; y < f->lattice->count[1]; y++) {
      for (int64_t z = 0; z < f->lattice->points; z++) {
        dw_field_set(sum, x, y, z, dw_field_get(sum, x, y, z) + dw_field_get(f->field, x, y, z));
      }
    }
  }
  double worst = 0.0;
  for (int pass = 0; pass < 2; pass++) { /* other := F(f) + 3 F(g), then compared with f->modes = F(f + 3 g) */
    if (pass == 1) {
      dw_modes_forward(f->modes, sum);
    }
    for (int64_t kx = 0; kx < f->lattice->points; kx++) {
      for (int64_t ky = 0; ky < f->modes->count[0]; ky++) {
        for (int64_t kz = 0; kz < f->modes->count[1]; kz++) {
          double a[2];
          double b[2];
          dw_modes_get(f->modes, kx, ky, kz, a);
          dw_modes_get(other, kx, ky, kz, b);
          const double together[2] = {a[0] + b[0], a[1] + b[1]};
          if (pass == 0) {
            dw_modes_set(other, kx, ky, kz, together);
          } else {
            const double off = hypot(a[0] - b[0], a[1] - b[1]);
            worst = off <= worst ? worst : off;
          }
        }
      }
    }
  }
  assert_all_close(worst, 0.0, 0.0, 4.0 * tolerance(f));
  dw_field_destroy(sum);
  dw_modes_destroy(other);
}

static void linearity(void **state) {
  (void)state;
  fixture_on_all(13, 1, 1, linearity_body);
}

/* Catches wrong weights of the stored half: sum over the full cube of |f_k|^2 = N^3 sum over sites of f^2. */
static void parseval_body(fixture *f) {
  const int64_t n = f->lattice->points;
  dw_sum sums[2];
  dw_sum_clear(&sums[0]);
  dw_sum_clear(&sums[1]);
  dw_modes_forward(f->modes, f->field);
  int64_t stands_for = 0;
  for (int64_t kx = 0; kx < n; kx++) {
    for (int64_t ky = 0; ky < f->modes->count[0]; ky++) {
      for (int64_t kz = 0; kz < f->modes->count[1]; kz++) {
        double a[2];
        dw_modes_get(f->modes, kx, ky, kz, a);
        const int weight = dw_modes_weight(n, kz + f->modes->start[1]);
        dw_sum_add(&sums[0], weight * (a[0] * a[0] + a[1] * a[1]));
        stands_for += weight;
      }
    }
  }
  for (int64_t x = 0; x < f->lattice->count[0]; x++) {
    for (int64_t y = 0; y < f->lattice->count[1]; y++) {
      for (int64_t z = 0; z < n; z++) {
        const double value = dw_field_get(f->field, x, y, z);
        dw_sum_add(&sums[1], value * value);
      }
    }
  }
  dw_sum_reduce(dw_comm_world(), sums, 2);
  dw_comm_sum_int64(dw_comm_world(), &stands_for, 1);
  assert_all_int_equal(stands_for, n * n * n);
  assert_all_close(dw_sum_value(&sums[0]), (double)(n * n * n) * dw_sum_value(&sums[1]),
                   10.0 * fixture_epsilon(f->field->precision), 0.0);
}

static void parseval(void **state) {
  (void)state;
  fixture_on_all(9, 1, 1, parseval_body);
  fixture_on_all(30, 1, 1, parseval_body);
}

/* Catches predictions of memory that differ from what the modes take. */
static void bytes_body(fixture *f) {
  const dw_lattice *lattice = f->lattice;
  dw_modes *modes = NULL;
  const size_t before = dw_memory_held();
  assert_all_ok(dw_modes_create(&modes, lattice, DW_ALL_MODES, f->field->precision));
  const size_t held = dw_memory_held() - before;
  const dw_share share = dw_lattice_share(lattice);
  const size_t predicted = dw_modes_bytes(&share, DW_ALL_MODES, f->field->precision);
  assert_all(held >= predicted && held <= predicted + 4096); /* structs and lists of processes */
  dw_modes_destroy(modes);
  assert_all(dw_memory_held() == before);
}

static void bytes(void **state) {
  (void)state;
  fixture_on_all(5, 1, 1, bytes_body);
  fixture_on_all(30, 1, 2, bytes_body);
  fixture_on_all(64, 1, 1, bytes_body);
}

/* Catches dw_modes_clear that leaves anything. */
static void clear_body(fixture *f) {
  dw_modes_forward(f->modes, f->field);
  dw_modes_clear(f->modes);
  dw_modes_inverse(f->modes, f->field);
  bool good = true;
  for (int64_t x = 0; x < f->lattice->count[0]; x++) {
    for (int64_t y = 0; y < f->lattice->count[1]; y++) {
      for (int64_t z = 0; z < f->lattice->points; z++) {
        good = good && dw_field_get(f->field, x, y, z) == 0.0;
      }
    }
  }
  assert_all(good);
}

static void clear(void **state) {
  (void)state;
  fixture_on_all(10, 1, 1, clear_body);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(forward_is_the_definition),
    cmocka_unit_test(round_trip),
    cmocka_unit_test(plane_wave),
    cmocka_unit_test(shift_theorem),
    cmocka_unit_test(linearity),
    cmocka_unit_test(parseval),
    cmocka_unit_test(bytes),
    cmocka_unit_test(clear),
};

DW_TEST_MPI_MAIN(tests)
