/* Unequal-time correlator of tracks against sums by hand, and its errors against the scatter of many realisations. */
#include "tests/dw_test.h"

#include <math.h>
#include <string.h>

#include "analysis/post/utc_estimate.h"
#include "tests/analysis/coherence_processes.h"

/* Catches wrong sums, normalisation by the wrong time, and a mean that isn't one over modes. */
static void test_by_hand(void **state) {
  (void)state;
  const double amplitude[2][2][4] = {{{1, 2, 0, -1}, {0, 3, 1, 0}}, {{2, 0, 1, 1}, {-1, 1, 0, 2}}};
  const dw_utc_tracks tracks = {.samples = 2, .modes = 2, .amplitude = &amplitude[0][0][0]};
  dw_utc_estimate e;
  assert_ok(dw_utc_estimate_tracks(&e, &tracks));
  assert_true(e.rows == 2 && e.columns == 2);
  assert_close(e.utc[0], 16.0 / 2.0, 1e-15, 0);
  assert_close(e.utc[3], 12.0 / 2.0, 1e-15, 0);
  assert_close(e.utc[1], (1.0 + 3.0) / 2.0, 1e-15, 0);
  assert_true(e.utc[2] == e.utc[1]);
  const double c = 4.0 / sqrt(16.0 * 12.0);
  assert_close(e.coherence[1], c, 1e-15, 0);
  assert_close(e.coherence[0], 1.0, 1e-15, 0);
  assert_close(e.gaussian_error[1], (1.0 - c * c) / sqrt(8.0), 1e-14, 0);
  /* without the first mode 3/sqrt(10 6), without the second 1/sqrt(6 6); two blocks: half the difference */
  assert_close(e.error[1], 0.5 * (3.0 / sqrt(60.0) - 1.0 / 6.0), 1e-14, 0);
  assert_close(e.error[0], 0.0, 0, 1e-15);
  dw_utc_estimate_destroy(&e);
}

/* Catches modes that are in no block, or weights of blocks that forget their sizes: three modes as one and two,
 * h = 3 and 3/2. */
static void test_uneven_blocks(void **state) {
  (void)state;
  const double amplitude[2][3][4] = {{{1, 0, 0, 0}, {2, 0, 0, 0}, {0, 1, 0, 0}},
                                     {{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 1, 0, 0}}};
  const dw_utc_tracks tracks = {.samples = 2, .modes = 3, .blocks = 2, .amplitude = &amplitude[0][0][0]};
  dw_utc_estimate e;
  assert_ok(dw_utc_estimate_tracks(&e, &tracks));
  const double c = 2.0 / sqrt(6.0 * 3.0);
  const double d[] = {2.0 * (c - 1.0 / sqrt(5.0 * 2.0)), 0.5 * (c - 1.0)};
  const double mean = d[0] / 3.0 + d[1] / 1.5;
  const double variance = 0.5 * ((d[0] - mean) * (d[0] - mean) / 2.0 + (d[1] - mean) * (d[1] - mean) / 0.5);
  assert_close(e.coherence[1], c, 1e-15, 0);
  assert_close(e.error[1], sqrt(variance), 1e-13, 0);
  dw_utc_estimate_destroy(&e);
}

/* Catches a coherence that minds the power at either time, or that isn't symmetric or exceeds 1. */
static void test_power_drops_out(void **state) {
  (void)state;
  process p = process_create(9, 30, 0.7, 3);
  dw_utc_estimate plain, scaled;
  fill_gaussian(&p, 1.0);
  assert_ok(dw_utc_estimate_tracks(&plain, &p.tracks));
  for (int64_t i = 0; i < 9 * 30 * 4; i++) {
    p.amplitude[i] *= exp(0.9 * (double)(i / 120));
  }
  assert_ok(dw_utc_estimate_tracks(&scaled, &p.tracks));
  for (int64_t i = 0; i < 81; i++) {
    assert_close(scaled.coherence[i], plain.coherence[i], 0, 1e-14);
    assert_close(scaled.error[i], plain.error[i], 1e-9, 1e-14);
    assert_true(plain.coherence[i] == plain.coherence[i % 9 * 9 + i / 9] && fabs(plain.coherence[i]) <= 1.0);
    assert_close(plain.coherence[i], i / 9 == i % 9 ? 1.0 : plain.coherence[i], 1e-15, 0);
  }
  dw_utc_estimate_destroy(&plain);
  dw_utc_estimate_destroy(&scaled);
  process_destroy(&p);
}

enum { REALISATIONS = 500, LAGS = 6 };

/* Scatter of C(0, lag) over realisations, and the means of both errors. Groups of `together` modes are copies. */
static void scatter_of(process *p, int64_t together, double scatter[LAGS], double error[LAGS], double gaussian[LAGS]) {
  double sum[LAGS] = {0.0}, squares[LAGS] = {0.0};
  memset(error, 0, LAGS * sizeof *error);
  memset(gaussian, 0, LAGS * sizeof *gaussian);
  for (int n = 0; n < REALISATIONS; n++) {
    dw_utc_estimate e;
    p->seed = 7000 + n;
    fill_gaussian(p, 1.0);
    repeat_modes(p, together);
    assert_ok(dw_utc_estimate_tracks(&e, &p->tracks));
    for (int i = 0; i < LAGS; i++) {
      sum[i] += e.coherence[i + 1];
      squares[i] += e.coherence[i + 1] * e.coherence[i + 1];
      error[i] += e.error[i + 1] / REALISATIONS;
      gaussian[i] += e.gaussian_error[i + 1] / REALISATIONS;
    }
    dw_utc_estimate_destroy(&e);
  }
  for (int i = 0; i < LAGS; i++) {
    scatter[i] = sqrt(squares[i] / REALISATIONS - sum[i] * sum[i] / REALISATIONS / REALISATIONS);
  }
}

/* Catches an error of wrong size, from C near 1 to C near 0; blocks even and uneven. The scatter is known to 3 %. */
static void test_errors_are_the_scatter(void **state) {
  (void)state;
  double scatter[LAGS], error[LAGS], gaussian[LAGS];
  for (int64_t blocks = 0; blocks <= 22; blocks += 22) {
    process p = process_create(LAGS + 1, 50, 0.5, 0);
    p.tracks.blocks = blocks; /* 50 of one mode; 22 of two or three */
    scatter_of(&p, 1, scatter, error, gaussian);
    for (int i = 0; i < LAGS; i++) {
      assert_close(error[i], scatter[i], 0.12, 0);
      assert_close(gaussian[i], scatter[i], 0.12, 0);
    }
    process_destroy(&p);
  }
}

/* Catches blocks that don't hold neighbours together: of copies the Gaussian formula doesn't know. */
static void test_blocks_hold_neighbours(void **state) {
  (void)state;
  double scatter[LAGS], error[LAGS], gaussian[LAGS];
  process p = process_create(LAGS + 1, 100, 0.5, 0);
  p.tracks.blocks = 50;
  scatter_of(&p, 2, scatter, error, gaussian);
  for (int i = 0; i < LAGS; i++) {
    assert_close(error[i], scatter[i], 0.12, 0);
    assert_close(gaussian[i], scatter[i] / sqrt(2.0), 0.12, 0);
  }
  process_destroy(&p);
}

static double doubled(double c) { return 2.0 * c; }

/* Catches means over the wrong pairs, a covariance without or with the square of the transform's slope, one that
 * disagrees with the errors of single pairs, or that isn't that of sums. */
static void test_covariance_of_means(void **state) {
  (void)state;
  process p = process_create(5, 37, 0.8, 11);
  p.tracks.blocks = 10;
  fill_gaussian(&p, 1.0);
  dw_utc_estimate e;
  assert_ok(dw_utc_estimate_tracks(&e, &p.tracks));
  int64_t pair[][2] = {{0, 1}, {2, 3}, {0, 1}, {2, 3}};
  const dw_utc_means means = {.count = 3, .begin = (int64_t[]){0, 1, 2, 4}, .pair = pair};
  double value[3], c[9], twice[3], four[9];
  assert_ok(dw_utc_jackknife(&p.tracks, &means, NULL, value, c));
  assert_ok(dw_utc_jackknife(&p.tracks, &means, doubled, twice, four));
  assert_close(value[0], e.coherence[1], 1e-15, 0);
  assert_close(value[1], e.coherence[13], 1e-15, 0);
  assert_close(value[2], 0.5 * (value[0] + value[1]), 1e-15, 0);
  assert_close(c[0], e.error[1] * e.error[1], 1e-10, 0);
  assert_close(c[4], e.error[13] * e.error[13], 1e-10, 0);
  assert_close(c[8], 0.25 * (c[0] + c[4] + 2.0 * c[1]), 1e-10, 0);
  for (int i = 0; i < 9; i++) {
    assert_close(four[i], 4.0 * c[i], 1e-12, 0);
    assert_close(c[i], c[i % 3 * 3 + i / 3], 1e-14, 0);
  }
  dw_utc_estimate_destroy(&e);
  process_destroy(&p);
}

/* Catches an effective number that tails don't lower, or that normal modes lower. exp(0.5 normal) raises the mean
 * fourth power of amplitudes over the square of the second to 3/2 exp(1). */
static void test_effective_blocks(void **state) {
  (void)state;
  process p = process_create(3, 4000, 1.0, 5);
  p.tracks.blocks = 4000;
  double blocks;
  fill_gaussian(&p, 1.0);
  assert_ok(dw_utc_effective_blocks(&p.tracks, &blocks));
  assert_close(blocks, 4000.0, 0.02, 0);
  add_tails(&p, 0.5, 1);
  assert_ok(dw_utc_effective_blocks(&p.tracks, &blocks));
  assert_close(blocks, 4000.0 / exp(1.0), 0.1, 0);
  p.tracks.blocks = 400;
  fill_gaussian(&p, 1.0);
  add_tails(&p, 0.5, 10); /* ten normal modes: 1 + 1/20; with the factor of the block, times e */
  assert_ok(dw_utc_effective_blocks(&p.tracks, &blocks));
  assert_close(blocks, 400.0 / exp(1.0), 0.2, 0);
  process_destroy(&p);
}

/* Catches rows that belong to other times, and modes of the full cube counted as pairs of k and -k. */
static void test_reference(void **state) {
  (void)state;
  process p = process_create(6, 40, 0.5, 2);
  fill_gaussian(&p, 1.0);
  dw_utc_estimate tracks, reference;
  assert_ok(dw_utc_estimate_tracks(&tracks, &p.tracks));
  const int64_t at[] = {3, 1};
  double etc[6], utc[12];
  for (int64_t t = 0; t < 6; t++) {
    etc[t] = tracks.utc[t * 7];
    utc[t] = tracks.utc[3 * 6 + t];
    utc[6 + t] = tracks.utc[6 + t];
  }
  assert_ok(dw_utc_estimate_reference(&reference, 2, 6, at, utc, etc, 80.0));
  for (int64_t i = 0; i < 12; i++) {
    assert_close(reference.coherence[i], tracks.coherence[at[i / 6] * 6 + i % 6], 1e-14, 0);
    assert_close(reference.error[i], tracks.gaussian_error[at[i / 6] * 6 + i % 6], 1e-12, 1e-15);
  }
  dw_utc_estimate_destroy(&reference);
  etc[4] = 0.0;
  utc[2] = NAN;
  assert_ok(dw_utc_estimate_reference(&reference, 2, 6, at, utc, etc, 80.0));
  assert_true(isnan(reference.coherence[4]) && isnan(reference.coherence[10]) && isnan(reference.coherence[2]));
  assert_true(isfinite(reference.coherence[8]));
  dw_utc_estimate_destroy(&reference);
  dw_utc_estimate_destroy(&tracks);
  process_destroy(&p);
}

/* Catches shapes that would be read beyond their end or divided by 0. */
static void test_refused(void **state) {
  (void)state;
  const double amplitude[16] = {1.0};
  dw_utc_estimate e;
  double blocks;
  dw_utc_tracks tracks = {.samples = 1, .modes = 1, .amplitude = amplitude};
  assert_status(dw_utc_estimate_tracks(&e, &tracks), DW_ERR_INTERNAL);
  assert_null(e.utc);
  tracks = (dw_utc_tracks){.samples = 0, .modes = 2, .amplitude = amplitude};
  assert_status(dw_utc_estimate_tracks(&e, &tracks), DW_ERR_INTERNAL);
  tracks = (dw_utc_tracks){.samples = 1, .modes = 2, .blocks = 3, .amplitude = amplitude};
  assert_status(dw_utc_effective_blocks(&tracks, &blocks), DW_ERR_INTERNAL);
  tracks.blocks = 1;
  assert_status(dw_utc_jackknife(&tracks, NULL, NULL, NULL, NULL), DW_ERR_INTERNAL);
  assert_status(dw_utc_estimate_reference(&e, 0, 1, NULL, NULL, NULL, 1.0), DW_ERR_INTERNAL);
  assert_status(dw_utc_estimate_reference(&e, 1, 1, NULL, NULL, NULL, 0.0), DW_ERR_INTERNAL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_by_hand),
      cmocka_unit_test(test_uneven_blocks),
      cmocka_unit_test(test_power_drops_out),
      cmocka_unit_test(test_errors_are_the_scatter),
      cmocka_unit_test(test_blocks_hold_neighbours),
      cmocka_unit_test(test_covariance_of_means),
      cmocka_unit_test(test_effective_blocks),
      cmocka_unit_test(test_reference),
      cmocka_unit_test(test_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
