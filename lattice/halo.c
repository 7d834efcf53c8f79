#include "lattice/halo.h"

#include <string.h>

#include "base/memory.h"
#include "lattice/comm_private.h"

enum { DOWN = 0, UP = 1 };

struct dw_halo {
  const dw_lattice *lattice;
  size_t row_bytes;          /* N reals; padding stays at home */
  char *send[2][2];          /* [direction][DOWN or UP] */
  char *receive[2][2];       /* [direction][side of the halo] */
  MPI_Request request[2][4]; /* [direction] */
  MPI_Datatype row_type;     /* keeps message counts small */
};

static int is_divided(const dw_lattice *lattice, int direction) { return lattice->grid[direction] > 1; }

/* Rows of one layer along a direction: of a face, or of the corners that belong to y. */
static int64_t longest(const dw_lattice *lattice, int direction) {
  return direction == 0 ? lattice->count[1] : lattice->count[0] + 2 * lattice->halo;
}

size_t dw_halo_bytes(int64_t points, int64_t nx, int64_t ny, int width, const int grid[2], dw_precision precision) {
  const size_t row = (size_t)points * (size_t)precision;
  const size_t rows_x = grid[0] > 1 ? (size_t)(width * ny) : 0;
  const size_t rows_y = grid[1] > 1 ? (size_t)(width * (nx + 2 * width)) : 0;
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
  draft->row_type = MPI_DATATYPE_NULL;
  *halo = draft;
  for (int direction = 0; direction < 2; direction++) {
    if (!is_divided(lattice, direction)) {
      continue;
    }
    const size_t rows = (size_t)lattice->halo * (size_t)longest(lattice, direction);
    for (int side = 0; side < 2; side++) {
      void *buffers[2] = {NULL, NULL};
      for (int b = 0; b < 2; b++) {
        const dw_status status = dw_alloc(&buffers[b], rows, draft->row_bytes, "halo");
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

/* Rows that travel together: `depth` layers across a direction. */
typedef struct slab {
  int direction;
  bool corner; /* of y: of the halo planes instead of the interior ones */
  bool wide;   /* of y: of both */
  int64_t depth;
} slab;

static int64_t slab_rows(const dw_lattice *lattice, const slab *s) {
  if (s->corner) {
    return 2 * s->depth * s->depth;
  }
  return s->depth * (lattice->count[1 - s->direction] + (s->wide ? 2 * s->depth : 0));
}

/* Row `index` of the layers from `first` on. */
static char *slab_row(const dw_field *field, const slab *s, int64_t first, int64_t index) {
  const dw_lattice *lattice = field->lattice;
  if (s->direction == 0) {
    const int64_t across = lattice->count[1];
    return dw_field_row(field, first + index / across, index % across);
  }
  const int64_t plane = index / s->depth - (s->wide ? s->depth : 0);
  const int64_t y = first + index % s->depth;
  if (!s->corner) {
    return dw_field_row(field, plane, y);
  }
  return dw_field_row(field, plane < s->depth ? plane - s->depth : plane - s->depth + lattice->count[0], y);
}

static void pack(const dw_halo *halo, const dw_field *field, const slab *s, int64_t first, char *buffer) {
  const int64_t rows = slab_rows(halo->lattice, s);
#pragma omp parallel for schedule(static)
  for (int64_t row = 0; row < rows; row++) {
    memcpy(buffer + (size_t)row * halo->row_bytes, slab_row(field, s, first, row), halo->row_bytes);
  }
}

static void unpack(const dw_halo *halo, const dw_field *field, const slab *s, int64_t first, const char *buffer) {
  const int64_t rows = slab_rows(halo->lattice, s);
#pragma omp parallel for schedule(static)
  for (int64_t row = 0; row < rows; row++) {
    memcpy(slab_row(field, s, first, row), buffer + (size_t)row * halo->row_bytes, halo->row_bytes);
  }
}

static void copy_periodic(const dw_halo *halo, const dw_field *field, const slab *s) {
  const int64_t rows = slab_rows(halo->lattice, s);
  const int64_t count = halo->lattice->count[s->direction];
#pragma omp parallel for schedule(static)
  for (int64_t row = 0; row < rows; row++) {
    memcpy(slab_row(field, s, -s->depth, row), slab_row(field, s, count - s->depth, row), halo->row_bytes);
    memcpy(slab_row(field, s, count, row), slab_row(field, s, 0, row), halo->row_bytes);
  }
}

static void begin_messages(dw_halo *halo, const dw_field *field, const slab *s) {
  const dw_comm *along = &halo->lattice->links->along[s->direction];
  const int up = (along->rank + 1) % along->size;
  const int down = (along->rank + along->size - 1) % along->size;
  const int rows = (int)slab_rows(halo->lattice, s);
  MPI_Request *request = halo->request[s->direction];
  char *const *send = halo->send[s->direction];
  char *const *receive = halo->receive[s->direction];
  /* The tag says which way the message travels: with two processes both neighbours are the same. */
  MPI_Irecv(receive[DOWN], rows, halo->row_type, down, UP, along->mpi, &request[0]);
  MPI_Irecv(receive[UP], rows, halo->row_type, up, DOWN, along->mpi, &request[1]);
  pack(halo, field, s, 0, send[DOWN]);
  MPI_Isend(send[DOWN], rows, halo->row_type, down, DOWN, along->mpi, &request[2]);
  pack(halo, field, s, halo->lattice->count[s->direction] - s->depth, send[UP]);
  MPI_Isend(send[UP], rows, halo->row_type, up, UP, along->mpi, &request[3]);
  dw_comm_count((size_t)rows * halo->row_bytes);
  dw_comm_count((size_t)rows * halo->row_bytes);
}

static void end_messages(dw_halo *halo, const dw_field *field, const slab *s) {
  MPI_Waitall(4, halo->request[s->direction], MPI_STATUSES_IGNORE);
  unpack(halo, field, s, -s->depth, halo->receive[s->direction][DOWN]);
  unpack(halo, field, s, halo->lattice->count[s->direction], halo->receive[s->direction][UP]);
}

/* The face across a direction. Halo planes that were filled from home can travel at once. */
static slab face_of(const dw_halo *halo, int direction, dw_halo_part part) {
  const bool wide = direction == 1 && part.corners && !is_divided(halo->lattice, 0);
  return (slab){.direction = direction, .wide = wide, .depth = part.depth};
}

void dw_halo_begin(dw_halo *halo, dw_field *field, dw_halo_part part) {
  for (int direction = 0; direction < 2; direction++) {
    const slab face = face_of(halo, direction, part);
    if (is_divided(halo->lattice, direction)) {
      begin_messages(halo, field, &face);
    } else {
      copy_periodic(halo, field, &face);
    }
  }
}

/* Where x is divided, corners come along y from the halo planes of the neighbour, which has them by now. */
void dw_halo_end(dw_halo *halo, dw_field *field, dw_halo_part part) {
  for (int direction = 0; direction < 2; direction++) {
    const slab face = face_of(halo, direction, part);
    if (is_divided(halo->lattice, direction)) {
      end_messages(halo, field, &face);
    }
  }
  if (part.corners && is_divided(halo->lattice, 0)) {
    const slab corner = {.direction = 1, .corner = true, .depth = part.depth};
    if (is_divided(halo->lattice, 1)) {
      begin_messages(halo, field, &corner);
      end_messages(halo, field, &corner);
    } else {
      copy_periodic(halo, field, &corner);
    }
  }
  field->halo_fresh = part.depth;
}

void dw_halo_exchange_faces(dw_halo *halo, dw_field *field, int depth) {
  if (field->halo_fresh < depth) {
    const dw_halo_part part = {.depth = depth, .corners = false};
    dw_halo_begin(halo, field, part);
    dw_halo_end(halo, field, part);
  }
}

void dw_halo_exchange(dw_halo *halo, dw_field *field) { dw_halo_exchange_faces(halo, field, halo->lattice->halo); }
