/* The calls of MPI that communicate. One that fails calls the error handler of its communicator, as the library's own
 * do, and does nothing. */
#include <mpi.h>

#include "tests/faults/replace_call.h"

/* MPI_CALL(name, parameters, arguments) */
#define MPI_CALL(name, parameters, arguments) \
  REPLACE(DW_FAULT_MPI, int, name, parameters, arguments, return MPI_Comm_call_errhandler(comm, MPI_ERR_OTHER))

MPI_CALL(MPI_Allreduce, (const void *from, void *to, int count, MPI_Datatype type, MPI_Op op, MPI_Comm comm),
         (from, to, count, type, op, comm))
MPI_CALL(MPI_Barrier, (MPI_Comm comm), (comm))
MPI_CALL(MPI_Bcast, (void *data, int count, MPI_Datatype type, int root, MPI_Comm comm),
         (data, count, type, root, comm))
MPI_CALL(MPI_Comm_split, (MPI_Comm comm, int color, int key, MPI_Comm *part), (comm, color, key, part))
MPI_CALL(MPI_Exscan, (const void *from, void *to, int count, MPI_Datatype type, MPI_Op op, MPI_Comm comm),
         (from, to, count, type, op, comm))
MPI_CALL(MPI_Gather,
         (const void *from, int count, MPI_Datatype type, void *to, int many, MPI_Datatype as, int root, MPI_Comm comm),
         (from, count, type, to, many, as, root, comm))
MPI_CALL(MPI_Gatherv,
         (const void *from, int count, MPI_Datatype type, void *to, const int *many, const int *place, MPI_Datatype as,
          int root, MPI_Comm comm),
         (from, count, type, to, many, place, as, root, comm))
MPI_CALL(MPI_Ialltoallv,
         (const void *from, const int *counts, const int *places, MPI_Datatype type, void *to, const int *many,
          const int *place, MPI_Datatype as, MPI_Comm comm, MPI_Request *request),
         (from, counts, places, type, to, many, place, as, comm, request))
MPI_CALL(MPI_Irecv, (void *to, int count, MPI_Datatype type, int source, int tag, MPI_Comm comm, MPI_Request *request),
         (to, count, type, source, tag, comm, request))
MPI_CALL(MPI_Isend,
         (const void *from, int count, MPI_Datatype type, int target, int tag, MPI_Comm comm, MPI_Request *request),
         (from, count, type, target, tag, comm, request))
MPI_CALL(MPI_Recv, (void *to, int count, MPI_Datatype type, int source, int tag, MPI_Comm comm, MPI_Status *status),
         (to, count, type, source, tag, comm, status))
MPI_CALL(MPI_Send, (const void *from, int count, MPI_Datatype type, int target, int tag, MPI_Comm comm),
         (from, count, type, target, tag, comm))
MPI_CALL(MPI_Sendrecv,
         (const void *from, int count, MPI_Datatype type, int target, int tag, void *to, int many, MPI_Datatype as,
          int source, int mark, MPI_Comm comm, MPI_Status *status),
         (from, count, type, target, tag, to, many, as, source, mark, comm, status))
