#include "lattice/halo.h"

#include <string.h>

#include "base/memory.h"
#include "lattice/comm_private.h"

enum { DOWN = 0, UP = 1 };

struct dw_halo {
  const dw_lattice *lattice;
  size_t row_bytes;          /* N reals; padding stays at home */
  int64_t rows[2];           /* rows in one message along x and along y */
  char *send[2][2];          /* [direction][DOWN or UP] */
  char *receive[2][2];       /* [direction][side of the halo] */
  MPI_Request request[2][4]; /* [direction] */
  MPI_Datatype row_type;     /* keeps message counts small */
};

static int is_divided(const dw_lattice *lattice, int direction) { return lattice->grid[direction] > 1; }

size_t dw_halo_bytes(int64_t points, int64_t nx, int64_t ny, int width, const int grid[2], dw_precision precision) {
  const size_t row = (size_t)points * (size_t)precision;
  const size_t rows_x = grid[0] > 1 ? (size_t)(width * ny) : 0;
  const size_t rows_y = grid[1] > 1 ? (size_t)(width * nx) : 0;
  return 4 * row * (rows_x + rows_y);
}

dw_status dw_halo_create(dw_halo **halo, const dw_lattice *lattice, dw_precision precision) {
  *halo = NULL;
  void *block = NULL;
  DW_TRY(dw_alloc(&block, 1, sizeof(dw_halo), "halo"));
  dw_halo *draft = block;
  memset(draft, 0, sizeof *draft);
  draft->lattice = lattice;
  draft->row_bytes = (size_t)lattice->points * (size_t)precision;
  draft->rows[0] = lattice->halo * lattice->count[1];
  draft->rows[1] = lattice->halo * lattice->count[0];
  draft->row_type = MPI_DATATYPE_NULL;
  *halo = draft;
  for (int direction = 0; direction < 2; direction++) {
    if (!is_divided(lattice, direction)) {
      continue;
    }
    for (int side = 0; side < 2; side++) {
      void *buffers[2] = {NULL, NULL};
      for (int b = 0; b < 2; b++) {
        const dw_status status = dw_alloc(&buffers[b], (size_t)draft->rows[direction], draft->row_bytes, "halo");
        if (status != DW_OK) {
          dw_free(buffers[0]);
          dw_halo_destroy(draft);
          *halo = NULL;
          return status;
        }
      }
      draft->send[direction][side] = buffers[0];
      draft->receive[direction][side] = buffers[1];
    }
  }
  if (dw_comm_size(lattice->comm) > 1) {
    MPI_Type_contiguous((int)draft->row_bytes, MPI_BYTE, &draft->row_type);
    MPI_Type_commit(&draft->row_type);
  }
  return DW_OK;
}

void dw_halo_destroy(dw_halo *halo) {
  if (halo == NULL) {
    return;
  }
  if (halo->row_type != MPI_DATATYPE_NULL) {
    MPI_Type_free(&halo->row_type);
  }
  for (int direction = 0; direction < 2; direction++) {
    for (int side = 0; side < 2; side++) {
      dw_free(halo->send[direction][side]);
      dw_free(halo->receive[direction][side]);
    }
  }
  dw_free(halo);
}

/* Row `index` of the layer that starts at `first` along `direction`. */
static char *layer_row(const dw_field *field, int direction, int64_t first, int64_t index) {
  const dw_lattice *lattice = field->lattice;
  if (direction == 0) {
    const int64_t across = lattice->count[1];
    return dw_field_row(field, first + index / across, index % across);
  }
  return dw_field_row(field, index / lattice->halo, first + index % lattice->halo);
}

static void pack(const dw_halo *halo, const dw_field *field, int direction, int64_t first, char *buffer) {
#pragma omp parallel for schedule(static)
  for (int64_t row = 0; row < halo->rows[direction]; row++) {
    memcpy(buffer + (size_t)row * halo->row_bytes, layer_row(field, direction, first, row), halo->row_bytes);
  }
}

static void unpack(const dw_halo *halo, const dw_field *field, int direction, int64_t first, const char *buffer) {
#pragma omp parallel for schedule(static)
  for (int64_t row = 0; row < halo->rows[direction]; row++) {
    memcpy(layer_row(field, direction, first, row), buffer + (size_t)row * halo->row_bytes, halo->row_bytes);
  }
}

static void copy_periodic(const dw_halo *halo, const dw_field *field, int direction) {
  const int64_t width = halo->lattice->halo;
  const int64_t count = halo->lattice->count[direction];
#pragma omp parallel for schedule(static)
  for (int64_t row = 0; row < halo->rows[direction]; row++) {
    memcpy(layer_row(field, direction, -width, row), layer_row(field, direction, count - width, row), halo->row_bytes);
    memcpy(layer_row(field, direction, count, row), layer_row(field, direction, 0, row), halo->row_bytes);
  }
}

static void begin_messages(dw_halo *halo, const dw_field *field, int direction) {
  const dw_comm *along = &halo->lattice->links->along[direction];
  const int up = (along->rank + 1) % along->size;
  const int down = (along->rank + along->size - 1) % along->size;
  const int64_t width = halo->lattice->halo;
  const int rows = (int)halo->rows[direction];
  MPI_Request *request = halo->request[direction];
  /* The tag says which way the message travels: with two processes both neighbours are the same. */
  MPI_Irecv(halo->receive[direction][DOWN], rows, halo->row_type, down, UP, along->mpi, &request[0]);
  MPI_Irecv(halo->receive[direction][UP], rows, halo->row_type, up, DOWN, along->mpi, &request[1]);
  pack(halo, field, direction, 0, halo->send[direction][DOWN]);
  MPI_Isend(halo->send[direction][DOWN], rows, halo->row_type, down, DOWN, along->mpi, &request[2]);
  pack(halo, field, direction, halo->lattice->count[direction] - width, halo->send[direction][UP]);
  MPI_Isend(halo->send[direction][UP], rows, halo->row_type, up, UP, along->mpi, &request[3]);
}

void dw_halo_begin(dw_halo *halo, dw_field *field) {
  for (int direction = 0; direction < 2; direction++) {
    if (is_divided(halo->lattice, direction)) {
      begin_messages(halo, field, direction);
    } else {
      copy_periodic(halo, field, direction);
    }
  }
}

void dw_halo_end(dw_halo *halo, dw_field *field) {
  for (int direction = 0; direction < 2; direction++) {
    if (is_divided(halo->lattice, direction)) {
      MPI_Waitall(4, halo->request[direction], MPI_STATUSES_IGNORE);
      unpack(halo, field, direction, -(int64_t)halo->lattice->halo, halo->receive[direction][DOWN]);
      unpack(halo, field, direction, halo->lattice->count[direction], halo->receive[direction][UP]);
    }
  }
  field->halo_fresh = true;
}

void dw_halo_exchange(dw_halo *halo, dw_field *field) {
  if (!field->halo_fresh) {
    dw_halo_begin(halo, field);
    dw_halo_end(halo, field);
  }
}
