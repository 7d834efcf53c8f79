/* The numbers of a query: of the model, of cheap runs and a correction, or of full runs. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "app/surrogate_query.h"
#include "base/memory.h"
#include "surrogate/emulator/correction.h"
#include "surrogate/emulator/quantity.h"

static dw_status part_init(dw_query_part *part, const char *name, bool is_spectrum, int64_t times, int64_t bins) {
  void *block = NULL;
  const int64_t outputs = times * bins;
  *part = (dw_query_part){.is_spectrum = is_spectrum, .times = times, .bins = bins};
  (void)snprintf(part->name, sizeof part->name, "%s", name);
  DW_TRY(dw_alloc(&block, (size_t)(times + bins + 5 * outputs), sizeof(double), "numbers of a query"));
  part->tau = block;
  part->k = part->tau + times;
  part->value = part->k + bins;
  part->error = part->value + outputs;
  part->error_method = part->error + outputs;
  part->error_seeds = part->error_method + outputs;
  part->seed = part->error_seeds + outputs;
  return DW_OK;
}

static dw_status part_like(dw_query_part *part, const dw_emulator_quantity *about) {
  DW_TRY(part_init(part, about->name, about->k != NULL, about->times, about->bins));
  memcpy(part->tau, about->tau, (size_t)about->times * sizeof(double));
  if (about->k != NULL) {
    memcpy(part->k, about->k, (size_t)about->bins * sizeof(double));
  }
  return DW_OK;
}

void dw_query_answer_finalize(dw_query_answer *answer) {
  for (int64_t i = 0; i < answer->parts; i++) {
    dw_free(answer->part[i].tau);
  }
}

/* --- emulated --- */

static void take_prediction(const dw_emulator_quantity *about, const dw_emulator_prediction *p, dw_query_part *part) {
  for (int64_t i = 0; i < about->times * about->bins; i++) {
    const int64_t j = about->first + i;
    part->value[i] = p->value[j];
    part->error_method[i] = sqrt(p->emulator[j] + p->truncation[j]);
    part->error_seeds[i] = 0.0;
    part->error[i] = about->q68 * part->error_method[i];
    part->seed[i] = sqrt(p->seed[j]);
  }
}

static dw_status emulate(dw_query_answer *a, const dw_query *query) {
  for (int64_t q = 0; q < dw_emulator_quantities(query->emulator); q++) {
    const dw_emulator_quantity *about = dw_emulator_quantity_at(query->emulator, q);
    DW_TRY(part_like(&a->part[a->parts++], about));
    take_prediction(about, query->prediction, &a->part[q]);
  }
  return DW_OK;
}

/* --- runs --- */

/* Whether run r of the query's own data set is one that was asked for. */
static bool is_asked(const dw_query *query, const dw_dataset *runs, int64_t r) {
  const int64_t index = runs->run[r].seed - query->params.seed;
  return index >= 0 && index < query->seeds;
}

/* Mean over the seeds and variance of one of them, of log y or of y; NAN with one seed. */
static dw_status average(const dw_query *query, const dw_quantity *quantity, const dw_dataset *runs, bool logarithmic,
                         double *mean, double *variance) {
  const int64_t outputs = quantity->times * quantity->bins;
  double *values = NULL;
  int64_t count = 0;
  DW_TRY(dw_alloc((void **)&values, (size_t)outputs, sizeof *values, "runs of a query"));
  memset(mean, 0, (size_t)outputs * sizeof *mean);
  memset(variance, 0, (size_t)outputs * sizeof *variance);
  dw_status status = DW_OK;
  for (int64_t r = 0; r < runs->runs && status == DW_OK; r++) {
    if (!is_asked(query, runs, r)) {
      continue;
    }
    status = dw_quantity_take(quantity, runs, r, values);
    count++;
    for (int64_t j = 0; j < outputs && status == DW_OK; j++) {
      const double value = logarithmic ? values[j] : exp(values[j]);
      const double off = value - mean[j];
      mean[j] += off / (double)count;
      variance[j] += off * (value - mean[j]);
    }
  }
  for (int64_t j = 0; j < outputs; j++) {
    variance[j] = count > 1 ? variance[j] / (double)(count - 1) : (double)NAN;
  }
  dw_free(values);
  return status;
}

static dw_status read_runs(const dw_query *query, const dw_scan_setup *setup, dw_dataset **runs) {
  int64_t there = 0;
  DW_TRY(dw_dataset_read(runs, setup->directory.dataset));
  for (int64_t r = 0; r < (*runs)->runs; r++) {
    there += is_asked(query, *runs, r) ? 1 : 0;
  }
  return there == query->seeds
             ? DW_OK
             : dw_fail(DW_ERR_FILE, "%s holds %lld of %lld runs of this query; remove its directory and ask again",
                       setup->directory.dataset, (long long)there, (long long)query->seeds);
}

/* --- corrected --- */

/* Bins and times are those of the scan's fine runs; a cheap run has fewer. */
static dw_status average_twins(const dw_query *query, const dw_emulator_quantity *about, dw_dataset *runs, double *mean,
                               double *variance) {
  dw_quantity quantity = {.times = 0};
  dw_status status = dw_quantity_match(&quantity, query->dataset, about);
  if (status == DW_OK && quantity.spectrum < 0) {
    quantity.column = dw_dataset_column(runs, quantity.name);
    status = quantity.column >= 0 && dw_dataset_column(runs, "tau") >= 0
                 ? DW_OK
                 : dw_fail(DW_ERR_FILE, "the runs of the query have no %s", quantity.name);
  }
  for (int64_t r = 0; r < runs->runs; r++) {
    runs->run[r].level = DW_LEVEL_CHEAP;
  }
  if (status == DW_OK) {
    status = average(query, &quantity, runs, true, mean, variance);
  }
  dw_quantity_finalize(&quantity);
  return status;
}

/* What turns the cheap mean into the fine one: rho, offset and its variance. */
static dw_status find_correction(const dw_query *query, int64_t q, double *rho, double *offset, double *variance,
                                 double *scratch, int64_t *points) {
  const dw_emulator_quantity *about = dw_emulator_quantity_at(query->emulator, q);
  *points = 0;
  if (dw_emulator_correction(query->emulator, q, query->parameter, rho, offset, variance, scratch)) {
    return DW_OK;
  }
  for (int64_t j = 0; j < about->times * about->bins; j++) {
    rho[j] = 1.0;
  }
  return dw_neighbour_correction(query->dataset, about, query->parameter, offset, variance, points);
}

/* The scatter of one realisation is the model's, which knows it from all points; that of a few cheap runs may be small
 * by chance, so the larger one counts. */
static void fill_corrected(const dw_query *query, const dw_emulator_quantity *about, bool by_layer, const double *rho,
                           const double *offset, const double *correction, const double *mean, const double *variance,
                           dw_query_part *part) {
  const double widen = by_layer ? about->q68 : 1.0;
  for (int64_t i = 0; i < about->times * about->bins; i++) {
    const double seed = query->prediction->seed[about->first + i];
    const double seeds = variance[i] > seed ? variance[i] : seed; /* NAN with one run */
    part->value[i] = exp(rho[i] * mean[i] + offset[i] + 0.5 * seed);
    part->error_method[i] = sqrt(correction[i]);
    part->error_seeds[i] = fabs(rho[i]) * sqrt(seeds / (double)query->seeds);
    part->error[i] = hypot(widen * part->error_method[i], part->error_seeds[i]);
    part->seed[i] = sqrt(seed);
  }
}

static dw_status correct_part(dw_query_answer *a, const dw_query *query, int64_t q, dw_dataset *runs) {
  const dw_emulator_quantity *about = dw_emulator_quantity_at(query->emulator, q);
  const int64_t outputs = about->times * about->bins;
  double *mean = NULL;
  DW_TRY(dw_alloc((void **)&mean, (size_t)(5 * outputs + dw_emulator_scratch(query->emulator)), sizeof *mean,
                  "corrections"));
  double *variance = mean + outputs;
  double *rho = mean + 2 * outputs;
  double *offset = mean + 3 * outputs;
  double *correction = mean + 4 * outputs;
  dw_status status = find_correction(query, q, rho, offset, correction, mean + 5 * outputs, &a->points[q]);
  if (status == DW_OK) {
    status = average_twins(query, about, runs, mean, variance);
  }
  if (status == DW_OK) {
    status = part_like(&a->part[a->parts++], about);
  }
  if (status == DW_OK) {
    fill_corrected(query, about, a->points[q] == 0, rho, offset, correction, mean, variance, &a->part[q]);
  }
  dw_free(mean);
  return status;
}

static dw_status correct(dw_query_answer *a, const dw_query *query, const dw_scan_setup *setup) {
  dw_dataset *runs = NULL;
  dw_status status = read_runs(query, setup, &runs);
  for (int64_t q = 0; q < dw_emulator_quantities(query->emulator) && status == DW_OK; q++) {
    status = correct_part(a, query, q, runs);
  }
  dw_dataset_destroy(runs);
  return status;
}

/* --- simulated --- */

static dw_status fill_simulated(const dw_query *query, const dw_quantity *quantity, const dw_dataset *runs,
                                dw_query_part *part) {
  memcpy(part->tau, quantity->tau, (size_t)quantity->times * sizeof(double));
  if (part->is_spectrum) {
    memcpy(part->k, quantity->k, (size_t)quantity->bins * sizeof(double));
  }
  DW_TRY(average(query, quantity, runs, false, part->value, part->seed));
  for (int64_t i = 0; i < part->times * part->bins; i++) {
    part->seed[i] = sqrt(part->seed[i]) / part->value[i];
    part->error_method[i] = 0.0;
    part->error_seeds[i] = part->seed[i] / sqrt((double)query->seeds);
    part->error[i] = part->error_seeds[i];
  }
  return DW_OK;
}

/* At the model's times, or at the run's own where it doesn't have them; bins are the run's. */
static dw_status simulate_part(const dw_query *query, const dw_emulator_quantity *about, const dw_dataset *runs,
                               bool *used, bool own_times, dw_query_part *part) {
  dw_emulator_options options = dw_emulator_defaults();
  dw_quantity quantity = {.times = 0};
  options.times = own_times ? 0 : about->times;
  options.time = about->tau;
  for (int64_t r = 0; r < runs->runs; r++) {
    used[r] = is_asked(query, runs, r);
  }
  dw_status status = dw_quantity_init(&quantity, runs, &options, used, about->name);
  if (status == DW_OK) {
    status = part_init(part, about->name, quantity.spectrum >= 0, quantity.times, quantity.bins);
  }
  if (status == DW_OK) {
    status = fill_simulated(query, &quantity, runs, part);
  }
  dw_quantity_finalize(&quantity);
  if (status != DW_OK) {
    dw_free(part->tau);
    part->tau = NULL;
  }
  return status;
}

/* A quantity without logarithms, such as the area of walls that are gone, is left out and said to be. */
static dw_status simulate_runs(dw_query_answer *a, const dw_query *query, const dw_dataset *runs, bool *used) {
  for (int64_t q = 0; q < dw_emulator_quantities(query->emulator); q++) {
    const dw_emulator_quantity *about = dw_emulator_quantity_at(query->emulator, q);
    dw_query_part *part = &a->part[a->parts];
    dw_status status = simulate_part(query, about, runs, used, false, part);
    if (status == DW_ERR_PARAM) {
      status = simulate_part(query, about, runs, used, true, part);
    }
    if (status == DW_ERR_PARAM) {
      (void)snprintf(a->left_out[a->left++], DW_MESSAGE_LENGTH, "%s: %s", about->name, dw_message());
      dw_message_clear();
      continue;
    }
    DW_TRY(status);
    a->parts++;
  }
  return a->parts > 0 ? DW_OK : dw_fail(DW_ERR_INVALID, "no number came out: %s", a->left_out[0]);
}

static dw_status simulate(dw_query_answer *a, const dw_query *query, const dw_scan_setup *setup) {
  dw_dataset *runs = NULL;
  bool *used = NULL;
  dw_status status = read_runs(query, setup, &runs);
  if (status == DW_OK) {
    status = dw_alloc((void **)&used, (size_t)runs->runs, sizeof *used, "runs of a query");
  }
  if (status == DW_OK) {
    status = simulate_runs(a, query, runs, used);
  }
  dw_free(used);
  dw_dataset_destroy(runs);
  return status;
}

dw_status dw_query_answer_init(dw_query_answer *answer, const dw_query *query, const dw_scan_setup *setup) {
  memset(answer, 0, sizeof *answer);
  switch (query->way) {
    case DW_QUERY_EMULATED: return emulate(answer, query);
    case DW_QUERY_CORRECTED: return correct(answer, query, setup);
    default: return simulate(answer, query, setup);
  }
}
