/* `dwell surrogate evaluate`: a model's errors on points it never saw, beside the simple ways of doing it. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "app/surrogate_model.h"
#include "app/surrogate_commands.h"
#include "base/memory.h"
#include "surrogate/emulator/assess.h"

typedef struct evaluation {
  const dw_surrogate_options *options;
  dw_dataset *dataset;
  dw_emulator *emulator;
  bool *learned; /* (R) */
  bool *test;    /* (R) fine runs that aren't */
  int64_t tests;
  dw_assess_record record;
  dw_assessments result;
  const dw_provenance *provenance;
} evaluation;

static void choose(evaluation *v) {
  dw_assess_learned(v->emulator, v->dataset, v->learned);
  for (int64_t r = 0; r < v->dataset->runs; r++) {
    bool seen = v->learned[r] || v->dataset->run[r].level != DW_LEVEL_FINE;
    for (int64_t s = 0; s < v->dataset->runs && !seen; s++) { /* another seed of a point that was learned */
      seen = v->learned[s] && v->dataset->run[s].point == v->dataset->run[r].point;
    }
    v->test[r] = !seen;
    v->tests += seen ? 0 : 1;
  }
}

static void say_errors(const evaluation *v) {
  (void)printf("%-18s", "rms log error");
  for (int m = 0; m < DW_METHODS; m++) {
    (void)printf(" %17s", dw_method_name((dw_method)m));
  }
  (void)printf("\n");
  for (int64_t q = 0; q < dw_emulator_quantities(v->emulator); q++) {
    const dw_assessment *a = &v->result.quantity[q];
    (void)printf("%-18s", dw_emulator_quantity_at(v->emulator, q)->name);
    for (int m = 0; m < DW_METHODS; m++) {
      const double error = dw_assessment_error(a, (dw_method)m);
      if (isnan(error)) {
        (void)printf(" %17s", "-");
      } else {
        (void)printf(" %17.4f", error);
      }
    }
    (void)printf("\n");
  }
}

static void say_coverage(const evaluation *v) {
  (void)printf("%-18s %10s %10s %10s %10s\n", "errors claimed", "rms z", "in 68 %", "in 95 %", "values");
  for (int64_t q = 0; q < dw_emulator_quantities(v->emulator); q++) {
    const dw_assessment *a = &v->result.quantity[q];
    (void)printf("%-18s %10.3f %9.1f%% %9.1f%% %10.0f\n", dw_emulator_quantity_at(v->emulator, q)->name,
                 dw_assessment_z(a), 100.0 * dw_assessment_within(a, a->within68),
                 100.0 * dw_assessment_within(a, a->within95), a->values);
  }
}

/* The options the model was trained with; times that were chosen for each quantity are chosen again. */
static void same_options(const evaluation *v, dw_emulator_options *options, const char **quantities) {
  *options = dw_emulator_options_of(v->emulator);
  const dw_emulator_quantity *first = dw_emulator_quantity_at(v->emulator, 0);
  bool same = true;
  options->quantities = dw_emulator_quantities(v->emulator);
  options->quantity = quantities;
  for (int64_t q = 0; q < options->quantities; q++) {
    const dw_emulator_quantity *about = dw_emulator_quantity_at(v->emulator, q);
    quantities[q] = about->name;
    same = same && about->times == first->times &&
           memcmp(about->tau, first->tau, (size_t)first->times * sizeof(double)) == 0;
  }
  options->times_at_most = first->times;
  options->times = same ? first->times : 0;
  options->time = first->tau;
}

/* One line of the learning curve. */
static dw_status say_step(const evaluation *v, const dw_emulator_options *options, int64_t points, bool both) {
  dw_assessments found;
  double seconds = 0.0;
  memset(&found, 0, sizeof found);
  DW_TRY(dw_assess_first(v->dataset, options, v->learned, points, both, v->test, &found, &seconds));
  (void)printf("%4lld %-13s", (long long)points, both ? "and cheap" : "");
  for (int64_t q = 0; q < dw_emulator_quantities(v->emulator); q++) {
    (void)printf(" %17.4f", dw_assessment_error(&found.quantity[q], DW_METHOD_EMULATOR));
  }
  (void)printf(" %10.2f\n", seconds);
  return DW_OK;
}

static bool has_cheap(const dw_dataset *dataset) {
  for (int64_t r = 0; r < dataset->runs; r++) {
    if (dataset->run[r].level == DW_LEVEL_CHEAP && !dataset->run[r].blind) {
      return true;
    }
  }
  return false;
}

static dw_status say_curve(const evaluation *v, const dw_emulator_options *options) {
  enum { SMALLEST = 16 };
  const int64_t most = dw_emulator_points(v->emulator);
  (void)printf("%-18s", "points");
  for (int64_t q = 0; q < dw_emulator_quantities(v->emulator); q++) {
    (void)printf(" %17s", dw_emulator_quantity_at(v->emulator, q)->name);
  }
  (void)printf(" %10s\n", "seconds");
  for (int64_t points = SMALLEST; points < 2 * most; points *= 2) {
    DW_TRY(say_step(v, options, points < most ? points : most, false));
  }
  for (int64_t points = SMALLEST; points < most && has_cheap(v->dataset); points *= 2) {
    DW_TRY(say_step(v, options, points, true));
  }
  return DW_OK;
}

/* Wall time of one prediction, at the middle of the ranges, with one thread. */
static dw_status say_speed(const evaluation *v) {
  enum { TIMES = 100 };
  double middle[DW_EMULATOR_PARAMETERS];
  struct timespec start;
  struct timespec end;
  dw_emulator_prediction *p = NULL;
  for (int64_t d = 0; d < dw_emulator_parameters(v->emulator); d++) {
    const dw_dataset_key *key = dw_emulator_key(v->emulator, d);
    middle[d] = key->logarithmic ? sqrt(key->low * key->high) : 0.5 * (key->low + key->high);
  }
  DW_TRY(dw_emulator_prediction_create(&p, v->emulator, false));
  (void)clock_gettime(CLOCK_MONOTONIC, &start);
  dw_status status = DW_OK;
  for (int i = 0; i < TIMES && status == DW_OK; i++) {
    status = dw_emulator_predict(v->emulator, middle, p);
  }
  (void)clock_gettime(CLOCK_MONOTONIC, &end);
  dw_emulator_prediction_destroy(p);
  const double seconds = (double)(end.tv_sec - start.tv_sec) + 1e-9 * (double)(end.tv_nsec - start.tv_nsec);
  (void)printf("%-18s %.3f ms for %lld values\n", "one prediction", 1e3 * seconds / TIMES,
               (long long)dw_emulator_outputs(v->emulator));
  return status;
}

static dw_status write_file(const evaluation *v) {
  const char *path = v->options->hdf5;
  if (path == NULL) {
    return DW_OK;
  }
  const dw_surrogate_evaluation found = {.emulator = v->emulator,
                                         .dataset = v->dataset,
                                         .learned = v->learned,
                                         .folds = v->tests > 0 ? 0 : v->options->folds,
                                         .result = &v->result,
                                         .provenance = v->provenance};
  DW_TRY(dw_surrogate_write_evaluation(path, &found));
  (void)printf("%-18s %s\n", "written", path);
  return DW_OK;
}

static dw_status evaluate(evaluation *v) {
  dw_emulator_options options;
  const char *quantities[DW_EMULATOR_QUANTITIES];
  choose(v);
  same_options(v, &options, quantities);
  v->result.record = v->options->hdf5 != NULL ? &v->record : NULL;
  if (v->tests > 0) {
    (void)printf("%-18s %lld runs the model never saw\n", "held out", (long long)v->tests);
    DW_TRY(dw_assess(v->emulator, v->dataset, v->learned, v->test, &v->result));
  } else {
    (void)printf("%-18s cross-validation, %lld folds: the data set has no run the model hasn't seen\n", "held out",
                 (long long)v->options->folds);
    DW_TRY(dw_assess_folds(v->dataset, &options, v->learned, v->options->folds, &v->result));
  }
  (void)printf("%-18s %lld OK, %lld DEGRADED, %lld OUT; %lld outside the hull of the learned ones\n", "points",
               (long long)v->result.verdict[0], (long long)v->result.verdict[1], (long long)v->result.verdict[2],
               (long long)v->result.outside);
  say_errors(v);
  say_coverage(v);
  DW_TRY(say_speed(v));
  DW_TRY(write_file(v));
  if (!v->options->curve) {
    return DW_OK;
  }
  if (v->tests == 0) {
    return dw_fail(DW_ERR_PARAM, "--curve needs points the model hasn't seen; run the scan with blind ones");
  }
  return say_curve(v, &options);
}

dw_status dw_surrogate_evaluate(const dw_surrogate_options *options, const dw_provenance *provenance) {
  evaluation *v = NULL;
  char path[DW_SURROGATE_PATH];
  DW_TRY(dw_alloc((void **)&v, 1, sizeof *v, "evaluation of a model"));
  memset(v, 0, sizeof *v);
  v->options = options;
  v->provenance = provenance;
  dw_status status = dw_emulator_read(&v->emulator, options->file[0]);
  if (status == DW_OK) {
    status = dw_surrogate_dataset(options->file[1], path);
  }
  if (status == DW_OK) {
    status = dw_dataset_read(&v->dataset, path);
  }
  if (status == DW_OK) {
    status = dw_alloc((void **)&v->learned, 2 * (size_t)v->dataset->runs, sizeof *v->learned, "evaluation of a model");
  }
  if (status == DW_OK) {
    v->test = v->learned + v->dataset->runs;
    status = evaluate(v);
  }
  dw_assess_record_finalize(&v->record);
  dw_free(v->learned);
  dw_dataset_destroy(v->dataset);
  dw_emulator_destroy(v->emulator);
  dw_free(v);
  return status;
}
