/* Speed of dwell beside what the machine gives at the same moment.
 *
 *   bench_dwell [--json FILE] [--rounds R] [--directory DIR] [PART...] [N...]
 *
 * One table for the processes and threads it is started with; bench/run starts it with several. Parts: step, measure,
 * files; all where none is named. What is compared takes turns, and medians of the rounds are printed: of times, and of
 * ratios within a round, since machines drift. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/parts.h"
#include "lattice/comm.h"

enum { MOST_SIZES = 16 };

typedef struct options {
  const char *json;
  const char *directory;
  int rounds;
  bool step, measure, files;
  int64_t sizes[MOST_SIZES];
  int count;
} options;

static bool read_word(options *o, const char *word) {
  bool *const part = strcmp(word, "step") == 0      ? &o->step
                     : strcmp(word, "measure") == 0 ? &o->measure
                     : strcmp(word, "files") == 0   ? &o->files
                                                    : NULL;
  if (part != NULL) {
    *part = true;
    return true;
  }
  char *end = NULL;
  const long long points = strtoll(word, &end, 10);
  if (*end != '\0' || points < 8 || o->count == MOST_SIZES) {
    return false;
  }
  o->sizes[o->count++] = points;
  return true;
}

static bool read_options(options *o, int argc, char **argv) {
  *o = (options){.directory = ".", .rounds = 5};
  for (int i = 1; i < argc; i++) {
    if (i + 1 < argc && strcmp(argv[i], "--json") == 0) {
      o->json = argv[++i];
    } else if (i + 1 < argc && strcmp(argv[i], "--directory") == 0) {
      o->directory = argv[++i];
    } else if (i + 1 < argc && strcmp(argv[i], "--rounds") == 0) {
      o->rounds = atoi(argv[++i]);
    } else if (!read_word(o, argv[i])) {
      return false;
    }
  }
  if (!o->step && !o->measure && !o->files) {
    o->step = o->measure = o->files = true;
  }
  if (o->count == 0) {
    o->sizes[o->count++] = 256;
  }
  return o->rounds >= 1 && o->rounds <= BENCH_MOST_ROUNDS;
}

static dw_status run(const options *o, const bench_table *table) {
  for (int i = 0; i < o->count; i++) {
    if (o->step) {
      DW_TRY(bench_steps(table, o->sizes[i]));
    }
    if (o->measure) {
      DW_TRY(bench_measurements(table, o->sizes[i]));
    }
    if (o->files) {
      DW_TRY(bench_files(table, o->sizes[i], o->directory));
    }
  }
  return DW_OK;
}

int main(int argc, char **argv) {
  dw_status status = dw_comm_start(&argc, &argv);
  options o;
  bench_table table = {.json = NULL};
  const bool first = dw_comm_rank(dw_comm_world()) == 0;
  if (status == DW_OK && !read_options(&o, argc, argv)) {
    status = dw_fail(DW_ERR_PARAM, "usage: bench_dwell [--json FILE] [--rounds R] [--directory DIR] "
                                   "[step|measure|files...] [N...]");
  }
  if (status == DW_OK) {
    table.rounds = o.rounds;
    if (first && o.json != NULL && (table.json = fopen(o.json, "a")) == NULL) {
      status = dw_fail(DW_ERR_FILE, "%s can't be written", o.json);
    }
    status = dw_comm_agree(dw_comm_world(), status);
  }
  if (status == DW_OK) {
    if (first && getenv("DWELL_BENCH_NO_HEADER") == NULL) {
      bench_table_head();
    }
    status = run(&o, &table);
  }
  if (status != DW_OK) {
    (void)fprintf(stderr, "bench_dwell: %s\n", dw_message());
  }
  if (table.json != NULL) {
    (void)fclose(table.json);
  }
  dw_comm_stop();
  return dw_exit_code(status);
}
