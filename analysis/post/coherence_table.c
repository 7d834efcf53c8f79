#include "analysis/post/coherence_table.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"

dw_status dw_coherence_table_create(dw_coherence_table *table, int64_t bins, double width) {
  *table = (dw_coherence_table){.bins = bins, .width = width};
  if (bins < 1 || !(isfinite(width) && width > 0.0)) {
    return dw_fail(DW_ERR_INTERNAL, "no table of the coherence with %lld bins of %g", (long long)bins, width);
  }
  DW_TRY(dw_alloc((void **)&table->sum, (size_t)bins, sizeof *table->sum, "coherence against lag"));
  memset(table->sum, 0, (size_t)bins * sizeof *table->sum);
  return DW_OK;
}

void dw_coherence_table_destroy(dw_coherence_table *table) {
  dw_free(table->sum);
  *table = (dw_coherence_table){.bins = 0};
}

int64_t dw_coherence_table_bin(const dw_coherence_table *table, double lag) {
  const double bin = floor(fabs(lag) / table->width + 0.5);
  return bin < (double)table->bins ? (int64_t)bin : -1;
}

void dw_coherence_table_add(dw_coherence_table *table, int64_t bin, const dw_coherence_row *row) {
  const double weight = (double)row->pairs;
  dw_coherence_row *sum = &table->sum[bin];
  sum->pairs += row->pairs;
  sum->lag += weight * row->lag;
  sum->coherence += weight * row->coherence;
  sum->error += weight * row->error * weight * row->error;
}

dw_coherence_row dw_coherence_table_row(const dw_coherence_table *table, int64_t bin) {
  const dw_coherence_row *sum = &table->sum[bin];
  const double pairs = (double)sum->pairs;
  if (sum->pairs == 0) {
    return (dw_coherence_row){.pairs = 0, .lag = NAN, .coherence = NAN, .error = NAN};
  }
  return (dw_coherence_row){.pairs = sum->pairs,
                            .lag = sum->lag / pairs,
                            .coherence = sum->coherence / pairs,
                            .error = sqrt(sum->error) / pairs};
}

dw_coherence_weight dw_coherence_table_weight(const dw_coherence_table *table) {
  dw_coherence_weight weight = {.complete = false};
  dw_coherence_row before = {.lag = 0.0, .coherence = 1.0, .error = 0.0};
  for (int64_t bin = 0; bin < table->bins && !weight.complete; bin++) {
    const dw_coherence_row row = dw_coherence_table_row(table, bin);
    if (row.pairs > 0 && row.lag > before.lag) {
      const double step = row.lag - before.lag; /* twice half a step: both signs of the lag */
      weight.value += step * (row.coherence + before.coherence);
      weight.error += step * (row.error + before.error);
      weight.complete = row.coherence < 2.0 * row.error;
      before = row;
    }
  }
  return weight;
}
