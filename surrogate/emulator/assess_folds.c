/* Assessments that train: cross-validation and learning curves. */
#include <string.h>
#include <time.h>

#include "base/memory.h"
#include "surrogate/emulator/assess.h"

/* Points of Sobol's sequence that lie a power of two apart are alike, so they are dealt in another order: position by
 * a hash (the finaliser of MurmurHash3). */
static uint64_t shuffle(int64_t point) {
  uint64_t h = (uint64_t)point + 1;
  h = (h ^ (h >> 33)) * UINT64_C(0xff51afd7ed558ccd);
  h = (h ^ (h >> 33)) * UINT64_C(0xc4ceb9fe1a85ec53);
  return h ^ (h >> 33);
}

/* How many points of the pool come before this one in an order by `rank`. */
static int64_t position(const dw_dataset *d, const bool *pool, int64_t point, uint64_t (*rank)(int64_t)) {
  int64_t before = 0;
  for (int64_t r = 0; r < d->runs; r++) {
    bool first = pool[r] && d->run[r].level == DW_LEVEL_FINE;
    for (int64_t s = 0; s < r && first; s++) {
      first = !(pool[s] && d->run[s].level == DW_LEVEL_FINE && d->run[s].point == d->run[r].point);
    }
    before += first && rank(d->run[r].point) < rank(point) ? 1 : 0;
  }
  return before;
}

static uint64_t in_order(int64_t point) { return (uint64_t)point; }

static dw_status train_and_assess(const dw_dataset *dataset, const dw_emulator_options *options, const bool *train,
                                  const bool *test, dw_assessments *assessments, double *seconds) {
  dw_emulator *emulator = NULL;
  dw_emulator_options own = *options;
  struct timespec start;
  struct timespec end;
  own.train = train;
  (void)clock_gettime(CLOCK_MONOTONIC, &start);
  DW_TRY(dw_emulator_train(&emulator, dataset, &own));
  (void)clock_gettime(CLOCK_MONOTONIC, &end);
  *seconds = (double)(end.tv_sec - start.tv_sec) + 1e-9 * (double)(end.tv_nsec - start.tv_nsec);
  const dw_status status = dw_assess(emulator, dataset, train, test, assessments);
  dw_emulator_destroy(emulator);
  return status;
}

dw_status dw_assess_folds(const dw_dataset *dataset, const dw_emulator_options *options, const bool *pool,
                          int64_t folds, dw_assessments *assessments) {
  const size_t runs = (size_t)dataset->runs;
  bool *train = NULL;
  int64_t *fold = NULL;
  double seconds = 0.0;
  DW_TRY(dw_alloc((void **)&fold, runs * (sizeof *fold + 2 * sizeof *train), 1, "folds of a scan"));
  train = (bool *)(void *)(fold + runs);
  bool *test = train + runs;
  for (size_t r = 0; r < runs; r++) {
    fold[r] = position(dataset, pool, dataset->run[r].point, shuffle) % folds;
  }
  dw_status status = DW_OK;
  for (int64_t f = 0; f < folds && status == DW_OK; f++) {
    for (size_t r = 0; r < runs; r++) {
      train[r] = pool[r] && fold[r] != f;
      test[r] = pool[r] && fold[r] == f;
    }
    status = train_and_assess(dataset, options, train, test, assessments, &seconds);
  }
  dw_free(fold);
  return status;
}

dw_status dw_assess_first(const dw_dataset *dataset, const dw_emulator_options *options, const bool *pool,
                          int64_t points, bool both, const bool *test, dw_assessments *assessments, double *seconds) {
  dw_emulator_options own = *options;
  bool *train = NULL;
  DW_TRY(dw_alloc((void **)&train, (size_t)dataset->runs, sizeof *train, "folds of a scan"));
  for (int64_t r = 0; r < dataset->runs; r++) {
    const bool cheap = dataset->run[r].level == DW_LEVEL_CHEAP;
    train[r] = cheap ? both && !dataset->run[r].blind
                     : pool[r] && position(dataset, pool, dataset->run[r].point, in_order) < points;
  }
  own.levels = both ? DW_LEVELS_AUTO : DW_LEVELS_FINE;
  const dw_status status = train_and_assess(dataset, &own, train, test, assessments, seconds);
  dw_free(train);
  return status;
}
