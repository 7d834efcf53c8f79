/* Section walls: means of the area parameters and velocities over the valid rows of the window. */
#include <math.h>
#include <stdio.h>

#include "app/analyse_sections.h"
#include "base/memory.h"

static const dw_column columns[] = {DW_COLUMN_AREA_PARAMETER_T, DW_COLUMN_AREA_PARAMETER_H, DW_COLUMN_VELOCITY,
                                    DW_COLUMN_GAMMA_VELOCITY};

/* Of the numbers that aren't NAN; deviation NAN for fewer than two. */
typedef struct mean {
  int64_t count;
  double value;
  double deviation;
} mean;

static mean average(const double *value, int64_t count) {
  mean m = {.count = 0, .value = (double)NAN, .deviation = (double)NAN};
  double sum = 0.0;
  double square = 0.0;
  for (int64_t i = 0; i < count; i++) {
    sum += isnan(value[i]) ? 0.0 : value[i];
    m.count += isnan(value[i]) ? 0 : 1;
  }
  if (m.count > 0) {
    m.value = sum / (double)m.count;
  }
  for (int64_t i = 0; i < count; i++) {
    square += isnan(value[i]) ? 0.0 : (value[i] - m.value) * (value[i] - m.value);
  }
  if (m.count > 1) {
    m.deviation = sqrt(square / (double)(m.count - 1));
  }
  return m;
}

/* A column of a run with NAN in rows that don't count; `scratch` has room for all rows. */
static mean average_rows(const dw_analyse_input *input, const dw_archive *run, dw_column column, double *scratch) {
  const double *tau = dw_archive_column(run, DW_COLUMN_TAU);
  const double *valid = dw_archive_column(run, DW_COLUMN_VALID);
  for (int64_t i = 0; i < run->series.rows; i++) {
    const bool counts = tau[i] >= input->from && tau[i] <= input->to && valid[i] == 1.0;
    scratch[i] = counts ? dw_archive_column(run, column)[i] : (double)NAN;
  }
  return average(scratch, run->series.rows);
}

static dw_status tell(const dw_analyse_input *input, dw_column column, const mean *first, const double *value,
                      dw_findings *findings) {
  const dw_column_info *info = dw_column_describe(column);
  const int64_t runs = input->runs;
  char path[64];
  (void)snprintf(path, sizeof path, "walls/%s", info->name);
  DW_TRY(dw_findings_reals(findings, path, 1, &runs, value, info->unit,
                           "mean over the valid rows of the window, for each run (runs)"));
  const mean all = average(value, runs);
  if (all.count == 0) {
    return dw_findings_line(findings, "  %-20s no valid row in the window", info->name);
  }
  if (runs == 1) {
    return dw_findings_line(findings, "  %-20s %.4g, scatter %.2g over %lld rows", info->name, all.value,
                            first->deviation, (long long)first->count);
  }
  return dw_findings_line(findings, "  %-20s %.4g +- %.2g, standard error over %lld runs", info->name, all.value,
                          all.deviation / sqrt((double)all.count), (long long)all.count);
}

static dw_status measure(const dw_analyse_input *input, double *value, double *scratch, dw_findings *findings) {
  DW_TRY(dw_findings_line(findings, "walls"));
  for (size_t c = 0; c < sizeof columns / sizeof columns[0]; c++) {
    mean first = {.count = 0};
    for (int r = input->runs - 1; r >= 0; r--) {
      first = average_rows(input, input->run[r], columns[c], scratch);
      value[r] = first.value;
    }
    DW_TRY(tell(input, columns[c], &first, value, findings));
  }
  return DW_OK;
}

dw_status dw_analyse_walls(const dw_analyse_input *input, dw_findings *findings) {
  int64_t rows = 0;
  for (int r = 0; r < input->runs; r++) {
    rows = input->run[r]->series.rows > rows ? input->run[r]->series.rows : rows;
  }
  void *block = NULL;
  DW_TRY(dw_alloc(&block, (size_t)(rows + input->runs), sizeof(double), "means of walls"));
  double *value = block;
  const dw_status status = measure(input, value, value + input->runs, findings);
  dw_free(block);
  return status;
}
