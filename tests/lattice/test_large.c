#define _DEFAULT_SOURCE /* MAP_ANONYMOUS, MAP_NORESERVE */
#include <sys/mman.h>

#include <stdio.h>
#include <string.h>

#include "lattice/field.h"
#include "lattice/halo.h"
#include "lattice/modes.h"
#include "lattice/shells.h"
#include "tests/dw_test.h"

/* Index arithmetic beyond 2^31 sites, on lattices of which only the pages that are written take memory. */

static dw_lattice whole_lattice(int64_t points, int halo) {
  return (dw_lattice){.points = points,
                      .length = 1.0,
                      .spacing = 1.0 / (double)points,
                      .halo = halo,
                      .align = 1,
                      .grid = {1, 1},
                      .count = {points, points},
                      .comm = dw_comm_self()};
}

/* Address space without memory behind it; NULL where the system has none to give. */
static void *reserve(size_t bytes) {
  void *block = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return block == MAP_FAILED ? NULL : block;
}

static const int64_t SIZES[] = {1291, 2048, 8192};
enum { SIZE_COUNT = 3 };

/* Catches byte counts that are cut to 32 bits, against numbers worked out by hand. */
static void byte_counts(void **state) {
  (void)state;
  const int one[2] = {1, 1};
  const int four[2] = {2, 2};
  const dw_share alone = {.points = 8192, .align = 1, .grid = {1, 1}};
  const dw_share first = {.points = 8192, .align = 1, .grid = {2, 2}};
  assert_true(dw_field_bytes(8192, 8192, 8192, 2, DW_DOUBLE) == (size_t)8196 * 8196 * 8200 * 8);
  assert_true(dw_field_bytes(1291, 1291, 1291, 1, DW_SINGLE) == (size_t)1293 * 1293 * 1312 * 4);
  assert_true(dw_halo_bytes(65536, 65536, 65536, 2, four, DW_DOUBLE) == (size_t)4 * 65536 * 8 * (4 * 65536 + 8));
  assert_true(dw_halo_bytes(8192, 8192, 8192, 2, one, DW_DOUBLE) == 0);
  const size_t modes = (size_t)8192 * 8192 * 4100 * 16;
  const size_t found = dw_modes_bytes(&alone, DW_ALL_MODES, DW_DOUBLE);
  assert_true(found > modes && found < modes + ((size_t)1 << 30)); /* and line buffers */
  const size_t quarter = dw_modes_bytes(&first, DW_ALL_MODES, DW_SINGLE);
  assert_true(quarter > modes / 8 && quarter < modes / 8 + ((size_t)1 << 32));
}

/* Catches rows of a field that land on others because an offset wraps: each corner keeps its own number. */
static void corners_of_a_field(void **state) {
  (void)state;
  for (int i = 0; i < SIZE_COUNT; i++) {
    const int64_t n = SIZES[i];
    const dw_lattice lattice = whole_lattice(n, 2);
    const size_t bytes = dw_field_bytes(n, n, n, 2, DW_SINGLE);
    dw_field field = {.lattice = &lattice, .precision = DW_SINGLE, .data = reserve(bytes)};
    if (field.data == NULL) {
      print_message("SKIP: no address space for %lld points a side\n", (long long)n);
      continue;
    }
    field.pitch = (ptrdiff_t)(dw_field_bytes(n, 1, 1, 1, DW_SINGLE) / (9 * sizeof(float)));
    field.stride_x = field.pitch * (n + 4);
    const int64_t at[] = {-2, 0, n / 2, n - 1, n + 1};
    for (int pass = 0; pass < 2; pass++) {
      double number = 0.0;
      for (int x = 0; x < 5; x++) {
        for (int y = 0; y < 5; y++) {
          for (int z = 1; z < 4; z++) {
            number++;
            if (pass == 0) {
              dw_field_set(&field, at[x], at[y], at[z], number);
            } else {
              assert_true(dw_field_get(&field, at[x], at[y], at[z]) == number);
            }
          }
        }
      }
    }
    const char *last = (const char *)dw_field_row(&field, n + 1, n + 1) + (size_t)n * sizeof(float);
    assert_true((size_t)(last - (const char *)field.data) <= bytes);
    assert_int_equal(munmap(field.data, bytes), 0);
  }
}

/* Catches the same for modes, and for the rows that a shell average reads. */
static void corners_of_the_modes(void **state) {
  (void)state;
  for (int i = 0; i < SIZE_COUNT; i++) {
    const int64_t n = SIZES[i];
    const int64_t half = n / 2 + 1;
    const dw_lattice lattice = whole_lattice(n, 1);
    const size_t bytes = (size_t)(n * n * half) * 2 * sizeof(float);
    dw_modes modes = {.lattice = &lattice, .precision = DW_SINGLE, .side = n, .count = {n, half}};
    modes.stride_y = half;
    modes.stride_x = half * n;
    modes.data = reserve(bytes);
    if (modes.data == NULL) {
      print_message("SKIP: no address space for %lld points a side\n", (long long)n);
      continue;
    }
    const int64_t at[] = {0, n / 2, n - 1};
    for (int pass = 0; pass < 2; pass++) {
      for (int m = 0; m < 27; m++) {
        const int64_t kz = at[m % 3] < half ? at[m % 3] : half - 2;
        double value[2] = {1.0 + m, -1.0 - m};
        if (pass == 0) {
          dw_modes_set(&modes, at[m / 9], at[m / 3 % 3], kz, value);
        } else {
          dw_modes_get(&modes, at[m / 9], at[m / 3 % 3], kz, value);
          assert_true(value[0] == 1.0 + m && value[1] == -1.0 - m);
        }
      }
    }
    static double square[8192];
    if (n <= 2048) { /* touches a page for each kx */
      dw_mode_square(NULL, &modes, n - 1, half - 1, 1, square);
      assert_true(square[n - 1] == 2.0 * 26.0 * 26.0); /* m = 25: kz = N/2 */
    }
    assert_int_equal(munmap(modes.data, bytes), 0);
  }
}

/* Catches a fingerprint that knows positions only modulo 2^32: 64 planes of 8192^2 sites make 2^32. */
static void fingerprint_far_away(void **state) {
  (void)state;
  uint64_t found[3];
  const int64_t start[3][2] = {{0, 0}, {64, 0}, {8191, 8191}};
  for (int i = 0; i < 3; i++) {
    dw_lattice lattice = whole_lattice(8192, 1);
    lattice.start[0] = start[i][0];
    lattice.start[1] = start[i][1];
    lattice.count[0] = 1;
    lattice.count[1] = 1;
    dw_field *field = NULL;
    assert_ok(dw_field_create(&field, &lattice, DW_SINGLE));
    dw_field_set(field, 0, 0, 8191, 1.0);
    found[i] = dw_field_fingerprint(field);
    dw_field_destroy(field);
  }
  assert_true(found[0] != found[1] && found[0] != found[2] && found[1] != found[2]);
}

/* Catches sizes that can't be addressed and pass as small ones. */
static void memory_that_cannot_be_had(void **state) {
  (void)state;
  dw_lattice lattice = whole_lattice(INT64_C(1) << 21, 2); /* 2^66 bytes */
  dw_field *field = NULL;
  assert_status(dw_field_create(&field, &lattice, DW_DOUBLE), DW_ERR_MEMORY);
  assert_null(field);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(byte_counts),
      cmocka_unit_test(corners_of_a_field),
      cmocka_unit_test(corners_of_the_modes),
      cmocka_unit_test(fingerprint_far_away),
      cmocka_unit_test(memory_that_cannot_be_had),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
