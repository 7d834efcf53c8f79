#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "fields/kernel_rows.h"
#include "fields/potential.h"
#include "tests/dw_test_rows.h"
#include "tests/fields/twin_rows.h"

/* A box of five by five rows, of which the middle one is worked on. */
enum { SIDE = 5, MIDDLE = 2, MOST = 100 };

static const int64_t lengths[] = {4, 5, 7, 8, 15, 16, 17, 31, 32, 33, 34, 64, 100};

/* For the twins contiguous arrays; for the kernels rows on cache lines with NaN between them. */
typedef struct rows {
  dw_precision precision;
  int64_t n[3];
  size_t bytes; /* of a row */
  size_t pitch; /* bytes from one to the next, for the kernels */
  char *phi;
  char *pi;
  char *force;
  char *spaced_phi;
} rows;

static void *filled(dw_precision precision, int64_t count, uint64_t seed) {
  char *data = rows_allocated((size_t)count * (size_t)precision);
  for (int64_t i = 0; i < count; i++) {
    rows_put(data, precision, i, 1.3 * rows_number(&seed));
  }
  return data;
}

static rows rows_open(dw_precision precision, int64_t n) {
  const int64_t count = SIDE * SIDE * n;
  rows r = {.precision = precision,
            .n = {SIDE, SIDE, n},
            .bytes = (size_t)n * (size_t)precision,
            .phi = filled(precision, count, 1),
            .pi = filled(precision, count, 2),
            .force = filled(precision, count, 3)};
  r.pitch = (r.bytes + DW_ROW_ALIGNMENT - 1) / DW_ROW_ALIGNMENT * DW_ROW_ALIGNMENT;
  r.spaced_phi = rows_allocated(SIDE * SIDE * r.pitch);
  for (int64_t i = 0; i < SIDE * SIDE * (int64_t)r.pitch / (int64_t)precision; i++) {
    rows_put(r.spaced_phi, precision, i, (double)NAN);
  }
  for (size_t i = 0; i < SIDE * SIDE; i++) {
    memcpy(r.spaced_phi + i * r.pitch, r.phi + i * r.bytes, r.bytes);
  }
  return r;
}

static void rows_close(rows *r) {
  dw_free(r->phi);
  dw_free(r->pi);
  dw_free(r->force);
  dw_free(r->spaced_phi);
}

/* The middle row of a contiguous array. */
static char *middle(const rows *r, char *array) { return array + (size_t)(MIDDLE * SIDE + MIDDLE) * r->bytes; }

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

static void check_kick(rows *r, int order, double factor) {
  static const dw_kick_row kernels[2][2] = {{dw_kick2_f32, dw_kick2_f64}, {dw_kick4_f32, dw_kick4_f64}};
  const ptrdiff_t stride_y = (ptrdiff_t)r->pitch / (ptrdiff_t)r->precision;
  const guarded pi = guarded_copy(r, middle(r, r->pi));
  const guarded force = guarded_copy(r, middle(r, r->force));
  kernels[order == 4][dw_precision_index(r->precision)](pi.row, r->spaced_phi + (MIDDLE * SIDE + MIDDLE) * r->pitch,
                                                        force.row, SIDE * stride_y, stride_y, (ptrdiff_t)r->n[2],
                                                        factor);
  if (r->precision == DW_SINGLE) {
    twin_kick_f32(r->pi, r->phi, r->force, r->n, order, factor);
  } else {
    twin_kick_f64(r->pi, r->phi, r->force, r->n, order, factor);
  }
  check(&pi, middle(r, r->pi), order == 2 ? "kick2" : "kick4", r);
  check(&force, middle(r, r->force), "force", r);
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
  check_kick(r, 2, 0.123);
  check_kick(r, 4, 0.123);
  check_kick(r, 4, -7.1e-3);
}

/* Catches a wrong weight or neighbour, an end of the row that isn't periodic, a vector body that rounds unlike the ends
 * (contraction, other order), and writing outside the row. */
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
