#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "bench/network.h"
#include "bench/parts.h"
#include "bench/timing.h"

enum { BLOCK = 16 << 20 };

/* Where files go, and how many bytes. */
typedef struct writing {
  bench_network network;
  char path[4096];
  double bytes; /* of all processes */
  dw_status status;
} writing;

/* As a checkpoint: fields with their fingerprints, the waves. */
static dw_status write_state(const writing *w) {
  dw_file *file = NULL;
  const dw_state *state = w->network.state;
  DW_TRY(dw_file_create(&file, dw_comm_world(), w->path, 0));
  dw_status status = dw_file_write_checked_field(file, "/phi", state->phi[0]);
  status = status == DW_OK ? dw_file_write_checked_field(file, "/pi", state->pi[0]) : status;
  status = status == DW_OK ? dw_emission_write(w->network.emission, file) : status;
  if (status == DW_OK) {
    return dw_file_commit(&file);
  }
  dw_file_close(file);
  return status;
}

static void write_checkpoint(void *context) {
  writing *w = context;
  const dw_status status = write_state(w);
  w->status = w->status == DW_OK ? status : w->status;
}

/* As many bytes by process 0, forced to the disk. */
static dw_status write_bytes(const writing *w) {
  void *block = NULL;
  DW_TRY(dw_alloc(&block, BLOCK, 1, "plain write"));
  memset(block, 0x5a, BLOCK);
  const int file = open(w->path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  bool good = file >= 0;
  for (double done = 0.0; good && done < w->bytes; done += BLOCK) {
    const size_t now = w->bytes - done < BLOCK ? (size_t)(w->bytes - done) : BLOCK;
    good = write(file, block, now) == (ssize_t)now;
  }
  good = good && fsync(file) == 0;
  good = close(file) == 0 && good;
  dw_free(block);
  return good ? DW_OK : dw_fail(DW_ERR_FILE, "%s can't be written", w->path);
}

static void write_plain(void *context) {
  writing *w = context;
  dw_status status = DW_OK;
  if (dw_comm_rank(dw_comm_world()) == 0) {
    status = write_bytes(w);
  }
  status = dw_comm_agree(dw_comm_world(), status);
  w->status = w->status == DW_OK ? status : w->status;
}

dw_status bench_files(const bench_table *table, int64_t points, const char *directory) {
  const bench_choice choice = {
      .points = points, .precision = DW_SINGLE, .stencil = 2, .together = 1, .waves = "lattice", .coarsening = 2};
  const dw_emission_choice emission = {.waves = true, .method = "lattice", .coarsening = 2, .stress_coarsening = 2};
  writing w = {.status = DW_OK};
  double checkpoint[BENCH_MOST_ROUNDS];
  double plain[BENCH_MOST_ROUNDS];
  double share[BENCH_MOST_ROUNDS];
  DW_TRY(bench_network_open(&w.network, &choice));
  (void)snprintf(w.path, sizeof w.path, "%s/dwell-bench.tmpfile", directory);
  w.bytes =
      2.0 * bench_sites(&w.network) * (double)DW_SINGLE + (double)dw_emission_file_bytes(&emission, points, DW_SINGLE);
  for (int round = 0; round < table->rounds && w.status == DW_OK; round++) {
    checkpoint[round] = bench_timed(write_checkpoint, &w);
    plain[round] = bench_timed(write_plain, &w);
    share[round] = plain[round] / checkpoint[round];
  }
  if (dw_comm_rank(dw_comm_world()) == 0) {
    (void)unlink(w.path);
  }
  bench_row row = bench_row_of("files", "checkpoint (of plain writing)", points, DW_SINGLE);
  row.rate = w.bytes / bench_median(checkpoint, table->rounds) * 1e-9;
  row.bound = bench_median(share, table->rounds);
  bench_table_add(table, &row);
  row = bench_row_of("files", "plain writing", points, DW_SINGLE);
  row.rate = w.bytes / bench_median(plain, table->rounds) * 1e-9;
  bench_table_add(table, &row);
  bench_network_close(&w.network);
  return w.status;
}
