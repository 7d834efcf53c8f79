/* Parts of the benchmark, each a few lines of the table. Collective. */
#ifndef DW_BENCH_PARTS_H
#define DW_BENCH_PARTS_H

#include "base/status.h"
#include "bench/table.h"

/* Bandwidth, and steps of the field alone and with waves as shares of it. */
dw_status bench_steps(const bench_table *table, int64_t points);

/* Measurements, and the transform, in steps of the default run. */
dw_status bench_measurements(const bench_table *table, int64_t points);

/* Snapshots and checkpoints against plain writing into the same directory. */
dw_status bench_files(const bench_table *table, int64_t points, const char *directory);

#endif
