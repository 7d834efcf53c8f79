#include "lattice/transpose.h"

#include <limits.h>
#include <string.h>

#include "base/memory.h"
#include "lattice/comm_private.h"
#include "lattice/decomposition.h"

/* Aim of a message buffer; one unit (a plane, or one kz) is sent even if it is larger. */
static const size_t CHUNK_BYTES = (size_t)2 << 20;

/* Chunks under way: one is packed or unpacked while the other travels. */
enum { FLIGHTS = 2 };

/* What one process sends to or receives from another in a chunk: outer x inner runs. */
typedef struct piece {
  int64_t outer, inner, run; /* run: contiguous elements */
  ptrdiff_t offset, outer_stride, inner_stride;
} piece;

/* A chunk that is exchanged. */
typedef struct flight {
  char *buffer[2]; /* send, receive */
  piece *pieces;   /* [send, receive][process] */
  int *counts;     /* [send count, send displacement, receive count, receive displacement][process] */
  MPI_Request request;
} flight;

struct dw_transpose {
  const dw_comm *comm;
  int direction;
  dw_transform_size of;
  int64_t count[2]; /* local x, y in real space */
  size_t element;
  int64_t chunk; /* planes or kz in one exchange */
  MPI_Datatype type;
  flight flights[FLIGHTS];
};

static int64_t kept_kz(const dw_transform_size *of) { return of->side / 2 + 1; }

static int64_t block_length(int64_t points, int64_t align, int64_t blocks, int64_t block) {
  return dw_block_start(points, align, blocks, block + 1) - dw_block_start(points, align, blocks, block);
}

/* Elements of one unit on the process that has most, the first; the same on all, so that all cut alike. */
static size_t unit_elements(const dw_transform_size *of, int direction) {
  const int64_t lines = direction == 1 ? kept_kz(of) : of->side; /* divided after the exchange */
  const int64_t before = block_length(of->share.points, of->share.align, of->share.grid[direction], 0) * lines;
  const int64_t after = of->share.points * block_length(lines, 1, of->share.grid[direction], 0);
  return (size_t)(before > after ? before : after);
}

/* Processes that exchange with each other have the same number of units. */
static int64_t units(const dw_transform_size *of, int direction) {
  return direction == 1 ? dw_share_count(&of->share, 0)
                        : block_length(kept_kz(of), 1, of->share.grid[1], of->share.coord[1]);
}

static int64_t chunk_units(const dw_transform_size *of, int direction) {
  const int64_t all = units(of, direction);
  const int64_t fit = (int64_t)(CHUNK_BYTES / (unit_elements(of, direction) * dw_transform_element(of)));
  const int64_t at_least_one = fit < 1 ? 1 : fit;
  return at_least_one < all ? at_least_one : all;
}

static size_t buffer_bytes(const dw_transform_size *of, int direction) {
  return (size_t)chunk_units(of, direction) * unit_elements(of, direction) * dw_transform_element(of);
}

size_t dw_transpose_bytes(const dw_transform_size *size) {
  size_t bytes = 0;
  for (int direction = 0; direction < 2; direction++) {
    if (size->share.grid[direction] > 1) {
      bytes += 2 * FLIGHTS * buffer_bytes(size, direction);
    }
  }
  return bytes;
}

static dw_status allocate(const dw_transpose *draft, flight *f) {
  const size_t bytes = buffer_bytes(&draft->of, draft->direction);
  const size_t processes = (size_t)draft->comm->size;
  void *parts[4] = {NULL, NULL, NULL, NULL};
  const size_t sizes[4] = {bytes, bytes, 2 * processes * sizeof(piece), 4 * processes * sizeof(int)};
  dw_status status = DW_OK;
  for (int i = 0; i < 4 && status == DW_OK; i++) {
    status = dw_alloc(&parts[i], sizes[i], 1, "transpose");
  }
  f->buffer[0] = parts[0];
  f->buffer[1] = parts[1];
  f->pieces = parts[2];
  f->counts = parts[3];
  return status;
}

dw_status dw_transpose_create(dw_transpose **transpose, const dw_lattice *lattice, const dw_transform_size *size,
                              int direction) {
  *transpose = NULL;
  if (unit_elements(size, direction) > INT_MAX) { /* MPI counts are int */
    return dw_fail(DW_ERR_PARAM,
                   "%lld points on a grid of %d x %d processes: a message would be too long; use a grid that is nearer "
                   "to a square, or more processes",
                   (long long)size->share.points, size->share.grid[0], size->share.grid[1]);
  }
  void *block = NULL;
  DW_TRY(dw_alloc(&block, 1, sizeof(dw_transpose), "transpose"));
  dw_transpose *draft = block;
  *draft = (dw_transpose){.comm = &lattice->links->along[direction],
                          .direction = direction,
                          .of = *size,
                          .count = {lattice->count[0], lattice->count[1]},
                          .element = dw_transform_element(size),
                          .chunk = chunk_units(size, direction),
                          .type = MPI_DATATYPE_NULL};
  dw_status status = DW_OK;
  for (int i = 0; i < FLIGHTS && status == DW_OK; i++) {
    status = allocate(draft, &draft->flights[i]);
  }
  if (status != DW_OK) {
    dw_transpose_destroy(draft);
    return status;
  }
  MPI_Type_contiguous((int)draft->element, MPI_BYTE, &draft->type);
  MPI_Type_commit(&draft->type);
  *transpose = draft;
  return DW_OK;
}

void dw_transpose_destroy(dw_transpose *transpose) {
  if (transpose == NULL) {
    return;
  }
  if (transpose->type != MPI_DATATYPE_NULL) {
    MPI_Type_free(&transpose->type);
  }
  for (int i = 0; i < FLIGHTS; i++) {
    const flight *f = &transpose->flights[i];
    dw_free(f->buffer[0]);
    dw_free(f->buffer[1]);
    dw_free(f->pieces);
    dw_free(f->counts);
  }
  dw_free(transpose);
}

/* Before (side 0) and after (side 1) the forward exchange of units [first, first + many) with process q. */
static piece describe(const dw_transpose *t, const dw_transpose_shape *shape, int64_t first, int64_t many, int q,
                      int side) {
  const int64_t points = t->of.share.points;
  const int64_t size = t->comm->size;
  if (t->direction == 1) {
    const int64_t y = dw_block_start(points, t->of.share.align, size, q);
    const int64_t kz = dw_block_start(kept_kz(&t->of), 1, size, q);
    piece p = {.outer = many, .outer_stride = shape->plane, .offset = first * shape->plane};
    p.inner = side == 0 ? t->count[1] : block_length(points, t->of.share.align, size, q);
    p.run = side == 0 ? block_length(kept_kz(&t->of), 1, size, q) : shape->nkz;
    p.inner_stride = side == 0 ? shape->row_pitch : shape->kz_pitch;
    p.offset += side == 0 ? kz : y * shape->kz_pitch;
    return p;
  }
  const int64_t mine = block_length(t->of.side, 1, size, t->comm->rank);
  const int64_t ky = dw_block_start(t->of.side, 1, size, q);
  const int64_t x = dw_block_start(points, t->of.share.align, size, q);
  piece p = {.run = many, .offset = first, .inner_stride = shape->kz_pitch};
  p.outer = side == 0 ? t->count[0] : block_length(points, t->of.share.align, size, q);
  p.inner = side == 0 ? block_length(t->of.side, 1, size, q) : mine;
  p.outer_stride = side == 0 ? shape->plane : mine * shape->kz_pitch;
  p.offset += side == 0 ? ky * shape->kz_pitch : x * mine * shape->kz_pitch;
  return p;
}

static void copy_piece(const piece *p, size_t element, char *data, char *buffer, int to_buffer) {
  const size_t bytes = (size_t)p->run * element;
#pragma omp parallel for schedule(static)
  for (int64_t outer = 0; outer < p->outer; outer++) {
    for (int64_t inner = 0; inner < p->inner; inner++) {
      char *there = data + (p->offset + outer * p->outer_stride + inner * p->inner_stride) * (ptrdiff_t)element;
      char *here = buffer + (size_t)(outer * p->inner + inner) * bytes;
      memcpy(to_buffer ? here : there, to_buffer ? there : here, bytes);
    }
  }
}

/* Packs units [first, first + many) and sends them on their way. */
static void begin(const dw_transpose *t, flight *f, const dw_transpose_shape *shape, int64_t first, int64_t many,
                  char *data, int inverse) {
  const int processes = t->comm->size;
  for (int way = 0; way < 2; way++) {
    int *count = f->counts + 2 * way * processes;
    int *displacement = count + processes;
    int64_t next = 0;
    for (int q = 0; q < processes; q++) {
      piece *p = &f->pieces[way * processes + q];
      *p = describe(t, shape, first, many, q, inverse ? 1 - way : way);
      const int64_t elements = p->outer * p->inner * p->run;
      count[q] = (int)elements;
      displacement[q] = (int)next;
      if (way == 0) {
        copy_piece(p, t->element, data, f->buffer[0] + (size_t)next * t->element, 1);
        dw_comm_count(q == t->comm->rank ? 0 : (size_t)elements * t->element);
      }
      next += elements;
    }
  }
  const int *counts = f->counts;
  MPI_Ialltoallv(f->buffer[0], counts, counts + processes, t->type, f->buffer[1], counts + 2 * processes,
                 counts + 3 * processes, t->type, t->comm->mpi, &f->request);
}

static void end(const dw_transpose *t, flight *f, char *data) {
  const int processes = t->comm->size;
  MPI_Wait(&f->request, MPI_STATUS_IGNORE);
  for (int q = 0; q < processes; q++) {
    const size_t from = (size_t)f->counts[3 * processes + q] * t->element;
    copy_piece(&f->pieces[processes + q], t->element, data, f->buffer[1] + from, 0);
  }
}

void dw_transpose_run(dw_transpose *transpose, const dw_transpose_shape *shape, void *data, int inverse) {
  const int64_t all = transpose->direction == 1 ? transpose->count[0] : shape->nkz;
  int64_t begun = 0;
  for (int64_t ended = 0; ended < all; ended += transpose->chunk) {
    for (; begun < all && begun < ended + FLIGHTS * transpose->chunk; begun += transpose->chunk) {
      const int64_t many = begun + transpose->chunk > all ? all - begun : transpose->chunk;
      begin(transpose, &transpose->flights[begun / transpose->chunk % FLIGHTS], shape, begun, many, data, inverse);
    }
    end(transpose, &transpose->flights[ended / transpose->chunk % FLIGHTS], data);
  }
}
