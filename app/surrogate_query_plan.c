/* A query before any run: what the model says, which way the answer is found, and what it takes. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analysis/model.h"
#include "analysis/post/archive_compare.h"
#include "app/surrogate_model.h"
#include "app/setup.h"
#include "app/surrogate_query.h"
#include "base/memory.h"
#include "base/hash.h"
#include "params/check.h"
#include "params/print.h"
#include "params/read.h"
#include "surrogate/emulator/correction.h"

/* --- files --- */

/* The data set's file, and where its queries are kept: beside it, unless --output names another place. */
static dw_status find_places(const dw_surrogate_options *o, char dataset[DW_PATH_LENGTH], char runs[DW_PATH_LENGTH]) {
  char path[DW_SURROGATE_PATH];
  DW_TRY(dw_surrogate_dataset(o->dataset, path));
  const int used = snprintf(dataset, DW_PATH_LENGTH, "%s", path);
  const char *slash = strrchr(dataset, '/');
  const int length = slash != NULL ? (int)(slash - dataset) : 1;
  const int written = o->output != NULL
                          ? snprintf(runs, DW_PATH_LENGTH, "%s", o->output)
                          : snprintf(runs, DW_PATH_LENGTH, "%.*s/queries", length, slash != NULL ? dataset : ".");
  return used < DW_PATH_LENGTH && written < DW_TEXT_LENGTH / 2
             ? DW_OK
             : dw_fail(DW_ERR_PARAM, "--dataset, --output: the path is too long");
}

static dw_status read_text(dw_params *params, const char *text, const char *name) {
  dw_report *report = NULL;
  DW_TRY(dw_alloc((void **)&report, 1, sizeof *report, "report on parameters"));
  dw_report_init(report);
  dw_status status = dw_params_defaults(params);
  if (status == DW_OK && dw_params_from_text(params, text, name, report) != DW_OK) {
    status = dw_fail(DW_ERR_FILE, "%s can't be read: %.*s; scan again with this version of the program", name,
                     (int)strcspn(report->text, "\n"), report->text);
  }
  dw_free(report);
  return status;
}

/* Twins of another set-up would correct something else. */
static dw_status check_same(const dw_query *query, dw_params *model, dw_params *base) {
  const dw_dataset *d = query->dataset;
  bool same = d->keys == dw_emulator_parameters(query->emulator);
  for (int64_t i = 0; same && i < d->keys; i++) {
    same = strcmp(d->key[i].key, dw_emulator_key(query->emulator, i)->key) == 0;
  }
  if (!same) {
    return dw_fail(DW_ERR_PARAM,
                   "--dataset: %s has other parameters than the model %s; give the data set it learned from",
                   query->options->dataset, query->model);
  }
  DW_TRY(read_text(model, dw_emulator_base(query->emulator), "the model's base run"));
  DW_TRY(read_text(base, d->base, "the data set's base run"));
  const dw_param_entry *other = dw_params_difference(model, base, dw_key_decides_ensemble);
  return other == NULL ? DW_OK
                       : dw_fail(DW_ERR_PARAM,
                                 "--dataset: %s has another %s than the model %s; give the data set it "
                                 "learned from",
                                 query->options->dataset, other->key, query->model);
}

/* --- the way --- */

/* Whether each quantity can be corrected; dw_message says why not. */
static bool is_correctable(const dw_query *query) {
  const dw_emulator *e = query->emulator;
  const int64_t outputs = dw_emulator_outputs(e);
  double *block = NULL;
  bool good = query->dataset->cheap[0] != '\0' || dw_fail(DW_ERR_PARAM, "the scan has no cheap twins") == DW_OK;
  if (dw_alloc((void **)&block, (size_t)(3 * outputs + dw_emulator_scratch(e)), sizeof *block, "correction") != DW_OK) {
    return false;
  }
  for (int64_t q = 0; q < dw_emulator_quantities(e) && good; q++) {
    int64_t points = 0;
    good = dw_emulator_correction(e, q, query->parameter, block, block + outputs, block + 2 * outputs,
                                  block + 3 * outputs) ||
           dw_neighbour_correction(query->dataset, dw_emulator_quantity_at(e, q), query->parameter, block,
                                   block + outputs, &points) == DW_OK;
  }
  dw_free(block);
  return good;
}

static void choose_way(dw_query *query, const char *fixed) {
  dw_emulator_prediction *p = query->prediction;
  if (fixed[0] != '\0') {
    p->verdict = DW_EMULATOR_OUT;
    (void)snprintf(p->reason, sizeof p->reason, "%s", fixed);
  }
  (void)snprintf(query->reason, sizeof query->reason, "%s", p->reason);
  query->way = p->verdict == DW_EMULATOR_GOOD       ? DW_QUERY_EMULATED
               : p->verdict == DW_EMULATOR_DEGRADED ? DW_QUERY_CORRECTED
                                                    : DW_QUERY_SIMULATED;
  if (query->way == DW_QUERY_CORRECTED && !is_correctable(query)) {
    const size_t used = strlen(query->reason);
    query->way = DW_QUERY_SIMULATED;
    (void)snprintf(query->reason + used, sizeof query->reason - used, "; a cheap run can't be corrected: %.*s",
                   DW_EMULATOR_MESSAGE - 64, dw_message());
    dw_message_clear();
  }
}

/* --- its runs --- */

/* The twin of a run, at the queried parameters; one that the scan sets for all twins stays. */
static dw_status make_twin(dw_query *query, const dw_params *base) {
  dw_params *twin = NULL;
  dw_report *report = NULL;
  DW_TRY(dw_alloc((void **)&report, 1, sizeof *report, "report on parameters"));
  dw_report_init(report);
  dw_status status = dw_alloc((void **)&twin, 1, sizeof *twin, "parameters of a twin");
  if (status == DW_OK) {
    status = read_text(twin, query->dataset->cheap, "the data set's cheap twin");
  }
  for (int64_t i = 0; status == DW_OK && i < query->dataset->keys; i++) {
    const dw_param_entry *entry = dw_table_find(query->dataset->key[i].key);
    char set[DW_DATASET_KEY + 32];
    (void)snprintf(set, sizeof set, "%s=%.17g", entry->key, query->parameter[i]);
    if (memcmp((char *)twin + entry->offset, (const char *)base + entry->offset, sizeof(double)) == 0) {
      (void)dw_params_set(twin, set, report);
    }
  }
  if (status == DW_OK) {
    twin->seed = query->params.seed;
    query->params = *twin;
    (void)dw_params_validate(&query->params, report);
  }
  if (status == DW_OK && report->count > 0) {
    status = dw_fail(DW_ERR_PARAM, "the cheap twin at these parameters: %.*s", (int)strcspn(report->text, "\n"),
                     report->text);
  }
  dw_free(twin);
  dw_free(report);
  return status;
}

/* The most that a point of the scan has. */
static int64_t seeds_of(const dw_dataset *d, dw_dataset_level level) {
  int64_t most = 1;
  int64_t count = 0;
  for (int64_t r = 0; r < d->runs; r++) {
    count = r > 0 && d->run[r].point == d->run[r - 1].point && d->run[r].level == d->run[r - 1].level ? count + 1 : 1;
    most = d->run[r].level == level && count > most ? count : most;
  }
  return most;
}

/* Steps of a run. A plug-in isn't compiled for this. */
static dw_status count_steps(const dw_params *params, int64_t *steps) {
  dw_model model;
  dw_plan plan;
  if (params->fields.potential_file[0] != '\0') {
    *steps = (int64_t)ceil(params->time.end / (params->time.step * dw_params_spacing(params)));
    return DW_OK;
  }
  DW_TRY(dw_model_from_params(&model, params, NULL, NULL));
  DW_TRY(dw_plan_init(&plan, params, &model.background));
  *steps = plan.steps;
  return dw_setup_check_step(&model, params, plan.dtau, dw_plan_tau(&plan, plan.steps));
}

static double cells_of(const dw_params *params) { return pow((double)params->lattice.points, 3.0); }

/* From the mean time of the data set's runs of that level, in proportion to cells and steps. */
static dw_status estimate(dw_query *query, const dw_params *reference) {
  const dw_dataset *d = query->dataset;
  const dw_dataset_level level = query->way == DW_QUERY_CORRECTED ? DW_LEVEL_CHEAP : DW_LEVEL_FINE;
  double sum = 0.0;
  int64_t count = 0;
  int64_t steps = 0;
  for (int64_t r = 0; r < d->runs; r++) {
    if (d->run[r].level == level && d->run[r].seconds > 0.0) {
      sum += d->run[r].seconds;
      count++;
    }
  }
  DW_TRY(count_steps(&query->params, &query->steps));
  DW_TRY(count_steps(reference, &steps));
  query->work = cells_of(&query->params) * (double)query->steps;
  query->seconds = count > 0 ? sum / (double)count * query->work / (cells_of(reference) * (double)steps) : (double)NAN;
  return DW_OK;
}

/* The directory's name: all that decides a run, the seed too. */
static dw_status name_directory(const dw_query *query, const char *place, dw_scan_setup *setup) {
  char *text = NULL;
  char path[DW_TEXT_LENGTH];
  dw_params *plain = NULL;
  DW_TRY(dw_alloc((void **)&plain, 1, sizeof *plain, "parameters of a query"));
  *plain = query->params;
  dw_params_forget_names(plain);
  const dw_status status = dw_params_text(plain, &text);
  dw_free(plain);
  const uint64_t hash = status == DW_OK ? dw_hash_bytes(DW_HASH_START, text, strlen(text)) : 0;
  free(text);
  DW_TRY(status);
  (void)snprintf(path, sizeof path, "%.*s/%s-%016" PRIx64, DW_TEXT_LENGTH - 64, place, dw_query_way_name(query->way),
                 hash);
  (void)snprintf(setup->scan.output, sizeof setup->scan.output, "%s", path);
  dw_scan_directory_name(&setup->directory, path);
  return DW_OK;
}

/* Runs of this query that an earlier one has made. */
static dw_status count_kept(dw_query *query, const dw_scan_setup *setup) {
  dw_dataset *d = NULL;
  if (access(setup->directory.dataset, F_OK) != 0) {
    return DW_OK;
  }
  DW_TRY(dw_dataset_read(&d, setup->directory.dataset));
  for (int64_t r = 0; r < d->runs; r++) {
    const int64_t index = d->run[r].seed - query->params.seed;
    query->kept += index >= 0 && index < query->seeds ? 1 : 0;
  }
  dw_dataset_destroy(d);
  return DW_OK;
}

static dw_status plan_runs(dw_query *query, const char *place, dw_params *base, dw_scan_setup *setup) {
  const dw_surrogate_options *o = query->options;
  const bool cheap = query->way == DW_QUERY_CORRECTED;
  if (cheap) {
    DW_TRY(make_twin(query, base));
    DW_TRY(read_text(base, query->dataset->cheap, "the data set's cheap twin"));
  }
  query->seeds = o->seeds > 0 ? o->seeds : seeds_of(query->dataset, cheap ? DW_LEVEL_CHEAP : DW_LEVEL_FINE);
  DW_TRY(estimate(query, base));
  DW_TRY(dw_scan_defaults(&setup->scan));
  (void)snprintf(setup->scan.design, sizeof setup->scan.design, "list");
  setup->scan.points = 1;
  setup->scan.seeds = query->seeds;
  setup->scan.blind_every = 0;
  setup->base = query->params;
  setup->cheap = query->params;
  DW_TRY(name_directory(query, place, setup));
  return count_kept(query, setup);
}

/* --- all of it --- */

static dw_status open_with(dw_query *query, dw_params *work, const char *place, dw_scan_setup *setup) {
  const dw_surrogate_options *o = query->options;
  char fixed[DW_EMULATOR_MESSAGE];
  DW_TRY(check_same(query, work, work + 1));
  DW_TRY(dw_emulator_prediction_create(&query->prediction, query->emulator, false));
  DW_TRY(dw_surrogate_place(query->emulator, o->sets, o->set, &query->params, query->parameter, fixed, sizeof fixed));
  DW_TRY(dw_emulator_predict(query->emulator, query->parameter, query->prediction));
  choose_way(query, fixed);
  return query->way == DW_QUERY_EMULATED ? DW_OK : plan_runs(query, place, work + 1, setup);
}

dw_status dw_query_open(dw_query *query, const dw_surrogate_options *options, dw_scan_setup *setup) {
  char dataset[DW_PATH_LENGTH];
  char place[DW_PATH_LENGTH];
  dw_params *work = NULL;
  *query = (dw_query){.options = options};
  memset(setup, 0, sizeof *setup);
  DW_TRY(find_places(options, dataset, place));
  DW_TRY(dw_surrogate_find(options->file[0], query->model));
  DW_TRY(dw_emulator_read(&query->emulator, query->model));
  DW_TRY(dw_dataset_read(&query->dataset, dataset));
  DW_TRY(dw_alloc((void **)&work, 2, sizeof *work, "parameters of a query"));
  const dw_status status = open_with(query, work, place, setup);
  dw_free(work);
  return status;
}

void dw_query_close(dw_query *query) {
  dw_emulator_prediction_destroy(query->prediction);
  dw_emulator_destroy(query->emulator);
  dw_dataset_destroy(query->dataset);
}
