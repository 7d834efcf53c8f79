#include "bench/table.h"

#include <omp.h>

#include "lattice/comm.h"

typedef struct column {
  const char *name; /* in JSON */
  const char *head;
  int width;
  int digits;
  double value;
} column;

enum { COLUMNS = 7 };

static void columns_of(const bench_row *row, column all[COLUMNS]) {
  const column columns[COLUMNS] = {
      {"ns_per_site", "ns/site", 9, 3, row->ns},          {"bound_fraction", "of bound", 9, 2, row->bound},
      {"default_steps", "steps", 7, 1, row->steps},       {"rate", "GB/s,GF/s", 10, 2, row->rate},
      {"bytes_per_site", "B/site", 7, 1, row->held},      {"messages_per_step", "messages", 9, 2, row->messages},
      {"sent_bytes_per_site", "sent B", 7, 3, row->sent},
  };
  for (int i = 0; i < COLUMNS; i++) {
    all[i] = columns[i];
  }
}

void bench_table_head(void) {
  const bench_row none = bench_row_of("", "", 0, DW_SINGLE);
  column all[COLUMNS];
  columns_of(&none, all);
  (void)printf("%-9s  %-34s  %5s  %-6s  %4s  %4s", "part", "what", "N", "prec", "proc", "thr");
  for (int i = 0; i < COLUMNS; i++) {
    (void)printf("  %*s", all[i].width, all[i].head);
  }
  (void)printf("\n");
}

static const char *name_of(dw_precision precision) { return precision == DW_SINGLE ? "single" : "double"; }

static void print_json(FILE *json, const bench_row *row, const column all[COLUMNS]) {
  (void)fprintf(json,
                "{\"part\": \"%s\", \"what\": \"%s\", \"points\": %lld, \"precision\": \"%s\", \"processes\": %d, "
                "\"threads\": %d",
                row->part, row->what, (long long)row->points, name_of(row->precision), dw_comm_size(dw_comm_world()),
                omp_get_max_threads());
  for (int i = 0; i < COLUMNS; i++) {
    if (!isnan(all[i].value)) {
      (void)fprintf(json, ", \"%s\": %.6g", all[i].name, all[i].value);
    }
  }
  (void)fprintf(json, "}\n");
  (void)fflush(json);
}

void bench_table_add(const bench_table *table, const bench_row *row) {
  column all[COLUMNS];
  if (dw_comm_rank(dw_comm_world()) != 0) {
    return;
  }
  columns_of(row, all);
  (void)printf("%-9s  %-34s  %5lld  %-6s  %4d  %4d", row->part, row->what, (long long)row->points,
               name_of(row->precision), dw_comm_size(dw_comm_world()), omp_get_max_threads());
  for (int i = 0; i < COLUMNS; i++) {
    if (isnan(all[i].value)) {
      (void)printf("  %*s", all[i].width, "");
    } else {
      (void)printf("  %*.*f", all[i].width, all[i].digits, all[i].value);
    }
  }
  (void)printf("\n");
  (void)fflush(stdout);
  if (table->json != NULL) {
    print_json(table->json, row, all);
  }
}
