/* What a further run would teach, beside Gaussian processes that are conditioned on it. */
#include "surrogate/emulator/reduction.h"

#include <omp.h>

#include "surrogate/emulator/emulator_private.h"
#include "tests/surrogate/emulator_fixture.h"

enum { PLACES = 9, CHOICES = 7, ADDED = 2, POINTS = 24 };

static const truth usual = {.points = POINTS, .seeds = 4, .scatter = 0.05};

static dw_emulator *train(void) {
  const dw_emulator_options options = dw_emulator_defaults();
  dw_dataset *d = truth_dataset(&usual);
  dw_emulator *e = NULL;
  assert_ok(dw_emulator_train(&e, d, &options));
  dw_dataset_destroy(d);
  return e;
}

/* Parameters of `count` places, from number `first` of the sequence. */
static void fill(int64_t first, int64_t count, double *parameter) {
  for (int64_t i = 0; i < count; i++) {
    double x[2];
    truth_place(first + i, x);
    truth_parameters(x, parameter + 2 * i);
  }
}

static double mean_square(int64_t count, const double *value) {
  double sum = 0.0;
  for (int64_t i = 0; i < count; i++) {
    sum += value[i] * value[i] / (double)count;
  }
  return sum;
}

/* Mean variance over the places of a process that has `more` points beside its own, with the mean noise of those. */
static double variance_with(const dw_process *p, int64_t more, const double *added, const double *place) {
  const int64_t n = p->points + more;
  dw_process all;
  double noise = 0.0;
  double x[2 * (POINTS + ADDED + 1)];
  double scratch[2 * (POINTS + ADDED + 1)];
  double sum = 0.0;
  assert_true(n <= POINTS + ADDED + 1);
  memcpy(x, p->x, (size_t)(2 * p->points) * sizeof *x);
  memcpy(x + 2 * p->points, added, (size_t)(2 * more) * sizeof *x);
  assert_ok(dw_process_init(&all, p->kind, p->trend, 2, n, x));
  all.nugget_is_noise = p->nugget_is_noise;
  memcpy(all.hyper, p->hyper, sizeof all.hyper);
  for (int64_t i = 0; i < p->points; i++) {
    noise += p->noise[i] / (double)p->points;
  }
  for (int64_t i = 0; i < n; i++) {
    all.z[i] = 0.0;
    all.noise[i] = i < p->points ? p->noise[i] : noise;
  }
  assert_ok(dw_process_condition(&all));
  for (int64_t i = 0; i < PLACES; i++) {
    double variance = 0.0;
    (void)dw_process_predict(&all, place + 2 * i, &variance, NULL, scratch);
    sum += variance / PLACES;
  }
  dw_process_finalize(&all);
  return sum;
}

/* Mean variance of the emulator with `more` runs. */
static double variance_of(const dw_emulator *e, int64_t more, const double *added, const double *place) {
  double sum = 0.0;
  for (int64_t q = 0; q < e->quantities; q++) {
    const dw_emulator_part *part = &e->part[q];
    for (int64_t l = 0; l < part->layers; l++) {
      const dw_layer *layer = &part->layer[l];
      for (int64_t c = 0; c < layer->components; c++) {
        sum += part->about.scale * part->about.scale / (double)e->quantities *
               mean_square(layer->outputs, layer->basis + c * layer->outputs) *
               variance_with(&layer->process[c], more, added, place);
      }
    }
  }
  return sum;
}

static void coordinates(const dw_emulator *e, int64_t count, const double *parameter, double *x) {
  for (int64_t i = 0; i < 2 * count; i++) {
    double slope = 0.0;
    x[i] = dw_emulator_coordinate(&e->key[i % 2], parameter[i], &slope);
  }
}

/* Catches a gain that isn't the variance which a run takes away: a weight, the noise, a cross term; runs that are added
 * and don't count. */
static void gains_are_what_runs_take_away(void **state) {
  (void)state;
  dw_emulator *e = train();
  dw_reduction *r = NULL;
  double place[2 * PLACES];
  double choice[2 * CHOICES];
  double x[2 * PLACES];
  double y[2 * CHOICES];
  double added[2 * (ADDED + 1)];
  double gain[CHOICES];
  const size_t held = dw_memory_held();
  fill(1000, PLACES, place);
  fill(2000, CHOICES, choice);
  coordinates(e, PLACES, place, x);
  coordinates(e, CHOICES, choice, y);
  assert_ok(dw_reduction_create(&r, e, PLACES, place, CHOICES, choice, ADDED));
  for (int64_t more = 0; more <= ADDED; more++) {
    assert_ok(dw_reduction_gains(r, gain));
    const double before = variance_of(e, more, added, x);
    for (int64_t c = 0; c < CHOICES; c++) {
      memcpy(added + 2 * more, y + 2 * c, 2 * sizeof *added);
      const double lost = before - variance_of(e, more + 1, added, x);
      assert_true(lost > 0.0);
      assert_true(fabs(gain[c] - lost) <= 1e-3 * lost); /* a difference of numbers that are rounded */
    }
    if (more < ADDED) {
      memcpy(added + 2 * more, y + 2 * (3 * more), 2 * sizeof *added);
      assert_ok(dw_reduction_add(r, choice + 2 * (3 * more)));
    }
  }
  dw_reduction_destroy(r);
  assert_true(dw_memory_held() == held);
  dw_emulator_destroy(e);
}

/* Catches bits that depend on the number of threads. */
static void threads_do_not_change_bits(void **state) {
  (void)state;
  dw_emulator *e = train();
  double place[2 * PLACES];
  double choice[2 * CHOICES];
  double gain[2][CHOICES];
  const int threads = omp_get_max_threads();
  fill(1000, PLACES, place);
  fill(2000, CHOICES, choice);
  for (int i = 0; i < 2; i++) {
    dw_reduction *r = NULL;
    omp_set_num_threads(i == 0 ? 1 : 3);
    assert_ok(dw_reduction_create(&r, e, PLACES, place, CHOICES, choice, 1));
    assert_ok(dw_reduction_gains(r, gain[i]));
    dw_reduction_destroy(r);
  }
  omp_set_num_threads(threads);
  assert_memory_equal(gain[0], gain[1], sizeof gain[0]);
  dw_emulator_destroy(e);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(gains_are_what_runs_take_away),
      cmocka_unit_test(threads_do_not_change_bits),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
