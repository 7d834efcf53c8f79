/* Modes of which only |n| <= limit are kept, against all modes on one process. */
#include <omp.h>

#include "base/memory.h"
#include "tests/lattice/fixture.h"

/* All modes of the fixture's field, on this process alone. */
static fixture whole_of(const fixture *f) {
  fixture whole = fixture_open(dw_comm_self(), f->lattice->points, 1, 1, NULL, f->field->precision);
  dw_modes_forward(whole.modes, whole.field);
  return whole;
}

/* Index along a line of N of the mode with index i of `side`. */
static int64_t index_of_number(int64_t points, int64_t side, int64_t i) {
  return (dw_mode_number(side, i) + points) % points;
}

/* Whether all local modes have the bits of those on one process. */
static bool same_as_whole(const dw_modes *modes, const dw_modes *whole) {
  bool good = true;
  for (int64_t kx = 0; kx < modes->side; kx++) {
    for (int64_t ky = 0; ky < modes->count[0]; ky++) {
      for (int64_t kz = 0; kz < modes->count[1]; kz++) {
        const int64_t x = index_of_number(whole->side, modes->side, kx);
        const int64_t y = index_of_number(whole->side, modes->side, ky + modes->start[0]);
        double value[2];
        double expected[2];
        dw_modes_get(modes, kx, ky, kz, value);
        dw_modes_get(whole, x, y, kz + modes->start[1], expected);
        good = good && memcmp(value, expected, sizeof value) == 0;
      }
    }
  }
  return good;
}

/* Runs `body` for limits at both ends and between. */
static void for_limits(fixture *f, void (*body)(const fixture *f, const fixture *whole, int64_t limit)) {
  const int64_t half = f->lattice->points / 2;
  const int64_t limits[] = {0, 1, 2, half / 2 + 1, half - 1, half, DW_ALL_MODES};
  fixture whole = whole_of(f);
  for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
    body(f, &whole, limits[i]);
  }
  fixture_close(&whole);
}

static const int64_t SIZES[] = {4, 5, 12, 15, 20, 34};

/* Catches a kept mode at a wrong place or with other bits, also after something else was in the same memory; and modes
 * that are kept twice or by nobody. */
static void kept_for(const fixture *f, const fixture *whole, int64_t limit) {
  const int64_t n = f->lattice->points;
  dw_modes *modes = NULL;
  assert_all_ok(dw_modes_create(&modes, f->lattice, limit, f->field->precision));
  assert_all_int_equal(modes->side, limit >= n / 2 ? n : 2 * limit + 1);
  int64_t kept = modes->side * modes->count[0] * modes->count[1];
  dw_comm_sum_int64(dw_comm_world(), &kept, 1);
  assert_all_int_equal(kept, modes->side * modes->side * (modes->side / 2 + 1));
  dw_modes_forward(modes, f->field);
  assert_all(same_as_whole(modes, whole->modes));
  dw_modes_forward(modes, f->field);
  assert_all(same_as_whole(modes, whole->modes));
  dw_modes_destroy(modes);
}

static void kept_body(fixture *f) { for_limits(f, kept_for); }

static void kept_modes_are_those_of_all(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof SIZES / sizeof SIZES[0]; i++) {
    fixture_on_all(SIZES[i], 1, 1, kept_body);
  }
  fixture_on_all(20, 1, 2, kept_body);
  fixture_on_all(24, 2, 6, kept_body);
}

/* Catches a dropped mode that isn't zero on the way back, and kept ones that come from a wrong place: the same field,
 * bit for bit, as from all modes of which the dropped are set to zero. And that field, which has no other modes, must
 * survive a round trip. */
static void inverse_for(const fixture *f, const fixture *whole, int64_t limit) {
  const int64_t n = f->lattice->points;
  const double zero[2] = {0.0, 0.0};
  dw_modes_forward(whole->modes, whole->field);
  for (int64_t kx = 0; kx < n; kx++) {
    for (int64_t ky = 0; ky < n; ky++) {
      for (int64_t kz = 0; kz <= n / 2; kz++) {
        const int64_t number[2] = {dw_mode_number(n, kx), dw_mode_number(n, ky)};
        if (number[0] > limit || number[0] < -limit || number[1] > limit || number[1] < -limit || kz > limit) {
          dw_modes_set(whole->modes, kx, ky, kz, zero);
        }
      }
    }
  }
  fixture limited = fixture_open(dw_comm_self(), n, 1, 1, NULL, f->field->precision);
  dw_modes *modes = NULL;
  assert_all_ok(dw_modes_create(&modes, f->lattice, limit, f->field->precision));
  dw_modes_inverse(whole->modes, limited.field);
  dw_modes_forward(modes, f->field);
  bool good = true;
  double worst = 0.0;
  for (int pass = 0; pass < 2; pass++) {
    dw_modes_inverse(modes, f->field);
    for (int64_t x = 0; x < f->lattice->count[0]; x++) {
      for (int64_t y = 0; y < f->lattice->count[1]; y++) {
        for (int64_t z = 0; z < n; z++) {
          const double found = dw_field_get(f->field, x, y, z);
          const double expected = dw_field_get(limited.field, x + f->lattice->start[0], y + f->lattice->start[1], z);
          good = good && (pass == 1 || memcmp(&found, &expected, sizeof found) == 0);
          worst = fabs(found - expected) <= worst ? worst : fabs(found - expected);
        }
      }
    }
    dw_modes_forward(modes, f->field);
  }
  assert_all(good);
  assert_all_close(worst, 0.0, 0.0, 10.0 * fixture_epsilon(f->field->precision));
  dw_modes_destroy(modes);
  fixture_close(&limited);
  fixture_fill(f->field);
}

static void inverse_body(fixture *f) { for_limits(f, inverse_for); }

static void dropped_modes_are_zero(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof SIZES / sizeof SIZES[0]; i++) {
    fixture_on_all(SIZES[i], 1, 1, inverse_body);
  }
  fixture_on_all(24, 2, 6, inverse_body);
}

/* Catches chunks of a pruned transpose that aren't disjoint: 130^3 in blocks of 26 is more than one message buffer, and
 * a plane of rows is longer than one of modes and no multiple of its pitch. */
static void several_chunks(void **state) {
  (void)state;
  const int processes = dw_comm_size(dw_comm_world());
  for (int across = 1; across <= processes; across++) {
    const int64_t grid[2] = {across, processes / across};
    if (processes % across == 0) {
      fixture f = fixture_open(dw_comm_world(), 130, 1, 26, grid, DW_DOUBLE);
      fixture whole = whole_of(&f);
      kept_for(&f, &whole, 64);
      inverse_for(&f, &whole, 64);
      fixture_close(&whole);
      fixture_close(&f);
    }
  }
}

/* Catches bits that depend on the number of threads, and buffers for fewer threads than run later. */
static void threads_body(fixture *f) {
  const int before = omp_get_max_threads();
  fixture whole = whole_of(f);
  for (int threads = 1; threads <= 3; threads++) {
    omp_set_num_threads(threads);
    dw_modes *modes = NULL;
    assert_all_ok(dw_modes_create(&modes, f->lattice, 9, f->field->precision));
    omp_set_num_threads(3);
    dw_modes_forward(modes, f->field);
    assert_all(same_as_whole(modes, whole.modes));
    dw_modes_destroy(modes);
  }
  omp_set_num_threads(before);
  fixture_close(&whole);
}

static void same_bits_on_any_threads(void **state) {
  (void)state;
  fixture_on_all(30, 1, 1, threads_body);
}

/* Catches predictions of memory that differ from what is taken, by dw_modes_create and by dw_modes_hold. */
static void bytes_for(const fixture *f, const fixture *whole, int64_t limit) {
  (void)whole;
  const dw_lattice *lattice = f->lattice;
  const dw_precision precision = f->field->precision;
  dw_modes *modes = NULL;
  dw_modes *held = NULL;
  const size_t start = dw_memory_held();
  assert_all_ok(dw_modes_create(&modes, lattice, limit, precision));
  const size_t middle = dw_memory_held();
  assert_all_ok(dw_modes_hold(&held, modes));
  const size_t end = dw_memory_held();
  const dw_share share = dw_lattice_share(lattice);
  const size_t predicted = dw_modes_bytes(&share, limit, precision);
  const size_t holding = dw_modes_held_bytes(&share, limit, precision);
  assert_all(middle - start >= predicted && middle - start <= predicted + 4096); /* structs and lists of processes */
  assert_all(end - middle >= holding && end - middle <= holding + 512);
  dw_modes_destroy(held);
  dw_modes_destroy(modes);
  assert_all(dw_memory_held() == start);
}

static void bytes_body(fixture *f) { for_limits(f, bytes_for); }

static void bytes(void **state) {
  (void)state;
  const dw_share alone = {.points = 64, .align = 1, .grid = {1, 1}};
  const size_t lines = (size_t)omp_get_max_threads() * (DW_LANES + 1) * (64 + 4) * 16; /* a cache line between rows */
  assert_all(dw_modes_bytes(&alone, 10, DW_DOUBLE) == (size_t)64 * 64 * 11 * 16 + lines);
  assert_all(dw_modes_held_bytes(&alone, 10, DW_SINGLE) == (size_t)21 * 21 * 11 * 8);
  fixture_on_all(5, 1, 1, bytes_body);
  fixture_on_all(30, 1, 2, bytes_body);
  fixture_on_all(64, 1, 1, bytes_body);
}

/* Copies the local modes. */
static void copy(dw_modes *to, const dw_modes *from) {
  for (int64_t kx = 0; kx < from->side; kx++) {
    for (int64_t ky = 0; ky < from->count[0]; ky++) {
      for (int64_t kz = 0; kz < from->count[1]; kz++) {
        double value[2];
        dw_modes_get(from, kx, ky, kz, value);
        dw_modes_set(to, kx, ky, kz, value);
      }
    }
  }
}

/* Turns the last bit of one part of the mode with these global indices, on the process that has it. */
static void flip(dw_modes *modes, const int64_t index[3], int part) {
  const int64_t ky = index[1] - modes->start[0];
  const int64_t kz = index[2] - modes->start[1];
  if (ky >= 0 && ky < modes->count[0] && kz >= 0 && kz < modes->count[1]) {
    const ptrdiff_t at = 2 * (index[0] * modes->stride_x + ky * modes->stride_y + kz) + part;
    ((char *)modes->data)[at * (ptrdiff_t)modes->precision] ^= 1;
  }
}

/* Catches a fingerprint that depends on where modes are or on a transform, or that misses a part of a mode. */
static void fingerprint_for(const fixture *f, const fixture *whole, int64_t limit) {
  dw_modes *modes = NULL;
  dw_modes *held = NULL;
  dw_modes *alone = NULL;
  assert_all_ok(dw_modes_create(&modes, f->lattice, limit, f->field->precision));
  assert_all_ok(dw_modes_hold(&held, modes));
  assert_all_ok(dw_modes_create(&alone, whole->lattice, limit, f->field->precision));
  dw_modes_forward(modes, f->field);
  dw_modes_forward(alone, whole->field);
  const uint64_t expected = dw_modes_fingerprint(alone);
  assert_all(dw_modes_fingerprint(modes) == expected);
  assert_all(dw_modes_fingerprint(held) != expected);
  copy(held, modes);
  assert_all(dw_modes_fingerprint(held) == expected);
  const int64_t side = modes->side;
  const int64_t places[][3] = {{0, 0, 0}, {side - 1, side / 2, side / 2}, {side / 2, side - 1, 0}};
  for (int i = 0; i < 6; i++) {
    flip(held, places[i / 2], i % 2);
    assert_all(dw_modes_fingerprint(held) != expected);
    flip(held, places[i / 2], i % 2);
  }
  assert_all(dw_modes_fingerprint(held) == expected);
  dw_modes_destroy(alone);
  dw_modes_destroy(held);
  dw_modes_destroy(modes);
}

static void fingerprint_body(fixture *f) { for_limits(f, fingerprint_for); }

static void fingerprints(void **state) {
  (void)state;
  fixture_on_all(5, 1, 1, fingerprint_body);
  fixture_on_all(12, 1, 1, fingerprint_body);
}

/* Catches a mode that is lost, doubled or moved when the smallest ones of others are held: all must have the bits of
 * those on one process, and memory what was predicted. */
static void within_for(const fixture *f, const fixture *whole, int64_t limit) {
  const dw_share share = dw_lattice_share(f->lattice);
  dw_modes *modes = NULL;
  assert_all_ok(dw_modes_create(&modes, f->lattice, limit, f->field->precision));
  dw_modes_forward(modes, f->field);
  for (int64_t within = 0; within <= f->lattice->points / 2 + 1; within++) {
    dw_modes *held = NULL;
    const size_t before = dw_memory_held();
    assert_all_ok(dw_modes_hold_within(&held, modes, within));
    const size_t bytes = dw_modes_within_bytes(&share, limit, within, f->field->precision);
    const size_t taken = dw_memory_held() - before - sizeof(dw_modes); /* two blocks, each in whole cache lines */
    assert_all(taken >= bytes && taken < bytes + 2 * (size_t)DW_CACHE_LINE);
    const int64_t side = within < modes->side / 2 ? 2 * within + 1 : modes->side;
    int64_t kept = held->side * held->count[0] * held->count[1];
    dw_comm_sum_int64(dw_comm_world(), &kept, 1);
    assert_all_int_equal(held->side, side);
    assert_all_int_equal(kept, side * side * (side / 2 + 1));
    dw_modes_copy_within(held, modes);
    assert_all(same_as_whole(held, whole->modes));
    dw_modes_destroy(held);
  }
  dw_modes_destroy(modes);
}

static void within_body(fixture *f) { for_limits(f, within_for); }

static void smallest_modes_held(void **state) {
  (void)state;
  fixture_on_all(5, 1, 1, within_body);
  fixture_on_all(12, 1, 1, within_body);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(kept_modes_are_those_of_all),
    cmocka_unit_test(dropped_modes_are_zero),
    cmocka_unit_test(several_chunks),
    cmocka_unit_test(same_bits_on_any_threads),
    cmocka_unit_test(bytes),
    cmocka_unit_test(fingerprints),
    cmocka_unit_test(smallest_modes_held),
};

DW_TEST_MPI_MAIN(tests)
