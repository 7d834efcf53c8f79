/* Models of the coherence against processes of known coherence. */
#include "tests/dw_test.h"

#include <math.h>
#include <string.h>

#include "analysis/post/coherence.h"
#include "tests/analysis/coherence_measured.h"

static void standing(process *p) { fill_standing(p, 0.7, 0.7); }
static void standing_mixed(process *p) { fill_standing(p, 0.5, 1.5); }

/* Gaussian in the logarithm of time: it forgets more and more slowly. */
static void slowing(process *p) {
  double clock[MOST_TIMES];
  for (int64_t s = 0; s < p->tracks.samples; s++) {
    clock[s] = 8.0 * log(p->x[s]);
  }
  fill_clock(p, clock);
}

static dw_coherence_comparison compare(process *p, void (*fill)(process *), int64_t shells, int64_t seed) {
  dw_coherence_data data;
  dw_coherence_comparison comparison;
  create(&data, p, shells);
  add(&data, p, fill, shells, seed);
  assert_ok(dw_coherence_compare(&data, &comparison));
  dw_coherence_data_destroy(&data);
  return comparison;
}

/* Catches a row that isn't the model it is named after. */
static void test_models(void **state) {
  (void)state;
  const dw_coherence_model *m = dw_coherence_models;
  assert_ptr_equal(dw_coherence_model_find("coherent"), &m[COHERENT]);
  assert_ptr_equal(dw_coherence_model_find("incoherent"), &m[INCOHERENT]);
  assert_ptr_equal(dw_coherence_model_find("top-hat"), &m[TOP_HAT]);
  assert_ptr_equal(dw_coherence_model_find("gaussian"), &m[GAUSSIAN]);
  assert_null(dw_coherence_model_find("lorentzian"));
  assert_true(m[COHERENT].value(1.0, 9.0, NAN) == 1.0);
  assert_true(m[INCOHERENT].value(1.0, 9.0, 2.0) == 0.0 && m[INCOHERENT].value(9.0, 9.0, 2.0) == 1.0);
  assert_true(m[TOP_HAT].value(5.0, 3.5, 2.0) == 1.0 && m[TOP_HAT].value(3.0, 5.5, 2.0) == 0.0);
  assert_close(m[GAUSSIAN].value(3.0, 9.0, 3.0), exp(-2.0), 1e-15, 0);
  assert_true(m[COHERENT].parameters == 0 && m[INCOHERENT].parameters == 0);
  assert_true(m[TOP_HAT].parameters == 1 && m[GAUSSIAN].parameters == 1);
}

/* Catches a z that isn't finite and odd, or a slope that isn't its derivative. */
static void test_z(void **state) {
  (void)state;
  for (double c = -1.0; c <= 1.0; c += 0.125) {
    const double h = 1e-8;
    const double difference = (dw_coherence_z(c + h) - dw_coherence_z(c - h)) / (2.0 * h);
    assert_close(dw_coherence_z_slope(c), difference, 2e-6, 0);
    assert_close(dw_coherence_z(-c), -dw_coherence_z(c), 1e-15, 0);
  }
  assert_close(dw_coherence_z(0.5), atanh(0.5), 2e-4, 0);
}

/* Catches a division by the errors of a frozen field, which are 0, and a scale fitted where none is needed. */
static void test_frozen(void **state) {
  (void)state;
  for (int64_t modes = 50; modes <= 400; modes += 350) {
    process p = process_create(24, modes, 1.0, 0);
    for (int64_t seed = 1; seed <= 4; seed++) {
      const dw_coherence_comparison c = compare(&p, fill_frozen, 1, seed);
      assert_true(c.best == COHERENT && c.fits);
      assert_close(c.fit[COHERENT].chi2, 0.0, 0, 1e-9);
      assert_true(isnan(c.fit[COHERENT].scale));
      assert_true(c.fit[GAUSSIAN].limit && c.fit[TOP_HAT].limit && c.fit[INCOHERENT].limit);
      assert_true(c.fit[INCOHERENT].p < 1e-6);
    }
    process_destroy(&p);
  }
}

/* Catches another model for noise, and a weight that isn't the spacing of the samples. At a rate of 1 %, one
 * of the twenty may be rejected. */
static void test_redrawn(void **state) {
  (void)state;
  const double spacing[] = {0.25, 3.0};
  int rejected = 0;
  for (int i = 0; i < 4; i++) {
    process p = process_create(24, i < 2 ? 50 : 400, spacing[i % 2], 0);
    for (int64_t seed = 1; seed <= 5; seed++) {
      const dw_coherence_comparison c = compare(&p, fill_redrawn, 1, seed);
      assert_true(c.best == INCOHERENT && !c.fit[INCOHERENT].limit);
      rejected += c.fits ? 0 : 1;
      assert_close(c.fit[INCOHERENT].scale, spacing[i % 2], 0.05, 0);
      assert_true(c.fit[COHERENT].p < 1e-6 && c.fit[INCOHERENT].scale_error < 0.05 * spacing[i % 2]);
    }
    process_destroy(&p);
  }
  assert_true(rejected <= 1);
}

/* Catches a wrong model, scale or weight, sampled from a sixth of the scale to three halves of it; one shell or four.
 */
static void test_gaussian(void **state) {
  (void)state;
  const double spacing[] = {0.3, 1.0, 3.0};
  int rejected = 0;
  for (int i = 0; i < 6; i++) {
    process p = process_create(24, i < 3 ? 50 : 400, spacing[i % 3], 0);
    const int64_t shells = i < 3 ? 4 : 1;
    for (int64_t seed = 1; seed <= 4; seed++) {
      const dw_coherence_comparison c = compare(&p, gaussian, shells, seed);
      assert_true(c.best == GAUSSIAN && !c.fit[GAUSSIAN].limit);
      rejected += c.fits ? 0 : 1;
      assert_close(c.fit[GAUSSIAN].scale, time_scale, 0.05, 0);
      assert_true(c.fit[COHERENT].p < 1e-3 && c.fit[INCOHERENT].p < 1e-3 && c.fit[TOP_HAT].p < 1e-3);
      if (spacing[i % 3] <= 0.5 * time_scale) { /* else trapezia don't resolve it */
        assert_close(c.fit[INCOHERENT].scale, sqrt(2.0 * acos(-1.0)) * time_scale, 0.1, 0);
      }
    }
    process_destroy(&p);
  }
  assert_true(rejected <= 1);
}

/* Catches a model that is made to fit what none of them is: waves with phases, and a source that slows down. */
static void test_none_fits(void **state) {
  (void)state;
  void (*const fill[])(process *) = {standing, standing_mixed, slowing};
  for (int i = 0; i < 6; i++) {
    process p = process_create(24, i < 3 ? 50 : 400, i % 3 == 1 ? 0.5 : 1.0, 0);
    for (int64_t seed = 1; seed <= 4; seed++) {
      const dw_coherence_comparison c = compare(&p, fill[i % 3], 1, seed);
      assert_false(c.fits);
      assert_true(c.fit[c.best].p < 1e-3);
    }
    process_destroy(&p);
  }
}

/* Catches the wrong model from references: times of rows mixed up, a covariance that isn't the model's. */
static void test_reference_picks(void **state) {
  (void)state;
  void (*const fill[])(process *) = {fill_frozen, fill_redrawn, standing, gaussian, standing_mixed};
  const int expected[] = {COHERENT, INCOHERENT, -1, GAUSSIAN, -1};
  process p = process_create(24, 400, 1.0, 0);
  for (int i = 0; i < 5; i++) {
    for (int64_t seed = 1; seed <= 3; seed++) {
      dw_coherence_data data;
      dw_coherence_comparison c;
      create(&data, &p, 1);
      add_reference(&data, &p, fill[i], seed);
      assert_ok(dw_coherence_compare(&data, &c));
      assert_int_equal(c.fits ? c.best : -1, expected[i]);
      if (expected[i] == GAUSSIAN || expected[i] == INCOHERENT) {
        assert_close(c.fit[c.best].scale, expected[i] == GAUSSIAN ? time_scale : 1.0, 0.05, 0);
      }
      dw_coherence_data_destroy(&data);
    }
  }
  process_destroy(&p);
}

/* Catches a coherent source refused for what is below the floor (stored correlators are rounded), or let off for more.
 */
static void test_floor(void **state) {
  (void)state;
  const int64_t at[] = {0};
  const double x[] = {1.0, 2.0, 3.0, 4.0};
  const double etc[] = {1.0, 1.0, 1.0, 1.0};
  for (int i = 0; i < 2; i++) {
    const double loss = i == 0 ? 5e-5 : 5e-3;
    const double utc[] = {1.0, 1.0 - loss, 1.0 - loss, 1.0 - loss};
    dw_utc_estimate estimate;
    dw_coherence_data data;
    dw_coherence_fit fit;
    assert_ok(dw_coherence_data_create(&data, 1, 4, 1.0));
    assert_ok(dw_utc_estimate_reference(&estimate, 1, 4, at, utc, etc, 1000.0));
    assert_ok(dw_coherence_data_add_reference(&data, &estimate, at, x, 2000.0));
    assert_ok(dw_coherence_fit_model(&data, &dw_coherence_models[COHERENT], &fit));
    assert_true(i == 0 ? fit.p > 0.5 : fit.p < 1e-3);
    dw_coherence_data_destroy(&data);
    dw_utc_estimate_destroy(&estimate);
  }
}

/* Catches a chi^2 or p that isn't the textbook's for independent errors: of two pairs p = exp(-chi^2/2). */
static void test_chi2_by_hand(void **state) {
  (void)state;
  const double x[][2] = {{1.0, 2.0}, {5.0, 3.0}};
  const double c[] = {0.02, -0.03};
  const double error[] = {0.01, 0.02};
  dw_coherence_data data;
  dw_coherence_fit fit;
  assert_ok(dw_coherence_data_create(&data, 1, 4, 1.0));
  assert_ok(dw_coherence_data_add_pairs(&data, 2, x, c, error));
  assert_ok(dw_coherence_fit_model(&data, &dw_coherence_models[INCOHERENT], &fit));
  assert_close(fit.chi2, 4.0 / (1.0 + 1e-4) + 2.25 / (1.0 + 0.25e-4), 1e-12, 0); /* with the floor of 1e-4 */
  assert_close(fit.dof, 2.0, 1e-15, 0);
  assert_close(fit.p, exp(-0.5 * fit.chi2), 1e-10, 0);
  assert_true(fit.score == fit.chi2);
  dw_coherence_data_destroy(&data);
}

/* Catches a top hat's edge in the wrong gap, or a search that slides on its steps; shells of different spacing. */
static void test_top_hat(void **state) {
  (void)state;
  dw_coherence_data data;
  dw_coherence_comparison c;
  assert_ok(dw_coherence_data_create(&data, 2, 8, 1.0));
  for (int shell = 0; shell < 2; shell++) {
    double x[40][2], value[40], error[40];
    for (int i = 0; i < 40; i++) {
      const double lag = (1 + i % 20) * (shell == 0 ? 0.2 : 0.31);
      x[i][0] = 3.0 + i;
      x[i][1] = x[i][0] + (i % 2 == 0 ? lag : -lag);
      value[i] = (lag < 2.53 ? 0.995 : 0.0) + (i % 3 - 1) * 0.02 * (lag < 2.53 ? 0.1 : 1.0);
      error[i] = lag < 2.53 ? 0.005 : 0.02;
    }
    assert_ok(dw_coherence_data_add_pairs(&data, 40, (const double(*)[2])x, value, error));
  }
  assert_ok(dw_coherence_compare(&data, &c));
  assert_true(c.best == TOP_HAT && c.fits && !c.fit[TOP_HAT].limit);
  assert_close(c.fit[TOP_HAT].scale, 2.54, 0, 1e-9); /* between 8 x 0.31 and 13 x 0.2 */
  assert_close(c.fit[TOP_HAT].scale_error, 0.06, 0, 1e-9);
  assert_close(c.fit[TOP_HAT].dof, 79.0, 1e-14, 0);
  dw_coherence_data_destroy(&data);
}

/* Catches bins that don't hold their lags, wrong averages over shells, errors that don't cover the truth. */
static void test_table(void **state) {
  (void)state;
  process p = process_create(24, 100, 0.5, 0);
  dw_coherence_data data;
  create(&data, &p, 5);
  add(&data, &p, gaussian, 5, 1);
  for (int64_t bin = 0; bin < 24; bin++) {
    const dw_coherence_row row = dw_coherence_table_row(&data.table, bin);
    assert_int_equal(row.pairs, 5 * (24 - bin));
    assert_close(row.lag, 0.5 * (double)bin, 1e-12, 1e-15);
    const double truth = exp(-0.5 * row.lag * row.lag / (time_scale * time_scale));
    assert_close(row.coherence, truth, 0, 4.0 * row.error + 1e-12);
    assert_true(bin == 0 ? row.error < 1e-9 : row.error > 0.0 && row.error < 0.05);
  }
  dw_coherence_data_destroy(&data);
  process_destroy(&p);
}

/* Catches a weight of the wrong factor, an end that is never found, and a lower limit passed off as a value. */
static void test_weight(void **state) {
  (void)state;
  const double coherence[] = {1.0, 0.6, 0.2, 0.01, 0.5};
  dw_coherence_table table;
  assert_ok(dw_coherence_table_create(&table, 5, 2.0));
  assert_true(isnan(dw_coherence_table_row(&table, 1).coherence));
  assert_false(dw_coherence_table_weight(&table).complete);
  for (int64_t i = 0; i < 5; i++) {
    dw_coherence_table_add(&table, i, &(dw_coherence_row){3, 2.0 * (double)i, coherence[i], i == 0 ? 0.0 : 0.01});
    if (i == 2) {
      assert_false(dw_coherence_table_weight(&table).complete);
    }
  }
  const dw_coherence_weight weight = dw_coherence_table_weight(&table);
  assert_true(weight.complete);
  assert_close(weight.value, 2.0 * (1.6 + 0.8 + 0.21), 1e-14, 0);
  assert_close(weight.error, 2.0 * (0.01 + 0.02 + 0.02), 1e-14, 0);
  dw_coherence_table_add(&table, 1, &(dw_coherence_row){1, 2.4, 0.2, 0.04}); /* another shell: 3 pairs to 1 */
  const dw_coherence_row row = dw_coherence_table_row(&table, 1);
  assert_close(row.lag, 2.1, 1e-14, 0);
  assert_close(row.coherence, 0.5, 1e-14, 0);
  assert_close(row.error, 0.25 * sqrt(0.03 * 0.03 + 0.04 * 0.04), 1e-14, 0);
  assert_int_equal(dw_coherence_table_bin(&table, -3.1), 2);
  assert_int_equal(dw_coherence_table_bin(&table, 9.1), -1);
  dw_coherence_table_destroy(&table);
}

/* Catches entries at lags that say nothing, that are too many, or of early and late pairs mixed. Samples are 0.15
 * apart, so C falls below 0.9 after lag 0.9; the longest lag is 17 of 23 spacings. */
static void test_entries(void **state) {
  (void)state;
  process p = process_create(24, 400, 0.15, 0);
  dw_coherence_data data;
  create(&data, &p, 1);
  add(&data, &p, gaussian, 1, 1);
  const dw_coherence_shell *shell = &data.shell[0];
  assert_int_equal(shell->entries, DW_COHERENCE_ENTRIES);
  double before = 0.0;
  for (int64_t e = 0; e < shell->entries; e++) {
    const int64_t begin = shell->begin[e];
    const int64_t end = shell->begin[e + 1];
    const double lag = shell->x[begin][1] - shell->x[begin][0];
    assert_close(lag, e == 0 ? 0.9 : e == 11 ? 17 * 0.15 : lag, 1e-12, 0.16);
    assert_true(e % 2 == 1 ? fabs(lag - before) < 1e-9 : lag > before + 0.1);
    for (int64_t i = begin; i < end; i++) {
      assert_close(shell->x[i][1] - shell->x[i][0], lag, 1e-12, 0);
      assert_true(e % 2 == 1 || shell->x[i][0] < shell->x[end][0]); /* the late ones of this lag come next */
    }
    before = lag;
  }
  dw_coherence_data_destroy(&data);
  process_destroy(&p);
}

/* Catches times without stress, uneven ones, or rows that begin at their reference, which spoil the rest. */
static void test_gaps(void **state) {
  (void)state;
  process p = process_create(24, 400, 1.0, 0);
  for (int64_t s = 0; s < 24; s++) {
    p.x[s] = 1.0 + 0.3 * (double)s + 0.03 * (double)(s * s);
  }
  dw_utc_estimate tracks, reference;
  dw_coherence_data data;
  dw_coherence_fit fit[2];
  const int64_t at[] = {3, 10};
  double utc[2 * 24], etc[24];
  create(&data, &p, 2);
  fill_gaussian(&p, time_scale);
  memset(p.amplitude, 0, 400 * 4 * sizeof *p.amplitude);
  assert_ok(dw_utc_estimate_tracks(&tracks, &p.tracks));
  assert_ok(dw_coherence_data_add_tracks(&data, &p.tracks, &tracks, p.x));
  assert_ok(dw_coherence_fit_model(&data, &dw_coherence_models[GAUSSIAN], &fit[0]));
  for (int64_t t = 0; t < 24; t++) {
    etc[t] = tracks.utc[t * 25];
    utc[t] = t < at[0] ? (double)NAN : tracks.utc[at[0] * 24 + t];
    utc[24 + t] = t < at[1] ? (double)NAN : tracks.utc[at[1] * 24 + t];
  }
  assert_ok(dw_utc_estimate_reference(&reference, 2, 24, at, utc, etc, 800.0));
  dw_coherence_data_destroy(&data);
  create(&data, &p, 1);
  assert_ok(dw_coherence_data_add_reference(&data, &reference, at, p.x, 1600.0));
  assert_ok(dw_coherence_fit_model(&data, &dw_coherence_models[GAUSSIAN], &fit[1]));
  for (int i = 0; i < 2; i++) {
    assert_true(fit[i].p > DW_COHERENCE_P && fit[i].dof > 6.0);
    assert_close(fit[i].scale, time_scale, 0.05, 0);
  }
  dw_utc_estimate_destroy(&tracks);
  dw_utc_estimate_destroy(&reference);
  dw_coherence_data_destroy(&data);
  process_destroy(&p);
}

/* Catches a fit without data, and a shell with too few modes that stops the others. */
static void test_too_little(void **state) {
  (void)state;
  dw_coherence_data data;
  dw_coherence_fit fit;
  process few = process_create(8, 5, 1.0, 1);
  process p = process_create(8, 60, 1.0, 1);
  create(&data, &p, 1);
  add(&data, &few, gaussian, 1, 1);
  assert_int_equal(data.without_entries, 1);
  assert_int_equal(dw_coherence_table_row(&data.table, 0).pairs, 8);
  assert_status(dw_coherence_fit_model(&data, &dw_coherence_models[GAUSSIAN], &fit), DW_ERR_PARAM);
  add(&data, &p, gaussian, 1, 1);
  assert_true(dw_coherence_data_entries(&data) > 6);
  assert_ok(dw_coherence_fit_model(&data, &dw_coherence_models[GAUSSIAN], &fit));
  const double one[] = {0.5};
  assert_status(dw_coherence_data_add_pairs(&data, 1, (const double[][2]){{1.0, 2.0}}, one, one), DW_ERR_INTERNAL);
  dw_coherence_data_destroy(&data);
  assert_status(dw_coherence_data_create(&data, 1, 0, 1.0), DW_ERR_INTERNAL);
  assert_status(dw_coherence_data_create(&data, 1, 4, 0.0), DW_ERR_INTERNAL);
  process_destroy(&p);
  process_destroy(&few);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_models),          cmocka_unit_test(test_z),        cmocka_unit_test(test_frozen),
      cmocka_unit_test(test_redrawn),         cmocka_unit_test(test_gaussian), cmocka_unit_test(test_none_fits),
      cmocka_unit_test(test_reference_picks), cmocka_unit_test(test_floor),    cmocka_unit_test(test_chi2_by_hand),
      cmocka_unit_test(test_top_hat),         cmocka_unit_test(test_table),    cmocka_unit_test(test_weight),
      cmocka_unit_test(test_entries),         cmocka_unit_test(test_gaps),     cmocka_unit_test(test_too_little),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
