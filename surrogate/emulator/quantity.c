#include "surrogate/emulator/quantity.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"

/* Times and wave numbers that differ by less are the same. */
static const double SAME = 1e-6;
/* Times in 1/m after the start from which emulators learn by default: the field's own time. */
static const double SETTLED = 1.0;

static int64_t spectrum_of(const char *name) {
  for (int s = 0; s < DW_DATASET_SPECTRA; s++) {
    if (strcmp(name, dw_dataset_spectrum_name((dw_dataset_spectrum)s)) == 0) {
      return s;
    }
  }
  return -1;
}

/* --- names --- */

static bool has_column(const dw_dataset *dataset, const char *name) {
  const int64_t column = dw_dataset_column(dataset, name);
  for (int64_t i = 0; column >= 0 && i < dataset->runs * dataset->rows; i++) {
    if (!isnan(dataset->series[i * dataset->columns + column])) {
      return true;
    }
  }
  return false;
}

dw_status dw_quantity_names(const dw_dataset *dataset, const dw_emulator_options *options, int64_t *count,
                            const char *names[DW_EMULATOR_QUANTITIES]) {
  static const dw_dataset_spectrum kept[] = {DW_DATASET_FIELD, DW_DATASET_ETC, DW_DATASET_GW};
  *count = 0;
  if (options->quantities > DW_EMULATOR_QUANTITIES) {
    return dw_fail(DW_ERR_PARAM, "an emulator has %d quantities at most; make several", DW_EMULATOR_QUANTITIES);
  }
  for (int64_t q = 0; q < options->quantities; q++) {
    names[(*count)++] = options->quantity[q];
  }
  if (*count > 0) {
    return DW_OK;
  }
  for (size_t s = 0; s < sizeof kept / sizeof *kept; s++) {
    if (dataset->spectrum[kept[s]].times > 0) {
      names[(*count)++] = dw_dataset_spectrum_name(kept[s]);
    }
  }
  const char *area = has_column(dataset, "area_parameter_h") ? "area_parameter_h" : "area_parameter_t";
  const char *const columns[] = {area, "velocity"};
  for (size_t c = 0; c < 2; c++) {
    if (has_column(dataset, columns[c])) {
      names[(*count)++] = columns[c];
    }
  }
  return *count > 0
             ? DW_OK
             : dw_fail(DW_ERR_PARAM, "the data set has neither spectra nor area_parameter_h, area_parameter_t or "
                                     "velocity; name what to learn (--quantity)");
}

/* --- rows of a run --- */

/* The times of a run and its values at row and bin. */
typedef struct rows {
  const double *tau;
  ptrdiff_t tau_stride;
  const double *value;
  ptrdiff_t stride;
  int64_t count; /* of rows it has */
  int64_t bins;
  const double *k; /* (bins) of the run; NULL for a column */
} rows;

static rows rows_of(const dw_quantity *q, const dw_dataset *dataset, int64_t run) {
  rows r = {.count = 0};
  int64_t most = dataset->rows;
  if (q->spectrum >= 0) {
    const dw_dataset_table *table = &dataset->spectrum[q->spectrum];
    most = table->times;
    r = (rows){table->tau + run * table->times,
               1,
               table->value + run * table->times * table->bins,
               table->bins,
               0,
               table->bins,
               table->k + run * table->bins};
  } else {
    const double *series = dataset->series + run * dataset->rows * dataset->columns;
    r = (rows){
        series + dw_dataset_column(dataset, "tau"), dataset->columns, series + q->column, dataset->columns, 0, 1, NULL};
  }
  while (r.count < most && !isnan(r.tau[r.count * r.tau_stride])) {
    r.count++;
  }
  return r;
}

static double time_of(const rows *r, int64_t row) { return r->tau[row * r->tau_stride]; }

/* The last row not after tau, within the rounding of a time; -1 before the first. */
static int64_t row_before(const rows *r, double tau) {
  int64_t row = -1;
  while (row + 1 < r->count && time_of(r, row + 1) <= tau * (1.0 + SAME)) {
    row++;
  }
  return row;
}

static dw_status bad_value(const dw_quantity *q, const dw_dataset *dataset, int64_t run, double tau, int64_t bin,
                           double value) {
  char where[64] = "";
  if (q->spectrum >= 0) {
    (void)snprintf(where, sizeof where, ", bin %lld", (long long)bin);
  }
  return dw_fail(
      DW_ERR_PARAM,
      "run %s of the data set: %s is %g at tau = %.6g%s, and logarithms need numbers > 0; choose other times "
      "or quantities, or leave the run out of the scan",
      dataset->run[run].id, q->name, value, tau, where);
}

/* Whether the grid of a run has no modes in a bin, or not all of a shell of mean wave number k. */
static bool lacks(const rows *r, int64_t row, int64_t bin, double k) {
  if (r->k == NULL) {
    return false;
  }
  const double value = bin < r->bins ? r->value[row * r->stride + bin] : 0.0;
  return bin >= r->bins || !(fabs(r->k[bin] - k) <= SAME * k) || !(value < 0.0 || value > 0.0 || isnan(value));
}

/* Bin n of the quantity in a run; a cheap one takes its last that is whole. */
static int64_t bin_of(const dw_quantity *q, const dw_dataset *dataset, int64_t run, const rows *r, int64_t row,
                      int64_t n) {
  while (dataset->run[run].level == DW_LEVEL_CHEAP && n > 0 && lacks(r, row, q->source[n], q->k[n])) {
    n--;
  }
  return q->source[n];
}

static dw_status take_time(const dw_quantity *q, const dw_dataset *dataset, int64_t run, const rows *r, int64_t t,
                           double *values) {
  const double tau = q->tau[t];
  const int64_t row = row_before(r, tau);
  const bool exact = row >= 0 && time_of(r, row) >= tau * (1.0 - SAME);
  if (row < 0 || (!exact && row + 1 >= r->count)) {
    return dw_fail(DW_ERR_PARAM,
                   "run %s of the data set has no %s at tau = %.6g: it has %.6g to %.6g; choose other times",
                   dataset->run[run].id, q->name, tau, r->count > 0 ? time_of(r, 0) : (double)NAN,
                   r->count > 0 ? time_of(r, r->count - 1) : (double)NAN);
  }
  const double part = exact ? 0.0 : log(tau / time_of(r, row)) / log(time_of(r, row + 1) / time_of(r, row));
  for (int64_t n = 0; n < q->bins; n++) {
    const int64_t bin = bin_of(q, dataset, run, r, row, n);
    const double first = r->value[row * r->stride + bin];
    const double second = exact ? first : r->value[(row + 1) * r->stride + bin];
    if (!(isfinite(first) && first > 0.0 && isfinite(second) && second > 0.0)) {
      return bad_value(q, dataset, run, tau, bin, isfinite(first) && first > 0.0 ? second : first);
    }
    values[n] = exact ? log(first) : (1.0 - part) * log(first) + part * log(second);
  }
  return DW_OK;
}

/* Shells of a run that are those of the quantity, as far as it has them. */
static dw_status check_bins(const dw_quantity *q, const dw_dataset *dataset, int64_t run) {
  if (q->spectrum < 0) {
    return DW_OK;
  }
  const dw_dataset_table *table = &dataset->spectrum[q->spectrum];
  const bool cheap = dataset->run[run].level == DW_LEVEL_CHEAP;
  for (int64_t n = 0; n < q->bins; n++) {
    const double k = q->source[n] < table->bins ? table->k[run * table->bins + q->source[n]] : (double)NAN;
    if (!(fabs(k - q->k[n]) <= SAME * q->k[n]) && !(cheap && n > 0)) {
      return dw_fail(
          DW_ERR_PARAM,
          "run %s of the data set has other bins of %s than the others: k = %g instead of %g in bin %lld; an "
          "emulator needs runs of one box (lattice.points, lattice.length)",
          dataset->run[run].id, q->name, k, q->k[n], (long long)q->source[n]);
    }
  }
  return DW_OK;
}

dw_status dw_quantity_take(const dw_quantity *quantity, const dw_dataset *dataset, int64_t run, double *values) {
  const rows r = rows_of(quantity, dataset, run);
  DW_TRY(check_bins(quantity, dataset, run));
  for (int64_t t = 0; t < quantity->times; t++) {
    DW_TRY(take_time(quantity, dataset, run, &r, t, values + t * quantity->bins));
  }
  return DW_OK;
}

/* --- times and bins --- */

/* Rows that hold nothing yet: waves before they start. */
static bool is_empty(const rows *r, int64_t row) {
  for (int64_t n = 0; n < r->bins; n++) {
    const double value = r->value[row * r->stride + n];
    if (value < 0.0 || value > 0.0) {
      return false;
    }
  }
  return true;
}

/* From when to when all runs have something that has evolved: after each one's first row, and SETTLED after the last
 * start, if they last so long. Before that runs that started earlier and later are too unlike to be learned together.
 */
static dw_status common_range(const dw_quantity *q, const dw_dataset *dataset, const bool *used, double *from,
                              double *to) {
  double start = 0.0;
  *from = 0.0;
  *to = HUGE_VAL;
  for (int64_t run = 0; run < dataset->runs; run++) {
    const rows r = rows_of(q, dataset, run);
    int64_t first = 1;
    while (used[run] && dataset->run[run].level == DW_LEVEL_FINE && first < r.count && is_empty(&r, first)) {
      first++;
    }
    if (used[run] && first >= r.count) {
      return dw_fail(DW_ERR_PARAM, "run %s of the data set has no %s after its start; leave this quantity out",
                     dataset->run[run].id, q->name);
    }
    *from = used[run] ? fmax(*from, time_of(&r, first)) : *from;
    *to = used[run] ? fmin(*to, time_of(&r, r.count - 1)) : *to;
    start = used[run] ? fmax(start, time_of(&r, 0)) : start;
  }
  *from = fmax(*from, fmin(start + SETTLED, *to));
  return DW_OK;
}

static dw_status allocate(dw_quantity *q, int64_t times, int64_t bins) {
  void *block = NULL;
  DW_TRY(dw_alloc(&block, (size_t)(times + 3 * bins), sizeof(double), "quantities of an emulator"));
  q->tau = block;
  q->k = q->tau + times;
  q->count = q->k + bins;
  q->source = (int64_t *)(void *)(q->count + bins);
  return DW_OK;
}

/* Given times, or those of the reference run in the range, evenly chosen, the last one always. */
static dw_status choose_times(dw_quantity *q, const rows *reference, const dw_emulator_options *options, double from,
                              double to) {
  int64_t candidates = 0;
  int64_t first = reference->count;
  for (int64_t row = reference->count - 1; row >= 0 && options->times == 0; row--) {
    const double tau = time_of(reference, row);
    if (tau >= from * (1.0 - SAME) && tau <= to * (1.0 + SAME)) {
      candidates++;
      first = row;
    }
  }
  const int64_t most = options->times_at_most < candidates ? options->times_at_most : candidates;
  q->times = options->times > 0 ? options->times : most;
  if (q->times < 1) {
    return dw_fail(DW_ERR_PARAM, "the runs of the data set have no time of %s in common; choose times (--times)",
                   q->name);
  }
  for (int64_t t = 0; t < q->times; t++) {
    const int64_t back = q->times > 1 ? (q->times - 1 - t) * (candidates - 1) / (q->times - 1) : 0;
    q->tau[t] = options->times > 0 ? options->time[t] : time_of(reference, first + candidates - 1 - back);
  }
  return DW_OK;
}

/* Bins in which some run has something at some of the times. */
static void choose_bins(dw_quantity *q, const dw_dataset *dataset, const bool *used, int64_t reference) {
  const dw_dataset_table *table = &dataset->spectrum[q->spectrum];
  for (int64_t n = 0; n < table->bins; n++) {
    bool alive = false;
    for (int64_t run = 0; run < dataset->runs && !alive; run++) {
      if (dataset->run[run].level != DW_LEVEL_FINE) {
        continue;
      }
      const rows r = rows_of(q, dataset, run);
      const int64_t first = row_before(&r, q->tau[0]);
      for (int64_t row = first < 0 ? 0 : first; row < r.count && used[run]; row++) {
        const double value = r.value[row * r.stride + n];
        alive = alive || value < 0.0 || value > 0.0;
      }
    }
    if (alive) {
      q->source[q->bins] = n;
      q->k[q->bins] = table->k[reference * table->bins + n];
      q->count[q->bins++] = table->count[reference * table->bins + n];
    }
  }
}

static dw_status find_source(dw_quantity *q, const dw_dataset *dataset, const char *name) {
  *q = (dw_quantity){.spectrum = spectrum_of(name), .column = dw_dataset_column(dataset, name)};
  (void)snprintf(q->name, sizeof q->name, "%s", name);
  if (q->spectrum >= 0 ? dataset->spectrum[q->spectrum].times == 0
                       : q->column < 0 || dw_dataset_column(dataset, "tau") < 0) {
    return dw_fail(DW_ERR_PARAM,
                   "the data set has no quantity %s; there are field/power, etc/value, gw/drho_dlnk, gw/omega and the "
                   "columns of the time series",
                   name);
  }
  return DW_OK;
}

dw_status dw_quantity_init(dw_quantity *quantity, const dw_dataset *dataset, const dw_emulator_options *options,
                           const bool *used, const char *name) {
  DW_TRY(find_source(quantity, dataset, name));
  const int64_t bins = quantity->spectrum >= 0 ? dataset->spectrum[quantity->spectrum].bins : 1;
  DW_TRY(allocate(quantity, options->times > 0 ? options->times : options->times_at_most, bins));
  int64_t reference = 0;
  while (reference < dataset->runs && !(used[reference] && dataset->run[reference].level == DW_LEVEL_FINE)) {
    reference++;
  }
  if (reference == dataset->runs) {
    return dw_fail(DW_ERR_PARAM, "there is no fine run to learn from in the data set");
  }
  const rows r = rows_of(quantity, dataset, reference);
  double from = 0.0;
  double to = 0.0;
  DW_TRY(common_range(quantity, dataset, used, &from, &to));
  DW_TRY(choose_times(quantity, &r, options, from, to));
  quantity->bins = quantity->spectrum >= 0 ? 0 : 1;
  quantity->source[0] = 0;
  if (quantity->spectrum >= 0) {
    choose_bins(quantity, dataset, used, reference);
  }
  return quantity->bins > 0 ? DW_OK
                            : dw_fail(DW_ERR_PARAM, "no run of the data set has anything in %s but zeros", name);
}

dw_status dw_quantity_match(dw_quantity *quantity, const dw_dataset *dataset, const dw_emulator_quantity *known) {
  DW_TRY(find_source(quantity, dataset, known->name));
  if (dataset->runs < 1) {
    return dw_fail(DW_ERR_PARAM, "the data set has no runs");
  }
  if (quantity->spectrum >= 0 ? known->k == NULL : known->k != NULL || known->bins != 1) {
    return dw_fail(DW_ERR_FILE, "the model is damaged: its %s isn't what the name says", known->name);
  }
  DW_TRY(allocate(quantity, known->times, known->bins));
  quantity->times = known->times;
  quantity->bins = known->bins;
  memcpy(quantity->tau, known->tau, (size_t)known->times * sizeof(double));
  quantity->source[0] = 0;
  int64_t reference = 0;
  while (reference + 1 < dataset->runs && dataset->run[reference].level != DW_LEVEL_FINE) {
    reference++;
  }
  for (int64_t n = 0; n < known->bins && known->k != NULL; n++) {
    const dw_dataset_table *table = &dataset->spectrum[quantity->spectrum];
    int64_t bin = 0;
    while (bin < table->bins && !(fabs(table->k[reference * table->bins + bin] - known->k[n]) <= SAME * known->k[n])) {
      bin++;
    }
    if (bin == table->bins) {
      return dw_fail(DW_ERR_PARAM, "the data set has no bin k = %g of %s that the model has; take runs of the same box",
                     known->k[n], known->name);
    }
    quantity->source[n] = bin;
    quantity->k[n] = known->k[n];
    quantity->count[n] = known->count[n];
  }
  return DW_OK;
}

void dw_quantity_finalize(dw_quantity *quantity) {
  dw_free(quantity->tau);
  quantity->tau = NULL;
}
