#include <stdlib.h>
#include <string.h>

#include "lattice/decomposition.h"
#include "tests/dw_test.h"

static void check_blocks(int64_t points, int64_t align, int64_t blocks) {
  assert_int_equal(dw_block_start(points, align, blocks, 0), 0);
  assert_int_equal(dw_block_start(points, align, blocks, blocks), points);
  int64_t least = points;
  int64_t most = 0;
  for (int64_t block = 0; block < blocks; block++) {
    const int64_t start = dw_block_start(points, align, blocks, block);
    const int64_t end = dw_block_start(points, align, blocks, block + 1);
    assert_true(end >= start && start % align == 0);
    least = end - start < least ? end - start : least;
    most = end - start > most ? end - start : most;
    for (int64_t site = start; site < end; site++) {
      assert_int_equal(dw_block_of(points, align, blocks, site), block);
    }
  }
  assert_true(most - least == 0 || most - least == align);
  assert_int_equal(dw_block_start(points, align, blocks, 1), most); /* the first is the longest */
}

/* Catches sites in no block or in two, blocks that differ by more than one unit, and a dw_block_of that isn't the
 * inverse; also with fewer units than blocks, as happens to kz. */
static void blocks_cover_all_sites(void **state) {
  (void)state;
  const int64_t aligns[] = {1, 2, 3, 4, 8};
  for (size_t a = 0; a < sizeof aligns / sizeof aligns[0]; a++) {
    for (int64_t units = 1; units <= 40; units++) {
      for (int64_t blocks = 1; blocks <= 45; blocks++) {
        check_blocks(units * aligns[a], aligns[a], blocks);
      }
    }
  }
  check_blocks(1250, 1, 7);
  check_blocks(3240, 8, 48);
  check_blocks(8192, 4, 1000);
}

/* Catches a block that passes although its halo doesn't fit, or is refused although it does. */
static void fits_exactly_when_each_block_holds_the_halo(void **state) {
  (void)state;
  for (int64_t points = 1; points <= 30; points++) {
    for (int64_t align = 1; align <= 4; align++) {
      for (int64_t halo = 1; halo <= 2; halo++) {
        for (int64_t blocks = -1; blocks <= 32; blocks++) {
          bool expected = blocks >= 1 && points % align == 0;
          for (int64_t b = 0; expected && b < blocks; b++) {
            const int64_t length =
                dw_block_start(points, align, blocks, b + 1) - dw_block_start(points, align, blocks, b);
            expected = length >= halo;
          }
          assert_int_equal(dw_block_fits(points, align, halo, blocks) != 0, expected);
        }
      }
    }
  }
}

/* Sites sent per exchange by all processes, with real block sizes left out: a cut across x costs a plane. */
static int64_t surface(int64_t across_x, int64_t across_y) {
  return (across_x > 1 ? across_x : 0) + (across_y > 1 ? across_y : 0);
}

/* Catches a grid that isn't the one with the least surface among those that fit, and one missed where one fits. */
static void chosen_grid_is_the_best(void **state) {
  (void)state;
  const int64_t sizes[] = {4, 6, 8, 10, 12, 30, 64, 100, 1250};
  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
    for (int processes = 1; processes <= 130; processes++) {
      for (int64_t halo = 1; halo <= 2; halo++) {
        for (int64_t align = 1; align <= 2; align++) {
          int64_t best = -1;
          for (int across = 1; across <= processes; across++) {
            if (processes % across == 0 && dw_block_fits(sizes[i], align, halo, across) &&
                dw_block_fits(sizes[i], align, halo, processes / across)) {
              const int64_t cost = surface(across, processes / across);
              best = best < 0 || cost < best ? cost : best;
            }
          }
          int grid[2] = {-1, -1};
          const dw_status status = dw_grid_choose(sizes[i], align, halo, processes, grid);
          assert_int_equal(status, best < 0 ? DW_ERR_PARAM : DW_OK);
          if (status == DW_OK) {
            const int64_t wanted[2] = {grid[0], grid[1]};
            assert_int_equal(surface(grid[0], grid[1]), best);
            assert_ok(dw_grid_check(sizes[i], align, halo, processes, wanted));
          }
        }
      }
    }
  }
}

/* Catches pencils where slabs send as little (their halos are contiguous), and slabs where pencils send less. */
static void slabs_on_a_tie(void **state) {
  (void)state;
  const int expected[][3] = {{1, 1, 1}, {2, 2, 1}, {3, 3, 1}, {4, 4, 1}, {6, 3, 2}, {16, 4, 4}, {12, 4, 3}};
  for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
    int grid[2];
    assert_ok(dw_grid_choose(128, 1, 2, expected[i][0], grid));
    assert_int_equal(grid[0], expected[i][1]);
    assert_int_equal(grid[1], expected[i][2]);
  }
}

/* Catches advice that doesn't work: every process count named by the message must fit. */
static void suggestion_fits(void **state) {
  (void)state;
  int failures = 0;
  for (int64_t points = 2; points <= 40; points += 2) {
    for (int processes = 1; processes <= 500; processes++) {
      int grid[2];
      if (dw_grid_choose(points, 2, 2, processes, grid) == DW_OK) {
        continue;
      }
      failures++;
      char text[DW_MESSAGE_LENGTH];
      (void)strncpy(text, dw_message(), sizeof text - 1);
      text[sizeof text - 1] = '\0';
      const char *advice = strstr(text, "; use ");
      assert_non_null(advice);
      char *rest;
      const long below = strtol(advice + strlen("; use "), &rest, 10);
      assert_in_range(below, 1, processes - 1);
      assert_ok(dw_grid_choose(points, 2, 2, (int)below, grid));
      if (strncmp(rest, " or ", 4) == 0) {
        const long above = strtol(rest + 4, NULL, 10);
        assert_true(above > processes);
        assert_ok(dw_grid_choose(points, 2, 2, (int)above, grid));
      }
    }
  }
  assert_true(failures > 100);
}

/* Catches a lattice that is too small for its halo and is told to use 0 processes, or 1 where 1 doesn't fit. */
static void too_small_for_any(void **state) {
  (void)state;
  int grid[2];
  for (int processes = 1; processes <= 3; processes++) {
    assert_status(dw_grid_choose(1, 1, 2, processes, grid), DW_ERR_PARAM);
    assert_null(strstr(dw_message(), "use"));
    assert_status(dw_grid_choose(9, 2, 2, processes, grid), DW_ERR_PARAM); /* 9 isn't a multiple of 2 */
    assert_null(strstr(dw_message(), "use"));
  }
}

/* Catches an error message that takes minutes to write on a very large machine. */
static void fails_fast_on_many_processes(void **state) {
  (void)state;
  int grid[2];
  assert_status(dw_grid_choose(64, 1, 2, 1999993, grid), DW_ERR_PARAM);
  assert_non_null(strstr(dw_message(), "use 1024 processes"));
}

/* Catches grids whose product isn't the process count, also where it is only after 32-bit overflow. */
static void wrong_grids_are_refused(void **state) {
  (void)state;
  const int64_t bad[][2] = {
      {3, 1}, {2, 1}, {0, 4}, {4, 0}, {-2, -2}, {-4, -1}, {INT64_C(65536), INT64_C(65536)}, {INT64_C(4294967300), 1}};
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    assert_status(dw_grid_check(INT64_C(1) << 40, 1, 1, 4, bad[i]), DW_ERR_PARAM);
  }
  const int64_t good[2] = {2, 2};
  assert_ok(dw_grid_check(4, 1, 2, 4, good));
  assert_status(dw_grid_check(3, 1, 2, 4, good), DW_ERR_PARAM); /* blocks of 2 and 1 sites */
  assert_status(dw_grid_check(6, 3, 2, 8, (int64_t[2]){4, 2}), DW_ERR_PARAM);
}

/* Catches indices that map to the wrong mode: the map is onto (-N/2, N/2] and inverse modulo N. */
static void mode_numbers(void **state) {
  (void)state;
  for (int64_t points = 1; points <= 20; points++) {
    for (int64_t index = 0; index < points; index++) {
      const int64_t n = dw_mode_number(points, index);
      assert_true(2 * n > -points && 2 * n <= points);
      assert_int_equal((n + points) % points, index);
    }
  }
  assert_int_equal(dw_mode_number(8, 4), 4);
  assert_int_equal(dw_mode_number(9, 4), 4);
  assert_int_equal(dw_mode_number(9, 5), -4);
}

/* Catches 32-bit arithmetic in the division of sites. */
static void beyond_32_bits(void **state) {
  (void)state;
  const int64_t points = INT64_C(3) << 40;
  assert_int_equal(dw_block_start(points, 1, 3, 2), INT64_C(2) << 40);
  assert_int_equal(dw_block_start(points, 8, 3, 3), points);
  assert_int_equal(dw_block_of(points, 8, 3, points - 1), 2);
  assert_int_equal(dw_block_of(points, 1, INT64_C(1) << 33, points - 1), (INT64_C(1) << 33) - 1);
  assert_int_equal(dw_mode_number(points, points - 1), -1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(blocks_cover_all_sites),
      cmocka_unit_test(fits_exactly_when_each_block_holds_the_halo),
      cmocka_unit_test(chosen_grid_is_the_best),
      cmocka_unit_test(slabs_on_a_tie),
      cmocka_unit_test(suggestion_fits),
      cmocka_unit_test(too_small_for_any),
      cmocka_unit_test(fails_fast_on_many_processes),
      cmocka_unit_test(wrong_grids_are_refused),
      cmocka_unit_test(mode_numbers),
      cmocka_unit_test(beyond_32_bits),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
