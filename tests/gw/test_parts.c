#include <complex.h>
#include <omp.h>

#include "base/memory.h"
#include "gw/parts.h"
#include "lattice/shells.h"
#include "tests/lattice/fixture.h"

enum { ELEMENTS = 6, MOST_SHELLS = 32 };

/* xx, yy, zz, xy, xz, yz of the tensor at ij. */
static const int element_of[3][3] = {{0, 3, 4}, {3, 1, 5}, {4, 5, 2}};

static const double FACTOR = 0.7;

/* One way to difference: the parameters of dw_momenta_create. */
typedef struct scheme {
  int coarsening;
  int order;
} scheme;

static scheme now; /* of the body that runs */

typedef void (*scheme_body)(fixture *f);

/* The body for every scheme, on every grid, in both precisions. */
static void on_all_schemes(int64_t points, scheme_body body) {
  for (now.coarsening = 1; now.coarsening <= 4; now.coarsening *= 2) {
    for (now.order = 2; now.order <= 4; now.order += 2) {
      fixture_on_all(points, 1, 1, body);
    }
  }
}

static dw_momenta *momenta_of(const dw_modes *modes) {
  dw_momenta *momenta = NULL;
  assert_all_ok(dw_momenta_create(&momenta, modes, now.coarsening, now.order, 2));
  return momenta;
}

static double complex mode_at(const dw_modes *modes, int64_t kx, int64_t ky, int64_t kz) {
  double value[2];
  dw_modes_get(modes, kx, ky, kz, value);
  return value[0] + value[1] * DW_TEST_I;
}

/* Modes that stand for themselves: `side` of a lattice, on this process's part of them, rows `slack` longer than
 * needed. Released with dw_free(data). */
static dw_modes own_modes(const dw_lattice *lattice, int64_t side, ptrdiff_t slack, dw_precision precision) {
  dw_modes modes = {.lattice = lattice, .precision = precision, .side = side};
  for (int i = 0; i < 2; i++) {
    const int64_t all = i == 0 ? side : side / 2 + 1;
    modes.start[i] = dw_block_start(all, 1, lattice->grid[i], lattice->coord[i]);
    modes.count[i] = dw_block_start(all, 1, lattice->grid[i], lattice->coord[i] + 1) - modes.start[i];
  }
  modes.stride_y = modes.count[1] + slack;
  modes.stride_x = modes.stride_y * modes.count[0] + slack;
  assert_all_ok(
      dw_alloc(&modes.data, (size_t)(side * modes.stride_x) + 1, 2 * (size_t)precision, "modes of their own"));
  memset(modes.data, 0, (size_t)(side * modes.stride_x) * 2 * (size_t)precision);
  return modes;
}

/* Random values by mode number, so that those of a few modes are among those of all. */
static void fill_modes(dw_modes *modes, uint64_t key) {
  for (int64_t kx = 0; kx < modes->side; kx++) {
    for (int64_t ky = 0; ky < modes->count[0]; ky++) {
      for (int64_t kz = 0; kz < modes->count[1]; kz++) {
        const int64_t nx = dw_mode_number(modes->side, kx);
        const int64_t ny = dw_mode_number(modes->side, ky + modes->start[0]);
        const uint64_t at = (uint64_t)(((nx + 4096) * 8192 + ny + 4096) * 8192 + kz + modes->start[1]);
        const double value[2] = {fixture_random(fixture_hash(at) + key), fixture_random(fixture_hash(at) - 1 - key)};
        dw_modes_set(modes, kx, ky, kz, value);
      }
    }
  }
}

static double element_at(int64_t points, int element, int64_t x, int64_t y, int64_t z) {
  const int64_t site = (x * points + y) * points + z;
  return fixture_random((uint64_t)(site * ELEMENTS + element) + 77);
}

/* The field of one element of a random tensor, less another (none: -1), and its modes. */
static void transform_element(const fixture *f, dw_modes *modes, int element, int minus) {
  const dw_lattice *lattice = f->lattice;
  for (int64_t x = 0; x < lattice->count[0]; x++) {
    for (int64_t y = 0; y < lattice->count[1]; y++) {
      for (int64_t z = 0; z < lattice->points; z++) {
        const int64_t at[2] = {x + lattice->start[0], y + lattice->start[1]};
        const double less = minus < 0 ? 0.0 : element_at(lattice->points, minus, at[0], at[1], z);
        dw_field_set(f->field, x, y, z, element_at(lattice->points, element, at[0], at[1], z) - less);
      }
    }
  }
  dw_modes_forward(modes, f->field);
}

/* All five components into the targets, through the modes of the fixture. */
static void decompose(const fixture *f, dw_modes *const target[DW_PARTS], const dw_momenta *momenta) {
  static const int pair[DW_COMPONENTS][2] = {{0, 2}, {1, 2}, {3, -1}, {4, -1}, {5, -1}};
  for (int component = 0; component < DW_COMPONENTS; component++) {
    transform_element(f, f->modes, pair[component][0], pair[component][1]);
    dw_parts_add(target, f->modes, (dw_component)component, momenta, FACTOR);
  }
}

static double complex wave(double phase) { return cos(phase) + sin(phase) * DW_TEST_I; }

/* The momentum of a wave and the average over a block, by differences and sums of exp(i k x). */
static double slope_of(const dw_lattice *lattice, int64_t n) {
  const int64_t fine = lattice->points * now.coarsening;
  const double phase = 6.283185307179586476925 * (double)n / (double)fine;
  const double dx = lattice->length / (double)fine;
  if (n % fine == 0 || 2 * n % fine == 0) {
    return 0.0;
  }
  const double complex near = (wave(phase) - wave(-phase)) / (2.0 * dx * DW_TEST_I);
  const double complex far = (wave(2.0 * phase) - wave(-2.0 * phase)) / (4.0 * dx * DW_TEST_I);
  return now.order == 2 ? creal(near) : creal(4.0 * near - far) / 3.0;
}

static double average_of(const dw_lattice *lattice, int64_t n) {
  const int64_t fine = lattice->points * now.coarsening;
  double complex sum = 0.0;
  for (int j = 0; j < now.coarsening; j++) {
    sum += wave(6.283185307179586476925 * (double)(n * j) / (double)fine);
  }
  return cabs(sum) / (double)now.coarsening;
}

/* What the parts of one mode should be: everything by 3 x 3 matrices. */
typedef struct expectation {
  double q[3];
  double size;            /* |S| */
  double complex s[3][3]; /* traceless */
  double complex tensor[3][3];
  double complex scalar[3][3];
} expectation;

static void project(double complex s[3][3], const double q[3], expectation *e) {
  const double q2 = q[0] * q[0] + q[1] * q[1] + q[2] * q[2];
  const double complex third = (s[0][0] + s[1][1] + s[2][2]) / 3.0;
  double p[3][3];
  double complex psp[3][3] = {{0.0}};
  double complex trace = 0.0;
  double complex along = 0.0;
  for (int i = 0; i < 9; i++) {
    p[i / 3][i % 3] = (i / 3 == i % 3 ? 1.0 : 0.0) - q[i / 3] * q[i % 3] / q2;
    along += q[i / 3] * q[i % 3] / q2 * s[i / 3][i % 3];
    trace += p[i / 3][i % 3] * s[i % 3][i / 3];
  }
  for (int i = 0; i < 81; i++) {
    psp[i / 27][i % 3] += p[i / 27][i / 9 % 3] * s[i / 9 % 3][i / 3 % 3] * p[i / 3 % 3][i % 3];
  }
  for (int i = 0; i < 3; i++) {
    for (int j = 0; j < 3; j++) {
      const double same = i == j ? 1.0 : 0.0;
      e->s[i][j] = s[i][j] - same * third;
      e->tensor[i][j] = psp[i][j] - 0.5 * p[i][j] * trace;
      e->scalar[i][j] = 1.5 * (along - third) * (q[i] * q[j] / q2 - same / 3.0);
    }
  }
}

/* Transforms of the six elements, and the direction, at one mode. */
static expectation expect(dw_modes *const element[ELEMENTS], int64_t kx, int64_t ky, int64_t kz) {
  const dw_modes *m = element[0];
  const int64_t n[3] = {dw_mode_number(m->side, kx), dw_mode_number(m->side, ky + m->start[0]), kz + m->start[1]};
  expectation e = {0};
  double complex s[3][3];
  double by = FACTOR;
  for (int d = 0; d < 3; d++) {
    e.q[d] = slope_of(m->lattice, n[d]);
    by /= average_of(m->lattice, n[d]);
  }
  for (int i = 0; i < 9; i++) {
    s[i / 3][i % 3] = by * mode_at(element[element_of[i / 3][i % 3]], kx, ky, kz);
    e.size += cabs(s[i / 3][i % 3]);
  }
  if (e.q[0] != 0.0 || e.q[1] != 0.0 || e.q[2] != 0.0) {
    project(s, e.q, &e);
  }
  return e;
}

static double norm(double complex s[3][3]) {
  double sum = 0.0;
  for (int i = 0; i < 9; i++) {
    sum += creal(s[i / 3][i % 3] * conj(s[i / 3][i % 3]));
  }
  return sum;
}

/* Whether the amplitudes of one mode are what they should be, within `error` of the tensor's size. */
static bool mode_is_right(expectation *e, const double complex amplitude[DW_PARTS], double error) {
  double basis[DW_PARTS][3][3];
  double square[DW_PARTS];
  double all = 0.0;
  bool good = true;
  dw_parts_basis(e->q, basis);
  for (int p = 0; p < DW_PARTS; p++) {
    square[p] = creal(amplitude[p] * conj(amplitude[p]));
    all += square[p];
  }
  for (int ij = 0; ij < 9; ij++) {
    const int i = ij / 3;
    const int j = ij % 3;
    double complex sum[3] = {0.0, 0.0, 0.0}; /* tensor, scalar, all */
    for (int p = 0; p < DW_PARTS; p++) {
      sum[0] += p <= DW_CROSS ? amplitude[p] * basis[p][i][j] : 0.0;
      sum[1] += p == DW_SCALAR ? amplitude[p] * basis[p][i][j] : 0.0;
      sum[2] += amplitude[p] * basis[p][i][j];
    }
    good = good && cabs(sum[0] - e->tensor[i][j]) <= error * e->size;
    good = good && cabs(sum[1] - e->scalar[i][j]) <= error * e->size;
    good = good && cabs(sum[2] - e->s[i][j]) <= error * e->size;
  }
  const double allowed = error * e->size * e->size;
  return good && dw_test_is_close(square[DW_PLUS] + square[DW_CROSS], norm(e->tensor), 0.0, allowed) &&
         dw_test_is_close(square[DW_SCALAR], norm(e->scalar), 0.0, allowed) &&
         dw_test_is_close(all, norm(e->s), 0.0, allowed);
}

/* Catches a wrong coefficient of any component in any part, a window or factor left out, a wrong momentum, strides of
 * the modes used for those of a target; and modes without a direction that aren't zero. */
static void projection_body(fixture *f) {
  dw_modes *element[ELEMENTS];
  dw_modes *target[DW_PARTS];
  dw_momenta *momenta = momenta_of(f->modes);
  for (int i = 0; i < ELEMENTS; i++) {
    assert_all_ok(dw_modes_create(&element[i], f->lattice, DW_ALL_MODES, f->field->precision));
    transform_element(f, element[i], i, -1);
  }
  for (int p = 0; p < DW_PARTS; p++) {
    assert_all_ok(dw_modes_hold(&target[p], f->modes));
  }
  dw_modes_destroy(target[DW_CROSS]);
  dw_modes wide = own_modes(f->lattice, f->lattice->points, 3, f->field->precision);
  target[DW_CROSS] = &wide;
  decompose(f, target, momenta);
  bool good = true;
  for (int64_t i = 0; i < f->modes->side * f->modes->count[0] * f->modes->count[1]; i++) {
    const int64_t kx = i / (f->modes->count[0] * f->modes->count[1]);
    const int64_t ky = i / f->modes->count[1] % f->modes->count[0];
    const int64_t kz = i % f->modes->count[1];
    expectation e = expect(element, kx, ky, kz);
    double complex amplitude[DW_PARTS];
    for (int p = 0; p < DW_PARTS; p++) {
      amplitude[p] = mode_at(target[p], kx, ky, kz);
      good = good && (e.q[0] != 0.0 || e.q[1] != 0.0 || e.q[2] != 0.0 || amplitude[p] == 0.0);
    }
    good = good && mode_is_right(&e, amplitude, 16.0 * fixture_epsilon(f->field->precision));
  }
  assert_all(good);
  dw_free(wide.data);
  for (int i = 0; i < ELEMENTS; i++) {
    dw_modes_destroy(element[i]);
  }
  for (int p = 0; p < DW_PARTS; p++) {
    dw_modes_destroy(p != DW_CROSS ? target[p] : NULL);
  }
  dw_momenta_destroy(momenta);
}

static void projection_by_matrices(void **state) {
  (void)state;
  on_all_schemes(8, projection_body);
}

/* Five targets of `side`, with what all five components of a random tensor give; those not wanted are NULL. */
static void fill_targets(dw_modes target[DW_PARTS], const dw_lattice *lattice, int64_t side,
                         const bool wanted[DW_PARTS], dw_precision precision) {
  dw_modes modes = own_modes(lattice, side, 1, precision);
  dw_momenta *momenta = momenta_of(&modes);
  dw_modes *to[DW_PARTS];
  for (int p = 0; p < DW_PARTS; p++) {
    target[p] = own_modes(lattice, side, p, precision);
    to[p] = wanted[p] ? &target[p] : NULL;
  }
  for (int component = 0; component < DW_COMPONENTS; component++) {
    fill_modes(&modes, (uint64_t)component);
    dw_parts_add(to, &modes, (dw_component)component, momenta, FACTOR);
  }
  dw_momenta_destroy(momenta);
  dw_free(modes.data);
}

static void free_targets(dw_modes target[DW_PARTS]) {
  for (int p = 0; p < DW_PARTS; p++) {
    dw_free(target[p].data);
  }
}

static const bool ALL[DW_PARTS] = {true, true, true, true, true};

/* Catches bits that depend on the place of a mode in a line (vector body or rest), the grid or the threads. */
static void bits_body(fixture *f) {
  const int64_t side = f->lattice->points;
  const int before = omp_get_max_threads();
  dw_modes target[DW_PARTS];
  uint64_t expected[DW_PARTS];
  dw_lattice *whole = NULL;
  assert_all_ok(dw_lattice_create(&whole, dw_comm_self(), side, f->lattice->length, 1, 1, NULL));
  omp_set_num_threads(1);
  fill_targets(target, whole, side, ALL, f->field->precision);
  for (int p = 0; p < DW_PARTS; p++) {
    expected[p] = fixture_modes_fingerprint(&target[p]);
  }
  free_targets(target);
  dw_lattice_destroy(whole);
  for (int threads = 1; threads <= 2; threads++) {
    omp_set_num_threads(threads);
    fill_targets(target, f->lattice, side, ALL, f->field->precision);
    for (int p = 0; p < DW_PARTS; p++) {
      assert_all(fixture_modes_fingerprint(&target[p]) == expected[p]);
    }
    free_targets(target);
  }
  omp_set_num_threads(before);
}

static void same_bits_everywhere(void **state) {
  (void)state;
  on_all_schemes(8, bits_body);
  now = (scheme){.coarsening = 2, .order = 4};
  fixture_on_all(30, 1, 1, bits_body);
  fixture_on_all(71, 1, 1, bits_body); /* more kz than are done at once */
}

/* Catches a part that changes when others are left out, and one that is written all the same. */
static void some_parts_body(fixture *f) {
  static const bool wanted[DW_PARTS] = {true, false, true, false, false};
  dw_modes all[DW_PARTS];
  dw_modes some[DW_PARTS];
  fill_targets(all, f->lattice, f->lattice->points, ALL, f->field->precision);
  fill_targets(some, f->lattice, f->lattice->points, wanted, f->field->precision);
  dw_modes empty = own_modes(f->lattice, f->lattice->points, 0, f->field->precision);
  for (int p = 0; p < DW_PARTS; p++) {
    assert_all(fixture_modes_fingerprint(&some[p]) == fixture_modes_fingerprint(wanted[p] ? &all[p] : &empty));
  }
  dw_free(empty.data);
  free_targets(all);
  free_targets(some);
}

static void parts_left_out(void **state) {
  (void)state;
  now = (scheme){.coarsening = 2, .order = 2};
  fixture_on_all(8, 1, 1, some_parts_body);
}

/* Catches an index taken for a mode number: with few modes kept, each has the bits it has among all. One process. */
static void few_modes_kept(void **state) {
  (void)state;
  const int64_t side = 7;
  dw_lattice *lattice = NULL;
  assert_all_ok(dw_lattice_create(&lattice, dw_comm_self(), 16, 2.5, 1, 1, NULL));
  now = (scheme){.coarsening = 2, .order = 4};
  dw_modes all[DW_PARTS];
  dw_modes few[DW_PARTS];
  fill_targets(all, lattice, 16, ALL, DW_DOUBLE);
  fill_targets(few, lattice, side, ALL, DW_DOUBLE);
  bool good = true;
  for (int64_t i = 0; i < side * side * (side / 2 + 1); i++) {
    const int64_t at[3] = {i / (side / 2 + 1) / side, i / (side / 2 + 1) % side, i % (side / 2 + 1)};
    const int64_t nx = dw_mode_number(side, at[0]);
    const int64_t ny = dw_mode_number(side, at[1]);
    for (int p = 0; p < DW_PARTS; p++) {
      const double complex expected = mode_at(&all[p], (nx + 16) % 16, (ny + 16) % 16, at[2]);
      good = good && mode_at(&few[p], at[0], at[1], at[2]) == expected;
    }
  }
  assert_all(good);
  free_targets(all);
  free_targets(few);
  dw_lattice_destroy(lattice);
}

/* Catches modes without a direction that count in a shell, others that don't, and a mean |k| over the wrong ones. */
static void counts_body(fixture *f) {
  const int64_t n = f->lattice->points;
  dw_momenta *momenta = momenta_of(f->modes);
  dw_shells *shells = NULL;
  assert_all_ok(dw_shells_create(&shells, f->modes, dw_momenta_counted, momenta));
  int64_t count[MOST_SHELLS] = {0};
  double k[MOST_SHELLS] = {0.0};
  for (int64_t i = 0; i < n * n * n; i++) {
    const int64_t at[3] = {dw_mode_number(n, i / (n * n)), dw_mode_number(n, i / n % n), dw_mode_number(n, i % n)};
    const int64_t n2 = at[0] * at[0] + at[1] * at[1] + at[2] * at[2];
    const int64_t shell = dw_shell_of(n2);
    bool moves = false;
    for (int d = 0; d < 3; d++) {
      moves = moves || slope_of(f->lattice, at[d]) != 0.0;
    }
    if (moves && shell <= n / 2) {
      count[shell - 1]++;
      k[shell - 1] += 6.283185307179586476925 / f->lattice->length * sqrt((double)n2);
    }
  }
  for (int64_t s = 0; s < n / 2; s++) {
    assert_all_int_equal(shells->count[s], count[s]);
    assert_all_close(shells->k[s], k[s] / (double)count[s], 1e-14, 0.0);
  }
  dw_shells_destroy(shells);
  dw_momenta_destroy(momenta);
}

static void modes_that_count(void **state) {
  (void)state;
  on_all_schemes(8, counts_body);
  on_all_schemes(9, counts_body);
}

/* Whether dw_parts_product gives what the amplitudes say, on runs of `lanes` kz. */
static bool squares_are_right(const dw_parts_sum *sum, const dw_modes *modes, int64_t lanes, double rtol) {
  double value[16 * DW_LANES];
  bool good = true;
  for (int64_t ky = 0; ky < modes->count[0]; ky++) {
    for (int64_t kz = 0; kz + lanes <= modes->count[1]; kz++) {
      dw_parts_product(sum, modes, ky, kz, lanes, value);
      for (int64_t i = 0; i < modes->side * lanes; i++) {
        const int64_t at[3] = {i / lanes, ky + modes->start[0], kz + i % lanes + modes->start[1]};
        double expected = 0.0;
        double weight = sum->weight != NULL ? 0.0 : 1.0;
        for (int p = 0; p < sum->count; p++) {
          const double complex amplitude = mode_at(sum->part[p], at[0], ky, kz + i % lanes);
          expected += creal(amplitude * conj(amplitude));
        }
        for (int d = 0; d < 3 && sum->weight != NULL; d++) {
          weight += sum->weight[at[d]];
        }
        good = good && dw_test_is_close(value[i], weight * expected, rtol, 0.0);
      }
    }
  }
  return good;
}

/* Catches a part left out of the sum or counted with the strides of another, and a wrong weight. */
static void squares_body(fixture *f) {
  now = (scheme){.coarsening = 2, .order = 2};
  dw_momenta *momenta = momenta_of(f->modes);
  dw_modes target[DW_PARTS];
  fill_targets(target, f->lattice, f->lattice->points, ALL, f->field->precision);
  dw_parts_sum sum = {.count = DW_PARTS, .part = {&target[0], &target[1], &target[2], &target[3], &target[4]}};
  bool good = true;
  for (int64_t lanes = 1; lanes <= 5; lanes++) {
    sum.weight = NULL;
    good = good && squares_are_right(&sum, f->modes, lanes, 1e-14);
    sum.weight = momenta->laplacian;
    good = good && squares_are_right(&sum, f->modes, lanes, 1e-14);
    sum.weight = momenta->squares;
    sum.count = 2;
    good = good && squares_are_right(&sum, f->modes, lanes, 1e-14);
    sum.count = DW_PARTS;
  }
  assert_all(good);
  free_targets(target);
  dw_momenta_destroy(momenta);
}

static void sums_of_squares(void **state) {
  (void)state;
  fixture_on_all(8, 1, 1, squares_body);
  fixture_on_all(9, 1, 1, squares_body);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(projection_by_matrices), cmocka_unit_test(same_bits_everywhere), cmocka_unit_test(parts_left_out),
    cmocka_unit_test(few_modes_kept),         cmocka_unit_test(modes_that_count),     cmocka_unit_test(sums_of_squares),
};

DW_TEST_MPI_MAIN(tests)
