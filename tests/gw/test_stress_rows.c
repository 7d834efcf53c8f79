/* The sums of products of differences against a plain twin. */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "gw/stress_rows.h"
#include "tests/dw_test_rows.h"

enum { REACH = 2, GUARD = 64 };

static const int64_t lengths[] = {4, 5, 7, 12, 20, 36, 64};

/* (c + 4) x (c + 4) rows around a block row, on cache lines, with NaN between rows and between planes. */
typedef struct box {
  dw_precision precision;
  int64_t n;
  int coarsening;
  int order;
  ptrdiff_t stride_x;
  ptrdiff_t stride_y;
  size_t bytes;
  char *phi;
} box;

/* A row on a cache line, with one line in front and one behind that nobody may write. */
typedef struct guarded {
  char *block;
  char *row;
  size_t bytes;
} guarded;

static double get(const char *data, dw_precision precision, int64_t i) {
  return precision == DW_SINGLE ? (double)((const float *)(const void *)data)[i]
                                : ((const double *)(const void *)data)[i];
}

static guarded guarded_open(size_t bytes) {
  guarded g = {.block = rows_allocated(bytes + 2 * (size_t)GUARD), .bytes = bytes};
  memset(g.block, 0x5a, bytes + 2 * (size_t)GUARD);
  g.row = g.block + GUARD;
  return g;
}

static void guarded_close(guarded *g) {
  for (size_t i = 0; i < GUARD; i++) {
    assert_true(g->block[i] == 0x5a && g->row[g->bytes + i] == 0x5a);
  }
  dw_free(g->block);
}

/* Where site (x, y, z) of the box lies; x and y from -2 to c + 1, z periodic. */
static int64_t place(const box *b, int64_t x, int64_t y, int64_t z) {
  return (x + REACH) * b->stride_x + (y + REACH) * b->stride_y + (z + b->n) % b->n;
}

static long double site(const box *b, int64_t x, int64_t y, int64_t z) {
  return (long double)get(b->phi, b->precision, place(b, x, y, z));
}

static box box_open(dw_precision precision, int64_t n, int coarsening, int order) {
  const ptrdiff_t line = 64 / (ptrdiff_t)precision;
  const int64_t side = coarsening + 2 * REACH;
  box b = {.precision = precision, .n = n, .coarsening = coarsening, .order = order};
  b.stride_y = ((ptrdiff_t)n / line + 2) * line;
  b.stride_x = (ptrdiff_t)(side + 1) * b.stride_y + line;
  b.bytes = (size_t)(side * b.stride_x) * (size_t)precision;
  b.phi = rows_allocated(b.bytes);
  for (int64_t i = 0; i < side * b.stride_x; i++) {
    rows_put(b.phi, precision, i, (double)NAN);
  }
  uint64_t seed = (uint64_t)n;
  for (int64_t i = 0; i < side * side * n; i++) {
    rows_put(b.phi, precision, place(&b, i / (side * n) - REACH, i / n % side - REACH, i % n),
             1.3 * rows_number(&seed));
  }
  return b;
}

/* The same box, its rows turned by one block: site z holds what was at z + c. */
static box box_turned(const box *b) {
  const int64_t side = b->coarsening + 2 * REACH;
  box turned = *b;
  turned.phi = rows_allocated(b->bytes);
  memcpy(turned.phi, b->phi, b->bytes);
  for (int64_t i = 0; i < side * side * b->n; i++) {
    const int64_t at[3] = {i / (side * b->n) - REACH, i / b->n % side - REACH, i % b->n};
    rows_put(turned.phi, b->precision, place(b, at[0], at[1], at[2]),
             (double)site(b, at[0], at[1], at[2] + b->coarsening));
  }
  return turned;
}

static dw_stress_input input_of(const box *b, const guarded *scratch) {
  return (dw_stress_input){.phi = b->phi + place(b, 0, 0, 0) * (int64_t)b->precision,
                           .stride_x = b->stride_x,
                           .stride_y = b->stride_y,
                           .n = (ptrdiff_t)b->n,
                           .coarsening = b->coarsening,
                           .order = b->order,
                           .scratch = scratch->row};
}

static size_t scratch_of(const box *b) { return dw_stress_scratch_bytes(b->n, b->precision); }

static guarded fill(const box *b, dw_component component, double factor) {
  guarded scratch = guarded_open(scratch_of(b));
  guarded out = guarded_open((size_t)(b->n / b->coarsening) * (size_t)b->precision);
  const dw_stress_input in = input_of(b, &scratch);
  (b->precision == DW_SINGLE ? dw_stress_one_f32 : dw_stress_one_f64)(&in, component, factor, out.row);
  guarded_close(&scratch);
  return out;
}

/* out[i][Z] = start(i, Z), then the kernel. */
static double start(int component, int64_t block) { return 0.75 * (double)(component - 2) + 0.125 * (double)block; }

static void add(const box *b, double factor, bool from_zero, guarded out[DW_COMPONENTS]) {
  guarded scratch = guarded_open(scratch_of(b));
  void *row[DW_COMPONENTS];
  for (int i = 0; i < DW_COMPONENTS; i++) {
    out[i] = guarded_open((size_t)(b->n / b->coarsening) * (size_t)b->precision);
    row[i] = out[i].row;
    for (int64_t block = 0; block < b->n / b->coarsening; block++) {
      rows_put(out[i].row, b->precision, block, from_zero ? (double)NAN : start(i, block));
    }
  }
  dw_stress_input in = input_of(b, &scratch);
  in.add = !from_zero;
  (b->precision == DW_SINGLE ? dw_stress_f32 : dw_stress_f64)(&in, factor, row);
  guarded_close(&scratch);
}

/* Twin: the undivided centred difference along an axis, and its size when nothing cancels. */
static long double difference(const box *b, int axis, const int64_t at[3], bool size) {
  const long double weight[2] = {b->order == 2 ? 1.0L : 8.0L, b->order == 2 ? 0.0L : -1.0L};
  long double sum = 0.0L;
  for (int j = 1; j <= (b->order == 2 ? 1 : 2); j++) {
    const int64_t d[3] = {axis == 0 ? j : 0, axis == 1 ? j : 0, axis == 2 ? j : 0};
    const long double above = site(b, at[0] + d[0], at[1] + d[1], at[2] + d[2]);
    const long double below = site(b, at[0] - d[0], at[1] - d[1], at[2] - d[2]);
    sum += size ? fabsl(weight[j - 1]) * (fabsl(above) + fabsl(below)) : weight[j - 1] * (above - below);
  }
  return sum;
}

/* Twin: a component summed over a block; value[1] is the sum of what its terms would be if nothing cancelled. */
static void block_sum(const box *b, int component, int64_t block, long double value[2]) {
  static const int axes[DW_COMPONENTS][2] = {{0, 0}, {1, 1}, {0, 1}, {0, 2}, {1, 2}};
  const int64_t c = b->coarsening;
  value[0] = 0.0L;
  value[1] = 0.0L;
  for (int64_t i = 0; i < c * c * c; i++) {
    const int64_t at[3] = {i / (c * c), i / c % c, c * block + i % c};
    for (int size = 0; size < 2; size++) {
      long double g[3];
      for (int axis = 0; axis < 3; axis++) {
        g[axis] = difference(b, axis, at, size == 1);
      }
      value[size] += g[axes[component][0]] * g[axes[component][1]];
      if (axes[component][0] == axes[component][1]) {
        value[size] += (size == 1 ? 1.0L : -1.0L) * g[2] * g[2];
      }
    }
  }
}

static void on_all(void (*body)(const box *b)) {
  for (int precision = DW_SINGLE; precision <= DW_DOUBLE; precision += DW_DOUBLE - DW_SINGLE) {
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
      for (int coarsening = 1; coarsening <= 4; coarsening *= 2) {
        for (int order = 2; order <= 4 && lengths[i] % coarsening == 0; order += 2) {
          box b = box_open((dw_precision)precision, lengths[i], coarsening, order);
          body(&b);
          dw_free(b.phi);
        }
      }
    }
  }
}

/* Catches a wrong weight, neighbour, stride, component or block, an end of the row that isn't periodic, a gap that is
 * read, and writing outside of rows and scratch: each sum against the twin, to rounding. */
static void twin_body(const box *b) {
  const double factor = -0.37;
  const double unit = b->precision == DW_SINGLE ? 0x1p-23 : 0x1p-52;
  char *before = rows_allocated(b->bytes);
  guarded all[DW_COMPONENTS];
  memcpy(before, b->phi, b->bytes);
  add(b, factor, false, all);
  for (int i = 0; i < DW_COMPONENTS; i++) {
    guarded one = fill(b, (dw_component)i, factor);
    for (int64_t block = 0; block < b->n / b->coarsening; block++) {
      long double sum[2];
      block_sum(b, i, block, sum);
      const double expected = (double)((long double)factor * sum[0]);
      const double allowed = 20.0 * unit * fabs(factor) * (double)sum[1];
      assert_close(get(one.row, b->precision, block), expected, 0.0, allowed);
      assert_close(get(all[i].row, b->precision, block), start(i, block) + expected, 0.0,
                   allowed + unit * fabs(start(i, block)));
    }
    guarded_close(&one);
    guarded_close(&all[i]);
  }
  assert_memory_equal(before, b->phi, b->bytes);
  dw_free(before);
}

static void kernels_equal_their_twin(void **state) {
  (void)state;
  on_all(twin_body);
}

/* Catches the two kernels rounding unlike each other, so that the stress of the waves isn't the one measured. */
static void fill_body(const box *b) {
  guarded all[DW_COMPONENTS];
  guarded onto[DW_COMPONENTS];
  add(b, 0.73, true, all);
  add(b, 0.73, false, onto);
  for (int i = 0; i < DW_COMPONENTS; i++) {
    guarded one = fill(b, (dw_component)i, 0.73);
    assert_memory_equal(one.row, all[i].row, one.bytes);
    for (int64_t block = 0; block < b->n / b->coarsening; block++) {
      const double value = get(one.row, b->precision, block);
      const double sum =
          b->precision == DW_SINGLE ? (double)((float)start(i, block) + (float)value) : start(i, block) + value;
      assert_true(get(onto[i].row, b->precision, block) == sum);
    }
    guarded_close(&one);
    guarded_close(&all[i]);
    guarded_close(&onto[i]);
  }
}

static void fill_is_add_onto_zero(void **state) {
  (void)state;
  on_all(fill_body);
}

/* Catches ends and remainders of a row that round unlike its vector body: bits that depend on where in z a block is. */
static void turned_body(const box *b) {
  box turned = box_turned(b);
  const int64_t blocks = b->n / b->coarsening;
  for (int i = 0; i < DW_COMPONENTS; i++) {
    guarded as_is = fill(b, (dw_component)i, 1.9);
    guarded after = fill(&turned, (dw_component)i, 1.9);
    for (int64_t block = 0; block < blocks; block++) {
      assert_true(get(after.row, b->precision, block) == get(as_is.row, b->precision, (block + 1) % blocks));
    }
    guarded_close(&as_is);
    guarded_close(&after);
  }
  dw_free(turned.phi);
}

static void turned_rows_give_the_same_bits(void **state) {
  (void)state;
  on_all(turned_body);
}

/* Catches a divisor that isn't the square of what the differences lack: slopes of 2 and -3 in x and y. */
static void slopes_of_a_ramp(void **state) {
  (void)state;
  static const double expected[DW_COMPONENTS] = {4.0, 9.0, -6.0, 0.0, 0.0};
  const double dx = 0.25;
  for (int order = 2; order <= 4; order += 2) {
    box b = box_open(DW_DOUBLE, 8, 2, order);
    const int64_t side = b.coarsening + 2 * REACH;
    for (int64_t i = 0; i < side * side * b.n; i++) {
      const int64_t at[2] = {i / (side * b.n) - REACH, i / b.n % side - REACH};
      rows_put(b.phi, DW_DOUBLE, place(&b, at[0], at[1], i % b.n), dx * (double)(2 * at[0] - 3 * at[1]));
    }
    for (int i = 0; i < DW_COMPONENTS; i++) {
      guarded out = fill(&b, (dw_component)i, 1.0 / (8.0 * dw_stress_divisor(order, dx)));
      assert_close(get(out.row, DW_DOUBLE, 3), expected[i], 0.0, 1e-14);
      guarded_close(&out);
    }
    dw_free(b.phi);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(kernels_equal_their_twin),
      cmocka_unit_test(fill_is_add_onto_zero),
      cmocka_unit_test(turned_rows_give_the_same_bits),
      cmocka_unit_test(slopes_of_a_ramp),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
