#include <float.h>
#include <math.h>
#include <string.h>

#include "lattice/sum.h"
#include "tests/dw_test_mpi.h"

__extension__ typedef __int128 int128;

static uint64_t state_of_random = 1;

/* xorshift64* (Vigna 2016) */
static uint64_t next_random(void) {
  state_of_random ^= state_of_random >> 12;
  state_of_random ^= state_of_random << 25;
  state_of_random ^= state_of_random >> 27;
  return state_of_random * UINT64_C(2685821657736338717);
}

static double any_finite_double(void) {
  for (;;) {
    const uint64_t bits = next_random();
    double value;
    memcpy(&value, &bits, sizeof value);
    if (isfinite(value)) {
      return value;
    }
  }
}

static double total(const double *values, size_t count) {
  dw_sum sum;
  dw_sum_clear(&sum);
  for (size_t i = 0; i < count; i++) {
    dw_sum_add(&sum, values[i]);
  }
  return dw_sum_value(&sum);
}

static bool same_bits(double a, double b) { return memcmp(&a, &b, sizeof a) == 0; }

#define assert_total(expected, ...)                                                          \
  do {                                                                                       \
    const double values_[] = {__VA_ARGS__};                                                  \
    const double found_ = total(values_, sizeof values_ / sizeof values_[0]);                \
    if (!same_bits(found_, (expected))) {                                                    \
      print_error("sum of %s: %a, expected %a\n", #__VA_ARGS__, found_, (double)(expected)); \
      fail();                                                                                \
    }                                                                                        \
  } while (0)

/* Catches a small number lost beside a large one. */
static void large_and_small(void **state) {
  (void)state;
  assert_total(1.0, 1e300, 1.0, -1e300);
  assert_total(0x1p-1074, 1e300, 0x1p-1074, -1e300);
  assert_total(-0x1p-1022, DBL_MAX, -0x1p-1022, -DBL_MAX);
  assert_total(3.0, 1e16, 1.0, 1.0, 1.0, -1e16);
}

/* Catches an empty or cancelled sum that isn't +0. */
static void nothing(void **state) {
  (void)state;
  dw_sum sum;
  dw_sum_clear(&sum);
  assert_true(same_bits(dw_sum_value(&sum), 0.0));
  assert_total(0.0, 0.1, -0.1);
  assert_total(0.0, DBL_MAX, 0x1p-1074, -DBL_MAX, -0x1p-1074);
  assert_total(0.0, 0.0, -0.0);
}

/* Catches a single number that comes back changed: every exponent, subnormals and both signs included. */
static void one_number(void **state) {
  (void)state;
  for (int exponent = -1074; exponent < 1024; exponent++) {
    const double value = ldexp(1.0 + 0x1p-52 * (double)(next_random() >> 12), exponent);
    assert_total(value, value);
    assert_total(-value, -value);
  }
  for (int i = 0; i < 100000; i++) {
    const double value = any_finite_double();
    assert_total(value, value);
  }
}

/* Catches wrong rounding of ties, and of what lies just above or below a tie, at every magnitude. */
static void rounds_to_nearest_even(void **state) {
  (void)state;
  for (int exponent = -1021; exponent <= 1023; exponent++) {
    const double one = ldexp(1.0, exponent);
    const double ulp = ldexp(1.0, exponent - 52); /* at least 2^-1073, so half of it is a double */
    const double half = 0.5 * ulp;
    assert_total(one, one, half);
    assert_total(one + 2.0 * ulp, one + ulp, half);
    assert_total(-one, -one, -half);
    assert_total(-(one + 2.0 * ulp), -(one + ulp), -half);
    if (exponent > -1021) {
      assert_total(one + ulp, one, half, 0x1p-1074); /* the tie is broken 2000 binary places below */
      assert_total(one + ulp, one + ulp, half, -0x1p-1074);
      assert_total(-(one + ulp), -one, -half, -0x1p-1074);
    }
  }
}

/* Catches subnormal totals that are rounded, flushed, or wrong where they become normal. */
static void subnormals(void **state) {
  (void)state;
  assert_total(0x3p-1074, 0x1p-1074, 0x1p-1074, 0x1p-1074);
  assert_total(0x1p-1022, 0x0.fffffffffffffp-1022, 0x1p-1074);
  assert_total(0x0.fffffffffffffp-1022, 0x1p-1022, -0x1p-1074);
  dw_sum sum;
  dw_sum_clear(&sum);
  for (int i = 0; i < 100000; i++) {
    dw_sum_add(&sum, 0x7p-1074);
  }
  assert_true(dw_sum_value(&sum) == 700000.0 * 0x1p-1074);
}

/* Catches overflow on the way to a total that is finite, and totals above the largest double. */
static void overflow(void **state) {
  (void)state;
  assert_total(DBL_MAX, DBL_MAX, DBL_MAX, -DBL_MAX);
  assert_total(INFINITY, DBL_MAX, DBL_MAX);
  assert_total(-INFINITY, -DBL_MAX, -DBL_MAX);
  assert_total(INFINITY, DBL_MAX, 0x1p970); /* half of the last place: a tie, up to even */
  assert_total(DBL_MAX, DBL_MAX, 0x1p970, -0x1p-1074);
}

/* Catches lost bits or wrong rounding against integers of 128 bits, whose conversion the compiler rounds. */
static void against_integers(void **state) {
  (void)state;
  for (int trial = 0; trial < 20000; trial++) {
    const int count = 1 + (int)(next_random() % 60);
    dw_sum sum;
    dw_sum_clear(&sum);
    int128 exact = 0;
    for (int i = 0; i < count; i++) {
      const int64_t mantissa = (int64_t)next_random() >> 11; /* 53 bits, signed */
      const int shift = (int)(next_random() % 65);
      exact += (int128)mantissa * ((int128)1 << shift);
      dw_sum_add(&sum, ldexp((double)mantissa, shift));
    }
    const double expected = (double)exact;
    if (!same_bits(dw_sum_value(&sum), expected)) {
      print_error("trial %d: %a, expected %a\n", trial, dw_sum_value(&sum), expected);
      fail();
    }
  }
}

/* Catches a total that depends on the order of the numbers or on how they are grouped. */
static void any_order(void **state) {
  (void)state;
  enum { COUNT = 3000 };
  double values[COUNT];
  for (size_t i = 0; i < COUNT; i++) {
    values[i] = any_finite_double() * 0x1p-12;
  }
  const double expected = total(values, COUNT);
  assert_true(isfinite(expected));
  for (int trial = 0; trial < 20; trial++) {
    dw_sum parts[3];
    for (int p = 0; p < 3; p++) {
      dw_sum_clear(&parts[p]);
    }
    for (size_t i = COUNT - 1; i > 0; i--) { /* Fisher and Yates 1938 */
      const size_t j = (size_t)(next_random() % (i + 1));
      const double swap = values[i];
      values[i] = values[j];
      values[j] = swap;
    }
    for (size_t i = 0; i < COUNT; i++) {
      dw_sum_add(&parts[next_random() % 3], values[i]);
    }
    assert_true(same_bits(total(values, COUNT), expected));
    dw_sum_merge(&parts[2], &parts[0]);
    dw_sum_merge(&parts[1], &parts[2]);
    assert_true(same_bits(dw_sum_value(&parts[1]), expected));
  }
}

/* Catches a total of negative numbers that isn't the mirror of the positive one. */
static void mirrored(void **state) {
  (void)state;
  for (int trial = 0; trial < 1000; trial++) {
    double values[2][50];
    for (int i = 0; i < 50; i++) {
      values[0][i] = any_finite_double() * 0x1p-6;
      values[1][i] = -values[0][i];
    }
    const double up = total(values[0], 50);
    const double down = total(values[1], 50);
    assert_true(same_bits(up, -down));
  }
}

/* Catches limbs that overflow before they are carried: 2^30 numbers, of which all but ten are put there at once. */
static void many_numbers(void **state) {
  (void)state;
  const double values[3] = {0x1.fffffffffffffp-1000, -0x1.fffffffffffffp900, DBL_MAX * 0x1p-31};
  const int64_t before = (INT64_C(1) << 30) - 5;
  for (int v = 0; v < 3; v++) {
    dw_sum sum;
    dw_sum_clear(&sum);
    dw_sum_add(&sum, values[v]);
    for (int i = 0; i < DW_SUM_LIMBS; i++) {
      sum.limb[i] *= before;
    }
    sum.pending = before;
    for (int i = 0; i < 5; i++) {
      dw_sum_add(&sum, values[v]);
    }
    assert_true(same_bits(dw_sum_value(&sum), ldexp(values[v], 30)));
    assert_true(sum.pending < before);
    for (int i = 0; i < 5; i++) { /* 2^30 + 5 times a number of 53 bits: 128 bits hold it */
      dw_sum_add(&sum, values[v]);
    }
    int exponent;
    const int128 mantissa = (int128)ldexp(frexp(values[v], &exponent), 53);
    assert_true(same_bits(dw_sum_value(&sum), ldexp((double)(mantissa * (before + 10)), exponent - 53)));
  }
}

/* Catches NaN and infinities that vanish, in the sum itself and in one merged into it. */
static void not_finite(void **state) {
  (void)state;
  const double bad[3] = {NAN, INFINITY, -INFINITY};
  for (int b = 0; b < 3; b++) {
    dw_sum sum;
    dw_sum other;
    dw_sum_clear(&sum);
    dw_sum_clear(&other);
    dw_sum_add(&other, bad[b]);
    dw_sum_add(&other, 1.0);
    assert_true(isnan(dw_sum_value(&other)));
    dw_sum_merge(&sum, &other);
    assert_true(isnan(dw_sum_value(&sum)));
    dw_sum_clear(&sum);
    assert_true(dw_sum_value(&sum) == 0.0);
  }
}

/* Catches a total over processes that depends on how the numbers are divided over them. */
static void over_processes(void **state) {
  (void)state;
  enum { COUNT = 997 };
  const int rank = dw_comm_rank(dw_comm_world());
  const int size = dw_comm_size(dw_comm_world());
  state_of_random = 12345; /* the same numbers on all */
  double values[COUNT];
  for (size_t i = 0; i < COUNT; i++) {
    values[i] = any_finite_double() * 0x1p-10;
  }
  const double expected = total(values, COUNT);
  dw_sum sums[3]; /* dealt out in turn, in blocks, all on the last process */
  for (int s = 0; s < 3; s++) {
    dw_sum_clear(&sums[s]);
  }
  for (int i = 0; i < COUNT; i++) {
    const int owner[3] = {i % size, i * size / COUNT, size - 1};
    for (int s = 0; s < 3; s++) {
      if (owner[s] == rank) {
        dw_sum_add(&sums[s], values[i]);
      }
    }
  }
  dw_sum_reduce(dw_comm_world(), sums, 3);
  for (int s = 0; s < 3; s++) {
    assert_all(same_bits(dw_sum_value(&sums[s]), expected));
  }
  const double after = expected + 1.0; /* a reduced sum is a sum like any other */
  dw_sum_add(&sums[0], 1.0);
  assert_all(same_bits(dw_sum_value(&sums[0]), after) || fabs(expected) < 0x1p53);
}

/* Catches signs that are lost between processes, and a NaN that only one of them has. */
static void signs_and_nan_over_processes(void **state) {
  (void)state;
  const int rank = dw_comm_rank(dw_comm_world());
  const int size = dw_comm_size(dw_comm_world());
  dw_sum sums[2];
  dw_sum_clear(&sums[0]);
  dw_sum_clear(&sums[1]);
  dw_sum_add(&sums[0], rank == 0 ? 1e300 : -1e-300);
  dw_sum_add(&sums[0], rank == size - 1 ? -1e300 : 0.0);
  dw_sum_add(&sums[1], rank == size - 1 ? (double)NAN : 1.0);
  dw_sum_reduce(dw_comm_world(), sums, 2);
  const double tiny = 1e-300;
  assert_all_close(dw_sum_value(&sums[0]), -tiny * (size - 1), 4e-16, 0.0);
  assert_all(isnan(dw_sum_value(&sums[1])));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(large_and_small),
    cmocka_unit_test(nothing),
    cmocka_unit_test(one_number),
    cmocka_unit_test(rounds_to_nearest_even),
    cmocka_unit_test(subnormals),
    cmocka_unit_test(overflow),
    cmocka_unit_test(against_integers),
    cmocka_unit_test(any_order),
    cmocka_unit_test(mirrored),
    cmocka_unit_test(many_numbers),
    cmocka_unit_test(not_finite),
    cmocka_unit_test(over_processes),
    cmocka_unit_test(signs_and_nan_over_processes),
};

DW_TEST_MPI_MAIN(tests)
