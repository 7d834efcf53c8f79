/* Processes and what they agree on. The only message passing the rest of the code sees.
 *
 * A communicator of one process calls no MPI at all, so physics can be tested
 * without it. Functions marked collective are called by all processes of the
 * communicator, from one thread, in the same order. */
#ifndef DW_LATTICE_COMM_H
#define DW_LATTICE_COMM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

typedef struct dw_comm dw_comm;

/* Starts and ends message passing for the whole program; once each. */
dw_status dw_comm_start(int *argc, char ***argv);
void dw_comm_stop(void);

/* Ends all processes at once with this exit code; for failures that can't be agreed on. */
void dw_comm_abort(int exit_code);

/* All processes (after dw_comm_start), or this one alone (always valid). Not owned by the caller. */
const dw_comm *dw_comm_world(void);
const dw_comm *dw_comm_self(void);

int dw_comm_rank(const dw_comm *comm);
int dw_comm_size(const dw_comm *comm);

/* Number of processes that share this one's memory; collective on the first call. */
int dw_comm_local_size(void);

/* Collective. The worst status of all processes, on all; the message of the lowest
 * process that has that status is copied to all. Call it before the next
 * communication whenever a step may have failed on one process alone. */
dw_status dw_comm_agree(const dw_comm *comm, dw_status mine);

/* Collective. dw_alloc (base/memory.h) on all processes or on none. */
dw_status dw_comm_alloc(const dw_comm *comm, void **block, size_t count, size_t size, const char *purpose);

/* Collective. In place over all processes. Integer sums are exact, so independent of order. */
void dw_comm_sum_int64(const dw_comm *comm, int64_t *values, size_t count);
void dw_comm_sum_uint64(const dw_comm *comm, uint64_t *values, size_t count);
void dw_comm_max_double(const dw_comm *comm, double *values, size_t count);
void dw_comm_max_int64(const dw_comm *comm, int64_t *values, size_t count);

/* Collective. Sum of `mine` over the processes of lower rank; 0 on process 0. */
int64_t dw_comm_sum_before(const dw_comm *comm, int64_t mine);

/* Collective. `bytes` bytes of each process, any number, one behind the other by rank: *all on process 0, *total bytes,
 * released by the caller with dw_free; NULL and 0 elsewhere and after a failure. Process 0 must be able to hold them.
 * Errors: DW_ERR_MEMORY on all processes. */
dw_status dw_comm_gather(const dw_comm *comm, const void *mine, size_t bytes, void **all, size_t *total,
                         const char *purpose);

/* Collective. Sends to process `to` while receiving from process `from`, which may be this one; both sides know the
 * number of bytes. */
void dw_comm_exchange(const dw_comm *comm, int to, const void *send, size_t send_bytes, int from, void *receive,
                      size_t receive_bytes);

/* Collective. `bytes` bytes of `data` on process 0 are copied to all. */
void dw_comm_broadcast(const dw_comm *comm, void *data, size_t bytes);
void dw_comm_barrier(const dw_comm *comm);

/* Collective. The processes of `comm` that give the same `group`, ranked as they are in `comm`; *part is released by
 * dw_comm_destroy on all of them, after whatever was made with it. What one part does, the others don't wait for.
 * Errors: DW_ERR_MEMORY on all processes. */
dw_status dw_comm_split(dw_comm **part, const dw_comm *comm, int group);

/* Collective over the part. NULL is allowed. */
void dw_comm_destroy(dw_comm *part);

/* Single messages, between any two processes that agree on their size; they don't mix with collective calls of the same
 * communicator. Not collective. A message of few bytes to another process is on its way when dw_comm_send returns. */
void dw_comm_send(const dw_comm *comm, int to, const void *data, size_t bytes);

/* Whether a message is there, and from whom; doesn't wait. */
bool dw_comm_waiting(const dw_comm *comm, int *from);
void dw_comm_receive(const dw_comm *comm, int from, void *data, size_t bytes);

/* What this process has sent to others in halos and transposes since the start; for benchmarks. Not collective. */
typedef struct dw_traffic {
  int64_t messages;
  int64_t bytes;
} dw_traffic;
dw_traffic dw_comm_traffic(void);

#endif
