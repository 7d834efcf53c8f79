#include "base/memory.h"
#include "surrogate/paired/paired.h"

static bool has_both_levels(const dw_dataset *d, int64_t point) {
  bool fine = false;
  bool cheap = false;
  for (int64_t i = 0; i < d->runs; i++) {
    if (d->run[i].point == point) {
      fine = fine || d->run[i].level == DW_LEVEL_FINE;
      cheap = cheap || d->run[i].level == DW_LEVEL_CHEAP;
    }
  }
  return fine && cheap;
}

/* Whether run i is the first of its point. */
static bool is_first(const dw_dataset *d, int64_t i) {
  for (int64_t j = 0; j < i; j++) {
    if (d->run[j].point == d->run[i].point) {
      return false;
    }
  }
  return true;
}

/* *count estimates so far, also after a failure. */
static dw_status estimate_points(const dw_dataset *d, bool logarithmic, dw_paired **paired, int64_t *count) {
  for (int64_t i = 0; i < d->runs; i++) {
    if (is_first(d, i) && has_both_levels(d, d->run[i].point)) {
      DW_TRY(dw_paired_estimate(d, d->run[i].point, logarithmic, &paired[*count]));
      (*count)++;
    }
  }
  return DW_OK;
}

dw_status dw_paired_write_all(const dw_dataset *dataset, bool logarithmic, const char *directory,
                              const dw_record *record) {
  void *block = NULL;
  int64_t count = 0;
  DW_TRY(dw_alloc(&block, (size_t)dataset->runs, sizeof(dw_paired *), "paired runs"));
  dw_paired **paired = block;
  dw_status status = estimate_points(dataset, logarithmic, paired, &count);
  if (status == DW_OK && count > 0) {
    status = dw_paired_write(count, (const dw_paired *const *)paired, directory, record);
  }
  for (int64_t i = 0; i < count; i++) {
    dw_paired_destroy(paired[i]);
  }
  dw_free(block);
  return status;
}
