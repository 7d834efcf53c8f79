#include "lattice/comm.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "lattice/comm_private.h"

/* The program's own processes: set once by dw_comm_start, read-only afterwards. */
static dw_comm world = {.rank = 0, .size = 1, .mpi = MPI_COMM_NULL};
static const dw_comm self = {.rank = 0, .size = 1, .mpi = MPI_COMM_NULL};
static bool started = false;
static int local_size = 1;

static dw_traffic traffic;

/* An MPI call that fails can't be agreed on: say what and where, then end all. */
static void on_mpi_error(MPI_Comm *comm, int *code, ...) {
  (void)comm;
  char text[MPI_MAX_ERROR_STRING];
  int length = 0;
  MPI_Error_string(*code, text, &length);
  (void)fprintf(stderr, "dwell: process %d: MPI failed: %s; the last checkpoint is valid\n", world.rank, text);
  dw_comm_abort(5);
}

static int count_local(void) {
  MPI_Comm node;
  int size = 1;
  MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &node);
  MPI_Comm_size(node, &size);
  MPI_Comm_free(&node);
  return size;
}

/* Whether mpirun or srun started this process: each tells it its rank in one of these. */
static int is_launched(void) {
  static const char *const ranks[] = {"OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK"};
  for (size_t i = 0; i < sizeof ranks / sizeof ranks[0]; i++) {
    if (getenv(ranks[i]) != NULL) {
      return 1;
    }
  }
  return 0;
}

/* What Open MPI is told before it starts, unless the user's environment says otherwise: a program started without
 * mpirun needs no daemon beside it and no folder in /tmp (all such programs share one, and one that ends removes it
 * while another starts), and a container without /sys is no reason for a message. */
static void prepare_environment(void) {
  if (!is_launched()) {
    (void)setenv("OMPI_MCA_ess_singleton_isolated", "1", 0);
    (void)setenv("OMPI_MCA_orte_create_session_dirs", "0", 0);
  }
  (void)setenv("HWLOC_HIDE_ERRORS", "2", 0);
}

dw_status dw_comm_start(int *argc, char ***argv) {
  prepare_environment();
  int provided = 0;
  if (MPI_Init_thread(argc, argv, MPI_THREAD_FUNNELED, &provided) != MPI_SUCCESS) {
    return dw_fail(DW_ERR_MPI, "MPI can't be started");
  }
  if (provided < MPI_THREAD_FUNNELED) {
    MPI_Finalize();
    return dw_fail(DW_ERR_MPI, "this MPI library doesn't allow threads (MPI_THREAD_FUNNELED is needed)");
  }
  MPI_Errhandler handler;
  MPI_Comm_create_errhandler(on_mpi_error, &handler);
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, handler);
  MPI_Errhandler_free(&handler);
  world.mpi = MPI_COMM_WORLD;
  MPI_Comm_rank(MPI_COMM_WORLD, &world.rank);
  MPI_Comm_size(MPI_COMM_WORLD, &world.size);
  local_size = count_local();
  started = true;
  return DW_OK;
}

void dw_comm_stop(void) {
  if (started) {
    MPI_Finalize();
    started = false;
  }
}

void dw_comm_abort(int exit_code) {
  if (started && world.size > 1) {
    MPI_Abort(MPI_COMM_WORLD, exit_code);
  }
  _Exit(exit_code);
}

const dw_comm *dw_comm_world(void) { return &world; }

const dw_comm *dw_comm_self(void) { return &self; }

int dw_comm_rank(const dw_comm *comm) { return comm->rank; }

int dw_comm_size(const dw_comm *comm) { return comm->size; }

int dw_comm_local_size(void) { return local_size; }

void dw_comm_count(size_t bytes) {
  traffic.messages += bytes > 0 ? 1 : 0;
  traffic.bytes += (int64_t)bytes;
}

dw_traffic dw_comm_traffic(void) { return traffic; }

dw_status dw_comm_agree(const dw_comm *comm, dw_status mine) {
  if (comm->size == 1) {
    return mine;
  }
  struct {
    int status;
    int rank;
  } worst = {.status = (int)mine, .rank = comm->rank};
  MPI_Allreduce(MPI_IN_PLACE, &worst, 1, MPI_2INT, MPI_MAXLOC, comm->mpi);
  if (worst.status == DW_OK) {
    return DW_OK;
  }
  char text[DW_MESSAGE_LENGTH];
  memset(text, 0, sizeof text);
  if (comm->rank == worst.rank) {
    (void)snprintf(text, sizeof text, "%s", dw_message());
  }
  MPI_Bcast(text, sizeof text, MPI_CHAR, worst.rank, comm->mpi);
  return dw_fail((dw_status)worst.status, "%s", text);
}

dw_status dw_comm_alloc(const dw_comm *comm, void **block, size_t count, size_t size, const char *purpose) {
  const dw_status status = dw_comm_agree(comm, dw_alloc(block, count, size, purpose));
  if (status != DW_OK) {
    dw_free(*block);
    *block = NULL;
  }
  return status;
}

static void reduce(const dw_comm *comm, void *values, size_t count, MPI_Datatype type, MPI_Op op, size_t size) {
  if (comm->size == 1) {
    return;
  }
  char *next = values;
  while (count > 0) { /* MPI counts are int */
    const int now = count > INT_MAX ? INT_MAX : (int)count;
    MPI_Allreduce(MPI_IN_PLACE, next, now, type, op, comm->mpi);
    next += (size_t)now * size;
    count -= (size_t)now;
  }
}

void dw_comm_sum_int64(const dw_comm *comm, int64_t *values, size_t count) {
  reduce(comm, values, count, MPI_INT64_T, MPI_SUM, sizeof *values);
}

void dw_comm_sum_uint64(const dw_comm *comm, uint64_t *values, size_t count) {
  reduce(comm, values, count, MPI_UINT64_T, MPI_SUM, sizeof *values);
}

void dw_comm_max_double(const dw_comm *comm, double *values, size_t count) {
  reduce(comm, values, count, MPI_DOUBLE, MPI_MAX, sizeof *values);
}

void dw_comm_max_int64(const dw_comm *comm, int64_t *values, size_t count) {
  reduce(comm, values, count, MPI_INT64_T, MPI_MAX, sizeof *values);
}

int64_t dw_comm_sum_before(const dw_comm *comm, int64_t mine) {
  int64_t before = 0;
  if (comm->size > 1) {
    MPI_Exscan(&mine, &before, 1, MPI_INT64_T, MPI_SUM, comm->mpi);
  }
  return comm->rank == 0 ? 0 : before; /* MPI leaves it undefined there */
}

void dw_comm_exchange(const dw_comm *comm, int to, const void *send, size_t send_bytes, int from, void *receive,
                      size_t receive_bytes) {
  if (to == comm->rank && from == comm->rank) {
    memcpy(receive, send, receive_bytes);
    return;
  }
  const char *next = send;
  char *place = receive;
  while (send_bytes > 0 || receive_bytes > 0) { /* the n-th piece of one side is the n-th of the other */
    const int out = send_bytes > INT_MAX ? INT_MAX : (int)send_bytes;
    const int in = receive_bytes > INT_MAX ? INT_MAX : (int)receive_bytes;
    MPI_Sendrecv(next, out, MPI_CHAR, out > 0 ? to : MPI_PROC_NULL, 0, place, in, MPI_CHAR,
                 in > 0 ? from : MPI_PROC_NULL, 0, comm->mpi, MPI_STATUS_IGNORE);
    next += out;
    place += in;
    send_bytes -= (size_t)out;
    receive_bytes -= (size_t)in;
  }
}

/* Bytes of all processes on process 0; its block follows from them. */
static dw_status gather_sizes(const dw_comm *comm, size_t bytes, int64_t *sizes, void **all, size_t *total,
                              const char *purpose) {
  const int64_t mine = (int64_t)bytes;
  if (comm->size > 1) {
    MPI_Gather(&mine, 1, MPI_INT64_T, sizes, 1, MPI_INT64_T, 0, comm->mpi);
  } else {
    sizes[0] = mine;
  }
  dw_status status = DW_OK;
  if (comm->rank == 0) {
    for (int i = 0; i < comm->size; i++) {
      *total += (size_t)sizes[i];
    }
    status = dw_alloc(all, *total, 1, purpose);
  }
  status = dw_comm_agree(comm, status);
  if (status != DW_OK) {
    dw_free(*all);
    *all = NULL;
    *total = 0;
  }
  return status;
}

static void send_bytes(const dw_comm *comm, const char *next, size_t bytes) {
  while (bytes > 0) {
    const int now = bytes > INT_MAX ? INT_MAX : (int)bytes;
    MPI_Send(next, now, MPI_CHAR, 0, 0, comm->mpi);
    next += now;
    bytes -= (size_t)now;
  }
}

static void receive_bytes(const dw_comm *comm, int from, char *next, size_t bytes) {
  while (bytes > 0) {
    const int now = bytes > INT_MAX ? INT_MAX : (int)bytes;
    MPI_Recv(next, now, MPI_CHAR, from, 0, comm->mpi, MPI_STATUS_IGNORE);
    next += now;
    bytes -= (size_t)now;
  }
}

static void gather_bytes(const dw_comm *comm, const void *mine, size_t bytes, const int64_t *sizes, char *all) {
  if (comm->rank != 0) {
    send_bytes(comm, mine, bytes);
    return;
  }
  if (bytes > 0) {
    memcpy(all, mine, bytes);
  }
  for (int i = 1; i < comm->size; i++) {
    all += sizes[i - 1];
    receive_bytes(comm, i, all, (size_t)sizes[i]);
  }
}

dw_status dw_comm_gather(const dw_comm *comm, const void *mine, size_t bytes, void **all, size_t *total,
                         const char *purpose) {
  *all = NULL;
  *total = 0;
  void *sizes = NULL;
  DW_TRY(dw_comm_alloc(comm, &sizes, comm->rank == 0 ? (size_t)comm->size : 0, sizeof(int64_t), purpose));
  const dw_status status = gather_sizes(comm, bytes, sizes, all, total, purpose);
  if (status == DW_OK) {
    gather_bytes(comm, mine, bytes, sizes, *all);
  }
  dw_free(sizes);
  return status;
}

void dw_comm_broadcast(const dw_comm *comm, void *data, size_t bytes) {
  if (comm->size == 1) {
    return;
  }
  char *next = data;
  while (bytes > 0) {
    const int now = bytes > INT_MAX ? INT_MAX : (int)bytes;
    MPI_Bcast(next, now, MPI_CHAR, 0, comm->mpi);
    next += now;
    bytes -= (size_t)now;
  }
}

void dw_comm_barrier(const dw_comm *comm) {
  if (comm->size > 1) {
    MPI_Barrier(comm->mpi);
  }
}
