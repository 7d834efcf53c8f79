/* timeseries.csv of a run, read by the names in its first line. Columns this program doesn't know are passed over;
 * those that runs have had from the beginning must be there (all up to `valid`). Every row must be whole, step and tau
 * must rise, and what always exists (times, a, rates, energies, validity) must not be empty.
 *
 * Not collective. Errors: DW_ERR_FILE with file and line; DW_ERR_MEMORY. */
#ifndef DW_ANALYSIS_POST_ARCHIVE_SERIES_H
#define DW_ANALYSIS_POST_ARCHIVE_SERIES_H

#include <stdint.h>

#include "analysis/columns.h"
#include "base/status.h"

typedef struct dw_archive_series {
  int64_t rows; /* at least 1 */
  double
      *value[DW_COLUMNS]; /* (rows) each, units of columns.h; NAN where empty or not in the file. value[0] owns all */
} dw_archive_series;

/* Nothing is held after a failure. */
dw_status dw_archive_series_read(dw_archive_series *series, const char *path);
void dw_archive_series_free(dw_archive_series *series);

#endif
