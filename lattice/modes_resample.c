#include "lattice/modes_resample.h"

#include <string.h>

#include "base/memory.h"
#include "lattice/decomposition.h"
#include "lattice/modes_private.h"

/* Aim of a message; one plane of kx is sent even if it is larger. */
static const size_t MESSAGE_BYTES = (size_t)4 << 20;

/* Where the modes of one direction come from. */
typedef struct links {
  int64_t limit;  /* |n| of both lattices */
  int64_t target; /* N, places of the new modes along kx and ky */
  int64_t source; /* side of the old ones */
  int64_t filled; /* new modes with |n| <= limit */
  bool split;     /* n = limit is n and -n, half each */
  bool fold;      /* n = limit and -limit become one */
} links;

int64_t dw_resample_limit(int64_t from, int64_t to) { return (from < to ? from : to) / 2; }

static links link_up(int64_t from, int64_t to) {
  links l = {.limit = dw_resample_limit(from, to), .target = to};
  l.source = dw_modes_side(from, l.limit);
  l.split = from < to && from % 2 == 0;
  l.fold = to < from && to % 2 == 0;
  l.filled = 2 * l.limit + 1 - (l.fold ? 1 : 0);
  return l;
}

/* Index of the i-th new mode that is filled: 0 ... limit, then the negative ones. */
static int64_t target_index(const links *l, int64_t i) { return i <= l->limit ? i : i + l->target - l->filled; }

/* Indices of the old modes that make up the new mode of number n; how many there are. */
static int sources(const links *l, int64_t n, int64_t index[2]) {
  const bool edge = n == l->limit || n == -l->limit;
  if (edge && l->split) {
    index[0] = l->limit;
    return 1;
  }
  index[0] = n < 0 ? n + l->source : n;
  index[1] = l->source - l->limit;
  return edge && l->fold ? 2 : 1;
}

static double weight(const links *l, int64_t n) { return l->split && (n == l->limit || n == -l->limit) ? 0.5 : 1.0; }

/* Along kz there are no negative n: where n and -n fold, the other half is the mirror image, a factor 2. */
static double weight_z(const links *l, int64_t n) { return l->fold && n == l->limit ? 2.0 : weight(l, n); }

/* --- what one process sends to another --- */

typedef struct block {
  int64_t start[2]; /* ky and kz */
  int64_t count[2];
} block;

/* Lines of kz that go from one to the other in each plane of kx, and the kz of them. */
typedef struct bundle {
  int64_t *from; /* global ky of the old lattice, line by line */
  int64_t *to;   /* of the new one */
  int64_t lines;
  int64_t z;
  int64_t length;
} bundle;

static block block_of(const dw_lattice *lattice, int64_t side, int process) {
  const int coord[2] = {process / lattice->grid[1], process % lattice->grid[1]};
  block b;
  dw_modes_divide(side, lattice->grid, coord, b.start, b.count);
  return b;
}

static void tie(bundle *b, const links *l, const block *from, const block *to) {
  const int64_t ends[3] = {from->start[1] + from->count[1], to->start[1] + to->count[1], l->limit + 1};
  const int64_t end = ends[0] < ends[1] ? ends[0] : ends[1];
  b->z = from->start[1] > to->start[1] ? from->start[1] : to->start[1];
  b->length = (end < ends[2] ? end : ends[2]) - b->z;
  b->lines = 0;
  for (int64_t i = 0; i < l->filled && b->length > 0; i++) {
    const int64_t ky = target_index(l, i);
    if (ky < to->start[0] || ky >= to->start[0] + to->count[0]) {
      continue;
    }
    int64_t index[2];
    const int count = sources(l, dw_mode_number(l->target, ky), index);
    for (int s = 0; s < count; s++) {
      if (index[s] >= from->start[0] && index[s] < from->start[0] + from->count[0]) {
        b->from[b->lines] = index[s];
        b->to[b->lines] = ky;
        b->lines++;
      }
    }
  }
  b->length = b->lines > 0 ? b->length : 0;
}

static size_t plane_elements(const bundle *b) { return (size_t)(b->lines * b->length); }

/* --- packing --- */

static void put(void *data, dw_precision precision, size_t at, const double value[2]) {
  for (size_t part = 0; part < 2; part++) {
    if (precision == DW_SINGLE) {
      ((float *)data)[2 * at + part] = (float)value[part];
    } else {
      ((double *)data)[2 * at + part] = value[part];
    }
  }
}

static void get(const void *data, dw_precision precision, size_t at, double value[2]) {
  for (size_t part = 0; part < 2; part++) {
    value[part] =
        precision == DW_SINGLE ? (double)((const float *)data)[2 * at + part] : ((const double *)data)[2 * at + part];
  }
}

/* One line of the new plane kx, of number nx: the lines of the old planes that make it up, added and weighted. */
static void pack_line(const dw_modes *from, const links *l, const bundle *b, int64_t nx, int64_t line, double scale,
                      void *buffer, size_t at) {
  int64_t kx[2];
  const int count = sources(l, nx, kx);
  const int64_t ky = b->from[line] - from->start[0];
  const double plane = scale * weight(l, nx) * weight(l, dw_mode_number(l->target, b->to[line]));
  for (int64_t z = 0; z < b->length; z++) {
    double value[2] = {0.0, 0.0};
    for (int s = 0; s < count; s++) {
      double one[2];
      dw_modes_get(from, kx[s], ky, b->z + z - from->start[1], one);
      value[0] += one[0];
      value[1] += one[1];
    }
    const double factor = plane * weight_z(l, b->z + z);
    const double weighted[2] = {factor * value[0], factor * value[1]};
    put(buffer, from->precision, at + (size_t)z, weighted);
  }
}

/* `many` planes of the new kx from the i-th that is filled. */
static void pack(const dw_modes *from, const links *l, const bundle *b, int64_t first, int64_t many, double scale,
                 void *buffer) {
#pragma omp parallel for schedule(static)
  for (int64_t i = 0; i < many; i++) {
    const int64_t nx = dw_mode_number(l->target, target_index(l, first + i));
    for (int64_t line = 0; line < b->lines; line++) {
      pack_line(from, l, b, nx, line, scale, buffer, (size_t)((i * b->lines + line) * b->length));
    }
  }
}

/* Adds them: two lines that fold into one may come from two processes, and two terms have the same sum in any order. */
static void unpack(dw_modes *to, const links *l, const bundle *b, int64_t first, int64_t many, const void *buffer) {
#pragma omp parallel for schedule(static)
  for (int64_t i = 0; i < many; i++) {
    const int64_t kx = target_index(l, first + i);
    for (int64_t line = 0; line < b->lines; line++) {
      for (int64_t z = 0; z < b->length; z++) {
        const int64_t at[2] = {b->to[line] - to->start[0], b->z + z - to->start[1]};
        double value[2];
        double sum[2];
        get(buffer, to->precision, (size_t)((i * b->lines + line) * b->length + z), value);
        dw_modes_get(to, kx, at[0], at[1], sum);
        sum[0] += value[0];
        sum[1] += value[1];
        dw_modes_set(to, kx, at[0], at[1], sum);
      }
    }
  }
}

/* --- the whole --- */

static int64_t larger_block(int64_t places, int blocks) { return (places + blocks - 1) / blocks; }

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

/* The same on all processes, so that all cut alike. */
typedef struct sizes {
  int64_t lines;  /* at most in a plane of a message: a block of old or of new lines, one of which is there twice */
  int64_t planes; /* in a message */
  size_t message; /* bytes */
} sizes;

static sizes size_up(const links *l, const int from[2], const int to[2], dw_precision precision) {
  const int64_t lines = least(larger_block(l->source, from[0]), larger_block(l->target, to[0])) + 1;
  const int64_t length = least(larger_block(l->source / 2 + 1, from[1]), larger_block(l->target / 2 + 1, to[1]));
  const size_t plane = (size_t)(lines * length) * 2 * (size_t)precision;
  const int64_t planes = least((int64_t)(MESSAGE_BYTES / plane), l->filled);
  sizes s = {.lines = lines, .planes = planes < 1 ? 1 : planes};
  s.message = (size_t)s.planes * plane;
  return s;
}

size_t dw_resample_bytes(const dw_share *from, const dw_share *to, dw_precision precision) {
  const links l = link_up(from->points, to->points);
  const sizes s = size_up(&l, from->grid, to->grid, precision);
  return 2 * s.message + 4 * (size_t)s.lines * sizeof(int64_t);
}

/* One's own part first, then those of the others, each process with another one at a time. */
static void move_all(dw_modes *to, const dw_modes *from, const links *l, const sizes *s, bundle bundles[2],
                     void *const message[2]) {
  const dw_comm *comm = to->lattice->comm;
  const int size = dw_comm_size(comm);
  const int rank = dw_comm_rank(comm);
  const block old = block_of(from->lattice, from->side, rank);
  const block new = block_of(to->lattice, to->side, rank);
  const double ratio = (double)to->lattice->points / (double)from->lattice->points;
  const size_t element = 2 * (size_t)to->precision;
  for (int shift = 0; shift < size; shift++) {
    const int there = (rank + shift) % size;
    const int here = (rank - shift + size) % size;
    const block theirs_new = block_of(to->lattice, to->side, there);
    const block theirs_old = block_of(from->lattice, from->side, here);
    tie(&bundles[0], l, &old, &theirs_new);
    tie(&bundles[1], l, &theirs_old, &new);
    for (int64_t first = 0; first < l->filled; first += s->planes) {
      const int64_t many = least(s->planes, l->filled - first);
      pack(from, l, &bundles[0], first, many, ratio * ratio * ratio, message[0]);
      dw_comm_exchange(comm, there, message[0], (size_t)many * plane_elements(&bundles[0]) * element, here, message[1],
                       (size_t)many * plane_elements(&bundles[1]) * element);
      unpack(to, l, &bundles[1], first, many, message[1]);
    }
  }
}

dw_status dw_modes_resample(dw_modes *to, const dw_modes *from) {
  const links l = link_up(from->lattice->points, to->lattice->points);
  const sizes s = size_up(&l, from->lattice->grid, to->lattice->grid, to->precision);
  void *part[3] = {NULL, NULL, NULL};
  const size_t bytes[3] = {s.message, s.message, 4 * (size_t)s.lines * sizeof(int64_t)};
  dw_status status = DW_OK;
  for (int i = 0; i < 3 && status == DW_OK; i++) {
    status = dw_comm_alloc(to->lattice->comm, &part[i], bytes[i], 1, "modes on their way to another lattice");
  }
  if (status == DW_OK) {
    int64_t *line = part[2];
    bundle bundles[2] = {{.from = line, .to = line + s.lines}, {.from = line + 2 * s.lines, .to = line + 3 * s.lines}};
    dw_modes_clear(to);
    move_all(to, from, &l, &s, bundles, part);
  }
  for (int i = 0; i < 3; i++) {
    dw_free(part[i]);
  }
  return status;
}
