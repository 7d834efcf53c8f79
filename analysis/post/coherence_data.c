#include "analysis/post/coherence_data.h"

#include <math.h>
#include <string.h>

#include "analysis/post/coherence_groups.h"
#include "analysis/post/coherence_models.h"
#include "base/memory.h"

dw_status dw_coherence_data_create(dw_coherence_data *data, int64_t room, int64_t bins, double bin_width) {
  *data = (dw_coherence_data){.room = room};
  if (room < 0) {
    return dw_fail(DW_ERR_INTERNAL, "no coherence of %lld shells", (long long)room);
  }
  dw_status status = dw_coherence_table_create(&data->table, bins, bin_width);
  if (status == DW_OK) {
    status = dw_alloc((void **)&data->shell, (size_t)room, sizeof *data->shell, "coherence of shells");
  }
  if (status != DW_OK) {
    dw_coherence_data_destroy(data);
  }
  return status;
}

static void shell_destroy(dw_coherence_shell *shell) {
  dw_free(shell->begin);
  dw_free(shell->x);
  dw_free(shell->value);
  dw_free(shell->covariance);
}

void dw_coherence_data_destroy(dw_coherence_data *data) {
  for (int64_t i = 0; i < data->shells; i++) {
    shell_destroy(&data->shell[i]);
  }
  dw_free(data->shell);
  dw_coherence_table_destroy(&data->table);
  *data = (dw_coherence_data){.room = 0};
}

int64_t dw_coherence_data_entries(const dw_coherence_data *data) {
  int64_t entries = 0;
  for (int64_t i = 0; i < data->shells; i++) {
    entries += data->shell[i].entries;
  }
  return entries;
}

/* An empty shell of that many entries and pairs, already part of *data. */
static dw_status next_shell(dw_coherence_data *data, int64_t entries, int64_t pairs, dw_coherence_errors errors,
                            dw_coherence_shell **result) {
  if (data->shells >= data->room) {
    return dw_fail(DW_ERR_INTERNAL, "room for the coherence of %lld shells, not more", (long long)data->room);
  }
  dw_coherence_shell *shell = &data->shell[data->shells++];
  *shell = (dw_coherence_shell){.entries = entries, .errors = errors};
  DW_TRY(dw_alloc((void **)&shell->begin, (size_t)entries + 1, sizeof *shell->begin, "entries of a shell"));
  DW_TRY(dw_alloc((void **)&shell->x, (size_t)pairs, sizeof *shell->x, "pairs of a shell"));
  DW_TRY(dw_alloc((void **)&shell->value, (size_t)entries, sizeof *shell->value, "coherence of a shell"));
  if (errors != DW_ERRORS_GAUSSIAN) {
    const size_t size = (size_t)(entries * entries);
    DW_TRY(dw_alloc((void **)&shell->covariance, size, sizeof *shell->covariance, "errors of a shell"));
    memset(shell->covariance, 0, size * sizeof *shell->covariance);
  }
  *result = shell;
  return DW_OK;
}

static dw_status shell_of_groups(dw_coherence_data *data, const dw_coherence_source *source, const dw_utc_means *means,
                                 dw_coherence_errors errors, dw_coherence_shell **result) {
  DW_TRY(next_shell(data, means->count, means->begin[means->count], errors, result));
  dw_coherence_shell *shell = *result;
  memcpy(shell->begin, means->begin, (size_t)(means->count + 1) * sizeof *shell->begin);
  for (int64_t i = 0; i < means->begin[means->count]; i++) {
    shell->x[i][0] = source->x[dw_coherence_time_of(source, means->pair[i][0])];
    shell->x[i][1] = source->x[means->pair[i][1]];
  }
  return DW_OK;
}

/* The floor, as an error of z at the measured coherence. */
static void add_floor(dw_coherence_shell *shell) {
  for (int64_t i = 0; i < shell->entries; i++) {
    const double coherence = tanh(shell->value[i]) / (1.0 - DW_COHERENCE_FLOOR);
    const double floor_z = DW_COHERENCE_FLOOR * dw_coherence_z_slope(coherence);
    shell->covariance[i * shell->entries + i] += floor_z * floor_z;
  }
}

static dw_status entries_of_tracks(dw_coherence_data *data, const dw_utc_tracks *tracks,
                                   const dw_coherence_source *source) {
  double draws;
  DW_TRY(dw_utc_effective_blocks(tracks, &draws));
  const int64_t most = (int64_t)((draws - 2.0) / 4.0);
  dw_utc_means means;
  dw_coherence_shell *shell = NULL;
  dw_status status =
      dw_coherence_groups_by_lag(source, most < DW_COHERENCE_ENTRIES ? most : DW_COHERENCE_ENTRIES, &means);
  if (status == DW_OK && means.count > 0) {
    status = shell_of_groups(data, source, &means, DW_ERRORS_JACKKNIFE, &shell);
    if (status == DW_OK) {
      shell->draws = draws;
      status = dw_utc_jackknife(tracks, &means, dw_coherence_z, shell->value, shell->covariance);
      add_floor(shell);
    }
  }
  data->without_entries += means.count == 0 ? 1 : 0;
  dw_coherence_groups_destroy(&means);
  return status;
}

/* The mean lag of a bin's pairs, and how many there are. */
static dw_coherence_row row_of_bin(const dw_coherence_source *source, const dw_utc_means *means, int64_t bin) {
  dw_coherence_row row = {.pairs = means->begin[bin + 1] - means->begin[bin]};
  for (int64_t i = means->begin[bin]; i < means->begin[bin + 1]; i++) {
    const double first = source->x[dw_coherence_time_of(source, means->pair[i][0])];
    row.lag += fabs(first - source->x[means->pair[i][1]]) / (double)row.pairs;
  }
  return row;
}

/* Values and errors of the bins, from the jackknife; scratch is bins + bins^2 values. */
static dw_status bins_of_tracks(dw_coherence_data *data, const dw_utc_tracks *tracks, const dw_coherence_source *source,
                                const dw_utc_means *means, double *scratch) {
  const int64_t bins = data->table.bins;
  DW_TRY(dw_utc_jackknife(tracks, means, NULL, scratch, scratch + bins));
  for (int64_t bin = 0; bin < bins; bin++) {
    dw_coherence_row row = row_of_bin(source, means, bin);
    if (row.pairs > 0) {
      row.coherence = scratch[bin];
      row.error = sqrt(scratch[bins + bin * bins + bin]);
      dw_coherence_table_add(&data->table, bin, &row);
    }
  }
  return DW_OK;
}

static dw_status table_of_tracks(dw_coherence_data *data, const dw_utc_tracks *tracks,
                                 const dw_coherence_source *source) {
  const size_t bins = (size_t)data->table.bins;
  dw_utc_means means;
  double *scratch = NULL;
  dw_status status = dw_coherence_groups_by_bin(source, &data->table, &means);
  if (status == DW_OK) {
    status = dw_alloc((void **)&scratch, bins + bins * bins, sizeof *scratch, "coherence against lag");
  }
  if (status == DW_OK) {
    status = bins_of_tracks(data, tracks, source, &means, scratch);
  }
  dw_free(scratch);
  dw_coherence_groups_destroy(&means);
  return status;
}

dw_status dw_coherence_data_add_tracks(dw_coherence_data *data, const dw_utc_tracks *tracks,
                                       const dw_utc_estimate *estimate, const double *x) {
  if (estimate->rows != tracks->samples || estimate->columns != tracks->samples) {
    return dw_fail(DW_ERR_INTERNAL, "coherence of %lld times, tracks of %lld", (long long)estimate->columns,
                   (long long)tracks->samples);
  }
  const dw_coherence_source source = {.estimate = estimate, .at = NULL, .x = x};
  DW_TRY(entries_of_tracks(data, tracks, &source));
  return table_of_tracks(data, tracks, &source);
}

static double coherence_of(const dw_coherence_source *source, const dw_utc_means *means, int64_t i) {
  return source->estimate->coherence[means->pair[i][0] * source->estimate->columns + means->pair[i][1]];
}

static dw_status entries_of_reference(dw_coherence_data *data, const dw_coherence_source *source, double components) {
  dw_utc_means means;
  dw_coherence_shell *shell = NULL;
  dw_status status = dw_coherence_groups_by_lag(source, DW_COHERENCE_ENTRIES, &means);
  if (status == DW_OK && means.count > 0) {
    status = shell_of_groups(data, source, &means, DW_ERRORS_GAUSSIAN, &shell);
    for (int64_t e = 0; status == DW_OK && e < means.count; e++) {
      double sum = 0.0;
      for (int64_t i = means.begin[e]; i < means.begin[e + 1]; i++) {
        sum += coherence_of(source, &means, i);
      }
      shell->value[e] = dw_coherence_z(sum / (double)(means.begin[e + 1] - means.begin[e]));
      shell->components = components;
    }
  }
  data->without_entries += means.count == 0 ? 1 : 0;
  dw_coherence_groups_destroy(&means);
  return status;
}

static dw_status table_of_reference(dw_coherence_data *data, const dw_coherence_source *source, double components) {
  dw_utc_means means;
  const dw_status status = dw_coherence_groups_by_bin(source, &data->table, &means);
  for (int64_t bin = 0; status == DW_OK && bin < data->table.bins; bin++) {
    dw_coherence_row row = row_of_bin(source, &means, bin);
    for (int64_t i = means.begin[bin]; i < means.begin[bin + 1]; i++) {
      const double coherence = coherence_of(source, &means, i);
      row.coherence += coherence / (double)row.pairs;
      row.error += dw_utc_gaussian_error(coherence, components) / (double)row.pairs;
    }
    if (row.pairs > 0) {
      dw_coherence_table_add(&data->table, bin, &row);
    }
  }
  dw_coherence_groups_destroy(&means);
  return status;
}

dw_status dw_coherence_data_add_reference(dw_coherence_data *data, const dw_utc_estimate *estimate, const int64_t *at,
                                          const double *x, double components) {
  if (!(components > 0.0)) {
    return dw_fail(DW_ERR_INTERNAL, "no coherence of %g components", components);
  }
  const dw_coherence_source source = {.estimate = estimate, .at = at, .x = x};
  DW_TRY(entries_of_reference(data, &source, components));
  return table_of_reference(data, &source, components);
}

dw_status dw_coherence_data_add_pairs(dw_coherence_data *data, int64_t count, const double (*x)[2],
                                      const double *coherence, const double *error) {
  if (count < 1) {
    return dw_fail(DW_ERR_INTERNAL, "no coherence of %lld pairs", (long long)count);
  }
  dw_coherence_shell *shell;
  DW_TRY(next_shell(data, count, count, DW_ERRORS_INDEPENDENT, &shell));
  for (int64_t i = 0; i <= count; i++) {
    shell->begin[i] = i;
  }
  memcpy(shell->x, x, (size_t)count * sizeof *shell->x);
  for (int64_t i = 0; i < count; i++) {
    const double lag = fabs(x[i][0] - x[i][1]);
    const int64_t bin = dw_coherence_table_bin(&data->table, lag);
    shell->value[i] = coherence[i];
    shell->covariance[i * count + i] = error[i] * error[i] + DW_COHERENCE_FLOOR * DW_COHERENCE_FLOOR;
    if (bin >= 0) {
      dw_coherence_table_add(&data->table, bin, &(dw_coherence_row){1, lag, coherence[i], error[i]});
    }
  }
  return DW_OK;
}
