#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "fields/kernel_rows.h"
#include "fields/potential.h"
#include "tests/dw_test_rows.h"
#include "tests/fields/twin_rows.h"

/* A box of five by seven rows, of which up to three in the middle are worked on. */
enum { PLANES = 5, ROWS = 7, MIDDLE = 2, MOST_ROWS = 3, MOST = 100 };

static const int64_t lengths[] = {4, 5, 7, 8, 15, 16, 17, 31, 32, 33, 34, 64, 100};

/* Contiguous arrays, as the twins have them. */
typedef struct rows {
  dw_precision precision;
  int64_t n[3];
  size_t bytes; /* of a row */
  size_t pitch; /* bytes from one to the next, for the kernels */
  char *phi;
  char *pi;
  char *force;
} rows;

static void *filled(dw_precision precision, int64_t count, uint64_t seed) {
  char *data = rows_allocated((size_t)count * (size_t)precision);
  for (int64_t i = 0; i < count; i++) {
    rows_put(data, precision, i, 1.3 * rows_number(&seed));
  }
  return data;
}

static rows rows_open(dw_precision precision, int64_t n) {
  const int64_t count = PLANES * ROWS * n;
  rows r = {.precision = precision,
            .n = {PLANES, ROWS, n},
            .bytes = (size_t)n * (size_t)precision,
            .phi = filled(precision, count, 1),
            .pi = filled(precision, count, 2),
            .force = filled(precision, count, 3)};
  r.pitch = (r.bytes + DW_ROW_ALIGNMENT - 1) / DW_ROW_ALIGNMENT * DW_ROW_ALIGNMENT + DW_ROW_ALIGNMENT;
  return r;
}

static void rows_close(rows *r) {
  dw_free(r->phi);
  dw_free(r->pi);
  dw_free(r->force);
}

static size_t row_index(int x, int y) { return (size_t)(x * ROWS + y); }

/* The middle row of a contiguous array. */
static char *middle(const rows *r, char *array) { return array + row_index(MIDDLE, MIDDLE) * r->bytes; }

/* A copy of a box with its rows on cache lines and NaN between them. */
static char *spaced(const rows *r, const char *box) {
  char *copy = rows_allocated(PLANES * ROWS * r->pitch);
  for (int64_t i = 0; i < PLANES * ROWS * (int64_t)r->pitch / (int64_t)r->precision; i++) {
    rows_put(copy, r->precision, i, (double)NAN);
  }
  for (size_t i = 0; i < (size_t)PLANES * ROWS; i++) {
    memcpy(copy + i * r->pitch, box + i * r->bytes, r->bytes);
  }
  return copy;
}

/* Whether a copy is that of this box still, `ends` reals on either side of its rows aside. Frees the copy. */
static bool is_spaced(const rows *r, char *copy, const char *box, size_t ends) {
  char *expected = spaced(r, box);
  const size_t aside = ends * (size_t)r->precision;
  bool same = true;
  for (size_t i = 0; i < (size_t)PLANES * ROWS; i++) {
    const size_t row = i * r->pitch;
    const size_t between = row + r->bytes + aside;
    same = same && memcmp(copy + row, expected + row, r->bytes) == 0 &&
           memcmp(copy + between, expected + between, r->pitch - r->bytes - 2 * aside) == 0;
  }
  dw_free(expected);
  dw_free(copy);
  return same;
}

/* A copy of a row on a cache line, with one line in front and one behind that nobody may write. */
typedef struct guarded {
  char *block;
  char *row;
  size_t bytes;
} guarded;

static guarded guarded_copy(const rows *r, const char *row) {
  guarded g = {.block = rows_allocated(r->bytes + 2 * DW_ROW_ALIGNMENT), .bytes = r->bytes};
  memset(g.block, 0x5a, r->bytes + 2 * DW_ROW_ALIGNMENT);
  g.row = g.block + DW_ROW_ALIGNMENT;
  memcpy(g.row, row, r->bytes);
  return g;
}

static bool guards_hold(const guarded *g) {
  bool good = true;
  for (size_t i = 0; i < DW_ROW_ALIGNMENT; i++) {
    good = good && g->block[i] == 0x5a && g->row[g->bytes + i] == 0x5a;
  }
  return good;
}

static void check(const guarded *g, const char *twin, const char *what, const rows *r) {
  if (memcmp(g->row, twin, g->bytes) != 0 || !guards_hold(g)) {
    fail_msg("%s, %d bytes, n = %lld: differs from its twin or writes outside its row", what, (int)r->precision,
             (long long)r->n[2]);
  }
  dw_free(g->block);
}

static void *box_copy(const rows *r, const char *box) {
  char *copy = rows_allocated(PLANES * ROWS * r->bytes);
  memcpy(copy, box, PLANES * ROWS * r->bytes);
  return copy;
}

/* What `count` rows are after a kick, and the rows behind them after a drift, by the twins; the others stay. */
static void expect_kick(const rows *r, const dwell_rows *kick, char *phi, char *pi) {
  const bool single = r->precision == DW_SINGLE;
  char *kicked = box_copy(r, r->pi);
  (single ? twin_kick_f32 : twin_kick_f64)(kicked, r->phi, r->force, r->n, kick->order, kick->gradient);
  for (int y = MIDDLE; y < MIDDLE + (int)kick->rows; y++) {
    const size_t at = row_index(MIDDLE, y) * r->bytes;
    const size_t behind = row_index(MIDDLE - kick->order / 2, y) * r->bytes;
    memcpy(pi + at, kicked + at, r->bytes);
    if (kick->drifts) {
      (single ? twin_drift_f32 : twin_drift_f64)(phi + behind, pi + behind, r->n[2], kick->drift);
    }
  }
  dw_free(kicked);
}

static void check_kick(const rows *r, int order, int count, int drifts, double factor) {
  const ptrdiff_t stride_y = (ptrdiff_t)r->pitch / (ptrdiff_t)r->precision;
  const size_t first = row_index(MIDDLE, MIDDLE) * r->pitch;
  char *phi = spaced(r, r->phi);
  char *pi = spaced(r, r->pi);
  char *force = spaced(r, r->force);
  const dwell_rows kick = {.phi = phi + first,
                           .p = pi + first,
                           .stride_x = ROWS * stride_y,
                           .stride_y = stride_y,
                           .n = (ptrdiff_t)r->n[2],
                           .rows = count,
                           .force_stride = stride_y,
                           .order = order,
                           .drifts = drifts,
                           .gradient = factor,
                           .drift = 0.37,
                           .ahead = {.from = {phi, pi}, .step = 40, .lines = count - 1}};
  char *expected_phi = box_copy(r, r->phi);
  char *expected_pi = box_copy(r, r->pi);
  expect_kick(r, &kick, expected_phi, expected_pi);
  (r->precision == DW_SINGLE ? dw_kick_rows_f32 : dw_kick_rows_f64)(&kick, force + first);
  const bool good_phi = is_spaced(r, phi, expected_phi, 2);
  const bool good_pi = is_spaced(r, pi, expected_pi, 0);
  const bool good_force = is_spaced(r, force, r->force, 0);
  dw_free(expected_phi);
  dw_free(expected_pi);
  if (!good_phi || !good_pi || !good_force) {
    fail_msg("kick of order %d, %d rows, %s drift, %d bytes, n = %lld: differs from its twin", order, count,
             drifts ? "with" : "without", (int)r->precision, (long long)r->n[2]);
  }
}

static void check_drift_and_scale(rows *r, double factor) {
  const bool single = r->precision == DW_SINGLE;
  const int64_t n = r->n[2];
  const guarded phi = guarded_copy(r, middle(r, r->phi));
  const guarded pi = guarded_copy(r, middle(r, r->pi));
  (single ? dw_drift_f32 : dw_drift_f64)(phi.row, pi.row, (ptrdiff_t)n, factor);
  (single ? twin_drift_f32 : twin_drift_f64)(middle(r, r->phi), middle(r, r->pi), n, factor);
  check(&phi, middle(r, r->phi), "drift", r);
  (single ? dw_scale_f32 : dw_scale_f64)(pi.row, (ptrdiff_t)n, factor);
  (single ? twin_scale_f32 : twin_scale_f64)(middle(r, r->pi), n, factor);
  check(&pi, middle(r, r->pi), "scale", r);
}

static void on_all_rows(void (*body)(rows *r)) {
  for (int precision = DW_SINGLE; precision <= DW_DOUBLE; precision += DW_DOUBLE - DW_SINGLE) {
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
      rows r = rows_open((dw_precision)precision, lengths[i]);
      body(&r);
      rows_close(&r);
    }
  }
}

static void kick_body(rows *r) {
  for (int count = 1; count <= MOST_ROWS; count++) {
    for (int drifts = 0; drifts < 2; drifts++) {
      check_kick(r, 2, count, drifts, 0.123);
      check_kick(r, 4, count, drifts, 0.123);
      check_kick(r, 4, count, drifts, -7.1e-3);
    }
  }
}

/* Catches a wrong weight or neighbour, an end of the row that isn't periodic, a vector body that rounds unlike the
 * rest (contraction, other order), a row that takes another's force, a drift of the wrong row or before its kick, and
 * writing outside the rows. */
static void kicks_equal_their_twins(void **state) {
  (void)state;
  on_all_rows(kick_body);
}

static void drift_body(rows *r) { check_drift_and_scale(r, 0.0371); }

/* Catches drift or scale that rounds unlike its twin in the vector remainder, or writes outside the row. */
static void drift_and_scale_equal_their_twins(void **state) {
  (void)state;
  on_all_rows(drift_body);
}

static void well_body(rows *r) {
  const dw_potential *well = NULL;
  assert_ok(dw_potential_find(&well, "double-well"));
  const dw_potential_values values = {.bias = 0.17, .mass = 3.0};
  const guarded g = guarded_copy(r, middle(r, r->force));
  const guarded phi = guarded_copy(r, middle(r, r->phi));
  well->derivative[dw_precision_index(r->precision)](&values, &dw_instant_start, 0.7, 0.3, ROW(phi.row), OUT(g.row),
                                                     (ptrdiff_t)r->n[2]);
  (r->precision == DW_SINGLE ? twin_double_well_f32 : twin_double_well_f64)(middle(r, r->force), middle(r, r->phi),
                                                                            r->n[2], 0.7, 0.3 * 0.17);
  check(&phi, middle(r, r->phi), "phi", r);
  check(&g, middle(r, r->force), "double-well", r);
}

/* Catches a force that rounds unlike its twin or takes the mass of the free field. */
static void double_well_equals_its_twin(void **state) {
  (void)state;
  on_all_rows(well_body);
}

/* v0 and vb of one potential at phi, from its rows of doubles. */
static void values_at(const dw_potential *potential, const dw_potential_values *values, double phi, double out[2]) {
  potential->value[1](values, &dw_instant_start, ROW(&phi), &out[0], &out[1], 1);
}

static double derivative_at(const dw_potential *potential, const dw_potential_values *values, double degenerate,
                            double bias, double phi) {
  return dw_potential_slope(potential, values, &dw_instant_start, degenerate, bias, phi);
}

/* Catches a derivative that doesn't belong to its potential, in either part. */
static void derivatives_belong_to_their_potentials(void **state) {
  (void)state;
  static const char *const names[] = {"double-well", "free"};
  const dw_potential_values values = {.bias = 0.2, .mass = 1.7};
  const double h = 1e-4;
  for (size_t p = 0; p < 2; p++) {
    const dw_potential *potential = NULL;
    assert_ok(dw_potential_find(&potential, names[p]));
    for (double phi = -1.6; phi < 1.7; phi += 0.1) {
      double below[2];
      double above[2];
      values_at(potential, &values, phi - h, below);
      values_at(potential, &values, phi + h, above);
      const double slope[2] = {(above[0] - below[0]) / (2.0 * h), (above[1] - below[1]) / (2.0 * h)};
      assert_close(derivative_at(potential, &values, 1.0, 0.0, phi), slope[0], 1e-7, 1e-7);
      assert_close(derivative_at(potential, &values, 0.0, 1.0, phi), slope[1], 1e-7, 1e-7);
      assert_close(derivative_at(potential, &values, 2.0, 3.0, phi), 2.0 * slope[0] + 3.0 * slope[1], 1e-7, 1e-7);
    }
  }
}

/* Catches numbers in the table that don't belong to the potential: minima, barrier, curvature, tension, width, and a
 * bias that doesn't split the vacua by 4 eps/3 or moves them. */
static void table_belongs_to_the_double_well(void **state) {
  (void)state;
  const dw_potential *well = NULL;
  assert_ok(dw_potential_find(&well, "double-well"));
  const dw_potential_values values = {.bias = 0.05};
  double low[2];
  double high[2];
  double top[2];
  values_at(well, &values, well->minimum[0], low);
  values_at(well, &values, well->minimum[1], high);
  values_at(well, &values, 0.0, top);
  assert_close(low[0], 0.0, 0.0, 0.0);
  assert_close(high[0], 0.0, 0.0, 0.0);
  assert_close(top[0], well->barrier, 1e-15, 0.0);
  assert_close(low[1] - high[1], 4.0 * 0.05 / 3.0, 1e-14, 0.0);
  for (int i = 0; i < 2; i++) {
    const double h = 1e-5;
    assert_close(derivative_at(well, &values, 1.0, 1.0, well->minimum[i]), 0.0, 0.0, 0.0);
    const double curvature = (derivative_at(well, &values, 1.0, 0.0, well->minimum[i] + h) -
                              derivative_at(well, &values, 1.0, 0.0, well->minimum[i] - h)) /
                             (2.0 * h);
    assert_close(curvature, well->curvature, 1e-8, 0.0);
  }
  double tension = 0.0; /* integral of sqrt(2 v0) between the vacua, midpoints */
  const int steps = 100000;
  for (int i = 0; i < steps; i++) {
    double v[2];
    values_at(well, &values, -1.0 + (2.0 * i + 1.0) / steps, v);
    tension += sqrt(2.0 * v[0]) * 2.0 / steps;
  }
  assert_close(tension, well->tension, 1e-9, 0.0);
  for (double x = -3.0; x < 3.1; x += 0.3) { /* phi = tanh(x/width): phi_x = (1 - phi^2)/width = sqrt(2 v0) */
    const double phi = tanh(x / well->width);
    double v[2];
    values_at(well, &values, phi, v);
    assert_close((1.0 - phi * phi) / well->width, sqrt(2.0 * v[0]), 1e-12, 1e-15);
  }
}

/* Catches values of single precision that aren't those of the same number in double. */
static void values_of_both_precisions_agree(void **state) {
  (void)state;
  static const char *const names[] = {"double-well", "free"};
  const dw_potential_values values = {.bias = 0.2, .mass = 1.7};
  for (size_t p = 0; p < 2; p++) {
    const dw_potential *potential = NULL;
    assert_ok(dw_potential_find(&potential, names[p]));
    _Alignas(DW_ROW_ALIGNMENT) float single[MOST];
    _Alignas(DW_ROW_ALIGNMENT) double twice[MOST];
    _Alignas(DW_ROW_ALIGNMENT) double v[4][MOST];
    for (int i = 0; i < MOST; i++) {
      single[i] = 0.031F * (float)(i - MOST / 2);
      twice[i] = (double)single[i];
    }
    potential->value[0](&values, &dw_instant_start, ROW(single), v[0], v[1], MOST);
    potential->value[1](&values, &dw_instant_start, ROW(twice), v[2], v[3], MOST);
    assert_memory_equal(v[0], v[2], sizeof v[0]);
    assert_memory_equal(v[1], v[3], sizeof v[1]);
  }
}

/* Catches an unknown name that is accepted, or a message that doesn't say what there is. */
static void unknown_names(void **state) {
  (void)state;
  const dw_potential *potential = NULL;
  assert_status(dw_potential_find(&potential, "quartic"), DW_ERR_PARAM);
  assert_null(potential);
  assert_non_null(strstr(dw_message(), "double-well, melting, free"));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(kicks_equal_their_twins),
    cmocka_unit_test(drift_and_scale_equal_their_twins),
    cmocka_unit_test(double_well_equals_its_twin),
    cmocka_unit_test(derivatives_belong_to_their_potentials),
    cmocka_unit_test(table_belongs_to_the_double_well),
    cmocka_unit_test(values_of_both_precisions_agree),
    cmocka_unit_test(unknown_names),
};

int main(void) { return cmocka_run_group_tests(tests, NULL, NULL); }
