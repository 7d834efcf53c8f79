/* What the tests of the lattice share: fields whose value at a site is a known function of its global
 * position, and one body run on every process grid, in both precisions. */
#ifndef DW_TEST_LATTICE_FIXTURE_H
#define DW_TEST_LATTICE_FIXTURE_H

#include <math.h>
#include <string.h>

#include "lattice/decomposition.h"
#include "lattice/field.h"
#include "lattice/halo.h"
#include "lattice/lattice.h"
#include "lattice/modes.h"
#include "tests/dw_test_mpi.h"

typedef struct fixture {
  dw_lattice *lattice;
  dw_field *field;
  dw_modes *modes;
} fixture;

/* splitmix64 (Steele, Lea & Flood 2014): unlike the hash that dw_field_fingerprint uses. */
static inline uint64_t fixture_hash(uint64_t h) {
  h += UINT64_C(0x9e3779b97f4a7c15);
  h = (h ^ (h >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  h = (h ^ (h >> 27)) * UINT64_C(0x94d049bb133111eb);
  return h ^ (h >> 31);
}

/* In [-1, 1), a multiple of 2^-23, so that a float holds it too. */
static inline double fixture_random(uint64_t key) { return ((double)(fixture_hash(key) >> 40) - 8388608.0) * 0x1p-23; }

/* Position wrapped into the box. */
static inline double fixture_site(int64_t points, int64_t x, int64_t y, int64_t z) {
  const int64_t at[3] = {(x + points) % points, (y + points) % points, (z + points) % points};
  return fixture_random((uint64_t)((at[0] * points + at[1]) * points + at[2]));
}

/* The interior, shifted: field(r) = fixture_site(r + shift), times factor. */
static inline void fixture_fill_shifted(dw_field *field, const int64_t shift[3], double factor) {
  const dw_lattice *lattice = field->lattice;
  for (int64_t x = 0; x < lattice->count[0]; x++) {
    for (int64_t y = 0; y < lattice->count[1]; y++) {
      for (int64_t z = 0; z < lattice->points; z++) {
        dw_field_set(field, x, y, z,
                     factor * fixture_site(lattice->points, x + lattice->start[0] + shift[0],
                                           y + lattice->start[1] + shift[1], z + shift[2]));
      }
    }
  }
}

static inline void fixture_fill(dw_field *field) {
  const int64_t shift[3] = {0, 0, 0};
  fixture_fill_shifted(field, shift, 1.0);
}

/* Lattice, filled field and modes on `comm`. With comm of one process it fails alone, so its callers
 * run it on all processes alike. */
static inline fixture fixture_open(const dw_comm *comm, int64_t points, int halo, int align, const int64_t grid[2],
                                   dw_precision precision) {
  fixture f = {0};
  assert_all_ok(dw_lattice_create(&f.lattice, comm, points, 2.5, halo, align, grid));
  assert_all_ok(dw_field_create(&f.field, f.lattice, precision));
  assert_all_ok(dw_modes_create(&f.modes, f.lattice, DW_ALL_MODES, precision));
  fixture_fill(f.field);
  return f;
}

static inline void fixture_close(fixture *f) {
  dw_modes_destroy(f->modes);
  dw_field_destroy(f->field);
  dw_lattice_destroy(f->lattice);
}

typedef void (*fixture_body)(fixture *f);

/* Runs the body on every process grid that fits, in both precisions; at least one must fit. */
static inline void fixture_on_all(int64_t points, int halo, int align, fixture_body body) {
  const int64_t processes = dw_comm_size(dw_comm_world());
  int ran = 0;
  for (int64_t across = 1; across <= processes; across++) {
    const int64_t grid[2] = {across, processes / across};
    if (processes % across != 0 || dw_grid_check(points, align, halo, (int)processes, grid) != DW_OK) {
      continue;
    }
    for (int precision = DW_SINGLE; precision <= DW_DOUBLE; precision += DW_DOUBLE - DW_SINGLE) {
      fixture f = fixture_open(dw_comm_world(), points, halo, align, grid, (dw_precision)precision);
      body(&f);
      fixture_close(&f);
      ran++;
    }
  }
  assert_all(ran > 0);
}

/* Rounding unit of the storage. */
static inline double fixture_epsilon(dw_precision precision) { return precision == DW_SINGLE ? 0x1p-23 : 0x1p-52; }

/* A sum of hashes of (global mode, bits) over all stored modes: equal for equal modes on any decomposition. */
static inline uint64_t fixture_modes_fingerprint(const dw_modes *modes) {
  const int64_t n = modes->side;
  uint64_t sum = 0;
  for (int64_t kx = 0; kx < n; kx++) {
    for (int64_t ky = 0; ky < modes->count[0]; ky++) {
      for (int64_t kz = 0; kz < modes->count[1]; kz++) {
        double value[2];
        uint64_t bits[2];
        dw_modes_get(modes, kx, ky, kz, value);
        memcpy(bits, value, sizeof bits);
        const uint64_t at = (uint64_t)((kx * n + ky + modes->start[0]) * n + kz + modes->start[1]);
        sum += fixture_hash(bits[0] + fixture_hash(bits[1] + fixture_hash(at)));
      }
    }
  }
  dw_comm_sum_uint64(modes->lattice->comm, &sum, 1);
  return sum;
}

#endif
